"""Generalisation: a split into mazes to learn on and mazes never seen, and how well a network walks through these."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from mazefit.agents.deep.labels import LabelledMazes
from mazefit.envs import Maze
from mazefit.errors import ConfigError, Problems

HELD_OUT_FROM = 2**41
"""The first seed of held-out mazes; those to learn on are made from seeds below 2^39.

The settings in many_mazes.py were chosen by mazes from 2^40 on, which no result is told of: those held out here had no say.
"""

ROWS = 1024  # observations that are valued at once


class Split(NamedTuple):
    """Mazes, no two of them equal."""

    training: tuple[Maze, ...]
    held_out: tuple[Maze, ...]


class Walks(NamedTuple):
    """How greedy walks from the starts went, one in each maze."""

    lengths: npt.NDArray[np.int64]  # [M], steps to the goal; -1 where it was not reached in as many as a shortest path has
    shortest: npt.NDArray[np.int64]  # [M]

    @property
    def share(self) -> float:
        """The share of mazes whose walk is a shortest path."""
        return float(np.mean(self.lengths == self.shortest))

    def shares(self, low: int, high: int) -> float:
        """The share of those whose shortest path has from `low` to `high` steps; nan where there is none."""
        those = (self.shortest >= low) & (self.shortest <= high)
        return float(np.mean((self.lengths == self.shortest)[those])) if those.any() else np.nan


def split_mazes(rows: int, columns: int, training: int, held_out: int, seed: int = 0) -> Split:
    """Perfect mazes by Wilson's algorithm, to learn on and held out: seeds are disjoint, and so are the mazes.

    Args:
        rows: rows of cells.
        columns: columns of cells.
        training: how many to learn on.
        held_out: how many are held out.
        seed: each has its own mazes of both kinds.

    Raises:
        ConfigError: a number is out of range, or there are not as many different mazes of this size.
    """
    problems = Problems("split_mazes")
    for name, value, low, high in (("rows", rows, 1, None), ("columns", columns, 1, None), ("training", training, 1, 2**20),
                                   ("held_out", held_out, 1, 2**20), ("seed", seed, 0, 2**19 - 1)):  # fmt: skip
        problems.integer(name, value, low, high)
    problems.raise_if_any()
    taken: set[str] = set()
    away = _different(rows, columns, held_out, HELD_OUT_FROM + seed * 2**20, taken)
    return Split(_different(rows, columns, training, seed * 2**20, taken), away)


def _different(rows: int, columns: int, count: int, first: int, taken: set[str]) -> tuple[Maze, ...]:
    """So many mazes that are not among those taken, from the seeds that follow `first`; they are taken then.

    Raises:
        ConfigError: there seem to be fewer.
    """
    found: list[Maze] = []
    for number in range(min(20 * count + 100, 2**20)):
        maze = Maze.generate(rows, columns, "wilson", seed=first + number)
        if maze.digest not in taken:
            taken.add(maze.digest)
            found.append(maze)
            if len(found) == count:
                return tuple(found)
    raise ConfigError(f"split_mazes: expected enough different mazes of {rows} x {columns} cells, got {len(taken)} of them")


def all_values(module: nn.Module, labelled: LabelledMazes) -> npt.NDArray[np.float64]:
    """What a network says of every state of every maze, [M, S, A]; 0 outside.

    Args:
        module: from planes [B, 4, R, C] to action values [B, A]. One that has `everywhere`, such as `GridValues`, is asked once
            for each maze, any other once for each state.
        labelled: the mazes.
    """
    weight = next(module.parameters())
    everywhere: Any = getattr(module, "everywhere", None)
    which, states = labelled.rows()
    table = np.zeros(labelled.q.shape)
    with torch.no_grad():
        if everywhere is not None:
            found = [everywhere(_tensor(part, weight)) for part in _parts(labelled.planes)]
            whole = torch.cat(found).flatten(2).transpose(1, 2).cpu().numpy()  # [M, S, A]
            table[which, states] = whole[which, states]
        else:
            for rows in _parts(np.arange(len(which))):
                planes = labelled.observations(which[rows], states[rows])
                table[which[rows], states[rows]] = module(_tensor(planes, weight)).cpu().numpy()
    return table


def greedy_walks(table: npt.NDArray[np.float64], labelled: LabelledMazes) -> Walks:
    """Walk from every start by the action of largest value, in all mazes at once; of equal values the first.

    Args:
        table: action values [M, S, A].
        labelled: the mazes.

    Raises:
        ConfigError: the table is not theirs.
    """
    if table.shape != labelled.q.shape:
        raise ConfigError(f"greedy_walks: table: expected shape {list(labelled.q.shape)}, got {list(table.shape)}")
    best = table.argmax(axis=2)
    shortest = labelled.distances[np.arange(len(labelled)), labelled.starts]
    at, lengths = labelled.starts.copy(), np.full(len(labelled), -1, np.int64)
    going = np.arange(len(labelled))
    for step in range(1, int(shortest.max()) + 1):
        going = going[shortest[going] >= step]  # no walk is shorter, and longer ones are not looked at
        here = at[going]
        actions = best[going, here]
        ended = labelled.terminated[going, here, actions]
        at[going] = labelled.next_state[going, here, actions]
        lengths[going[ended]] = step
    return Walks(lengths, shortest)


def greedy_path(table: npt.NDArray[np.float64], labelled: LabelledMazes, number: int) -> list[int]:
    """The states of one greedy walk: from the start to a goal, or to where it comes to a state for the second time.

    Args:
        table: action values [M, S, A].
        labelled: the mazes.
        number: which maze.
    """
    best, path = table[number].argmax(axis=1), [int(labelled.starts[number])]
    while True:
        here = path[-1]
        path.append(int(labelled.next_state[number, here, best[here]]))
        if labelled.terminated[number, here, best[here]] or path[-1] in path[:-1]:
            return path


def _parts(rows: npt.NDArray[Any]) -> list[npt.NDArray[Any]]:
    """So few at a time that memory stays small."""
    return [rows[at : at + ROWS] for at in range(0, len(rows), ROWS)]


def _tensor(planes: npt.NDArray[np.int8], like: torch.Tensor) -> torch.Tensor:
    return torch.from_numpy(planes).to(device=like.device, dtype=like.dtype)
