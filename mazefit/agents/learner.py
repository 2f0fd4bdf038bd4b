"""What all learners have in common, in two sizes: `Control` learns action values, `Prediction` the values of a policy.

A learner is a frozen dataclass of its parameters. Its file says what it keeps (`memory`), what one row does to that (`learn`)
and in which order things happen (`loop`); here stands the door, with its arguments.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any, ClassVar, NamedTuple

import numpy as np
import numpy.typing as npt

from mazefit.agents.door import learn
from mazefit.agents.episode_rule import Episode, check_episode, fresh_episode, grown_episode, kept_episode
from mazefit.agents.policies import POLICIES, UCB
from mazefit.agents.policy_tables import policy_table
from mazefit.agents.progress import Callback
from mazefit.agents.run import Run
from mazefit.agents.schedules import PerVisit, check_rate, first_rates, moves
from mazefit.agents.step_rule import Memory, StateMemory, plain_how
from mazefit.agents.world import World, first_values
from mazefit.backup.rule import Rule, Tables
from mazefit.backup.trace import TraceOptions
from mazefit.errors import ConfigError, Problems, set_plain
from mazefit.kernel import Kernel


class NoWorkings(NamedTuple):
    """A loop that keeps nothing beside its tables."""


@dataclass(frozen=True)
class Learner:
    """The parts that a learner's file fills in; the defaults are those of a one-step rule.

    Class attributes:
        name, kind, reference: how the catalogue lists it.
        rule: how its rows are replayed and read.
        loop: its loop.
        memory: NamedTuple of the tables by name: all that replay rebuilds.
        workings_kind: NamedTuple of what the loop keeps beside them, by name.
        uniforms_each: random numbers that a step may use, apart from those of the environment (`numbers_each`, where that
            depends on the parameters).
        rows_each: rows that a step may log.
        averages: whether the rule needs π(a|s) of its policy.
    """

    name: ClassVar[str]
    kind: ClassVar[str]
    reference: ClassVar[str]
    rule: ClassVar[Rule]
    loop: ClassVar[Kernel]
    memory: ClassVar[type[Any]]
    workings_kind: ClassVar[type[Any]] = NoWorkings
    uniforms_each: ClassVar[int] = 1
    averages: ClassVar[bool] = False
    takes_per_visit: ClassVar[bool] = True

    @property
    def rows_each(self) -> int:
        """Rows that a step may log."""
        return 1

    @property
    def numbers_each(self) -> int:
        """Random numbers that a step may use, apart from those of the environment."""
        return self.uniforms_each

    def __post_init__(self) -> None:
        problems = Problems(type(self).__name__)
        problems.number("discount", vars(self)["discount"], 0.0, 1.0)
        if hasattr(self, "step_size"):
            self.check_step_size(problems)
        self.check_policy(problems)
        self.check(problems)
        problems.raise_if_any()
        set_plain(self)

    def check_step_size(self, problems: Problems) -> None:
        """Note a step size that is no number above 0 and at most 1, no schedule of such, and not 1 / N(s, a)."""
        step_size: Any = vars(self)["step_size"]
        if isinstance(step_size, PerVisit):
            problems.check(self.takes_per_visit, f"step_size: expected a number or a schedule here, got {step_size!r}")
        else:
            check_rate(problems, "step_size", step_size, 0.0, 1.0, open_low=True)

    def check_policy(self, problems: Problems) -> None:
        """Note what is wrong with the policy."""

    def check(self, problems: Problems) -> None:
        """Note what is wrong with the parameters that this algorithm alone has."""

    def settings(self, world: World) -> dict[str, Any]:
        """All that replay must know, as plain JSON; the parameters of the algorithm by their names."""
        step_size: Any = getattr(self, "step_size", 1.0)
        policy: Any = getattr(self, "policy", None)
        plain = {
            field.name: getattr(self, field.name)
            for field in fields(self)
            if isinstance(getattr(self, field.name), bool | int | float | str)
        }
        return {
            **plain,
            "actions": world.actions,
            "states": world.states,
            "policy": None if policy is None else policy.name,
            "moving": moves(step_size, 0.0 if policy is None else policy.rate),
            "counted": isinstance(step_size, PerVisit) or (policy is not None and policy.counted),
            "per_visit": isinstance(step_size, PerVisit),
        }

    def tables(self, world: World, initial: npt.ArrayLike) -> Tables:
        """What replay rebuilds, fresh."""
        raise NotImplementedError

    def make_how(self, settings: dict[str, Any]) -> Any:
        """The rule's parameters as its kernels take them."""
        return plain_how(settings)

    def workings(self, world: World, **given: Any) -> dict[str, npt.NDArray[Any]]:
        """What the loop keeps beside that, fresh: a policy to follow, a model, a queue, an episode."""
        return {}

    def grown(self, workings: dict[str, npt.NDArray[Any]], length: int) -> dict[str, npt.NDArray[Any]]:
        """Those of the workings that must be longer before an episode can be `length` steps long."""
        return {}

    def kept(self, workings: dict[str, npt.NDArray[Any]], length: int) -> dict[str, npt.NDArray[Any]]:
        """What of the workings is of use later, when the running episode is `length` steps long."""
        return workings

    def check_world(self, world: World) -> None:
        """Refuse an environment that the algorithm cannot learn on."""

    def check_given(self, world: World, run: Run, **given: Any) -> None:
        """Refuse what a resumed run was not given before."""

    def check_workings(self, settings: dict[str, Any], workings: dict[str, npt.NDArray[Any]]) -> None:
        """Refuse loaded workings that do not fit.

        Raises:
            ValueError: they do not.
        """
        if set(workings) != set(self.workings_kind._fields):
            raise ValueError(f"workings: expected {sorted(self.workings_kind._fields)}, got {sorted(workings)}")

    def clock(self, cells: int) -> Tables:
        """Fresh `counts` and `rates`."""
        step_size: Any = getattr(self, "step_size", 1.0)
        policy: Any = getattr(self, "policy", None)
        counted = isinstance(step_size, PerVisit) or (policy is not None and policy.counted)
        rate = 0.0 if policy is None else policy.rate
        return {"counts": np.zeros(cells if counted else 1), "rates": first_rates(step_size, rate)}


