"""The rule of a learner that updates once a row: its replay is its own `learn`, row by row, and nothing else.

What a row does is written once, in the algorithm's file: `learn(memory, row, following, reward, how)`. The loop calls it with
what was experienced, the replay with what was logged; so they cannot part.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from mazefit.agents.elementary import exponential as plain_exponential  # by another name: its place is taken in a retelling
from mazefit.agents.policies import POLICIES, UCB
from mazefit.agents.schedules import SIZE, clock_kernels
from mazefit.backup.one_step import CELL, SCHEMA, read_backup
from mazefit.backup.rule import Credit, Details, Forward, Model, Rule, Tables, check_settings, check_table, register
from mazefit.backup.spec import BackupSpec
from mazefit.backup.tree import Backup
from mazefit.kernel import Kernel, kernel


class Memory(NamedTuple):
    """What a learner of action values keeps: flat [S * A] `q`, `counts` of visits (or one unused entry), `rates` [12]."""

    q: Any
    counts: Any
    rates: Any


class StateMemory(NamedTuple):
    """What a learner of state values keeps: `v` [S], `counts` of visits (or one unused entry), `rates` [12]."""

    v: Any
    counts: Any
    rates: Any


class How(NamedTuple):
    """What a rule is given beside its memory: γ, and the actions as a tuple."""

    discount: float
    actions: tuple[int, ...]


class Notes(NamedTuple):
    """Where a replay puts what levels 1 and 2 of the trace keep; where `on` is False, nowhere."""

    target: Any
    old: Any
    new: Any
    step_size: Any
    leaves: Any  # flat [rows * width]
    width: int
    on: bool


@kernel
def learn(memory: Any, row: int, following: int, reward: float, how: Any) -> tuple[float, float]:
    """The place of an algorithm's own `learn`; returns the target and the step size."""
    return 0.0, 0.0


@kernel
def value_of(memory: Any, row: int, how: Any) -> float:
    """The entry that a row updates: by default of `q`."""
    return memory.q[row & CELL]


@kernel
def look(memory: Any, row: int, following: int, how: Any, leaves: Any, at: int) -> None:
    """Write down the table entries that the update of a row looks at: by default the action values of its arrival."""
    for action in range(len(how.actions)):
        leaves[at + action] = memory.q[following * len(how.actions) + action]


