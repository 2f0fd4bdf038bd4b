"""One algorithm, one seed: how the episodes went, when the greedy path was first the shortest, and how long it took.

A run is stopped after an episode and gone on with, which changes no byte of it: so that the table can be looked at in between.
"""

from dataclasses import dataclass
from time import perf_counter
from typing import Any

import numpy as np
import numpy.typing as npt

from mazefit.agents.evaluation import evaluate
from mazefit.agents.exact import Solution
from mazefit.agents.policies import maximisers
from mazefit.agents.run import Run
from mazefit.envs.tables import TabularMDP
from mazefit.lab.compare_task import Comparison, Contestant
from mazefit.lab.evaluated_policy import POINTS
from mazefit.lab.parameters import goes_on, learns_on_the_way

BATCHES = 10  # sizes of a batch, at most
TIES = 20  # greedy walks over which a planner's are averaged


@dataclass(frozen=True, eq=False)
class Trial:
    """What came of one seed.

    Args:
        returns, lengths: of each episode, [N]; of a planner those of its greedy walk, [1] (empty where it never arrives).
        reached: after how many episodes the greedy path was first the shortest; None where it never was.
        errors: RMS errors at `points`, [P]; of a planner [1]; empty where control is compared.
        seconds: spent on learning alone.
        steps: taken; of a planner its sweeps or backups.
    """

    returns: npt.NDArray[np.float64]
    lengths: npt.NDArray[np.float64]
    reached: int | None
    errors: npt.NDArray[np.float64]
    seconds: float
    steps: int


def points(one: Contestant, episodes: int) -> npt.NDArray[np.int64]:
    """The episodes after which errors are measured: before the first, and after each of at most so many.

    What learns from a whole batch begins anew with every larger one: it is asked less often, and not before the first.
    """
    if learns_on_the_way(one.entry):
        return np.unique(np.linspace(0, episodes, min(episodes, POINTS) + 1).astype(np.int64))
    return np.unique(np.linspace(1, episodes, min(episodes, BATCHES)).astype(np.int64))


def planned(task: Comparison, one: Contestant) -> Trial:
    """What a planner arrives at."""
    begun = perf_counter()
    policy = () if task.policy is None else (task.policy.probabilities,)
    run: Run = one.algorithm.solve(task.mdp, *policy)
    seconds = perf_counter() - begun
    if task.policy is not None:
        return Trial(np.empty(0), np.empty(0), None, np.array([task.policy.error(run.v)]), seconds, run.steps)
    walks = evaluate(run, task.mdp, episodes=TIES, max_steps=10 * task.mdp.states)
    arrives = bool(walks.ended.all())
    gain, length = [walks.returns.mean()], [walks.lengths.mean()]
    found = (np.array(gain), np.array(length)) if arrives else (np.empty(0), np.empty(0))
    return Trial(*found, None, np.empty(0), seconds, run.steps)


def learned(task: Comparison, one: Contestant, seed: int) -> Trial:
    """What a learner makes of one seed.

    Raises:
        LearningInterrupted: Ctrl-C.
    """
    total, seconds = task.config.total, 0.0
    run: Run | None = None
    if task.policy is not None:
        errors = list[float]()
        for episodes in points(one, total).tolist():
            run, spent = _go_on(task, one, seed, run, episodes)
            seconds += spent
            errors.append(task.policy.error(run.v))
        assert run is not None
        return Trial(run.returns, run.lengths.astype(np.float64), None, np.array(errors), seconds, run.steps)
    reached = None
    for episodes in range(1, total + 1):
        run, spent = _go_on(task, one, seed, run, episodes)
        seconds += spent
        if shortest(task.mdp, run.q, task.exact):
            reached = episodes
            break
    run, spent = _go_on(task, one, seed, run, total)
    return Trial(run.returns, run.lengths.astype(np.float64), reached, np.empty(0), seconds + spent, run.steps)


def _go_on(task: Comparison, one: Contestant, seed: int, run: Run | None, episodes: int) -> tuple[Run, float]:
    """The run with so many episodes in all, and the seconds that it took."""
    begun = perf_counter()
    given: dict[str, Any] = {"seed": seed} if run is None or not goes_on(one.entry) else {"resume": run}
    if task.policy is None:
        found: Run = one.algorithm.learn(task.mdp, episodes=episodes, **given)
    else:
        found = one.algorithm.predict(task.mdp, task.policy.probabilities, episodes=episodes, **given)
    return found, perf_counter() - begun


def shortest(mdp: TabularMDP, q: npt.NDArray[np.float64], exact: Solution) -> bool:
    """Whether every way that the greedy policy may take from the start is an optimal one, and arrives."""
    good, next_state, ended = exact.optimal_actions, mdp.next_state, mdp.terminated
    front = set(np.flatnonzero(mdp.start_distribution()).tolist())
    for _ in range(mdp.states + 1):
        ahead = set[int]()
        for state in front:
            for action in np.flatnonzero(maximisers(q[state])).tolist():
                if not good[state, action]:
                    return False
                if not ended[state, action]:
                    ahead.add(int(next_state[state, action]))
        if not ahead:
            return True
        front = ahead
    return False
