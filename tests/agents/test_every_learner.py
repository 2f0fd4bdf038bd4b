"""What is promised of every learner of the catalogue alike: the same bytes three times over, and no tree against its rule."""

from dataclasses import fields
from functools import cache
from typing import Any

import numpy as np
import pytest

from mazefit.agents import Run, catalogue
from mazefit.agents.catalogue import Entry
from mazefit.backup import TraceOptions
from tests.agents.worlds import six_worlds

LEARNERS = [entry for entry in catalogue() if entry.kind != "planning"]
SEEDS = range(10)
BATCH = ("batch-td", "batch-monte-carlo")


@cache
def worlds() -> dict[str, Any]:
    """The six worlds."""
    return six_worlds()


def made(entry: Entry) -> Any:
    """The learner with its defaults, but for a discount below 1."""
    return entry.factory(**({"discount": 0.95} if "discount" in {field.name for field in fields(entry.factory)} else {}))


def start(entry: Entry, world: Any, **given: Any) -> Run:
    """A run of a learner of either kind."""
    learner = made(entry)
    return (learner.learn if entry.kind == "control" else learner.predict)(world, **given)


def table(values: Any) -> bytes:
    """The bytes of what was learned."""
    return (values.v if values.q is None else values.q).tobytes()


def learned(run: Run) -> bytes:
    """The same of a run."""
    return (run.v if run.algorithm.kind == "prediction" else run.q).tobytes()


@pytest.mark.parametrize("entry", [entry for entry in LEARNERS if entry.name not in BATCH], ids=lambda entry: entry.name)
@pytest.mark.parametrize("world", six_worlds())
def test_plain_compiled_and_replayed_are_the_same_bytes(entry: Entry, world: str) -> None:
    for seed in SEEDS:
        steps = 900 if seed == 0 else 250
        plain = start(entry, worlds()[world], steps=steps, seed=seed, trace=True, backend="python")
        fast = start(entry, worlds()[world], steps=steps, seed=seed, trace=True, backend="compiled")
        assert plain.trace is not None
        assert fast.trace is not None
        assert learned(plain) == learned(fast) == table(plain.trace.replay()) == table(fast.trace.replay())
        assert plain.returns.tobytes() == fast.returns.tobytes()
        assert plain.lengths.tobytes() == fast.lengths.tobytes()
        for name in plain.trace.rows.schema:
            assert plain.trace.rows.column(name).tobytes() == fast.trace.rows.column(name).tobytes()


@pytest.mark.parametrize("entry", [entry for entry in LEARNERS if entry.name in BATCH], ids=lambda entry: entry.name)
def test_batch_learners_are_rebuilt_by_replay(entry: Entry) -> None:
    for name in ("wilson", "slippery lake"):
        for seed in SEEDS:
            run = start(entry, worlds()[name], episodes=4, seed=seed, trace=True)
            assert run.trace is not None
            assert table(run.trace.replay()) == learned(run)


@pytest.mark.parametrize("entry", LEARNERS, ids=lambda entry: entry.name)
def test_every_backup_of_a_run_keeps_its_spec(entry: Entry) -> None:
    for name, world in worlds().items():
        if entry.name in BATCH and name not in ("wilson", "slippery lake"):
            continue
        compound = entry.name == "off-line-lambda-return"  # its trees grow with the square of the episode
        given = {"episodes": 2} if entry.name in BATCH else {"steps": 120 if compound else 260}
        run = start(entry, world, **given, seed=1, trace=True)
        assert run.trace is not None
        some = np.linspace(0, len(run.trace) - 1, min(len(run.trace), 20 if compound else 60)).astype(int)
        backups = [run.trace[i] for i in some]
        for backup in backups:
            entry.spec.check(backup)
            assert backup.evaluate() == backup.target or backup.target is None
            assert str(backup.draw("text"))


@pytest.mark.parametrize("entry", LEARNERS, ids=lambda entry: entry.name)
def test_a_ring_shows_the_same_last_backups(entry: Entry) -> None:
    given = {"episodes": 2} if entry.name in BATCH else {"steps": 1200}
    whole = start(entry, worlds()["dyna"], **given, seed=2, trace=True).trace
    ring = start(entry, worlds()["dyna"], **given, seed=2, trace=TraceOptions(ring=300)).trace
    assert whole is not None
    assert ring is not None
    assert table(ring.replay()) == table(whole.replay())
    assert ring.first + len(ring) == whole.first + len(whole)
    for back in {1, min(2, len(ring)), min(40, len(ring))} - {0}:
        if len(ring):
            assert ring[-back] == whole[-back]
