"""Sweeps forth and back, in blocks and in pieces; the levels of their trace, and the history of a state."""

import time
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
import pytest

from mazefit.agents import BatchTD, Run
from mazefit.agents.learning import batch_blocks
from mazefit.agents.learning.batch import Batch
from mazefit.agents.learning.batch_blocks import Blocks, stands_still
from mazefit.agents.learning.batch_credit import credit_sweeps
from mazefit.backup import TraceOptions
from mazefit.backup.one_step import TERMINATED, TRUNCATED
from tests.agents.learning.batch_cases import BOTH, MANY, MAZE, POLICY, SOON, content
from tests.agents.learning.monte_carlo_cases import trace_of

EPISODES = [[(0, 4.0, 1), (1, 2.0, None)], [(1, 8.0, 0), (0, 1.0, 1)]]
CUT = gymnasium.make("mazefit/Maze-v0", maze=MAZE, max_episode_steps=12)


@BOTH
@pytest.mark.parametrize("backend", ["python", "compiled"])
def test_a_large_batch_is_swept_in_pieces(kind: Any, backend: str, monkeypatch: pytest.MonkeyPatch) -> None:
    learner, given = kind(discount=0.9, max_sweeps=400), {"episodes": 12, "seed": 4, "trace": True, "backend": backend}
    unbroken = learner.predict(MANY, SOON, **given)
    monkeypatch.setattr(batch_blocks, "PIECE", {False: 40, True: 40})
    assert content(learner.predict(MANY, SOON, **given)) == content(unbroken)
    sweeper, tables = Blocks(learner.sweep, unbroken.settings, unbroken.model), {"v": unbroken.v + 1.0}
    pieces, ends = sweeper.pieces[False], set((np.flatnonzero(unbroken.model["over"]) + 1).tolist())
    assert len(pieces) > 3
    assert [pieces[0][0], pieces[-1][1]] == [0, len(unbroken.model["state"])]
    assert all(end in ends and end - first < 40 + unbroken.lengths.max() for first, end in pieces)
    answers = iter([False, False, True])
    before = tables["v"].copy()
    assert sweeper.go_on(tables, backend == "compiled", 5, 0.0, lambda: next(answers)) == 0
    assert tables["v"].tobytes() == before.tobytes()  # nothing of a sweep that was not done to its end
    assert sweeper.go_on(tables, backend == "compiled", 5, 0.0, lambda: False) == 1


@BOTH
def test_values_that_only_rounding_moves_stand_still(kind: Any) -> None:
    rewards = (-529.530459125669, -2936.0454460171127, 115.6618270926259, -1070.5444096957658)  # a fourth of each, added up
    run = kind(tolerance=0.0, max_sweeps=500).fit([[(0, reward, None)] for reward in rewards])
    assert run.steps < 20
    assert run.v[0] == pytest.approx(np.mean(rewards), rel=1e-15)


@pytest.mark.parametrize("compiled", [False, True])
def test_when_values_stand_still(compiled: bool) -> None:
    v = np.array([1.0, -8.0, 4.0])
    cases = [(0.5, 0.5, 0.0, True), (0.6, 0.5, 0.0, False), (0.5, 0.25, 0.0625, True), (0.6, 0.25, 0.0625, False)]
    for largest, tolerance, rounding, still in cases:  # -8 is the largest value, 0.0625 of it is 0.5
        assert bool(stands_still.run(compiled, v, largest, tolerance, rounding)) is still
    endless = np.array([np.inf, np.nan, 4.0])  # no size is known: the tolerance alone decides
    assert not stands_still.run(compiled, endless, 0.6, 0.5, 0.0625)
    assert stands_still.run(compiled, endless, 0.4, 0.5, 0.0625)


