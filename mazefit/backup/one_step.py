"""Rows of one-step rules: a state-action cell, what was received, where one arrived. Sixteen bytes an update.

`cell` holds the cell's number in its low 26 bits and flags above; `next` the state arrived in; `reward` what was received on
arrival. The tree of such a row is root (s, a), one sampled arrival, and below it what the rule's last half-step says.
"""

from dataclasses import replace
from typing import Any

from mazefit.backup.spec import BackupSpec, HalfStep
from mazefit.backup.tree import Backup, Combine, Component, Edge, Node, evaluate

SCHEMA = {"cell": "<u4", "next": "<u4", "reward": "<f8"}
CELL = (1 << 26) - 1  # the bits of the cell's number
TERMINATED = 1 << 26  # the transition ended the episode
TRUNCATED = 1 << 27  # the episode was cut after this transition, but not ended
PLANNING = 1 << 28  # the transition comes from a learned model, not from the environment
SECOND = 1 << 29  # the second of two tables is written (Double Q-learning)
EXPLORED = 1 << 30  # the action taken next is not a greedy one (Watkins cuts the trace)
SAMPLED = 1 << 31  # the action taken next is sampled, not averaged over (Q(sigma), where sigma is drawn)


def state_label(state: int) -> str:
    """The tutorial's name of a state: s0, s1, …"""
    return f"s{state}"


def action_label(action: int) -> str:
    """The tutorial's name of an action: a1, a2, …"""
    return f"a{action + 1}"


def read_backup(
    spec: BackupSpec, settings: dict[str, Any], row: tuple[Any, ...], index: int, details: dict[str, Any]
) -> Backup:
    """The Backup of a row, by the last half-step of its rule: a sample, an expectation or a max over the arrival's actions.

    Args:
        spec: the rule.
        settings: `actions`, `discount`.
        row: cell with its flags; next state (of a sample of pairs the next cell); reward; of some rules more.
        index: the backup's number.
        details: `step_size`, `target`, `old`, `new`, `episode`, `step`, and `leaves`: of a sample its value, of a max the
            values [A] (with two tables then those of the selecting one [A]), of an expectation values [A] and weights [A].
    """
    marks, following, reward = row[0], row[1], row[2]
    actions, leaves = settings["actions"], [float(leaf) for leaf in details["leaves"]]
    pair = spec.root == "state-action"
    sampled = _combine(spec) == "sample"
    arrival, taken = divmod(following, actions) if pair and sampled else (following, 0)
    label, truncated = state_label(arrival), bool(marks & TRUNCATED)
    if marks & TERMINATED:
        below = Node("state", label, terminal=True)
    elif not pair:
        below = Node("state", label, value=leaves[0], truncated=truncated)
    else:
        edges = _below(spec, leaves, actions, taken)
        below = Node("state", label, combine=_combine(spec), edges=edges, truncated=truncated)
        below = replace(below, value=evaluate(below))
    edge = Edge(below, reward=reward, discount=settings["discount"], chosen=True)
    state, action = divmod(marks & CELL, actions)
    if pair:
        root = Node("action", f"{state_label(state)}, {action_label(action)}", combine="sample", edges=(edge,))
    else:
        way = Node("action", action_label(action), combine="sample", edges=(edge,))
        root = Node("state", state_label(state), combine="sample", edges=(Edge(way, chosen=True),))
    return Backup(
        index=index,
        algorithm=spec.name,
        components=(Component(root),),
        target=details["target"],
        td_error=details["target"] - details["old"],
        old=details["old"],
        new=details["new"],
        step_size=details["step_size"],
        discount=settings["discount"],
        source="planning" if marks & PLANNING else "real",
        episode=details["episode"],
        step=details["step"],
        table=int(bool(marks & SECOND)),
    )


def _combine(spec: BackupSpec) -> Combine:
    last = spec.steps[-1]
    return last.op if isinstance(last, HalfStep) else last.steps[-1].op


def _below(spec: BackupSpec, leaves: list[float], actions: int, taken: int) -> tuple[Edge, ...]:
    """The branches below an arrival."""
    op, values = _combine(spec), leaves[:actions]
    if op == "sample":
        return (Edge(Node("action", action_label(taken), value=leaves[0]), chosen=True),)
    nodes = [Node("action", action_label(a), value=value) for a, value in enumerate(values)]
    if op == "expect":
        return tuple(Edge(node, weight=leaves[actions + a]) for a, node in enumerate(nodes))
    keys = leaves[actions:] if spec.tables > 1 else values
    best = max(keys)
    tied = keys.count(best) > 1
    return tuple(
        Edge(
            node,
            chosen=keys[a] == best,
            tied=tied and keys[a] == best,
            selector=keys[a] if spec.tables > 1 else None,
        )
        for a, node in enumerate(nodes)
    )
