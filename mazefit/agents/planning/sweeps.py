"""Sweeps as a planner does them, logs them and replays them: one row of the trace is one sweep over all states of its order.

A planner's rule names the function that does one sweep; the loop that plans and the loop that replays both call it, so a trace
rebuilds the tables bit for bit. The row holds one number, which tells that function what sweep to do (such as in place or not).
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from mazefit.agents.planning.compact import Compact, compact
from mazefit.agents.planning.process import check_array, check_process, check_states, look_ahead, model_of
from mazefit.agents.planning.sweep_rows import Weights, read_sweep_backup
from mazefit.agents.run import Run
from mazefit.backup.rule import Details, Model, Rule, Tables, register, trace_header
from mazefit.backup.spec import BackupSpec
from mazefit.backup.trace import Trace, TraceOptions
from mazefit.envs.tables import TabularMDP
from mazefit.errors import Problems
from mazefit.kernel import worth_compiling

Sweep = Callable[[Compact, Tables, int, bool], tuple[float, int]]
"""`sweep(ready, tables, flag, compiled)` does one sweep on `ready.values`, leaves in `ready.target` what each state was set to,
and returns the largest change of a value and the number of states whose action it changed."""

CHUNK = 65_536  # backups of single states between two moments at which Python is heard, such as after Ctrl-C
PATIENCE = 1_000_000  # outcomes looked at plainly, in however many sweeps, before compiling is worth its time after all


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


def begin(planner: Any, mdp: TabularMDP, tables: Tables, trace: bool | TraceOptions, **more: npt.NDArray[Any]) -> Run:
    """A run at its beginning, with an empty trace where one is asked for.

    Args:
        planner: the planner, with its parameters.
        mdp: the process.
        tables: its tables to begin with.
        trace: whether to record, and how much.
        more: arrays that its rows are read with, beside the process.
    """
    settings = {"actions": mdp.actions, "states": mdp.states, "discount": planner.discount}
    model = model_of(mdp, **more)
    run = Run(planner, settings, tables, mdp.digest, model=model)
    if isinstance(trace, TraceOptions) or trace:
        options = trace if isinstance(trace, TraceOptions) else None
        run.trace = Trace(planner.rule, settings, tables, model, trace_header(planner.rule, mdp.digest, 0, mdp.states), options)
    return run


def before(run: Run) -> Tables | None:
    """A copy of the tables, where the trace needs one of what a row began with."""
    if run.trace is None or not run.trace.options.level:
        return None
    return {name: table.copy() for name, table in run.tables.items()}


def check_sweeping(planner: Any) -> Problems:
    """What is wrong with the parameters that every sweeping planner has."""
    problems = Problems(type(planner).__name__)
    problems.number("discount", planner.discount, 0.0, 1.0)
    problems.number("tolerance", planner.tolerance, 0.0, 1e300)
    problems.integer("max_sweeps", planner.max_sweeps, 1)
    return problems


def pays(outcomes: int) -> bool:
    """Whether a planner that has looked at so many outcomes plainly should go on compiled; both give the same bytes."""
    return outcomes > PATIENCE and worth_compiling(outcomes)


class Sweeping:
    """A run in progress: its sweeps, counted and logged.

    Args:
        sweep: does one sweep.
        planner: the planner, with its parameters.
        mdp: the process.
        tables: its tables to begin with.
        order: the states in the order of a sweep, int32.
        trace: whether to record, and how much.
        compiled: whether sweeps run compiled from the first on.
        more: arrays that its rows are read with, beside the process and the order.
    """

    def __init__(
        self, sweep: Sweep, planner: Any, mdp: TabularMDP, tables: Tables, order: npt.NDArray[np.int32],
        trace: bool | TraceOptions, compiled: bool, **more: npt.NDArray[Any],
    ) -> None:  # fmt: skip
        self.run = begin(planner, mdp, tables, trace, order=order, **more)
        self.sweep, self.most, self.compiled = sweep, planner.max_sweeps if len(order) else 0, compiled
        self.ready = compact(self.run.settings, self.run.model)
        self.outcomes = mdp.next_state.size  # of one sweep
        self.changed = 0  # states whose action the last sweep changed

    def goes_on(self, change: float) -> bool:
        """Whether another sweep follows one that changed a value by `change`: more than tolerance, and allowed."""
        return self.run.steps < self.most and change > self.run.algorithm.tolerance

    def __call__(self, flag: int) -> float:
        """Do one sweep and log it; returns the largest change of a value."""
        run = self.run
        self.compiled = self.compiled or pays(run.steps * self.outcomes)
        kept = before(run)
        change, self.changed = do(self.sweep, self.ready, run.tables, flag, self.compiled)
        run.steps += 1
        if run.trace is not None:
            arrays, at, _ = run.trace.room()
            arrays[next(iter(run.trace.rule.schema))][at] = flag
            run.trace.wrote(1, kept, run.tables)
        return change