@dataclass(frozen=True)
class Control(Learner):
    """A learner of action values that chooses its own actions."""

    kind: ClassVar[str] = "control"
    memory: ClassVar[type[Any]] = Memory

    def check_policy(self, problems: Problems) -> None:
        """Note a policy that is none, or that has no probabilities where the rule averages over them."""
        policy: Any = vars(self)["policy"]
        fine = isinstance(policy, POLICIES)
        problems.check(fine, f"policy: expected EpsilonGreedy, Greedy, Softmax or UCB, got {policy!r}")
        if fine and self.averages:
            problems.check(not isinstance(policy, UCB), "policy: expected one with probabilities π(a|s), got UCB")

    def tables(self, world: World, initial: npt.ArrayLike) -> Tables:
        """`q` [S * A], `counts`, `rates`."""
        q = first_values(world, (world.states, world.actions), initial)
        return {"q": q, **self.clock(len(q))}

    def learn(
        self,
        env: Any,
        *,
        episodes: int | None = None,
        steps: int | None = None,
        seed: int | None = None,
        initial: float | npt.ArrayLike = 0.0,
        trace: bool | TraceOptions | None = None,
        callbacks: Iterable[Callback] = (),
        resume: Run | None = None,
        backend: str = "auto",
    ) -> Run:
        """Learn on `env` for a number of episodes or steps.

        Args:
            env: a Maze, a TabularMDP, or a Gymnasium environment with discrete states and actions.
            episodes: learn until this many whole episodes have ended, those of `resume` included.
            steps: or: until this many steps have been taken, those of `resume` included.
            seed: seed of all randomness; None draws one, which the run records.
            initial: initial action values, one number or [S, A]; absorbing states hold 0.
            trace: record every update (`True`, or `TraceOptions`); None records where the run that is resumed does.
            callbacks: called with an Event; one that returns True ends the run at its last whole episode.
            resume: a run to go on with, as if it had never stopped.
            backend: "auto", "python" or "compiled"; all give the same bytes.

        Raises:
            ConfigError: arguments are out of range.
            UnsupportedEnvError: states or actions of `env` are not discrete.
            LearningInterrupted: Ctrl-C; its `.run` is what was learned up to the last whole episode.
            Exception: whatever the environment or a callback raises; it, too, carries such a `.run`.
        """
        return learn(
            self, env, episodes=episodes, steps=steps, seed=seed, initial=initial, trace=trace, callbacks=callbacks,
            resume=resume, backend=backend,
        )  # fmt: skip


@dataclass(frozen=True)
class EpisodeControl(Control):
    """A control learner whose updates rest on stretches of the episode, which its loop keeps (see episode_rule.py)."""

    workings_kind: ClassVar[type[Any]] = Episode

    def workings(self, world: World, **given: Any) -> dict[str, npt.NDArray[Any]]:
        """Room for an episode."""
        return fresh_episode()

    def grown(self, workings: dict[str, npt.NDArray[Any]], length: int) -> dict[str, npt.NDArray[Any]]:
        """More room, where it is needed."""
        return grown_episode(workings, length)

    def kept(self, workings: dict[str, npt.NDArray[Any]], length: int) -> dict[str, npt.NDArray[Any]]:
        """The steps of the running episode."""
        return kept_episode(workings, length)

    def check_workings(self, settings: dict[str, Any], workings: dict[str, npt.NDArray[Any]]) -> None:
        """Refuse loaded steps that point outside the tables.

        Raises:
            ValueError: they do.
        """
        super().check_workings(settings, workings)
        check_episode(settings, workings, "cells" if self.rule.pairs else "states")


