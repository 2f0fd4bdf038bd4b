"""Learning on many mazes at once and walking through others: the agent, its environments, and the course of the held-out share.

One environment for each maze to learn on, all stepped together; episodes begin anywhere and are cut after some steps. The
reward is 1 at the goal and 0 elsewhere, so that the best action is worth γ^(d - 1) at distance d: what is not known yet is
worth 0, and knowledge spreads from the goal. (With -1 a step and 0 at the goal values are (γ^(d - 1) - 1) / (1 - γ): the same
order.) Behaviour is greedy but for ε: random walks seldom arrive, and so much less is learned from as many of them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from mazefit.agents.deep.dqn import DQN
from mazefit.agents.deep.events import Event
from mazefit.agents.deep.fading_adam import FadingAdam
from mazefit.agents.deep.grid_network import RecurrentGrid
from mazefit.agents.deep.held_out import Split, Walks, all_values, greedy_walks
from mazefit.agents.deep.labels import LabelledMazes, label_mazes
from mazefit.agents.deep.networks import Factory
from mazefit.agents.deep.run import DeepRun
from mazefit.agents.policies import EpsilonGreedy
from mazefit.envs import Maze
from mazefit.envs.maze_vector_env import MazeVectorEnv

DISCOUNT, EPSILON = 0.95, 0.3
REWARDS = {"step_reward": 0.0, "goal_reward": 1.0}
UPDATES = 16
"""Updates after each step of all environments."""


class Measured(NamedTuple):
    """A network held against mazes that it never saw."""

    steps: int
    updates: int
    share: float  # of mazes whose greedy walk from the start is a shortest path
    error: float  # root of the mean squared distance to the exact values
    largest: float  # the largest such distance


def measure(module: Any, labelled: LabelledMazes, steps: int = 0, updates: int = 0) -> tuple[Measured, Walks]:
    """Hold a network against mazes.

    Args:
        module: the network.
        labelled: the mazes, with exact values.
        steps: it has learned from.
        updates: it has been through.
    """
    table = all_values(module, labelled)
    apart = np.abs(table - labelled.q)[labelled.inside]
    walks = greedy_walks(table, labelled)
    error = float(np.sqrt(np.square(apart).mean()))
    return Measured(steps, updates, walks.share, error, float(apart.max())), walks


@dataclass
class Course:
    """A callback of the agent that measures on the way.

    Args:
        labelled: held-out mazes.
        every: steps between two measurements.
        tell: what is called with each.
    """

    labelled: LabelledMazes
    every: int
    tell: Callable[[Measured], object] = print

    def __post_init__(self) -> None:
        self.points: list[Measured] = []

    def __call__(self, event: Event) -> None:
        """Measure at the start, on the way and at the end."""
        run = event.run
        if not self.points or run.steps > self.points[-1].steps:
            point, _ = measure(run.model, self.labelled, run.steps, run.updates)
            self.points.append(point)
            self.tell(point)


def labelled_held_out(split: Split) -> LabelledMazes:
    """The held-out mazes with exact values, as this agent's discount and rewards have them."""
    return label_mazes(split.held_out, DISCOUNT, **REWARDS)


def environments(mazes: Sequence[Maze]) -> MazeVectorEnv:
    """One environment for each maze, seen as planes; episodes begin anywhere and are cut after a step for every second cell."""
    longest = max(8, mazes[0].states * 5 // 8)
    return MazeVectorEnv(len(mazes), mazes, observation="grid", start="random", max_episode_steps=longest, **REWARDS)  # pyright: ignore[reportArgumentType]


def agent(
    mazes: int,
    steps: int,
    network: Factory | None = None,
    *,
    updates: int = UPDATES,
    learning_rate: float = 0.004,
    device: str = "auto",
) -> DQN:
    """DQN as it learns over mazes.

    Args:
        mazes: how many it learns on.
        steps: how many it will take, over all of them; its rate has faded then.
        network: None = `RecurrentGrid` for values up to 1.
        updates: after each step of all environments.
        learning_rate: of Adam at the beginning.
        device: as the agent takes it.
    """
    return DQN(
        network=RecurrentGrid(scale=1.0) if network is None else network,
        discount=DISCOUNT,
        optimizer=FadingAdam(learning_rate, max(1, updates * steps // mazes)),
        policy=EpsilonGreedy(EPSILON),
        buffer_size=max(50 * mazes, 2_000),
        batch_size=64,
        learning_starts=5 * mazes,
        train_every=1,
        gradient_steps=updates,
        target_every=mazes,
        loss="mse",
        clip_norm=1.0,
        device=device,
    )


def learn_over_mazes(
    split: Split,
    steps: int,
    network: Factory | None = None,
    *,
    seed: int = 0,
    measurements: int = 12,
    tell: Callable[[Measured], object] = lambda point: None,
    callbacks: Sequence[Callable[[Event], object]] = (),
    updates: int = UPDATES,
    learning_rate: float = 0.004,
    device: str = "auto",
) -> tuple[DeepRun, Course]:
    """Learn on the mazes of a split and be measured on those held out.

    Args:
        split: of `split_mazes`.
        steps: over all mazes.
        network: None = `RecurrentGrid`.
        seed: of all randomness.
        measurements: on the way.
        tell: what is called with each of them.
        callbacks: of the agent.
        updates: after each step of all environments.
        learning_rate: of Adam at the beginning.
        device: as the agent takes it.
    """
    course = Course(labelled_held_out(split), max(1, steps // measurements), tell)
    learner = agent(len(split.training), steps, network, updates=updates, learning_rate=learning_rate, device=device)
    run = learner.learn(environments(split.training), steps, seed=seed, callbacks=[course, *callbacks])
    return run, course
