"""TD(λ): every TD error moves all states that were visited before it, each by its eligibility.

    δ = R + γ · V(S') - V(S)                                                V(S') = 0 where S' is terminal
    z(S) ← z(S) + 1  (accumulating)   or   z(S) ← 1  (replacing)
    V(s) ← V(s) + (α · z(s)) · δ   for all s, and then   z(s) ← γλ · z(s)

λ = 0 is TD(0), λ = 1 Monte Carlo; with values held still, an episode's errors add up to its λ-returns (accumulating traces).

Reference: Sutton & Barto, 2nd edition, section 12.2; Sutton (1988), Learning to predict by the methods of temporal differences.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

from mazefit.agents.eligibility import StateTraceMemory, TracedPrediction, decay_after, mark, spread
from mazefit.agents.eligibility_rule import eligibility_rule
from mazefit.agents.policy_tables import draw_action
from mazefit.agents.schedules import Schedule, step_size_at, tick
from mazefit.agents.steps import begin, finish, leave, note, take
from mazefit.backup.one_step import CELL, TERMINATED
from mazefit.backup.rule import Rule
from mazefit.backup.textbook import TEXTBOOK
from mazefit.kernel import Kernel, kernel


@kernel
def td_lambda_update(
    v: Any, z: Any, active: Any, state: int, reward: float, arrival: int, ended: bool, step_size: float, discount: float,
    decay: float, replacing: bool,
) -> tuple[float, float]:  # fmt: skip
    """One step's TD error into all of `v` [S] that is eligible, in place; returns R + γ · V(S') and the eligibility of S.

    `z` [S] and `active` [S + 1] as in eligibility.py; they fade by `decay`: γλ, or 0 where the episode is over.
    """
    target = reward
    if not ended:
        target = reward + discount * v[arrival]
    td_error = target - v[state]
    mark(z, active, state, replacing)
    eligibility = z[state]
    spread(v, z, active, step_size, td_error, decay)
    return target, eligibility


@kernel
def learn(memory: Any, row: int, arrival: int, reward: float, how: Any) -> tuple[float, float]:
    """What one row does, in the loop and in replay alike: back up, move the clock on."""
    state = (row & CELL) // len(how.actions)
    step_size = step_size_at(memory, state)
    target, eligibility = td_lambda_update(
        memory.v, memory.z, memory.active, state, reward, arrival, row & TERMINATED != 0, step_size, how.discount,
        decay_after(row, how), how.replacing,
    )  # fmt: skip
    tick(memory, row)
    return target, step_size * eligibility


@kernel
def td_lambda(memory: Any, workings: Any, world: Any, walk: Any, log: Any, how: Any) -> None:
    """The loop of the box: up to so many steps, or until so many more episodes have ended (see steps.py)."""
    actions = how.actions
    state, length, gain = walk.place[0], walk.place[2], walk.gain[0]
    used, steps, finished = 0, 0, 0
    while steps < walk.budget and finished < walk.episodes:
        if state < 0:  # for each episode: initialise S; z is 0 everywhere
            state, used = begin(world, walk.uniforms, used)
            length, gain = 0, 0.0
        # for each step: take A by π, observe R and S', send the TD error back along the trace
        action = draw_action(workings.policy, state * len(actions), actions, walk.uniforms[used])
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


RULE = eligibility_rule("td-lambda", TEXTBOOK["TD(lambda)"], learn, StateTraceMemory)


@dataclass(frozen=True)
class TDLambda(TracedPrediction):
    """TD(λ).

    Args:
        step_size: α, above 0 and at most 1, or a schedule.
        discount: γ, from 0 to 1.
        lambda_: λ, the trace decay, from 0 to 1.
        replacing: a visit sets the eligibility to 1 instead of adding 1.

    Raises:
        ConfigError: arguments are out of range; all of them are named.
    """

    name: ClassVar[str] = "td-lambda"
    reference: ClassVar[str] = "Sutton & Barto, section 12.2"
    rule: ClassVar[Rule] = RULE
    loop: ClassVar[Kernel] = td_lambda

    step_size: float | Schedule = 0.1
    discount: float = 1.0
    lambda_: float = 0.8
    replacing: bool = False
