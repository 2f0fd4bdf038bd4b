import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mazefit.training.batches import Split
from mazefit.training.distributed import is_first_process, local_device, processes
from mazefit.training.optimizers import Adam
from mazefit.training.trainer import Trainer
from tests.training.small import X, Y, curve

PROCESSES = 2


def run(folder: Path, *command: str) -> dict[str, Any]:
    environment = {name: value for name, value in os.environ.items() if name not in ("RANK", "WORLD_SIZE", "LOCAL_RANK")}
    environment |= {"OMP_NUM_THREADS": "1", "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[2]), *sys.path])}
    folder.mkdir()
    started = [sys.executable, "-m", *command, str(Path(__file__).with_name("together.py")), str(folder)]
    if not command:
        started = [sys.executable, *started[2:]]
    done = subprocess.run(started, capture_output=True, text=True, env=environment, check=False, timeout=300)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads((folder / "found.json").read_text())


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], dict[str, Any], Path]:
    folder = tmp_path_factory.mktemp("distributed")
    torchrun = ("torch.distributed.run", "--standalone", f"--nproc-per-node={PROCESSES}")
    return run(folder / "one"), run(folder / "two", *torchrun), folder


@pytest.mark.parametrize("name", ["curve", "in float32", "mini-batches", "accumulated", "early stopping"])
def test_several_processes_fit_as_one(both: tuple[dict[str, Any], dict[str, Any], Path], name: str) -> None:
    one, two, _ = both
    assert (one["size"], two["size"]) == (1, PROCESSES)
    expected, found = one["fits"][name], two["fits"][name]
    assert list(found) == list(expected)
    tolerance = 1e-4 if name == "in float32" else 1e-9
    for column in expected:
        np.testing.assert_allclose(found[column], expected[column], rtol=tolerance, atol=tolerance)
    assert not np.array_equal(found["loss"], expected["loss"])  # sums were taken in another order: two really computed
    if name == "curve":
        assert len(found["loss"]) == 300
        np.testing.assert_allclose(found["loss"], expected["loss"], rtol=1e-6, atol=0)


def test_models_built_apart_begin_with_the_first_ones_weights(both: tuple[dict[str, Any], dict[str, Any], Path]) -> None:
    one, two, _ = both
    np.testing.assert_allclose(two["fits"]["built apart"]["loss"], one["fits"]["built apart"]["loss"], rtol=1e-5)


def test_ctrl_c_in_one_process_stops_all_after_one_step(both: tuple[dict[str, Any], dict[str, Any], Path]) -> None:
    one, two, folder = both
    assert one["interrupted"] == 7
    assert two["interrupted"] == 8  # heard of with the next step's gradients
    resumed = Trainer.resume(folder / "two" / "kept", curve, precision="float64", optimizer=Adam(learning_rate=0.01))
    assert resumed.steps == 8
    resumed.fit((X, Y), epochs=20)
    whole = Trainer(curve, precision="float64", optimizer=Adam(learning_rate=0.01))
    whole.fit((X, Y), epochs=20)
    np.testing.assert_allclose(resumed.predict(X), whole.predict(X), rtol=1e-9)


def test_no_thread_of_the_engine_outlives_the_fit(both: tuple[dict[str, Any], dict[str, Any], Path]) -> None:
    left = [json.loads((both[2] / "two" / f"threads-{rank}.json").read_text()) for rank in range(PROCESSES)]
    assert not [name for names in left for name in names if "gloo" in name]


def test_all_stop_where_the_loss_is_not_finite(both: tuple[dict[str, Any], dict[str, Any], Path]) -> None:
    one, two, _ = both
    assert two["diverging"].partition(", step")[0] == one["diverging"].partition(", step")[0]


def test_rows_are_split_evenly() -> None:
    for rows in range(12):
        for size in (1, 2, 3, 5):
            parts = [list(range(rows))[Split(rank, size).of(rows)] for rank in range(size)]
            assert [row for part in parts for row in part] == list(range(rows))
            assert max(map(len, parts)) - min(map(len, parts)) <= 1


def test_alone_it_is_the_first_process(monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    assert is_first_process()
    monkeypatch.setenv("RANK", "3")
    monkeypatch.setenv("WORLD_SIZE", "4")
    monkeypatch.setenv("LOCAL_RANK", "1")
    assert processes() == Split(3, 4)
    assert not is_first_process()
    assert local_device(torch.device("cuda", 0)) == torch.device("cuda", 1)
    assert local_device(torch.device("cpu")) == torch.device("cpu")
