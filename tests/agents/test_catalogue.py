import pytest

from mazefit.agents import QLearning, ValueIteration, catalogue
from mazefit.agents.catalogue import build, describe, find
from mazefit.agents.policies import EpsilonGreedy
from mazefit.envs.maze import Maze
from mazefit.errors import ConfigError, DataError


def test_every_entry_runs_with_its_defaults() -> None:
    names = [entry.name for entry in catalogue()]
    assert len(set(names)) == len(names)
    assert {"value-iteration", "td-0", "q-learning", "dyna-q"} <= set(names)
    maze = Maze.named("tutorial")
    for entry in catalogue():
        made = entry.factory()
        if entry.kind == "planning":
            run = made.solve(maze, trace=True)
        else:
            run = (made.predict if entry.kind == "prediction" else made.learn)(maze, episodes=2, seed=0, trace=True)
        assert made.name == entry.name == made.rule.name
        if len(run.trace):
            entry.spec.check(run.trace[len(run.trace) - 1])
        assert build(describe(made)) == made
        assert entry.reference


def test_described_and_built_again() -> None:
    for made in (QLearning(step_size=0.2, policy=EpsilonGreedy(0.7)), ValueIteration(discount=0.3, max_sweeps=5)):
        assert build(describe(made)) == made


def test_unknown_names() -> None:
    with pytest.raises(ConfigError, match=r"unknown 'q-lerning'; did you mean 'q-learning'\?"):
        find("q-lerning")
    with pytest.raises(DataError, match=r"algorithm: unknown 'sarsaa'; did you mean 'sarsa'"):
        build({"name": "sarsaa"})
