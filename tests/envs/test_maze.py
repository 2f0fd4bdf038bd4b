"""The maze: what it is made of, what it refuses, how far its goals are, what it becomes as tables."""

import copy
import itertools
import pickle
from collections import deque

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mazefit.envs import ACTIONS, ALGORITHMS, Maze
from mazefit.errors import ConfigError, MazeFormatError

RING = "S..\n.#.\n..G"


def brute_distances(maze: Maze) -> list[int]:
    """Breadth-first search written once more, on rows and columns."""
    found = dict.fromkeys((divmod(goal, maze.columns) for goal in maze.goals), 0)
    queue = deque(found)
    while queue:
        row, column = queue.popleft()
        for r, c in ((row - 1, column), (row, column + 1), (row + 1, column), (row, column - 1)):
            if 0 <= r < maze.rows and 0 <= c < maze.columns and not maze.walls[r, c] and (r, c) not in found:
                found[r, c] = found[row, column] + 1
                queue.append((r, c))
    return [found.get(divmod(state, maze.columns), -1) for state in range(maze.states)]


@st.composite
def mazes(draw: st.DrawFn) -> Maze:
    rows, columns = draw(st.integers(1, 7)), draw(st.integers(2, 7))
    walls = np.array(draw(st.lists(st.booleans(), min_size=rows * columns, max_size=rows * columns)))
    start, goal, second = draw(st.permutations(range(rows * columns)))[:3] if rows * columns > 2 else (0, 1, 1)
    walls[[start, goal, second]] = False
    return Maze(walls.reshape(rows, columns), start, sorted({goal, second}), allow_unsolvable=True)


def test_text_there_and_back():
    maze = Maze.from_text(RING)
    assert str(maze) == RING
    assert (maze.rows, maze.columns, maze.start, maze.goals, maze.states) == (3, 3, 0, (8,), 9)
    assert maze.walls.tolist() == [[False] * 3, [False, True, False], [False] * 3]
    assert repr(maze) == "Maze(rows=3, columns=3, start=0, goals=(8,))"


def test_distances_and_path_by_hand():
    maze = Maze.from_text(RING)
    assert maze.distances().tolist() == [4, 3, 2, 3, -1, 1, 2, 1, 0]
    assert maze.shortest_path() == [0, 1, 2, 5, 8]


def test_the_nearest_goal_counts():
    maze = Maze.from_text("G.S...G")
    assert maze.distances().tolist() == [0, 1, 2, 3, 2, 1, 0]
    assert maze.shortest_path() == [2, 1, 0]


