"""The tables that are the environment: where each action leads, what is received on arrival, and whether that ends the episode.

Deterministic, `next_state`, `reward` and `terminated` are [S, A]. Stochastic, they are flat over the outcomes of all (s, a) in
compressed rows: the outcomes of cell c = s * A + a are the entries offsets[c] to offsets[c + 1], each with its probability.
Everything else is a view of these: `P`, the environment's step, the planners, the compiled learners, the pictures.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from mazefit.errors import ConfigError, Problems, UnsupportedEnvError

Outcome = tuple[float, int, float, bool]
MAX_CELLS = 2**26  # cells (state-action pairs) that fit beside six flag bits in 32-bit columns


@dataclass(frozen=True, eq=False)
class TabularMDP:
    """A finite Markov decision process held as flat arrays.

    Args:
        next_state: integers [S, A], or [B] with `offsets`: the state arrived in.
        reward: floats of the same shape: the reward received on arrival.
        terminated: bools of the same shape: whether the transition ends the episode.
        start: the start state, or the probability of each state to be the first, [S].
        probability: floats [B], stochastic processes alone: the probability of each outcome.
        offsets: integers [S * A + 1], stochastic processes alone: where the outcomes of each cell begin.
        actions: number of actions A, needed with `offsets` alone.

    Raises:
        ConfigError: shapes differ, a state is out of range, a reward is not finite, probabilities do not sum to 1.

    >>> two = TabularMDP(next_state=[[0, 1], [1, 1]], reward=[[-1, 0], [0, 0]], terminated=[[0, 1], [1, 1]], start=0)
    >>> two.P[0][1]
    [(1.0, 1, 0.0, True)]
    """

    next_state: npt.NDArray[np.int32]  # [S, A] or [B]
    reward: npt.NDArray[np.float64]  # [S, A] or [B]
    terminated: npt.NDArray[np.bool_]  # [S, A] or [B]
    start: int | npt.NDArray[np.float64]  # state, or [S]
    probability: npt.NDArray[np.float64] | None = None  # [B]
    offsets: npt.NDArray[np.int64] | None = None  # [S * A + 1]
    actions: int = 0

    def __init__(
        self,
        next_state: npt.ArrayLike,
        reward: npt.ArrayLike,
        terminated: npt.ArrayLike,
        start: int | npt.ArrayLike,
        *,
        probability: npt.ArrayLike | None = None,
        offsets: npt.ArrayLike | None = None,
        actions: int = 0,
        checked: bool = False,
    ) -> None:
        columns: dict[str, Any] = {"next_state": next_state, "reward": reward, "terminated": terminated}
        columns |= {"probability": probability, "offsets": offsets}
        put = object.__setattr__
        for name, values in columns.items():
            put(self, name, None if values is None else _frozen(name, values, share=checked))
        put(
            self,
            "actions",
            actions if offsets is not None else self.next_state.shape[-1] if self.next_state.ndim else 0,
        )
        put(self, "start", int(start) if isinstance(start, int | np.integer) else _frozen("start", start, share=checked))
        if not checked:
            _check(self)

    @property
    def states(self) -> int:
        """Number of states S."""
        return len(self.next_state) if self.offsets is None else (len(self.offsets) - 1) // self.actions

    @property
    def deterministic(self) -> bool:
        """Whether every action has one outcome, of probability 1."""
        return self.offsets is None

    @property
    def nbytes(self) -> int:
        """Bytes held by the tables."""
        arrays = (self.next_state, self.reward, self.terminated, self.probability, self.offsets)
        return sum(a.nbytes for a in arrays if a is not None)

    @property
    def P(self) -> "TransitionTable":  # noqa: N802 - Gymnasium's own name
        """`P[s][a] -> [(probability, next state, reward, terminated), …]`, as in Gymnasium's toy_text, built when asked for."""
        return TransitionTable(self)

    def outcomes(self, state: int, action: int) -> list[Outcome]:
        """What `action` can lead to from `state`: a list of (probability, next state, reward, terminated).

        Raises:
            IndexError: there is no such state or action.
        """
        if not (0 <= state < self.states and 0 <= action < self.actions):
            last = f"states 0 to {self.states - 1} and actions 0 to {self.actions - 1}"
            raise IndexError(f"outcomes: expected {last}, got state {state}, action {action}")
        cell = state * self.actions + action
        if self.offsets is None:
            flat = (self.next_state.reshape(-1), self.reward.reshape(-1), self.terminated.reshape(-1))
            return [(1.0, int(flat[0][cell]), float(flat[1][cell]), bool(flat[2][cell]))]
        assert self.probability is not None
        return [
            (float(self.probability[i]), int(self.next_state[i]), float(self.reward[i]), bool(self.terminated[i]))
            for i in range(int(self.offsets[cell]), int(self.offsets[cell + 1]))
        ]

    @cached_property
    def absorbing(self) -> npt.NDArray[np.bool_]:
        """Bool [S]: states whose every outcome stays there, ends the episode and pays 0 (walls and goals)."""
        owners = np.arange(self.states)[:, None]  # [S, 1] beside [S, A], or [B] beside [B]
        if self.offsets is not None:
            owners = np.repeat(np.arange(self.states * self.actions), self.outcome_counts) // self.actions
        quiet: npt.NDArray[np.bool_] = (self.next_state == owners) & self.terminated & (self.reward == 0.0)
        if self.offsets is not None:
            quiet = np.logical_and.reduceat(quiet, self.offsets[:-1]).reshape(self.states, self.actions)
        return np.all(quiet, axis=1)

    @property
    def outcome_counts(self) -> npt.NDArray[np.int64]:
        """Integers [S * A]: the number of outcomes of each cell."""
        if self.offsets is None:
            return np.ones(self.states * self.actions, dtype=np.int64)
        return np.diff(self.offsets)

    def start_distribution(self) -> npt.NDArray[np.float64]:
        """Floats [S]: the probability of each state to be the first of an episode."""
        if not isinstance(self.start, int):
            return self.start
        one = np.zeros(self.states)
        one[self.start] = 1.0
        return one

    @cached_property
    def digest(self) -> str:
        """SHA-256 over the tables: two processes are the same exactly where their digests are."""
        sha = hashlib.sha256(f"{self.states},{self.actions},{self.deterministic}".encode())
        for array in (self.next_state, self.reward, self.terminated, self.probability, self.offsets):
            sha.update(b"-" if array is None else array.tobytes())
        sha.update(str(self.start).encode() if isinstance(self.start, int) else self.start.tobytes())
        return sha.hexdigest()

    @classmethod
    def from_env(cls, env: Any) -> "TabularMDP":
        """Read any environment that offers its tables: a `mdp` attribute (mazefit's own), or `P` as in Gymnasium's toy_text.

        Args:
            env: an environment, wrapped or not; a TabularMDP is handed back as it is.

        Raises:
            UnsupportedEnvError: it has neither `mdp` nor `P`.
        """
        from mazefit.envs.tables_of import read_tables

        return read_tables(env)

    def __setstate__(self, kept: dict[str, Any]) -> None:
        self.__dict__.update(kept)
        for value in kept.values():
            if isinstance(value, np.ndarray):
                value.flags.writeable = False  # pickles and copies forget it

    def __repr__(self) -> str:
        kind = "deterministic" if self.deterministic else f"{len(self.next_state)} outcomes"
        return f"TabularMDP(states={self.states}, actions={self.actions}, {kind})"


