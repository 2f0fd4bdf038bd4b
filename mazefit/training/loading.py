"""Trainers out of checkpoints: loaded, to be used or fitted further; or resumed, to end the fit that was interrupted."""

from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from mazefit.errors import ConfigError, DataError, DeviceError
from mazefit.training import checkpoint
from mazefit.training.device import DEVICES, LOGGER, pick_device
from mazefit.training.door import OURS
from mazefit.training.place import Place

if TYPE_CHECKING:
    from mazefit.training.trainer import Trainer


def loaded(make: type["Trainer"], folder: str | Path, model: Any, arguments: dict[str, Any]) -> "Trainer":
    """The trainer that was saved in a folder; arguments that are given take the place of those that were saved."""
    saved = checkpoint.load(folder)
    trainer = make(model, **(_saved_arguments(saved, arguments) | arguments))
    same_rule = trainer.settings.described()["optimizer"] == saved.settings["optimizer"]
    _restore(trainer, saved, "device" in arguments, same_rule)
    if "device" not in arguments:  # the wish; where it cannot be, `choice` says what came of it
        trainer.settings = replace(trainer.settings, device=_wished(saved))
    trainer.place.leave_epoch()
    if not same_rule:
        LOGGER.info("%s was fitted by another optimizer: this one begins without its moments", saved.folder)
    return trainer


def resumed(make: type["Trainer"], folder: str | Path, model: Any, arguments: dict[str, Any]) -> "Trainer":
    """A trainer that goes on with the fit that was interrupted; a new one where the folder holds nothing yet."""
    trainer = make(model, **arguments)
    if not checkpoint.is_there(folder):
        LOGGER.info("%s holds no checkpoint yet: a new fit begins", folder)
        return trainer
    saved = checkpoint.load(folder)
    own = trainer.settings.described()
    differing = [
        f"{name}: expected {saved.settings.get(name)!r} as saved, got {own[name]!r}"
        for name in own
        if own[name] != saved.settings.get(name)
    ]
    if differing:
        raise ConfigError(f"Trainer.resume: {'; '.join(differing)}; Trainer.load begins another fit from the same weights")
    _restore(trainer, saved, False, True)
    trainer.pending = saved
    return trainer


def _restore(trainer: "Trainer", saved: checkpoint.Saved, device_given: bool, same_rule: bool) -> None:
    """Put everything that was saved into a new trainer.

    Raises:
        DataError: it is not what a trainer saves.
        ConfigError: it was another model.
    """
    try:
        device, threads = torch.device(saved.choice["device"]), int(saved.choice["threads"])
        if set(saved.place) != {field.name for field in fields(Place)}:
            raise ValueError(f"a place, got {sorted(saved.place)}")
        for name, state in saved.generators.items():
            if name in ("cuda", "mps"):
                _ = state.numel()
            else:
                torch.Generator().set_state(state)
        place = Place(**saved.place)
        numbers: list[Any] = [place.epoch, place.position, place.step, place.rows]
        if not all(type(number) is int and number >= 0 for number in numbers) or threads < 1:
            raise ValueError("whole numbers from 0 on")
    except (KeyError, TypeError, ValueError, RuntimeError, AttributeError) as error:
        raise DataError(f"{saved.folder}: expected a place and a choice as mazefit saves them, got others ({error})") from error
    trainer.settle_on(_device(trainer, device, device_given), threads, str(saved.choice.get("backend", "torch")))
    checkpoint.put_weights(trainer.model, saved)
    trainer.place, trainer.history = place, saved.history
    trainer.generators.states = dict(saved.generators)
    if same_rule:
        trainer.optimizer_state.restore(saved.moments)
    trainer.fit_state = dict(saved.fit)


def _device(trainer: "Trainer", device: torch.device, given: bool) -> tuple[torch.device, str]:
    """The device that was computed on, where it is here; and why it is this one."""
    if given and trainer.settings.device != "auto":
        return trainer.choice.device, trainer.choice.reason
    try:
        return pick_device(device).device, f"{device}: as in the checkpoint"
    except DeviceError:
        choice = pick_device("auto")
        LOGGER.warning(
            "the checkpoint was computed on %s, which is not here: %s goes on, to other rounding", device, choice.device
        )
        return choice.device, f"{choice.device}: the checkpoint's {device} is not here"


def _saved_arguments(saved: checkpoint.Saved, given: dict[str, Any]) -> dict[str, Any]:
    """The arguments of the saved trainer; functions as ones that say that they are missing."""
    kept = saved.settings
    try:
        found: dict[str, Any] = {name: kept[name] for name in ("precision", "seed", "deterministic", "backend")}
        loss, metrics, rule = kept["loss"], kept["metrics"], dict(kept["optimizer"])
        found["loss"] = loss if isinstance(loss, str) else _missing("loss", loss["function"])
        found["metrics"] = {name: _missing(f"metrics {name!r}", metric) for name, metric in metrics.items()}
        if "optimizer" not in given and "update" not in given:
            if "name" in rule:
                found["optimizer"] = OURS[rule.pop("name")](**rule)
            elif "factory" in rule:
                found["optimizer"] = _missing("optimizer", rule["factory"])
            else:
                found["update"] = _missing("update", rule["update"])
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise DataError(f"{saved.folder}: expected settings as mazefit saves them, got others ({error!r})") from error
    return {name: value for name, value in found.items() if name not in given}


def _wished(saved: checkpoint.Saved) -> str:
    """The device that the saved trainer was asked for."""
    wished: object = saved.settings.get("device")
    if not isinstance(wished, str) or wished.partition(":")[0] not in DEVICES:
        raise DataError(f"{saved.folder}: expected a device as mazefit saves it, got {wished!r}")
    return wished


def _missing(what: str, name: str) -> Callable[..., Any]:
    """A function in the place of one that could not be saved."""

    def missing(*_: object) -> Any:
        raise ConfigError(
            f"{what}: expected the function {name!r} that this trainer was saved with, got none; give it to Trainer.load"
        )

    missing.__qualname__ = name
    vars(missing)["missing"] = True
    return missing
