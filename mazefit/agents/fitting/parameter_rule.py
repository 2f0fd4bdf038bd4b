"""The rule of an optimizer: its replay is its own `learn`, parameter by parameter, and nothing else.

What happens to one parameter is written once, in the optimizer's file: `learn(memory, cell, gradient, how)`. The loop calls it
with the gradient that was seen, the replay with the one that was logged; so they cannot part.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from mazefit.backup.parameter import SCHEMA, read_parameter
from mazefit.backup.rule import Details, Model, Rule, Tables, check_settings, check_table, register
from mazefit.backup.spec import BackupSpec
from mazefit.kernel import Kernel, kernel


class Notes(NamedTuple):
    """Where a replay puts what levels 1 and 2 of the trace keep; where `on` is False, nowhere."""

    target: Any
    old: Any
    new: Any
    step_size: Any
    on: bool


_NOTHING = np.zeros(1)
NO_NOTES = Notes(_NOTHING, _NOTHING, _NOTHING, _NOTHING, on=False)


@kernel
def learn(memory: Any, cell: int, gradient: float, how: Any) -> tuple[float, float]:
    """The place of an optimizer's own `learn`; returns the target and the step size."""
    return 0.0, 0.0


@kernel
def back_up_all(memory: Any, gradient: Any, update: Any, how: Any) -> None:
    """Back up every parameter by its own gradient [P], in place; `update` [P] becomes what each has moved by."""
    for cell in range(len(gradient)):
        old = memory.w[cell]
        target, step_size = learn(memory, cell, gradient[cell], how)
        update[cell] = step_size * (target - old)


@kernel
def replay_rows(memory: Any, row_cell: Any, row_gradient: Any, how: Any, notes: Notes) -> None:
    """Do logged rows again, in order."""
    for i in range(len(row_cell)):
        cell = row_cell[i]
        old = memory.w[cell]
        target, step_size = learn(memory, cell, row_gradient[i], how)
        if notes.on:
            notes.target[i] = target
            notes.old[i] = old
            notes.new[i] = memory.w[cell]
            notes.step_size[i] = step_size


def parameter_rule(
    name: str, spec: BackupSpec, learn: Kernel, memory: type[Any], how: type[Any], shares: tuple[str, ...] = ()
) -> Rule:
    """The rule of an optimizer, registered.

    Args:
        name: its name.
        spec: its backup diagram, of depth 0.
        learn: what happens to one parameter; returns target and step size.
        memory: the NamedTuple of its tables [P] by name, `w` first.
        how: the NamedTuple of its constants, by the names that they have in the settings.
        shares: those of the constants that are numbers from 0 to 1.
    """

    def replay(
        settings: dict[str, Any], model: Model, tables: Tables, block: Mapping[str, npt.NDArray[Any]], start: int,
        details: Details | None, compiled: bool,
    ) -> None:  # fmt: skip
        notes = NO_NOTES
        if details is not None:
            notes = Notes(details["target"], details["old"], details["new"], details["step_size"], on=True)
        kept = memory(**{field: tables[field] for field in memory._fields})
        constants = how(**{field: settings[field] for field in how._fields})
        replay_rows.using(learn=learn).run(compiled, kept, block["state"], block["gradient"], constants, notes)

    def check(settings: dict[str, Any], model: Model, tables: Tables, rows: Mapping[str, npt.NDArray[Any]]) -> None:
        names = settings["names"]
        if not isinstance(names, list) or not names or not all(isinstance(each, str) for each in names):
            raise ValueError(f"settings: names: expected the parameters' names, got {names!r}")
        check_settings(settings, {}, shares)
        for constant in how._fields:
            value = settings[constant]
            if not isinstance(value, float) or not 0.0 <= value < np.inf:
                raise ValueError(f"settings: {constant}: expected a number of 0 or more, got {value!r}")
        for field in memory._fields:
            check_table(field, tables[field], len(names))
        if rows and len(rows["state"]) and int(rows["state"].max()) >= len(names):
            raise ValueError(f"rows: expected parameters 0 to {len(names) - 1}, got {int(rows['state'].max())}")

    return register(
        Rule(
            name=name,
            spec=spec,
            schema=SCHEMA,
            replay=replay,
            read=lambda settings, model, row, index, details: read_parameter(spec, settings["names"], row, index, details),
            details=lambda settings, model: ({"step_size": "<f8", "target": "<f8", "old": "<f8", "new": "<f8"}, {}),
            backups_each=lambda model: 1,
            result=lambda settings, model, tables: (None, tables["w"]),
            check=check,
            values=("w",),
        )
    )
