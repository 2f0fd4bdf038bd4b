"""Settings of the five: their defaults are the tutorials', everything wrong is said at once, JSON holds what was used."""

import json
from pathlib import Path
from typing import Any

import pytest

from mazefit.errors import ConfigError
from mazefit.lab.regression.config import CurveConfig, DescentConfig, LineConfig, RegressionConfig, SineConfig, WavesConfig

ALL = (LineConfig, DescentConfig, SineConfig, CurveConfig, WavesConfig)


def test_defaults_are_the_tutorials():
    assert [kind().total for kind in ALL] == [1_000, 10, 1_000, 1_000, 20_000]
    assert (LineConfig().learning_rate, DescentConfig().learning_rate) == (0.07, 0.1)
    assert (SineConfig().constants, SineConfig().starts, WavesConfig().formula, WavesConfig().count) == (
        "keras",
        100,
        "code",
        1,
    )
    assert [str(kind().folder) for kind in ALL] == ["out/line", "out/descent", "out/sine", "out/curve", "out/waves"]


@pytest.mark.parametrize("kind", ALL)
def test_json_holds_every_setting_as_it_was_used(kind: type[RegressionConfig]):
    saved = json.loads(json.dumps(kind(quick=True, out=Path("somewhere")).to_json()))
    assert (saved["epochs"], saved["out"], saved["quick"]) == (kind.quick_epochs, "somewhere", True)
    assert None not in {key: value for key, value in saved.items() if key != "data"}.values()


def test_what_is_faithful():
    assert LineConfig().faithful
    assert not LineConfig(quick=True).faithful
    assert not LineConfig(data="mine.csv").faithful
    assert LineConfig(quick=True, epochs=1_000).faithful


@pytest.mark.parametrize(
    ("config", "sentences"),
    [
        (
            LineConfig(epochs=0, learning_rate=-1.0),
            ["--epochs: expected an integer of at least 1", "--learning-rate: expected"],
        ),
        (LineConfig(seed=-1, out=""), ["--seed: expected an integer", "--out: expected the path of a folder, got ''"]),
        (DescentConfig(sets=1), ["--sets: expected an integer of at least 2, got 1"]),
        (SineConfig(seeds=0, rates=True, as_written=True), ["--seeds: expected", "--as-written: expected none beside --rates"]),
        (CurveConfig(starts=0, data=""), ["--starts: expected", "--data: expected the path of a file, got ''"]),
        (WavesConfig(activations=True, losses=True), ["--activations, --losses: expected one experiment at a time"]),
        (WavesConfig(data="x.csv", formula="text"), ["--formula: expected none beside --data"]),
    ],
)
def test_everything_wrong_is_said_at_once(config: RegressionConfig, sentences: list[str]):
    with pytest.raises(ConfigError) as refused:
        config.check()
    said = str(refused.value)
    assert said.startswith(f"{config.called}: ")
    assert all(sentence in said for sentence in sentences)


def test_another_language_is_refused():
    wrong: Any = "fr"
    with pytest.raises(ConfigError, match="lang: unknown 'fr'"):
        LineConfig(lang=wrong).check()


def test_an_experiment_has_twelve_starts_and_fewer_when_quick():
    assert WavesConfig(losses=True).count == 12
    assert WavesConfig(losses=True, quick=True).count == 3
    assert WavesConfig(losses=True, starts=5, quick=True).count == 5
