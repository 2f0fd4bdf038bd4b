"""What the regressions say: whole in both languages, said somewhere, and in the words of the tutorials."""

from pathlib import Path

import pytest

import mazefit.lab.regression
from mazefit.lab.regression.config import WavesConfig
from mazefit.lab.regression.phrases import PHRASES, TABLES, say
from mazefit.supervised.regression.claims import CLAIMS
from tests.lab.phrase_checks import check_all_said, check_both_languages, check_flags, check_said_alike, source

FOLDER = Path(mazefit.lab.regression.__file__).parent
MADE = {f"claim.{name}" for name in CLAIMS} | {f"claim.title {name}" for name in CLAIMS}
MADE |= {f"constants.{name}" for name in ("keras", "torch")}
MADE |= {f"backend.{name}" for name in ("torch", "compiled", "batched", "one by one")}


def test_no_key_stands_in_two_tables() -> None:
    assert sum(len(table) for table in TABLES) == len(PHRASES)


@pytest.mark.parametrize("key", PHRASES)
def test_both_languages_have_the_same_braces(key: str) -> None:
    check_both_languages(*PHRASES[key])


def test_every_phrase_is_said_and_every_one_that_is_said_is_there() -> None:
    check_all_said(PHRASES, source(FOLDER), PHRASES, MADE)


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
    check_said_alike(PHRASES, english, korean)


def test_flags_that_phrases_name_are_there() -> None:
    check_flags(PHRASES, FOLDER)
    assert WavesConfig(activations=True).experiment == "activations"


def test_a_phrase_is_filled_in() -> None:
    assert say("line.final", "en", name="w") == "final w"
    assert say("line.final", "ko", name="w") == "최종 w"
    with pytest.raises(KeyError):
        say("no such phrase", "en")
