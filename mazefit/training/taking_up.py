"""The way back into a fit that was interrupted: it must be asked what it was asked before, and callbacks get their state."""

import hashlib
from typing import TYPE_CHECKING, Any

import torch

from mazefit.errors import ConfigError, DataError
from mazefit.training.data import Rows, Source
from mazefit.training.device import LOGGER
from mazefit.training.door import Request
from mazefit.training.events import Callbacks, called

if TYPE_CHECKING:
    from mazefit.training.trainer import Trainer

DIGEST = "data's SHA-256"


def what_is_asked(request: Request, source: Source, *, digest: bool) -> dict[str, Any]:
    """What a fit was asked to do: a resumed one must be asked the same."""
    asked: dict[str, Any] = {name: getattr(request, name) for name in ("batch_size", "shuffle", "accumulate", "clip_norm")}
    if isinstance(source, Rows):
        asked["data"] = f"x {list(source.x.shape)}, y {list(source.y.shape)}"
        asked[DIGEST] = _digest(source) if digest else None
    else:
        asked["data"] = type(source).__name__
    return asked


def _digest(rows: Rows) -> str:
    found = hashlib.sha256()
    for tensor in rows:
        numbers: Any = tensor.detach().cpu().contiguous().reshape(-1).view(torch.uint8).numpy()
        found.update(numbers)
    return found.hexdigest()


def differing(asked: dict[str, Any], before: dict[str, Any]) -> list[str]:
    """What is asked otherwise than before, a sentence each."""
    unknown = {DIGEST} if None in (asked.get(DIGEST), before.get(DIGEST)) else set[str]()
    names = [name for name in before if name not in unknown and before[name] != asked.get(name)]
    return [f"{name}: expected {before[name]!r} as before, got {asked.get(name)!r}" for name in names]


def take_up(trainer: "Trainer", callbacks: Callbacks, asked: dict[str, Any]) -> int:
    """See that a resumed fit is asked what it was asked before, hand callbacks their state; returns where it began.

    Raises:
        ConfigError: it is asked something else; lists what differs.
        DataError: the checkpoint's fit, or the state of a callback, is not what was saved.
    """
    saved = trainer.pending
    assert saved is not None
    try:
        fit = saved.fit or {"begun": trainer.epochs, "asked": {}}  # nothing: it was saved before its first fit
        begun, before = int(fit["begun"]), dict(fit["asked"])
        states = [(str(name), state) for name, state in saved.callbacks]
    except (KeyError, TypeError, ValueError) as error:
        raise DataError(f"{saved.folder}: expected a fit as mazefit saves it, got another ({error!r})") from error
    wrong = differing(asked, before)
    own: list[Any] = [one for one in callbacks.all if hasattr(one, "load_state_dict")]
    names, kept = [called(one) for one in own], [name for name, _ in states]
    if names != kept and not saved.fit.get("finished"):
        wrong.append(f"callbacks: expected {', '.join(kept) or 'none'} as before, got {', '.join(names) or 'none'}")
    if wrong:
        raise ConfigError(f"Trainer.fit: a resumed fit is asked what it was asked before: {'; '.join(wrong)}")
    if names == kept:
        for one, (name, state) in zip(own, states, strict=True):
            try:
                one.load_state_dict(state)
            except (KeyError, TypeError, ValueError, AttributeError, RuntimeError) as error:
                raise DataError(f"{saved.folder}: expected the state of {name}, got another ({error!r})") from error
    LOGGER.info("%s: goes on from epoch %d, step %d", saved.folder, trainer.epochs, trainer.steps)
    return begun
