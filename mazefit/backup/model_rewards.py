"""Rewards that stand in a rule's model and not in its rows: those of a batch of episodes, over which every row is a sweep."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Columns = dict[str, npt.NDArray[Any]]


class ModelRewards(NamedTuple):
    """Which rewards there are, and how rows hand weights back to them. Every row holds one backup for each, in their order.

    Args:
        columns: `columns(settings, model)`: what each reward was received for, int64 and float64 columns [K] by the names of
            `Contribution` up to `reward`, in the order in which they were received.
        credit: `credit(settings, model, rows, total, compiled)` gives the weight of each reward [K], `total` being the weights
            of the table's entries after the rows, which it turns into those before them, in place.
    """

    columns: Callable[[dict[str, Any], Mapping[str, npt.NDArray[Any]]], Columns]
    credit: Callable[
        [dict[str, Any], Mapping[str, npt.NDArray[Any]], Mapping[str, npt.NDArray[Any]], npt.NDArray[np.float64], bool],
        npt.NDArray[np.float64],
    ]
