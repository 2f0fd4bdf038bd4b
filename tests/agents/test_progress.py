import os
import signal
import threading
import time

import gymnasium
import numpy as np
import pytest

from mazefit.agents import EpsilonGreedy, Event, LearningInterrupted, QLearning, Run
from mazefit.backup import TraceOptions
from mazefit.envs.maze import Maze
from mazefit.errors import ConfigError
from tests.agents.worlds import BareEnv, six_worlds

LEARNER = QLearning(step_size=0.4, discount=0.9, policy=EpsilonGreedy(0.2))


def same(one: Run, other: Run) -> bool:
    """Whether two runs hold the same bytes in every part."""
    assert one.trace is not None
    assert other.trace is not None
    return (
        one.q.tobytes() == other.q.tobytes()
        and one.returns.tobytes() == other.returns.tobytes()
        and one.lengths.tobytes() == other.lengths.tobytes()
        and (one.steps, one.drawn, one.seed) == (other.steps, other.drawn, other.seed)
        and all(
            one.trace.rows.column(name).tobytes() == other.trace.rows.column(name).tobytes() for name in one.trace.rows.schema
        )
        and one.trace.episodes.tobytes() == other.trace.episodes.tobytes()
        and sorted(one.trace.keyframes) == sorted(other.trace.keyframes)
    )


@pytest.mark.parametrize("world", six_worlds().items(), ids=lambda item: item[0])
def test_resumed_by_episodes_equals_uninterrupted(world: tuple[str, object]) -> None:
    whole = LEARNER.learn(world[1], episodes=60, seed=3, trace=True)
    part = LEARNER.learn(world[1], episodes=23, seed=3, trace=True)
    before = part.q.tobytes()
    assert same(LEARNER.learn(world[1], episodes=60, trace=True, resume=part), whole)
    assert part.q.tobytes() == before  # the run that was given is left as it was


@pytest.mark.parametrize("world", six_worlds().items(), ids=lambda item: item[0])
@pytest.mark.parametrize("cut", [1, 17, 500, 1999])
def test_resumed_in_the_middle_of_an_episode_equals_uninterrupted(world: tuple[str, object], cut: int) -> None:
    whole = LEARNER.learn(world[1], steps=2000, seed=5, trace=True)
    part = LEARNER.learn(world[1], steps=cut, seed=5, trace=True)
    assert same(LEARNER.learn(world[1], steps=2000, trace=True, resume=part), whole)


def test_a_live_environment_resumes_at_an_episodes_end() -> None:
    whole = LEARNER.learn(BareEnv(), episodes=40, seed=6, trace=True)
    part = LEARNER.learn(BareEnv(), episodes=11, seed=6, trace=True)
    assert same(LEARNER.learn(BareEnv(), episodes=40, trace=True, resume=part), whole)
    assert len(set(whole.returns.tolist())) > 20  # rewards are random there, so this is no accident


def test_a_live_environment_cannot_resume_inside_an_episode() -> None:
    part = LEARNER.learn(BareEnv(), steps=7, seed=6)
    assert part.unfinished is not None
    with pytest.raises(ConfigError, match="expected one that stopped at an episode's end"):
        LEARNER.learn(BareEnv(), steps=20, resume=part)


@pytest.mark.parametrize(
    ("learner", "env", "arguments", "sentence"),
    [
        (QLearning(), Maze.named("dyna"), {"episodes": 9, "trace": True}, "algorithm: expected QLearning(step_size=0.4"),
        (LEARNER, Maze.named("tutorial"), {"episodes": 9, "trace": True}, "env: expected the run's own environment"),
        (
            LEARNER,
            Maze.named("dyna"),
            {"episodes": 9, "trace": False},
            "trace: expected as in the run, which has one, got none",
        ),
        (
            LEARNER,
            Maze.named("dyna"),
            {"episodes": 2, "trace": True},
            "episodes: expected a total of at least the run's 5, got 2",
        ),
    ],
)
def test_what_cannot_be_resumed(learner: QLearning, env: Maze, arguments: dict[str, object], sentence: str) -> None:
    part = LEARNER.learn(Maze.named("dyna"), episodes=5, seed=0, trace=True)
    with pytest.raises(ConfigError) as refused:
        learner.learn(env, resume=part, **arguments)
    assert sentence in str(refused.value)


def test_callbacks_are_told_and_may_stop_at_a_whole_episode() -> None:
    events: list[Event] = []

    def stop_after_8000(event: Event) -> bool:
        events.append(event)
        assert not event.q.flags.writeable
        return event.steps >= 8000

    run = LEARNER.learn(Maze.named("dyna"), episodes=10**6, seed=1, trace=True, callbacks=[stop_after_8000])
    assert [events[0].kind, events[-1].kind] == ["start", "end"]
    assert {event.kind for event in events[1:-1]} == {"progress"}
    assert sum(len(event.returns) for event in events) == len(run.returns) == events[-1].episodes
    assert run.steps == run.lengths.sum()
    assert run.unfinished is None
    assert same(run, LEARNER.learn(Maze.named("dyna"), episodes=run.episodes, seed=1, trace=True))


