"""Environments as the loop sees them: one, or many that step together; N observations in, N actions out.

One environment is reset for each episode with a seed drawn from (seed, episode); many are reset once, with one seed, and reset
themselves. So where they stand is a function of that seed and of the actions since: they are taken up again by taking those
once more, and nothing that an environment hides need be saved. One that offers `state_dict()` and `load_state_dict(state)` is
asked for those instead.
"""

from abc import ABC, abstractmethod
from typing import Any, NamedTuple

import gymnasium
import numpy as np
import numpy.typing as npt
import torch
from gymnasium import spaces
from gymnasium.vector import AutoresetMode

from mazefit.agents.deep.core import as_numpy
from mazefit.agents.deep.observations import Observations
from mazefit.agents.deep.random_numbers import seed_of
from mazefit.agents.deep.replay_buffer import TERMINATED, TRUNCATED
from mazefit.envs import Maze, MazeEnv, TabularMDP
from mazefit.errors import ConfigError, DataError, UnsupportedEnvError


class Tick(NamedTuple):
    """What a step of all environments brought; kept observations."""

    arrivals: Any  # [K, …], of an episode that ended its last observation
    rewards: Any  # [K]
    flags: npt.NDArray[np.uint8]  # [K], TERMINATED + TRUNCATED
    who: npt.NDArray[np.int64] | None  # [K], which environments; None = all N (those that only reset are left out)
    observations: Any  # [N, …], to act on next


class Ground(ABC):
    """What both kinds have in common.

    Args:
        env: the environment.
        seen: its observation space, of one environment.
        done: its action space, of one environment.
        count: how many environments there are.
        seed: of all resets.

    Raises:
        UnsupportedEnvError: actions are not discrete, or observations of a space that is not known here.
    """

    def __init__(self, env: Any, seen: Any, done: Any, count: int, seed: int) -> None:
        self.env, self.count, self.seed = env, count, seed
        self.name = _name(env)
        if not isinstance(done, spaces.Discrete):
            raise UnsupportedEnvError(f"env: expected discrete actions, got action space {done} in {self.name}")
        self.space, self.observations = seen, Observations(seen)
        self.actions, self.first_action = int(done.n), int(done.start)
        self.digest = f"{self.name}, {count}, {seen}, {done}"
        self.device: torch.device | None = None  # where observations stay that come as tensors of it; None = they become arrays
        self.resets = 0  # episodes begun by us
        self.taken: list[npt.NDArray[np.int64]] = []  # actions since the last reset

    @abstractmethod
    def begin(self) -> Any:
        """Reset; returns observations [N, …]."""
        ...

    @abstractmethod
    def step(self, actions: npt.NDArray[np.int64]) -> Tick:
        """Take an action in each environment; [N], from 0."""
        ...

    def rows(self, observations: Any) -> Any:
        """Observations as kept, a copy; tensors of the device stay there.

        Raises:
            UnsupportedEnvError: they are not what the space says.
        """
        try:
            if isinstance(observations, torch.Tensor) and self._is_home(observations.device):
                return self.observations.tensor_rows(observations)
            found = self.observations.rows(as_numpy(observations))
        except (TypeError, ValueError, RuntimeError) as error:  # the last of PyTorch, where a shape is another
            raise UnsupportedEnvError(f"env: expected observations of {self.space}, got others ({error})") from error
        return found

    def _is_home(self, device: torch.device) -> bool:
        home = self.device
        return home is not None and home.type == device.type and home.index in (None, device.index)

    # Where it stands, for a checkpoint -----------------------------------------------------------------------------------

    def kept(self) -> dict[str, Any]:
        """How to come back here."""
        actions = np.stack(self.taken) if self.taken else np.zeros((0, self.count), np.int64)
        small = np.uint8 if self.actions <= 256 else np.int64
        return {"resets": self.resets, "taken": actions.astype(small)}

    def come_back(self, kept: dict[str, Any], expected: Any) -> Any:
        """Go where `kept` leads, and see that it is the place that was left: observations [N, …] as expected.

        Raises:
            DataError: `kept` is not what was saved.
            ConfigError: the environment came to another observation: it is not determined by seed and actions, or another one.
        """
        try:
            taken, resets = np.asarray(kept["taken"]).astype(np.int64), int(kept["resets"])
            if taken.ndim != 2 or taken.shape[1] != self.count or resets < 1 or (taken >= self.actions).any():
                raise ValueError(f"actions [steps, {self.count}], got {taken.shape}")
        except (KeyError, TypeError, ValueError) as error:
            raise DataError(f"checkpoint: expected an environment's actions, got others ({error})") from error
        self.resets = resets - 1
        found = self.begin()
        for actions in taken:
            found = self.step(actions).observations
        if self.resets != resets or not np.array_equal(as_numpy(found), expected):
            raise ConfigError(
                "resume: env: expected one that seed and actions bring back to where the run was left, got another observation"
            )
        return found


