"""Algorithms side by side: the same seeds for all, numbers that hold, what is refused, and what is kept after Ctrl-C."""

import csv
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mazefit.agents import BatchTD, QLearning, Sarsa, certify, solve
from mazefit.agents.interrupt import LearningInterrupted
from mazefit.envs import Maze
from mazefit.errors import ConfigError, OutputError
from mazefit.lab import compare as room
from mazefit.lab.compare import compare
from mazefit.lab.compare_seeds import Trial, learned, shortest
from mazefit.lab.compare_task import prepare_comparison
from mazefit.lab.evaluated_policy import evaluated
from mazefit.lab.interval import mean_and_half
from mazefit.lab.list_agents import listed
from mazefit.lab.run_agent import RunConfig, run_agent

TUTORIAL = Maze.named("tutorial")
FILES = ["comparison.csv", "comparison.md", "comparison.png", "comparison.svg", "config.json", "curves.csv", "maze.txt"]


@pytest.fixture
def config(tmp_path: Path) -> RunConfig:
    return RunConfig(
        compare="q-learning,sarsa,value-iteration", maze="tutorial", seeds=4, episodes=30, out=tmp_path / "out", lang="en"
    )


def rows(folder: Path, name: str = "comparison.csv") -> list[dict[str, str]]:
    with (folder / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_the_table_holds_the_means_over_the_seeds(config: RunConfig, capsys: pytest.CaptureFixture[str]):
    assert run_agent(config) == 0
    assert sorted(path.name for path in config.folder.iterdir()) == FILES
    learners = {"q-learning": QLearning(), "sarsa": Sarsa()}
    found = {row["algorithm"]: row for row in rows(config.folder)}
    assert list(found) == ["q-learning", "sarsa", "value-iteration"]
    for name, learner in learners.items():
        runs = [learner.learn(TUTORIAL, episodes=30, seed=seed) for seed in range(4)]
        mean, half = mean_and_half([run.returns[-20:].mean() for run in runs])
        assert float(found[name]["return"]) == pytest.approx(float(mean))
        assert float(found[name]["return_95"]) == pytest.approx(float(half))
        assert float(found[name]["steps"]) == pytest.approx(np.mean([run.lengths[-20:].mean() for run in runs]))
        curve = [float(line["mean"]) for line in rows(config.folder, "curves.csv") if line["algorithm"] == name]
        assert curve[:30] == pytest.approx(np.mean([run.returns for run in runs], axis=0).tolist())
    assert (found["value-iteration"]["return"], found["value-iteration"]["steps"]) == ("-3.0", "4.0")
    said = capsys.readouterr().out
    assert "q-learning, sarsa, value-iteration side by side in the tutorial maze" in said
    assert "30 episodes each, with the same 4 seeds from 0 on" in said
    assert "step_size=0.5 discount=1 policy=epsilon-greedy:0.1" in said
    assert json.loads((config.folder / "config.json").read_text())["kind"] == "mazefit run --compare"
    assert "| q-learning | `step_size=0.5" in (config.folder / "comparison.md").read_text()


@pytest.mark.parametrize("name", ["q-learning", "sarsa"])
def test_stopping_to_look_changes_no_byte_and_the_first_shortest_path_is_found(config: RunConfig, name: str):
    task = prepare_comparison(replace(config, maze="dyna", episodes=120))
    one = next(one for one in task.contestants if one.name == name)
    trial = learned(task, one, 5)
    whole = one.algorithm.learn(task.mdp, episodes=120, seed=5)
    assert trial.returns.tobytes() == whole.returns.tobytes()
    assert trial.reached is not None
    at, before = (one.algorithm.learn(task.mdp, episodes=trial.reached - i, seed=5).q for i in (0, 1))
    assert certify(task.mdp, at).greedy_length == 14
    assert certify(task.mdp, at).optimal
    assert not certify(task.mdp, before).optimal


def test_a_table_of_zeros_shows_no_shortest_path():
    mdp, exact = TUTORIAL.mdp(), solve(TUTORIAL)
    assert not shortest(mdp, np.zeros((9, 4)), exact)
    assert shortest(mdp, exact.q, exact)


def test_predictions_are_compared_by_their_rms_error(config: RunConfig, capsys: pytest.CaptureFixture[str]):
    from mazefit.agents.catalogue import catalogue

    names = [entry.name for entry in catalogue() if entry.kind == "prediction"][:2]
    assert compare(replace(config, compare=",".join([*names, "policy-evaluation"]), lang="ko")) == 0
    found = rows(config.folder)
    assert float(found[-1]["rms_error"]) < 1e-6
    assert all(0.0 < float(row["rms_error"]) < 26.0 for row in found[:-1])
    assert "무작위 정책의 가치" in capsys.readouterr().out


def test_what_learns_from_a_batch_is_compared_with_the_others(config: RunConfig):
    assert compare(replace(config, compare="batch-td,td-0", episodes=12, seeds=2)) == 0
    curves = rows(config.folder, "curves.csv")
    assert [int(row["episode"]) for row in curves if row["algorithm"] == "td-0"] == list(range(13))
    asked = [int(row["episode"]) for row in curves if row["algorithm"] == "batch-td"]
    assert asked == np.unique(np.linspace(1, 12, 10).astype(int)).tolist()
    runs = [BatchTD().predict(TUTORIAL, episodes=12, seed=seed) for seed in range(2)]
    exact = evaluated(TUTORIAL.mdp(), None, solve(TUTORIAL))
    last = next(row for row in reversed(curves) if row["algorithm"] == "batch-td")
    assert float(last["mean"]) == pytest.approx(np.mean([exact.error(run.v) for run in runs]))


def test_the_exact_values_of_the_random_policy_solve_their_equation():
    mdp = TUTORIAL.mdp()
    policy = evaluated(mdp, None, solve(TUTORIAL))
    inside = policy.states
    onward = np.where(mdp.terminated, 0.0, policy.v[mdp.next_state])
    assert policy.v[inside] == pytest.approx((mdp.reward + onward).mean(axis=1)[inside])
    assert policy.v[0] == pytest.approx(-26.0)
    assert evaluated(mdp, "greedy", solve(TUTORIAL)).v[0] == -3.0


def test_planners_alone_have_a_table_and_no_figure(config: RunConfig, capsys: pytest.CaptureFixture[str]):
    assert compare(replace(config, compare="value-iteration,policy-iteration")) == 0
    said = capsys.readouterr().out
    assert "No figure: nothing here learns from episodes." in said
    assert not (config.folder / "comparison.png").exists()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"compare": "q-learning,sarza"}, "--compare: unknown 'sarza'; did you mean 'sarsa'"),
        ({"compare": "sarsa,sarsa"}, "--compare: expected each name once, got 'sarsa' again"),
        ({"compare": ""}, "--compare: unknown ''"),
        ({"agent": "sarsa"}, "--agent: expected none beside --compare, got 'sarsa'"),
        ({"resume": "x"}, "--resume: expected none beside --compare"),
        ({"seeds": 0}, "--seeds: expected an integer of at least 1, got 0"),
        ({"compare": "sarsa,policy-evaluation"}, r"got sarsa \(control\), policy-evaluation \(values of a policy\)"),
        ({"set": "discount=0.5,stepsize=1"}, "--set: unknown parameter 'stepsize'"),
    ],
)
def test_what_cannot_be_compared_is_refused(config: RunConfig, wrong: dict[str, Any], sentence: str):
    with pytest.raises(ConfigError, match=sentence):
        run_agent(replace(config, **wrong))
    assert not config.folder.exists()


