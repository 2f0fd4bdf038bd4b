"""The catalogue of words: whole in both languages, and nothing in it for nobody."""

import ast
import string
from pathlib import Path

import pytest

import mazefit
from mazefit import words
from mazefit.errors import ConfigError
from mazefit.words import GLOSSARY, LANGUAGES, TABLES, amount, default_language, filled, word

KEYS = [key for table in TABLES for key in table]


def test_the_glossary_stands_as_the_tutorials_have_it():
    korean = "환경 행위자 상태 행위 보상 에피소드 수익(G) 정책 가치 결정론적_환경 상태전이확률 백업다이어그램"
    english = "environment agent state action reward episode return_G policy value"
    assert [ko.replace(" ", "_") for _, ko in GLOSSARY.values()] == korean.split()
    assert [en.replace(" ", "_") for en, _ in GLOSSARY.values()][:9] == english.split()


def test_keys_are_in_one_table_only():
    assert len(KEYS) == len(set(KEYS))


@pytest.mark.parametrize("key", KEYS)
def test_both_languages_say_it_with_the_same_braces(key: str):
    english, korean = next(table[key] for table in TABLES if key in table)
    holes = [{name for _, name, _, _ in string.Formatter().parse(text) if name} for text in (english, korean)]
    assert holes[0] == holes[1]
    assert english.isascii()
    assert any("가" <= letter <= "힣" for letter in korean)


def test_every_key_is_used_and_every_used_key_is_known():
    written, asked = set[str](), set[str]()
    for file in Path(mazefit.__file__).parent.rglob("*.py"):
        if file.name == "words.py":
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                written.add(node.value)
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "word" and isinstance(node.args[0], ast.Constant):
                asked.add(str(node.args[0].value))
    written |= {f"maze.{sign}" for sign in ("start", "goal", "wall", "action")}  # plots/legend.py puts these together
    assert asked <= set(KEYS)
    assert set(KEYS) - written - set(GLOSSARY) == set()


def test_values_go_into_the_braces():
    assert word("curves.mean", "en", episodes=20) == "running mean of 20 episodes"
    assert word("curves.mean", "ko", episodes=20) == "에피소드 20개의 이동평균"


def test_an_unknown_key_or_language_is_refused():
    with pytest.raises(KeyError, match="no such word"):
        word("no such word")
    with pytest.raises(ConfigError, match="unknown 'fr'; expected one of en, ko"):
        word("agent", "fr")  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize(
    ("setting", "expected"), [("", "en"), ("ko", "ko"), ("KO", "ko"), ("ko_KR.UTF-8", "ko"), ("en_US", "en"), ("en", "en")]
)
def test_the_environment_chooses_the_language(monkeypatch: pytest.MonkeyPatch, setting: str, expected: str):
    monkeypatch.setenv(words.VARIABLE, setting)
    assert default_language() == expected


@pytest.mark.parametrize("setting", ["fr", "kotlin", "한국어"])
def test_another_language_in_the_environment_is_refused(monkeypatch: pytest.MonkeyPatch, setting: str):
    monkeypatch.setenv(words.VARIABLE, setting)
    with pytest.raises(ConfigError, match=f"MAZEFIT_LANG: expected en or ko, got '{setting}'"):
        default_language()


def test_languages_are_two():
    assert LANGUAGES == ("en", "ko")


@pytest.mark.parametrize(
    ("value", "digits", "written"),
    [
        (-12.4999, 3, "−12.5"),
        (0.0, 3, "0"),
        (-0.0, 3, "0"),
        (float("inf"), 3, "∞"),
        (float("-inf"), 3, "−∞"),
        (float("nan"), 3, ""),
        (1e6, 3, "1,000,000"),
        (-19482.35, 4, "−19,480"),
        (1948.3, 4, "1,948"),
        (-20000.0, 6, "−20,000"),
        (999_999_999.0, 9, "999,999,999"),
        (999_999_999.0, 4, "1e+09"),
        (1e300, 4, "1e+300"),
        (0.5, 4, "0.5"),
        (1.0, 4, "1"),
        (1200.50, 6, "1,200.5"),
        (4.97e-14, 3, "4.97e-14"),
    ],
)
def test_numbers_as_people_write_them(value: float, digits: int, written: str):
    assert amount(value, digits) == written


def test_one_of_a_kind_is_singular():
    assert word("run.episodes", "en", episodes="1", steps="1") == "1 episode, 1 step"
    assert word("run.episodes", "en", episodes="1,001", steps="11") == "1,001 episodes, 11 steps"
    assert word("run.kept", "en", episodes=1, folder="1 steps") == "Stopped: kept 1 whole episode in 1 steps"
    assert filled("{a} states", {"a": 1.0}) == "1.0 states"
