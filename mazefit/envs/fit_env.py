"""Fitting as a Gymnasium environment: the state is where the parameters stand, an action moves them."""

from typing import Any

import gymnasium
import numpy as np
import numpy.typing as npt
from gymnasium import spaces

from mazefit.envs.arguments import Stage, can_draw, check_render_mode, numbers_kept, refuse_at, refuse_unknown
from mazefit.envs.fit_arguments import (
    OF_ARRAYS,
    check_task,
    checked_action,
    checked_update,
    open_task,
    parameters_option,
)
from mazefit.envs.fit_network import Numbers
from mazefit.errors import ConfigError, Problems

Observation = dict[str, npt.NDArray[np.float32]]
Answer = tuple[Observation, float, bool, bool, dict[str, Any]]

OPTIONS = (
    "task",
    "data_seed",
    *OF_ARRAYS,
    "max_update",
    "target_loss",
    "budget",
    "parameter_range",
    "gradient_range",
    "loss_range",
    "render_mode",
)
SHOWN = 8  # parameters that a picture names


class FitEnv(gymnasium.Env[Observation, npt.NDArray[np.float32]]):
    """A model that an agent fits to data, by moving its parameters.

    ## Description
    The agent stands at one point of the space of parameters; an action moves it, and the loss there is lower or higher. Nothing
    is random but the start. Gradient descent, momentum, RMSprop and Adam are agents in it (`mazefit.agents.fitting`); they act
    through `env.unwrapped.apply(update)`, which takes an update of any size in float64 and answers as `step` does.

    ## Action Space
    `Box(-1, 1, [P], float32)`: the update of the P parameters in units of `max_update`; parameters ← parameters + max_update ·
    action, in float64. Anything but P numbers from -1 to 1 is refused and leaves the environment as it was.

    ## Observation Space
    A `Dict` of float32 boxes, all finite:
    - `position` [P], where the parameters stand, within ± `parameter_range`, in the order of `env.unwrapped.names`,
    - `gradient` [P] of the loss, within ± `gradient_range`,
    - `loss` [1], from 0 to `loss_range`,
    - `progress` [1], the share of the budget that is spent, from 0 to 1.
    The float64 numbers are `env.unwrapped.parameters`, `.gradient` and `.loss`.

    ## Starting State
    Parameters as the task draws them from `np_random` (see `mazefit/envs/fit_tasks.py`); with
    `reset(options={"parameters": [...]})` those.

    ## Rewards
    Received on arrival: the loss before the update minus the loss after it. So the undiscounted return is the loss that was
    removed. A loss above `loss_range`, or none at all where numbers overflow, counts as `loss_range`.

    ## Episode End
    Terminates on arrival at a loss of `target_loss` or less. Otherwise truncates where a parameter, its gradient or the loss
    has left its range (what is observed then is the edge), and when `budget` updates are spent.

    ## Information
    A new dict from every `step` and `reset`: `loss` and `parameters` in float64, `step` (updates so far) and `outside` (whether
    something has left its range).

    ## Arguments
    - `task="line"`: or `"descent"`, `"sine"`, `"curve"`, `"waves"`; or arrays `(x, y)` of your own, [n, d] and [n, k]; beside
      those `hidden=()` (units of the layers between), `activation="tanh"` and `loss="mse"` (or `"l1"`) say what is fitted.
    - `data_seed=0`: of the points of `"descent"` and `"waves"`.
    - `max_update=0.1`: how far one action moves a parameter at most.
    - `target_loss=None`: None takes the task's own; 0 goes on to the budget.
    - `budget=1000`: updates in an episode.
    - `parameter_range=100.0`, `gradient_range=1e6`, `loss_range=1e6`: see Observation Space.
    - `render_mode=None`: or `"ansi"`, a line of text.

    ## References
    - K. Li and J. Malik, Learning to optimize, ICLR 2017: fitting as a Markov decision process.
    - R. S. Sutton and A. G. Barto, Reinforcement Learning: An Introduction, 2nd edition, MIT Press 2018, chapter 3.

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
        max_update: float = 0.1,
        target_loss: float | None = None,
        budget: int = 1000,
        parameter_range: float = 100.0,
        gradient_range: float = 1e6,
        loss_range: float = 1e6,
        render_mode: str | None = None,
        **unknown: object,
    ) -> None:
        refuse_unknown("FitEnv", unknown, OPTIONS)
        of_arrays = {"hidden": hidden, "activation": activation, "loss": loss}
        problems = Problems("FitEnv")
        check_task(problems, task, data_seed, of_arrays)
        problems.number("max_update", max_update, 0.0, 1e30, open_low=True)
        if target_loss is not None:
            problems.number("target_loss", target_loss, 0.0, 1e30)
        problems.integer("budget", budget, 1)
        ranges = {"parameter_range": parameter_range, "gradient_range": gradient_range, "loss_range": loss_range}
        for name, value in ranges.items():
            problems.number(name, value, 0.0, 1e30, open_low=True)
        check_render_mode(problems, render_mode, ("ansi",))
        problems.raise_if_any()
        self.task = open_task(task, data_seed, of_arrays)
        self.names, self.size = self.task.network.names, self.task.network.parameters
        self.max_update, self.budget = float(max_update), int(budget)
        self.target_loss = self.task.target_loss if target_loss is None else float(target_loss)
        self.parameter_range, self.gradient_range = float(parameter_range), float(gradient_range)
        self.loss_range = float(loss_range)
        self.render_mode = render_mode
        self.action_space = spaces.Box(-1.0, 1.0, (self.size,), np.float32)
        self.observation_space: Any = spaces.Dict(
            {
                "position": _box(-self.parameter_range, self.parameter_range, self.size),
                "gradient": _box(-self.gradient_range, self.gradient_range, self.size),
                "loss": _box(0.0, self.loss_range, 1),
                "progress": _box(0.0, 1.0, 1),
            }
        )
        self._parameters, self._gradient, self._loss = np.zeros(self.size), np.zeros(self.size), 0.0
        self._step = 0
        self._stage: Stage = "new"

    # -- what is known -------------------------------------------------------------------------------------------------------

    @property
    def parameters(self) -> Numbers:
        """Where the parameters stand, float64 [P], a copy."""
        return self._parameters.copy()

    @property
    def gradient(self) -> Numbers:
        """The gradient of the loss there, float64 [P], a copy."""
        return self._gradient.copy()

    @property
    def loss(self) -> float:
        """The loss there, as it is: beyond `loss_range`, infinite or NaN where it is so."""
        return self._loss

    # -- acting --------------------------------------------------------------------------------------------------------------

    def step(self, action: Any) -> Answer:
        """Move the parameters by `max_update` · action.

        Raises:
            InvalidActionError: `action` is not P numbers from -1 to 1; the environment stays as it was.
            ResetNeededError: before the first `reset` or after the end of an episode.
            ClosedEnvError: after `close`.
        """
        refuse_at("step", self._stage, "closed", "new", "over")
        return self._move(self.max_update * checked_action(action, self.size))

    def apply(self, update: npt.ArrayLike) -> Answer:
        """Move the parameters by an update of any size, in float64; answers as `step` does.

        Args:
            update: finite numbers [P].

        Raises:
            InvalidActionError: `update` is something else; the environment stays as it was.
            ResetNeededError: before the first `reset` or after the end of an episode.
            ClosedEnvError: after `close`.
        """
        refuse_at("apply", self._stage, "closed", "new", "over")
        return self._move(checked_update(update, self.size))

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Observation, dict[str, Any]]:
        """Begin an episode.

        Args:
            seed: seeds `np_random`, which draws the first parameters.
            options: `{"parameters": [...]}` begins there; nothing else is known.

        Raises:
            ConfigError: an unknown option, or parameters that the ranges do not hold; the environment stays as it was.
            ClosedEnvError: after `close`.
        """
        refuse_at("reset", self._stage, "closed")
        chosen = parameters_option(options, self.size)
        with numbers_kept(self):
            super().reset(seed=seed)
            first = self.task.first(self.np_random) if chosen is None else chosen
            loss, gradient = self._check_start(first)
        self._parameters, self._loss, self._gradient = first, loss, gradient
        self._step, self._stage = 0, "running"
        return self._observe(), self._info()

    def close(self) -> None:
        """End the use of this environment; closing twice does no harm."""
        self._stage = "closed"

    def _check_start(self, parameters: Numbers) -> tuple[float, Numbers]:
        """Loss and gradient where an episode is to begin."""
        loss, gradient = self.task.loss_and_gradient(parameters)
        if not self._inside(parameters, loss, gradient):
            largest = float(np.abs(parameters).max()), float(np.abs(gradient).max())
            raise ConfigError(
                f"reset: expected a start with |parameters| <= {self.parameter_range:g}, |gradient| <= {self.gradient_range:g} "
                f"and loss <= {self.loss_range:g}, got {largest[0]:g}, {largest[1]:g} and {loss:g}; larger ranges are arguments"
            )
        return loss, gradient

    def _move(self, update: Numbers) -> Answer:
        before = self._capped(self._loss)
        with np.errstate(over="ignore"):
            self._parameters = self._parameters + update
        self._loss, self._gradient = self.task.loss_and_gradient(self._parameters)
        self._step += 1
        terminated = self._loss <= self.target_loss
        outside = not self._inside(self._parameters, self._loss, self._gradient)
        truncated = not terminated and (outside or self._step >= self.budget)
        if terminated or truncated:
            self._stage = "over"
        return self._observe(), before - self._capped(self._loss), terminated, truncated, self._info()

    def _inside(self, parameters: Numbers, loss: float, gradient: Numbers) -> bool:
        """Whether everything is in its range; NaN never is."""
        near = np.abs(parameters).max() <= self.parameter_range and np.abs(gradient).max() <= self.gradient_range
        return bool(near and loss <= self.loss_range)

    def _capped(self, loss: float) -> float:
        return loss if loss <= self.loss_range else self.loss_range

    def _observe(self) -> Observation:
        at = {
            "position": _within(self._parameters, self.parameter_range),
            "gradient": _within(self._gradient, self.gradient_range),
            "loss": np.array([self._capped(self._loss)]),
            "progress": np.array([min(1.0, self._step / self.budget)]),
        }
        return {name: values.astype(np.float32) for name, values in at.items()}

    def _info(self) -> dict[str, Any]:
        outside = not self._inside(self._parameters, self._loss, self._gradient)
        return {"loss": self._loss, "parameters": self.parameters, "step": self._step, "outside": outside}

    # -- looking -------------------------------------------------------------------------------------------------------------

    def render(self) -> Any:
        """One line of text with `render_mode="ansi"`: the task, the step, the loss and the first parameters.

        Raises:
            ResetNeededError: before the first `reset`.
            ClosedEnvError: after `close`.
        """
        if not can_draw(self._stage, self.render_mode):
            return None
        shown = [f"{name} = {value:.4g}" for name, value in zip(self.names[:SHOWN], self._parameters, strict=False)]
        rest = [f"and {self.size - SHOWN} more"] if self.size > SHOWN else []
        where = f"{self.task.name}   step {self._step} of {self.budget}   loss {self._loss:.6g}"
        return f"{where}   {', '.join([*shown, *rest])}\n"


def _box(low: float, high: float, size: int) -> spaces.Box:
    return spaces.Box(low, high, (size,), np.float32)


def _within(values: Numbers, most: float) -> Numbers:
    """The values, each at the edge of its range where it is beyond it; what is no number at all stands at the upper edge."""
    return np.clip(np.where(np.isnan(values), most, values), -most, most)
