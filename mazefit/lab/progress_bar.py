"""How far learning is: a bar on a terminal, silence where the output is piped."""

import sys
from types import TracebackType
from typing import Any

from tqdm import tqdm

from mazefit.agents.progress import Event
from mazefit.words import Language, amount, word


class ProgressBar:
    """A callback of `learn` that shows episodes, and the mean return of the latest of them.

    Args:
        total: episodes that there shall be.
        language: "en" or "ko".
    """

    def __init__(self, total: int, language: Language) -> None:
        seen = sys.stdout.isatty() and sys.stderr.isatty()
        self.bar: Any = tqdm(
            total=total, unit=" " + word("episode", language), disable=not seen, leave=False, dynamic_ncols=True
        )

    def __call__(self, event: Event) -> None:
        """Take note of an event."""
        if event.kind == "start":
            self.bar.initial = self.bar.last_print_n = event.episodes  # what was learned before does not count as speed
        self.bar.n = event.episodes
        if len(event.returns):
            self.bar.set_postfix_str(f"G {amount(float(event.returns[-20:].mean())).replace('−', '-')}", refresh=False)
        self.bar.update(0)

    def __enter__(self) -> "ProgressBar":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.bar.close()


def rounds_bar(total: int, language: Language) -> Any:
    """A bar that counts runs; it, too, is silent where the output is piped."""
    seen = sys.stdout.isatty() and sys.stderr.isatty()
    return tqdm(total=total, unit=" " + word("compare.run", language), disable=not seen, leave=False, dynamic_ncols=True)