class PolicyWorkings(NamedTuple):
    """What a predictor follows: `policy`, the probabilities π(a|s), flat [S * A]."""

    policy: Any


@dataclass(frozen=True)
class Prediction(Learner):
    """A learner of the state values of a policy that it is given."""

    kind: ClassVar[str] = "prediction"
    memory: ClassVar[type[Any]] = StateMemory
    workings_kind: ClassVar[type[Any]] = PolicyWorkings

    def tables(self, world: World, initial: npt.ArrayLike) -> Tables:
        """`v` [S], `counts`, `rates`."""
        v = first_values(world, (world.states,), initial)
        return {"v": v, **self.clock(len(v))}

    def workings(self, world: World, **given: Any) -> dict[str, npt.NDArray[Any]]:
        """The policy, as probabilities."""
        return {"policy": policy_table(given["policy"], world.states, world.actions).reshape(-1)}

    def check_given(self, world: World, run: Run, **given: Any) -> None:
        """Refuse another policy than the run has followed so far."""
        if given["policy"] is not None:
            policy = policy_table(given["policy"], world.states, world.actions).reshape(-1)
            if policy.tobytes() != run.workings["policy"].tobytes():
                raise ConfigError("resume: policy: expected none, or the one that the run has followed so far, got another")

    def check_workings(self, settings: dict[str, Any], workings: dict[str, npt.NDArray[Any]]) -> None:
        """Refuse a loaded policy that is none.

        Raises:
            ValueError: it is none.
        """
        super().check_workings(settings, workings)
        policy_table(workings["policy"].reshape(-1, settings["actions"]), settings["states"], settings["actions"])

    def predict(
        self,
        env: Any,
        policy: Any = None,
        *,
        episodes: int | None = None,
        steps: int | None = None,
        seed: int | None = None,
        initial: float | npt.ArrayLike = 0.0,
        trace: bool | TraceOptions | None = None,
        callbacks: Iterable[Callback] = (),
        resume: Run | None = None,
        backend: str = "auto",
    ) -> Run:
        """Learn the values v_π of `policy` on `env`.

        Args:
            env: a Maze, a TabularMDP, or a Gymnasium environment with discrete states and actions.
            policy: π: probabilities [S, A], one action a state [S], a Run (its maximising actions), or None: all equally.
            episodes, steps, seed, initial, trace, callbacks, resume, backend: as of `Control.learn`; `initial` is a number
                or [S].

        Raises:
            ConfigError, UnsupportedEnvError, LearningInterrupted, Exception: as of `Control.learn`.
        """
        return learn(
            self, env, episodes=episodes, steps=steps, seed=seed, initial=initial, trace=trace, callbacks=callbacks,
            resume=resume, backend=backend, policy=policy,
        )  # fmt: skip


class EpisodeAndPolicy(NamedTuple):
    """The steps of the running episode, as of `Episode`, and the policy that is followed, as of `PolicyWorkings`."""

    cell: Any
    following: Any
    reward: Any
    extra: Any
    target: Any
    old: Any
    new: Any
    step_size: Any
    policy: Any


@dataclass(frozen=True)
class EpisodePrediction(Prediction):
    """A predictor whose updates rest on stretches of the episode, which its loop keeps (see episode_rule.py)."""

    workings_kind: ClassVar[type[Any]] = EpisodeAndPolicy

    def workings(self, world: World, **given: Any) -> dict[str, npt.NDArray[Any]]:
        """The policy, and room for an episode."""
        return {**super().workings(world, **given), **fresh_episode()}

    def grown(self, workings: dict[str, npt.NDArray[Any]], length: int) -> dict[str, npt.NDArray[Any]]:
        """More room, where it is needed."""
        return grown_episode(workings, length)

    def kept(self, workings: dict[str, npt.NDArray[Any]], length: int) -> dict[str, npt.NDArray[Any]]:
        """The steps of the running episode."""
        return kept_episode(workings, length)

    def check_workings(self, settings: dict[str, Any], workings: dict[str, npt.NDArray[Any]]) -> None:
        """Refuse a loaded policy that is none, and steps that point outside the tables.

        Raises:
            ValueError: they do.
        """
        super().check_workings(settings, workings)
        check_episode(settings, workings, "cells" if self.rule.pairs else "states")
