import gymnasium
import numpy as np
import pytest

from mazefit.agents import GaussSeidelValueIteration, PrioritizedSweeping, ValueIteration, solve
from mazefit.agents.planning.backward_order import backward_order, predecessors
from mazefit.agents.planning.heap import put, take_out
from mazefit.agents.planning.prioritized_sweeping import look_at
from mazefit.agents.planning.process import flat, model_of, start_values
from mazefit.envs.maze import Maze
from mazefit.envs.tables import TabularMDP
from tests.agents.planners import five_by_five
from tests.agents.worlds import coin, corridor


def test_the_heap_against_a_sorted_list() -> None:
    rng = np.random.default_rng(0)
    heap, place, priority = np.empty(30, dtype=np.int32), np.full(30, -1, dtype=np.int32), np.zeros(30)
    waiting: dict[int, float] = {}
    size = 0
    for _ in range(4_000):
        state = int(rng.integers(30))
        if rng.random() < 0.6:
            waiting[state] = float(rng.integers(6))
            size = put.python(heap, place, priority, size, state, waiting[state])
        elif state in waiting:
            del waiting[state]
            size = take_out.python(heap, place, priority, size, state)
        assert size == len(waiting)
        keys = [(-waiting[s], s) for s in heap[:size].tolist()]
        assert all(keys[(at - 1) // 2] < keys[at] for at in range(1, size))
        if waiting:
            assert int(heap[0]) == min(waiting, key=lambda s: (-waiting[s], s))
        assert sorted(heap[:size].tolist()) == sorted(waiting)
        assert all(heap[place[s]] == s for s in waiting)
        assert {int(s) for s in np.flatnonzero(place < 0)} == set(range(30)) - set(waiting)


def test_backups_of_a_corridor_by_hand() -> None:
    # v begins at -1 / (1 - 1/2) = -2: state 2 is wrong by 3, then state 1 by 3/2, then state 0 by 3/4
    run = PrioritizedSweeping(0.5, theta=0.0).solve(corridor(4), trace=True)
    assert run.trace is not None
    assert run.trace.rows.column("state").tolist() == [2, 1, 0]
    assert run.trace.rows.column("priority").tolist() == [3.0, 1.5, 0.75]
    assert run.v[:3].tolist() == [-1.25, -0.5, 1.0]
    assert [backup.td_error for backup in run.trace] == [3.0, 1.5, 0.75]
    assert run.steps == 3


def test_the_most_urgent_is_always_next() -> None:
    lake = TabularMDP.from_env(gymnasium.make("FrozenLake-v1"))
    run = PrioritizedSweeping(0.9, max_backups=300).solve(lake, trace=True)
    assert run.trace is not None
    states, priorities = (run.trace.rows.column(name) for name in ("state", "priority"))
    for row in range(0, 300, 7):
        v = run.trace.tables_at(row)["v"]
        errors = np.abs(ValueIteration(0.9, max_sweeps=1).rule.result(run.settings, run.model, {"v": v})[0].max(axis=1) - v)
        assert errors.max() == pytest.approx(priorities[row], rel=1e-12)
        assert errors[states[row]] == pytest.approx(priorities[row], rel=1e-12)


@pytest.mark.parametrize("discount", [0.5, 0.9])
def test_run_to_an_empty_queue_it_stands_where_value_iteration_does(discount: float) -> None:
    worlds = [gymnasium.make("FrozenLake-v1"), coin(), five_by_five(), *(Maze.generate(3, 3, seed=s) for s in range(30))]
    for world in worlds:
        run = PrioritizedSweeping(discount, theta=0.0, max_backups=500_000).solve(world)
        assert run.steps < 500_000
        other = ValueIteration(discount, tolerance=0.0).solve(world)
        np.testing.assert_allclose(run.v, other.v, rtol=1e-12, atol=1e-12)


def test_errors_of_either_sign_count() -> None:
    cliff = gymnasium.make("CliffWalking-v1", is_slippery=True)  # at discount 1 values are counted down from 0
    run = PrioritizedSweeping(1.0, theta=1e-13).solve(cliff, trace=True)
    np.testing.assert_allclose(run.v, solve(cliff, 1.0).v, rtol=1e-11)
    assert run.trace is not None
    assert run.trace[0].td_error == -run.trace.rows.column("priority")[0]


def test_a_state_that_has_come_right_waits_no_longer() -> None:
    process = (*flat(model_of(corridor(4))), 2, 0.5)
    heap, place, priority = np.empty(4, dtype=np.int32), np.full(4, -1, dtype=np.int32), np.zeros(4)
    v = np.array([0.0, 0.0, 7.0, 0.0])
    assert look_at.python(v, 2, 0.5, heap, place, priority, 0, *process) == 1  # 1 against 7
    assert (int(heap[0]), int(place[2]), float(priority[2])) == (2, 0, 6.0)
    v[2] = 1.25
    assert look_at.python(v, 2, 0.5, heap, place, priority, 1, *process) == 0
    assert place.tolist() == [-1] * 4


def test_what_waits_is_wrong_by_more_than_theta() -> None:
    run = PrioritizedSweeping(0.9, theta=1e-3).solve(gymnasium.make("FrozenLake-v1"))
    errors = np.abs(run.q.max(axis=1) - run.v)
    assert 0.0 < errors.max() <= 1e-3


def test_a_maze_takes_one_backup_a_state() -> None:
    for discount in (1.0, 0.95):
        maze = Maze.generate(6, 6, seed=1)
        open_states = int((maze.distances() > 0).sum())
        assert PrioritizedSweeping(discount, theta=1e-9).solve(maze).steps == open_states
        swept = GaussSeidelValueIteration(discount).solve(maze, trace=True)
        assert swept.steps == 2  # the second sweep sees that the first was exact
        assert swept.trace is not None
        np.testing.assert_array_equal(swept.trace.replay(1).v, solve(maze, discount).v)


def test_the_order_goes_backward_level_by_level() -> None:
    maze = Maze.generate(6, 5, seed=2, loops=0.2)
    mdp, distances = maze.mdp(), maze.distances()
    order = backward_order(mdp, start_values(mdp, 0.9)[1], 0.9, False)
    levels = distances[order]
    assert sorted(order.tolist()) == sorted(np.flatnonzero(distances > 0).tolist())
    assert (np.diff(levels) >= 0).all()


@pytest.mark.parametrize("compiled", [False, True])
def test_predecessors_against_all_outcomes(compiled: bool) -> None:
    for mdp in (TabularMDP.from_env(gymnasium.make("FrozenLake-v1")), Maze.generate(4, 4, seed=0).mdp(), coin()):
        wanted = ~mdp.absorbing
        first, sources = predecessors(mdp, np.flatnonzero(wanted), compiled)
        for state in range(mdp.states):
            leads = [
                s for s in np.flatnonzero(wanted).tolist()
                if any(to == state and not ended for a in range(mdp.actions) for _, to, _, ended in mdp.outcomes(s, a))
            ]  # fmt: skip
            assert sources[first[state] : first[state + 1]].tolist() == leads
