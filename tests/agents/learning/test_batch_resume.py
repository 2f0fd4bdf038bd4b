"""A batch that grows: resumed runs of BatchTD and BatchMonteCarlo against uninterrupted ones, and what cannot be resumed."""

from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
import pytest

from mazefit.agents import BatchMonteCarlo, BatchTD, QLearning, Run
from mazefit.backup import TraceOptions
from mazefit.envs.maze import Maze
from mazefit.errors import ConfigError, DataError
from mazefit.files import read_folder, write_folder
from tests.agents.learning.batch_cases import BOTH, MAZE, POLICY, content
from tests.agents.learning.monte_carlo_cases import ends_soon
from tests.agents.worlds import BareEnv, six_worlds

BATCH = ("state", "action", "next", "reward", "over")


def worlds() -> dict[str, tuple[Any, Any]]:
    """Environments with a policy: tables, a limit that cuts episodes, chances, and one without tables."""
    limited = gymnasium.make("mazefit/Maze-v0", maze=MAZE, max_episode_steps=12)
    return {
        "maze": (MAZE, POLICY),
        "cut": (limited, None),
        "lake": (six_worlds()["slippery lake"], None),
        "live": (BareEnv(), None),
    }


@BOTH
@pytest.mark.parametrize("world", worlds())
@pytest.mark.parametrize("trace", [False, True, TraceOptions(level=2), TraceOptions(ring=500)], ids=str)
def test_resumed_equals_uninterrupted(kind: Any, world: str, trace: Any, tmp_path: Path) -> None:
    (env, policy), learner = worlds()[world], kind(discount=0.9)
    whole = learner.predict(env, policy, episodes=9, seed=5, initial=0.5, trace=trace)
    part = learner.predict(env, policy, episodes=3, seed=5, initial=0.5, trace=trace)
    before = content(part)
    assert content(learner.predict(env, episodes=9, resume=part)) == content(whole)
    assert content(part) == before  # the run that was given is left as it was
    more = learner.predict(env, policy, episodes=4, seed=5, trace=trace, resume=part, backend="python")
    assert more.episodes == 4
    assert len(part.model["state"]) < len(more.model["state"]) < len(whole.model["state"])
    more.save(tmp_path)
    back = Run.load(tmp_path)
    assert content(back) == content(more)
    assert content(learner.predict(env, policy, episodes=9, resume=back)) == content(whole)
    assert content(learner.predict(env, policy, episodes=9, resume=whole)) == content(whole)


@BOTH
def test_initial_values_are_taken_up_again_also_where_a_ring_has_lost_them(kind: Any) -> None:
    initial = np.random.default_rng(1).normal(size=MAZE.mdp().states)
    learner = kind(discount=0.9, max_sweeps=3)
    for trace in (False, TraceOptions(ring=1)):
        part = learner.predict(MAZE, POLICY, episodes=2, seed=0, initial=initial, trace=trace)
        grown = learner.predict(MAZE, episodes=4, resume=part)
        assert grown.v.tobytes() == learner.predict(MAZE, POLICY, episodes=4, seed=0, initial=initial).v.tobytes()
        assert grown.v.tobytes() != learner.predict(MAZE, POLICY, episodes=4, seed=0).v.tobytes()


OTHER = ends_soon(MAZE, 3)
SENTENCES: list[tuple[dict[str, Any], str]] = [
    ({"resume": "folder"}, "resume: expected a Run (Run.load(folder) reads a saved one), got 'folder'"),
    ({"policy": OTHER}, "resume: policy: expected none, or the one that the run has followed so far, got another"),
    ({"env": Maze.named("tutorial")}, "resume: env: expected the run's own environment, time limit included, got another one"),
    ({"env": Maze.named("dyna")}, "resume: env: expected the run's own environment, time limit included, got another one"),
    ({"seed": 8}, "resume: seed: expected none, or the run's 7, got 8"),
    ({"initial": 1.0}, "resume: initial: expected none beside resume, got some"),
    ({"episodes": 2}, "resume: episodes: expected a total of at least the run's 3, got 2"),
    ({"trace": False}, "resume: trace: expected as in the run, which has one, got none; leave it out"),
    (
        {"trace": TraceOptions(level=1)},
        "resume: trace: expected none, or the run's TraceOptions(level=0, ring=None), got TraceO",
    ),
]


