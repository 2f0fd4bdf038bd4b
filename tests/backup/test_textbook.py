"""Every rule of the textbook keeps its right updates, refuses each of many classic mistakes, and draws as the book does."""

from collections.abc import Callable
from dataclasses import replace
from math import inf, nextafter

import pytest

from mazefit.backup.draw.figure import Arc
from mazefit.backup.draw.layout import layout
from mazefit.backup.textbook import TEXTBOOK
from mazefit.backup.tree import Backup, Component, Edge, Node
from tests.backup.textbook_samples import RIGHT, edge_edited, edited, refit, terminal

EVERY = [(name, i) for name, backups in RIGHT.items() for i in range(len(backups))]


def test_there_is_a_right_update_of_every_rule():
    assert list(RIGHT) != []
    assert set(RIGHT) == set(TEXTBOOK)
    assert all(spec.name == name and spec.formula and spec.section for name, spec in TEXTBOOK.items())


@pytest.mark.parametrize(("name", "i"), EVERY)
def test_right_updates_keep_their_rule(name: str, i: int):
    assert TEXTBOOK[name].violations(RIGHT[name][i]) == []


def first_tree(backup: Backup, change: Callable[[Node], Node | None]) -> Backup | None:
    """The backup with its first tree that can be changed changed, and numbers that follow from it."""
    for i, component in enumerate(backup.components):
        tree = change(component.node)
        if tree is not None:
            parts = (*backup.components[:i], replace(component, node=tree), *backup.components[i + 1 :])
            return refit(replace(backup, components=parts))
    return None


def on_edges(fits: Callable[[Edge], bool], **change):
    return lambda backup: first_tree(backup, lambda root: edge_edited(root, fits, **change))


def on_nodes(fits: Callable[[Node], bool], **change):
    return lambda backup: first_tree(backup, lambda root: edited(root, lambda n: replace(n, **change) if fits(n) else None))


def arrives(edge: Edge) -> bool:
    return edge.node.kind == "state"


def reward_on_departure(backup: Backup) -> Backup | None:
    """The reward stands at the edge to the action instead of the edge to the arrival."""

    def change(node: Node) -> Node | None:
        if node.kind != "state" or not node.edges or not node.edges[0].node.edges:
            return None
        below = node.edges[0].node
        bare = replace(below, edges=(replace(below.edges[0], reward=None), *below.edges[1:]))
        return replace(node, edges=(replace(node.edges[0], node=bare, reward=below.edges[0].reward), *node.edges[1:]))

    return first_tree(backup, lambda root: edited(root, change))


def other_winner(backup: Backup) -> Backup | None:
    def change(node: Node) -> Node | None:
        if node.combine != "max":
            return None
        at = next(i for i, edge in enumerate(node.edges) if edge.chosen)
        other = (at + 1) % len(node.edges)
        return replace(node, edges=tuple(replace(edge, chosen=i == other) for i, edge in enumerate(node.edges)))

    return first_tree(backup, lambda root: edited(root, change))


def another_goes_on(backup: Backup) -> Backup | None:
    """A branch that was not taken goes on."""

    def change(node: Node) -> Node | None:
        if node.combine not in ("expect", "sigma") or node.kind != "state":
            return None
        below = Node("action", "a1", edges=(Edge(terminal(5), reward=-1.0, discount=0.9, chosen=True),))
        return replace(node, edges=(replace(node.edges[0], node=below), *node.edges[1:]))

    return first_tree(backup, lambda root: edited(root, change))


def child_of_terminal(backup: Backup) -> Backup | None:
    below = (Edge(Node("action", "a1", -1.0), chosen=True),)
    return on_nodes(lambda node: node.terminal, edges=below)(backup)


def numbers(**change: Callable[[Backup], float | None]):
    return lambda backup: replace(backup, **{name: make(backup) for name, make in change.items()})


def a_ulp_more(x: float | None) -> float:
    assert x is not None
    return nextafter(x, inf)


def wrong_way(b: Backup) -> float:
    return b.old - (b.step_size or 1.0) * b.td_error


