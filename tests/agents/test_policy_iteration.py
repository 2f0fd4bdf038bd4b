import gymnasium
import numpy as np
import pytest

from mazefit.agents import ModifiedPolicyIteration, PolicyEvaluation, PolicyIteration, ValueIteration, solve
from mazefit.agents.planning.compact import compact
from mazefit.agents.planning.policy_iteration import improve
from mazefit.agents.planning.process import model_of
from mazefit.backup.textbook import TEXTBOOK
from mazefit.envs.maze import Maze
from mazefit.envs.tables import TabularMDP
from tests.agents.planners import four_by_four, precise, ring
from tests.agents.worlds import coin, corridor, six_worlds


def _improved(values: list[float], policy: list[int], slack: float) -> tuple[int, list[float], list[float]]:
    """One state of three actions that end the episode with these rewards."""
    mdp = TabularMDP([[0, 0, 0]], [values], [[1, 1, 1]], start=0)
    settings = {"states": 1, "actions": 3, "discount": 0.9}
    ready = compact(settings, model_of(mdp, order=np.zeros(1, dtype=np.int32)))
    table = np.array(policy, dtype=np.float64)
    changed = improve.python(ready.values, ready.order, ready.target, table, slack, *ready.process)
    return changed, table.tolist(), ready.target.tolist()


def test_improvement_by_hand() -> None:
    assert _improved([1.0, 3.0, 3.0], [0], 1e-12) == (1, [1.0], [3.0])  # the first of two that tie
    assert _improved([1.0, 3.0, 3.0], [2], 1e-12) == (0, [2.0], [3.0])  # the present one of two that tie
    assert _improved([1.0, 3.0, 3.0 + 1e-13], [1], 1e-12) == (0, [1.0], [3.0 + 1e-13])
    assert _improved([1.0, 3.0, 3.0 + 1e-13], [1], 0.0) == (1, [2.0], [3.0 + 1e-13])
    assert _improved([-1.0, -3.0, -2.0], [1], 1e-12) == (1, [0.0], [-1.0])


def test_policies_of_a_corridor_by_hand() -> None:
    # all left: v = -1 / (1 - 1/2) = -2, then state 2 turns right (1 > -2), then 1 (-1/2 > -2), then 0 (-5/4 > -2)
    run = PolicyIteration(0.5, tolerance=0.0).solve(corridor(4), trace=True)
    assert run.tables["policy"].tolist()[:3] == [1, 1, 1]
    assert run.v[:3].tolist() == [-1.25, -0.5, 1.0]
    assert run.trace is not None
    improvements = np.flatnonzero(run.trace.rows.column("improve"))
    policies = [run.trace.tables_at(int(row) + 1)["policy"][:3].tolist() for row in improvements]
    assert policies == [[0, 0, 1], [0, 1, 1], [1, 1, 1], [1, 1, 1]]


def test_policy_iteration_ends_with_a_policy_that_has_its_values() -> None:
    for world in six_worlds().values():
        run = precise(PolicyIteration, 0.9).solve(world)
        policy = run.tables["policy"].astype(int)
        again = PolicyEvaluation(0.9, tolerance=1e-15).solve(world, policy)
        np.testing.assert_allclose(again.v, run.v, rtol=1e-12, atol=1e-12)
        assert run.greedy_actions[np.arange(len(policy)), policy].all()


def test_modified_policy_iteration_with_one_sweep_is_value_iteration_to_the_bit() -> None:
    for discount in (1.0, 0.9):
        for world in (*six_worlds().values(), coin(), four_by_four()):
            one = ModifiedPolicyIteration(discount, sweeps=1).solve(world, trace=True)
            other = ValueIteration(discount).solve(world, trace=True)
            assert one.v.tobytes() == other.v.tobytes()
            assert one.steps == other.steps
            assert one.trace is not None
            assert other.trace is not None
            for k in range(min(5, one.steps)):
                assert one.trace.replay(k).v.tobytes() == other.trace.replay(k).v.tobytes()


def test_modified_policy_iteration_with_many_sweeps_is_policy_iteration() -> None:
    worlds = (*six_worlds().values(), *(Maze.generate(3, 3, seed=seed, loops=0.3) for seed in range(20)))
    for discount in (1.0, 0.9):
        for world in worlds:
            many = precise(ModifiedPolicyIteration, discount, sweeps=10**6).solve(world)
            policies = precise(PolicyIteration, discount).solve(world)
            np.testing.assert_allclose(many.v, policies.v, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("sweeps", [1, 2, 3, 5, 20, 100])
def test_every_number_of_sweeps_arrives(sweeps: int) -> None:
    for name, discount in (("FrozenLake-v1", 0.95), ("FrozenLake-v1", 1.0), ("CliffWalking-v1", 1.0), ("Taxi-v4", 1.0)):
        env = gymnasium.make(name)
        run = precise(ModifiedPolicyIteration, discount, sweeps=sweeps).solve(env)
        np.testing.assert_allclose(run.v, solve(env, discount).v, rtol=1e-12, atol=1e-12)


def test_actions_that_nearly_tie_do_not_keep_it_from_settling() -> None:
    mdp = TabularMDP([[0, 0]], [[1.0, 1.0 + 5e-13]], [[0, 0]], start=0)
    for planner in (PolicyIteration, ModifiedPolicyIteration):
        run = planner(0.9, tolerance=0.0, max_sweeps=20_000).solve(mdp)
        assert run.steps < 20_000
        np.testing.assert_allclose(run.v, solve(mdp, 0.9).v, atol=1e-11)


def test_at_discount_1_going_round_is_not_evaluated_for_ever() -> None:
    # from values of 0, going round at -1 looks better than ending at -5: only values from below tell otherwise
    run = ModifiedPolicyIteration(1.0, sweeps=10**6, max_sweeps=1_000).solve(ring())
    assert run.steps < 1_000
    assert run.v.tolist() == [-5.0, -6.0, 0.0, -np.inf, 0.0]


def test_improvements_are_maxima_and_evaluations_means() -> None:
    run = ModifiedPolicyIteration(0.9, sweeps=3, max_sweeps=6).solve(gymnasium.make("FrozenLake-v1"), trace=True)
    assert run.trace is not None
    assert run.trace.rows.column("improve").tolist() == [1, 0, 0, 1, 0, 0]
    each = run.trace.each
    kinds = [run.trace[row * each + 2].algorithm for row in range(6)]
    assert kinds == ["Value iteration", "v_pi", "v_pi"] * 2
    for backup in run.trace:
        TEXTBOOK[backup.algorithm].check(backup)
    assert {backup.algorithm for backup in PolicyIteration(0.9).solve(corridor(4), trace=True).trace or ()} == {"v_pi"}
