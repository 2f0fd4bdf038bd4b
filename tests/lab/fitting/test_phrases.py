"""What the fitting commands say: whole in both languages, said somewhere, and in the words of the tutorials."""

from pathlib import Path

import pytest

import mazefit.lab.fitting
from mazefit.lab.fitting.phrases import CONTROL, FIT, LANDSCAPE, PHRASES, TABLES
from tests.lab.phrase_checks import check_all_said, check_both_languages, check_flags, check_said_alike, source

FOLDER = Path(mazefit.lab.fitting.__file__).parent
MADE = {f"control.{part} {control}" for part in ("begin", "title") for control in ("step_size", "optimizer")}
MADE |= {f"control.{key}" for key in ("choice", "loss", "updates", "better loss", "better updates")}
MADE |= {f"control.{measure} label" for measure in ("loss", "updates")}


def test_no_key_stands_in_two_tables() -> None:
    assert sum(len(table) for table in TABLES) == len(PHRASES)


@pytest.mark.parametrize("key", PHRASES)
def test_both_languages_have_the_same_braces(key: str) -> None:
    check_both_languages(*PHRASES[key])


def test_every_phrase_is_said_and_every_one_that_is_said_is_there() -> None:
    check_all_said(PHRASES, source(FOLDER), {**LANDSCAPE, **FIT, **CONTROL}, MADE)


@pytest.mark.parametrize(
    ("english", "korean"),
    [
        ("loss", "손실"),
        ("optimizer", "옵티마이저"),
        ("least squares", "최소제곱"),
        ("episode", "에피소드"),
        ("reward", "보상"),
        ("policy", "정책"),
        ("return G", "수익(G)"),
    ],
)
def test_words_of_the_field_are_said_alike(english: str, korean: str) -> None:
    check_said_alike(PHRASES, english, korean)


def test_flags_that_phrases_name_are_there() -> None:
    check_flags(PHRASES, FOLDER)
