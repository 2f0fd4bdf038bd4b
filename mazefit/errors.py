"""Every way in which mazefit refuses, drawn as one tree.

MazefitError
├── ConfigError              a setting is out of range or unknown (lists every wrong field at once)
├── MazeFormatError          a maze's text cannot be read (names line and column)
├── UnsupportedEnvError      an environment without what a learner or planner needs
├── InvalidActionError       an action outside the action space      (also gymnasium.error.InvalidAction)
├── ResetNeededError         a step before reset or after the end    (also gymnasium.error.ResetNeeded)
├── ClosedEnvError           a call on a closed environment          (also gymnasium.error.ClosedEnvironmentError)
├── UnboundedValueError      an exact value does not exist
├── NoActionValuesError      action values are asked of a learner of state values (also AttributeError)
├── SpecError                a traced update breaks its algorithm's rule
├── DeviceError              a device that was asked for is not there                             (exit code 4)
├── TrainingError            a fit came to a loss that is no finite number (names epoch and step) (exit code 1)
├── DataError                a file is damaged, foreign or of another version
└── OutputError              a folder or file cannot be written

Each is one sentence: what, where, expected, got.
"""

from collections.abc import Iterable
from dataclasses import fields
from difflib import get_close_matches
from typing import Any, get_args

import gymnasium.error
import numpy as np


class MazefitError(Exception):
    """Base of all errors that mazefit raises on purpose; `exit_code` is what a script ends with."""

    exit_code = 2


class ConfigError(MazefitError, ValueError):
    """A setting is out of range or unknown; the message lists every wrong field."""


class MazeFormatError(MazefitError, ValueError):
    """A maze's text cannot be read; the message names line and column."""

    exit_code = 3


class UnsupportedEnvError(MazefitError, TypeError):
    """An environment lacks what is asked of it, such as discrete states."""


class InvalidActionError(MazefitError, gymnasium.error.InvalidAction):
    """An action is not an integer of the action space."""


class ResetNeededError(MazefitError, gymnasium.error.ResetNeeded):
    """`step` was called before `reset` or after the episode's end."""


class ClosedEnvError(MazefitError, gymnasium.error.ClosedEnvironmentError):
    """An environment was used after `close`."""


class UnboundedValueError(MazefitError, ArithmeticError):
    """An exact value does not exist, such as on a cycle of positive reward at discount 1."""


class NoActionValuesError(MazefitError, AttributeError):
    """Action values were asked of a run that learned state values."""


class SpecError(MazefitError, ValueError):
    """A traced update breaks its algorithm's rule; the message lists every violation."""


class DeviceError(MazefitError, RuntimeError):
    """A device that was asked for by name is not there, or cannot do what was asked of it."""

    exit_code = 4


class TrainingError(MazefitError, ArithmeticError):
    """A fit came to a loss that is no finite number; the message names the epoch and the step."""

    exit_code = 1


class DataError(MazefitError, ValueError):
    """A file is damaged, foreign or of another version."""

    exit_code = 3


class OutputError(MazefitError, OSError):
    """A folder or file cannot be written."""


def did_you_mean(word: object, known: Iterable[str]) -> str:
    """The end of a sentence: `; did you mean 'wilson'?`, or the list of known words where nothing is near."""
    options = list(known)
    near = get_close_matches(str(word).lower(), options, n=1, cutoff=0.6)
    return f"; did you mean {near[0]!r}?" if near else f"; expected one of {', '.join(options)}"


class Problems:
    """Collects what is wrong with a set of arguments, so that all of it is said at once.

    >>> problems = Problems("QLearning")
    >>> problems.check(0 < 2.0 <= 1, "step_size: expected 0 < step_size <= 1, got 2.0")
    >>> problems.check(0 <= 3.0 <= 1, "discount: expected 0 <= discount <= 1, got 3.0")
    >>> problems.raise_if_any()
    Traceback (most recent call last):
    mazefit.errors.ConfigError: QLearning: step_size: expected 0 < step_size <= 1, got 2.0; discount: expected ...
    """

    def __init__(self, where: str) -> None:
        self.where = where
        self.sentences: list[str] = []

    def check(self, fine: bool, sentence: str) -> None:
        """Note `sentence` unless `fine`."""
        if not fine:
            self.sentences.append(sentence)

    def number(self, name: str, value: object, low: float, high: float, *, open_low: bool = False) -> None:
        """Note a value that is not a real number in [low, high] (or in (low, high] with `open_low`)."""
        inside = False
        if isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool):
            number = float(value) if isinstance(value, np.floating) else value  # a narrow one would be compared narrowly
            inside = bool((low < number if open_low else low <= number) and number <= high)
        sign = "<" if open_low else "<="
        self.check(inside, f"{name}: expected a number with {low:g} {sign} {name} <= {high:g}, got {value!r}")

    def integer(self, name: str, value: object, low: int, high: int | None = None) -> None:
        """Note a value that is not an integer of at least `low` (and at most `high`)."""
        inside = False
        if isinstance(value, int | np.integer) and not isinstance(value, bool):
            inside = bool(low <= value and (high is None or value <= high))
        bound = f"of at least {low}" if high is None else f"from {low} to {high}"
        self.check(inside, f"{name}: expected an integer {bound}, got {value!r}")

    def choice(self, name: str, value: object, known: Iterable[str]) -> None:
        """Note a word that is not among the known ones, with the nearest of them."""
        options = list(known)
        self.check(isinstance(value, str) and value in options, f"{name}: unknown {value!r}{did_you_mean(value, options)}")

    def instance(self, name: str, value: object, kind: type) -> None:
        """Note a value that is not of a type."""
        self.check(isinstance(value, kind), f"{name}: expected {kind.__name__}, got {value!r}")

    def raise_if_any(self) -> None:
        """Raise one ConfigError with everything noted.

        Raises:
            ConfigError: at least one check failed.
        """
        if self.sentences:
            raise ConfigError(f"{self.where}: {'; '.join(self.sentences)}")


def set_plain(settings: Any) -> None:
    """Turn the numbers of a frozen dataclass into Python's own, once they are checked: fields that hold `float` or `int`."""
    for field in fields(settings):
        value = getattr(settings, field.name)
        if isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool):
            kinds = get_args(field.type) or (field.type,)
            kind = float if float in kinds or "float" in kinds else int if int in kinds or "int" in kinds else None
            if kind is not None:
                object.__setattr__(settings, field.name, kind(value))
