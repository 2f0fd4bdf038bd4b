"""What came of learning on many mazes: each network's share, by length of path, and in larger mazes; the tables on disk."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from torch import nn

from mazefit.agents.deep.grid_network import RecurrentGrid
from mazefit.agents.deep.held_out import Walks, all_values, greedy_walks, split_mazes
from mazefit.agents.deep.labels import LabelledMazes, label_mazes
from mazefit.agents.deep.many_mazes import DISCOUNT, REWARDS, Measured, measure
from mazefit.lab.deep.config import DeepConfig
from mazefit.lab.deep.many_phrases import say
from mazefit.lab.page import Page, fixed, percent
from mazefit.lab.results import write_rows

TABLES = ("shares.csv", "networks.csv", "lengths.csv")
GROUPS = 8  # of lengths, on the page
LARGER = 2  # times as many rows and columns
ROOM, LEAST = 100, 10  # of mazes of more cells fewer are looked at, down to so many


class Learned(NamedTuple):
    """A network and what it is worth."""

    key: str
    module: nn.Module
    points: list[Measured]
    walks: Walks  # through the held-out mazes
    own: float  # share on mazes that it learned on

    @property
    def weights(self) -> int:
        """How many numbers were learned."""
        return sum(parameter.numel() for parameter in self.module.parameters())

    @property
    def recurrent(self) -> bool:
        """Whether it can be given more iterations and larger mazes."""
        return hasattr(self.module, "iterations")


def learned(key: str, module: nn.Module, points: list[Measured], unseen: LabelledMazes, own: LabelledMazes) -> Learned:
    """Hold a network against mazes of both kinds.

    Args:
        key: of the phrase that names it.
        module: the network.
        points: what was measured on the way.
        unseen: mazes held out.
        own: mazes that it learned on.
    """
    unseen_walks, own_walks = (greedy_walks(all_values(module, mazes), mazes) for mazes in (unseen, own))
    return Learned(key, module, points, unseen_walks, own_walks.share)


def tell_result(page: Page, found: Sequence[Learned]) -> None:
    """What each is worth in the end.

    Args:
        page: where to.
        found: the networks.
    """
    page.heading("many.result")
    rows = [[page.say(f"many.{name}") for name in ("network", "weights", "updates", "share", "seen", "rms", "largest")]]
    for one in found:
        end = one.points[-1]
        rows.append(
            [page.say(one.key), f"{one.weights:,}", f"{end.updates:,}", percent(end.share), percent(one.own),
             fixed(end.error, 3), fixed(end.largest, 3)]
        )  # fmt: skip
    page.table(rows)
    page.lines.append("")
    page.text("many.says")


def tell_lengths(page: Page, found: Sequence[Learned]) -> None:
    """The shares by the length of the shortest path.

    Args:
        page: where to.
        found: the networks.
    """
    lengths = np.unique(found[0].walks.shortest)
    groups = [group for group in np.array_split(lengths, GROUPS) if len(group)]
    names = [f"{group[0]}" if len(group) == 1 else f"{group[0]}-{group[-1]}" for group in groups]
    counts = [int(np.isin(found[0].walks.shortest, group).sum()) for group in groups]
    page.heading("many.lengths")
    rows = [[page.say("many.length"), *names], [page.say("many.mazes"), *(f"{count:,}" for count in counts)]]
    rows += [[page.say(one.key), *(percent(one.walks.shares(g[0], g[-1]), 0) for g in groups)] for one in found]
    page.across(rows)


def tell_larger(page: Page, config: DeepConfig, unseen: LabelledMazes, found: Sequence[Learned]) -> None:
    """The recurrent networks as they are, with more iterations and in larger mazes, which none of them learned on.

    Args:
        page: where to.
        config: the settings.
        unseen: the mazes held out.
        found: the networks.
    """
    rows, columns = (LARGER * cells for cells in config.cells)
    count = max(LEAST, min(config.held_out, config.held_out * ROOM // (rows * columns)))
    larger = label_mazes(split_mazes(rows, columns, 1, count, config.seed).held_out, DISCOUNT, **REWARDS)
    those = [one for one in found if one.recurrent]
    page.heading("many.larger")
    head = [page.say(f"many.{name}") for name in ("cells", "mazes", "iterations")]
    table = [[*head, *(page.say(one.key) for one in those)]]
    for cells, mazes in ((config.cells, unseen), ((rows, columns), larger)):
        usual = RecurrentGrid().reach(mazes.shape)
        for iterations in (usual, 2 * usual, 4 * usual):
            shares = [_share_with(one.module, iterations, mazes) for one in those]
            name = f"{cells[0]} x {cells[1]}"
            table.append([name, f"{len(mazes):,}", f"{iterations:,}", *(percent(share) for share in shares)])
    page.table(table)


def _share_with(module: Any, iterations: int, mazes: LabelledMazes) -> float:
    """The share with so many iterations; the module is left as it was."""
    before, module.iterations = module.iterations, iterations
    try:
        return measure(module, mazes)[0].share
    finally:
        module.iterations = before


def write_tables(folder: Path, found: Sequence[Learned]) -> None:
    """The course, the end, and the shares by length, as CSV.

    Args:
        folder: where to.
        found: the networks.
    """
    points = [[say(one.key, "en"), *point] for one in found for point in one.points]
    write_rows(folder / TABLES[0], ("network", *Measured._fields), points)
    ends = [[say(one.key, "en"), one.weights, one.own, *one.points[-1]] for one in found]
    write_rows(folder / TABLES[1], ("network", "weights", "own_share", *Measured._fields), ends)
    lengths = [
        [say(one.key, "en"), int(length), int((one.walks.shortest == length).sum()), one.walks.shares(length, length)]
        for one in found
        for length in np.unique(one.walks.shortest)
    ]
    write_rows(folder / TABLES[2], ("network", "shortest", "mazes", "share"), lengths)
