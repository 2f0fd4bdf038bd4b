"""PyTorch's twin of a network of the fitting environments, in float64."""

from itertools import pairwise

import numpy as np
import torch
from torch import nn

from mazefit.envs.fit_network import SLOPE, FitNetwork

ACTIVATIONS = {"sigmoid": nn.Sigmoid, "tanh": nn.Tanh, "relu": nn.ReLU, "leaky-relu": lambda: nn.LeakyReLU(SLOPE)}


def torch_network(network: FitNetwork, parameters: np.ndarray) -> nn.Sequential:
    layers: list[nn.Module] = []
    for inputs, units in pairwise(network.sizes):
        layers.append(nn.Linear(inputs, units, dtype=torch.float64))
        if len(layers) < 2 * (len(network.sizes) - 1) - 1:
            layers.append(ACTIVATIONS[network.activation]())
    model = nn.Sequential(*layers)
    nn.utils.vector_to_parameters(torch.from_numpy(np.array(parameters)), model.parameters())
    return model
