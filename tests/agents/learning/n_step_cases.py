"""The n-step rules, what makes two of their runs the same, and the book's boxes done again by other code."""

from typing import Any

import numpy as np
import numpy.typing as npt

from mazefit.agents import (
    UCB,
    EpsilonGreedy,
    Greedy,
    Linear,
    NStepExpectedSarsa,
    NStepSarsa,
    NStepTD,
    OffPolicyNStepSarsa,
    PerVisit,
    QSigma,
    Run,
    Softmax,
    TreeBackup,
)
from mazefit.backup.one_step import CELL, SAMPLED, TERMINATED, TRUNCATED
from mazefit.backup.trace import Trace
from mazefit.envs.tables import TabularMDP

ACTS = EpsilonGreedy(0.2)
CALM: dict[str, Any] = {"step_size": 0.02, "policy": EpsilonGreedy(0.6)}  # so that ratios multiply no value beyond all bounds
LEARNERS: tuple[Any, ...] = (
    NStepTD(step_size=0.3, discount=0.97, n=3),
    NStepSarsa(step_size=0.3, discount=0.97, policy=ACTS, n=3),
    NStepExpectedSarsa(step_size=0.3, discount=0.97, policy=ACTS, n=3),
    OffPolicyNStepSarsa(discount=0.97, n=3, target=EpsilonGreedy(0.4), **CALM),
    TreeBackup(step_size=0.3, discount=0.97, policy=ACTS, n=3),
    QSigma(step_size=0.3, discount=0.97, policy=ACTS, n=3, sigma=0.3),
)
OTHER_PARTS: tuple[Any, ...] = (
    NStepTD(step_size=PerVisit(), n=2),
    NStepSarsa(step_size=PerVisit(), discount=0.9, policy=UCB(0.5), n=5),
    NStepExpectedSarsa(step_size=Linear(0.5, 0.1, steps=200), discount=0.9, policy=Softmax(Linear(2.0, 0.5, episodes=9)), n=2),
    OffPolicyNStepSarsa(
        discount=0.9, n=2, target=Softmax(2.0), step_size=Linear(0.02, 0.01, steps=90), policy=EpsilonGreedy(0.6)
    ),
    OffPolicyNStepSarsa(discount=0.9, n=1),
    TreeBackup(step_size=PerVisit(), discount=0.9, policy=UCB(0.5), n=2, target=Greedy()),
    TreeBackup(discount=0.9, policy=EpsilonGreedy(Linear(0.9, 0.1, steps=150)), n=3),
    QSigma(step_size=0.1, discount=0.9, policy=Softmax(1.0), n=2, sigma="random", control_variate=False),
    QSigma(discount=0.9, n=3, sigma="random", target=Greedy(), **CALM),
    QSigma(discount=0.9, n=2, sigma=0.4, target=EpsilonGreedy(0.3), control_variate=False, **CALM),
)


def start(learner: Any, env: Any, **arguments: Any) -> Run:
    """`predict` or `learn`."""
    return (learner.predict if learner.kind == "prediction" else learner.learn)(env, **arguments)


def traced(learner: Any, env: Any, **arguments: Any) -> Trace:
    """The trace of a run."""
    trace = start(learner, env, **{"trace": True, **arguments}).trace
    assert trace is not None
    return trace


def same(one: Run, other: Run) -> bool:
    """Whether two runs hold the same bytes in every table, and in every column of their traces."""
    assert one.trace is not None
    assert other.trace is not None
    return (
        all(table.tobytes() == other.tables[name].tobytes() for name, table in one.tables.items())
        and one.returns.tobytes() == other.returns.tobytes()
        and one.lengths.tobytes() == other.lengths.tobytes()
        and (one.steps, one.drawn, one.unfinished) == (other.steps, other.drawn, other.unfinished)
        and all(one.trace.rows.column(c).tobytes() == other.trace.rows.column(c).tobytes() for c in one.trace.rows.schema)
    )


def rebuilt(run: Run) -> bool:
    """Whether replaying the trace gives the run's tables, to the bit."""
    assert run.trace is not None
    return all(table.tobytes() == run.tables[name].tobytes() for name, table in run.trace.tables_at(run.trace.rows.end).items())


def dag(seed: int, states: int = 9, actions: int = 3) -> TabularMDP:
    """A process that never comes back: every action leads on, to a later state; the last one ends it. Rewards are random."""
    rng = np.random.default_rng(seed)
    next_state = np.array([[int(rng.integers(min(s + 1, states - 1), states)) for _ in range(actions)] for s in range(states)])
    ended = next_state == states - 1
    reward = rng.normal(size=(states, actions))
    reward[-1] = 0.0
    return TabularMDP(next_state, reward, ended, start=0)


def columns(trace: Trace) -> dict[str, npt.NDArray[Any]]:
    """The rows of a trace as arrays."""
    return {name: trace.rows.column(name) for name in trace.rows.schema}


def fed(learner: Any, env: Any, rows: dict[str, npt.NDArray[Any]]) -> npt.NDArray[np.float64]:
    """The values of a learner that is given the experience of another's rows."""
    run = start(learner, env, steps=0, seed=0)
    tables = {name: table.copy() for name, table in run.tables.items()}
    block = {"extra": np.ones(len(rows["cell"])), **rows}
    learner.rule.replay(run.settings, {}, tables, {name: block[name] for name in learner.rule.schema}, 0, None, False)
    return tables["v" if learner.kind == "prediction" else "q"]


