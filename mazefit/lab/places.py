"""What stands at a path that somebody gave: said in our words, and where in it a saved run is."""

from pathlib import Path

from mazefit.errors import DataError
from mazefit.files import MANIFEST

RUN_FOLDER = "run"
"""The folder within a run's folder that holds the run itself."""


def what_is(path: str | Path) -> str:
    """What stands there, as the end of a sentence: `'nodir', which does not exist`."""
    name = str(path)
    try:
        found = Path(name)
        if not name:
            kind = "which names nothing"
        elif found.is_dir():
            kind = "which is a folder"
        elif found.is_file():
            kind = "which is a file"
        else:
            kind = "which is no plain file" if found.exists() else "which does not exist"
    except (OSError, ValueError) as error:
        kind = f"which cannot be looked at ({getattr(error, 'strerror', None) or error})"
    return f"{name!r}, {kind}"


def run_within(option: str, folder: str | Path) -> Path:
    """The folder that holds the saved run itself: the one that was given, or its folder `run`.

    Raises:
        DataError: there is no run in it; names the option.
    """
    given = what_is(folder)
    if str(folder):
        try:
            for path in (Path(folder), Path(folder) / RUN_FOLDER):
                if (path / MANIFEST).is_file():
                    return path
        except (OSError, ValueError):
            pass
    if given.endswith("a folder"):
        given += " in which no run was saved"
    raise DataError(f"{option}: expected the folder of a saved run, got {given}")
