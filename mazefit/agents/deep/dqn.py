"""DQN: a network learns action values from a replay buffer, toward targets of an older copy of itself."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from mazefit.agents.catalogue import describe
from mazefit.agents.deep.events import Callback
from mazefit.agents.deep.networks import Factory, describe_network
from mazefit.agents.deep.run import DeepRun
from mazefit.agents.policies import EpsilonGreedy, Greedy
from mazefit.agents.schedules import Linear
from mazefit.backup.trace import TraceOptions
from mazefit.errors import Problems, set_plain
from mazefit.training.device import DEVICES, PRECISIONS
from mazefit.training.door import OURS, describe_optimizer
from mazefit.training.optimizers import Adam

LOSSES = ("huber", "mse")
BACKENDS = ("auto", "torch", "compiled")


@dataclass(frozen=True)
class DQN:
    """Deep Q-learning, with Double, dueling and n-step returns as options.

        Q(S, A; w) moves toward   y = R + γ · max_a Q(S', a; w⁻)                            w⁻: the target network's weights
        double:                   y = R + γ · Q(S', argmax_a Q(S', a; w); w⁻)
        n steps:                  y = R₁ + γ R₂ + … + γ^n max_a Q(Sₙ, a; w⁻), with what is left where the episode is over before
        dueling:                  Q = V + A - mean_a A, which the network gives as 1 + A outputs

    No bootstrap where the episode ended, bootstrap where it was cut. The same arguments, versions, kind of device and number of
    threads give the same bytes, in one go or interrupted anywhere and resumed.

    Args:
        network: `(observation_space, outputs) -> torch.nn.Module`, from observations [B, …] to [B, outputs]; None = by the
            space: convolutions for planes [C, R, K], else two hidden layers of 64. See `mazefit.agents.deep.networks`.
        double: whether the online network chooses the action that the target network values.
        dueling: whether the network gives V and advantages.
        n_step: rewards of a return, from 1. With more than one, returns hold what was explored on the way and are not corrected
            for it: they learn sooner, and values come out too small where exploration costs.
        discount: γ.
        optimizer: `Adam`, `RMSprop` or `SGD` of `mazefit.training`, or a function of the parameters that returns a
            `torch.optim.Optimizer`.
        policy: the behaviour: `EpsilonGreedy`, with a number or a schedule, or `Greedy`; of equal values the first acts.
        buffer_size: transitions that are kept.
        batch_size: rows of an update.
        learning_starts: steps with random actions and without updates at the beginning.
        train_every: steps of the environments (all at once) between two times that the network learns.
        gradient_steps: updates then.
        target_every: steps between two moves of the target network (each environment's counts).
        target_share: how far it moves then; 1 = it becomes the online network.
        loss: "huber", |δ| beyond 1 and δ²/2 within, or "mse", δ²/2; the mean over the minibatch.
        clip_norm: gradients are scaled down where their Euclidean norm is larger; None = never.
        device: "auto", "cpu", "cuda", "cuda:1", "mps": see `mazefit.training.pick_device`.
        precision: "auto", "float32", "float64" or "bfloat16".
        backend: "torch" for any network on any device; "compiled" for linear layers with ReLU or tanh on a CPU, equal to
            rounding and several times faster; "auto" takes it where it can.

    Raises:
        ConfigError: arguments are out of range; all of them are named.

    Reference: Mnih et al. (2015), Human-level control through deep reinforcement learning; van Hasselt et al. (2016); Wang et
    al. (2016); Hessel et al. (2018), Rainbow, for n-step returns; Sutton & Barto, 2nd edition, section 16.5.
    """

    name: ClassVar[str] = "dqn"
    kind: ClassVar[str] = "control"
    reference: ClassVar[str] = "Mnih et al. (2015); Sutton & Barto, section 16.5"

    network: Factory | None = None
    double: bool = False
    dueling: bool = False
    n_step: int = 1
    discount: float = 0.99
    optimizer: Any = field(default_factory=lambda: Adam(0.001))
    policy: EpsilonGreedy | Greedy = field(default_factory=lambda: EpsilonGreedy(Linear(1.0, 0.05, steps=10_000)))
    buffer_size: int = 100_000
    batch_size: int = 32
    learning_starts: int = 1000
    train_every: int = 4
    gradient_steps: int = 1
    target_every: int = 1000
    target_share: float = 1.0
    loss: str = "huber"
    clip_norm: float | None = 10.0
    device: str = "auto"
    precision: str = "auto"
    backend: str = "auto"

    def __post_init__(self) -> None:
        problems = Problems("DQN")
        network: Any = self.network
        given = network is None or (callable(network) and not isinstance(network, type))
        problems.check(given, f"network: expected a function of (observation_space, outputs) or None, got {network!r}")
        problems.instance("double", self.double, bool)
        problems.instance("dueling", self.dueling, bool)
        problems.integer("n_step", self.n_step, 1, 255)
        problems.number("discount", self.discount, 0.0, 1.0)
        known = type(self.optimizer) in OURS.values() or (callable(self.optimizer) and self.optimizer not in OURS.values())
        problems.check(known, f"optimizer: expected {', '.join(OURS)} with its numbers, or a function of the parameters, "
                       f"got {self.optimizer!r}")  # fmt: skip
        policy: Any = self.policy
        fine = isinstance(policy, EpsilonGreedy | Greedy)
        problems.check(fine, f"policy: expected EpsilonGreedy or Greedy, got {policy!r}")
        for name in ("buffer_size", "batch_size", "train_every", "gradient_steps", "target_every"):
            problems.integer(name, getattr(self, name), 1)
        problems.integer("learning_starts", self.learning_starts, 0)
        problems.number("target_share", self.target_share, 0.0, 1.0, open_low=True)
        problems.choice("loss", self.loss, LOSSES)
        if self.clip_norm is not None:
            problems.number("clip_norm", self.clip_norm, 0.0, 1e300, open_low=True)
        problems.choice("device", str(self.device).partition(":")[0], DEVICES)
        problems.choice("precision", self.precision, PRECISIONS)
        problems.choice("backend", self.backend, BACKENDS)
        problems.raise_if_any()
        set_plain(self)

    def described(self) -> dict[str, Any]:
        """All parameters, as plain JSON; functions by their names."""
        plain = {
            name: value
            for name, value in vars(self).items()
            if name not in ("network", "optimizer", "policy", "device") and isinstance(value, bool | int | float | str | None)
        }
        return {
            **plain,
            "device": str(self.device),
            "network": None if self.network is None else describe_network(self.network),
            "optimizer": describe_optimizer(self.optimizer, None),
            "policy": describe(self.policy),
        }

    def learn(
        self,
        env: Any,
        steps: int,
        *,
        seed: int | None = None,
        trace: bool | TraceOptions | None = None,
        callbacks: Iterable[Callback] | Callable[..., object] = (),
        checkpoint: str | Path | None = None,
        every: int | None = None,
        resume: DeepRun | None = None,
        progress: bool = False,
    ) -> DeepRun:
        """Learn on `env` until so many steps have been taken.

        Args:
            env: a Maze, a Gymnasium environment with discrete actions, or a VectorEnv of such.
            steps: how many, over all environments, those of `resume` included.
            seed: of all randomness; None draws one, which the run records.
            trace: record every minibatch (`True`, or `TraceOptions(ring=…)`); None records where the run that is resumed does.
            callbacks: functions of an `Event`; `True` as an answer ends the run. See `mazefit.agents.deep.events`.
            checkpoint: a folder that the run is saved in while it goes on and at its end.
            every: steps between two checkpoints; None = some ten seconds or more between them.
            resume: a run to go on with, as if it had never stopped (`DeepRun.load(folder)`); it stays as it is.
            progress: True shows a bar where a person looks at a terminal.

        Raises:
            ConfigError: arguments are out of range, the network does not fit, or `resume` is another agent's or environment's.
            UnsupportedEnvError: actions are not discrete, or observations not of a kind known here.
            DeviceError: the device is asked for by name and is not there.
            TrainingError: predictions are no finite numbers.
            LearningInterrupted: Ctrl-C; its `.run` is what was learned, and can be resumed.
            Exception: whatever the environment or a callback raises; it, too, carries such a `.run`.
            OutputError: the checkpoint folder cannot be written.
        """
        from mazefit.agents.deep.door import learn

        return learn(
            self, env, steps, seed=seed, trace=trace, callbacks=callbacks, checkpoint=checkpoint, every=every, resume=resume,
            progress=progress,
        )  # fmt: skip
