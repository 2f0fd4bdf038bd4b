"""How far fits are: bars on a terminal in the reader's language, silence where the output is piped."""

import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager

from mazefit.lab.page_phrases import PAGES, speaker
from mazefit.training import ProgressBar, is_first_process
from mazefit.words import Language

say = speaker(PAGES)


def epochs_bar(language: Language) -> ProgressBar:
    """A callback that shows the epochs and the newest loss of a fit."""
    return ProgressBar(unit=say("epoch", language))


@contextmanager
def epochs_of_all(language: Language, unit: str = "epoch") -> Generator[Callable[[int, int], object]]:
    """A function of (epochs done, epochs in all) for many fits at once, or of what `unit` says."""
    from tqdm import tqdm

    seen = sys.stdout.isatty() and sys.stderr.isatty() and is_first_process()
    with tqdm(unit=" " + say(unit, language), unit_scale=True, disable=not seen, leave=False, dynamic_ncols=True) as bar:

        def advance(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        yield advance
