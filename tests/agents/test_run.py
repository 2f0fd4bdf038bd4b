import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mazefit.agents import EpsilonGreedy, QLearning, Run, ValueIteration
from mazefit.backup import Trace, TraceOptions
from mazefit.envs.maze import Maze
from mazefit.errors import ConfigError, DataError, OutputError
from mazefit.files import read_folder, write_folder

MAZE = Maze.named("tutorial")
LEARNER = QLearning(step_size=0.25, discount=0.5, policy=EpsilonGreedy(0.3))


def test_saved_and_loaded_is_the_same_run_and_goes_on(tmp_path: Path) -> None:
    run = LEARNER.learn(MAZE, steps=77, seed=9, trace=TraceOptions(level=2))
    run.save(tmp_path / "run")
    back = Run.load(tmp_path / "run")
    assert back.algorithm == LEARNER
    assert back.q.tobytes() == run.q.tobytes()
    assert back.v.tobytes() == run.v.tobytes()
    assert back.returns.tobytes() == run.returns.tobytes()
    assert (back.seed, back.steps, back.episodes) == (9, 77, run.episodes)
    assert back.trace is not None
    assert run.trace is not None
    assert back.trace[40] == run.trace[40]
    assert back.trace.replay().q.tobytes() == run.q.tobytes()
    on = {"trace": TraceOptions(level=2), "steps": 200}
    assert LEARNER.learn(MAZE, resume=back, **on).q.tobytes() == LEARNER.learn(MAZE, seed=9, **on).q.tobytes()


def test_a_planner_is_saved_and_loaded_too(tmp_path: Path) -> None:
    run = ValueIteration(discount=0.9).solve(MAZE, trace=True)
    run.save(tmp_path)
    back = Run.load(tmp_path)
    assert back.v.tobytes() == run.v.tobytes()
    assert back.q.tobytes() == run.q.tobytes()
    assert back.trace is not None
    assert back.trace.replay().v.tobytes() == run.v.tobytes()


def test_saving_again_replaces_and_leaves_nothing_behind(tmp_path: Path) -> None:
    LEARNER.learn(MAZE, episodes=3, seed=1, trace=True).save(tmp_path)
    LEARNER.learn(MAZE, episodes=9, seed=1, trace=True).save(tmp_path)
    assert Run.load(tmp_path).episodes == 9
    files = [path.name for path in tmp_path.iterdir() if path.is_file()]
    assert len(files) == len({name.rpartition("-")[0] or name for name in files})


def every_file(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_every_truncation_is_detected(tmp_path: Path) -> None:
    LEARNER.learn(MAZE, episodes=2, seed=0, trace=TraceOptions(level=1)).save(tmp_path)
    for path in every_file(tmp_path):
        whole = path.read_bytes()
        for length in range(len(whole)):
            path.write_bytes(whole[:length])
            with pytest.raises(DataError):
                Run.load(tmp_path)
        path.write_bytes(whole)
    assert Run.load(tmp_path).episodes == 2


def test_any_flipped_bit_is_detected(tmp_path: Path) -> None:
    LEARNER.learn(MAZE, episodes=2, seed=0, trace=True).save(tmp_path)
    rng = np.random.default_rng(0)
    for path in every_file(tmp_path):
        whole = bytearray(path.read_bytes())
        bits = 8 * len(whole)
        chosen = range(bits) if path.name == "manifest.json" and len(whole) < 600 else rng.integers(0, bits, 400).tolist()
        for bit in chosen:
            damaged = whole.copy()
            damaged[bit // 8] ^= 1 << bit % 8
            path.write_bytes(damaged)
            with pytest.raises(DataError):
                Run.load(tmp_path)
        path.write_bytes(whole)
    assert Run.load(tmp_path).episodes == 2


def test_a_missing_file_and_a_foreign_folder_are_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"manifest.json: expected the manifest of a saved run, got No such file"):
        Run.load(tmp_path)
    run = LEARNER.learn(MAZE, episodes=2, seed=0, trace=True)
    run.save(tmp_path)
    assert run.trace is not None
    run.trace.save(tmp_path / "trace")
    with pytest.raises(DataError, match="expected a saved run of format 1, got trace of format 1"):
        Run.load(tmp_path / "trace")
    next(tmp_path.glob("returns-*.npy")).unlink()
    with pytest.raises(DataError, match=r"returns-.*: expected \d+ bytes, got no readable file"):
        Run.load(tmp_path)


def test_a_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "run").write_text("here already")
    with pytest.raises(OutputError, match=r"expected a folder that can be written, got an existing file"):
        LEARNER.learn(MAZE, episodes=1, seed=0).save(tmp_path / "run")
    assert (tmp_path / "run").read_text() == "here already"


def test_act() -> None:
    run = LEARNER.learn(MAZE, steps=0, seed=0, initial=[[0.0, 1.0, 1.0, 0.0]] * 9)
    assert run.act(4) == 1
    rng = np.random.default_rng(0)
    assert {run.act(4, rng=rng) for _ in range(50)} == {1, 2}
    assert {run.act(4, greedy=False, rng=rng) for _ in range(200)} == {0, 1, 2, 3}
    with pytest.raises(ConfigError, match="state: expected an integer from 0 to 8, got 9"):
        run.act(9)
    with pytest.raises(ConfigError, match="rng: expected a numpy Generator with greedy=False"):
        run.act(4, greedy=False)


