"""The fonts of a figure: matplotlib's own for English, a Korean one that this machine has for Korean, never boxes."""

import warnings
from functools import cache

from mazefit.words import Language, check_language

KOREAN = (
    "Noto Sans CJK KR",
    "Noto Sans KR",
    "NanumGothic",
    "NanumBarunGothic",
    "NanumSquare",
    "Apple SD Gothic Neo",
    "AppleGothic",
    "Malgun Gothic",
    "Noto Sans CJK JP",  # how some versions of matplotlib name the file that holds all of Noto Sans CJK
)
LATIN = "DejaVu Sans"  # comes with matplotlib, has every sign that figures use (minus, γ, ε)


@cache
def korean_font() -> str | None:
    """The name of the first Korean font that matplotlib finds on this machine."""
    from matplotlib import font_manager

    known = {font.name for font in font_manager.fontManager.ttflist}
    return next((name for name in KOREAN if name in known), None)


def drawable(language: str) -> Language:
    """The language in which a figure can be drawn here: English, with one warning, where no Korean font is found.

    Raises:
        ConfigError: another language than "en" or "ko".
    """
    wanted = check_language(language)
    if wanted == "ko" and korean_font() is None:
        _warn()
        return "en"
    return wanted


@cache
def _warn() -> None:
    """Said once in a program's life."""
    warnings.warn(
        "no Korean font was found, so figures are labelled in English; install Noto Sans CJK KR or NanumGothic",
        stacklevel=4,
    )


def families(language: Language) -> list[str]:
    """Font families to draw `language` with, in the order in which they are asked for a letter."""
    font = korean_font() if language == "ko" else None
    return [LATIN] if font is None else [font, LATIN]
