"""The fair study of the sine: the four optimizers from the same weights, against the table that was measured elsewhere.

Network 1-2-1, sigmoid, Keras' weights and constants; test MSE on 100 points over 1000 starts.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np
import pytest
from torch import nn

from mazefit.training.many import fit_many
from mazefit.training.optimizers import SGD, Adam, RMSprop
from tests.training.many import X, Y

KERAS: dict[str, Any] = {
    "SGD": SGD(learning_rate=0.1),
    "Momentum": SGD(learning_rate=0.1, momentum=0.9),
    "RMSprop": RMSprop(learning_rate=0.01, decay=0.9, epsilon=1e-7),
    "Adam": Adam(learning_rate=0.01, epsilon=1e-7),
}
TORCH: dict[str, Any] = {**KERAS, "RMSprop": RMSprop(learning_rate=0.01), "Adam": Adam(learning_rate=0.01)}
# epochs, constants: medians and shares of wins in per cent, in the order of the optimizers
TABLE = {
    (1_000, "keras"): ((0.153, 0.0215, 0.0432, 0.0468), (0.0, 85.2, 10.7, 4.1)),
    (10_000, "keras"): ((0.0385, 0.0255, 0.0396, 0.0057), (6.7, 23.3, 18.9, 51.1)),
    (1_000, "torch"): ((0.146, 0.0246, 0.0412, 0.0440), (0.1, 72.8, 22.6, 4.5)),
}


def torch_sine() -> nn.Module:
    return nn.Sequential(nn.Linear(1, 2), nn.Sigmoid(), nn.Linear(2, 1))


def keras_sine() -> nn.Module:
    """Glorot uniform weights, zero biases."""
    model = torch_sine()
    for layer in model.modules():
        if isinstance(layer, nn.Linear):
            nn.init.xavier_uniform_(layer.weight)
            nn.init.zeros_(layer.bias)
    return model


def study(seeds: Iterable[int], epochs: int, constants: str) -> Any:
    x = np.linspace(0, 2 * np.pi, 100)[:, None]
    make, optimizers = (keras_sine, KERAS) if constants == "keras" else (torch_sine, TORCH)
    return fit_many(
        make, (X, Y), optimizers=optimizers, seeds=seeds, epochs=epochs, test=(x, np.sin(x)), every=epochs, device="cpu"
    )


def check(found: Any, epochs: int, constants: str) -> None:
    """Medians and wins within four standard errors of two independent samples: this one, and the 1000 starts of the table."""
    medians, shares = TABLE[epochs, constants]
    seeds = len(found.seeds)
    for name, scores, median, percent in zip(found.optimizers, found.test, medians, shares, strict=True):
        # a median m lies where the shares below and above it are a half, to four errors of both samples
        below = np.mean(scores < median)
        assert abs(below - 0.5) < 4 * np.sqrt(0.25 / seeds + 0.25 / 1000), (name, np.median(scores), median)
        share = found.wins()[name].share
        p = (seeds * share + 10 * percent) / (seeds + 1000)
        error = np.sqrt(p * (1 - p) * (1 / seeds + 1 / 1000))
        assert abs(share - percent / 100) < 4 * error + 0.005, (name, share, percent)


def test_the_fair_table_in_small():
    found = study(range(200), 1_000, "keras")
    assert found.backend == "compiled"
    check(found, 1_000, "keras")
    ranking = [share.name for share in found.wins().shares]
    assert ranking[0] == "Momentum"
    assert found.wins()["Momentum"].low > found.wins()["RMSprop"].high


@pytest.mark.slow
@pytest.mark.parametrize(("epochs", "constants"), list(TABLE))
def test_the_fair_table(epochs: int, constants: str):
    found = study(range(1_000), epochs, constants)
    print(found)
    check(found, epochs, constants)
    best = "Momentum" if epochs == 1_000 else "Adam"
    assert found.wins().shares[0].name == best
    others = max(share.high for share in found.wins().shares[1:])
    assert found.wins()[best].low > others
