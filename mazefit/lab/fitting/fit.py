"""Optimizers as agents, as a command: four of them from one start, held against PyTorch's, replayed, drawn and told.

fit(UpdatesConfig(task="sine"))        0, and a folder out/fit with figures and numbers
"""

from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import torch

from mazefit.agents.fitting import Adam, FitRun, GradientDescent, Momentum, RMSprop
from mazefit.envs.fit_control_env import RATES
from mazefit.envs.fit_env import FitEnv
from mazefit.lab.announce import drawn_language
from mazefit.lab.fitting.config import UpdatesConfig
from mazefit.lab.fitting.drawn_backup import DrawnBackup
from mazefit.lab.fitting.phrases import say
from mazefit.lab.page import Page, number
from mazefit.lab.results import claim, finish, kept, nothing, write_rows
from mazefit.plots.bands import plot_bands
from mazefit.plots.bowl import plot_bowl
from mazefit.supervised.regression.bowl import bowl
from mazefit.tasks.points import Numbers
from mazefit.words import Language, check_language

TABLES, FIGURES = ("losses.csv",), ("fit", "backup")
NEAR = 1e-12  # a difference up to which two ways are called one
SHOWN = "adam"  # whose largest update is drawn


def fit(config: UpdatesConfig) -> int:
    """Let the four act and tell what came of it.

    Args:
        config: the settings.

    Returns:
        The exit code: 0, or 130 where Ctrl-C stopped it.

    Raises:
        MazefitError: something is wrong; before anything was fitted, unless results could not be written.
    """
    language = check_language(config.lang)
    config.check()
    env = FitEnv(config.task, budget=config.total)
    folder = claim(config, TABLES, FIGURES)
    page = Page(language, say)
    page.heading("fit.begin", task=config.task, parameters=f"{env.size:,}", seed=config.seed, epochs=f"{config.total:,}")
    page.text("fit.means")
    page.print()
    try:
        runs = {agent.name: agent.learn(env, seed=config.seed, trace=True) for agent in agents(config.task)}
    except KeyboardInterrupt:
        return nothing(page)
    return kept(lambda: _tell(page, config, env, runs, folder))


def agents(task: str) -> tuple[Any, ...]:
    """The four with the step sizes of that task."""
    descent, momentum, rmsprop, adam = RATES[task]
    return GradientDescent(descent), Momentum(momentum), RMSprop(rmsprop), Adam(adam)


def apart(env: FitEnv, run: FitRun) -> tuple[Numbers, Numbers]:
    """How far `torch.optim` is from a run after each update, the farthest parameter, [steps] each.

    Returns:
        Of single updates, each begun where the run stood; and of the whole way, begun together and left alone.
    """
    single, whole = (torch.tensor(run.path[0].copy(), requires_grad=True) for _ in range(2))
    optimizers = [(_of_torch(run.algorithm, w), w) for w in (single, whole)]
    found = np.empty((2, run.steps))
    for step, (before, after) in enumerate(pairwise(run.path)):
        with torch.no_grad():
            single.copy_(torch.from_numpy(before))
        for row, (optimizer, w) in enumerate(optimizers):
            w.grad = torch.from_numpy(env.task.loss_and_gradient(w.detach().numpy())[1])
            optimizer.step()
            found[row, step] = np.abs(w.detach().numpy() - after).max()
    return found[0], found[1]


def _of_torch(agent: Any, w: torch.Tensor) -> torch.optim.Optimizer:
    """PyTorch's optimizer with the constants of an agent."""
    if isinstance(agent, Adam):
        return torch.optim.Adam([w], agent.step_size, betas=(agent.beta1, agent.beta2), eps=agent.epsilon)
    if isinstance(agent, RMSprop):
        return torch.optim.RMSprop([w], agent.step_size, alpha=agent.decay, eps=agent.epsilon)
    return torch.optim.SGD([w], agent.step_size, momentum=getattr(agent, "momentum", 0.0))


