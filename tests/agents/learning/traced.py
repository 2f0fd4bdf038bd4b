"""What the tests of eligibility traces share: the learners, held-still values, and the two views of one run."""

from collections import defaultdict
from typing import Any

import numpy as np

from mazefit.agents import EpsilonGreedy, SarsaLambda, TDLambda, TrueOnlineSarsaLambda, TrueOnlineTDLambda, WatkinsQLambda
from mazefit.agents.run import Run
from mazefit.backup.one_step import CELL, TERMINATED, TRUNCATED
from mazefit.backup.trace import Trace
from mazefit.envs.maze import Maze

PLAIN: tuple[Any, ...] = (TDLambda, SarsaLambda, WatkinsQLambda)
TRUE_ONLINE: tuple[Any, ...] = (TrueOnlineTDLambda, TrueOnlineSarsaLambda)
ALL = PLAIN + TRUE_ONLINE
STILL = 1e-300  # a step size that moves no value: the updates of a run are then those of the off-line algorithms


def start(learner: Any, env: Any, **arguments: Any) -> Run:
    """`predict` or `learn`."""
    return (learner.predict if learner.kind == "prediction" else learner.learn)(env, **arguments)


def traced(learner: Any, env: Any, **arguments: Any) -> Trace:
    """The trace of a run."""
    trace = start(learner, env, trace=True, **arguments).trace
    assert trace is not None
    return trace


def small(seed: int) -> Maze:
    """A maze of 2 x 3 carved cells with a loop or two."""
    return Maze.generate(2, 3, "wilson", seed=seed, loops=0.5)


def still(kind: Any, seed: int, env: Any = None, steps: int = 80, **parameters: Any) -> Trace:
    """The trace of a learner whose random initial values are held still."""
    maze = small(seed) if env is None else env
    shape = (small(seed).mdp().states if env is None else env.observation_space.n, 4)
    if kind.kind == "control":
        parameters.setdefault("policy", EpsilonGreedy(0.6))
    initial = np.random.default_rng(seed).uniform(-2.0, -1.0, shape if kind.kind == "control" else shape[0])
    return traced(
        kind(step_size=STILL, **parameters), maze, steps=steps, seed=seed, initial=initial, backend="python"
    )  # fmt: skip


def whole(trace: Trace) -> int:
    """Rows of the trace up to the last episode's end."""
    marks = trace.rows.column("cell")
    ends = np.flatnonzero(marks & (TERMINATED | TRUNCATED))
    return int(ends[-1]) + 1 if len(ends) else 0


def backward_sums(trace: Trace, rows: int) -> dict[str, float]:
    """What each cell would gain in the first rows, in units of α: its eligibilities times the TD errors."""
    found: dict[str, float] = defaultdict(float)
    for backup in trace[:rows]:
        for write in backup.writes:
            assert backup.td_error is not None
            found[write.cell] += write.eligibility * backup.td_error
    return dict(found)


def forward_sums(trace: Trace, rows: int) -> dict[str, float]:
    """The same by the forward view: the λ-returns of its visits less its value."""
    found: dict[str, float] = defaultdict(float)
    for i in range(rows):
        backup = trace.forward(i)
        trace.rule.spec.check(backup, lambda_=trace.settings["lambda_"])
        assert backup.td_error is not None
        found[backup.root.label] += backup.td_error
    return dict(found)


def near(one: dict[str, float], other: dict[str, float], tolerance: float = 1e-12) -> bool:
    """Whether two accounts agree, relative to their size."""
    return one.keys() == other.keys() and all(
        abs(one[cell] - other[cell]) <= tolerance * max(1.0, abs(one[cell])) for cell in one
    )


def online_lambda_return(trace: Trace) -> list[np.ndarray]:
    """The on-line λ-return algorithm (S&B 12.4) on a trace's experience: its values before each row, and after the last.

    After every step all updates of the episode so far are done anew, from the values with which it began, towards λ-returns
    that end at this step. The leaf of step k is what the values found at step k - 1 say of its arrival.
    """
    settings, pairs = trace.settings, trace.rule.pairs
    actions, discount, lambda_ = settings["actions"], settings["discount"], settings["lambda_"]
    values = trace.base["q" if pairs else "v"].copy()
    step_size = float(trace.base["rates"][0])
    found, begun = [values], values
    roots, rewards, leaves = list[int](), list[float](), list[float]()
    for mark, following, reward in zip(*(trace.rows.column(name).tolist() for name in ("cell", "next", "reward")), strict=True):
        roots.append((mark & CELL) if pairs else (mark & CELL) // actions)
        rewards.append(reward)
        leaves.append(0.0 if mark & TERMINATED else float(values[following]))
        returns, gathered = list[float](), leaves[-1]
        for k in range(len(roots) - 1, -1, -1):
            if k < len(roots) - 1:
                gathered = (1.0 - lambda_) * leaves[k] + lambda_ * returns[-1]
            returns.append(rewards[k] + discount * gathered)
        values = begun.copy()
        for root, target in zip(roots, reversed(returns), strict=True):
            values[root] += step_size * (target - values[root])
        found.append(values)
        if mark & (TERMINATED | TRUNCATED):
            begun = values
            roots, rewards, leaves = [], [], []
    return found
