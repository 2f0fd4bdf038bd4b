"""A network on axes: links, nodes, numbers, the words below, and the scale of the weights."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PatchCollection
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.patches import Circle

from mazefit.plots.network_checks import Numbers, What
from mazefit.plots.network_layout import LEGEND, LETTER, LINE, column, inches, layout
from mazefit.plots.network_words import below, say, unit_name
from mazefit.plots.sheet import BLUE, INK, MUTED, ORANGE
from mazefit.words import Language, amount

SIGNED = LinearSegmentedColormap.from_list("signed", ["#00426a", BLUE, "#c4c7cb", ORANGE, "#7f3700"])
PLAIN_LINK, PLAIN_NODE, INPUT_NODE = "#8d939c", "#f3efe4", "#ffffff"
THIN, THICK = 0.5, 3.4  # points of a link of weight 0, and of the largest
SMALLEST_NUMBER, LARGEST_NUMBER = 4.5, 7.5  # points
NUMBER_AT = 0.66  # where on a link its number stands, from the single unit to the many
SHOWN = (-1.0, -0.5, 0.0, 0.5, 1.0)  # shares of the largest number that the scale shows


class Drawing:
    """One network, drawn when it is made; axes units are inches."""

    def __init__(self, axes: Axes, what: What, language: Language) -> None:
        self.axes, self.what = axes, what
        self.language: Language = language
        box = axes.get_window_extent()
        dots = axes.get_figure(root=True).dpi  # pyright: ignore[reportOptionalMemberAccess]
        width, height = box.width / dots, box.height / dots
        axes.set(xlim=(0, width), ylim=(0, height), aspect="equal")
        axes.set_axis_off()
        columns = [column(size, what.most) for size in what.sizes]
        self.words = [
            below(i, what.sizes, None if what.names is None else what.names[i], what.activations[i], what.batch, language)
            for i in range(len(columns))
        ]
        self.place = layout(columns, self.words, width, height, what.largest is not None)
        self.links()
        self.nodes()
        self.ends()
        self.lines_below()
        if what.largest is not None:
            self.legend()

    def colours(self, values: Numbers) -> Numbers:
        """Red, green, blue of weights or biases, [..., 4]."""
        largest = self.what.largest or 1.0
        return np.asarray(SIGNED((values / largest + 1) / 2))

    def widths(self, values: Numbers) -> Numbers:
        """Points of links of these weights; where nodes are small, links are thin."""
        scale = self.place.radius / 0.2
        return (THIN + (THICK - THIN) * np.abs(values) / (self.what.largest or 1.0)) * max(0.3, min(1.0, scale))

    def links(self) -> None:
        """A line for each pair of drawn units, the heaviest on top."""
        place = self.place
        for i in range(len(place.x) - 1):
            left, right = np.meshgrid(place.y[i], place.y[i + 1], indexing="ij")  # [m, n]
            x = np.broadcast_to(place.x[i : i + 2], (left.size, 2))
            lines = np.stack([x, np.stack([left.ravel(), right.ravel()], axis=1)], axis=2)  # [m * n, 2 ends, x and y]
            if self.what.weights is None:
                self.axes.add_collection(
                    LineCollection(list(lines), colors=PLAIN_LINK, linewidths=0.7, zorder=1), autolim=False
                )
                continue
            seen = self.what.weights[i][np.ix_(place.columns[i].units, place.columns[i + 1].units)].ravel()
            order = np.argsort(np.abs(seen), kind="stable")
            drawn = LineCollection(
                list(lines[order]), colors=self.colours(seen[order]), linewidths=self.widths(seen[order]), zorder=1
            )
            self.axes.add_collection(drawn, autolim=False)
            if 1 in left.shape:
                self.numbers(lines, seen, turned=left.shape[1] == 1)

    def numbers(self, lines: Numbers, values: Numbers, *, turned: bool) -> None:
        """The weights, written on links that do not cross; `turned` where the many units are on the left."""
        share = (1 - NUMBER_AT if turned else NUMBER_AT) if len(lines) > 1 else 0.5
        at = lines[:, 0] + share * (lines[:, 1] - lines[:, 0])  # [m, 2]
        texts = [amount(float(value), 2) for value in values]
        room = self.place.row * (NUMBER_AT if len(lines) > 1 else 1.0)
        size = min(
            LARGEST_NUMBER, room * 72 / LINE, LARGEST_NUMBER * 0.45 * (lines[0, 1, 0] - lines[0, 0, 0]) / inches("−0.00")
        )
        if size >= SMALLEST_NUMBER:
            paper = {"facecolor": "white", "edgecolor": "none", "pad": 0.7}
            for (x, y), text in zip(at, texts, strict=True):
                self.axes.text(x, y, text, fontsize=size, ha="center", va="center", zorder=5, bbox=paper)

    def nodes(self) -> None:
        """A circle for each drawn unit, dots for those left out; biases as colour, and as numbers where they fit."""
        place = self.place
        for i, (x, heights, each) in enumerate(zip(place.x, place.y, place.columns, strict=True)):
            biases = None if self.what.biases is None or i == 0 else self.what.biases[i - 1][each.units]
            circles = [Circle((x, y), place.radius) for y in heights]
            fill = self.colours(biases) if biases is not None else INPUT_NODE if i == 0 else PLAIN_NODE
            edge = min(1.1, 6 * place.radius)
            shown = PatchCollection(circles, facecolors=fill, edgecolors=INK, linewidths=edge, zorder=3)
            self.axes.add_collection(shown, autolim=False)
            if each.dots:
                dots = [Circle((x, place.middle + k * 0.28 * place.row), min(0.035, 0.09 * place.row)) for k in (-1, 0, 1)]
                self.axes.add_collection(PatchCollection(dots, facecolors=INK, edgecolors="none", zorder=4), autolim=False)
            for y, bias in zip(heights, [] if biases is None else biases.tolist(), strict=False):
                text = amount(bias, 2)
                size = min(LARGEST_NUMBER - 0.5, 1.8 * place.radius * 72 / (0.63 * len(text)))
                if size >= SMALLEST_NUMBER:
                    dark = self.colours(np.array([bias]))[0, :3] @ np.array([0.299, 0.587, 0.114]) < 0.5
                    self.axes.text(
                        x, y, text, fontsize=size, ha="center", va="center_baseline", zorder=5, color="white" if dark else INK
                    )

    def ends(self) -> None:
        """The names of inputs and outputs, beside their nodes."""
        place = self.place
        for i, letter, given, side in ((0, "x", self.what.inputs, -1), (len(place.x) - 1, "y", self.what.outputs, 1)):
            size = self.what.sizes[i]
            units = place.columns[i].units.tolist()
            texts = [given[unit] if given is not None else unit_name(letter, unit, size) for unit in units]
            gap = place.radius + 0.06
            room = (place.x[0] if side < 0 else place.width - place.x[-1]) - gap - 0.03
            widest = max(inches(text) for text in texts)
            points = min(LETTER, 72 * place.row / 1.1, LETTER * room / max(widest, 1e-9))
            for y, text in zip(place.y[i], texts, strict=True):
                at = (place.x[i] + side * gap, y)
                self.axes.text(*at, text, fontsize=points, ha="right" if side < 0 else "left", va="center", color=INK)

    def lines_below(self) -> None:
        """Name, units, shape and activation of each layer."""
        place = self.place
        step = place.letter * LINE / 72
        for x, lines in zip(place.x, self.words, strict=True):
            for k, line in enumerate(lines):
                look: dict[str, Any] = {"weight": "bold", "color": INK} if k == 0 else {"color": MUTED}
                self.axes.text(x, place.names - (k + 0.7) * step, line, fontsize=place.letter, ha="center", va="center", **look)

    def legend(self) -> None:
        """What colours and thickness mean: five links, with the numbers that they stand for."""
        what, place = self.what, self.place
        pitch = min(0.66, place.width / 6)
        shown = SHOWN if what.largest else (0.0,)
        kind = (
            "both"
            if what.weights is not None and what.biases is not None
            else "weights"
            if what.weights is not None
            else "biases"
        )
        texts = [amount(share * (what.largest or 1.0), 2) for share in shown]
        title = say(kind, self.language)
        letter = LETTER * min(1.0, 0.95 * place.width / inches(title), 0.9 * pitch / max(inches(text) for text in texts))
        middle = place.width / 2
        self.axes.text(middle, LEGEND - 0.14, title, fontsize=letter, ha="center", va="center", color=INK)
        values = np.array(shown) * (what.largest or 1.0)
        x = middle + pitch * (np.arange(len(values)) - (len(values) - 1) / 2)
        y = LEGEND - 0.32
        if what.weights is not None:
            ends = np.stack([np.stack([x - 0.42 * pitch, x + 0.42 * pitch], axis=1), np.full((len(x), 2), y)], axis=2)
            sample = LineCollection(list(ends), colors=self.colours(values), linewidths=self.widths(values), zorder=1)
            self.axes.add_collection(sample, autolim=False)
        if what.biases is not None:
            nodes = PatchCollection(
                [Circle((one, y), 0.065) for one in x], facecolors=self.colours(values), edgecolors=INK, zorder=3
            )
            self.axes.add_collection(nodes, autolim=False)
        for one, text in zip(x, texts, strict=True):
            self.axes.text(one, y - 0.17, text, fontsize=letter * 0.95, ha="center", va="center", color=MUTED)
