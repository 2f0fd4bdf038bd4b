import gymnasium
import numpy as np
import pytest

from mazefit.agents import QLearning, certify, evaluate, solve
from mazefit.envs.maze import Maze
from mazefit.errors import ConfigError, UnsupportedEnvError
from tests.agents.worlds import BareEnv, corridor


def test_exact_values_have_no_error() -> None:
    maze = Maze.named("dyna")
    found = certify(maze, solve(maze, 0.95).q, 0.95)
    assert (found.error_visited, found.error_all) == (0.0, 0.0)
    assert (found.greedy_length, found.shortest_length, found.optimal) == (14, 14, True)
    assert found.states == (maze.distances() > 0).sum()
    assert "greedy path 14 steps, shortest possible 14" in str(found)


def test_errors_are_found_where_they_are() -> None:
    q = solve(corridor(4), 0.5).q.copy()
    q[1, 1] += 0.25
    found = certify(corridor(4), q, 0.5)
    assert (found.error_visited, found.error_all, found.visited) == (0.25, 0.25, 3)
    away = np.zeros((4, 2))
    away[:, 0] = 1.0  # always left: never arrives, and visits the start alone
    lost = certify(corridor(4), away, 0.5)
    assert (lost.greedy_length, lost.visited, lost.optimal) == (None, 1, False)
    assert "does not arrive" in str(lost)


def test_a_detour_is_longer_and_ties_count_as_their_longest() -> None:
    maze = Maze.named("tutorial")
    q = solve(maze, 1.0).q.copy()
    q[0] = [-9, -9, 0, -9]
    q[3] = [-9, -9, 0, -9]
    q[6] = [-9, 0, -9, -9]
    assert certify(maze, q).greedy_length == 4
    q[7] = [0, -9, -9, -9]  # up to the middle instead of to the goal
    q[4] = [-9, 0, -9, -9]
    assert certify(maze, q).greedy_length == 6
    q[7] = [0, 0, -9, -9]
    assert certify(maze, q).greedy_length == 6
    q[4] = [-9, 0, 0, -9]  # a tie that may lead back and forth
    assert certify(maze, q).greedy_length is None


def test_as_short_is_not_yet_optimal_where_cells_have_rewards() -> None:
    maze = Maze.from_text("Sa.\n.#.\n..G\n\na = -5")
    assert certify(maze, solve(maze).q).optimal
    through = solve(Maze.from_text("S..\n.#.\n..G")).q.copy()
    through[0] = [-9, 0, -9, -9]  # over the costly cell: as many steps, a lower return
    found = certify(maze, through)
    assert (found.greedy_length, found.shortest_length, found.optimal) == (4, 4, False)


def test_random_outcomes_have_no_single_path() -> None:
    lake = gymnasium.make("FrozenLake-v1")
    found = certify(lake, solve(lake, 0.99).q, 0.99)
    assert found.shortest_length is None
    assert abs(found.start_value - 0.542025932) < 1e-9
    assert "outcomes are random" in str(found)


def test_a_table_of_the_wrong_shape() -> None:
    with pytest.raises(ConfigError, match=r"certify: q: expected shape \[9, 4\], got \[4, 9\]"):
        certify(Maze.named("tutorial"), np.zeros((4, 9)))


def test_evaluate_walks_the_greedy_path() -> None:
    maze = Maze.named("dyna")
    run = QLearning(discount=0.95).learn(maze, episodes=500, seed=0)
    found = evaluate(run, maze, episodes=20, seed=1)
    assert found.lengths.tolist() == [14] * 20
    assert found.returns.tolist() == [-13.0] * 20
    assert found.ended.all()
    assert evaluate(run, maze, episodes=50, seed=1, greedy=False).lengths.mean() > 14
    again = evaluate(run, maze, episodes=50, seed=1, greedy=False)
    assert again.lengths.tolist() == evaluate(run, maze, episodes=50, seed=1, greedy=False).lengths.tolist()


def test_evaluate_on_steps_and_its_limits() -> None:
    run = QLearning(discount=0.9).learn(BareEnv(), episodes=200, seed=0)
    assert evaluate(run, BareEnv(), episodes=10, seed=0).ended.all()
    lost = QLearning().learn(Maze.named("dyna"), steps=0, seed=0)
    assert not evaluate(lost, Maze.named("dyna"), episodes=2, max_steps=5).ended.any()
    with pytest.raises(ConfigError, match=r"env: expected \[4, 2\] states and actions, as in the run, got \[54, 4\]"):
        evaluate(run, Maze.named("dyna"))
    lake = QLearning().learn(gymnasium.make("FrozenLake-v1"), episodes=10, seed=0)
    assert evaluate(lake, gymnasium.make("FrozenLake-v1"), episodes=30, seed=0).lengths.max() <= 100


@pytest.mark.parametrize(
    ("q", "sentence"),
    [
        (
            QLearning().learn(Maze.named("tutorial"), steps=0, seed=0),
            r"expected action values \[9, 4\] \(such as run.q\), got Run",
        ),
        ("a", "got str"),
        (np.full((9, 4), 1j), "got ndarray"),
        (np.full((9, 4), np.nan), "expected numbers, got NaN"),
    ],
)
def test_what_is_no_table(q: object, sentence: str) -> None:
    with pytest.raises(ConfigError, match=f"certify: q: .*{sentence}"):
        certify(Maze.named("tutorial"), q)


def test_what_is_no_run_and_no_environment() -> None:
    with pytest.raises(ConfigError, match="evaluate: run: expected Run, got 3"):
        evaluate(3, Maze.named("tutorial"))
    with pytest.raises(UnsupportedEnvError, match="got the class Maze itself"):
        solve(Maze)
