"""`check_fit_env`: what agents that fit rely on, rule by rule; for environments like Fit-v0 and like FitControl-v0."""

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

import gymnasium
import gymnasium.error
import numpy as np
from gymnasium import spaces
from gymnasium.utils.env_checker import data_equivalence

from mazefit.envs.checks.episodes import answers_stay_as_they_were, copies_go_on_alike, same_seed_same_episodes
from mazefit.envs.checks.run import ConformanceError, gymnasiums_rules
from mazefit.envs.checks.subject import BrokenRuleError, Env, Subject, hold
from mazefit.errors import Problems, UnsupportedEnvError

STEPS = 10_000  # within which an episode must end
NEAR = 1e-6  # relative to the largest entry: how near the gradient must be to that of finite differences
_NAMED = (gymnasium.error.Error, gymnasium.error.ClosedEnvironmentError)


class _Drawn:
    """Draws actions where a plain generator would draw their numbers."""

    def __init__(self, space: spaces.Space[Any], seed: int) -> None:
        self.space, self.draw = space, np.random.default_rng(seed)

    def integers(self, high: int, size: Any = None) -> Any:
        """Random actions in an array of that shape."""
        shape = (size,) if isinstance(size, int) else tuple(size)
        if isinstance(self.space, spaces.Discrete):
            return self.draw.integers(int(self.space.n), size=shape)
        return self.draw.uniform(-1.0, 1.0, (*shape, *(self.space.shape or ()))).astype(np.float32)


class FitSubject(Subject):
    """The environment under check; its actions may be vectors."""

    def generator(self) -> Any:
        """The same random actions in every check."""
        return _Drawn(self.env.action_space, self.seed)

    @property
    def actions(self) -> int:  # pyright: ignore[reportIncompatibleVariableOverride] - nothing else is asked of it here
        """Not a number of actions: `generator` draws whole ones."""
        return 0

    def action(self) -> Any:
        """Some action."""
        return self.generator().integers(0, size=1)[0]


def step_is_apply(subject: FitSubject) -> None:
    """`step(action)` is `apply(max_update * action)`."""
    env = subject.copy()
    env.reset(seed=subject.seed)
    twin, action = copy.deepcopy(env), subject.action()
    update = cast("Any", env.unwrapped).max_update * np.asarray(action, dtype=np.float64)
    one, other = env.step(action), cast("Any", twin.unwrapped).apply(update)
    hold(_same(one, other), f"step gave {one!r}, and apply of the same update {other!r}")


def gradient_is_the_losss(subject: FitSubject) -> None:
    """The gradient is that of the loss, by differences of it on both sides."""
    env = subject.copy()
    env.reset(seed=subject.seed)
    inner: Any = env.unwrapped
    gradient = np.asarray(inner.gradient)
    scale = max(1.0, float(np.abs(gradient).max()))
    for place in range(min(len(gradient), 32)):
        losses: list[float] = []
        for sign in (-1.0, 1.0):
            twin: Any = copy.deepcopy(inner)
            nudge = np.zeros(len(gradient))
            nudge[place] = sign * 1e-5
            losses.append(twin.apply(nudge)[4]["loss"])
        slope = (losses[1] - losses[0]) / 2e-5
        hold(
            abs(slope - gradient[place]) <= NEAR * scale,
            f"the gradient by parameter {place} is {gradient[place]!r}, and differences of the loss give {slope!r}",
        )


def rewards_are_what_the_loss_fell_by(subject: FitSubject) -> None:
    """The reward is the loss before minus the loss after, so the return is what was removed."""
    env = subject.copy()
    _, info = env.reset(seed=subject.seed)
    first, last, gained = info["loss"], info["loss"], 0.0
    for action in subject.generator().integers(0, size=STEPS):
        _, reward, terminated, truncated, info = env.step(action)
        if info["outside"]:
            break
        hold(reward == last - info["loss"], f"a reward was {reward!r}, where the loss fell from {last!r} to {info['loss']!r}")
        last, gained = info["loss"], gained + float(reward)
        if terminated or truncated:
            break
    hold(
        abs(gained - (first - last)) <= 1e-9 * max(1.0, first), f"the return was {gained!r}, the loss removed {first - last!r}"
    )


def order_is_kept(subject: FitSubject) -> None:
    """No step before the first reset, after the end or after close; a second close does no harm."""
    action = subject.action()
    _refused(subject.unused(), "step before the first reset", action)
    env = subject.copy()
    env.reset(seed=subject.seed)
    over = False
    for each in subject.generator().integers(0, size=STEPS):
        _, _, terminated, truncated, _ = env.step(each)
        over = terminated or truncated
        hold(not (terminated and truncated), "a step both terminated and truncated")
        if over:
            break
    hold(over, f"an episode did not end within {STEPS} steps")
    _refused(env, "step after the episode's end", action)
    env.reset()
    env.step(action)
    env.close()
    env.close()
    _refused(env, "step after close", action)


