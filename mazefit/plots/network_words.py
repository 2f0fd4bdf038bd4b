"""The words in and around a drawn network, in English and Korean.

say("hidden", "ko", index=2)            은닉층 2
"""

from itertools import pairwise

from mazefit.plots.fonts import families, korean_font
from mazefit.plots.network_checks import What
from mazefit.words import LANGUAGES, Language, filled

WORDS = {
    "title": ("Network {sizes}: {count} parameters", "신경망 {sizes}: 매개변수 {count}개"),
    "input": ("input", "입력층"),
    "only hidden": ("hidden", "은닉층"),
    "hidden": ("hidden {index}", "은닉층 {index}"),
    "output": ("output", "출력층"),
    "unit": ("1 unit", "노드 1개"),
    "units": ("{count} units", "노드 {count}개"),
    "weights": ("weight of a link", "연결의 가중치"),
    "biases": ("bias of a node", "노드의 편향"),
    "both": ("weight of a link, bias of a node", "연결의 가중치, 노드의 편향"),
}
SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def say(key: str, language: Language, **values: object) -> str:
    """The word of that key, `values` put into its braces."""
    return filled(WORDS[key][LANGUAGES.index(language)], values)


def heading(sizes: tuple[int, ...], language: Language) -> str:
    """What stands above: the sizes, and how many weights and biases there are.

    >>> heading((1, 10, 1), "en")
    'Network 1-10-1: 31 parameters'
    """
    count = sum((left + 1) * right for left, right in pairwise(sizes))
    return say("title", language, sizes="-".join(map(str, sizes)), count=f"{count:,}")


def layer_name(index: int, layers: int, language: Language) -> str:
    """What a layer is called: input, hidden 1, …, output."""
    if index == 0 or index == layers - 1:
        return say("input" if index == 0 else "output", language)
    return say("only hidden", language) if layers == 3 else say("hidden", language, index=index)


def below(
    index: int, sizes: tuple[int, ...], name: str | None, activation: str | None, batch: int | None, lang: Language
) -> list[str]:
    """The lines below a layer: its name, its units, the shape of its output, its activation.

    >>> below(1, (1, 10, 1), None, "tanh", None, "en")
    ['hidden', '10 units', '(n, 10)', 'tanh']
    """
    size = sizes[index]
    lines = [name if name is not None else layer_name(index, len(sizes), lang)]
    lines.append(say("unit", lang) if size == 1 else say("units", lang, count=f"{size:,}"))
    lines.append(f"({'n' if batch is None else batch}, {size})")
    return [*lines, activation] if activation else lines


def unit_name(letter: str, index: int, size: int) -> str:
    """The name of an input or output unit: x where it is the only one, else x₁, x₂, …"""
    return letter if size == 1 else letter + str(index + 1).translate(SUBSCRIPTS)


def fonts_for(what: What, language: Language) -> list[str]:
    """Font families for the figure's words, and for names that are given in Hangul in a figure labelled in English."""
    given = "".join([*(what.names or ()), *(what.inputs or ()), *(what.outputs or ()), *(a or "" for a in what.activations)])
    font = korean_font() if any("\u1100" <= letter <= "\ud7ff" for letter in given) else None
    return families(language) if font is None or language == "ko" else [*families(language), font]
