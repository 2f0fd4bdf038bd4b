"""The rule of a learner that updates from whole stretches of an episode: n steps back, or all of it at its end.

A row is a step. What is due after a step is written once, in the algorithm's file: `learn(memory, episode, t, how)`, where
`episode` holds the steps 0 … t of the running episode. The loop calls it with what was experienced, the replay with what was
logged. For every update `learn` notes, at the step that it is for, the target, the old and the new value and the step size:
so each can be read as a tree.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from mazefit.agents.step_rule import Memory, blunt_exponential, check_columns, check_common, kernels_of, plain_how, reported
from mazefit.backup.one_step import CELL, SCHEMA, TERMINATED, TRUNCATED
from mazefit.backup.rule import Credit, Details, Model, Rule, Tables, register
from mazefit.backup.spec import BackupSpec
from mazefit.backup.tree import Backup, Component
from mazefit.kernel import Kernel, kernel

OVER = TERMINATED | TRUNCATED


class Episode(NamedTuple):
    """The steps of the running episode, and what their updates were; all arrays are at least as long as it."""

    cell: Any  # int64, with flags, as in the trace
    following: Any  # int64, the arrival, or the cell of arrival and next action
    reward: Any
    extra: Any  # what else a row holds, such as the probability with which the next action was chosen; 1 where nothing is said
    target: Any
    old: Any
    new: Any
    step_size: Any


FIELDS = Episode._fields
_INTEGERS = ("cell", "following")


def fresh_episode(length: int = 0) -> dict[str, npt.NDArray[Any]]:
    """Arrays for an episode of that many steps."""
    arrays = {name: np.zeros(length, dtype=np.int64 if name in _INTEGERS else np.float64) for name in FIELDS}
    arrays["extra"][:] = 1.0
    return arrays


def grown_episode(workings: Mapping[str, npt.NDArray[Any]], length: int) -> dict[str, npt.NDArray[Any]]:
    """The same arrays with room for `length` steps; nothing where there is room."""
    if len(workings["cell"]) >= length:
        return {}
    longer = fresh_episode(2 * length)
    for name, array in longer.items():
        array[: len(workings[name])] = workings[name]
    return longer


def kept_episode(workings: Mapping[str, npt.NDArray[Any]], length: int) -> dict[str, npt.NDArray[Any]]:
    """The same workings with so many steps of the episode and no more room."""
    return {name: array[:length] if name in FIELDS else array for name, array in workings.items()}


def check_episode(settings: Mapping[str, Any], workings: Mapping[str, npt.NDArray[Any]], following: str = "cells") -> None:
    """Refuse loaded steps that point outside the tables.

    Args:
        settings: `states`, `actions`.
        workings: the steps.
        following: what the arrivals number, "states" or "cells".

    Raises:
        ValueError: they do, or are of other kinds or lengths.
    """
    cells = settings["states"] * settings["actions"]
    arrivals = settings["states"] if following == "states" else cells
    for name in FIELDS:
        kind = np.int64 if name in _INTEGERS else np.float64
        if workings[name].dtype != kind or workings[name].shape != (len(workings["cell"]),):
            raise ValueError(f"workings {name}: expected {len(workings['cell'])} of {np.dtype(kind)}, got others")
    inside = (workings["cell"] & CELL < cells) & (workings["cell"] >= 0)
    if not (inside & (workings["following"] >= 0) & (workings["following"] < arrivals)).all():
        raise ValueError("workings: expected steps inside the tables, got some beyond them")


@kernel
def put(episode: Any, t: int, row: int, following: int, reward: float, extra: float) -> None:
    """Step number `t` of the running episode."""
    episode.cell[t] = row
    episode.following[t] = following
    episode.reward[t] = reward
    episode.extra[t] = extra


@kernel
def noted(episode: Any, at: int, target: float, old: float, new: float, step_size: float) -> None:
    """Note the update that is for step `at`."""
    episode.target[at] = target
    episode.old[at] = old
    episode.new[at] = new
    episode.step_size[at] = step_size


@kernel
def learn(memory: Any, episode: Any, t: int, how: Any) -> None:
    """The place of an algorithm's own `learn`."""


@kernel
def replay_episodes(memory: Any, episode: Any, row_cell: Any, row_next: Any, row_reward: Any, row_extra: Any, how: Any) -> None:
    """Do logged steps again, from the beginning of an episode on."""
    t = 0
    for i in range(len(row_cell)):
        extra = row_extra[i] if len(row_extra) > 0 else 0.0
        put(episode, t, row_cell[i], row_next[i], row_reward[i], extra)
        learn(memory, episode, t, how)
        t += 1
        if row_cell[i] & OVER != 0:
            t = 0


_NO_EXTRA = np.empty(0)
Trees = Callable[[BackupSpec, dict[str, Any], Tables, Episode, int, int], tuple[Component, ...]]
Updates = Callable[[dict[str, Any], Mapping[str, npt.NDArray[Any]]], npt.NDArray[np.int64]]


