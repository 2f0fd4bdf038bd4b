"""What is fitted: the regressions of the tutorials, each with its exact truth beside it; a regressor for scikit-learn; images.

Names are loaded when they are first used: scikit-learn comes with `CurveRegressor` alone.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mazefit.supervised import datasets
    from mazefit.supervised.autoencoder.transformer import AutoencoderTransformer
    from mazefit.supervised.datasets import load, load_or_fashion
    from mazefit.supervised.regressor import CurveRegressor

__all__ = ["AutoencoderTransformer", "CurveRegressor", "datasets", "load", "load_or_fashion"]

_PLACES = {
    "AutoencoderTransformer": "autoencoder.transformer",
    "CurveRegressor": "regressor",
    "load": "datasets",
    "load_or_fashion": "datasets",
}


def __getattr__(name: str) -> Any:
    if name in _PLACES:
        return getattr(importlib.import_module(f"mazefit.supervised.{_PLACES[name]}"), name)
    if name == "datasets":
        return importlib.import_module("mazefit.supervised.datasets")
    raise AttributeError(f"module 'mazefit.supervised' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
