import gymnasium
import numpy as np
import pytest

from mazefit.agents import ValueIteration, solve
from mazefit.agents.planning.backups import value_backup
from mazefit.agents.planning.value_iteration import RULE
from mazefit.backup import TraceOptions
from mazefit.envs.maze import Maze
from mazefit.errors import ConfigError, UnsupportedEnvError
from tests.agents.worlds import BareEnv, coin, corridor, six_worlds


def test_the_backup_by_hand() -> None:
    mdp = coin()
    flat = (mdp.next_state, mdp.reward, mdp.terminated, mdp.probability, mdp.offsets)
    for run in (value_backup.python, value_backup.compiled):
        # max of 1/2 (-1 + 0.9 · 4) + 1/2 · 3 and 0
        assert run(np.array([4.0, 0.0]), 0, *flat, True, 2, 0.9) == 0.5 * (-1 + 0.9 * 4.0) + 0.5 * 3.0
        assert run(np.array([-90.0, 0.0]), 0, *flat, True, 2, 0.9) == 0.0


def test_sweeps_of_a_corridor_by_hand() -> None:
    run = ValueIteration(discount=0.5).solve(corridor(4), trace=True)
    assert run.trace is not None
    sweeps = [run.trace.replay(k).v[:3].tolist() for k in range(5)]
    assert sweeps == [[0, 0, 0], [-1, -1, 1], [-1.5, -0.5, 1], [-1.25, -0.5, 1], [-1.25, -0.5, 1]]
    assert run.steps == 4  # the last sweep changes nothing
    assert len(run.trace) == 12


@pytest.mark.parametrize("world", six_worlds().items(), ids=lambda item: item[0])
@pytest.mark.parametrize("level", [0, 1, 2])
def test_replay_gives_the_same_bytes_and_every_backup_keeps_its_spec(world: tuple[str, object], level: int) -> None:
    run = ValueIteration(discount=0.9, max_sweeps=12).solve(world[1], trace=TraceOptions(level=level))
    assert run.trace is not None
    again = run.trace.replay()
    assert again.v.tobytes() == run.v.tobytes()
    assert again.q.tobytes() == run.q.tobytes()
    for i in range(0, len(run.trace), max(1, len(run.trace) // 40)):
        RULE.spec.check(run.trace[i])


def test_the_diagram_has_the_max_and_the_expectation() -> None:
    run = ValueIteration(discount=0.9).solve(gymnasium.make("FrozenLake-v1"), trace=True)
    assert run.trace is not None
    backup = run.trace[100]
    assert backup.root.combine == "max"
    assert len(backup.branches) == 4
    assert {edge.node.combine for edge in backup.branches} == {"expect"}
    assert all(abs(sum(e.weight or 0.0 for e in edge.node.edges) - 1.0) < 1e-12 for edge in backup.branches)
    assert backup.source == "sweep"


def test_plain_and_compiled_sweeps_write_the_same_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    maze = Maze.generate(8, 8, seed=2, loops=0.2)
    plain = ValueIteration(discount=0.97).solve(maze)
    monkeypatch.setattr("mazefit.agents.planning.value_iteration.worth_compiling", lambda cells: True)
    assert ValueIteration(discount=0.97).solve(maze).v.tobytes() == plain.v.tobytes()


def test_sweeps_equal_the_longest_path_and_one_that_changes_nothing() -> None:
    maze = Maze.generate(6, 6, seed=3)
    # v* = -(d - 1): the farthest state stands still after d - 1 sweeps
    assert ValueIteration().solve(maze).steps == maze.distances().max()


def test_it_stops_when_told() -> None:
    assert ValueIteration(discount=0.99, max_sweeps=7).solve(gymnasium.make("FrozenLake-v1")).steps == 7
    loose = ValueIteration(discount=0.9, tolerance=1e-3).solve(gymnasium.make("FrozenLake-v1"))
    assert np.abs(loose.v - solve(gymnasium.make("FrozenLake-v1"), 0.9).v).max() < 1e-2


def test_bad_arguments() -> None:
    with pytest.raises(ConfigError) as refused:
        ValueIteration(discount=2, tolerance=-1, max_sweeps=0)
    for name in ("discount", "tolerance", "max_sweeps"):
        assert f"{name}: expected" in str(refused.value)
    with pytest.raises(UnsupportedEnvError):
        ValueIteration().solve(BareEnv())