def episode_rule(
    name: str,
    spec: BackupSpec,
    learn: Kernel,
    updates: Updates,
    trees: Trees,
    memory: type[Any] = Memory,
    *,
    how: Callable[[Mapping[str, Any]], Any] = plain_how,
    places: Mapping[str, Kernel] | None = None,
    columns: Mapping[str, str] | None = None,
    following: str = "states",
    sizes: Mapping[str, str] | None = None,
    check: Callable[[dict[str, Any], Tables, Mapping[str, npt.NDArray[Any]]], None] | None = None,
    result: str = "q",
    values: tuple[str, ...] = ("q", "v"),
    credit: Credit | None = None,
) -> Rule:
    """The rule of an algorithm whose updates rest on stretches of an episode.

    Args:
        name, spec, memory, how, columns, following, sizes, check, result, values, credit: as of `step_rule`.
        learn: what is due after a step.
        updates: which updates the steps of one episode so far have brought, as of `Rule.updates`.
        trees: `trees(spec, settings, tables, episode, at, trigger)`: the columns of the update for step `at`, done at step
            `trigger`; `tables` are those just before that update, `episode` the steps up to `trigger` as plain lists, and
            one entry more, in which `learn` may have left what lies beyond them.
        places: kernels in further places that `learn` calls.
    """
    lengths = {field: "states" if field == "v" else "cells" for field in memory._fields}
    lengths.update(sizes or {})

    def run(
        settings: Mapping[str, Any], tables: Tables, rows: Mapping[str, npt.NDArray[Any]], compiled: bool
    ) -> dict[str, npt.NDArray[Any]]:
        """Do rows again on `tables`; the notes of the last episode."""
        if not len(rows["cell"]):
            return fresh_episode()
        ends = np.flatnonzero(rows["cell"] & OVER)
        longest = int(np.diff(ends, prepend=-1, append=len(rows["cell"])).max()) + 1
        episode = fresh_episode(longest)
        kernel = replay_episodes.using(learn=learn, **(places or {}), **kernels_of(settings))
        kernel.run(
            compiled, memory(**{field: tables[field] for field in memory._fields}), Episode(**episode), rows["cell"],
            rows["next"], rows["reward"], rows.get("extra", _NO_EXTRA), how(settings),
        )  # fmt: skip
        return episode

    def replay(
        settings: dict[str, Any], model: Model, tables: Tables, block: Mapping[str, npt.NDArray[Any]], start: int,
        details: Details | None, compiled: bool,
    ) -> None:  # fmt: skip
        run(settings, tables, block, compiled)

    def retell(settings: dict[str, Any], tables: dict[str, Any], rows: dict[str, list[Any]]) -> None:
        taken = {**kernels_of(settings), "learn": learn, **(places or {}), "exponential": blunt_exponential}
        count = len(rows["cell"])
        episode = Episode(*([0.0] * (count + 1) for _ in FIELDS))
        plain = replay_episodes.using(**taken).plain()
        plain(memory(**tables), episode, rows["cell"], rows["next"], rows["reward"], rows.get("extra", []), how(settings))

    def read(settings: dict[str, Any], model: Model, row: tuple[Any, ...], index: int, details: dict[str, Any]) -> Backup:
        rows, at, trigger = details["rows"], details["at"], len(details["rows"]["cell"]) - 1
        # do the episode again up to the row that triggered the update, then take back what came after it, and itself
        tables = {name: table.copy() for name, table in details["tables"].items()}
        if settings["moving"]:  # the rates in force were those before that row
            run(settings, tables, {name: column[:-1] for name, column in rows.items()}, compiled=False)
            rates, tables = tables["rates"], {name: table.copy() for name, table in details["tables"].items()}
        else:
            rates = tables["rates"]
        episode = run(settings, tables, rows, compiled=False)
        width = settings["actions"] if result == "v" else 1
        for step, row_number in updates(settings, rows)[::-1].tolist():
            if row_number == trigger:
                tables[result][(int(episode["cell"][step]) & CELL) // width] = episode["old"][step]
                if step == at:
                    break
        tables["rates"] = rates
        plain = Episode(**{name: array[: trigger + 2].tolist() for name, array in episode.items()})
        backup = Backup(
            index=index,
            algorithm=spec.name,
            components=trees(spec, settings, tables, plain, at, trigger),
            target=plain.target[at],
            td_error=plain.target[at] - plain.old[at],
            old=plain.old[at],
            new=plain.new[at],
            step_size=plain.step_size[at],
            discount=settings["discount"],
            episode=details["episode"],
            step=details["step"],
        )
        if not spec.compound:
            return backup
        target, old = backup.evaluate(), plain.old[at]  # what was learned from is a recursion: rounding may lie between
        new = old + plain.step_size[at] * (target - old)
        return replace(backup, target=target, td_error=target - old, new=new)

    def check_all(settings: dict[str, Any], model: Model, tables: Tables, rows: Mapping[str, npt.NDArray[Any]]) -> None:
        check_common(settings, tables, lengths)
        if rows:
            check_columns(settings, rows, following)
        if check is not None:
            check(settings, tables, rows)

    return register(
        Rule(
            name=name,
            spec=spec,
            schema={**SCHEMA, **(columns or {})},
            replay=replay,
            read=read,
            details=lambda settings, model: ({}, {}),
            backups_each=lambda model: 1,
            result=lambda settings, model, tables: reported(settings, tables, result),
            check=check_all,
            updates=updates,
            values=values,
            pairs=following == "cells",
            retell=retell,
            credit=credit,
            roots=lambda settings, cell: {(result, cell): 1.0},
        )
    )
