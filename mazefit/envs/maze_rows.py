"""The ready answers of a maze, made from its walls: no tables are needed to walk it."""

import numpy as np

from mazefit.envs.maze import MOVES, Maze
from mazefit.envs.rows import HOME, Info, Row, Rows

ACTION_COUNT = len(MOVES)


class MazeRows(Rows):
    """The rows of a maze under given rewards.

    Args:
        maze: the maze.
        step_reward: received on arrival in any free cell without a letter.
        goal_reward: received on arrival at a goal.
        action_mask: whether infos carry `action_mask`.
    """

    def __init__(self, maze: Maze, step_reward: float, goal_reward: float, action_mask: bool) -> None:
        super().__init__(ACTION_COUNT)
        self.maze = maze
        self._step_reward, self._goal_reward, self._action_mask = float(step_reward), float(goal_reward), action_mask
        self._goals = frozenset(maze.goals)
        self._worth = {ord(letter): float(value) for letter, value in maze.rewards.items()}

    def is_end(self, state: int) -> bool:
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

    def info(self, state: int) -> Info:
        """What is told of a state on arrival: position, distance, probability and, where it is asked for, the mask."""
        info: Info = {"position": self.maze.position(state), "distance": self.maze.distance(state), "probability": 1.0}
        if self._action_mask:
            moves = [self.arrival(state, action) != state for action in range(ACTION_COUNT)]
            info["action_mask"] = np.array(moves, dtype=np.int8)
        return info

    def _entry(self, state: int) -> tuple[Row, int, float, bool, Info]:
        """The answer to a move that arrives in `state`."""
        row = self[state]
        return row, state, self._reward(state), state in self._goals, row[HOME][1]

    def _reward(self, state: int) -> float:
        """The reward received on arrival in `state`."""
        if state in self._goals:
            return self._goal_reward
        return self._worth.get(int(self.maze.marks.flat[state]), self._step_reward) if self._worth else self._step_reward
