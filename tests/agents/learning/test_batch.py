"""Batch TD and batch Monte Carlo: example 6.4, certainty equivalence, averages of returns, traces and refusals."""

from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
import pytest

from mazefit.agents import BatchMonteCarlo, BatchTD, PerVisit, Run
from mazefit.backup import TraceOptions
from mazefit.backup.one_step import TERMINATED, TRUNCATED
from mazefit.envs.maze import Maze
from mazefit.errors import ConfigError, DataError
from mazefit.files import read_folder, write_folder
from tests.agents.learning.monte_carlo_cases import ends_soon, trace_of

A, B = 0, 1
EXAMPLE = [[(A, 0.0, B), (B, 0.0, None)], *[[(B, 1.0, None)]] * 6, [(B, 0.0, None)]]
MAZES = [Maze.generate(3, 3, "wilson", seed=seed, loops=0.4) for seed in range(4)]
BOTH = pytest.mark.parametrize("kind", [BatchTD, BatchMonteCarlo])
SEEDS = pytest.mark.parametrize("seed", range(4))


@pytest.mark.parametrize("step_size", [PerVisit(), 0.125, 0.01])
@pytest.mark.parametrize("backend", ["python", "compiled"])
def test_example_6_4(step_size: Any, backend: str) -> None:
    td = BatchTD(step_size=step_size).fit(EXAMPLE, backend=backend)
    monte = BatchMonteCarlo(step_size=step_size).fit(EXAMPLE, backend=backend)
    assert td.v == pytest.approx([0.75, 0.75], abs=1e-9)
    assert monte.v == pytest.approx([0.0, 0.75], abs=1e-9)


def certainty_equivalence(run: Run) -> np.ndarray:
    """(I - γ P) v = r of the chain of the batch's averages, states that were never left worth nothing."""
    batch, states = run.model, run.settings["states"]
    count = np.maximum(1, np.bincount(batch["state"], minlength=states))
    moves, rewards = np.zeros((states, states)), np.zeros(states)
    for state, following, reward, over in zip(*(batch[c] for c in ("state", "next", "reward", "over")), strict=True):
        rewards[state] += reward / count[state]
        if over != TERMINATED:
            moves[state, following] += 1.0 / count[state]
    return np.linalg.solve(np.eye(states) - run.settings["discount"] * moves, rewards)


@SEEDS
@pytest.mark.parametrize("limit", [None, 12])
def test_batch_td_is_the_certainty_equivalence(limit: int | None, seed: int) -> None:
    maze = MAZES[seed]
    env = maze if limit is None else gymnasium.make("mazefit/Maze-v0", maze=maze, max_episode_steps=limit)
    run = BatchTD(discount=0.95).predict(env, ends_soon(maze, seed), episodes=12, seed=seed)
    assert (run.model["over"] == TRUNCATED).any() == (limit is not None)
    assert run.v == pytest.approx(certainty_equivalence(run), abs=1e-9)
    small = BatchTD(discount=0.95, step_size=0.9 / float(np.bincount(run.model["state"]).max()))
    assert small.predict(env, ends_soon(maze, seed), episodes=12, seed=seed).v == pytest.approx(run.v, abs=1e-8)


@SEEDS
def test_batch_monte_carlo_is_the_average_of_all_returns(seed: int) -> None:
    run = BatchMonteCarlo(discount=0.95).predict(MAZES[seed], ends_soon(MAZES[seed], seed), episodes=12, seed=seed)
    totals: dict[int, list[float]] = {}
    gained = 0.0
    for k in range(len(run.model["state"]) - 1, -1, -1):
        gained = float(run.model["reward"][k]) + 0.95 * (0.0 if run.model["over"][k] else gained)
        totals.setdefault(int(run.model["state"][k]), []).append(gained)
    for state, returns in totals.items():
        assert run.v[state] == pytest.approx(float(np.mean(returns)), rel=1e-12)
    assert run.steps <= 3


@BOTH
def test_every_backup_keeps_its_spec_and_the_changes_of_a_sweep_add_up(kind: Any) -> None:
    env = gymnasium.make("mazefit/Maze-v0", maze=MAZES[0], max_episode_steps=15)
    run = kind(discount=0.9, max_sweeps=6).predict(env, episodes=4, seed=1, trace=True)
    trace, size = trace_of(run), len(run.model["state"])
    assert len(trace) == run.steps * size
    for sweep in range(run.steps):
        v = trace.tables_at(sweep)["v"]
        for backup in trace[sweep * size : (sweep + 1) * size]:
            kind.rule.spec.check(backup)
            assert backup.source == "replay"
            v[int(backup.root.label[1:])] += backup.step_size * backup.td_error
        assert trace.tables_at(sweep + 1)["v"] == pytest.approx(v, rel=1e-12, abs=1e-12)


