"""What is seen from rows of the tables: observations in two buffers that take turns, and the entries of infos."""

from typing import Any

import numpy as np
import numpy.typing as npt

from mazefit.envs.vector.plan import Plan
from mazefit.envs.vector.tables import Integers, VectorTables


class States:
    """Observations by number: the state in an environment's own maze.

    Args:
        plan: what the environment was asked for.
    """

    def __init__(self, plan: Plan) -> None:
        self._offset = None if plan.tables.alike else plan.tables.offset
        self.rows_alone = self._offset is None  # whether `look` gives the rows themselves
        self.buffers: list[npt.NDArray[Any]] = [np.zeros(plan.count, dtype=np.int64) for _ in range(2)]

    def look(self, rows: Integers, turn: int) -> npt.NDArray[Any]:
        """What all environments see from their rows [N], in the buffer whose turn it is; the rows themselves in one maze."""
        return rows if self._offset is None else np.subtract(rows, self._offset, out=self.buffers[turn])

    def some(self, which: Integers, rows: Integers) -> npt.NDArray[Any]:
        """What the environments `which` see from `rows`, as new arrays."""
        return rows if self._offset is None else rows - self._offset[which]


class Coordinates:
    """Observations by row and column.

    Args:
        plan: what the environment was asked for.
    """

    def __init__(self, plan: Plan) -> None:
        self.rows_alone = False
        self._position = plan.tables.position
        self.buffers: list[npt.NDArray[Any]] = [np.zeros((plan.count, 2), dtype=np.int64) for _ in range(2)]

    def look(self, rows: Integers, turn: int) -> npt.NDArray[Any]:
        """What all environments see from their rows [N], in the buffer whose turn it is."""
        return self._position.take(rows, axis=0, out=self.buffers[turn], mode="clip")

    def some(self, which: Integers, rows: Integers) -> npt.NDArray[Any]:
        """What the environments `which` see from `rows`, as new arrays."""
        return self._position[rows]


class Grids:
    """Observations by planes (walls, agent, start, goals), of which only the agent's one cell changes.

    Args:
        plan: what the environment was asked for.
    """

    def __init__(self, plan: Plan) -> None:
        self.rows_alone = False
        tables = plan.tables
        planes = all_planes(tables)  # [M, 4, R, C]
        self._size = planes[0, 0].size
        self._offset = tables.offset
        # Where state 0 of each environment stands in the agent's plane, less the row it has in the tables.
        self._agent = (np.arange(plan.count) * 4 + 1) * self._size - tables.offset
        self.buffers: list[npt.NDArray[Any]] = [planes[tables.which] for _ in range(2)]
        self._flat = [buffer.reshape(-1) for buffer in self.buffers]
        self._drawn = [self._agent + tables.start for _ in range(2)]  # where the agent stands in each

    def look(self, rows: Integers, turn: int) -> npt.NDArray[Any]:
        """What all environments see from their rows [N], in the buffer whose turn it is."""
        flat, drawn = self._flat[turn], self._drawn[turn]
        flat[drawn] = 0
        np.add(rows, self._agent, out=drawn)
        flat[drawn] = 1
        return self.buffers[turn]

    def some(self, which: Integers, rows: Integers) -> npt.NDArray[Any]:
        """What the environments `which` see from `rows`, as new arrays."""
        planes = self.buffers[0][which]
        planes[:, 1] = 0
        planes.reshape(len(which), 4, -1)[np.arange(len(which)), 1, rows - self._offset[which]] = 1
        return planes


Looks = States | Coordinates | Grids


def looks_of(plan: Plan) -> Looks:
    """The observations that were asked for."""
    kinds = {"state": States, "coordinates": Coordinates, "grid": Grids}
    return kinds[plan.observation](plan)


def all_planes(tables: VectorTables) -> npt.NDArray[np.int8]:
    """Int8 [M, 4, R, C]: walls, nobody, start and goals of each maze."""
    mazes = tables.mazes
    planes = np.zeros((len(mazes), 4, mazes[0].rows, mazes[0].columns), dtype=np.int8)
    for maze, its in zip(mazes, planes, strict=True):
        its[0] = maze.walls
        its[2].flat[maze.start] = 1
        its[3].flat[list(maze.goals)] = 1
    return planes


def infos_at(plan: Plan, rows: Integers, present: npt.NDArray[np.bool_], *, everyone: bool) -> dict[str, Any]:
    """The entries of infos that were asked for, in Gymnasium's form: each a new array, beside a mask of who has it.

    Args:
        plan: what the environment was asked for.
        rows: where each environment stands, [N].
        present: which environments have infos, [N].
        everyone: whether all of them have.
    """
    tables, infos = plan.tables, dict[str, Any]()
    for name in plan.infos:
        if name == "position":
            entry: npt.NDArray[Any] = tables.position[rows]
        elif name == "distance":
            entry = tables.distance[rows]
        elif name == "action_mask":
            entry = tables.mask[rows]
        else:
            entry = np.ones(len(rows))
        if not everyone:
            entry[~present] = 0
        infos[name], infos[f"_{name}"] = entry, present
    return infos