@kernel
def state_value_of(memory: Any, row: int, how: Any) -> float:
    """The entry of `v` that a row updates."""
    return memory.v[(row & CELL) // len(how.actions)]


@kernel
def look_at_state(memory: Any, row: int, following: int, how: Any, leaves: Any, at: int) -> None:
    """The value of the arrival."""
    leaves[at] = memory.v[following]


@kernel
def look_at_pair(memory: Any, row: int, following: int, how: Any, leaves: Any, at: int) -> None:
    """The value of the next state and action."""
    leaves[at] = memory.q[following]


@kernel
def replay_rows(memory: Any, row_cell: Any, row_next: Any, row_reward: Any, how: Any, notes: Any) -> None:
    """Do logged rows again, in order."""
    for i in range(len(row_cell)):
        row = row_cell[i]
        if notes.on:
            notes.old[i] = value_of(memory, row, how)
            look(memory, row, row_next[i], how, notes.leaves, i * notes.width)
        target, step_size = learn(memory, row, row_next[i], row_reward[i], how)
        if notes.on:
            notes.target[i] = target
            notes.step_size[i] = step_size
            notes.new[i] = value_of(memory, row, how)


@kernel
def blunt_exponential(x: float) -> float:
    """The exponential of a number's value: probabilities are facts of a run, not a part of its credit."""
    return plain_exponential(float(x))


_NOTHING = np.zeros(1)
NO_NOTES = Notes(_NOTHING, _NOTHING, _NOTHING, _NOTHING, _NOTHING, 1, on=False)


def kernels_of(settings: Mapping[str, Any]) -> dict[str, Kernel]:
    """The kernels that the settings of a run put in the places of policy, target policy and schedules."""
    policies: dict[str, Any] = {policy.name: policy for policy in POLICIES}
    found = dict(policies[settings["policy"]].kernels) if settings.get("policy") else {}
    target = policies.get(settings.get("target") or settings.get("policy") or "")  # where there is none: the policy that acts
    if target is not None:
        found |= {f"target_{place}": kernel for place, kernel in target.kernels.items()}
    return found | clock_kernels(moving=settings["moving"], counted=settings["counted"], per_visit=settings["per_visit"])


def plain_how(settings: Mapping[str, Any]) -> How:
    """γ and the actions."""
    return How(settings["discount"], tuple(range(settings["actions"])))


Reader = Callable[[BackupSpec, dict[str, Any], tuple[Any, ...], int, dict[str, Any]], Backup]
Check = Callable[[dict[str, Any], Tables, Mapping[str, npt.NDArray[Any]]], None]


def step_rule(
    name: str,
    spec: BackupSpec,
    learn: Kernel,
    memory: type[Any] = Memory,
    *,
    how: Callable[[Mapping[str, Any]], Any] = plain_how,
    width: Callable[[Mapping[str, Any]], int] = lambda settings: settings["actions"],
    places: Mapping[str, Kernel] | None = None,
    columns: Mapping[str, str] | None = None,
    following: str = "states",
    sizes: Mapping[str, str] | None = None,
    read: Reader = read_backup,
    with_tables: bool = False,
    check: Check | None = None,
    result: str = "q",
    one_step: bool | None = None,
    values: tuple[str, ...] = ("q", "v", "second", "total"),
    roots: Callable[[dict[str, Any], int], dict[tuple[str, int], float]] | None = None,
    forward: Forward | None = None,
    credit: Credit | None = None,
) -> Rule:
    """The rule of an algorithm whose every row is one update.

    Args:
        name: the algorithm's name.
        spec: its backup diagram.
        learn: what one row does; returns target and step size.
        memory: the NamedTuple of its tables, by their names.
        how: makes the rule's parameters out of the settings.
        width: how many numbers `look` writes down for a row.
        places: kernels in the places of `value_of` and `look`.
        columns: further columns of a row, "extra" or "cause", with their types.
        following: what the column `next` numbers, "states" or "cells".
        sizes: how long the tables are, "states", "cells" (either with " + 1") or "one", where it is not the default.
        read: makes the Backup of a row.
        with_tables: whether `read` is to find the tables before the row in `details["tables"]`.
        check: refuses what else could not be replayed safely.
        result: the table that is reported, "q" or "v".
        one_step: whether every row updates one cell by the last half-step of the spec; by default where there is no table
            of eligibilities `z`.
        values: the tables whose entries are sums of rewards and initial values.
        roots: the table entries, with weights, that the reported value of a cell is made of.
        forward: how long the trace of a visit lasts, where the rule has eligibility traces.
        credit: a quicker way than the tape to read rows backwards, where there is one.
    """
    lengths = {field: "states" if field == "v" else "cells" for field in memory._fields}
    lengths.update(sizes or {})
    filled = {"learn": learn, **(places or {})}

    def replay(
        settings: dict[str, Any], model: Model, tables: Tables, block: Mapping[str, npt.NDArray[Any]], start: int,
        details: Details | None, compiled: bool,
    ) -> None:  # fmt: skip
        notes = NO_NOTES
        if details is not None:
            notes = Notes(
                details["target"], details["old"], details["new"], details["step_size"],
                details["leaves"].reshape(-1), width(settings), on=True,
            )  # fmt: skip
        replay_rows.using(**filled, **kernels_of(settings)).run(
            compiled, memory(**{field: tables[field] for field in memory._fields}), block["cell"], block["next"],
            block["reward"], how(settings), notes,
        )  # fmt: skip

    def retell(settings: dict[str, Any], tables: dict[str, Any], rows: dict[str, list[Any]]) -> None:
        taken = {**filled, **kernels_of(settings), "exponential": blunt_exponential}
        plain = replay_rows.using(**taken).plain()
        plain(memory(**tables), rows["cell"], rows["next"], rows["reward"], how(settings), NO_NOTES)

    def check_all(settings: dict[str, Any], model: Model, tables: Tables, rows: Mapping[str, npt.NDArray[Any]]) -> None:
        check_common(settings, tables, lengths)
        if rows:
            check_columns(settings, rows, following)
        if check is not None:
            check(settings, tables, rows)

    rule = Rule(
        name=name,
        spec=spec,
        schema={**SCHEMA, **(columns or {})},
        replay=replay,
        read=lambda settings, model, row, index, details: read(spec, settings, row, index, details),
        details=lambda settings, model: (
            {"step_size": "<f8", "target": "<f8", "old": "<f8", "new": "<f8"},
            {"leaves": f"({width(settings)},)f8"},
        ),
        backups_each=lambda model: 1,
        result=lambda settings, model, tables: reported(settings, tables, result),
        check=check_all,
        with_tables=with_tables,
        values=values,
        one_step="z" not in memory._fields if one_step is None else one_step,
        pairs=following == "cells",
        retell=retell,
        roots=roots or (lambda settings, cell: {(result, cell): 1.0}),
        forward=forward,
        credit=credit,
    )
    return register(rule)


def reported(settings: Mapping[str, Any], tables: Tables, table: str) -> tuple[Any, npt.NDArray[np.float64]]:
    """q [S, A] (None of a learner of state values) and v [S]."""
    if table == "v":
        return None, tables["v"]
    q = tables[table].reshape(-1, settings["actions"])
    return q, q.max(axis=1)


def check_common(settings: dict[str, Any], tables: Tables, lengths: Mapping[str, str]) -> None:
    """Refuse settings out of range, and tables of other lengths than they say.

    Raises:
        ValueError: something does not fit.
    """
    check_settings(settings, {"actions": 1, "states": 1}, ("discount",))
    names = [None, *(policy.name for policy in POLICIES)]
    if settings["policy"] not in names:
        raise ValueError(f"settings: policy: expected one of {names}, got {settings['policy']!r}")
    for name in ("moving", "counted", "per_visit"):
        if not isinstance(settings[name], bool):
            raise ValueError(f"settings: {name}: expected true or false, got {settings[name]!r}")
    if settings["policy"] == UCB.name and not settings["counted"]:
        raise ValueError("settings: policy: expected visits to be counted for ucb, got counted: false")
    if settings["per_visit"] and not settings["counted"]:
        raise ValueError("settings: per_visit: expected visits to be counted, got counted: false")
    if set(tables) != set(lengths):
        raise ValueError(f"tables: expected {sorted(lengths)}, got {sorted(tables)}")
    for name, kind in lengths.items():
        size = settings["states"] * (settings["actions"] if kind.startswith("cells") else 1) + kind.endswith(" + 1")
        if kind == "one":
            size = 1
        if name == "counts" and not settings["counted"]:
            size = 1
        if name == "rates":
            size = SIZE
        check_table(name, tables[name], size)


def check_columns(settings: Mapping[str, Any], rows: Mapping[str, npt.NDArray[Any]], following: str) -> None:
    """Refuse rows that point outside the tables.

    Raises:
        ValueError: a cell, an arrival or a reward is out of range.
    """
    sizes = {"states": settings["states"], "cells": settings["states"] * settings["actions"]}
    if not len(rows["cell"]):
        return
    if int((rows["cell"] & CELL).max()) >= sizes["cells"] or int(rows["next"].max()) >= sizes[following]:
        raise ValueError(f"rows: expected cells and following {following} inside the tables, got some beyond them")
    if not np.isfinite(rows["reward"]).all():
        raise ValueError("rows: expected finite rewards, got NaN or infinity")
