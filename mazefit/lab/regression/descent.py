"""The descent as a command: every step printed beside the law and the tutorial's own rows, drawn, and told.

descent(DescentConfig())        0, and a folder out/descent with figures and numbers
"""

import numpy as np

from mazefit.errors import ConfigError
from mazefit.lab.announce import drawn_language
from mazefit.lab.page import Page, fixed, number
from mazefit.lab.regression.config import DescentConfig
from mazefit.lab.regression.own_points import Points, given, read, tell_own
from mazefit.lab.regression.phrases import say
from mazefit.lab.results import claim, finish, kept, write_rows
from mazefit.plots.descent import plot_descent
from mazefit.plots.fit import Curve, plot_fit
from mazefit.supervised.regression import descent as page_of_descent
from mazefit.supervised.regression.descent import LEARNING_RATE, START, STEPS, TUTORIAL_LOSSES, DescentPath, Law
from mazefit.tasks import descent as noisy_line
from mazefit.tasks.noisy_line import OFFSET, SLOPE
from mazefit.words import Language, check_language

TABLES, FIGURES = ("path.csv",), ("model", "path")
SHOWN = 20  # rows of the path that are printed
LONG = 100  # steps after which the path has arrived
FAR = 20_000  # steps up to which other data sets are tried


def descent(config: DescentConfig) -> int:
    """Descend by hand and tell every step.

    Args:
        config: the settings.

    Returns:
        The exit code, 0.

    Raises:
        MazefitError: something is wrong, or the descent diverges beyond all numbers.
    """
    language = check_language(config.lang)
    config.check()
    points = given(noisy_line(config.seed)) if config.data is None else read(config.data)
    if not points.flat:
        raise ConfigError(f"regression descent: --data: expected two columns, x and y, got {len(points.columns)}")
    folder = claim(config, TABLES, FIGURES)
    page, rate = Page(language, say), config.learning_rate
    page.heading("descent.begin", count=f"{points.count:,}", rate=f"{rate:g}", epochs=f"{config.total:,}", seed=config.seed)
    tell_own(page, points, "own scaled")
    path = page_of_descent.descend(points.task, learning_rate=rate, steps=config.total, device=config.device)
    law = None if points.own else page_of_descent.law(config.total, learning_rate=rate)
    write_rows(
        folder / "path.csv",
        ("updates", "w", "b", "loss"),
        zip(range(len(path.w)), *(v.tolist() for v in (path.w, path.b, path.loss)), strict=True),
    )
    page.text("descent.before", at_3=fixed(path.model_at_3, 0), loss=fixed(path.loss[0], 3))
    page.lines.append("")
    _rows(page, path, law, tutorial=_as_in_the_tutorial(config))
    _end(page, config, points, path)
    _sets(page, config, points)
    if not points.own:
        page.heading("flaws")
        page.point("descent.flaw seen")
        page.point("descent.flaw seed")
        page.point("descent.flaw target")
    pictures = _pictures(config, points, path, law, drawn_language(language))
    return kept(lambda: finish(page, config, folder, TABLES, pictures, stopped=False))


def _as_in_the_tutorial(config: DescentConfig) -> bool:
    return config.data is None and config.learning_rate == LEARNING_RATE and config.total <= STEPS


