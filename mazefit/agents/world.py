"""The world as a learner's loop sees it: a few arrays to look things up in, whether tables answer or a live environment.

A loop asks the world in this order, one entry a step:

    arrival = next_state[entry]; received = reward[entry]; ended = terminated[entry]; truncated = cut[0]        (see steps.py)

Where the environment is known by its tables, these are the tables. Where it is not, they are stand-ins: the first look-up takes
the step in the environment, the others tell what it answered. So one source of each algorithm runs on both.
"""

import math
from dataclasses import dataclass
from typing import Any, NamedTuple

import gymnasium
import numpy as np
import numpy.typing as npt
from gymnasium.spaces import Discrete
from gymnasium.wrappers import OrderEnforcing, PassiveEnvChecker, TimeLimit

from mazefit.envs.landscape_env import LandscapeEnv
from mazefit.envs.maze import Maze
from mazefit.envs.maze_env import MazeEnv
from mazefit.envs.tables import MAX_CELLS, TabularMDP
from mazefit.errors import UnsupportedEnvError
from mazefit.kernel import kernel, worth_compiling

NO_LIMIT = 2**62
_TOY_TEXT = {"FrozenLakeEnv", "CliffWalkingEnv", "TaxiEnv"}


@kernel
def draw_outcome(offsets: Any, probability: Any, cell: int, chance: float) -> int:
    """The entry of one outcome of `cell`, drawn with its probability out of one uniform number."""
    entry = offsets[cell]
    last = offsets[cell + 1] - 1
    below = probability[entry]
    while entry < last and chance >= below:
        entry += 1
        below += probability[entry]
    return entry


@kernel
def draw_start(cumulative: Any, chance: float) -> int:
    """The index of a start state, drawn from cumulative probabilities [K] by bisection."""
    low, high = 0, len(cumulative) - 1
    while low < high:
        middle = (low + high) // 2
        if chance < cumulative[middle]:
            high = middle
        else:
            low = middle + 1
    return low


@kernel
def leads_to_end(
    starts: Any, next_state: Any, terminated: Any, offsets: Any, stochastic: bool, actions: int, seen: Any, stack: Any
) -> bool:
    """Whether a transition that ends can be reached from one of the starts (a walk over all outcomes, newest state first)."""
    waiting = 0
    for i in range(len(starts)):
        stack[waiting] = starts[i]
        seen[starts[i]] = True
        waiting += 1
    while waiting > 0:
        waiting -= 1
        first = stack[waiting] * actions
        last = first + actions
        if stochastic:
            first, last = offsets[first], offsets[last]
        for entry in range(first, last):
            if terminated[entry]:
                return True
            if not seen[next_state[entry]]:
                seen[next_state[entry]] = True
                stack[waiting] = next_state[entry]
                waiting += 1
    return False


class Ground(NamedTuple):
    """What a loop looks up, step by step."""

    starts: Any  # states in which an episode may begin
    cumulative: Any  # their cumulative probabilities
    next_state: Any  # by entry: of a deterministic world the cell itself, else one of its outcomes
    reward: Any
    terminated: Any
    cut: Any  # [0]: whether the environment itself has truncated the episode
    offsets: Any  # where a cell's outcomes begin
    probability: Any
    limit: int  # steps after which an episode is truncated
    stochastic: bool  # whether transitions draw a chance
    random_start: bool  # whether starts draw a chance


@dataclass(frozen=True)
class World:
    """The environment for a learner: what its loop looks up, and what is known beside it."""

    states: int
    actions: int
    ground: Ground
    live: bool  # whether an environment's own `step` answers
    digest: str  # what a resumed run must find again
    mdp: TabularMDP | None

    def can_end(self) -> bool:
        """Whether some way leads from a start to an episode's end (of a live environment one cannot tell: True)."""
        ground = self.ground
        if self.mdp is None or ground.limit < NO_LIMIT:
            return True
        seen, stack = np.zeros(self.states, dtype=np.bool_), np.empty(self.states, dtype=np.int64)
        compiled = worth_compiling(self.states * self.actions)
        return bool(
            leads_to_end.run(
                compiled,
                ground.starts,
                ground.next_state,
                ground.terminated,
                ground.offsets,
                ground.stochastic,
                self.actions,
                seen,
                stack,
            )
        )


