"""TD(0): the values of a policy, one sampled step after the other.

    V(S) ← V(S) + α · [R + γ · V(S') - V(S)]                             V(S') = 0 where S' is terminal

One box of the book: A is the action that the given policy π takes in S; observe R and S', back up, go on from S'. A truncated
episode is cut, not ended: its last update bootstraps from S' like any other.

Reference: Sutton & Barto, 2nd edition, section 6.1; Sutton (1988), Learning to predict by the methods of temporal differences.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

from mazefit.agents.learner import Prediction
from mazefit.agents.policy_tables import draw_action
from mazefit.agents.schedules import PerVisit, Schedule, step_size_at, tick, visit
from mazefit.agents.step_rule import StateMemory, look_at_state, state_value_of, step_rule
from mazefit.agents.steps import begin, finish, leave, note, take
from mazefit.backup.one_step import CELL, TERMINATED
from mazefit.backup.rule import Rule
from mazefit.backup.textbook import TEXTBOOK
from mazefit.kernel import Kernel, kernel


@kernel
def td0_update(v: Any, state: int, reward: float, arrival: int, ended: bool, step_size: float, discount: float) -> float:
    """Back up one transition into `v` [S], in place; returns the target R + γ · V(S')."""
    target = reward
    if not ended:
        target = reward + discount * v[arrival]
    old = v[state]
    v[state] = old + step_size * (target - old)
    return target


@kernel
def learn(memory: Any, row: int, arrival: int, reward: float, how: Any) -> tuple[float, float]:
    """What one row does, in the loop and in replay alike: count the visit of S, back up, move the clock on."""
    cell = row & CELL
    state = cell // len(how.actions)
    visit(memory, row - cell + state)
    step_size = step_size_at(memory, state)
    target = td0_update(memory.v, state, reward, arrival, row & TERMINATED != 0, step_size, how.discount)
    tick(memory, row)
    return target, step_size


@kernel
def td0(memory: Any, workings: Any, world: Any, walk: Any, log: Any, how: Any) -> None:
    """The loop of the box: up to so many steps, or until so many more episodes have ended (see steps.py)."""
    actions = how.actions
    state, length, gain = walk.place[0], walk.place[2], walk.gain[0]
    used, steps, finished = 0, 0, 0
    while steps < walk.budget and finished < walk.episodes:
        if state < 0:  # for each episode: initialise S
            state, used = begin(world, walk.uniforms, used)
            length, gain = 0, 0.0
        # for each step: A is the action given by π for S; take it, observe R and S'
        cell = state * len(actions) + draw_action(workings.policy, state * len(actions), actions, walk.uniforms[used])
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
    "td-0",
    TEXTBOOK["TD(0)"],
    learn,
    StateMemory,
    width=lambda settings: 1,
    places={"value_of": state_value_of, "look": look_at_state},
    sizes={"counts": "states"},
    result="v",
)


@dataclass(frozen=True)
class TD0(Prediction):
    """TD(0).

    Args:
        step_size: α, above 0 and at most 1; a schedule; or PerVisit(), 1 / N(s).
        discount: γ, from 0 to 1.

    Raises:
        ConfigError: arguments are out of range; all of them are named.
    """

    name: ClassVar[str] = "td-0"
    reference: ClassVar[str] = "Sutton & Barto, section 6.1"
    rule: ClassVar[Rule] = RULE
    loop: ClassVar[Kernel] = td0

    step_size: float | Schedule | PerVisit = 0.1
    discount: float = 1.0