def of_columns(change: Callable[[tuple[Component, ...]], tuple[Component, ...]]):
    """A mistake in the columns of a forward view."""
    return lambda b: refit(replace(b, components=change(b.components))) if len(b.components) > 1 else None


def weighted(components: tuple[Component, ...], *weights: float) -> tuple[Component, ...]:
    return tuple(replace(c, weight=w) for c, w in zip(components, weights, strict=True))


def other_experience(components: tuple[Component, ...]) -> tuple[Component, ...]:
    tree = edge_edited(components[1].node, arrives, reward=-9.0)
    assert tree is not None
    return (components[0], replace(components[1], node=tree), *components[2:])


def of_writes(**change):
    """A mistake in what the second cell is said to have become."""

    def spoil(backup: Backup) -> Backup | None:
        if not backup.writes:
            return None
        own, second, *rest = backup.writes
        made = {name: make(backup, second) for name, make in change.items()}
        return replace(backup, writes=(own, replace(second, **made), *rest))

    return spoil


def planned(**change):
    return lambda backup: replace(backup, **change) if backup.source == "planning" else None


def leaf(node: Node) -> bool:
    return not node.edges and not node.terminal


FITTED: dict[str, Callable[[Backup], Backup | None]] = {
    "gamma lost at an arrival": on_edges(lambda e: arrives(e) and not e.node.terminal, discount=1.0),
    "gamma squared": on_edges(lambda e: arrives(e) and not e.node.terminal, discount=0.81),
    "no discount": on_edges(lambda e: arrives(e) and not e.node.terminal, discount=None),
    "no reward": on_edges(arrives, reward=None),
    "reward on departure": reward_on_departure,
    "value at a terminal": on_nodes(lambda n: n.terminal, value=-1.0),
    "bootstrap below a terminal": child_of_terminal,
    "the end of the episode not seen": on_nodes(lambda n: n.terminal, terminal=False),
    "leaf without value": on_nodes(leaf, value=None),
    "an action that ends the episode": on_nodes(lambda n: leaf(n) and n.kind == "action", value=None, terminal=True),
    "inner value": on_nodes(lambda n: bool(n.edges), value=123.0),
    "another winner": other_winner,
    "two winners that do not tie": on_edges(lambda e: e.weight is None and leaf(e.node) and not e.chosen, chosen=True),
    "sample where all count": on_nodes(lambda n: n.combine in ("expect", "max", "sigma"), combine="sample"),
    "max where all count": on_nodes(lambda n: n.combine in ("expect", "sigma"), combine="max"),
    "average where the best counts": on_nodes(lambda n: n.combine == "max", combine="expect"),
    "a probability too large": on_edges(lambda e: e.weight == 0.5, weight=0.75),
    "a negative probability": on_edges(lambda e: e.weight == 0.5, weight=-0.5),
    "no importance ratio": on_edges(lambda e: e.ratio is not None, ratio=None),
    "a negative importance ratio": on_edges(lambda e: e.ratio is not None and e.ratio > 0.0, ratio=-1.5),
    "a ratio at an arrival": on_edges(arrives, ratio=1.5),
    "sigma beyond 1": on_nodes(lambda n: n.sigma is not None, sigma=1.5),
    "none was taken": on_edges(lambda e: e.ratio is not None and e.weight is not None, chosen=False),
    "a branch not taken goes on": another_goes_on,
    "no selecting table": on_edges(lambda e: e.selector is not None, selector=None),
    "columns of equal weight": of_columns(lambda c: weighted(c, 1 / 3, 1 / 3, 1 / 3)),
    "weights in the wrong order": of_columns(lambda c: weighted(c, 0.25, 0.25, 0.5)),
    "the last weight as the others": of_columns(lambda c: weighted(c, 0.5, 0.25, 0.125)),
    "weights of 2 in all": of_columns(lambda c: weighted(c, 1.0, 0.5, 0.5)),
    "a column without weight": lambda b: (
        replace(b, components=(replace(b.components[0], weight=None), *b.components[1:])) if len(b.components) > 1 else None
    ),
    "the first column left out": of_columns(lambda c: weighted(c[1:], 0.5, 0.5)),
    "a column twice": of_columns(lambda c: weighted((c[0], c[0], c[2]), 0.5, 0.25, 0.25)),
    "columns of other experience": of_columns(other_experience),
    "columns of other cells": of_columns(lambda c: (replace(c[0], node=replace(c[0].node, label="s5, a9")), *c[1:])),
    "two trees": lambda b: replace(b, components=b.components * 2),
    "no tree": lambda b: replace(b, components=()),
}
"""Mistakes in the tree, with numbers that follow from it all the same."""