@given(mazes())
@settings(max_examples=150, deadline=None)
def test_distances_equal_a_plain_search(maze: Maze):
    assert maze.distances().tolist() == brute_distances(maze)
    assert maze.solvable == (maze.distances()[maze.start] >= 0)
    assert Maze.from_text(str(maze), allow_unsolvable=True) == maze
    if maze.solvable:
        path = maze.shortest_path()
        assert path[0] == maze.start
        assert path[-1] in maze.goals
        assert len(path) == maze.distances()[maze.start] + 1
        steps = {
            (abs(a // maze.columns - b // maze.columns), abs(a % maze.columns - b % maze.columns))
            for a, b in itertools.pairwise(path)
        }
        assert steps <= {(0, 1), (1, 0)}
        assert not maze.walls.reshape(-1)[path].any()


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_generated_mazes_lead_from_corner_to_corner(algorithm: str):
    maze = Maze.generate(6, 9, algorithm, seed=5)
    assert (maze.rows, maze.columns) == (11, 17)
    assert (maze.start, maze.goals) == (0, (11 * 17 - 1,))
    assert maze == Maze.generate(6, 9, algorithm, seed=5)
    assert maze != Maze.generate(6, 9, algorithm, seed=6)
    assert len({len(line) for line in str(maze).split("\n")}) == 1


def test_start_and_goals_of_a_generated_maze():
    maze = Maze.generate(3, 3, start=np.int64(24), goals=[np.int32(4), 0])
    assert (maze.start, maze.goals) == (24, (0, 4))
    assert type(maze.start) is int
    assert all(type(goal) is int for goal in maze.goals)


def test_named_mazes():
    assert str(Maze.named("tutorial")) == "S..\n...\n..G"
    dyna = Maze.named("dyna")
    assert (dyna.rows, dyna.columns, len(dyna.shortest_path()) - 1) == (6, 9, 14)
    with pytest.raises(ConfigError, match=r"unknown 'tutorail'; did you mean 'tutorial'\?"):
        Maze.named("tutorail")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"walls": np.zeros(4)}, r"walls: expected bools \[R, C\], got shape \[4\]"),
        ({"walls": np.zeros((1, 1)), "start": 0, "goals": [0]}, "walls: expected"),
        ({"walls": [[0, 1], [0]]}, r"Maze: expected bools \[R, C\]"),
        ({"start": 9}, "start: expected an integer from 0 to 8, got 9"),
        ({"start": -1}, "start: expected an integer"),
        ({"start": 1.5}, "Maze: expected"),
        ({"goals": []}, "goals: expected at least one state, got none"),
        ({"goals": [9]}, "goals: expected an integer"),
        ({"goals": [8, 8]}, r"goals: expected each once, got \[8, 8\]"),
        ({"goals": [0, 8]}, "start: expected a state other than a goal, got 0"),
        ({"start": 4}, "start: expected a free cell, got the wall at state 4"),
        ({"goals": [4]}, "goals: expected free cells, got the wall at state 4"),
        ({"marks": np.zeros((2, 2), np.uint8)}, "marks: expected the shape of walls"),
        ({"marks": np.full((3, 3), 97, np.uint8), "rewards": {"a": 1}}, "marks: expected none on walls, start and goals"),
        ({"rewards": {"a": 1}}, r"rewards: expected one for each letter \[\], got \['a'\]"),
        ({"marks": [[0, 98, 0], [0] * 3, [0] * 3]}, r"rewards: expected one for each letter \['b'\], got \[\]"),
        ({"marks": [[0, 98, 0], [0] * 3, [0] * 3], "rewards": {"b": float("nan")}}, "reward of 'b': expected a number"),
        ({"marks": [[0, 65, 0], [0] * 3, [0] * 3], "rewards": {"A": 1}}, "marks: expected codes of a to z"),
    ],
)  # fmt: skip
def test_refusals(change: dict, sentence: str):
    arguments = {"walls": np.eye(3) * [[0, 1, 0]], "start": 0, "goals": [8]}
    assert Maze(**arguments).states == 9
    with pytest.raises(ConfigError, match=sentence):
        Maze(**(arguments | change))


def test_a_goal_walled_off():
    with pytest.raises(MazeFormatError, match="goal walled off"):
        Maze.from_text("S#G")
    maze = Maze.from_text("S#G", allow_unsolvable=True)
    assert not maze.solvable
    assert maze.distances().tolist() == [-1, -1, 0]
    with pytest.raises(MazeFormatError, match="goal walled off"):
        maze.shortest_path()
    with pytest.raises(ConfigError, match="random_start: expected a goal that can be reached"):
        maze.mdp(random_start=True)


def test_nothing_in_a_maze_can_be_changed():
    walls, marks = np.zeros((1, 3), bool), np.array([[0, 97, 0]], np.uint8)
    maze = Maze(walls, 0, [2], marks=marks, rewards={"a": -5})
    walls[0, 1], marks[0, 1] = True, 0
    maze.rewards["a"] = 7.0
    assert str(maze) == "SaG\n\na = -5"
    for twin in (maze, copy.deepcopy(maze), copy.copy(maze), pickle.loads(pickle.dumps(maze))):
        assert twin == maze
        assert hash(twin) == hash(maze)
        for array in (twin.walls, twin.marks):
            with pytest.raises(ValueError, match="read-only"):
                array.flat[0] = 1
        twin.distances()[:] = 7
        assert twin.distances().tolist() == [2, 1, 0]


