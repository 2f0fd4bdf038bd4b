"""The forward view of a visit: its columns, weights and leaves, by hand and where it ends."""

import numpy as np
import pytest

from mazefit.agents import EpsilonGreedy, SarsaLambda, TDLambda, TrueOnlineTDLambda, WatkinsQLambda
from mazefit.backup import TraceOptions
from mazefit.backup.trace import Trace
from mazefit.backup.tree import Node
from mazefit.envs.maze import Maze
from mazefit.envs.tables import TabularMDP
from mazefit.errors import ConfigError
from tests.agents.worlds import corridor

GO_RIGHT = np.array([1, 1, 1, 1])


def walked(kind: type[TDLambda] | type[TrueOnlineTDLambda] = TDLambda, **parameters: float) -> Trace:
    """Straight down a corridor s0, s1, s2, s3 with rewards -1, -1, 1, twice; V = 10, 20, 30 at first."""
    learner = kind(step_size=0.5, discount=0.9, lambda_=0.8, **parameters)
    run = learner.predict(corridor(4), GO_RIGHT, episodes=2, seed=0, initial=[10.0, 20.0, 30.0, 0.0], trace=True)
    assert run.trace is not None
    return run.trace


def labels(node: Node) -> list[str]:
    """The way down."""
    return [node.label, *(label for edge in node.edges for label in labels(edge.node))]


def leaf(node: Node) -> Node:
    while node.edges:
        node = node.edges[0].node
    return node


def test_by_hand() -> None:
    trace = walked()
    backup = trace.forward(0)
    # V as each step found it: s1 is 20 at step 0; step 0 has δ = -1 + 18 - 10 = 7, which leaves s2 at 30 for step 1
    one, two, three = -1.0 + 0.9 * 20.0, -1.0 + 0.9 * (-1.0 + 0.9 * 30.0), -1.0 + 0.9 * (-1.0 + 0.9 * 1.0)
    first, second, last = (1.0 - 0.8) * 1.0, (1.0 - 0.8) * 0.8, 0.8 * 0.8
    assert [component.weight for component in backup.components] == [first, second, last]
    assert backup.target == backup.evaluate() == 0.0 + first * one + second * two + last * three
    assert backup.old == 10.0
    assert backup.td_error == backup.target - 10.0
    assert backup.new == 10.0 + 0.5 * (backup.target - 10.0)
    assert (backup.step_size, backup.index, backup.episode, backup.step) == (0.5, 0, 0, 0)
    assert backup.writes == ()
    assert [labels(component.node) for component in backup.components] == [
        ["s0", "a2", "s1"],
        ["s0", "a2", "s1", "a2", "s2"],
        ["s0", "a2", "s1", "a2", "s2", "a2", "s3"],
    ]
    assert [leaf(component.node).value for component in backup.components] == [20.0, 30.0, None]
    assert leaf(backup.components[2].node).terminal
    trace.rule.spec.check(backup, lambda_=0.8)


def test_leaves_are_those_that_the_updates_looked_up() -> None:
    trace = TDLambda(step_size=0.5, discount=0.9).predict(corridor(4), episodes=2, seed=1, initial=-3.0, trace=True).trace
    assert trace is not None
    before = [trace.tables_at(row)["v"] for row in range(len(trace) + 1)]
    moved = 0
    for i in range(len(trace)):
        for n, component in enumerate(trace.forward(i).components):
            end = leaf(component.node)
            if not end.terminal:
                state = int(end.label[1:])
                assert end.value == before[i + n][state]  # neither as it was at the visit nor as that step left it
                moved += before[i][state] != before[i + n][state] != before[i + n + 1][state]
    assert moved > 5
    assert trace.forward(-3) == trace.forward(len(trace) - 3)


def test_pairs_run_through_the_actions_taken() -> None:
    run = SarsaLambda(step_size=0.2, discount=0.9, policy=EpsilonGreedy(0.8), replacing=False).learn(
        corridor(4), episodes=4, seed=3, initial=-1.0, trace=True
    )
    trace = run.trace
    assert trace is not None
    for i in range(len(trace)):
        backup = trace.forward(i)
        steps = [trace[j].root.label for j in range(i, i + len(backup.components))]
        for n, component in enumerate(backup.components, start=1):
            way = labels(component.node)[1:]
            assert [f"{state}, {action}" for state, action in zip(way[::2], way[1::2], strict=False)][: n - 1] == steps[1:n]
        trace.rule.spec.check(backup, lambda_=0.8)


