import gymnasium
import numpy as np
import pytest

from mazefit.agents import EpsilonGreedy, QLearning, certify
from mazefit.agents.learning.q_learning import RULE, q_learning_update
from mazefit.envs.maze import Maze
from mazefit.errors import ConfigError
from tests.agents.worlds import six_worlds

TWO = (0, 1)


@pytest.mark.parametrize(
    ("reward", "arrival", "ended", "target", "new"),
    [
        (-1.0, 1, False, -1.0 + 0.9 * 4.0, 1.0 + 0.5 * (-1.0 + 0.9 * 4.0 - 1.0)),  # the best of the arrival, discounted
        (-1.0, 1, True, -1.0, 1.0 + 0.5 * (-1.0 - 1.0)),  # nothing beyond a terminal
        (2.0, 0, False, 2.0 + 0.9 * 1.0, 1.0 + 0.5 * (2.0 + 0.9 * 1.0 - 1.0)),  # a bump: the arrival is the state itself
    ],
)
@pytest.mark.parametrize("compiled", [False, True])
def test_the_update_by_hand(reward: float, arrival: int, ended: bool, target: float, new: float, compiled: bool) -> None:
    q = np.array([1.0, 0.5, 3.0, 4.0])
    assert q_learning_update.run(compiled, q, 0, reward, arrival, ended, 0.5, 0.9, TWO) == target
    assert q.tolist() == [new, 0.5, 3.0, 4.0]


@pytest.mark.parametrize("world", six_worlds().items(), ids=lambda item: item[0])
def test_plain_and_compiled_write_the_same_bytes(world: tuple[str, object]) -> None:
    learner = QLearning(step_size=0.3, discount=0.97, policy=EpsilonGreedy(0.15))
    for seed in range(10):
        plain = learner.learn(world[1], steps=3000, seed=seed, trace=True, backend="python")
        fast = learner.learn(world[1], steps=3000, seed=seed, trace=True, backend="compiled")
        auto = learner.learn(world[1], steps=3000, seed=seed)
        assert plain.q.tobytes() == fast.q.tobytes() == auto.q.tobytes()
        assert plain.returns.tobytes() == fast.returns.tobytes()
        assert plain.lengths.tobytes() == fast.lengths.tobytes()
        assert plain.trace is not None
        assert fast.trace is not None
        for name in RULE.schema:
            assert plain.trace.rows.column(name).tobytes() == fast.trace.rows.column(name).tobytes()
        assert plain.trace.replay().q.tobytes() == fast.trace.replay().q.tobytes() == plain.q.tobytes()


def test_the_switch_from_plain_to_compiled_leaves_no_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    maze = Maze.named("dyna")
    whole = QLearning().learn(maze, steps=20_000, seed=4, backend="python")
    monkeypatch.setattr("mazefit.agents.progress.PLAIN_STEPS", 7_000)
    monkeypatch.setattr("mazefit.agents.progress.BLOCK", {False: 1_000, True: 3_333})
    assert QLearning().learn(maze, steps=20_000, seed=4).q.tobytes() == whole.q.tobytes()


@pytest.mark.parametrize(
    "env",
    [
        gymnasium.make("FrozenLake-v1", is_slippery=False),
        gymnasium.make("CliffWalking-v1"),
        gymnasium.make("CliffWalking-v1", max_episode_steps=30),
    ],
)
def test_the_step_route_equals_the_table_route_where_nothing_is_random(env: gymnasium.Env) -> None:
    learner = QLearning(step_size=0.5, discount=0.9)
    tables = learner.learn(env, steps=4000, seed=2, trace=True)
    steps = learner.learn(gymnasium.Wrapper(env), steps=4000, seed=2, trace=True)
    assert tables.q.tobytes() == steps.q.tobytes()
    assert tables.lengths.tobytes() == steps.lengths.tobytes()
    assert tables.trace is not None
    assert steps.trace is not None
    assert tables.trace.rows.column("cell").tobytes() == steps.trace.rows.column("cell").tobytes()


def test_every_backup_of_a_run_keeps_its_spec() -> None:
    for world in six_worlds().values():
        run = QLearning(step_size=0.5, discount=0.9).learn(world, steps=600, seed=1, trace=True)
        assert run.trace is not None
        assert len(run.trace) == 600
        for backup in run.trace:
            RULE.spec.check(backup)


