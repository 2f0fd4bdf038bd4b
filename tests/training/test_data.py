import math
import re
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset, TensorDataset

from mazefit.errors import ConfigError, Problems, TrainingError
from mazefit.training.data import Kind, Rows, as_source, as_tensor, not_finite, pair_of
from mazefit.training.trainer import Trainer
from tests.training.small import X, Y, curve

KIND = Kind(torch.float32, torch.device("cpu"), integer_x=False, integer_y=False)


def told(value: Any, kind: Kind = KIND, integers: bool = False) -> str:
    problems = Problems("fit")
    assert as_tensor("x", value, kind, integers, problems) is None
    (sentence,) = problems.sentences
    return sentence


def taken(value: Any, integers: bool = False, kind: Kind = KIND) -> torch.Tensor:
    problems = Problems("fit")
    tensor = as_tensor("x", value, kind, integers, problems)
    assert not problems.sentences
    assert tensor is not None
    return tensor


@pytest.mark.parametrize(
    "value",
    [
        [[1, 2], [3, 4]],
        np.array([[1, 2], [3, 4]], dtype=np.uint16),
        np.array([[1, 2], [3, 4]], dtype=">f8"),
        np.array([[1, 3], [2, 4]], dtype=np.float64).T,
        np.array([[3, 4], [1, 2]], dtype=np.float32)[::-1],
        np.array([[1, 2], [3, 4]], dtype=np.longdouble),
        torch.tensor([[1, 2], [3, 4]], dtype=torch.float16),
        torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True),
    ],
)
def test_numbers_of_any_make_become_the_models(value: Any) -> None:
    tensor = taken(value)
    assert tensor.dtype == torch.float32
    assert not tensor.requires_grad
    assert tensor.tolist() == [[1, 2], [3, 4]]


def test_read_only_arrays_and_memory() -> None:
    array = np.ones((3, 1), dtype=np.float32)
    assert taken(array).data_ptr() == array.ctypes.data  # nothing is copied where nothing must be
    array.flags.writeable = False
    assert taken(array).data_ptr() != array.ctypes.data


def test_integers_stay_where_they_are_looked_up() -> None:
    labels = np.array([2, 0, 1], dtype=np.uint8)
    assert taken(labels, integers=True).dtype == torch.int64
    assert taken(labels).dtype == torch.float32
    assert taken(np.array([True, False]), integers=True).dtype == torch.bool
    cpu = torch.device("cpu")
    assert Kind.of(nn.Sequential(nn.Embedding(3, 2), nn.Linear(2, 1)), cpu, "mse") == Kind(torch.float32, cpu, True, False)
    assert Kind.of(nn.Linear(1, 1).double(), cpu, nn.functional.cross_entropy) == Kind(torch.float64, cpu, False, True)


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ([], "x: expected at least one row along the first axis, got none"),
        (3.5, "x: expected at least one row along the first axis, got a single number"),
        ([[1, 2], [3]], "x: expected rows of one length, got a ragged list"),
        (["a", "b"], "x: expected an array of numbers, got dtype <U1"),
        (np.array([None, 1], dtype=object), "x: expected an array of numbers, got dtype object"),
        ("words", "x: expected an array of numbers, got 'words'"),
        ({"a": 1}, "x: expected an array of numbers, got {'a': 1}"),
        ([1j], "x: expected real numbers in a dense array, got torch.complex128 in layout torch.strided"),
        ([1.0, math.nan, 2.0], "x: expected finite numbers, got nan in row 1"),
        ([[1.0, 2.0], [3.0, -math.inf]], "x: expected finite numbers, got -inf in row 1"),
        ([1e300, 1.0], "x: expected finite numbers, got 1e+300, too large for float32, in row 0"),
        (torch.eye(2).to_sparse(), "x: expected real numbers in a dense array, got torch.float32 in layout torch.sparse_coo"),
        (TensorDataset(torch.eye(2)), "x: expected an array of numbers, got a TensorDataset"),
    ],
)
def test_what_is_no_data(value: Any, sentence: str) -> None:
    assert told(value) == sentence


def test_a_sum_that_overflows_is_no_infinity() -> None:
    assert not_finite(torch.full((4,), 3e38)) is None
    assert not_finite(torch.tensor([[1.0, math.inf], [math.nan, -math.inf]])) == (0, 1)
    assert not_finite(torch.tensor([math.inf, -math.inf])) == (0, 0)
    assert not_finite(torch.tensor([1, 2])) is None


@pytest.mark.parametrize("data", [None, 3, (X,), (X, Y, Y), {"x": X, "y": Y}, X])
def test_data_that_is_no_pair(data: Any) -> None:
    problems = Problems("fit")
    assert as_source("data", data, KIND, problems) is None
    assert problems.sentences[0].startswith("data: expected (x, y), a Dataset or a DataLoader, got")


def test_everything_that_is_wrong_with_a_fit_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        Trainer(curve).fit(
            (X, np.append(Y, [[math.nan]], axis=0)), validation=([[1.0]], []), epochs=0, batch_size=2.5, callbacks=[3], every=2
        )  # pyright: ignore[reportArgumentType]
    said = str(caught.value)
    for part in (
        "epochs: expected an integer of at least 1, got 0",
        "batch_size: expected an integer of at least 1, got 2.5",
        "callbacks: expected a list of functions of an event, got [3]",
        "every: expected None without a checkpoint folder, got 2",
        "y: expected finite numbers, got nan in row 10",
        "validation y: expected at least one row along the first axis, got none",
    ):
        assert part in said


