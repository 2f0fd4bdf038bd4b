"""What the regressions say: whole in both languages, said somewhere, and in the words of the tutorials."""

import re
from pathlib import Path
from string import Formatter

import pytest

import mazefit.lab.regression
from mazefit.lab.regression.config import WavesConfig
from mazefit.lab.regression.phrases import PHRASES, TABLES, say
from mazefit.supervised.regression.claims import CLAIMS

FOLDER = Path(mazefit.lab.regression.__file__).parent
SHARED = [FOLDER.parent / name for name in ("page.py", "results.py", "bars.py")]
FILES = [file for file in (*FOLDER.glob("*.py"), *SHARED) if not file.name.startswith("phrases")]
SOURCE = "\n".join(file.read_text(encoding="utf-8") for file in FILES)
MADE = {f"claim.{name}" for name in CLAIMS} | {f"claim.title {name}" for name in CLAIMS}
MADE |= {f"constants.{name}" for name in ("keras", "torch")}
MADE |= {f"backend.{name}" for name in ("torch", "compiled", "batched", "one by one")}


def fields(phrase: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(phrase) if name is not None}


def test_no_key_stands_in_two_tables() -> None:
    assert sum(len(table) for table in TABLES) == len(PHRASES)


@pytest.mark.parametrize("key", PHRASES)
def test_both_languages_have_the_same_braces(key: str) -> None:
    english, korean = PHRASES[key]
    assert fields(english) == fields(korean)
    assert not re.search("[가-힣]", english)
    letters = re.sub(r"\{\w+\}|Keras|PyTorch|[^A-Za-z가-힣]", "", korean)
    assert not letters or re.search("[가-힣]", korean)


def test_every_phrase_is_said_and_every_one_that_is_said_is_there() -> None:
    said = set(re.findall(r'(?:say|heading|text|point)\(\s*"([^"]+)"', SOURCE))
    assert said - set(PHRASES) == set()
    assert {key for key in PHRASES if not re.search(f"[\"']{re.escape(key)}[\"']", SOURCE)} - MADE == set()


@pytest.mark.parametrize(
    ("english", "korean"),
    [
        ("epoch", "에포크"),
        ("loss", "손실"),
        ("optimizer", "옵티마이저"),
        ("learning rate", "학습률"),
        ("least squares", "최소제곱"),
    ],
)
def test_words_of_the_field_are_said_alike(english: str, korean: str) -> None:
    for one, other in PHRASES.values():
        if re.search(rf"\b{english}s?\b", re.sub(r"\{\w+\}|--[a-z-]+", "", one)):
            assert korean in other, one


def test_flags_that_phrases_name_are_there() -> None:
    flags = set(re.findall(r"--([a-z-]+)", " ".join(one for one, _ in PHRASES.values())))
    source = (FOLDER / "config.py").read_text(encoding="utf-8")
    assert flags - {name for name in flags if re.search(rf"^    {name.replace('-', '_')}: ", source, re.MULTILINE)} == set()
    assert WavesConfig(activations=True).experiment == "activations"


def test_a_phrase_is_filled_in() -> None:
    assert say("line.final", "en", name="w") == "final w"
    assert say("line.final", "ko", name="w") == "최종 w"
    with pytest.raises(KeyError):
        say("no such phrase", "en")
