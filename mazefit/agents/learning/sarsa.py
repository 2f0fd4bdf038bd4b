"""Sarsa: on-policy control by the sampled Bellman backup of the policy that acts.

    Q(S, A) ← Q(S, A) + α · [R + γ · Q(S', A') - Q(S, A)]            Q(S', ·) = 0 where S' is terminal

One box of the book: A' is chosen from S' by the policy before the update, backed up from, and then taken. Where the episode is
cut at S' the update still looks at Q(S', A'), the action that would have been taken.

Reference: Sutton & Barto, 2nd edition, section 6.4; Rummery and Niranjan (1994).
"""

from dataclasses import dataclass, field
from typing import Any, ClassVar

from mazefit.agents.learner import Control
from mazefit.agents.policies import EpsilonGreedy, Policy, choose
from mazefit.agents.schedules import PerVisit, Schedule, step_size_at, tick, visit
from mazefit.agents.step_rule import look_at_pair, step_rule
from mazefit.agents.steps import begin, finish, leave, note, take
from mazefit.backup.one_step import CELL, TERMINATED
from mazefit.backup.rule import Rule
from mazefit.backup.textbook import TEXTBOOK
from mazefit.kernel import Kernel, kernel


@kernel
def sarsa_update(q: Any, cell: int, reward: float, next_cell: int, ended: bool, step_size: float, discount: float) -> float:
    """Back up one transition into `q` [S * A], in place; returns the target R + γ · Q(S', A')."""
    target = reward
    if not ended:
        target = reward + discount * q[next_cell]
    old = q[cell]
    q[cell] = old + step_size * (target - old)
    return target


@kernel
def learn(memory: Any, row: int, next_cell: int, reward: float, how: Any) -> tuple[float, float]:
    """What one row does, in the loop and in replay alike: count the visit, back up, move the clock on."""
    cell = row & CELL
    visit(memory, row)
    step_size = step_size_at(memory, cell)
    target = sarsa_update(memory.q, cell, reward, next_cell, row & TERMINATED != 0, step_size, how.discount)
    tick(memory, row)
    return target, step_size


@kernel
def sarsa(memory: Any, workings: Any, world: Any, walk: Any, log: Any, how: Any) -> None:
    """The loop of the box: up to so many steps, or until so many more episodes have ended (see steps.py)."""
    actions = how.actions
    state, action, length, gain = walk.place[0], walk.place[1], walk.place[2], walk.gain[0]
    used, steps, finished = 0, 0, 0
    while steps < walk.budget and finished < walk.episodes:
        if state < 0:  # for each episode: initialise S, choose A from S by the policy on Q
            state, used = begin(world, walk.uniforms, used)
            action = choose(memory.q, state * len(actions), actions, memory, walk.uniforms[used])
            used += 1
            length, gain = 0, 0.0
        # for each step: take A, observe R and S', choose A' from S' by the policy on Q
        cell = state * len(actions) + action
        arrival, reward, flags, used = take(world, cell, length, walk.uniforms, used)
        state = arrival
        action = 0
        if flags != TERMINATED:
            action = choose(memory.q, state * len(actions), actions, memory, walk.uniforms[used])
            used += 1
        note(log, steps, cell + flags, state * len(actions) + action, reward)
        learn(memory, cell + flags, state * len(actions) + action, reward, how)
        gain += reward
        length += 1
        steps += 1
        if flags:  # until S is terminal or the episode is cut; else S ← S', A ← A'
            finished = finish(walk, finished, gain, length, steps)
            state = -1
    leave(walk, state, action, length, gain, used, steps, finished, steps)


RULE = step_rule(
    "sarsa",
    TEXTBOOK["Sarsa"],
    learn,
    width=lambda settings: 1,
    places={"look": look_at_pair},
    following="cells",
)


@dataclass(frozen=True)
class Sarsa(Control):
    """Sarsa.

    Args:
        step_size: α, above 0 and at most 1; a schedule; or PerVisit().
        discount: γ, from 0 to 1.
        policy: the policy that acts and is evaluated, by default ε-greedy with random ties.

    Raises:
        ConfigError: arguments are out of range; all of them are named.
    """

    name: ClassVar[str] = "sarsa"
    reference: ClassVar[str] = "Sutton & Barto, section 6.4"
    rule: ClassVar[Rule] = RULE
    loop: ClassVar[Kernel] = sarsa
    uniforms_each: ClassVar[int] = 2

    step_size: float | Schedule | PerVisit = 0.5
    discount: float = 1.0
    policy: Policy = field(default_factory=EpsilonGreedy)
