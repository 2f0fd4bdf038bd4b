"""The wave as a command: fitted from one start or several, judged by its own noise, drawn with its kinks, and told.

waves(WavesConfig(starts=12))        0, and a folder out/waves with figures and numbers
"""

from pathlib import Path
from typing import Any

import numpy as np

from mazefit.interrupt import Interruption
from mazefit.lab.announce import drawn_language
from mazefit.lab.bars import epochs_bar
from mazefit.lab.page import Page, fixed, number, percent
from mazefit.lab.regression.claims import try_claim
from mazefit.lab.regression.config import WavesConfig
from mazefit.lab.regression.own_points import Points, given, read, tell_own
from mazefit.lab.regression.phrases import say
from mazefit.lab.regression.pictures import network_picture, predictions
from mazefit.lab.results import claim, finish, kept, write_losses, write_rows
from mazefit.plots.bands import plot_bands
from mazefit.plots.fit import Curve, plot_fit
from mazefit.plots.starts import plot_starts
from mazefit.supervised.regression import waves as page_of_waves
from mazefit.supervised.regression.waves import ACTIVATION, HIDDEN, LEARNING_RATE, STUCK, Fitted
from mazefit.tasks import L1_FLOOR
from mazefit.tasks import waves as noisy_wave
from mazefit.words import Language, check_language

TABLES, FIGURES = ("history.csv", "starts.csv"), ("waves", "loss", "starts", "network", "claim")
SHOWN = 10  # losses that are printed
UNKNOWN = "-"


def waves(config: WavesConfig) -> int:
    """Fit the wave, or try one of the tutorial's claims on it, and tell what came of it.

    Args:
        config: the settings.

    Returns:
        The exit code: 0, or 130 where Ctrl-C stopped it (what was fitted is kept).

    Raises:
        MazefitError: something is wrong; before anything was fitted, unless results could not be written.
    """
    language = check_language(config.lang)
    config.check()
    points = given(noisy_wave(config.seed, config.formula)) if config.data is None else read(config.data)
    folder = claim(config, (*TABLES, "claim.csv"), FIGURES)
    page = Page(language, say)
    if config.experiment is not None:
        return try_claim(config, points, page, folder)
    said = {
        "sizes": "-".join(map(str, (points.task.x.shape[1], *HIDDEN, 1))),
        "count": f"{points.count:,}",
        "rate": f"{LEARNING_RATE:g}",
        "epochs": f"{config.total:,}",
        "starts": f"{config.count:,}",
    }
    page.heading(
        "waves.begin", **said, formula=points.task.formula or f"{points.columns[-1]} = f({', '.join(points.columns[:-1])})"
    )
    tell_own(page, points)
    page.print()
    found: list[Fitted] = []
    seeds, head = range(config.seed, config.seed + config.count), _head(page, points)
    bar = [epochs_bar(language)]
    with Interruption() as between:  # a Ctrl-C within a fit ends that fit; one between two of them ends the row
        for one in page_of_waves.fits(points.task, seeds, epochs=config.total, device=config.device, callbacks=bar):
            found.append(one)
            if len(found) == 1:
                page.computed(str(one.choice.device), one.choice.precision, one.choice.backend, config.device)
                page.losses(one.losses * points.y_scale, one.train * points.y_scale, SHOWN)
                page.heading("waves.result")
                page.row(head, head)
            page.row(_cells(page, points, one), head)
            page.print()
            if between.asked:
                break
    return kept(lambda: _tell(page, config, points, found, folder, found[-1].stopped or between.asked))


def _tell(page: Page, config: WavesConfig, points: Points, found: list[Fitted], folder: Path, stopped: bool) -> int:
    """Everything after the fitting."""
    if stopped:
        page.lines.append("")
        if found[-1].stopped:
            page.stopped(len(found[-1].losses), config.total)
        else:
            page.text("claim.stopped", starts=len(found))
    _told(page, config, points, found)
    if not points.own:
        _flaws(page, found)
    _write(folder, points, found)
    return finish(page, config, folder, TABLES, _pictures(config, points, found, drawn_language(page.language)), stopped)


def whole(config: WavesConfig, found: list[Fitted]) -> list[Fitted]:
    """Those that were fitted for as long as the tutorial fits: of the others it is not known whether they are stuck."""
    return [one for one in found if one.diverged or len(one.losses) >= config.full_epochs]


def _head(page: Page, points: Points) -> list[str]:
    own = ("waves.seed", "waves.train", "waves.kinks", "waves.rises")
    full = ("waves.seed", "waves.train", "waves.ratio", "waves.test", "waves.distance", "waves.kinks", "waves.rises")
    return [page.say(key) for key in (own if points.own else full)]


def _cells(page: Page, points: Points, one: Fitted) -> list[str]:
    """One start as a row."""
    seed, train = (
        str(one.seed),
        fixed(one.train * points.y_scale, 3) if not points.own else number(one.train * points.y_scale, 4),
    )
    kinks, rises = UNKNOWN if one.kinks is None else str(len(one.kinks)), percent(one.rises, 0)
    if one.ratio is None or one.test is None or one.distance is None:
        return [seed, train, kinks, rises]
    ratio = fixed(one.ratio, 3) + (" *" if one.stuck else "")
    return [seed, train, ratio, fixed(one.test, 3), fixed(one.distance, 2), kinks, rises]


