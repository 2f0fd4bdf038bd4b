"""Environments without tables: what they return is checked, and however slow they are, Ctrl-C is heard."""

import os
import signal
import threading
import time
from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium.spaces import Discrete
from gymnasium.wrappers import TransformReward

from mazefit.agents import LearningInterrupted, QLearning, certify, solve
from mazefit.agents.world import open_world
from mazefit.backup import TraceOptions
from mazefit.envs import LandscapeEnv, Maze, MazeEnv
from mazefit.errors import ConfigError, UnsupportedEnvError
from tests.agents.worlds import BareEnv


class Odd(BareEnv):
    """A bare environment that answers a step with whatever it is told to."""

    def __init__(self, state: int = 10, reward: float = 0.0, seconds: float = 0.0, states: int = 4, actions: int = 2) -> None:
        self.told, self.seconds = (state, reward), seconds
        self.observation_space, self.action_space = Discrete(states, start=10), Discrete(actions, start=5)

    def step(self, action: int) -> tuple[int, float, bool, bool, dict[str, Any]]:
        time.sleep(self.seconds)
        return self.told[0], self.told[1], bool(self.np_random.random() < 0.2), False, {}


@pytest.mark.parametrize(
    ("env", "sentence"),
    [
        (Odd(state=9), "env: expected observations from 10 to 13, as its space says, got 9"),
        (Odd(state=14), "env: expected observations from 10 to 13, as its space says, got 14"),
        (Odd(reward=float("nan")), "env: step: expected a finite reward, got nan"),
        (Odd(reward=float("inf")), "env: step: expected a finite reward, got inf"),
        (Odd(states=2**25, actions=3), "env: expected at most 2^26 state-action pairs for a table, got 100663296"),
        (Odd(states=2**40), "env: expected at most 2^26 state-action pairs"),
    ],
)
@pytest.mark.parametrize("trace", [False, True])
def test_what_an_environment_must_not_answer(env: BareEnv, sentence: str, trace: bool) -> None:
    with pytest.raises(UnsupportedEnvError) as refused:
        QLearning().learn(env, steps=50, seed=0, trace=trace)
    assert sentence in str(refused.value)


def test_ctrl_c_is_heard_soon_however_slow_the_environment_is() -> None:
    timer = threading.Timer(0.4, os.kill, (os.getpid(), signal.SIGINT))
    begun = time.perf_counter()
    timer.start()
    with pytest.raises(LearningInterrupted) as stopped:
        QLearning().learn(Odd(seconds=0.02), episodes=10**6, seed=0, trace=True)
    assert time.perf_counter() - begun < 2.5
    run = stopped.value.run
    assert run.steps == run.lengths.sum()


def test_the_block_changes_no_byte(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = QLearning().learn(BareEnv(), episodes=60, seed=4, trace=True)
    monkeypatch.setattr("mazefit.agents.progress.PATIENCE", 0.0)  # every block counts as slow: single steps
    steps = QLearning().learn(BareEnv(), episodes=60, seed=4, trace=True)
    assert steps.q.tobytes() == whole.q.tobytes()
    assert steps.returns.tobytes() == whole.returns.tobytes()


def test_compiled_is_refused_where_there_is_nothing_to_compile() -> None:
    with pytest.raises(ConfigError, match="expected 'python' or 'auto' for an environment without tables, got 'compiled'"):
        QLearning().learn(BareEnv(), steps=5, backend="compiled")


class Windy(MazeEnv):
    """A maze in which every move is one to the right."""

    def step(self, action: int) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        return super().step(1)


def test_a_subclass_that_moves_in_its_own_way_is_learned_through_its_steps() -> None:
    env = Windy(maze=Maze.from_text("S.G"))
    assert open_world(env).live
    assert not open_world(MazeEnv(maze=Maze.from_text("S.G"))).live
    assert QLearning().learn(env, episodes=20, seed=0).lengths.tolist() == [2] * 20


class Still(LandscapeEnv):
    """A landscape on which every move is one to the left."""

    def step(self, action: int) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        return super().step(3)


def test_a_landscape_that_moves_in_its_own_way_is_learned_through_its_steps_too() -> None:
    assert open_world(Still()).live
    assert not open_world(LandscapeEnv()).live


def test_a_wrapper_that_changes_rewards_is_not_solved_behind_its_back() -> None:
    env = TransformReward(gymnasium.make("mazefit/Maze-v0", maze="S.G"), lambda reward: 10 * reward)
    run = QLearning(step_size=1.0).learn(env, episodes=50, seed=0)
    assert run.q.min() == -20.0  # learned as paid
    for ask in (lambda: solve(env), lambda: certify(env, run.q)):
        with pytest.raises(UnsupportedEnvError, match=r"TransformReward changes; hand over env\.unwrapped"):
            ask()
    assert solve(env.unwrapped).v[0] == -1.0


def test_another_time_limit_is_another_environment() -> None:
    part = QLearning().learn(gymnasium.make("CliffWalking-v1", max_episode_steps=37), episodes=3, seed=0)
    with pytest.raises(ConfigError, match="env: expected the run's own environment, time limit included"):
        QLearning().learn(gymnasium.make("CliffWalking-v1", max_episode_steps=7), episodes=9, resume=part)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"seed": 77}, "seed: expected none, or the run's 0, got 77"),
        ({"initial": 9.0}, "initial: expected none beside resume, got some"),
        ({"trace": TraceOptions(level=2)}, "trace: expected none, or the run's TraceOptions(level=0, ring=None), got"),
    ],
)
def test_what_a_resumed_run_has_already(arguments: dict[str, Any], sentence: str) -> None:
    part = QLearning().learn(Maze.named("tutorial"), episodes=3, seed=0, trace=True)
    with pytest.raises(ConfigError) as refused:
        QLearning().learn(Maze.named("tutorial"), episodes=9, resume=part, **arguments)
    assert sentence in str(refused.value)
    assert QLearning().learn(Maze.named("tutorial"), episodes=9, resume=part, seed=np.int64(0)).episodes == 9


