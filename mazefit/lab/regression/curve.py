"""The curve as a command: fitted, its layers shown, held against the line where it counts, drawn, and told.

curve(CurveConfig())        0, and a folder out/curve with figures and numbers
"""

import re
from pathlib import Path
from typing import Any

import numpy as np

from mazefit.lab.announce import drawn_language
from mazefit.lab.bars import epochs_bar
from mazefit.lab.page import Page, number
from mazefit.lab.regression.config import CurveConfig
from mazefit.lab.regression.own_points import Points, given, read, tell_own
from mazefit.lab.regression.phrases import say
from mazefit.lab.regression.pictures import network_picture, predictions
from mazefit.lab.results import claim, finish, kept, write_losses, write_rows
from mazefit.plots.fit import Curve, plot_fit
from mazefit.supervised.regression import curve as page_of_curve
from mazefit.supervised.regression.curve import ACTIVATION, LEARNING_RATE, CurveFit
from mazefit.supervised.regression.verdict import against
from mazefit.tasks import curve as ten_points
from mazefit.training import StudyInterrupted
from mazefit.words import Language, check_language

TABLES, FIGURES = ("history.csv", "predictions.csv"), ("curve", "network")
SHOWN = 10  # losses that are printed
FEW = 30  # points up to which each is left out once
LEFT_OUT_STARTS = 20


def curve(config: CurveConfig) -> int:
    """Fit the curve and tell what came of it.

    Args:
        config: the settings.

    Returns:
        The exit code: 0, or 130 where Ctrl-C stopped it (what was fitted is kept).

    Raises:
        MazefitError: something is wrong; before anything was fitted, unless results could not be written.
    """
    language = check_language(config.lang)
    config.check()
    points = given(ten_points()) if config.data is None else read(config.data)
    folder = claim(config, TABLES, FIGURES)
    page = Page(language, say)
    page.heading(
        "curve.begin", count=f"{points.count:,}", rate=f"{LEARNING_RATE:g}", epochs=f"{config.total:,}", seed=config.seed
    )
    tell_own(page, points)
    page.print()
    bar = [epochs_bar(language)]
    fitted = page_of_curve.fit(points.task, epochs=config.total, seed=config.seed, device=config.device, callbacks=bar)
    return kept(lambda: _tell(page, config, points, fitted, folder))


def _tell(page: Page, config: CurveConfig, points: Points, fitted: CurveFit, folder: Path) -> int:
    """Everything after the fitting."""
    losses, stopped = fitted.losses * points.y_scale**2, fitted.stopped
    write_losses(folder / "history.csv", ("loss",), losses[:, None])
    asked = points.x(points.task.x).tolist(), points.y(points.task.y[:, 0]).tolist(), points.y(fitted.predictions).tolist()
    write_rows(
        folder / "predictions.csv", (*points.columns, "prediction"), ([*x, y, said] for x, y, said in zip(*asked, strict=True))
    )
    page.computed(str(fitted.choice.device), fitted.choice.precision, fitted.choice.backend, config.device)
    page.heading("curve.layers", shapes=" → ".join(f"({points.count}, {size})" for size in fitted.sizes))
    page.table(layers(fitted.summary))
    weights, biases = (sum(np.size(each) for each in part) for part in (fitted.weights, fitted.biases))
    page.text("curve.parameters", count=weights + biases, weights=weights, biases=biases)
    page.losses(losses, fitted.mse * points.y_scale**2, SHOWN)
    if stopped:
        page.lines.append("")
        page.stopped(len(losses), config.total)
    _result(page, points, fitted)
    if not stopped:
        page.print()
        try:
            _others(page, config, points)
        except StudyInterrupted:
            page.text("curve.no others")
            stopped = True
    if not points.own:
        page.heading("flaws")
        page.point("curve.flaw global", mse=number(fitted.mse, 3))
        page.point("curve.flaw fine")
        page.point("curve.flaw better")
    return finish(page, config, folder, TABLES, _pictures(points, fitted, drawn_language(page.language)), stopped)


def layers(summary: str) -> list[list[str]]:
    """The rows of torchinfo's table, one a layer, without its rules and its account of memory."""
    rows = [re.split(r"\s{2,}", line.strip()) for line in summary.splitlines() if not line.startswith("=")]
    return [row for row in rows if len(row) == len(rows[0])]


def _result(page: Page, points: Points, fitted: CurveFit) -> None:
    """The fit beside the line's, and the predictions."""
    unit = points.y_scale**2
    page.heading("curve.result")
    page.pairs(
        [
            (page.say("curve.network mse"), number(fitted.mse * unit, 4)),
            (page.say("curve.line mse"), number(fitted.best_line.loss * unit, 4) + (" = 39/275" if not points.own else "")),
        ]
    )
    if points.count <= FEW and points.flat:
        rows = [
            [name, *(number(float(value), 4) for value in values)]
            for name, values in (
                (points.columns[0], points.across(points.task.x[:, 0])),
                (points.columns[-1], points.y(points.task.y[:, 0])),
                (page.say("curve.prediction"), points.y(fitted.predictions)),
            )
        ]
        page.lines.append("")
        page.across(rows)


def _others(page: Page, config: CurveConfig, points: Points) -> None:
    """Other starts, and points left out."""
    unit = points.y_scale**2
    ends = page_of_curve.many_starts(points.task, range(config.seed, config.seed + config.others), epochs=config.total) * unit
    low, middle, high = (number(float(q), 3) for q in np.nanquantile(ends, (0.1, 0.5, 0.9)))
    page.heading("curve.starts", count=f"{config.others:,}")
    page.text("curve.spread", low=low, middle=middle, high=high)
    if config.faithful:
        page.text("curve.known")
    if points.count > FEW:
        return
    count = min(LEFT_OUT_STARTS, config.others)
    network, line = page_of_curve.leave_one_out(points.task, range(config.seed, config.seed + count), epochs=config.total)
    page.heading("curve.left out")
    low, middle, high = (number(float(q) * unit, 3) for q in np.nanquantile(network, (0.1, 0.5, 0.9)))
    page.pairs(
        [
            (page.say("curve.network error"), page.say("curve.network spread", middle=middle, low=low, high=high, count=count)),
            (page.say("curve.line error"), number(line * unit, 3)),
        ]
    )
    said = against("line", np.full(len(network), line), "network", network)
    verdict = {"better": "curve.line knows", "worse": "curve.network knows", "open": "curve.open"}[said.says]
    page.text(verdict, wins=said.wins, trials=said.trials)


def _pictures(points: Points, fitted: CurveFit, language: Language) -> dict[str, Any]:
    """The points with the curve and the line, and the network."""
    epochs = f"{len(fitted.losses):,}"
    title = say("curve.title", language, epochs=epochs)
    if points.flat:
        grid = fitted.grid
        lines = [
            Curve(say("curve.named", language), points.across(grid), points.y(fitted.curve)),
            Curve(
                say("curve.line named", language), points.across(grid), points.y(fitted.best_line(grid[:, None])[:, 0]), "best"
            ),
        ]
        axes = (points.columns[0], points.columns[-1])
        x, y = points.across(points.task.x[:, 0]), points.y(points.task.y[:, 0])
        picture = plot_fit(x, y, lines, title=title, axes=axes, language=language)
    else:
        picture = predictions(points, fitted.predictions, language)
    drawn = network_picture(
        fitted.weights,
        fitted.biases,
        ACTIVATION,
        points.count,
        say("network.title", language, epochs=epochs),
        language,
    )
    return {"curve": picture, "network": drawn}
