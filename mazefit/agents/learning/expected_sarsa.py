"""Expected Sarsa: control by the sampled transition and the average over what the policy would do next.

    Q(S, A) ← Q(S, A) + α · [R + γ · Σ_a π(a|S') Q(S', a) - Q(S, A)]          Σ … = 0 where S' is terminal

The box of Q-learning with an average in the place of the max: no A' is drawn for the update, so its chance adds no noise. π is
the policy that acts, with ε or τ as it stands. With a greedy π this is Q-learning.

Reference: Sutton & Barto, 2nd edition, section 6.6; van Seijen, van Hasselt, Whiteson and Wiering (2009).
"""

from dataclasses import dataclass, field
from typing import Any, ClassVar

from mazefit.agents.learner import Control
from mazefit.agents.policies import EpsilonGreedy, Policy, choose, expected_value, leaning, weight
from mazefit.agents.schedules import PerVisit, Schedule, step_size_at, tick, visit
from mazefit.agents.step_rule import step_rule
from mazefit.agents.steps import begin, finish, leave, note, take
from mazefit.backup.one_step import CELL, TERMINATED
from mazefit.backup.rule import Rule
from mazefit.backup.textbook import TEXTBOOK
from mazefit.kernel import Kernel, kernel


@kernel
def expected_sarsa_update(
    q: Any, cell: int, reward: float, arrival: int, ended: bool, step_size: float, discount: float, actions: tuple[int, ...],
    memory: Any,
) -> float:  # fmt: skip
    """Back up one transition into `q` [S * A], in place; returns the target R + γ · Σ_a π(a|S') Q(S', a).

    `memory.rates` [12] says what the policy's ε or τ is; the policy itself stands in the places `leaning` and `weight`.
    """
    target = reward
    if not ended:
        target = reward + discount * expected_value(q, arrival * len(actions), actions, memory)
    old = q[cell]
    q[cell] = old + step_size * (target - old)
    return target


@kernel
def learn(memory: Any, row: int, arrival: int, reward: float, how: Any) -> tuple[float, float]:
    """What one row does, in the loop and in replay alike: count the visit, back up, move the clock on."""
    cell = row & CELL
    visit(memory, row)
    step_size = step_size_at(memory, cell)
    ended = row & TERMINATED != 0
    target = expected_sarsa_update(memory.q, cell, reward, arrival, ended, step_size, how.discount, how.actions, memory)
    tick(memory, row)
    return target, step_size


@kernel
def look_at_expectation(memory: Any, row: int, following: int, how: Any, leaves: Any, at: int) -> None:
    """The action values of the arrival [A], then their weights π(a|s) [A]."""
    count = len(how.actions)
    best, share = leaning(memory.q, following * count, how.actions, memory)
    for action in range(count):
        value = memory.q[following * count + action]
        leaves[at + action] = value
        leaves[at + count + action] = weight(value, best, share, how.actions, memory)


@kernel
def expected_sarsa(memory: Any, workings: Any, world: Any, walk: Any, log: Any, how: Any) -> None:
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


RULE = step_rule(
    "expected-sarsa",
    TEXTBOOK["Expected Sarsa"],
    learn,
    width=lambda settings: 2 * settings["actions"],
    places={"look": look_at_expectation},
)


@dataclass(frozen=True)
class ExpectedSarsa(Control):
    """Expected Sarsa.

    Args:
        step_size: α, above 0 and at most 1; a schedule; or PerVisit().
        discount: γ, from 0 to 1.
        policy: the policy that acts and is averaged over, by default ε-greedy with random ties; not UCB, which has no π(a|s).

    Raises:
        ConfigError: arguments are out of range; all of them are named.
    """

    name: ClassVar[str] = "expected-sarsa"
    reference: ClassVar[str] = "Sutton & Barto, section 6.6"
    rule: ClassVar[Rule] = RULE
    loop: ClassVar[Kernel] = expected_sarsa
    averages: ClassVar[bool] = True

    step_size: float | Schedule | PerVisit = 0.5
    discount: float = 1.0
    policy: Policy = field(default_factory=EpsilonGreedy)
