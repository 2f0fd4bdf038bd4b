"""The gambler, Jack's car rental, and blackjack."""

import math

import numpy as np
import numpy.typing as npt

from book.worlds.build import Outcome, world
from mazefit.envs import TabularMDP

Numbers = npt.NDArray[np.float64]
CARDS = tuple((card, 4 / 13 if card == 10 else 1 / 13) for card in range(1, 11))  # an endless deck; 1 is the ace
STICK, HIT = 0, 1


def gambler(heads: float = 0.4) -> TabularMDP:
    """Example 4.3: capital 1 … 99; action a stakes a + 1, or the largest stake allowed where that is less."""

    def outcomes(state: int, action: int) -> list[Outcome]:
        if state in (0, 100):
            return []
        stake = min(action + 1, state, 100 - state)
        up, down = state + stake, state - stake
        return [(heads, up, float(up == 100), up == 100), (1.0 - heads, down, 0.0, down == 0)]

    return world(101, 50, outcomes, 50)


def poisson(mean: float, most: int) -> Numbers:
    """The chances of 0 … most, the last one standing for that many and more."""
    chances = np.array([math.exp(-mean) * mean**k / math.factorial(k) for k in range(most)])
    return np.append(chances, 1.0 - chances.sum())


def one_place(requests: float, returns: float) -> tuple[Numbers, Numbers]:
    """A day at one location: chances of n' cars in the evening given n in the morning [21, 21], and cars rented out [21]."""
    nights, rented = np.zeros((21, 21)), np.zeros(21)
    for morning in range(21):
        asked = poisson(requests, morning) if morning else np.ones(1)
        rented[morning] = np.arange(morning + 1) @ asked
        for out, chance in enumerate(asked):
            left = morning - out
            back = poisson(returns, 20 - left) if left < 20 else np.ones(1)
            nights[morning, left:] += chance * back
    return nights, rented


def car_rental() -> TabularMDP:
    """Example 4.2: (first, second) cars in the evening, state = 21 · first + second; action a moves a - 5 cars, if there."""
    (first, rented_first), (second, rented_second) = one_place(3.0, 3.0), one_place(4.0, 2.0)
    rows: list[Numbers] = []
    rewards: list[float] = []
    for state in range(441):
        here, there = divmod(state, 21)
        for action in range(11):
            moved = max(-there, min(action - 5, here))
            mornings = min(here - moved, 20), min(there + moved, 20)
            chances = np.outer(first[mornings[0]], second[mornings[1]]).reshape(-1)
            rows.append(chances / chances.sum())
            rewards.append(10.0 * (rented_first[mornings[0]] + rented_second[mornings[1]]) - 2.0 * abs(moved))
    chance = np.concatenate(rows)
    possible = chance > 0
    counts = possible.reshape(-1, 441).sum(axis=1)
    arrival, reward = np.tile(np.arange(441), len(rows)), np.repeat(rewards, 441)
    offsets = np.concatenate([[0], np.cumsum(counts)])
    ended = np.zeros(int(counts.sum()), dtype=np.bool_)
    return TabularMDP(arrival[possible].astype(np.int32), reward[possible], ended, 0,
                      probability=chance[possible], offsets=offsets, actions=11)  # fmt: skip


def add(total: int, usable: bool, card: int) -> tuple[int, bool]:
    """A hand after one more card; an ace counts 11 where it can."""
    total += card
    if card == 1 and total + 10 <= 21:
        return total + 10, True
    if total > 21 and usable:
        return total - 10, False
    return total, usable


def dealer_ends(showing: int) -> dict[int, float]:
    """The chances of the dealer's final sums from the card that shows, 22 standing for going bust; he sticks on 17 and more."""
    ends: dict[int, float] = {}
    waiting = [(add(0, False, showing), 1.0)]
    while waiting:
        (total, usable), chance = waiting.pop()
        if total >= 17:
            key = min(total, 22)
            ends[key] = ends.get(key, 0.0) + chance
            continue
        waiting += [(add(total, usable, card), chance * share) for card, share in CARDS]
    return ends


def hand(total: int, showing: int, usable: bool) -> int:
    """The number of a state: own sum 12 … 21, the dealer's card 1 … 10, a usable ace or not."""
    return (total - 12) * 20 + (showing - 1) * 2 + int(usable)


def blackjack() -> TabularMDP:
    """Example 5.1: 200 states and the end; actions stick and hit; below 12 a card is always taken, so those are no states."""
    final = {showing: dealer_ends(showing) for showing in range(1, 11)}

    def outcomes(state: int, action: int) -> list[Outcome]:
        if state == 200:
            return []
        total, showing, usable = state // 20 + 12, state % 20 // 2 + 1, bool(state % 2)
        merged: dict[tuple[int, float, bool], float] = {}
        if action == STICK:
            for end, chance in final[showing].items():
                key = (200, float(end > 21 or total > end) - float(total < end <= 21), True)
                merged[key] = merged.get(key, 0.0) + chance
        else:
            for card, chance in CARDS:
                reached, soft = add(total, usable, card)
                key = (200, -1.0, True) if reached > 21 else (hand(reached, showing, soft), 0.0, False)
                merged[key] = merged.get(key, 0.0) + chance
        return [(chance, *key) for key, chance in merged.items()]

    start = np.zeros(201)
    waiting = [(add(*add(0, False, one), two), a * b) for one, a in CARDS for two, b in CARDS]
    while waiting:
        (total, usable), chance = waiting.pop()
        if total < 12:
            waiting += [(add(total, usable, card), chance * share) for card, share in CARDS]
            continue
        for showing, share in CARDS:
            start[hand(total, showing, usable)] += chance * share
    return world(201, 2, outcomes, start / start.sum())
