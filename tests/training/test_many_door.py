"""What fit_many refuses, in one sentence each, and how it is stopped without losing what was done."""

import os
import signal
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from mazefit.errors import ConfigError, DeviceError
from mazefit.training.many import StudyInterrupted, fit_many
from mazefit.training.optimizers import SGD, Adam
from tests.training.many import OURS, X_TEST, Y_TEST, Residual, X, Y, sine

SHARED = nn.Linear(1, 1)
MODEL = sine()
LINEAR = torch.optim.SGD(SHARED.parameters(), lr=0.1)


class Pair(nn.Linear):
    """Returns two things."""

    def __init__(self) -> None:
        super().__init__(1, 1)

    def forward(self, x: torch.Tensor) -> Any:
        return super().forward(x), x


def fit(make: Any = sine, **how: Any) -> Any:
    given: dict[str, Any] = {"optimizers": {"Adam": Adam()}, "seeds": (0, 1), "epochs": 3, "progress": False}
    return fit_many(make, how.pop("data", (X, Y)), **(given | how))


@pytest.mark.parametrize(
    ("how", "sentence"),
    [
        ({"optimizers": {}}, "optimizers: expected a mapping of names to optimizers, at least one, got an empty one"),
        ({"optimizers": Adam()}, r"optimizers: expected a mapping of names to optimizers, at least one, got Adam\("),
        ({"optimizers": {1: Adam()}}, "optimizers: expected names that are text, got 1"),
        ({"optimizers": {"a": 0.1}}, r"optimizers\['a'\]: expected SGD, RMSprop, Adam or a function of parameters, got 0.1"),
        ({"optimizers": {"a": LINEAR}}, r"optimizers\['a'\]: expected SGD, RMSprop, Adam or a function of parameters"),
        ({"seeds": []}, r"seeds: expected at least one integer, such as range\(100\), got none"),
        ({"seeds": 100}, r"seeds: expected at least one integer, such as range\(100\), got 100"),
        ({"seeds": [0, 3, 1, 3]}, "seeds: expected each seed once, got 3 2 times"),
        ({"seeds": [0, 0.5]}, r"seeds: expected integers from 0 to 2\*\*63 - 1, got 0.5"),
        ({"seeds": [-1]}, r"seeds: expected integers from 0 to 2\*\*63 - 1, got -1"),
        ({"epochs": 0}, "epochs: expected an integer of at least 1, got 0"),
        ({"every": 0}, "every: expected an integer of at least 1, got 0"),
        ({"batch_size": 0}, "batch_size: expected an integer of at least 1, got 0"),
        ({"loss": "msee"}, "loss: unknown 'msee'; did you mean 'mse'"),
        ({"dtype": "float16"}, "dtype: expected float32, float64 or None, got 'float16'"),
        ({"backend": "compile"}, "backend: unknown 'compile'; did you mean 'compiled'"),
        ({"device": "gpu"}, "device: expected one of"),
        ({"make": 3}, "make_model: expected a function without arguments that returns a new torch.nn.Module, got 3"),
        ({"make": MODEL}, "make_model: expected a function without arguments .* got a model that is built already"),
        ({"make": lambda: MODEL}, "make_model: expected a new model from every call, got one that shares parameters"),
        ({"make": lambda: nn.Sequential(SHARED, nn.Linear(1, 1))}, "make_model: expected a new model from every call"),
        ({"make": nn.Sigmoid}, "make_model: expected a model with parameters to fit, got one without"),
        ({"make": lambda: nn.Linear(1, int(torch.randint(1, 1000, ())))}, "make_model: expected models of the same shapes"),
        ({"data": (X, Y[:5])}, "y: expected as many rows as x, 10, got 5"),
        ({"data": (X, Y[:, 0])}, r"data: y: expected the shape of the predictions, \[10, 1\], got \[10\]; y\[:, None\] has it"),
        ({"data": (np.hstack([X, X]), Y)}, r"data: x: expected rows that the model takes, got rows of shape \[2\]"),
        ({"data": (np.where(X > 6, np.nan, X), Y)}, "x: expected finite numbers, got nan in row 9"),
        ({"data": X}, "data: expected"),
        ({"test": (X, Y[:, 0])}, r"test: y: expected the shape of the predictions"),
        ({"test": (X, np.where(X > 6, np.inf, X))}, "test y: expected finite numbers, got inf in row 9"),
        ({"backend": "compiled", "make": Residual}, "backend: expected fits that can be compiled .* got the module Residual"),
        ({"backend": "compiled", "optimizers": {"a": torch.optim.SGD}}, r"got an optimizer of torch.optim \(a\)"),
        ({"make": lambda: sine().half()}, "make_model: expected parameters in float32 or in float64, got float16"),
        ({"make": Pair, "loss": lambda p, t: (p[0] - t).abs().mean()}, "make_model: expected a model that returns one tensor"),
        ({"make": lambda: nn.Sequential(nn.Linear(1, 1), nn.Linear(1, 1).double())}, "got float32 and float64; see dtype="),
        (
            {"backend": "batched", "make": lambda: nn.Sequential(nn.Linear(1, 1), nn.BatchNorm1d(1))},
            "backend: expected fits that can be batched .* got a module with buffers",
        ),
    ],
)
def test_what_is_refused_and_how(how: dict[str, Any], sentence: str):
    with pytest.raises(ConfigError, match=sentence):
        fit(**how)