@BOTH
def test_the_same_bytes_by_every_way(kind: Any, tmp_path: Path) -> None:
    for seed in range(10):
        maze = MAZES[seed % 4]
        given: dict[str, Any] = {"episodes": 5, "seed": seed}
        learner = kind(discount=0.9)
        plain = learner.predict(maze, ends_soon(maze, 1), trace=True, backend="python", **given)
        fast = learner.predict(maze, ends_soon(maze, 1), trace=TraceOptions(level=2), backend="compiled", **given)
        bare = learner.predict(maze, ends_soon(maze, 1), **given)
        assert plain.v.tobytes() == fast.v.tobytes() == bare.v.tobytes()
        assert trace_of(plain).replay().v.tobytes() == trace_of(fast).replay().v.tobytes() == plain.v.tobytes()
        assert trace_of(plain)[-5:] == trace_of(fast)[-5:]
        assert plain.lengths.sum() == len(plain.model["state"])
    ring = learner.predict(maze, ends_soon(maze, 1), trace=TraceOptions(ring=2 * len(plain.model["state"])), **given)
    assert trace_of(ring).replay().v.tobytes() == plain.v.tobytes()
    plain.save(tmp_path)
    back = Run.load(tmp_path)
    assert back.v.tobytes() == plain.v.tobytes()
    assert back.algorithm == learner
    assert trace_of(back)[7] == trace_of(plain)[7]


@BOTH
def test_nonsense_from_disk_is_refused(kind: Any, tmp_path: Path) -> None:
    kind(discount=0.9).fit(EXAMPLE, trace=True).save(tmp_path / "good")
    content = read_folder(tmp_path / "good", "run")
    header = content["trace.header"]
    cases: list[tuple[str, Any]] = []
    for where in ("model", "trace.model"):
        state, over = content[f"{where}.state"], content[f"{where}.over"]
        cases += [
            (f"{where}.state", state + 2),
            (f"{where}.state", state - 1),
            (f"{where}.next", content[f"{where}.next"] + 10**9),
            (f"{where}.state", state[:-1]),
            (f"{where}.state", state.astype(np.int32)),
            (f"{where}.action", content[f"{where}.action"] - 1),
            (f"{where}.over", over * 0),
            (f"{where}.over", over + 5),
            (f"{where}.reward", content[f"{where}.reward"] * np.nan),
        ]
    cases += [
        ("table.v", np.zeros(1)),
        ("trace.base.v", np.zeros(3)),
        *(("trace.header", {**header, "settings": {**header["settings"], "states": n}}) for n in (0, 10**6, "x")),
        ("trace.header", {**header, "settings": {**header["settings"], "step_size": -1.0}}),
        ("trace.header", {**header, "settings": {**header["settings"], "per_visit": 1}}),
    ]
    for i, (name, value) in enumerate(cases):
        write_folder(tmp_path / str(i), "run", {**content, name: value})
        with pytest.raises(DataError):
            Run.load(tmp_path / str(i))


@BOTH
@pytest.mark.parametrize(
    ("batch", "arguments", "sentence"),
    [
        ([], {}, "batch: expected at least one step, got none"),
        ([[(0, 1.0, 1), (2, 1.0, None)]], {}, "episode 0, step 1: expected it to go on from where the step before arrived"),
        ([[(0, 1.0, None), (0, 1.0, None)]], {}, "episode 0, step 0: expected it to go on"),
        ([[(-1, 1.0, None)]], {}, "episode 0, step 0: state: expected an integer from 0, got -1"),
        ([[(0, 1.0, 3)]], {"states": 3}, "next state: expected an integer from 0 to 2, got 3"),
        ([[(0.5, 1.0, None)]], {}, "state: expected an integer from 0, got 0.5"),
        ([[(0, float("nan"), None)]], {}, "reward: expected a finite number, got nan"),
        (EXAMPLE, {"states": 0}, "states: expected an integer of at least 1, got 0"),
        (EXAMPLE, {"backend": "fast"}, "backend: unknown 'fast'"),
    ],
)
def test_batches_that_are_none(kind: Any, batch: Any, arguments: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ConfigError) as refused:
        kind().fit(batch, **arguments)
    assert sentence in str(refused.value)


@BOTH
def test_bad_parameters(kind: Any) -> None:
    with pytest.raises(ConfigError, match=r"step_size: expected at most 1 / 8 for a batch that meets a state 8 times"):
        kind(step_size=0.13).fit(EXAMPLE)
    with pytest.raises(ConfigError) as refused:
        kind(step_size=0.0, discount=2.0, tolerance=-1.0, max_sweeps=0)
    for name in ("step_size", "discount", "tolerance", "max_sweeps"):
        assert f"{name}: expected" in str(refused.value)
    with pytest.raises(ConfigError, match="episodes: expected at least 1 to learn from, got 0"):
        kind().predict(Maze.named("tutorial"), episodes=0)


@BOTH
def test_defaults(kind: Any) -> None:
    run = kind().predict(Maze.named("tutorial"), episodes=5, seed=0)
    assert run.episodes == 5
    assert run.v[8] == 0.0
    assert (run.v[:8] < 0.0).any()
    assert kind(max_sweeps=1).fit([[(0, 2.0, 1)]], initial=4.0).v.tolist() == [2.0 + 4.0, 4.0]  # cut, not ended
