"""Off-policy Monte Carlo prediction: the values of π from episodes of another policy b, by importance sampling.

    G ← R_{t+1} + γ · G,   W ← W · π(A_t|S_t) / b(A_t|S_t)            from the last step back, G = 0, W = 1 at the end

    weighted    C(S_t) ← C(S_t) + W    V(S_t) ← V(S_t) + W / C(S_t) · [G - V(S_t)]          no further back once W = 0
    ordinary    C(S_t) ← C(S_t) + 1    V(S_t) ← V(S_t) + 1 / C(S_t) · [W · G - V(S_t)]

V is the weighted average of the returns, or the plain average of the scaled ones, which is unbiased (over first visits) and may
vary without bound. b must do whatever π does. A truncated episode's returns bootstrap from V(S_T) at the cut.

Reference: Sutton & Barto, 2nd edition, sections 5.5 and 5.6, equations 5.5 to 5.8.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

from mazefit.agents.episode_rule import OVER, episode_rule, noted, put
from mazefit.agents.learning.monte_carlo import end_value, mark_first_visits, off_policy_how, return_before
from mazefit.agents.learning.monte_carlo_memory import WeightedReturns
from mazefit.agents.learning.monte_carlo_rows import check_off_policy, off_policy_updates
from mazefit.agents.learning.monte_carlo_trees import off_policy_trees
from mazefit.agents.learning.two_policies import OffPolicyPrediction
from mazefit.agents.policy_tables import draw_action
from mazefit.agents.schedules import tick
from mazefit.agents.steps import begin, finish, leave, note, note_extra, take
from mazefit.backup.one_step import CELL
from mazefit.backup.rule import Rule
from mazefit.backup.textbook import TEXTBOOK
from mazefit.errors import Problems
from mazefit.kernel import Kernel, kernel


@kernel
def ratio_before(ratio: float, ratios: Any, step: int) -> float:
    """W ← W · π(A|S) / b(A|S) of the step: the ratio of the return one step earlier."""
    return ratio * ratios[step]


@kernel
def off_policy_monte_carlo_update(
    v: Any, weights: Any, state: int, total: float, ratio: float, weighted: bool
) -> tuple[float, float, float]:
    """Average a return into V(s) of `v` [S], in place, and its weight into C(s) of `weights` [S]; target, step size, old."""
    target = total
    share = ratio
    if not weighted:
        target = ratio * total
        share = 1.0
    weights[state] += share
    step_size = share / weights[state]
    old = v[state]
    v[state] = old + step_size * (target - old)
    return target, step_size, old


@kernel
def learn(memory: Any, episode: Any, t: int, how: Any) -> None:
    """What is due after step t: nothing, unless the episode is over."""
    row = episode.cell[t]
    if row & OVER != 0:
        total = end_value(row, memory.v[episode.following[t]])
        ratio = 1.0
        episode.extra[t + 1] = total
        mark_first_visits(memory.first, episode.cell, t, len(how.actions))
        for step in range(t, -1, -1):
            state = (episode.cell[step] & CELL) // len(how.actions)
            total = return_before(episode.reward[step], how.discount, total)
            ratio = ratio_before(ratio, episode.extra, step)
            if how.weighted and ratio == 0.0:
                break
            if not how.first_visit or memory.first[state] == step:
                target, step_size, old = off_policy_monte_carlo_update(
                    memory.v, memory.weights, state, total, ratio, how.weighted
                )
                noted(episode, step, target, old, memory.v[state], step_size)
    tick(memory, row)


@kernel
def off_policy_monte_carlo(memory: Any, workings: Any, world: Any, walk: Any, log: Any, how: Any) -> None:
    """The loop of the box: up to so many steps, or until so many more episodes have ended (see steps.py)."""
    actions = how.actions
    state, length, gain = walk.place[0], walk.place[2], walk.gain[0]
    used, steps, finished = 0, 0, 0
    while steps < walk.budget and finished < walk.episodes:
        if state < 0:  # for each episode: generate it by b
            state, used = begin(world, walk.uniforms, used)
            length, gain = 0, 0.0
        action = draw_action(workings.behaviour, state * len(actions), actions, walk.uniforms[used])
        cell = state * len(actions) + action
        ratio = workings.policy[cell] / workings.behaviour[cell]
        arrival, reward, flags, used = take(world, cell, length, walk.uniforms, used + 1)
        note(log, steps, cell + flags, arrival, reward)
        note_extra(log, steps, ratio)
        put(workings, length, cell + flags, arrival, reward, ratio)
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
    "off-policy-monte-carlo",
    TEXTBOOK["Off-policy Monte Carlo"],
    learn,
    off_policy_updates,
    off_policy_trees,
    WeightedReturns,
    how=off_policy_how,
    columns={"extra": "<f8"},
    sizes={"counts": "states", "first": "states", "weights": "states"},
    check=check_off_policy,
    result="v",
)


@dataclass(frozen=True)
class OffPolicyMonteCarlo(OffPolicyPrediction):
    """Off-policy Monte Carlo prediction of state values.

    Args:
        weighted: weighted importance sampling, W / C as step size; else ordinary, 1 / C.
        discount: γ, from 0 to 1.
        first_visit: a return counts for the first visit of a state in its episode alone; else for every visit.

    Raises:
        ConfigError: arguments are out of range; all of them are named.
    """

    name: ClassVar[str] = "off-policy-monte-carlo"
    reference: ClassVar[str] = "Sutton & Barto, sections 5.5 and 5.6"
    rule: ClassVar[Rule] = RULE
    loop: ClassVar[Kernel] = off_policy_monte_carlo
    memory: ClassVar[type[Any]] = WeightedReturns
    make_how: ClassVar[Any] = staticmethod(off_policy_how)

    weighted: bool = True
    discount: float = 1.0
    first_visit: bool = True

    def check(self, problems: Problems) -> None:
        """weighted and first_visit are true or false."""
        problems.instance("weighted", self.weighted, bool)
        problems.instance("first_visit", self.first_visit, bool)
