"""At discount 1, does a way exist round which the reward grows for ever? Then no exact value exists, and we say so."""

import numpy as np
import numpy.typing as npt

from mazefit.envs.tables import TabularMDP
from mazefit.errors import UnboundedValueError

SENTENCE = (
    "expected a discount below 1, or no cycle of positive reward; got such a cycle at discount 1, so that values grow for ever"
)


def refuse_growth(mdp: TabularMDP) -> None:
    """Refuse a deterministic process with a cycle of positive reward (Bellman, Ford and Moore's longest paths from anywhere).

    v(s) starts at 0 and rises to max_a r + v(s'); each rise remembers its action. Those actions form a cycle exactly where one
    of positive reward exists. Without a positive reward on a transition that goes on, there is nothing to look for.

    Raises:
        UnboundedValueError: there is such a cycle.
    """
    goes_on = ~mdp.terminated
    if not mdp.deterministic or not ((mdp.reward > 0) & goes_on).any():
        return
    states = np.arange(mdp.states)
    v, following = np.zeros(mdp.states), states.copy()  # a state that never rose leads to itself
    for step in range(mdp.states + 1):
        q = np.where(goes_on, mdp.reward + v[mdp.next_state], -np.inf)
        best = q.argmax(axis=1)
        rises = q[states, best] > v
        if not rises.any():
            return
        if (rises & (mdp.next_state[states, best] == states)).any():  # a bump that pays
            raise UnboundedValueError(f"solve: {SENTENCE}")
        v = np.where(rises, q[states, best], v)
        following = np.where(rises, mdp.next_state[states, best], following)
        if step % 16 == 15 and _has_cycle(following):
            raise UnboundedValueError(f"solve: {SENTENCE}")
    raise UnboundedValueError(f"solve: {SENTENCE}")


def _has_cycle(following: npt.NDArray[np.int64]) -> bool:
    """Whether following the map [S] from some state goes round for ever (a state that leads to itself is an end)."""
    end = following == np.arange(len(following))
    jump = following
    for _ in range(len(following).bit_length()):
        jump = jump[jump]
    return not bool(end[jump].all())
