"""The boxes of the book done again on what was experienced, with tables [S, A] and NumPy: nothing of the kernels is shared."""

from typing import Any

import numpy as np

from mazefit.agents import PerVisit
from mazefit.backup.one_step import CELL, EXPLORED, PLANNING, SECOND, TERMINATED, TRUNCATED
from mazefit.backup.trace import Trace

Rows = list[tuple[int, int, int, float]]


def rows_of(trace: Trace) -> Rows:
    """Marks, cell, what follows and reward of every row."""
    marks = trace.rows.column("cell").astype(np.int64)
    columns = marks, marks & CELL, trace.rows.column("next"), trace.rows.column("reward")
    return list(zip(*(column.tolist() for column in columns), strict=True))


def step_size(learner: Any, visits: float) -> float:
    """α, or 1 / N."""
    return 1.0 / max(1.0, visits) if isinstance(learner.step_size, PerVisit) else learner.step_size


def one_step(learner: Any, trace: Trace) -> Any:
    """Q-learning, Sarsa, Expected Sarsa, Double Q-learning, Dyna-Q, prioritized sweeping (sections 6.4 to 6.7, 8.2, 8.4)."""
    actions = trace.settings["actions"]
    tables = [trace.base[name].reshape(-1, actions).copy() for name in ("q", "second") if name in trace.base]
    visits = np.zeros(tables[0].size)
    for mark, cell, following, reward in rows_of(trace):
        q, other = (tables[::-1] if mark & SECOND else tables) if len(tables) == 2 else (tables[0], tables[0])
        visits[cell] += not mark & PLANNING
        if learner.name == "learned-prioritized-sweeping" and not mark & PLANNING:
            continue  # a step itself writes nothing
        if learner.name == "sarsa":
            tail = q.reshape(-1)[following]
        elif learner.name == "expected-sarsa":
            tail = learner.policy.probabilities(q[following]) @ q[following]
        else:
            tail = other[following][np.argmax(q[following])]
        alpha = step_size(learner, visits[cell])
        goal = reward + (0.0 if mark & TERMINATED else learner.discount * tail)
        q.reshape(-1)[cell] = (1.0 - alpha) * q.reshape(-1)[cell] + alpha * goal
    return sum(tables) / len(tables)


def traces(learner: Any, trace: Trace) -> Any:
    """Sarsa(λ) and Watkins's Q(λ) (sections 12.7 and 12.10), with a trace of every pair that there is."""
    actions = trace.settings["actions"]
    q = trace.base["q"].reshape(-1, actions).copy()
    z, rows = np.zeros_like(q), rows_of(trace)
    watkins = learner.name == "watkins-q-lambda"
    for i, (mark, cell, following, reward) in enumerate(rows):
        tail = q[following].max() if watkins else q.reshape(-1)[following]
        error = reward + (0.0 if mark & TERMINATED else learner.discount * tail) - q.reshape(-1)[cell]
        z.reshape(-1)[cell] = 1.0 if learner.replacing else z.reshape(-1)[cell] + 1.0
        q += learner.step_size * error * z
        z *= learner.discount * learner.lambda_
        if mark & (TERMINATED | TRUNCATED):
            z[:] = 0.0
        elif watkins and i + 1 < len(rows):
            state, action = divmod(rows[i + 1][1], actions)
            assert bool(mark & EXPLORED) == bool(q[state, action] < q[state].max()), f"row {i} is cut where it should not be"
            if q[state, action] < q[state].max():
                z[:] = 0.0
    return q


def monte_carlo(learner: Any, trace: Trace) -> Any:
    """Monte Carlo control (section 5.4): first visits or all of them, returns as sums of powers of γ."""
    actions = trace.settings["actions"]
    q = trace.base["q"].reshape(-1, actions).copy()
    visits, episode = np.zeros(q.size), list[tuple[int, float]]()
    for mark, cell, following, reward in rows_of(trace):
        episode.append((cell, reward))
        if not mark & (TERMINATED | TRUNCATED):
            continue
        count, cells = len(episode), [pair for pair, _ in episode]
        beyond = 0.0 if mark & TERMINATED else learner.policy.probabilities(q[following]) @ q[following]
        for t in range(count - 1, -1, -1):
            if learner.first_visit and cells[t] in cells[:t]:
                continue
            goal = sum(learner.discount ** (k - t) * episode[k][1] for k in range(t, count))
            goal += learner.discount ** (count - t) * beyond
            visits[cells[t]] += 1.0
            q.reshape(-1)[cells[t]] += step_size(learner, visits[cells[t]]) * (goal - q.reshape(-1)[cells[t]])
        episode = []
    return q


def r_max(learner: Any, trace: Trace) -> Any:
    """R-max: what is planned for has been tried m times, and is the average of those outcomes."""
    actions = trace.settings["actions"]
    q = trace.base["q"].reshape(-1, actions).copy()
    outcomes: dict[int, list[tuple[float, int, bool]]] = {}
    for i, (mark, cell, following, reward) in enumerate(rows_of(trace)):
        seen = outcomes.setdefault(cell, [])
        if not mark & PLANNING:
            seen.append((reward, following, bool(mark & TERMINATED)))
            continue
        assert len(seen) >= learner.known_after, f"row {i}: a pair is planned for after {len(seen)} visits"
        goals = [r + (0.0 if ended else learner.discount * q[s].max()) for r, s, ended in seen[: learner.known_after]]
        q.reshape(-1)[cell] = np.mean(goals)
    return q


def sweeps(mdp: Any, discount: float, count: int, *, best: bool) -> list[Any]:
    """v_0 … v_count of policy evaluation (all actions alike) or of value iteration, with two arrays."""
    values = [np.zeros(mdp.states)]
    for _ in range(count):
        v, new = values[-1], np.zeros(mdp.states)
        for state in np.flatnonzero(~mdp.absorbing).tolist():
            worth = [
                sum(p * (r + (0.0 if ended else discount * v[s])) for p, s, r, ended in mdp.P[state][action])
                for action in range(mdp.actions)
            ]
            new[state] = max(worth) if best else sum(worth) / mdp.actions
        values.append(new)
    return values
