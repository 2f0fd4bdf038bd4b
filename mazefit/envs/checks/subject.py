"""The environment under check: copies of it, its tables, and how to tell in which state it stands."""

import copy
from functools import cached_property
from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces

from mazefit.envs.tables import TabularMDP

Env = gymnasium.Env[Any, Any]


class BrokenRuleError(Exception):
    """A rule does not hold; the message is one sentence on how."""


def hold(fine: bool, sentence: str) -> None:
    """Go on where a rule holds.

    Raises:
        BrokenRuleError: it does not.
    """
    if not fine:
        raise BrokenRuleError(sentence)


class Subject:
    """An environment that is never touched itself: every check works on a copy.

    Args:
        env: the environment, not yet reset.
        seed: for every random choice of the checks.
        transitions: how many transitions are at most compared with the tables.
    """

    def __init__(self, env: Env, seed: int, transitions: int) -> None:
        self.env, self.seed, self.most = env, seed, transitions
        self.compared, self.of = 0, 0
        self.notes: list[str] = []

    def copy(self) -> Env:
        """A deep copy, in whatever state the environment was given."""
        try:
            return copy.deepcopy(self.env)
        except Exception as error:
            raise BrokenRuleError(f"copy.deepcopy(env) raised {type(error).__name__}: {error}") from error

    def unused(self) -> Env:
        """One that was never reset: made anew where the environment has a spec, else a copy."""
        if self.env.spec is None:
            return self.copy()
        made = gymnasium.make(self.env.spec)
        return made.unwrapped if self.env is self.env.unwrapped else made

    def generator(self) -> np.random.Generator:
        """The same random numbers in every check."""
        return np.random.default_rng(self.seed)

    @cached_property
    def actions(self) -> int:
        """The number of actions."""
        space = self.env.action_space
        hold(isinstance(space, spaces.Discrete) and space.start == 0, f"the action space is {space}, not Discrete(n) from 0")
        return int(getattr(space, "n"))  # noqa: B009 - a Discrete's, as was just seen

    @cached_property
    def mdp(self) -> TabularMDP:
        """The environment's tables."""
        return TabularMDP.from_env(self.env)

    def state(self, env: Env, observation: Any) -> int | None:
        """The state an environment stands in: its observation where that is a number, else its `state`, where it has one."""
        if isinstance(env.observation_space, spaces.Discrete):
            return int(observation)
        state = getattr(env.unwrapped, "state", None)
        return int(state) if isinstance(state, int | np.integer) else None

    def begin_in(self, env: Env, state: int) -> bool:
        """Reset to a state through the options; whether that worked."""
        try:
            observation, _ = env.reset(seed=self.seed, options={"state": state})
        except Exception:
            return False
        return self.state(env, observation) == state

    @cached_property
    def begins_anywhere(self) -> bool:
        """Whether `reset(options={"state": s})` is understood: with one seed, it begins in the first state and in the last."""
        free = np.flatnonzero(~self.mdp.absorbing).tolist()
        found = all(self.begin_in(self.copy(), state) for state in {*free[:1], *free[-1:]})
        if not found:
            self.notes.append(
                "reset(options={'state': s}) is not understood, so transitions were compared along episodes alone"
            )
        return found
