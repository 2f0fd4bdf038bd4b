"""The loss surface as a Gymnasium environment: a maze in which going down is rewarded."""

from collections.abc import Callable
from functools import cached_property
from typing import Any, cast

import gymnasium
import numpy as np
import numpy.typing as npt
from gymnasium import spaces

from mazefit.envs.landscape import Landscape
from mazefit.envs.landscape_arguments import begun, check_arguments, refuse_unknown, start_option
from mazefit.envs.landscape_grid import RANGE_B, RANGE_W, Range
from mazefit.envs.landscape_rows import Row, TableRows
from mazefit.envs.maze import MOVES
from mazefit.envs.maze_arguments import action_number
from mazefit.envs.tables import TabularMDP, TransitionTable
from mazefit.errors import ClosedEnvError, Problems, ResetNeededError

Observation = int | npt.NDArray[np.int64] | npt.NDArray[np.float64]

_NO_ENTRY: Any = None  # what a row holds where it leads nowhere
_NOWHERE: Row = [_NO_ENTRY] * len(MOVES) + [(-1, {})]  # the row before the first reset
_HOME = len(MOVES)  # where a row keeps its own (state, info)


class LandscapeEnv(gymnasium.Env[Observation, int]):
    """A loss surface on a grid of two parameters, on which an agent looks for the node of least loss.

    ## Description
    Fitting as a maze. The parameters (w, b) of a model stand on a grid of nodes; each move changes one of them by one step; a
    move over the edge leaves both as they are. Every transition has probability 1. The environment is its tables:
    `env.unwrapped.mdp` is a `TabularMDP`, `env.unwrapped.P` the same in the form of Gymnasium's toy_text,
    `env.unwrapped.landscape` the `Landscape` itself. So planners, learners, traces and certificates take it as they take a
    maze.

    ## Action Space
    `Discrete(4)`: 0 up (b + a step), 1 right (w + a step), 2 down (b - a step), 3 left (w - a step). Any integer of 0 to 3 is
    taken, NumPy's included; everything else is refused and leaves the environment as it was.

    ## Observation Space
    - `observation="state"`: `Discrete(R * C)`, the state row * C + column; row 0 has the largest b, column 0 the smallest w.
    - `observation="coordinates"`: `MultiDiscrete([R, C])`, row and column.
    - `observation="parameters"`: `Box` of float64 [2], w and b themselves.

    ## Starting State
    The landscape's start (the node of largest loss, where nothing else is said); with `start=s` the state s, with
    `start=(w, b)` the node nearest to it, with `start="random"` any node that is no goal, with equal probability; with
    `reset(options={"state": s})` the state s.

    ## Rewards
    Received on arrival: loss(here) - loss(there), the loss that the move removes; 0 for a bump at the edge. The return G of an
    episode, undiscounted, is exactly the loss at its start less the loss at its end. So at discount 1 every way to the goal has
    the same return, and all actions of all states tie; take a discount below 1, such as 0.9, and the best way is the one on
    which the loss is soon small and stays small.

    ## Episode End
    Terminates on arrival at the node of least loss (any of them, where several tie). Truncates only where
    `gymnasium.make(..., max_episode_steps=n)` says so.

    ## Information
    A new dict from every `step` and `reset`: `position` (row, column), `w`, `b`, `loss`, and `probability` of the transition
    (1.0).

    ## Arguments
    - `landscape=None`: a `Landscape`; without one the surface is made of
    - `model=None`: a function of (x, w, b) that gives predictions of the shape of y; None is the line w x + b,
    - `x=None`, `y=None`: inputs and outputs; None are the ten points of the tutorial's line,
    - `w=(-0.3, 1.7, 21)`: smallest and largest value and number of nodes of the first parameter,
    - `b=(-2.0, 8.0, 21)`: the same of the second,
    - `loss="mse"`: or `"l1"`, or a function of (predictions, y) that gives a number.
    - `observation="state"`: or `"coordinates"`, `"parameters"`.
    - `start="fixed"`: or `"random"`, a state, or a pair (w, b).
    - `render_mode=None`: or `"ansi"`, `"rgb_array"`, in which the loss colours the nodes, the least of it brightest; through
      `gymnasium.make` also `"human"`. Values and arrows come into the pictures by `env.unwrapped.show(values, arrows)`.

    ## References
    - A. Y. Ng, D. Harada and S. Russell, Policy invariance under reward transformations, ICML 1999: why such rewards tie.
    - R. S. Sutton and A. G. Barto, Reinforcement Learning: An Introduction, 2nd edition, MIT Press 2018, chapters 3 to 8.

    ## Version History
    - v0: first version.
    """

    metadata: dict[str, Any] = {"render_modes": ["ansi", "rgb_array"], "render_fps": 10}  # noqa: RUF012 - as in Gymnasium
    # What `step` reads stands in slots, which are found faster than names in the instance's dict.
    __slots__ = ("_numbers", "_row")
    _row: Row  # where the agent stands
    _numbers: bool  # observations are state numbers

    def __init__(
        self,
        landscape: Landscape | None = None,
        model: Callable[..., Any] | None = None,
        x: npt.ArrayLike | None = None,
        y: npt.ArrayLike | None = None,
        w: Range = RANGE_W,
        b: Range = RANGE_B,
        loss: str | Callable[..., Any] = "mse",
        observation: str = "state",
        start: str | int | tuple[float, float] = "fixed",
        render_mode: str | None = None,
        **unknown: object,
    ) -> None:
        refuse_unknown(unknown)
        surface = {"model": model, "x": x, "y": y, "w": w, "b": b, "loss": loss}
        check_arguments(landscape, surface, observation, start, render_mode)
        made = Landscape.of(model, x, y, w=w, b=b, loss=loss) if landscape is None else landscape
        self.landscape = begun(made, start)
        self.observation, self.random_start = observation, isinstance(start, str) and start == "random"
        self.render_mode = render_mode
        self.action_space = cast("spaces.Space[int]", spaces.Discrete(len(MOVES)))
        self.observation_space = _observation_space(self.landscape, observation)
        self._read_tables()
        self._row, self._closed = _NOWHERE, False
        self._values: npt.NDArray[np.float64] | None = None
        self._arrows: npt.NDArray[np.bool_] | None = None

    def _read_tables(self) -> None:
        self.mdp: TabularMDP = self.landscape.mdp(random_start=self.random_start)
        self._rows = TableRows(self.mdp, self._info)
        self._numbers = self.observation == "state"

    @property
    def P(self) -> TransitionTable:  # noqa: N802 - Gymnasium's own name
        """`P[s][a] -> [(probability, next state, reward, terminated)]`, as in Gymnasium's toy_text."""
        return self.mdp.P

    @property
    def state(self) -> int | None:
        """The state in which the agent stands; None before the first reset."""
        state = self._row[_HOME][0]
        return None if state < 0 else state

    # -- acting --------------------------------------------------------------------------------------------------------------

    def step(self, action: int) -> tuple[Observation, float, bool, bool, dict[str, Any]]:
        """Move, and say where that leads, how much loss it removes and whether it ends the episode.

        Raises:
            InvalidActionError: `action` is not an integer from 0 to 3; the environment stays as it was.
            ResetNeededError: before the first `reset` or after the end of an episode.
            ClosedEnvError: after `close`.
        """
        try:
            self._row, state, reward, terminated, info = self._row[action] if action >= 0 else _NO_ENTRY
        except (TypeError, IndexError, ValueError):  # a row not yet made, the end, or no action: nothing was changed
            return self._step_slowly(action)
        return state if self._numbers else self._observe(state), reward, terminated, False, {**info}

    def _step_slowly(self, action: object) -> tuple[Observation, float, bool, bool, dict[str, Any]]:
        """Make the row of a state that is stepped from for the first time, or refuse."""
        if self._closed:
            raise ClosedEnvError("step: expected an open environment, got one after close()")
        state = self._row[_HOME][0]
        if state < 0:
            raise ResetNeededError("step: expected a reset() before the first step, got none")
        if self._rows.is_end(state):
            raise ResetNeededError("step: expected a reset() after the episode's end, got another step")
        number = action_number(action)
        if self._row[0] is None:
            self._rows.fill(self._row)
        return LandscapeEnv.step(self, number)

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
        chosen = start_option(options, self.landscape)
        super().reset(seed=seed)
        if chosen is None:
            chosen = int(self.np_random.choice(self._starts)) if self.random_start else self.landscape.start
        self._row = self._rows[chosen]
        state, info = self._row[_HOME]
        return self._observe(state), info.copy()

    def close(self) -> None:
        """End the use of this environment; closing twice does no harm."""
        self._closed = True
        self._row = [_NO_ENTRY] * _HOME + [(self._row[_HOME][0], {})]

    @cached_property
    def _starts(self) -> npt.NDArray[np.int64]:
        """Every state but the goals."""
        return np.flatnonzero(~self.mdp.absorbing)

    def _observe(self, state: int) -> Observation:
        """What the agent sees in `state`: a number, or a new array."""
        if self._numbers:
            return state
        if self.observation == "coordinates":
            return np.array(self.landscape.position(state), dtype=np.int64)
        return np.array(self.landscape.parameters(state))

    def _info(self, state: int) -> dict[str, Any]:
        w, b = self.landscape.parameters(state)
        position, loss = self.landscape.position(state), self.landscape.loss(state)
        return {"position": position, "w": w, "b": b, "loss": loss, "probability": 1.0}

    # -- looking -------------------------------------------------------------------------------------------------------------

    def show(self, values: npt.ArrayLike | None = None, arrows: npt.ArrayLike | None = None) -> None:
        """Draw values and arrows in the pictures from now on; without arguments, the loss alone.

        Args:
            values: floats [S], the value of each state.
            arrows: bools [S, 4], the actions to draw in each state, such as all optimal ones.

        Raises:
            ConfigError: an argument is of the wrong shape.
        """
        states = self.landscape.states
        drawn = None if values is None else np.array(values, dtype=np.float64)
        actions = None if arrows is None else np.array(arrows, dtype=np.bool_)
        problems = Problems("show")
        for name, array, shape in (("values", drawn, (states,)), ("arrows", actions, (states, len(MOVES)))):
            got = None if array is None else list(array.shape)
            problems.check(array is None or array.shape == shape, f"{name}: expected shape {list(shape)}, got {got}")
        problems.raise_if_any()
        self._values, self._arrows = drawn, actions
        self.__dict__.pop("_picture", None)

    def render(self) -> Any:
        """The grid with its agent: text with `render_mode="ansi"`, uint8 [H, W, 3] with `"rgb_array"`.

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

            return maze_text(self.landscape.maze, agent=self.state, values=self._values, arrows=self._arrows)
        return self._picture.with_agent(self.state)

    @cached_property
    def _picture(self) -> Any:
        """What does not change from one picture to the next."""
        from mazefit.envs.rendering import MazePicture

        values = self.landscape.shades if self._values is None else self._values
        return MazePicture(self.landscape.maze, values=values, arrows=self._arrows)

    def get_keys_to_action(self) -> dict[tuple[int, ...], int]:
        """The keys of `gymnasium.utils.play`: w d s a, and the arrow keys (by their SDL codes)."""
        arrows = {0x40000052: 0, 0x4000004F: 1, 0x40000051: 2, 0x40000050: 3}
        return {(code,): action for code, action in ({ord(key): a for a, key in enumerate("wdsa")} | arrows).items()}

    # -- copies --------------------------------------------------------------------------------------------------------------

    def __getstate__(self) -> dict[str, Any]:
        """Everything but what is rebuilt when needed; the row becomes its state."""
        rebuilt = ("mdp", "_rows", "_starts", "_picture")
        kept = {name: value for name, value in self.__dict__.items() if name not in rebuilt}
        return kept | {"_row": self._row[_HOME][0]}

    def __setstate__(self, kept: dict[str, Any]) -> None:
        state: int = kept["_row"]
        self.__dict__.update({name: value for name, value in kept.items() if name != "_row"})
        self._read_tables()
        self._row = _NOWHERE if state < 0 else self._rows[state]


def _observation_space(landscape: Landscape, observation: str) -> spaces.Space[Observation]:
    if observation == "state":
        space: Any = spaces.Discrete(landscape.states)
    elif observation == "coordinates":
        space = spaces.MultiDiscrete([landscape.rows, landscape.columns])
    else:
        low, high = (np.array([landscape.w[i], landscape.b[-1 - i]]) for i in (0, -1))
        space = spaces.Box(low, high, dtype=np.float64)
    return space