NUMBERS: dict[str, Callable[[Backup], Backup | None]] = {
    "another target": numbers(target=lambda b: a_ulp_more(b.target)),
    "no target": numbers(target=lambda b: None),
    "unsigned error": numbers(td_error=lambda b: -b.td_error),
    "error before its last bit": numbers(td_error=lambda b: a_ulp_more(b.td_error)),
    "the wrong way": lambda b: None if b.step_size == 0.0 else replace(b, new=wrong_way(b)),
    "a bit off": numbers(new=lambda b: a_ulp_more(b.new)),
    "not learned": lambda b: None if b.step_size == 0.0 else replace(b, new=b.old),
    "writes of a rule without traces": lambda b: (
        None if TEXTBOOK[b.algorithm].compound else replace(b, writes=RIGHT["TD(lambda)"][0].writes)
    ),
    "each cell its own target": of_writes(new=lambda b, w: w.old + (b.step_size * w.eligibility) * (b.target - w.old)),
    "eligibility forgotten": of_writes(new=lambda b, w: w.old + b.step_size * b.td_error),
    "step size forgotten": of_writes(new=lambda b, w: w.old + w.eligibility * b.td_error),
    "unsigned error written": of_writes(new=lambda b, w: w.old - (b.step_size * w.eligibility) * b.td_error),
    "a cell not written": of_writes(new=lambda b, w: w.old),
    "a negative eligibility": of_writes(eligibility=lambda b, w: -w.eligibility),
    "an infinite eligibility": of_writes(eligibility=lambda b, w: inf),
    "one cell twice": lambda b: replace(b, writes=(*b.writes, b.writes[-1])) if b.writes else None,
    "the own cell left out": lambda b: replace(b, writes=b.writes[1:]) if b.writes else None,
    "the own cell otherwise": lambda b: (
        replace(b, writes=(replace(b.writes[0], old=0.0, new=1.0), *b.writes[1:])) if b.writes else None
    ),
    "the correction forgotten": lambda b: replace(b, v_old=b.old) if b.v_old is not None else None,  # as if nothing was gained
    "no value of before": lambda b: replace(b, v_old=None) if b.v_old is not None else None,
    "writes in a forward view": lambda b: replace(b, writes=RIGHT["TD(lambda)"][0].writes) if len(b.components) > 1 else None,
    "writes without a step size": lambda b: replace(b, step_size=None, new=b.target) if b.writes else None,
    "planned from nothing": planned(cause=None, bonus=None),
    "no priority": lambda b: planned(priority=None)(b) if b.priority is not None else None,
    "a signed priority": planned(priority=-0.5),
    "a negative bonus": planned(bonus=-0.5),
    "a cause before the first step": planned(cause=-1),
    "a planner's sweep": lambda b: replace(b, source="sweep") if TEXTBOOK[b.algorithm].planning else None,
}
"""Mistakes in the numbers, or in what else an update says of itself."""

SPOILED = [
    pytest.param(name, i, wrong, id=f"{name} {i}: {title}")
    for name, i in EVERY
    for title, spoil in {**FITTED, **NUMBERS}.items()
    if (wrong := spoil(RIGHT[name][i])) is not None and wrong != RIGHT[name][i]
]


@pytest.mark.parametrize(("name", "i", "wrong"), SPOILED)
def test_a_single_mistake_is_seen(name: str, i: int, wrong: Backup):
    assert TEXTBOOK[name].violations(wrong), "nothing was said"


@pytest.mark.parametrize("title", [*FITTED, *NUMBERS])
def test_every_mistake_can_be_made(title: str):
    assert any(f": {title}" in str(case.id) for case in SPOILED)


