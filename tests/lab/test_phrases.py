"""Every phrase is there in both languages, is said somewhere, and keeps to the glossary."""

import re
from pathlib import Path
from string import Formatter

import pytest

import mazefit.lab
from mazefit.errors import ConfigError
from mazefit.lab.phrases import ACTIONS, TABLES, speaker
from mazefit.words import GLOSSARY

PHRASES = {key: both for table in TABLES for key, both in table.items()}
MINE = ("frame", "look", "panel", "scene", "session")
SOURCE = "\n".join((Path(mazefit.lab.__file__).parent / f"{name}.py").read_text() for name in MINE)


def fields(phrase: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(phrase) if name is not None}


def test_no_key_stands_in_two_tables() -> None:
    assert sum(len(table) for table in TABLES) == len(PHRASES)


@pytest.mark.parametrize("key", PHRASES)
def test_both_languages_name_the_same_fields(key: str) -> None:
    english, korean = PHRASES[key]
    assert fields(english) == fields(korean)
    assert not re.search("[가-힣]", english)
    assert re.search("[가-힣]", korean) or fields(korean)


def test_every_phrase_is_said_and_every_one_that_is_said_exists() -> None:
    said = set(re.findall(r'say\(\s*"([^"]+)"', SOURCE))
    assert said - set(PHRASES) == set()
    named = {key for key in PHRASES if f'"{key}"' in SOURCE} | set(ACTIONS)
    assert set(PHRASES) - named == set()


def test_the_glossary_is_kept() -> None:
    for key in (
        "state",
        "action",
        "reward",
        "episode",
        "return",
        "policy",
        "value",
        "backup diagram",
        "transition probability",
    ):
        assert any(GLOSSARY[key][1] in korean for _, korean in PHRASES.values()), key
    pairs = {
        "backup diagram": "백업다이어그램",
        "transition probability": "상태전이확률",
        "episode": "에피소드",
        "policy": "정책",
    }
    for english, korean in PHRASES.values():
        for word, term in pairs.items():
            if word in english.lower():
                assert term in korean or "(s, a)" in english, english


def test_phrases_are_filled_in() -> None:
    assert speaker("en")("new episode", number=2, here="s0") == "Episode 2 begins in s0."
    assert speaker("ko")("new episode", number=2, here="s0") == "2번째 에피소드를 s0에서 시작합니다."
    assert speaker("en")("over", number=1, steps=1, gain="0") == "Episode 1 is over: 1 step, return G = 0."
    with pytest.raises(ConfigError, match="lang: unknown 'fr'"):
        speaker("fr")
