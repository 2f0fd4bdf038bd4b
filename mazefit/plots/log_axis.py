"""A logarithmic scale for numbers of any size: what is small written out, large powers of ten as powers."""

import math

from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from mazefit.plots.curves import log_ticks
from mazefit.plots.panels import Numbers
from mazefit.words import amount


def log_scale(axes: Axes, seen: Numbers) -> None:
    """A logarithmic scale on which all of these are seen, its ticks powers of ten where they are far apart."""
    low, high = float(seen.min()) / 2, float(seen.max()) * 3
    axes.set_yscale("log")
    axes.set_ylim(low, high)
    ticks = log_ticks(low, high, low)
    axes.yaxis.set_major_locator(FixedLocator(ticks[:: max(1, -(-len(ticks) // 7))]))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: power(float(value))))


def power(value: float) -> str:
    """A number on a logarithmic scale; a large power of ten as one.

    >>> power(0.5), power(1000.0), power(1e18)
    ('0.5', '1,000', '10¹⁸')
    """
    exponent = round(math.log10(value)) if value > 0 else 0
    if exponent < 4 or not math.isclose(value, 10.0**exponent, rel_tol=1e-6):
        return amount(value, 3)
    return "10" + str(exponent).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))
