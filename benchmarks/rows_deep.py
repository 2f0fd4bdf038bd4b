"""The deep value agent beside stable-baselines3's DQN: steps a second, and steps until the greedy path is the shortest.

Both have the same environment and the same numbers: network, buffer, minibatch, when to learn, target network, optimizer, loss,
clipping, exploration. Ours is the plain DQN, without Double, dueling or n-step returns, which the peer does not have.
"""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any, NamedTuple

import gymnasium
import numpy as np

from benchmarks.table import Goal, Line, at_least, at_most, rate
from benchmarks.timing import Plan, Side, compare, estimate

PEER = "stable-baselines3 DQN"
FIGURE = Path("out/bench/dqn")


class Numbers(NamedTuple):
    """Hyper-parameters that both sides are given."""

    hidden: tuple[int, ...] = (64, 64)
    learning_rate: float = 1e-4
    buffer_size: int = 100_000
    learning_starts: int = 100
    batch_size: int = 32
    discount: float = 0.99
    train_every: int = 4
    gradient_steps: int = 1
    target_every: int = 10_000
    explore_steps: int = 1_000
    epsilon: float = 0.05


DEFAULTS = Numbers()  # of stable-baselines3, but for a buffer of a tenth
MAZE = Numbers((256,), 2e-3, 50_000, 500, 64, 0.99, 1, 1, 100, 2_000, 0.5)


class Case(NamedTuple):
    """What is learned on, and how."""

    make: Callable[[], Any]
    numbers: Numbers
    goal: Goal | None = None
    backend: str = "auto"  # of ours
    channels: tuple[int, ...] = ()  # of convolutions before the linear layers
    steps: tuple[int, int] = (10_000, 3_000)  # of ours and of the peer, in one round


def maze_env(cells: int = 10, seed: int = 0, observation: str = "state") -> Any:
    """A maze of so many cells a side, with random starts and a time limit."""
    import mazefit  # noqa: F401  (registers the environment)

    made = {"rows": cells, "columns": cells, "maze_seed": seed}
    return gymnasium.make("mazefit/Maze-v0", **made, observation=observation, start="random", max_episode_steps=200)


def our_agent(numbers: Numbers, backend: str = "auto", channels: tuple[int, ...] = ()) -> Any:
    """Ours with these numbers; with `channels`, 3 x 3 convolutions before the linear layers."""
    from mazefit.agents import EpsilonGreedy, Linear
    from mazefit.agents.deep import DQN, Convolutional, Dense
    from mazefit.training import Adam

    network = Convolutional(channels, numbers.hidden) if channels else Dense(numbers.hidden)
    policy = EpsilonGreedy(Linear(1.0, numbers.epsilon, steps=numbers.explore_steps))
    return DQN(
        network, discount=numbers.discount, optimizer=Adam(numbers.learning_rate), policy=policy,
        buffer_size=numbers.buffer_size, batch_size=numbers.batch_size, learning_starts=numbers.learning_starts,
        train_every=numbers.train_every, gradient_steps=numbers.gradient_steps, target_every=numbers.target_every,
        clip_norm=10.0, device="cpu", backend=backend,
    )  # fmt: skip


def convolutions(channels: tuple[int, ...]) -> Any:
    """Stable-baselines3's class of networks before the linear layers: the same convolutions as ours."""
    import torch
    from stable_baselines3.common.torch_layers import BaseFeaturesExtractor

    class Convolutions(BaseFeaturesExtractor):
        def __init__(self, space: Any) -> None:
            rows, columns = space.shape[1:]
            super().__init__(space, channels[-1] * rows * columns)
            layers: list[torch.nn.Module] = []
            for before, after in zip((space.shape[0], *channels[:-1]), channels, strict=True):
                layers += [torch.nn.Conv2d(before, after, 3, padding=1), torch.nn.ReLU()]
            self.layers = torch.nn.Sequential(*layers, torch.nn.Flatten())

        def forward(self, observations: Any) -> Any:
            return self.layers(observations)

    return Convolutions


def peer_agent(env: Any, numbers: Numbers, steps: int, seed: int, channels: tuple[int, ...] = ()) -> Any:
    """Stable-baselines3's with the same ones."""
    from stable_baselines3 import DQN

    shape: dict[str, Any] = {"net_arch": list(numbers.hidden)}
    if channels:
        shape["features_extractor_class"] = convolutions(channels)
    return DQN(
        "MlpPolicy", env, learning_rate=numbers.learning_rate, buffer_size=numbers.buffer_size, seed=seed, device="cpu",
        learning_starts=numbers.learning_starts, batch_size=numbers.batch_size, gamma=numbers.discount, tau=1.0,
        train_freq=numbers.train_every, gradient_steps=numbers.gradient_steps, target_update_interval=numbers.target_every,
        exploration_fraction=min(1.0, numbers.explore_steps / steps), exploration_initial_eps=1.0,
        exploration_final_eps=numbers.epsilon, max_grad_norm=10.0, policy_kwargs=shape,
    )  # fmt: skip


def our_side(case: Case, steps: int) -> Side:
    """Seconds of one of our steps."""
    make, numbers = case.make, case.numbers
    agent = our_agent(numbers, case.backend, case.channels)
    agent.learn(make(), 2 * numbers.learning_starts, seed=0)  # kernels are read from Numba's cache

    def side() -> float:
        env, start = make(), perf_counter()
        agent.learn(env, steps, seed=0)
        return (perf_counter() - start) / steps

    return side


def peer_side(case: Case, steps: int) -> Side:
    """Seconds of one of the peer's steps."""

    def side() -> float:
        model = peer_agent(case.make(), case.numbers, steps, 0, case.channels)
        start = perf_counter()
        model.learn(steps, log_interval=1_000_000)
        return (perf_counter() - start) / steps

    return side


