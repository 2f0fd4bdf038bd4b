"""What a reader sees of a figure: its texts and where they stand."""

from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox


def texts(figure: Figure) -> list[tuple[str, Bbox]]:
    """Every text that is painted, with its box in pixels; ticks beyond an axis' ends are not painted."""
    figure.draw_without_rendering()
    hidden: set[int] = set()
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            slack = 1e-9 * (high - low)
            ticks = [*axis.get_major_ticks(), *axis.get_minor_ticks()]
            outside = [tick for tick in ticks if not low - slack <= tick.get_loc() <= high + slack]
            hidden |= {id(label) for tick in outside for label in (tick.label1, tick.label2)}
    found = [
        t for t in figure.findobj(Text) if isinstance(t, Text) and t.get_text() and t.get_visible() and id(t) not in hidden
    ]
    return [(text.get_text(), text.get_window_extent()) for text in found]


def cut_off(figure: Figure) -> list[str]:
    """Texts that reach beyond the sheet."""
    page = figure.bbox
    return [t for t, b in texts(figure) if b.x0 < page.x0 or b.x1 > page.x1 or b.y0 < page.y0 or b.y1 > page.y1]


def overlapping(figure: Figure) -> list[tuple[str, str]]:
    """Pairs of texts of which one stands on the other."""
    found = texts(figure)
    return [
        (a, b)
        for i, (a, first) in enumerate(found)
        for b, second in found[i + 1 :]
        if min(first.x1, second.x1) > max(first.x0, second.x0) and min(first.y1, second.y1) > max(first.y0, second.y0)
    ]
