"""What a user waits for before anything runs: the import and the making of an environment, in fresh interpreters."""

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

from benchmarks.table import Line, at_most, duration
from benchmarks.timing import Plan, compare, estimate

MAKE = """
import json, sys, time
import gymnasium, mazefit
start = time.perf_counter()
env = gymnasium.make("mazefit/Maze-v0", rows=10, columns=10)
seconds = time.perf_counter() - start
print(json.dumps({"seconds": seconds, "numba": "numba" in sys.modules}))
"""
IMPORT = """
import json, time
start = time.perf_counter()
import {module}
print(json.dumps({{"seconds": time.perf_counter() - start}}))
"""


def fresh(code: str) -> dict[str, Any]:
    """Run `code` in a fresh interpreter of this environment; what it prints as JSON."""
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stderr.strip().splitlines()[-1])
    return json.loads(done.stdout)


def making(plan: Plan) -> Iterator[Line]:
    """`gymnasium.make` of a 10 x 10-cell maze, the first in its process; Numba must stay out."""
    fresh(MAKE)
    runs = [fresh(MAKE) for _ in range(plan.fresh)]
    imported = sum(run["numba"] for run in runs)
    if imported:
        raise AssertionError(f"numba was imported in {imported} of {len(runs)} interpreters")
    value = estimate([1000 * run["seconds"] for run in runs])
    note = f"{len(runs)} fresh interpreters, imports not counted, byte code cached; numba was imported in none"
    yield Line("make a 10 x 10-cell maze", duration(value.median / 1000), "", value, "ms", at_most(20, "ms"), note)


def importing(plan: Plan) -> Iterator[Line]:
    """`import mazefit` beside `import gymnasium`, which it includes."""

    def side(module: str) -> float:
        return float(fresh(IMPORT.format(module=module))["seconds"])

    for module in ("mazefit", "gymnasium"):
        side(module)
    both = compare(lambda: side("mazefit"), lambda: side("gymnasium"), plan.fresh)
    over = estimate([1000 * (o - p) for o, p in zip(both.ours, both.peer, strict=True)])
    peer = f"{duration(both.peer_time)} (import gymnasium)"
    note = f"the difference, over {plan.fresh} pairs of fresh interpreters"
    yield Line("import mazefit", duration(both.our_time), peer, over, "ms", at_most(40, "ms"), note)
