"""Examples 6.3 and 6.4, Figure 6.2: batch updating."""

import numpy as np

from book.entry import EXACT, STATISTICAL, Claim, Plan, Result, figure
from book.lines import exact, sampled
from book.worlds.walks import walk_values
from mazefit.agents import BatchMonteCarlo, BatchTD

Step = tuple[int, float, int | None]
Episode = list[Step]
A, B = 0, 1
ONE: Episode = [(B, 1.0, None)]
ZERO: Episode = [(B, 0.0, None)]
FIRST: Episode = [(A, 0.0, B), (B, 0.0, None)]
EIGHT: list[Episode] = [FIRST, *([ONE] * 6), ZERO]


@figure(
    "example-6.4", "Example 6.4: you are the predictor", EXACT,
    book="Of eight episodes (A 0 B 0; six times B 1; B 0) batch Monte Carlo makes V(A) = 0, batch TD(0) V(A) = 3/4; "
        "both V(B) = 3/4.",
    setup="The book's.",
)  # fmt: skip
def example_6_4(plan: Plan) -> Result:
    """The eight episodes."""
    td, mc = BatchTD().fit(EIGHT).v, BatchMonteCarlo().fit(EIGHT).v
    lines = [
        exact("batch TD, V(A)", td[A], 0.75, "the book"),
        exact("batch TD, V(B)", td[B], 0.75, "the book"),
        exact("batch Monte Carlo, V(A)", mc[A], 0.0, "the book"),
        exact("batch Monte Carlo, V(B)", mc[B], 0.75, "the book"),
    ]
    return Result(lines, [Claim("the two answers of the book", all(line.holds for line in lines))])


def walks(rng: np.random.Generator, episodes: int) -> list[Episode]:
    """Episodes of the uniform walk over 1 … 5."""
    found: list[Episode] = []
    for _ in range(episodes):
        state, steps = 3, list[Step]()
        while 0 < state < 6:
            there = state + (1 if rng.random() < 0.5 else -1)
            steps.append((state, float(there == 6), there if 0 < there < 6 else None))
            state = there
        found.append(steps)
    return found


def certainty_equivalence(batch: list[Episode]) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    """The values of the process that the batch makes most likely, by a linear solve; 0.5 where it never was."""
    moves, rewards, visits = np.zeros((7, 7)), np.zeros(7), np.zeros(7)
    for state, reward, there in (step for episode in batch for step in episode):
        visits[state] += 1
        rewards[state] += reward
        if there is not None:
            moves[state, there] += 1
    seen = np.flatnonzero(visits)
    v = np.full(7, 0.5)
    inside = np.ix_(seen, seen)
    v[seen] = np.linalg.solve(np.diag(visits)[inside] - moves[inside], rewards[seen])
    return v


def averages(batch: list[Episode]) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    """The mean return after every visit; 0.5 where there was none."""
    total, visits = np.zeros(7), np.zeros(7)
    for episode in batch:
        outcome = episode[-1][1]  # γ = 1, and only the last reward can be other than 0
        for state, _, _ in episode:
            total[state] += outcome
            visits[state] += 1
    return np.where(visits > 0, total / np.maximum(visits, 1), 0.5)


@figure(
    "figure-6.2", "Example 6.3 and Figure 6.2: the random walk under batch updating", STATISTICAL,
    book="Batch TD was consistently better than batch Monte Carlo.",
    setup="The book's: after each new episode all so far are a batch, values begin at 0.5, 100 runs. Ours: 500 runs, "
        "batches of 1, "
          "5, 25 and 100 episodes, sums until the values stand still, V(0) where a state was never met.",
)  # fmt: skip
def figure_6_2(plan: Plan) -> Result:
    """The fixed points against what they are known to be, then their errors."""
    truth, runs, sizes = walk_values(5, 0.0, 1.0), plan.runs(500, 40), (1, 5, 25, 100)
    errors = np.zeros((2, runs, len(sizes)))
    missed = [0.0, 0.0]
    for seed in range(runs):
        episodes = walks(np.random.default_rng(seed), sizes[-1])
        for i, size in enumerate(sizes):
            batch = episodes[:size]
            fixed = certainty_equivalence(batch), averages(batch)
            for j, learner in enumerate((BatchTD(tolerance=1e-13), BatchMonteCarlo(tolerance=1e-13))):
                v = learner.fit(batch, states=7, initial=0.5, backend="compiled").v
                missed[j] = max(missed[j], float(np.abs(v - fixed[j])[1:6].max()))
                errors[j, seed, i] = np.sqrt(np.mean((v[1:6] - truth) ** 2))
    lines = [
        exact("batch TD, largest difference in all batches", missed[0], 0.0, "certainty equivalence, linear solve"),
        exact("batch Monte Carlo, largest difference in all batches", missed[1], 0.0, "mean returns"),
    ]
    for j, name in enumerate(("batch TD", "batch Monte Carlo")):
        lines += [sampled(f"RMS error, {name}, {size} episodes", list(errors[j, :, i])) for i, size in enumerate(sizes)]
    td, mc = ([line.ours for line in lines[k : k + 4]] for k in (2, 6))
    return Result(lines, [
        Claim("batch TD is ahead after 5, 25 and 100 episodes", all(t < m for t, m in zip(td[1:], mc[1:], strict=True))),
    ], "After a single episode the two are close: TD differs from the mean return only where the episode turned "
    "back.")  # fmt: skip
