"""Three ways to fit the same network, and what differs between them: nothing but these five settings."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from mazefit.errors import Problems

EPOCHS = 5


@dataclass(frozen=True)
class Mode:
    """The settings of a fit.

    Args:
        name: "as written", "repaired" or "corrected".
        scaled: whether levels of grey are divided by 255.
        summed: whether the loss is added up over all images, or its mean over them is taken; over the outputs it is summed.
        batch_size: images of an update; None = all of them.
        learning_rate: of plain gradient descent.
        epochs: how often each image is seen.
    """

    name: str
    scaled: bool
    summed: bool
    batch_size: int | None
    learning_rate: float
    epochs: int = EPOCHS


AS_WRITTEN = Mode("as written", scaled=False, summed=True, batch_size=None, learning_rate=0.01)
REPAIRED = Mode("repaired", scaled=True, summed=False, batch_size=None, learning_rate=0.01)
CORRECTED = Mode("corrected", scaled=True, summed=False, batch_size=60, learning_rate=0.1)
MODES: Mapping[str, Mode] = {mode.name: mode for mode in (AS_WRITTEN, REPAIRED, CORRECTED)}


def mode_of(
    mode: str | Mode, *, epochs: int | None = None, learning_rate: float | None = None, batch_size: int | None = None
) -> Mode:
    """A mode by its name or as it is given, with other numbers where some are given.

    Raises:
        ConfigError: the name is unknown, or a number is out of range; names all of them.
    """
    problems = Problems("classifier")
    if not isinstance(mode, Mode):
        problems.choice("mode", mode, MODES)
        problems.raise_if_any()
        mode = MODES[mode]
    given = {"epochs": epochs, "learning_rate": learning_rate, "batch_size": batch_size}
    asked = replace(mode, **{name: value for name, value in given.items() if value is not None})
    problems.integer("epochs", asked.epochs, 1)
    problems.number("learning_rate", asked.learning_rate, 0.0, 1e6, open_low=True)
    if asked.batch_size is not None:
        problems.integer("batch_size", asked.batch_size, 1)
    problems.raise_if_any()
    return asked
