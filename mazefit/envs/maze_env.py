"""The maze as a Gymnasium environment."""

from functools import cached_property
from typing import Any, cast

import gymnasium
import numpy as np
import numpy.typing as npt
from gymnasium import spaces

from mazefit.envs.maze import Maze
from mazefit.envs.maze_arguments import action_number, check_arguments, refuse_unknown, start_option
from mazefit.envs.maze_rows import ACTION_COUNT, HOME, MazeRows, Row
from mazefit.envs.tables import TabularMDP, TransitionTable
from mazefit.errors import ClosedEnvError, ConfigError, Problems, ResetNeededError

Observation = int | npt.NDArray[np.int64] | npt.NDArray[np.int8]

_NO_ENTRY: Any = None  # what a row holds where it leads nowhere
_NOWHERE: Row = [_NO_ENTRY] * ACTION_COUNT + [(-1, {})]  # the row before the first reset


class MazeEnv(gymnasium.Env[Observation, int]):
    """A maze in which an agent looks for the shortest way from a start to a goal.

    ## Description
    A grid of free cells and walls. The agent stands in one free cell and moves up, right, down or left; a move into a wall or
    over the edge leaves it where it is. Every transition has probability 1. The environment is its tables: `env.unwrapped.mdp`
    is a `TabularMDP`, `env.unwrapped.P` the same in the form of Gymnasium's toy_text, `env.unwrapped.maze` the `Maze` itself.

    ## Action Space
    `Discrete(4)`: 0 up, 1 right, 2 down, 3 left (a1 to a4). Any integer of 0 to 3 is taken, NumPy's included; everything else
    is refused and leaves the environment as it was.

    ## Observation Space
    - `observation="state"`: `Discrete(R * C)`, the state row * C + column, counted over all cells of the grid, walls included.
    - `observation="coordinates"`: `MultiDiscrete([R, C])`, row and column.
    - `observation="grid"`: `MultiBinary([4, R, C])`, the planes walls, agent, start and goals.

    ## Starting State
    The maze's start; with `start="random"` any state from which a goal can be reached, with equal probability;
    with `reset(options={"state": s})` the state s.

    ## Rewards
    Received on arrival: `goal_reward` at a goal, a lettered cell's own reward there, `step_reward` anywhere else. A bump
    arrives in the cell it leaves. With the defaults -1 and 0 the best return from distance d >= 1 is -(d - 1).

    ## Episode End
    Terminates on arrival at a goal. Truncates only where `gymnasium.make(..., max_episode_steps=n)` says so.

    ## Information
    A new dict from every `step` and `reset`: `position` (row, column), `distance` (steps to the nearest goal, -1 where none can
    be reached), `probability` of the transition (1.0) and, with `action_mask=True`, `action_mask` (int8 [4], 0 where the move
    would bump).

    ## Arguments
    - `maze`: a `Maze` or its text; without one a maze is generated from
    - `rows=10`, `columns=10`: how many cells (the grid is 2·rows-1 by 2·columns-1),
    - `algorithm="wilson"`: one of `mazefit.envs.ALGORITHMS`,
    - `maze_seed=0`: the same seed gives the same maze,
    - `loops=0.0`: the share of the remaining inner walls to open.
    - `observation="state"`: or `"coordinates"`, `"grid"`.
    - `action_mask=False`: whether infos say which moves do not bump.
    - `start="fixed"`: or `"random"`.
    - `step_reward=-1.0`, `goal_reward=0.0`: see Rewards.
    - `render_mode=None`: or `"ansi"`, `"rgb_array"`; through `gymnasium.make` also `"human"`. Values and arrows come into the
      pictures by `env.unwrapped.show(values, arrows)`. By hand: `gymnasium.utils.play.play(env, wait_on_player=True)`.

    ## References
    - R. S. Sutton and A. G. Barto, Reinforcement Learning: An Introduction, 2nd edition, MIT Press 2018, chapters 3 to 8.
    - D. B. Wilson, Generating random spanning trees more quickly than the cover time, STOC 1996.

    ## Version History
    - v0: first version.
    """

    metadata: dict[str, Any] = {"render_modes": ["ansi", "rgb_array"], "render_fps": 10}  # noqa: RUF012 - as in Gymnasium
    # What `step` reads stands in slots, which are found faster than names in the instance's dict.
    __slots__ = ("_numbers", "_plain", "_row")
    _row: Row  # where the agent stands
    _numbers: bool  # observations are state numbers
    _plain: bool  # and infos carry no mask

    def __init__(
        self,
        maze: Maze | str | bytes | None = None,
        rows: int = 10,
        columns: int = 10,
        algorithm: str = "wilson",
        maze_seed: int = 0,
        loops: float = 0.0,
        observation: str = "state",
        action_mask: bool = False,
        start: str = "fixed",
        step_reward: float = -1.0,
        goal_reward: float = 0.0,
        render_mode: str | None = None,
        **unknown: object,
    ) -> None:
        refuse_unknown(unknown)
        generated = {"rows": rows, "columns": columns, "algorithm": algorithm, "maze_seed": maze_seed, "loops": loops}
        check_arguments(maze, generated, observation, action_mask, start, step_reward, goal_reward, render_mode)
        if maze is None:
            maze = Maze.generate(rows, columns, algorithm, seed=maze_seed, loops=loops)
        elif not isinstance(maze, Maze):
            maze = Maze.from_text(maze)
        self.maze = maze
        self.observation = observation
        self.action_mask = bool(action_mask)
        self.start = start
        self.step_reward, self.goal_reward = float(step_reward), float(goal_reward)
        self.render_mode = render_mode
        self.action_space = cast("spaces.Space[int]", spaces.Discrete(ACTION_COUNT))
        self.observation_space = _observation_space(maze, observation)
        self._rows = MazeRows(maze, step_reward, goal_reward, self.action_mask)
        self._row = _NOWHERE
        self._choose_answers()
        self._closed = False
        self._values: npt.NDArray[np.float64] | None = None
        self._arrows: npt.NDArray[np.bool_] | None = None
        if start == "random" and not len(self._starts):
            raise ConfigError("MazeEnv: start: expected a maze with a goal that can be reached for 'random', got none")

    # -- the tables ----------------------------------------------------------------------------------------------------------

    @cached_property
    def mdp(self) -> TabularMDP:
        """The environment's tables, built when first asked for; its start is a distribution with `start="random"`."""
        return self.maze.mdp(self.step_reward, self.goal_reward, random_start=self.start == "random")

    @property
    def P(self) -> TransitionTable:  # noqa: N802 - Gymnasium's own name
        """`P[s][a] -> [(probability, next state, reward, terminated)]`, as in Gymnasium's toy_text."""
        return self.mdp.P

    @property
    def state(self) -> int | None:
        """The state in which the agent stands; None before the first reset."""
        state = self._row[HOME][0]
        return None if state < 0 else state

    # -- acting --------------------------------------------------------------------------------------------------------------

    def step(self, action: int) -> tuple[Observation, float, bool, bool, dict[str, Any]]:
        """Move, and say where that leads, what is received there and whether it ends the episode.

        Raises:
            InvalidActionError: `action` is not an integer from 0 to 3; the environment stays as it was.
            ResetNeededError: before the first `reset` or after the end of an episode.
            ClosedEnvError: after `close`.
        """
        try:
            self._row, state, reward, terminated, info = self._row[action] if action >= 0 else _NO_ENTRY
            if self._plain:
                return state, reward, terminated, False, {**info}
        except (TypeError, IndexError, ValueError):  # a row not yet made, the end, or no action: nothing was changed
            return self._step_slowly(action)
        info = {**info}
        if self.action_mask:
            info["action_mask"] = info["action_mask"].copy()
        return state if self._numbers else self._observe(state), reward, terminated, False, info

    def _step_slowly(self, action: object) -> tuple[Observation, float, bool, bool, dict[str, Any]]:
        """Make the row of a state that is stepped from for the first time, or refuse."""
        if self._closed:
            raise ClosedEnvError("step: expected an open environment, got one after close()")
        state = self._row[HOME][0]
        if state < 0:
            raise ResetNeededError("step: expected a reset() before the first step, got none")
        if self._rows.is_goal(state):
            raise ResetNeededError("step: expected a reset() after the episode's end, got another step")
        number = action_number(action)
        if self._row[0] is None:
            self._rows.fill(self._row)
        return MazeEnv.step(self, number)

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Observation, dict[str, Any]]:
        """Begin an episode.

        Args:
            seed: seeds `np_random`, which draws the random starts.
            options: `{"state": s}` begins in state s; nothing else is known.

        Returns:
            Observation and info of the first state.

        Raises:
            ConfigError: an unknown option, or a state in which one cannot begin; the environment stays as it was.
            ClosedEnvError: after `close`.
        """
        if self._closed:
            raise ClosedEnvError("reset: expected an open environment, got one after close()")
        chosen = start_option(options, self.maze)
        super().reset(seed=seed)
        if chosen is None:
            chosen = self.maze.start if self.start == "fixed" else int(self.np_random.choice(self._starts))
        self._row = self._rows[chosen]
        state, info = self._row[HOME]
        return self._observe(state), self._fresh(info)

    def close(self) -> None:
        """End the use of this environment; closing twice does no harm."""
        self._closed = True
        state = self._row[HOME][0]
        self._row = [None] * ACTION_COUNT + [(state, {})]

    @cached_property
    def _starts(self) -> npt.NDArray[np.int64]:
        """The states from which a goal can be reached, goals excepted."""
        return np.flatnonzero(self.maze.distances() > 0)

    def _choose_answers(self) -> None:
        self._numbers = self.observation == "state"
        self._plain = self._numbers and not self.action_mask

    def _observe(self, state: int) -> Observation:
        """What the agent sees in `state`: a number, or a new array."""
        if self.observation == "state":
            return state
        if self.observation == "coordinates":
            return np.array(divmod(state, self.maze.columns), dtype=np.int64)
        planes = self._planes.copy()
        planes[1].flat[state] = 1
        return planes

    @cached_property
    def _planes(self) -> npt.NDArray[np.int8]:
        """Int8 [4, R, C]: walls, nobody yet, start, goals."""
        planes = np.zeros((4, self.maze.rows, self.maze.columns), dtype=np.int8)
        planes[0] = self.maze.walls
        planes[2].flat[self.maze.start] = 1
        planes[3].flat[list(self.maze.goals)] = 1
        return planes

    def _fresh(self, info: dict[str, Any]) -> dict[str, Any]:
        """A dict of the caller's own, its mask included."""
        info = info.copy()
        if self.action_mask:
            info["action_mask"] = info["action_mask"].copy()
        return info

    # -- looking -------------------------------------------------------------------------------------------------------------

    def show(self, values: npt.ArrayLike | None = None, arrows: npt.ArrayLike | None = None) -> None:
        """Draw values and arrows in the pictures from now on; without arguments, none.

        Args:
            values: floats [S], the value of each state.
            arrows: bools [S, 4], the actions to draw in each state, such as all optimal ones.

        Raises:
            ConfigError: an argument is of the wrong shape.
        """
        states = self.maze.states
        drawn = None if values is None else np.array(values, dtype=np.float64)
        actions = None if arrows is None else np.array(arrows, dtype=np.bool_)
        problems = Problems("show")
        for name, array, shape in (("values", drawn, (states,)), ("arrows", actions, (states, ACTION_COUNT))):
            problems.check(
                array is None or array.shape == shape,
                f"{name}: expected shape {list(shape)}, got {list(array.shape) if array is not None else None}",
            )
        problems.raise_if_any()
        self._values, self._arrows = drawn, actions
        self.__dict__.pop("_picture", None)

    def render(self) -> Any:
        """The maze with its agent: text with `render_mode="ansi"`, uint8 [H, W, 3] with `"rgb_array"`.

        Raises:
            ResetNeededError: before the first `reset`.
            ClosedEnvError: after `close`.
        """
        if self._closed:
            raise ClosedEnvError("render: expected an open environment, got one after close()")
        if self.render_mode is None:
            gymnasium.logger.warn("render() draws nothing without a render mode; make the environment with render_mode='ansi'.")
            return None
        if self.state is None:
            raise ResetNeededError("render: expected a reset() before the first picture, got none")
        if self.render_mode == "ansi":
            from mazefit.envs.rendering import maze_text

            return maze_text(self.maze, agent=self.state, values=self._values, arrows=self._arrows)
        return self._picture.with_agent(self.state)

    @cached_property
    def _picture(self) -> Any:
        """What does not change from one picture to the next."""
        from mazefit.envs.rendering import MazePicture

        return MazePicture(self.maze, values=self._values, arrows=self._arrows)

    def get_keys_to_action(self) -> dict[tuple[int, ...], int]:
        """The keys of `gymnasium.utils.play`: w d s a, and the arrow keys (by their SDL codes)."""
        arrows = {0x40000052: 0, 0x4000004F: 1, 0x40000051: 2, 0x40000050: 3}
        return {(code,): action for code, action in ({ord(key): a for a, key in enumerate("wdsa")} | arrows).items()}

    # -- copies --------------------------------------------------------------------------------------------------------------

    def __getstate__(self) -> dict[str, Any]:
        """Everything but what is rebuilt when needed; the row becomes its state."""
        rebuilt = ("mdp", "_starts", "_planes", "_picture")
        kept = {name: value for name, value in self.__dict__.items() if name not in rebuilt}
        return kept | {"_row": self._row[HOME][0]}

    def __setstate__(self, kept: dict[str, Any]) -> None:
        state: int = kept["_row"]
        self.__dict__.update({name: value for name, value in kept.items() if name != "_row"})
        self._choose_answers()
        self._row = _NOWHERE if state < 0 else self._rows[state]


def _observation_space(maze: Maze, observation: str) -> spaces.Space[Observation]:
    if observation == "state":
        space: Any = spaces.Discrete(maze.states)
    elif observation == "coordinates":
        space = spaces.MultiDiscrete([maze.rows, maze.columns])
    else:
        space = spaces.MultiBinary([4, maze.rows, maze.columns])
    return space
