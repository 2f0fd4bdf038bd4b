"""Rows of one-step rules: a state-action cell, what was received, where one arrived. Sixteen bytes an update.

`cell` holds the cell's number in its low 26 bits and flags above; `next` the state arrived in; `reward` what was received on
arrival. The tree of such a row is root (s, a), one sampled arrival, and below it what the rule's last half-step says.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from mazefit.backup.rule import Model, Tables, check_settings, check_table
from mazefit.backup.spec import BackupSpec
from mazefit.backup.tree import Backup, Component, Edge, Node

SCHEMA = {"cell": "<u4", "next": "<u4", "reward": "<f8"}
CELL = (1 << 26) - 1  # the bits of the cell's number
TERMINATED = 1 << 26  # the transition ended the episode
TRUNCATED = 1 << 27  # the episode was cut after this transition, but not ended


def state_label(state: int) -> str:
    """The tutorial's name of a state: s0, s1, …"""
    return f"s{state}"


def action_label(action: int) -> str:
    """The tutorial's name of an action: a1, a2, …"""
    return f"a{action + 1}"


def check_rows(settings: dict[str, Any], model: Model, tables: Tables, rows: Mapping[str, npt.NDArray[Any]]) -> None:
    """Refuse loaded rows that point outside the table `q`.

    Raises:
        ValueError: a setting, the table or a row does not fit the others.
    """
    check_settings(settings, {"actions": 1}, ("discount", "step_size"))
    check_table("q", tables.get("q"))
    cells = len(tables["q"])
    if cells % settings["actions"] or len(tables) != 1:
        raise ValueError(f"table q: expected a multiple of {settings['actions']} entries, got {cells}")
    if rows and len(rows["cell"]):
        if int((rows["cell"] & CELL).max()) >= cells or int(rows["next"].max()) >= cells // settings["actions"]:
            raise ValueError(f"rows: expected cells and states inside a table of {cells} entries, got some beyond it")
        if not np.isfinite(rows["reward"]).all():
            raise ValueError("rows: expected finite rewards, got NaN or infinity")


def read_backup(
    spec: BackupSpec, settings: dict[str, Any], row: tuple[Any, ...], index: int, details: dict[str, Any]
) -> Backup:
    """The Backup of a row whose last half-step is a max over the arrival's actions.

    Args:
        spec: the rule.
        settings: `actions`, `discount`.
        row: cell with its flags, next state, reward.
        index: the backup's number.
        details: `step_size`, `target`, `old`, `new`, `leaves` [A], `episode`, `step`.
    """
    cell, next_state, reward = row
    state, action = divmod(cell & CELL, settings["actions"])
    terminated, truncated = bool(cell & TERMINATED), bool(cell & TRUNCATED)
    if terminated:
        arrival = Node("state", state_label(next_state), terminal=True)
    else:
        leaves = [float(leaf) for leaf in details["leaves"]]
        best = max(leaves)
        tied = leaves.count(best) > 1
        edges = tuple(
            Edge(Node("action", action_label(a), value=leaf), chosen=leaf == best, tied=tied and leaf == best)
            for a, leaf in enumerate(leaves)
        )
        arrival = Node("state", state_label(next_state), value=best, combine="max", edges=edges, truncated=truncated)
    edge = Edge(arrival, reward=reward, discount=settings["discount"], chosen=True)
    root = Node("action", f"{state_label(state)}, {action_label(action)}", combine="sample", edges=(edge,))
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
        episode=details["episode"],
        step=details["step"],
    )
