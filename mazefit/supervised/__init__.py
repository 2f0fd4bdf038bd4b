"""What is fitted: the regressions of the tutorials, each with its exact truth beside it; and a regressor for scikit-learn.

Names are loaded when they are first used: scikit-learn comes with `CurveRegressor` alone.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mazefit.supervised.regressor import CurveRegressor

__all__ = ["CurveRegressor"]

_PLACES = {"CurveRegressor": "regressor"}


def __getattr__(name: str) -> Any:
    if name in _PLACES:
        return getattr(importlib.import_module(f"mazefit.supervised.{_PLACES[name]}"), name)
    raise AttributeError(f"module 'mazefit.supervised' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
