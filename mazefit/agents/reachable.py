"""From which states an episode can end, or rest at no cost: elsewhere the undiscounted value is -inf."""

import numpy as np
import numpy.typing as npt

from mazefit.envs.tables import TabularMDP


def can_rest(mdp: TabularMDP) -> npt.NDArray[np.bool_]:
    """Bool [S]: states from which one can go on for ever receiving nothing but 0 (the greatest such set)."""
    free = (mdp.reward.reshape(-1) == 0.0) & ~mdp.terminated.reshape(-1)
    if not free.any():
        return np.zeros(mdp.states, dtype=np.bool_)
    owner = np.repeat(np.arange(mdp.states * mdp.actions), mdp.outcome_counts)
    arrival = mdp.next_state.reshape(-1)
    resting = np.ones(mdp.states, dtype=np.bool_)
    while True:
        found = resting & _all_of(free & resting[arrival], owner, mdp).any(axis=1)
        if (found == resting).all():
            return found
        resting = found


def finishing_policy(mdp: TabularMDP) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.int64]]:
    """States from which some policy surely ends the episode (or comes to rest at reward 0), and such a policy.

    The least fixed point of getting there inside the greatest fixed point of never leaving where that is sure.

    Returns:
        bool [S] and an action for each state, int64 [S] (0 where there is none).
    """
    owner = np.repeat(np.arange(mdp.states * mdp.actions), mdp.outcome_counts)
    arrival, ended = mdp.next_state.reshape(-1), mdp.terminated.reshape(-1)
    rest = can_rest(mdp)
    quiet = _all_of((mdp.reward.reshape(-1) == 0.0) & ~ended & rest[arrival], owner, mdp)
    sure = np.ones(mdp.states, dtype=np.bool_)
    while True:
        allowed = _all_of(ended | sure[arrival], owner, mdp)  # [S, A]: never leaves `sure`
        reached, policy = rest.copy(), np.where(rest, quiet.argmax(axis=1), 0)
        while True:
            hit = _any_of(ended | reached[arrival], owner, mdp) & allowed
            new = hit.any(axis=1) & ~reached
            if not new.any():
                break
            policy[new] = hit[new].argmax(axis=1)
            reached |= new
        if (reached == sure).all():
            return sure, policy
        sure = reached


def _all_of(outcome: npt.NDArray[np.bool_], owner: npt.NDArray[np.int64], mdp: TabularMDP) -> npt.NDArray[np.bool_]:
    """Bool [S, A]: whether all outcomes of a cell hold."""
    missed = np.bincount(owner, weights=~outcome, minlength=mdp.states * mdp.actions)
    return (missed == 0).reshape(mdp.states, mdp.actions)


def _any_of(outcome: npt.NDArray[np.bool_], owner: npt.NDArray[np.int64], mdp: TabularMDP) -> npt.NDArray[np.bool_]:
    """Bool [S, A]: whether any outcome of a cell holds."""
    hits = np.bincount(owner, weights=outcome, minlength=mdp.states * mdp.actions)
    return (hits > 0).reshape(mdp.states, mdp.actions)
