"""What the Monte Carlo learners keep: values, sums of ratios, and the step of the episode at which each entry was met first."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from mazefit.agents.learner import EpisodeControl, EpisodePrediction
from mazefit.agents.world import World
from mazefit.backup.rule import Tables


class StateReturns(NamedTuple):
    """`v` [S], `first` [S] (steps), `counts` of returns averaged (or one unused entry), `rates` [12]."""

    v: Any
    first: Any
    counts: Any
    rates: Any


class PairReturns(NamedTuple):
    """`q` [S * A], `first` [S * A] (steps), `counts` of returns averaged (or one unused entry), `rates` [12]."""

    q: Any
    first: Any
    counts: Any
    rates: Any


class WeightedReturns(NamedTuple):
    """`v` [S], `first` [S] (steps), `weights` [S]: what was averaged so far, summed; `counts` and `rates`, unused."""

    v: Any
    first: Any
    weights: Any
    counts: Any
    rates: Any


class WeightedPairReturns(NamedTuple):
    """`q` [S * A], `weights` [S * A]: C(s, a), the importance ratios so far, summed; `counts` and `rates`."""

    q: Any
    weights: Any
    counts: Any
    rates: Any


class SummedReturns(NamedTuple):
    """`v` [S], `after` [S]: where the increments of an episode are added up; `counts` of visits, `rates` [12]."""

    v: Any
    after: Any
    counts: Any
    rates: Any


class ExploringEpisode(NamedTuple):
    """The steps of the running episode, as of `Episode`; `starts` [K]: where one may begin; `limit` [1]: when it is cut."""

    cell: Any
    following: Any
    reward: Any
    extra: Any
    target: Any
    old: Any
    new: Any
    step_size: Any
    starts: Any
    limit: Any


@dataclass(frozen=True)
class ReturnControl(EpisodeControl):
    """A control learner that averages returns."""

    def tables(self, world: World, initial: npt.ArrayLike) -> Tables:
        """`q` [S * A], `counts`, `rates`; what else there is in its memory begins at 0, as long as `q`."""
        return _all_of(self.memory, super().tables(world, initial), "q")


@dataclass(frozen=True)
class ReturnPrediction(EpisodePrediction):
    """A predictor that averages returns."""

    def tables(self, world: World, initial: npt.ArrayLike) -> Tables:
        """`v` [S], `counts`, `rates`; what else there is in its memory begins at 0, as long as `v`."""
        return _all_of(self.memory, super().tables(world, initial), "v")


def _all_of(memory: type[Any], tables: Tables, values: str) -> Tables:
    """The tables, and those that are not there yet."""
    return {**tables, **{name: np.zeros(len(tables[values])) for name in memory._fields if name not in tables}}


def check_exploring(settings: Mapping[str, Any], workings: Mapping[str, npt.NDArray[Any]]) -> None:
    """Refuse loaded starts that are no states, and a limit that is not the learner's.

    Raises:
        ValueError: they are not.
    """
    starts, limit = workings["starts"], workings["limit"]
    fine = starts.dtype == limit.dtype == np.int64 and starts.ndim == 1 and len(starts) and limit.shape == (1,)
    if not (fine and starts.min() >= 0 and starts.max() < settings["states"] and limit[0] == settings["max_steps"]):
        raise ValueError("workings starts, limit: expected states and the learner's max_steps, got others")
