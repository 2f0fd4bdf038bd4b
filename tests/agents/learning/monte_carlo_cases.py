"""The Monte Carlo family for its tests: the learners, worlds whose episodes are short, and returns by definition."""

from typing import Any

import gymnasium
import numpy as np

from mazefit.agents import (
    EpsilonGreedy,
    Exponential,
    Linear,
    MonteCarloControl,
    MonteCarloExploringStarts,
    MonteCarloPrediction,
    OfflineLambdaReturn,
    OffPolicyMonteCarlo,
    OffPolicyMonteCarloControl,
    Run,
    Softmax,
    solve,
)
from mazefit.backup.one_step import CELL, TERMINATED, TRUNCATED
from mazefit.backup.trace import Trace
from mazefit.envs.maze import Maze
from tests.agents.learning.runs import start
from tests.agents.worlds import six_worlds

LEARNERS: tuple[Any, ...] = (
    MonteCarloPrediction(discount=0.97),
    OffPolicyMonteCarlo(discount=0.97),
    MonteCarloControl(step_size=0.1, discount=0.97, policy=EpsilonGreedy(0.5)),
    MonteCarloExploringStarts(step_size=0.3, discount=0.97, max_steps=40),
    OffPolicyMonteCarloControl(discount=0.97),
    OfflineLambdaReturn(0.7, discount=0.97),
)
OTHER_PARTS: tuple[Any, ...] = (
    MonteCarloPrediction(first_visit=False, step_size=Linear(0.2, 0.01, steps=400), discount=0.9),
    OffPolicyMonteCarlo(weighted=False, discount=0.9, first_visit=False),
    OffPolicyMonteCarlo(weighted=False, discount=0.9),
    OffPolicyMonteCarlo(discount=0.9, first_visit=False),
    MonteCarloControl(discount=0.9, policy=Softmax(Linear(2.0, 0.5, episodes=9)), first_visit=False),
    MonteCarloControl(step_size=Exponential(0.5, 0.99, 0.05), policy=EpsilonGreedy(Linear(1.0, 0.2, steps=500))),
    MonteCarloExploringStarts(discount=0.9, first_visit=False, max_steps=20),
    OffPolicyMonteCarloControl(discount=0.9, policy=Softmax(0.5)),
    OfflineLambdaReturn(1.0, step_size=0.01, discount=0.9),
    OfflineLambdaReturn(0.0, step_size=Linear(0.05, 0.01, episodes=9), discount=0.9),
)


def short_worlds(limit: int = 40) -> dict[str, Any]:
    """The six worlds with a time limit, so that episodes end and some of them are truncated."""
    limits: dict[str, Any] = {"max_episode_steps": limit}
    found: dict[str, Any] = {}
    for name, world in six_worlds().items():
        made = {"id": "mazefit/Maze-v0", "maze": world} if isinstance(world, Maze) else {"id": world.spec.id}
        found[name] = gymnasium.make(**made, **limits)
    return found


def given(learner: Any, env: Any) -> dict[str, Any]:
    """A target policy that is not the behaviour, for off-policy predictors: in some states it never takes the first action."""
    if learner.name != "off-policy-monte-carlo":
        return {}
    states, actions = int(env.observation_space.n), int(env.action_space.n)
    first = np.where(np.arange(states) % 7 == 3, 0.0, 0.5 / actions)[:, None]
    return {"policy": np.concatenate([first, np.repeat((1.0 - first) / (actions - 1), actions - 1, axis=1)], axis=1)}


def go(learner: Any, env: Any, **arguments: Any) -> Run:
    """A run of any of the learners."""
    extra = {} if arguments.get("resume") is not None else given(learner, env)
    return start(learner, env, **extra, **arguments)


def trace_of(run: Run) -> Trace:
    """Its trace."""
    assert run.trace is not None
    return run.trace


def episodes_of(run: Run) -> list[dict[str, np.ndarray]]:
    """The columns of each whole episode, with `entry`: state, or cell of a learner of pairs; and `ended`, not cut."""
    rows = {name: trace_of(run).rows.column(name) for name in trace_of(run).rows.schema}
    marks = rows["cell"].astype(np.int64)
    ends = np.flatnonzero(marks & (TERMINATED | TRUNCATED)) + 1
    width = run.settings["actions"] if "v" in run.tables else 1
    found: list[dict[str, np.ndarray]] = []
    first = 0
    for end in ends.tolist():
        part = {name: column[first:end] for name, column in rows.items()}
        part["entry"] = (marks[first:end] & CELL) // width
        part["ended"] = np.array(bool(marks[end - 1] & TERMINATED))
        found.append(part)
        first = end
    return found


def returns_of(rewards: Any, discount: float, beyond: float = 0.0) -> list[float]:
    """The return from each step on, by its definition: Σ γ^k R_{t+k+1}, and the value beyond."""
    count = len(rewards)
    return [
        sum(discount ** (k - t) * float(rewards[k]) for k in range(t, count)) + discount ** (count - t) * beyond
        for t in range(count)
    ]


def ends_soon(maze: Maze, seed: int) -> Any:
    """A policy [S, A] under which every episode ends before long: mostly towards the goal, else anything."""
    best = solve(maze, 0.9).optimal_actions
    random = np.random.default_rng(seed).dirichlet(np.ones(best.shape[1]), len(best))
    return 0.6 * best / best.sum(axis=1, keepdims=True) + 0.4 * random
