"""The checks that every learner passes, and at least one of which falls when a mistake is planted."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache, cached_property
from itertools import pairwise
from typing import Any

import gymnasium
import numpy as np

from mazefit.agents import (
    DoubleQLearning,
    DynaQ,
    EpsilonGreedy,
    ExpectedSarsa,
    LearnedPrioritizedSweeping,
    MonteCarloControl,
    NStepSarsa,
    NStepTD,
    OffPolicyNStepSarsa,
    PerVisit,
    PolicyEvaluation,
    QLearning,
    QSigma,
    RMax,
    Run,
    Sarsa,
    SarsaLambda,
    TreeBackup,
    ValueIteration,
    WatkinsQLambda,
    solve,
)
from mazefit.agents.learning.double_q_learning import double_q_learning_update
from mazefit.agents.learning.q_learning import q_learning_update
from mazefit.agents.world import tables_of
from mazefit.backup.one_step import CELL, PLANNING, TERMINATED, TRUNCATED
from mazefit.envs.maze import Maze
from mazefit.envs.tables import TabularMDP
from tests.agents.learning.n_step_cases import by_the_book, columns, dag, fed, start
from tests.agents.learning.traced import backward_sums, forward_sums, near, still
from tests.agents.planners import five_by_five, four_by_four
from tests.agents.test_policy_evaluation import FIGURE_4_1
from tests.planted import boxes

ACTS = EpsilonGreedy(0.4)


def round_trip() -> TabularMDP:
    """Episodes end where others begin: what is beyond an end has a value here, and it must not count."""
    return TabularMDP(
        next_state=[[1, 2], [2, 0], [0, 1]],
        reward=[[-1.0, 0.5], [2.0, 3.0], [-2.0, 1.0]],
        terminated=[[False, False], [False, True], [True, False]],
        start=0,
    )


@cache
def worlds() -> tuple[Any, ...]:
    """Ends that have values, a time limit, chance, and a maze to get lost in."""
    return (
        round_trip(),
        gymnasium.make("mazefit/Maze-v0", maze=Maze.from_text("S..\n...\n..G"), max_episode_steps=7),
        gymnasium.make("FrozenLake-v1", max_episode_steps=40),
        Maze.generate(2, 3, "wilson", seed=2, loops=0.5),
    )


def goes(learner: Any, env: Any, steps: int, **more: Any) -> Run:
    """A traced run of the plain loop, by steps: a mistake may keep an episode from ever ending."""
    return start(learner, env, steps=steps, trace=True, backend="python", **{"seed": 1, **more})


@dataclass(frozen=True)
class Case:
    """A learner or planner, the book's box for it, and what else is known of it."""

    learner: Any
    box: Callable[[Any, Any], Any] | None = None
    identity: Callable[[], None] | None = None
    more: tuple[str, ...] = ()


