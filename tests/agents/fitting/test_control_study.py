"""A learner against every fixed choice: what is measured, that it repeats, and that learning pays."""

import signal
from typing import Any

import numpy as np
import pytest

from mazefit.agents import QLearning
from mazefit.agents.fitting import ControlStudy, control_study
from mazefit.agents.fitting.control_study import APART
from mazefit.envs import FitControlEnv
from mazefit.errors import ConfigError

SMALL = {"seeds": (0, 1), "episodes": 6, "checks": 2, "starts": 2, "updates": 3, "budget": 4}


def fixed_by_hand(action: int, seed: int, **arguments: object) -> tuple[float, float, float]:
    """One choice on the two starts of a seed, told anew."""
    losses, updates, gains = [], [], []
    for start in range(2):
        env = FitControlEnv(updates=3, budget=4, reward="log", **arguments)
        env.reset(seed=APART * (seed + 1) + start)
        first, ends = env.loss, (False, False)
        while not any(ends):
            _, _, *ends, info = env.step(action)
        losses.append(min(info["loss"], 1000.0))
        updates.append(info["updates"] if ends[0] else 12)
        gains.append(np.log10(first) - np.log10(losses[-1]))
    return float(np.median(losses)), float(np.mean(updates)), float(np.mean(gains))


@pytest.mark.parametrize("control", ["step_size", "optimizer"])
def test_what_is_measured(control: str):
    study = control_study(control=control, **SMALL)
    names = list(FitControlEnv(control=control).action_names)
    assert study.learner == "q-learning"
    assert study.episodes.tolist() == [0, 3, 6]
    assert list(study.fixed)[: len(names)] == names
    for seed in (0, 1):
        for action, name in enumerate(names):
            by_hand = fixed_by_hand(action, seed, control=control)
            assert [study.fixed[name][measure][seed] for measure in ("loss", "updates", "return")] == pytest.approx(by_hand)
    for measure in ("loss", "updates", "return"):
        curves = study.curves(measure)
        assert list(curves) == ["q-learning", *study.fixed]
        assert {curve.shape for curve in curves.values()} == {(2, 3)}
        assert all(np.ptp(curves[name], axis=1).max() == 0.0 for name in study.fixed)
    before = control_study(QLearning(step_size=0.1), control=control, **SMALL)
    assert before.learned["loss"][:, 0].tolist() == study.fixed[names[0]]["loss"].tolist()  # an empty table takes the first


def test_a_fit_that_is_lost_counts_as_never_done():
    """Where the loss leaves its range after few updates, all that the budget allows are counted."""
    study = control_study(step_size=2.0, **SMALL)
    assert study.fixed["keep"]["updates"].tolist() == [12.0, 12.0]
    assert study.fixed["keep"]["loss"].tolist() == [1000.0, 1000.0]


def test_the_best_constant_step_size_is_kept():
    study = control_study(**SMALL)
    (name,) = set(study.fixed) - {"halve", "keep", "double"}
    assert name == "constant 0.016"  # of 0.000125, 0.00025, … 0.128; above 0.0254 the line diverges
    for seed in (0, 1):
        assert study.fixed[name]["loss"][seed] == fixed_by_hand(1, seed, step_size=0.016)[0]


def test_it_repeats_to_the_bit():
    one, other = control_study(**SMALL), control_study(**SMALL)
    for measure in one.learned:
        assert one.learned[measure].tobytes() == other.learned[measure].tobytes()
    alone = control_study(**{**SMALL, "seeds": (1,)})
    assert alone.learned["loss"][0].tobytes() == one.learned["loss"][1].tobytes()
    fewer = control_study(**{**SMALL, "checks": 1})
    assert fewer.learned["loss"][:, -1].tobytes() == one.learned["loss"][:, -1].tobytes()  # looking changes nothing


def test_shares_of_seeds():
    ends = {"loss": np.array([[9.0, 1.0], [9.0, 2.0], [9.0, 3.0], [9.0, 4.0]])}
    learned = {"loss": ends["loss"], "updates": ends["loss"], "return": ends["loss"]}
    level = np.array([2.0, 2.0, 2.0, 2.0])
    study = ControlStudy("q", np.array([0, 1]), learned, {"keep": {"loss": level, "updates": level, "return": level}})
    assert study.better("loss") == {"keep": (1.0 + 0.5) / 4}
    assert study.better("return") == {"keep": (0.5 + 2.0) / 4}
    with pytest.raises(ConfigError, match="measure: unknown 'los'; did you mean 'loss'"):
        study.curves("los")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"episodes": 0}, "episodes: expected an integer of at least 1, got 0"),
        ({"checks": 0, "starts": 1.5}, "checks: expected .*; starts: expected"),
        ({"seeds": ()}, "seeds: expected at least one, got none"),
        ({"control": "steps"}, "control: unknown 'steps'"),
        ({"budgte": 3}, "unknown argument 'budgte'; did you mean 'budget'"),
    ],
)
def test_wrong_arguments_are_named(arguments: dict, sentence: str):
    with pytest.raises(ConfigError, match=sentence):
        control_study(**arguments)


def test_learning_pays():
    """Two seeds of what the slow test asks of thirty: fewer updates than with any one optimizer."""
    study = control_study(control="optimizer", seeds=(0, 1), episodes=400, checks=1, starts=5)
    assert study.learned["updates"][:, 0].min() > 300
    assert set(study.better("updates").values()) == {1.0}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("control", "measure", "rivals"),
    [
        ("optimizer", "updates", ("gradient-descent", "momentum", "rmsprop", "adam")),
        ("step_size", "loss", ("halve", "keep", "double", "constant 0.016")),
    ],
)
def test_learning_pays_over_thirty_seeds(control: str, measure: str, rivals: tuple[str, ...]):
    study = control_study(control=control, episodes=600 if control == "optimizer" else 300, checks=2, starts=5)
    better = study.better(measure)
    assert set(better) == set(rivals)
    assert min(better.values()) >= 0.9


def test_seeds_are_told_and_ctrl_c_keeps_those_that_were_done() -> None:
    told: list[tuple[int, int]] = []

    def press(done: int, everything: int) -> None:
        told.append((done, everything))
        if done == 2:
            signal.raise_signal(signal.SIGINT)

    few: dict[str, Any] = {"control": "optimizer", "episodes": 2, "checks": 1, "starts": 1}
    study = control_study(seeds=range(4), progress=press, **few)
    assert told == [(1, 4), (2, 4)]
    assert study.stopped
    whole = control_study(seeds=range(2), **few)
    assert not whole.stopped
    for measure in ("loss", "updates", "return"):
        for name, curve in whole.curves(measure).items():
            np.testing.assert_array_equal(study.curves(measure)[name], curve)


class Interrupted:
    """A learner during which Ctrl-C comes."""

    def learn(self, *arguments: Any, **more: Any) -> None:
        raise KeyboardInterrupt


def test_ctrl_c_before_the_first_seed_is_done_leaves_nothing() -> None:
    with pytest.raises(KeyboardInterrupt):
        control_study(Interrupted(), seeds=range(2), episodes=1, starts=1)