def by_the_book(learner: Any, trace: Trace) -> npt.NDArray[np.float64]:
    """The values after the rows of a trace, by the boxes of S&B chapter 7, with their own T, τ and arrays that begin anew.

    Returns are written as sums of powers of γ where the book has them so, ratios as `np.prod`, probabilities by the policies'
    own `probabilities`: nothing but the logged experience is shared with the learners' kernels. Constant α, ε and τ alone.
    """
    settings, rows = trace.settings, columns(trace)
    actions, gamma, n, alpha = settings["actions"], learner.discount, learner.n, learner.step_size
    values = trace.base["v" if learner.kind == "prediction" else "q"].copy()
    table = values if learner.kind == "prediction" else values.reshape(-1, actions)
    target = getattr(learner, "target", None)

    def pi(state: int) -> Any:
        return (target or learner.policy).probabilities(table[state])

    states, taken, rewards, sigmas, chances = list[int](), list[int](), [0.0], [0.0], [1.0]
    horizon = 10**9
    for i in range(len(rows["cell"])):
        mark, following = int(rows["cell"][i]), int(rows["next"][i])
        cell = mark & CELL
        t = len(rewards) - 1
        del states[t:], taken[t:]
        states += [cell // actions, following // actions if trace.rule.pairs else following]
        taken += [cell % actions, following % actions if trace.rule.pairs else -1]
        rewards.append(float(rows["reward"][i]))
        chances.append(float(rows["extra"][i]) if "extra" in rows else 1.0)
        sigma = getattr(learner, "sigma", 0.0)
        sigmas.append(sigma if sigma != "random" else float(bool(mark & SAMPLED)))
        over, ended = bool(mark & (TERMINATED | TRUNCATED)), bool(mark & TERMINATED)
        horizon = t + 1 if ended else 10**9  # T; an episode that is cut has none
        for tau in range(max(0, t - n + 1), t + 1) if over else range(t - n + 1, t - n + 2):
            if tau < 0:
                continue
            last = min(tau + n, t + 1)
            goal, rho = _goal(learner, table, pi, gamma, tau, last, horizon, states, taken, rewards, sigmas, chances)
            if learner.kind == "prediction":
                table[states[tau]] += alpha * rho * (goal - table[states[tau]])
            else:
                table[states[tau], taken[tau]] += alpha * rho * (goal - table[states[tau], taken[tau]])
        if over:
            states, taken, rewards, sigmas, chances = [], [], [0.0], [0.0], [1.0]
    return values


def _goal(
    learner: Any, table: Any, pi: Any, gamma: float, tau: int, last: int, horizon: int, states: list[int], taken: list[int],
    rewards: list[float], sigmas: list[float], chances: list[float],
) -> tuple[float, float]:  # fmt: skip
    """G of step τ, and ρ; `rewards[k]` is R_k, `states[k]` S_k, `chances[k]` b(A_k|S_k)."""
    total = sum(gamma ** (k - tau - 1) * rewards[k] for k in range(tau + 1, last + 1))
    tail = gamma ** (last - tau) if last < horizon else 0.0
    if isinstance(learner, NStepTD):
        return total + tail * table[states[last]], 1.0
    if isinstance(learner, NStepSarsa):
        return total + tail * table[states[last], taken[last]], 1.0
    if isinstance(learner, NStepExpectedSarsa):
        return total + tail * float(np.dot(pi(states[last]), table[states[last]])), 1.0
    if isinstance(learner, OffPolicyNStepSarsa):
        ratios = [pi(states[k])[taken[k]] / chances[k] for k in range(tau + 1, min(last, horizon - 1) + 1)]
        return total + tail * table[states[last], taken[last]], float(np.prod(ratios))
    if isinstance(learner, TreeBackup):
        if last == horizon:
            goal = rewards[last]
        else:
            goal = rewards[last] + gamma * float(np.dot(pi(states[last]), table[states[last]]))
        for k in range(last - 1, tau, -1):
            others = [pi(states[k])[a] * table[states[k], a] for a in range(table.shape[1]) if a != taken[k]]
            goal = rewards[k] + gamma * (sum(others) + pi(states[k])[taken[k]] * goal)
        return goal, 1.0
    assert isinstance(learner, QSigma)
    goal = 0.0 if last == horizon else float(table[states[last], taken[last]])
    for k in range(last, tau, -1):
        if k == horizon:
            goal = rewards[k]
            continue
        chance, own = pi(states[k])[taken[k]], table[states[k], taken[k]]
        ratio = chance / chances[k] if learner.target else 1.0
        mean = float(np.dot(pi(states[k]), table[states[k]]))
        if learner.control_variate:
            inner = (sigmas[k] * ratio + (1 - sigmas[k]) * chance) * (goal - own) + mean
        else:
            inner = sigmas[k] * ratio * goal + (1 - sigmas[k]) * (mean + chance * (goal - own))
        goal = rewards[k] + gamma * inner
    return goal, 1.0
