"""From a maze to its tables: rewards on arrival, bumps stay in place, walls and goals absorb."""

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from mazefit.kernel import kernel, worth_compiling

if TYPE_CHECKING:
    from mazefit.envs.maze import Maze


@kernel
def fill_tables(kind: Any, worth: Any, rows: int, columns: int, next_state: Any, reward: Any, terminated: Any) -> None:
    """Fill the flat tables [S * 4] from each cell's kind (0 free, 1 wall, 2 goal) and arrival reward, `worth` [S]."""
    cell = 0
    for row in range(rows):
        for column in range(columns):
            here = 4 * cell
            if kind[cell] != 0:
                for action in range(4):
                    next_state[here + action] = cell
                    reward[here + action] = 0.0
                    terminated[here + action] = True
            else:
                for action in range(4):
                    arrival = cell
                    if action == 0 and row > 0:
                        arrival = cell - columns
                    elif action == 1 and column + 1 < columns:
                        arrival = cell + 1
                    elif action == 2 and row + 1 < rows:
                        arrival = cell + columns
                    elif action == 3 and column > 0:
                        arrival = cell - 1
                    if kind[arrival] == 1:
                        arrival = cell
                    next_state[here + action] = arrival
                    reward[here + action] = worth[arrival]
                    terminated[here + action] = kind[arrival] == 2
            cell += 1


def build_tables(
    maze: "Maze", step_reward: float, goal_reward: float
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """The tables `next_state`, `reward`, `terminated`, each [S, 4]."""
    kind = maze.walls.astype(np.uint8).reshape(-1)
    kind[list(maze.goals)] = 2
    worth = np.full(maze.states, step_reward, dtype=np.float64)
    for letter, value in maze.rewards.items():
        worth[maze.marks.reshape(-1) == ord(letter)] = value
    worth[list(maze.goals)] = goal_reward
    next_state = np.empty(4 * maze.states, dtype=np.int32)
    reward = np.empty(4 * maze.states, dtype=np.float64)
    terminated = np.empty(4 * maze.states, dtype=np.bool_)
    fill_tables.run(worth_compiling(maze.states), kind, worth, maze.rows, maze.columns, next_state, reward, terminated)
    return next_state.reshape(-1, 4), reward.reshape(-1, 4), terminated.reshape(-1, 4)
