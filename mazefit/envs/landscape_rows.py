"""Ready answers of deterministic tables, leading to each other: what makes `LandscapeEnv.step` fast.

A row is a list of A + 1: for each action the entry (next row, next state, reward, terminated, info), then the row's own (state,
info). Rows are made when they are first led to, and their entries when they are first stepped from; the entries of a goal's row
stay None for ever, so whoever steps from there fails to unpack them and is told why in slower words.
"""

from collections.abc import Callable
from typing import Any

from mazefit.envs.tables import TabularMDP

Row = list[Any]
Info = dict[str, Any]


class TableRows:
    """The rows of deterministic tables, made when asked for.

    Args:
        mdp: the tables.
        info: what is told of a state on arrival.
    """

    def __init__(self, mdp: TabularMDP, info: Callable[[int], Info]) -> None:
        self.mdp, self._info = mdp, info
        self._rows: dict[int, Row] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, state: int) -> Row:
        row = self._rows.get(state)
        if row is None:
            row = self._rows[state] = [None] * self.mdp.actions + [(state, self._info(state))]
        return row

    def is_end(self, state: int) -> bool:
        """Whether the episode ends on arrival in `state`."""
        return bool(self.mdp.absorbing[state])

    def fill(self, row: Row) -> None:
        """Make the entries of a row from which one can step."""
        state, mdp = row[-1][0], self.mdp
        answers = zip(mdp.next_state[state].tolist(), mdp.reward[state].tolist(), mdp.terminated[state].tolist(), strict=True)
        for action, (arrival, reward, terminated) in enumerate(answers):
            there = self[arrival]
            row[action] = (there, arrival, reward, terminated, there[-1][1])
