"""The figures of many mazes: the shares over the steps, and some walks."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from mazefit.agents.deep.held_out import all_values, greedy_path
from mazefit.agents.deep.labels import LabelledMazes
from mazefit.lab.announce import drawn_language
from mazefit.lab.deep.config import DeepConfig
from mazefit.lab.deep.many_phrases import say
from mazefit.lab.deep.many_told import Learned
from mazefit.lab.page import Page

FIGURES = ("shares", "walks")
WALKS = 8


def pictures(page: Page, config: DeepConfig, unseen: LabelledMazes, found: Sequence[Learned]) -> dict[str, Any]:
    """The figures by name.

    Args:
        page: whose language is spoken.
        config: the settings.
        unseen: the mazes held out, with exact values.
        found: the networks; the walks are those of the first.
    """
    from mazefit.plots.held_out import plot_shares

    spoken = drawn_language(page.language)
    rows, columns = config.cells
    taught = [one for one in found if one.key.endswith("taught")]
    walked = [one for one in found if one not in taught]
    courses = {say(one.key, spoken): ([p.steps for p in one.points], [p.share for p in one.points]) for one in walked}
    return {
        "shares": plot_shares(
            courses, bounds={say(one.key, spoken): one.points[-1].share for one in taught}, language=spoken,
            title=say("many.title", spoken, held_out=f"{len(unseen):,}", rows=rows, columns=columns),
            note=say("many.note", spoken, training=f"{config.mazes:,}", seed=config.seed),
        ),
        "walks": _walks(found[0], unseen, spoken),
    }  # fmt: skip


def _walks(first: Learned, unseen: LabelledMazes, spoken: str) -> Any:
    """Some walks: half of them such as go astray, where there are any."""
    from mazefit.plots.walks import Walk, plot_walks

    table = all_values(first.module, unseen)
    walks = first.walks
    lost, fine = np.flatnonzero(walks.lengths < 0), np.flatnonzero(walks.lengths >= 0)
    shown = [*fine[: WALKS - min(len(lost), WALKS // 2)], *lost[: WALKS // 2]][:WALKS]
    drawn: list[Walk] = []
    for one in shown:
        path, maze = greedy_path(table, unseen, int(one)), unseen.mazes[one]
        values = np.where(unseen.inside[one], table[one].max(axis=1), np.nan)
        drawn.append(Walk(maze.walls, maze.goals, values, path, int(walks.shortest[one]), bool(walks.lengths[one] >= 0)))
    return plot_walks(drawn, title=say("many.walks", spoken), language=spoken)
