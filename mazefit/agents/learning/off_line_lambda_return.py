"""The off-line λ-return algorithm: at an episode's end every visited value moves towards its λ-return.

    G^λ_t = R_{t+1} + γ · [(1 - λ) · V(S_{t+1}) + λ · G^λ_{t+1}]          V(S_T) and G^λ_T are 0 at the end of an episode
          = (1 - λ) · Σ_n λ^{n-1} · G_{t:t+n} + λ^{T-t-1} · G_t
    V(s)  ← V(s) + Σ_{t: S_t = s} α · [G^λ_t - V(s)]                      with V as it stood when the episode began

All increments of an episode are computed from the values at its beginning and added up. So it equals off-line TD(λ); λ = 1
gives the constant-α Monte Carlo method (every visit, off-line) and λ = 0 off-line TD(0). A truncated episode bootstraps from
V(S_T) at the cut. A constant α times the number of visits to a state in one episode must stay well below 2, or values swing
ever wider; the default 1 / N(s), N counting all visits to the end of the episode, never does.

The backup of a step is what that step asks for: old is V(s) as the episode began, new is old + α · (target - old), and of a
state visited several times the changes add up. Its target is the sum of its columns, n = 1, 2, … to the end, which equals what
was learned from, by the recursion above, to rounding.

Reference: Sutton & Barto, 2nd edition, section 12.1, equations 12.2 to 12.4.
"""

from dataclasses import dataclass, field
from typing import Any, ClassVar

from mazefit.agents.episode_rule import OVER, episode_rule, noted, put
from mazefit.agents.learning.monte_carlo import end_value, lambda_how
from mazefit.agents.learning.monte_carlo_memory import ReturnPrediction, SummedReturns
from mazefit.agents.learning.monte_carlo_rows import every_visit_updates
from mazefit.agents.learning.monte_carlo_trees import lambda_trees
from mazefit.agents.policy_tables import draw_action
from mazefit.agents.schedules import PerVisit, Schedule, step_size_at, tick, visit
from mazefit.agents.steps import begin, finish, leave, note, take
from mazefit.backup.one_step import CELL
from mazefit.backup.rule import Rule, check_settings
from mazefit.backup.textbook import TEXTBOOK
from mazefit.errors import Problems
from mazefit.kernel import Kernel, kernel


@kernel
def lambda_return_before(reward: float, discount: float, lambda_: float, value: float, total: float) -> float:
    """R + γ · [(1 - λ) · V(S') + λ · G^λ]: the λ-return one step earlier; `value` and `total` are those of the arrival."""
    return reward + discount * ((1.0 - lambda_) * value + lambda_ * total)


@kernel
def off_line_lambda_return_update(v: Any, after: Any, state: int, total: float, step_size: float) -> float:
    """Add the increment of one step, computed from `v` [S], to `after` [S], in place; returns the old value."""
    old = v[state]
    after[state] = after[state] + step_size * (total - old)
    return old


@kernel
def learn(memory: Any, episode: Any, t: int, how: Any) -> None:
    """What is due after step t: nothing, unless the episode is over."""
    row = episode.cell[t]
    if row & OVER != 0:
        width = len(how.actions)
        for step in range(t + 1):
            state = (episode.cell[step] & CELL) // width
            memory.after[state] = memory.v[state]
            visit(memory, state)
        value = end_value(row, memory.v[episode.following[t]])
        total = value
        episode.extra[t + 1] = value
        for step in range(t, -1, -1):
            state = (episode.cell[step] & CELL) // width
            total = lambda_return_before(episode.reward[step], how.discount, how.lambda_, value, total)
            step_size = step_size_at(memory, state)
            value = off_line_lambda_return_update(memory.v, memory.after, state, total, step_size)
            noted(episode, step, total, value, value + step_size * (total - value), step_size)
        for step in range(t + 1):
            state = (episode.cell[step] & CELL) // width
            memory.v[state] = memory.after[state]
    tick(memory, row)


@kernel
def off_line_lambda_return(memory: Any, workings: Any, world: Any, walk: Any, log: Any, how: Any) -> None:
    """The loop of the algorithm: up to so many steps, or until so many more episodes have ended (see steps.py)."""
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
    "off-line-lambda-return",
    TEXTBOOK["Off-line lambda-return"],
    learn,
    every_visit_updates,
    lambda_trees,
    SummedReturns,
    how=lambda_how,
    sizes={"counts": "states", "after": "states"},
    check=lambda settings, tables, rows: check_settings(settings, {}, ("lambda_",)),
    result="v",
)


@dataclass(frozen=True)
class OfflineLambdaReturn(ReturnPrediction):
    """The off-line λ-return algorithm.

    Args:
        lambda_: λ, from 0 to 1.
        step_size: α, above 0 and at most 1; a schedule; or PerVisit().
        discount: γ, from 0 to 1.

    Raises:
        ConfigError: arguments are out of range; all of them are named.
    """

    name: ClassVar[str] = "off-line-lambda-return"
    reference: ClassVar[str] = "Sutton & Barto, section 12.1"
    rule: ClassVar[Rule] = RULE
    loop: ClassVar[Kernel] = off_line_lambda_return
    memory: ClassVar[type[Any]] = SummedReturns
    make_how: ClassVar[Any] = staticmethod(lambda_how)

    lambda_: float = 0.8
    step_size: float | Schedule | PerVisit = field(default_factory=PerVisit)
    discount: float = 1.0

    def check(self, problems: Problems) -> None:
        """λ is from 0 to 1."""
        problems.number("lambda_", self.lambda_, 0.0, 1.0)
