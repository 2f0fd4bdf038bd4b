"""`sine --as-written`: the tutorial's study replayed with its flaw, and once more in the reverse order, which shows it."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from mazefit.lab.announce import drawn_language
from mazefit.lab.bars import epochs_of_all
from mazefit.lab.page import Page, number, percent
from mazefit.lab.regression.config import SineConfig
from mazefit.lab.regression.own_points import Points, tell_own
from mazefit.lab.regression.phrases import say
from mazefit.lab.results import finish, kept, nothing, write_rows
from mazefit.plots.sine import plot_chain
from mazefit.supervised.regression import sine as page_of_sine
from mazefit.supervised.regression.sine import RATES, Chain

TABLE = "chain.csv"


def as_written(config: SineConfig, points: Points, page: Page, folder: Path) -> int:
    """Replay both orders and tell what they show; returns the exit code."""
    page.heading("chain.begin", epochs=f"{config.total:,}", seeds=f"{config.starts:,}", order=" → ".join(RATES))
    tell_own(page, points)
    page.print()
    unit, stopped = points.y_scale**2, False
    found: list[Chain] = []
    seeds: Sequence[int] = range(config.seed, config.seed + config.starts)
    with epochs_of_all(page.language) as progress:
        total, done = 2 * len(RATES) * config.starts * config.total, 0

        def advance(epochs: int) -> None:
            nonlocal done
            done += epochs
            progress(done, total)

        for order in (tuple(RATES), tuple(reversed(RATES))):
            one = page_of_sine.chain(
                points.task, seeds=seeds, epochs=config.total, constants=config.constants, order=order, done=advance
            )
            if one is None:
                return nothing(page)
            found.append(one)
            seeds, stopped = one.seeds, stopped or one.stopped
    return kept(lambda: _tell(page, config, found[0], found[1], unit, folder, stopped))


def _tell(page: Page, config: SineConfig, chain: Chain, back: Chain, unit: float, folder: Path, stopped: bool) -> int:
    """Everything after the replay."""
    if stopped:
        page.text("chain.stopped", seeds=len(back.seeds))
    rows = [
        [kind, name, seed, float(one.begins[i, j]) * unit, float(one.final[i, j]) * unit, float(one.test[i, j]) * unit]
        for kind, one in (("as written", chain), ("reversed", back))
        for i, name in enumerate(one.order)
        for j, seed in enumerate(one.seeds)
    ]
    head = ("order", "optimizer", "seed", "training_loss_at_its_begin", "training_loss_at_its_end", "test_loss_at_its_end")
    write_rows(folder / TABLE, head, rows)
    _told(page, chain, unit)
    last, previous = chain.order[-1], chain.order[-2]
    page.lines.append("")
    begins, share = number(float(np.median(chain.begins[-1])) * unit, 3), percent(float(chain.lowest[-1]), 0)
    page.text("chain.says", last=last, previous=previous, begins=begins, share=share)
    page.heading("chain.reversed")
    _told(page, back, unit)
    page.lines.append("")
    page.text("chain.order")
    language = drawn_language(page.language)
    note = say("bands.note", language, seeds=f"{len(chain.seeds):,}") if len(chain.seeds) > 1 else None
    losses = {name: chain.losses[i] * unit for i, name in enumerate(chain.order)}
    figure = plot_chain(chain.kept, losses, title=say("chain.title", language), note=note, language=language)
    return finish(page, config, folder, (TABLE,), {"chain": figure}, stopped)


def _told(page: Page, chain: Chain, unit: float) -> None:
    """Where each begins and ends, in the median of the chains."""
    keys = ("sine.optimizer", "chain.begins at", "chain.ends at", "chain.test", "chain.lowest")
    rows = [[page.say(key) for key in keys]]
    for i, name in enumerate(chain.order):
        numbers = (number(float(np.median(values[i])) * unit, 3) for values in (chain.begins, chain.final, chain.test))
        rows.append([name, *numbers, percent(float(chain.lowest[i]), 0)])
    page.table(rows)
