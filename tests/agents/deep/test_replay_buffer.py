from typing import Any

import numpy as np
import pytest
import torch
from gymnasium import spaces

from mazefit.agents.deep.observations import Observations
from mazefit.agents.deep.replay_buffer import TERMINATED, TRUNCATED, ReplayBuffer

CPU = torch.device("cpu")


def buffer(capacity: int = 8, envs: int = 1, n_step: int = 3, native: bool = True) -> ReplayBuffer:
    return ReplayBuffer(capacity, Observations(spaces.Discrete(100)), envs, n_step, CPU, native)


def fill(into: ReplayBuffer, flags: list[int], first: int = 0) -> None:
    """One environment: state k, action k % 2, reward k, arrival k + 1."""
    for k, flag in enumerate(flags, first):
        given: tuple[Any, ...] = ([k], [k % 2], [float(k)], [k + 1])
        into.add(*(np.array(one) for one in given), np.array([flag], np.uint8), k)


def plain(numbers: Any) -> Any:
    return np.asarray(numbers).tolist()


@pytest.mark.parametrize("native", [True, False])
def test_n_step_rows_follow_their_episode_and_stop_at_its_end(native: bool) -> None:
    one = buffer(native=native)
    fill(one, [0, 0, TERMINATED, 0, TRUNCATED, 0])
    rows: Any = np.array([0, 1, 2, 3, 5]) if native else torch.tensor([0, 1, 2, 3, 5])
    batch = one.take(rows)
    assert plain(batch.rewards) == [[0, 1, 2, 3, 5], [1, 2, 0, 4, 0], [2, 0, 0, 0, 0]]
    assert plain(batch.inside) == [[1, 1, 1, 1, 1], [1, 1, 0, 1, 0], [1, 0, 0, 0, 0]]
    assert plain(batch.arrivals) == [3, 3, 3, 5, 6]
    assert plain(batch.live) == [0, 0, 0, 1, 1]  # the cut one is bootstrapped from; so is the newest row
    assert plain(batch.flags) == [TERMINATED, TERMINATED, TERMINATED, TRUNCATED, 0]
    assert plain(batch.states) == [0, 1, 2, 3, 5]
    assert plain(batch.actions) == [0, 1, 0, 1, 1]


def test_environments_do_not_follow_one_another() -> None:
    one = buffer(12, envs=2)
    nothing = np.zeros(2, np.uint8)
    for k in range(3):  # environment 0 in states 0, 1, 2; environment 1 in 50, 51, 52
        states = np.array([k, 50 + k])
        one.add(states, np.zeros(2, int), states * 1.0, states + 1, nothing, k)
    batch = one.take(np.array([0, 1]))
    assert plain(batch.rewards) == [[0, 50], [1, 51], [2, 52]]


def test_an_environment_that_only_resets_writes_nothing_and_links_nothing() -> None:
    one = buffer(12, envs=2)
    add = one.add
    add(np.array([0, 50]), np.zeros(2, int), np.array([0.0, 50.0]), np.array([1, 51]), np.array([TERMINATED, 0], np.uint8), 0)
    add(np.array([51]), np.zeros(1, int), np.array([51.0]), np.array([52]), np.zeros(1, np.uint8), 1, np.array([1]))
    add(np.array([9, 52]), np.zeros(2, int), np.array([9.0, 52.0]), np.array([10, 53]), np.zeros(2, np.uint8), 2)
    assert len(one) == 5
    batch = one.take(np.array([0, 1, 3]))
    assert plain(batch.rewards) == [[0, 50, 9], [0, 51, 0], [0, 52, 0]]
    assert plain(batch.live) == [0, 1, 1]


def test_the_oldest_fall_off_and_no_row_leads_to_one_that_is_gone() -> None:
    one = buffer(5)
    fill(one, [0] * 23)
    assert len(one) == 5
    assert sorted(plain(one.arrays["states"])) == [18, 19, 20, 21, 22]
    rows = np.argsort(one.arrays["states"])
    assert plain(one.take(rows).rewards) == [[18, 19, 20, 21, 22], [19, 20, 21, 22, 0], [20, 21, 22, 0, 0]]


def test_a_block_that_runs_over_the_end_is_written_around_it() -> None:
    one = buffer(5, envs=3, n_step=1)
    for k in range(3):
        states = np.arange(3) + 10 * k
        one.add(states, np.zeros(3, int), states * 1.0, states + 1, np.zeros(3, np.uint8), k)
    assert sorted(plain(one.arrays["states"])) == [11, 12, 20, 21, 22]
    assert one.at == 4


def test_every_row_is_drawn_alike() -> None:
    one = buffer(8, n_step=1)
    fill(one, [0] * 5)
    drawn = plain(one.sample(np.array([0.0, 0.2, 0.4, 0.59, 0.999999])).rows)
    assert drawn == [0, 1, 2, 2, 4]
    counts = np.bincount(one.sample(np.random.default_rng(0).random(50_000)).rows, minlength=5)
    assert counts.min() > 9_500


def test_what_is_kept_comes_back() -> None:
    one, other = buffer(5), buffer(5)
    fill(one, [0, TERMINATED, 0, 0, 0, 0, 0])
    other.restore({name: part.clone() if hasattr(part, "clone") else part for name, part in one.kept().items()})
    for each in (one, other):
        fill(each, [0, 0], first=7)
    assert all(torch.equal(one.tensors[name], other.tensors[name]) for name in one.tensors)
    assert (one.at, one.size) == (other.at, other.size)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("at", lambda one: 3),
        ("rewards", lambda one: one.float()),
        ("links", lambda one: one + 9),
        ("last", lambda one: one - 9),
        ("actions", lambda one: one - 7),
    ],
)
def test_what_does_not_fit_is_refused(name: str, change: Any) -> None:
    one = buffer(8)
    fill(one, [0] * 5)
    kept = {key: part.clone() if hasattr(part, "clone") else part for key, part in one.kept().items()}
    kept[name] = change(kept[name])
    with pytest.raises(ValueError, match=r"got|others"):
        buffer(8).restore(kept)
