import os
import signal
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from mazefit.errors import ConfigError
from mazefit.training.events import Event
from mazefit.training.moments import Moments
from mazefit.training.optimizers import SGD, Adam, RMSprop
from mazefit.training.place import TrainingInterrupted
from mazefit.training.trainer import Trainer
from tests.training.small import X, Y, curve, digest, line

OPTIMIZERS = {
    "sgd": SGD(learning_rate=0.01),
    "momentum": SGD(learning_rate=0.003, momentum=0.9),
    "nesterov": SGD(learning_rate=0.003, momentum=0.9, nesterov=True, weight_decay=0.01),
    "rmsprop": RMSprop(learning_rate=0.005),
    "rmsprop with momentum": RMSprop(learning_rate=0.001, momentum=0.8),
    "adam": Adam(learning_rate=0.01, weight_decay=0.01),
}


def fitted(*backends: str, optimizer: Any = None, epochs: int = 40, **arguments: Any) -> Trainer:
    """A fit in as many pieces as there are backends."""
    trainer = Trainer(curve, optimizer=optimizer, precision="float64", seed=6, backend=backends[0])
    for backend in backends:
        object.__setattr__(trainer.settings, "backend", backend)
        trainer.fit((X, Y), epochs=epochs // len(backends), **arguments)
        assert trainer.choice.backend == backend
    return trainer


@pytest.mark.parametrize("batch_size", [None, 4])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_both_loops_come_to_the_same_also_when_they_take_turns(name: str, batch_size: int | None) -> None:
    expected = fitted("torch", optimizer=OPTIMIZERS[name], batch_size=batch_size)
    for backends in (("compiled",), ("compiled", "torch"), ("torch", "compiled"), ("compiled", "torch", "compiled", "torch")):
        found = fitted(*backends, optimizer=OPTIMIZERS[name], batch_size=batch_size)
        np.testing.assert_allclose(found.history["loss"], expected.history["loss"], rtol=1e-9)
        np.testing.assert_allclose(found.predict(X), expected.predict(X), rtol=1e-9)
        assert (found.epochs, found.steps) == (expected.epochs, expected.steps)


def test_where_a_block_ends_changes_no_byte(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = fitted("compiled", batch_size=4)
    pieces = fitted(*["compiled"] * 4, batch_size=4)
    looked = fitted("compiled", batch_size=4, callbacks=[lambda event: None])
    monkeypatch.setattr("mazefit.training.compiled.ORDERS", 1)
    small = fitted("compiled", batch_size=4)
    assert digest(whole) == digest(pieces) == digest(looked) == digest(small)


def test_callbacks_see_and_may_change_the_weights() -> None:
    seen: list[float] = []

    def look(event: Event) -> None:
        if event.kind == "epoch":
            seen.append(event.trainer.evaluate((X, Y))["loss"])
            if event.epoch == 3:
                with torch.no_grad():
                    for parameter in event.trainer.model.parameters():
                        parameter.zero_()

    trainer = fitted("compiled", epochs=6, callbacks=[look])
    assert seen[0] == pytest.approx(trainer.history["loss"][1], rel=1e-12)
    assert trainer.history["loss"][3] == pytest.approx((Y**2).mean(), rel=1e-12)  # it predicted 0 then


def test_blocks_are_as_long_as_callbacks_allow(monkeypatch: pytest.MonkeyPatch) -> None:
    from mazefit.training.closed_loop import ClosedLoop

    counts: list[int] = []
    run = ClosedLoop.run

    def counted(self: ClosedLoop, count: int, **arguments: Any) -> Any:
        counts.append(count)
        return run(self, count, **arguments)

    monkeypatch.setattr(ClosedLoop, "run", counted)

    class Rare:
        every = 15

        def __call__(self, event: Event) -> None: ...

    fitted("compiled", epochs=40)
    fitted("compiled", epochs=40, callbacks=[Rare()])
    fitted("compiled", epochs=3, validation=(X, Y))
    assert counts == [40, 15, 15, 10, 1, 1, 1]


def test_validation_is_measured_after_each_epoch() -> None:
    trainer = fitted("compiled", epochs=5, validation=(X, Y))
    np.testing.assert_allclose(trainer.history["validation_loss"][:-1], trainer.history["loss"][1:], rtol=1e-12)


def test_auto_is_a_rule_of_size_and_kind() -> None:
    def chosen(model: Any = curve, epochs: int = 1000, settings: Any = None, **arguments: Any) -> str:
        trainer = Trainer(model, **(settings or {}))

        def stop(event: Event) -> bool:
            return True

        trainer.fit((X, Y), epochs=epochs, callbacks=[stop, *arguments.pop("callbacks", ())], **arguments)
        return f"{trainer.choice.backend}: {trainer.choice.reason.partition('; backend ')[2].partition(': ')[2]}"

    assert chosen() == "compiled: 1000 steps of a network of 31 weights"
    assert chosen(epochs=998) == "torch: 998 steps of 31 weights and 10 rows are soon done"
    assert chosen(epochs=334, batch_size=4) == "compiled: 1002 steps of a network of 31 weights"
    reasons = {
        "an update by hand": {"settings": {"update": lambda p, g, s: None}},
        "an optimizer that is not ours": {"settings": {"optimizer": torch.optim.Adam}},
        "a loss of your own": {"settings": {"loss": nn.functional.huber_loss}},
        "metrics of the training data": {"settings": {"metrics": {"a": lambda p, y: 0.0}}},
        "precision bfloat16": {"settings": {"precision": "bfloat16"}},
        "clip_norm": {"clip_norm": 1.0},
        "accumulate": {"batch_size": 2, "accumulate": 2},
        "the module GELU": {"model": lambda: nn.Sequential(nn.Linear(1, 1), nn.GELU())},
        "layers of 64 neurons, which PyTorch computes faster": {
            "model": lambda: nn.Sequential(nn.Linear(1, 64), nn.Linear(64, 1))
        },
    }
    for reason, arguments in reasons.items():
        assert chosen(**arguments) == f"torch: the compiled loop is not for {reason}"
        if "neurons" not in reason:
            arguments = {**arguments, "settings": {**arguments.get("settings", {}), "backend": "compiled"}}
            with pytest.raises(ConfigError, match=f"backend: expected 'auto' or 'torch' for {reason}, got 'compiled'"):
                chosen(**arguments)


def test_without_numba_auto_is_pytorch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mazefit.training.backend.numba_available", lambda: False)
    trainer = Trainer(line)
    trainer.fit((X, Y), epochs=1001)
    assert trainer.choice.reason.endswith("backend torch: the compiled loop is not for a machine without numba")
    with pytest.raises(ConfigError, match="for a machine without numba, got 'compiled'"):
        Trainer(line, backend="compiled").fit((X, Y), epochs=1)


def test_ctrl_c_is_heard_between_blocks() -> None:
    class Press:
        every = 500

        def __call__(self, event: Event) -> None:
            if event.kind == "epoch":
                os.kill(os.getpid(), signal.SIGINT)

    trainer = Trainer(curve, backend="compiled", seed=6, precision="float64")
    with pytest.raises(TrainingInterrupted, match="interrupted after 500 whole epochs, 500 steps") as caught:
        trainer.fit((X, Y), epochs=100_000, callbacks=[Press()])
    assert caught.value.trainer is trainer
    assert caught.value.history.epochs == 500
    trainer.fit((X, Y), epochs=500)
    assert digest(trainer) == digest(fitted("compiled", epochs=1000))


def test_moments_change_their_form_without_loss() -> None:
    for optimizer in (SGD(momentum=0.9), RMSprop(momentum=0.5), Adam()):
        trainer = Trainer(curve, optimizer=optimizer, backend="torch")
        trainer.fit((X, Y), epochs=5)
        flat = trainer.optimizer_state.as_flat()
        other = Moments(trainer.parameters, optimizer)
        other.put_flat(flat)
        rebuilt = other.as_torch()
        assert rebuilt is not None
        assert trainer.torch_optimizer is not None
        for parameter, state in trainer.torch_optimizer.state.items():
            for name, value in rebuilt.state[parameter].items():
                assert torch.equal(
                    torch.as_tensor(state[name], dtype=torch.float64), torch.as_tensor(value, dtype=torch.float64)
                )