def foreign_actions_are_refused(subject: FitSubject) -> None:
    """What is no action is refused, and the environment stays as it was."""
    env = subject.copy()
    env.reset(seed=subject.seed)
    twin, action, space = copy.deepcopy(env), subject.action(), env.action_space
    foreign: list[Any] = [None, "up", float("nan"), [], 1.5]
    if isinstance(space, spaces.Discrete):
        foreign += [int(space.n), -1]
    else:
        size = (space.shape or (1,))[0]
        foreign += [np.full(size, np.nan), np.full(size, 1.5), np.zeros(size + 1), np.zeros((1, size)), ["x"] * size]
    for each in foreign:
        try:
            env.step(each)
        except Exception:
            continue
        raise BrokenRuleError(f"step({each!r}) was accepted, where the actions are {space}")
    one, other = env.step(action), twin.step(action)
    hold(_same(one, other), f"refused actions changed the environment: a step gave {one!r} after them and {other!r} without")


SHARED: tuple[tuple[str, Callable[[Any], None]], ...] = (
    ("Gymnasium's own checker finds nothing", gymnasiums_rules),
    ("the same seed gives the same episodes", same_seed_same_episodes),
    ("what was handed out stays as it was", answers_stay_as_they_were),
    ("copies made in the middle of an episode go on alike", copies_go_on_alike),
    ("steps are taken between a reset and the episode's end alone", order_is_kept),
    ("what is no action is refused and changes nothing", foreign_actions_are_refused),
)
OF_UPDATES: tuple[tuple[str, Callable[[Any], None]], ...] = (
    ("a step is an update of at most max_update", step_is_apply),
    ("the gradient is that of the loss", gradient_is_the_losss),
    ("the reward is what the loss fell by", rewards_are_what_the_loss_fell_by),
)


@dataclass(frozen=True)
class FitCheckReport:
    """What was checked, once everything held: the rules, one sentence each."""

    rules: tuple[str, ...]

    def __str__(self) -> str:
        return f"{len(self.rules)} rules hold"


def check_fit_env(env: gymnasium.Env[Any, Any], *, seed: int = 0) -> FitCheckReport:
    """Hold a fitting environment, one's own or mazefit's, against the rules that agents rely on.

    Of any: everything that Gymnasium's checker asks; episodes that repeat under a seed; pickles and copies that go on alike;
    steps out of order and what is no action refused, and nothing changed by it. Of one whose actions are updates (`apply`,
    `gradient`, `max_update`, info `loss` and `outside`) also: its gradient against differences of its loss, its rewards
    against the loss.

    Args:
        env: an environment, not yet reset; it is left as it is, all work is done on copies.
        seed: for the episodes.

    Raises:
        ConformanceError: rules are broken; one sentence for each.
        UnsupportedEnvError: `env` is no Gymnasium environment.
        ConfigError: `seed` is out of range.

    >>> from mazefit.envs import FitEnv
    >>> print(check_fit_env(FitEnv("sine")))
    9 rules hold
    """
    given = cast("object", env)
    if not isinstance(given, gymnasium.Env):
        raise UnsupportedEnvError(f"check_fit_env: expected a gymnasium.Env, got {type(given).__name__}")
    problems = Problems("check_fit_env")
    problems.integer("seed", seed, 0)
    problems.raise_if_any()
    rules = SHARED if isinstance(env.action_space, spaces.Discrete) else (*SHARED, *OF_UPDATES)
    subject, failures = FitSubject(env, seed, 1), list[str]()
    for rule, check in rules:
        try:
            check(subject)
        except BrokenRuleError as broken:
            failures.append(f"{rule}: {broken}")
        except Exception as error:
            failures.append(f"{rule}: {type(error).__name__} was raised: {error}")
    if failures:
        raise ConformanceError(type(env.unwrapped).__name__, failures, "check_fit_env", len(rules))
    return FitCheckReport(tuple(rule for rule, _ in rules))


def _refused(env: Env, what: str, action: Any) -> None:
    try:
        env.step(action)
    except _NAMED:
        return
    except Exception as error:
        raise BrokenRuleError(
            f"a {what} died of {type(error).__name__}: {error}, where gymnasium.error's own was expected"
        ) from error
    raise BrokenRuleError(f"a {what} was accepted, where gymnasium.error.ResetNeeded or ClosedEnvironmentError was expected")


def _same(one: Any, other: Any) -> bool:
    return bool(data_equivalence(one, other, exact=True))
