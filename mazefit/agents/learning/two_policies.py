"""A target policy and a behaviour policy, as probabilities: what off-policy prediction is given.

Reference: Sutton & Barto, 2nd edition, section 5.5: coverage, π(a|s) > 0 only where b(a|s) > 0.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

import numpy as np
import numpy.typing as npt

from mazefit.agents.door import learn
from mazefit.agents.learning.monte_carlo_memory import ReturnPrediction
from mazefit.agents.policy_tables import policy_table
from mazefit.agents.progress import Callback
from mazefit.agents.run import Run
from mazefit.agents.world import World
from mazefit.backup.one_step import action_label, state_label
from mazefit.backup.trace import TraceOptions
from mazefit.errors import ConfigError


class TwoPolicies(NamedTuple):
    """The steps of the running episode, as of `Episode`, and π(a|s) and b(a|s), flat [S * A]."""

    cell: Any
    following: Any
    reward: Any
    extra: Any
    target: Any
    old: Any
    new: Any
    step_size: Any
    policy: Any
    behaviour: Any


def flat_policy(policy: Any, world: World, name: str) -> npt.NDArray[np.float64]:
    """The probabilities of a policy (see `policy_table`), flat [S * A]."""
    return policy_table(policy, world.states, world.actions, name).reshape(-1)


def check_coverage(policy: npt.NDArray[np.float64], behaviour: npt.NDArray[np.float64], world: World) -> None:
    """Refuse a behaviour that never does what the target policy may do, where there is something to do.

    Raises:
        ConfigError: names the first such state and action.
    """
    missing = ((policy > 0.0) & (behaviour == 0.0)).reshape(world.states, world.actions)
    if world.mdp is not None:
        missing[world.mdp.absorbing] = False
    if missing.any():
        state, action = divmod(int(np.argmax(missing)), world.actions)
        probability = float(policy[state * world.actions + action])
        raise ConfigError(
            f"behaviour: expected a probability above 0 wherever the policy has one, got 0 for {action_label(action)} in "
            f"{state_label(state)}, which the policy takes with probability {probability:g}"
        )


@dataclass(frozen=True)
class OffPolicyPrediction(ReturnPrediction):
    """A predictor of one policy's values from episodes of another."""

    workings_kind: ClassVar[type[Any]] = TwoPolicies

    def workings(self, world: World, **given: Any) -> dict[str, npt.NDArray[Any]]:
        """Both policies, and room for an episode."""
        behaviour = flat_policy(given["behaviour"], world, "behaviour")
        found = {**super().workings(world, policy=given["policy"]), "behaviour": behaviour}
        check_coverage(found["policy"], behaviour, world)
        return found

    def check_given(self, world: World, run: Run, **given: Any) -> None:
        """Refuse other policies than the run has followed so far."""
        super().check_given(world, run, policy=given["policy"])
        behaviour = given["behaviour"]
        same = behaviour is None or (
            flat_policy(behaviour, world, "behaviour").tobytes() == run.workings["behaviour"].tobytes()
        )
        if not same:
            raise ConfigError("resume: behaviour: expected none, or the one that the run has followed so far, got another")

    def check_workings(self, settings: dict[str, Any], workings: dict[str, npt.NDArray[Any]]) -> None:
        """Refuse loaded policies that are none, and steps that point outside the tables.

        Raises:
            ValueError: they do.
        """
        super().check_workings(settings, workings)
        super().check_workings(settings, {**workings, "policy": workings["behaviour"]})

    def predict(
        self,
        env: Any,
        policy: Any = None,
        behaviour: Any = None,
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
        """Learn the values v_π of `policy` on `env` from episodes of `behaviour`.

        Args:
            env: a Maze, a TabularMDP, or a Gymnasium environment with discrete states and actions.
            policy: π: probabilities [S, A], one action a state [S], a Run (its maximising actions), or None: all equally.
            behaviour: b, likewise; above 0 wherever π is.
            episodes, steps, seed, initial, trace, callbacks, resume, backend: as of `Prediction.predict`.

        Raises:
            ConfigError: b never does what π may do (state and action are named), or as of `Prediction.predict`.
            UnsupportedEnvError, LearningInterrupted, Exception: as of `Prediction.predict`.
        """
        return learn(
            self, env, episodes=episodes, steps=steps, seed=seed, initial=initial, trace=trace, callbacks=callbacks,
            resume=resume, backend=backend, policy=policy, behaviour=behaviour,
        )  # fmt: skip
