import json
import logging
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load as read_safetensors
from safetensors.torch import save as to_safetensors
from torch import nn

from mazefit.errors import ConfigError, DataError
from mazefit.files import read_folder, write_folder
from mazefit.training.dropout import Dropout
from mazefit.training.early_stopping import EarlyStopping
from mazefit.training.optimizers import SGD, Adam, RMSprop
from mazefit.training.saving import Checkpoint
from mazefit.training.trainer import Trainer
from tests.training.small import X, Y, curve, digest


def wide() -> nn.Module:
    return nn.Sequential(nn.Linear(1, 5), nn.Tanh(), nn.Linear(5, 1), nn.Linear(1, 1))


@pytest.mark.parametrize("backend", ["torch", "compiled"])
def test_a_saved_trainer_goes_on_as_if_it_had_not_been_saved(tmp_path: Path, backend: str) -> None:
    for optimizer in (SGD(learning_rate=0.01, momentum=0.9), RMSprop(), Adam()):
        first = Trainer(curve, optimizer=optimizer, backend=backend, seed=4, loss="l1", precision="float64")
        first.fit((X, Y), epochs=5, batch_size=4)
        first.save(tmp_path)
        loaded = Trainer.load(tmp_path, curve)
        assert digest(loaded) == digest(first)
        assert loaded.settings.described() == first.settings.described()
        assert loaded.history.seconds == first.history.seconds
        for trainer in (first, loaded):
            trainer.fit((X, Y), epochs=5, batch_size=4)
        assert digest(loaded) == digest(first)


def test_layers_of_every_kind_are_kept(tmp_path: Path) -> None:
    def make() -> nn.Module:
        return nn.Sequential(
            nn.Linear(1, 4), nn.BatchNorm1d(4), Dropout(0.3), nn.Dropout(0.3), nn.Linear(4, 1).to(torch.float32)
        )

    tied = nn.Linear(3, 3)
    first = Trainer(make, seed=2)
    first.fit((X, Y), epochs=3, batch_size=5)
    first.save(tmp_path)
    loaded = Trainer.load(tmp_path, make)
    for trainer in (first, loaded):
        trainer.fit((X, Y), epochs=3, batch_size=5)
    assert digest(loaded) == digest(first)
    shared = Trainer(nn.Sequential(tied, tied))
    shared.fit((np.eye(3), np.eye(3)), epochs=2)
    shared.save(tmp_path)
    again = Trainer.load(tmp_path, lambda: (lambda layer: nn.Sequential(layer, layer))(nn.Linear(3, 3)))
    assert digest(again, np.eye(3)) == digest(shared, np.eye(3))


def test_moments_are_laid_out_as_their_parameters(tmp_path: Path) -> None:
    """A fused update walks through parameter and moments side by side: in memory both must be alike."""

    def make() -> nn.Module:
        return nn.Sequential(nn.Conv2d(3, 4, 3), nn.Flatten(), nn.Linear(16, 1)).to(memory_format=torch.channels_last)

    x, y = np.random.default_rng(0).normal(size=(6, 3, 4, 4)), np.ones((6, 1))
    first = Trainer(make)
    first.fit((x, y), epochs=3)
    first.save(tmp_path)
    loaded = Trainer.load(tmp_path, make)
    assert loaded.torch_optimizer is not None
    (weight, *_), state = loaded.parameters, loaded.torch_optimizer.state
    assert state[weight]["exp_avg"].stride() == weight.stride() != weight.contiguous().stride()
    for trainer in (first, loaded):
        trainer.fit((x, y), epochs=3)
    assert digest(loaded, x) == digest(first, x)


def test_another_model_is_told_by_its_shapes(tmp_path: Path) -> None:
    Trainer(curve).save(tmp_path)
    for act in (Trainer.load, Trainer.resume):
        with pytest.raises(ConfigError) as caught:
            act(tmp_path, wide)
        assert str(caught.value) == (
            f"model: expected the one that was saved in {tmp_path}: it has 0.weight [10, 1] where the model has [5, 1]; "
            "0.bias [10] where the model has [5]; 2.weight [1, 10] where the model has [1, 5]; "
            "nothing for the model's 3.weight [1, 1]; nothing for the model's 3.bias [1]"
        )
    with pytest.raises(ConfigError, match=re.escape("it has 2.weight [1, 10], which the model lacks")):
        Trainer.load(tmp_path, lambda: nn.Sequential(nn.Linear(1, 10)))


