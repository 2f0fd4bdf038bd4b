import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.utils.data import DataLoader, Dataset, IterableDataset, TensorDataset

from mazefit.errors import ConfigError, Problems, TrainingError
from mazefit.training.batches import MemoryBatches, Split, batch_order
from mazefit.training.data import Kind, Rows, as_source
from mazefit.training.loaded_batches import DatasetBatches, LoadedBatches, make_batches

KIND = Kind(torch.float32, torch.device("cpu"), integer_x=False, integer_y=False)


def rows_of(count: int) -> Rows:
    x = torch.arange(float(count))[:, None]
    return Rows(x, 10 * x)


def seen(batches: Any, epoch: int, first: int = 0) -> list[list[float]]:
    return [[value for part in step.parts for value in part.x[:, 0].tolist()] for step in batches.steps(epoch, first)]


def test_the_order_is_a_function_of_seed_and_epoch_alone() -> None:
    orders = {(seed, epoch): batch_order(seed, epoch, 50).tolist() for seed in range(3) for epoch in range(3)}
    assert all(sorted(order) == list(range(50)) for order in orders.values())
    assert len({tuple(order) for order in orders.values()}) == 9
    np.random.default_rng(1).random(5)  # nobody else's numbers matter
    assert batch_order(2, 1, 50).tolist() == orders[2, 1]
    assert batch_order(0, 0, 8).tolist() == [3, 1, 6, 5, 7, 2, 0, 4]  # fixed: saved fits rest on it


def test_full_batch_keeps_the_order_of_rows() -> None:
    batches = MemoryBatches(rows_of(5), None, 1, True, 0)
    assert seen(batches, 0) == [[0, 1, 2, 3, 4]]
    assert batches.steps_each == 1
    (step,) = batches.steps(3, 0)
    assert step.parts[0].x is batches.rows.x  # nothing is copied
    assert seen(MemoryBatches(rows_of(5), 9, 1, True, 0), 0) == [[0, 1, 2, 3, 4]]


@given(st.integers(1, 40), st.integers(1, 12), st.integers(1, 4), st.integers(1, 3), st.booleans())
def test_every_row_once_an_epoch_and_shares_of_one(
    rows: int, size: int, accumulate: int, processes: int, shuffle: bool
) -> None:
    each = [MemoryBatches(rows_of(rows), size, accumulate, shuffle, 3, Split(rank, processes)) for rank in range(processes)]
    steps = [list(batches.steps(2, 0)) for batches in each]
    assert {len(own) for own in steps} == {each[0].steps_each}
    found: list[float] = []
    for together in zip(*steps, strict=True):
        parts = [part for step in together for part in step.parts]
        assert sum(part.share for part in parts) == pytest.approx(1.0)
        assert all(part.share == pytest.approx(len(part.x) / together[0].rows) for part in parts)
        assert all(torch.equal(part.y, 10 * part.x) for part in parts)
        assert {step.rows for step in together} == {sum(len(part.x) for part in parts)}
        found += [value for part in parts for value in part.x[:, 0].tolist()]
    assert sorted(found) == list(range(rows))
    if not shuffle and processes == 1:
        assert found == list(range(rows))


def test_an_epoch_can_be_taken_up_at_any_step() -> None:
    data = TensorDataset(*rows_of(11))

    class Plain(Dataset[Any]):
        def __len__(self) -> int:
            return 11

        def __getitem__(self, index: int) -> Any:
            return data[index]

    for accumulate in (1, 2):
        in_memory = MemoryBatches(rows_of(11), 2, accumulate, True, 5)
        asked = DatasetBatches(Plain(), KIND, 2, accumulate, True, 5)
        whole = seen(in_memory, 4)
        assert seen(asked, 4) == whole
        assert len(whole) == in_memory.steps_each == asked.steps_each
        for first in range(len(whole)):
            assert seen(in_memory, 4, first) == whole[first:]
            assert seen(asked, 4, first) == whole[first:]


def test_a_loader_batches_by_itself() -> None:
    loader = DataLoader(TensorDataset(*rows_of(7)), batch_size=3)
    problems = Problems("fit")
    source = as_source("data", loader, KIND, problems)
    assert source is loader
    batches = make_batches(loader, KIND, None, 2, True, 0)
    assert isinstance(batches, LoadedBatches)
    assert not batches.by_index
    assert batches.steps_each == 2
    assert seen(batches, 0) == [[0, 1, 2, 3, 4, 5], [6]]
    with pytest.raises(ConfigError, match="batch_size: expected None beside a DataLoader, which has its own, got 4"):
        make_batches(loader, KIND, 4, 1, True, 0)


def test_a_stream_of_rows_has_no_length() -> None:
    class Stream(IterableDataset[Any]):
        def __iter__(self) -> Iterator[Any]:
            x, y = rows_of(5)
            yield from zip(x, y, strict=True)

    batches = make_batches(Stream(), KIND, 2, 1, True, 0)
    assert batches.steps_each is None
    assert seen(batches, 0) == [[0, 1], [2, 3], [4]]


def test_a_loaders_generators_are_known() -> None:
    generator = torch.Generator()
    loader = DataLoader(TensorDataset(*rows_of(7)), batch_size=3, shuffle=True, generator=generator)
    assert set(make_batches(loader, KIND, None, 1, True, 0).generators) == {"loader", "sampler"}
    assert not make_batches(rows_of(3), KIND, None, 1, True, 0).generators


def test_a_whole_dataset_is_one_batch_in_its_own_order() -> None:
    class Plain(Dataset[Any]):
        def __len__(self) -> int:
            return 9

        def __getitem__(self, index: int) -> Any:
            return torch.tensor([float(index)]), torch.tensor([math.nan if index == 7 else 0.0])

    batches = DatasetBatches(Plain(), KIND, None, 1, True, 5)
    assert list(batches.sampler) == [list(range(9))]
    assert batches.steps_each == 1
    taken_up = DatasetBatches(Plain(), KIND, 2, 1, False, 5).steps(2, 3)
    with pytest.raises(TrainingError, match="y: expected finite numbers, got nan in row 1 of epoch 3, batch 4"):
        next(taken_up)  # named by its place in the epoch, of which three batches were done before
