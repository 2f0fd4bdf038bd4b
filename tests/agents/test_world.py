import gymnasium
import numpy as np
import pytest
from gymnasium.envs.toy_text.frozen_lake import FrozenLakeEnv
from gymnasium.wrappers import RecordEpisodeStatistics, TimeLimit

from mazefit.agents import QLearning
from mazefit.agents.world import draw_outcome, draw_start, open_world
from mazefit.envs.maze import Maze
from mazefit.errors import UnsupportedEnvError
from tests.agents.worlds import BareEnv, BoxEnv, PairEnv


@pytest.mark.parametrize(
    ("env", "live", "limit"),
    [
        (gymnasium.make("FrozenLake-v1"), False, 100),
        (TimeLimit(gymnasium.make("FrozenLake-v1"), 7), False, 7),
        (gymnasium.make("CliffWalking-v1"), False, 2**62),
        (gymnasium.make("Taxi-v4"), False, 200),
        (gymnasium.make("Taxi-v4", fickle_passenger=True), True, 2**62),  # its table does not tell the whole truth
        (RecordEpisodeStatistics(gymnasium.make("FrozenLake-v1")), True, 2**62),
        (gymnasium.make("FrozenLake-v1").unwrapped, False, 2**62),
        (FrozenLakeEnv(), False, 2**62),  # made without a spec
        (gymnasium.Wrapper(FrozenLakeEnv()), True, 2**62),
        (gymnasium.make("mazefit/Maze-v0", rows=3, columns=3), False, 2**62),
        (gymnasium.make("mazefit/Maze-v0", rows=3, columns=3, max_episode_steps=50), False, 50),
        (BareEnv(), True, 2**62),
        (Maze.named("dyna"), False, 2**62),
    ],
)
def test_the_route(env: object, live: bool, limit: int) -> None:
    world = open_world(env)
    assert (world.live, world.ground.limit) == (live, limit)
    assert QLearning().learn(env, steps=40, seed=0, trace=True).steps == 40


@pytest.mark.parametrize(
    ("env", "sentence"),
    [
        (PairEnv(), "env: expected discrete states and actions, got observation space Tuple(Discrete(2), Discrete(2))"),
        (BoxEnv(), "got observation space Box(0.0, 1.0, (2,), float32) and action space Discrete(2) in BoxEnv"),
        (gymnasium.make("Blackjack-v1"), "in Blackjack-v1"),
        ("FrozenLake-v1", "env: expected a Maze, a TabularMDP or a gymnasium.Env, got str"),
    ],
)
def test_what_has_no_discrete_states_is_refused_in_one_sentence(env: object, sentence: str) -> None:
    with pytest.raises(UnsupportedEnvError) as refused:
        QLearning().learn(env, episodes=1)
    assert sentence in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_bare_environment_is_learned_through_its_steps() -> None:
    run = QLearning(step_size=0.2, discount=0.9).learn(BareEnv(), episodes=300, seed=0, trace=True)
    assert run.q.shape == (4, 2)
    assert run.greedy_actions[:3, 1].all()  # going right ends soonest
    assert run.trace is not None
    assert run.trace.replay().q.tobytes() == run.q.tobytes()


@pytest.mark.parametrize("compiled", [False, True])
def test_outcomes_are_drawn_with_their_probabilities(compiled: bool) -> None:
    offsets, probability = np.array([0, 1, 4]), np.array([1.0, 0.25, 0.25, 0.5])
    drawn = [draw_outcome.run(compiled, offsets, probability, 1, chance) for chance in (0.0, 0.249, 0.25, 0.499, 0.5, 0.9999)]
    assert drawn == [1, 1, 2, 2, 3, 3]
    assert draw_outcome.run(compiled, offsets, probability, 0, 0.9999) == 0


@pytest.mark.parametrize("compiled", [False, True])
def test_starts_are_drawn_with_their_probabilities(compiled: bool) -> None:
    cumulative = np.cumsum([0.1, 0.2, 0.3, 0.4])
    drawn = [draw_start.run(compiled, cumulative, chance) for chance in (0.0, 0.09, 0.11, 0.29, 0.31, 0.59, 0.61, 0.9999)]
    assert drawn == [0, 0, 1, 1, 2, 2, 3, 3]


def test_a_slippery_lake_moves_as_its_table_says() -> None:
    run = QLearning(step_size=0.1).learn(gymnasium.make("FrozenLake-v1"), steps=60_000, seed=0, trace=True)
    assert run.trace is not None
    cells, arrivals = run.trace.rows.column("cell") & ((1 << 26) - 1), run.trace.rows.column("next")
    down_from_0 = arrivals[cells == 1]
    share = np.bincount(down_from_0, minlength=5)[[0, 1, 4]] / len(down_from_0)
    assert np.abs(share - 1 / 3).max() < 4 * np.sqrt(2 / 9 / len(down_from_0))


def test_whether_an_end_can_be_reached() -> None:
    assert open_world(gymnasium.make("FrozenLake-v1").unwrapped).can_end()
    assert open_world(BareEnv()).can_end()
    walled = Maze.from_text("S.#G", allow_unsolvable=True)
    assert not open_world(walled).can_end()
    assert open_world(Maze.from_text("S.#.G", allow_unsolvable=True).mdp(random_start=True)).can_end()
