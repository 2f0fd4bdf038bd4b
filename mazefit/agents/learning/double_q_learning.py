"""Double Q-learning: one table chooses the best action of the arrival, the other says what it is worth.

    with probability 1/2:   Q₁(S, A) ← Q₁(S, A) + α · [R + γ · Q₂(S', argmax_a Q₁(S', a)) - Q₁(S, A)]
    else the same with Q₁ and Q₂ exchanged                                          Q(S', ·) = 0 where S' is terminal

A max over estimates is too large on average; two tables that learn from different steps do not make the same mistakes. The
book acts on Q₁ + Q₂; here it is their mean, which has the same maximisers, is what the run reports as its `q`, and keeps the
temperature of a softmax policy in units of reward. Of equally large selecting entries the first one counts.

Reference: Sutton & Barto, 2nd edition, section 6.7; van Hasselt (2010), Double Q-learning.
"""

from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy.typing as npt

from mazefit.agents.learner import Control
from mazefit.agents.learning.double_tables import DoubleMemory, look_at_both, value_of_either
from mazefit.agents.policies import EpsilonGreedy, Policy, choose
from mazefit.agents.schedules import PerVisit, Schedule, step_size_at, tick, visit
from mazefit.agents.step_rule import step_rule
from mazefit.agents.steps import begin, finish, leave, note, take
from mazefit.backup.one_step import CELL, SECOND, TERMINATED
from mazefit.backup.rule import Rule, Tables
from mazefit.backup.textbook import TEXTBOOK
from mazefit.kernel import Kernel, kernel


@kernel
def double_q_learning_update(
    selecting: Any, valuing: Any, cell: int, reward: float, arrival: int, ended: bool, step_size: float, discount: float,
    actions: tuple[int, ...],
) -> float:  # fmt: skip
    """Back up one transition into `selecting` [S * A], in place; returns R + γ · valuing(S', argmax_a selecting(S', a))."""
    target = reward
    if not ended:
        first = arrival * len(actions)
        best = selecting[first]
        value = valuing[first]
        for action in range(1, len(actions)):
            if selecting[first + action] > best:
                best = selecting[first + action]
                value = valuing[first + action]
        target = reward + discount * value
    old = selecting[cell]
    selecting[cell] = old + step_size * (target - old)
    return target


@kernel
def learn(memory: Any, row: int, arrival: int, reward: float, how: Any) -> tuple[float, float]:
    """What one row does, in the loop and in replay alike: back up the table of the coin, renew the mean, move the clock on."""
    cell, ended = row & CELL, row & TERMINATED != 0
    one, other = (memory.second, memory.q) if row & SECOND != 0 else (memory.q, memory.second)
    visit(memory, row)
    step_size = step_size_at(memory, cell)
    target = double_q_learning_update(one, other, cell, reward, arrival, ended, step_size, how.discount, how.actions)
    memory.mean[cell] = 0.5 * (memory.q[cell] + memory.second[cell])
    tick(memory, row)
    return target, step_size


@kernel
def double_q_learning(memory: Any, workings: Any, world: Any, walk: Any, log: Any, how: Any) -> None:
    """The loop of the box: up to so many steps, or until so many more episodes have ended (see steps.py)."""
    actions = how.actions
    state, length, gain = walk.place[0], walk.place[2], walk.gain[0]
    used, steps, finished = 0, 0, 0
    while steps < walk.budget and finished < walk.episodes:
        if state < 0:  # for each episode: initialise S
            state, used = begin(world, walk.uniforms, used)
            length, gain = 0, 0.0
        # for each step: choose A from S by the policy on the mean of both, take it, observe R and S'
        action = choose(memory.mean, state * len(actions), actions, memory, walk.uniforms[used])
        cell = state * len(actions) + action
        arrival, reward, flags, used = take(world, cell, length, walk.uniforms, used + 1)
        row = cell + flags
        if walk.uniforms[used] >= 0.5:  # with probability 1/2 each: update the first table, or the second
            row += SECOND
        used += 1
        note(log, steps, row, arrival, reward)
        learn(memory, row, arrival, reward, how)
        gain += reward
        length += 1
        steps += 1
        state = arrival  # S ← S', until S is terminal or the episode is cut
        if flags:
            finished = finish(walk, finished, gain, length, steps)
            state = -1
    leave(walk, state, -1, length, gain, used, steps, finished, steps)


RULE = step_rule(
    "double-q-learning",
    TEXTBOOK["Double Q-learning"],
    learn,
    DoubleMemory,
    width=lambda settings: 2 * settings["actions"],
    places={"value_of": value_of_either, "look": look_at_both},
    result="mean",
    values=("q", "second"),
    roots=lambda settings, cell: {("q", cell): 0.5, ("second", cell): 0.5},
)


@dataclass(frozen=True)
class DoubleQLearning(Control):
    """Double Q-learning; the run's `q` is the mean of the two tables `run.tables["q"]` and `run.tables["second"]`.

    Args:
        step_size: α, above 0 and at most 1; a schedule; or PerVisit().
        discount: γ, from 0 to 1.
        policy: the behaviour on the mean of both tables, by default ε-greedy with random ties.

    Raises:
        ConfigError: arguments are out of range; all of them are named.
    """

    name: ClassVar[str] = "double-q-learning"
    reference: ClassVar[str] = "Sutton & Barto, section 6.7"
    rule: ClassVar[Rule] = RULE
    loop: ClassVar[Kernel] = double_q_learning
    memory: ClassVar[type[Any]] = DoubleMemory
    uniforms_each: ClassVar[int] = 2

    step_size: float | Schedule | PerVisit = 0.5
    discount: float = 1.0
    policy: Policy = field(default_factory=EpsilonGreedy)

    def tables(self, world: Any, initial: npt.ArrayLike) -> Tables:
        """Both tables begin with the initial values."""
        tables = super().tables(world, initial)
        return {**tables, "second": tables["q"].copy(), "mean": tables["q"].copy()}
