"""A loss surface as a maze: two parameters of a model on a grid, the loss at every node, and the tables over it.

State = row * columns + column. The rows are values of b, the largest at the top, and the columns values of w, the smallest to
the left, so that up, right, down and left are b + a step, w + a step, b - a step and w - a step, as in a figure of the surface.

The reward received on arrival is loss(here) - loss(there), so an episode's return G, undiscounted, is exactly the loss it has
removed. At discount 1 these sums telescope: whatever way leads to the goal removes the same loss, and every action of every
state ties. Below 1 they do not:

    Σ γ^k (L_k - L_(k+1)) = L_0 - (1 - γ) Σ γ^k L_(k+1)

so the best policy is the one with the smallest discounted mean of losses on its way.
"""

import operator
from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from mazefit.envs.landscape_grid import RANGE_B, RANGE_W, Range, grid_of, losses_of, nodes
from mazefit.envs.maze import MOVES, Maze
from mazefit.envs.tables import TabularMDP
from mazefit.errors import ConfigError, Problems

Numbers = npt.NDArray[np.float64]
BITS = 48


class Landscape:
    """A grid of losses over (w, b), with one start and as goals the nodes of least loss.

    Losses are held to 48 binary digits below the largest of them (which changes none by more than 4 in 10^15 of it): all their
    differences, and all sums of these along a way, are then exact in float64.

    Args:
        losses: floats [R, C]: of row r and column c, at (w[c], b[r]).
        w: the columns' values of the first parameter, rising, [C].
        b: the rows' values of the second parameter, falling, [R].
        start: the state in which episodes begin; without one, the first node of largest loss.

    Raises:
        ConfigError: shapes do not fit, a number is not finite, all losses are equal, or the start is no state or a goal.

    >>> flat = Landscape([[4.0, 1.0], [9.0, 4.0]], w=[0.0, 1.0], b=[1.0, 0.0])
    >>> flat.start, flat.goals, flat.mdp().P[2][0]
    (2, (1,), [(1.0, 0, 5.0, False)])
    """

    def __init__(self, losses: npt.ArrayLike, w: npt.ArrayLike, b: npt.ArrayLike, *, start: int | None = None) -> None:
        grid, across, down = grid_of(losses, w, b)
        self._losses, self._w, self._b = _held(grid), across, down
        self._freeze()
        flat = self._losses.reshape(-1)
        self._goals = tuple(np.flatnonzero(flat == flat.min()).tolist())
        if len(self._goals) == flat.size:
            raise ConfigError(f"Landscape: losses: expected some larger than others, got {flat[0]:g} everywhere")
        self._start = self._checked(int(flat.argmax()) if start is None else start)

    @classmethod
    def of(
        cls,
        model: Callable[..., Any] | None = None,
        x: npt.ArrayLike | None = None,
        y: npt.ArrayLike | None = None,
        *,
        w: Range = RANGE_W,
        b: Range = RANGE_B,
        loss: str | Callable[..., Any] = "mse",
        start: int | None = None,
    ) -> "Landscape":
        """The surface of a model's loss on data.

        Args:
            model: a function of (x, w, b), the last two numbers: predictions of the shape of y. None: the line w x + b.
            x: inputs, [n, d] or [n]; None, and no y either: the ten points of the tutorial's line, [10, 1].
            y: outputs, [n, k] or [n].
            w: smallest and largest value, and number of nodes, of the first parameter.
            b: the same of the second.
            loss: "mse", the mean squared error, "l1", the mean absolute one, or a function of (predictions, y): a number.
            start: the state in which episodes begin; without one, the first node of largest loss.

        Raises:
            ConfigError: something of this is wrong, predictions are of another shape, or a loss is no finite number.

        >>> ten = Landscape.of()
        >>> ten.parameters(ten.goals[0]), round(ten.loss(ten.goals[0]), 4)
        ((0.7, 3.0), 0.145)
        """
        across, down = nodes("w", w), nodes("b", b)[::-1].copy()
        return cls(losses_of(model, x, y, across, down, loss), across, down, start=start)

    def _freeze(self) -> None:
        self._losses.flags.writeable = self._w.flags.writeable = self._b.flags.writeable = False

    def __setstate__(self, kept: dict[str, Any]) -> None:
        self.__dict__.update(kept)
        self._freeze()  # pickles and copies forget it

    # -- what there is -------------------------------------------------------------------------------------------------------

    @property
    def losses(self) -> Numbers:
        """The loss at every node, [R, C], read-only."""
        return self._losses

    @property
    def w(self) -> Numbers:
        """The columns' values of the first parameter, rising, [C], read-only."""
        return self._w

    @property
    def b(self) -> Numbers:
        """The rows' values of the second parameter, falling, [R], read-only."""
        return self._b

    @property
    def start(self) -> int:
        """The state in which episodes begin."""
        return self._start

    @property
    def goals(self) -> tuple[int, ...]:
        """The states of least loss: one, or all that tie."""
        return self._goals

    @property
    def rows(self) -> int:
        """Rows R."""
        return self._losses.shape[0]

    @property
    def columns(self) -> int:
        """Columns C."""
        return self._losses.shape[1]

    @property
    def states(self) -> int:
        """Number of states R * C."""
        return self._losses.size

    def position(self, state: int) -> tuple[int, int]:
        """Row and column of a state."""
        return divmod(state, self.columns)

    def parameters(self, state: int) -> tuple[float, float]:
        """(w, b) of a state."""
        row, column = divmod(state, self.columns)
        return float(self._w[column]), float(self._b[row])

    def loss(self, state: int) -> float:
        """The loss at a state."""
        return float(self._losses.flat[state])

    def nearest(self, w: float, b: float) -> int:
        """The state nearest to (w, b), in each parameter for itself."""
        row, column = int(np.abs(self._b - b).argmin()), int(np.abs(self._w - w).argmin())
        return row * self.columns + column

    def begun_at(self, start: int) -> "Landscape":
        """The same surface with another start."""
        return Landscape(self._losses, self._w, self._b, start=start)

    # -- what it leads to ----------------------------------------------------------------------------------------------------

    @cached_property
    def maze(self) -> Maze:
        """The open maze of the same states, start and goals, the grid that is walked and drawn; its rewards are a maze's."""
        return Maze(np.zeros(self._losses.shape, dtype=np.bool_), self._start, self._goals)

    @cached_property
    def shades(self) -> Numbers:
        """How low each state lies, on a logarithmic scale, for the colours of pictures: the least loss has the largest, [S]."""
        flat = self._losses.reshape(-1)
        least, largest = float(flat.min()), float(flat.max())
        return -np.log((flat - least) / (largest - least) + 1e-3)

    def mdp(self, *, random_start: bool = False) -> TabularMDP:
        """The tables: where each move leads, the loss it removes, and whether it arrives at a goal.

        Args:
            random_start: begin in any state but the goals, each with the same probability.
        """
        row, column = np.divmod(np.arange(self.states), self.columns)
        moves = [
            np.clip(row + down, 0, self.rows - 1) * self.columns + np.clip(column + right, 0, self.columns - 1)
            for down, right in MOVES
        ]
        next_state = np.stack(moves, axis=1).astype(np.int32)  # [S, 4]
        goal = np.zeros(self.states, dtype=np.bool_)
        goal[list(self._goals)] = True
        next_state[goal] = np.flatnonzero(goal)[:, None]
        loss = self._losses.reshape(-1)
        reward, terminated = loss[:, None] - loss[next_state], goal[next_state]
        start = np.where(goal, 0.0, 1.0 / (self.states - len(self._goals))) if random_start else self._start
        return TabularMDP(next_state, reward, terminated, start)

    def _checked(self, start: object) -> int:
        problems = Problems("Landscape")
        problems.integer("start", start, 0, self.states - 1)
        problems.raise_if_any()
        state = operator.index(start)  # pyright: ignore[reportArgumentType]
        problems.check(state not in self._goals, f"start: expected a state other than a goal, got {state}")
        problems.raise_if_any()
        return state

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Landscape) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)

    @cached_property
    def _key(self) -> tuple[object, ...]:
        return self._losses.shape, self._losses.tobytes(), self._w.tobytes(), self._b.tobytes(), self._start

    def __getstate__(self) -> dict[str, Any]:
        """Everything but what is made again when needed."""
        kind = type(self)
        return {name: part for name, part in vars(self).items() if not isinstance(getattr(kind, name, None), cached_property)}

    def __repr__(self) -> str:
        where = ", ".join(f"({w:g}, {b:g})" for w, b in map(self.parameters, self._goals))
        least = f"least loss {self._losses.min():.6g} at {where}"
        return f"Landscape({self.rows} x {self.columns} nodes, start {self._start}, {least})"


def _held(losses: Numbers) -> Numbers:
    """The losses as multiples of one power of two, 2^48 of which are at least the largest size among them."""
    largest = float(np.abs(losses).max())
    unit = 2.0 ** max(int(np.frexp(largest)[1]) - BITS, -1074)
    return np.round(losses / unit) * unit + 0.0
