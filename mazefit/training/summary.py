"""A model as a table: layers, their shapes, their parameters."""

from typing import Any

from torch import Tensor, nn

from mazefit.training.evaluation import resting


def describe_model(model: nn.Module, rows: Tensor | None) -> str:
    """The layers of a model with output shapes and parameter counts; weights and biases counted apart below.

    Args:
        model: the model.
        rows: some inputs [rows, ...], from which shapes are known; None = without shapes.
    """
    from torchinfo import summary

    with resting(model):
        extra: Any = {} if rows is None else {"input_data": rows, "col_names": ("input_size", "output_size", "num_params")}
        table = str(summary(model, verbose=0, col_width=18, depth=4, cache_forward_pass=False, **extra))
    biases = sum(p.numel() for name, p in model.named_parameters() if name.rpartition(".")[2].startswith("bias"))
    total = sum(p.numel() for p in model.parameters())
    return f"{table}\n{total:,} parameters: {total - biases:,} weights, {biases:,} biases"
