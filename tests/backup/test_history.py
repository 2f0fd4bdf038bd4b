"""The history of a cell against a walk over the whole trace; the parting of two runs against the same."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from mazefit.agents import NStepSarsa, QLearning, Run, ValueIteration, catalogue
from mazefit.agents.catalogue import Entry
from mazefit.backup import Backup, Trace
from mazefit.envs.maze import Maze
from mazefit.errors import ConfigError
from tests.agents.worlds import six_worlds

LEARNERS = [entry for entry in catalogue() if entry.kind != "planning" and not entry.name.startswith("batch")]


def learned(learner: Any, world: Any, seed: int = 0, **given: Any) -> Run:
    """A traced run of a learner of either kind."""
    return (learner.learn if learner.kind == "control" else learner.predict)(world, seed=seed, trace=True, **given)


def traced(run: Run) -> Trace:
    """The trace of a run that has one."""
    assert run.trace is not None
    return run.trace


def touches(backup: Backup, label: str) -> bool:
    """Whether an update wrote the cell of that name."""
    written = [write.cell for write in backup.writes] or [backup.root.label]
    return label in written


@pytest.mark.parametrize("entry", LEARNERS, ids=lambda entry: entry.name)
def test_the_history_of_a_cell_is_every_update_that_wrote_it(entry: Entry) -> None:
    learner = replace(entry.factory(), discount=0.9)
    for world in (Maze.named("tutorial"), six_worlds()["slippery lake"]):
        run = learned(learner, world, steps=250)
        trace = traced(run)
        backups = list(trace)
        root = backups[len(backups) // 2].root.label
        state, _, action = root.partition(", ")
        found = trace.history(int(state[1:]), int(action[1:]) - 1 if action else None)
        expected = [i for i, backup in enumerate(backups) if touches(backup, root)]
        assert found.indices.tolist() == expected
        assert len(found) == len(expected) > 0
        assert found[0] == backups[expected[0]]
        assert found[-1] == list(found)[-1] == found[-1:][0]


def test_the_history_of_a_state_in_every_sweep() -> None:
    run = ValueIteration(discount=0.9).solve(Maze.named("dyna"), trace=True)
    found = traced(run).history(18)
    assert len(found) == run.steps
    assert {backup.root.label for backup in found} == {"s18"}
    assert found[-1].new == run.v[18]


def test_what_has_no_history() -> None:
    trace = traced(QLearning().learn(Maze.named("tutorial"), episodes=1, seed=0, trace=True))
    with pytest.raises(ConfigError, match=r"state: expected an integer from 0 to 8, got 9; action: .* got 4"):
        trace.history(9, 4)


@pytest.mark.parametrize("learner", [QLearning(0.3, 0.9), NStepSarsa(0.3, 0.9, n=3)])
def test_where_two_runs_part(learner: Any) -> None:
    maze = Maze.named("dyna")
    ours, other = (learned(learner, maze, seed, episodes=8) for seed in (0, 1))
    first = next(i for i, (a, b) in enumerate(zip(traced(ours), traced(other), strict=False)) if a != b)
    found = traced(ours).diff(other.trace)
    assert found is not None
    assert (found.index, found.ours, found.theirs) == (first, traced(ours)[first], traced(other)[first])
    assert str(found).startswith(f"backup {first}: s")
    assert traced(ours).diff(traced(ours).copy()) is None
    assert traced(ours).diff(ours) is None
    longer = traced(ours).diff(learned(learner, maze, 0, episodes=9))
    assert longer is not None
    assert (longer.index, longer.ours) == (len(traced(ours)), None)
    assert "alike up to backup" in str(longer)


def test_runs_with_other_parameters_part_where_a_number_differs() -> None:
    maze = Maze.named("dyna")
    ours, slower = (QLearning(step_size, 0.9).learn(maze, episodes=3, seed=0, trace=True) for step_size in (0.5, 0.25))
    found = traced(ours).diff(slower)
    assert found is not None
    assert found.index == 0
    discounted = QLearning(0.5, 0.8).learn(maze, episodes=3, seed=0, trace=True)
    found = traced(ours).diff(discounted)
    assert found is not None
    assert found.index == next(i for i, (a, b) in enumerate(zip(traced(ours), traced(discounted), strict=False)) if a != b)


def test_one_changed_row_is_found_at_once() -> None:
    run = QLearning(0.5, 0.9).learn(Maze.named("dyna"), steps=30_000, seed=0, trace=True)
    twin = traced(run).copy()
    twin.rows.blocks(20_000, 20_001)[0]["reward"][0] = 7.0
    twin.keyframes.clear()
    found = traced(run).diff(twin)
    assert found is not None
    assert found.index == 20_000


def test_what_cannot_be_compared() -> None:
    maze = Maze.named("tutorial")
    trace = traced(QLearning().learn(maze, episodes=2, seed=0, trace=True))
    with pytest.raises(ConfigError, match="expected another trace, got 3"):
        trace.diff(3)
    with pytest.raises(ConfigError, match="expected two traces of one algorithm"):
        trace.diff(NStepSarsa().learn(maze, episodes=2, seed=0, trace=True))
    assert np.array_equal(trace.history(0, 0).indices, np.flatnonzero(trace.rows.column("cell") == 0))
