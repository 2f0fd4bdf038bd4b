"""An environment over ready rows: how the maze and the landscape are stepped, begun, drawn and copied."""

from abc import ABC, abstractmethod
from functools import cached_property
from typing import Any, ClassVar, cast

import gymnasium
import numpy as np
import numpy.typing as npt
from gymnasium import spaces

from mazefit.envs.arguments import Stage, action_number, can_draw, refuse_at
from mazefit.envs.maze import MOVES, Maze
from mazefit.envs.rows import HOME, Info, Row, Rows
from mazefit.envs.tables import TabularMDP, TransitionTable
from mazefit.errors import Problems

_NO_ENTRY: Any = None  # what a row holds where it leads nowhere
_NOWHERE: Row = [_NO_ENTRY] * len(MOVES) + [(-1, {})]  # the row before the first reset

Answer = tuple[Any, float, bool, bool, Info]


class RowsEnv(gymnasium.Env[Any, int], ABC):
    """An environment of four moves on a grid, whose answers are ready in rows.

    A subclass says how tables and rows are made, what is observed and what is drawn.

    Args:
        observation: "state", "coordinates" or a word of the class's own.
        random_start: whether episodes begin anywhere.
        render_mode: None, "ansi" or "rgb_array".
        action_mask: whether infos carry `action_mask`.
    """

    metadata: dict[str, Any] = {"render_modes": ["ansi", "rgb_array"], "render_fps": 10}  # noqa: RUF012 - as in Gymnasium
    # What `step` reads stands in slots, which are found faster than names in the instance's dict.
    __slots__ = ("_numbers", "_plain", "_row")
    _row: Row  # where the agent stands
    _numbers: bool  # observations are state numbers
    _plain: bool  # and infos carry no mask

    KEYS: ClassVar[dict[int, int]] = {0x40000052: 0, 0x4000004F: 1, 0x40000051: 2, 0x40000050: 3}  # SDL's arrow keys

    def __init__(self, observation: str, random_start: bool, render_mode: str | None, action_mask: bool = False) -> None:
        self.observation, self.random_start = observation, random_start
        self.render_mode, self.action_mask = render_mode, action_mask
        self.action_space = cast("spaces.Space[int]", spaces.Discrete(len(MOVES)))
        self.observation_space = self._space()
        self._row, self._closed = _NOWHERE, False
        self._choose_answers()
        self._values: npt.NDArray[np.float64] | None = None
        self._arrows: npt.NDArray[np.bool_] | None = None

    # -- what it is of -------------------------------------------------------------------------------------------------------

    @property
    @abstractmethod
    def grid(self) -> Maze:
        """The grid of cells that is walked and drawn."""

    @abstractmethod
    def _tables(self) -> TabularMDP:
        """The environment as tables."""

    @abstractmethod
    def _make_rows(self) -> Rows:
        """Its ready answers."""

    @abstractmethod
    def _possible_starts(self) -> npt.NDArray[np.int64]:
        """The states in which a random start can begin."""

    @abstractmethod
    def _chosen_start(self, options: object) -> int | None:
        """The state that reset's options ask for, if they ask for one."""

    @abstractmethod
    def _own_space(self) -> spaces.Space[Any]:
        """The space of the class's own observations."""

    @abstractmethod
    def _own_observation(self, state: int) -> npt.NDArray[Any]:
        """What is observed in `state` then; a new array."""

    def _shades(self) -> npt.NDArray[np.float64] | None:
        """What colours the cells where nothing is shown."""
        return None

    # -- the tables ----------------------------------------------------------------------------------------------------------

    @cached_property
    def mdp(self) -> TabularMDP:
        """The environment's tables, built when first asked for; its start is a distribution where starts are random."""
        return self._tables()

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

    def step(self, action: int) -> Answer:
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

    def _step_slowly(self, action: object) -> Answer:
        """Make the row of a state that is stepped from for the first time, or refuse."""
        refuse_at("step", self._stage, "closed", "new", "over")
        number = action_number(action, len(MOVES))
        if self._row[0] is None:
            self._rows.fill(self._row)
        return RowsEnv.step(self, number)

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, Info]:
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
        refuse_at("reset", self._stage, "closed")
        chosen = self._chosen_start(options)
        super().reset(seed=seed)
        if chosen is None:
            chosen = int(self.np_random.choice(self._starts)) if self.random_start else self.grid.start
        self._row = self._rows[chosen]
        state, info = self._row[HOME]
        info = info.copy()
        if self.action_mask:
            info["action_mask"] = info["action_mask"].copy()
        return self._observe(state), info

    def close(self) -> None:
        """End the use of this environment; closing twice does no harm."""
        self._closed = True
        self._row = [_NO_ENTRY] * len(MOVES) + [(self._row[HOME][0], {})]

    @property
    def _stage(self) -> Stage:
        """Where the environment stands in its life."""
        if self._closed:
            return "closed"
        state = self._row[HOME][0]
        return "new" if state < 0 else "over" if self._rows.is_end(state) else "running"

    @cached_property
    def _rows(self) -> Rows:
        return self._make_rows()

    @cached_property
    def _starts(self) -> npt.NDArray[np.int64]:
        return self._possible_starts()

    # -- seeing --------------------------------------------------------------------------------------------------------------

    def _choose_answers(self) -> None:
        self._numbers = self.observation == "state"
        self._plain = self._numbers and not self.action_mask

    def _observe(self, state: int) -> Any:
        """What the agent sees in `state`: a number, or a new array."""
        if self._numbers:
            return state
        if self.observation == "coordinates":
            return np.array(divmod(state, self.grid.columns), dtype=np.int64)
        return self._own_observation(state)

    def _space(self) -> spaces.Space[Any]:
        if self.observation == "state":
            return cast("spaces.Space[Any]", spaces.Discrete(self.grid.states))
        if self.observation == "coordinates":
            return spaces.MultiDiscrete([self.grid.rows, self.grid.columns])
        return self._own_space()

    # -- looking -------------------------------------------------------------------------------------------------------------

    def show(self, values: npt.ArrayLike | None = None, arrows: npt.ArrayLike | None = None) -> None:
        """Draw values and arrows in the pictures from now on; without arguments, none (a landscape shows its loss).

        Args:
            values: floats [S], the value of each state.
            arrows: bools [S, 4], the actions to draw in each state, such as all optimal ones.

        Raises:
            ConfigError: an argument is of the wrong shape.
        """
        drawn = None if values is None else np.array(values, dtype=np.float64)
        actions = None if arrows is None else np.array(arrows, dtype=np.bool_)
        problems, states = Problems("show"), self.grid.states
        for name, array, shape in (("values", drawn, (states,)), ("arrows", actions, (states, len(MOVES)))):
            got = None if array is None else list(array.shape)
            problems.check(array is None or array.shape == shape, f"{name}: expected shape {list(shape)}, got {got}")
        problems.raise_if_any()
        self._values, self._arrows = drawn, actions
        vars(self).pop("_picture", None)

    def render(self) -> Any:
        """The grid with its agent: text with `render_mode="ansi"`, uint8 [H, W, 3] with `"rgb_array"`.

        Raises:
            ResetNeededError: before the first `reset`.
            ClosedEnvError: after `close`.
        """
        if not can_draw(self._stage, self.render_mode):
            return None
        if self.render_mode == "ansi":
            from mazefit.envs.rendering import maze_text

            return maze_text(self.grid, agent=self.state, values=self._values, arrows=self._arrows)
        return self._picture.with_agent(self.state)

    @cached_property
    def _picture(self) -> Any:
        """What does not change from one picture to the next."""
        from mazefit.envs.rendering import MazePicture

        values = self._shades() if self._values is None else self._values
        return MazePicture(self.grid, values=values, arrows=self._arrows)

    def get_keys_to_action(self) -> dict[tuple[int, ...], int]:
        """The keys of `gymnasium.utils.play`: w d s a, and the arrow keys (by their SDL codes)."""
        return {(code,): action for code, action in ({ord(key): a for a, key in enumerate("wdsa")} | self.KEYS).items()}

    # -- copies --------------------------------------------------------------------------------------------------------------

    def __getstate__(self) -> dict[str, Any]:
        """Everything but what is built again when needed; the row becomes its state."""
        rebuilt = {
            name for kind in type(self).__mro__ for name, part in vars(kind).items() if isinstance(part, cached_property)
        }
        kept = {name: value for name, value in self.__dict__.items() if name not in rebuilt}
        return kept | {"_row": self._row[HOME][0]}

    def __setstate__(self, kept: dict[str, Any]) -> None:
        state: int = kept["_row"]
        vars(self).update({name: value for name, value in kept.items() if name != "_row"})
        self._choose_answers()
        self._row = _NOWHERE if state < 0 else self._rows[state]
