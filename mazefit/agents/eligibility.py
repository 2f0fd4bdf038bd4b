"""Eligibility traces: how much of a TD error each cell takes, for as long as its visit is remembered.

    z(S) ← z(S) + 1              accumulating            z(S) ← 1              replacing
    z(S) ← z(S) + 1 - α · z(S)   dutch (true online)
    V(s) ← V(s) + α · z(s) · δ   for all s, and then   z(s) ← γλ · z(s)   for all s

`z` [n] holds the eligibilities, `active` [n + 1] the cells where z is not 0: their number first, then they themselves. So a
step costs what its active cells cost, and none is given up early: a cell leaves the list when its eligibility is 0, or so small
that float64 has no normal number for it (2.2e-308; below that it would stop shrinking). At an episode's end γλ is 0 instead.

Both tables are part of a learner's memory: logged, replayed and saved with its values. Step sizes by visit are refused: a cell
is still moving towards the target of one visit while the next is counted, so that 1 / N would average nothing.

Reference: Sutton & Barto, 2nd edition, sections 12.2, 12.5 and 12.7; Singh and Sutton (1996) for replacing traces.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

import numpy as np
import numpy.typing as npt

from mazefit.agents.learner import Control, Prediction
from mazefit.agents.world import World
from mazefit.backup.one_step import TERMINATED, TRUNCATED
from mazefit.backup.rule import Tables
from mazefit.errors import Problems
from mazefit.kernel import kernel

SMALLEST = 2.2250738585072014e-308  # the smallest normal number of float64
OVER = TERMINATED | TRUNCATED


class TraceMemory(NamedTuple):
    """Flat [S * A] `q`, `counts` of visits (or one unused entry), `rates` [12], `z` [S * A], `active` [S * A + 1]."""

    q: Any
    counts: Any
    rates: Any
    z: Any
    active: Any


class StateTraceMemory(NamedTuple):
    """`v` [S], `counts` of visits (or one unused entry), `rates` [12], `z` [S], `active` [S + 1]."""

    v: Any
    counts: Any
    rates: Any
    z: Any
    active: Any


class OnlineMemory(NamedTuple):
    """As TraceMemory, and `last` [1]: Q_old, the value of the cell at hand as the step before looked it up."""

    q: Any
    counts: Any
    rates: Any
    z: Any
    active: Any
    last: Any


class StateOnlineMemory(NamedTuple):
    """As StateTraceMemory, and `last` [1]: V_old, the value of the state at hand as the step before looked it up."""

    v: Any
    counts: Any
    rates: Any
    z: Any
    active: Any
    last: Any


class TraceHow(NamedTuple):
    """What a rule is given beside its memory: γ, the actions as a tuple, λ, and whether a visit sets z to 1."""

    discount: float
    actions: tuple[int, ...]
    lambda_: float
    replacing: bool


def trace_how(settings: Mapping[str, Any]) -> TraceHow:
    """γ, the actions, λ and the kind of trace."""
    actions = tuple(range(settings["actions"]))
    return TraceHow(settings["discount"], actions, settings["lambda_"], settings.get("replacing", False))


@kernel
def enlist(z: Any, active: Any, cell: int) -> None:
    """See that `cell` is among the active ones."""
    if z[cell] == 0.0:
        count = int(active[0]) + 1
        active[0] = count
        active[count] = cell


@kernel
def mark(z: Any, active: Any, cell: int, replacing: bool) -> None:
    """A visit: the eligibility of `cell` grows by 1, or becomes 1."""
    enlist(z, active, cell)
    if replacing:
        z[cell] = 1.0
    else:
        z[cell] += 1.0


@kernel
def mark_dutch(z: Any, active: Any, cell: int, step_size: float) -> None:
    """A visit where the trace is a dutch one: between accumulating (α = 0) and replacing (α = 1)."""
    enlist(z, active, cell)
    z[cell] += 1.0 - step_size * z[cell]


@kernel
def spread(values: Any, z: Any, active: Any, step_size: float, td_error: float, decay: float) -> None:
    """`spread_only`, then `fade`, in one pass."""
    kept = 0
    for i in range(1, int(active[0]) + 1):
        cell = int(active[i])
        eligibility = z[cell]
        values[cell] = values[cell] + (step_size * eligibility) * td_error
        eligibility *= decay
        if eligibility < SMALLEST:
            z[cell] = 0.0
        else:
            z[cell] = eligibility
            kept += 1
            active[kept] = cell
    active[0] = kept


@kernel
def spread_only(values: Any, z: Any, active: Any, step_size: float, td_error: float) -> None:
    """All active cells take their share of the TD error."""
    for i in range(1, int(active[0]) + 1):
        cell = int(active[i])
        values[cell] = values[cell] + (step_size * z[cell]) * td_error


@kernel
def fade(z: Any, active: Any, decay: float) -> None:
    """All eligibilities fade by `decay`, to 0 where that is 0."""
    kept = 0
    for i in range(1, int(active[0]) + 1):
        cell = int(active[i])
        eligibility = z[cell] * decay
        if eligibility < SMALLEST:
            z[cell] = 0.0
        else:
            z[cell] = eligibility
            kept += 1
            active[kept] = cell
    active[0] = kept


@kernel
def correction(values: Any, active: Any, last: Any, cell: int) -> float:
    """How far the value of `cell` has moved since the step before looked it up; 0 where no cell is eligible."""
    if active[0] == 0.0:
        return 0.0
    return values[cell] - last[0]


@kernel
def decay_after(row: int, how: Any) -> float:
    """γλ, or 0 where the episode is over: what all eligibilities are multiplied by after the row."""
    return 0.0 if row & OVER != 0 else how.discount * how.lambda_


def fresh_traces(cells: int) -> Tables:
    """No cell is eligible yet."""
    return {"z": np.zeros(cells), "active": np.zeros(cells + 1)}


def check_traces(settings: Mapping[str, Any], tables: Mapping[str, npt.NDArray[np.float64]]) -> None:
    """Refuse settings that are none of these rules', and loaded traces whose list is not that of the cells with z > 0.

    Raises:
        ValueError: something does not fit; a compiled kernel would write outside its arrays.
    """
    lambda_, replacing = settings.get("lambda_"), settings.get("replacing", False)
    if not isinstance(lambda_, int | float) or isinstance(lambda_, bool) or not 0.0 <= lambda_ <= 1.0:
        raise ValueError(f"settings: lambda_: expected a number from 0 to 1, got {lambda_!r}")
    if not isinstance(replacing, bool):
        raise ValueError(f"settings: replacing: expected true or false, got {replacing!r}")
    z, active = tables["z"], tables["active"]
    if not (np.isfinite(z) & (z >= 0.0)).all():
        raise ValueError("table z: expected finite eligibilities of at least 0, got others")
    eligible = np.flatnonzero(z)
    listed = active[1 : len(eligible) + 1]
    if active[0] != len(eligible) or not np.array_equal(np.sort(listed), eligible):
        raise ValueError("table active: expected how many cells have z > 0, and each of them once, got others")


def check_trace_parameters(problems: Problems, parameters: Mapping[str, Any]) -> None:
    """Note a λ out of range, and a `replacing` that is neither True nor False."""
    problems.number("lambda_", parameters["lambda_"], 0.0, 1.0)
    replacing = parameters.get("replacing", False)
    problems.check(isinstance(replacing, bool), f"replacing: expected True or False, got {replacing!r}")


@dataclass(frozen=True)
class TracedControl(Control):
    """A control learner that keeps eligibilities of state-action pairs."""

    memory: ClassVar[type[Any]] = TraceMemory
    takes_per_visit: ClassVar[bool] = False
    make_how: ClassVar[Any] = staticmethod(trace_how)

    def check(self, problems: Problems) -> None:
        """λ is from 0 to 1."""
        check_trace_parameters(problems, vars(self))

    def tables(self, world: World, initial: npt.ArrayLike) -> Tables:
        """`q` [S * A], `counts`, `rates`, `z`, `active`, and `last` where the memory has it."""
        tables = {**super().tables(world, initial), "last": np.zeros(1)}
        tables.update(fresh_traces(len(tables["q"])))
        return {name: tables[name] for name in self.memory._fields}


@dataclass(frozen=True)
class TracedPrediction(Prediction):
    """A predictor that keeps eligibilities of states."""

    memory: ClassVar[type[Any]] = StateTraceMemory
    takes_per_visit: ClassVar[bool] = False
    make_how: ClassVar[Any] = staticmethod(trace_how)

    def check(self, problems: Problems) -> None:
        """λ is from 0 to 1."""
        check_trace_parameters(problems, vars(self))

    def tables(self, world: World, initial: npt.ArrayLike) -> Tables:
        """`v` [S], `counts`, `rates`, `z`, `active`, and `last` where the memory has it."""
        tables = {**super().tables(world, initial), "last": np.zeros(1)}
        tables.update(fresh_traces(len(tables["v"])))
        return {name: tables[name] for name in self.memory._fields}
