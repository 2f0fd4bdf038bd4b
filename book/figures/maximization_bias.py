"""Example 6.7: maximization bias, with mazefit's updates and policy in a loop of its own (A has 2 actions, B has 10)."""

from typing import Any

import numpy as np
import numpy.typing as npt

from book.entry import STATISTICAL, Claim, Plan, Result, figure
from book.lines import Line, exact, sampled
from mazefit.agents.learning.double_q_learning import double_q_learning_update
from mazefit.agents.learning.q_learning import q_learning_update
from mazefit.agents.policies import epsilon_greedy
from mazefit.kernel import kernel

LEFT, WIDTH, EPSILON, STEP_SIZE = 0, 10, 0.1, 0.1
SHARES = {"Q-learning": (0.9282, 0.4565, 0.1212), "Double Q-learning": (0.3196, 0.0893, 0.0678)}


@kernel
def play(
    first: Any, second: Any, both: Any, double: bool, chances: Any, rewards: Any, wide: Any, pair: Any, went_left: Any
) -> None:
    """So many episodes from A: left leads to B with reward 0, right ends; from B every action ends, with reward N(-0.1, 1).

    Args:
        first, second: tables, flat [2 * 10]; the second one stays 0 but for Double Q-learning.
        both: room for their sum, by which actions are chosen.
        double: whether to use both.
        chances: uniform numbers, four an episode.
        rewards: the normal rewards, one an episode.
        wide, pair: the actions of B and of A.
        went_left: is told of each episode whether A was left to the left.
    """
    for episode in range(len(went_left)):
        for cell in range(len(first)):
            both[cell] = first[cell] + second[cell]
        action = epsilon_greedy(both, 0, pair, EPSILON, chances[4 * episode])
        one, other = first, first
        if double:
            one, other = (first, second) if chances[4 * episode + 1] < 0.5 else (second, first)
        if action != LEFT:
            q_learning_update(one, action, 0.0, 0, True, STEP_SIZE, 1.0, wide)
            continue
        went_left[episode] = True
        if double:
            double_q_learning_update(one, other, action, 0.0, 1, False, STEP_SIZE, 1.0, wide)
        else:
            q_learning_update(one, action, 0.0, 1, False, STEP_SIZE, 1.0, wide)
        action = epsilon_greedy(both, WIDTH, wide, EPSILON, chances[4 * episode + 2])
        if double:
            one, other = (first, second) if chances[4 * episode + 3] < 0.5 else (second, first)
        q_learning_update(one, WIDTH + action, rewards[episode], 0, True, STEP_SIZE, 1.0, wide)


def left_turns(double: bool, runs: int, episodes: int) -> npt.NDArray[np.bool_]:
    """Whether each episode of each run went left, [runs, episodes]; run k has seed k."""
    went_left = np.zeros((runs, episodes), dtype=np.bool_)
    for seed in range(runs):
        rng = np.random.default_rng(seed)
        chances, rewards = rng.random(4 * episodes), rng.normal(-0.1, 1.0, episodes)
        tables = np.zeros(2 * WIDTH), np.zeros(2 * WIDTH), np.zeros(2 * WIDTH)
        play.run(True, *tables, double, chances, rewards, tuple(range(WIDTH)), (0, 1), went_left[seed])
    return went_left


@figure(
    "figure-6.5", "Example 6.7 and Figure 6.5: maximization bias", STATISTICAL,
    book="Q-learning goes left much more often than right at first, and always more often than the 5 % of ε-greedy; Double "
         "Q-learning is essentially unaffected. With ties broken at random both begin at 50 %.",
    setup="The book's: ε = 0.1, α = 0.1, γ = 1, normal rewards of mean -0.1 and variance 1, 300 episodes, 10,000 runs. "
        "Ours: B has "
          "10 actions (the book says many); the argmax inside a Double Q update takes the first of equal values.",
)  # fmt: skip
def figure_6_5(plan: Plan) -> Result:
    """The share of left actions from A."""
    runs = plan.runs(10_000, 1_000)
    lines: list[Line] = [exact("least share of left: ε / 2", EPSILON / 2, 0.05, "two actions")]
    found: dict[str, npt.NDArray[np.float64]] = {}
    for name, references in SHARES.items():
        turns = left_turns(name != "Q-learning", runs, 300)
        found[name] = turns.mean(axis=0)
        lines.append(sampled(f"{name}, episode 1", list(turns[:, 0] * 1.0), 0.5, "a tie"))
        for (first, last), reference in zip(((10, 30), (90, 110), (280, 300)), references, strict=True):
            lines.append(sampled(f"{name}, episodes {first + 1}-{last}", list(turns[:, first:last].mean(axis=1)), reference,
                                 "an independent program, 40,000 runs", of=40_000, rounding=5e-5))  # fmt: skip
    q, double = found["Q-learning"], found["Double Q-learning"]
    return Result(lines, [
        Claim("Q-learning goes left more often than right at first", float(q[10:30].mean()) > 0.5),
        Claim("and still more often than 5 % in the end", lines[4].ours - 3 * lines[4].se > 0.05),
        Claim("Double Q-learning hardly prefers left at any time", float(double[1:].max()) < 0.55),
        Claim("from the tenth episode on it goes left less often than Q-learning", bool((double[10:] < q[10:]).all())),
    ])  # fmt: skip