def test_equal_mazes_are_written_alike():
    whole, real = (Maze([[0, 0, 0]], 0, [2], marks=[[0, 97, 0]], rewards={"a": r}) for r in (-5, -5.0))
    assert whole == real
    assert hash(whole) == hash(real)
    assert whole != Maze([[0, 0, 0]], 0, [2], marks=[[0, 97, 0]], rewards={"a": -4})
    assert whole != "SaG\n\na = -5"


def test_the_tutorials_transition():
    """s4 --a1--> s1, and the reward belongs to the arrival."""
    mdp = Maze.named("tutorial").mdp()
    assert mdp.P[4][0] == [(1.0, 1, -1.0, False)]
    assert ACTIONS[0] == "up"
    assert mdp.next_state[4].tolist() == [1, 5, 7, 3]


def test_tables_by_hand():
    """Bumps stay and are paid like arrivals; letters pay on arrival; walls and goals absorb."""
    mdp = Maze.from_text("Sa#\n..G\n\na = -5").mdp(step_reward=-1, goal_reward=10)
    assert mdp.next_state.tolist() == [[0, 1, 3, 0], [1, 1, 4, 0], [2] * 4, [0, 4, 3, 3], [1, 5, 4, 3], [5] * 4]
    assert mdp.reward.tolist() == [
        [-1, -5, -1, -1], [-5, -5, -1, -1], [0] * 4, [-1, -1, -1, -1], [-5, 10, -1, -1], [0] * 4,
    ]  # fmt: skip
    ends = [[False] * 4, [False] * 4, [True] * 4, [False] * 4, [False, True, False, False], [True] * 4]
    assert mdp.terminated.tolist() == ends
    assert mdp.start == 0
    assert mdp.absorbing.tolist() == [False, False, True, False, False, True]


def test_random_starts_are_those_from_which_a_goal_can_be_reached():
    mdp = Maze.from_text("S.G#.\n####.").mdp(random_start=True)
    assert mdp.start_distribution().tolist() == [0.5, 0.5, 0, 0, 0, 0, 0, 0, 0, 0]


def test_rewards_out_of_range():
    with pytest.raises(ConfigError, match=r"step_reward: .* got nan; goal_reward: .* got 'x'"):
        Maze.named("dyna").mdp(step_reward=float("nan"), goal_reward="x")


@given(mazes())
@settings(max_examples=100, deadline=None)
def test_tables_hold_the_closed_form(maze: Maze):
    """From distance d the best return at discount 1 is -(d - 1): the tables' Bellman equation says so in every cell."""
    mdp, distance = maze.mdp(), maze.distances()
    value = np.where(distance > 0, 1.0 - distance, 0.0)
    best = (mdp.reward + np.where(mdp.terminated, 0.0, value[mdp.next_state])).max(axis=1)
    assert (best == value)[distance >= 0].all()


def test_compiled_and_plain_tables_are_the_same_bytes():
    from mazefit.envs.maze_tables import build_tables, fill_tables

    maze = Maze.generate(12, 7, "dfs", seed=3, loops=0.2)
    kind = maze.walls.astype(np.uint8).reshape(-1)
    kind[list(maze.goals)] = 2
    worth = np.where(kind == 2, 0.0, -1.0)
    tables = np.empty(4 * maze.states, np.int32), np.empty(4 * maze.states), np.empty(4 * maze.states, np.bool_)
    fill_tables.compiled(kind, worth, maze.rows, maze.columns, *tables)
    for compiled, plain in zip(tables, build_tables(maze, -1.0, 0.0), strict=True):
        assert compiled.tobytes() == plain.tobytes()


def test_a_notebook_draws_it():
    assert Maze.named("tutorial")._repr_svg_().startswith("<svg")
