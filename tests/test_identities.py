"""What one algorithm is of another: every identity by its sentence, and where it is tested over random mazes.

Bitwise where both add in the same order, else at 1e-12. Those that only this file states are written here; the others stand
with their families, and the table names them.

    sentence                                                            stands in
    n-step Sarsa with n = 1 is Sarsa                                    agents/learning/test_n_step_identities.py
    tree backup with n = 1 and a greedy target is Q-learning            agents/learning/test_n_step_identities.py
    tree backup with n = 1 is Expected Sarsa                            agents/learning/test_n_step_identities.py
    Q(σ) with σ = 1 is n-step Sarsa                                     agents/learning/test_n_step_identities.py
    Q(σ) with σ = 0 is tree backup                                      agents/learning/test_n_step_identities.py
    an n as long as the episode is Monte Carlo with constant α          agents/learning/test_n_step_identities.py
    off-policy n-step Sarsa with π = b is n-step Sarsa                  agents/learning/test_n_step_identities.py
    TD(λ) with λ = 0 is TD(0)                                           agents/learning/test_eligibility_identities.py
    Sarsa(λ) and Watkins's Q(λ) with λ = 0 are Sarsa and Q-learning     agents/learning/test_eligibility_identities.py
    TD(λ) with λ = 1, held still, is every-visit Monte Carlo            agents/learning/test_eligibility_identities.py
    true online TD(λ) is the on-line λ-return algorithm                 agents/learning/test_eligibility_identities.py
    off-line TD(λ) is the off-line λ-return algorithm                   here
    Expected Sarsa with a greedy policy is Q-learning                   here, agents/learning/test_one_step_and_model_updates.py
    Double Q-learning with tied tables has the target of Q-learning     here, agents/learning/test_one_step_and_model_updates.py
    Dyna-Q with n = 0 is Q-learning                                     here, agents/learning/test_learned_models.py
    modified policy iteration with m = 1 is value iteration             here, agents/test_policy_iteration.py
    modified policy iteration with m = ∞ is policy iteration            agents/test_policy_iteration.py
    prioritized sweeping to an empty queue is where value iteration ends  here, agents/test_prioritized_sweeping.py
    learned prioritized sweeping to an empty queue is, too              here, agents/learning/test_learned_models.py
    weighted importance sampling with π = b is Monte Carlo prediction   here
"""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mazefit.agents import (
    DoubleQLearning,
    DynaQ,
    EpsilonGreedy,
    ExpectedSarsa,
    Greedy,
    LearnedPrioritizedSweeping,
    ModifiedPolicyIteration,
    MonteCarloPrediction,
    OfflineLambdaReturn,
    OffPolicyMonteCarlo,
    PrioritizedSweeping,
    QLearning,
    TDLambda,
    ValueIteration,
)
from mazefit.agents.learning.double_q_learning import double_q_learning_update
from mazefit.backup.one_step import CELL, TERMINATED
from mazefit.envs.maze import Maze
from mazefit.envs.tables import TabularMDP
from tests.agents.learning.n_step_cases import columns, fed
from tests.agents.learning.traced import STILL, backward_sums, traced

HERE = "test_identities.py"
N_STEP = "agents/learning/test_n_step_identities.py"
TRACES = "agents/learning/test_eligibility_identities.py"
UPDATES = "agents/learning/test_one_step_and_model_updates.py"
MODELS = "agents/learning/test_learned_models.py"
ITERATION = "agents/test_policy_iteration.py"
SWEEPING = "agents/test_prioritized_sweeping.py"
ONE_STEP = "test_one_step_of_each_is_the_one_step_rule"

