"""Checkpoints: everything that a fit needs to go on with the same bytes, in one folder that is whole or not there.

`trainer-….json` holds settings, choices and places, `tensors-….safetensors` weights, the optimizer's moments and the state of
generators and callbacks, `history-….npy` the course [columns, epochs]. Every byte is checked by SHA-256 before any is used, and
nothing that is read can run code.
"""

import platform
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from mazefit.errors import ConfigError, DataError, TrainingError
from mazefit.files import MANIFEST, as_path, read_folder, write_folder
from mazefit.training.data import not_finite
from mazefit.training.events import called
from mazefit.training.history import History
from mazefit.training.trees import put_together, take_apart
from mazefit.version import __version__

if TYPE_CHECKING:
    from mazefit.training.trainer import Trainer

KIND = "trainer"


class Saved(NamedTuple):
    """What a folder holds, put together."""

    folder: Path
    settings: dict[str, Any]
    choice: dict[str, Any]
    place: dict[str, Any]
    fit: dict[str, Any]
    model: dict[str, Any]
    moments: dict[str, Any]
    generators: dict[str, Tensor]
    callbacks: list[list[Any]]
    history: History


def save(trainer: "Trainer", folder: str | Path) -> None:
    """Write a trainer as it stands.

    Raises:
        TrainingError: a weight is no finite number; what the folder held before still stands.
        ConfigError: a layer, an optimizer or a callback keeps something that is neither a number nor a tensor.
        OutputError: the folder cannot be written.
    """
    check_weights(trainer.model, trainer.steps)
    tensors: dict[str, Tensor] = {}
    course = trainer.on_its_way
    if course is not None:
        trainer.generators.take(trainer.choice.device)
        trainer.history.seconds = course.seconds()
    told: list[Any] = [] if course is None else course.callbacks.all
    kept = [[called(one), one.state_dict()] for one in told if hasattr(one, "state_dict")]
    try:
        state = {
            "model": take_apart(dict(trainer.model.state_dict()), tensors, "model"),
            "moments": take_apart(trainer.moments(), tensors, "moments"),
            "generators": take_apart(trainer.generators.states, tensors, "generators"),
            "callbacks": take_apart(kept, tensors, "callbacks"),
        }
    except TypeError as error:
        raise ConfigError(f"checkpoint: {error}") from error
    choice, place, history = trainer.choice, trainer.place, trainer.history
    content = {
        "settings": trainer.settings.described(),
        "choice": choice.described(),
        "place": asdict(place),
        "fit": trainer.fit_state,
        "state": state,
        "columns": list(history),
        "seconds": history.seconds,
        "written by": {
            "mazefit": __version__, "torch": str(torch.__version__), "numpy": np.__version__, "machine": platform.machine(),
        },
    }  # fmt: skip
    from safetensors.torch import save as to_safetensors

    columns = np.array([history[name] for name in history]).reshape(len(history), history.epochs)
    write_folder(folder, KIND, {"trainer": content, "tensors": to_safetensors(tensors), "history": columns})


def load(folder: str | Path) -> Saved:
    """Read a folder that `save` wrote.

    Raises:
        DataError: something is missing, damaged, or not what a trainer saves.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load as from_safetensors

    content = read_folder(folder, KIND)
    try:
        plain, columns = content["trainer"], np.asarray(content["history"], dtype=np.float64)
        tensors = from_safetensors(content["tensors"])
        state = {name: put_together(tree, tensors) for name, tree in plain["state"].items()}
        names, place = plain["columns"], plain["place"]
        history = History()
        if columns.shape != (len(names), place["epoch"]) or not all(isinstance(name, str) for name in names):
            raise ValueError(f"a history of {len(names)} columns and {place['epoch']} epochs, got {columns.shape}")
        history.extend(dict(zip(names, columns, strict=True)), place["epoch"])
        history.seconds = float(plain["seconds"])
        parts = {name: plain[name] for name in ("settings", "choice", "place", "fit")}
        if not all(isinstance(part, dict) for part in (*parts.values(), state["model"], state["moments"], state["generators"])):
            raise ValueError("dictionaries of settings, choice, place, fit and state")
        return Saved(Path(folder), **parts, **state, history=history)
    except (KeyError, ValueError, TypeError, AttributeError, RecursionError, SafetensorError) as error:
        raise DataError(f"{Path(folder)}: expected a trainer as mazefit saves it, got other content ({error})") from error


def is_there(folder: str | Path) -> bool:
    """Whether a folder holds something that was saved whole.

    Raises:
        ConfigError: it is not a path.
    """
    return (as_path(folder) / MANIFEST).exists()


def put_weights(model: torch.nn.Module, saved: Saved) -> None:
    """Give a model the weights of a checkpoint.

    Raises:
        ConfigError: it is another model; lists every name and shape that differs.
    """
    own = model.state_dict()
    found, shaped = _shapes(saved.model), _shapes(own)
    differing = [
        f"{name} {found[name]} where the model has {shaped[name]}"
        for name in found
        if name in shaped and found[name] != shaped[name]
    ]
    missing = [f"{name} {found[name]}, which the model lacks" for name in found if name not in shaped]
    more = [f"nothing for the model's {name} {shaped[name]}" for name in shaped if name not in found]
    if differing or missing or more:
        raise ConfigError(
            f"model: expected the one that was saved in {saved.folder}: it has {'; '.join(differing + missing + more)}"
        )
    try:
        model.load_state_dict(saved.model)
    except (RuntimeError, TypeError, ValueError) as error:
        raise DataError(f"{saved.folder}: expected weights that the model takes, got others ({error})") from error


def _shapes(state: dict[str, Any]) -> dict[str, list[int] | str]:
    return {name: list(value.shape) if isinstance(value, Tensor) else type(value).__name__ for name, value in state.items()}


def check_weights(model: torch.nn.Module, step: int) -> None:
    """Refuse weights that are not finite.

    Raises:
        TrainingError: names the parameter and the step.
    """
    for name, parameter in model.named_parameters():
        if parameter.numel() and not_finite(parameter.detach().reshape(-1)) is not None:
            raise TrainingError(
                f"{name}: expected finite weights, got others after step {step}; a smaller learning rate or clip_norm may "
                "help, and the last checkpoint is kept"
            )
