"""Ready answers of a maze, one row a state, leading to each other: what makes `MazeEnv.step` fast.

A row is a list of five: for each of the four actions the entry (next row, next state, reward, terminated, info), then the row's
own (state, info). Rows are made when they are first led to, and their entries when they are first stepped from, so a maze of a
million states costs nothing until it is walked. The entries of a row not yet stepped from are None, and so are those of the
goals for ever: whoever steps from there fails to unpack them and is told why in slower words.
"""

from typing import Any

import numpy as np

from mazefit.envs.maze import MOVES, Maze

ACTION_COUNT = len(MOVES)
HOME = ACTION_COUNT  # where a row keeps its own (state, info)

Row = list[Any]


class MazeRows:
    """The rows of a maze under given rewards, made when asked for.

    Args:
        maze: the maze.
        step_reward: received on arrival in any free cell without a letter.
        goal_reward: received on arrival at a goal.
        action_mask: whether infos carry `action_mask`.
    """

    def __init__(self, maze: Maze, step_reward: float, goal_reward: float, action_mask: bool) -> None:
        self.maze = maze
        self._step_reward, self._goal_reward, self._action_mask = float(step_reward), float(goal_reward), action_mask
        self._goals = frozenset(maze.goals)
        self._worth = {ord(letter): float(value) for letter, value in maze.rewards.items()}
        self._rows: dict[int, Row] = {}

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickles and copies start without rows: they are rebuilt as they are needed, and never walked recursively."""
        return MazeRows, (self.maze, self._step_reward, self._goal_reward, self._action_mask)

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, state: int) -> Row:
        row = self._rows.get(state)
        if row is None:
            row = self._rows[state] = [None] * ACTION_COUNT + [(state, self._info(state))]
        return row

    def is_goal(self, state: int) -> bool:
        """Whether the episode ends on arrival in `state`."""
        return state in self._goals

    def fill(self, row: Row) -> None:
        """Make the entries of a row that is not a goal's."""
        state, _ = row[HOME]
        row[:HOME] = [self._entry(self.arrival(state, action)) for action in range(ACTION_COUNT)]

    def arrival(self, state: int, action: int) -> int:
        """The state that `action` leads to from the free cell `state`: the cell beside it, or itself if that is not free."""
        row, column = self.maze.position(state)
        down, right = MOVES[action]
        row, column = row + down, column + right
        inside = 0 <= row < self.maze.rows and 0 <= column < self.maze.columns
        return row * self.maze.columns + column if inside and not self.maze.walls[row, column] else state

    def _entry(self, state: int) -> tuple[Row, int, float, bool, dict[str, Any]]:
        """The answer to a move that arrives in `state`."""
        row = self[state]
        return row, state, self._reward(state), state in self._goals, row[HOME][1]

    def _reward(self, state: int) -> float:
        """The reward received on arrival in `state`."""
        if state in self._goals:
            return self._goal_reward
        return self._worth.get(int(self.maze.marks.flat[state]), self._step_reward) if self._worth else self._step_reward

    def _info(self, state: int) -> dict[str, Any]:
        info: dict[str, Any] = {
            "position": self.maze.position(state),
            "distance": self.maze.distance(state),
            "probability": 1.0,
        }
        if self._action_mask:
            moves = [self.arrival(state, action) != state for action in range(ACTION_COUNT)]
            info["action_mask"] = np.array(moves, dtype=np.int8)
        return info
