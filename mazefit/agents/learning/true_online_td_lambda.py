"""True online TD(λ): a dutch trace and a correction make every step's values those of the on-line λ-return algorithm.

    δ = R + γ · V(S') - V(S),   c = V(S) - V_old                                  V(S') = 0 where S' is terminal
    z(S) ← z(S) + 1 - α · z(S)
    V(s) ← V(s) + (α · z(s)) · (δ + c)   for all s,   V(S) ← V(S) - α · c
    V_old ← V(S') as looked up above,   z(s) ← γλ · z(s)   for all s

V_old is V(S) itself while no state is eligible. The equality is exact where α does not change within an episode.

Reference: Sutton & Barto, 2nd edition, section 12.5, with one feature a state; van Seijen et al. (2016), True online
temporal-difference learning.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

from mazefit.agents.eligibility import StateOnlineMemory, TracedPrediction, correction, decay_after, mark_dutch, spread
from mazefit.agents.eligibility_rule import eligibility_rule
from mazefit.agents.policy_tables import draw_action
from mazefit.agents.schedules import Schedule, step_size_at, tick
from mazefit.agents.steps import begin, finish, leave, note, take
from mazefit.backup.one_step import CELL, TERMINATED
from mazefit.backup.rule import Rule
from mazefit.backup.textbook import TEXTBOOK
from mazefit.kernel import Kernel, kernel


@kernel
def true_online_td_lambda_update(
    v: Any, z: Any, active: Any, last: Any, state: int, reward: float, arrival: int, ended: bool, step_size: float,
    discount: float, decay: float,
) -> float:  # fmt: skip
    """One step's TD error, corrected, into all of `v` [S] that is eligible, in place; returns R + γ · V(S').

    `z` [S], `active` [S + 1] and `last` [1] as in eligibility.py; `decay` is γλ, or 0 where the episode is over.
    """
    following, target = 0.0, reward
    if not ended:
        following = v[arrival]
        target = reward + discount * following
    td_error = target - v[state]
    moved = correction(v, active, last, state)
    mark_dutch(z, active, state, step_size)
    spread(v, z, active, step_size, td_error + moved, decay)
    v[state] = v[state] - step_size * moved
    last[0] = following
    return target


@kernel
def learn(memory: Any, row: int, arrival: int, reward: float, how: Any) -> tuple[float, float]:
    """What one row does, in the loop and in replay alike: back up, move the clock on."""
    state = (row & CELL) // len(how.actions)
    step_size = step_size_at(memory, state)
    target = true_online_td_lambda_update(
        memory.v, memory.z, memory.active, memory.last, state, reward, arrival, row & TERMINATED != 0, step_size,
        how.discount, decay_after(row, how),
    )  # fmt: skip
    tick(memory, row)
    return target, step_size


@kernel
def true_online_td_lambda(memory: Any, workings: Any, world: Any, walk: Any, log: Any, how: Any) -> None:
    """The loop of the box: up to so many steps, or until so many more episodes have ended (see steps.py)."""
    actions = how.actions
    state, length, gain = walk.place[0], walk.place[2], walk.gain[0]
    used, steps, finished = 0, 0, 0
    while steps < walk.budget and finished < walk.episodes:
        if state < 0:  # for each episode: initialise S; z is 0 everywhere
            state, used = begin(world, walk.uniforms, used)
            length, gain = 0, 0.0
        # for each step: take A by π, observe R and S', send the corrected TD error back along the trace
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


RULE = eligibility_rule("true-online-td-lambda", TEXTBOOK["True online TD(lambda)"], learn, StateOnlineMemory)


@dataclass(frozen=True)
class TrueOnlineTDLambda(TracedPrediction):
    """True online TD(λ).

    Args:
        step_size: α, above 0 and at most 1, or a schedule.
        discount: γ, from 0 to 1.
        lambda_: λ, the trace decay, from 0 to 1.

    Raises:
        ConfigError: arguments are out of range; all of them are named.
    """

    name: ClassVar[str] = "true-online-td-lambda"
    reference: ClassVar[str] = "Sutton & Barto, section 12.5"
    rule: ClassVar[Rule] = RULE
    loop: ClassVar[Kernel] = true_online_td_lambda
    memory: ClassVar[type[Any]] = StateOnlineMemory

    step_size: float | Schedule = 0.1
    discount: float = 1.0
    lambda_: float = 0.8