def test_functions_that_cannot_be_saved_are_missed_when_they_are_needed(tmp_path: Path) -> None:
    def nearness(prediction: Any, target: Any) -> Any:
        return (prediction - target).abs().mean()

    arguments: dict[str, Any] = {
        "loss": nn.functional.huber_loss,
        "metrics": {"near": nearness},
        "optimizer": torch.optim.Adagrad,
    }
    first = Trainer(curve, **arguments)
    first.fit((X, Y), epochs=3)
    first.save(tmp_path)
    loaded = Trainer.load(tmp_path, curve, optimizer=torch.optim.Adagrad)
    np.testing.assert_array_equal(loaded.predict(X), first.predict(X))
    with pytest.raises(
        ConfigError, match="loss: expected the function 'huber_loss' that this trainer was saved with, got none"
    ):
        loaded.evaluate((X, Y))
    Trainer.load(tmp_path, curve, loss="mse", metrics={}).save(tmp_path / "copy")
    copied = Trainer.load(tmp_path / "copy", curve)
    with pytest.raises(ConfigError, match="optimizer: expected the function 'Adagrad' that this trainer was saved with"):
        copied.fit((X, Y), epochs=1)
    whole = Trainer.load(tmp_path / "copy", curve, **arguments)
    for trainer in (first, whole):
        trainer.fit((X, Y), epochs=2)
    assert digest(whole) == digest(first)