def test_what_a_callback_is_given_is_its_own() -> None:
    def spoil(event: Any) -> bool:
        event.returns[:] = 99.0
        return np.bool_(event.episodes >= 5)

    run = QLearning().learn(Maze.named("tutorial"), episodes=500_000, seed=0, callbacks=spoil)
    assert (run.returns < 1).all()
    assert 5 <= run.episodes < 500_000


def test_a_planner_explores_nothing() -> None:
    from mazefit.agents import ValueIteration, evaluate

    planned = ValueIteration().solve(Maze.named("tutorial"))
    for ask in (
        lambda: planned.act(0, greedy=False, rng=np.random.default_rng(0)),
        lambda: evaluate(planned, Maze.named("tutorial"), greedy=False),
    ):
        with pytest.raises(ConfigError, match="greedy: expected True for a planner"):
            ask()
    assert evaluate(planned, Maze.named("tutorial"), episodes=3).lengths.tolist() == [4, 4, 4]


class Fragile(BareEnv):
    """A bare environment that breaks at a step of its life."""

    def __init__(self, last: int = 500) -> None:
        self.count, self.last = 0, last

    def step(self, action: int) -> tuple[int, float, bool, bool, dict[str, Any]]:
        self.count += 1
        if self.count == self.last:
            raise RuntimeError("the robot fell over")
        return super().step(action)


def test_an_environment_that_breaks_does_not_take_what_was_learned_with_it() -> None:
    with pytest.raises(RuntimeError, match="the robot fell over") as broken:
        QLearning(step_size=0.3).learn(Fragile(), episodes=10**6, seed=0, trace=True)
    assert "whole episodes, is this exception's `.run`" in broken.value.__notes__[0]
    run = vars(broken.value)["run"]
    assert 0 < run.steps < 500
    whole = QLearning(step_size=0.3).learn(BareEnv(), episodes=run.episodes, seed=0, trace=True)
    assert run.q.tobytes() == whole.q.tobytes() == run.trace.replay().q.tobytes()
    assert run.lengths.tolist() == whole.lengths.tolist()
    on = QLearning(step_size=0.3).learn(Fragile(last=10**9), episodes=run.episodes + 20, resume=run)
    assert on.q.tobytes() == QLearning(step_size=0.3).learn(BareEnv(), episodes=run.episodes + 20, seed=0).q.tobytes()


def test_a_callback_that_breaks_does_not_either() -> None:
    def fail(event: Any) -> None:
        if event.steps > 9000:
            raise ValueError("in a callback")

    with pytest.raises(ValueError, match="in a callback") as broken:
        QLearning().learn(Maze.named("dyna"), episodes=10**6, seed=0, trace=True, callbacks=fail)
    run = vars(broken.value)["run"]
    assert run.q.tobytes() == QLearning().learn(Maze.named("dyna"), episodes=run.episodes, seed=0).q.tobytes()
    assert run.trace.replay().q.tobytes() == run.q.tobytes()
