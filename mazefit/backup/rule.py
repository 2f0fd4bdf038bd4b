"""What the trace must know of an algorithm: its spec, its columns, how to replay a row, how to read a row as a tree."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mazefit.backup.model_rewards import ModelRewards
from mazefit.backup.spec import BackupSpec
from mazefit.backup.tree import Backup
from mazefit.errors import DataError, did_you_mean

Tables = dict[str, npt.NDArray[np.float64]]  # the learner's tables by name: "q" [S * A] or "v" [S]
Model = Mapping[str, npt.NDArray[Any]]  # arrays the rule reads and never writes, such as the process's own tables
Details = dict[str, npt.NDArray[Any]]
Credit = Callable[
    [dict[str, Any], Tables, Mapping[str, npt.NDArray[Any]], npt.NDArray[np.float64], bool], npt.NDArray[np.float64] | None
]
Forward = Callable[[dict[str, Any], Tables, Mapping[str, npt.NDArray[Any]]], tuple[int, float]]


def _of_q(settings: dict[str, Any], cell: int) -> dict[tuple[str, int], float]:
    return {("q", cell): 1.0}


@dataclass(frozen=True)
class Rule:
    """One algorithm, as the trace sees it.

    Args:
        name: its name in files and on the command line, such as "q-learning".
        spec: its backup diagram.
        schema: the typed columns of level 0, the inputs of one update a row.
        replay: `replay(settings, model, tables, block, start, details, compiled)` does the rows of a block (the first
            of them is row `start`) again, in place; where `details` is not None it fills its arrays (levels 1 and 2).
        read: `read(settings, model, row, index, details)` makes the Backup of one row from what `details` say of it (levels 1
            and 2 of that row, and `within`, `episode`, `step`).
        details: `details(settings, model)` gives the columns of levels 1 and 2 (name and type).
        backups_each: `backups_each(model)` says how many backups one row stands for (a sweep holds one a state).
        result: `result(settings, model, tables)` gives q [S, A] (or None) and v [S], which the run reports.
        check: `check(settings, model, tables, rows)` raises ValueError where loaded arrays do not fit each other, so that
            nothing from a file reaches a compiled loop unseen; `rows` are the columns of level 0, empty without a trace.
        with_tables: `read` finds the tables before the row in `details["tables"]`.
        updates: of a rule whose updates rest on whole stretches of an episode: `updates(settings, rows)` gives, for the rows
            of one episode so far, int64 [k, 2]: the step that each update is for, and the row at which it is done, in the
            order in which they are done. Its rows are replayed from episode starts; `read` finds `tables`, as they were
            when the episode began, `rows` of the episode up to that row, and `at` in its details.
            None: a row is `each` updates.
        values: the tables whose entries are sums of rewards and initial values.
        one_step: whether every row is one update of one cell, by the last half-step of the spec.
        pairs: whether the column `next` numbers pairs of state and action, else states.
        retell: `retell(settings, tables, rows)` does rows again by the rule's own plain code on tables and rewards that may be
            any numbers (see tape.py); None of a planner.
        roots: `roots(settings, cell)`: the table entries, with weights, that the reported value of a cell is made of.
        forward: of a rule with eligibility traces: `forward(settings, tables, rows)` says for how many of the rows, the first
            included, the trace of the first one's visit lasts, and the step size at that visit; `tables` are those before it.
        credit: a quicker way than the tape to read rows backwards: `credit(settings, tables, rows, total, compiled)` gives the
            weight of each row's reward, `tables` being those before the rows, `total` the weights of the table's entries after
            them, which it turns into those before them, in place; None where it cannot.
        rewards: of a rule whose rewards stand in its model, not in its rows: which they are, and how rows hand weights back.
    """

    name: str
    spec: BackupSpec
    schema: Mapping[str, Any]
    replay: Callable[[dict[str, Any], Model, Tables, Mapping[str, npt.NDArray[Any]], int, Details | None, bool], None]
    read: Callable[[dict[str, Any], Model, tuple[Any, ...], int, dict[str, Any]], Backup]
    details: Callable[[dict[str, Any], Model], tuple[dict[str, Any], dict[str, Any]]]
    backups_each: Callable[[Model], int]
    result: Callable[[dict[str, Any], Model, Tables], tuple[npt.NDArray[np.float64] | None, npt.NDArray[np.float64]]]
    check: Callable[[dict[str, Any], Model, Tables, Mapping[str, npt.NDArray[Any]]], None]
    with_tables: bool = False
    updates: Callable[[dict[str, Any], Mapping[str, npt.NDArray[Any]]], npt.NDArray[np.int64]] | None = None
    values: tuple[str, ...] = ("q", "v", "second", "total")
    one_step: bool = False
    pairs: bool = False
    retell: Callable[[dict[str, Any], dict[str, Any], dict[str, list[Any]]], None] | None = None
    roots: Callable[[dict[str, Any], int], dict[tuple[str, int], float]] = _of_q
    forward: Forward | None = None
    credit: Credit | None = None
    rewards: ModelRewards | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        return find_rule, (self.name,)  # a rule is pickled by its name


_known: dict[str, Rule] = {}


def register(rule: Rule) -> Rule:
    """Make a rule known under its name, so that traces of it can be loaded."""
    _known[rule.name] = rule
    return rule


def find_rule(name: str) -> Rule:
    """The rule of that name.

    Raises:
        DataError: no rule of that name has been registered.
    """
    if name not in _known:
        raise DataError(
            f"trace: expected a rule that is known here, got {name!r}{did_you_mean(name, _known) if _known else ''} "
            "(import mazefit.agents, or the module that defines the rule, before loading)"
        )
    return _known[name]


def check_settings(settings: dict[str, Any], integers: dict[str, int], shares: Sequence[str]) -> None:
    """Refuse settings that are not integers of at least so much, or not numbers from 0 to 1.

    Raises:
        ValueError: a setting is missing or out of range.
    """
    for name, low in integers.items():
        value = settings.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or value < low:
            raise ValueError(f"settings: {name}: expected an integer of at least {low}, got {value!r}")
    for name in shares:
        value = settings.get(name)
        if not isinstance(value, int | float) or isinstance(value, bool) or not 0.0 <= value <= 1.0:
            raise ValueError(f"settings: {name}: expected a number from 0 to 1, got {value!r}")


def check_table(name: str, table: object, size: int | None = None) -> None:
    """Refuse a table that is not a flat float64 array (of `size` entries).

    Raises:
        ValueError: it is something else.
    """
    if not isinstance(table, np.ndarray) or table.dtype != np.float64 or table.ndim != 1 or len(table) != (size or len(table)):
        raise ValueError(f"table {name}: expected a flat float64 array{'' if size is None else f' of {size}'}, got another")


def trace_header(rule: Rule, environment: str, seed: int, states: int) -> dict[str, Any]:
    """What a trace says of its run beside the settings: the rule in words, the environment, how things are called, the seed."""
    return {
        "algorithm": rule.name,
        "spec": rule.spec.formula,
        "environment": environment,
        "labels": {"states": "s0, s1, …", "actions": "a1, a2, …"},
        "seed": seed,
        "states": states,
    }