IDENTITIES: dict[str, tuple[tuple[str, str], ...]] = {
    "n-step Sarsa with n = 1 is Sarsa": ((N_STEP, ONE_STEP),),
    "tree backup with n = 1 and a greedy target is Q-learning": (
        (N_STEP, "test_one_step_tree_backup_with_a_greedy_target_is_q_learning"),
    ),
    "tree backup with n = 1 is Expected Sarsa": ((N_STEP, ONE_STEP),),
    "Q(σ) with σ = 1 is n-step Sarsa": ((N_STEP, "test_q_sigma_at_its_ends"),),
    "Q(σ) with σ = 0 is tree backup": ((N_STEP, "test_q_sigma_at_its_ends"),),
    "an n as long as the episode is Monte Carlo with constant α": (
        (N_STEP, "test_an_n_as_long_as_the_episode_is_every_visit_monte_carlo_with_constant_step_size"),
        (N_STEP, "test_an_n_as_long_as_the_episode_is_monte_carlo"),
    ),
    "off-policy n-step Sarsa with π = b is n-step Sarsa": (
        (N_STEP, "test_off_policy_with_the_behaviour_as_target_is_n_step_sarsa"),
    ),
    "TD(λ) with λ = 0 is TD(0)": ((TRACES, "test_lambda_0_is_td_0_to_the_bit"),),
    "Sarsa(λ) and Watkins's Q(λ) with λ = 0 are Sarsa and Q-learning": (
        (TRACES, "test_lambda_0_is_sarsa_and_q_learning_to_the_bit"),
    ),
    "TD(λ) with λ = 1, held still, is every-visit Monte Carlo": (
        (TRACES, "test_lambda_1_is_every_visit_monte_carlo_while_values_are_held_still"),
    ),
    "true online TD(λ) is the on-line λ-return algorithm": (
        (TRACES, "test_true_online_is_the_online_lambda_return_algorithm"),
    ),
    "off-line TD(λ) is the off-line λ-return algorithm": (
        (HERE, "test_off_line_td_lambda_is_the_off_line_lambda_return_algorithm"),
        (TRACES, "test_backward_is_forward_while_values_are_held_still"),
    ),
    "Expected Sarsa with a greedy policy is Q-learning": (
        (HERE, "test_expected_sarsa_with_a_greedy_policy_is_q_learning"),
        (UPDATES, "test_expected_sarsa_with_a_greedy_policy_is_q_learning"),
    ),
    "Double Q-learning with tied tables has the target of Q-learning": (
        (HERE, "test_double_q_learning_with_tied_tables_has_the_target_of_q_learning"),
        (UPDATES, "test_double_q_learning_with_tied_tables_has_the_target_of_q_learning"),
    ),
    "Dyna-Q with n = 0 is Q-learning": (
        (HERE, "test_dyna_q_without_planning_is_q_learning"),
        (MODELS, "test_dyna_q_without_planning_is_q_learning_to_the_bit"),
    ),
    "modified policy iteration with m = 1 is value iteration": (
        (HERE, "test_modified_policy_iteration_with_one_sweep_is_value_iteration"),
        (ITERATION, "test_modified_policy_iteration_with_one_sweep_is_value_iteration_to_the_bit"),
    ),
    "modified policy iteration with m = ∞ is policy iteration": (
        (ITERATION, "test_modified_policy_iteration_with_many_sweeps_is_policy_iteration"),
    ),
    "prioritized sweeping to an empty queue is where value iteration ends": (
        (HERE, "test_prioritized_sweeping_to_an_empty_queue_is_where_value_iteration_ends"),
        (SWEEPING, "test_run_to_an_empty_queue_it_stands_where_value_iteration_does"),
    ),
    "learned prioritized sweeping to an empty queue is, too": (
        (HERE, "test_learned_prioritized_sweeping_to_an_empty_queue_is_where_value_iteration_ends"),
        (MODELS, "test_prioritized_sweeping_run_to_an_empty_queue_is_the_fixed_point_of_its_model"),
    ),
    "weighted importance sampling with π = b is Monte Carlo prediction": (
        (HERE, "test_weighted_importance_sampling_of_the_behaviour_itself_is_monte_carlo_prediction"),
    ),
}
COMMON: dict[str, Any] = {"step_size": 0.3, "discount": 0.9}


def mazes(count: int = 12) -> Iterator[tuple[int, Maze]]:
    """Small mazes of every kind of carving, with and without loops."""
    for seed in range(count):
        rows, width = 2 + seed % 3, 2 + seed % 2
        yield seed, Maze.generate(rows, width, ("wilson", "kruskal")[seed % 2], seed=seed, loops=0.4 * (seed % 3 > 0))


def test_every_sentence_has_its_tests() -> None:
    assert len(IDENTITIES) >= 14
    root = Path(__file__).parent
    for sentence, places in IDENTITIES.items():
        assert sentence in (__doc__ or "")
        for file, name in places:
            written = ast.parse((root / file).read_text(encoding="utf-8"))
            assert name in {node.name for node in written.body if isinstance(node, ast.FunctionDef)}, (file, name)
    named = {name for places in IDENTITIES.values() for file, name in places if file == HERE}
    assert named == {name for name in globals() if name.startswith("test_")} - {"test_every_sentence_has_its_tests"}


@pytest.mark.parametrize("lambda_", [0.0, 0.5, 0.9, 1.0])
def test_off_line_td_lambda_is_the_off_line_lambda_return_algorithm(lambda_: float) -> None:
    # the increments of a TD(λ) whose values are held still, in units of α, against one episode of the other
    for seed, maze in mazes(8):
        initial = np.random.default_rng(seed).uniform(-2.0, 0.0, maze.mdp().states)
        given: dict[str, Any] = {"episodes": 1, "seed": seed, "initial": initial, "backend": "python"}
        one = OfflineLambdaReturn(lambda_, step_size=0.01, discount=0.9).predict(maze, **given)
        trace = traced(TDLambda(step_size=STILL, discount=0.9, lambda_=lambda_, replacing=False), maze, **given)
        assert trace.rows.end == one.steps
        expected = trace.base["v"].copy()
        for cell, increment in backward_sums(trace, one.steps).items():
            expected[int(cell.removeprefix("s"))] += 0.01 * increment
        np.testing.assert_allclose(one.v, expected, rtol=1e-12, atol=1e-12)
        assert not np.array_equal(one.v, trace.base["v"])


