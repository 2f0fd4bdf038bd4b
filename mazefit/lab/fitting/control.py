"""A steered fit as a command: what agents learned about when to do what, against every fixed choice, drawn and told.

control(ControlConfig(quick=True))        0, and a folder out/control with figures and numbers
"""

from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
from matplotlib.ticker import FuncFormatter

from mazefit.agents.fitting import ControlStudy, control_study
from mazefit.envs.fit_control_env import FitControlEnv
from mazefit.lab.announce import drawn_language
from mazefit.lab.bars import epochs_of_all
from mazefit.lab.fitting.config import ControlConfig
from mazefit.lab.fitting.phrases import say
from mazefit.lab.page import Page, number, percent
from mazefit.lab.results import claim, finish, kept, nothing, write_rows
from mazefit.plots.bands import plot_bands
from mazefit.words import Language, amount, check_language

TABLES, FIGURES = ("control.csv",), ("loss", "updates")
CONSTANT = "constant "  # what the study puts before a step size that was held


def control(config: ControlConfig) -> int:
    """Run the study and tell what came of it.

    Args:
        config: the settings.

    Returns:
        The exit code: 0, or 130 where Ctrl-C stopped it; the seeds that were done are told.

    Raises:
        MazefitError: something is wrong; before anything was learned, unless results could not be written.
    """
    language = check_language(config.lang)
    config.check()
    env = FitControlEnv(config.task, control=config.control, updates=config.total, reward=config.reward)
    folder = claim(config, TABLES, FIGURES)
    page = Page(language, say)
    page.heading(f"control.begin {config.control}", task=config.task, seeds=f"{config.count:,}")
    page.text("control.means", updates=config.total, episodes=f"{config.lives:,}", starts=f"{config.tries:,}")
    page.print()
    began = perf_counter()
    try:
        with epochs_of_all(language, "seed") as progress:
            study = control_study(
                control=config.control,
                task=config.task,
                seeds=range(config.seed, config.seed + config.count),
                episodes=config.lives,
                starts=config.tries,
                updates=config.total,
                reward=config.reward,
                progress=progress,
            )
    except KeyboardInterrupt:
        return nothing(page)
    seconds = perf_counter() - began
    return kept(lambda: _tell(page, config, env, study, folder, seconds))


def _tell(page: Page, config: ControlConfig, env: FitControlEnv, study: ControlStudy, folder: Path, seconds: float) -> int:
    """Everything after the study."""
    page.text("control.seconds", seconds=number(seconds, 3))
    done = len(study.learned["loss"])
    if study.stopped:
        page.text("control.stopped", done=f"{done:,}", full=f"{config.count:,}")
    losses, updates = study.curves("loss"), study.curves("updates")
    better = {measure: study.better(measure) for measure in ("loss", "updates")}
    keys = ("choice", "loss", "updates", "better loss", "better updates")
    rows = [[page.say(f"control.{key}") for key in keys]]
    for name, curve in losses.items():
        medians = [number(float(np.median(each[:, -1])), 4) for each in (curve, updates[name])]
        shares = [percent(better[measure][name], 0) if name in better[measure] else "" for measure in ("loss", "updates")]
        rows.append([called(name, study, page.language), *medians, *shares])
    page.heading("control.end", episodes=f"{config.lives:,}", seeds=f"{done:,}")
    page.table(rows)
    page.text("control.ties", most=f"{env.budget * env.updates:,}")
    for name in study.fixed:
        if name.startswith(CONSTANT):
            page.text("control.hindsight", name=called(name, study, page.language))
    _write(folder, config, study)
    language = drawn_language(page.language)
    pictures = {measure: _picture(config, env, study, measure, language) for measure in FIGURES}
    return finish(page, config, folder, TABLES, pictures, study.stopped)


def called(name: str, study: ControlStudy, language: Language) -> str:
    """What a choice is called."""
    if name == study.learner:
        return say("learner", language, name=name)
    if name.startswith(CONSTANT):
        return say("constant", language, size=name.removeprefix(CONSTANT))
    return say(name, language) if name in ("halve", "keep", "double") else say("always", language, name=name)


def _picture(config: ControlConfig, env: FitControlEnv, study: ControlStudy, measure: str, language: Language) -> Any:
    """The learner's curve among the fixed choices."""
    runs = {called(name, study, language): curve for name, curve in study.curves(measure).items()}
    figure = plot_bands(
        study.episodes,
        runs,
        levels={say("control.target", language): env.target_loss} if measure == "loss" else None,
        label=say(f"control.{measure} label", language),
        title=say(f"control.title {config.control}", language, task=config.task),
        note=say("control.note", language, seeds=len(study.learned["loss"]), starts=config.tries),
        language=language,
    )
    axes = figure.axes[0]
    axes.set_xlabel(say("control.learned", language))
    if axes.get_yscale() == "linear":  # losses of fits that have nearly arrived differ in the fourth digit
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: amount(float(value), 4)))
    return figure


def _write(folder: Path, config: ControlConfig, study: ControlStudy) -> None:
    """Every number of every seed."""
    curves = {measure: study.curves(measure) for measure in ("loss", "updates", "return")}
    rows = [
        (name, config.seed + i, episodes, *(float(curves[measure][name][i, k]) for measure in curves))
        for name in curves["loss"]
        for i in range(len(study.learned["loss"]))
        for k, episodes in enumerate(study.episodes.tolist())
        if name == study.learner or k == 0
    ]
    write_rows(folder / "control.csv", ("choice", "seed", "episodes", "loss", "updates", "return"), rows)
