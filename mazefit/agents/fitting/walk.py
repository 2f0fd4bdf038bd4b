"""One fit on its way: the environment as an optimizer's loop sees it, the rows of its trace, and the run that it becomes."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mazefit.agents.fitting.parameter_rule import back_up_all
from mazefit.backup.trace import Trace
from mazefit.envs.fit_env import FitEnv
from mazefit.kernel import Kernel

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class FitRun:
    """What came of a fit.

    Args:
        algorithm: the optimizer, with its constants.
        path: the parameters before the first update and after every one, [steps + 1, P].
        losses: the loss there, [steps + 1].
        terminated: whether the target loss was reached.
        truncated: whether the budget was spent, or something left its range.
        seed: of the start; None where none was given.
        trace: the log of every update of every parameter, where one was asked for.
    """

    algorithm: Any
    path: Numbers
    losses: Numbers
    terminated: bool
    truncated: bool
    seed: int | None = None
    trace: Trace | None = None

    @property
    def parameters(self) -> Numbers:
        """Where the parameters ended, [P]."""
        return self.path[-1]

    @property
    def steps(self) -> int:
        """Updates of all parameters."""
        return len(self.path) - 1

    @property
    def gain(self) -> float:
        """The undiscounted return G: the loss that was removed."""
        return float(self.losses[0] - self.losses[-1])

    def __repr__(self) -> str:
        end = "target reached" if self.terminated else "cut" if self.truncated else "stopped"
        return f"FitRun({self.algorithm.name}, {self.steps} steps, loss {self.losses[0]:.6g} → {self.losses[-1]:.6g}, {end})"


class FitWalk:
    """The environment for a loop: `running`, `gradient`, `back_up`, `apply`."""

    def __init__(
        self, env: FitEnv, memory: Any, how: Any, learn: Kernel, trace: Trace | None, most: int, *, compiled: bool
    ) -> None:
        self.env, self.memory, self.how, self.trace, self.most, self.compiled = env, memory, how, trace, most, compiled
        self.all = back_up_all.using(learn=learn)
        self.cells = np.arange(env.size, dtype=np.uint32)
        self.path, self.losses = [env.parameters], [env.loss]
        self.terminated = self.truncated = False

    @property
    def running(self) -> bool:
        """Whether there is another update to be done."""
        return not (self.terminated or self.truncated) and len(self.path) <= self.most

    @property
    def gradient(self) -> Numbers:
        """∂loss/∂w where the parameters stand, [P]."""
        return self.env.gradient

    def back_up(self, gradient: Numbers) -> Numbers:
        """Back up every parameter by its gradient; returns what each moves by, [P]."""
        update = np.empty(len(gradient))
        before = self.tables(copied=True) if self.trace is not None and self.trace.options.level else None
        self.all.run(self.compiled, self.memory, gradient, update, self.how)
        if self.trace is not None:
            rows, at, _ = self.trace.room(len(gradient))
            rows["state"][at : at + len(gradient)] = self.cells
            rows["gradient"][at : at + len(gradient)] = gradient
            self.trace.wrote(len(gradient), before, self.tables())
        return update

    def apply(self, update: Numbers) -> None:
        """Act: move the parameters, and see what is received on arrival."""
        _, _, self.terminated, self.truncated, info = self.env.apply(update)
        self.path.append(info["parameters"])
        self.losses.append(info["loss"])

    def tables(self, *, copied: bool = False) -> dict[str, Numbers]:
        """The optimizer's tables by name."""
        return {name: table.copy() if copied else table for name, table in self.memory._asdict().items()}

    def run(self, algorithm: Any, seed: int | None) -> FitRun:
        """What has come of it."""
        path, losses = np.array(self.path), np.array(self.losses)
        return FitRun(algorithm, path, losses, self.terminated, self.truncated, seed, self.trace)
