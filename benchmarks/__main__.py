"""`python -m benchmarks`: measure, print one Markdown table, and keep it in `out/bench/`."""

import argparse
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks import machine, peers
from benchmarks.rows import ROWS, measure
from benchmarks.table import Line, as_json, markdown
from benchmarks.timing import QUICK, Plan

EPILOG = "Exit status: 0 if every row ran, whether its goal was met or not; 1 if a row broke."


def arguments(words: Sequence[str]) -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser("python -m benchmarks", description=__doc__, epilog=EPILOG)
    parser.add_argument("--only", metavar="NAME[,NAME]", help="these rows alone")
    parser.add_argument("--quick", action="store_true", help="few and small repeats: whether it runs, not how fast")
    parser.add_argument("--list", action="store_true", help="the names of all rows")
    parser.add_argument("--out", type=Path, default=Path("out/bench"), help="folder of table.md and table.json")
    chosen = parser.parse_args(words)
    chosen.names = chosen.only.split(",") if chosen.only else list(ROWS)
    unknown = [name for name in chosen.names if name not in ROWS]
    if unknown:
        parser.error(f"--only: expected names among {', '.join(ROWS)}, got {', '.join(unknown)}")
    return chosen


def first_sentence(text: str | None) -> str:
    """The first line of a docstring."""
    return (text or "").strip().splitlines()[0]


def run(names: Sequence[str], plan: Plan) -> list[Line]:
    """Measure the rows one after the other, saying on stderr what comes in."""
    lines: list[Line] = []
    for name in names:
        for line in measure(name, plan):
            print(f"{name}: {' · '.join(cell for cell in line.cells() if cell)}", file=sys.stderr, flush=True)
            lines.append(line)
    return lines


def main(words: Sequence[str]) -> int:
    """Measure here if this is the peers' environment, else there."""
    chosen = arguments(words)
    if chosen.list:
        print("\n".join(f"{name:14}{first_sentence(row.__doc__)}" for name, row in ROWS.items()))
        return 0
    if not peers.inside():
        try:
            return peers.run(list(words))
        except subprocess.CalledProcessError as error:
            print(f"benchmarks: the peers could not be installed (exit status {error.returncode})", file=sys.stderr)
            return 1
    core = machine.pin()
    plan = QUICK if chosen.quick else Plan()
    repeats = f"{plan.rounds} rounds, {plan.pairs} pairs, {plan.fresh} interpreters"
    about = machine.describe(core, repeats)
    lines = [replace(line) for line in run(chosen.names, plan)]
    chosen.out.mkdir(parents=True, exist_ok=True)
    (chosen.out / "table.md").write_text(markdown(lines, about), encoding="utf-8")
    (chosen.out / "table.json").write_text(as_json(lines, about), encoding="utf-8")
    print(markdown(lines, about), end="")
    return int(any(line.error for line in lines))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
