"""Layouts: which models the compiled loop knows, and their parameters as one array."""

import subprocess
import sys
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from mazefit.errors import ConfigError
from mazefit.training.layout import Layout, layout_of, read_parameters, why_no_layout, write_parameters


def test_a_chain_is_recognised() -> None:
    inner = nn.Sequential(nn.Linear(5, 4), nn.LeakyReLU(0.2), nn.Identity())
    model = nn.Sequential(nn.Linear(3, 5), nn.Tanh(), inner, nn.Linear(4, 2), nn.Sigmoid())
    assert layout_of(model, "l1") == Layout((3, 5, 4, 2), ("tanh", "leaky_relu", "sigmoid"), "l1", "float32", (0.0, 0.2, 0.0))
    assert why_no_layout(model, "l1") == ""
    assert layout_of(nn.Linear(2, 1).double(), "mse") == Layout((2, 1), ("identity",), "mse", "float64")
    model_with_none_between = nn.Sequential(nn.Linear(1, 2), nn.Linear(2, 1), nn.ReLU())
    assert layout_of(model_with_none_between, "mse") == Layout((1, 2, 1), ("identity", "relu"))
    assert Layout((3, 5, 4, 2), ("tanh", "relu", "sigmoid")).parameters == sum(p.numel() for p in model.parameters())


class Own(nn.Sequential):
    def forward(self, x: Any) -> Any:
        return 2 * super().forward(x)


def hooked() -> nn.Module:
    model = nn.Linear(1, 1)
    model.register_forward_hook(lambda module, inputs, output: output + 1)
    return nn.Sequential(model)


def shared() -> nn.Module:
    layer = nn.Linear(2, 2)
    return nn.Sequential(layer, nn.Tanh(), layer)


def frozen() -> nn.Module:
    model = nn.Sequential(nn.Linear(1, 2), nn.Linear(2, 1))
    model[0].bias.requires_grad_(False)
    return model


@pytest.mark.parametrize(
    ("model", "loss", "said"),
    [
        (nn.Linear(1, 1), nn.MSELoss(), "a loss of your own"),
        (nn.Linear(1, 1), "huber", "the loss 'huber'"),
        (nn.Sequential(nn.Linear(1, 2), nn.Dropout(0.5)), "mse", "the module Dropout"),
        (nn.Sequential(nn.Linear(1, 2), nn.GELU()), "mse", "the module GELU"),
        (nn.Sequential(nn.Linear(1, 2), nn.LeakyReLU(-0.1)), "mse", "the module LeakyReLU"),
        (nn.Sequential(nn.Linear(1, 2), nn.Tanh(), nn.ReLU()), "mse", "ReLU that does not follow a linear layer"),
        (nn.Sequential(nn.Tanh(), nn.Linear(1, 2)), "mse", "Tanh that does not follow a linear layer"),
        (nn.Sequential(nn.Linear(1, 2, bias=False)), "mse", "a linear layer without a bias"),
        (nn.Sequential(nn.Linear(1, 2), nn.Linear(3, 1)), "mse", "linear layers that do not fit together"),
        (nn.Sequential(), "mse", "no linear layer"),
        (Own(nn.Linear(1, 1)), "mse", "the module Own"),
        (hooked(), "mse", "hooks on Linear"),
        (shared(), "mse", "a linear layer that is used twice"),
        (frozen(), "mse", "parameters that are not to be fitted"),
        (nn.Linear(1, 1).half(), "mse", "parameters of type float16"),
        (nn.Sequential(nn.Linear(1, 1), nn.Linear(1, 1).double()), "mse", "parameters of type float32 and float64"),
        (nn.Linear(1, 1, device="meta"), "mse", "parameters that are not on the CPU"),
        (nn.utils.parametrizations.weight_norm(nn.Linear(1, 1)), "mse", "the module ParametrizedLinear"),
    ],
)
def test_what_is_not_says_why(model: nn.Module, loss: Any, said: str) -> None:
    assert layout_of(model, loss) is None
    assert why_no_layout(model, loss) == said


def test_parameters_there_and_back() -> None:
    model = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 1)).double()
    layout = layout_of(model, "mse")
    assert layout is not None
    flat = read_parameters(model, layout)
    assert flat.dtype == np.float64
    assert flat.tolist() == nn.utils.parameters_to_vector(model.parameters()).tolist()
    kept = [parameter.data_ptr() for parameter in model.parameters()]
    write_parameters(model, layout, flat[::-1] * 2)
    assert read_parameters(model, layout).tolist() == (flat[::-1] * 2).tolist()
    assert [parameter.data_ptr() for parameter in model.parameters()] == kept
    assert all(parameter.requires_grad for parameter in model.parameters())
    flat[:] = 0.0  # a copy
    assert bool(torch.cat([parameter.flatten() for parameter in model.parameters()]).any())
    with pytest.raises(ConfigError, match=r"flat: expected 13 parameters, got an array of shape \(12,\)"):
        write_parameters(model, layout, flat[:12])


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"sizes": (1,), "activations": ()}, "sizes: expected inputs and outputs at least"),
        ({"sizes": (1, 0), "activations": ("tanh",)}, "sizes: expected an integer of at least 1, got 0"),
        ({"sizes": (1, 2, 1), "activations": ("tanh",)}, "activations: expected 2, one for each layer, got 1"),
        ({"sizes": (1, 1), "activations": ("tahn",)}, "activations: unknown 'tahn'; did you mean 'tanh'?"),
        ({"sizes": (1, 1), "activations": ("tanh",), "loss": "l2"}, "loss: unknown 'l2'"),
        ({"sizes": (1, 1), "activations": ("tanh",), "dtype": "float16"}, "dtype: unknown 'float16'"),
        ({"sizes": (1, 1), "activations": ("leaky_relu",), "slopes": (-0.1,)}, "slopes: expected a number with 0 <="),
        ({"sizes": (1, 1), "activations": ("relu",), "slopes": (0.0, 0.0)}, "slopes: expected 1, got 2"),
        ({"sizes": (1, 1), "activations": ("relu",), "slopes": (0.5,)}, "slopes: expected 0 for relu, got 0.5"),
    ],
)
def test_bad_layouts_are_refused(settings: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Layout(**settings)
    assert said in str(caught.value)


def test_slopes_left_out() -> None:
    assert Layout((1, 2, 1), ("leaky_relu", "identity")).slopes == (0.01, 0.0)


def test_layouts_need_no_torch() -> None:
    code = "import sys\nfrom mazefit.training.layout import Layout\nLayout((1, 1), ('relu',))\nprint('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "False"