def _told(page: Page, config: WavesConfig, points: Points, found: list[Fitted]) -> None:
    """What may be said of the starts."""
    if points.own:
        return
    judged = whole(config, found)
    stuck = [one.seed for one in judged if one.stuck]
    page.lines.append("")
    floor, test_floor = found[0].floor or 0.0, found[0].test_floor or 0.0
    page.text("waves.floor", expected=fixed(L1_FLOOR, 3), floor=fixed(floor, 3), test_floor=fixed(test_floor, 3))
    limit = f"{STUCK:g}"
    if config.formula == "text":
        page.text("waves.too hard")
    else:
        if stuck:
            page.text("waves.stuck", count=len(stuck), starts=len(judged), limit=limit, seeds=", ".join(map(str, stuck)))
        elif judged:
            page.text("waves.free", starts=len(judged), limit=limit)
        if early := [len(one.losses) for one in found if one.stuck and one not in judged]:
            page.text("waves.early", epochs=f"{min(early):,}", full=f"{config.full_epochs:,}", limit=limit)
    if len(found) > 1:
        median = fixed(float(np.median([one.ratio or np.nan for one in found])), 3)
        away = fixed(float(np.median([one.distance or np.nan for one in found])), 2)
        page.text("waves.median", ratio=median, distance=away)
    if judged and config.faithful and config.formula == "code":
        page.text("waves.known")


def _flaws(page: Page, found: list[Fitted]) -> None:
    page.heading("flaws")
    page.point("waves.flaw formula")
    page.point("waves.flaw graph")
    page.point("waves.flaw stale")
    rises = float(np.median([one.rises for one in found]))
    page.point("waves.flaw falls", rises=percent(rises, 0 if rises >= 0.1 else 1))


def _write(folder: Path, points: Points, found: list[Fitted]) -> None:
    """The losses, a column a start, and the table of the starts."""
    epochs = max(len(one.losses) for one in found)
    losses = np.full((epochs, len(found)), np.nan)
    for i, one in enumerate(found):
        losses[: len(one.losses), i] = one.losses * points.y_scale
    write_losses(folder / "history.csv", [f"loss, seed {one.seed}" for one in found], losses)
    unit = points.y_scale
    write_rows(
        folder / "starts.csv",
        ("seed", "train_l1", "train_over_noise", "test_l1", "l1_to_curve", "kinks", "rising_epochs", "stuck", "epochs"),
        (
            [
                one.seed, one.train * unit, one.ratio, one.test, one.distance, None if one.kinks is None else len(one.kinks),
                one.rises, int(one.stuck), len(one.losses),
            ]
            for one in found
        ),
    )  # fmt: skip


def _pictures(config: WavesConfig, points: Points, found: list[Fitted], language: Language) -> dict[str, Any]:
    """The points with the curve, the loss, the starts, and the network."""
    pictures: dict[str, Any] = {}
    found = [each for each in found if not each.stopped] or found  # one that Ctrl-C cut short would cut the bands short
    one = best_of(found)
    if points.flat:
        lines = [Curve(say("waves.fit named", language, seed=one.seed), points.across(one.grid), points.y(one.curve))]
        if points.task.truth is not None:
            at = np.linspace(one.grid[0], one.grid[-1], 2_001)
            lines.append(Curve(say("waves.truth named", language), at, points.task.truth(at), "truth"))
        x, y = points.across(points.task.x[:, 0]), points.y(points.task.y[:, 0])
        kinks = None if one.kinks is None else points.across(one.kinks)
        title = say("waves.title", language, epochs=f"{len(one.losses):,}")
        axes = (points.columns[0], points.columns[-1])
        pictures["waves"] = plot_fit(x, y, lines, kinks=kinks, title=title, axes=axes, language=language)
    elif not one.diverged:
        pictures["waves"] = predictions(points, one.predictions, language)
    epochs = min(len(each.losses) for each in found)
    losses = {say("waves.loss named", language): np.array([each.losses[:epochs] for each in found]) * points.y_scale}
    levels = {} if one.floor is None else {say("waves.floor named", language): one.floor}
    pictures["loss"] = plot_bands(
        np.arange(epochs),
        losses,
        levels=levels,
        label=say("waves.loss axis", language),
        title=say("waves.title loss", language),
        note=None if len(found) > 1 else " ",
        language=language,
    )
    if len(found) > 1 and not points.own:
        ratios = [np.nan if each.ratio is None else each.ratio for each in found]
        title = say("waves.title starts", language)
        early = not whole(config, found)
        seeds = [each.seed for each in found]
        pictures["starts"] = plot_starts(seeds, ratios, STUCK, early=early, title=title, language=language)
    title = say("network.title", language, epochs=f"{len(one.losses):,}")
    pictures["network"] = network_picture(one.weights, one.biases, ACTIVATION, points.count, title, language)
    return pictures


def best_of(found: list[Fitted]) -> Fitted:
    """The start that is drawn: the first that is not stuck, or the first."""
    return next((one for one in found if not one.stuck), found[0])
