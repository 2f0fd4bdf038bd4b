"""Watching a learned policy act: episodes without learning."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mazefit.agents.policies import maximisers
from mazefit.agents.run import Run
from mazefit.agents.world import draw_outcome, draw_start, open_world
from mazefit.errors import Problems


@dataclass(frozen=True)
class Evaluation:
    """Episodes of a fixed policy.

    Args:
        returns: return G of each episode, [episodes].
        lengths: its number of steps, [episodes].
        ended: bool [episodes]: whether it ended at a terminal state (else it was truncated).
    """

    returns: npt.NDArray[np.float64]
    lengths: npt.NDArray[np.int64]
    ended: npt.NDArray[np.bool_]

    def __str__(self) -> str:
        return (
            f"{len(self.returns)} episodes: return {self.returns.mean():,.2f} ± {self.returns.std():,.2f}, "
            f"{self.lengths.mean():,.2f} steps, {int(self.ended.sum())} arrived"
        )


def evaluate(
    run: Run, env: Any, episodes: int = 100, seed: int = 0, *, greedy: bool = True, max_steps: int = 10_000
) -> Evaluation:
    """Let a run's policy act on `env`, ties broken at random.

    Args:
        run: what was learned.
        env: a Maze, a TabularMDP or a Gymnasium environment with discrete states and actions.
        episodes: how many.
        seed: seed of ties, exploration and environment.
        greedy: take maximising actions alone, else follow the run's behaviour policy.
        max_steps: truncate an episode that has not ended by then.

    Raises:
        ConfigError: arguments are out of range, or the run's table does not fit the environment.
    """
    problems = Problems("evaluate")
    problems.instance("run", run, Run)
    problems.raise_if_any()
    problems.check(greedy or hasattr(run.algorithm, "policy"), "greedy: expected True for a planner, which explores nothing")
    world, q = open_world(env, seed), run.q
    problems.integer("episodes", episodes, 1)
    problems.integer("max_steps", max_steps, 1)
    problems.integer("seed", seed, 0)
    sizes = [world.states, world.actions]
    problems.check(list(q.shape) == sizes, f"env: expected {list(q.shape)} states and actions, as in the run, got {sizes}")
    problems.raise_if_any()
    ground = world.ground
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(2,)))
    best = maximisers(q)
    returns, lengths, ended = np.zeros(episodes), np.zeros(episodes, dtype=np.int64), np.zeros(episodes, dtype=np.bool_)
    for episode in range(episodes):
        state = int(ground.starts[draw_start(ground.cumulative, rng.random()) if ground.random_start else 0])
        for step in range(1, min(ground.limit, max_steps) + 1):
            if greedy:
                ties = np.flatnonzero(best[state])
                action = int(ties[int(rng.random() * len(ties))])
            else:
                action = run.behave(state, rng.random())
            cell = state * world.actions + action
            entry = draw_outcome(ground.offsets, ground.probability, cell, rng.random()) if ground.stochastic else cell
            state = int(ground.next_state[entry])
            returns[episode] += ground.reward[entry]
            lengths[episode] = step
            ended[episode] = ground.terminated[entry]
            if ended[episode] or ground.cut[0]:
                break
    return Evaluation(returns, lengths, ended)
