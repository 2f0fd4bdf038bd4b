"""R-max as the trace sees it: the tree of a row, and what must fit before it is replayed.

A planned row is (s, a) with its m remembered outcomes, each of weight 1 / m, and below each arrival the max. A real row shows
the one transition that was experienced; it is remembered, and no value is written.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from mazefit.agents.learning.model_control import check_arrays, check_between
from mazefit.agents.learning.planned_rows import CAUSE, check_planned
from mazefit.agents.learning.r_max_model import OUTCOMES, ModelMemory, Sweeping, learn, look_at_model, r_max_how
from mazefit.agents.step_rule import check_columns, check_common, step_rule
from mazefit.agents.world import World
from mazefit.backup.one_step import CELL, PLANNING, TERMINATED, TRUNCATED, action_label, state_label
from mazefit.backup.rule import Model, Tables, check_settings, check_table, register
from mazefit.backup.spec import BackupSpec
from mazefit.backup.textbook import TEXTBOOK
from mazefit.backup.tree import Backup, Component, Edge, Node, evaluate


def read_r_max(spec: BackupSpec, settings: dict[str, Any], row: tuple[Any, ...], index: int, details: dict[str, Any]) -> Backup:
    """The Backup of a row."""
    marks, actions, planned = row[0], settings["actions"], bool(row[0] & PLANNING)
    leaves = np.asarray(details["leaves"], dtype=np.float64)
    state, action = divmod(marks & CELL, actions)
    edges: list[Edge] = []
    if planned:
        for part in leaves.reshape(settings["known_after"], 3 + actions).tolist():
            below = _arrival(int(part[0]), part[3:], ended=part[2] != 0.0)
            edges.append(Edge(below, weight=1.0 / settings["known_after"], reward=part[1], discount=settings["discount"]))
    else:
        values = leaves[:actions].tolist()
        below = _arrival(row[1], values, ended=bool(marks & TERMINATED), truncated=bool(marks & TRUNCATED))
        edges.append(Edge(below, weight=1.0, reward=row[2], discount=settings["discount"]))
    root = Node("action", f"{state_label(state)}, {action_label(action)}", combine="expect", edges=tuple(edges))
    return Backup(
        index=index,
        algorithm=spec.name,
        components=(Component(root),),
        target=details["target"],
        td_error=details["target"] - details["old"],
        old=details["old"],
        new=details["new"],
        step_size=None if planned else details["step_size"],
        discount=settings["discount"],
        source="planning" if planned else "real",
        episode=details["episode"],
        step=details["step"],
        cause=row[3] if planned else None,
    )


def _arrival(state: int, values: list[float], *, ended: bool, truncated: bool = False) -> Node:
    """An arrival, and the max over its actions unless the episode ended there."""
    if ended:
        return Node("state", state_label(state), terminal=True)
    best = max(values)
    tied = values.count(best) > 1
    edges = tuple(
        Edge(Node("action", action_label(a), value=value), chosen=value == best, tied=tied and value == best)
        for a, value in enumerate(values)
    )
    node = Node("state", state_label(state), combine="max", edges=edges, truncated=truncated)
    return replace(node, value=evaluate(node))


def check_r_max(settings: dict[str, Any], model: Model, tables: Tables, rows: Mapping[str, npt.NDArray[Any]]) -> None:
    """Refuse loaded tables and rows that do not fit each other, or outcomes outside the tables.

    Raises:
        ValueError: some do.
    """
    lengths = {name: "cells" for name in ModelMemory._fields if name not in OUTCOMES}
    check_common(settings, {name: table for name, table in tables.items() if name not in OUTCOMES}, lengths)
    check_settings(settings, {"known_after": 1}, ())
    for name in OUTCOMES:
        check_table(name, tables[name], len(tables["q"]) * settings["known_after"])
    arrival, seen = tables["arrival"], tables["seen"]
    inside = (arrival >= 0.0) & (arrival < settings["states"]) & (arrival == np.floor(arrival))
    counted = (seen >= 0.0) & (seen <= settings["known_after"]) & (seen == np.floor(seen))
    if not (inside.all() and counted.all() and np.isfinite(tables["reward"]).all()):
        raise ValueError("tables: expected remembered outcomes inside the tables, got some beyond them")
    if rows:
        check_columns(settings, rows, "states")
        check_planned(settings, tables, rows)


_RULE = step_rule(
    "r-max",
    TEXTBOOK["R-max"],
    learn,
    ModelMemory,
    how=r_max_how,
    width=lambda settings: settings["known_after"] * (3 + settings["actions"]),
    places={"look": look_at_model},
    columns=CAUSE,
    read=read_r_max,
    one_step=False,
    values=("q", "reward"),
)
RULE = register(replace(_RULE, check=check_r_max))  # which knows of tables with m entries a cell


def fresh_sweeping(world: World) -> dict[str, npt.NDArray[Any]]:
    """No pair is known."""
    plan = {name: np.zeros(1, dtype=np.int64) for name in Sweeping._fields}
    known = np.zeros(world.states * world.actions, dtype=np.int64)
    return {**plan, "known": known, "at": np.full(1, -1), "change": np.zeros(1)}


def check_sweeping(settings: Mapping[str, Any], workings: dict[str, npt.NDArray[Any]]) -> None:
    """Refuse a loaded list of known pairs that points outside the tables, and planning that is not done (no run is saved so).

    Raises:
        ValueError: it does, or is not.
    """
    cells = settings["states"] * settings["actions"]
    single = [name for name in Sweeping._fields if name not in ("known", "change")]
    check_arrays(workings, {"known": cells, **dict.fromkeys(single, 1)}, np.int64)
    check_arrays(workings, {"change": 1}, np.float64)
    bounds = {"known": (0, cells - 1), "size": (0, cells), "at": (-1, -1), "open": (0, 0), "flags": (0, TERMINATED | TRUNCATED)}
    check_between(workings, {**bounds, "sweeps": (0, 2**53), "cause": (0, 2**62)})
    known = workings["known"][: int(workings["size"][0])]
    if len(np.unique(known)) != len(known):
        raise ValueError("workings: known: expected every known pair once, got some twice")
