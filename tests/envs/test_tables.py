"""Tables of decision processes: what they hold, what they refuse, and reading them from other people's environments."""

import copy
import pickle

import gymnasium
import numpy as np
import pytest

from mazefit.envs import Maze, TabularMDP
from mazefit.errors import ConfigError, UnsupportedEnvError

TWO = {"next_state": [[0, 1], [1, 1]], "reward": [[-1, 0], [0, 0]], "terminated": [[0, 1], [1, 1]], "start": 0}
COIN = {
    "next_state": [0, 1, 1, 1], "reward": [0.0, 1.0, 2.0, 0.0], "terminated": [0, 1, 1, 1], "start": [1.0, 0.0],
    "probability": [0.25, 0.75, 1.0, 1.0], "offsets": [0, 2, 3, 4], "actions": 1,
}  # fmt: skip


class WithTable:
    def __init__(self, table: object, **more: object) -> None:
        self.P = table
        self.__dict__.update(more)


def test_deterministic_tables():
    mdp = TabularMDP(**TWO)
    assert (mdp.states, mdp.actions, mdp.deterministic, mdp.start) == (2, 2, True, 0)
    assert (mdp.next_state.dtype, mdp.reward.dtype, mdp.terminated.dtype) == (np.int32, np.float64, np.bool_)
    assert mdp.outcomes(0, 1) == [(1.0, 1, 0.0, True)]
    assert mdp.start_distribution().tolist() == [1.0, 0.0]
    assert mdp.absorbing.tolist() == [False, True]
    assert mdp.nbytes == 4 * (4 + 8 + 1)


def test_stochastic_tables():
    mdp = TabularMDP(**(COIN | {"offsets": [0, 2, 4], "next_state": [0, 1, 1, 1], "probability": [0.25, 0.75, 0.5, 0.5]}))
    assert (mdp.states, mdp.actions, mdp.deterministic) == (2, 1, False)
    assert mdp.P[0] == {0: [(0.25, 0, 0.0, False), (0.75, 1, 1.0, True)]}
    assert mdp.outcome_counts.tolist() == [2, 2]
    assert mdp.absorbing.tolist() == [False, False]


def test_transitions_as_in_toy_text():
    table = TabularMDP(**TWO).P
    assert len(table) == 2
    assert list(table) == [0, 1]
    assert table[np.int64(0)] == {0: [(1.0, 0, -1.0, False)], 1: [(1.0, 1, 0.0, True)]}
    assert all(type(part) in (int, float, bool) for row in table.values() for cell in row.values() for part in cell[0])
    for missing in (-1, 2, "0", None):
        assert missing not in table
        with pytest.raises(KeyError):
            table[missing]


@pytest.mark.parametrize(("state", "action"), [(-1, 0), (2, 0), (0, -1), (0, 2)])
def test_outcomes_out_of_range(state: int, action: int):
    with pytest.raises(IndexError, match="expected states 0 to 1 and actions 0 to 1"):
        TabularMDP(**TWO).outcomes(state, action)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"next_state": [[0.0, 1.0], [1.0, 1.0]]}, "next_state: expected integers, got float64"),
        ({"next_state": [[0, np.nan], [1, 1]]}, "next_state: expected integers"),
        ({"next_state": [[0, 2], [1, 1]]}, "next_state: expected states 0 to 1, got 0 to 2"),
        ({"next_state": [[0, -1], [1, 1]]}, "next_state: expected .* got -1 to 1"),
        ({"next_state": [[0, 2**32], [1, 1]]}, "next_state: expected .* 4294967296"),
        ({"next_state": [0, 1]}, r"next_state: expected shape \[S, A\]"),
        ({"next_state": [[0], [1, 1]]}, "next_state: expected an array of numbers"),
        ({"next_state": np.zeros((0, 2), int)}, "next_state: expected shape"),
        ({"reward": [[0, 0]]}, r"reward: expected the shape of next_state \[2, 2\], got \[1, 2\]"),
        ({"reward": [[0, np.nan], [0, 0]]}, "reward: expected finite numbers"),
        ({"reward": [[0, np.inf], [0, 0]]}, "reward: expected finite numbers"),
        ({"reward": [["x", 0], [0, 0]]}, "reward: expected an array of numbers"),
        ({"terminated": [0, 1]}, "terminated: expected the shape of next_state"),
        ({"start": 2}, "start: expected a state from 0 to 1, got 2"),
        ({"start": -1}, "start: expected a state"),
        ({"start": [0.5, 0.4]}, "start: expected a state, or 2 probabilities that sum to 1"),
        ({"start": [1.5, -0.5]}, "start: expected a state, or 2 probabilities"),
        ({"start": [1.0]}, "start: expected a state, or 2 probabilities"),
        ({"start": [np.nan, 1.0]}, "start: expected a state, or 2 probabilities"),
        ({"probability": [[1, 1], [1, 1]]}, "probability and offsets: expected both or neither"),
        (COIN | {"probability": None}, "probability"),
        (COIN | {"actions": 0}, "actions: expected an integer of at least 1, got 0"),
        (COIN | {"actions": 2}, "offsets: expected"),
        (COIN | {"offsets": [0, 2, 2, 4]}, "offsets: expected .* each cell with an outcome"),
        (COIN | {"offsets": [0, 2, 3]}, "offsets: expected"),
        (COIN | {"probability": [0.25, 0.7, 1.0, 1.0]}, "probability: expected positive numbers that sum to 1"),
        (COIN | {"probability": [-0.25, 1.25, 1.0, 1.0]}, "probability: expected positive"),
        (COIN | {"probability": [np.nan, 0.75, 1.0, 1.0]}, "probability: expected positive"),
    ],
)  # fmt: skip
def test_refusals(change: dict, sentence: str):
    with pytest.raises(ConfigError, match=sentence):
        TabularMDP(**(TWO | change))


