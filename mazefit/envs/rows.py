"""Ready answers of an environment, one row a state, leading to each other: what makes `RowsEnv.step` fast.

A row is a list of A + 1: for each action the entry (next row, next state, reward, terminated, info), then the row's own (state,
info). Rows are made when they are first led to, and their entries when they are first stepped from, so a maze of a million
states costs nothing until it is walked. The entries of a row not yet stepped from are None, and so are those of the goals for
ever: whoever steps from there fails to unpack them and is told why in slower words.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from mazefit.envs.tables import TabularMDP

HOME = -1  # where a row keeps its own (state, info)

Row = list[Any]
Info = dict[str, Any]


class Rows(ABC):
    """The rows of an environment, made when asked for.

    Args:
        actions: A.
    """

    def __init__(self, actions: int) -> None:
        self.actions = actions
        self._rows: dict[int, Row] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, state: int) -> Row:
        row = self._rows.get(state)
        if row is None:
            row = self._rows[state] = [None] * self.actions + [(state, self.info(state))]
        return row

    @abstractmethod
    def info(self, state: int) -> Info:
        """What is told of a state on arrival."""

    @abstractmethod
    def is_end(self, state: int) -> bool:
        """Whether the episode ends on arrival in `state`."""

    @abstractmethod
    def fill(self, row: Row) -> None:
        """Make the entries of a row from which one can step."""


class TableRows(Rows):
    """The rows of deterministic tables.

    Args:
        mdp: the tables.
        info: what is told of a state on arrival.
    """

    def __init__(self, mdp: TabularMDP, info: Callable[[int], Info]) -> None:
        super().__init__(mdp.actions)
        self.mdp, self._info = mdp, info

    def info(self, state: int) -> Info:
        """What is told of a state on arrival."""
        return self._info(state)

    def is_end(self, state: int) -> bool:
        """Whether the episode ends on arrival in `state`."""
        return bool(self.mdp.absorbing[state])

    def fill(self, row: Row) -> None:
        """Make the entries of a row from which one can step."""
        state, mdp = row[HOME][0], self.mdp
        answers = zip(mdp.next_state[state].tolist(), mdp.reward[state].tolist(), mdp.terminated[state].tolist(), strict=True)
        for action, (arrival, reward, terminated) in enumerate(answers):
            there = self[arrival]
            row[action] = (there, arrival, reward, terminated, there[HOME][1])
