"""The process as sweeps read it: four bytes and one for each outcome instead of twenty-one, and no question whether it ends.

Outcomes differ little: of a slippery lake's million there are three kinds, by probability and reward. So each outcome holds the
number of its kind, and the kinds are listed once. An outcome that ends the episode arrives in one more state, whose value is 0:
r + γ · 0 is r, and the sums of a sweep have the same bits as those of its diagrams. Places are unsigned: a compiled loop need
not ask whether they count from the end, which was half of its time.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mazefit.agents.planning.process import ARRAYS
from mazefit.backup.rule import Model

MOST_KINDS = 32  # beyond so many, each outcome is of a kind of its own


@dataclass(frozen=True)
class Compact:
    """A process ready to be swept.

    Args:
        model: its tables, and whatever more its planner reads.
        order: the states in the order of a sweep.
        target: what a sweep sets them to, in that order.
        values: values [S + 1], the last one 0 for ever; where sweeps read and write.
        process: what kernels are given: arrivals, kinds, probability and reward of each kind, offsets [S * A + 1], A, γ.
    """

    model: Model
    order: npt.NDArray[np.uint32]
    target: npt.NDArray[np.float64]
    values: npt.NDArray[np.float64]
    process: tuple[Any, ...]


def compact(settings: dict[str, Any], model: Model) -> Compact:
    """The process of a model, made ready."""
    next_state, reward, terminated, probability, offsets = (model[name] for name in ARRAYS)
    states, actions, discount = settings["states"], settings["actions"], settings["discount"]
    if len(offsets) == 1:
        offsets, probability = np.arange(states * actions + 1), np.ones(len(reward))
    arrival = np.where(terminated, states, next_state).astype(np.uint32)
    kind, firsts = kinds_of(probability, reward)
    places = offsets.astype(np.uint32 if offsets[-1] < 2**32 else np.uint64)
    process = (arrival, kind, probability[firsts], reward[firsts], places, actions, discount)
    order = model["order"].astype(np.uint32)
    return Compact(model, order, np.empty(len(order)), np.zeros(states + 1), process)


def kinds_of(
    probability: npt.NDArray[np.float64], reward: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.uint8] | npt.NDArray[np.int32], npt.NDArray[np.int64]]:
    """The number of each outcome's kind, and the first outcome of each kind."""
    kind, firsts = np.zeros(len(reward), dtype=np.uint8), [0]
    while len(firsts) < MOST_KINDS:
        same = (probability == probability[firsts[-1]]) & (reward == reward[firsts[-1]])
        kind[same] = len(firsts)  # one more than its number, so that 0 is left for those without
        rest = int(kind.argmin())
        if kind[rest]:
            kind -= 1
            return kind, np.array(firsts)
        firsts.append(rest)
    every = np.arange(len(reward))
    return every.astype(np.int32), every
