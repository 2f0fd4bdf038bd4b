"""A run: what an agent has learned, how it went, and all that is needed to go on with it."""

from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mazefit.agents.policies import maximisers
from mazefit.agents.schedules import POLICY
from mazefit.backup.explain import Explanation, explain
from mazefit.backup.rule import Model, Tables, check_settings
from mazefit.backup.trace import Trace
from mazefit.backup.trace_files import restored, trace_content
from mazefit.errors import ConfigError, DataError, NoActionValuesError, Problems
from mazefit.files import read_folder, write_folder


@dataclass(frozen=True)
class Unfinished:
    """An episode in which a run of so many steps stopped: where, how far, and what it has brought so far."""

    state: int
    action: int  # chosen for that state already, or -1
    length: int
    rows: int  # of the trace
    gain: float

    @classmethod
    def none(cls) -> "Unfinished":
        """Between two episodes."""
        return cls(-1, -1, 0, 0, 0.0)

    def check(self, states: int, actions: int) -> None:
        """Refuse what does not fit so many states and actions.

        Raises:
            ValueError: a state, an action or a length is out of range.
        """
        numbers = {"state": self.state, "action": self.action, "length": self.length, "rows": self.rows}
        check_settings(numbers, {"state": -1, "action": -1, "length": 0, "rows": 0}, ())
        if self.state >= states or self.action >= actions or (self.state >= 0) != (self.length > 0):
            raise ValueError("unfinished episode: expected a state, an action and a length that fit, got others")


