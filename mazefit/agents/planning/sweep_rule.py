"""The rule of a planner that sweeps: one row of the trace is one sweep over all states of its order.

The rule names the function that does one sweep; the loop that plans (sweeps.py) and the loop that replays both call it, so a
trace rebuilds the tables bit for bit. The row holds one number, which tells that function what sweep to do (such as in place
or not).
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from mazefit.agents.planning.compact import Compact, compact
from mazefit.agents.planning.process import check_array, check_process, check_states, look_ahead
from mazefit.agents.planning.sweep_rows import Weights, read_sweep_backup
from mazefit.backup.rule import Details, Model, Rule, Tables, register
from mazefit.backup.spec import BackupSpec

Sweep = Callable[[Compact, Tables, int, bool], tuple[float, int]]
"""`sweep(ready, tables, flag, compiled)` does one sweep on `ready.values`, leaves in `ready.target` what each state was set to,
and returns the largest change of a value and the number of states whose action it changed."""


def sweep_rule(
    name: str,
    spec: BackupSpec,
    column: str,
    sweep: Sweep,
    *,
    in_place: Callable[[int], bool] = bool,
    mean: Callable[[int], Weights | None] = lambda flag: None,
    check: Callable[[dict[str, Any], Model, Tables], None] = lambda settings, model, tables: None,
    improves: bool = False,
) -> Rule:
    """The rule of a planner that sweeps, registered.

    Args:
        name: the planner's name.
        spec: its backup diagram.
        column: what the number of each row is called.
        sweep: does one sweep.
        in_place: whether a row's sweep sees its own writes.
        mean: for a row whose sweep evaluates a policy: that policy's probabilities in a state.
        check: what more must be refused of a loaded run.
        improves: whether the planner has a table `policy` [S] of action numbers beside its values.
    """

    def replay(
        settings: dict[str, Any], model: Model, tables: Tables, block: Mapping[str, npt.NDArray[Any]], start: int,
        details: Details | None, compiled: bool,
    ) -> None:  # fmt: skip
        check(settings, model, tables)  # keyframes come from the file as well
        ready = compact(settings, model)
        for i, flag in enumerate(block[column]):
            if details is not None:
                details["before"][i] = tables["v"]
            do(sweep, ready, tables, int(flag), compiled)
            if details is not None:
                details["target"][i] = ready.target
                if improves:
                    details["policy"][i] = tables["policy"]

    def read(settings: dict[str, Any], model: Model, row: tuple[Any, ...], index: int, details: dict[str, Any]) -> Any:
        flag = int(row[0])
        return read_sweep_backup(settings, model, index, details, in_place=in_place(flag), mean=mean(flag))

    def checked(settings: dict[str, Any], model: Model, tables: Tables, rows: Mapping[str, npt.NDArray[Any]]) -> None:
        check_process(settings, model, tables)
        check_array("order", model, np.int32)
        check_states("model order", model["order"], settings["states"])
        if len(np.unique(model["order"])) < len(model["order"]):
            raise ValueError("model order: expected each state once, got one twice")
        check(settings, model, tables)

    def detail_columns(settings: dict[str, Any], model: Model) -> tuple[dict[str, Any], dict[str, Any]]:
        values = f"({settings['states']},)f8"
        return {"target": f"({len(model['order'])},)f8"}, {"before": values, **({"policy": values} if improves else {})}

    return register(
        Rule(
            name=name,
            spec=spec,
            schema={column: "u1"},
            replay=replay,
            read=read,
            details=detail_columns,
            backups_each=lambda model: max(1, len(model["order"])),
            result=look_ahead,
            check=checked,
        )
    )


def do(sweep: Sweep, ready: Compact, tables: Tables, flag: int, compiled: bool) -> tuple[float, int]:
    """One sweep over the values in `tables`."""
    ready.values[:-1] = tables["v"]
    found = sweep(ready, tables, flag, compiled)
    tables["v"][:] = ready.values[:-1]
    return found
