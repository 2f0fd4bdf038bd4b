"""Fixed policies as tables: what a caller hands over, made into probabilities; the process that one policy leaves."""

from typing import Any

import numpy as np
import numpy.typing as npt

from mazefit.agents.planning.process import check_array
from mazefit.agents.reachable import finishing_policy
from mazefit.backup.rule import Model, Tables, check_table
from mazefit.envs.tables import TabularMDP
from mazefit.errors import Problems


def probabilities_of(policy: object, mdp: TabularMDP, problems: Problems) -> npt.NDArray[np.float64]:
    """π(a|s) [S, A] of a policy given as probabilities [S, A], as action numbers [S], or as None (every action alike).

    Args:
        policy: what the caller handed over.
        mdp: the process.
        problems: where a sentence is noted for whatever is no such policy.
    """
    shape = (mdp.states, mdp.actions)
    if policy is None:
        return np.full(shape, 1.0 / mdp.actions)
    expected = f"expected probabilities {list(shape)} or {shape[0]} actions from 0 to {shape[1] - 1}"
    try:
        given = np.asarray(policy)
    except (TypeError, ValueError):
        given = np.empty(0)
    if given.shape == shape[:1] and given.dtype.kind in "iu":
        inside = int(given.min()) >= 0 and int(given.max()) < mdp.actions
        problems.check(inside, f"policy: {expected}, got actions {given.min()} to {given.max()}")
        return (np.arange(mdp.actions) == given[:, None]).astype(np.float64)
    if given.shape != shape or given.dtype.kind not in "fiub":
        what = f"an array {list(given.shape)} of {given.dtype}" if isinstance(policy, np.ndarray) else repr(policy)[:60]
        problems.check(False, f"policy: {expected}, got {what}")
        return np.zeros(shape)
    found = given.astype(np.float64)
    sums = np.zeros(mdp.states)
    for action in range(mdp.actions):
        sums += found[:, action]
    fair = bool(np.isfinite(found).all() and (found >= 0).all() and (np.abs(sums - 1.0) <= 1e-6).all())
    problems.check(fair, f"policy: {expected}, got rows that are no probabilities (none negative, sum 1)")
    return found / sums[:, None] if fair else found


def chain_of(mdp: TabularMDP, policy: npt.NDArray[np.float64]) -> TabularMDP:
    """The process that `policy` [S, A] leaves: one action a state, whose outcomes are those of all that the policy may do."""
    if mdp.deterministic and bool(((policy == 0.0) | (policy == 1.0)).all()):
        chosen = np.arange(mdp.states), policy.argmax(axis=1)
        tables = mdp.next_state[chosen], mdp.reward[chosen], mdp.terminated[chosen]
        return TabularMDP(*(table[:, None] for table in tables), start=0)
    taken = np.repeat(policy.reshape(-1), mdp.outcome_counts)
    kept = taken > 0.0
    chances = taken if mdp.probability is None else taken * mdp.probability
    owner = np.repeat(np.arange(mdp.states), mdp.outcome_counts.reshape(mdp.states, -1).sum(axis=1))[kept]
    return TabularMDP(
        mdp.next_state.reshape(-1)[kept],
        mdp.reward.reshape(-1)[kept],
        mdp.terminated.reshape(-1)[kept],
        start=0,
        probability=chances[kept],
        offsets=np.concatenate([[0], np.cumsum(np.bincount(owner, minlength=mdp.states))]),
        actions=1,
    )


def check_probabilities(settings: dict[str, Any], model: Model, tables: Tables) -> None:
    """Refuse a loaded `policy` [S * A] that is no table of probabilities.

    Raises:
        ValueError: it is something else.
    """
    check_array("policy", model, np.float64)
    policy = model["policy"]
    if len(policy) != settings["states"] * settings["actions"] or not ((policy >= 0.0) & (policy <= 1.0)).all():
        raise ValueError("model policy: expected a probability for each state and action, got others")


def check_actions(settings: dict[str, Any], model: Model, tables: Tables) -> None:
    """Refuse a table `policy` [S] that is not made of action numbers.

    Raises:
        ValueError: it is something else.
    """
    check_table("policy", tables.get("policy"), settings["states"])
    policy = tables["policy"]
    if not ((policy >= 0.0) & (policy < settings["actions"]) & (policy == np.floor(policy))).all():
        raise ValueError(f"table policy: expected actions from 0 to {settings['actions'] - 1}, got others")


def chosen_action(settings: dict[str, Any], model: Model, details: dict[str, Any], state: int) -> npt.NDArray[np.float64]:
    """The probabilities [A] of a policy that takes the action in `details["policy"]` [S]."""
    return np.eye(settings["actions"])[int(details["policy"][state])]


def first_policy(mdp: TabularMDP, discount: float) -> npt.NDArray[np.float64]:
    """Action numbers [S] to begin with: 0; at discount 1 those of a policy that surely ends where one can."""
    return finishing_policy(mdp)[1].astype(np.float64) if discount == 1.0 else np.zeros(mdp.states)
