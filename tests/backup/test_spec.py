"""A rule keeps right trees and names what is wrong with wrong ones."""

from dataclasses import replace

import pytest

from mazefit.backup.check import SpecError
from mazefit.backup.spec import BackupSpec, Repeat, expect, maximum, sample
from mazefit.backup.textbook import TEXTBOOK
from mazefit.backup.tree import Backup, Component, Edge, Node
from mazefit.errors import ConfigError, MazefitError
from tests.backup.backup_samples import (
    arrival,
    bump,
    double_q,
    expected_sarsa,
    fan,
    monte_carlo,
    n_step_td,
    outcome,
    q_learning,
    q_learning_at_the_end,
    slippery,
    td_lambda,
    tree_backup,
    update,
    value_iteration,
)

Q = "Q-learning"
VI = "Value iteration"

RIGHT = {
    "q-learning": q_learning(),
    "all tied": q_learning([0.0] * 4),
    "tied in the middle": q_learning([-3.0, -1.0, -1.0, -5.0]),
    "end of the episode": q_learning_at_the_end(),
    "cut episode": q_learning(truncated=True),
    "bump": bump(),
    "slippery": slippery(),
    "expected sarsa": expected_sarsa(),
    "n-step": n_step_td(3),
    "one step": n_step_td(1),
    "n-step to the end": replace(monte_carlo(4), algorithm="n-step TD"),
    "monte carlo": monte_carlo(6),
    "tree backup": tree_backup(3),
    "double q": double_q([1.0, 5.0, 2.0], [10.0, -3.0, 99.0]),
    "lambda": td_lambda(4),
    "cut and bootstrapped": update(
        Node("state", "s0", edges=(Edge(Node("action", "a1", edges=(arrival(Node("state", "s1", -4.0, truncated=True)),))),)),
        "n-step TD",
    ),
}


@pytest.mark.parametrize("name", RIGHT)
def test_right_trees_keep_their_rule(name):
    backup = RIGHT[name]
    assert TEXTBOOK[backup.algorithm].violations(backup) == []
    TEXTBOOK[backup.algorithm].check(backup)


@pytest.mark.parametrize("name", RIGHT)
@pytest.mark.parametrize("field", ["target", "td_error", "old", "new"])
def test_one_ulp_off_is_seen(name, field):
    from math import inf, nextafter

    backup = RIGHT[name]
    off = replace(backup, **{field: nextafter(getattr(backup, field), inf)})
    # `old` off by one ulp may round to the same difference; then no number tells
    told = TEXTBOOK[backup.algorithm].violations(off)
    same = off.target - off.old == off.td_error
    assert told or (field == "old" and same)


def q_tree(*edges: Edge, **more) -> Node:
    return Node("action", "s4, a1", edges=edges, **more)


def as_is(root: Node, algorithm: str = Q, **more) -> Backup:
    return update(root, algorithm, **more)


def with_edges(node: Node, *edges: Edge) -> Node:
    return replace(node, edges=edges)


leaves = fan("s1", [-3.0, -2.71, -4.0]).edges
tied = fan("s1", [-2.0, -2.0, -4.0]).edges
good = q_learning([-3.0, -2.71, -4.0])
half = outcome("s1", -1.0, weight=0.5)

