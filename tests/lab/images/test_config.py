"""Settings: their defaults are the tutorial's, everything wrong is said at once, JSON holds what was used."""

import json
from pathlib import Path
from typing import Any

import pytest

from mazefit.errors import ConfigError
from mazefit.lab.images.config import ImagesConfig
from mazefit.lab.images.config_classifier import ClassifierConfig

ALL = (ClassifierConfig,)


def test_defaults_are_the_tutorials():
    config = ClassifierConfig()
    assert (config.data, config.total, config.mode, config.faithful) == ("mnist", 5, "corrected", True)
    assert config.others == ("as written", "repaired")
    assert str(config.folder) == "out/classifier"


@pytest.mark.parametrize("kind", ALL)
def test_json_holds_every_setting_as_it_was_used_and_not_how_it_was_called(kind: type[ImagesConfig]):
    saved = json.loads(json.dumps(kind(quick=True, out=Path("somewhere"), resume=True).to_json()))
    assert (saved["epochs"], saved["out"], saved["quick"], saved["dataset"]) == (kind.quick_epochs, "somewhere", True, "digits")
    assert [name for name, value in saved.items() if value is None] == ["seeds"]  # one run is asked for
    assert kind(quick=True, out="somewhere", resume=True, debug=True).to_json() == saved == kind(
        quick=True, out="somewhere"
    ).to_json()  # fmt: skip


@pytest.mark.parametrize(
    ("flags", "data", "epochs"),
    [
        ({}, "mnist", 5),
        ({"quick": True}, "digits", 20),
        ({"quick": True, "dataset": "fashion-mnist"}, "fashion-mnist", 1),
        ({"quick": True, "epochs": 3}, "digits", 3),
        ({"dataset": "digits"}, "digits", 5),
    ],
)
def test_what_quick_means(flags: dict[str, Any], data: str, epochs: int):
    config = ClassifierConfig(**flags)
    assert (config.data, config.total) == (data, epochs)
    assert config.faithful == (epochs == 5)


@pytest.mark.parametrize(("flags", "mode"), [({"as_written": True}, "as written"), ({"repaired": True}, "repaired")])
def test_a_way_that_is_asked_for_stands_alone(flags: dict[str, Any], mode: str):
    assert (ClassifierConfig(**flags).mode, ClassifierConfig(**flags).others) == (mode, ())


def test_flags_to_copy():
    config = ClassifierConfig(lang="en")
    assert [flag for flag in config.flags if flag not in ("--lang", "en")] == []
    config = ClassifierConfig(quick=True, out=Path("a b"), as_written=True, seed=3, resume=True)
    assert config.flags == ["--seed", "3", "--out", "a b", "--quick", "--as-written"]


def test_everything_wrong_is_said_at_once():
    with pytest.raises(ConfigError) as refused:
        ClassifierConfig(dataset="", seed=-1, epochs=0, out="", as_written=True, repaired=True).check()
    said = str(refused.value)
    assert said.startswith("classifier: ")
    for sentence in (
        "--seed: expected an integer", "--epochs: expected an integer of at least 1, got 0",
        "--out: expected the path of a folder, got ''", "--dataset: expected a name or the path of a folder, got ''",
        "--as-written: expected none beside --repaired",
    ):  # fmt: skip
        assert sentence in said


def test_another_language_is_refused():
    wrong: Any = "fr"
    with pytest.raises(ConfigError, match="lang: unknown 'fr'"):
        ClassifierConfig(lang=wrong).check()
