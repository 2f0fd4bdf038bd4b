"""Fitting with an optimizer that an agent steers: discrete, so that tabular learners can learn when to do what."""

import math
from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces

from mazefit.envs.arguments import Stage, action_number, can_draw, check_render_mode, numbers_kept, refuse_at, refuse_unknown
from mazefit.envs.fit_arguments import (
    OF_ARRAYS,
    check_numbers,
    check_task,
    open_task,
    parameters_option,
)
from mazefit.envs.fit_network import Numbers
from mazefit.envs.fit_rules import RULES, Moments, direction, fresh_moments
from mazefit.envs.fit_tasks import FitTask
from mazefit.errors import ConfigError, Problems

Answer = tuple[int, float, bool, bool, dict[str, Any]]

CONTROLS = ("step_size", "optimizer")
REWARDS = ("loss", "log")
OPTIMIZERS = tuple(RULES)
EDGES = (1.1, 1.3, 2.0, 4.0, 10.0, 30.0, 100.0)  # of the buckets of the loss, in units of the target loss
RATES: dict[str, tuple[float, ...]] = {
    "line": (0.024, 0.015, 0.2, 0.5),
    "descent": (0.1, 0.01, 0.1, 0.1),
    "sine": (0.1, 0.1, 0.01, 0.01),
    "curve": (0.01, 0.005, 0.01, 0.01),
    "waves": (0.01, 0.001, 0.002, 0.002),
    "own": (0.01, 0.01, 0.01, 0.01),
}
"""Step sizes of the four optimizers by task. Those of "line" are about the best of a sweep, so that none of the four is an easy
rival; those of "sine" are the tutorial's; the others were not tuned."""
OPTIONS = (
    "task",
    "data_seed",
    *OF_ARRAYS,
    "control",
    "optimizer",
    "step_size",
    "halvings",
    "doublings",
    "step_sizes",
    "updates",
    "target_loss",
    "budget",
    "loss_range",
    "reward",
)


