"""The tutorial's claims on the wave: every kind from the same starts, measured alike; without bends, a line."""

import numpy as np
import pytest

from mazefit.supervised.regression import claims
from mazefit.tasks import least_absolute
from mazefit.tasks import waves as noisy_wave

TASK = noisy_wave(0, count=500)


@pytest.mark.parametrize("claim", claims.CLAIMS)
def test_every_kind_begins_from_the_same_weights_and_is_measured_alike(claim: str):
    told: list[str] = []
    found = claims.run(claim, TASK, [0, 1], epochs=20, done=lambda name, one: told.append(f"{name} {one.seed}"))
    assert found is not None
    assert found.names == tuple(claims.CLAIMS[claim])
    assert told == [f"{name} {seed}" for seed in (0, 1) for name in found.names]
    assert found.courses.shape == (len(found.names), 2, len(found.looked))
    assert found.looked[-1] == 20
    if claim != "activations":
        assert np.ptp(found.courses[:, :, 0], axis=0) == pytest.approx([0.0, 0.0], abs=1e-4)
    trained = found.scores(lambda one: one.train)
    assert trained == pytest.approx(found.courses[:, :, -1])
    assert not found.stopped


def test_every_kind_is_what_it_is_called():
    for name, differs in claims.CLAIMS["optimizers"].items():
        kind, rate = name.split()
        optimizer = differs["optimizer"]
        assert (type(optimizer).__name__, optimizer.learning_rate) == ("Adam" if kind == "Adam" else "SGD", float(rate))
        assert getattr(optimizer, "momentum", 0.0) == (0.9 if kind == "Momentum" else 0.0)
    for name, differs in claims.CLAIMS["activations"].items():
        assert differs == {"activation": name.lower().replace(" ", "-")}


@pytest.mark.parametrize("seed", [0, 1])
def test_without_activations_the_network_is_the_best_straight_line(seed: int):
    from mazefit.supervised.regression import waves

    fitted = waves.fit(TASK, seed=seed, epochs=4_000, activation="none")
    best = least_absolute(TASK.x, TASK.y).loss
    assert best * (1 - 1e-6) <= fitted.train <= best * 1.005
    assert fitted.kinks is not None
    assert len(fitted.kinks) == 0


@pytest.mark.slow
def test_the_verdicts_that_are_printed():
    task = noisy_wave(0)
    for claim in claims.CLAIMS:
        found = claims.run(claim, task, range(4))
        assert found is not None
        train = dict(zip(found.names, np.median(found.scores(lambda one: one.train), axis=1), strict=True))
        if claim == "activations":
            assert train["none"] == pytest.approx(least_absolute(task.x, task.y).loss, rel=2e-3)
            assert train["leaky ReLU"] < train["none"] < train["sigmoid"] * 1.7
        elif claim == "optimizers":
            assert train["Adam 0.002"] < train["SGD 0.005"] < train["SGD 0.002"]