def test_another_optimizer_begins_without_moments(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    first = Trainer(curve, optimizer=Adam(learning_rate=0.1))
    first.fit((X, Y), epochs=3)
    first.save(tmp_path)
    with caplog.at_level(logging.INFO, "mazefit"):
        loaded = Trainer.load(tmp_path, curve, optimizer=SGD(learning_rate=0.01))
    assert "was fitted by another optimizer: this one begins without its moments" in caplog.text
    assert loaded.fit((X, Y), epochs=2).epochs == 5


def test_threads_and_devices_of_the_checkpoint(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    first = Trainer(curve)
    first.fit((X, Y), epochs=1)
    first.save(tmp_path)
    content = dict(read_folder(tmp_path, "trainer"))
    content["trainer"]["choice"] |= {"threads": 3, "device": "cuda:0"}
    write_folder(tmp_path, "trainer", content)
    before, inside = torch.get_num_threads(), list[int]()
    with caplog.at_level(logging.INFO, "mazefit"):
        loaded = Trainer.load(tmp_path, curve)
    assert "computed on cuda:0, which is not here: cpu goes on, to other rounding" in caplog.text
    assert "threads: 3 as in the checkpoint" in caplog.text
    assert loaded.choice.threads == 3
    assert loaded.choice.reason.startswith("cpu: the checkpoint's cuda:0 is not here")
    loaded.fit((X, Y), epochs=1, callbacks=[lambda event: inside.append(torch.get_num_threads())])
    assert inside == [3, 3, 3]
    assert torch.get_num_threads() == before


# Damage ------------------------------------------------------------------------------------------------------------------


def changed(folder: Path, change: Any) -> None:
    """Rewrite a checkpoint with one thing changed, digests and all: as a program would that knows them."""
    content = dict(read_folder(folder, "trainer"))
    change(content)
    write_folder(folder, "trainer", content)


CHANGES: dict[str, Any] = {
    "no settings": lambda c: c["trainer"].pop("settings"),
    "settings of another kind": lambda c: c["trainer"].__setitem__("settings", 3),
    "an unknown optimizer": lambda c: c["trainer"]["settings"].__setitem__("optimizer", {"name": "adagrad"}),
    "no place": lambda c: c["trainer"]["place"].pop("step"),
    "a place before the first": lambda c: c["trainer"]["place"].__setitem__("position", -1),
    "a device that is none": lambda c: c["trainer"]["choice"].__setitem__("device", "gpu"),
    "no threads": lambda c: c["trainer"]["choice"].__setitem__("threads", 0),
    "a shorter history": lambda c: c.__setitem__("history", c["history"][:, :-1]),
    "a column without a name": lambda c: c["trainer"]["columns"].pop(),
    "a history of words": lambda c: c.__setitem__("history", np.array(["a"])),
    "tensors that are none": lambda c: c.__setitem__("tensors", b"no tensors"),
    "a tensor that is gone": lambda c: c.__setitem__("tensors", to_safetensors({"x": torch.ones(1)})),
    "moments of another form": lambda c: c["trainer"]["state"].__setitem__("moments", {"dict": [["form", "heap"]]}),
    "moments without a form": lambda c: c["trainer"]["state"].__setitem__("moments", {"dict": []}),
    "no generators": lambda c: c["trainer"]["state"].__setitem__("generators", [1]),
    "a generator that is none": lambda c: c["trainer"]["state"].__setitem__("generators", {"dict": [["cpu", 3]]}),
    "no such tree": lambda c: c["trainer"]["state"].__setitem__("model", {"what": 1}),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_changed_checkpoint_is_refused_in_one_sentence(tmp_path: Path, name: str) -> None:
    trainer = Trainer(curve)
    trainer.fit((X, Y), epochs=2)
    trainer.save(tmp_path)
    changed(tmp_path, CHANGES[name])
    with pytest.raises(DataError, match="expected"):
        Trainer.load(tmp_path, curve)
    with pytest.raises((DataError, ConfigError), match="expected"):
        Trainer.resume(tmp_path, curve)


def test_a_damaged_byte_anywhere_is_found(tmp_path: Path) -> None:
    trainer = Trainer(curve)
    trainer.fit((X, Y), epochs=2)
    trainer.save(tmp_path)
    files = sorted(tmp_path.iterdir())
    assert sorted(file.suffix for file in files) == [".json", ".json", ".npy", ".safetensors"]
    for file in files:
        data = file.read_bytes()
        for at in (0, len(data) // 2, len(data) - 1):
            file.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
            with pytest.raises(DataError):
                Trainer.load(tmp_path, curve)
            with pytest.raises(DataError):
                Trainer.resume(tmp_path, curve)
        file.write_bytes(data[:-5])
        with pytest.raises(DataError):
            Trainer.load(tmp_path, curve)
        file.write_bytes(data)
    assert Trainer.load(tmp_path, curve).epochs == 2


def test_a_checkpoint_is_plain_to_read_and_holds_no_code(tmp_path: Path) -> None:
    trainer = Trainer(curve, seed=3)
    trainer.fit((X, Y), epochs=2, checkpoint=tmp_path)
    names = sorted(path.name.partition("-")[0] for path in tmp_path.iterdir())
    assert names == ["history", "history.csv", "history.jsonl", "manifest.json", "tensors", "trainer"]
    (plain,) = (json.loads(path.read_text()) for path in tmp_path.glob("trainer-*.json"))
    assert plain["settings"]["optimizer"] == {
        "name": "adam", "learning_rate": 0.001, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "weight_decay": 0.0,
    }  # fmt: skip
    assert plain["place"] == {"epoch": 2, "position": 0, "step": 2, "means": [], "rows": 0}
    (weights,) = (read_safetensors(path.read_bytes()) for path in tmp_path.glob("tensors-*.safetensors"))
    assert torch.equal(weights["model.0.weight"], trainer.model.state_dict()["0.weight"])


def test_nothing_else_is_a_trainer(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="expected the manifest of a saved trainer"):
        Trainer.load(tmp_path, curve)
    write_folder(tmp_path, "run", {"run": {}})
    with pytest.raises(DataError, match="expected a saved trainer of format 1, got run of format 1"):
        Trainer.resume(tmp_path, curve)
    with pytest.raises(ConfigError, match="folder: expected the path of a folder, got 3"):
        Trainer.resume(3, curve)  # pyright: ignore[reportArgumentType]


def test_what_cannot_be_kept_is_named(tmp_path: Path) -> None:
    class Odd:
        def __call__(self, event: Any) -> None: ...

        def state_dict(self) -> Any:
            return {"function": print}

    with pytest.raises(ConfigError, match=r"checkpoint: callbacks.0.1.function: expected numbers, words, tensors"):
        Trainer(curve).fit((X, Y), epochs=1, checkpoint=tmp_path, callbacks=[Odd()])


# When checkpoints are written ------------------------------------------------------------------------------------------


def test_every_so_many_epochs_and_at_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    saved: list[tuple[int, int]] = []
    monkeypatch.setattr("mazefit.training.saving.save", lambda trainer, folder: saved.append((trainer.epochs, trainer.steps)))
    Trainer(curve).fit((X, Y), epochs=10, batch_size=5, checkpoint=tmp_path, every=4)
    assert saved == [(4, 8), (8, 16), (10, 20)]
    saved.clear()
    Trainer(curve).fit((X, Y), epochs=3, checkpoint=tmp_path)  # ten seconds are not over before the end
    assert saved == [(3, 3)]
    saved.clear()
    monkeypatch.setattr("mazefit.training.saving.SECONDS", 0.0)
    monkeypatch.setattr("mazefit.training.events.PATIENCE", 0.0)
    Trainer(curve).fit((X, Y), epochs=2, batch_size=5, callbacks=[Checkpoint(tmp_path)])
    assert saved == [(0, 1), (1, 2), (1, 3), (2, 4), (2, 4)]


def test_early_stopping_is_kept_whole(tmp_path: Path) -> None:
    trainer = Trainer(curve)
    trainer.fit((X, Y), epochs=5, validation=(X, Y), callbacks=[EarlyStopping(patience=50)], checkpoint=tmp_path)
    content = read_folder(tmp_path, "trainer")["trainer"]
    ((_, state),) = (pair for pair in content["state"]["callbacks"])
    assert dict(state["dict"])["best_epoch"] == 5
    with pytest.raises(ConfigError, match="Checkpoint: every: expected an integer of at least 1, got 0"):
        Checkpoint(tmp_path, 0)
