"""The vector environment answers what Gymnasium's loop over single environments answers: step for step and seed for seed."""

import itertools

import numpy as np
import pytest
from gymnasium.vector import AutoresetMode
from hypothesis import given, settings
from hypothesis import strategies as st

from mazefit.envs import Maze
from mazefit.kernel import numba_available
from tests.envs.vector_twins import twins, walk

MODES = list(AutoresetMode)
KINDS = ("state", "coordinates", "grid")
BACKENDS = ["numpy", "torch", *(["compiled"] if numba_available() else [])]
LETTERS = Maze.from_text("Sab\n.#c\n..G\n\na = -5\nb = 0.25\nc = 3")


def many(count: int) -> list[Maze]:
    """A different maze for most, some twice."""
    return [Maze.generate(2, 3, seed=i % 5, loops=0.5) for i in range(count)]


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.value)
@pytest.mark.parametrize("start", ["fixed", "random"])
def test_everything_is_as_in_single_environments(backend: str, mode: AutoresetMode, start: str):
    ends = np.zeros(2, dtype=np.int64)
    for observation, limit, several in itertools.product(KINDS, (None, 6), (False, True)):
        mazes = many(5) if several else Maze.generate(2, 2, seed=1, loops=1.0)
        options = {"observation": observation, "start": start, "action_mask": several, "step_reward": -0.5, "goal_reward": 2.0}
        ends += walk(*twins(mazes, 5, limit, mode, backend=backend, **options), steps=60, seed=len(observation))
    assert ends.min() > 20


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.value)
def test_limits_that_meet_goals(backend: str, mode: AutoresetMode):
    """Episodes that are cut at once, and those that end in the very step that would cut them: both flags are set then."""
    for limit in (1, 2):
        loop, vector = twins(Maze.from_text("SG\n.."), 3, limit, mode, backend=backend)
        ends = walk(loop, vector, 40)
        assert min(ends) > 5


@pytest.mark.parametrize("backend", BACKENDS)
def test_letters_and_more_than_two_rewards(backend: str):
    assert min(walk(*twins(LETTERS, 4, 9, backend=backend, goal_reward=7.0), steps=80)) > 0


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("count", [1, 8, 1027])
def test_any_number_of_them(backend: str, count: int):
    """One, whole words of eight, and more than a block of the compiled loop."""
    assert min(walk(*twins(Maze.generate(2, 2, seed=1), count, 5, backend=backend, start="random"), steps=15)) > 0


@pytest.mark.parametrize("maze", [Maze.generate(2, 2, seed=1), LETTERS], ids=["plain", "letters"])
@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.value)
def test_many_by_numpy_are_stepped_as_few_are(maze: Maze, mode: AutoresetMode, monkeypatch: pytest.MonkeyPatch):
    """NumPy saves gathers from some thousands of environments on; here a few take that way."""
    monkeypatch.setattr("mazefit.envs.vector.engine_numpy.LARGE", 1)
    ends = np.zeros(2, dtype=np.int64)
    for start, several in itertools.product(("fixed", "random"), (False, True)):
        mazes = many(4) if several else maze
        options = {"start": start, "step_reward": -0.5, "goal_reward": 2.0, "backend": "numpy"}
        if several and maze is LETTERS:
            mazes = [LETTERS, Maze.from_text("Sab\n.#c\n.G.\n\na = 1\nb = 2\nc = 4")] * 2
        ends += walk(*twins(mazes, 4, 6, mode, **options), steps=60)
    assert ends.min() > 20


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("kind", [np.int64, np.int32, np.int16, np.int8, np.uint8], ids=lambda kind: kind.__name__)
def test_integers_of_any_width(backend: str, kind: type):
    assert walk(*twins(Maze.generate(2, 2, seed=1), 4, 5, backend=backend), steps=12, kind=kind)[1] > 0


SIZES = st.tuples(st.integers(1, 3), st.integers(2, 3))


@settings(max_examples=25, deadline=None)
@given(
    sizes=st.lists(SIZES, min_size=1, max_size=4),
    mode=st.sampled_from(MODES),
    limit=st.none() | st.integers(1, 12),
    seed=st.integers(0, 2**40),
    observation=st.sampled_from(["state", "coordinates"]),
    backend=st.sampled_from(["numpy", *BACKENDS[2:]]),
)
def test_mazes_of_any_sizes_beside_each_other(sizes, mode, limit, seed, observation, backend):
    """Gymnasium's loop has no common space for these, so each is held against a loop of its own."""
    from mazefit.envs import MazeVectorEnv

    mazes = [Maze.generate(rows, columns, seed=i, loops=0.3) for i, (rows, columns) in enumerate(sizes)]
    options = {"observation": observation, "start": "random", "max_episode_steps": limit, "autoreset_mode": mode}
    together = MazeVectorEnv(len(mazes), mazes, backend=backend, **options)
    alone = [MazeVectorEnv(1, maze, backend="numpy", **options) for maze in mazes]
    drawn = np.random.default_rng(seed)
    first, _ = together.reset(seed=seed)
    for i, env in enumerate(alone):
        np.testing.assert_array_equal(first[i], env.reset(seed=seed + i)[0][0])
    for _ in range(25):
        actions = drawn.integers(4, size=len(mazes))
        answer = together.step(actions)
        for i, env in enumerate(alone):
            for one, other in zip(answer[:4], env.step(actions[i : i + 1])[:4], strict=True):
                np.testing.assert_array_equal(one[i], other[0])
        over = answer[2] | answer[3]
        if mode == AutoresetMode.DISABLED and over.any():
            again, _ = together.reset(options={"reset_mask": over})
            for i in np.flatnonzero(over):
                np.testing.assert_array_equal(again[i], alone[i].reset()[0][0])
