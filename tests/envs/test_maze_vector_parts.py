"""Behind the vector environment: tables of many mazes, random streams, the kernel plain and compiled, a step on a device."""

import importlib
from typing import Any

import numpy as np
import pytest
from gymnasium.utils import seeding
from hypothesis import given, settings
from hypothesis import strategies as st

from mazefit.envs import Maze, MazeVectorEnv
from mazefit.envs.vector import engine_compiled
from mazefit.envs.vector.engine_compiled import CompiledEngine
from mazefit.envs.vector.kernels import move
from mazefit.envs.vector.plan import LONGEST
from mazefit.envs.vector.streams import Streams
from mazefit.envs.vector.tables import VectorTables, packed
from mazefit.kernel import numba_available

LETTERS = Maze.from_text("Sab\n.#c\n..G\n\na = -5\nb = 0.25\nc = 3")

# -- tables -------------------------------------------------------------------------------------------------------------------


def test_tables_are_those_of_each_maze():
    mazes = [Maze.generate(2, 3, seed=1), LETTERS, Maze.generate(2, 3, seed=2), Maze.generate(3, 2, loops=1.0), LETTERS]
    tables = VectorTables(mazes, 5, -0.5, 2.0)
    assert tables.which.tolist() == [0, 1, 2, 3, 1]
    for number, maze in enumerate(mazes):
        rows = slice(int(tables.offset[number]), int(tables.offset[number]) + maze.states)
        mdp = maze.mdp(-0.5, 2.0)
        np.testing.assert_array_equal(tables.next_state[rows] - tables.offset[number], mdp.next_state)
        np.testing.assert_array_equal(tables.reward[rows], mdp.reward)
        np.testing.assert_array_equal(tables.terminated[rows], mdp.terminated)
        np.testing.assert_array_equal(tables.distance[rows], maze.distances())
        np.testing.assert_array_equal(tables.absorbing[rows], mdp.absorbing)
        assert tables.start[number] == tables.offset[number] + maze.start
        assert [tuple(place) for place in tables.position[rows]] == [maze.position(state) for state in range(maze.states)]


def test_what_absorbed_leads_home_in_the_folded_tables():
    tables = VectorTables([Maze.from_text("SG"), LETTERS], 2, -1.0, 5.0)
    next_state, reward, terminated = tables.folded
    assert next_state[tables.goal].tolist() == [[0] * 4, [2] * 4]
    assert not reward[tables.goal].any()
    assert not terminated[tables.goal].any()
    free = ~tables.absorbing
    np.testing.assert_array_equal(next_state[free], tables.next_state[free])
    np.testing.assert_array_equal(terminated[free], tables.terminated[free])


@pytest.mark.parametrize("largest", [9, 2**27])
def test_packed_tables_hold_all_three(largest: int):
    """In 32 bits where that is enough, else in 64."""
    next_state = np.array([[0, 1], [largest, 3]])
    reward, terminated = np.array([[-1.0, -0.0], [0.0, 2.5]]), np.array([[False, True], [True, False]])
    table, worth, bits = packed(next_state, reward, terminated)
    assert table.dtype == (np.uint32 if largest == 9 else np.uint64)
    code = (table & table.dtype.type((1 << bits) - 1)).astype(np.int64)
    assert (table >> table.dtype.type(bits + 2)).tolist() == next_state.reshape(-1).tolist()
    assert worth[code].tobytes() == reward.tobytes()
    assert (code & 1).tolist() == terminated.reshape(-1).tolist()


# -- random streams -----------------------------------------------------------------------------------------------------------


@settings(max_examples=40, deadline=None)
@given(
    seeds=st.lists(st.integers(0, 2**34) | st.integers(0, 2**140), min_size=1, max_size=6),
    bounds=st.lists(st.integers(1, 2**31 - 1) | st.integers(1, 50), min_size=1, max_size=25),
    chance=st.randoms(use_true_random=False),
)
def test_streams_are_numpys_generators(seeds: list[int], bounds: list[int], chance: Any):
    streams = Streams(len(seeds))
    streams.seed(np.arange(len(seeds)), seeds)
    generators = [seeding.np_random(seed)[0] for seed in seeds]
    for bound in bounds:
        rows = [row for row in range(len(seeds)) if chance.random() < 0.6]
        drawn = streams.below(np.array(rows, dtype=np.int64), np.full(len(rows), bound))
        assert drawn.tolist() == [int(generators[row].integers(bound)) for row in rows]


def test_draws_that_are_thrown_away():
    """A bound just above half of 2^32 rejects nearly every second draw."""
    bound = 2**31 + 1
    streams = Streams(50)
    streams.seed(np.arange(50), list(range(50)))
    drawn = [streams.below(np.arange(50), np.full(50, bound)) for _ in range(20)]
    for row in range(50):
        generator = seeding.np_random(row)[0]
        assert [int(values[row]) for values in drawn] == [int(generator.integers(bound)) for _ in range(20)]


def test_unseeded_streams_differ():
    starts = [MazeVectorEnv(64, rows=9, columns=9, start="random", backend="numpy").reset()[0].tolist() for _ in range(2)]
    assert starts[0] != starts[1]
    assert len(set(starts[0])) > 20


# -- the compiled step --------------------------------------------------------------------------------------------------------