def test_expected_sarsa_with_a_greedy_policy_is_q_learning() -> None:
    # on the same experience: Σ over tied maximisers may differ from their maximum in the last bit
    for seed, maze in mazes():
        run = QLearning(**COMMON, policy=EpsilonGreedy(0.3)).learn(maze, steps=400, seed=seed, trace=True, backend="python")
        assert run.trace is not None
        found = fed(ExpectedSarsa(**COMMON, policy=Greedy()), maze, columns(run.trace))
        np.testing.assert_allclose(found, run.q.reshape(-1), rtol=1e-12, atol=1e-12)
        other = fed(ExpectedSarsa(**COMMON, policy=EpsilonGreedy(0.3)), maze, columns(run.trace))
        assert np.abs(other - run.q.reshape(-1)).max() > 1e-3  # with another policy it is not


def test_double_q_learning_with_tied_tables_has_the_target_of_q_learning() -> None:
    for seed, maze in mazes():
        run = QLearning(**COMMON).learn(maze, steps=80, seed=seed, trace=True, backend="python")
        assert run.trace is not None
        for i, backup in enumerate(run.trace):
            q = run.trace.tables_at(i)["q"]
            mark, following, reward = (run.trace.rows.column(name)[i].item() for name in ("cell", "next", "reward"))
            selecting = q.copy()
            target = double_q_learning_update.python(
                selecting, q, mark & CELL, reward, following, bool(mark & TERMINATED), 0.3, 0.9, (0, 1, 2, 3)
            )
            assert target == backup.target
            assert selecting.tobytes() == run.trace.tables_at(i + 1)["q"].tobytes()
    double = DoubleQLearning(**COMMON).learn(Maze.named("dyna"), steps=0, seed=0)
    assert double.tables["q"].tobytes() == double.tables["second"].tobytes()  # and so are they where a run begins


def test_dyna_q_without_planning_is_q_learning() -> None:
    for seed, maze in mazes():
        for policy in (EpsilonGreedy(0.1), EpsilonGreedy(0.7)):
            one, other = (
                learner.learn(maze, steps=400, seed=seed, backend="python")
                for learner in (DynaQ(**COMMON, policy=policy, planning_steps=0), QLearning(**COMMON, policy=policy))
            )
            assert one.q.tobytes() == other.q.tobytes()
            assert (one.returns.tobytes(), one.drawn) == (other.returns.tobytes(), other.drawn)


def test_modified_policy_iteration_with_one_sweep_is_value_iteration() -> None:
    for _, maze in mazes():
        for discount in (0.9, 1.0):
            one = ModifiedPolicyIteration(discount, sweeps=1).solve(maze, trace=True)
            other = ValueIteration(discount).solve(maze, trace=True)
            assert one.steps == other.steps
            assert one.trace is not None
            assert other.trace is not None
            for k in range(one.steps + 1):
                assert one.trace.replay(k).v.tobytes() == other.trace.replay(k).v.tobytes()


def test_prioritized_sweeping_to_an_empty_queue_is_where_value_iteration_ends() -> None:
    for _, maze in mazes():
        for discount in (0.9, 1.0):
            one = PrioritizedSweeping(discount, theta=0.0, max_backups=200_000).solve(maze)
            assert one.steps < 200_000
            np.testing.assert_allclose(one.v, ValueIteration(discount, tolerance=0.0).solve(maze).v, rtol=1e-12)


def test_learned_prioritized_sweeping_to_an_empty_queue_is_where_value_iteration_ends() -> None:
    learner = LearnedPrioritizedSweeping(1.0, 0.9, EpsilonGreedy(1.0), planning_steps=10_000, threshold=0.0)
    for seed, maze in mazes(6):
        moves, ways = maze.mdp(), (maze.distances() > 0).astype(float)  # episodes begin anywhere, so that all is soon known
        world = TabularMDP(moves.next_state, moves.reward, moves.terminated, start=ways / ways.sum())
        run = learner.learn(world, steps=1500, seed=seed, backend="python")
        assert run.workings["waiting"][0] == 0
        known = run.workings["arrival"].reshape(run.q.shape) >= 0
        assert (known == ways.astype(bool)[:, None]).all()
        exact = ValueIteration(0.9, tolerance=0.0).solve(world).q
        np.testing.assert_allclose(run.q[known], exact[known], rtol=1e-12)


def test_weighted_importance_sampling_of_the_behaviour_itself_is_monte_carlo_prediction() -> None:
    for seed, maze in mazes(8):
        for first_visit in (True, False):
            given: dict[str, Any] = {"steps": 600, "seed": seed, "backend": "python"}
            one = OffPolicyMonteCarlo(discount=0.9, first_visit=first_visit).predict(maze, **given)
            other = MonteCarloPrediction(discount=0.9, first_visit=first_visit).predict(maze, **given)
            assert (one.episodes, one.drawn) == (other.episodes, other.drawn)
            np.testing.assert_allclose(one.v, other.v, rtol=1e-12, atol=1e-12)
