"""n-step Sarsa: n rewards as they came, then the value of the pair that was reached.

    G ← R_{t+1} + γ · (R_{t+2} + γ · ( … + γ · Q(S_{t+n}, A_{t+n})))            without Q where the episode has ended
    Q(S_t, A_t) ← Q(S_t, A_t) + α · [G - Q(S_t, A_t)]

Reference: Sutton & Barto, 2nd edition, section 7.2.
"""

from dataclasses import dataclass, field
from typing import Any, ClassVar

from mazefit.agents.episode_rule import episode_rule, put
from mazefit.agents.learner import EpisodeControl
from mazefit.agents.learning.n_step import MOST, back_up, check_n, first_due, last_due, n_step_how, n_step_updates
from mazefit.agents.learning.n_step_credit import n_step_credit
from mazefit.agents.learning.n_step_trees import pair_leaf, sampled_trees
from mazefit.agents.policies import EpsilonGreedy, Policy, choose
from mazefit.agents.schedules import PerVisit, Schedule, step_size_at, tick, visit
from mazefit.agents.steps import begin, finish, leave, note, take
from mazefit.backup.one_step import CELL, TERMINATED
from mazefit.backup.rule import Rule
from mazefit.backup.textbook import TEXTBOOK
from mazefit.errors import Problems
from mazefit.kernel import Kernel, kernel


@kernel
def n_step_sarsa_target(q: Any, episode: Any, first: int, last: int, discount: float) -> float:
    """G of the steps first … last: their rewards, discounted, then Q of the pair that follows unless the episode ended."""
    total = episode.reward[last]
    if episode.cell[last] & TERMINATED == 0:
        total = total + discount * q[episode.following[last]]
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
        target = n_step_sarsa_target(memory.q, episode, step, t, how.discount)
        back_up(memory.q, cell, target, step_size_at(memory, cell), episode, step)
    tick(memory, row)


@kernel
def n_step_sarsa(memory: Any, episode: Any, world: Any, walk: Any, log: Any, how: Any) -> None:
    """The loop of the box: up to so many steps, or until so many more episodes have ended (see steps.py)."""
    actions = how.actions
    state, action, length, gain = walk.place[0], walk.place[1], walk.place[2], walk.gain[0]
    used, steps, finished = 0, 0, 0
    while steps < walk.budget and finished < walk.episodes:
        if state < 0:  # for each episode: initialise S, choose A from S by the policy on Q
            state, used = begin(world, walk.uniforms, used)
            action = choose(memory.q, state * len(actions), actions, memory, walk.uniforms[used])
            used += 1
            length, gain = 0, 0.0
        # for each step: take A, observe R and S', choose A' from S', update what is due
        cell = state * len(actions) + action
        arrival, reward, flags, used = take(world, cell, length, walk.uniforms, used)
        state = arrival
        action = 0
        if flags != TERMINATED:
            action = choose(memory.q, state * len(actions), actions, memory, walk.uniforms[used])
            used += 1
        note(log, steps, cell + flags, state * len(actions) + action, reward)
        put(episode, length, cell + flags, state * len(actions) + action, reward, 0.0)
        learn(memory, episode, length, how)
        gain += reward
        length += 1
        steps += 1
        if flags:
            finished = finish(walk, finished, gain, length, steps)
            state = -1
    leave(walk, state, action, length, gain, used, steps, finished, steps)


RULE = episode_rule(
    "n-step-sarsa",
    TEXTBOOK["n-step Sarsa"],
    learn,
    n_step_updates,
    sampled_trees(pair_leaf),
    how=n_step_how,
    following="cells",
    check=lambda settings, tables, rows: check_n(settings),
    credit=n_step_credit,
)


@dataclass(frozen=True)
class NStepSarsa(EpisodeControl):
    """n-step Sarsa.

    Args:
        step_size: α, above 0 and at most 1; a schedule; or PerVisit().
        discount: γ, from 0 to 1.
        policy: the policy that acts and is evaluated, by default ε-greedy with random ties.
        n: how many rewards a return takes in, at least 1.

    Raises:
        ConfigError: arguments are out of range; all of them are named.
    """

    name: ClassVar[str] = "n-step-sarsa"
    reference: ClassVar[str] = "Sutton & Barto, section 7.2"
    rule: ClassVar[Rule] = RULE
    loop: ClassVar[Kernel] = n_step_sarsa
    uniforms_each: ClassVar[int] = 2
    make_how: ClassVar[Any] = staticmethod(n_step_how)

    step_size: float | Schedule | PerVisit = 0.25
    discount: float = 1.0
    policy: Policy = field(default_factory=EpsilonGreedy)
    n: int = 4

    def check(self, problems: Problems) -> None:
        """n is at least 1."""
        problems.integer("n", self.n, 1, MOST)

    def settings(self, world: Any) -> dict[str, Any]:
        """Rows hold the following pair."""
        return {**super().settings(world), "pairs": True}