class Witness:
    """One look at a case, as the code stands now: the same runs for all checks."""

    def __init__(self, case: Case) -> None:
        self.case, self.learner = case, case.learner

    @cached_property
    def runs(self) -> list[tuple[Any, Run]]:
        """Of every world; the first with values all over the place."""
        found: list[tuple[Any, Run]] = []
        for i, env in enumerate(worlds()):
            given: dict[str, Any] = {}
            if i == 0 and not isinstance(self.learner, RMax):
                shape = 3 if self.learner.kind == "prediction" else (3, 2)
                given["initial"] = np.random.default_rng(0).normal(size=shape)
            found.append((env, goes(self.learner, env, 25 if isinstance(self.learner, RMax) else 80, **given)))
        return found

    def fallen(self) -> set[str]:
        """The names of the checks that fall."""
        found = set[str]()
        for name in self.names():
            try:
                getattr(self, name)()
            except (AssertionError, ValueError):  # SpecError is a ValueError
                found.add(name)
        return found

    def names(self) -> tuple[str, ...]:
        """Of all checks that are made of this case."""
        if self.learner.kind == "planning":
            return "spec", *self.case.more
        identity = () if self.case.identity is None else ("identity",)
        return "spec", "box", "replay", "marks", "chain", *identity, *self.case.more

    def spec(self) -> None:
        """Every traced update is its diagram, in shape and in numbers."""
        runs = [self.planned()] if self.learner.kind == "planning" else [run for _, run in self.runs]
        for run in runs:
            assert run.trace is not None
            for backup in run.trace:
                self.learner.rule.spec.check(backup, n=getattr(self.learner, "n", None))

    def box(self) -> None:
        """Other code, given the same experience, comes to the same values."""
        for _, run in self.runs:
            assert run.trace is not None
            assert self.case.box is not None
            found, told = run.v if self.learner.kind == "prediction" else run.q, self.case.box(self.learner, run.trace)
            assert np.abs(found - np.reshape(told, found.shape)).max() <= 1e-11 * max(1.0, np.abs(found).max())

    def replay(self) -> None:
        """The log alone gives the run's tables, to the bit."""
        for _, run in self.runs:
            assert run.trace is not None
            again = run.trace.tables_at(run.trace.rows.end)
            assert all(again[name].tobytes() == table.tobytes() for name, table in run.tables.items())

    def marks(self) -> None:
        """Rows say that an episode has ended where the world says so, and nowhere else."""
        for env, run in self.runs:
            assert run.trace is not None
            transitions = tables_of(env).P
            for mark, cell, following, reward in boxes.rows_of(run.trace):
                if mark & PLANNING:
                    continue
                arrival = following // run.settings["actions"] if run.trace.rule.pairs else following
                outcomes = transitions[cell // run.settings["actions"]][cell % run.settings["actions"]]
                ends = {bool(ended) for p, s, r, ended in outcomes if p > 0.0 and (s, r) == (arrival, reward)}
                assert bool(mark & TERMINATED) in ends

    def chain(self) -> None:
        """A step sets out from where the one before arrived, with the action that its update looked at."""
        for _, run in self.runs:
            assert run.trace is not None
            real = [row for row in boxes.rows_of(run.trace) if not row[0] & PLANNING]
            width = 1 if run.trace.rule.pairs else run.settings["actions"]
            for (mark, _, following, _), (_, cell, _, _) in pairwise(real):
                assert mark & (TERMINATED | TRUNCATED) or following == cell // width

    def identity(self) -> None:
        """It is another algorithm where it should be."""
        assert self.case.identity is not None
        self.case.identity()

    def exact(self) -> None:
        """With α = 1 and everything tried often, the values are the exact ones."""
        for seed in range(2):
            maze = Maze.generate(2, 3, "wilson", seed=seed, loops=0.5)
            learner = replace(self.learner, step_size=1.0, policy=EpsilonGreedy(1.0))
            found = learner.learn(maze, steps=1500, seed=seed, backend="python").q
            tried = found != 0.0  # each step costs 1; what lies behind the goal is never seen
            assert tried.sum() >= 28
            np.testing.assert_allclose(found[tried], solve(maze, learner.discount).q[tried], rtol=1e-12)

    def choices(self) -> None:
        """Actions come as often as π(a|s) says, tied ones alike; and so the goal of the Dyna maze is found."""
        for row in np.random.default_rng(0).integers(0, 3, size=(20, 4)).astype(float):
            taken = np.bincount([self.learner.policy.act(row, (k + 0.5) / 500) for k in range(500)], minlength=4) / 500
            assert np.abs(taken - self.learner.policy.probabilities(row)).max() < 0.01
        run = goes(self.learner, Maze.named("dyna").mdp(0.0, 0.0), 2000)
        assert run.trace is not None
        taken = np.bincount((run.trace.rows.column("cell") & CELL) % 4, minlength=4) / 2000
        assert np.abs(taken - 0.25).max() < 0.04
        assert replace(self.learner, policy=EpsilonGreedy(0.1)).learn(
            Maze.named("dyna"), steps=6000, seed=0, backend="python"
        ).episodes > 0  # fmt: skip

    def model(self) -> None:
        """A planned row says what its pair did when it was last tried."""
        for _, run in self.runs:
            assert run.trace is not None
            newest: dict[int, tuple[int, float, int]] = {}
            for mark, cell, following, reward in boxes.rows_of(run.trace):
                told = following, reward, mark & TERMINATED
                if not mark & PLANNING:
                    newest[cell] = told
                assert newest[cell] == told

    def views(self) -> None:
        """Held still, what the traces do is what the λ-returns ask for."""
        kind, learner = type(self.learner), self.learner
        trace = still(kind, 1, steps=60, lambda_=0.8, discount=0.9, replacing=learner.replacing)
        assert near(backward_sums(trace, 60), forward_sums(trace, 60))

    def world(self) -> TabularMDP:
        """A grid on which two arrays and one differ: for the best actions of figure 4.1 they would not."""
        return five_by_five() if isinstance(self.learner, ValueIteration) else four_by_four()

    def planned(self) -> Run:
        """Six sweeps."""
        return replace(self.learner, max_sweeps=6).solve(self.world(), trace=True)

    def sweeps(self) -> None:
        """Sweep by sweep the values are those of two arrays."""
        run, best = self.planned(), isinstance(self.learner, ValueIteration)
        assert run.trace is not None
        for k, v in enumerate(boxes.sweeps(self.world(), self.learner.discount, run.steps, best=best)):
            np.testing.assert_allclose(run.trace.replay(k).v, v, rtol=1e-12)

    def figure(self) -> None:
        """The numbers printed in figure 4.1."""
        trace = self.planned().trace
        assert trace is not None
        for k, printed in FIGURE_4_1.items():
            assert trace.replay(k).v[:8].tolist() == printed

    def limit(self) -> None:
        """Where the sweeps come to rest."""
        found = replace(self.learner, discount=0.8, max_sweeps=2000).solve(self.world()).v
        best = isinstance(self.learner, ValueIteration)
        np.testing.assert_allclose(found, boxes.sweeps(self.world(), 0.8, 150, best=best)[-1], rtol=1e-11, atol=1e-11)


# What is another algorithm where ---------------------------------------------------------------------------------------------


def alike(one: Any, other: Any) -> Callable[[], None]:
    """Two learners go the same way and learn the same, to the bit."""

    def check() -> None:
        for env in worlds()[1:]:
            assert goes(one, env, 80).v.tobytes() == goes(other, env, 80).v.tobytes()

    return check


def taught(learner: Any, teacher: Any) -> Callable[[], None]:
    """A learner that is given the experience of another learns the same, to rounding."""

    def check() -> None:
        for env in worlds()[1:]:
            run = goes(teacher, env, 80)
            assert run.trace is not None
            rows = columns(run.trace)
            if run.trace.rule.pairs and not learner.rule.pairs:
                rows["next"] = rows["next"] // 4
            assert np.abs(fed(learner, env, rows) - run.q.reshape(-1)).max() <= 1e-12

    return check


def monte_carlo_is_a_long_n() -> None:
    """Where no state comes twice."""
    env = dag(3)
    common: dict[str, Any] = {"step_size": 0.3, "discount": 0.9}
    many = goes(NStepSarsa(**common, policy=ACTS, n=99), env, 300)
    whole = goes(MonteCarloControl(**common, policy=ACTS, first_visit=False), env, 300)
    assert many.q.tobytes() == whole.q.tobytes()


def tied_tables() -> None:
    """Two tables that hold the same have the target of one."""
    q = np.random.default_rng(0).normal(size=12)
    for cell in range(12):
        arguments = cell, -0.5, cell // 4, False, 0.3, 0.9, (0, 1, 2)
        assert double_q_learning_update.python(q.copy(), q, *arguments) == q_learning_update.python(q.copy(), *arguments)


ONE: dict[str, Any] = {"step_size": 0.3, "discount": 0.9, "policy": ACTS}
FEW: dict[str, Any] = {"step_size": 0.05, "discount": 0.8, "policy": EpsilonGreedy(0.5), "n": 3}
ANY: dict[str, Any] = {**FEW, "policy": EpsilonGreedy(1.0)}

CASES: dict[str, Case] = {
    "q-learning": Case(QLearning(**ONE), boxes.one_step, None, ("exact", "choices")),
    "sarsa": Case(Sarsa(**ONE), boxes.one_step, alike(Sarsa(**ONE), NStepSarsa(**ONE, n=1)), ("choices",)),
    "expected-sarsa": Case(ExpectedSarsa(**ONE), boxes.one_step, alike(ExpectedSarsa(**ONE), TreeBackup(**ONE, n=1))),
    "double-q-learning": Case(DoubleQLearning(**ONE), boxes.one_step, tied_tables),
    "dyna-q": Case(
        DynaQ(**ONE, planning_steps=2), boxes.one_step, alike(DynaQ(**ONE, planning_steps=0), QLearning(**ONE)),
        ("exact", "model"),
    ),
    "dyna-q per visit": Case(DynaQ(PerVisit(), 0.9, ACTS, planning_steps=2), boxes.one_step, None, ("model",)),
    "prioritized sweeping": Case(
        LearnedPrioritizedSweeping(**ONE, planning_steps=3, threshold=0.0), boxes.one_step, None, ("exact", "model")
    ),
    "r-max": Case(RMax(discount=0.9, known_after=3, tolerance=1e-3), boxes.r_max),
    "monte carlo": Case(MonteCarloControl(**ONE, first_visit=False), boxes.monte_carlo, monte_carlo_is_a_long_n),
    "first-visit monte carlo": Case(MonteCarloControl(PerVisit(), 0.9, ACTS), boxes.monte_carlo),
    "n-step td": Case(NStepTD(step_size=0.3, discount=0.8, n=3), by_the_book),
    "n-step sarsa": Case(NStepSarsa(**FEW), by_the_book, alike(Sarsa(**ONE), NStepSarsa(**ONE, n=1))),
    "off-policy n-step sarsa": Case(
        OffPolicyNStepSarsa(**FEW, target=EpsilonGreedy(0.3)), by_the_book,
        alike(OffPolicyNStepSarsa(**ANY, target=EpsilonGreedy(1.0)),
              NStepSarsa(**ANY)),
    ),
    "tree backup": Case(TreeBackup(**FEW), by_the_book, taught(TreeBackup(**FEW), QSigma(**FEW, sigma=0.0))),
    "q-sigma": Case(
        QSigma(**FEW, sigma=0.5, target=EpsilonGreedy(0.3)), by_the_book, taught(TreeBackup(**FEW), QSigma(**FEW, sigma=0.0))
    ),
    "sarsa-lambda": Case(
        SarsaLambda(**ONE, replacing=True), boxes.traces, alike(SarsaLambda(**ONE, lambda_=0.0), Sarsa(**ONE)), ("views",)
    ),
    "watkins": Case(
        WatkinsQLambda(**ONE), boxes.traces, alike(WatkinsQLambda(**ONE, lambda_=0.0), QLearning(**ONE)), ("views",)
    ),
    "policy evaluation": Case(PolicyEvaluation(), more=("sweeps", "figure", "limit")),
    "value iteration": Case(ValueIteration(0.9), more=("sweeps", "limit")),
}  # fmt: skip
