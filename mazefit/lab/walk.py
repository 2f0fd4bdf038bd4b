"""Where one stands in an episode, and what an action makes of it: plain frozen data and two pure functions.

    s --a--> s', and r is received on the arrival in s'

A step is a function of (tables, place, action, seed): where outcomes are random, the chance is drawn for (seed, episode, step),
so that undoing a step and taking it again gives the same.
"""

from dataclasses import dataclass
from itertools import accumulate

import numpy as np

from mazefit.envs.tables import TabularMDP


@dataclass(frozen=True, slots=True)
class Step:
    """One transition.

    Args:
        state: s, where one left.
        action: a, 0 to A - 1.
        reward: r, received on the arrival in the next state.
        next_state: s'.
        probability: p, of this arrival.
        ended: the arrival ended the episode.
    """

    state: int
    action: int
    reward: float
    next_state: int
    probability: float
    ended: bool


@dataclass(frozen=True, slots=True)
class Place:
    """A moment of an episode.

    Args:
        episode: its number, from 1.
        start: the state in which it began.
        state: the state in which one stands.
        steps: steps taken so far.
        gain: the return so far, G = r1 + r2 + ….
        discounted: the discounted return so far, r1 + γ r2 + γ² r3 + ….
        weight: γ to the number of steps, what the next reward will be multiplied by.
        last: the last step; None at the beginning.
    """

    episode: int
    start: int
    state: int
    steps: int = 0
    gain: float = 0.0
    discounted: float = 0.0
    weight: float = 1.0
    last: Step | None = None

    @property
    def ended(self) -> bool:
        """Whether the episode is over."""
        return self.last is not None and self.last.ended


def begin(mdp: TabularMDP, episode: int, seed: int) -> Place:
    """The beginning of an episode."""
    if isinstance(mdp.start, int):
        return Place(episode, mdp.start, mdp.start)
    starts = np.flatnonzero(mdp.start)
    start = int(starts[_drawn(mdp.start[starts].tolist(), seed, episode, 0)])
    return Place(episode, start, start)


def after(mdp: TabularMDP, place: Place, action: int, discount: float, seed: int) -> Place:
    """The place that `action` leads to."""
    outcomes = mdp.outcomes(place.state, action)
    which = _drawn([p for p, *_ in outcomes], seed, place.episode, place.steps + 1)
    probability, arrival, reward, ended = outcomes[which]
    return Place(
        episode=place.episode,
        start=place.start,
        state=arrival,
        steps=place.steps + 1,
        gain=place.gain + reward,
        discounted=place.discounted + place.weight * reward,
        weight=place.weight * discount,
        last=Step(place.state, action, reward, arrival, probability, ended),
    )


def _drawn(weights: list[float], seed: int, episode: int, step: int) -> int:
    """The number of one branch, drawn with its probability."""
    if len(weights) == 1:
        return 0
    chance = float(np.random.default_rng([seed, episode, step]).random())
    return next((i for i, total in enumerate(accumulate(weights)) if chance < total), len(weights) - 1)