class TransitionTable(Mapping[int, dict[int, list[Outcome]]]):
    """`P[state][action]` over a process's tables; rows are made when they are asked for, so a million states cost nothing."""

    def __init__(self, mdp: TabularMDP) -> None:
        self.mdp = mdp

    def __getitem__(self, state: int) -> dict[int, list[Outcome]]:
        if state not in range(self.mdp.states):
            raise KeyError(state)
        state = int(state)
        return {action: self.mdp.outcomes(state, action) for action in range(self.mdp.actions)}

    def __iter__(self) -> Iterator[int]:
        return iter(range(self.mdp.states))

    def __len__(self) -> int:
        return self.mdp.states


_KINDS: dict[str, Any] = {"next_state": np.int32, "terminated": np.bool_, "offsets": np.int64}  # the others are float64


def _frozen(name: str, values: Any, *, share: bool) -> npt.NDArray[Any]:
    """The values as a contiguous read-only array of the column's type: the caller's own memory only where told to `share`.

    Raises:
        ConfigError: the values are no such array.
    """
    kind = _KINDS.get(name, np.float64)
    try:
        given = np.asarray(values)
        if kind is np.int32 or kind is np.int64:
            if given.dtype.kind not in "iu":
                raise ConfigError(f"TabularMDP: {name}: expected integers, got {given.dtype}")
            low, high = (int(given.min()), int(given.max())) if given.size else (0, 0)
            if low < 0 or high > np.iinfo(kind).max:
                raise ConfigError(f"TabularMDP: {name}: expected numbers from 0, below 2^31, got {low} to {high}")
        array = np.array(given, dtype=kind, order="C", copy=None if share else True).view()
    except (TypeError, ValueError) as error:
        if isinstance(error, ConfigError):
            raise
        raise ConfigError(f"TabularMDP: {name}: expected an array of numbers, got {error}") from error
    array.flags.writeable = False
    return array


