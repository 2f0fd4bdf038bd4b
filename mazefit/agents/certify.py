"""The certificate: what was learned, held against the exact answer."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mazefit.agents.exact import solve
from mazefit.agents.policies import maximisers
from mazefit.agents.world import tables_of
from mazefit.envs.tables import TabularMDP
from mazefit.errors import ConfigError


@dataclass(frozen=True)
class Certificate:
    """Learned action values against exact ones.

    Args:
        error_visited: largest |max_a q - v*| over the states that the greedy policy visits from the start.
        error_all: the same over all states of finite value.
        visited: how many states of finite value the greedy policy visits.
        states: how many states have a finite value.
        greedy_length: steps of the greedy path to the episode's end; None where it never ends, or is not one path.
        shortest_length: steps of the shortest optimal path; None where there is none, or where it is not one path.
        start_value: the exact value v* of the start states, averaged over them.
        optimal: whether every greedy action in those states is an optimal one, and the path (where there is one) ends.
        single_path: whether one start and certain outcomes make the greedy policy one path (up to ties).
    """

    error_visited: float
    error_all: float
    visited: int
    states: int
    greedy_length: int | None
    shortest_length: int | None
    start_value: float
    optimal: bool
    single_path: bool

    def __str__(self) -> str:
        if self.single_path:
            path = "does not arrive" if self.greedy_length is None else f"{self.greedy_length} steps"
            shortest = "no way leads to an end" if self.shortest_length is None else f"shortest possible {self.shortest_length}"
            lengths = f"greedy path {path}, {shortest}"
        else:
            lengths = "starts or outcomes are random: no single path"
        states = "state" if self.visited == 1 else f"{self.visited} states"
        return (
            f"largest error {self.error_visited:.3g} on the {states} that the greedy policy visits, "
            f"{self.error_all:.3g} on all {self.states}; {lengths}"
        )


def certify(env: Any, q: npt.ArrayLike, discount: float = 1.0) -> Certificate:
    """Hold action values against the exact ones.

    Args:
        env: a Maze, a TabularMDP, or an environment that offers its tables.
        q: action values [S, A].
        discount: γ.

    Raises:
        ConfigError: q is of the wrong shape.
        UnsupportedEnvError: the environment offers no tables.
    """
    mdp = tables_of(env)
    values = _action_values(q, [mdp.states, mdp.actions])
    exact = solve(mdp, discount)
    greedy = maximisers(values)
    starts = np.flatnonzero(mdp.start_distribution())
    visited = _visited(mdp, greedy, starts)
    finite = ~exact.unreachable & ~mdp.absorbing
    with np.errstate(invalid="ignore"):
        errors = np.abs(values.max(axis=1) - exact.v)
    lengths = None, None
    single = mdp.deterministic and len(starts) == 1
    if single:
        lengths = _path_length(mdp, greedy, int(starts[0])), _fewest_steps(mdp, exact.optimal_actions, int(starts[0]))
    return Certificate(
        error_visited=float(errors[visited & finite].max(initial=0.0)),
        error_all=float(errors[finite].max(initial=0.0)),
        visited=int((visited & finite).sum()),
        states=int(finite.sum()),
        greedy_length=lengths[0],
        shortest_length=lengths[1],
        start_value=float(np.dot(mdp.start_distribution()[starts], exact.v[starts])),
        optimal=bool((exact.optimal_actions | ~greedy)[visited].all()) and not (single and lengths[0] is None),
        single_path=single,
    )


def _action_values(q: object, shape: list[int]) -> npt.NDArray[np.float64]:
    try:
        values = np.asarray(q)
        if values.dtype.kind not in "fiu":
            raise TypeError
    except (TypeError, ValueError):
        raise ConfigError(f"certify: q: expected action values {shape} (such as run.q), got {type(q).__name__}") from None
    if list(values.shape) != shape:
        raise ConfigError(f"certify: q: expected shape {shape}, got {list(values.shape)}")
    if np.isnan(values).any():
        raise ConfigError("certify: q: expected numbers, got NaN")
    return values.astype(np.float64)


def _visited(mdp: TabularMDP, greedy: npt.NDArray[np.bool_], starts: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Bool [S]: states in which the greedy policy (with all its ties) ever has to choose."""
    seen = np.zeros(mdp.states, dtype=np.bool_)
    seen[starts] = True
    front = [int(s) for s in starts]
    while front:
        state = front.pop()
        for action in np.flatnonzero(greedy[state]):
            for _, arrival, _, ended in mdp.outcomes(state, int(action)):
                if not ended and not seen[arrival]:
                    seen[arrival] = True
                    front.append(arrival)
    return seen


def _path_length(mdp: TabularMDP, greedy: npt.NDArray[np.bool_], start: int) -> int | None:
    """Steps of the longest greedy path to the end, whatever ties are broken; None where one goes round for ever."""
    depth: dict[int, int] = {}
    path: list[int] = [start]
    open_states: set[int] = set()
    while path:
        state = path[-1]
        moves = [mdp.outcomes(state, int(a))[0] for a in np.flatnonzero(greedy[state])]
        onward = [arrival for _, arrival, _, ended in moves if not ended]
        if state in open_states:
            depth[state] = 1 + max((depth[s] for s in onward), default=0)
            open_states.remove(state)
            path.pop()
            continue
        if state in depth:
            path.pop()
            continue
        open_states.add(state)
        for arrival in onward:
            if arrival in open_states:
                return None
            if arrival not in depth:
                path.append(arrival)
    return depth[start]


def _fewest_steps(mdp: TabularMDP, optimal: npt.NDArray[np.bool_], start: int) -> int | None:
    """Steps of the shortest path along optimal actions; None where none ends."""
    front, seen, steps = [start], {start}, 0
    while front:
        steps += 1
        following: list[int] = []
        for state in front:
            for action in np.flatnonzero(optimal[state]):
                _, arrival, _, ended = mdp.outcomes(state, int(action))[0]
                if ended:
                    return steps
                if arrival not in seen:
                    seen.add(arrival)
                    following.append(arrival)
        front = following
    return None