class PlainEngine(CompiledEngine):
    """The kernel's source run as Python."""

    def __init__(self, plan: Any) -> None:
        self.kernel = type("Plain", (), {"dispatcher": staticmethod(lambda: move.python)})
        super().__init__(plan)


@pytest.mark.skipif(not numba_available(), reason="needs numba")
@pytest.mark.parametrize("maze", [LETTERS, Maze.generate(2, 2, seed=1)], ids=["letters", "plain"])
@pytest.mark.parametrize("mode", ["NextStep", "SameStep"])
def test_the_kernel_is_the_same_plain_and_compiled(maze: Maze, mode: str):
    options = {"max_episode_steps": 6, "autoreset_mode": mode, "backend": "compiled"}
    envs, plain = (MazeVectorEnv(21, maze, **options) for _ in range(2))
    plain._engine = PlainEngine(plain._plan)
    envs.reset()
    plain.reset()
    for actions in np.random.default_rng(0).integers(4, size=(40, 21)):
        for one, other in zip(envs.step(actions)[:4], plain.step(actions)[:4], strict=True):
            assert one.tobytes() == other.tobytes()


@pytest.mark.skipif(not numba_available(), reason="needs numba")
@pytest.mark.parametrize("kind", [np.int8, np.uint8, np.int64, np.uint64])
def test_the_kernel_is_the_same_with_wide_tables(kind: Any, monkeypatch: pytest.MonkeyPatch):
    """Tables that need 64 bits, with actions of any width, signed or not."""
    options = {"max_episode_steps": 9, "autoreset_mode": "SameStep", "backend": "compiled"}
    envs = MazeVectorEnv(21, LETTERS, **options)
    monkeypatch.setattr(engine_compiled, "packed", lambda *tables: (packed(*tables)[0].astype(np.uint64), *packed(*tables)[1:]))
    wide = MazeVectorEnv(21, LETTERS, **options)
    envs.reset()
    wide.reset()
    for actions in np.random.default_rng(0).integers(4, size=(40, 21)):
        for one, other in zip(envs.step(actions)[:4], wide.step(actions.astype(kind))[:4], strict=True):
            assert one.tobytes() == other.tobytes()


@pytest.mark.parametrize("backend", ["numpy", "torch", *(["compiled"] if numba_available() else [])])
def test_time_that_does_not_fit_is_set_back(backend: str):
    """After 2^30 steps the clock begins anew; deadlines move with it."""
    envs, twin = (MazeVectorEnv(5, "S...\n...G", backend=backend, max_episode_steps=7, start="random") for _ in range(2))
    for one in (envs, twin):
        one.reset(seed=0)
    saved = envs.state_dict()
    envs.load_state_dict({**saved, "time": np.array(LONGEST - 5), "deadline": saved["deadline"] + np.int32(LONGEST - 5)})
    for actions in np.random.default_rng(0).integers(4, size=(30, 5)):
        for one, other in zip(envs.step(actions)[:4], twin.step(actions)[:4], strict=True):
            np.testing.assert_array_equal(np.asarray(one), np.asarray(other))
    assert int(envs.state_dict()["time"]) == 25


# -- a step on a device -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["NextStep", "SameStep", "Disabled"])
@pytest.mark.parametrize("observation", ["state", "coordinates", "grid"])
def test_a_step_asks_the_device_for_nothing(mode: str, observation: str):
    """No operation of a step reads a number back, depends on how many are true in a mask, or moves tensors elsewhere."""
    import torch

    dispatch = importlib.import_module("torch.utils._python_dispatch")
    seen: list[str] = []

    class Listening(dispatch.TorchDispatchMode):
        def __torch_dispatch__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            masks = (
                [a for a in args[1] if a is not None and a.dtype == torch.bool]
                if "index" in str(function) and len(args) > 1 and isinstance(args[1], list | tuple)
                else []
            )
            seen.append(f"{function} by mask" if masks else str(function))
            return function(*args, **(kwargs or {}))

    options = {"observation": observation, "autoreset_mode": mode, "start": "random", "infos": "all", "max_episode_steps": 5}
    envs = MazeVectorEnv(9, [Maze.generate(2, 2, seed=i) for i in range(9)], backend="torch", **options)
    envs.reset(seed=0)
    envs._engine.asks = envs._engine.streams._asks = False
    drawn = torch.randint(4, (12, 9), generator=torch.Generator().manual_seed(0))
    with Listening():
        for actions in drawn:
            envs.step(actions)
    assert len(seen) > 100
    asking = ("_local_scalar_dense", "nonzero", "masked_select", "by mask", "unique", "equal.default", "is_nonzero", "_to_cpu")
    assert [name for name in seen if any(word in name for word in asking)] == []


def test_mistakes_on_a_device_are_raised_by_the_next_check():
    import torch

    from mazefit.errors import InvalidActionError, ResetNeededError

    envs = MazeVectorEnv(2, "SG\n..", backend="torch", autoreset_mode="Disabled")
    envs.reset()
    envs._engine.asks = False
    assert envs.step(torch.tensor([5, 0]))[0].tolist() == [1, 0]
    with pytest.raises(InvalidActionError, match="got others since the last check"):
        envs.check()
    envs.step(torch.tensor([0, 0]))
    with pytest.raises(ResetNeededError, match="whose episode ended"):
        envs.reset()
    envs.reset()
    envs.check()