class FitControlEnv(gymnasium.Env[int, int]):
    """An optimizer at work on data, and an agent that sets its step size or chooses which optimizer works.

    ## Description
    Each action is followed by `updates` updates of all parameters. With `control="step_size"` one optimizer works throughout
    and the agent halves, keeps or doubles its step size, which begins small. With `control="optimizer"` each optimizer has its
    own step size and the agent chooses which of the four works; one that is taken up again begins with fresh moments. Nothing
    is random but the start. Every learner of mazefit that knows environments by their `step` learns here.

    ## Action Space
    - `control="step_size"`: `Discrete(3)`, 0 halve, 1 keep, 2 double. Beyond the smallest and the largest it stays.
    - `control="optimizer"`: `Discrete(4)`, 0 gradient descent, 1 momentum, 2 RMSprop, 3 Adam.
    Any integer of these is taken, NumPy's included; everything else is refused and leaves the environment as it was.

    ## Observation Space
    `Discrete(8 * 2 * K)`, the number (bucket * 2 + raised) * K + setting:
    - `bucket`, 0 to 7: how many of the levels 1.1, 1.3, 2, 4, 10, 30 and 100 times the target loss the loss is above (with a
      target of 0: of a hundredth of the loss of the best constant),
    - `raised`: whether the last action's updates left the loss no lower than it was,
    - `setting`: with `control="step_size"` how often the smallest step size is doubled (K = halvings + doublings + 1), with
      `control="optimizer"` which one worked last, 4 at the start (K = 5).
    `env.unwrapped.decode(state)` takes the number apart.

    ## Starting State
    Parameters as the task draws them from `np_random`; with `reset(options={"parameters": [...]})` those.

    ## Rewards
    Received on arrival: with `reward="loss"` the loss before the action minus the loss after its updates, so that the
    undiscounted return is the loss that was removed; with `reward="log"` the same of log10(loss), for which late progress
    counts as much as early. A loss above `loss_range`, or none at all where numbers overflow, counts as `loss_range`.

    ## Episode End
    Terminates on arrival at a loss of `target_loss` or less, which may be between two updates of one action. Otherwise
    truncates where the loss is above `loss_range`, and after `budget` actions.

    ## Information
    A new dict from every `step` and `reset`: `loss`, `updates` (so far), `step_size` and `optimizer` that worked last (at the
    start of `control="optimizer"` 0.0 and "none"), `outside` (whether the loss has left its range).

    ## Arguments
    - `task="line"`, `data_seed=0`, `hidden=()`, `activation="tanh"`, `loss="mse"`: what is fitted, as in `mazefit/Fit-v0`.
    - `control="step_size"`: or `"optimizer"`.
    - `optimizer="gradient-descent"`: or `"momentum"`, `"rmsprop"`, `"adam"`; which one's step size is controlled.
    - `step_size=0.001`, `halvings=3`, `doublings=7`: where it begins, and how often it may be halved and doubled.
    - `step_sizes=None`: of `control="optimizer"` four numbers, in the order of the actions; None takes the task's own.
    - `updates=5`: after each action.
    - `target_loss=None`: None takes the task's own.
    - `budget=80`: actions in an episode.
    - `loss_range=1000.0`: see Episode End.
    - `reward="loss"`: or `"log"`.
    - `render_mode=None`: or `"ansi"`, one line of text.

    ## References
    - C. Daniel, J. Taylor and S. Nowozin, Learning step size controllers for robust neural network training, AAAI 2016.
    - R. S. Sutton and A. G. Barto, Reinforcement Learning: An Introduction, 2nd edition, MIT Press 2018, chapter 6.

    ## Version History
    - v0: first version.
    """

    metadata: dict[str, Any] = {"render_modes": ["ansi"], "render_fps": 10}  # noqa: RUF012 - as in Gymnasium

    def __init__(
        self,
        task: Any = "line",
        data_seed: int = 0,
        hidden: tuple[int, ...] = (),
        activation: str = "tanh",
        loss: str = "mse",
        control: str = "step_size",
        optimizer: str = "gradient-descent",
        step_size: float = 0.001,
        halvings: int = 3,
        doublings: int = 7,
        step_sizes: tuple[float, float, float, float] | None = None,
        updates: int = 5,
        target_loss: float | None = None,
        budget: int = 80,
        loss_range: float = 1000.0,
        reward: str = "loss",
        render_mode: str | None = None,
        **unknown: object,
    ) -> None:
        refuse_unknown("FitControlEnv", unknown, OPTIONS)
        of_arrays = {"hidden": hidden, "activation": activation, "loss": loss}
        problems = Problems("FitControlEnv")
        check_task(problems, task, data_seed, of_arrays)
        problems.choice("control", control, CONTROLS)
        problems.choice("optimizer", optimizer, OPTIMIZERS)
        problems.number("step_size", step_size, 0.0, 1e30, open_low=True)
        problems.integer("halvings", halvings, 0, 30)
        problems.integer("doublings", doublings, 0, 30)
        if step_sizes is not None:
            check_numbers(problems, "step_sizes", step_sizes, len(OPTIMIZERS))
        problems.integer("updates", updates, 1)
        if target_loss is not None:
            problems.number("target_loss", target_loss, 0.0, 1e30)
        problems.integer("budget", budget, 1)
        problems.number("loss_range", loss_range, 0.0, 1e30, open_low=True)
        problems.choice("reward", reward, REWARDS)
        check_render_mode(problems, render_mode, ("ansi",))
        problems.raise_if_any()
        self.task: FitTask = open_task(task, data_seed, of_arrays)
        self.control, self.optimizer, self.reward = control, optimizer, reward
        self.updates, self.budget, self.loss_range = int(updates), int(budget), float(loss_range)
        self.target_loss = self.task.target_loss if target_loss is None else float(target_loss)
        self.step_sizes = tuple(float(each) for each in (step_sizes or RATES.get(self.task.name, RATES["own"])))
        self.smallest, self.first_setting = float(step_size) / 2.0**halvings, int(halvings)
        self.settings = int(halvings + doublings + 1)
        if control == "optimizer":
            self.first_setting, self.settings = len(OPTIMIZERS), len(OPTIMIZERS) + 1
        self.render_mode = render_mode
        self.levels = np.array(EDGES) * (self.target_loss or 0.01 * _best_constant(self.task) or 1.0)
        actions = 3 if control == "step_size" else len(OPTIMIZERS)
        self.action_space: Any = spaces.Discrete(actions)
        self.observation_space: Any = spaces.Discrete((len(EDGES) + 1) * 2 * self.settings)
        self._parameters, self._gradient, self._loss = np.zeros(self.task.network.parameters), np.zeros(0), 0.0
        self._moments: Moments = fresh_moments(len(self._parameters))
        self._setting, self._raised, self._actions, self._updates = 0, False, 0, 0
        self._stage: Stage = "new"

    # -- what is known -------------------------------------------------------------------------------------------------------

    @property
    def parameters(self) -> Numbers:
        """Where the parameters stand, float64 [P], a copy."""
        return self._parameters.copy()

    @property
    def loss(self) -> float:
        """The loss there, as it is."""
        return self._loss

    @property
    def action_names(self) -> tuple[str, ...]:
        """What each action is called."""
        return ("halve", "keep", "double") if self.control == "step_size" else OPTIMIZERS

    def decode(self, state: int) -> tuple[int, bool, int]:
        """A state as (bucket, raised, setting)."""
        rest, setting = divmod(int(state), self.settings)
        return rest // 2, bool(rest % 2), setting

    # -- acting --------------------------------------------------------------------------------------------------------------

    def step(self, action: int) -> Answer:
        """Choose, and let the optimizer do its updates.

        Raises:
            InvalidActionError: `action` is not an integer of the action space; the environment stays as it was.
            ResetNeededError: before the first `reset` or after the end of an episode.
            ClosedEnvError: after `close`.
        """
        refuse_at("step", self._stage, "closed", "new", "over")
        number = action_number(action, len(self.action_names))
        if self.control == "step_size":
            self._setting = min(max(self._setting + number - 1, 0), self.settings - 1)
        elif number != self._setting:
            self._setting, self._moments = number, fresh_moments(len(self._parameters))
        before = self._capped()
        name, step_size = self._working()
        for _ in range(self.updates):
            way, self._moments = direction(RULES[name], self._gradient, self._moments)
            with np.errstate(over="ignore", invalid="ignore"):
                self._parameters = self._parameters - step_size * way
            self._loss, self._gradient = self.task.loss_and_gradient(self._parameters)
            self._updates += 1
            if self._loss <= self.target_loss or not self._loss <= self.loss_range:
                break
        after = self._capped()
        self._actions, self._raised = self._actions + 1, not after < before
        terminated = self._loss <= self.target_loss
        truncated = not terminated and (not self._loss <= self.loss_range or self._actions >= self.budget)
        if terminated or truncated:
            self._stage = "over"
        reward = before - after if self.reward == "loss" else _log10(before) - _log10(after)
        return self._observe(), reward, terminated, truncated, self._info()

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[int, dict[str, Any]]:
        """Begin an episode.

        Args:
            seed: seeds `np_random`, which draws the first parameters.
            options: `{"parameters": [...]}` begins there; nothing else is known.

        Raises:
            ConfigError: an unknown option, or a start whose loss is beyond `loss_range`; the environment stays as it was.
            ClosedEnvError: after `close`.
        """
        refuse_at("reset", self._stage, "closed")
        chosen = parameters_option(options, len(self._parameters))
        with numbers_kept(self):
            super().reset(seed=seed)
            first = self.task.first(self.np_random) if chosen is None else chosen
            loss, gradient = self.task.loss_and_gradient(first)
            if not loss <= self.loss_range:
                raise ConfigError(f"reset: expected a start with loss <= {self.loss_range:g}, got {loss:g}; see loss_range")
        self._parameters, self._loss, self._gradient = first, loss, gradient
        self._moments = fresh_moments(len(first))
        self._setting, self._raised, self._actions, self._updates = self.first_setting, False, 0, 0
        self._stage = "running"
        return self._observe(), self._info()

    def close(self) -> None:
        """End the use of this environment; closing twice does no harm."""
        self._stage = "closed"

    def render(self) -> Any:
        """One line of text with `render_mode="ansi"`: the task, the action, the loss, the optimizer at work and its step size.

        Raises:
            ResetNeededError: before the first `reset`.
            ClosedEnvError: after `close`.
        """
        if not can_draw(self._stage, self.render_mode):
            return None
        name, step_size = self._working()
        working = "no optimizer yet" if name == "none" else f"{name}, step size {step_size:g}"
        return f"{self.task.name}   action {self._actions} of {self.budget}   loss {self._loss:.6g}   {working}\n"

    def _working(self) -> tuple[str, float]:
        """Which optimizer works, and its step size."""
        if self.control == "step_size":
            return self.optimizer, self.smallest * 2.0**self._setting
        if self._setting == len(OPTIMIZERS):
            return "none", 0.0
        return OPTIMIZERS[self._setting], self.step_sizes[self._setting]

    def _capped(self) -> float:
        return self._loss if self._loss <= self.loss_range else self.loss_range

    def _observe(self) -> int:
        bucket = int(np.searchsorted(self.levels, self._capped()))  # levels that the loss is above
        return (bucket * 2 + int(self._raised)) * self.settings + self._setting

    def _info(self) -> dict[str, Any]:
        name, step_size = self._working()
        outside = not self._loss <= self.loss_range
        return {"loss": self._loss, "updates": self._updates, "step_size": step_size, "optimizer": name, "outside": outside}


def _best_constant(task: FitTask) -> float:
    """The loss of the best prediction that is the same for all inputs."""
    if task.network.loss == "mse":
        return float(((task.y - task.y.mean(axis=0)) ** 2).mean())
    return float(np.abs(task.y - np.median(task.y, axis=0)).mean())


def _log10(loss: float) -> float:
    """Of a loss that is not quite 0."""
    return math.log10(max(loss, 1e-300))
