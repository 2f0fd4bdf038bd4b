"""What the batch learners have in common beside their door: parameters and their checks, and the sweeps that end every run."""

from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy.typing as npt

from mazefit.agents.interrupt import LearningInterrupted
from mazefit.agents.learning.batch_gather import check_kept
from mazefit.agents.learning.batch_progress import Watch, sweep
from mazefit.agents.learning.batch_run import check_overshoot
from mazefit.agents.learning.batch_sweep import BatchSweep
from mazefit.agents.run import Run
from mazefit.agents.schedules import PerVisit
from mazefit.backup.rule import Rule
from mazefit.errors import Problems, set_plain


@dataclass(frozen=True)
class BatchParameters:
    """A learner of state values from a batch of episodes.

    Class attributes:
        name, kind, reference: how the catalogue lists it.
        rule: how its sweeps are replayed and read.
        sweep: its kernels.
    """

    name: ClassVar[str]
    kind: ClassVar[str] = "prediction"
    reference: ClassVar[str] = "Sutton & Barto, section 6.3"
    rule: ClassVar[Rule]
    sweep: ClassVar[BatchSweep]

    step_size: float | PerVisit = field(default_factory=PerVisit)
    discount: float = 1.0
    tolerance: float = 1e-12
    max_sweeps: int = 100_000

    def __post_init__(self) -> None:
        problems = Problems(type(self).__name__)
        if not isinstance(self.step_size, PerVisit):
            problems.number("step_size", self.step_size, 0.0, 1.0, open_low=True)
        problems.number("discount", self.discount, 0.0, 1.0)
        problems.number("tolerance", self.tolerance, 0.0, 1e300)
        problems.integer("max_sweeps", self.max_sweeps, 1)
        problems.raise_if_any()
        set_plain(self)

    def check_workings(self, settings: dict[str, Any], workings: dict[str, npt.NDArray[Any]]) -> None:
        """Refuse loaded workings that do not fit.

        Raises:
            ValueError: they do not.
        """
        check_kept(settings, workings)

    def swept(self, run: Run, watch: Watch, backend: str) -> Run:
        """The run with its sweeps done, unless it is to end at once."""
        if not watch.ends:
            check_overshoot(run)
        sweep(run, watch, backend)
        if watch.interruption.asked:
            stopped = LearningInterrupted(run)
            if run.steps:
                stopped.args = (f"interrupted after {run.steps} whole sweeps",)
            raise stopped
        return run
