import logging
import os
from typing import Any

import numpy as np
import pytest
import torch

from mazefit.errors import ConfigError, DeviceError
from mazefit.training.device import LARGE, SMALL, pick_device, pick_precision
from mazefit.training.settings import Generators, arithmetic, arranged
from mazefit.training.trainer import Trainer
from tests.training.small import X, Y, curve

CPU, CUDA = torch.device("cpu"), torch.device("cuda", 0)


def with_gpus(monkeypatch: pytest.MonkeyPatch, count: int, capability: tuple[int, int] = (9, 0)) -> None:
    """A machine that says that it has GPUs: only the rules are tried, nothing is computed there."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: count > 0)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: count)
    monkeypatch.setattr(torch.cuda, "current_device", lambda: 0)
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda *_: capability)


def with_mps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)


def test_without_a_gpu_it_is_the_cpu() -> None:
    choice = pick_device("auto", size=1e12)
    assert (choice.device, choice.reason) == (CPU, "cpu: no GPU is here")
    assert choice.threads == torch.get_num_threads()
    assert pick_device().device == CPU
    assert pick_device("cpu").reason == "cpu: as asked for"


def test_auto_is_cuda_then_mps_then_cpu_but_by_size(monkeypatch: pytest.MonkeyPatch) -> None:
    with_mps(monkeypatch)
    assert pick_device("auto", SMALL).device == torch.device("mps")
    assert pick_device("auto", SMALL - 1).device == CPU
    with_gpus(monkeypatch, 1)
    assert pick_device("auto", SMALL).device == CUDA
    small = pick_device("auto", 310)
    assert small.device == CPU
    assert small.reason == "cpu: a step of 310 multiply-adds is too small to gain from cuda:0"
    assert pick_device("auto").device == CUDA
    assert pick_device("cuda").device == CUDA
    assert pick_device(torch.device("cpu")).device == CPU


def test_a_device_that_is_missing_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    for name in ("cuda", "cuda:3", "mps"):
        with pytest.raises(DeviceError, match=f"device: expected {name} to be there, got a machine") as caught:
            pick_device(name)
        assert caught.value.exit_code == 4
    with pytest.raises(DeviceError):
        Trainer(curve, device="cuda")
    with_gpus(monkeypatch, 2)
    assert pick_device("cuda:1").device == torch.device("cuda", 1)
    with pytest.raises(DeviceError, match="device: expected cuda:2 to be there, got GPUs 0 to 1"):
        pick_device("cuda:2")


@pytest.mark.parametrize("device", ["gpu", "", "cuda:x", "meta", 3])
def test_a_device_that_is_none(device: Any) -> None:
    with pytest.raises(ConfigError, match="device: expected one of auto, cpu, cuda, mps"):
        pick_device(device)
    with pytest.raises(ConfigError, match="size: expected weights times rows"):
        pick_device("auto", size=-1)
    assert pick_device("auto", size=np.int64(3)).device == CPU


def test_precision_is_a_rule_of_device_and_size(monkeypatch: pytest.MonkeyPatch) -> None:
    assert pick_precision("auto", CPU, torch.float32, 10**9) == ("float32", "the model's own")
    assert pick_precision("auto", CPU, torch.float64, 10)[0] == "float64"
    assert pick_precision("bfloat16", CPU, torch.float32, 10) == ("bfloat16", "as asked for")
    with_gpus(monkeypatch, 1)
    name, why = pick_precision("auto", CUDA, torch.float32, LARGE)
    assert (name, why) == ("bfloat16", "1,000,000 weights on CUDA capability 9.0")
    assert pick_precision("auto", CUDA, torch.float32, LARGE - 1)[0] == "float32"
    assert pick_precision("auto", CUDA, torch.float64, LARGE)[0] == "float64"
    with_gpus(monkeypatch, 1, (7, 5))
    assert pick_precision("auto", CUDA, torch.float32, LARGE)[0] == "float32"
    with pytest.raises(DeviceError, match="got float64, which it does not have"):
        pick_precision("float64", torch.device("mps"), torch.float32, 1)


def test_the_choice_is_said(caplog: pytest.LogCaptureFixture) -> None:
    trainer = Trainer(curve)
    with caplog.at_level(logging.INFO, "mazefit"):
        trainer.fit((X, Y), epochs=2)
    said = [record.getMessage() for record in caplog.records]
    assert said[0] == "cpu: no GPU is here; float32: the model's own"
    assert said[1] == "backend torch: 2 steps of 31 weights and 10 rows are soon done"
    assert "; ".join(said) == trainer.choice.reason
    assert str(trainer.choice).startswith("cpu, float32, torch: ")


def test_settings_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    before = torch.get_num_threads()
    with arranged(CPU, before + 1, deterministic=True):
        assert torch.get_num_threads() == before + 1
        assert torch.are_deterministic_algorithms_enabled()
    assert torch.get_num_threads() == before
    assert not torch.are_deterministic_algorithms_enabled()


def test_deterministic_mode_on_a_gpu_has_no_tf32(monkeypatch: pytest.MonkeyPatch) -> None:
    """The flags exist without a GPU: that they are set there, and set back, can be seen here."""
    matmul: Any = torch.backends.cuda.matmul
    cudnn: Any = torch.backends.cudnn
    monkeypatch.delenv("CUBLAS_WORKSPACE_CONFIG", raising=False)

    def flags() -> tuple[bool, ...]:
        return matmul.allow_tf32, cudnn.allow_tf32, cudnn.benchmark, cudnn.deterministic

    matmul.allow_tf32 = True
    before = flags()
    try:
        with arranged(CUDA, torch.get_num_threads(), deterministic=True):
            assert flags() == (False, False, False, True)
            assert os.environ["CUBLAS_WORKSPACE_CONFIG"] == ":4096:8"
        assert flags() == before
        assert before[0]
    finally:
        matmul.allow_tf32 = False


def test_bfloat16_is_autocast_and_weights_stay() -> None:
    trainer = Trainer(curve, precision="bfloat16", seed=1)
    trainer.fit((X, Y), epochs=3)
    assert all(parameter.dtype == torch.float32 for parameter in trainer.model.parameters())
    exact = Trainer(curve, precision="float32", seed=1)
    assert trainer.predict(X).dtype == exact.predict(X).dtype
    exact.fit((X, Y), epochs=3)
    assert trainer.history["loss"][0] != exact.history["loss"][0]
    assert trainer.history["loss"][0] == pytest.approx(exact.history["loss"][0], rel=2e-2)
    with arithmetic(CPU, "bfloat16"):
        assert (torch.ones(2, 2) @ torch.ones(2, 2)).dtype == torch.bfloat16


def test_own_generators_stand_in_for_the_global_one() -> None:
    torch.manual_seed(5)
    before = torch.get_rng_state()
    own = Generators(7)
    with own.open(CPU):
        first = torch.rand(3)
    assert torch.equal(torch.get_rng_state(), before)
    with own.open(CPU):
        second = torch.rand(3)
    torch.manual_seed(7)
    assert torch.equal(torch.rand(6), torch.cat([first, second]))