@BOTH
@pytest.mark.parametrize(("other", "sentence"), SENTENCES, ids=[sentence[:40] for _, sentence in SENTENCES])
def test_what_cannot_be_resumed(kind: Any, other: dict[str, Any], sentence: str) -> None:
    part = kind(discount=0.9).predict(MAZE, POLICY, episodes=3, seed=7, trace=True)
    given: dict[str, Any] = {"env": MAZE, "episodes": 5, "resume": part, **other}
    with pytest.raises(ConfigError) as refused:
        kind(discount=0.9).predict(given.pop("env"), given.pop("policy", None), **given)
    assert str(refused.value).startswith(sentence)


@BOTH
def test_a_run_of_another_learner_or_of_a_given_batch_cannot_be_resumed(kind: Any) -> None:
    other = BatchMonteCarlo if kind is BatchTD else BatchTD
    learner = kind(discount=0.9)
    runs = [
        learner.predict(MAZE, episodes=2, seed=0, resume=None),
        other(discount=0.9).predict(MAZE, episodes=2, seed=0),
        QLearning(discount=0.9).learn(MAZE, episodes=2, seed=0),
    ]
    for strange, run in ((kind(discount=0.8), runs[0]), (learner, runs[1]), (learner, runs[2])):
        with pytest.raises(ConfigError) as refused:
            strange.predict(MAZE, episodes=4, resume=run)
        assert str(refused.value) == f"resume: algorithm: expected {run.algorithm}, as in the run, got {strange}"
    with pytest.raises(
        ConfigError, match=r"^resume: run: expected one that gathered its episodes, got one of a batch that was"
    ):
        learner.predict(MAZE, episodes=4, resume=learner.fit([[(0, 1.0, None)]], states=25))
    traced = learner.predict(MAZE, episodes=4, resume=runs[0], trace=None)
    assert traced.trace is None
    with pytest.raises(ConfigError, match="trace: expected as in the run, which has none, got one"):
        learner.predict(MAZE, episodes=4, resume=runs[0], trace=True)


@BOTH
def test_nonsense_of_what_a_run_keeps_is_refused(kind: Any, tmp_path: Path) -> None:
    kind(discount=0.9).predict(MAZE, POLICY, episodes=2, seed=0, trace=True).save(tmp_path / "good")
    good = read_folder(tmp_path / "good", "run")
    policy, initial = good["working.policy"], good["working.initial"]
    cases: list[dict[str, Any]] = [
        {"working.policy": policy * 2.0},
        {"working.policy": policy[:-4]},
        {"working.initial": initial[:-1]},
        {"working.initial": initial.astype(np.float32)},
        {"working.initial": initial * np.nan},
        {"run": {**good["run"], "workings": ["policy"]}},
        {f"trace.model.{name}": good[f"model.{name}"][:0] for name in BATCH},  # sweeps over nothing
    ]
    for i, changed in enumerate(cases):
        write_folder(tmp_path / str(i), "run", {**good, **changed})
        with pytest.raises(DataError):
            Run.load(tmp_path / str(i))
    bare = {name: part for name, part in good.items() if not name.startswith("working.")}
    write_folder(tmp_path / "old", "run", {**bare, "run": {**good["run"], "workings": []}})
    old = Run.load(tmp_path / "old")  # as saved before runs of a batch could go on: it can be read, but not taken up
    with pytest.raises(ConfigError, match="expected one that gathered its episodes"):
        kind(discount=0.9).predict(MAZE, episodes=4, resume=old)


@BOTH
def test_arguments_are_named_by_their_own_door(kind: Any) -> None:
    with pytest.raises(ConfigError) as refused:
        kind().predict(MAZE, episodes=-1, seed=-1, backend="fast")
    assert str(refused.value).startswith(
        f"{kind.__name__}.predict: episodes: expected an integer of at least 0, got -1; seed: "
    )
    assert "backend: unknown 'fast'" in str(refused.value)