def sentences(name: str, backup: Backup, **known: float) -> str:
    return "; ".join(TEXTBOOK[name].violations(backup, **known))


@pytest.mark.parametrize(
    "name", ["n-step TD", "n-step Sarsa", "n-step Expected Sarsa", "Off-policy n-step Sarsa", "Tree backup", "Q(sigma)"]
)
def test_a_step_too_few_or_too_many_is_seen_where_n_is_known(name: str):
    backup = RIGHT[name][-1 if name in ("Tree backup", "Q(sigma)") else 0]
    assert sentences(name, backup, n=3) == ""
    assert "the tree holds 3 steps, expected 2" in sentences(name, backup, n=2)
    assert "the tree holds 3 steps, expected 4" in sentences(name, backup, n=4)


def test_fewer_steps_are_fine_where_the_episode_is_over():
    ended = RIGHT["n-step TD"][1]
    assert sentences("n-step TD", ended, n=5) == ""
    assert "expected 1" in sentences("n-step TD", ended, n=1)


def test_the_trace_decay_is_held_against_the_weights_where_it_is_known():
    backup = RIGHT["TD(lambda)"][1]
    assert sentences("TD(lambda)", backup, lambda_=0.5) == ""
    assert "column 1 weighs 0.5, expected 0.25 at lambda = 0.75" in sentences("TD(lambda)", backup, lambda_=0.75)


def test_what_the_sentences_say():
    columns = RIGHT["Sarsa(lambda)"][1]
    twice = replace(columns, components=weighted((columns.components[0],) * 2, 0.5, 0.5))
    said = sentences("Sarsa(lambda)", refit(twice))
    assert "column 2 holds 1 steps, expected 2" in said
    assert "the last column ends neither with the episode nor where it was cut" in said
    cut = refit(replace(columns, components=weighted((columns.components[2], *columns.components[1:]), 0.5, 0.25, 0.25)))
    assert "column 1 ends the episode, and further columns follow" in sentences("Sarsa(lambda)", cut)
    long = replace(RIGHT["Sarsa(lambda)"][0], components=(replace(columns.components[1], weight=None),), writes=())
    assert "a TD error looks one step ahead, got 2 steps" in sentences("Sarsa(lambda)", refit(long))


def test_a_forward_view_may_say_no_more_than_its_target():
    columns = RIGHT["TD(lambda)"][1]
    bare = replace(columns, td_error=None, old=None, new=None)
    assert sentences("TD(lambda)", bare) == ""
    assert "target" in sentences("TD(lambda)", replace(bare, target=-1.0))
    assert sentences("TD(0)", replace(RIGHT["TD(0)"][0], td_error=None, old=None, new=None))


def test_the_last_column_may_end_where_the_trace_was_cut():
    columns = RIGHT["Sarsa(lambda)"][1]

    def ending(label: str, action: str, truncated: bool = False) -> Backup:
        end = Node("state", label, edges=(Edge(Node("action", action, -1.0), chosen=True),), truncated=truncated)
        tree = edited(columns.components[2].node, lambda node: end if node.terminal else None)
        assert tree is not None
        return refit(replace(columns, components=(*columns.components[:2], replace(columns.components[2], node=tree))))

    assert sentences("Sarsa(lambda)", ending("s5", "a1", truncated=True)) == ""  # by a time limit
    assert sentences("Sarsa(lambda)", ending("s9", "a4")) == ""  # by a replacing trace, which begins anew at the root's cell
    assert "ends neither" in sentences("Sarsa(lambda)", ending("s9", "a1"))


def test_the_step_size_of_a_trace_may_hold_the_eligibility_of_the_root():
    backup = RIGHT["TD(lambda)"][0]
    own = replace(backup.writes[0], eligibility=1.7, new=backup.old + (0.25 * 1.7) * backup.td_error)
    right = replace(backup, step_size=0.25 * 1.7, new=own.new, writes=(own, *backup.writes[1:]))
    assert sentences("TD(lambda)", right) == ""
    wrong = replace(right.writes[1], new=right.writes[1].new + 1e-6)
    assert "became" in sentences("TD(lambda)", replace(right, writes=(own, wrong)))


