"""Q(σ): n steps, each of them sampled to the degree σ and averaged over to the degree 1 - σ.

    G_k ← R_{k+1} + γ · [(σ ρ + (1 - σ) π(A'|S')) · (G_{k+1} - Q(S', A')) + Σ_a π(a|S') Q(S', a)]       A' taken in S' = S_{k+1}
    Q(S_t, A_t) ← Q(S_t, A_t) + α · [G_t - Q(S_t, A_t)]       the last G is Q(S', A'); R_{k+1} alone where the episode has ended

ρ = π(A'|S') / b(A'|S'), and 1 where π is the policy that acts. Q(S', A') and Σ π Q, the control variate, cancel on the average
over A'. Without it the bracket is plainly σ ρ G_{k+1} + (1 - σ) · [Σ_{a ≠ A'} π(a|S') Q(S', a) + π(A'|S') G_{k+1}]: then σ = 1
is n-step Sarsa. σ = 0 is tree backup either way.

Reference: Sutton & Barto, 2nd edition, section 7.6; De Asis, Hernandez-Garcia, Holland and Sutton (2018), Multi-step
reinforcement learning: a unifying algorithm (the form without control variate).
"""

from dataclasses import dataclass, field
from typing import Any, ClassVar

from mazefit.agents.episode_rule import episode_rule, put
from mazefit.agents.learning.n_step import back_up, first_due, last_due, n_step_updates
from mazefit.agents.learning.n_step_trees import branching_trees
from mazefit.agents.learning.sigma import degree, mixed_value, sigma_how
from mazefit.agents.learning.sigma_rows import check_sigma, check_sigma_parameters, sigma_branch
from mazefit.agents.learning.target_control import WeightedControl
from mazefit.agents.learning.target_policy import rate_of_target
from mazefit.agents.policies import EpsilonGreedy, Policy, choose, probability
from mazefit.agents.schedules import PerVisit, Schedule, step_size_at, tick, visit
from mazefit.agents.steps import begin, finish, leave, note, note_extra, take
from mazefit.backup.one_step import CELL, SAMPLED, TERMINATED
from mazefit.backup.rule import Rule
from mazefit.backup.textbook import TEXTBOOK
from mazefit.errors import Problems
from mazefit.kernel import Kernel, kernel


@kernel
def q_sigma_target(q: Any, episode: Any, first: int, last: int, rate: float, how: Any) -> float:
    """G of the steps first … last.

    Args:
        q: action values [S * A].
        episode: cells with flags, rewards, following pairs and their b.
        first, last: the steps.
        rate: ε or τ of π.
        how: γ, the actions, σ, and as of `mixed_value`.
    """
    total = 0.0
    if episode.cell[last] & TERMINATED == 0:
        total = q[episode.following[last]]
    for step in range(last, first - 1, -1):
        row = episode.cell[step]
        if row & TERMINATED != 0:
            total = episode.reward[step]
        else:
            value = mixed_value(q, episode.following[step], total, degree(row, how), episode.extra[step], rate, how)
            total = episode.reward[step] + how.discount * value
    return total


@kernel
def learn(memory: Any, episode: Any, t: int, how: Any) -> None:
    """What is due after step t."""
    row = episode.cell[t]
    visit(memory, row)
    for step in range(first_due(t, how.n), last_due(row, t, how.n) + 1):
        cell = episode.cell[step] & CELL
        target = q_sigma_target(memory.q, episode, step, t, rate_of_target(memory, how), how)
        back_up(memory.q, cell, target, step_size_at(memory, cell), episode, step)
    tick(memory, row)


@kernel
def q_sigma(memory: Any, episode: Any, world: Any, walk: Any, log: Any, how: Any) -> None:
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
        # for each step: take A, observe R and S', choose A' from S' by b, note b(A'|S') and σ, update what is due
        row = state * len(actions) + action
        arrival, reward, flags, used = take(world, row, length, walk.uniforms, used)
        state = arrival
        action, chance = 0, 1.0
        if flags != TERMINATED:
            action = choose(memory.q, state * len(actions), actions, memory, walk.uniforms[used])
            used += 1
            if not how.on_policy:
                chance = probability(memory.q, state * len(actions), action, actions, memory)
            if how.drawn:
                row += SAMPLED if walk.uniforms[used] < 0.5 else 0
                used += 1
        note(log, steps, row + flags, state * len(actions) + action, reward)
        note_extra(log, steps, chance)
        put(episode, length, row + flags, state * len(actions) + action, reward, chance)
        learn(memory, episode, length, how)
        gain += reward
        length += 1
        steps += 1
        if flags:
            finished = finish(walk, finished, gain, length, steps)
            state = -1
    leave(walk, state, action, length, gain, used, steps, finished, steps)


RULE = episode_rule(
    "q-sigma", TEXTBOOK["Q(sigma)"], learn, n_step_updates, branching_trees(sigma_branch),
    how=sigma_how, columns={"extra": "<f8"}, following="cells", check=check_sigma,
)  # fmt: skip


@dataclass(frozen=True)
class QSigma(WeightedControl):
    """Q(σ).

    Args:
        step_size: α, above 0 and at most 1; a schedule; or PerVisit().
        discount: γ, from 0 to 1.
        policy: the policy that acts, by default ε-greedy with random ties; one with probabilities.
        n: how many rewards a return takes in, at least 1.
        sigma: σ, from 0 (averaged) to 1 (sampled), the same at every step; or "random": at every step 0 or 1, each with
            probability 1/2, drawn (and logged) when the action is chosen.
        control_variate: the form of the book; False is that of De Asis et al., in which σ = 1 is n-step Sarsa.
        target: π: Greedy(), EpsilonGreedy or Softmax with a constant rate; None: the policy that acts, with ρ = 1.

    Raises:
        ConfigError: arguments are out of range; all of them are named.
    """

    name: ClassVar[str] = "q-sigma"
    reference: ClassVar[str] = "Sutton & Barto, section 7.6"
    rule: ClassVar[Rule] = RULE
    loop: ClassVar[Kernel] = q_sigma
    uniforms_each: ClassVar[int] = 3
    make_how: ClassVar[Any] = staticmethod(sigma_how)

    step_size: float | Schedule | PerVisit = 0.25
    discount: float = 1.0
    policy: Policy = field(default_factory=EpsilonGreedy)
    n: int = 4
    sigma: float | str = 0.5
    control_variate: bool = True
    target: Policy | None = None

    def check(self, problems: Problems) -> None:
        """n is at least 1, σ from 0 to 1 or drawn, the target one with probabilities."""
        check_sigma_parameters(problems, vars(self))
