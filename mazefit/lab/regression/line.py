"""The line as a command: fitted, held against least squares, drawn with its bowl, and told.

line(LineConfig())        0, and a folder out/line with figures and numbers
"""

from pathlib import Path

import numpy as np

from mazefit.lab.announce import drawn_language
from mazefit.lab.bars import epochs_bar
from mazefit.lab.page import Page, fixed, number
from mazefit.lab.regression.config import LineConfig
from mazefit.lab.regression.own_points import Points, given, read, tell_own
from mazefit.lab.regression.phrases import say
from mazefit.lab.regression.pictures import predictions
from mazefit.lab.results import claim, finish, kept, write_losses
from mazefit.plots.bowl import plot_bowl
from mazefit.plots.fit import Curve, plot_fit
from mazefit.supervised.regression import line as page_of_line
from mazefit.supervised.regression.line import LineFit
from mazefit.tasks import line as ten_points
from mazefit.words import Language, check_language

TABLES, FIGURES = ("history.csv",), ("line", "bowl")
SHOWN = 10  # losses that are printed
LONG = 5_000  # steps up to which they are taken from other starts, too, and drawn in the bowl
CRAWLS = 10.0  # a ratio of curvatures from which descent along the flat axis is slow


def line(config: LineConfig) -> int:
    """Fit the line and tell what came of it.

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
    rate = f"{config.learning_rate:g}"
    page.heading("line.begin", count=f"{points.count:,}", rate=rate, epochs=f"{config.total:,}", seed=config.seed)
    tell_own(page, points)
    page.print()
    fitted = page_of_line.fit(
        points.task,
        learning_rate=config.learning_rate,
        steps=config.total,
        seed=config.seed,
        device=config.device,
        callbacks=[epochs_bar(language)],
    )
    return kept(lambda: _tell(page, config, points, fitted, folder))


def _tell(page: Page, config: LineConfig, points: Points, fitted: LineFit, folder: Path) -> int:
    """Everything after the fitting."""
    losses = fitted.losses * points.y_scale**2
    write_losses(folder / "history.csv", ("loss",), losses[:, None])
    page.computed(str(fitted.choice.device), fitted.choice.precision, fitted.choice.backend, config.device)
    page.losses(losses, points.y_scale**2 * fitted.mse, SHOWN)
    if fitted.stopped:
        page.lines.append("")
        page.stopped(len(losses), config.total)
    _result(page, points, fitted, exact=config.data is None)
    if len(losses) <= LONG:
        _starts(page, config, points, fitted)
    _bowl(page, fitted, own=points.own)
    if not points.own:
        page.heading("flaws")
        page.point("line.flaw defined")
        before, after = (number(float(loss), 4) for loss in (losses[0], losses[0] - fitted.first_drop))
        page.point("line.flaw rate", rate=f"{config.learning_rate:g}", before=before, after=after)
    pictures = _pictures(config, points, fitted, drawn_language(page.language))
    return finish(page, config, folder, TABLES, pictures, fitted.stopped)


def own_line(points: Points, w: np.ndarray, b: float) -> tuple[np.ndarray, float]:
    """w [d] and b in the units of the points."""
    slope = w * points.y_scale / points.x_scale
    return slope, float(points.y(b) - slope @ points.x_middle)


def _result(page: Page, points: Points, fitted: LineFit, *, exact: bool) -> None:
    """The line beside the least-squares line."""
    best = fitted.valley.best
    (w, b), (best_w, best_b) = own_line(points, fitted.w, fitted.b), own_line(points, best.w[:, 0], float(best.b[0]))
    names = ["w"] if len(w) == 1 else [f"w ({name})" for name in points.columns[:-1]]
    unit = points.y_scale**2
    rows = [
        *(
            [page.say("line.final", name=n), fixed(x, 3), number(y, 6), " = 39/55"]
            for n, x, y in zip(names, w, best_w, strict=True)
        ),
        [page.say("line.final", name="b"), fixed(b, 3), number(round(best_b, 9), 6), " = 3"],
        ["MSE", number(fitted.mse * unit, 6), number(best.loss * unit, 6), " = 39/275"],
        ["R²", fixed(fitted.r2, 6), fixed(fitted.best_r2, 6), " = 1 - 4/121"],
    ]
    page.heading("line.result")
    head = ["", page.say("line.fitted"), page.say("line.exact")]
    page.table([[*head, ""], *rows] if exact else [head, *(row[:3] for row in rows)])


def _starts(page: Page, config: LineConfig, points: Points, fitted: LineFit) -> None:
    """The same from many starts."""
    starts = page_of_line.many_starts(
        fitted.valley, config.others, seed=config.seed, steps=len(fitted.losses), learning_rate=config.learning_rate
    )
    page.heading("line.starts", count=f"{config.others:,}")
    mean, spread = starts.ends.mean(axis=0), starts.ends.std(axis=0, ddof=1)
    if not points.own:
        each = f"w = {fixed(mean[0], 4)} ± {fixed(spread[0], 4)}, b = {fixed(mean[1], 3)} ± {fixed(spread[1], 3)}"
        page.text("line.spread", each=each)
    unit = points.y_scale**2
    page.text(
        "line.worst",
        median=number(float(np.median(starts.losses)) * unit, 6),
        worst=number(float(starts.losses.max()) * unit, 4),
    )
    low, middle, high = (number(float(q) * unit, 3) for q in np.quantile(starts.drops, (0.05, 0.5, 0.95)))
    page.text("line.drops", low=low, middle=middle, high=high)


def _bowl(page: Page, fitted: LineFit, *, own: bool) -> None:
    """What the curvature says about gradient descent."""
    values = fitted.valley.eigenvalues
    flat, steep = float(values[0]), float(values[-1])
    page.heading("line.bowl own" if own else "line.bowl")
    page.text("line.diverges", largest=number(fitted.valley.largest_rate, 4), steep=number(steep, 4))
    if steep > CRAWLS * flat > 0.0:
        page.text("line.crawls", flat=number(flat, 3), times=number(steep / flat, 3))


def _pictures(config: LineConfig, points: Points, fitted: LineFit, language: Language) -> dict[str, object]:
    """The points with the line, and the bowl."""
    best = fitted.valley.best
    pictures: dict[str, object] = {}
    if points.flat:
        low, high = float(points.task.x.min()), float(points.task.x.max())
        ends = np.array([low - 0.05 * (high - low), high + 0.05 * (high - low)])
        w, b = own_line(points, fitted.w, fitted.b)
        name = f"y = {number(float(w[0]), 3)} x {'+' if b >= 0 else '−'} {number(abs(b), 3)}"
        lines = [
            Curve(say("line.named", language, line=name), points.across(ends), points.y(ends * fitted.w[0] + fitted.b)),
            Curve(say("line.best", language), points.across(ends), points.y(best(ends[:, None])[:, 0]), "best"),
        ]
        title = say("line.title", language, rate=f"{config.learning_rate:g}", epochs=f"{len(fitted.losses):,}")
        x, y = points.across(points.task.x[:, 0]), points.y(points.task.y[:, 0])
        axes = (points.columns[0], points.columns[-1])
        pictures["line"] = plot_fit(x, y, lines, title=title, axes=axes, language=language)
        ways = page_of_line.paths(
            fitted.valley, fitted.start, steps=min(len(fitted.losses), LONG), learning_rate=config.learning_rate
        )
        said = {name.replace("gradient descent", say("descent named", language)): way for name, way in ways.items()}
        note = say("bowl.note", language, rate=number(fitted.valley.largest_rate, 4))
        note = say("bowl.scaled", language, note=note) if points.own else note
        title = say("bowl.title", language)
        pictures["bowl"] = plot_bowl(
            fitted.valley.bottom, fitted.valley.matrix, best.loss, said, title=title, note=note, language=language
        )
    else:
        pictures["line"] = predictions(points, points.task.x @ fitted.w + fitted.b, language)
    return pictures
