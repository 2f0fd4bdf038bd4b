"""The course of a fit: a panel for each thing that was measured, with its twin on the validation data in it."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from mazefit.errors import ConfigError
from mazefit.plots.curves import scale_axis
from mazefit.plots.fit_words import label
from mazefit.plots.fonts import drawable, families
from mazefit.plots.panels import dress
from mazefit.plots.sheet import BLUE, ORANGE, drawing, sheet
from mazefit.words import Language

Numbers = npt.NDArray[np.float64]
DENSE = 2_000  # epochs beyond which a line is drawn through the least and the largest of each stretch
TWIN = "validation_"


def plot_history(columns: Mapping[str, npt.ArrayLike], *, title: str | None = None, language: str = "en") -> Figure:
    """Draw what was measured over the epochs.

    Args:
        columns: numbers by name, [epochs] each; `validation_loss` is drawn in the panel of `loss`, and so on.
        title: what stands above; None = nothing.
        language: "en" or "ko"; English, with one warning, where this machine has no Korean font.

    Raises:
        ConfigError: there are no epochs, or columns of different lengths.
    """
    found = {name: np.asarray(values, dtype=np.float64) for name, values in columns.items()}
    lengths = {len(values) for values in found.values()}
    if len(lengths) != 1 or 0 in lengths:
        raise ConfigError(f"plot_history: expected columns of one length, of at least one epoch, got lengths {sorted(lengths)}")
    spoken = drawable(language)
    names = [name for name in found if not (name.startswith(TWIN) and name.removeprefix(TWIN) in found)]
    height = 2.4 * len(names) + (0.3 if title is None else 0.65)
    with drawing(spoken):
        figure = sheet(7.2, height)
        if title is not None:
            figure.suptitle(title, fontsize=12, weight="bold", y=1.0 - 0.12 / height)
        panels: list[Axes] = []
        for place, name in enumerate(names):
            bottom = (0.55 + 2.4 * (len(names) - 1 - place)) / height
            axes = figure.add_axes((0.13, bottom, 0.84, 2.05 / height), sharex=panels[0] if panels else None)
            _panel(axes, name, found, spoken)
            axes.tick_params(labelbottom=place == len(names) - 1)
            panels.append(axes)
        panels[-1].set_xlabel(label("epoch", spoken))
        return figure


def _panel(axes: Axes, name: str, found: Mapping[str, Numbers], language: Language) -> None:
    """One thing that was measured, and its twin."""
    lines = {key: found[key] for key in (name, TWIN + name) if key in found}
    for (key, values), colour in zip(lines.items(), (BLUE, ORANGE), strict=False):
        epochs, drawn = _thinned(values)
        marker = "." if len(values) < 40 else ""
        axes.plot(epochs, drawn, color=colour, linewidth=1.3, marker=marker, label=_called(key, language), zorder=3)
    everything = np.concatenate(list(lines.values()))
    finite = everything[np.isfinite(everything)]
    if len(finite):
        scale_axis(axes, finite, None, _called(name, language), language)
    dress(axes, language, whole=True)
    if len(lines) > 1:
        axes.legend(fontsize=8.5, frameon=False, prop={"family": families(language), "size": 8.5})


def _thinned(values: Numbers) -> tuple[Numbers, Numbers]:
    """Epochs from 1 and their numbers; of many, the least and the largest of each stretch."""
    epochs = np.arange(1.0, len(values) + 1)
    if len(values) <= DENSE:
        return epochs, values
    first = np.linspace(0, len(values), DENSE // 2, endpoint=False).astype(np.int64)
    ends = np.stack([np.fmin.reduceat(values, first), np.fmax.reduceat(values, first)], axis=1)
    return np.repeat(epochs[first], 2), ends.ravel()


def _called(name: str, language: Language) -> str:
    """A column's name in the reader's language."""
    twin, base = name.startswith(TWIN), name.removeprefix(TWIN)
    word = label("loss", language) if base == "loss" else base.replace("_", " ")
    return f"{word} ({'validation' if language == 'en' else '검증'})" if twin else word
