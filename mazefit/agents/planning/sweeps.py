"""Sweeps as a planner does them and logs them: a run in progress, counted, compiled once that pays."""

from typing import Any

import numpy as np
import numpy.typing as npt

from mazefit.agents.planning.compact import compact
from mazefit.agents.planning.process import model_of
from mazefit.agents.planning.sweep_rule import Sweep, do
from mazefit.agents.run import Run
from mazefit.backup.rule import Tables, trace_header
from mazefit.backup.trace import Trace, TraceOptions
from mazefit.envs.tables import TabularMDP
from mazefit.errors import Problems
from mazefit.kernel import worth_compiling

CHUNK = 65_536  # backups of single states between two moments at which Python is heard, such as after Ctrl-C
PATIENCE = 1_000_000  # outcomes looked at plainly, in however many sweeps, before compiling is worth its time after all


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