def _check(mdp: TabularMDP) -> None:
    """Check shapes, ranges and probabilities, once, at the door."""
    problems = Problems("TabularMDP")
    shape, flat = mdp.next_state.shape, mdp.offsets is not None
    problems.check(
        len(shape) == 2 - flat and mdp.next_state.size > 0,
        f"next_state: expected shape {'[B]' if flat else '[S, A]'} with at least one entry, got {list(shape)}",
    )
    for name in ("reward", "terminated") + (("probability",) if flat else ()):
        got = getattr(mdp, name)
        problems.check(
            got is not None and got.shape == shape,
            f"{name}: expected the shape of next_state {list(shape)}, got {None if got is None else list(got.shape)}",
        )
    problems.check(bool(np.isfinite(mdp.reward).all()), "reward: expected finite numbers, got NaN or infinity")
    problems.check(flat == (mdp.probability is not None), "probability and offsets: expected both or neither")
    problems.raise_if_any()
    if mdp.offsets is not None and mdp.probability is not None:
        problems.integer("actions", mdp.actions, 1)
        problems.raise_if_any()
        counts = np.diff(mdp.offsets)
        fits = len(counts) > 0 and len(counts) % mdp.actions == 0 and mdp.offsets[0] == 0 and mdp.offsets[-1] == shape[0]
        problems.check(
            bool(fits and (counts > 0).all()),
            f"offsets: expected S * A + 1 rising numbers from 0 to {shape[0]}, each cell with an outcome",
        )
        problems.raise_if_any()
        sums = np.add.reduceat(mdp.probability, mdp.offsets[:-1])
        fair = bool((mdp.probability > 0).all()) and bool((np.abs(sums - 1) <= 1e-9).all())
        problems.check(
            fair,
            "probability: expected positive numbers that sum to 1 over each cell's outcomes (what cannot happen is left out)",
        )
    states = mdp.states
    problems.check(states * mdp.actions <= MAX_CELLS, f"next_state: expected at most 2^26 cells, got {states * mdp.actions}")
    low, high = int(mdp.next_state.min()), int(mdp.next_state.max())
    problems.check(low >= 0 and high < states, f"next_state: expected states 0 to {states - 1}, got {low} to {high}")
    if isinstance(mdp.start, int):
        problems.check(0 <= mdp.start < states, f"start: expected a state from 0 to {states - 1}, got {mdp.start}")
    else:
        fair = mdp.start.shape == (states,) and bool((mdp.start >= 0).all()) and abs(float(mdp.start.sum()) - 1) <= 1e-9
        problems.check(fair, f"start: expected a state, or {states} probabilities that sum to 1")
    problems.raise_if_any()


__all__ = ["MAX_CELLS", "Outcome", "TabularMDP", "TransitionTable", "UnsupportedEnvError"]