WRONG = {
    "lost gamma": (Q, as_is(q_tree(replace(good.branches[0], discount=1.0))), "discounts by 1.0, expected 0.9"),
    "no gamma at all": (Q, as_is(q_tree(replace(good.branches[0], discount=None))), "discounts by None, expected 0.9"),
    "target without gamma": (Q, replace(good, target=-3.71), "the tree backs up"),
    "bootstrap below a terminal": (
        Q,
        as_is(q_tree(arrival(replace(fan("s8", [-1.0, -2.0]), terminal=True)))),
        "bootstrap below the terminal state 's8'",
    ),
    "value at a terminal": (
        Q,
        as_is(q_tree(arrival(Node("state", "s8", -1.0, terminal=True)))),
        "bootstrap at the terminal state 's8'",
    ),
    "no bootstrap at a truncation": (
        "TD(0)",
        as_is(
            Node("state", "s4", edges=(Edge(Node("action", "a1", edges=(arrival(Node("state", "s1", truncated=True)),))),)),
            "TD(0)",
        ),
        "the truncated state 's1' carries no value",
    ),
    "wrong winner": (
        Q,
        as_is(q_tree(arrival(with_edges(fan("s1", [0.0]), replace(leaves[0], chosen=True), replace(leaves[1], chosen=False))))),
        "'a1' is marked as winner below 's1' with -3.0, the largest is -2.71",
    ),
    "first-index tie": (
        Q,
        as_is(
            q_tree(
                arrival(with_edges(fan("s1", [0.0]), replace(tied[0], tied=False), replace(tied[1], chosen=False, tied=False)))
            )
        ),
        "'a2' ties for the largest below 's1' and is not marked as tied",
    ),
    "tied with nothing": (
        Q,
        as_is(q_tree(arrival(with_edges(fan("s1", [0.0]), replace(leaves[0], tied=True), leaves[1])))),
        "'a1' is marked as tied below 's1' and ties with nothing",
    ),
    "no winner": (
        Q,
        as_is(q_tree(arrival(with_edges(fan("s1", [0.0]), *(replace(e, chosen=False) for e in leaves))))),
        "no winner is marked below 's1'",
    ),
    "absolute error": (Q, replace(good, td_error=abs(good.td_error)), "(signed)"),
    "update the wrong way": (Q, replace(good, new=good.old - 0.5 * good.td_error), "expected old + step_size"),
    "not set to the target": (VI, replace(bump(), new=-1.0), "expected target"),
    "weights not summing to 1": (VI, value_iteration([[half, half, half]]), "sum to 1.5, expected 1"),
    "negative weight": (VI, value_iteration([[replace(half, weight=-0.5), replace(half, weight=1.5)]]), "has weight -0.5"),
    "expectation without weights": (VI, replace(value_iteration([[replace(half, weight=None)]]), target=0.0), "weight None"),
    "two samples": (Q, as_is(q_tree(good.branches[0], good.branches[0])), "is a sample and has 2 branches"),
    "average instead of max": (
        Q,
        as_is(q_tree(arrival(replace(fan("s1", [-1.0]), combine="expect")))),
        "'s1' at depth 1 combines by 'expect', expected 'max'",
    ),
    "reward on departure": (
        Q,
        as_is(q_tree(arrival(with_edges(fan("s1", [0.0]), replace(leaves[1], reward=-1.0))))),
        "which belong to the arrival in a state",
    ),
    "no reward": (Q, as_is(q_tree(replace(good.branches[0], reward=None))), "has no reward"),
    "leaf too early": (Q, as_is(q_tree(arrival(Node("state", "s1", -1.0)))), "stands at depth 1"),
    "state value where actions are valued": (
        Q,
        as_is(q_tree(arrival(Node("state", "s1", -1.0, truncated=True)))),
        "the leaf 's1' stands at depth 1",
    ),
    "step too many": (Q, as_is(q_tree(arrival(with_edges(fan("s1", [0.0]), replace(leaves[1], node=good.root))))), "end there"),
    "leaf without value": (
        Q,
        as_is(q_tree(arrival(with_edges(fan("s1", [0.0]), Edge(Node("action", "a1"), chosen=True))))),
        "no value",
    ),
    "root of the wrong kind": (Q, as_is(good.root.edges[0].node), "the root 's1' is of kind 'state', expected 'action'"),
    "same kind twice": (
        Q,
        as_is(q_tree(Edge(Node("action", "a9", edges=good.branches), chosen=True))),
        "joins two nodes of kind 'action'",
    ),
    "inner value": (Q, as_is(q_tree(replace(good.branches[0], node=replace(good.branches[0].node, value=-9.0)))), "is -9.0"),
    "double q with one table": ("Double Q-learning", replace(good, algorithm="x"), "lacks the selecting table's entry"),
    "selected by the valuing table": (
        "Double Q-learning",
        as_is(
            q_tree(arrival(with_edges(fan("s1", [0.0]), replace(leaves[0], selector=9.0), replace(leaves[1], selector=1.0)))),
        ),
        "'a2' is marked as winner below 's1' with 1.0, the largest is 9.0",
    ),
    "two trees": (Q, replace(good, components=good.components * 2), "expected one tree, got 2 columns"),
    "columns of half the weight": (
        "TD(lambda)",
        replace(td_lambda(3), components=td_lambda(3).components[:2]),
        "the weights of the columns sum to 0.75",
    ),
    "monte carlo that bootstraps": ("Monte Carlo", n_step_td(3), "the rule does not bootstrap"),
    "two branches go on": (
        "Tree backup",
        as_is(
            q_tree(
                arrival(
                    Node(
                        "state",
                        "s1",
                        combine="expect",
                        edges=tuple(
                            Edge(Node("action", f"a{i}", edges=(outcome("s2", 0.0, 0.0, terminal=True),)), weight=0.5)
                            for i in (1, 2)
                        ),
                    )
                )
            )
        ),
        "2 branches go on below 's1'",
    ),
    "no importance ratio": (
        "Q(sigma)",
        as_is(
            q_tree(
                arrival(
                    Node(
                        "state",
                        "s1",
                        combine="sigma",
                        sigma=1.0,
                        edges=(Edge(Node("action", "a1", 1.0), weight=1.0, chosen=True),),
                    )
                )
            )
        ),
        "has no importance ratio",
    ),
    "target missing": (Q, replace(good, target=None), "target is missing"),
    "no tree": (Q, replace(good, components=()), "has no tree"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_trees_are_named(name):
    rule, backup, sentence = WRONG[name]
    told = TEXTBOOK[rule].violations(backup)
    assert any(sentence in line for line in told), told
    with pytest.raises(SpecError, match=rule.replace("(", r"\(").replace(")", r"\)")) as refusal:
        TEXTBOOK[rule].check(backup)
    assert isinstance(refusal.value, MazefitError)
    assert all(line in str(refusal.value) for line in told)


def test_what_is_wrong_alone_is_told_alone():
    told = TEXTBOOK[Q].violations(replace(good, td_error=abs(good.td_error)))
    assert len(told) == 1


SAME_TREE = ("Q-learning", "Watkins Q(lambda)", "Dyna-Q", "Dyna-Q+", "Prioritized sweeping")


@pytest.mark.parametrize("rule", [name for name in TEXTBOOK if name not in SAME_TREE])
def test_other_rules_refuse_a_q_learning_tree(rule):
    assert TEXTBOOK[rule].violations(q_learning())


def test_one_step_of_watkins_is_q_learning():
    assert TEXTBOOK["Watkins Q(lambda)"].violations(q_learning()) == []


def test_the_run_says_its_own_n():
    spec = TEXTBOOK["n-step Expected Sarsa"]
    assert [len(spec.expand(n)) for n in (1, 2, 5)] == [2, 4, 10]
    assert [step.op for step in spec.fit(6)] == ["sample"] * 5 + ["expect"]
    assert len(TEXTBOOK["Monte Carlo"].fit(9999)) == 10000


def test_a_fixed_number_of_steps():
    spec = BackupSpec("two-step TD", "state", (Repeat((sample(), sample()), 2),), "v")
    assert spec.violations(n_step_td(2)) == []
    assert any("stands at depth 2" in line for line in spec.violations(n_step_td(1)))
    assert any("to end there" in line for line in spec.violations(n_step_td(3)))
    assert spec.violations(monte_carlo(1)) == []  # the episode may end before


def test_impossible_rules_are_refused():
    with pytest.raises(ConfigError, match="even number of half-steps"):
        BackupSpec("x", "state", (Repeat((sample(),), "n"),), "v")
    with pytest.raises(ConfigError, match="leaf 'q' needs half-steps that end"):
        BackupSpec("x", "state", (maximum(), expect()), "q")


def test_a_component_alone_is_no_compound():
    spec = TEXTBOOK["TD(lambda)"]
    single = update(n_step_td(1).root, "TD(lambda)")
    assert spec.violations(single) == []
    assert any("sum to 0.5" in line for line in spec.violations(replace(single, components=(Component(single.root, 0.5),))))


def test_the_picture_of_two_tables_names_both():
    root = TEXTBOOK["Double Q-learning"].diagram().root
    assert root.label == "s, a · Q₁"
    assert root.edges[0].node.edges[0].node.label == "a′ · Q₂"
