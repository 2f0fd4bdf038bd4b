"""Flags reach the algorithms that have their parameter, whatever algorithm it is, and nobody else."""

from dataclasses import replace
from pathlib import Path

import pytest

from mazefit.agents import UCB, EpsilonGreedy, Greedy, Linear, NStepSarsa, PerVisit, QLearning, Sarsa, Softmax
from mazefit.agents.catalogue import Entry, catalogue, find
from mazefit.agents.run import Run
from mazefit.errors import ConfigError
from mazefit.lab.parameters import build, evaluates, learns_on_the_way, policies_of, unused_flags, written
from mazefit.lab.run_agent import RunConfig, run_agent

PLAIN = RunConfig(lang="en")
NAMES = [entry.name for entry in catalogue()]


def made(name: str, **flags: object) -> object:
    config = replace(PLAIN, agent=name, **flags)  # pyright: ignore
    config.check()
    return build(find(name), vars(config))


@pytest.mark.parametrize("name", NAMES)
def test_without_flags_an_algorithm_keeps_its_own_defaults(name: str):
    assert made(name) == find(name).factory()


@pytest.mark.parametrize("name", NAMES)
def test_every_algorithm_runs_and_is_saved(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert run_agent(RunConfig(agent=name, maze="tutorial", episodes=3, out=tmp_path, lang="en")) == 0
    said = capsys.readouterr().out
    run, entry = Run.load(tmp_path / "run"), find(name)
    assert run.trace is not None
    assert run.trace.replay().v.tobytes() == run.v.tobytes()
    assert (tmp_path / "maze.png").exists()
    assert (tmp_path / ("v.npy" if evaluates(entry) else "q.npy")).exists()
    assert ("greedy path" in said) == ("Walk it yourself" in said) == (not evaluates(entry))
    assert ("RMS error" in said) == evaluates(entry)
    assert (tmp_path / "errors.png").exists() == (entry.kind == "prediction" and learns_on_the_way(entry))
    assert (tmp_path / "returns.png").exists() == (entry.kind == "control")


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        ({"step_size": 0.25, "discount": 0.9}, QLearning(step_size=0.25, discount=0.9)),
        ({"step_size": "1/N"}, QLearning(step_size=PerVisit())),
        ({"step_size": "linear:0.5:0.1:200"}, QLearning(step_size=Linear(0.5, 0.1, episodes=200))),
        ({"epsilon": 0.3}, QLearning(policy=EpsilonGreedy(0.3))),
        ({"epsilon": "linear:1:0:20"}, QLearning(policy=EpsilonGreedy(Linear(1.0, 0.0, episodes=20)))),
        ({"policy": "greedy"}, QLearning(policy=Greedy())),
        ({"policy": "softmax", "temperature": 0.2}, QLearning(policy=Softmax(0.2))),
        ({"policy": "softmax"}, QLearning(policy=Softmax())),
        ({"policy": "ucb", "c": 2.0}, QLearning(policy=UCB(2.0))),
        ({"set": "step_size=0.25, policy=ucb:3"}, QLearning(step_size=0.25, policy=UCB(3.0))),
    ],
)
def test_flags_become_parameters(flags: dict[str, object], expected: object):
    assert made("q-learning", **flags) == expected


def test_a_flag_goes_to_those_who_have_its_parameter():
    assert made("n-step-sarsa", n=2) == NStepSarsa(n=2)
    assert made("sarsa", n=2) == Sarsa()
    everybody = {parameter for entry in catalogue() for parameter in vars(entry.factory())}
    assert {"step_size", "discount", "n"} <= everybody
    found = made("value-iteration", set="max_sweeps=7")
    assert vars(found)["max_sweeps"] == 7


def unused(name: str, **flags: object) -> list[str]:
    return unused_flags([find(name)], vars(replace(PLAIN, **flags)))  # pyright: ignore


def test_flags_without_a_use_are_named():
    assert unused("q-learning", n=3, sigma=0.5, epsilon=0.2) == ["--n", "--sigma"]
    assert unused("q-learning", temperature=2.0) == ["--temperature (without --policy softmax)"]
    assert unused("q-learning", policy="ucb", epsilon=0.2) == ["--epsilon (without --policy epsilon-greedy)"]
    assert unused("value-iteration", step_size=0.2, policy="greedy", epsilon=0.1) == ["--step-size", "--policy", "--epsilon"]
    assert unused("n-step-sarsa", n=3) == []


@pytest.mark.parametrize(
    ("flags", "sentence"),
    [
        ({"step_size": 2.0, "n": 0, "lambda_": 1.5}, "--step-size: .*--lambda: .*--n: expected an integer of at least 1"),
        ({"step_size": "soon"}, "--step-size: expected a number, 1/N, linear:START:END:EPISODES"),
        ({"step_size": "linear:2:0.1:5"}, "--step-size: expected a schedule with 0 < step_size <= 1"),
        ({"epsilon": "1/N"}, "--epsilon: expected a number or a schedule, got '1/N'"),
        ({"policy": "softmx"}, "--policy: unknown 'softmx'; did you mean 'softmax'"),
        ({"first_visit": True, "every_visit": True}, "--first-visit, --every-visit: expected one of the two, got both"),
        ({"set": "stepsize=1"}, "--set: unknown parameter 'stepsize'; did you mean 'step_size'"),
        ({"set": "n"}, "--set: expected NAME=VALUE, several with commas between them, got 'n'"),
        ({"set": "policy=loud"}, "--set: policy: expected a policy such as softmax:0.5, got 'loud'"),
    ],
)
def test_wrong_flags_are_refused_together(flags: dict[str, object], sentence: str):
    with pytest.raises(ConfigError, match=sentence):
        made("q-learning", **flags)


def test_a_prediction_takes_the_policy_that_it_predicts():
    entries: list[Entry] = [entry for entry in catalogue() if evaluates(entry)]
    assert "policy-evaluation" in [entry.name for entry in entries]
    assert {policies_of(entry) for entry in entries} == {("random", "greedy")}
    with pytest.raises(ConfigError, match="--policy: unknown 'softmax'; expected one of greedy, random"):
        made("policy-evaluation", policy="softmax")


def test_parameters_in_words():
    assert written(QLearning()) == "step_size=0.5 discount=1 policy=epsilon-greedy:0.1"
    assert written(QLearning(step_size=PerVisit(), policy=Greedy())) == "step_size=1/N discount=1 policy=greedy"
