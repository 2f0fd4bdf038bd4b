"""Tree backup: n steps without importance sampling; at every state all actions count, the one taken by what followed it.

    G_k ← R_{k+1} + γ · [Σ_{a ≠ A_{k+1}} π(a|S_{k+1}) Q(S_{k+1}, a) + π(A_{k+1}|S_{k+1}) G_{k+1}]     the last one: Σ_a π Q
    Q(S_t, A_t) ← Q(S_t, A_t) + α · [G_t - Q(S_t, A_t)]                 just R_{k+1} where the episode has ended

π is the policy that acts, or a `target` of its own; then the behaviour may be any, for its probabilities are not asked for.
n = 1 is Expected Sarsa, with a greedy target Q-learning.

Reference: Sutton & Barto, 2nd edition, section 7.5; Precup, Sutton and Singh (2000), Eligibility traces for off-policy policy
evaluation.
"""

from dataclasses import dataclass, field
from typing import Any, ClassVar

from mazefit.agents.episode_rule import episode_rule, put
from mazefit.agents.learning.n_step import back_up, first_due, last_due, n_step_updates
from mazefit.agents.learning.n_step_trees import branching_trees, expected_branch
from mazefit.agents.learning.target_control import TargetControl, check_n_step_target
from mazefit.agents.learning.target_policy import Rated, rate_of_target, target_how, target_leaning, target_weight
from mazefit.agents.policies import EpsilonGreedy, Policy, choose
from mazefit.agents.schedules import PerVisit, Schedule, step_size_at, tick, visit
from mazefit.agents.steps import begin, finish, leave, note, take
from mazefit.backup.one_step import CELL, TERMINATED
from mazefit.backup.rule import Rule
from mazefit.backup.textbook import TEXTBOOK
from mazefit.kernel import Kernel, kernel


@kernel
def branching_value(q: Any, first: int, taken: int, below: float, actions: tuple[int, ...], rate: float) -> float:
    """Σ_a π(a|s) Q(s, a) over the row of `q` that begins at `first`, with `below` for the action `taken` (-1: none)."""
    rated = Rated((0.0, rate))
    best, share = target_leaning(q, first, actions, rated)
    total = 0.0
    for action in range(len(actions)):
        value = q[first + action]
        part = below if action == taken else value
        total += target_weight(value, best, share, actions, rated) * part
    return total


@kernel
def tree_backup_target(
    q: Any, episode: Any, first: int, last: int, discount: float, actions: tuple[int, ...], rate: float
) -> float:
    """G of the steps first … last.

    Args:
        q: action values [S * A].
        episode: cells with flags, rewards, and arrivals.
        first, last: the steps.
        discount: γ.
        actions: (0, 1, …, A - 1).
        rate: ε or τ of π.
    """
    total = episode.reward[last]
    if episode.cell[last] & TERMINATED == 0:
        total = total + discount * branching_value(q, episode.following[last] * len(actions), -1, 0.0, actions, rate)
    for step in range(last - 1, first - 1, -1):
        begins = episode.following[step] * len(actions)
        taken = (episode.cell[step + 1] & CELL) - begins
        total = episode.reward[step] + discount * branching_value(q, begins, taken, total, actions, rate)
    return total


@kernel
def learn(memory: Any, episode: Any, t: int, how: Any) -> None:
    """What is due after step t."""
    row = episode.cell[t]
    visit(memory, row)
    for step in range(first_due(t, how.n), last_due(row, t, how.n) + 1):
        cell = episode.cell[step] & CELL
        rate = rate_of_target(memory, how)
        target = tree_backup_target(memory.q, episode, step, t, how.discount, how.actions, rate)
        back_up(memory.q, cell, target, step_size_at(memory, cell), episode, step)
    tick(memory, row)


@kernel
def tree_backup(memory: Any, episode: Any, world: Any, walk: Any, log: Any, how: Any) -> None:
    """The loop of the box: up to so many steps, or until so many more episodes have ended (see steps.py)."""
    actions = how.actions
    state, length, gain = walk.place[0], walk.place[2], walk.gain[0]
    used, steps, finished = 0, 0, 0
    while steps < walk.budget and finished < walk.episodes:
        if state < 0:  # for each episode: initialise S
            state, used = begin(world, walk.uniforms, used)
            length, gain = 0, 0.0
        # for each step: choose A from S by the behaviour on Q, take it, observe R and S', update what is due
        action = choose(memory.q, state * len(actions), actions, memory, walk.uniforms[used])
        cell = state * len(actions) + action
        arrival, reward, flags, used = take(world, cell, length, walk.uniforms, used + 1)
        note(log, steps, cell + flags, arrival, reward)
        put(episode, length, cell + flags, arrival, reward, 1.0)
        learn(memory, episode, length, how)
        gain += reward
        length += 1
        steps += 1
        state = arrival
        if flags:
            finished = finish(walk, finished, gain, length, steps)
            state = -1
    leave(walk, state, -1, length, gain, used, steps, finished, steps)


RULE = episode_rule(
    "tree-backup",
    TEXTBOOK["Tree backup"],
    learn,
    n_step_updates,
    branching_trees(expected_branch),
    how=target_how,
    check=check_n_step_target,
)


@dataclass(frozen=True)
class TreeBackup(TargetControl):
    """Tree backup.

    Args:
        step_size: α, above 0 and at most 1; a schedule; or PerVisit().
        discount: γ, from 0 to 1.
        policy: the behaviour, by default ε-greedy with random ties.
        n: how many rewards a return takes in, at least 1.
        target: π: Greedy(), EpsilonGreedy or Softmax with a constant rate; None: the behaviour itself (which must then be one
            with probabilities).

    Raises:
        ConfigError: arguments are out of range; all of them are named.
    """

    name: ClassVar[str] = "tree-backup"
    reference: ClassVar[str] = "Sutton & Barto, section 7.5"
    rule: ClassVar[Rule] = RULE
    loop: ClassVar[Kernel] = tree_backup
    make_how: ClassVar[Any] = staticmethod(target_how)

    step_size: float | Schedule | PerVisit = 0.25
    discount: float = 1.0
    policy: Policy = field(default_factory=EpsilonGreedy)
    n: int = 4
    target: Policy | None = None
