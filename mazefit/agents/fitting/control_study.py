"""Does it pay to learn when to do what? A learner on `mazefit/FitControl-v0` against every fixed choice, over many seeds.

For each seed a learner of its own learns; on the way its greedy policy is tried on starts that belong to the seed and that it
does not learn from. The fixed choices (always halve, always Adam, …) are tried on the very same starts, and where a step size
is controlled also every constant one, of which the best in hindsight is kept: a harder thing to beat than any fixed action.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mazefit.agents.learning.q_learning import QLearning
from mazefit.agents.policies import EpsilonGreedy
from mazefit.agents.schedules import Linear
from mazefit.envs.fit_control_env import FitControlEnv
from mazefit.errors import Problems
from mazefit.interrupt import Interruption

Numbers = npt.NDArray[np.float64]
Choose = Callable[[int], int]

MEASURES = ("loss", "updates", "return")
APART = 1_000_000  # seeds of the starts that are tried: APART · (seed + 1), APART · (seed + 1) + 1, …


@dataclass(frozen=True, eq=False)
class ControlStudy:
    """How the learner and the fixed choices did.

    Args:
        learner: the name of the learner.
        episodes: after how many episodes the learner's greedy policy was tried, [K], from 0 on.
        learned: by measure ("loss" at the end of an episode, in the median over the seed's starts; "updates" until the
            target loss, all that the budget allows where it was not reached, and "return", in the mean), [S, K].
        fixed: the same of each fixed choice, by its name and then by measure, [S].
        stopped: whether Ctrl-C ended it before its last seed; the S seeds that were done are kept.
    """

    learner: str
    episodes: npt.NDArray[np.int64]
    learned: dict[str, Numbers]
    fixed: dict[str, dict[str, Numbers]]
    stopped: bool = False

    def curves(self, measure: str = "loss") -> dict[str, Numbers]:
        """The learner's curve and each fixed choice's, which is level, [S, K] each: as `mazefit.plots.bands` takes them.

        Raises:
            ConfigError: an unknown measure.
        """
        problems = Problems("ControlStudy.curves")
        problems.choice("measure", measure, MEASURES)
        problems.raise_if_any()
        level = {name: np.repeat(each[measure][:, None], len(self.episodes), axis=1) for name, each in self.fixed.items()}
        return {self.learner: self.learned[measure], **level}

    def better(self, measure: str = "loss") -> dict[str, float]:
        """By fixed choice, the share of seeds in which what was learned at the end did better than it; a tie counts half."""
        curves = self.curves(measure)
        sign = 1.0 if measure == "return" else -1.0
        mine = sign * curves.pop(self.learner)[:, -1]
        return {name: float(np.mean(0.5 + 0.5 * np.sign(mine - sign * each[:, -1]))) for name, each in curves.items()}


def control_study(
    learner: Any = None,
    *,
    control: str = "step_size",
    task: Any = "line",
    seeds: Sequence[int] = tuple(range(30)),
    episodes: int = 300,
    checks: int = 12,
    starts: int = 10,
    reward: str = "log",
    progress: Callable[[int, int], object] | None = None,
    **arguments: Any,
) -> ControlStudy:
    """Let a learner learn from each seed, and hold it against each fixed choice.

    Args:
        learner: any learner of action values; None takes Q-learning with discount 0.8, its step size falling from 0.5 to 0.05
            and its ε from 0.5 to 0.02 over 4,000 actions.
        control, task: as of `mazefit/FitControl-v0`.
        seeds: one learner each.
        episodes: that each learns from.
        checks: how often its policy is tried after the beginning, evenly over them.
        starts: on so many starts.
        reward: as of the environment; by its logarithm a loss that is nearly reached still pays.
        progress: called after each seed with (seeds done, seeds in all).
        arguments: whatever else the environment takes.

    Raises:
        ConfigError: a number is out of range, or the environment refuses an argument.
        KeyboardInterrupt: Ctrl-C before the first seed was done; later it ends the study, which keeps what was done.
    """
    problems = Problems("control_study")
    problems.integer("episodes", episodes, 1)
    problems.integer("checks", checks, 1)
    problems.integer("starts", starts, 1)
    problems.check(len(seeds) > 0, "seeds: expected at least one, got none")
    problems.raise_if_any()
    if learner is None:
        rates = {name: Linear(0.5, last, 4_000) for name, last in (("step_size", 0.05), ("epsilon", 0.02))}
        learner = QLearning(step_size=rates["step_size"], discount=0.8, policy=EpsilonGreedy(rates["epsilon"]))
    given: dict[str, Any] = {"control": control, "task": task, "reward": reward, **arguments}
    env = FitControlEnv(**given)
    when = np.unique(np.linspace(0, episodes, checks + 1).round().astype(np.int64))
    learned = {measure: np.empty((len(seeds), len(when))) for measure in MEASURES}
    fixed: dict[str, dict[str, Numbers]] = {
        name: {measure: np.empty(len(seeds)) for measure in MEASURES} for name in env.action_names
    }
    held = _constants(given) if control == "step_size" else {}
    constant = {name: {measure: np.empty(len(seeds)) for measure in MEASURES} for name in held}
    done = 0
    with Interruption() as ask:
        for row, seed in enumerate(seeds):
            tried = [APART * (int(seed) + 1) + k for k in range(starts)]
            for action, name in enumerate(env.action_names):
                _note(fixed[name], row, _try(env, lambda state, action=action: action, tried))
            for name, other in held.items():
                _note(constant[name], row, _try(other, lambda state: 1, tried))
            try:
                _learn(learner, env, int(seed), when, tried, learned, row)
            except KeyboardInterrupt:
                break
            done = row + 1
            if progress is not None:
                progress(done, len(seeds))
            if ask.asked:
                break
    if not done:
        raise KeyboardInterrupt
    learned = {measure: values[:done] for measure, values in learned.items()}
    fixed, constant = (
        {name: {measure: values[:done] for measure, values in each.items()} for name, each in those.items()}
        for those in (fixed, constant)
    )
    if constant:
        name = min(constant, key=lambda each: float(np.median(constant[each]["loss"])))
        fixed[name] = constant[name]
    return ControlStudy(getattr(learner, "name", type(learner).__name__), when, learned, fixed, done < len(seeds))


def _learn(
    learner: Any,
    env: FitControlEnv,
    seed: int,
    when: npt.NDArray[np.int64],
    tried: Sequence[int],
    learned: dict[str, Numbers],
    row: int,
) -> None:
    """Let one learner learn, and note after each of these numbers of episodes how its greedy policy does."""
    run: Any = None
    for column, episodes in enumerate(when.tolist()):
        how: dict[str, Any] = {"seed": seed} if run is None else {"resume": run}
        run = learner.learn(env, episodes=episodes, **how)
        best = run.q.argmax(axis=1)
        _note(learned, (row, column), _try(env, lambda state, best=best: int(best[state]), tried))


def _note(measures: dict[str, Numbers], place: Any, found: tuple[float, float, float]) -> None:
    for measure, value in zip(MEASURES, found, strict=True):
        measures[measure][place] = value


def _constants(given: dict[str, Any]) -> dict[str, FitControlEnv]:
    """An environment for each step size that can be reached: there it is held from the first update on."""
    plain = FitControlEnv(**given)
    found: dict[str, FitControlEnv] = {}
    for setting in range(plain.settings):
        size = plain.smallest * 2.0**setting
        held: dict[str, Any] = {**given, "step_size": size, "halvings": 0, "doublings": 0}
        found[f"constant {size:g}"] = FitControlEnv(**held)
    return found


def _try(env: FitControlEnv, choose: Choose, seeds: Sequence[int]) -> tuple[float, float, float]:
    """A policy on some starts: the median of the last losses, the means of updates and of returns."""
    losses: list[float] = []
    updates: list[float] = []
    gains: list[float] = []
    for seed in seeds:
        state, info = env.reset(seed=seed)
        gain, terminated, over = 0.0, False, False
        while not over:
            state, reward, terminated, truncated, info = env.step(choose(state))
            gain += reward
            over = terminated or truncated
        loss = info["loss"]
        losses.append(loss if loss <= env.loss_range else env.loss_range)
        updates.append(info["updates"] if terminated else env.budget * env.updates)
        gains.append(gain)
    return float(np.median(losses)), float(np.mean(updates)), float(np.mean(gains))