def _tell(page: Page, config: UpdatesConfig, env: FitEnv, runs: Mapping[str, FitRun], folder: Path) -> int:
    """Everything after the fits."""
    _table(page, env, runs)
    _torch(page, env, runs)
    traces = {name: run.trace for name, run in runs.items() if run.trace is not None}
    same = all(trace.replay().v.tobytes() == runs[name].parameters.tobytes() for name, trace in traces.items())
    rows = sum(len(trace) for trace in traces.values())
    each = next(iter(traces.values())).rows
    size = sum(np.dtype(kind).itemsize for kind in each.schema.values())
    page.heading("fit.trace")
    page.text("fit.rows", rows=f"{rows:,}", bytes=size, how=page.say("fit.same" if same else "fit.other"))
    language = drawn_language(page.language)
    pictures: dict[str, Any] = {"fit": _picture(config, env, runs, language)}
    trace = runs[SHOWN].trace
    if trace is not None and len(trace):
        step, cell = np.unravel_index(int(np.abs(np.diff(runs[SHOWN].path, axis=0)).argmax()), (runs[SHOWN].steps, env.size))
        backup = trace[int(step) * env.size + int(cell)]
        pictures["backup"] = DrawnBackup(backup, language)
        page.text("fit.backup", agent=SHOWN, step=f"{int(step) + 1:,}", name=env.names[int(cell)])
    losses = [(name, k, loss) for name, run in runs.items() for k, loss in enumerate(run.losses.tolist())]
    write_rows(folder / "losses.csv", ("agent", "update", "loss"), losses)
    return finish(page, config, folder, TABLES, pictures, stopped=False)


def _table(page: Page, env: FitEnv, runs: Mapping[str, FitRun]) -> None:
    """How each of them ended."""
    first = next(iter(runs.values())).losses[0]
    page.heading("fit.agents", loss=number(float(first), 5), target=number(env.target_loss, 4))
    keys = ("fit.agent", "fit.step size", "fit.updates", "fit.end", "fit.last", "fit.return")
    rows = [[page.say(key) for key in keys]]
    for name, run in runs.items():
        spent = run.truncated and run.steps >= env.budget and run.losses[-1] <= env.loss_range
        end = page.say("fit.reached" if run.terminated else "fit.spent" if spent else "fit.outside")
        size, last = f"{run.algorithm.step_size:g}", float(run.losses[-1])
        rows.append([name, size, f"{run.steps:,}", end, number(last, 5), number(run.gain, 5)])
    page.table(rows)


def _torch(page: Page, env: FitEnv, runs: Mapping[str, FitRun]) -> None:
    """How far PyTorch's optimizers go another way."""
    rows = [[page.say(key) for key in ("fit.agent", "fit.single", "fit.whole", "fit.together")]]
    for name, run in runs.items():
        single, whole = apart(env, run)
        away = np.flatnonzero(~(whole <= NEAR))
        together = f"{int(away[0]) if len(away) else run.steps:,}"
        rows.append([name, *(number(float(each.max(initial=0.0)), 2) for each in (single, whole)), together])
    page.heading("fit.torch")
    page.table(rows)
    page.text("fit.chaos")


def _picture(config: UpdatesConfig, env: FitEnv, runs: Mapping[str, FitRun], language: Language) -> Any:
    """The bowl of a line with the ways in it; of more parameters the losses."""
    title, note = say("fit.title", language, task=config.task), say("fit.note", language, seed=config.seed)
    named = {f"{name} {run.algorithm.step_size:g}": run for name, run in runs.items()}
    if env.size == 2:
        valley = bowl(env.task.x, env.task.y)
        ways = {name: run.path for name, run in named.items()}
        return plot_bowl(valley.bottom, valley.matrix, valley.best.loss, ways, title=title, note=note, language=language)
    longest = max(len(run.losses) for run in named.values())
    losses = {name: _resting(run.losses, longest)[None] for name, run in named.items()}
    levels = {say("fit.target", language, loss=number(env.target_loss, 3)): env.target_loss}
    figure = plot_bands(np.arange(longest), losses, levels=levels, title=title, note=note, language=language)
    figure.axes[0].set_xlabel(say("fit.updates", language))
    return figure


def _resting(losses: Numbers, length: int) -> Numbers:
    """Losses that stay what they are once the episode is over, [length]."""
    return np.concatenate([losses, np.full(length - len(losses), losses[-1])])
