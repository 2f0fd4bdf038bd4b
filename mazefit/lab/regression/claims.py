"""`waves --activations`, `--optimizers`, `--losses`: the tutorial's claims tried from the same starts, with a verdict each."""

from pathlib import Path
from typing import Any

import numpy as np

from mazefit.lab.announce import drawn_language
from mazefit.lab.bars import epochs_bar
from mazefit.lab.page import Page, number, percent, widened
from mazefit.lab.regression.config import WavesConfig
from mazefit.lab.regression.own_points import Points, tell_own
from mazefit.lab.regression.phrases import say
from mazefit.lab.results import finish, kept, nothing, write_rows
from mazefit.plots.bands import plot_bands
from mazefit.supervised.regression import claims
from mazefit.supervised.regression.claims import Claim
from mazefit.supervised.regression.verdict import against
from mazefit.supervised.regression.waves import STUCK, Fitted
from mazefit.tasks.best_line import least_absolute
from mazefit.training.study_table import quantile

TABLE = "claim.csv"
LOST = "∞"
HEAD = ("kind", "seed", "train_l1", "train_over_noise", "test_l1", "l1_to_curve", "dead", "units", "saturated", "vanishing")


def try_claim(config: WavesConfig, points: Points, page: Page, folder: Path) -> int:
    """Try one claim and tell the verdict; returns the exit code."""
    experiment = str(config.experiment)
    names = ", ".join(claims.CLAIMS[experiment])
    page.heading(f"claim.{experiment}", names=names)
    page.text("claim.begin", epochs=f"{config.total:,}", starts=f"{config.count:,}")
    tell_own(page, points)
    head = [page.say(key) for key in ("claim.kind", "waves.seed", "waves.train")]
    head[0] = widened(head[0], list(claims.CLAIMS[experiment]))
    page.lines.append("")
    page.row(head, head)
    page.print()
    unit = points.y_scale

    def done(name: str, one: Fitted) -> None:
        page.row([name, str(one.seed), shown(page, one.train * unit)], head)
        page.print()

    seeds = range(config.seed, config.seed + config.count)
    found = claims.run(
        experiment,
        points.task,
        seeds,
        epochs=config.total,
        device=config.device,
        done=done,
        callbacks=[epochs_bar(page.language)],
    )
    if found is None:
        return nothing(page)
    return kept(lambda: _tell(page, config, points, found, folder))


def _tell(page: Page, config: WavesConfig, points: Points, found: Claim, folder: Path) -> int:
    """Everything after the fitting."""
    if found.stopped:
        page.text("claim.stopped", starts=len(found.seeds))
    rows = (_row(name, one, points.y_scale) for name, kind in zip(found.names, found.fitted, strict=True) for one in kind)
    write_rows(folder / TABLE, HEAD, rows)
    _table(page, points, found, early=None if config.total >= config.full_epochs else f"{config.total:,}")
    _verdicts(page, points, found)
    if "none" in found.names and points.flat:
        _line(page, points, found)
    pictures = {"claim": _picture(config, points, found, drawn_language(page.language))}
    return finish(page, config, folder, (TABLE,), pictures, found.stopped)


def shown(page: Page, value: float) -> str:
    """A number, or that it diverged."""
    return number(value, 4) if np.isfinite(value) else page.say("claim.diverged")


def short(value: float) -> str:
    """A number in a table, or the sign of one that diverged."""
    return number(value, 4) if np.isfinite(value) else LOST


def _row(name: str, one: Fitted, unit: float) -> list[Any]:
    inside = [one.after.dead, one.after.units, one.after.saturated, one.before.vanishing]
    return [name, one.seed, one.train * unit, one.ratio, one.test, one.distance, *inside]


def _table(page: Page, points: Points, found: Claim, early: str | None) -> None:
    """Medians and the middle 80 % of each kind; what was counted inside.

    Args:
        page: where it is told.
        points: the points.
        found: what came of each.
        early: the epochs, where they are too few to say of a start that it is stuck.
    """
    page.heading("claim.table", starts=len(found.seeds))
    unit, known, judged = points.y_scale, not points.own, not points.own and early is None
    keys = ["claim.kind", "claim.train", *(["claim.held out"] if known else []), *(["claim.stuck"] if judged else [])]
    keys += ["claim.dead", "claim.vanishing"]
    rows = [[page.say(key) for key in keys]]
    for name, kind in zip(found.names, found.fitted, strict=True):
        train = np.array([one.train for one in kind]) * unit
        low, middle, high = (short(quantile(train, q)) for q in (0.1, 0.5, 0.9))
        row = [name, f"{middle} ({low} .. {high})"]
        if known:
            held_out = quantile(np.array([np.nan if one.test is None else one.test for one in kind]), 0.5)
            row.append(short(held_out))
        if judged:
            row.append(f"{sum(one.stuck for one in kind)}/{len(kind)}")
        dead, units = sum(one.after.dead for one in kind), sum(one.after.units for one in kind)
        vanishing = float(np.median([one.before.vanishing for one in kind]))
        rows.append([*row, f"{dead}/{units}", number(vanishing, 2)])
    page.table(rows)
    page.text("claim.legend")
    if judged:
        page.text("claim.legend stuck", limit=f"{STUCK:g}")
    elif known:
        page.text("claim.early", epochs=early, full=f"{WavesConfig.full_epochs:,}")
    if any(one.diverged for kind in found.fitted for one in kind):
        page.text("claim.lost")


def _verdicts(page: Page, points: Points, found: Claim) -> None:
    """The tutorial's own kind against each other one: by what is held out where there is any, else by the training points."""
    by_test = not points.own
    scores = found.scores((lambda one: one.test) if by_test else (lambda one: one.train))
    page.heading("claim.verdict", measure=page.say("claim.by test" if by_test else "claim.by train"))
    for i, name in enumerate(found.names[1:], 1):
        said = against(found.names[0], scores[0], name, scores[i])
        values = {"wins": said.wins, "trials": said.trials, "low": percent(said.low, 0), "high": percent(said.high, 0)}
        values |= {key: shown(page, quantile(scores[k], 0.5) * points.y_scale) for key, k in (("first", 0), ("second", i))}
        key = {"better": "claim.better", "worse": "claim.worse", "open": "claim.open"}[said.says]
        page.point(key, one=said.one, other=said.other, **values)


def _line(page: Page, points: Points, found: Claim) -> None:
    """A network without activations is a straight line: held against the best one."""
    best = least_absolute(points.task.x, points.task.y).loss * points.y_scale
    none = np.array([one.train for one in found.fitted[found.names.index("none")]]) * points.y_scale
    above = float(np.median(none)) / best - 1.0
    page.point("claim.line", none=number(float(np.median(none)), 5), best=number(best, 5), above=f"{100 * above:.2f} %")


def _picture(config: WavesConfig, points: Points, found: Claim, language: Any) -> Any:
    """The error on the way as bands."""
    courses = {name: found.courses[i][:, 1:] * points.y_scale for i, name in enumerate(found.names)}
    floor = found.fitted[0][0].floor
    levels = {} if floor is None else {say("waves.floor named", language): floor}
    if "none" in found.names and points.flat:
        levels[say("claim.best line", language)] = least_absolute(points.task.x, points.task.y).loss * points.y_scale
    return plot_bands(
        found.looked[1:],
        courses,
        levels=levels,
        label=say("claim.axis", language),
        title=say(f"claim.title {config.experiment}", language),
        language=language,
    )
