"""What holds of every table of phrases, whichever commands say them."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from string import Formatter

import mazefit.lab

Phrases = Mapping[str, tuple[str, str]]


def source(folder: Path) -> str:
    """The code that says phrases: the folder's own, and what all pages share."""
    shared = [Path(mazefit.lab.__file__).parent / name for name in ("page.py", "results.py", "bars.py")]
    files = [file for file in (*folder.glob("*.py"), *shared) if not file.name.startswith("phrases")]
    return "\n".join(file.read_text(encoding="utf-8") for file in files)


def fields(phrase: str) -> set[str]:
    """The names in its braces."""
    return {name for _, name, _, _ in Formatter().parse(phrase) if name is not None}


def check_both_languages(english: str, korean: str) -> None:
    """Both have the same braces, and each is in its language."""
    assert fields(english) == fields(korean)
    assert not re.search("[가-힣]", english)
    letters = re.sub(r"\{\w+\}|Keras|PyTorch|[^A-Za-z가-힣]", "", korean)
    assert not letters or re.search("[가-힣]", korean)


def check_all_said(phrases: Phrases, said_in: str, own: Iterable[str], made: set[str]) -> None:
    """What the code says is there, and all of `own` is said somewhere, but for keys that are put together."""
    said = set(re.findall(r'(?:say|heading|text|point)\(\s*"([^"]+)"', said_in))
    assert said - set(phrases) == set()
    assert {key for key in own if not re.search(f"[\"']{re.escape(key)}[\"']", said_in)} - made == set()


def check_said_alike(phrases: Phrases, english: str, korean: str) -> None:
    """Wherever the English has this word of the field, the Korean has that one."""
    for one, other in phrases.values():
        if re.search(rf"\b{english}s?\b", re.sub(r"\{\w+\}|--[a-z-]+|epoch %", "", one)):
            assert korean in other, one


def check_flags(phrases: Phrases, folder: Path) -> None:
    """The flags that phrases name are settings: those of all fits, or the folder's own."""
    flags = set(re.findall(r"--([a-z-]+)", " ".join(one for one, _ in phrases.values())))
    files = [folder.parent / "fit_config.py", *folder.glob("config*.py")]
    settings = "\n".join(file.read_text(encoding="utf-8") for file in files)
    assert {name for name in flags if not re.search(rf"^    {name.replace('-', '_')}: ", settings, re.MULTILINE)} == set()
