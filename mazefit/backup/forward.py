"""The forward view of a visit: the λ-return that its eligibility gathers, TD error by TD error, as one compound tree.

    G = (1 - λ) · Σ_{n<N} λ^{n-1} · G_n + λ^{N-1} · G_N          G_n = R_1 + γ R_2 + … + γ^{n-1} R_n + γ^n · (value at S_n)

Column n holds the n steps after the visit. Its leaf is what the update of step n looked up, the table as it stood just before
that update; after the last one stands the episode's end (nothing is looked up), the step at which it was truncated (that is
bootstrapped from), Watkins' cut, or the next visit, which replaces the trace. With values held still, the step size times
(G - old), added up over the visits of a cell, is what the cell gains in the backward view; on-line only the true online rules
come to the values of the forward view.

Reference: Sutton & Barto, 2nd edition, sections 12.1-12.3 and 12.10.
"""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from mazefit.backup.columns import plain
from mazefit.backup.one_step import read_backup
from mazefit.backup.rule import Tables
from mazefit.backup.stretches import ends_of, joined
from mazefit.backup.tree import Backup, Component, Edge, Node
from mazefit.errors import ConfigError, Problems

if TYPE_CHECKING:
    from mazefit.backup.trace import Trace

MOST = 400
"""Columns that one tree may hold: together they have half as many steps as the square of that."""


def forward_view(trace: "Trace", index: int, columns: int | None = None) -> Backup:
    """The compound tree of the visit of backup `index`; see `Trace.forward`."""
    rule, settings = trace.rule, trace.settings
    if rule.forward is None:
        raise ConfigError(f"forward: expected a rule with eligibility traces, got {rule.name}")
    problems = Problems("forward")
    if columns is not None:
        problems.integer("columns", columns, 1, MOST)
    problems.raise_if_any()
    visit = trace[index]
    tables = trace.tables_at(visit.index)
    rows, over = _rest_of_episode(trace, visit.index)
    lasts, step_size = rule.forward(settings, tables, rows)
    cut = lasts == len(rows["cell"]) and not over  # experience ends inside the episode
    if columns is not None and columns < lasts:
        lasts, cut = columns, True
    if lasts > MOST:
        raise ConfigError(f"forward: columns: expected at most {MOST:,}, as the trace of this visit lasts {lasts:,} steps")
    steps = _one_step_backups(trace, visit.index, {name: column[:lasts] for name, column in rows.items()}, tables)
    if cut:
        steps[-1] = replace(steps[-1], components=(Component(_truncated(steps[-1].root)),))
    weights, power = list[float](), 1.0
    for _ in range(lasts - 1):
        weights.append((1.0 - settings["lambda_"]) * power)
        power *= settings["lambda_"]
    weights.append(power)
    target = _lambda_return(steps, weights, settings["discount"])
    old = visit.old
    assert old is not None
    return replace(
        steps[0],
        components=tuple(Component(_column(steps[: n + 1]), weight) for n, weight in enumerate(weights)),
        target=target,
        td_error=target - old,
        old=old,
        new=old + step_size * (target - old),
        step_size=step_size,
    )


def _rest_of_episode(trace: "Trace", row: int) -> tuple[dict[str, Any], bool]:
    """The rows from `row` to the end of its episode, and whether that end is among them."""
    found: list[dict[str, Any]] = []
    for block in trace.rows.blocks(row, trace.rows.end):
        ends = ends_of(block)
        if len(ends):
            found.append({name: column[: ends[0]] for name, column in block.items()})
            return joined(found), True
        found.append(block)
    return joined(found), False


def _one_step_backups(trace: "Trace", start: int, rows: dict[str, Any], tables: Tables) -> list[Backup]:
    """The one-step tree of each of the rows, from number `start` on, which are done again from `tables` on."""
    rule, settings, count = trace.rule, trace.settings, len(rows["cell"])
    one, two = rule.details(settings, trace.model)
    details = {name: np.empty(count, dtype=kind) for name, kind in {**one, **two}.items()}
    rule.replay(settings, trace.model, {n: t.copy() for n, t in tables.items()}, rows, start, details, False)
    first = trace[start - trace.rows.first]
    found: list[Backup] = []
    for i in range(count):
        row = tuple(plain(rows[name][i]) for name in rule.schema)
        where = {"episode": first.episode, "step": first.step}
        noted = {name: plain(array[i]) for name, array in details.items()}
        found.append(read_backup(rule.spec, settings, row, start, {**noted, **where}))
    return found


def _edge_of_arrival(root: Node) -> Edge:
    """The edge of a one-step tree that carries the reward."""
    return root.edges[0] if root.kind == "action" else root.edges[0].node.edges[0]


def _with_arrival(root: Node, below: Node) -> Node:
    """The same step, arriving in another node."""
    edge = replace(_edge_of_arrival(root), node=below)
    if root.kind == "action":
        return replace(root, edges=(edge,))
    return replace(root, edges=(replace(root.edges[0], node=replace(root.edges[0].node, edges=(edge,))),))


def _truncated(root: Node) -> Node:
    """The same step, the arrival marked as where experience was cut."""
    return _with_arrival(root, replace(_edge_of_arrival(root).node, truncated=True))


def _column(steps: list[Backup]) -> Node:
    """The steps as one tree."""
    tree = steps[-1].root
    for above, below in zip(reversed(steps[:-1]), reversed(steps[1:]), strict=True):
        arrival = tree
        if tree.kind == "action":  # the pair stands for its state, and the action taken there
            state, _, action = below.root.label.partition(", ")
            taken = Node("action", action, combine="sample", edges=tree.edges)
            arrival = Node("state", state, combine="sample", edges=(Edge(taken, chosen=True),))
        tree = _with_arrival(above.root, arrival)
    return tree


def _lambda_return(steps: list[Backup], weights: list[float], discount: float) -> float:
    """The weighted sum of the n-step returns, out of the numbers alone."""
    rewards = [_edge_of_arrival(step.root).reward for step in steps]
    total = 0.0
    for n, weight in enumerate(weights):
        gathered = steps[n].target
        assert gathered is not None
        for reward in reversed(rewards[:n]):
            assert reward is not None
            gathered = reward + discount * gathered
        total += weight * gathered
    return total