def test_a_truncated_episode_bootstraps_and_a_terminated_one_does_not() -> None:
    run = QLearning().learn(
        gymnasium.make("FrozenLake-v1", is_slippery=False, max_episode_steps=3), steps=400, seed=0, trace=True
    )
    assert run.trace is not None
    ends = [b for b in run.trace if b.branches[0].node.truncated or b.branches[0].node.terminal]
    assert {b.branches[0].node.terminal for b in ends} == {True, False}
    for backup in ends:
        arrival = backup.branches[0].node
        assert (len(arrival.edges) == 0) == arrival.terminal
        assert backup.step is not None
        assert backup.step <= 2
    assert run.lengths.max() == 3


def test_initial_values_never_stand_in_absorbing_states() -> None:
    maze = Maze.named("tutorial")
    run = QLearning(step_size=0.1).learn(maze, steps=0, seed=0, initial=5.0)
    assert run.q[:8].tolist() == [[5.0] * 4] * 8
    assert run.q[8].tolist() == [0.0] * 4
    table = np.arange(36.0).reshape(9, 4)
    assert QLearning().learn(maze, steps=0, seed=0, initial=table).q[:8].tolist() == table[:8].tolist()


def test_the_shortest_path_of_the_dyna_maze_on_30_of_30_seeds() -> None:
    maze = Maze.named("dyna")
    learner = QLearning(step_size=0.5, discount=0.95, policy=EpsilonGreedy(0.1))
    lengths = [certify(maze, learner.learn(maze, episodes=500, seed=seed).q, 0.95).greedy_length for seed in range(30)]
    assert lengths == [14] * 30


def test_ties_are_broken_at_random() -> None:
    # the first index always would walk into the upper wall for ever: a table of zeros must still reach the goal
    run = QLearning(policy=EpsilonGreedy(0.0)).learn(Maze.named("dyna").mdp(0.0, 1.0), episodes=1, seed=0)
    assert run.returns.tolist() == [1.0]


def test_the_same_seed_gives_the_same_run_and_none_draws_one_and_records_it() -> None:
    maze = Maze.named("tutorial")
    first, second = QLearning().learn(maze, episodes=20), QLearning().learn(maze, episodes=20)
    assert first.seed != second.seed
    again = QLearning().learn(maze, episodes=20, seed=first.seed)
    assert again.q.tobytes() == first.q.tobytes()


def test_all_wrong_fields_at_once() -> None:
    with pytest.raises(ConfigError) as refused:
        QLearning(step_size=0.0, discount=1.5, policy="greedy")
    message = str(refused.value)
    assert "step_size: expected a number with 0 < step_size <= 1, got 0.0" in message
    assert "discount: expected a number with 0 <= discount <= 1, got 1.5" in message
    assert "policy: expected EpsilonGreedy, Greedy, Softmax or UCB, got 'greedy'" in message
    assert "\n" not in message


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({}, "episodes and steps: expected one of the two, got neither"),
        ({"episodes": 1, "steps": 1}, "episodes and steps: expected one of the two, got both"),
        ({"episodes": -1}, "episodes: expected an integer of at least 0, got -1"),
        ({"steps": 2.5}, "steps: expected an integer of at least 0, got 2.5"),
        ({"episodes": 1, "seed": -3}, "seed: expected an integer"),
        ({"episodes": 1, "seed": "x"}, "seed: expected an integer"),
        ({"episodes": 1, "backend": "compild"}, "backend: unknown 'compild'; did you mean 'compiled'?"),
        (
            {"episodes": 1, "initial": [1.0, 2.0]},
            "initial: expected a finite number or an array of shape [9, 4], got shape [2]",
        ),
        ({"episodes": 1, "initial": float("nan")}, "initial: expected a finite number"),
        ({"episodes": 1, "initial": "zero"}, "initial: expected a number or [S, A] numbers, got 'zero'"),
    ],
)
def test_bad_arguments_of_learn(arguments: dict[str, object], sentence: str) -> None:
    with pytest.raises(ConfigError) as refused:
        QLearning().learn(Maze.named("tutorial"), **arguments)
    assert sentence in str(refused.value)


def test_numpy_numbers_are_fine() -> None:
    learner = QLearning(step_size=np.float32(0.5), discount=np.int64(1), policy=EpsilonGreedy(np.float64(0.25)))
    assert learner == QLearning(step_size=0.5, discount=1.0, policy=EpsilonGreedy(0.25))
    assert type(learner.step_size) is type(learner.discount) is float
    run = learner.learn(Maze.named("tutorial"), episodes=np.int64(3), seed=np.uint8(7))
    assert type(run.seed) is int
