"""A classifier at a glance: a sample image and what is said of it, loss and micro-F1 over the epochs, the confusion matrix.

The curves begin after the first epoch: from what the network is before it, all that follows would lie flat.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from mazefit.errors import ConfigError
from mazefit.plots.classifier_words import label
from mazefit.plots.confusion import check_confusion, draw_confusion
from mazefit.plots.fonts import drawable
from mazefit.plots.log_axis import log_scale
from mazefit.plots.panels import Numbers, dress, foot, within
from mazefit.plots.sheet import BLUE, INK, MUTED, ORANGE, RULE, drawing, sheet
from mazefit.words import Language

WIDTH, HEIGHT, ABOVE = 11.6, 6.1, 0.5  # inches: of the sheet, of what stands below the title, of the title
MANY = 24  # classes of which each is named beside its bar


class Sample(NamedTuple):
    """An image [H, W] to show, the place of its class, the probability of each class [K], and which image it is."""

    image: npt.ArrayLike
    true: int
    probabilities: npt.ArrayLike
    number: int | None = None


class Curves(NamedTuple):
    """Loss and micro-F1 on training and test images after 0, 1, … epochs, [E + 1] each."""

    train_loss: npt.ArrayLike
    test_loss: npt.ArrayLike
    train_f1: npt.ArrayLike
    test_f1: npt.ArrayLike


def plot_classifier(
    sample: Sample,
    curves: Curves,
    confusion: npt.ArrayLike,
    classes: Sequence[str],
    *,
    title: str | None = None,
    note: str | None = None,
    language: str = "en",
) -> Figure:
    """Draw the four.

    Args:
        sample: an image of the test set.
        curves: the course of the fit.
        confusion: counts [true, said] on the test images, [K, K].
        classes: the names of the classes, in the figure's language.
        title: what stands above.
        note: a line at the foot.
        language: "en" or "ko"; English, with one warning, where this machine has no Korean font: give English names then.

    Raises:
        ConfigError: shapes do not fit together.
    """
    counts = check_confusion("plot_classifier", confusion, classes)
    given = np.asarray(sample.probabilities, dtype=np.float64)
    if np.ndim(sample.image) != 2 or given.shape != (len(classes),) or not 0 <= sample.true < len(classes):
        raise ConfigError(
            f"plot_classifier: expected a sample [H, W] with {len(classes)} probabilities, got shapes "
            f"{list(np.shape(sample.image))}, {list(given.shape)}"
        )
    lines = [np.asarray(values, dtype=np.float64) for values in curves]
    if len({line.shape for line in lines}) != 1 or lines[0].ndim != 1 or not len(lines[0]):
        raise ConfigError(f"plot_classifier: expected four curves of one length, got {[list(line.shape) for line in lines]}")
    spoken = drawable(language)
    above, below = (ABOVE if title else 0.12), 0.3 if note else 0.05
    height = HEIGHT + above + below
    with drawing(spoken):
        figure = sheet(WIDTH, height)
        if title:
            figure.suptitle(title, fontsize=12, weight="bold", y=1 - 0.25 / height)

        def panel(left: float, bottom: float, width: float, tall: float) -> Axes:
            return figure.add_axes((left / WIDTH, (below + bottom) / height, width / WIDTH, tall / height))

        key = "sample" if sample.number is not None else "image"
        picture = panel(0.3, 3.45, 2.05, 2.05)
        draw_image(picture, sample.image)
        named = label(key, spoken, index=sample.number, name=classes[sample.true])
        picture.text(0.0, 1.06, named, transform=picture.transAxes, fontsize=10.5, weight="bold", va="bottom")
        _probabilities(panel(3.75, 3.45, 1.9, 2.05), given, sample.true, classes, spoken)
        loss = panel(0.72, 0.55, 2.1, 2.05)
        _curve(loss, lines[0], lines[1], label("loss", spoken), spoken)
        f1 = panel(3.55, 0.55, 2.1, 2.05)
        _curve(f1, lines[2], lines[3], label("f1", spoken), spoken)
        matrix = panel(6.95, 1.15, 4.5, 4.5)
        draw_confusion(matrix, counts, classes, spoken)
        words: dict[str, Any] = {"transform": matrix.transAxes, "ha": "center", "va": "bottom"}
        matrix.text(0.5, 1.05, label("confusion", spoken), fontsize=10.5, weight="bold", **words)
        matrix.text(0.5, 1.01, label("cells", spoken), fontsize=8, color=MUTED, **words)
        if note:
            foot(figure, note)
        return figure


def draw_image(axes: Axes, image: npt.ArrayLike) -> None:
    """An image, dark on light, in a thin frame."""
    axes.imshow(np.asarray(image), cmap="gray_r", vmin=0, vmax=255, interpolation="nearest")
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set_color(RULE)


def _probabilities(axes: Axes, given: Numbers, true: int, classes: Sequence[str], language: Language) -> None:
    """A bar for each class: blue the true one, orange a wrong one that was said."""
    places = np.arange(len(given))
    said = int(given.argmax())
    colours = [BLUE if place == true else ORANGE if place == said else MUTED for place in places]
    axes.barh(places, np.nan_to_num(given), color=colours, height=0.68, zorder=3)
    axes.set_xlim(0.0, 1.0)
    axes.set_ylim(len(given) - 0.4, -0.6)
    dress(axes, language)
    axes.grid(visible=False, axis="y")
    step = -(-len(given) // MANY)  # of very many classes the matrix has the names of all
    axes.set_yticks(places[::step], classes[::step], fontsize=min(8.5, 106 / len(places[::step])))
    axes.set_xticks([0.0, 0.5, 1.0], ["0", "0.5", "1"])
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel(label("probability", language), fontsize=9)


def _curve(axes: Axes, train: Numbers, test: Numbers, name: str, language: Language) -> None:
    """Training and test numbers after each epoch; the start, too, where there is but one."""
    first = 1 if len(train) > 2 else 0
    epochs, lines = np.arange(first, len(train)), (train[first:], test[first:])
    looks: tuple[dict[str, Any], ...] = (
        {"color": BLUE, "marker": "o", "label": label("train", language), "zorder": 3},
        {"color": ORANGE, "marker": "s", "label": label("test", language), "linestyle": (0, (5, 2)), "zorder": 4},
    )
    for values, look in zip(lines, looks, strict=True):
        axes.plot(epochs, values, markersize=3.5, linewidth=1.5, **look)
    seen = np.concatenate(lines)
    seen = seen[np.isfinite(seen)]
    if len(seen) and seen.min() > 0 and seen.max() > 300 * seen.min():
        log_scale(axes, seen)
        name = label("log", language, label=name)
    elif len(seen):
        one = seen.min() == seen.max()  # then as much room as it is large
        axes.set_ylim(*within(np.append(seen, [0.5 * seen[0], 1.5 * seen[0]]) if one else seen, 0.08))
    dress(axes, language, whole=True)
    axes.set_title(name, fontsize=10, pad=5, color=INK)
    axes.set_xlabel(label("epoch", language), fontsize=9, labelpad=2)
    axes.legend(fontsize=8.5, frameon=False)
