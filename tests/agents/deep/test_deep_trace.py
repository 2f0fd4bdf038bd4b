"""Every row of a trace is a backup that keeps its rule, and says what happened."""

from typing import Any

import numpy as np
import pytest

from mazefit.agents.deep import DeepRun
from mazefit.agents.deep.backups import check_backup, deep_spec, read_backup
from mazefit.agents.deep.replay_buffer import TERMINATED, TRUNCATED
from mazefit.errors import SpecError
from tests.agents.deep.small import MAZE, Corridor, agent

VALUES = [1.0, 4.0, 2.0]


def row(rewards: list[float], flags: int = 0, selecting: list[float] | None = None, **numbers: float) -> Any:
    plain = {"prediction": 1.0, "target": 3.0, "new": 1.5, **numbers}
    labels, actions = [f"s{k}" for k in range(len(rewards) + 1)], [2, 0, 1][: len(rewards)]
    return read_backup("DQN", 0.5, 7, labels, actions, rewards, flags, VALUES, selecting, plain, 12)


def test_a_row_by_hand() -> None:
    backup = row([1.0])  # 1 + 0.5 · 4 = 3
    check_backup(deep_spec("DQN", False, 1), backup)
    assert (backup.target, backup.old, backup.new, backup.td_error, backup.step_size) == (3.0, 1.0, 1.5, 2.0, 0.25)
    arrival = backup.branches[0].node
    assert [edge.chosen for edge in arrival.edges] == [False, True, False]
    assert backup.root.label == "s0, a3"
    assert backup.evaluate() == 3.0


def test_double_chooses_by_one_network_and_values_by_the_other() -> None:
    backup = row([1.0], selecting=[9.0, 0.0, 9.0], target=1.5)  # both tie; the first counts: 1 + 0.5 · 1
    check_backup(deep_spec("double DQN", True, 1), backup)
    assert [edge.tied for edge in backup.branches[0].node.edges] == [True, False, True]
    with pytest.raises(SpecError, match=r"the tree backs up 1.5, but the target is 3"):
        check_backup(deep_spec("double DQN", True, 1), row([1.0], selecting=[9.0, 0.0, 1.0]))


def test_n_steps_nest_and_end_where_the_episode_does() -> None:
    check_backup(deep_spec("DQN", False, 3), row([1.0, 2.0, 4.0], target=1 + 0.5 * (2 + 0.5 * (4 + 0.5 * 4))))
    ended = row([1.0, 2.0], flags=TERMINATED, target=2.0)
    check_backup(deep_spec("DQN", False, 2), ended)
    assert "□" in ended.draw("text") or "■" in ended.draw("text") or "▪" in ended.draw("text")
    cut = row([1.0, 2.0], flags=TRUNCATED, target=1 + 0.5 * (2 + 0.5 * 4))
    check_backup(deep_spec("DQN", False, 2), cut)


def test_a_bootstrap_at_the_end_is_caught() -> None:
    with pytest.raises(SpecError, match=r"the tree backs up 1.0, but the target is 3"):
        check_backup(deep_spec("DQN", False, 1), row([1.0], flags=TERMINATED))


def test_a_row_without_an_error_says_nothing_of_its_step() -> None:
    backup = row([1.0], prediction=3.0)
    assert backup.step_size is None
    assert backup.new is None
    check_backup(deep_spec("DQN", False, 1), backup)


@pytest.mark.parametrize("changed", [{}, {"double": True, "n_step": 3, "dueling": True}, {"backend": "torch", "n_step": 2}])
def test_every_row_keeps_its_rule(changed: dict[str, Any]) -> None:
    run = agent(**changed).learn(MAZE, 300, seed=0, trace=True)
    trace = run.trace
    assert trace is not None
    assert len(trace) == run.updates * 8
    for index in range(len(trace)):
        trace.check(index)
    assert trace.predictions.shape == (run.updates, 8)
    np.testing.assert_array_equal(trace.errors, trace.targets - trace.predictions)
    assert [backup.td_error for backup in trace[:8]] == trace.errors[0].tolist()
    assert trace[-1].draw("svg").startswith("<svg")  # pyright: ignore


def test_rows_are_what_the_environment_did() -> None:
    """Each reward of a corridor follows from where its action led; the end is a square, and the only one."""
    trace = agent(n_step=3).learn(Corridor(), 400, seed=1, trace=True).trace
    assert trace is not None
    ends = 0
    for backup in trace[::7]:
        state, action = backup.root.label.split(", ")
        at, node = int(state[1:]), backup.root
        move = action == "a1"
        while node.edges and node.combine == "sample":
            edge = node.edges[0]
            at += move
            assert edge.node.label == f"s{at}"
            assert edge.reward == (1.0 if at == 3 else -1.0)
            assert edge.node.terminal == (at == 3)
            ends += at == 3
            node = edge.node
            if node.edges and node.combine == "sample":
                node = node.edges[0].node
                move = node.label == "a1"
    assert ends > 10


def test_the_leaves_are_the_target_network_s() -> None:
    """Until the target network follows for the first time, its values at a state are those of the run's beginning."""
    learner = agent(target_every=10_000, double=True)
    begun: DeepRun = learner.learn(Corridor(), 0, seed=2)
    trace = learner.learn(Corridor(), 300, seed=2, trace=True).trace
    assert trace is not None
    arrivals = trace.column("seen")[:, :, 1].astype(int)
    np.testing.assert_allclose(trace.column("valuing"), begun.q[arrivals], rtol=1e-5, atol=1e-6)
    assert np.abs(trace.column("selecting")[-1] - begun.q[arrivals[-1]]).max() > 0.01
