"""Work that is killed with SIGKILL at random moments and begun again, each time in a process forked for it.

A way of working takes a folder, begins or goes on there, and answers with the digest of its end.
"""

import os
import random
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

Way = Callable[[Path], str]


def forked(way: Way, folder: Path, prepare: Callable[[], object] = lambda: None) -> int:
    """Work in a process of its own; returns its number. Its digest goes to `folder`.digest."""
    child = os.fork()
    if child:
        return child
    os.fsync = lambda fd: None  # it guards against power cuts, not against SIGKILL
    prepare()
    try:
        folder.with_suffix(".digest").write_text(way(folder))
    except BaseException as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
        os._exit(1)
    os._exit(0)


def ended(child: int) -> bool:
    """Wait for a process; whether it ended by itself, and well.

    Raises:
        RuntimeError: it failed.
    """
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
        return False
    if status:
        raise RuntimeError(f"it ended with status {status}")
    return True


def kill_at_random(root: Path, name: str, way: Way, kills: int, seed: int, place: Callable[[Path], Any]) -> dict[str, Any]:
    """Kill so many times, and note the place in each folder then; at an end note its digest and begin another.

    `seconds` in the answer is how long it takes undisturbed, `whole` the digest of that.
    """
    numbers, begun = random.Random(seed), time.perf_counter()
    ended(forked(way, root / f"{name}-whole"))
    seconds = time.perf_counter() - begun
    places: list[Any] = []
    digests: list[str] = []
    round_ = 0
    while len(places) < kills or not digests:
        folder = root / f"{name}-{round_}"
        child = forked(way, folder)
        if len(places) < kills:
            time.sleep(numbers.uniform(0.0, 0.5 * seconds))
            os.kill(child, signal.SIGKILL)
        if ended(child):
            digests.append(folder.with_suffix(".digest").read_text())
            round_ += 1
        else:
            places.append(place(folder))
    last = root / f"{name}-{round_}"
    if last.exists():
        ended(forked(way, last))
        digests.append(last.with_suffix(".digest").read_text())
    whole = (root / f"{name}-whole.digest").read_text()
    return {"whole": whole, "digests": digests, "places": places, "seconds": seconds}
