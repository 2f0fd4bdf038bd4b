"""The maze as a Gymnasium environment."""

from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from gymnasium import spaces

from mazefit.envs.arguments import refuse_unknown
from mazefit.envs.maze import Maze
from mazefit.envs.maze_arguments import OPTIONS, check_arguments, start_option
from mazefit.envs.maze_rows import MazeRows
from mazefit.envs.rows_env import RowsEnv
from mazefit.envs.tables import TabularMDP
from mazefit.errors import ConfigError


class MazeEnv(RowsEnv):
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
        refuse_unknown("MazeEnv", unknown, OPTIONS)
        generated = {"rows": rows, "columns": columns, "algorithm": algorithm, "maze_seed": maze_seed, "loops": loops}
        check_arguments(maze, generated, observation, action_mask, start, step_reward, goal_reward, render_mode)
        if maze is None:
            maze = Maze.generate(rows, columns, algorithm, seed=maze_seed, loops=loops)
        elif not isinstance(maze, Maze):
            maze = Maze.from_text(maze)
        self.maze, self.start = maze, start
        self.step_reward, self.goal_reward = float(step_reward), float(goal_reward)
        super().__init__(observation, start == "random", render_mode, bool(action_mask))
        if start == "random" and not len(self._starts):
            raise ConfigError("MazeEnv: start: expected a maze with a goal that can be reached for 'random', got none")

    @property
    def grid(self) -> Maze:
        """The maze."""
        return self.maze

    def _tables(self) -> TabularMDP:
        return self.maze.mdp(self.step_reward, self.goal_reward, random_start=self.random_start)

    def _make_rows(self) -> MazeRows:
        return MazeRows(self.maze, self.step_reward, self.goal_reward, self.action_mask)

    def _possible_starts(self) -> npt.NDArray[np.int64]:
        """The states from which a goal can be reached, goals excepted."""
        return np.flatnonzero(self.maze.distances() > 0)

    def _chosen_start(self, options: object) -> int | None:
        return start_option(options, self.maze)

    def _own_space(self) -> spaces.Space[Any]:
        return spaces.MultiBinary([4, self.maze.rows, self.maze.columns])

    def _own_observation(self, state: int) -> npt.NDArray[np.int8]:
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
