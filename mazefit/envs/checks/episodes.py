"""Rules of whole episodes: the same seed gives the same again, copies go on alike, what was handed out stays as it was."""

import copy
import pickle
from typing import Any

from gymnasium.utils.env_checker import data_equivalence

from mazefit.envs.checks.subject import Env, Subject, hold

_EPISODES, _STEPS = 3, 200


def same_seed_same_episodes(subject: Subject) -> None:
    """Whole episodes are a function of the seed and the actions."""
    first = _episodes(subject, subject.copy(), subject.seed)
    one = subject.copy()
    _episodes(subject, one, subject.seed + 1)
    for env, which in ((one, "the same environment, used before"), (subject.copy(), "a copy of it")):
        _compare(first, _episodes(subject, env, subject.seed), f"seed {subject.seed} gave other episodes in {which}")


def answers_stay_as_they_were(subject: Subject) -> None:
    """Observations and infos belong to whoever received them."""
    env, kept = subject.copy(), []
    for answer in _answers(subject, env, subject.seed):
        kept.append((answer, copy.deepcopy(answer)))
    for number, (answer, before) in enumerate(kept):
        if not _equal(answer, before):
            hold(False, f"answer {number} of an episode was changed by later steps: {before!r} became {answer!r}")


def copies_go_on_alike(subject: Subject) -> None:
    """A deep copy or a pickle in the middle of an episode goes on as the environment itself does."""
    env, actions = subject.copy(), subject.generator().integers(subject.actions, size=2 * _STEPS).tolist()
    env.reset(seed=subject.seed)
    half = _walk(env, actions[:7])
    if half and (half[-1][2] or half[-1][3]):
        env.reset(seed=subject.seed)
    twins = [("deep copy", copy.deepcopy(env)), ("pickle", pickle.loads(pickle.dumps(env)))]
    after = _walk(env, actions[7:])
    for kind, twin in twins:
        _compare(after, _walk(twin, actions[7:]), f"a {kind} made in the middle of an episode went another way")


def _walk(env: Env, actions: list[int]) -> list[Any]:
    """Answers to the actions, up to the end of the episode."""
    answers: list[Any] = []
    for action in actions:
        answers.append(copy.deepcopy(env.step(action)))
        if answers[-1][2] or answers[-1][3]:
            break
    return answers


def _episodes(subject: Subject, env: Env, seed: int) -> list[Any]:
    return [copy.deepcopy(answer) for answer in _answers(subject, env, seed)]


def _answers(subject: Subject, env: Env, seed: int) -> Any:
    """What `reset` and `step` answer over a few random episodes, the first reset with the seed."""
    actions = subject.generator().integers(subject.actions, size=(_EPISODES, _STEPS)).tolist()
    for episode in range(_EPISODES):
        yield env.reset(seed=seed if episode == 0 else None)
        for action in actions[episode]:
            answer = env.step(action)
            yield answer
            if answer[2] or answer[3]:
                break


def _compare(first: list[Any], second: list[Any], sentence: str) -> None:
    for number, (one, other) in enumerate(zip(first, second, strict=False)):
        if not _equal(one, other):
            hold(False, f"{sentence}: answer {number} was {one!r} and then {other!r}")
    hold(len(first) == len(second), f"{sentence}: {len(first)} answers and then {len(second)}")


def _equal(one: Any, other: Any) -> bool:
    return bool(data_equivalence(one, other, exact=True))
