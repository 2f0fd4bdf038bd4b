"""True online Sarsa(λ): a dutch trace and a correction make every step's values those of the on-line λ-return algorithm.

    δ = R + γ · Q(S', A') - Q(S, A),   c = Q(S, A) - Q_old                     Q(S', ·) = 0 where S' is terminal
    z(S, A) ← z(S, A) + 1 - α · z(S, A)
    Q(s, a) ← Q(s, a) + (α · z(s, a)) · (δ + c)   for all s, a,   Q(S, A) ← Q(S, A) - α · c
    Q_old ← Q(S', A') as looked up above,   z(s, a) ← γλ · z(s, a)   for all s, a

Q_old is Q(S, A) itself while no pair is eligible. The equality is exact where α does not change within an episode.

Reference: Sutton & Barto, 2nd edition, section 12.7, with one feature a pair; van Seijen et al. (2016).
"""

from dataclasses import dataclass, field
from typing import Any, ClassVar

from mazefit.agents.eligibility import OnlineMemory, TracedControl, correction, decay_after, mark_dutch, spread
from mazefit.agents.eligibility_rule import eligibility_rule
from mazefit.agents.policies import EpsilonGreedy, Policy, choose
from mazefit.agents.schedules import Schedule, step_size_at, tick, visit
from mazefit.agents.steps import begin, finish, leave, note, take
from mazefit.backup.one_step import CELL, TERMINATED
from mazefit.backup.rule import Rule
from mazefit.backup.textbook import TEXTBOOK
from mazefit.kernel import Kernel, kernel


@kernel
def true_online_sarsa_lambda_update(
    q: Any, z: Any, active: Any, last: Any, cell: int, reward: float, next_cell: int, ended: bool, step_size: float,
    discount: float, decay: float,
) -> float:  # fmt: skip
    """One step's TD error, corrected, into all of `q` [S * A] that is eligible, in place; returns R + γ · Q(S', A').

    `z` [S * A], `active` [S * A + 1] and `last` [1] as in eligibility.py; `decay` is γλ, or 0 where the episode is over.
    """
    following, target = 0.0, reward
    if not ended:
        following = q[next_cell]
        target = reward + discount * following
    td_error = target - q[cell]
    moved = correction(q, active, last, cell)
    mark_dutch(z, active, cell, step_size)
    spread(q, z, active, step_size, td_error + moved, decay)
    q[cell] = q[cell] - step_size * moved
    last[0] = following
    return target


@kernel
def learn(memory: Any, row: int, next_cell: int, reward: float, how: Any) -> tuple[float, float]:
    """What one row does, in the loop and in replay alike: count the visit, back up, move the clock on."""
    cell = row & CELL
    visit(memory, row)
    step_size = step_size_at(memory, cell)
    target = true_online_sarsa_lambda_update(
        memory.q, memory.z, memory.active, memory.last, cell, reward, next_cell, row & TERMINATED != 0, step_size,
        how.discount, decay_after(row, how),
    )  # fmt: skip
    tick(memory, row)
    return target, step_size


@kernel
def true_online_sarsa_lambda(memory: Any, workings: Any, world: Any, walk: Any, log: Any, how: Any) -> None:
    """The loop of the box: up to so many steps, or until so many more episodes have ended (see steps.py)."""
    actions = how.actions
    state, action, length, gain = walk.place[0], walk.place[1], walk.place[2], walk.gain[0]
    used, steps, finished = 0, 0, 0
    while steps < walk.budget and finished < walk.episodes:
        if state < 0:  # for each episode: initialise S, choose A from S by the policy on Q; z is 0 everywhere
            state, used = begin(world, walk.uniforms, used)
            action = choose(memory.q, state * len(actions), actions, memory, walk.uniforms[used])
            used += 1
            length, gain = 0, 0.0
        # for each step: take A, observe R and S', choose A' from S', send the corrected TD error back along the trace
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


RULE = eligibility_rule("true-online-sarsa-lambda", TEXTBOOK["True online Sarsa(lambda)"], learn, OnlineMemory)


@dataclass(frozen=True)
class TrueOnlineSarsaLambda(TracedControl):
    """True online Sarsa(λ).

    Args:
        step_size: α, above 0 and at most 1, or a schedule.
        discount: γ, from 0 to 1.
        policy: the policy that acts and is evaluated, by default ε-greedy with random ties.
        lambda_: λ, the trace decay, from 0 to 1.

    Raises:
        ConfigError: arguments are out of range; all of them are named.
    """

    name: ClassVar[str] = "true-online-sarsa-lambda"
    reference: ClassVar[str] = "Sutton & Barto, section 12.7"
    rule: ClassVar[Rule] = RULE
    loop: ClassVar[Kernel] = true_online_sarsa_lambda
    memory: ClassVar[type[Any]] = OnlineMemory
    uniforms_each: ClassVar[int] = 2

    step_size: float | Schedule = 0.1
    discount: float = 1.0
    policy: Policy = field(default_factory=EpsilonGreedy)
    lambda_: float = 0.8
