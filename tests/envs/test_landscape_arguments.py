"""What the landscape environment is given and refuses: constructor arguments (the rest: test_rows_env.py)."""

import pytest

from mazefit.envs import Landscape, LandscapeEnv
from mazefit.errors import ConfigError

HILL = Landscape([[9.0, 5.0, 8.0], [6.0, 1.0, 3.0], [7.0, 4.0, 10.0]], [0.0, 1.0, 2.0], [2.0, 1.0, 0.0])


def test_everything_wrong_is_named_at_once():
    with pytest.raises(ConfigError) as refused:
        LandscapeEnv(landscape=5, w=(0.0, 1.0, 3), loss="l1", observation="coordinate", start="randon", render_mode="ansy")
    for part in (
        "landscape: expected a Landscape or None, got int",
        "w, loss: expected none of these beside landscape",
        "observation: unknown 'coordinate'; did you mean 'coordinates'?",
        "start: unknown 'randon'; did you mean 'random'?",
        "render_mode: unknown 'ansy'; did you mean 'ansi'?",
    ):
        assert part in str(refused.value)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"render_mode": "human"}, "render_mode: expected gymnasium.make for 'human'"),
        ({"start": (1.0,)}, r"start: expected 'fixed', 'random', a state or a pair \(w, b\), got \(1.0,\)"),
        ({"start": (1.0, float("nan"))}, "start: expected .* got .1.0, nan"),
        ({"start": None}, "start: expected .* got None"),
        ({"start": 441}, "start: expected an integer from 0 to 440, got 441"),
        ({"start": (0.7, 3.0)}, "start: expected a state other than a goal, got 220"),
        ({"w": (1.0, 0.0, 3)}, "Landscape: w: expected"),
        ({"landscapes": 1}, r"unknown argument 'landscapes'; did you mean 'landscape'\?"),
        ({"observations": "state"}, r"unknown argument 'observations'; did you mean 'observation'\?"),
    ],
)
def test_refused_arguments(options: dict, sentence: str):
    with pytest.raises(ConfigError, match=sentence):
        LandscapeEnv(**options)
