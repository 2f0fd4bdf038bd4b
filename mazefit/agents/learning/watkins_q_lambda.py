"""Watkins's Q(λ): Q-learning with traces that last as long as the agent acts greedily.

    δ = R + γ · max_a Q(S', a) - Q(S, A)                                  max … = 0 where S' is terminal
    z(S, A) ← 1  (replacing)   or   z(S, A) ← z(S, A) + 1  (accumulating)
    Q(s, a) ← Q(s, a) + (α · z(s, a)) · δ   for all s, a
    choose A' from S';   z(s, a) ← γλ · z(s, a)  if A' is greedy, else 0,   for all s, a

What follows an exploratory action says nothing of the greedy policy: so the trace is cut as soon as the next action is one
(the row is flagged EXPLORED), and the target is the max all the same. Greedy is any action that attains the max, ties included,
on the table from which A' is chosen, the updated one. λ = 0 is Q-learning to the bit.

Reference: Sutton & Barto, 2nd edition, section 12.10; Watkins (1989), Learning from Delayed Rewards.
"""

from dataclasses import dataclass, field
from typing import Any, ClassVar

from mazefit.agents.eligibility import OVER, TracedControl, TraceMemory, fade, mark, spread_only
from mazefit.agents.eligibility_rule import eligibility_rule
from mazefit.agents.policies import EpsilonGreedy, Policy, choose
from mazefit.agents.schedules import Schedule, step_size_at, tick, visit
from mazefit.agents.steps import begin, finish, leave, note, take
from mazefit.backup.one_step import CELL, EXPLORED, TERMINATED
from mazefit.backup.rule import Rule
from mazefit.backup.textbook import TEXTBOOK
from mazefit.kernel import Kernel, kernel


@kernel
def watkins_q_lambda_update(
    q: Any, z: Any, active: Any, cell: int, reward: float, arrival: int, ended: bool, step_size: float, discount: float,
    actions: tuple[int, ...], replacing: bool,
) -> tuple[float, float]:  # fmt: skip
    """One step's TD error into all of `q` [S * A] that is eligible, in place; returns R + γ · max_a Q(S', a) and z(S, A).

    `z` [S * A] and `active` [S * A + 1] as in eligibility.py; they fade, or are cut, when the next action is known.
    """
    target = reward
    if not ended:
        first = arrival * len(actions)
        best = q[first]
        for action in range(1, len(actions)):
            best = max(best, q[first + action])
        target = reward + discount * best
    td_error = target - q[cell]
    mark(z, active, cell, replacing)
    spread_only(q, z, active, step_size, td_error)
    return target, z[cell]


@kernel
def is_greedy(q: Any, first: int, chosen: int, actions: tuple[int, ...]) -> bool:
    """Whether no action has a larger value than the chosen one."""
    greedy = True
    for action in range(len(actions)):
        if q[first + action] > q[first + chosen]:
            greedy = False
    return greedy


@kernel
def back_up(memory: Any, row: int, arrival: int, reward: float, how: Any) -> tuple[float, float]:
    """What a row does before the next action is chosen: count the visit, back up, move the clock on."""
    cell = row & CELL
    visit(memory, row)
    step_size = step_size_at(memory, cell)
    target, eligibility = watkins_q_lambda_update(
        memory.q, memory.z, memory.active, cell, reward, arrival, row & TERMINATED != 0, step_size, how.discount,
        how.actions, how.replacing,
    )  # fmt: skip
    tick(memory, row)
    return target, step_size * eligibility


@kernel
def decay_or_cut(row: int, how: Any) -> float:
    """γλ, or 0 where the next action explores or the episode is over."""
    return 0.0 if row & (OVER | EXPLORED) != 0 else how.discount * how.lambda_


@kernel
def learn(memory: Any, row: int, arrival: int, reward: float, how: Any) -> tuple[float, float]:
    """What one row does, in replay as in the loop, which chooses the next action between the two."""
    target, step_size = back_up(memory, row, arrival, reward, how)
    fade(memory.z, memory.active, decay_or_cut(row, how))
    return target, step_size


@kernel
def watkins_q_lambda(memory: Any, workings: Any, world: Any, walk: Any, log: Any, how: Any) -> None:
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
        # for each step: take A, observe R and S', back up
        cell = state * len(actions) + action
        arrival, reward, flags, used = take(world, cell, length, walk.uniforms, used)
        back_up(memory, cell + flags, arrival, reward, how)
        if flags == 0:  # choose A' from S' by the policy on Q
            action = choose(memory.q, arrival * len(actions), actions, memory, walk.uniforms[used])
            used += 1
            if not is_greedy(memory.q, arrival * len(actions), action, actions):
                flags = EXPLORED
        fade(memory.z, memory.active, decay_or_cut(flags, how))
        note(log, steps, cell + flags, arrival, reward)
        gain += reward
        length += 1
        steps += 1
        state = arrival  # S ← S', A ← A', until S is terminal or the episode is cut
        if flags & OVER:
            finished = finish(walk, finished, gain, length, steps)
            state = -1
    leave(walk, state, action, length, gain, used, steps, finished, steps)


RULE = eligibility_rule("watkins-q-lambda", TEXTBOOK["Watkins Q(lambda)"], learn, TraceMemory)


@dataclass(frozen=True)
class WatkinsQLambda(TracedControl):
    """Watkins's Q(λ).

    Args:
        step_size: α, above 0 and at most 1, or a schedule.
        discount: γ, from 0 to 1.
        policy: the behaviour, by default ε-greedy with random ties.
        lambda_: λ, the trace decay, from 0 to 1.
        replacing: a visit sets the eligibility to 1; otherwise it adds 1.

    Raises:
        ConfigError: arguments are out of range; all of them are named.
    """

    name: ClassVar[str] = "watkins-q-lambda"
    reference: ClassVar[str] = "Sutton & Barto, section 12.10"
    rule: ClassVar[Rule] = RULE
    loop: ClassVar[Kernel] = watkins_q_lambda
    uniforms_each: ClassVar[int] = 2

    step_size: float | Schedule = 0.1
    discount: float = 1.0
    policy: Policy = field(default_factory=EpsilonGreedy)
    lambda_: float = 0.8
    replacing: bool = True
