"""What all optimizers have in common as agents: their parameters, the door with its arguments, and the run that comes of it.

An optimizer is a frozen dataclass. Its file says what it keeps for each parameter (`memory`), what one gradient does to that
(`learn`) and in which order things happen (`loop`).
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from mazefit.agents.door import check_trace
from mazefit.agents.fitting.walk import FitRun, FitWalk
from mazefit.backup.rule import Rule, trace_header
from mazefit.backup.trace import Trace, TraceOptions
from mazefit.envs.fit_env import FitEnv
from mazefit.errors import Problems, UnsupportedEnvError, set_plain
from mazefit.kernel import Kernel, worth_compiling


@dataclass(frozen=True)
class Optimizer:
    """The parts that an optimizer's file fills in.

    Class attributes:
        name, reference: what it is called, and where it comes from.
        rule: how its rows are replayed and read.
        learned_by: what one gradient does to one parameter.
        loop: its loop.
        memory: NamedTuple of its tables [P] by name, `w` first: all that replay rebuilds. What begins at 1 is in `ones`.
        how: NamedTuple of its constants.
    """

    name: ClassVar[str]
    reference: ClassVar[str]
    rule: ClassVar[Rule]
    learned_by: ClassVar[Kernel]
    loop: ClassVar[Callable[[FitWalk], None]]
    memory: ClassVar[type[Any]]
    how: ClassVar[type[Any]]
    ones: ClassVar[tuple[str, ...]] = ()

    def __post_init__(self) -> None:
        problems = Problems(type(self).__name__)
        problems.number("step_size", vars(self)["step_size"], 0.0, 1e30)
        self.check(problems)
        problems.raise_if_any()
        set_plain(self)

    def check(self, problems: Problems) -> None:
        """Note what is wrong with the constants that this optimizer alone has."""

    def learn(
        self,
        env: Any = "line",
        *,
        steps: int | None = None,
        seed: int | None = None,
        start: npt.ArrayLike | None = None,
        trace: bool | TraceOptions = False,
    ) -> FitRun:
        """Fit one episode of an environment, acting through `env.unwrapped.apply`.

        Args:
            env: a `mazefit/Fit-v0`, wrapped or not, or the name of its task.
            steps: at most so many updates of all parameters; None goes on until the episode ends.
            seed: of the environment's `reset`, which draws the first parameters.
            start: the first parameters [P], instead.
            trace: whether to log every update of every parameter, or how (TraceOptions).

        Returns:
            Where the parameters went, the losses, how it ended, and the trace.

        Raises:
            UnsupportedEnvError: another environment.
            ConfigError: an argument is out of range.
        """
        problems = Problems(f"{type(self).__name__}.learn")
        if steps is not None:
            problems.integer("steps", steps, 0)
        if seed is not None:
            problems.integer("seed", seed, 0, 2**63 - 1)
        problems.raise_if_any()
        check_trace(trace)
        world: Any = FitEnv(env) if isinstance(env, str) else env
        inner: Any = getattr(world, "unwrapped", None)
        if not isinstance(inner, FitEnv):
            raise UnsupportedEnvError(f"{type(self).__name__}.learn: expected a mazefit/Fit-v0, got {type(env).__name__}")
        world.reset(seed=seed, options=None if start is None else {"parameters": start})
        most = inner.budget if steps is None else min(steps, inner.budget)
        constants = {field.name: float(getattr(self, field.name)) for field in fields(self)}
        settings = {**constants, "names": list(inner.names)}
        begin = {field: np.full(inner.size, 1.0 if field in self.ones else 0.0) for field in self.memory._fields}
        tables = {**begin, "w": inner.parameters}
        log = None
        if trace is not False:
            header = trace_header(self.rule, inner.task.digest, 0 if seed is None else int(seed), inner.size)
            header["labels"] = {"states": ", ".join(inner.names[:8]) + (", …" if inner.size > 8 else "")}
            options = trace if isinstance(trace, TraceOptions) else TraceOptions()
            log = Trace(self.rule, settings, tables, None, header, options, most * inner.size)
        walk = FitWalk(
            inner, self.memory(**tables), self.how(**constants), self.learned_by, log, most,
            compiled=worth_compiling(most * inner.size),
        )  # fmt: skip
        type(self).loop(walk)
        return walk.run(self, None if seed is None else int(seed))
