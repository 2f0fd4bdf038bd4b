"""The classifier over many seeds: mean and deviation of F1 for each way to fit it, beside what is known of them.

A fit is a function of its seed, so a row of `seeds.csv` is what a run with that `--seed` tells.
"""

from collections.abc import Mapping, Sequence
from itertools import product

import numpy as np
import numpy.typing as npt
from tqdm import tqdm

from mazefit.interrupt import Interruption
from mazefit.lab.images.classifier_files import FIGURES, SEEDS, TABLES
from mazefit.lab.images.classifier_told import ABOUT, TRUTH, truth
from mazefit.lab.images.config_classifier import ClassifierConfig
from mazefit.lab.images.data import known_as, load_images, tell_images
from mazefit.lab.images.phrases import say
from mazefit.lab.images.taking_up import take_place
from mazefit.lab.page import Page, fixed
from mazefit.lab.results import finish, kept, nothing, write_rows
from mazefit.supervised.classifier.fits import fit
from mazefit.supervised.known_images import KNOWN
from mazefit.training import is_first_process

Scores = list[tuple[int, float, float]]  # seed, micro-F1, macro-F1 on the test images


def over_seeds(config: ClassifierConfig) -> int:
    """Fit every way from every seed and tell means and deviations.

    Args:
        config: checked settings, with a number of `seeds`; the first is `seed`.

    Returns:
        The exit code: 0, or 130 where Ctrl-C ended it; the fits that were whole are told and written.

    Raises:
        MazefitError: before anything was fitted, unless results could not be written.
    """
    assert config.seeds is not None
    images = load_images(config)
    place = take_place(config, [*TABLES, SEEDS], FIGURES)
    page = Page(config.lang, say)
    page.heading("seeds.begin", seeds=f"{config.seeds:,}", first=config.seed, epochs=f"{config.total:,}")
    tell_images(page, config, images)
    page.print()
    modes, stopped = (config.mode, *config.others), False
    found: dict[str, Scores] = {mode: [] for mode in modes}
    unit, silent = " " + say("seeds.fit", config.lang), None if is_first_process() else True
    with Interruption() as between, tqdm(total=len(modes) * config.seeds, unit=unit, leave=False, disable=silent) as bar:
        for seed, mode in product(range(config.seed, config.seed + config.seeds), modes):
            fitted = fit(images, mode, epochs=config.total, seed=seed, device=config.device)
            stopped = fitted.stopped or between.asked
            if not fitted.stopped:
                found[mode].append((seed, fitted.test.micro[2], fitted.test.macro[2]))
            bar.update()
            if stopped:
                break
    known = known_as(config, images) if config.faithful else ""

    def tell() -> int:
        if not any(found.values()):
            return nothing(page)
        _tell(page, found, known)
        write_rows(
            place.folder / SEEDS, ("mode", "seed", "test_micro_f1", "test_macro_f1"),
            ([mode, *row] for mode, rows in found.items() for row in rows),
        )  # fmt: skip
        return finish(page, config, place.folder, [SEEDS], {}, stopped)

    return kept(tell)


def _tell(page: Page, found: Mapping[str, Scores], known: str) -> None:
    """The table: a row for each way."""
    page.heading("seeds.table")
    head = ["", *(page.say(key) for key in ("seeds.count", "ways.micro", "ways.macro", "seeds.range"))]
    table = [head, *([page.say(f"mode.{mode}"), *_cells(rows)] for mode, rows in found.items() if rows)]
    if known:
        head.append(page.say("seeds.known"))
        for row, mode in zip(table[1:], (mode for mode, rows in found.items() if rows), strict=True):
            row.append(truth(known, mode) if (known, mode) in TRUTH else ABOUT)
    page.table(table)
    page.text("seeds.spread")
    if known:
        page.text("seeds.source", name=KNOWN[known].title)


def _cells(rows: Scores) -> Sequence[str]:
    """How many fits, mean ± deviation of both scores, and the least and the largest micro-F1."""
    micro, macro = np.array([row[1:] for row in rows]).T
    return [f"{len(rows):,}", _spread(micro), _spread(macro), f"{fixed(float(micro.min()), 4)}–{fixed(float(micro.max()), 4)}"]


def _spread(values: npt.NDArray[np.float64]) -> str:
    """The mean, and the deviation of the sample where there are two values or more."""
    mean = fixed(float(values.mean()), 4)
    return mean if len(values) < 2 else f"{mean} ± {fixed(float(values.std(ddof=1)), 4)}"