def test_a_folder_of_a_run_is_not_written_over(config: RunConfig):
    run_agent(RunConfig(maze="tutorial", episodes=3, out=config.folder, lang="en"))
    with pytest.raises(OutputError, match=r"holds files of the same names that are not a run's \(config.json, maze.txt\)"):
        compare(config)


def test_flags_reach_those_who_have_them_and_one_line_names_the_others(config: RunConfig, capsys: pytest.CaptureFixture[str]):
    assert compare(replace(config, compare="sarsa,n-step-sarsa", n=2, sigma=0.5, epsilon=0.2)) == 0
    found = {row["algorithm"]: row["settings"] for row in rows(config.folder)}
    assert "n=2" in found["n-step-sarsa"].split()
    assert all("policy=epsilon-greedy:0.2" in settings for settings in found.values())
    assert capsys.readouterr().err == "sarsa, n-step-sarsa has no use for --sigma\n"


def test_ctrl_c_keeps_the_seeds_that_all_have_done(
    config: RunConfig, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    def stops(task: Any, one: Any, seed: int) -> Trial:
        if seed == 2 and one.name == "sarsa":
            raise LearningInterrupted(QLearning().learn(TUTORIAL, episodes=1, seed=0))
        return learned(task, one, seed)

    monkeypatch.setattr(room, "learned", stops)
    assert compare(config) == 130
    assert "Stopped: 2 of 4 seeds are kept" in capsys.readouterr().out
    assert [row["seeds"] for row in rows(config.folder)] == ["2", "2", "1"]
    assert (config.folder / "comparison.png").exists()
    monkeypatch.setattr(room, "learned", lambda *_: stops(None, config_of("sarsa"), 2))
    assert compare(config) == 130
    assert "nothing to keep" in capsys.readouterr().err


def config_of(name: str) -> Any:
    from types import SimpleNamespace

    return SimpleNamespace(name=name)


def test_quick_is_three_seeds_and_one_seed_has_no_band(config: RunConfig, capsys: pytest.CaptureFixture[str]):
    assert compare(replace(config, seeds=None, episodes=None, quick=True)) == 0
    assert "50 episodes each, with the same 3 seeds" in capsys.readouterr().out
    assert compare(replace(config, seeds=1)) == 0
    assert rows(config.folder)[0]["return_95"] == ""
    assert "±" not in capsys.readouterr().out


def test_the_list_of_agents_is_grouped_and_aligned():
    lines = listed("en")
    assert [line for line in lines if line and not line.startswith(" ")] == [
        "Planning: computes values from the known model",
        "Prediction: learns the values of a given policy from episodes",
        "Control: learns from episodes which actions are best",
    ]
    starts = {line.index("Sutton") for line in lines if "Sutton" in line}
    assert len(starts) == 1
    assert any(line.startswith("  q-learning ") and "control" in line and line.endswith("section 6.5") for line in lines)
    assert any("제어" in line for line in listed("ko"))