def test_several_faults_are_named_at_once():
    with pytest.raises(ConfigError, match=r"reward: .*; terminated: "):
        TabularMDP(**(TWO | {"reward": [0], "terminated": [0]}))


def test_tables_are_read_only_and_nobody_elses():
    given = np.array([[0, 1], [1, 1]], np.int32)
    mdp = TabularMDP(**(TWO | {"next_state": given, "start": np.array([1.0, 0.0])}))
    digest = mdp.digest
    given[0, 1] = 0
    assert mdp.next_state[0, 1] == 1
    for twin in (mdp, copy.deepcopy(mdp), pickle.loads(pickle.dumps(mdp))):
        assert twin.digest == digest
        for array in (twin.next_state, twin.reward, twin.terminated, twin.start):
            with pytest.raises(ValueError, match="read-only"):
                array.flat[0] = 0


def test_digests_tell_processes_apart():
    changes: list[dict] = [{}, {"start": 1}, {"reward": [[-1, 0], [0, 1]]}, {"terminated": [[0, 0], [1, 1]]}, {"start": [1, 0]}]
    assert len({TabularMDP(**(TWO | change)).digest for change in changes}) == len(changes)
    assert TabularMDP(**TWO).digest == TabularMDP(**TWO).digest


@pytest.mark.parametrize(
    ("name", "options", "shape", "deterministic"),
    [
        ("FrozenLake-v1", {"is_slippery": True}, (16, 4), False),
        ("FrozenLake-v1", {"is_slippery": False, "map_name": "8x8"}, (64, 4), True),
        ("CliffWalking-v1", {}, (48, 4), True),
        ("Taxi-v4", {}, (500, 6), True),
    ],
)
def test_reading_gymnasiums_toys(name: str, options: dict, shape: tuple[int, int], deterministic: bool):
    """Every outcome of their `P`, zero probabilities left out, is an outcome of ours."""
    env = gymnasium.make(name, **options)
    mdp = TabularMDP.from_env(env)
    assert (mdp.states, mdp.actions) == shape
    assert mdp.deterministic == deterministic
    theirs = env.unwrapped.P
    for state in range(shape[0]):
        for action in range(shape[1]):
            expected = [(float(p), int(s), float(r), bool(t)) for p, s, r, t in theirs[state][action] if p > 0]
            assert mdp.outcomes(state, action) == expected
    weights = env.unwrapped.initial_state_distrib
    assert np.allclose(mdp.start_distribution(), weights, atol=1e-12)


def test_reading_ones_own():
    maze = Maze.named("dyna")
    mdp = maze.mdp()
    env = gymnasium.make("mazefit/Maze-v0", maze=maze)
    assert TabularMDP.from_env(mdp) is mdp
    assert TabularMDP.from_env(maze).digest == mdp.digest
    assert TabularMDP.from_env(env).digest == mdp.digest
    assert TabularMDP.from_env(WithTable(mdp.P, initial_state_distrib=mdp.start_distribution())).digest == mdp.digest


def test_one_improbable_outcome_is_not_taken_for_certain():
    with pytest.raises(ConfigError, match="sum to 1"):
        TabularMDP.from_env(WithTable({0: {0: [(0.5, 0, 0.0, True)]}}))


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        (None, "without either"),
        ({}, "got something else"),
        ({0: {0: [(1.0, 0, 0.0)]}}, "got something else"),
        ({1: {0: [(1.0, 1, 0.0, True)]}}, "numbered 0, 1"),
        ({0: {0: [(1.0, 0, 0.0, True)]}, 1: {}}, "numbered 0, 1"),
        ("text", "got something else"),
    ],
)
def test_unreadable_tables(table: object, sentence: str):
    with pytest.raises(UnsupportedEnvError, match=sentence):
        TabularMDP.from_env(WithTable(table))


def test_blackjack_has_no_tables():
    with pytest.raises(UnsupportedEnvError, match="got BlackjackEnv without either"):
        TabularMDP.from_env(gymnasium.make("Blackjack-v1"))


def test_start_weights_of_the_wrong_length():
    with pytest.raises(UnsupportedEnvError, match="expected 1 start probabilities"):
        TabularMDP.from_env(WithTable({0: {0: [(1.0, 0, 0.0, True)]}}, initial_state_distrib=[0.5, 0.5]))
