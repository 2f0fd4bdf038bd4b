"""Backups of single states as a planner logs and replays them: one row is one state, with the priority that brought it up."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from mazefit.agents.planning.backups import value_backup
from mazefit.agents.planning.process import check_process, check_states, flat, look_ahead
from mazefit.agents.planning.sweep_rows import backup_of, entries, state_tree
from mazefit.backup.rule import Details, Model, Rule, Tables, register
from mazefit.backup.spec import BackupSpec
from mazefit.backup.tree import Backup
from mazefit.kernel import kernel

SCHEMA = {"state": "i4", "priority": "f8"}


@kernel
def redo(
    v: Any, states: Any, detailed: bool, old: Any, target: Any, leaves: Any, width: int, next_state: Any, reward: Any,
    terminated: Any, probability: Any, offsets: Any, stochastic: bool, actions: int, discount: float,
) -> None:  # fmt: skip
    """Back up these states one after the other; where `detailed`, note old values, targets and the values at the leaves."""
    for i in range(len(states)):
        state = states[i]
        value = value_backup(v, state, next_state, reward, terminated, probability, offsets, stochastic, actions, discount)
        if detailed:
            old[i] = v[state]
            target[i] = value
            low, high = state * actions, (state + 1) * actions
            if stochastic:
                low, high = offsets[low], offsets[high]
            for entry in range(low, high):
                leaves[i * width + entry - low] = v[next_state[entry]]
        v[state] = value


def unlogged(rows: int) -> dict[str, npt.NDArray[Any]]:
    """Columns for so many rows that no trace keeps."""
    return {name: np.empty(rows, dtype=kind) for name, kind in SCHEMA.items()}


def single_rule(name: str, spec: BackupSpec) -> Rule:
    """The rule of a planner that backs up single states, registered."""
    return register(
        Rule(
            name=name,
            spec=spec,
            schema=SCHEMA,
            replay=_replay,
            read=_read,
            details=_details,
            backups_each=lambda model: 1,
            result=look_ahead,
            check=_check,
        )
    )


def _most_outcomes(settings: dict[str, Any], model: Model) -> int:
    """The outcomes of the state that has most of them, over all its actions."""
    actions = settings["actions"]
    return actions if len(model["offsets"]) == 1 else int(np.diff(model["offsets"][::actions]).max())


def _details(settings: dict[str, Any], model: Model) -> tuple[dict[str, Any], dict[str, Any]]:
    return {"target": "f8", "old": "f8"}, {"leaves": f"({_most_outcomes(settings, model)},)f8"}


def _replay(
    settings: dict[str, Any], model: Model, tables: Tables, block: Mapping[str, npt.NDArray[Any]], start: int,
    details: Details | None, compiled: bool,
) -> None:  # fmt: skip
    none, width = np.empty(1), _most_outcomes(settings, model)
    found = (none, none, none) if details is None else (details["old"], details["target"], details["leaves"].reshape(-1))
    head = tables["v"], np.ascontiguousarray(block["state"]), details is not None, *found, width
    redo.run(compiled, *head, *flat(model), settings["actions"], settings["discount"])


def _read(settings: dict[str, Any], model: Model, row: tuple[Any, ...], index: int, details: dict[str, Any]) -> Backup:
    state, actions, discount = int(row[0]), settings["actions"], settings["discount"]
    places, leaves = entries(model, state * actions, actions), np.asarray(details["leaves"])
    values = {int(model["next_state"][entry]): float(leaves[i]) for i, entry in enumerate(places)}
    root = state_tree(model, values, state, actions, discount)
    return backup_of(root, float(details["old"]), float(details["target"]), discount, index)


def _check(settings: dict[str, Any], model: Model, tables: Tables, rows: Mapping[str, npt.NDArray[Any]]) -> None:
    check_process(settings, model, tables)
    if rows:
        if rows["state"].dtype != np.int32 or rows["state"].ndim != 1:
            raise ValueError("row state: expected a flat int32 array, got another")
        check_states("row state", rows["state"], settings["states"])
