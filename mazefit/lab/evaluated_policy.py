"""The policy whose values a prediction is to find, random or optimal; its exact values, and the distance to them.

    RMS error = √( mean over s of (V(s) - v_π(s))² )        over the states that π ever comes to from the start

Reference: Sutton & Barto, 2nd edition, example 6.2 and section 9.2.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mazefit.agents.exact import Solution, solve
from mazefit.agents.planning.policy_evaluation import PolicyEvaluation
from mazefit.agents.planning.policy_tables import chain_of
from mazefit.agents.run import Run
from mazefit.envs.tables import TabularMDP
from mazefit.errors import UnsupportedEnvError
from mazefit.words import Language, word

POINTS = 200  # of a curve, at most


@dataclass(frozen=True, eq=False)
class Evaluated:
    """A fixed policy.

    Args:
        name: "random" or "greedy".
        probabilities: π(a|s) [S, A].
        v: its exact values v_π [S].
        states: bool [S], those that it comes to from the start and in which there is something to choose.
    """

    name: str
    probabilities: npt.NDArray[np.float64]
    v: npt.NDArray[np.float64]
    states: npt.NDArray[np.bool_]

    def called(self, language: Language) -> str:
        """The policy in words."""
        return word("policy.random" if self.name == "random" else "policy.greedy", language)

    def error(self, values: npt.NDArray[np.float64]) -> float:
        """The RMS error of estimated values [S]."""
        return float(np.sqrt(np.mean((values[self.states] - self.v[self.states]) ** 2)))


def evaluated(mdp: TabularMDP, name: str | None, exact: Solution) -> Evaluated:
    """The policy of that name: every action equally often, or every optimal one.

    Raises:
        UnboundedValueError: the policy goes round for ever receiving positive rewards at discount 1.
    """
    best = exact.optimal_actions
    uniform = np.full(best.shape, 1.0 / mdp.actions)
    probabilities = best / best.sum(axis=1, keepdims=True) if name == "greedy" else uniform
    try:
        v = solve(chain_of(mdp, probabilities), exact.discount).v  # where there is one action, the best value is the policy's
    except UnsupportedEnvError:  # too many states for a linear solve
        v = PolicyEvaluation(exact.discount, in_place=True).solve(mdp, probabilities).v
    states = _visited(mdp, probabilities) & ~mdp.absorbing & np.isfinite(v)
    return Evaluated(name or "random", probabilities, v, states)


def error_curve(run: Run, policy: Evaluated) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """The RMS error before the first episode and after each (of many: of every so many), by replay of the run's trace."""
    trace, episodes = run.trace, np.unique(np.linspace(0, run.episodes, POINTS + 1).astype(np.int64))
    assert trace is not None
    starts = trace.episodes
    errors = np.empty(len(episodes))
    for i, episode in enumerate(episodes.tolist()):
        tables = trace.tables_at(int(starts[episode]))
        errors[i] = policy.error(trace.rule.result(trace.settings, trace.model, tables)[1])
    return episodes, errors


def _visited(mdp: TabularMDP, probabilities: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    """Bool [S]: the states that the policy may come to from the start."""
    seen = mdp.start_distribution() > 0
    front = np.flatnonzero(seen).tolist()
    while front:
        state = front.pop()
        for action in np.flatnonzero(probabilities[state]).tolist():
            for _, arrival, _, ended in mdp.outcomes(state, action):
                if not ended and not seen[arrival]:
                    seen[arrival] = True
                    front.append(arrival)
    return seen
