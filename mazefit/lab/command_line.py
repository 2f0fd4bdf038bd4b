"""Command lines to copy: they start the program in the way in which it was started, from the folder in which one is.

call("play")        .venv/bin/python scripts/step_maze.py, or mazefit play, or .venv/bin/python -m mazefit play
"""

import shlex
import shutil
import sys
from pathlib import Path

SCRIPTS = {
    "run": "run_agent.py",
    "play": "step_maze.py",
    "diagram": "draw_diagram.py",
    "deep": "train_deep.py",
    "regression": "train_regression.py",
    "fitting": "fit_as_agent.py",
    "classifier": "train_classifier.py",
    "autoencoder": "train_autoencoder.py",
    "embed": "embed_latent.py",
}
"""The script that is a door to each subcommand."""


def call(subcommand: str = "") -> str:
    """How to call a subcommand (the command itself without one), quoted for a shell."""
    start = Path(sys.argv[0] if sys.argv else "")
    script = start.with_name(SCRIPTS[subcommand]) if start.name in SCRIPTS.values() and subcommand else None
    rest = [subcommand] if subcommand else []
    if script is not None and script.is_file():
        return shlex.join([program(sys.executable), shortened(script)])
    if start.name in ("mazefit", "mazefit.exe") and start.is_file():
        return shlex.join([program(str(start)), *rest])
    return shlex.join([program(sys.executable), "-m", "mazefit", *rest])


def program(path: str) -> str:
    """A program as a shell finds it: relative to the working directory below it, by its name where it is on the PATH."""
    here = shortened(Path(path or "python"))
    name = Path(here).name
    if Path(here).is_absolute():
        return name if shutil.which(name) == here else here
    return here if len(Path(here).parts) > 1 or not path else f"./{here}"


def shortened(path: Path) -> str:
    """A path relative to the working directory where it lies below it, else in full."""
    full = Path.cwd() / path  # links are kept: the interpreter of a virtual environment is one
    return str(full.relative_to(Path.cwd())) if full.is_relative_to(Path.cwd()) else str(full)