def open_world(env: Any, seed: int = 0) -> World:
    """Look at `env` and choose the route: its tables where they tell the whole truth, else its `step`.

    Tables are used for a Maze, a TabularMDP, and an environment that wears nothing but PassiveEnvChecker, OrderEnforcing and
    TimeLimit (whose limit truncates) around mazefit's own environments or Gymnasium's FrozenLake, CliffWalking and Taxi.

    Args:
        env: a Maze, a TabularMDP or a Gymnasium environment with discrete states and actions.
        seed: the seed of a live environment: episode k begins with a seed drawn from (seed, k).

    Raises:
        UnsupportedEnvError: states or actions are not discrete.
    """
    mdp, limit = _tables_of(env)
    if mdp is not None:
        return _table_world(mdp, limit)
    return _live_world(env, seed)


def _tables_of(env: Any) -> tuple[TabularMDP | None, int]:
    if isinstance(env, TabularMDP):
        return env, NO_LIMIT
    if isinstance(env, Maze):
        return env.mdp(), NO_LIMIT
    limit, inner = NO_LIMIT, env
    while isinstance(inner, PassiveEnvChecker | OrderEnforcing | TimeLimit):
        if isinstance(inner, TimeLimit):
            limit = min(limit, int(inner.get_wrapper_attr("_max_episode_steps")))
        inner = inner.env
    if inner is not getattr(inner, "unwrapped", None):
        return None, NO_LIMIT
    own = isinstance(getattr(inner, "mdp", None), TabularMDP)
    ours = next((kind for kind in (MazeEnv, LandscapeEnv) if isinstance(inner, kind)), None)
    if ours is not None and type(inner).step is not ours.step:
        own = False  # a subclass that moves in its own way
    toy = type(inner).__module__.startswith("gymnasium.envs.toy_text.") and type(inner).__name__ in _TOY_TEXT
    if own or (toy and not getattr(inner, "fickle_passenger", False)):
        return TabularMDP.from_env(inner), limit
    return None, NO_LIMIT


def tables_of(env: Any) -> TabularMDP:
    """The tables of a Maze, of a TabularMDP, or of an environment that offers them (see `TabularMDP.from_env`)."""
    if isinstance(env, type):
        raise UnsupportedEnvError(f"env: expected a Maze, a TabularMDP or an environment, got the class {env.__name__} itself")
    inner = env
    while isinstance(inner, gymnasium.Wrapper):
        if isinstance(inner, gymnasium.RewardWrapper | gymnasium.ActionWrapper):
            raise UnsupportedEnvError(
                f"env: expected an environment whose tables tell what it does, got one that {type(inner).__name__} changes; "
                "hand over env.unwrapped for the tables without it"
            )
        inner = inner.env
    return env.mdp() if isinstance(env, Maze) else TabularMDP.from_env(env)


def _table_world(mdp: TabularMDP, limit: int) -> World:
    weights = mdp.start_distribution()
    starts = np.flatnonzero(weights)
    cumulative = np.cumsum(weights[starts])
    offsets = np.zeros(1, dtype=np.int64) if mdp.offsets is None else mdp.offsets
    probability = np.zeros(1) if mdp.probability is None else mdp.probability
    flat = (mdp.next_state.reshape(-1), mdp.reward.reshape(-1), mdp.terminated.reshape(-1))
    return World(
        states=mdp.states,
        actions=mdp.actions,
        ground=Ground(
            starts,
            cumulative,
            *flat,
            np.zeros(1, dtype=np.bool_),
            offsets,
            probability,
            limit,
            stochastic=not mdp.deterministic,
            random_start=len(starts) > 1,
        ),
        live=False,
        digest=mdp.digest if limit == NO_LIMIT else f"{mdp.digest}, at most {limit} steps",
        mdp=mdp,
    )