def test_everything_that_is_wrong_is_said_at_once():
    with pytest.raises(ConfigError) as error:
        fit(epochs=0, seeds=[], loss="l3", optimizers={})
    assert [word in str(error.value) for word in ("epochs:", "seeds:", "loss:", "optimizers:")] == [True] * 4


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU here")
def test_a_device_that_is_missing_is_an_error():
    with pytest.raises(DeviceError, match="cuda"):
        fit(device="cuda")


def test_same_weights_for_every_seed_are_said():
    def unseeded() -> nn.Module:
        torch.manual_seed(0)
        return sine()

    assert "every seed starts from the same weights" in str(fit(unseeded))
    assert fit().notes == ()


def test_without_numba_it_is_batched_and_says_so(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("mazefit.training.many_choice.numba_available", lambda: False)
    found = fit()
    assert (found.backend, "no numba" in found.reason) == ("batched", True)
    with pytest.raises(ConfigError, match="no numba"):
        fit(backend="compiled")


def test_global_generators_are_left_alone():
    torch.manual_seed(3)
    before = torch.get_rng_state()
    for backend in ("compiled", "batched", "one by one"):
        fit(backend=backend)
    assert torch.equal(torch.get_rng_state(), before)


class Stopping:
    """Progress that presses Ctrl-C once so much is done."""

    def __init__(self, after: int) -> None:
        self.after, self.seen = after, list[tuple[int, int]]()

    def __call__(self, done: int, total: int) -> None:
        self.seen.append((done, total))
        if done >= self.after and self.after:
            self.after = 0
            os.kill(os.getpid(), signal.SIGINT)


@pytest.mark.parametrize("backend", ["compiled", "one by one"])
def test_ctrl_c_keeps_the_seeds_that_are_done(backend: str):
    whole = fit(seeds=range(6), optimizers=OURS, epochs=40, backend=backend, test=(X_TEST, Y_TEST))
    with pytest.raises(StudyInterrupted, match=r"interrupted after . seeds, 40 epochs each") as caught:
        fit(seeds=range(6), optimizers=OURS, epochs=40, backend=backend, test=(X_TEST, Y_TEST), progress=Stopping(300))
    kept = caught.value.study
    assert kept is not None
    assert 1 <= len(kept.seeds) < 6
    assert kept.losses.tobytes() == np.ascontiguousarray(whole.losses[:, : len(kept.seeds)]).tobytes()
    assert kept.test is not None
    assert kept.test.tobytes() == np.ascontiguousarray(whole.test[:, : len(kept.seeds)]).tobytes()
    assert f"interrupted: {len(kept.seeds)} of 6 seeds" in str(kept)


def test_ctrl_c_keeps_the_epochs_that_are_done_where_all_go_together():
    whole = fit(seeds=range(3), epochs=500, backend="batched")
    with pytest.raises(StudyInterrupted, match="interrupted after 3 seeds") as caught:
        fit(seeds=range(3), epochs=500, backend="batched", every=7, progress=Stopping(600))
    kept = caught.value.study
    assert kept is not None
    assert kept.seeds == (0, 1, 2)
    assert 200 <= kept.epochs < 500
    assert kept.losses.tobytes() == np.ascontiguousarray(whole.losses[:, :, : kept.epochs : 7]).tobytes()
    np.testing.assert_array_equal(kept.final, whole.losses[:, :, kept.epochs])


def test_ctrl_c_before_anything_is_done_leaves_nothing():
    with pytest.raises(StudyInterrupted, match="before the first seed was done") as caught:
        fit(seeds=[0], epochs=200_000, backend="compiled", progress=Stopping(1))
    assert caught.value.study is None


def test_progress_comes_to_its_end_and_no_further():
    for backend in ("compiled", "batched", "one by one"):
        watch = Stopping(0)
        fit(optimizers={"a": SGD(), "b": Adam()}, seeds=range(3), epochs=100, backend=backend, progress=watch)
        assert watch.seen[-1] == (600, 600)
        assert [done for done, _ in watch.seen] == sorted({done for done, _ in watch.seen})


def test_a_bar_is_shown_where_it_is_asked_for(capsys: pytest.CaptureFixture[str]):
    fit(progress=None)
    assert capsys.readouterr().err == ""
    fit(progress=True)
    assert "epochs" in capsys.readouterr().err


def test_losses_that_no_memory_can_hold_are_refused():
    with pytest.raises(ConfigError, match=r"every: expected a larger one than 1, .* take 16000000.0 GB"):
        fit(seeds=(0, 1), epochs=10**15)