def test_greedy_actions_are_all_maximising_ones() -> None:
    run = LEARNER.learn(MAZE, steps=0, seed=0, initial=[[0.0, 1.0, 1.0, 0.0]] * 9)
    assert run.greedy_actions[4].tolist() == [False, True, True, False]
    assert run.v[4] == 1.0


def test_the_trace_of_a_saved_run_is_loaded_from_its_folder(tmp_path: Path) -> None:
    run = LEARNER.learn(MAZE, episodes=3, seed=0, trace=True)
    run.save(tmp_path)
    assert Trace.load(tmp_path).replay().q.tobytes() == run.q.tobytes()
    LEARNER.learn(MAZE, episodes=3, seed=0).save(tmp_path)
    with pytest.raises(DataError, match="expected a trace as mazefit writes it"):
        Trace.load(tmp_path)


def test_a_run_can_be_pickled() -> None:
    for run in (LEARNER.learn(MAZE, episodes=3, seed=0, trace=True), ValueIteration().solve(MAZE, trace=True)):
        back = pickle.loads(pickle.dumps(run))
        assert back.q.tobytes() == run.q.tobytes()
        assert back.trace.replay().q.tobytes() == run.q.tobytes()


UNFINISHED: tuple[Any, ...] = (
    [10**9, 0, 5, 5, 0],
    [3, 99, 5, 5, 0],
    [3, 0, -(10**9), 0, 0],
    [3, 0, 0, 0, 0],
    "x",
    [1],
)


def nonsense(content: dict[str, Any]) -> list[tuple[str, Any]]:
    """Parts of a saved run, each replaced by something that does not fit the rest."""
    big = 2**26 - 1
    header, about = content["trace.header"], content["run"]
    return [
        ("trace.row.cell", np.full_like(content["trace.row.cell"], big)),
        ("trace.row.next", np.full_like(content["trace.row.next"], 2**32 - 1)),
        ("trace.row.reward", np.full_like(content["trace.row.reward"], np.nan)),
        ("trace.row.cell", content["trace.row.cell"].astype(np.int64)),
        ("trace.row.cell", content["trace.row.cell"][:-1]),
        ("trace.base.q", np.zeros(2)),
        ("trace.base.q", content["trace.base.q"].astype(np.float32)),
        ("trace.base.q", content["trace.base.q"].reshape(-1, 4)),
        ("trace.keyframe.q", np.zeros((1, 3))),
        ("trace.lengths", -content["trace.lengths"]),
        ("trace.lengths", content["trace.lengths"] * 1000),
        *(("trace.header", {**header, "settings": {**header["settings"], "actions": n}}) for n in (0, -4, "4", 10**6, None)),
        *(("trace.header", {**header, "settings": {**header["settings"], "discount": n}}) for n in (-1, 2, "x")),
        *(("trace.header", {**header, "end": n}) for n in (-1, "3", 10**9)),
        ("trace.header", {**header, "rule": "no such rule"}),
        ("trace.header", {"format": 1}),
        ("trace.header", np.zeros(3)),
        ("table.q", np.zeros(3)),
        ("table.q", content["table.q"][:-4]),
        *(("run", {**about, "unfinished": u}) for u in UNFINISHED),
        *(
            ("run", {**about, name: value})
            for name, value in (("seed", -1), ("steps", "x"), ("algorithm", {}), ("settings", 3))
        ),
        ("row_counts", np.array([1.5])),
        ("returns", np.array(["a", "b", "c"])),
        ("lengths", np.zeros(1, dtype=np.int64)),
        ("run", np.zeros(3)),
    ]


def test_hashed_right_and_nonsense_all_the_same(tmp_path: Path) -> None:
    LEARNER.learn(MAZE, episodes=3, seed=0, trace=True).save(tmp_path / "good")
    content = read_folder(tmp_path / "good", "run")
    cases = nonsense(content)
    for i, (name, value) in enumerate(cases):
        write_folder(tmp_path / str(i), "run", {**content, name: value})
        with pytest.raises(DataError):
            Run.load(tmp_path / str(i))
    assert len(cases) > 35


def test_a_planners_nonsense(tmp_path: Path) -> None:
    ValueIteration(discount=0.9).solve(MAZE, trace=True).save(tmp_path / "good")
    content = read_folder(tmp_path / "good", "run")
    far = 2**31 - 1
    cases = [
        *((f"{where}.next_state", np.full_like(content["model.next_state"], far)) for where in ("model", "trace.model")),
        *((f"{where}.order", np.full_like(content["model.order"], far)) for where in ("model", "trace.model")),
        ("trace.model.order", content["model.order"].astype(np.int64)),
        ("trace.model.offsets", np.arange(9)),
        ("table.v", np.zeros(3)),
        ("trace.base.v", np.zeros(3)),
    ]
    for i, (name, value) in enumerate(cases):
        write_folder(tmp_path / str(i), "run", {**content, name: value})
        with pytest.raises(DataError):
            Run.load(tmp_path / str(i))
