"""`python -m book`: compute the figures, print what they say, and write the page."""

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from book.entry import FIGURES, Figure, Plan, Result
from book.page import page
from book.table_of_contents import load

EPILOG = "Exit status: 0 if every number met its reference, 1 if one did not. The seeds of n runs are 0 to n - 1."


def arguments(words: Sequence[str]) -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser("python -m book", description=__doc__, epilog=EPILOG)
    parser.add_argument("--only", metavar="NAME[,NAME]", help="these figures alone")
    parser.add_argument("--quick", action="store_true", help="fewer runs, as in CI")
    parser.add_argument("--list", action="store_true", help="the names of all figures")
    parser.add_argument("--out", type=Path, default=Path("out/book/book.md"), help="the page (docs/book.md is the full one)")
    chosen = parser.parse_args(words)
    chosen.names = chosen.only.split(",") if chosen.only else list(FIGURES)
    unknown = [name for name in chosen.names if name not in FIGURES]
    if unknown:
        parser.error(f"--only: expected names among {', '.join(FIGURES)}, got {', '.join(unknown)}")
    return chosen


def compute(names: Sequence[str], plan: Plan) -> list[tuple[Figure, Result]]:
    """The figures one after the other, saying on stderr what comes in."""
    found: list[tuple[Figure, Result]] = []
    for name in names:
        begun = time.perf_counter()
        result = FIGURES[name].compute(plan)
        took = time.perf_counter() - begun
        print(f"{name:24}{result.verdict:16}{took:6.1f} s", file=sys.stderr, flush=True)
        for fault in result.faults():
            print(f"    {fault}", file=sys.stderr, flush=True)
        found.append((FIGURES[name], result))
    return found


def main(words: Sequence[str]) -> int:
    """Compute, write, and say whether all is sound."""
    load()
    chosen = arguments(words)
    if chosen.list:
        print("\n".join(f"{name:24}{entry.title}" for name, entry in FIGURES.items()))
        return 0
    found = compute(chosen.names, Plan(quick=chosen.quick))
    chosen.out.parent.mkdir(parents=True, exist_ok=True)
    chosen.out.write_text(page(found, quick=chosen.quick), encoding="utf-8")
    print(f"{chosen.out}: {len(found)} figures, seeds 0 to n - 1 of each figure's n runs")
    return int(any(not result.sound for _, result in found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
