"""Prioritized sweeping with a learned model: back up first what is most wrong, then look at what leads there.

    Model(S, A) ← R, S';   P ← |R + γ · max_a Q(S', a) - Q(S, A)|;   if P > θ: S, A waits with priority P
    n times, while a pair waits:  S, A ← the first;   R, S' ← Model(S, A)
        Q(S, A) ← Q(S, A) + α · [R + γ · max_a Q(S', a) - Q(S, A)]                max … = 0 where S' is terminal
        for all S̄, Ā that lead to S, with reward R̄:   P ← |R̄ + γ · max_a Q(S, a) - Q(S̄, Ā)|;   if P > θ: S̄, Ā waits

One box of the book. A step itself updates nothing: its row in the trace holds the error that was seen (step size 0, column
`extra` its priority); the planned rows that follow hold the priority with which they waited, and the row that the model has
them from. A pair that waits already keeps the higher priority; of equal ones the lowest number comes first.

Reference: Sutton & Barto, 2nd edition, section 8.4; Moore & Atkeson (1993); Peng & Williams (1993).
"""

from dataclasses import dataclass, field
from typing import Any, ClassVar

from mazefit.agents.learning.deterministic_model import sampled_target
from mazefit.agents.learning.model_control import PlanningControl
from mazefit.agents.learning.planned_rows import EXTRA, check_planned, note_planned, read_planned_with
from mazefit.agents.learning.predecessors import Queued, check_queued, foremost, nothing_queued, queue_up, relink, sweeping_how
from mazefit.agents.policies import EpsilonGreedy, Policy, choose
from mazefit.agents.schedules import PerVisit, Schedule, step_size_at, tick, visit
from mazefit.agents.step_rule import step_rule
from mazefit.agents.steps import ROWS_BEFORE, begin, finish, leave, take
from mazefit.backup.one_step import CELL, PLANNING, TERMINATED
from mazefit.backup.rule import Rule
from mazefit.backup.textbook import TEXTBOOK
from mazefit.errors import Problems
from mazefit.kernel import Kernel, kernel


@kernel
def learned_prioritized_sweeping_update(
    q: Any, cell: int, reward: float, arrival: int, ended: bool, step_size: float, discount: float, actions: tuple[int, ...]
) -> float:
    """Back up what the model says of one pair into `q` [S * A], in place; returns the target."""
    target = sampled_target(q, reward, arrival, ended, discount, actions)
    old = q[cell]
    q[cell] = old + step_size * (target - old)
    return target


@kernel
def learn(memory: Any, row: int, arrival: int, reward: float, how: Any) -> tuple[float, float]:
    """What one row does, in the loop and in replay alike: a real one looks and counts the visit, a planned one backs up."""
    cell = row & CELL
    visit(memory, row)
    step_size = 0.0
    if row & PLANNING != 0:
        step_size = step_size_at(memory, cell)
    ended = row & TERMINATED != 0
    target = learned_prioritized_sweeping_update(
        memory.q, cell, reward, arrival, ended, step_size, how.discount, how.actions
    )  # fmt: skip
    tick(memory, row)
    return target, step_size


@kernel
def learned_prioritized_sweeping(memory: Any, model: Any, world: Any, walk: Any, log: Any, how: Any) -> None:
    """The loop of the box: up to so many steps, or until so many more episodes have ended (see steps.py)."""
    actions, q = how.actions, memory.q
    state, length, gain = walk.place[0], walk.place[2], walk.gain[0]
    used, steps, finished, rows = 0, 0, 0, 0
    while steps < walk.budget and finished < walk.episodes:
        if state < 0:
            state, used = begin(world, walk.uniforms, used)
            length, gain = 0, 0.0
        # choose A from S by the policy on Q, take it, observe R and S', remember; queue up what was mistaken
        action = choose(q, state * len(actions), actions, memory, walk.uniforms[used])
        cell = state * len(actions) + action
        arrival, reward, flags, used = take(world, cell, length, walk.uniforms, used + 1)
        number = walk.place[ROWS_BEFORE] + rows
        relink(model, cell, arrival, reward, flags, number)
        target, _ = learn(memory, cell + flags, arrival, reward, how)
        priority = abs(target - q[cell])
        note_planned(log, rows, cell + flags, arrival, reward, number, priority)
        rows += 1
        queue_up(model, cell, priority, how.threshold)
        # n times, while a pair waits: back up the first one, and look at all that lead to its state
        planned = 0
        while planned < how.planning_steps and model.waiting[0] > 0:
            cell = foremost(model)
            row = cell + PLANNING + model.ended[cell]
            note_planned(log, rows, row, model.arrival[cell], model.reward[cell], model.cause[cell], model.priority[cell])
            rows += 1
            learn(memory, row, model.arrival[cell], model.reward[cell], how)
            source = cell // len(actions)
            leading = model.first[source]
            while leading >= 0:
                ended = model.ended[leading] != 0
                target = sampled_target(q, model.reward[leading], source, ended, how.discount, actions)
                queue_up(model, leading, abs(target - q[leading]), how.threshold)
                leading = model.after[leading]
            planned += 1
        gain += reward
        length += 1
        steps += 1
        state = arrival
        if flags:
            finished = finish(walk, finished, gain, length, rows)
            state = -1
    leave(walk, state, -1, length, gain, used, steps, finished, rows)


RULE = step_rule(
    "learned-prioritized-sweeping",
    TEXTBOOK["Prioritized sweeping"],
    learn,
    columns=EXTRA,
    read=read_planned_with("priority"),
    check=check_planned,
)


@dataclass(frozen=True)
class LearnedPrioritizedSweeping(PlanningControl):
    """Prioritized sweeping with a learned model.

    Args:
        step_size: α, above 0 and at most 1; a schedule; or PerVisit(). Where nothing is random, 1 is right.
        discount: γ, from 0 to 1.
        policy: the behaviour, by default ε-greedy with random ties.
        planning_steps: n, how many backups a step may bring, at least 0 (with 0 nothing is learned).
        threshold: θ, at least 0: smaller errors wait for nothing.

    Raises:
        ConfigError: arguments are out of range; all of them are named.
    """

    name: ClassVar[str] = "learned-prioritized-sweeping"
    reference: ClassVar[str] = "Sutton & Barto, section 8.4"
    rule: ClassVar[Rule] = RULE
    loop: ClassVar[Kernel] = learned_prioritized_sweeping
    workings_kind: ClassVar[type[Any]] = Queued
    fresh: ClassVar[Any] = staticmethod(nothing_queued)
    refuse: ClassVar[Any] = staticmethod(check_queued)
    make_how: ClassVar[Any] = staticmethod(sweeping_how)

    step_size: float | Schedule | PerVisit = 0.5
    discount: float = 1.0
    policy: Policy = field(default_factory=EpsilonGreedy)
    planning_steps: int = 5
    threshold: float = 1e-4

    def check(self, problems: Problems) -> None:
        """n and θ are at least 0."""
        super().check(problems)
        problems.number("threshold", self.threshold, 0.0, 1e300)
