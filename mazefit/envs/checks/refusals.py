"""Rules of refusal: what must not be done is refused by name, and a refusal changes nothing."""

import copy
from collections import deque
from typing import Any

import gymnasium.error
import numpy as np
from gymnasium.utils.env_checker import data_equivalence

from mazefit.envs.checks.subject import BrokenRuleError, Env, Subject, hold

_NAMED = (gymnasium.error.Error, gymnasium.error.ClosedEnvironmentError)  # the second is no child of the first
_LOOKED_AT = 100_000  # states, when looking for a way to an end
_STEPS = 2_000  # steps taken on the way to it


def no_step_before_reset(subject: Subject) -> None:
    """A step before the first reset is refused."""
    _refused(subject.unused(), "step before the first reset", 0)


def no_step_after_the_end(subject: Subject) -> None:
    """A step after the episode's end is refused, again and again, until the next reset."""
    env = subject.copy()
    if not _go_to_an_end(subject, env):
        subject.notes.append("no way to an episode's end was found, so a step after it was not tried")
        return
    for action in range(subject.actions):
        _refused(env, "step after the episode's end", action)
    env.reset(seed=subject.seed)
    env.step(0)


def nothing_after_close(subject: Subject) -> None:
    """After close, step and reset are refused, and a second close does no harm."""
    env = subject.copy()
    env.reset(seed=subject.seed)
    env.close()
    env.close()
    _refused(env, "step after close", 0)
    try:
        env.reset(seed=subject.seed)
    except _NAMED:
        return
    except Exception as error:
        raise BrokenRuleError(_unnamed("reset after close", error)) from error
    raise BrokenRuleError("reset after close was accepted, where gymnasium.error.ClosedEnvironmentError was expected")


def no_foreign_actions(subject: Subject) -> None:
    """What is no action is refused, and the environment stays as it was."""
    env = subject.copy()
    env.reset(seed=subject.seed)
    twin = copy.deepcopy(env)
    foreign: list[Any] = [subject.actions, -1, 99, 1.5, np.float64(1.0), float("nan"), "up", None]
    for action in foreign:
        try:
            env.step(action)
        except Exception:
            continue
        raise BrokenRuleError(f"step({action!r}) was accepted, where the actions are 0 to {subject.actions - 1}")
    one, other = env.step(0), twin.step(0)
    same = bool(data_equivalence(one, other, exact=True))
    hold(same, f"refused actions changed the environment: step(0) gave {one!r} after them and {other!r} without")


def _refused(env: Env, what: str, action: int) -> None:
    try:
        env.step(action)
    except _NAMED:
        return
    except Exception as error:
        raise BrokenRuleError(_unnamed(what, error)) from error
    raise BrokenRuleError(f"a {what} was accepted, where gymnasium.error.ResetNeeded or ClosedEnvironmentError was expected")


def _unnamed(what: str, error: Exception) -> str:
    return f"a {what} died of {type(error).__name__}: {error}, where one of gymnasium.error's own was expected"


def _go_to_an_end(subject: Subject, env: Env) -> bool:
    """Bring the environment to the end of an episode by the shortest way that the tables know."""
    observation, _ = env.reset(seed=subject.seed)
    for _ in range(_STEPS):
        state = subject.state(env, observation)
        action = None if state is None else _towards_an_end(subject, state)
        if action is None:
            return False
        observation, _, terminated, truncated, _ = env.step(action)
        if terminated:
            return True
        if truncated:
            observation, _ = env.reset()
    return False


def _towards_an_end(subject: Subject, state: int) -> int | None:
    """The first action of a shortest way to an episode's end, looking forward from `state`."""
    first: dict[int, int] = {}
    queue = deque([state])
    while queue and len(first) < _LOOKED_AT:
        here = queue.popleft()
        for action in range(subject.actions):
            for _, arrival, _, terminated in subject.mdp.outcomes(here, action):
                if terminated:
                    return first.get(here, action)
                if arrival not in first and arrival != state:
                    first[arrival] = first.get(here, action)
                    queue.append(arrival)
    return None
