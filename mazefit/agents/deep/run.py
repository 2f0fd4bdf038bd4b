"""A run of a deep value agent: its networks, its replay buffer, how it went, and all that is needed to go on with it."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from torch import nn

from mazefit.agents.deep.core import Core, as_numpy
from mazefit.agents.deep.replay_buffer import ReplayBuffer
from mazefit.errors import ConfigError, NoActionValuesError
from mazefit.training.checkpoint import check_weights

if TYPE_CHECKING:
    from mazefit.agents.deep.dqn import DQN
    from mazefit.agents.deep.networks import Factory
    from mazefit.agents.deep.trace import DeepTrace
    from mazefit.training.device import Choice

ROWS = 4096  # observations that are valued at once
COURSE = ("steps", "updates", "episodes", "epsilon", "value", "error")


class DeepRun:
    """The result of `DQN.learn`.

    Args:
        algorithm: the agent, with its parameters.
        seed: of all randomness.
        environment: what it was learned on, in words.
        core: networks and optimizer.
        buffer: the replay buffer.
        envs: how many environments step together.

    Attributes:
        steps, ticks, updates: steps of all environments together, of each of them, and updates so far.
        trace: every minibatch, where that was asked for.
        place: where the environments stand: the actions since their last reset, and the observations.
        gains, counts: return and length so far of each environment's running episode, [N].
    """

    def __init__(self, algorithm: "DQN", seed: int, environment: str, core: Core, buffer: ReplayBuffer, envs: int) -> None:
        self.algorithm, self.seed, self.environment = algorithm, seed, environment
        self.core, self.buffer = core, buffer
        self.steps = self.ticks = self.updates = 0
        self.gains, self.counts = np.zeros(envs), np.zeros(envs, np.int64)
        self.trace: DeepTrace | None = None
        self.place: dict[str, Any] | None = None
        self.where: Callable[[], dict[str, Any]] | None = None  # while it is on its way
        self._returns: list[float] = []
        self._lengths: list[int] = []
        self._ends: list[int] = []
        self._course: list[tuple[float, ...]] = []

    # How it went -------------------------------------------------------------------------------------------------------------

    @property
    def returns(self) -> npt.NDArray[np.float64]:
        """Return G of each whole episode, the undiscounted sum of its rewards, [episodes]."""
        return np.array(self._returns, np.float64)

    @property
    def lengths(self) -> npt.NDArray[np.int64]:
        """Its number of steps, [episodes]."""
        return np.array(self._lengths, np.int64)

    @property
    def ends(self) -> npt.NDArray[np.int64]:
        """Steps of the run by its end, [episodes]."""
        return np.array(self._ends, np.int64)

    @property
    def episodes(self) -> int:
        """Whole episodes so far."""
        return len(self._returns)

    @property
    def course(self) -> dict[str, npt.NDArray[np.float64]]:
        """Every thousand steps: steps, updates, episodes, epsilon; mean prediction and |error| of the newest minibatch."""
        table = np.array(self._course).reshape(-1, len(COURSE))
        return {name: table[:, place] for place, name in enumerate(COURSE)}

    @property
    def choice(self) -> "Choice":
        """Device, precision, backend, and why."""
        return self.core.choice

    def ended(self, which: npt.NDArray[np.int64]) -> None:
        """Note the ends of these environments' episodes."""
        for one in which.tolist():
            self._returns.append(float(self.gains[one]))
            self._lengths.append(int(self.counts[one]))
            self._ends.append(self.steps + len(self.gains))
            self.gains[one], self.counts[one] = 0.0, 0

    def note_course(self, epsilon: float, value: float, error: float) -> None:
        """An entry of the course."""
        self._course.append((self.steps, self.updates, self.episodes, epsilon, value, error))

    # What it knows -----------------------------------------------------------------------------------------------------------

    @property
    def model(self) -> nn.Module:
        """The online network; of a dueling one the outputs are V and advantages."""
        return self.core.online.module

    def values(self, observations: Any) -> npt.NDArray[np.float64]:
        """Q at observations [N, …], as the environment gives them: [N, A].

        Raises:
            ConfigError: they are none of the observation space.
        """
        try:
            rows = self.core.observations.rows(observations)
        except (TypeError, ValueError) as error:
            raise ConfigError(
                f"DeepRun: observations: expected some of {self.core.observations.space}, got others ({error})"
            ) from error
        parts = [as_numpy(Core.values(self.core, _tensor(rows[at : at + ROWS]))) for at in range(0, len(rows), ROWS)]
        actions = self.core.settings.actions
        return np.concatenate(parts).astype(np.float64) if parts else np.zeros((0, actions))

    @property
    def q(self) -> npt.NDArray[np.float64]:
        """Q of every state [S, A], where observations are state numbers; of mazes `value_table` knows others as well.

        Raises:
            NoActionValuesError: they are not.
        """
        seen = self.core.observations
        if not seen.numbered:
            raise NoActionValuesError(f"q: expected observations that are state numbers, got {seen.space}: see run.values")
        return self.values(np.arange(seen.count) + seen.first)

    def act(self, observation: Any) -> int:
        """The maximising action at one observation; of equal values the first."""
        return int(self.values(np.asarray(observation)[None]).argmax())

    # Keeping -----------------------------------------------------------------------------------------------------------------

    def settle(self) -> None:
        """Note where the environments stand."""
        if self.where is not None:
            self.place = self.where()

    def copy(self) -> "DeepRun":
        """A run of its own, which can go on without changing this one."""
        from mazefit.agents.deep.checkpoint import content_of, restored

        self.settle()
        return restored(content_of(self), self.algorithm, "copy")

    def save(self, folder: str | Path) -> None:
        """Write the run with all that is needed to go on, and its trace: JSON, `.npy` and safetensors, whole or not at all.

        Raises:
            TrainingError: a weight is no finite number; what the folder held before still stands.
            OutputError: the folder cannot be written.
        """
        from mazefit.agents.deep.checkpoint import save

        self.settle()
        check_weights(self.model, self.updates)
        save(self, folder)

    def take_up(self, content: dict[str, Any]) -> None:
        """Take up how it went so far from a saved run's arrays.

        Raises:
            ValueError: they do not fit together.
        """
        returns, lengths, ends, course = (content[name] for name in ("returns", "lengths", "ends", "course"))
        alike = returns.ndim == 1 and returns.shape == lengths.shape == ends.shape and course.shape[:1] == (len(COURSE),)
        if not alike or any(content[name].shape != self.gains.shape for name in ("gains", "counts")):
            raise ValueError("as many lengths as returns, got others")
        self._returns, self._lengths, self._ends = returns.tolist(), lengths.tolist(), ends.tolist()
        self._course = [tuple(row) for row in course.T.tolist()]
        self.gains[:], self.counts[:] = content["gains"], content["counts"]

    @classmethod
    def load(cls, folder: str | Path, network: "Factory | None" = None) -> "DeepRun":
        """Read a saved run back; every byte is checked, and nothing in it is executed.

        Args:
            folder: what `save` or `learn(checkpoint=…)` wrote.
            network: the agent's network again, where it is none of `mazefit.agents.deep.networks`; as is its optimizer where
                that was a function: then load an agent of your own with `mazefit.agents.deep.load_run(folder, learner)`.

        Raises:
            DataError: it is damaged, of another format, or holds something else.
            ConfigError: a function of it was not given again.
            DeviceError: it was learned on a device that is not there.
        """
        from mazefit.agents.deep.checkpoint import load

        return load(folder, network)

    def __repr__(self) -> str:
        about = f"episodes={self.episodes}, steps={self.steps}, seed={self.seed}, {self.choice.device}"
        return f"DeepRun({self.algorithm.name}, {about})"


def _tensor(rows: npt.NDArray[Any]) -> Any:
    import torch

    return torch.from_numpy(rows)