@dataclass
class Run:
    """The result of a learner's `learn` and of a planner's `solve`.

    Args:
        algorithm: the learner or planner, with its parameters.
        settings: what the rule reads its rows with: states, actions, discount and the algorithm's own parameters.
        tables: its tables, flat, by name: all that replaying the trace rebuilds.
        environment: digest of the environment.
        seed: the seed of all randomness (of a planner 0).
        model: what a planner's tables are read with: the process itself.
        trace: the log of every update, where one was asked for.
        returns: return G of each whole episode, the undiscounted sum of its rewards, [episodes].
        lengths: its number of steps, [episodes].
        steps: steps taken (of a planner: sweeps done).
        rows: rows of experience and planning so far, whether traced or not.
        row_counts: rows of each whole episode, [episodes].
        drawn: uniform random numbers used.
        workings: what the learner keeps beside its tables: a model, a queue, the episode so far.
        unfinished: the episode in which a run of so many steps stopped.
    """

    algorithm: Any
    settings: dict[str, Any]
    tables: Tables
    environment: str
    seed: int = 0
    model: Model = field(default_factory=dict[str, Any])
    trace: Trace | None = None
    returns: npt.NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    lengths: npt.NDArray[np.int64] = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    steps: int = 0
    rows: int = 0
    row_counts: npt.NDArray[np.int64] = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    drawn: int = 0
    workings: dict[str, npt.NDArray[Any]] = field(default_factory=dict[str, npt.NDArray[Any]])
    unfinished: Unfinished | None = None

    @cached_property
    def _values(self) -> tuple[npt.NDArray[np.float64] | None, npt.NDArray[np.float64]]:
        q, v = (
            None if values is None else values.view()
            for values in self.algorithm.rule.result(self.settings, self.model, self.tables)
        )
        for values in (q, v):
            if values is not None:
                values.flags.writeable = False
        assert v is not None
        return q, v

    @property
    def q(self) -> npt.NDArray[np.float64]:
        """Action values [S, A], read-only.

        Raises:
            NoActionValuesError: the learner estimates state values alone.
        """
        found = self._values[0]
        if found is None:
            raise NoActionValuesError(
                f"q: expected a learner of action values, got {self.algorithm.name}, which learns state values: see run.v"
            )
        return found

    @property
    def v(self) -> npt.NDArray[np.float64]:
        """State values [S], read-only: a planner's or predictor's own, a control learner's best action value."""
        return self._values[1]

    @property
    def greedy_actions(self) -> npt.NDArray[np.bool_]:
        """Bool [S, A]: all maximising actions, those within 1e-12 (relative) of the best included."""
        return maximisers(self.q)

    @property
    def episodes(self) -> int:
        """Whole episodes so far."""
        return len(self.returns)

    def act(self, state: int, *, greedy: bool = True, rng: np.random.Generator | None = None) -> int:
        """The action in `state`.

        Args:
            state: a state number, from 0 (an observation less its space's `start`).
            greedy: take a maximising action, else follow the behaviour policy.
            rng: breaks ties, and explores; without one a greedy tie goes to the first maximising action.

        Raises:
            ConfigError: the state is out of range, or exploring was asked for without a generator.
        """
        q, problems = self.q, Problems("Run.act")
        problems.integer("state", state, 0, len(q) - 1)
        explores = greedy or hasattr(self.algorithm, "policy")
        problems.check(explores, "greedy: expected True for a planner, which explores nothing")
        problems.check(greedy or rng is not None, "rng: expected a numpy Generator with greedy=False, got None")
        problems.raise_if_any()
        best = np.flatnonzero(maximisers(q[state]))
        if rng is None:
            return int(best[0])
        if greedy:
            return int(best[int(rng.random() * len(best))])
        return self.behave(state, rng.random())

    def behave(self, state: int, uniform: float) -> int:
        """The behaviour policy's action in `state` as exploration stands by now, out of one uniform number."""
        rates, counts = self.tables.get("rates"), self.tables.get("counts")
        rate = None if rates is None else float(rates[POLICY])
        first, actions = state * self.settings["actions"], self.settings["actions"]
        seen = None if counts is None or len(counts) == 1 else counts[first : first + actions]
        return self.algorithm.policy.act(self.q[state], uniform, rate, seen)

    def explain(self, state: int, action: int | None = None) -> Explanation:
        """Why a value is what it is: every reward that was experienced, with its weight in it.

        Args:
            state: the state.
            action: the action; None of a learner of state values.

        Raises:
            ConfigError: the run has no trace or is a planner's, or state and action are not in its table.
        """
        if self.trace is None:
            raise ConfigError("explain: expected a run with a trace, got one without; learn with trace=True")
        return explain(self.trace, state, action)

    def copy(self) -> "Run":
        """A run of its own, which can go on without changing this one."""
        tables = {name: table.copy() for name, table in self.tables.items()}
        workings = {name: array.copy() for name, array in self.workings.items()}
        trace = None if self.trace is None else self.trace.copy()
        return replace(self, tables=tables, workings=workings, trace=trace)

    def save(self, folder: str | Path) -> None:
        """Write the run and its trace: JSON and `.npy` in one folder, whole or not at all.

        Raises:
            OutputError: the folder cannot be written.
        """
        from mazefit.agents.catalogue import describe

        unfinished = self.unfinished or Unfinished.none()
        content: dict[str, Any] = {
            "run": {
                "algorithm": describe(self.algorithm),
                "settings": self.settings,
                "environment": self.environment,
                "seed": self.seed,
                "steps": self.steps,
                "rows": self.rows,
                "drawn": self.drawn,
                "tables": sorted(self.tables),
                "model": sorted(self.model),
                "workings": sorted(self.workings),
                "unfinished": [
                    unfinished.state,
                    unfinished.action,
                    unfinished.length,
                    unfinished.rows,
                    unfinished.gain,
                ],
            },
            "returns": self.returns,
            "lengths": self.lengths,
            "row_counts": self.row_counts,
        }
        content.update({f"table.{name}": table for name, table in self.tables.items()})
        content.update({f"model.{name}": array for name, array in self.model.items()})
        content.update({f"working.{name}": array for name, array in self.workings.items()})
        if self.trace is not None:
            content.update({f"trace.{name}": part for name, part in trace_content(self.trace).items()})
        write_folder(folder, "run", content)

    @classmethod
    def load(cls, folder: str | Path) -> "Run":
        """Read a saved run back; every byte is checked, and nothing in it is executed.

        Raises:
            DataError: it is damaged, of another format, or of an algorithm that is not known here.
        """
        content = read_folder(folder, "run")
        try:
            return cls._restored(content, str(folder))
        except (LookupError, TypeError, ValueError, AttributeError, OverflowError) as error:
            if isinstance(error, DataError):
                raise
            raise DataError(f"{folder}: expected a run as mazefit writes it, got one that does not fit ({error})") from error

    @classmethod
    def _restored(cls, content: dict[str, Any], where: str) -> "Run":
        from mazefit.agents.catalogue import build

        about, algorithm = content["run"], build(content["run"]["algorithm"])
        tables = {name: content[f"table.{name}"] for name in about["tables"]}
        model = {name: content[f"model.{name}"] for name in about["model"]}
        algorithm.rule.check(about["settings"], model, tables, {})
        workings = {name: content[f"working.{name}"] for name in about["workings"]}
        if hasattr(algorithm, "check_workings"):
            algorithm.check_workings(about["settings"], workings)
        state, action, length, rows, gain = about["unfinished"]
        inside = Unfinished(state, action, length, rows, float(gain))
        inside.check(about["settings"]["states"], about["settings"]["actions"])
        if "cell" in workings and len(workings["cell"]) < length:
            raise ValueError(f"unfinished episode: expected its {length} steps, got {len(workings['cell'])}")
        run = cls(
            algorithm=algorithm,
            settings=about["settings"],
            tables=tables,
            environment=str(about["environment"]),
            seed=about["seed"],
            model=model,
            returns=content["returns"],
            lengths=content["lengths"],
            steps=about["steps"],
            rows=about["rows"],
            row_counts=content["row_counts"],
            drawn=about["drawn"],
            workings=workings,
            unfinished=inside if state >= 0 else None,
        )
        check_settings(about, {"seed": 0, "steps": 0, "rows": 0, "drawn": 0}, ())
        kinds = run.returns.dtype == np.float64 and run.lengths.dtype == run.row_counts.dtype == np.int64
        shape = (len(run.lengths),)
        if not (kinds and run.returns.shape == run.lengths.shape == run.row_counts.shape == shape):
            raise ValueError("expected counts, returns and lengths, got others")
        parts = {name.removeprefix("trace."): part for name, part in content.items() if name.startswith("trace.")}
        if parts:
            run.trace = restored(parts, where)
        return run

    def __repr__(self) -> str:
        return f"Run({self.algorithm}, episodes={self.episodes}, steps={self.steps}, seed={self.seed})"
