"""Q-learning: off-policy control by the sampled Bellman optimality backup.

    Q(S, A) ← Q(S, A) + α · [R + γ · max_a Q(S', a) - Q(S, A)]        max … = 0 where S' is terminal

One box of the book: choose A from S by a policy on Q, observe R and S' (R belongs to the arrival), back up, go on from S'.
A truncated episode is cut, not ended: its last update bootstraps from S' like any other.

Reference: Sutton & Barto, 2nd edition, section 6.5; Watkins (1989), Learning from Delayed Rewards.
"""

from dataclasses import dataclass, field
from typing import Any, ClassVar

from mazefit.agents.learner import Control
from mazefit.agents.policies import EpsilonGreedy, Policy, choose
from mazefit.agents.schedules import PerVisit, Schedule, step_size_at, tick, visit
from mazefit.agents.step_rule import step_rule
from mazefit.agents.steps import begin, finish, leave, note, take
from mazefit.backup.one_step import CELL, TERMINATED
from mazefit.backup.rule import Rule
from mazefit.backup.textbook import TEXTBOOK
from mazefit.kernel import Kernel, kernel


@kernel
def q_learning_update(
    q: Any, cell: int, reward: float, arrival: int, ended: bool, step_size: float, discount: float, actions: tuple[int, ...]
) -> float:
    """Back up one transition into `q` [S * A], in place; returns the target R + γ · max_a Q(S', a)."""
    target = reward
    if not ended:
        first = arrival * len(actions)
        best = q[first]
        for action in range(1, len(actions)):
            best = max(best, q[first + action])
        target = reward + discount * best
    old = q[cell]
    q[cell] = old + step_size * (target - old)
    return target


@kernel
def learn(memory: Any, row: int, arrival: int, reward: float, how: Any) -> tuple[float, float]:
    """What one row does, in the loop and in replay alike: count the visit, back up, move the clock on."""
    cell = row & CELL
    visit(memory, row)
    step_size = step_size_at(memory, cell)
    target = q_learning_update(memory.q, cell, reward, arrival, row & TERMINATED != 0, step_size, how.discount, how.actions)
    tick(memory, row)
    return target, step_size


@kernel
def q_learning(memory: Any, workings: Any, world: Any, walk: Any, log: Any, how: Any) -> None:
    """The loop of the box: up to so many steps, or until so many more episodes have ended (see steps.py)."""
    actions = how.actions
    state, length, gain = walk.place[0], walk.place[2], walk.gain[0]
    used, steps, finished = 0, 0, 0
    while steps < walk.budget and finished < walk.episodes:
        if state < 0:  # for each episode: initialise S
            state, used = begin(world, walk.uniforms, used)
            length, gain = 0, 0.0
        # for each step: choose A from S by the policy on Q, take it, observe R and S'
        action = choose(memory.q, state * len(actions), actions, memory, walk.uniforms[used])
        cell = state * len(actions) + action
        arrival, reward, flags, used = take(world, cell, length, walk.uniforms, used + 1)
        note(log, steps, cell + flags, arrival, reward)
        learn(memory, cell + flags, arrival, reward, how)
        gain += reward
        length += 1
        steps += 1
        state = arrival  # S ← S', until S is terminal or the episode is cut
        if flags:
            finished = finish(walk, finished, gain, length, steps)
            state = -1
    leave(walk, state, -1, length, gain, used, steps, finished, steps)


RULE = step_rule("q-learning", TEXTBOOK["Q-learning"], learn)


@dataclass(frozen=True)
class QLearning(Control):
    """Q-learning.

    Args:
        step_size: α, above 0 and at most 1; a schedule; or PerVisit().
        discount: γ, from 0 to 1.
        policy: the behaviour, by default ε-greedy with random ties.

    Raises:
        ConfigError: arguments are out of range; all of them are named.
    """

    name: ClassVar[str] = "q-learning"
    reference: ClassVar[str] = "Sutton & Barto, section 6.5"
    rule: ClassVar[Rule] = RULE
    loop: ClassVar[Kernel] = q_learning

    step_size: float | Schedule | PerVisit = 0.5
    discount: float = 1.0
    policy: Policy = field(default_factory=EpsilonGreedy)
