"""A row of a minibatch as a backup diagram: root (S, A), its rewards, the last arrival, and the max over what it is worth.

The tree is that of Q-learning; with Double the branches are chosen by the online network's values and valued by the target
network's. Old and new are the online network's prediction before and after the update, which moved all weights for the whole
minibatch: new is not old plus a share of the error, as it is in a table.
"""

from dataclasses import replace

from mazefit.agents.deep.replay_buffer import TERMINATED, TRUNCATED
from mazefit.backup.one_step import action_label
from mazefit.backup.spec import BackupSpec, maximum, sample
from mazefit.backup.tree import Backup, Component, Edge, Node, evaluate


def deep_spec(name: str, double: bool, rewards: int) -> BackupSpec:
    """The rule of a row with so many rewards, in the grammar of its diagram."""
    return BackupSpec(
        name,
        "state-action",
        (sample(), *(sample(), sample()) * (rewards - 1), maximum()),
        "q",
        tables=2 if double else 1,
    )


def deep_name(double: bool, dueling: bool, n_step: int) -> str:
    """What the algorithm is called: "n-step double dueling DQN"."""
    words = [f"{n_step}-step"] * (n_step > 1) + ["double"] * double + ["dueling"] * dueling + ["DQN"]
    return " ".join(words)


def read_backup(
    name: str,
    discount: float,
    index: int,
    labels: list[str],
    actions: list[int],
    rewards: list[float],
    flags: int,
    valuing: list[float],
    selecting: list[float] | None,
    numbers: dict[str, float],
    step: int,
) -> Backup:
    """The Backup of a row.

    Args:
        name: of the algorithm.
        discount: γ.
        index: the row's number in the trace.
        labels: of the states, the last arrival's at the end, [m + 1].
        actions: [m].
        rewards: [m].
        flags: TERMINATED, TRUNCATED of the last transition.
        valuing: values of the arrival's actions by the target network, [A].
        selecting: by the online network, with Double.
        numbers: prediction, target and new, float64.
        step: of the root's transition.
    """
    below = _arrival(labels[-1], flags, valuing, selecting)
    for k in range(len(rewards) - 1, -1, -1):
        edge = Edge(below, reward=rewards[k], discount=discount, chosen=True)
        if k:
            way = Node("action", action_label(actions[k]), combine="sample", edges=(edge,))
            below = Node("state", labels[k], combine="sample", edges=(Edge(way, chosen=True),))
        else:
            below = Node("action", f"{labels[0]}, {action_label(actions[0])}", combine="sample", edges=(edge,))
    old, target = numbers["prediction"], numbers["target"]
    share = None if target == old else (numbers["new"] - old) / (target - old)
    return Backup(
        index=index,
        algorithm=name,
        components=(Component(below),),
        target=target,
        td_error=target - old,
        old=old,
        new=None if share is None else old + share * (target - old),
        step_size=share,
        discount=discount,
        source="replay",
        step=step,
    )


def _arrival(label: str, flags: int, valuing: list[float], selecting: list[float] | None) -> Node:
    """The state from which is bootstrapped, with its actions; a square where the episode ended."""
    if flags & TERMINATED:
        return Node("state", label, terminal=True)
    keys = valuing if selecting is None else selecting
    best = max(keys)
    tied = keys.count(best) > 1
    edges = tuple(
        Edge(
            Node("action", action_label(a), value=value),
            chosen=keys[a] == best,
            tied=tied and keys[a] == best,
            selector=None if selecting is None else selecting[a],
        )
        for a, value in enumerate(valuing)
    )
    node = Node("state", label, combine="max", edges=edges, truncated=bool(flags & TRUNCATED))
    return replace(node, value=evaluate(node))


def check_backup(spec: BackupSpec, backup: Backup) -> None:
    """See that a row keeps its rule, to the bit; one without an error says nothing of how far it moved.

    Raises:
        SpecError: it does not.
    """
    spec.check(replace(backup, new=backup.target) if backup.new is None else backup)