def test_a_replacing_trace_ends_where_the_cell_is_visited_again() -> None:
    run = TDLambda(step_size=0.2, replacing=True).predict(corridor(4), episodes=3, seed=1, trace=True)
    assert run.trace is not None
    roots = [backup.root.label for backup in run.trace]
    ends = np.cumsum(run.lengths)
    met = 0
    for i, root in enumerate(roots):
        end = int(ends[np.searchsorted(ends, i, side="right")])
        again = roots[i + 1 : end].index(root) + 1 if root in roots[i + 1 : end] else end - i
        backup = run.trace.forward(i)
        assert len(backup.components) == again
        run.trace.rule.spec.check(backup, lambda_=0.8)
        met += again != end - i
    assert met


def test_fewer_columns_bear_the_whole_weight() -> None:
    run = TrueOnlineTDLambda(lambda_=0.9).predict(Maze.named("dyna"), steps=300, seed=0, trace=True)
    trace = run.trace
    assert trace is not None
    backup = trace.forward(4, columns=3)
    assert [component.weight for component in backup.components] == [(1.0 - 0.9) * 1.0, (1.0 - 0.9) * 0.9, 0.9 * 0.9]
    assert leaf(backup.components[-1].node).truncated
    assert not leaf(backup.components[0].node).truncated
    trace.rule.spec.check(backup, lambda_=0.9)
    assert len(trace.forward(299).components) == 1
    unfinished = trace.forward(290)  # the episode goes on, the run does not: it is cut there
    assert len(unfinished.components) == 10
    assert leaf(unfinished.components[-1].node).truncated
    trace.rule.spec.check(unfinished, lambda_=0.9)


def test_too_long_a_trace_asks_for_columns() -> None:
    run = TDLambda().predict(Maze.named("dyna"), steps=600, seed=0, trace=True)
    assert run.trace is not None
    with pytest.raises(ConfigError, match=r"columns: expected at most 400, as the trace of this visit lasts 600 steps"):
        run.trace.forward(0)
    assert len(run.trace.forward(0, columns=30).components) == 30
    for columns in (0, 401, 2.5, "x"):
        with pytest.raises(ConfigError, match="columns: expected an integer from 1 to 400"):
            run.trace.forward(0, columns=columns)
    with pytest.raises(IndexError, match="expected an index from 0 to 599, got 600"):
        run.trace.forward(600)


def test_a_window_of_the_trace_gives_the_same_view() -> None:
    learner = WatkinsQLambda(step_size=0.3, discount=0.9)
    whole = learner.learn(Maze.named("dyna"), steps=900, seed=2, trace=True).trace
    window = learner.learn(Maze.named("dyna"), steps=900, seed=2, trace=TraceOptions(ring=100)).trace
    assert whole is not None
    assert window is not None
    assert window.first > 0
    for i in range(len(window), 0, -9):
        assert window.forward(-i) == whole.forward(-i)


def test_the_best_action_stands_at_the_end_of_each_of_watkins_columns() -> None:
    run = WatkinsQLambda(policy=EpsilonGreedy(0.0), discount=0.9).learn(
        corridor(4), episodes=2, seed=0, initial=-0.5, trace=True
    )
    trace = run.trace
    assert trace is not None
    for i in range(len(trace)):
        backup = trace.forward(i)
        trace.rule.spec.check(backup, lambda_=0.8)
        for component in backup.components:
            node = component.node
            while not node.terminal and node.combine != "max":
                node = node.edges[0].node
            assert node.terminal or len(node.edges) == 2


def test_rewards_that_differ_keep_their_order() -> None:
    chain = TabularMDP([[1], [2], [3], [3]], [[-1.0], [-2.0], [5.0], [0.0]], [[False], [False], [True], [True]], start=0)
    trace = TDLambda(step_size=0.5, discount=0.5, lambda_=1.0).predict(chain, episodes=1, seed=0, trace=True).trace
    assert trace is not None
    backup = trace.forward(0)
    assert backup.target == backup.evaluate() == -1.0 + 0.5 * (-2.0 + 0.5 * 5.0)
    trace.rule.spec.check(backup, lambda_=1.0)
