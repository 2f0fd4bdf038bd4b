"""A run: what an agent has learned, how it went, and all that is needed to go on with it."""

from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mazefit.agents.policies import maximisers
from mazefit.backup.rule import Model, Tables, check_settings
from mazefit.backup.trace import Trace
from mazefit.backup.trace_files import restored, trace_content
from mazefit.errors import DataError, Problems
from mazefit.files import read_folder, write_folder


@dataclass(frozen=True)
class Unfinished:
    """An episode in which a run of so many steps stopped: where, how far, and what its updates overwrote."""

    state: int
    length: int
    gain: float
    cells: npt.NDArray[np.int64]  # [length]
    olds: npt.NDArray[np.float64]  # [length]

    @classmethod
    def none(cls) -> "Unfinished":
        """Between two episodes."""
        return cls(-1, 0, 0.0, np.empty(0, dtype=np.int64), np.empty(0))

    def check(self, entries: int, actions: int) -> None:
        """Refuse what does not fit a table of so many entries.

        Raises:
            ValueError: a state, a length or a cell is out of range.
        """
        check_settings({"state": self.state, "length": self.length}, {"state": -1, "length": 0}, ())
        kinds = self.cells.dtype == np.int64 and self.olds.dtype == np.float64
        alike = kinds and self.cells.shape == self.olds.shape == (self.length,)
        inside = alike and self.state < entries // actions and (self.state >= 0) == (self.length > 0)
        if not inside or (self.length and not 0 <= self.cells.min() <= self.cells.max() < entries):
            raise ValueError("unfinished episode: expected a state, a length and cells of the table, got others")


@dataclass
class Run:
    """The result of a learner's `learn` and of a planner's `solve`.

    Args:
        algorithm: the learner or planner, with its parameters.
        settings: what the rule reads its rows with: actions, discount, step size.
        tables: its tables, flat, by name.
        environment: digest of the environment.
        seed: the seed of all randomness (of a planner 0).
        model: what a planner's tables are read with: the process itself.
        trace: the log of every update, where one was asked for.
        returns: return G of each whole episode, the undiscounted sum of its rewards, [episodes].
        lengths: its number of steps, [episodes].
        steps: steps taken (of a planner: sweeps done).
        drawn: chances drawn by the environment's tables.
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
    drawn: int = 0
    unfinished: Unfinished | None = None

    @cached_property
    def _values(self) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        found = self.algorithm.rule.result(self.settings, self.model, self.tables)
        q, v = (values.view() for values in found)
        q.flags.writeable = v.flags.writeable = False
        return q, v

    @property
    def q(self) -> npt.NDArray[np.float64]:
        """Action values [S, A], read-only."""
        return self._values[0]

    @property
    def v(self) -> npt.NDArray[np.float64]:
        """State values [S], read-only: a planner's own, a learner's best action value."""
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
        return self.algorithm.policy.act(q[state], rng.random())

    def copy(self) -> "Run":
        """A run of its own, which can go on without changing this one."""
        tables = {name: table.copy() for name, table in self.tables.items()}
        trace = None if self.trace is None else self.trace.copy()
        return replace(self, tables=tables, trace=trace)

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
                "drawn": self.drawn,
                "tables": sorted(self.tables),
                "model": sorted(self.model),
                "unfinished": [unfinished.state, unfinished.length, unfinished.gain],
            },
            "returns": self.returns,
            "lengths": self.lengths,
            "journal_cells": unfinished.cells,
            "journal_olds": unfinished.olds,
        }
        content.update({f"table.{name}": table for name, table in self.tables.items()})
        content.update({f"model.{name}": array for name, array in self.model.items()})
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
        state, length, gain = about["unfinished"]
        inside = Unfinished(state, length, float(gain), content["journal_cells"], content["journal_olds"])
        inside.check(sum(len(table) for table in tables.values()), about["settings"]["actions"])
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
            drawn=about["drawn"],
            unfinished=inside if state >= 0 else None,
        )
        check_settings(about, {"seed": 0, "steps": 0, "drawn": 0}, ())
        kinds = run.returns.dtype == np.float64 and run.lengths.dtype == np.int64
        if not (kinds and run.returns.shape == run.lengths.shape == (len(run.lengths),)):
            raise ValueError("expected counts, returns and lengths, got others")
        parts = {name.removeprefix("trace."): part for name, part in content.items() if name.startswith("trace.")}
        if parts:
            run.trace = restored(parts, where)
        return run

    def __repr__(self) -> str:
        return f"Run({self.algorithm}, episodes={self.episodes}, steps={self.steps}, seed={self.seed})"
