"""Dyna-Q: Q-learning from what happens, and again from what is remembered.

    Q(S, A) ← Q(S, A) + α · [R + γ · max_a Q(S', a) - Q(S, A)]        max … = 0 where S' is terminal
    Model(S, A) ← R, S'
    n times:  S a random state visited before, A a random action tried in it,  R, S' ← Model(S, A),  the same update

One box of the book, tabular Dyna-Q: the model takes the last answer for the only one. With n = 0 this is Q-learning, to the
bit. In the trace a step is one real row and n planned ones; each of these names the row that the model has it from.

Reference: Sutton & Barto, 2nd edition, section 8.2; Sutton (1990), Integrated architectures for learning, planning, and
reacting.
"""

from dataclasses import dataclass, field
from typing import Any, ClassVar, NamedTuple

from mazefit.agents.learning.deterministic_model import Known, check_known, nothing_known, recall, remember
from mazefit.agents.learning.model_control import PlanningControl
from mazefit.agents.learning.planned_rows import CAUSE, check_planned, note_resting, read_planned
from mazefit.agents.learning.q_learning import learn
from mazefit.agents.policies import EpsilonGreedy, Policy, choose
from mazefit.agents.schedules import PerVisit, Schedule
from mazefit.agents.step_rule import step_rule
from mazefit.agents.steps import ROWS_BEFORE, begin, finish, leave, take
from mazefit.backup.one_step import PLANNING
from mazefit.backup.rule import Rule
from mazefit.backup.textbook import TEXTBOOK
from mazefit.kernel import Kernel, kernel


class DynaHow(NamedTuple):
    """γ, the actions, and how often to plan after each step."""

    discount: float
    actions: tuple[int, ...]
    planning_steps: int


@kernel
def dyna_q(memory: Any, model: Any, world: Any, walk: Any, log: Any, how: Any) -> None:
    """The loop of the box: up to so many steps, or until so many more episodes have ended (see steps.py)."""
    actions = how.actions
    state, length, gain = walk.place[0], walk.place[2], walk.gain[0]
    used, steps, finished, rows = 0, 0, 0, 0
    while steps < walk.budget and finished < walk.episodes:
        if state < 0:  # for each episode: initialise S
            state, used = begin(world, walk.uniforms, used)
            length, gain = 0, 0.0
        # choose A from S by the policy on Q, take it, observe R and S', update, remember
        action = choose(memory.q, state * len(actions), actions, memory, walk.uniforms[used])
        cell = state * len(actions) + action
        arrival, reward, flags, used = take(world, cell, length, walk.uniforms, used + 1)
        number = walk.place[ROWS_BEFORE] + rows
        note_resting(log, rows, cell + flags, arrival, reward, number)
        rows += 1
        learn(memory, cell + flags, arrival, reward, how)
        remember(model, cell, arrival, reward, flags, number, len(actions))
        # n times: the same update for a pair that is remembered
        for _ in range(how.planning_steps):
            cell = recall(model, walk.uniforms[used], walk.uniforms[used + 1], len(actions))
            used += 2
            row = cell + PLANNING + model.ended[cell]
            note_resting(log, rows, row, model.arrival[cell], model.reward[cell], model.cause[cell])
            rows += 1
            learn(memory, row, model.arrival[cell], model.reward[cell], how)
        gain += reward
        length += 1
        steps += 1
        state = arrival  # S ← S', until S is terminal or the episode is cut
        if flags:
            finished = finish(walk, finished, gain, length, rows)
            state = -1
    leave(walk, state, -1, length, gain, used, steps, finished, rows)


RULE = step_rule("dyna-q", TEXTBOOK["Dyna-Q"], learn, columns=CAUSE, read=read_planned, check=check_planned)


@dataclass(frozen=True)
class DynaQ(PlanningControl):
    """Dyna-Q.

    Args:
        step_size: α, above 0 and at most 1; a schedule; or PerVisit(), which counts real steps alone.
        discount: γ, from 0 to 1.
        policy: the behaviour, by default ε-greedy with random ties.
        planning_steps: n, how many remembered pairs are backed up after each step, at least 0.

    Raises:
        ConfigError: arguments are out of range; all of them are named.
    """

    name: ClassVar[str] = "dyna-q"
    reference: ClassVar[str] = "Sutton & Barto, section 8.2"
    rule: ClassVar[Rule] = RULE
    loop: ClassVar[Kernel] = dyna_q
    workings_kind: ClassVar[type[Any]] = Known
    fresh: ClassVar[Any] = staticmethod(nothing_known)
    refuse: ClassVar[Any] = staticmethod(check_known)

    step_size: float | Schedule | PerVisit = 0.5
    discount: float = 1.0
    policy: Policy = field(default_factory=EpsilonGreedy)
    planning_steps: int = 5

    @property
    def numbers_each(self) -> int:
        """One to choose the action, two for every planned pair."""
        return 1 + 2 * self.planning_steps

    def make_how(self, settings: dict[str, Any]) -> DynaHow:
        """The rule's parameters."""
        return DynaHow(settings["discount"], tuple(range(settings["actions"])), self.planning_steps)
