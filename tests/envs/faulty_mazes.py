"""Maze environments as somebody else would write them: one that is right, and many that are wrong in one way."""

from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces

from mazefit.envs import Maze

ROOM = "S..\n.#.\n..G"


class Own(gymnasium.Env[Any, Any]):
    """A maze environment as somebody else would write it: tables, a state, and the refusals that the kit asks for."""

    metadata: dict[str, Any] = {"render_modes": []}  # noqa: RUF012
    render_mode = None

    def __init__(self, table: Any = None) -> None:
        self.mdp = Maze.from_text(ROOM).mdp()
        self.P = self.mdp.P if table is None else table
        self.observation_space: Any = spaces.Discrete(9)
        self.action_space: Any = spaces.Discrete(4)
        self.s: int | None = None
        self.over, self.closed, self.steps = False, False, 0

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        if self.closed:
            raise gymnasium.error.ClosedEnvironmentError("closed")
        super().reset(seed=seed)
        self.s, self.over, self.steps = (options or {}).get("state", 0), False, 0
        return self.s, self.info()

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        if self.closed or self.s is None or self.over:
            raise gymnasium.error.ResetNeeded("reset first")
        if action not in self.action_space:
            raise gymnasium.error.InvalidAction(f"{action}")
        self.steps += 1
        _, self.s, reward, self.over = self.mdp.P[self.s][int(action)][0]
        return self.s, reward, self.over, False, self.info()

    def info(self) -> dict[str, Any]:
        return {}

    def close(self) -> None:
        self.closed = True


class WrongReward(Own):
    def step(self, action: Any) -> Any:
        state, reward, *rest = super().step(action)
        return state, reward if state != 5 else -2.0, *rest


class RewardOnDeparture(Own):
    """The goal pays whoever leaves it, so nobody."""

    def step(self, action: Any) -> Any:
        left = self.s
        state, _, *rest = super().step(action)
        return state, 0.0 if left == 8 else -1.0, *rest


class LateEnd(Own):
    """`terminated` is asked before the move, so it comes one step late."""

    def step(self, action: Any) -> Any:
        before = self.s == 8
        self.over = False
        state, reward, _, *rest = super().step(action)
        self.over = before
        return state, reward, before, *rest


class OpenWall(Own):
    def step(self, action: Any) -> Any:
        if self.s == 1 and action == 2 and not self.over:
            self.s = 4
            return 4, -1.0, False, False, {}
        return super().step(action)


class ElsewhereStart(Own):
    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> Any:
        return super().reset(seed=seed, options={"state": 3} | (options or {}))


class IgnoredOption(Own):
    """Begins in the state asked for, but for one."""

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> Any:
        options = options or {}
        return super().reset(seed=seed, options={} if options.get("state") == 6 else options)


class NoOption(Own):
    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> Any:
        return super().reset(seed=seed)


class NoOptionAndWrongReward(NoOption, WrongReward):
    pass


class SharedMask(Own):
    mask = np.zeros(4, np.int8)

    def info(self) -> dict[str, Any]:
        self.mask[:] = self.mdp.next_state[self.s] != self.s
        return {"action_mask": self.mask}


class WrongMask(Own):
    def info(self) -> dict[str, Any]:
        return {"action_mask": np.ones(4, np.int8)}


class SharedInfo(Own):
    kept: dict[str, Any] = {}  # noqa: RUF012

    def info(self) -> dict[str, Any]:
        self.kept["steps"] = self.steps
        return self.kept


class Unseeded(Own):
    def info(self) -> dict[str, Any]:
        return {"noise": float(np.random.default_rng().random())}


class Remembers(Own):
    """The third episode is not what it would be in a new environment."""

    episodes = 0

    def reset(self, **options: Any) -> Any:
        self.episodes += 1
        return super().reset(**options)

    def info(self) -> dict[str, Any]:
        return {"episodes": self.episodes}


class StepAfterEnd(Own):
    def step(self, action: Any) -> Any:
        self.over = False
        return super().step(action)


class StepBeforeReset(Own):
    def step(self, action: Any) -> Any:
        if self.s is None:
            self.s = 0
        return super().step(action)


class DiesBeforeReset(Own):
    def step(self, action: Any) -> Any:
        if self.s is None:
            raise AttributeError("no attribute 's'")
        return super().step(action)


class StepAfterClose(Own):
    def close(self) -> None:
        pass


class ResetAfterClose(Own):
    def reset(self, **options: Any) -> Any:
        self.closed = False
        return super().reset(**options)


class CloseOnce(Own):
    def close(self) -> None:
        if self.closed:
            raise RuntimeError("closed twice")
        super().close()


class Uncopied(Own):
    def __deepcopy__(self, memo: Any) -> Any:
        raise TypeError("a window cannot be copied")


class ForgetfulPickle(Own):
    def __reduce__(self) -> Any:
        return type(self), ()

    def __deepcopy__(self, memo: Any) -> Any:
        twin = type(self)()
        twin.__dict__.update(self.__dict__)
        twin._np_random = None
        return twin


class SharedState(Own):
    """A copy that is the thing itself."""

    def __init__(self) -> None:
        super().__init__()
        self.board = Board()

    def step(self, action: Any) -> Any:
        self.board.count += 1
        return super().step(action)

    def reset(self, **options: Any) -> Any:
        self.board.count = 0
        return super().reset(**options)

    def info(self) -> dict[str, Any]:
        return {"count": self.board.count}


class Board:
    count = 0

    def __deepcopy__(self, memo: Any) -> "Board":
        return self


class TakesAnything(Own):
    def step(self, action: Any) -> Any:
        return super().step(action if action in self.action_space else 0)


class MovesThenRefuses(Own):
    def step(self, action: Any) -> Any:
        if action not in self.action_space and not self.closed and self.s is not None and not self.over:
            self.s = 1
        return super().step(action)


class OutsideItsSpace(Own):
    """Not in its observation space."""

    def step(self, action: Any) -> Any:
        state, *rest = super().step(action)
        return state + 100, *rest


class FiveActions(Own):
    def __init__(self) -> None:
        super().__init__()
        self.action_space = spaces.Discrete(5)


class TenStates(Own):
    def __init__(self) -> None:
        super().__init__()
        self.observation_space = spaces.Discrete(10)


class NoTables(Own):
    def __init__(self) -> None:
        super().__init__()
        self.tables, self.mdp, self.P = self.mdp, None, None

    def step(self, action: Any) -> Any:
        self.mdp = self.tables
        try:
            return super().step(action)
        finally:
            self.mdp = None
