"""The benchmarks' arithmetic, table and doors; the peers themselves are not needed here."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

# The benchmarks live in the checkout alone; put at the end, so that an installed mazefit comes first.
sys.path.append(str(Path(__file__).resolve().parent.parent))

from benchmarks import bare_search, peers, plain_fits, plain_images, rows, rows_fitting, rows_images
from benchmarks.held import held_bytes
from benchmarks.table import Line, as_json, at_least, at_most, duration, estimate_text, markdown, number, rate
from benchmarks.timing import QUICK, Comparison, Estimate, Plan, compare, estimate, median_interval, timed

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (5, None),  # the extremes cover 1 - 2/32 = 93.75 %
        (6, (1, 6)),  # 1 - 2/64 = 96.9 %
        (8, (1, 8)),  # the second ones would cover 1 - 2 * 9/256 = 93.0 %
        (9, (2, 8)),  # 1 - 2 * 10/512 = 96.1 %
        (11, (2, 10)),  # 98.8 %; the third ones 93.5 %
        (15, (4, 12)),  # 1 - 2 * 576/32768 = 96.5 %; the fifth ones 88.2 %
        (20, (6, 15)),  # 95.9 %
    ],
)
def test_median_interval_by_hand(count: int, expected: tuple[int, int] | None) -> None:
    values = list(range(count, 0, -1))
    assert median_interval(values) == expected


def test_median_interval_covers_the_median_as_often_as_it_says() -> None:
    samples = np.random.default_rng(0).exponential(size=(4000, 11))
    inside = [low <= np.log(2) <= high for low, high in map(median_interval, samples.tolist())]
    assert 0.98 < np.mean(inside) < 0.995  # 98.8 %


def test_a_lower_level_gives_a_narrower_interval() -> None:
    assert median_interval(range(11), level=0.5) == (3, 7)  # 77.3 %; the fifth ones 45.1 %
    assert median_interval([], level=0.5) is None


def test_estimate_of_few_values_has_no_interval() -> None:
    assert estimate([3.0, 1.0, 2.0]) == Estimate(2.0, None, None)
    assert estimate([1.0, 2.0, 3.0, 4.0, 5.0, 6.0]) == Estimate(3.5, 1.0, 6.0)


def test_ratios_are_taken_pair_by_pair() -> None:
    both = Comparison(ours=(1.0, 2.0, 4.0), peer=(10.0, 40.0, 8.0))  # pairs 10, 20, 2
    assert both.times_faster().median == 10.0
    assert both.times_longer().median == 0.1
    assert (both.our_time, both.peer_time) == (2.0, 10.0)


def test_sides_take_turns_and_change_who_goes_first() -> None:
    order: list[str] = []

    def side(name: str, seconds: float) -> float:
        order.append(name)
        return seconds

    both = compare(lambda: side("ours", 1.0), lambda: side("peer", 3.0), 3)
    assert "".join(name[0] for name in order) == "oppoop"
    assert both == Comparison((1.0, 1.0, 1.0), (3.0, 3.0, 3.0))


def test_timed_counts_calls_and_divides_by_them() -> None:
    calls: list[int] = []
    seconds = timed(lambda: calls.append(1), 7)()
    assert len(calls) == 7
    assert 0 <= seconds < 1


def test_quick_plan_is_smaller_and_never_empty() -> None:
    assert Plan().size(100) == 100
    assert QUICK.size(100) == 10
    assert QUICK.size(3) == 1


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (0.0123, "0.0123"), (0.5, "0.500"), (1.234, "1.23"), (45.67, "45.7"), (1234.5, "1234"), (-2.5, "-2.50")],
)
def test_number(value: float, text: str) -> None:
    assert number(value) == text


def test_units() -> None:
    assert rate(2e-7) == "5.00 M steps/s"
    assert rate(8e-6) == "125 k steps/s"
    assert rate(0.5) == "2.00 steps/s"
    assert [duration(s) for s in (323, 0.0881, 2.5e-5, 3e-8)] == ["323 s", "88.1 ms", "25.0 µs", "30.0 ns"]
    assert estimate_text(Estimate(1.04, 1.02, 1.07), "x") == "1.04 x (1.02 to 1.07)"
    assert estimate_text(Estimate(13.2, None, None), "ms") == "13.2 ms"


def test_goals_are_met_on_their_own_side() -> None:
    assert at_least(32).met(32)
    assert not at_least(32).met(31.9)
    assert at_most(1.3).met(1.3)
    assert not at_most(1.3).met(1.31)
    assert at_least(32, stretch=45).text() == "≥ 32 x (stretch 45 x)"
    assert at_most(20, "ms").text() == "≤ 20 ms"


def lines() -> list[Line]:
    return [
        Line("step", "6 M", "0.2 M", Estimate(30.0, 29.0, 31.0), goal=at_least(32), note="a note", row="a"),
        Line("seek", "3 ms", "", Estimate(3.0, None, None), "ms", at_most(5, "ms"), row="b"),
        Line("more", "1 | 2", "", Estimate(2.0, None, None), row="b"),
        Line("lost", error="KeyError: 'x'", row="c"),
    ]


def test_table_as_markdown() -> None:
    text = markdown(lines(), {"cpu": "one", "python": "3"})
    assert text.splitlines() == [
        "| row | ours | peer | ratio | goal | met |",
        "| --- | --- | --- | --- | --- | --- |",
        "| step (1) | 6 M | 0.2 M | 30.0 x (29.0 to 31.0) | ≥ 32 x | **no** |",
        "| seek | 3 ms |  | 3.00 ms | ≤ 5 ms | yes |",
        "| more | 1 \\| 2 |  | 2.00 x | for information |  |",
        "| lost | KeyError: 'x' |  |  |  | broken |",
        "",
        "1 of 2 goals met.",
        "",
        "1. a note",
        "",
        "cpu one; python 3",
    ]


def test_table_as_json() -> None:
    content = json.loads(as_json(lines(), {"cpu": "one"}))
    assert content["machine"] == {"cpu": "one"}
    assert [(line["row"], line["met"]) for line in content["lines"]] == [("a", False), ("b", True), ("b", None), ("c", None)]
    assert content["lines"][0]["value"] == {"median": 30.0, "low": 29.0, "high": 31.0}
    assert content["lines"][3]["error"] == "KeyError: 'x'"


def test_a_broken_row_keeps_its_lines_and_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def half(plan: Plan):
        yield Line("first")
        raise RuntimeError("the second\nline broke")

    monkeypatch.setitem(rows.ROWS, "half", half)
    first, second = rows.measure("half", QUICK)
    assert (first.what, first.row, first.error) == ("first", "half", "")
    assert (second.row, second.error) == ("half", "RuntimeError: the second line broke")


def test_every_row_is_listed_with_what_it_measures() -> None:
    listed = subprocess.run([sys.executable, "-m", "benchmarks", "--list"], cwd=ROOT, capture_output=True, text=True)
    assert listed.returncode == 0, listed.stderr
    names = [line.split()[0] for line in listed.stdout.splitlines()]
    assert names == list(rows.ROWS)
    wanted = "step step-make step-mask q-learning q-trace solve tables plan-maze plan-lake generate make import trace"
    fitting = "fit full-batch fit-many tiny-fit waves fit-import fit-memory"
    images = "autoencoder classifier t-sne t-sne-large images-memory"
    deep, vector = "dqn dqn-path", "vector vector-memory vector-gpu"
    early = [*wanted.split(), "learners", "traces", "explain", "sizes"]
    assert names == [*early, *fitting.split(), *images.split(), *deep.split(), *vector.split()]
    assert all(len(line.split()) > 4 for line in listed.stdout.splitlines())


def test_an_unknown_row_is_refused_with_the_known_ones() -> None:
    command = [sys.executable, "-m", "benchmarks", "--only", "step,stepp"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 2
    assert "got stepp" in done.stderr
    assert "q-learning" in done.stderr


def test_peers_are_pinned_exactly() -> None:
    pinned = dict(pin.split("==") for pin in peers.pins())
    assert {"gymnasium", "gym-simplegrid", "labmaze", "mazelib", "numba", "numpy"} <= pinned.keys()
    assert not peers.inside()


# One goal in the corner of 3 x 3 cells, a wall in the middle: distances by hand.
WALLED = "S..\n.#.\n..G"
DISTANCES = [4, 3, 2, 3, -1, 1, 2, 1, 0]


def test_bare_searches_find_the_distances(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bare_search, "compiled", lambda function: function)  # as plain Python
    from mazefit.envs.maze import Maze

    for text in (WALLED, "G.#..S\n..#.#.\n#...#G"):
        maze = Maze.from_text(text)
        goals, next_state = np.array(maze.goals, dtype=np.int32), maze.mdp().next_state
        for found in (
            bare_search.symmetric(next_state, maze.columns, goals),
            bare_search.reversed_index(next_state, goals),
        ):
            assert found.tolist() == maze.distances().tolist()
    maze = Maze.from_text(WALLED)
    goals = np.array(maze.goals, dtype=np.int32)
    assert bare_search.symmetric(maze.mdp().next_state, 3, goals).tolist() == DISTANCES


def test_held_bytes_counts_what_is_shared_once() -> None:
    class Holder:
        def __init__(self) -> None:
            self.whole = np.zeros(10)
            self.part = self.whole[2:5]
            self.more = {"a": [b"xyz", np.zeros(4, dtype=np.int8)], "self": self}

    assert held_bytes(Holder()) == 80 + 3 + 4
    assert held_bytes([memoryview(bytes(5)), 7, "text", None]) == 5


# Fitting: the sides fit what they say, and the loop written by hand is the one that ours equals.
@pytest.mark.parametrize(("network", "count"), [("sine", 7), ("curve", 31), ("waves", 351)])
def test_the_networks_are_those_of_the_tutorials(network: str, count: int) -> None:
    model = getattr(plain_fits, f"{network}_network")()
    assert sum(parameter.numel() for parameter in model.parameters()) == count
    x, y = getattr(plain_fits, f"{network}_data")()
    assert (x.dtype, y.shape) == (np.dtype(np.float32), x.shape)


@pytest.mark.parametrize(("network", "l1"), [("sine", False), ("waves", True)])
def test_the_plain_loop_and_ours_come_to_the_same_losses(network: str, l1: bool) -> None:
    from mazefit.training.optimizers import Adam
    from mazefit.training.trainer import Trainer

    make, data = getattr(plain_fits, f"{network}_network"), getattr(plain_fits, f"{network}_data")()
    plain = plain_fits.plain_losses(make, data, rows_fitting.adam, 20, l1=l1)
    trainer = Trainer(make, optimizer=Adam(learning_rate=0.01), loss="l1" if l1 else "mse", precision="float64", device="cpu")
    np.testing.assert_allclose(trainer.fit(data, epochs=20, progress=False)["loss"], plain, rtol=1e-9)


def test_both_tell_the_same_four_optimizers() -> None:
    import torch

    ours, theirs = plain_fits.our_optimizers(), plain_fits.torch_optimizers()
    assert list(ours) == list(theirs)
    for name, optimizer in ours.items():
        mine, other = (make([torch.zeros(1, requires_grad=True)]) for make in (optimizer.torch, theirs[name]))
        assert type(mine) is type(other)
        same: Any = {"lr", "momentum", "nesterov", "alpha", "betas", "eps", "weight_decay"}
        for key in same & mine.defaults.keys():
            assert mine.defaults[key] == other.defaults[key], (name, key)


def test_what_a_row_of_equality_says(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = list(rows_fitting.equality(20))
    assert [line.met for line in lines if line.goal] == [True]
    assert len(lines) == 1 + 4 * 2
    assert max(line.value.median for line in lines if line.value) < 1e-9


def test_a_trainers_fit_is_timed_by_the_epoch() -> None:
    seconds = rows_fitting.fit_seconds(plain_fits.sine_network, plain_fits.sine_data(), 10, "torch")
    assert 0 < seconds < 1
    assert rows_fitting.overhead(QUICK) is not None


def test_rows_and_peers_are_registered() -> None:
    wanted = {"fit", "full-batch", "fit-many", "tiny-fit", "waves", "fit-import", "fit-memory"}
    assert wanted <= rows.ROWS.keys()
    assert all(rows.ROWS[name].__doc__ for name in wanted)
    pinned = dict(pin.split("==") for pin in peers.pins())
    assert {"torch", "lightning", "keras", "skorch", "scikit-learn"} <= pinned.keys()


def test_the_plain_autoencoder_and_ours_have_the_same_losses() -> None:
    images = torch.rand((120, 28, 28), generator=torch.Generator().manual_seed(0)) * 2 - 1
    losses, seconds = plain_images.autoencoder_losses(images)
    ours, _ = rows_images.our_autoencoder(images)
    assert len(losses) == 2
    assert ours == pytest.approx(sum(losses) / 2, rel=1e-5)
    assert seconds > 0


@pytest.mark.parametrize("pick", ["x[rows]", "index_select"])
def test_the_plain_classifier_goes_through_its_images(pick: str) -> None:
    x, y = torch.rand((130, 64)), torch.eye(10)[torch.arange(130) % 10]
    assert 0 < plain_images.classifier_seconds(x, y, 2, pick) < 10
