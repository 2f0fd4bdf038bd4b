"""PyTorch's settings are as before once a trainer is left, however that comes. More of it in test_device.py."""

import os
from collections.abc import Iterator

import pytest
import torch

from mazefit.training.events import Event
from mazefit.training.settings import Generators, arranged
from mazefit.training.trainer import Trainer
from tests.training.small import X, Y, curve

CPU, CUDA = torch.device("cpu"), torch.device("cuda", 0)


@pytest.fixture
def only_warned() -> Iterator[None]:
    """Somebody has asked for warnings about algorithms that are not deterministic."""
    torch.use_deterministic_algorithms(True, warn_only=True)
    try:
        yield
    finally:
        torch.use_deterministic_algorithms(False)


@pytest.mark.usefixtures("only_warned")
def test_warnings_alone_stay_warnings_alone() -> None:
    with arranged(CPU, torch.get_num_threads(), deterministic=True):
        assert not torch.is_deterministic_algorithms_warn_only_enabled()
    assert torch.are_deterministic_algorithms_enabled()
    assert torch.is_deterministic_algorithms_warn_only_enabled()


@pytest.mark.parametrize("given", [None, ":16:8"])
def test_what_cublas_is_told_is_told_while_it_computes(monkeypatch: pytest.MonkeyPatch, given: str | None) -> None:
    if given is None:
        monkeypatch.delenv("CUBLAS_WORKSPACE_CONFIG", raising=False)
    else:
        monkeypatch.setenv("CUBLAS_WORKSPACE_CONFIG", given)
    with arranged(CUDA, torch.get_num_threads(), deterministic=True):
        assert os.environ["CUBLAS_WORKSPACE_CONFIG"] == (given or ":4096:8")
    assert os.environ.get("CUBLAS_WORKSPACE_CONFIG") == given


def test_all_is_as_before_where_a_fit_fails() -> None:
    def fail(event: Event) -> None:
        torch.rand(1)
        if event.kind == "epoch":
            raise ZeroDivisionError

    trainer = Trainer(curve, deterministic=True)
    trainer.settle((X, Y), None)
    trainer.settle_on((CPU, "for this test"), torch.get_num_threads() + 1, "torch")
    before, threads = torch.get_rng_state(), torch.get_num_threads()
    with pytest.raises(ZeroDivisionError):
        trainer.fit((X, Y), epochs=2, callbacks=[fail])
    assert not torch.are_deterministic_algorithms_enabled()
    assert torch.get_num_threads() == threads
    assert torch.equal(torch.get_rng_state(), before)


def test_what_is_drawn_aside_counts_for_nothing() -> None:
    plain, looked = Generators(7), Generators(7)
    with plain.open(CPU):
        expected = torch.rand(4)
    with looked.open(CPU):
        first = torch.rand(2)
        with looked.aside(CPU):
            torch.rand(3)
        with pytest.raises(ZeroDivisionError), looked.aside(CPU):
            raise ZeroDivisionError(torch.rand(3))
        assert torch.equal(torch.cat([first, torch.rand(2)]), expected)
