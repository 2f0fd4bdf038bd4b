"""The maze: an immutable grid of walls and free cells with a start, goals and, where wanted, rewards of its own.

State = row * columns + column over all cells, walls included, so s4 in an open 3 x 3 maze is its middle. Actions 0 to 3 are
up, right, down, left (a1 to a4). Text and maze are two forms of one thing: `str(Maze.from_text(text)) == text`.
"""

import hashlib
import operator
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from mazefit.envs.breadth_first import distances_to
from mazefit.envs.maze_tables import build_tables
from mazefit.envs.maze_text import format_grid, parse
from mazefit.envs.tables import TabularMDP
from mazefit.errors import ConfigError, MazeFormatError, Problems

ACTIONS = ("up", "right", "down", "left")
MOVES = ((-1, 0), (0, 1), (1, 0), (0, -1))  # row and column of each action

_NAMED = {
    "tutorial": "S..\n...\n..G",
    # Sutton & Barto, Figure 8.2: the Dyna maze, 14 steps from S to G
    "dyna": ".......#G\n..#....#.\nS.#....#.\n..#......\n.....#...\n.........",
}


class Maze:
    """A grid with one start, at least one goal, and walls.

    Args:
        walls: bools [R, C], true where one cannot stand.
        start: the start state.
        goals: the goal states.
        marks: letters on cells with a reward of their own, uint8 [R, C] (0, or the code of a to z).
        rewards: the arrival reward of each letter.
        allow_unsolvable: accept a maze whose goals cannot be reached from the start.

    Raises:
        ConfigError: an argument is of the wrong shape or range.
        MazeFormatError: no goal can be reached from the start.

    >>> print(Maze.from_text("S..\\n.#.\\n..G").shortest_path())
    [0, 1, 2, 5, 8]
    """

    def __init__(
        self,
        walls: npt.ArrayLike,
        start: int,
        goals: Sequence[int],
        *,
        marks: npt.NDArray[np.uint8] | None = None,
        rewards: dict[str, float] | None = None,
        allow_unsolvable: bool = False,
    ) -> None:
        try:
            self._walls: npt.NDArray[np.bool_] = np.array(walls, dtype=np.bool_)
            self._start, self._goals = operator.index(start), tuple(sorted(operator.index(goal) for goal in goals))
            shape = self._walls.shape
            given = np.zeros(shape, np.uint8) if marks is None else np.array(marks, dtype=np.uint8)
            # without letters, one zero is seen as a whole grid of them: a large maze holds no memory for what it has not
            self._marks = np.broadcast_to(np.uint8(0), shape) if given.shape == shape and not given.any() else given
            self._rewards = {letter: float(reward) for letter, reward in (rewards or {}).items()}
        except (TypeError, ValueError, OverflowError) as error:
            raise ConfigError(f"Maze: expected bools [R, C], a start, goals, marks [R, C] and rewards, got {error}") from error
        self._freeze()
        self._check()
        if not allow_unsolvable and not self.solvable:
            raise MazeFormatError(
                "maze: expected a path from start to a goal, got none (goal walled off); "
                "allow_unsolvable=True accepts such a maze"
            )

    def _freeze(self) -> None:
        self._walls.flags.writeable = self._marks.flags.writeable = False

    def _check(self) -> None:
        problems, walls = Problems("Maze"), self._walls
        problems.check(walls.ndim == 2 and walls.size > 1, f"walls: expected bools [R, C], got shape {list(walls.shape)}")
        problems.raise_if_any()
        last = walls.size - 1
        problems.integer("start", self._start, 0, last)
        problems.check(len(self._goals) > 0, "goals: expected at least one state, got none")
        for goal in self._goals:
            problems.integer("goals", goal, 0, last)
        problems.check(len(set(self._goals)) == len(self._goals), f"goals: expected each once, got {list(self._goals)}")
        problems.raise_if_any()
        flat = walls.reshape(-1)
        problems.check(self._start not in self._goals, f"start: expected a state other than a goal, got {self._start}")
        problems.check(not flat[self._start], f"start: expected a free cell, got the wall at state {self._start}")
        for goal in self._goals:
            problems.check(not flat[goal], f"goals: expected free cells, got the wall at state {goal}")
        problems.check(
            self._marks.shape == walls.shape,
            f"marks: expected the shape of walls {list(walls.shape)}, got {list(self._marks.shape)}",
        )
        problems.raise_if_any()
        bare = not (self._marks[walls].any() or self._marks.flat[[self._start, *self._goals]].any())
        problems.check(bare, "marks: expected none on walls, start and goals, got some")
        used = {chr(mark) for mark in np.flatnonzero(np.bincount(self._marks.reshape(-1))) if mark}
        problems.check(all("a" <= letter <= "z" for letter in used), f"marks: expected codes of a to z, got {sorted(used)}")
        for letter, reward in self._rewards.items():
            problems.number(f"reward of {letter!r}", reward, -1e300, 1e300)
        problems.check(
            used == set(self._rewards),
            f"rewards: expected one for each letter {sorted(used)}, got {sorted(self._rewards)}",
        )
        problems.raise_if_any()

    @classmethod
    def from_text(cls, text: str | bytes, *, allow_unsolvable: bool = False) -> "Maze":
        """Read a maze: `#` wall, `S` start, `G` goal, `.` or space free, a to z a free cell with its own arrival reward.

        The rewards of letters stand below the map, after an empty line, one a line: `a = -5`.

        Raises:
            MazeFormatError: the text is not a maze; says line, column, what was expected and what came.
        """
        grid = parse(text)
        return cls(
            grid.walls,
            grid.start,
            grid.goals,
            marks=grid.marks,
            rewards=grid.rewards,
            allow_unsolvable=allow_unsolvable,
        )

    @classmethod
    def generate(
        cls,
        rows: int = 10,
        columns: int = 10,
        algorithm: str = "wilson",
        seed: int = 0,
        loops: float = 0.0,
        *,
        start: int | None = None,
        goals: Sequence[int] | None = None,
    ) -> "Maze":
        """Carve a maze of `rows` x `columns` cells; its grid is 2·rows-1 by 2·columns-1, walls standing between the cells.

        Args:
            rows: rows of cells.
            columns: columns of cells.
            algorithm: one of `mazefit.envs.ALGORITHMS`; `wilson` draws every perfect maze with equal probability.
            seed: the same seed gives the same maze.
            loops: the share of the remaining inner walls to open, from 0 (a perfect maze: one path) to 1.
            start: start state, the top left cell unless given.
            goals: goal states, the bottom right cell unless given.

        Raises:
            ConfigError: an argument is out of range.
        """
        from mazefit.envs.generators import generate_walls

        walls = generate_walls(rows, columns, algorithm, seed, loops)
        return cls(walls, 0 if start is None else start, [walls.size - 1] if goals is None else goals)

    @classmethod
    def named(cls, name: str) -> "Maze":
        """A maze with a name: `tutorial` (open, 3 x 3) or `dyna` (Sutton & Barto, Figure 8.2).

        Raises:
            ConfigError: no maze has that name.
        """
        problems = Problems("Maze.named")
        problems.choice("name", name, _NAMED)
        problems.raise_if_any()
        return cls.from_text(_NAMED[name])

    @property
    def rows(self) -> int:
        """Rows R of the grid."""
        return self._walls.shape[0]

    @property
    def columns(self) -> int:
        """Columns C of the grid."""
        return self._walls.shape[1]

    @property
    def walls(self) -> npt.NDArray[np.bool_]:
        """Bool [R, C], true where a wall stands; read-only."""
        return self._walls

    @property
    def start(self) -> int:
        """The start state."""
        return self._start

    @property
    def goals(self) -> tuple[int, ...]:
        """The goal states, in rising order."""
        return self._goals

    @property
    def rewards(self) -> dict[str, float]:
        """The arrival rewards of the lettered cells."""
        return dict(self._rewards)

    @property
    def marks(self) -> npt.NDArray[np.uint8]:
        """Uint8 [R, C]: the code of the letter on each cell, 0 where there is none."""
        return self._marks

    @property
    def states(self) -> int:
        """Number of states S = R * C, walls included."""
        return self._walls.size

    @property
    def solvable(self) -> bool:
        """Whether a goal can be reached from the start."""
        return bool(self._distances[self._start] >= 0)

    def position(self, state: int) -> tuple[int, int]:
        """Row and column of a state."""
        return divmod(state, self.columns)

    @cached_property
    def _distances(self) -> npt.NDArray[np.int32]:
        return distances_to(self._walls, self._goals)

    def distances(self) -> npt.NDArray[np.int64]:
        """Int64 [S]: steps from each state to its nearest goal; -1 for walls and cells from which none can be reached.

        This is the maze's certificate. With reward -1 a step and 0 at the goal, the optimal value at distance d >= 1 is
        v*(s) = -(d - 1) at discount 1 and -(1 - γ^(d-1)) / (1 - γ) at discount γ < 1.
        """
        return self._distances.astype(np.int64)

    def distance(self, state: int) -> int:
        """Steps from one state to its nearest goal; -1 where there is none."""
        return int(self._distances[state])

    def shortest_path(self) -> list[int]:
        """A shortest path, as states from the start to a goal; ties go to the first of up, right, down, left.

        Raises:
            MazeFormatError: no goal can be reached.
        """
        if not self.solvable:
            raise MazeFormatError("maze: expected a path from start to a goal, got none (goal walled off)")
        path = [self._start]
        while (here := int(self._distances[path[-1]])) > 0:
            row, column = self.position(path[-1])
            for down, right in MOVES:
                r, c = row + down, column + right
                if 0 <= r < self.rows and 0 <= c < self.columns and self._distances[r * self.columns + c] == here - 1:
                    path.append(r * self.columns + c)
                    break
        return path

    def mdp(self, step_reward: float = -1.0, goal_reward: float = 0.0, *, random_start: bool = False) -> TabularMDP:
        """The maze as tables.

        Args:
            step_reward: received on arrival in any free cell without a letter, also when a bump arrives where it left.
            goal_reward: received on arrival at a goal, which ends the episode.
            random_start: begin anywhere from which a goal can be reached, with equal probability.
        """
        problems = Problems("Maze.mdp")
        problems.number("step_reward", step_reward, -1e300, 1e300)
        problems.number("goal_reward", goal_reward, -1e300, 1e300)
        starts = self._distances > 0
        problems.check(
            bool(starts.any()) or not random_start, "random_start: expected a goal that can be reached from somewhere, got none"
        )
        problems.raise_if_any()
        next_state, reward, terminated = build_tables(self, step_reward, goal_reward)
        start: Any = self._start
        if random_start:
            start = starts / np.count_nonzero(starts)
        return TabularMDP(next_state, reward, terminated, start, checked=True)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the maze: equal mazes have equal digests."""
        sha = hashlib.sha256(f"{self.rows},{self.columns},{self._start},{self._goals},{sorted(self._rewards.items())}".encode())
        sha.update(self._walls.tobytes())
        sha.update(self._marks.tobytes())
        return sha.hexdigest()

    def __deepcopy__(self, memo: object) -> "Maze":
        return self  # nothing in it can change

    def __getstate__(self) -> dict[str, Any]:
        kept = ("_walls", "_start", "_goals", "_marks", "_rewards")
        return {name: self.__dict__[name] for name in kept}

    def __setstate__(self, kept: dict[str, Any]) -> None:
        self.__dict__.update(kept)
        self._freeze()  # pickles forget that arrays are read-only

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Maze) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    def __str__(self) -> str:
        return format_grid(self._walls, self._start, self._goals, self._marks, self._rewards)

    def __repr__(self) -> str:
        return f"Maze(rows={self.rows}, columns={self.columns}, start={self._start}, goals={self._goals})"

    def _repr_svg_(self) -> str:
        from mazefit.envs.rendering import maze_svg

        return maze_svg(self)
