"""Rules of single transitions: every step does what the tables say, and a mask forbids what would change nothing."""

import math
from typing import Any

import numpy as np

from mazefit.envs.checks.subject import Env, Subject, hold
from mazefit.errors import UnsupportedEnvError

_EPISODES, _STEPS = 5, 500


def spaces_fit_the_tables(subject: Subject) -> None:
    """The environment has tables, and its spaces count the same states and actions."""
    try:
        mdp = subject.mdp
    except UnsupportedEnvError as error:
        hold(False, str(error))
        return
    hold(mdp.actions == subject.actions, f"the tables have {mdp.actions} actions, the action space has {subject.actions}")
    count: Any = getattr(subject.env.observation_space, "n", None)
    if isinstance(count, int | np.integer):
        hold(int(count) == mdp.states, f"the tables have {mdp.states} states, the observation space has {count}")


def steps_follow_the_tables(subject: Subject) -> None:
    """From every state every action leads where the tables say, is rewarded on arrival, and ends the episode if they say so."""
    env = subject.copy()
    observation, _ = env.reset(seed=subject.seed)
    if subject.state(env, observation) is None:
        subject.notes.append("the state is not to be seen (no Discrete observations, no `state`), so no step was compared")
        return
    _along_episodes(subject, env)
    if subject.begins_anywhere:
        _from_every_state(subject, env)


def masks_forbid_bumps(subject: Subject) -> None:
    """An action mask is 0 exactly where an action would leave the state as it is."""
    env = subject.copy()
    observation, info = env.reset(seed=subject.seed)
    if "action_mask" not in info or not subject.mdp.deterministic:
        return
    for action in subject.generator().integers(subject.actions, size=_STEPS).tolist():
        state = subject.state(env, observation)
        if state is None:
            return
        moves = [int(arrival != state) for arrival in subject.mdp.next_state[state].tolist()]
        mask = np.asarray(info["action_mask"]).tolist()
        hold(mask == moves, f"in state {state} the mask is {mask}, the actions that lead elsewhere are {moves}")
        observation, _, terminated, truncated, info = env.step(action)
        if terminated or truncated:
            observation, info = env.reset()


def _along_episodes(subject: Subject, env: Env) -> None:
    actions = subject.generator().integers(subject.actions, size=(_EPISODES, _STEPS)).tolist()
    for episode in range(_EPISODES):
        observation, _ = env.reset(seed=subject.seed + episode)
        state = subject.state(env, observation)
        hold(
            state is not None and subject.mdp.start_distribution()[state] > 0,
            f"an episode began in state {state}, where the tables say none begins",
        )
        for action in actions[episode]:
            state, over = _one(subject, env, int(state or 0), action)
            if over:
                break


def _from_every_state(subject: Subject, env: Env) -> None:
    """All transitions, or a seeded sample where there are more than the cap."""
    cells = np.flatnonzero(np.repeat(~subject.mdp.absorbing, subject.actions))
    subject.of = len(cells)
    if len(cells) > subject.most:
        cells = np.sort(subject.generator().choice(cells, size=subject.most, replace=False))
        subject.notes.append(f"{subject.most:,} of {subject.of:,} transitions were drawn, with seed {subject.seed}")
    for cell in cells.tolist():
        state, action = divmod(cell, subject.actions)
        hold(subject.begin_in(env, state), f"reset(options={{'state': {state}}}) did not begin in state {state}")
        _one(subject, env, state, action)
        subject.compared += 1


def _one(subject: Subject, env: Env, state: int, action: int) -> tuple[int, bool]:
    """Step once and hold the answer against the tables; the next state, and whether the episode is over."""
    observation, reward, terminated, truncated, _ = env.step(action)
    arrival = subject.state(env, observation)
    outcomes = subject.mdp.outcomes(state, action)
    what = f"step({action}) in state {state}"
    reached = [outcome for outcome in outcomes if outcome[1] == arrival]
    hold(len(reached) > 0, f"{what} arrived in state {arrival}; the tables say {_any_of([o[1] for o in outcomes])}")
    paid = [outcome for outcome in reached if math.isclose(outcome[2], float(reward), rel_tol=1e-9, abs_tol=1e-12)]
    hold(
        len(paid) > 0,
        f"{what} was rewarded {float(reward):g}; the tables give {_any_of([o[2] for o in reached])} on arrival in {arrival}",
    )
    ends = "ended the episode" if terminated else "did not end the episode"
    hold(any(o[3] == bool(terminated) for o in paid), f"{what} {ends} on arrival in state {arrival}; the tables say otherwise")
    return int(arrival or 0), bool(terminated or truncated)


def _any_of(numbers: list[Any]) -> str:
    return " or ".join(f"{number:g}" for number in sorted(set(numbers)))