def test_lengths_that_differ() -> None:
    with pytest.raises(ConfigError, match=re.escape("Trainer.fit: y: expected as many rows as x, 10, got 9")):
        Trainer(curve).fit((X, Y[:-1]), epochs=1)


def test_shapes_that_would_be_broadcast() -> None:
    with pytest.raises(ConfigError, match=re.escape("y: expected the shape of the predictions, [10, 1], got [10]; y[:, None]")):
        Trainer(curve).fit((X, Y[:, 0]), epochs=1)
    with pytest.raises(
        ConfigError, match=re.escape("Trainer.evaluate: y: expected the shape of the predictions, [10, 1], got [10, 2]")
    ):
        Trainer(curve).evaluate((X, np.hstack([Y, Y])))
    loader = DataLoader(TensorDataset(torch.tensor(X, dtype=torch.float32), torch.tensor(Y[:, 0])), batch_size=5)
    with pytest.raises(
        ConfigError, match=re.escape("y: expected the shape of the predictions, [5, 1], got [5]; y[:, None] has it")
    ):
        Trainer(curve).fit(loader, epochs=1)


def test_rows_that_the_model_does_not_take() -> None:
    trainer = Trainer(curve)
    wide = np.hstack([X, X])
    for act in (lambda: trainer.fit((wide, Y), epochs=1), lambda: trainer.predict(wide), lambda: trainer.evaluate((wide, Y))):
        with pytest.raises(
            ConfigError, match=r"x: expected rows that the model takes, got rows of shape \[2\] \(mat1 and mat2"
        ):
            act()


def test_batches_of_a_loader_are_pairs() -> None:
    x = torch.tensor(X, dtype=torch.float32)
    with pytest.raises(ConfigError, match=r"data: expected a DataLoader whose batches are \(x, y\), two tensors, got"):
        Trainer(curve).fit(DataLoader(TensorDataset(x), batch_size=5), epochs=1)


def test_a_dataset_of_two_tensors_is_rows_in_memory() -> None:
    problems = Problems("fit")
    source = as_source("data", TensorDataset(torch.tensor(X), torch.tensor(Y)), KIND, problems)
    assert isinstance(source, Rows)
    assert source.x.dtype == torch.float32


def test_an_empty_dataset() -> None:
    class Nothing(Dataset[Any]):
        def __len__(self) -> int:
            return 0

    with pytest.raises(ConfigError, match="data: expected a Dataset of at least one row, got an empty one"):
        Trainer(curve).fit(Nothing(), epochs=1)

    class Endless(Dataset[Any]):
        def __getitem__(self, index: int) -> Any:
            return index

    with pytest.raises(ConfigError, match="data: expected a Dataset of at least one row, got one without a length"):
        Trainer(curve).fit(Endless(), epochs=1)


def test_predictions_that_are_not_one_a_row() -> None:
    class First(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layer = nn.Linear(1, 1)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.layer(x)[:1]

    trainer = Trainer(First)
    with pytest.raises(
        ConfigError, match=r"Trainer.fit: model: expected a prediction for each of 2 rows, got predictions of shape \[1, 1\]"
    ):
        trainer.fit((X, Y), epochs=1)
    with pytest.raises(ConfigError, match=r"for each of 2 rows, got predictions of shape \[\]"):
        Trainer(lambda: nn.Sequential(nn.Linear(1, 1), Total())).evaluate((X, Y))


class Total(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.sum()


# Batches of a loader ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [torch.uint8, torch.int16, torch.int32, torch.int64])
def test_labels_of_a_loader_become_what_those_in_memory_become(dtype: torch.dtype) -> None:
    x, y = torch.tensor(X), torch.tensor(X[:, 0] > 5).to(dtype)
    losses = []
    for data, batches in (((x, y), {"batch_size": 4}), (DataLoader(TensorDataset(x, y), batch_size=4), {})):
        trainer = Trainer(lambda: nn.Linear(1, 2), loss=nn.functional.cross_entropy, seed=1)
        losses.append(trainer.fit(data, epochs=2, shuffle=False, **batches)["loss"].tolist())  # pyright: ignore
    assert losses[0] == losses[1]


def test_numbers_of_a_loader_become_the_models() -> None:
    pair = pair_of((torch.ones(2, 1, dtype=torch.float64), torch.tensor([[1], [2]])), KIND, "batch 1")
    assert pair.x.dtype == pair.y.dtype == torch.float32
    looked_up = KIND._replace(integer_x=True, integer_y=True)
    pair = pair_of((torch.tensor([[1], [2]], dtype=torch.int32), torch.tensor([True, False])), looked_up, "batch 1")
    assert (pair.x.dtype, pair.y.dtype) == (torch.int64, torch.bool)


def test_numbers_of_a_loader_that_are_too_large_or_not_real() -> None:
    ones = torch.ones(3, 1, dtype=torch.float64)
    with pytest.raises(
        TrainingError, match=re.escape("y: expected finite numbers, got 1e+300, too large for float32, in row 1 of batch 4")
    ):
        pair_of((ones, torch.tensor([[1.0], [1e300], [1.0]], dtype=torch.float64)), KIND, "batch 4")
    for odd, got in ((ones * 1j, "torch.complex128 in layout torch.strided"), (ones.to_sparse(), "layout torch.sparse_coo")):
        with pytest.raises(ConfigError, match=f"data: expected real numbers in dense batches, got .*{got}"):
            pair_of((odd, ones), KIND, "batch 1")
