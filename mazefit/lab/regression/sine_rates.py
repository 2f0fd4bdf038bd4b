"""`sine --rates`: the same four optimizers at five learning rates each."""

from pathlib import Path
from typing import Any

import numpy as np

from mazefit.lab.announce import drawn_language
from mazefit.lab.bars import epochs_of_all
from mazefit.lab.page import Page, number, percent
from mazefit.lab.regression.config import SineConfig
from mazefit.lab.regression.own_points import Points
from mazefit.lab.regression.phrases import say
from mazefit.lab.results import write_rows
from mazefit.plots.sine import plot_rates
from mazefit.supervised.regression import sine as page_of_sine
from mazefit.supervised.regression.sine import RATES, SWEEP
from mazefit.supervised.regression.verdict import against
from mazefit.training.study_table import quantile

TABLE = "rates.csv"


def rates(config: SineConfig, points: Points, page: Page, folder: Path) -> dict[str, Any]:
    """Sweep, tell what it shows, and return the figure."""
    seeds, unit = range(config.seed, config.seed + config.starts), points.y_scale**2
    with epochs_of_all(page.language) as progress:
        study = page_of_sine.sweep(
            points.task, seeds=seeds, epochs=config.total, constants=config.constants, device=config.device, progress=progress
        )
    ends = {
        name: np.where(lost, np.inf, s) * unit
        for name, lost, s in zip(study.optimizers, study.diverged, study.score, strict=True)
    }
    table = [[name, seed, end] for name, values in ends.items() for seed, end in zip(seeds, values.tolist(), strict=True)]
    write_rows(folder / TABLE, ("optimizer and rate", "seed", "test loss"), table)
    page.heading("rates.heading", epochs=f"{config.total:,}")
    medians = {name: quantile(values, 0.5) for name, values in ends.items()}
    best = {name: min((f"{name} {rate:g}" for rate in tried), key=lambda key: medians[key]) for name, tried in SWEEP.items()}
    page.table(
        [
            [
                name,
                *(f"{rate:g}{'*' if rate == RATES[name] else ''}: {number(medians[f'{name} {rate:g}'], 3)}" for rate in tried),
            ]
            for name, tried in SWEEP.items()
        ]
    )
    page.text("rates.star", best=", ".join(best.values()))
    first, second = sorted(best.values(), key=lambda key: medians[key])[:2]
    for one, other in [
        (first, second),
        *([("Adam 0.1", "Momentum 0.1")] if {first, second} != {"Adam 0.1", "Momentum 0.1"} else []),
    ]:
        said = against(one, ends[one], other, ends[other])
        wins = {
            "share": percent(said.wins / max(1, said.trials), 0),
            "low": percent(said.low, 0),
            "high": percent(said.high, 0),
        }
        page.text("rates.against", one=one, other=other, **wins)
    language = drawn_language(page.language)
    scores = {name: np.stack([ends[f"{name} {rate:g}"] for rate in tried], axis=1) for name, tried in SWEEP.items()}
    title = say("rates.title", language, epochs=f"{config.total:,}")
    return {
        "rates": plot_rates(
            SWEEP, scores, used=RATES, title=title, note=say("bands.note", language, seeds=config.starts), language=language
        )
    }
