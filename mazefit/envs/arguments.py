"""What every environment is given, checked at the door in the same words: arguments, options, actions, its stage."""

import operator
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Literal, cast

import gymnasium

from mazefit.errors import (
    ClosedEnvError,
    ConfigError,
    InvalidActionError,
    MazefitError,
    Problems,
    ResetNeededError,
    did_you_mean,
)

Stage = Literal["new", "running", "over", "closed"]
"""Of an environment: before the first reset, within an episode, behind its end, after close."""

REFUSED: dict[str, tuple[type[MazefitError], str]] = {
    "closed": (ClosedEnvError, "expected an open environment, got one after close()"),
    "new": (ResetNeededError, "expected a reset() before the first {what}, got none"),
    "over": (ResetNeededError, "expected a reset() after the episode's end, got another step"),
}


def refuse_at(word: str, stage: Stage, *stages: Stage, what: str = "step") -> None:
    """Refuse what cannot be done at this stage.

    Args:
        word: the method that was called.
        stage: of the environment.
        stages: at which it cannot be.
        what: the first of which a reset must come before.

    Raises:
        ClosedEnvError, ResetNeededError: it is at one of them.
    """
    if stage in stages:
        kind, sentence = REFUSED[stage]
        raise kind(f"{word}: {sentence.format(what=what)}")


def can_draw(stage: Stage, render_mode: str | None) -> bool:
    """Whether there is something to render: not without a render mode, of which Gymnasium's logger warns.

    Args:
        stage: of the environment.
        render_mode: of the environment.

    Raises:
        ClosedEnvError: after `close`.
        ResetNeededError: before the first `reset`.
    """
    refuse_at("render", stage, "closed")
    if render_mode is None:
        gymnasium.logger.warn("render() draws nothing without a render mode; make the environment with render_mode='ansi'.")
        return False
    refuse_at("render", stage, "new", what="picture")
    return True


def refuse_unknown(where: str, unknown: Mapping[str, object], known: Sequence[str]) -> None:
    """Name every argument that an environment does not know, with the known one that is near.

    Args:
        where: the environment's class.
        unknown: what it was given beside its arguments.
        known: the names of these.

    Raises:
        ConfigError: there is such an argument.
    """
    problems = Problems(where)
    for word in unknown:
        problems.check(False, f"unknown argument {word!r}{did_you_mean(word, known)}")
    problems.raise_if_any()


def check_render_mode(problems: Problems, render_mode: object, modes: Sequence[str]) -> None:
    """Note a render mode that there is not.

    Args:
        problems: where to.
        render_mode: what was given.
        modes: those of the environment.
    """
    if render_mode == "human" and "rgb_array" in modes:
        problems.check(False, "render_mode: expected gymnasium.make for 'human', which shows 'rgb_array' in a window")
    elif render_mode is not None:
        problems.choice("render_mode", render_mode, modes)


def known_options(options: object, known: Sequence[str], example: str) -> Mapping[str, Any]:
    """The options of a reset; none where there are none.

    Args:
        options: what `reset` was given.
        known: the words that it may hold.
        example: as one writes them.

    Raises:
        ConfigError: they are no dict, or hold an unknown word.
    """
    if options is None:
        return {}
    if not isinstance(options, Mapping):
        raise ConfigError(f"reset: options: expected a dict such as {example}, got {options!r}")
    problems = Problems("reset")
    for word in cast("Mapping[object, object]", options):
        problems.check(word in known, f"options: unknown {word!r}{did_you_mean(str(word), known)}")
    problems.raise_if_any()
    return cast("Mapping[str, Any]", options)


@contextmanager
def numbers_kept(env: Any) -> Generator[None]:
    """Put an environment's random numbers back where they were, if its reset is refused half way.

    Args:
        env: the environment, of Gymnasium.
    """
    generator, seed = env._np_random, env._np_random_seed
    state = None if generator is None else generator.bit_generator.state
    try:
        yield
    except ConfigError:
        env._np_random, env._np_random_seed = generator, seed
        if generator is not None:
            generator.bit_generator.state = state
        raise


def action_number(action: object, count: int) -> int:
    """The action as a Python int.

    Args:
        action: what `step` was given.
        count: how many actions there are.

    Raises:
        InvalidActionError: it is not an integer from 0 to `count` - 1.
    """
    number = as_index(action)
    if number is None or not 0 <= number < count:
        raise InvalidActionError(f"step: expected an action, an integer from 0 to {count - 1}, got {action!r}")
    return number


def as_index(value: object) -> int | None:
    """The integer that `value` is, if it is one: Python's, NumPy's or a 0-d array of them.

    Args:
        value: anything.
    """
    try:
        return operator.index(cast("int", value))
    except TypeError:
        return None
