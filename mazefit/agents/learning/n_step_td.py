"""n-step TD: n rewards as they came, then the value of the state that was reached.

    G ← R_{t+1} + γ · (R_{t+2} + γ · ( … + γ · V(S_{t+n})))            without V where the episode has ended
    V(S_t) ← V(S_t) + α · [G - V(S_t)]

n = 1 is TD(0); an n as long as the episode is constant-α Monte Carlo.

Reference: Sutton & Barto, 2nd edition, section 7.1.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

from mazefit.agents.episode_rule import episode_rule, put
from mazefit.agents.learner import EpisodePrediction
from mazefit.agents.learning.n_step import MOST, back_up, check_n, first_due, last_due, n_step_how, n_step_updates
from mazefit.agents.learning.n_step_credit import n_step_credit
from mazefit.agents.learning.n_step_trees import sampled_trees, state_leaf
from mazefit.agents.policy_tables import draw_action
from mazefit.agents.schedules import PerVisit, Schedule, step_size_at, tick, visit
from mazefit.agents.step_rule import StateMemory
from mazefit.agents.steps import begin, finish, leave, note, take
from mazefit.backup.one_step import CELL, TERMINATED
from mazefit.backup.rule import Rule
from mazefit.backup.textbook import TEXTBOOK
from mazefit.errors import Problems
from mazefit.kernel import Kernel, kernel


@kernel
def n_step_td_target(v: Any, episode: Any, first: int, last: int, discount: float) -> float:
    """G of the steps first … last: their rewards, discounted, then `v` [S] of the last arrival unless the episode ended."""
    total = episode.reward[last]
    if episode.cell[last] & TERMINATED == 0:
        total = total + discount * v[episode.following[last]]
    for step in range(last - 1, first - 1, -1):
        total = episode.reward[step] + discount * total
    return total


@kernel
def learn(memory: Any, episode: Any, t: int, how: Any) -> None:
    """What is due after step t; visits are those of states."""
    row = episode.cell[t]
    visit(memory, row - (row & CELL) + (row & CELL) // len(how.actions))
    for step in range(first_due(t, how.n), last_due(row, t, how.n) + 1):
        state = (episode.cell[step] & CELL) // len(how.actions)
        target = n_step_td_target(memory.v, episode, step, t, how.discount)
        back_up(memory.v, state, target, step_size_at(memory, state), episode, step)
    tick(memory, row)


@kernel
def n_step_td(memory: Any, episode: Any, world: Any, walk: Any, log: Any, how: Any) -> None:
    """The loop of the box: up to so many steps, or until so many more episodes have ended (see steps.py)."""
    actions = how.actions
    state, length, gain = walk.place[0], walk.place[2], walk.gain[0]
    used, steps, finished = 0, 0, 0
    while steps < walk.budget and finished < walk.episodes:
        if state < 0:  # for each episode: initialise S
            state, used = begin(world, walk.uniforms, used)
            length, gain = 0, 0.0
        # for each step: take an action by π, observe R and S', update what is due
        cell = state * len(actions) + draw_action(episode.policy, state * len(actions), actions, walk.uniforms[used])
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
    "n-step-td",
    TEXTBOOK["n-step TD"],
    learn,
    n_step_updates,
    sampled_trees(state_leaf),
    StateMemory,
    how=n_step_how,
    sizes={"counts": "states"},
    check=lambda settings, tables, rows: check_n(settings),
    result="v",
    credit=n_step_credit,
)


@dataclass(frozen=True)
class NStepTD(EpisodePrediction):
    """n-step TD.

    Args:
        step_size: α, above 0 and at most 1; a schedule; or PerVisit() of states.
        discount: γ, from 0 to 1.
        n: how many rewards a return takes in, at least 1.

    Raises:
        ConfigError: arguments are out of range; all of them are named.
    """

    name: ClassVar[str] = "n-step-td"
    reference: ClassVar[str] = "Sutton & Barto, section 7.1"
    rule: ClassVar[Rule] = RULE
    loop: ClassVar[Kernel] = n_step_td
    make_how: ClassVar[Any] = staticmethod(n_step_how)

    step_size: float | Schedule | PerVisit = 0.1
    discount: float = 1.0
    n: int = 4

    def check(self, problems: Problems) -> None:
        """n is at least 1."""
        problems.integer("n", self.n, 1, MOST)
