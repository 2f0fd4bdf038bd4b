"""Off-policy n-step Sarsa: the values of a target policy π from the steps of another policy b, weighted by importance.

    ρ ← Π_{k = t+1 … t+n} π(A_k|S_k) / b(A_k|S_k)                        no factor where the episode has ended
    G ← R_{t+1} + γ · (R_{t+2} + γ · ( … + γ · Q(S_{t+n}, A_{t+n})))      without Q there
    Q(S_t, A_t) ← Q(S_t, A_t) + α ρ · [G - Q(S_t, A_t)]

The first action has no factor: it is the one that is updated, however it was chosen. b is the probability with which an action
was chosen when it was chosen (logged in the column `extra`, at the step before it); π is the target policy on the values as
they stand at the update. ρ may be large, and α ρ above 1: the smaller α and n, and the nearer π to b, the calmer the values.

Reference: Sutton & Barto, 2nd edition, section 7.3.
"""

from dataclasses import dataclass, field
from typing import Any, ClassVar

from mazefit.agents.episode_rule import episode_rule, put
from mazefit.agents.learning.n_step import back_up, first_due, last_due, n_step_updates
from mazefit.agents.learning.n_step_sarsa import n_step_sarsa_target
from mazefit.agents.learning.n_step_trees import ratio_after, sampled_trees, weighted_leaf
from mazefit.agents.learning.target_control import WeightedControl, check_weighted
from mazefit.agents.learning.target_policy import rate_of_target, target_how, target_probability
from mazefit.agents.policies import EpsilonGreedy, Greedy, Policy, choose, probability
from mazefit.agents.schedules import PerVisit, Schedule, step_size_at, tick, visit
from mazefit.agents.steps import begin, finish, leave, note, note_extra, take
from mazefit.backup.one_step import CELL, TERMINATED
from mazefit.backup.rule import Rule
from mazefit.backup.textbook import TEXTBOOK
from mazefit.kernel import Kernel, kernel


@kernel
def importance_ratio(q: Any, episode: Any, first: int, last: int, actions: tuple[int, ...], rate: float) -> float:
    """ρ of the actions that follow steps first … last; `extra` holds b, `rate` is ε or τ of π on `q` [S * A]."""
    ratio = 1.0
    for step in range(first, last + 1):
        if episode.cell[step] & TERMINATED == 0:
            ratio = ratio * (target_probability(q, episode.following[step], actions, rate) / episode.extra[step])
    return ratio


@kernel
def learn(memory: Any, episode: Any, t: int, how: Any) -> None:
    """What is due after step t."""
    row = episode.cell[t]
    visit(memory, row)
    for step in range(first_due(t, how.n), last_due(row, t, how.n) + 1):
        cell = episode.cell[step] & CELL
        ratio = importance_ratio(memory.q, episode, step, t, how.actions, rate_of_target(memory, how))
        target = n_step_sarsa_target(memory.q, episode, step, t, how.discount)
        back_up(memory.q, cell, target, step_size_at(memory, cell) * ratio, episode, step)
    tick(memory, row)


@kernel
def off_policy_n_step_sarsa(memory: Any, episode: Any, world: Any, walk: Any, log: Any, how: Any) -> None:
    """The loop of the box: up to so many steps, or until so many more episodes have ended (see steps.py)."""
    actions = how.actions
    state, action, length, gain = walk.place[0], walk.place[1], walk.place[2], walk.gain[0]
    used, steps, finished = 0, 0, 0
    while steps < walk.budget and finished < walk.episodes:
        if state < 0:  # for each episode: initialise S, choose A from S by b on Q
            state, used = begin(world, walk.uniforms, used)
            action = choose(memory.q, state * len(actions), actions, memory, walk.uniforms[used])
            used += 1
            length, gain = 0, 0.0
        # for each step: take A, observe R and S', choose A' from S' by b, note b(A'|S'), update what is due
        cell = state * len(actions) + action
        arrival, reward, flags, used = take(world, cell, length, walk.uniforms, used)
        state = arrival
        action, chance = 0, 1.0
        if flags != TERMINATED:
            action = choose(memory.q, state * len(actions), actions, memory, walk.uniforms[used])
            chance = probability(memory.q, state * len(actions), action, actions, memory)
            used += 1
        note(log, steps, cell + flags, state * len(actions) + action, reward)
        note_extra(log, steps, chance)
        put(episode, length, cell + flags, state * len(actions) + action, reward, chance)
        learn(memory, episode, length, how)
        gain += reward
        length += 1
        steps += 1
        if flags:
            finished = finish(walk, finished, gain, length, steps)
            state = -1
    leave(walk, state, action, length, gain, used, steps, finished, steps)


RULE = episode_rule(
    "off-policy-n-step-sarsa",
    TEXTBOOK["Off-policy n-step Sarsa"],
    learn,
    n_step_updates,
    sampled_trees(weighted_leaf, ratio_after),
    how=target_how,
    columns={"extra": "<f8"},
    following="cells",
    check=check_weighted,
)


@dataclass(frozen=True)
class OffPolicyNStepSarsa(WeightedControl):
    """Off-policy n-step Sarsa.

    Args:
        step_size: α, above 0 and at most 1; a schedule; or PerVisit().
        discount: γ, from 0 to 1.
        policy: the behaviour b, by default ε-greedy with random ties; one with probabilities, which should leave no action out
            that the target takes.
        n: how many rewards a return takes in, at least 1.
        target: π: Greedy(), EpsilonGreedy or Softmax with a constant rate.

    Raises:
        ConfigError: arguments are out of range; all of them are named.
    """

    name: ClassVar[str] = "off-policy-n-step-sarsa"
    reference: ClassVar[str] = "Sutton & Barto, section 7.3"
    rule: ClassVar[Rule] = RULE
    loop: ClassVar[Kernel] = off_policy_n_step_sarsa
    uniforms_each: ClassVar[int] = 2
    needs_target: ClassVar[bool] = True
    make_how: ClassVar[Any] = staticmethod(target_how)

    step_size: float | Schedule | PerVisit = 0.1
    discount: float = 1.0
    policy: Policy = field(default_factory=EpsilonGreedy)
    n: int = 2
    target: Policy = field(default_factory=Greedy)
