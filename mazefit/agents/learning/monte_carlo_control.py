"""On-policy Monte Carlo control: the average of the returns that followed a pair, and a soft policy on those averages.

    G ← R_{t+1} + γ · G                                               from the last step back, G = 0 at the episode's end
    Q(S_t, A_t) ← Q(S_t, A_t) + 1 / N(S_t, A_t) · [G - Q(S_t, A_t)]   first-visit: unless the pair appears before step t
    π ← ε-greedy on Q (or softmax), for the next episode

Nothing is learned before an episode is over: where π walks in circles it goes on until it happens to explore. Without
exploring (ε = 0) it may do so for ever; give such a policy an environment with a time limit. A truncated episode's returns
bootstrap from Σ_a π(a|S_T) Q(S_T, a) at the cut, as it stood then.

Reference: Sutton & Barto, 2nd edition, section 5.4.
"""

from dataclasses import dataclass, field
from typing import Any, ClassVar

from mazefit.agents.episode_rule import OVER, episode_rule, noted, put
from mazefit.agents.learning.monte_carlo import end_value, mark_first_visits, monte_carlo_how, return_before
from mazefit.agents.learning.monte_carlo_memory import PairReturns, ReturnControl
from mazefit.agents.learning.monte_carlo_rows import Rows, check_first_visit, pair_updates
from mazefit.agents.learning.monte_carlo_trees import return_trees
from mazefit.agents.learning.target_control import check_averages
from mazefit.agents.policies import EpsilonGreedy, Policy, choose, expected_value
from mazefit.agents.schedules import Linear, PerVisit, Schedule, step_size_at, tick, visit
from mazefit.agents.steps import begin, finish, leave, note, take
from mazefit.backup.one_step import CELL
from mazefit.backup.rule import Rule, Tables
from mazefit.backup.textbook import TEXTBOOK
from mazefit.errors import Problems
from mazefit.kernel import Kernel, kernel


@kernel
def monte_carlo_control_update(q: Any, cell: int, total: float, step_size: float) -> float:
    """Move Q(s, a) of `q` [S * A] towards the return `total`, in place; returns the old value."""
    old = q[cell]
    q[cell] = old + step_size * (total - old)
    return old


@kernel
def learn(memory: Any, episode: Any, t: int, how: Any) -> None:
    """What is due after step t: nothing, unless the episode is over."""
    row = episode.cell[t]
    if row & OVER != 0:
        total = end_value(row, expected_value(memory.q, episode.following[t] * len(how.actions), how.actions, memory))
        episode.extra[t + 1] = total
        mark_first_visits(memory.first, episode.cell, t, 1)
        for step in range(t, -1, -1):
            cell = episode.cell[step] & CELL
            total = return_before(episode.reward[step], how.discount, total)
            if not how.first_visit or memory.first[cell] == step:
                visit(memory, cell)
                step_size = step_size_at(memory, cell)
                old = monte_carlo_control_update(memory.q, cell, total, step_size)
                noted(episode, step, total, old, memory.q[cell], step_size)
    tick(memory, row)


@kernel
def monte_carlo_control(memory: Any, workings: Any, world: Any, walk: Any, log: Any, how: Any) -> None:
    """The loop of the box: up to so many steps, or until so many more episodes have ended (see steps.py)."""
    actions = how.actions
    state, length, gain = walk.place[0], walk.place[2], walk.gain[0]
    used, steps, finished = 0, 0, 0
    while steps < walk.budget and finished < walk.episodes:
        if state < 0:  # for each episode: generate it by π
            state, used = begin(world, walk.uniforms, used)
            length, gain = 0, 0.0
        action = choose(memory.q, state * len(actions), actions, memory, walk.uniforms[used])
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


def _check(settings: dict[str, Any], tables: Tables, rows: Rows) -> None:
    check_first_visit(settings, tables, rows)
    check_averages(settings)


RULE = episode_rule(
    "monte-carlo-control",
    TEXTBOOK["Monte Carlo control"],
    learn,
    pair_updates,
    return_trees,
    PairReturns,
    how=monte_carlo_how,
    check=_check,
)


@dataclass(frozen=True)
class MonteCarloControl(ReturnControl):
    """On-policy Monte Carlo control.

    On the Dyna maze step_size=0.03, discount=0.95, EpsilonGreedy(Linear(1.0, 0.1, episodes=3000)) and 3,000 episodes give the
    shortest path on 30 of 30 seeds; from a small ε at once, episodes are long.

    Args:
        step_size: α, above 0 and at most 1; a schedule; or PerVisit(): the plain average of the returns.
        discount: γ, from 0 to 1.
        policy: the policy that acts and is improved, by default ε-greedy, ε falling from 1 to 0.1; it needs π(a|s), so
            UCB is refused (its counts would stand still within an episode).
        first_visit: a return counts for the first visit of a pair in its episode alone; else for every visit.

    Raises:
        ConfigError: arguments are out of range; all of them are named.
    """

    name: ClassVar[str] = "monte-carlo-control"
    reference: ClassVar[str] = "Sutton & Barto, section 5.4"
    rule: ClassVar[Rule] = RULE
    loop: ClassVar[Kernel] = monte_carlo_control
    memory: ClassVar[type[Any]] = PairReturns
    make_how: ClassVar[Any] = staticmethod(monte_carlo_how)
    averages: ClassVar[bool] = True

    step_size: float | Schedule | PerVisit = field(default_factory=PerVisit)
    discount: float = 1.0
    policy: Policy = field(default_factory=lambda: EpsilonGreedy(Linear(1.0, 0.1, episodes=1000)))
    first_visit: bool = True

    def check(self, problems: Problems) -> None:
        """first_visit is true or false."""
        problems.instance("first_visit", self.first_visit, bool)