class OneEnv(Ground):
    """One Gymnasium environment."""

    def __init__(self, env: Any, seed: int) -> None:
        super().__init__(env, env.observation_space, env.action_space, 1, seed)
        self.flags = np.zeros(1, np.uint8)
        self.reward = np.zeros(1)

    def begin(self) -> Any:
        """Reset for the next episode, with its own seed."""
        observation, _ = self.env.reset(seed=seed_of(self.seed, self.resets))
        self.resets += 1
        self.taken = []
        return self.rows(observation)

    def step(self, actions: npt.NDArray[np.int64]) -> Tick:
        """Take an action, and reset where it ended the episode."""
        self.taken.append(actions)
        seen, reward, terminated, truncated, _ = self.env.step(int(actions[0]) + self.first_action)
        self.reward[0] = reward
        self.flags[0] = TERMINATED * bool(terminated) + TRUNCATED * bool(truncated)
        arrivals = self.rows(seen)
        return Tick(arrivals, self.reward, self.flags, None, self.begin() if self.flags[0] else arrivals)


class ManyEnvs(Ground):
    """Environments of a Gymnasium VectorEnv that reset themselves: in the step that ends an episode, or in the next.

    Raises:
        UnsupportedEnvError: it does not reset by itself.
    """

    def __init__(self, env: Any, seed: int) -> None:
        super().__init__(env, env.single_observation_space, env.single_action_space, int(env.num_envs), seed)
        mode = env.metadata.get("autoreset_mode", AutoresetMode.NEXT_STEP)
        self.mode = mode if isinstance(mode, AutoresetMode) else AutoresetMode(str(mode))
        if self.mode == AutoresetMode.DISABLED:
            raise UnsupportedEnvError(
                "env: expected a vector environment that resets by itself (autoreset_mode next-step or same-step), got one "
                "that does not"
            )
        self.fresh: npt.NDArray[np.bool_] = np.zeros(self.count, np.bool_)
        self.tensors = False

    def begin(self) -> Any:
        """Reset all of them, once."""
        observations, _ = self.env.reset(seed=seed_of(self.seed, self.resets) % 2**31)
        self.tensors = isinstance(observations, torch.Tensor)
        self.resets += 1
        self.taken, self.fresh = [], np.zeros(self.count, np.bool_)
        return self.rows(observations)

    def step(self, actions: npt.NDArray[np.int64]) -> Tick:
        """Take an action in each."""
        self.taken.append(actions)
        asked: Any = actions + self.first_action if self.first_action else actions
        if self.tensors:
            asked = torch.from_numpy(asked).to(self.env.device if hasattr(self.env, "device") else "cpu")
        seen, rewards, terminated, truncated, infos = self.env.step(asked)
        rewards, terminated, truncated = (as_numpy(one) for one in (rewards, terminated, truncated))
        flags = (TERMINATED * terminated.astype(np.uint8) + TRUNCATED * truncated.astype(np.uint8)).astype(np.uint8)
        observations = self.rows(seen)
        if self.mode == AutoresetMode.NEXT_STEP:
            before, self.fresh = self.fresh, flags != 0
            if not before.any():
                return Tick(observations, rewards, flags, None, observations)
            who = np.flatnonzero(~before)
            return Tick(observations[who], rewards[who], flags[who], who, observations)
        arrivals: Any = observations
        over = np.flatnonzero(flags)
        if len(over):
            arrivals = observations.clone() if isinstance(observations, torch.Tensor) else observations.copy()
            last = infos["final_obs"]
            if isinstance(last, torch.Tensor) or last.dtype != object:
                ends = self.rows(last)[over]
            else:
                ends = np.concatenate([as_numpy(self.rows(last[one])) for one in over])
            at_home = isinstance(arrivals, torch.Tensor)
            arrivals[over] = torch.as_tensor(ends, device=arrivals.device) if at_home else as_numpy(ends)
        return Tick(arrivals, rewards, flags, None, observations)


def open_ground(env: Any, seed: int) -> Ground:
    """An environment for the loop: a Maze, a Gymnasium environment, or a VectorEnv.

    Raises:
        UnsupportedEnvError: it is none of these, or its actions or observations are not known here.
    """
    if isinstance(env, Maze):
        env = MazeEnv(env)
    if isinstance(env, gymnasium.vector.VectorEnv):
        return ManyEnvs(env, seed)
    if not isinstance(env, gymnasium.Env):
        extra = " (a TabularMDP has no observations: give its environment)" if isinstance(env, TabularMDP) else ""
        raise UnsupportedEnvError(f"env: expected a Maze, a gymnasium.Env or a VectorEnv, got {type(env).__name__}{extra}")
    return OneEnv(env, seed)


def _name(env: Any) -> str:
    spec = getattr(env, "spec", None)
    return spec.id if spec is not None else type(env.unwrapped).__name__
