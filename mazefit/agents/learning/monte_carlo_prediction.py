"""Monte Carlo prediction: the average of the returns that followed the visits to a state.

    G ← R_{t+1} + γ · G                                               from the last step back, G = 0 at the episode's end
    V(S_t) ← V(S_t) + 1 / N(S_t) · [G - V(S_t)]                       first-visit: unless S_t appears among S_0 … S_{t-1}

With the step size 1 / N(s), N counting the returns that were averaged, V(s) is their plain average; with a constant α it is
the constant-α method (equation 6.1). Nothing is updated before an episode is over. A truncated episode has no full return:
its returns bootstrap from V(S_T) at the cut, as it stood then.

Reference: Sutton & Barto, 2nd edition, section 5.1.
"""

from dataclasses import dataclass, field
from typing import Any, ClassVar

from mazefit.agents.episode_rule import OVER, episode_rule, noted, put
from mazefit.agents.learning.monte_carlo import end_value, mark_first_visits, monte_carlo_how, return_before
from mazefit.agents.learning.monte_carlo_memory import ReturnPrediction, StateReturns
from mazefit.agents.learning.monte_carlo_rows import check_first_visit, monte_carlo_updates
from mazefit.agents.learning.monte_carlo_trees import return_trees
from mazefit.agents.policy_tables import draw_action
from mazefit.agents.schedules import PerVisit, Schedule, step_size_at, tick, visit
from mazefit.agents.steps import begin, finish, leave, note, take
from mazefit.backup.one_step import CELL
from mazefit.backup.rule import Rule
from mazefit.backup.textbook import TEXTBOOK
from mazefit.errors import Problems
from mazefit.kernel import Kernel, kernel


@kernel
def monte_carlo_prediction_update(v: Any, state: int, total: float, step_size: float) -> float:
    """Move V(s) of `v` [S] towards the return `total`, in place; returns the old value."""
    old = v[state]
    v[state] = old + step_size * (total - old)
    return old


@kernel
def learn(memory: Any, episode: Any, t: int, how: Any) -> None:
    """What is due after step t: nothing, unless the episode is over."""
    row = episode.cell[t]
    if row & OVER != 0:
        total = end_value(row, memory.v[episode.following[t]])
        episode.extra[t + 1] = total
        mark_first_visits(memory.first, episode.cell, t, len(how.actions))
        for step in range(t, -1, -1):
            state = (episode.cell[step] & CELL) // len(how.actions)
            total = return_before(episode.reward[step], how.discount, total)
            if not how.first_visit or memory.first[state] == step:
                visit(memory, state)
                step_size = step_size_at(memory, state)
                old = monte_carlo_prediction_update(memory.v, state, total, step_size)
                noted(episode, step, total, old, memory.v[state], step_size)
    tick(memory, row)


@kernel
def monte_carlo_prediction(memory: Any, workings: Any, world: Any, walk: Any, log: Any, how: Any) -> None:
    """The loop of the box: up to so many steps, or until so many more episodes have ended (see steps.py)."""
    actions = how.actions
    state, length, gain = walk.place[0], walk.place[2], walk.gain[0]
    used, steps, finished = 0, 0, 0
    while steps < walk.budget and finished < walk.episodes:
        if state < 0:  # for each episode: generate it by π
            state, used = begin(world, walk.uniforms, used)
            length, gain = 0, 0.0
        action = draw_action(workings.policy, state * len(actions), actions, walk.uniforms[used])
        cell = state * len(actions) + action
        arrival, reward, flags, used = take(world, cell, length, walk.uniforms, used + 1)
        note(log, steps, cell + flags, arrival, reward)
        put(workings, length, cell + flags, arrival, reward, 1.0)
        learn(memory, workings, length, how)  # when it is over: for each step of the episode, from the last one back
        gain += reward
        length += 1
        steps += 1
        state = arrival
        if flags:
            finished = finish(walk, finished, gain, length, steps)
            state = -1
    leave(walk, state, -1, length, gain, used, steps, finished, steps)


RULE = episode_rule(
    "monte-carlo-prediction",
    TEXTBOOK["Monte Carlo"],
    learn,
    monte_carlo_updates,
    return_trees,
    StateReturns,
    how=monte_carlo_how,
    sizes={"counts": "states", "first": "states"},
    check=check_first_visit,
    result="v",
)


@dataclass(frozen=True)
class MonteCarloPrediction(ReturnPrediction):
    """Monte Carlo prediction of state values.

    Args:
        step_size: α, above 0 and at most 1; a schedule; or PerVisit(): the plain average of the returns.
        discount: γ, from 0 to 1.
        first_visit: a return counts for the first visit of a state in its episode alone; else for every visit.

    Raises:
        ConfigError: arguments are out of range; all of them are named.
    """

    name: ClassVar[str] = "monte-carlo-prediction"
    reference: ClassVar[str] = "Sutton & Barto, section 5.1"
    rule: ClassVar[Rule] = RULE
    loop: ClassVar[Kernel] = monte_carlo_prediction
    memory: ClassVar[type[Any]] = StateReturns
    make_how: ClassVar[Any] = staticmethod(monte_carlo_how)

    first_visit: bool = True
    step_size: float | Schedule | PerVisit = field(default_factory=PerVisit)
    discount: float = 1.0

    def check(self, problems: Problems) -> None:
        """first_visit is true or false."""
        problems.instance("first_visit", self.first_visit, bool)
