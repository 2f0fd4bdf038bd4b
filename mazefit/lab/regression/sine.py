"""The sine as a command: four optimizers from the same starts, ranked with the doubt that is left, drawn, and told.

sine(SineConfig(seeds=100))        0, and a folder out/sine with figures and numbers
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from mazefit.lab.announce import drawn_language
from mazefit.lab.bars import epochs_of_all
from mazefit.lab.page import Page, fixed, number, percent
from mazefit.lab.regression.config import SineConfig
from mazefit.lab.regression.own_points import Points, given, read, tell_own
from mazefit.lab.regression.phrases import say
from mazefit.lab.regression.pictures import network_picture
from mazefit.lab.regression.sine_chain import as_written
from mazefit.lab.regression.sine_rates import rates
from mazefit.lab.results import claim, finish, kept, nothing, write_rows
from mazefit.plots.bands import plot_bands, quantiles
from mazefit.plots.sine import plot_sine
from mazefit.supervised.regression import sine as page_of_sine
from mazefit.supervised.regression.sine import ACTIVATION, HIDDEN, KNOWN
from mazefit.tasks import sine as one_period
from mazefit.training import Study, StudyInterrupted
from mazefit.training.study_table import quantile
from mazefit.words import Language, check_language

TABLES = ("study.csv", "losses.csv")
FIGURES = ("sine", "network", "rates", "chain")


def sine(config: SineConfig) -> int:
    """Run the fair study, the sweep of rates, or the replay of what the tutorial did; tell what came of it.

    Args:
        config: the settings.

    Returns:
        The exit code: 0, or 130 where Ctrl-C stopped it (starts that are done are kept).

    Raises:
        MazefitError: something is wrong; before anything was fitted, unless results could not be written.
    """
    language = check_language(config.lang)
    config.check()
    points = given(one_period()) if config.data is None else read(config.data)
    folder = claim(config, (*TABLES, "rates.csv", "chain.csv"), FIGURES)
    page = Page(language, say)
    if config.as_written:
        return as_written(config, points, page, folder)
    said = {
        "epochs": f"{config.total:,}",
        "seeds": f"{config.starts:,}",
        "constants": page.say(f"constants.{config.constants}"),
    }
    sizes = "-".join(map(str, (points.task.x.shape[1], HIDDEN, 1)))
    page.heading("sine.begin own" if points.own else "sine.begin", sizes=sizes, **said)
    tell_own(page, points)
    page.print()
    stopped = False
    try:
        with epochs_of_all(language) as progress:
            study = page_of_sine.compare(
                points.task,
                seeds=range(config.seed, config.seed + config.starts),
                epochs=config.total,
                constants=config.constants,
                device=config.device,
                progress=progress,
            )
    except StudyInterrupted as stop:
        if stop.study is None:
            return nothing(page)
        study, stopped = stop.study, True
        page.text("sine.stopped", seeds=f"{len(study.seeds):,}", epochs=f"{study.epochs:,}")
    return kept(lambda: _tell(page, config, points, study, folder, stopped))


def _tell(page: Page, config: SineConfig, points: Points, study: Study, folder: Path, stopped: bool) -> int:
    """Everything after the study."""
    language = drawn_language(page.language)
    in_units(points, study).to_csv(folder / "study.csv")
    head = ("epoch", *(f"{name} {q}" for name in study.optimizers for q in ("q10", "median", "q90")))
    write_rows(folder / "losses.csv", head, _bands(in_units(points, study)))
    page.computed(study.device, study.dtype, study.backend, config.device)
    page.text("sine.seconds", fits=f"{len(study.optimizers) * len(study.seeds):,}", seconds=number(study.seconds, 3))
    ranking(page, config, points, study)
    pictures: dict[str, Any] = {"sine": _picture(points, study, language)}
    tables: list[str] = list(TABLES)
    try:
        if not stopped:
            pictures["network"] = _network(config, points, study.wins().shares[0].name, language)
        if config.rates and not stopped:
            page.print()
            pictures |= rates(config, points, page, folder)
            tables.append("rates.csv")
    except KeyboardInterrupt:  # of the network or the sweep; what stands is kept
        page.text("sine.stopped rest")
        stopped = True
    if not points.own:
        _flaws(page)
    return finish(page, config, folder, tables, pictures, stopped)


def in_units(points: Points, study: Study) -> Study:
    """The same study, its losses in the units of the points."""
    unit = points.y_scale**2
    test = None if study.test is None else study.test * unit
    return replace(study, losses=study.losses * unit, final=study.final * unit, test=test)


def ranking(page: Page, config: SineConfig, points: Points, study: Study) -> None:
    """The table of the optimizers, and what may be said of it."""
    wins, unit = study.wins(), points.y_scale**2
    known = KNOWN.get((config.constants, study.epochs)) if not points.own else None
    page.heading(
        "sine.ranking own" if points.own else "sine.ranking",
        epochs=f"{study.epochs:,}",
        seeds=f"{len(study.seeds):,}",
    )
    rows = [[page.say(key) for key in ("sine.optimizer", "sine.median", "sine.middle", "sine.won", "sine.interval")]]
    rows[0] += [page.say("sine.known")] if known is not None else []
    for i, name in enumerate(study.optimizers):
        score = np.where(study.diverged[i], np.nan, study.score[i])
        low, middle, high = (number(quantile(score, q) * unit, 3) for q in (0.1, 0.5, 0.9))
        share = wins[name]
        row = [
            name,
            middle,
            f"{low} .. {high}",
            percent(share.share),
            f"{fixed(100 * share.low, 1)} .. {fixed(100 * share.high, 1)} %",
        ]
        rows.append([*row, *([f"{number(known.medians[name], 3)}, {known.wins[name]:g} %"] if known is not None else [])])
    page.table(rows)
    first, second = wins.shares[0], wins.shares[1]
    settings = {
        "first": first.name,
        "share": percent(first.share),
        "epochs": f"{study.epochs:,}",
        "seeds": f"{len(study.seeds):,}",
    }
    page.lines.append("")
    page.text("sine.clear" if first.low > second.high else "sine.open", **settings, second=second.name)


def _bands(study: Study) -> Any:
    """One row an epoch: 10 %, median and 90 % of every optimizer."""
    columns = [quantiles(losses, (0.1, 0.5, 0.9)) for losses in study.losses]
    for k, epoch in enumerate(study.kept.tolist()):
        yield [epoch, *(float(value) for column in columns for value in column[:, k])]


def _flaws(page: Page) -> None:
    page.heading("flaws")
    page.point("sine.flaw chain")
    page.point("sine.flaw seed")
    page.point("sine.flaw rates")
    page.point("sine.flaw budget")


def _picture(points: Points, study: Study, language: Language) -> Any:
    """The three panels; with several inputs, of which no curve can be drawn, the losses alone."""
    task, names = points.task, study.optimizers
    title = say("sine.title", language, epochs=f"{study.epochs:,}")
    losses = {name: study.losses[i] * points.y_scale**2 for i, name in enumerate(names)}
    if not points.flat:
        return plot_bands(study.kept, losses, title=title, language=language)
    train, test = page_of_sine.predictions(task, study)
    fine = page_of_sine.held_out(task)[0][:, 0]
    order = np.argsort(fine)
    return plot_sine(
        points.across(task.x[:, 0]),
        points.y(task.y[:, 0]),
        points.across(fine[order]),
        None if task.truth is None else task.truth(fine[order]),
        {name: points.y(train[i]) for i, name in enumerate(names)},
        {name: points.y(test[i][:, order]) for i, name in enumerate(names)},
        study.kept,
        losses,
        title=title,
        note=say("bands.note", language, seeds=f"{len(study.seeds):,}") if len(study.seeds) > 1 else None,
        axes=(points.columns[0], points.columns[-1]),
        language=language,
    )


def _network(config: SineConfig, points: Points, name: str, language: Language) -> Any:
    """The network of the first start, as the optimizer that wins most often leaves it."""
    weights, biases = page_of_sine.one_network(
        points.task, name, seed=config.seed, epochs=config.total, constants=config.constants, device=config.device
    )
    title = say("sine.network", language, name=name, epochs=f"{config.total:,}", seed=config.seed)
    return network_picture(weights, biases, ACTIVATION, points.count, title, language)
