"""The rule of a batch learner: one row of its trace is one sweep, which holds one backup a step of the batch.

A backup is what that step alone asks for, old being V(s) before the sweep and new old + α · (target - old). Of a state met
several times the changes add up. Rewards stand in the rule's model, the batch.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from mazefit.agents.learning.batch import Batch, batch_of_model, check_batch, received
from mazefit.agents.learning.batch_credit import batch_credit
from mazefit.agents.learning.batch_sweep import BatchSweep, Sweeper, step_sizes
from mazefit.backup.model_rewards import ModelRewards
from mazefit.backup.rule import Details, Model, Rule, Tables, register
from mazefit.backup.spec import BackupSpec
from mazefit.backup.tree import Backup, Component

Tree = Callable[[dict[str, Any], Batch, npt.NDArray[np.float64], int], Component]


def batch_rule(name: str, spec: BackupSpec, how: BatchSweep, tree: Tree) -> Rule:
    """The rule of a batch learner, registered.

    Args:
        name, spec: the algorithm's name and its backup diagram.
        how: its kernels.
        tree: `tree(settings, batch, values, k)`: the tree of the target of step k from the values [S] before the sweep.
    """

    def replay(
        settings: dict[str, Any], model: Model, tables: Tables, block: Mapping[str, npt.NDArray[Any]], start: int,
        details: Details | None, compiled: bool,
    ) -> None:  # fmt: skip
        sweeper = Sweeper(how, settings, model)
        for i in range(len(block["sweep"])):
            if details is not None:
                details["before"][i] = tables["v"]
            sweeper(tables, compiled)
            if details is not None:
                details["target"][i] = sweeper.target

    def read(settings: dict[str, Any], model: Model, row: tuple[Any, ...], index: int, details: dict[str, Any]) -> Backup:
        k, batch, values = details["within"], batch_of_model(model), details["before"]
        state = int(batch.state[k])
        old, target, step_size = float(values[state]), float(details["target"][k]), float(step_sizes(settings, batch)[state])
        return Backup(
            index=index,
            algorithm=spec.name,
            components=(tree(settings, batch, values, k),),
            target=target,
            td_error=target - old,
            old=old,
            new=old + step_size * (target - old),
            step_size=step_size,
            discount=settings["discount"],
            source="replay",
        )

    def columns(settings: dict[str, Any], model: Model) -> tuple[dict[str, Any], dict[str, Any]]:
        return {"target": f"({len(model['state'])},)f8"}, {"before": f"({settings['states']},)f8"}

    return register(
        Rule(
            name=name,
            spec=spec,
            schema={"sweep": "u1"},
            replay=replay,
            read=read,
            details=columns,
            backups_each=lambda model: max(1, len(model["state"])),
            result=lambda settings, model, tables: (None, tables["v"]),
            check=check_batch,
            roots=lambda settings, state: {("v", state): 1.0},
            rewards=ModelRewards(received, batch_credit(how.credit)),
        )
    )
