"""What the deep agent's command says: whole in both languages, said somewhere, and in the words of the field."""

from pathlib import Path

import pytest

import mazefit.lab.deep
from mazefit.lab.deep.many_phrases import MANY
from mazefit.lab.deep.phrases import DEEP, PHRASES
from mazefit.lab.page_phrases import PAGES
from tests.lab.phrase_checks import check_all_said, check_both_languages, check_flags, check_said_alike, source

FOLDER = Path(mazefit.lab.deep.__file__).parent
MADE = {f"deep.see {kind}" for kind in ("state", "coordinates", "grid")}
MADE |= {f"deep.{key}" for key in ("maze", "length", "shortest", "after", "on path", "on all")}


def test_no_key_stands_in_two_tables() -> None:
    assert len(PAGES) + len(DEEP) == len(PHRASES)


@pytest.mark.parametrize("key", DEEP)
def test_both_languages_have_the_same_braces(key: str) -> None:
    check_both_languages(*DEEP[key])


def test_every_phrase_is_said_and_every_one_that_is_said_is_there() -> None:
    check_all_said({**PHRASES, **MANY}, source(FOLDER), DEEP, MADE)


@pytest.mark.parametrize(
    ("english", "korean"),
    [
        ("episode", "에피소드"),
        ("seed", "시드"),
        ("checkpoint", "체크포인트"),
        ("target network", "타깃 신경망"),
        ("weight", "가중치"),
    ],
)
def test_words_of_the_field_are_said_alike(english: str, korean: str) -> None:
    check_said_alike(DEEP, english, korean)


def test_flags_that_phrases_name_are_there() -> None:
    check_flags(DEEP, FOLDER)
