"""What a reader calls the columns of a file, on an axis: in letters that fonts here have, never boxes, and never cut off."""

from functools import cache
from typing import Any
from unicodedata import east_asian_width

from matplotlib.axes import Axes

from mazefit.plots.fonts import LATIN, families, korean_font
from mazefit.words import Language

LONGEST = 44  # letters' widths that fit beside a panel; of a longer name the middle is left out
ENDING = 14  # of these, for its end
UNKNOWN = "?"  # in the place of a letter that no font here has


def name_axes(axes: Axes, names: tuple[str, str], language: Language) -> None:
    """Name both axes; a Korean column keeps its name on an English figure, too, where a Korean font is found."""
    for name, put in zip(names, (axes.set_xlabel, axes.set_ylabel), strict=True):
        fonts = families(language)
        if any(not has(fonts[0], letter) for letter in name) and (korean := korean_font()) is not None:
            fonts = list(dict.fromkeys([*fonts, korean]))
        put(short("".join(c if any(has(font, c) for font in fonts) else UNKNOWN for c in name)), fontfamily=fonts)


def short(name: str) -> str:
    """A name of at most so many letters' widths: the middle of a longer one becomes three dots."""
    if width(name) <= LONGEST:
        return name
    head, tail = name, name
    while width(tail) > ENDING:
        tail = tail[1:]
    while width(head) > LONGEST - ENDING - 1:
        head = head[:-1]
    return f"{head.rstrip()}…{tail.lstrip()}"


def width(name: str) -> int:
    """How many letters' widths: those of Korea, China and Japan are two wide."""
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in name)


def has(font: str, letter: str) -> bool:
    """Whether that font has a shape for a letter."""
    return letter.isspace() or bool(_opened(font).get_char_index(ord(letter)))


@cache
def _opened(font: str) -> Any:
    from matplotlib.font_manager import FontProperties, findfont, get_font

    return get_font(findfont(FontProperties(family=[font, LATIN])))
