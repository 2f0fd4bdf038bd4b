"""The trace of a deep run: each minibatch's predictions, targets and errors, and what the targets were made of.

There are no tables to replay: what an update does to a network depends on the order in which a machine adds. So a row holds
both sides of its target, rewards and the arrival's values: the target follows from them in float64, to the bit, anywhere.
"""

import operator
from collections.abc import Iterator, Sequence
from typing import Any, Literal, overload

import numpy as np
import numpy.typing as npt

from mazefit.agents.deep.backups import check_backup, deep_name, deep_spec, read_backup
from mazefit.agents.deep.core import Outcome, Settings, as_numpy
from mazefit.agents.deep.observations import FEW, Observations
from mazefit.agents.deep.replay_buffer import Batch, ReplayBuffer
from mazefit.backup.columns import Columns
from mazefit.backup.trace import TraceOptions
from mazefit.backup.tree import Backup
from mazefit.errors import DataError

NOTE = (
    "Weights are not bit-portable: another machine, thread count or version of PyTorch or NumPy adds in another order. Targets "
    "are: each follows in float64 from the rewards and the values that stand beside it."
)
CHUNK = 4096  # rows


class DeepTrace(Sequence[Backup]):
    """Every row of every minibatch, in order; `trace[i]` is a Backup.

    Args:
        settings: of the updates.
        observations: how states are named.
        header: what else belongs to the run: environment, seed.
        options: `ring` keeps only the newest rows (of whole minibatches); there is one level, which holds all.
    """

    def __init__(
        self, settings: Settings, observations: Observations, header: dict[str, Any], options: TraceOptions | None = None
    ) -> None:
        self.settings, self.observations, self.options = settings, observations, options or TraceOptions()
        self.name = deep_name(settings.double, settings.dueling, settings.n_step)
        self.header = {**header, "algorithm": self.name, "format": 1, "note": NOTE}
        ring = self.options.ring
        chunk = CHUNK if ring is None else max(settings.batch_size, min(CHUNK, ring))
        self.rows = Columns(_schema(settings, observations), chunk, chunk if ring is not None else 64 * CHUNK)

    # Writing ---------------------------------------------------------------------------------------------------------------

    def note(self, update: int, batch: Batch, outcome: Outcome, new: Any, buffer: ReplayBuffer) -> None:
        """Take a minibatch: what it was drawn from, what came of it, and the predictions after its update, [B]."""
        count = self.settings.batch_size
        arrays, at, _ = self.rows.room(count)
        here = slice(at, at + count)
        ways = [as_numpy(way) for way in batch.ways]
        seen = {name: as_numpy(one) for name, one in (("states", batch.states), ("arrivals", batch.arrivals))}
        parts: dict[str, Any] = {
            "update": update,
            "step": as_numpy(buffer.arrays["steps"])[ways[0]],
            "last": as_numpy(buffer.arrays["steps"])[ways[-1]],
            "flags": as_numpy(batch.flags),
            "rewards": as_numpy(batch.rewards).T,
            "count": as_numpy(batch.inside).sum(0),
            "actions": np.stack([as_numpy(buffer.arrays["actions"])[way] for way in ways], 1),
            "prediction": as_numpy(outcome.prediction),
            "target": as_numpy(outcome.target),
            "new": as_numpy(new),
            "valuing": as_numpy(outcome.valuing),
        }
        if self.settings.double:
            parts["selecting"] = as_numpy(outcome.selecting)
        if self.observations.numbered or self.observations.size <= FEW:
            between = [as_numpy(buffer.arrays["states"])[way] for way in ways[1:]]
            parts["seen"] = np.stack([seen["states"], *between, seen["arrivals"]], 1).reshape(count, -1)
        for name, part in parts.items():
            column = arrays[name]
            column[here] = part[:, 0] if column.ndim == 1 and np.ndim(part) == 2 else part
        self.rows.grow(count)
        ring = self.options.ring
        if ring is not None and len(self.rows) > ring:
            self.rows.drop(self.rows.end - max(1, ring // count) * count)

    # Reading ---------------------------------------------------------------------------------------------------------------

    @property
    def first(self) -> int:
        """Number of the first row kept: 0, unless the ring has let some fall off."""
        return self.rows.first

    @property
    def nbytes(self) -> int:
        """Bytes of the rows kept."""
        return len(self.rows) * self.rows.row_bytes

    def column(self, name: str) -> npt.NDArray[Any]:
        """A column as [updates, B, …]: "prediction", "target", "new", "rewards", "valuing", "step", …

        Raises:
            KeyError: there is no such column.
        """
        found = self.rows.column(name)
        return found.reshape(-1, self.settings.batch_size, *found.shape[1:])

    @property
    def predictions(self) -> npt.NDArray[np.float64]:
        """Q(S, A) before the update, [updates, B]."""
        return self.column("prediction")

    @property
    def targets(self) -> npt.NDArray[np.float64]:
        """y, [updates, B]."""
        return self.column("target")

    @property
    def errors(self) -> npt.NDArray[np.float64]:
        """y - Q(S, A), signed, [updates, B]."""
        return self.targets - self.predictions

    def __len__(self) -> int:
        return len(self.rows)

    @overload
    def __getitem__(self, index: int) -> Backup: ...
    @overload
    def __getitem__(self, index: slice) -> list[Backup]: ...
    def __getitem__(self, index: int | slice) -> Backup | list[Backup]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        place = operator.index(index)
        place += len(self) if place < 0 else 0
        if not 0 <= place < len(self):
            expected = f"an index from 0 to {len(self) - 1}" if len(self) else "no index (it is empty)"
            raise IndexError(f"trace: expected {expected}, got {index}")
        number = self.first + place
        row = dict(zip(self.rows.schema, self.rows.row(number), strict=True))
        count = int(row["count"])
        return read_backup(
            self.name,
            self.settings.discount,
            number,
            self._labels(row, count),
            [int(a) for a in np.atleast_1d(row["actions"])[:count]],
            [float(r) for r in np.atleast_1d(row["rewards"])[:count]],
            int(row["flags"]),
            [float(value) for value in np.atleast_1d(row["valuing"])],
            [float(value) for value in np.atleast_1d(row["selecting"])] if self.settings.double else None,
            {name: float(row[name]) for name in ("prediction", "target", "new")},
            int(row["step"]),
        )

    def _labels(self, row: dict[str, Any], count: int) -> list[str]:
        """The names of the root, of what lies between, and of the arrival."""
        observations, n = self.observations, self.settings.n_step
        if "seen" not in row:  # known by the steps at which they were seen
            steps = [row["step"], *(row["step"] + k for k in range(1, count)), row["last"] + 1]
            return [f"o{step}" for step in steps]
        seen = np.atleast_1d(row["seen"]).reshape(n + 1, -1)
        return [observations.named(int(seen[k, 0]) if observations.numbered else None, seen[k]) for k in (*range(count), n)]

    def __iter__(self) -> Iterator[Backup]:
        return (self[i] for i in range(len(self)))

    def draw(self, index: int, format: Literal["svg", "text", "dot", "html", "png"] = "svg", **options: Any) -> str | bytes:
        """The backup diagram of row `index`: "svg", "text", "dot" or "html" as str, "png" as bytes."""
        return self[index].draw(format, **options)

    def check(self, index: int) -> None:
        """See that a row keeps the rule of its algorithm.

        Raises:
            SpecError: it does not.
        """
        backup = self[index]
        check_backup(deep_spec(self.name, self.settings.double, _rewards(backup)), backup)

    def __repr__(self) -> str:
        return f"DeepTrace({self.name}, {len(self)} backups in minibatches of {self.settings.batch_size})"

    # Keeping ---------------------------------------------------------------------------------------------------------------

    def kept(self) -> dict[str, Any]:
        """What a saved run holds of it."""
        about = {**self.header, "ring": self.options.ring, "first": self.rows.first, "end": self.rows.end}
        return {"header": about, **{name: self.rows.column(name) for name in self.rows.schema}}

    def restore(self, kept: dict[str, Any]) -> None:
        """Take up what a saved run holds.

        Raises:
            DataError: it does not fit.
        """
        try:
            about = kept["header"]
            self.rows.restore(int(about["first"]), int(about["end"]), {name: kept[name] for name in self.rows.schema})
        except (KeyError, TypeError, ValueError) as error:
            raise DataError(f"trace: expected the columns of a deep run's trace, got others ({error})") from error


def _schema(settings: Settings, observations: Observations) -> dict[str, Any]:
    """The columns of a row."""
    n, actions = settings.n_step, settings.actions
    schema: dict[str, Any] = {
        "update": "<i8", "step": "<i8", "last": "<i8", "flags": "u1", "count": "u1", "rewards": (np.float64, (n,)),
        "actions": (np.int32, (n,)), "prediction": "<f8", "target": "<f8", "new": "<f8", "valuing": (np.float64, (actions,)),
    }  # fmt: skip
    if settings.double:
        schema["selecting"] = (np.float64, (actions,))
    if observations.numbered:
        schema["seen"] = (np.int64, (n + 1,))
    elif observations.size <= FEW:
        schema["seen"] = (np.float64, ((n + 1) * observations.size,))
    return schema


def _rewards(backup: Backup) -> int:
    """How many rewards a backup's tree has."""
    count, node = 0, backup.root
    while node.combine == "sample" and node.edges:
        count += node.edges[0].reward is not None
        node = node.edges[0].node
    return count