def _live_world(env: Any, seed: int) -> World:
    if not isinstance(env, gymnasium.Env):
        raise UnsupportedEnvError(f"env: expected a Maze, a TabularMDP or a gymnasium.Env, got {type(env).__name__}")
    seen, done = env.observation_space, env.action_space
    if not isinstance(seen, Discrete) or not isinstance(done, Discrete):
        name = env.spec.id if env.spec is not None else type(env.unwrapped).__name__
        raise UnsupportedEnvError(
            f"env: expected discrete states and actions, got observation space {seen} and action space {done} in {name}"
        )
    cells = int(seen.n) * int(done.n)
    if cells > MAX_CELLS:
        raise UnsupportedEnvError(f"env: expected at most 2^26 state-action pairs for a table, got {cells}")
    live = LiveEnv(env, seed, seen, done)
    nothing = np.zeros(1)
    name = env.spec.id if env.spec is not None else type(env.unwrapped).__name__
    return World(
        states=int(seen.n),
        actions=int(done.n),
        ground=Ground(
            live.starts,
            nothing,
            live,
            live.reward,
            live.terminated,
            live.cut,
            np.zeros(1, dtype=np.int64),
            nothing,
            NO_LIMIT,
            stochastic=False,
            random_start=False,
        ),
        live=True,
        digest=f"live:{name}, {seen}, {done}",
        mdp=None,
    )


class LiveEnv:
    """Stands in for the tables: looking up a cell's next state takes that action in the environment.

    Episode k begins with `reset(seed=f(seed, k))`: each is a function of (seed, k) and the actions taken, so that a resumed
    run finds the same episodes as one that never stopped.
    """

    def __init__(self, env: gymnasium.Env[Any, Any], seed: int, seen: Discrete, done: Discrete) -> None:
        self.env, self.seed = env, seed
        self.states, self.actions = int(seen.n), int(done.n)
        self.first_state, self.first_action = int(seen.start), int(done.start)
        self.episode = 0
        self.answer: tuple[float, bool, bool] = (0.0, False, False)
        self.starts, self.reward, self.terminated, self.cut = _Starts(self), _Told(self, 0), _Told(self, 1), _Told(self, 2)

    def __getitem__(self, cell: int) -> int:
        state, reward, terminated, truncated, _ = self.env.step(self.first_action + cell % self.actions)
        self.answer = (float(reward), bool(terminated), bool(truncated))
        if not math.isfinite(self.answer[0]):
            raise UnsupportedEnvError(f"env: step: expected a finite reward, got {reward}")
        return self._number(state)

    def begin(self) -> int:
        """Reset the environment for its next episode and give the state it begins in."""
        sequence = np.random.SeedSequence(self.seed, spawn_key=(1, self.episode))
        state, _ = self.env.reset(seed=int(sequence.generate_state(1)[0]))
        self.episode += 1
        return self._number(state)

    def _number(self, state: Any) -> int:
        number = int(state) - self.first_state
        if not 0 <= number < self.states:
            low, high = self.first_state, self.first_state + self.states - 1
            raise UnsupportedEnvError(f"env: expected observations from {low} to {high}, as its space says, got {state}")
        return number


class _Starts:
    """Looking up the start resets the environment."""

    def __init__(self, live: LiveEnv) -> None:
        self.live = live

    def __getitem__(self, index: int) -> int:
        return self.live.begin()


class _Told:
    """What the environment answered to the last step: its reward, terminated or truncated."""

    def __init__(self, live: LiveEnv, part: int) -> None:
        self.live, self.part = live, part

    def __getitem__(self, entry: int) -> Any:
        return self.live.answer[self.part]


def first_values(world: World, shape: tuple[int, ...], initial: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """A fresh table of values [S] or [S, A], flat, filled with `initial`; absorbing states hold 0 whatever it says."""
    values = np.empty(shape)
    values[:] = np.asarray(initial, dtype=np.float64)
    if world.mdp is not None:
        values[world.mdp.absorbing] = 0.0
    return values.reshape(-1)
