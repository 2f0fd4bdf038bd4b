"""The commands as they are called: what they print, what they leave, and how they end."""

import csv
import re
import signal
import threading
from pathlib import Path

import numpy as np
import pytest

from mazefit.agents import solve
from mazefit.agents.fitting import RMSprop
from mazefit.backup.draw.figure import columns
from mazefit.cli import run_command
from mazefit.envs import Landscape
from mazefit.envs.fit_env import FitEnv
from mazefit.lab.fitting.fit import agents, apart
from mazefit.lab.fitting.landscape import best_way, optimizers
from mazefit.plots.sheet import png_bytes
from mazefit.supervised.regression.bowl import bowl
from mazefit.tasks import line
from tests.lab.pages import faults

FILES = {
    "landscape": {"nodes.csv", "ways.csv", "episodes.csv", "landscape", "learned", "episodes", "last_backup"},
    "fit": {"losses.csv", "fit", "backup"},
    "control": {"control.csv", "loss", "updates"},
}
FEW = {
    "landscape": ["--nodes", "5", "--episodes", "40", "--epochs", "60"],
    "fit": ["--epochs", "40"],
    "control": ["--seeds", "2", "--episodes", "4", "--starts", "1"],
}


@pytest.fixture(autouse=True)
def quick_pictures(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures are drawn but not painted; of a test that asks for `painted` with few dots an inch."""
    painted = "painted" in request.fixturenames
    monkeypatch.setattr("mazefit.plots.png_bytes", lambda figure: png_bytes(figure, 40) if painted else b"png")
    if not painted:
        monkeypatch.setattr("mazefit.plots.svg_bytes", lambda figure: b"svg")


@pytest.fixture
def painted() -> None:
    """Asked for by tests that look at the files of figures."""


def run(folder: Path, system: str, *arguments: str) -> int:
    return run_command("fitting", [system, *FEW[system], "--out", str(folder), *arguments])


def unwrapped(said: str) -> str:
    return re.sub(r"\n *", " ", said)


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


@pytest.mark.usefixtures("painted")
@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("system", FILES)
def test_a_page_of_text_and_its_files(tmp_path: Path, capsys: pytest.CaptureFixture[str], system: str, language: str):
    assert run(tmp_path, system, "--lang", language) == 0
    said, complained = capsys.readouterr()
    assert faults(tmp_path, said, complained, FILES[system], f"mazefit fitting {system}", language) == []


@pytest.mark.parametrize(("system", "flags"), [("fit", "--task curve"), ("control", "--control step_size")])
def test_every_other_page_fits_as_well(tmp_path: Path, capsys: pytest.CaptureFixture[str], system: str, flags: str):
    assert run(tmp_path, system, "--lang", "ko", *flags.split()) == 0
    said, complained = capsys.readouterr()
    assert complained == ""
    assert max(columns(line) for line in said.splitlines()) <= 80


# -- the surface --------------------------------------------------------------------------------------------------------------


def test_the_surface_tells_the_exact_answer_and_what_was_learned(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert run_command("fitting", ["landscape", "--out", str(tmp_path)]) == 0
    said = unwrapped(capsys.readouterr().out)
    assert "s420: w = -0.3, b = -2, loss 119.845" in said
    assert "s220: w = 0.7, b = 3, loss 0.145 (least squares, between the nodes: 0.1418)" in said
    assert "22 moves, 1 of them uphill; the fewest that lead there are 20" in said
    assert "119.7 = 119.845 - 0.145: without a discount it is the loss removed, to the last bit" in said
    assert "In 440 of 440 states all four actions tie" in said
    assert "3 nodes beside the goal have no lower neighbour" in said
    assert "The best policy goes on to the goal." in said
    assert "22 moves; the best policy needs 22" in said
    assert re.search(r"gradient descent 0.02 +4.24 +1.039 +0.1429 +435", said)
    nodes, ways, lived = (rows(tmp_path / f"{name}.csv") for name in ("nodes", "ways", "episodes"))
    surface = Landscape.of()
    exact = solve(surface.mdp(), 0.9)
    assert [float(row["loss"]) for row in nodes] == surface.losses.reshape(-1).tolist()
    assert [float(row["v_exact"]) for row in nodes] == exact.v.tolist()
    moves = [row for row in ways if row["way"] == "policy"]
    assert len(moves) == 23
    assert [float(moves[-1][key]) for key in ("w", "b")] == [0.7, 3.0]
    assert sum(row["way"] == "Adam 0.1" for row in ways) == 501
    assert len({row["return"] for row in lived}) == 1  # whatever way it took, an episode has removed the same loss


def test_ways_of_optimizers_are_those_of_pytorch():
    """The four ways over the surface, against `torch.optim` on the very same loss."""
    import torch

    valley, start = bowl(line().x, line().y), np.array([-0.3, -2.0])
    x, y = (torch.from_numpy(each[:, 0]) for each in (line().x, line().y))
    makers = {
        "gradient descent 0.02": lambda p: torch.optim.SGD(p, 0.02),
        "momentum 0.002, 0.9": lambda p: torch.optim.SGD(p, 0.002, momentum=0.9),
        "RMSprop 0.05": lambda p: torch.optim.RMSprop(p, 0.05),
        "Adam 0.1": lambda p: torch.optim.Adam(p, 0.1),
    }
    ways = optimizers(valley, start, 60, "en")
    assert set(ways) == set(makers)
    for name, path in ways.items():
        at = torch.tensor(start, requires_grad=True)
        optimizer = makers[name]([at])
        for place in path[1:]:
            optimizer.zero_grad()
            ((at[0] * x + at[1] - y) ** 2).mean().backward()
            optimizer.step()
            assert np.abs(at.detach().numpy() - place).max() < 1e-11, name


def test_at_discount_1_there_is_no_best_way(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert run(tmp_path, "landscape", "--agent", "exact", "--discount", "1") == 0
    said = unwrapped(capsys.readouterr().out)
    assert "any: all ways to the goal are worth the same" in said
    assert "Planned by exact" in said
    assert "greedy path does not arrive" in re.sub(" +", " ", said)
    assert not (tmp_path / "episodes.csv").exists()
    assert not any(row["way"] == "policy" for row in rows(tmp_path / "ways.csv"))


def test_a_best_way_goes_down_to_the_goal_or_is_none():
    surface = Landscape([[9.0, 5.0, 8.0], [6.0, 1.0, 3.0], [7.0, 4.0, 10.0]], [0.0, 1.0, 2.0], [2.0, 1.0, 0.0])
    mdp = surface.mdp()
    assert best_way(mdp, solve(mdp, 0.9), 8) == [8, 5, 4]
    assert best_way(mdp, solve(mdp, 0.9), 4) == [4]
    assert best_way(mdp, solve(mdp, 1.0), 8) == []  # every action ties, and the first one goes up, and bumps


def test_any_agent_and_its_parameters(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert run(tmp_path, "landscape", "--agent", "sarsa-lambda", "--set", "lambda_=0.5,step_size=0.2") == 0
    assert "Learned by sarsa-lambda" in capsys.readouterr().out
    assert run(tmp_path, "landscape", "--set", "step_size=2") == 2
    assert "step_size: expected" in capsys.readouterr().err


# -- optimizers as agents -----------------------------------------------------------------------------------------------------


def test_the_fit_tells_how_each_ended_and_that_pytorch_agrees(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert run_command("fitting", ["fit", "--out", str(tmp_path)]) == 0
    said = unwrapped(capsys.readouterr().out)
    ended = re.findall(r"(gradient-descent|momentum|rmsprop|adam) +[\d.]+ +(\d+) +target reached +([\d.]+) +([\d.]+)", said)
    assert [name for name, *_ in ended] == ["gradient-descent", "momentum", "rmsprop", "adam"]
    assert all(float(last) + float(gain) == pytest.approx(43.152, abs=2e-3) for *_, last, gain in ended)
    ends = [(name, steps) for name, steps, *_ in ended]
    apart_by = re.findall(r"(\S+) +(\d\.?\d*e-1\d) +(\d\.?\d*e-1\d) +(\d+) ", said)
    assert [(name, steps) for name, *_, steps in apart_by] == ends
    assert all(float(single) < 1e-14 and float(whole) < 1e-12 for _, single, whole, _ in apart_by)
    assert "Replay rebuilds the parameters of all four to the last bit." in said
    table = rows(tmp_path / "losses.csv")
    for name, steps in ends:
        mine = [float(row["loss"]) for row in table if row["agent"] == name]
        assert len(mine) == int(steps) + 1
        assert mine[-1] <= 1.01 * 39 / 275 < mine[-2]


def test_an_optimizer_that_went_another_way_would_be_seen():
    env = FitEnv("line", budget=30)
    for agent in agents("line"):
        run = agent.learn(env, seed=3)
        single, whole = apart(env, run)
        assert max(single.max(), whole.max()) < 1e-13
        run.path[10, 1] += 1e-9
        single, whole = apart(env, run)
        assert single[9] > 1e-10
        assert whole[9] > 1e-10
    wrong = RMSprop(0.1, decay=0.9).learn(env, seed=3)
    object.__setattr__(wrong, "algorithm", RMSprop(0.1))
    assert apart(env, wrong)[0].max() > 1e-4


def test_rounding_grows_over_a_whole_way_that_does_not_settle_and_not_in_one_update():
    env = FitEnv("sine", target_loss=0.0, budget=900)
    single, whole = apart(env, RMSprop(0.01).learn(env, seed=0))
    assert single.max() < 1e-14
    assert whole[:500].max() < 1e-12
    assert whole.max() > 1e-6


def test_a_budget_that_is_spent_and_a_range_that_is_left(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert run(tmp_path, "fit", "--task", "sine") == 0
    assert capsys.readouterr().out.count("budget spent") == 4


# -- steered fits -------------------------------------------------------------------------------------------------------------


def test_the_study_is_told_and_kept_whole(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert run(tmp_path, "control", "--seed", "5") == 0
    said = capsys.readouterr().out
    names = ("q-learning, learned", "always gradient-descent", "always momentum", "always rmsprop", "always adam")
    assert all(re.search(rf"\n  {name} +[\d.]+", said) for name in names)
    table = rows(tmp_path / "control.csv")
    assert {row["seed"] for row in table} == {"5", "6"}
    learned = [row for row in table if row["choice"] == "q-learning"]
    assert {int(row["episodes"]) for row in learned} == {0, 1, 2, 3, 4}
    ends = [float(row["updates"]) for row in learned if row["episodes"] == "4"]
    found = re.search(r"q-learning, learned +([\d.]+) +([\d.]+)", said)
    assert found is not None
    assert float(found[2]) == pytest.approx(float(np.median(ends)), rel=1e-3)


def test_the_best_constant_is_named_as_what_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert run(tmp_path, "control", "--control", "step_size") == 0
    said = unwrapped(capsys.readouterr().out)
    assert re.search(r"best constant [\d.]+ is the best constant step size in hindsight", said)


# -- how they end -------------------------------------------------------------------------------------------------------------


def test_mistakes_are_answered_in_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    for system, arguments, sentence in (
        ("landscape", ["--agent", "qlearning"], "--agent: unknown 'qlearning'; did you mean 'q-learning'?"),
        ("fit", ["--task", "lne"], "--task: unknown 'lne'; did you mean 'line'?"),
        ("control", ["--episodes", "0"], "--episodes: expected an integer of at least 1, got 0"),
    ):
        assert run_command("fitting", [system, "--out", str(tmp_path / "out"), *arguments]) == 2
        said, complained = capsys.readouterr()
        assert said == ""
        assert complained == f"mazefit: fitting {system}: {sentence}\n"
    assert not (tmp_path / "out").exists()


def test_somebody_elses_files_are_not_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    for system, name in (("landscape", "ways.csv"), ("fit", "losses.csv"), ("control", "control.csv")):
        (tmp_path / name).write_text("mine")
        assert run(tmp_path, system) == 2
        assert "holds files of the same names that are not a run's" in capsys.readouterr().err
        assert (tmp_path / name).read_text() == "mine"


@pytest.mark.usefixtures("painted")
@pytest.mark.parametrize("system", FILES)
def test_the_same_seed_leaves_the_same_bytes(tmp_path: Path, capsys: pytest.CaptureFixture[str], system: str):
    for name in ("one", "two"):
        assert run(tmp_path / name, system, "--seed", "4") == 0
    for file in FILES[system]:
        file = file if "." in file else f"{file}.svg"
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes(), file
    capsys.readouterr()


def interrupted(folder: Path, system: str, *arguments: str, after: float) -> int:
    """Run, and press Ctrl-C so many seconds later."""
    timer = threading.Timer(after, lambda: signal.raise_signal(signal.SIGINT))
    timer.start()
    try:
        return run_command("fitting", [system, "--out", str(folder), *arguments])
    finally:
        timer.cancel()


def test_ctrl_c_keeps_what_was_learned_of_the_surface(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert interrupted(tmp_path, "landscape", "--nodes", "7", "--episodes", "90000000", after=0.8) == 130
    said, complained = capsys.readouterr()
    assert complained == ""
    found = re.search(r"Stopped after ([\d,]+) of 90,000,000 episodes: what was learned until then is kept\.", unwrapped(said))
    assert found is not None
    assert len(rows(tmp_path / "episodes.csv")) == int(found[1].replace(",", ""))
    assert (tmp_path / "landscape.png").exists()


def test_ctrl_c_of_a_study_before_its_first_seed_keeps_nothing_and_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert interrupted(tmp_path, "control", "--seeds", "3", "--episodes", "900000", after=1.5) == 130
    assert "Stopped before anything was whole: nothing to keep." in unwrapped(capsys.readouterr().out)
    assert {path.name for path in tmp_path.iterdir()} == {"config.json"}


def test_ctrl_c_of_a_study_keeps_the_seeds_that_were_done(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    quick = ("--episodes", "1", "--starts", "1")
    assert interrupted(tmp_path, "control", "--seeds", "90000", *quick, after=2.0) == 130
    said, complained = capsys.readouterr()
    assert complained == ""
    found = re.search(r"Stopped after ([\d,]+) of 90,000 seeds: what was learned until then is kept\.", unwrapped(said))
    assert found is not None
    learned = [row for row in rows(tmp_path / "control.csv") if row["choice"] == "q-learning"]
    assert len({row["seed"] for row in learned}) == int(found[1].replace(",", ""))
    assert (tmp_path / "updates.png").exists()