def test_an_update_whose_ratio_is_zero_moves_nothing():
    backup = RIGHT["Off-policy n-step Sarsa"][2]
    assert "an importance ratio is 0, and yet the value moved" in sentences(
        "Off-policy n-step Sarsa", refit(replace(backup, step_size=0.25))
    )


def test_ordinary_importance_sampling_scales_the_return_by_its_ratios():
    backup = RIGHT["Off-policy Monte Carlo"][0]
    scaled = refit(replace(backup, components=(replace(backup.components[0], weight=1.5 * 1.75 * 2.0),)))
    assert sentences("Off-policy Monte Carlo", scaled) == ""
    wrong = refit(replace(backup, components=(replace(backup.components[0], weight=1.5),)))
    assert "expected the product of the importance ratios" in sentences("Off-policy Monte Carlo", wrong)


def test_monte_carlo_control_may_look_at_all_actions_where_the_episode_was_cut():
    end = Node("state", "s5", combine="max", truncated=True, edges=(
        Edge(Node("action", "a1", -1.0), chosen=True), Edge(Node("action", "a2", -2.0)),
    ))  # fmt: skip
    backup = RIGHT["Monte Carlo control"][1]
    tree = edited(backup.root, lambda node: end if node.terminal else None)
    assert tree is not None
    cut = refit(replace(backup, components=(Component(tree),)))
    assert sentences("Monte Carlo control", cut) == ""
    open_end = edited(tree, lambda node: replace(end, truncated=False) if node.truncated else None)
    assert open_end is not None
    assert sentences("Monte Carlo control", refit(replace(backup, components=(Component(open_end),))))


def signs(name: str) -> list[str]:
    """What is written in a picture."""
    return [text.text for text in layout(TEXTBOOK[name].diagram()).texts]


def arcs(name: str) -> int:
    return sum(isinstance(stroke, Arc) for stroke in layout(TEXTBOOK[name].diagram()).strokes)


def kinds(name: str) -> set[str]:
    return {shape.kind for shape in layout(TEXTBOOK[name].diagram()).shapes}


def test_an_arc_stands_for_a_max_and_for_nothing_else():
    with_arc = {name for name in TEXTBOOK if arcs(name)}
    greedy = {"Q-learning", "Double Q-learning", "Dyna-Q", "Dyna-Q+", "Prioritized sweeping", "Watkins Q(lambda)"}
    assert with_arc == {"Value iteration", "q_*", "R-max", *greedy}


def test_importance_ratios_stand_where_figure_7_5_has_them():
    assert {name for name in TEXTBOOK if "ρ" in signs(name)} == {
        "Off-policy n-step Sarsa",
        "Off-policy Monte Carlo",
        "Off-policy Monte Carlo control",
        "Q(sigma)",
    }
    assert signs("Off-policy n-step Sarsa").count("ρ") == 2


def test_a_square_ends_what_never_bootstraps():
    ends = {name for name in TEXTBOOK if "terminal" in kinds(name)}
    monte_carlo = {name for name in TEXTBOOK if "Monte Carlo" in name}
    assert ends == {*monte_carlo, "Off-line lambda-return", "TD(lambda)", "Sarsa(lambda)"}


def test_columns_bear_their_weights():
    for name, last in (("Sarsa(lambda)", "λᵀ⁻ᵗ⁻¹"), ("Watkins Q(lambda)", "λⁿ⁻¹"), ("True online TD(lambda)", "λʰ⁻ᵗ⁻¹")):
        assert [text for text in signs(name) if text in ("1 − λ", "(1 − λ) λ", "(1 − λ) λ²", "…", last)] == [
            "1 − λ", "(1 − λ) λ", "(1 − λ) λ²", "…", last,
        ]  # fmt: skip
    assert "sₕ" in signs("True online TD(lambda)")


def test_a_side_leaf_has_another_name_than_the_action_that_was_taken():
    names = [sign for sign in signs("Tree backup") if sign.startswith("a")]
    assert names == ["a", "a′", "a"]
