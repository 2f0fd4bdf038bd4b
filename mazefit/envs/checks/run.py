"""`check_maze_env`: every rule in turn, and a report."""

import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

import gymnasium
from gymnasium.utils.env_checker import check_env

from mazefit.envs.checks import episodes, refusals, transitions
from mazefit.envs.checks.subject import BrokenRuleError, Subject, hold
from mazefit.errors import MazefitError, Problems, UnsupportedEnvError

_COLOUR = re.compile(r"\x1b\[\d+m")


def gymnasiums_rules(subject: Subject) -> None:
    """Gymnasium's own checker finds no error and gives no warning."""
    env = subject.copy().unwrapped
    with warnings.catch_warnings(record=True) as given:
        warnings.simplefilter("always")
        check_env(env, skip_render_check=env.spec is None)
    hold(not given, f"Gymnasium's checker warns: {_COLOUR.sub('', str(given[0].message)) if given else ''}")


RULES: tuple[tuple[str, Callable[[Subject], None]], ...] = (
    ("Gymnasium's own checker finds nothing", gymnasiums_rules),
    ("the spaces fit the tables", transitions.spaces_fit_the_tables),
    ("every step does what the tables say", transitions.steps_follow_the_tables),
    ("a mask forbids what would change nothing, and nothing else", transitions.masks_forbid_bumps),
    ("the same seed gives the same episodes", episodes.same_seed_same_episodes),
    ("what was handed out stays as it was", episodes.answers_stay_as_they_were),
    ("copies made in the middle of an episode go on alike", episodes.copies_go_on_alike),
    ("no step before the first reset", refusals.no_step_before_reset),
    ("no step after the episode's end", refusals.no_step_after_the_end),
    ("nothing after close", refusals.nothing_after_close),
    ("what is no action is refused and changes nothing", refusals.no_foreign_actions),
)


class ConformanceError(MazefitError, AssertionError):
    """An environment breaks rules; `failures` holds one sentence for each, and the message all of them."""

    def __init__(self, name: str, failures: list[str], kit: str = "check_maze_env", of: int = len(RULES)) -> None:
        self.failures = tuple(failures)
        rules = "rule" if len(failures) == 1 else "rules"
        super().__init__("\n  ".join([f"{kit}: {name} breaks {len(failures)} {rules} of {of}:", *failures]))


@dataclass(frozen=True)
class CheckReport:
    """What was checked, once everything held.

    Args:
        rules: the rules, one sentence each.
        compared: how many transitions were compared with the tables, each from its own state.
        of: how many there are.
        notes: what could not be checked, and why.
    """

    rules: tuple[str, ...]
    compared: int
    of: int
    notes: tuple[str, ...]

    def __str__(self) -> str:
        first = f"{len(self.rules)} rules hold; {self.compared:,} of {self.of:,} transitions compared with the tables"
        return "\n".join([first, *(f"note: {note}" for note in self.notes)])


def check_maze_env(env: gymnasium.Env[Any, Any], *, seed: int = 0, transitions: int = 20_000) -> CheckReport:
    """Hold a maze environment, one's own or mazefit's, against the rules that mazefit's learners rely on.

    Everything that Gymnasium's checker asks; whole episodes that repeat under a seed; every state and action against the tables
    (`mdp`, or `P` as in Gymnasium's toy_text); steps before reset, after the end and after close refused; pickles and deep
    copies that go on alike. States are begun in with `reset(options={"state": s})` where the environment understands it.

    Args:
        env: an environment with discrete actions and tables, not yet reset; it is left as it is, all work is done on copies.
        seed: for the episodes and for the sample.
        transitions: compare at most so many with the tables, a seeded sample where there are more.

    Returns:
        What was checked.

    Raises:
        ConformanceError: rules are broken; one sentence for each.
        UnsupportedEnvError: `env` is no Gymnasium environment.
        ConfigError: `seed` or `transitions` is out of range.

    >>> from mazefit.envs import MazeEnv
    >>> print(check_maze_env(MazeEnv("S..\\n...\\n..G")))
    11 rules hold; 32 of 32 transitions compared with the tables
    """
    given = cast("object", env)
    if not isinstance(given, gymnasium.Env):
        raise UnsupportedEnvError(f"check_maze_env: expected a gymnasium.Env, got {type(given).__name__}")
    problems = Problems("check_maze_env")
    problems.integer("seed", seed, 0)
    problems.integer("transitions", transitions, 1)
    problems.raise_if_any()
    subject = Subject(env, seed, transitions)
    failures: list[str] = []
    for rule, check in RULES:
        try:
            check(subject)
        except BrokenRuleError as broken:
            failures.append(f"{rule}: {broken}")
        except Exception as error:
            failures.append(f"{rule}: {type(error).__name__} was raised: {error}")
    if failures:
        raise ConformanceError(type(env.unwrapped).__name__, failures)
    return CheckReport(tuple(rule for rule, _ in RULES), subject.compared, subject.of, tuple(dict.fromkeys(subject.notes)))
