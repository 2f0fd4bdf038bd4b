"""Exact optimal values, without sweeps: backward from the goals where the process is deterministic, else policy iteration.

    v*(s) = max_a Σ p(s', r | s, a) [r + γ v*(s')]        q*(s, a) = Σ p(s', r | s, a) [r + γ v*(s')]

At discount 1 a state is worth what the best way to an end brings, or to resting for ever at reward 0. Where neither is sure its
value is -inf (a cycle whose rewards cancel counts as never resting); where rewards can grow for ever there is no value.

Reference: Sutton & Barto, 2nd edition, sections 3.6 and 4.3; Howard (1960), Dynamic Programming and Markov Processes.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mazefit.agents.backward import backward_values, look_ahead
from mazefit.agents.growth import SENTENCE, refuse_growth
from mazefit.agents.policies import maximisers
from mazefit.agents.policy_values import follow_policy, policy_values
from mazefit.agents.reachable import can_rest, finishing_policy
from mazefit.agents.world import tables_of
from mazefit.envs.tables import TabularMDP
from mazefit.errors import Problems, UnboundedValueError, UnsupportedEnvError
from mazefit.kernel import worth_compiling

DENSE_STATES = 3_000  # states up to which a policy is evaluated by one dense linear solve


@dataclass(frozen=True)
class Solution:
    """Exact optimal values.

    Args:
        v: optimal state values [S]; -inf where at discount 1 no episode can end.
        q: optimal action values [S, A].
        discount: γ.
        unreachable: bool [S]: states of value -inf.
        residual: the largest |v - max_a q| over the other states, 0 up to rounding.
    """

    v: npt.NDArray[np.float64]
    q: npt.NDArray[np.float64]
    discount: float
    unreachable: npt.NDArray[np.bool_]
    residual: float

    @property
    def optimal_actions(self) -> npt.NDArray[np.bool_]:
        """Bool [S, A]: all optimal actions, those within 1e-12 (relative) of the best included."""
        return maximisers(self.q)

    def __str__(self) -> str:
        lost = int(self.unreachable.sum())
        states = "1 state has" if lost == 1 else f"{lost} states have"
        tail = f"; {states} value -inf (no goal can be reached at discount 1)" if lost else ""
        return f"exact values of {len(self.v)} states at discount {self.discount:g}, residual {self.residual:.1e}{tail}"


def solve(env: Any, discount: float = 1.0) -> Solution:
    """Exact optimal values of a maze, of tables, or of an environment that offers its tables.

    Args:
        env: a Maze, a TabularMDP, or an environment with `mdp` or `P`.
        discount: γ, from 0 to 1.

    Raises:
        ConfigError: the discount is out of range.
        UnsupportedEnvError: the environment offers no tables.
        UnboundedValueError: at discount 1 a cycle of positive reward makes values grow for ever.
    """
    problems = Problems("solve")
    problems.number("discount", discount, 0.0, 1.0)
    problems.raise_if_any()
    mdp = tables_of(env)
    v = _deterministic(mdp, discount) if mdp.deterministic else _stochastic(mdp, discount)
    if np.isposinf(v).any() or np.isnan(v).any():
        raise UnboundedValueError("solve: expected values that float64 can hold, got some beyond it; scale the rewards down")
    q, best = look_at_actions(mdp, v, discount)
    unreachable = np.isneginf(v)
    best[unreachable] = v[unreachable] = 0.0
    residual = float(np.abs(v - best).max())
    v[unreachable] = -np.inf
    return Solution(v, q, discount, unreachable, residual)


def look_at_actions(
    mdp: TabularMDP, v: npt.NDArray[np.float64], discount: float
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """One step of looking ahead: q(s, a) = Σ p [r + γ v(s')], [S, A], and the best of each state, [S]."""
    if mdp.deterministic:
        q, best = np.empty((mdp.states, mdp.actions)), np.empty(mdp.states)
        flat = (mdp.next_state.reshape(-1), mdp.reward.reshape(-1), mdp.terminated.reshape(-1))
        actions = tuple(range(mdp.actions))
        look_ahead.run(worth_compiling(q.size), v, *flat, actions, discount, q.reshape(-1), best)
        return q, best
    assert mdp.probability is not None
    assert mdp.offsets is not None
    onward = np.zeros(len(mdp.next_state))
    goes_on = ~mdp.terminated
    if discount > 0:
        onward[goes_on] = discount * v[mdp.next_state[goes_on]]
    q = np.add.reduceat(mdp.probability * (mdp.reward + onward), mdp.offsets[:-1]).reshape(mdp.states, mdp.actions)
    return q, q.max(axis=1)


def action_values(mdp: TabularMDP, v: npt.NDArray[np.float64], discount: float) -> npt.NDArray[np.float64]:
    """q(s, a) = Σ p [r + γ v(s')], [S, A]; outcomes that end count r alone."""
    return look_at_actions(mdp, v, discount)[0]


def _deterministic(mdp: TabularMDP, discount: float) -> npt.NDArray[np.float64]:
    if discount == 0.0:
        return mdp.reward.max(axis=1)
    if discount == 1.0:
        refuse_growth(mdp)
        return backward_values(mdp, discount, can_rest(mdp), complete=True)
    v = backward_values(mdp, discount, np.zeros(mdp.states, dtype=np.bool_), complete=False)
    while True:  # policy iteration on a graph of one successor each: cycles have their value in closed form
        q, best = look_at_actions(mdp, v, discount)
        lost = np.isneginf(v)
        if not lost.any() and (best <= v + 1e-12 * np.maximum(1.0, np.abs(best))).all():
            return v
        v = follow_policy(mdp, q.argmax(axis=1), discount)


def _stochastic(mdp: TabularMDP, discount: float) -> npt.NDArray[np.float64]:
    if mdp.states > DENSE_STATES:
        raise UnsupportedEnvError(
            f"solve: expected at most {DENSE_STATES} states where outcomes are random, got {mdp.states}; "
            "use ValueIteration, which takes any number"
        )
    known, policy = finishing_policy(mdp)
    if discount < 1.0:
        known = np.ones(mdp.states, dtype=np.bool_)
    else:
        _refuse_gain(mdp, known)
    while True:
        v = policy_values(mdp, policy, discount, known)
        q = action_values(mdp, v, discount)
        held = np.take_along_axis(q, policy[:, None], axis=1)[:, 0]
        better = known & (q.max(axis=1) > held + 1e-11 * np.maximum(1.0, np.abs(np.where(known, held, 0.0))))
        if not better.any():
            return v
        policy = np.where(better, q.argmax(axis=1), policy)


def _refuse_gain(mdp: TabularMDP, known: npt.NDArray[np.bool_]) -> None:
    """At discount 1, refuse a process that can stay for ever where it cannot surely end and earn a positive average reward.

    The average reward is the limit of (1 - γ) v_γ; it is read off at two discounts close to 1.
    """
    if known.all() or not ((mdp.reward > 0) & ~mdp.terminated).any():
        return
    near, nearer = 1e-4, 1e-6
    gain = (_stochastic(mdp, 1 - nearer) - _stochastic(mdp, 1 - near)) / (1 / nearer - 1 / near)
    if (gain[~known] > 1e-6 * np.abs(mdp.reward).max()).any():
        raise UnboundedValueError(f"solve: {SENTENCE}")
