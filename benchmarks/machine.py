"""The machine a table was measured on, and the one core it is measured on."""

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGES = (
    "gymnasium", "numpy", "numba", "torch", "gym-simplegrid", "mazelib", "labmaze", "lightning", "keras", "skorch",
    "scikit-learn", "openTSNE",
)  # fmt: skip


def pin() -> str:
    """Keep this process, and those it starts, on one core; says which."""
    if not hasattr(os, "sched_setaffinity"):
        return "not pinned"
    core = max(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {core})
    return f"pinned to core {core}"


def processor() -> str:
    """The processor's own name where the system tells it."""
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        for line in cpuinfo.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


def installed(package: str) -> str:
    """The version of a package, or that there is none."""
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def describe(core: str, plan: str) -> dict[str, str]:
    """What a reader of the table must know of where and when it was measured."""
    from mazefit.version import __version__

    return {
        "cpu": f"{processor()}, {os.cpu_count()} cores, {core}",
        "python": platform.python_version(),
        "mazefit": __version__,
        **{package: installed(package) for package in PACKAGES},
        "measured": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "repeats": plan,
    }
