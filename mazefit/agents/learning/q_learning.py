"""Q-learning: off-policy control by the sampled Bellman optimality backup.

    Q(S, A) ← Q(S, A) + α · [R + γ · max_a Q(S', a) - Q(S, A)]        max … = 0 where S' is terminal

One box of the book: choose A from S by a policy on Q, observe R and S' (R belongs to the arrival), back up, go on from S'.
A truncated episode is cut, not ended: its last update bootstraps from S' like any other.

Reference: Sutton & Barto, 2nd edition, section 6.5; Watkins (1989), Learning from Delayed Rewards.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from mazefit.agents.control import learn_control
from mazefit.agents.policies import EpsilonGreedy, epsilon_greedy
from mazefit.agents.progress import Callback
from mazefit.agents.run import Run
from mazefit.agents.world import draw_outcome, draw_start
from mazefit.backup.one_step import CELL, SCHEMA, TERMINATED, TRUNCATED, check_rows, read_backup
from mazefit.backup.rule import Details, Model, Rule, Tables, register
from mazefit.backup.textbook import TEXTBOOK
from mazefit.backup.trace import TraceOptions
from mazefit.errors import Problems, set_plain
from mazefit.kernel import kernel


@kernel
def q_learning_update(
    q: Any, cell: int, reward: float, arrival: int, ended: bool, step_size: float, discount: float, actions: tuple[int, ...]
) -> float:
    """Back up one transition into `q` [S * A], in place; returns the target R + γ · max_a Q(S', a)."""
    target = reward
    if not ended:
        first = arrival * len(actions)
        best = q[first]
        for action in range(1, len(actions)):
            best = max(best, q[first + action])
        target = reward + discount * best
    old = q[cell]
    q[cell] = old + step_size * (target - old)
    return target


@kernel
def q_learning(
    q: Any,
    starts: Any, cumulative: Any, next_state: Any, reward: Any, terminated: Any, cut: Any, offsets: Any, probability: Any,
    uniforms: Any, chances: Any,
    place: Any, gains: Any, returns: Any, lengths: Any, journal_cell: Any, journal_old: Any,
    row_cell: Any, row_next: Any, row_reward: Any, at: int,
    budget: int, episodes: int, limit: int, stochastic: bool, random_start: bool, actions: tuple[int, ...],
    step_size: float, discount: float, epsilon: float,
) -> None:  # fmt: skip
    """The loop of the box: up to `budget` steps, or until `episodes` more have ended (see progress.py for the arguments)."""
    state, length, drawn = place[0], place[1], place[2]
    gain = gains[0]
    steps = 0
    finished = 0
    while steps < budget and finished < episodes:
        if state < 0:  # an episode begins
            if random_start:
                state = starts[draw_start(cumulative, chances[drawn])]
                drawn += 1
            else:
                state = starts[0]
            length = 0
            gain = 0.0
        # choose A from S, take it, observe R and S'
        action = epsilon_greedy(q, state * len(actions), actions, epsilon, uniforms[steps])
        cell = state * len(actions) + action
        entry = cell
        if stochastic:
            entry = draw_outcome(offsets, probability, cell, chances[drawn])
            drawn += 1
        arrival = next_state[entry]
        received = reward[entry]
        ended = terminated[entry]
        truncated = not ended and (cut[0] or length + 1 >= limit)
        # back up, after noting what the update is given
        journal_cell[length] = cell
        journal_old[length] = q[cell]
        if at >= 0:
            row_cell[at + steps] = cell + TERMINATED * ended + TRUNCATED * truncated
            row_next[at + steps] = arrival
            row_reward[at + steps] = received
        q_learning_update(q, cell, received, arrival, ended, step_size, discount, actions)
        gain += received
        length += 1
        steps += 1
        state = arrival
        if ended or truncated:
            returns[finished] = gain
            lengths[finished] = length
            finished += 1
            state = -1
    place[0], place[1], place[2], place[3], place[4] = state, length, drawn, steps, finished
    gains[0] = gain


@kernel
def q_learning_replay(
    q: Any, row_cell: Any, row_next: Any, row_reward: Any, rows: int,
    step_size: float, discount: float, actions: tuple[int, ...],
    detailed: bool, targets: Any, olds: Any, news: Any, leaves: Any,
) -> None:  # fmt: skip
    """Do logged updates again, in order; where `detailed`, note target, old, new and the arrival's values of each."""
    for i in range(rows):
        cell = row_cell[i] & CELL
        ended = row_cell[i] & TERMINATED != 0
        if detailed:
            olds[i] = q[cell]
            for action in range(len(actions)):
                leaves[i * len(actions) + action] = q[row_next[i] * len(actions) + action]
        target = q_learning_update(q, cell, row_reward[i], row_next[i], ended, step_size, discount, actions)
        if detailed:
            targets[i] = target
            news[i] = q[cell]


_NOTHING = np.zeros(1)


def _replay(
    settings: dict[str, Any], model: Model, tables: Tables, block: Mapping[str, npt.NDArray[Any]], start: int,
    details: Details | None, compiled: bool,
) -> None:  # fmt: skip
    rows = len(block["cell"])
    noted = [_NOTHING] * 4
    if details is not None:
        details["step_size"][:] = settings["step_size"]
        noted = [details["target"], details["old"], details["new"], details["leaves"].reshape(-1)]
    q_learning_replay.run(
        compiled, tables["q"], block["cell"], block["next"], block["reward"], rows,
        settings["step_size"], settings["discount"], tuple(range(settings["actions"])), details is not None, *noted,
    )  # fmt: skip


def _result(settings: dict[str, Any], model: Model, tables: Tables) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    q = tables["q"].reshape(-1, settings["actions"])
    return q, q.max(axis=1)


RULE = register(
    Rule(
        name="q-learning",
        spec=TEXTBOOK["Q-learning"],
        schema=SCHEMA,
        replay=_replay,
        read=lambda settings, model, row, index, details: read_backup(RULE.spec, settings, row, index, details),
        details=lambda settings, model: (
            {"step_size": "<f8", "target": "<f8", "old": "<f8", "new": "<f8"},
            {"leaves": f"({settings['actions']},)f8"},
        ),
        backups_each=lambda model: 1,
        result=_result,
        check=check_rows,
    )
)


@dataclass(frozen=True)
class QLearning:
    """Q-learning with a constant step size.

    Args:
        step_size: α, above 0 and at most 1.
        discount: γ, from 0 to 1.
        policy: the behaviour, ε-greedy with random ties.

    Raises:
        ConfigError: arguments are out of range; all of them are named.
    """

    name: ClassVar[str] = "q-learning"
    kind: ClassVar[str] = "control"
    reference: ClassVar[str] = "Sutton & Barto, section 6.5"
    rule: ClassVar[Rule] = RULE

    step_size: float = 0.5
    discount: float = 1.0
    policy: EpsilonGreedy = field(default_factory=EpsilonGreedy)

    def __post_init__(self) -> None:
        problems = Problems("QLearning")
        problems.number("step_size", self.step_size, 0.0, 1.0, open_low=True)
        problems.number("discount", self.discount, 0.0, 1.0)
        problems.instance("policy", self.policy, EpsilonGreedy)
        problems.raise_if_any()
        set_plain(self)

    def learn(
        self,
        env: Any,
        *,
        episodes: int | None = None,
        steps: int | None = None,
        seed: int | None = None,
        initial: float | npt.ArrayLike = 0.0,
        trace: bool | TraceOptions | None = None,
        callbacks: Iterable[Callback] = (),
        resume: Run | None = None,
        backend: str = "auto",
    ) -> Run:
        """Learn on `env` for a number of episodes or steps; see `mazefit.agents.control.learn_control`."""
        return learn_control(
            self, q_learning, (self.step_size, self.discount, self.policy.epsilon), env, episodes=episodes, steps=steps,
            seed=seed, initial=initial, trace=trace, callbacks=callbacks, resume=resume, backend=backend,
        )  # fmt: skip