def speed(plan: Plan) -> Iterator[Line]:
    """Steps a second of learning with a deep value agent, acting, keeping and updates included."""
    import torch

    torch.set_num_threads(1)
    everystep = DEFAULTS._replace(train_every=1)
    poles = partial(gymnasium.make, "CartPole-v1")
    cases = {
        "maze of 10 x 10 cells, an update every 4 steps": Case(maze_env, DEFAULTS, at_least(3)),
        "the same, an update every step": Case(maze_env, everystep, at_least(3)),
        "CartPole, an update every 4 steps": Case(poles, DEFAULTS, at_least(3)),
        "the maze, an update every step, ours through PyTorch": Case(
            maze_env, everystep, backend="torch", steps=(2_000, 1_000)
        ),
        "the maze as planes, convolutions, an update every 4 steps": Case(
            partial(maze_env, observation="grid"), DEFAULTS, channels=(16, 32), steps=(500, 500)
        ),
    }
    for what, case in cases.items():
        ours, peer = our_side(case, plan.size(case.steps[0])), peer_side(case, plan.size(case.steps[1]))
        both = compare(ours, peer, plan.rounds if case.goal else plan.pairs)  # without a goal: nearer to each other
        beside = f"{rate(both.peer_time)} ({PEER})"
        note = "64-64 network, minibatch 32, one thread; the peer's own hyper-parameters"
        yield Line(what, rate(both.our_time), beside, both.times_faster(), goal=case.goal, note=note)


class Watch:
    """Looks at an agent every so many steps.

    Args:
        maze: whose exact values its are held against.
        discount: γ.
    """

    every = 250

    def __init__(self, maze: Any, discount: float) -> None:
        from mazefit.agents import solve

        self.maze, self.discount = maze, discount
        self.exact = solve(maze, discount)
        self.inside = np.isfinite(self.exact.v) & ~maze.mdp().absorbing
        self.errors: list[float] = []
        self.solved = 0

    def look(self, q: Any, steps: int) -> None:
        """Take a table [S, A]."""
        from mazefit.agents import certify

        found = certify(self.maze, q, self.discount)
        error = q[self.inside].max(axis=1) - self.exact.v[self.inside]
        self.errors.append(float(np.sqrt(np.mean(error * error))))
        if not self.solved and found.greedy_length == found.shortest_length:
            self.solved = steps

    def __call__(self, event: Any) -> None:
        if event.kind == "step":
            self.look(event.run.q, event.steps)


def our_course(env: Any, numbers: Numbers, steps: int, seed: int) -> Watch:
    """Our agent, looked at."""
    watch = Watch(env.unwrapped.maze, numbers.discount)
    our_agent(numbers).learn(env, steps, seed=seed, callbacks=[watch])
    return watch


def peer_course(env: Any, numbers: Numbers, steps: int, seed: int) -> Watch:
    """The peer, looked at."""
    import torch
    from stable_baselines3.common.callbacks import BaseCallback

    watch = Watch(env.unwrapped.maze, numbers.discount)

    class Look(BaseCallback):
        def _on_step(self) -> bool:
            if self.num_timesteps % watch.every == 0:
                with torch.no_grad():
                    q = self.model.q_net(torch.arange(env.observation_space.n))
                watch.look(q.numpy().astype(np.float64), self.num_timesteps)
            return True

    peer_agent(env, numbers, steps, seed).learn(steps, callback=Look(), log_interval=1_000_000)
    return watch


def path(plan: Plan) -> Iterator[Line]:
    """Steps until the greedy path is the shortest one, ten seeds each; the curves of both in one figure."""
    import torch

    torch.set_num_threads(1)
    seeds, steps, cells = (3 if plan.quick else 10), 5_000, 5
    ours = [our_course(maze_env(cells, seed), MAZE, steps, seed) for seed in range(seeds)]
    peer = [peer_course(maze_env(cells, seed), MAZE, steps, seed) for seed in range(seeds)]
    first, second = ([one.solved or steps + 1 for one in each] for each in (ours, peer))
    ratio = estimate([a / b for a, b in zip(first, second, strict=True)])
    median = [float(np.median(each)) for each in (first, second)]
    solved = [sum(one.solved > 0 for one in each) for each in (ours, peer)]
    draw(ours, peer, median, cells)
    note = f"mazes of {cells} x {cells} cells, looked at every {Watch.every} steps, {steps} in all; each seed its own maze"
    texts = [f"median {m:,.0f} steps, {s} of {seeds} seeds" for m, s in zip(median, solved, strict=True)]
    yield Line("steps to the shortest path", texts[0], f"{texts[1]} ({PEER})", ratio, goal=at_most(1), note=note)


def draw(ours: list[Watch], peer: list[Watch], median: list[float], cells: int) -> None:
    """Both curves, as PNG and SVG."""
    from mazefit.plots import png_bytes, svg_bytes
    from mazefit.plots.bands import plot_bands

    at = np.arange(1, len(ours[0].errors) + 1) * Watch.every
    curves = {"mazefit DQN": ours, PEER: peer}
    figure = plot_bands(
        at,
        {name: [one.errors for one in each] for name, each in curves.items()},
        label="root mean square of max Q - v*",
        title=f"DQN on mazes of {cells} x {cells} cells: shortest path after {median[0]:,.0f} and {median[1]:,.0f} steps",
        note=f"line: median, band: 10 to 90 % of {len(ours)} seeds, each with its own maze; shortest path: median",
    )
    figure.axes[0].set_xlabel("step")
    FIGURE.parent.mkdir(parents=True, exist_ok=True)
    FIGURE.with_suffix(".png").write_bytes(png_bytes(figure))
    FIGURE.with_suffix(".svg").write_bytes(svg_bytes(figure))
