"""Dyna-Q+: Dyna-Q whose planned rewards grow with the time for which a pair has not been tried.

    planned:  Q(S, A) ← Q(S, A) + α · [R + κ · √τ + γ · max_a Q(S', a) - Q(S, A)]     τ steps since (S, A) was last tried

So what was ruled out long ago is tested again, and a world that has changed is found out. Actions that were never tried in a
state that was visited may be planned as well: the model has them lead back to that state with reward 0, and their τ counts
from the beginning of the run (the book's footnote). Their rows rest on the row of the first visit, which put them there.

Reference: Sutton & Barto, 2nd edition, section 8.3; Sutton (1990), Integrated architectures for learning, planning, and
reacting.
"""

from dataclasses import dataclass, field
from typing import Any, ClassVar, NamedTuple

from mazefit.agents.elementary import square_root
from mazefit.agents.learning.deterministic_model import remember
from mazefit.agents.learning.dyna_q import DynaQ
from mazefit.agents.learning.planned_rows import EXTRA, check_planned, note_planned, read_planned_with
from mazefit.agents.learning.q_learning import learn
from mazefit.agents.learning.timed_model import Timed, check_timed, nothing_timed, suppose
from mazefit.agents.policies import EpsilonGreedy, Policy, choose
from mazefit.agents.schedules import PerVisit, Schedule
from mazefit.agents.step_rule import step_rule
from mazefit.agents.steps import ROWS_BEFORE, begin, finish, leave, take
from mazefit.backup.one_step import PLANNING
from mazefit.backup.rule import Rule
from mazefit.backup.textbook import TEXTBOOK
from mazefit.errors import Problems
from mazefit.kernel import Kernel, kernel


class DynaPlusHow(NamedTuple):
    """γ, the actions, how often to plan after each step, and κ."""

    discount: float
    actions: tuple[int, ...]
    planning_steps: int
    kappa: float


@kernel
def dyna_q_plus_bonus(kappa: float, elapsed: int) -> float:
    """κ · √τ, the reward for trying what has not been tried for τ steps."""
    return kappa * square_root(float(elapsed))


@kernel
def dyna_q_plus(memory: Any, model: Any, world: Any, walk: Any, log: Any, how: Any) -> None:
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
        note_planned(log, rows, cell + flags, arrival, reward, number, 0.0)
        rows += 1
        learn(memory, cell + flags, arrival, reward, how)
        remember(model, cell, arrival, reward, flags, number, len(actions))
        suppose(model, state, number, len(actions))
        model.clock[0] += 1
        model.last[cell] = model.clock[0]
        # n times: the same update for any action of a visited state, with a bonus for the time since it was tried
        for _ in range(how.planning_steps):
            cell = model.visited[int(walk.uniforms[used] * model.size[0])] * len(actions)
            cell += int(walk.uniforms[used + 1] * len(actions))
            used += 2
            bonus = dyna_q_plus_bonus(how.kappa, model.clock[0] - model.last[cell])
            row, received = cell + PLANNING + model.ended[cell], model.reward[cell] + bonus
            note_planned(log, rows, row, model.arrival[cell], received, model.cause[cell], bonus)
            rows += 1
            learn(memory, row, model.arrival[cell], received, how)
        gain += reward
        length += 1
        steps += 1
        state = arrival  # S ← S', until S is terminal or the episode is cut
        if flags:
            finished = finish(walk, finished, gain, length, rows)
            state = -1
    leave(walk, state, -1, length, gain, used, steps, finished, rows)


RULE = step_rule("dyna-q-plus", TEXTBOOK["Dyna-Q+"], learn, columns=EXTRA, read=read_planned_with("bonus"), check=check_planned)


@dataclass(frozen=True)
class DynaQPlus(DynaQ):
    """Dyna-Q+.

    Args:
        step_size: α, above 0 and at most 1; a schedule; or PerVisit(), which counts real steps alone.
        discount: γ, from 0 to 1. At 1 a bonus that is met again and again makes values grow without bound.
        policy: the behaviour, by default ε-greedy with random ties.
        planning_steps: n, how many remembered pairs are backed up after each step, at least 0.
        kappa: κ, at least 0, in units of reward per root of a step.

    Raises:
        ConfigError: arguments are out of range; all of them are named.
    """

    name: ClassVar[str] = "dyna-q-plus"
    reference: ClassVar[str] = "Sutton & Barto, section 8.3"
    rule: ClassVar[Rule] = RULE
    loop: ClassVar[Kernel] = dyna_q_plus
    workings_kind: ClassVar[type[Any]] = Timed
    fresh: ClassVar[Any] = staticmethod(nothing_timed)
    refuse: ClassVar[Any] = staticmethod(check_timed)

    step_size: float | Schedule | PerVisit = 0.5
    discount: float = 0.95
    policy: Policy = field(default_factory=EpsilonGreedy)
    planning_steps: int = 5
    kappa: float = 1e-3

    def check(self, problems: Problems) -> None:
        """n and κ are at least 0."""
        super().check(problems)
        problems.number("kappa", self.kappa, 0.0, 1e100)

    def make_how(self, settings: dict[str, Any]) -> Any:
        """The rule's parameters."""
        return DynaPlusHow(settings["discount"], tuple(range(settings["actions"])), self.planning_steps, self.kappa)
