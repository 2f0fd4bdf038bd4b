"""`evaluate` against numbers worked out by hand, in the order of the learners' arithmetic."""

from dataclasses import FrozenInstanceError
from math import isnan

import pytest

from mazefit.backup.tree import Backup, Component, Edge, Node, evaluate
from tests.backup.backup_samples import arrival, double_q, fan, monte_carlo, n_step_td, path, q_learning, td_lambda


def leaf(value: float, kind: str = "state") -> Node:
    return Node(kind, "x", value)


def test_sample_is_reward_plus_discounted_value():
    assert evaluate(q_learning([-3.0, -2.71, -4.0]).root) == -1.0 + 0.9 * -2.71


def test_terminal_arrival_gives_the_reward_alone():
    root = Node("action", edges=(arrival(Node("state", terminal=True), 7.0),))
    assert evaluate(root) == 7.0
    undiscounted = Edge(Node("state", terminal=True), reward=7.0)
    assert evaluate(Node("action", edges=(undiscounted,))) == 7.0


def test_truncated_leaf_is_bootstrapped():
    root = Node("action", edges=(arrival(Node("state", value=-10.0, truncated=True), -1.0),))
    assert evaluate(root) == -1.0 + 0.9 * -10.0


def test_expectation_adds_from_left_to_right():
    edges = tuple(arrival(leaf(v), 0.0, 0.25) for v in (1e16, 1.0, -1e16, 3.0))
    total = 0.0
    for edge in edges:
        total += 0.25 * (0.0 + 0.9 * edge.node.value)
    assert evaluate(Node("action", combine="expect", edges=edges)) == total
    backwards = evaluate(Node("action", combine="expect", edges=edges[::-1]))
    assert backwards != total  # the order counts


def test_expectation_weighs_reward_and_value():
    edges = (arrival(leaf(2.0), 1.0, 0.25), arrival(leaf(-4.0), 3.0, 0.75))
    assert evaluate(Node("action", combine="expect", edges=edges)) == 0.25 * (1.0 + 0.9 * 2.0) + 0.75 * (3.0 + 0.9 * -4.0)


def test_max_of_negative_values():
    assert evaluate(fan("s", [-5.0, -0.5, -7.0])) == -0.5


def test_double_q_selects_by_one_table_and_values_by_the_other():
    assert double_q([1.0, 5.0, 2.0], [10.0, -3.0, 99.0]).target == -1.0 + 0.9 * -3.0


def test_n_step_return_nests():
    assert n_step_td(2).target == -1.0 + 0.9 * (-2.0 + 0.9 * -2.5)


@pytest.mark.parametrize(
    ("sigma", "ratio", "expected"),
    [(1.0, None, 4.0), (0.0, None, 0.25 * 4.0 + 0.75 * 8.0), (0.5, 2.0, 0.5 * 2.0 * 4.0 + 0.5 * 7.0)],
)
def test_sigma_mixes_sample_and_expectation(sigma, ratio, expected):
    edges = (Edge(leaf(8.0, "action"), weight=0.75), Edge(leaf(4.0, "action"), weight=0.25, ratio=ratio, chosen=True))
    assert evaluate(Node("state", combine="sigma", sigma=sigma, edges=edges)) == expected


def test_sigma_with_control_variate_is_equation_7_17():
    taken = Edge(leaf(4.0, "action"), weight=0.25, ratio=2.0, control=3.0, chosen=True)
    node = Node("state", combine="sigma", sigma=0.5, edges=(Edge(leaf(8.0, "action"), weight=0.75), taken))
    assert evaluate(node) == (0.5 * 2.0 + 0.5 * 0.25) * (4.0 - 3.0) + (0.75 * 8.0 + 0.25 * 3.0)


def test_compound_is_the_weighted_total():
    backup = td_lambda(3)
    parts = [evaluate(component.node) for component in backup.components]
    assert [c.weight for c in backup.components] == [0.5, 0.25, 0.25]
    assert backup.target == 0.5 * parts[0] + 0.25 * parts[1] + 0.25 * parts[2]


def test_a_missing_number_is_not_a_number():
    assert isnan(evaluate(Node("action", edges=(Edge(leaf(1.0), discount=0.9),))))
    assert isnan(evaluate(Node("state")))


def test_an_episode_longer_than_the_recursion_limit():
    backup = monte_carlo(5000)
    value = 0.0
    for i in reversed(range(5000)):
        value = -1.0 - i if i == 4999 else -1.0 - i + 0.9 * value
    assert backup.target == value


def test_backup_names_its_root_and_branches():
    backup = n_step_td(1)
    assert backup.root is backup.components[0].node
    assert backup.branches == backup.root.edges
    assert backup._repr_svg_().startswith("<svg")
    assert not backup.schematic


def test_plain_frozen_data():
    node = path(1, terminal=True)
    with pytest.raises(FrozenInstanceError):
        node.value = 1.0
    assert node == path(1, terminal=True)
    assert node != path(1, terminal=False)
    assert "edges" not in repr(Backup(0, "x", (Component(node),)))
