"""Which update is drawn: the one that shows most of the last episode, or sweep, that shows anything."""

from dataclasses import replace

import numpy as np

from mazefit.agents import QLearning, ValueIteration
from mazefit.envs import Maze
from mazefit.lab.telling_update import SWEEPS, td_errors, telling_update, told

TUTORIAL = Maze.named("tutorial")


def test_the_largest_td_error_of_the_last_whole_episode():
    run = QLearning().learn(TUTORIAL, episodes=60, seed=0, trace=True)
    assert run.trace is not None
    last = [backup for backup in run.trace if backup.episode == 59]
    errors = [abs(backup.td_error or 0.0) for backup in last]
    found = telling_update(run)
    assert found is not None
    assert found.largest
    assert found.backup.index == last[int(np.argmax(errors))].index
    assert max(errors) > 0.0
    assert told(found, "en").startswith(f"last_backup: update {found.backup.index}, episode 59, step {found.backup.step}: ")
    assert "TD 오차가 가장 큰" in told(found, "ko")


def test_errors_are_those_of_the_backups():
    run = QLearning().learn(TUTORIAL, episodes=9, seed=3, trace=True)
    assert run.trace is not None
    assert td_errors(run.trace, 5, 40).tolist() == [backup.td_error for backup in run.trace[5:40]]


def test_an_episode_in_which_nothing_changed_is_passed_over():
    run = QLearning(step_size=1.0).learn(Maze.from_text("S.G"), episodes=200, seed=0, trace=True)
    found = telling_update(run)
    if found is not None and found.largest:
        assert abs(found.backup.td_error or 0.0) > 1e-6
    settled = QLearning(step_size=1.0).learn(Maze.from_text("S.G"), episodes=2_000, seed=0, trace=True)
    assert settled.trace is not None
    none = telling_update(settled)  # every update of the last episodes is without effect: the very last
    assert none is not None
    assert not none.largest
    assert none.backup.index == len(settled.trace) - 1
    assert told(none, "en") == f"last_backup: update {none.backup.index:,}"


def test_of_a_planner_the_last_sweep_that_changed_anything():
    run = ValueIteration().solve(TUTORIAL, trace=True)
    assert run.trace is not None
    found = telling_update(run)
    assert found is not None
    assert abs(found.backup.td_error or 0.0) > 0.5
    later = [backup for backup in run.trace if backup.index // run.trace.each > found.backup.index // run.trace.each]
    assert later
    assert all(backup.td_error == 0.0 for backup in later)
    assert "last sweep that changed anything" in told(found, "en")
    assert run.steps < SWEEPS


def test_without_a_record_there_is_nothing_to_draw():
    run = QLearning().learn(TUTORIAL, episodes=2, seed=0, trace=True)
    assert telling_update(replace(run, trace=None)) is None
    begun = QLearning().learn(TUTORIAL, steps=2, seed=0, trace=True)
    assert begun.episodes == 0
    found = telling_update(begun)
    assert found is not None
    assert found.backup.index == 1