def _rows(page: Page, path: DescentPath, law: Law | None, *, tutorial: bool) -> None:
    """Each step: W, b and loss, beside the law's and the tutorial's."""
    loss = page.say("loss")
    head = [page.say("epoch"), "W", "b", loss]
    head += [f"{name} ({page.say('descent.law')})" for name in ("W", "b", loss)] if law is not None else []
    head += [page.say("descent.tutorial")] if tutorial else []
    rows = [head]
    every = max(1, -(-(len(path.w) - 1) // SHOWN))
    for k in [*range(0, len(path.w) - 1, every), len(path.w) - 1]:
        row = [f"{k:,}", fixed(path.w[k], 3), fixed(path.b[k], 3), fixed(path.loss[k], 5)]
        row += [fixed(law.w[k], 3), fixed(law.b[k], 3), fixed(law.loss[k], 5)] if law is not None else []
        row += [fixed(TUTORIAL_LOSSES[k], 5) if k < len(TUTORIAL_LOSSES) else page.say("descent.unseen")] if tutorial else []
        rows.append(row)
    page.table(rows, left=0)


def _end(page: Page, config: DescentConfig, points: Points, path: DescentPath) -> None:
    """Where the path leads, and that the Trainer goes the same way."""
    rate, best = config.learning_rate, path.best
    page.heading("descent.leads")
    page.text("descent.best", w=fixed(best.w[0, 0], 4), b=fixed(best.b[0], 4), loss=fixed(best.loss, 5))
    far = page_of_descent.descend(points.task, learning_rate=rate, steps=max(LONG, config.total), device=config.device)
    page.text(
        "descent.distance",
        epochs=f"{config.total:,}",
        distance=number(path.distance, 3),
        long=f"{len(far.w) - 1:,}",
        far=number(far.distance, 2),
    )
    twin = page_of_descent.descend_with_trainer(points.task, learning_rate=rate, steps=config.total, device=config.device)
    same = all(np.array_equal(one, other) for one, other in ((path.w, twin.w), (path.b, twin.b), (path.loss, twin.loss)))
    page.text("descent.same" if same else "descent.other")


def _sets(page: Page, config: DescentConfig, points: Points) -> None:
    """The same on other data sets."""
    if points.own or config.total > FAR:
        return
    spread = page_of_descent.spread(config.others, seed=config.seed, steps=config.total, learning_rate=config.learning_rate)
    page.heading("descent.sets", count=f"{config.others:,}")
    rows = [["", "W", "b", page.say("loss")]]
    for k in sorted({max(0, config.total - 1), config.total}):
        rows.append(
            [
                page.say("descent.after", steps=k),
                *(f"{fixed(m, 4)} ± {fixed(s, 3)}" for m, s in zip(spread.mean[k], spread.deviation[k], strict=True)),
            ]
        )
    ends = zip(spread.best_mean, spread.best_deviation, strict=True)
    rows.append([page.say("descent.converged"), *(f"{fixed(m, 4)} ± {fixed(s, 3)}" for m, s in ends)])
    page.table(rows)


def _pictures(
    config: DescentConfig, points: Points, path: DescentPath, law: Law | None, language: Language
) -> dict[str, object]:
    """The points with the model before and after, and the path."""
    x, best = points.task.x[:, 0], path.best
    ends = np.array([float(x.min()), float(x.max())])
    lines = [
        Curve(
            say("descent.model after", language, epochs=f"{config.total:,}"),
            points.across(ends),
            points.y(path.w[-1] * ends + path.b[-1]),
        ),
        Curve(say("descent.model before", language), points.across(ends), points.y(START[0] * ends + START[1]), "before"),
        Curve(say("line.best", language), points.across(ends), points.y(best.w[0, 0] * ends + best.b[0]), "best"),
    ]
    if not points.own:
        lines.append(Curve(say("descent.behind", language), ends, SLOPE * ends + OFFSET, "truth"))
    axes = (points.columns[0], points.columns[-1])
    title = say("descent.title model", language)
    model = plot_fit(points.across(x), points.y(points.task.y[:, 0]), lines, title=title, axes=axes, language=language)
    course = plot_descent(
        np.stack([path.w, path.b, path.loss], axis=1),
        None if law is None else np.stack([law.w, law.b, law.loss], axis=1),
        truth=None if points.own else (SLOPE, OFFSET),
        best=(float(best.w[0, 0]), float(best.b[0]), best.loss),
        title=say("descent.title path", language, rate=f"{config.learning_rate:g}"),
        language=language,
    )
    return {"model": model, "path": course}
