"""Settings of the fitting commands: everything wrong is said at once, JSON holds what was used."""

import json
from pathlib import Path

import pytest

from mazefit.errors import ConfigError
from mazefit.lab.fitting.config import ControlConfig, FittingConfig, LandscapeConfig, UpdatesConfig

ALL = (LandscapeConfig, UpdatesConfig, ControlConfig)


def test_where_results_go_and_what_they_are_called():
    assert [str(kind().folder) for kind in ALL] == ["out/landscape", "out/fit", "out/control"]
    assert [kind().kind for kind in ALL] == [f"mazefit fitting {name}" for name in ("landscape", "fit", "control")]


@pytest.mark.parametrize("kind", ALL)
def test_json_holds_every_setting_as_it_was_used(kind: type[FittingConfig]):
    saved = json.loads(json.dumps(kind(quick=True, out=Path("somewhere")).to_json()))
    assert (saved["epochs"], saved["out"], saved["quick"], saved["device"]) == (kind.quick_epochs, "somewhere", True, "cpu")
    assert None not in {key: value for key, value in saved.items() if key != "set"}.values()


def test_quick_is_less():
    assert (LandscapeConfig().lives, LandscapeConfig(quick=True).lives) == (2_000, 300)
    assert (UpdatesConfig().total, UpdatesConfig(quick=True).total) == (1_000, 100)
    quick, full = ControlConfig(quick=True), ControlConfig()
    assert (full.count, full.lives, full.tries) == (30, 600, 10)
    assert quick.count < full.count
    assert quick.lives < full.lives
    assert quick.tries < full.tries
    assert ControlConfig(quick=True, seeds=7).count == 7


@pytest.mark.parametrize(
    ("config", "sentences"),
    [
        (
            LandscapeConfig(agent="sarsaa", discount=1.5, epsilon=-1.0, nodes=2, episodes=0),
            [
                "--agent: unknown 'sarsaa'; did you mean 'sarsa'?", "--discount: expected", "--epsilon: expected",
                "--nodes: expected an integer from 3", "--episodes: expected",
            ],
        ),
        (LandscapeConfig(agent="td-0"), ["--agent: unknown 'td-0'"]),
        (LandscapeConfig(agent="policy-evaluation"), ["--agent: unknown 'policy-evaluation'"]),
        (LandscapeConfig(set="stepsize=0.1"), ["--set: unknown parameter 'stepsize'; did you mean 'step_size'?"]),
        (LandscapeConfig(set="step_size"), ["--set: expected NAME=VALUE"]),
        (UpdatesConfig(task="lien", epochs=0), ["--task: unknown 'lien'; did you mean 'line'?", "--epochs: expected"]),
        (ControlConfig(task="lines", seeds=0, starts=0), ["--task: unknown", "--seeds: expected", "--starts: expected"]),
        (ControlConfig(seed=-1, out=""), ["--seed: expected an integer", "--out: expected the path of a folder, got ''"]),
    ],
)  # fmt: skip
def test_everything_wrong_is_said_at_once(config: FittingConfig, sentences: list[str]):
    with pytest.raises(ConfigError) as refused:
        config.check()
    said = str(refused.value)
    assert said.startswith(f"fitting {config.command}: ")
    assert all(sentence in said for sentence in sentences)


def test_the_agents_flags():
    given = LandscapeConfig(discount=0.8, epsilon=0.2, set="step_size=0.3").parameters
    assert {name: value for name, value in given.items() if value is not None} == {
        "discount": 0.8, "epsilon": 0.2, "set": "step_size=0.3",
    }  # fmt: skip
