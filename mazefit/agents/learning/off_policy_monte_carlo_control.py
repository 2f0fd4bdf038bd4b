"""Off-policy Monte Carlo control: a greedy policy learned from episodes of a soft one, by weighted importance sampling.

    G ← R_{t+1} + γ · G                                               from the last step back: G = 0, W = 1 at the end
    C(S_t, A_t) ← C(S_t, A_t) + W
    Q(S_t, A_t) ← Q(S_t, A_t) + W / C(S_t, A_t) · [G - Q(S_t, A_t)]
    no further back unless A_t = π(S_t) = argmax_a Q(S_t, a);         W ← W · 1 / b(A_t|S_t)

Ties are broken consistently, as the box asks: π(s) is the first of the maximising actions, so that one of them counts and the
others do not. (b breaks its ties at random.) It learns from the ends of episodes alone, from as much as was greedy. Where b
walks in circles an episode is long; without exploring it may never end. A truncated episode bootstraps from max_a Q(S_T, a).

Reference: Sutton & Barto, 2nd edition, section 5.7.
"""

from dataclasses import dataclass, field
from typing import Any, ClassVar

from mazefit.agents.episode_rule import OVER, episode_rule, noted, put
from mazefit.agents.learning.monte_carlo import end_value, return_before
from mazefit.agents.learning.monte_carlo_memory import ReturnControl, WeightedPairReturns
from mazefit.agents.learning.monte_carlo_rows import check_off_policy_control, greedy_updates
from mazefit.agents.learning.monte_carlo_trees import ratio_trees
from mazefit.agents.learning.planned_rows import note_cause
from mazefit.agents.policies import EpsilonGreedy, Policy, choose, probability
from mazefit.agents.schedules import tick
from mazefit.agents.steps import begin, finish, leave, note, note_extra, take
from mazefit.backup.one_step import CELL
from mazefit.backup.rule import Rule
from mazefit.backup.textbook import TEXTBOOK
from mazefit.kernel import Kernel, kernel


@kernel
def first_best(q: Any, first: int, actions: tuple[int, ...]) -> int:
    """π(s): the first of the maximising actions in the row of `q` that begins at `first`."""
    best = 0
    for action in range(1, len(actions)):
        if q[first + action] > q[first + best]:
            best = action
    return best


@kernel
def off_policy_monte_carlo_control_update(q: Any, weights: Any, cell: int, total: float, ratio: float) -> tuple[float, float]:
    """Average a return into Q(s, a) of `q` and its ratio into C(s, a) of `weights` [S * A], in place; step size and old."""
    weights[cell] += ratio
    step_size = ratio / weights[cell]
    old = q[cell]
    q[cell] = old + step_size * (total - old)
    return step_size, old


@kernel
def learn(memory: Any, episode: Any, t: int, how: Any) -> int:
    """What is due after step t, nothing unless the episode is over; how many of its last steps were learned from."""
    row = episode.cell[t]
    actions = how.actions
    count = 0
    if row & OVER != 0:
        first = episode.following[t] * len(actions)
        total = end_value(row, memory.q[first + first_best(memory.q, first, actions)])
        episode.extra[t + 1] = total
        ratio = 1.0
        for step in range(t, -1, -1):
            cell = episode.cell[step] & CELL
            total = return_before(episode.reward[step], how.discount, total)
            step_size, old = off_policy_monte_carlo_control_update(memory.q, memory.weights, cell, total, ratio)
            noted(episode, step, total, old, memory.q[cell], step_size)
            count += 1
            action = cell % len(actions)
            if action != first_best(memory.q, cell - action, actions):
                break
            ratio = ratio * episode.extra[step]
    tick(memory, row)
    return count


@kernel
def off_policy_monte_carlo_control(memory: Any, workings: Any, world: Any, walk: Any, log: Any, how: Any) -> None:
    """The loop of the box: up to so many steps, or until so many more episodes have ended (see steps.py)."""
    actions = how.actions
    state, length, gain = walk.place[0], walk.place[2], walk.gain[0]
    used, steps, finished = 0, 0, 0
    while steps < walk.budget and finished < walk.episodes:
        if state < 0:  # for each episode: generate it by b
            state, used = begin(world, walk.uniforms, used)
            length, gain = 0, 0.0
        action = choose(memory.q, state * len(actions), actions, memory, walk.uniforms[used])
        cell = state * len(actions) + action
        ratio = 1.0 / probability(memory.q, state * len(actions), action, actions, memory)
        arrival, reward, flags, used = take(world, cell, length, walk.uniforms, used + 1)
        note(log, steps, cell + flags, arrival, reward)
        note_extra(log, steps, ratio)
        put(workings, length, cell + flags, arrival, reward, ratio)
        count = learn(memory, workings, length, how)  # when it is over: as far back as it was greedy
        note_cause(log, steps, count)
        gain += reward
        length += 1
        steps += 1
        state = arrival
        if flags:
            finished = finish(walk, finished, gain, length, steps)
            state = -1
    leave(walk, state, -1, length, gain, used, steps, finished, steps)


RULE = episode_rule(
    "off-policy-monte-carlo-control",
    TEXTBOOK["Off-policy Monte Carlo control"],
    learn,
    greedy_updates,
    ratio_trees,
    WeightedPairReturns,
    columns={"extra": "<f8", "cause": "<i8"},
    check=check_off_policy_control,
)


@dataclass(frozen=True)
class OffPolicyMonteCarloControl(ReturnControl):
    """Off-policy Monte Carlo control by weighted importance sampling; its step sizes are W / C.

    It is slow, and C keeps the weights of policies long left behind: one early return may hold nearly all of it, and a value
    stay wrong for good. Learning once more from the values found, with weights of 0, drops them: twice 50,000 episodes with
    discount 0.95 and initial values of -20 give the shortest path of the Dyna maze on 30 of 30 seeds (once 20,000, on 28).

    Args:
        discount: γ, from 0 to 1.
        policy: the behaviour b, by default ε-greedy on Q with ε = 0.5; it needs probabilities, so UCB is refused.

    Raises:
        ConfigError: arguments are out of range; all of them are named.
    """

    name: ClassVar[str] = "off-policy-monte-carlo-control"
    reference: ClassVar[str] = "Sutton & Barto, section 5.7"
    rule: ClassVar[Rule] = RULE
    loop: ClassVar[Kernel] = off_policy_monte_carlo_control
    memory: ClassVar[type[Any]] = WeightedPairReturns
    averages: ClassVar[bool] = True

    discount: float = 1.0
    policy: Policy = field(default_factory=lambda: EpsilonGreedy(0.5))
