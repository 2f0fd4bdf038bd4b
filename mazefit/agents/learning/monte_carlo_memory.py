"""The tables of the Monte Carlo learners: values, and the step of the running episode at which each entry was met first."""

from typing import Any, NamedTuple

import numpy as np

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


def with_first(tables: Tables, values: str) -> Tables:
    """The tables and an empty `first`, as long as the values."""
    return {**tables, "first": np.zeros(len(tables[values]))}
