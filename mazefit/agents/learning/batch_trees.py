"""The tree of a step of a batch: its own step and those after it, down to the end of its episode or to a value."""

from typing import Any

import numpy as np
import numpy.typing as npt

from mazefit.agents.learning.batch import UNKNOWN, Batch
from mazefit.backup.one_step import TERMINATED, TRUNCATED, action_label, state_label
from mazefit.backup.tree import Component, Edge, Node


def batch_tree(settings: dict[str, Any], batch: Batch, values: npt.NDArray[np.float64], at: int, last: int) -> Component:
    """The sampled steps `at` … `last`, and below them the value of the last arrival, nothing where the episode ended.

    Args:
        settings: `discount`.
        batch: the steps.
        values: V [S] before the sweep.
        at, last: the first and the last step of the tree.
    """
    over, arrival = int(batch.over[last]), int(batch.next[last])
    if over == TERMINATED:
        below = Node("state", state_label(arrival) if batch.action[last] != UNKNOWN else "", terminal=True)
    else:
        below = Node("state", state_label(arrival), value=float(values[arrival]), truncated=over == TRUNCATED)
    for k in range(last, at - 1, -1):
        edge = Edge(below, reward=float(batch.reward[k]), discount=settings["discount"], chosen=True)
        action = int(batch.action[k])
        node = Node("action", "" if action == UNKNOWN else action_label(action), combine="sample", edges=(edge,))
        below = Node("state", state_label(int(batch.state[k])), combine="sample", edges=(Edge(node, chosen=True),))
    return Component(below)
