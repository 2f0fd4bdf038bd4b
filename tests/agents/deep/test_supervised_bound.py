"""The same network with the answers before it."""

import numpy as np
import pytest
import torch

from mazefit.agents.deep.grid_network import RecurrentGrid
from mazefit.agents.deep.held_out import all_values, split_mazes
from mazefit.agents.deep.labels import label_mazes
from mazefit.agents.deep.networks import Convolutional
from mazefit.agents.deep.supervised_bound import fit_exact_values, masked_mse, network_of


def test_only_what_counts_is_in_the_loss() -> None:
    prediction = torch.tensor([[[[1.0, 5.0]], [[2.0, 7.0]]]])  # [1, 2, 1, 2]
    target = torch.tensor([[[[0.0, 0.0]], [[0.0, 0.0]], [[1.0, 0.0]]]])  # the second cell does not count
    assert float(masked_mse(prediction, target)) == (1.0 + 4.0) / 2
    target[:, -1] = 1.0
    assert float(masked_mse(prediction, target)) == (1.0 + 25.0 + 4.0 + 49.0) / 4


def test_both_kinds_of_network_are_fitted_to_the_same_values() -> None:
    labelled = label_mazes(split_mazes(2, 3, 4, 1).training, 0.9)
    for factory in (RecurrentGrid(channels=4), Convolutional((4,), (16,))):
        trainer = fit_exact_values(labelled, factory, epochs=40, batch_size=4, learning_rate=0.02)
        table = all_values(network_of(trainer), labelled)
        error = float(np.square(table - labelled.q)[labelled.inside].mean())
        assert error == pytest.approx(_loss_of(trainer, labelled), rel=1e-3)
        assert error < 0.3 * trainer.history["loss"][0]


def _loss_of(trainer: object, labelled: object) -> float:
    """Once more over all rows, as the trainer sees them: after the last update."""
    table = all_values(network_of(trainer), labelled)  # pyright: ignore
    which, states = labelled.rows()  # pyright: ignore
    return float(np.square(table[which, states] - labelled.q[which, states]).mean())  # pyright: ignore