@pytest.mark.parametrize("backend", ["python", "compiled"])
@pytest.mark.parametrize("level", [0, 2])
def test_ctrl_c_keeps_every_whole_episode(backend: str, level: int) -> None:
    env = Maze.generate(12, 12, seed=1)
    LEARNER.learn(env, steps=10, seed=0, trace=True, backend=backend)  # compile first
    timer = threading.Timer(0.15, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt) as stopped:
        LEARNER.learn(env, episodes=10**9, seed=2, trace=TraceOptions(level=level), backend=backend)
    error = stopped.value
    assert isinstance(error, LearningInterrupted)
    run = error.run
    assert run.episodes > 0
    whole = LEARNER.learn(env, episodes=run.episodes, seed=2, trace=TraceOptions(level=level))
    assert same(run, whole)
    assert run.trace is not None
    assert run.trace.replay().q.tobytes() == run.q.tobytes()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_ctrl_c_in_the_very_first_episode_leaves_the_initial_table() -> None:
    # a corner that can hardly be left: the goal is walled off by distance, no episode ends in time
    env = Maze.generate(60, 60, "binary-tree", seed=0)
    timer = threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(LearningInterrupted) as stopped:
        QLearning(discount=1.0).learn(env.mdp(0.0, 0.0), steps=10**9, seed=0, trace=True, initial=0.0)
    run = stopped.value.run
    assert run.steps == run.lengths.sum()
    assert run.trace is not None
    assert len(run.trace) == run.steps


def test_learning_in_another_thread_needs_no_signals() -> None:
    found: list[Run] = []
    thread = threading.Thread(target=lambda: found.append(LEARNER.learn(Maze.named("dyna"), episodes=3, seed=0)))
    thread.start()
    thread.join()
    assert found[0].episodes == 3


def test_a_compiled_loop_comes_back_within_50_ms() -> None:
    times = [time.perf_counter()]
    LEARNER.learn(
        Maze.named("dyna"), steps=500_000, seed=0, backend="compiled", callbacks=[lambda e: times.append(time.perf_counter())]
    )
    assert np.median(np.diff(times[1:])) < 0.05


def test_random_starts_are_drawn_from_where_the_goal_can_be_reached() -> None:
    maze = Maze.from_text("S.#.\n..#.\n..#.\n...G")
    run = LEARNER.learn(maze.mdp(random_start=True), episodes=400, seed=0, trace=True)
    assert run.trace is not None
    cells = run.trace.rows.column("cell")[run.trace.episodes[:-1]] & ((1 << 26) - 1)
    assert set((cells // 4).tolist()) == set(np.flatnonzero(maze.distances() > 0).tolist())


def test_the_time_limit_truncates() -> None:
    env = gymnasium.make("CliffWalking-v1", max_episode_steps=13)
    run = LEARNER.learn(env, episodes=50, seed=0)
    assert run.lengths.max() == 13


def test_a_resumed_run_is_traced_as_it_was() -> None:
    env = Maze.named("tutorial")
    traced = LEARNER.learn(env, episodes=5, seed=0, trace=True)
    assert same(LEARNER.learn(env, episodes=9, resume=traced), LEARNER.learn(env, episodes=9, seed=0, trace=True))
    bare = LEARNER.learn(env, episodes=5, seed=0)
    assert LEARNER.learn(env, episodes=9, resume=bare).trace is None


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"trace": "yes"}, "trace: expected True, False or TraceOptions(level=, ring=), got 'yes'"),
        ({"trace": 3}, "trace: expected True, False or TraceOptions"),
        ({"resume": "folder"}, "resume: expected a Run (Run.load(folder) reads a saved one), got 'folder'"),
        ({"callbacks": 3}, "callbacks: expected functions that take an Event, got 3"),
        ({"callbacks": [print, "x"]}, "callbacks: expected functions that take an Event, got 'x'"),
    ],
)
def test_arguments_of_the_wrong_kind(arguments: dict[str, object], sentence: str) -> None:
    with pytest.raises(ConfigError) as refused:
        LEARNER.learn(Maze.named("tutorial"), episodes=2, **arguments)
    assert sentence in str(refused.value)


def test_one_callback_need_not_be_a_list() -> None:
    events: list[Event] = []
    LEARNER.learn(Maze.named("tutorial"), episodes=2, seed=0, callbacks=events.append)
    assert events[-1].episodes == 2


def test_episodes_that_can_never_end_are_refused_and_steps_are_not() -> None:
    for text in ("S#G", "S.#.\n..#G"):
        walled = Maze.from_text(text, allow_unsolvable=True)
        with pytest.raises(ConfigError, match=r"expected an environment whose episodes can end, .* give steps= instead"):
            LEARNER.learn(walled, episodes=3)
        assert LEARNER.learn(walled, steps=50, seed=0).episodes == 0
    limited = gymnasium.make("mazefit/Maze-v0", maze=walled, max_episode_steps=7)
    assert LEARNER.learn(limited, episodes=3, seed=0).lengths.tolist() == [7, 7, 7]


def test_an_exception_in_an_environment_or_a_callback_leaves_the_signals_as_they_were() -> None:
    def fail(event: Event) -> None:
        if event.kind == "progress":
            raise RuntimeError("in a callback")

    with pytest.raises(RuntimeError, match="in a callback"):
        LEARNER.learn(Maze.named("tutorial"), episodes=2, seed=0, callbacks=[fail])
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
