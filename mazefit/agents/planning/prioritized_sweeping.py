"""Prioritized sweeping with the known model: back up first the state whose value is most wrong, then look at who leads to it.

    priority(s) = | max_a Σ p(s', r | s, a) [r + γ v(s')] - v(s) |

    while a state waits:
        v(s) ← max_a Σ p(s', r | s, a) [r + γ v(s')]             the state s of the largest priority
        for each s̄ that may lead to s: it waits with its priority if that exceeds θ, else it waits no longer

A row of the trace is one such backup, with its priority. Values begin below the optimal ones: see backward_order.py.

Reference: Sutton & Barto, 2nd edition, section 8.4; Moore & Atkeson (1993), Prioritized sweeping, Machine Learning 13.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

from mazefit.agents.door import check_trace
from mazefit.agents.planning.backups import value_backup
from mazefit.agents.planning.backward_order import low_values, predecessors
from mazefit.agents.planning.heap import nothing_waits, put, take_out
from mazefit.agents.planning.process import flat, start_values
from mazefit.agents.planning.single_rows import single_rule, unlogged
from mazefit.agents.planning.sweeps import CHUNK, before, begin, pays
from mazefit.agents.run import Run
from mazefit.agents.world import tables_of
from mazefit.backup.rule import Rule
from mazefit.backup.textbook import TEXTBOOK
from mazefit.backup.trace import TraceOptions
from mazefit.errors import Problems, set_plain
from mazefit.kernel import kernel, worth_compiling


@kernel
def look_at(
    v: Any, state: int, theta: float, heap: Any, place: Any, priority: Any, size: int, next_state: Any, reward: Any,
    terminated: Any, probability: Any, offsets: Any, stochastic: bool, actions: int, discount: float,
) -> int:  # fmt: skip
    """Let a state wait with its priority if that exceeds θ, else not; returns how many states wait."""
    value = value_backup(v, state, next_state, reward, terminated, probability, offsets, stochastic, actions, discount)
    error = abs(value - v[state])
    if error > theta:
        return put(heap, place, priority, size, state, error)
    if place[state] >= 0:
        return take_out(heap, place, priority, size, state)
    return size


@kernel
def look_at_all(
    v: Any, states: Any, theta: float, heap: Any, place: Any, priority: Any, next_state: Any, reward: Any,
    terminated: Any, probability: Any, offsets: Any, stochastic: bool, actions: int, discount: float,
) -> int:  # fmt: skip
    """Fill the empty heap; returns how many states wait."""
    size = 0
    for i in range(len(states)):
        size = look_at(
            v, states[i], theta, heap, place, priority, size, next_state, reward, terminated, probability, offsets,
            stochastic, actions, discount,
        )  # fmt: skip
    return size


@kernel
def plan(
    v: Any, theta: float, heap: Any, place: Any, priority: Any, size: int, first: Any, sources: Any, most: int,
    states: Any, priorities: Any, at: int, next_state: Any, reward: Any, terminated: Any, probability: Any, offsets: Any,
    stochastic: bool, actions: int, discount: float,
) -> tuple[int, int]:  # fmt: skip
    """Back up at most `most` states and log them from row `at` on; returns how many wait now, and how many were backed up."""
    done = 0
    while size > 0 and done < most:
        state = heap[0]
        states[at + done] = state
        priorities[at + done] = priority[state]
        size = take_out(heap, place, priority, size, state)
        v[state] = value_backup(v, state, next_state, reward, terminated, probability, offsets, stochastic, actions, discount)
        done += 1
        for i in range(first[state], first[state + 1]):
            size = look_at(
                v, sources[i], theta, heap, place, priority, size, next_state, reward, terminated, probability, offsets,
                stochastic, actions, discount,
            )  # fmt: skip
    return size, done


RULE = single_rule("prioritized-sweeping", TEXTBOOK["Value iteration"])


@dataclass(frozen=True)
class PrioritizedSweeping:
    """Backups of single states, the most urgent first.

    Args:
        discount: γ, from 0 to 1.
        theta: θ, the error above which a state waits to be backed up.
        max_backups: stop after so many backups all the same.

    Raises:
        ConfigError: arguments are out of range; all of them are named.
    """

    name: ClassVar[str] = "prioritized-sweeping"
    kind: ClassVar[str] = "planning"
    reference: ClassVar[str] = "Sutton & Barto, section 8.4"
    rule: ClassVar[Rule] = RULE

    discount: float = 1.0
    theta: float = 1e-12
    max_backups: int = 1_000_000_000

    def __post_init__(self) -> None:
        problems = Problems("PrioritizedSweeping")
        problems.number("discount", self.discount, 0.0, 1.0)
        problems.number("theta", self.theta, 0.0, 1e300)
        problems.integer("max_backups", self.max_backups, 1)
        problems.raise_if_any()
        set_plain(self)

    def solve(self, env: Any, *, trace: bool | TraceOptions = False) -> Run:
        """Back up states until none waits; `run.steps` says how many that were.

        Args:
            env: a Maze, a TabularMDP, or an environment that offers its tables.
            trace: record every backup, 12 bytes each.

        Raises:
            UnsupportedEnvError: the environment offers no tables.
            UnboundedValueError: at discount 1 a cycle of positive reward makes values grow for ever.
        """
        check_trace(trace)
        mdp = tables_of(env)
        v, states = start_values(mdp, self.discount)
        compiled = worth_compiling(mdp.states * mdp.actions)
        links = predecessors(mdp, states, compiled)
        run = begin(self, mdp, {"v": low_values(mdp, v, self.discount)}, trace)
        process = (*flat(run.model), mdp.actions, self.discount)
        queue = nothing_waits(len(v))
        size = look_at_all.run(compiled, run.tables["v"], states, self.theta, *queue, *process)
        scratch = unlogged(CHUNK)
        while size > 0 and run.steps < self.max_backups:
            arrays, at, free = (scratch, 0, CHUNK) if run.trace is None else run.trace.room()
            compiled = compiled or pays(5 * run.steps * mdp.next_state.size // mdp.states)
            most = min(free, CHUNK if compiled else CHUNK // 16, self.max_backups - run.steps)
            kept, rows = before(run), (arrays["state"], arrays["priority"])
            size, done = plan.run(compiled, run.tables["v"], self.theta, *queue, size, *links, most, *rows, at, *process)
            run.steps += done
            if run.trace is not None:
                run.trace.wrote(done, kept, run.tables)
        return run
