"""What the commands on images say: whole in both languages, said somewhere, and in the words of the field."""

import re
from pathlib import Path

import pytest

import mazefit.lab.images
from mazefit.lab.images.phrases import CLOTHES, PHRASES, TABLES, say
from mazefit.lab.page_phrases import PAGES
from mazefit.supervised.classifier.modes import MODES
from mazefit.supervised.known_images import FASHION
from tests.lab.phrase_checks import check_all_said, check_both_languages, check_flags, check_said_alike, source

FOLDER = Path(mazefit.lab.images.__file__).parent
MADE = {f"mode.{name}" for name in MODES} | {f"ways.{key}" for key in ("updates", "before", "worst", "after", "micro", "macro")}
MADE |= {f"group.{name}" for name in ("tops", "shoes")} | {f"known.{name}" for name in ("axes", "map", "codes")}
MADE |= {f"embed.claim {verdict}" for verdict in ("same", "other", "open")}
MADE |= {f"embed.{what} {method}" for what in ("by", "place") for method in ("tsne", "pca", "quick")}


def test_no_key_stands_in_two_tables() -> None:
    assert sum(len(table) for table in TABLES) == len(PHRASES)


@pytest.mark.parametrize("key", PHRASES)
def test_both_languages_have_the_same_braces(key: str) -> None:
    check_both_languages(*PHRASES[key])


def test_every_phrase_is_said_and_every_one_that_is_said_is_there() -> None:
    check_all_said(
        PHRASES, source(FOLDER), set(PHRASES) - set(PAGES), MADE
    )  # what every page may say is held against its pages elsewhere


@pytest.mark.parametrize(
    ("english", "korean"),
    [
        ("epoch", "에포크"),
        ("loss", "손실"),
        ("optimizer", "옵티마이저"),
        ("precision", "정밀도"),
        ("recall", "재현율"),
        ("logit", "로짓"),
        ("weight", "가중치"),
        ("checkpoint", "체크포인트"),
    ],
)
def test_words_of_the_field_are_said_alike(english: str, korean: str) -> None:
    check_said_alike(PHRASES, english, korean)


def test_flags_that_phrases_name_are_there() -> None:
    check_flags(PHRASES, FOLDER)


def test_clothes_have_korean_names() -> None:
    assert set(CLOTHES) == set(FASHION.classes)
    assert len(set(CLOTHES.values())) == len(CLOTHES)
    assert all(re.fullmatch("[가-힣]+", name) for name in CLOTHES.values())


def test_a_phrase_is_filled_in() -> None:
    assert say("way.batches", "en", size=60) == "batches of 60"
    assert say("way.batches", "ko", size=60) == "60장씩 미니배치"
    with pytest.raises(KeyError):
        say("no such phrase", "en")
