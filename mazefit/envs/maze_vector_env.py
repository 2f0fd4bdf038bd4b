"""Mazes by the thousand: N maze environments stepped as one, by Gymnasium's contract for vector environments."""

import importlib
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from gymnasium import spaces
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space

from mazefit.envs.arguments import can_draw, refuse_unknown
from mazefit.envs.maze import Maze
from mazefit.envs.maze_arguments import check_arguments
from mazefit.envs.maze_rows import ACTION_COUNT
from mazefit.envs.vector.arguments import (
    WORDS,
    backend_of,
    check_mazes,
    check_vector_arguments,
    infos_wanted,
    reset_options,
    seeds_of,
)
from mazefit.envs.vector.plan import Plan
from mazefit.envs.vector.tables import VectorTables
from mazefit.errors import ClosedEnvError, ConfigError, ResetNeededError

ENGINES = {
    "numpy": "engine_numpy:NumpyEngine",
    "compiled": "engine_compiled:CompiledEngine",
    "torch": "engine_torch:TorchEngine",
}


class MazeVectorEnv(VectorEnv[Any, Any, Any]):
    """N mazes stepped as one: `MazeEnv` as a vector environment, identical to it step for step and seed for seed.

    ## Description
    Each of the N environments is a `MazeEnv`; all are rows of the same flat tables, so that one step of all is a few gathers.
    Made by `gymnasium.make_vec("mazefit/Maze-v0", num_envs=N, vectorization_mode="vector_entry_point", …)` or by hand. What it
    answers is what `gymnasium.vector.SyncVectorEnv` over N single environments answers, but for what Information says.

    **Arrays are used again.** Unless `copy=True`, answers are written into two sets of arrays that take turns: what a step
    gives stays as it is until the step after the next, so that an observation and the next one can stand side by side; whoever
    keeps more copies it. They are not to be written to.

    ## Action Space
    `MultiDiscrete([4] * N)`: 0 up, 1 right, 2 down, 3 left. Integers of any width, [N], are taken; anything else, also a number
    out of range where it would not matter, is refused and leaves everything as it was. Bytes (uint8) are read fastest.

    ## Observation Space
    - `observation="state"`: int64 [N]; `observation="coordinates"`: int64 [N, 2]; `observation="grid"`: int8 [N, 4, R, C]; as
      in `MazeEnv`. Mazes of different sizes go together but for "grid"; each environment's numbers are those of its own maze.

    ## Starting State
    The maze's start; with `start="random"` any state from which a goal can be reached, drawn by environment i's own generator,
    seeded with `seed + i` as SyncVectorEnv does: the same numbers as a single environment of that seed. `reset(options=…)`
    takes `"state"` (one, or one of each) and `"reset_mask"` (bools [N]: only these begin anew).

    ## Rewards
    Float64 [N], received on arrival, as in `MazeEnv`.

    ## Episode End
    Terminations are arrivals at a goal; truncations are episodes of `max_episode_steps` steps, which are told apart everywhere.
    What follows is `metadata["autoreset_mode"]`, chosen by `autoreset_mode`:
    - `AutoresetMode.NEXT_STEP`: the next step begins the next episode; its action does nothing, its reward is 0.
    - `AutoresetMode.SAME_STEP`: the same step begins it; infos have `final_obs` and `final_info`.
    - `AutoresetMode.DISABLED`: `reset(options={"reset_mask": ended})` must come before the next step.

    ## Information
    Empty, so that a step costs no more than it must. `infos="all"`, or names among `position` (int64 [N, 2]), `distance`
    (int64 [N]), `probability` (float64 [N]), `action_mask` (int8 [N, 4]), have these as new arrays, each with its mask `_name`;
    `action_mask=True` has the mask as well. Two forms differ from SyncVectorEnv's, which makes arrays of Python objects:
    `position` is an array of integers, and so is `final_obs` [N, …], to be read where `_final_obs` is true (used again, too).
    `final_info` has the entries that infos have.

    ## Arguments
    - `num_envs`: N.
    - `mazes`: a `Maze` (or text) for all, or one of each; without it `maze`, or one generated as in `MazeEnv`.
    - `maze`, `rows`, `columns`, `algorithm`, `maze_seed`, `loops`, `observation`, `action_mask`, `start`, `step_reward`,
      `goal_reward`, `render_mode`: as in `MazeEnv`; `render` gives a picture of each.
    - `autoreset_mode=AutoresetMode.NEXT_STEP`, or its value as text.
    - `max_episode_steps=None`: steps after which an episode is truncated.
    - `infos=()`: see Information.
    - `backend="auto"`: "numpy", always there; "compiled", by Numba; "torch". Auto is "torch" where a device is given, else
      "compiled" from 256 environments on where Numba is installed. All answer the same.
    - `device=None`: of "torch", such as "cuda": actions and answers are tensors there, and a step neither copies to the host
      nor waits for the device. So `final_obs` is always among the infos there, and an action out of range is noted on the
      device (its two lowest bits are done) and raised by the next `reset` or `check()`; on the CPU it is refused at once.
    - `copy=False`: whether every answer is the caller's own.

    ## References
    - M. Towers et al., Gymnasium: A Standard Interface for Reinforcement Learning Environments, 2024.
    - https://farama.org/Vector-Autoreset-Mode

    ## Version History
    - v0: first version.
    """

    metadata: dict[str, Any] = {"render_modes": ["ansi", "rgb_array"], "render_fps": 10}  # noqa: RUF012 - as in Gymnasium

    def __init__(
        self,
        num_envs: int = 1,
        mazes: Maze | str | bytes | Sequence[Maze | str | bytes] | None = None,
        *,
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
        autoreset_mode: AutoresetMode | str = AutoresetMode.NEXT_STEP,
        max_episode_steps: int | None = None,
        infos: str | Sequence[str] = (),
        backend: str = "auto",
        device: Any = None,
        copy: bool = False,
        **unknown: object,
    ) -> None:
        refuse_unknown("MazeVectorEnv", unknown, WORDS)
        check_vector_arguments(num_envs, mazes, maze, autoreset_mode, max_episode_steps, infos, backend, copy)
        one = mazes if maze is None else maze
        alike = one is None or isinstance(one, Maze | str | bytes)
        generated = {"rows": rows, "columns": columns, "algorithm": algorithm, "maze_seed": maze_seed, "loops": loops}
        check_arguments(
            one if alike else "SG", generated, observation, action_mask, start, step_reward, goal_reward, render_mode
        )
        if one is None:
            one = Maze.generate(rows, columns, algorithm, seed=maze_seed, loops=loops)
        given = [one] if isinstance(one, Maze | str | bytes) else one
        tables = VectorTables([_maze(each) for each in given], num_envs, float(step_reward), float(goal_reward))
        check_mazes(tables, observation, start)
        mode, names = AutoresetMode(autoreset_mode), infos_wanted(infos, bool(action_mask))
        self._plan = Plan(tables, num_envs, mode, max_episode_steps, start == "random", observation, names, bool(copy))
        self.num_envs, self.observation, self.start, self.render_mode = num_envs, observation, start, render_mode
        self.metadata = {**self.metadata, "autoreset_mode": mode}
        self.single_action_space = spaces.Discrete(ACTION_COUNT)
        self.backend, self.device = backend_of(backend, device, num_envs), device
        self._engine = self._new_engine()
        self._begun = False

    def _new_engine(self) -> Any:
        module, name = ENGINES[self.backend].split(":")
        engine = getattr(importlib.import_module(f"mazefit.envs.vector.{module}"), name)
        return engine(self._plan, self.device) if self.backend == "torch" else engine(self._plan)

    # -- acting --------------------------------------------------------------------------------------------------------------

    def step(self, actions: Any) -> tuple[Any, Any, Any, Any, dict[str, Any]]:
        """Move in every environment.

        Args:
            actions: integers from 0 to 3, [N].

        Returns:
            Observations, rewards (float64 [N]), terminations and truncations (bool [N]), infos.

        Raises:
            InvalidActionError: not N integers from 0 to 3; nothing was changed.
            ResetNeededError: before the first `reset`, or, without autoreset, before that of an episode that ended.
            ClosedEnvError: after `close`.
        """
        if not self._begun:
            raise self._refusal("step")
        return self._engine.step(actions)

    def reset(
        self, *, seed: int | Sequence[int | None] | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        """Begin an episode in every environment, or in those of a mask.

        Args:
            seed: environment i is seeded with `seed + i`, or with the i-th of a list.
            options: `{"reset_mask": bools [N]}` leaves the others as they are, `{"state": s}` (or N of them) begins there.

        Returns:
            Observations of all environments, and infos of those that were reset.

        Raises:
            ConfigError: a seed or an option is not as expected; nothing was changed.
            ResetNeededError: a mask before the first reset of all.
            ClosedEnvError: after `close`.
        """
        if self.closed:
            raise self._refusal("reset")
        seeds = seeds_of(seed, self.num_envs)
        which, states = reset_options(options, self._plan.tables, self.num_envs)
        if len(which) < self.num_envs and not self._begun:
            raise ResetNeededError("reset: expected a reset of all environments before one with a mask, got none")
        super().reset(seed=seed if isinstance(seed, int) else None)
        self._begun = True
        return self._engine.reset(which, [] if seeds is None else [seeds[i] for i in which], states)

    def close_extras(self, **kwargs: Any) -> None:
        """Nothing is held that would have to be given back; steps are refused from now on."""
        self._begun = False

    def _refusal(self, call: str) -> Exception:
        if self.closed:
            return ClosedEnvError(f"{call}: expected an open environment, got one after close()")
        return ResetNeededError(f"{call}: expected a reset() before the first step, got none")

    # -- what it is ----------------------------------------------------------------------------------------------------------

    @property
    def mazes(self) -> list[Maze]:
        """The maze of each environment, [N]."""
        tables = self._plan.tables
        return [tables.mazes[number] for number in tables.which]

    @property
    def states(self) -> npt.NDArray[np.int64]:
        """The state in which each environment is seen to stand, [N]."""
        return self._engine.seen() - self._plan.tables.offset

    @cached_property
    def single_observation_space(self) -> Any:  # pyright: ignore[reportIncompatibleVariableOverride] - made when asked for
        """The observations of one environment; where mazes differ in size, of the largest."""
        mazes = self._plan.tables.mazes
        if self.observation == "state":
            return spaces.Discrete(max(maze.states for maze in mazes))
        rows, columns = max(maze.rows for maze in mazes), max(maze.columns for maze in mazes)
        return (
            spaces.MultiDiscrete([rows, columns])
            if self.observation == "coordinates"
            else spaces.MultiBinary([4, rows, columns])
        )

    @cached_property
    def observation_space(self) -> Any:  # pyright: ignore[reportIncompatibleVariableOverride]
        """The observations of all environments."""
        return batch_space(self.single_observation_space, self.num_envs)

    @cached_property
    def action_space(self) -> Any:  # pyright: ignore[reportIncompatibleVariableOverride]
        """The actions of all environments."""
        return batch_space(self.single_action_space, self.num_envs)

    def check(self) -> None:
        """Raise what was noted on a device since the last time, and wait for it; elsewhere mistakes are told at once.

        Raises:
            InvalidActionError: there was an action out of range.
            ResetNeededError: without autoreset, an environment was stepped after its episode's end.
        """
        self._engine.check()

    def render(self) -> tuple[Any, ...] | None:
        """Each maze with its agent, [N]: text with `render_mode="ansi"`, uint8 [H, W, 3] with `"rgb_array"`.

        Raises:
            ResetNeededError: before the first `reset`.
            ClosedEnvError: after `close`.
        """
        if not can_draw("closed" if self.closed else "running" if self._begun else "new", self.render_mode):
            return None
        from mazefit.envs.rendering import MazePicture, maze_text

        tables, states = self._plan.tables, self.states.tolist()
        if self.render_mode == "ansi":
            return tuple(maze_text(maze, agent=state) for maze, state in zip(self.mazes, states, strict=True))
        pictures = [MazePicture(maze) for maze in tables.mazes]
        return tuple(pictures[number].with_agent(state) for number, state in zip(tables.which, states, strict=True))

    # -- copies --------------------------------------------------------------------------------------------------------------

    def state_dict(self) -> dict[str, npt.NDArray[Any]]:
        """Where everybody stands, what is to come and where the generators are, as arrays of the host."""
        return self._engine.saved() | {"begun": np.array(self._begun)}

    def load_state_dict(self, saved: Mapping[str, npt.NDArray[Any]]) -> None:
        """Go on from there, whatever backend it comes from; the arguments of both environments must be the same.

        Raises:
            ConfigError: it is not of so many environments.
        """
        sizes = {name: np.shape(saved.get(name, 0)) for name in ("standing", "seen", "deadline", "over")}
        if set(sizes.values()) != {(self.num_envs,)}:
            raise ConfigError(f"load_state_dict: expected arrays of {self.num_envs} environments, got shapes {sizes}")
        self._engine.restore(saved)
        self._begun = bool(saved["begun"]) and not self.closed

    def __getstate__(self) -> dict[str, Any]:
        """Everything but the engine, of which it is kept where it was."""
        return {**self.__dict__, "_engine": None, "_saved": self.state_dict()}

    def __setstate__(self, kept: dict[str, Any]) -> None:
        saved = kept.pop("_saved")
        self.__dict__.update(kept)
        self._engine = self._new_engine()
        self.load_state_dict(saved)


def _maze(maze: Maze | str | bytes) -> Maze:
    return maze if isinstance(maze, Maze) else Maze.from_text(maze)