@pytest.mark.parametrize(("backend", "sweeps"), [("compiled", 60_000), ("python", 300)])
def test_sweeps_come_back_within_50_ms(backend: str, sweeps: int) -> None:
    chain = [[*[step for _ in range(2_500) for step in ((0, -1.0, 1), (1, -1.0, 0))][:-1], (1, -1.0, None)]]
    BatchTD(max_sweeps=2).fit(chain, backend=backend)  # compile first
    times: list[float] = []
    run = BatchTD(max_sweeps=sweeps).fit(chain, backend=backend, callbacks=lambda event: times.append(time.perf_counter()))
    assert run.steps == sweeps
    gaps = np.sort(np.diff(times[1:-1]))
    assert gaps[np.searchsorted(np.cumsum(gaps), gaps.sum() / 2)] < 0.05  # half of the time is spent in blocks that are shorter


@BOTH
def test_blocks_end_where_a_keyframe_is_due_and_after_the_last_sweep(kind: Any) -> None:
    run = kind(step_size=1e-5, max_sweeps=40_000).fit(EPISODES, trace=True)
    assert run.steps == 40_000
    trace = trace_of(run)
    assert list(trace.keyframes) == [16_384, 32_768]
    assert trace.replay().v.tobytes() == run.v.tobytes()
    assert trace.keyframes[16_384]["v"].tobytes() == trace.replay(16_384).v.tobytes()


@BOTH
def test_every_level_gives_the_same_backups(kind: Any, tmp_path: Path) -> None:
    runs = [
        kind(discount=0.9, max_sweeps=30).predict(MAZE, POLICY, episodes=4, seed=1, trace=TraceOptions(level=level))
        for level in (0, 1, 2)
    ]
    first = list(trace_of(runs[0]))
    for level, run in enumerate(runs):
        run.save(tmp_path / str(level))
        assert list(trace_of(run)) == list(trace_of(Run.load(tmp_path / str(level)))) == first
        assert trace_of(run).nbytes["details"] == level_bytes(run, level)


def level_bytes(run: Run, level: int) -> int:
    """Bytes of a target a step, and of the values before each sweep."""
    return 8 * run.steps * ((len(run.model["state"]) if level else 0) + (run.settings["states"] if level > 1 else 0))


@BOTH
def test_the_history_of_a_state_is_every_backup_of_it(kind: Any) -> None:
    run = kind(discount=0.9, max_sweeps=5).predict(CUT, POLICY, episodes=3, seed=1, trace=True)
    for trace in (trace_of(run), trace_of(kind(discount=0.9, max_sweeps=5).fit(EPISODES, trace=True))):
        backups = list(trace)
        for state in range(trace.settings["states"]):
            expected = [i for i, backup in enumerate(backups) if backup.root.label == f"s{state}"]
            found = trace.history(state)
            assert found.indices.tolist() == expected
            assert list(found) == [backups[i] for i in expected]


@pytest.mark.parametrize("compiled", [False, True])
@BOTH
def test_one_sweep_read_backwards(kind: Any, compiled: bool) -> None:
    batch = Batch(
        np.array([0, 1, 0]), np.zeros(3, dtype=np.int64), np.array([1, 2, 1]), np.array([1.0, 2.0, 4.0]),
        np.array([0, TRUNCATED, TERMINATED]),
    )  # fmt: skip
    weights, gained, total = np.zeros(3), np.ones(3), np.array([1.0, 8.0, 2.0])
    kernel = credit_sweeps.using(credit_batch=kind.sweep.credit)
    kernel.run(compiled, weights, gained, total, batch, np.array([0.5, 0.25, 1.0]), 0.5, 1)
    # shares: ½ · 1, ¼ · 8, ½ · 1; V(s0) keeps 0, V(s1) 6; V(s2), at the cut, gains what stands there
    if kind is BatchTD:
        assert weights.tolist() == [0.5, 2.0, 0.5]
        assert total.tolist() == [0.0, 6.0 + 0.5 * 0.5, 2.0 + 0.5 * 2.0]
    else:
        assert weights.tolist() == [0.5, 2.0 + 0.5 * 0.5, 0.5]
        assert total.tolist() == [0.0, 6.0, 2.0 + 0.5 * 2.25]
