"""n-step Expected Sarsa: n rewards as they came, then the expected value of the state that was reached.

    G ← R_{t+1} + γ · (R_{t+2} + γ · ( … + γ · Σ_a π(a|S_{t+n}) Q(S_{t+n}, a)))     without Σ where the episode has ended
    Q(S_t, A_t) ← Q(S_t, A_t) + α · [G - Q(S_t, A_t)]

The actions on the way are those that were taken; only the last state is averaged over. So the next action need not be chosen
before the update, and n = 1 is Expected Sarsa.

Reference: Sutton & Barto, 2nd edition, section 7.2, equation 7.7.
"""

from dataclasses import dataclass, field
from typing import Any, ClassVar

from mazefit.agents.episode_rule import episode_rule, put
from mazefit.agents.learner import EpisodeControl
from mazefit.agents.learning.n_step import MOST, back_up, check_n, first_due, last_due, n_step_how, n_step_updates
from mazefit.agents.learning.n_step_trees import expected_branch, sampled_trees
from mazefit.agents.learning.target_control import check_averages
from mazefit.agents.policies import EpsilonGreedy, Policy, choose, expected_value
from mazefit.agents.schedules import PerVisit, Schedule, step_size_at, tick, visit
from mazefit.agents.steps import begin, finish, leave, note, take
from mazefit.backup.one_step import CELL, TERMINATED
from mazefit.backup.rule import Rule, Tables
from mazefit.backup.textbook import TEXTBOOK
from mazefit.errors import Problems
from mazefit.kernel import Kernel, kernel


@kernel
def n_step_expected_sarsa_target(
    q: Any, episode: Any, first: int, last: int, discount: float, actions: tuple[int, ...], memory: Any
) -> float:
    """G of the steps first … last: their rewards, discounted, then Σ π Q of the last arrival unless the episode ended.

    Args:
        q: action values [S * A].
        episode: cells with flags, rewards, and arrivals.
        first, last: the steps.
        discount: γ.
        actions: (0, 1, …, A - 1).
        memory: what the policy's kernels look at: its rate as it stands.
    """
    total = episode.reward[last]
    if episode.cell[last] & TERMINATED == 0:
        total = total + discount * expected_value(q, episode.following[last] * len(actions), actions, memory)
    for step in range(last - 1, first - 1, -1):
        total = episode.reward[step] + discount * total
    return total


@kernel
def learn(memory: Any, episode: Any, t: int, how: Any) -> None:
    """What is due after step t."""
    row = episode.cell[t]
    visit(memory, row)
    for step in range(first_due(t, how.n), last_due(row, t, how.n) + 1):
        cell = episode.cell[step] & CELL
        target = n_step_expected_sarsa_target(memory.q, episode, step, t, how.discount, how.actions, memory)
        back_up(memory.q, cell, target, step_size_at(memory, cell), episode, step)
    tick(memory, row)


@kernel
def n_step_expected_sarsa(memory: Any, episode: Any, world: Any, walk: Any, log: Any, how: Any) -> None:
    """The loop of the box: up to so many steps, or until so many more episodes have ended (see steps.py)."""
    actions = how.actions
    state, length, gain = walk.place[0], walk.place[2], walk.gain[0]
    used, steps, finished = 0, 0, 0
    while steps < walk.budget and finished < walk.episodes:
        if state < 0:  # for each episode: initialise S
            state, used = begin(world, walk.uniforms, used)
            length, gain = 0, 0.0
        # for each step: choose A from S by the policy on Q, take it, observe R and S', update what is due
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


def _check(settings: dict[str, Any], tables: Tables, rows: Any) -> None:
    check_n(settings)
    check_averages(settings)


RULE = episode_rule(
    "n-step-expected-sarsa",
    TEXTBOOK["n-step Expected Sarsa"],
    learn,
    n_step_updates,
    sampled_trees(expected_branch),
    how=n_step_how,
    check=_check,
)


@dataclass(frozen=True)
class NStepExpectedSarsa(EpisodeControl):
    """n-step Expected Sarsa.

    Args:
        step_size: α, above 0 and at most 1; a schedule; or PerVisit().
        discount: γ, from 0 to 1.
        policy: the policy that acts and is averaged over, by default ε-greedy with random ties; one with probabilities.
        n: how many rewards a return takes in, at least 1.

    Raises:
        ConfigError: arguments are out of range; all of them are named.
    """

    name: ClassVar[str] = "n-step-expected-sarsa"
    reference: ClassVar[str] = "Sutton & Barto, section 7.2"
    rule: ClassVar[Rule] = RULE
    loop: ClassVar[Kernel] = n_step_expected_sarsa
    averages: ClassVar[bool] = True
    make_how: ClassVar[Any] = staticmethod(n_step_how)

    step_size: float | Schedule | PerVisit = 0.25
    discount: float = 1.0
    policy: Policy = field(default_factory=EpsilonGreedy)
    n: int = 4

    def check(self, problems: Problems) -> None:
        """n is at least 1."""
        problems.integer("n", self.n, 1, MOST)
