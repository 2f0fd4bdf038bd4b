"""Many runs of a learner: the errors of predictors at checkpoints, and the episodes of control learners."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from mazefit.agents import Run
from mazefit.envs import TabularMDP

Numbers = npt.NDArray[np.float64]


def prediction_errors(
    learner: Any, mdp: TabularMDP, truth: Numbers, initial: float, episodes: Sequence[int], runs: int
) -> Numbers:
    """RMS error over a walk's states after so many episodes, [runs, checkpoints]; run k has seed k.

    Args:
        learner: a predictor, which follows the uniform policy.
        mdp: a random walk.
        truth: v_π of the states between its ends.
        initial: the value with which every state begins.
        episodes: the checkpoints, rising.
        runs: how many.
    """
    errors = np.empty((runs, len(episodes)))
    for seed in range(runs):
        run = learner.predict(mdp, episodes=episodes[0], seed=seed, initial=initial, backend="compiled")
        for i, count in enumerate(episodes):
            if i:
                run = learner.predict(mdp, episodes=count, resume=run, backend="compiled")
            errors[seed, i] = np.sqrt(np.mean((run.v[1:-1] - truth) ** 2))
    return errors


def control_runs(learner: Any, mdp: TabularMDP, runs: int, read: Callable[[Run], Any], **until: int) -> Numbers:
    """What `read` finds in each of so many runs, [runs, …]; run k has seed k.

    Args:
        learner: a control learner.
        mdp: the world.
        runs: how many.
        read: takes what is wanted out of a run.
        until: episodes= or steps=.
    """
    found = [read(learner.learn(mdp, seed=seed, backend="compiled", **until)) for seed in range(runs)]
    return np.array(found, dtype=np.float64)


def rms(errors: Numbers) -> float:
    """Root of the mean square."""
    return float(np.sqrt(np.mean(errors * errors)))
