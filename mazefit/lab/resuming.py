"""Going on with an interrupted fit: whether the folder holds one of the same settings, and the line to copy."""

import json
import shlex
from typing import Any

from mazefit.errors import DataError, Problems
from mazefit.lab.command_line import call
from mazefit.lab.fit_config import FitConfig
from mazefit.lab.places import what_is
from mazefit.lab.saved_config import CONFIG_FILE, is_ours

FREE = ("out", "show", "lang", "quick")
"""Settings that may differ: they change neither data nor updates."""


def line_to_go_on(config: FitConfig) -> str:
    """The command line that goes on, in one piece."""
    return f"  {call(config.command)} {shlex.join([*config.flags, '--resume'])}"


def check_same(config: FitConfig) -> None:
    """See that the folder holds a run of the same settings.

    Raises:
        ConfigError: the interrupted run had other settings; names all of them.
        DataError: there is no run to go on with.
    """
    file = config.folder / CONFIG_FILE
    try:
        saved: Any = json.loads(file.read_bytes())
    except OSError as error:
        given = what_is(config.folder)
        given += f" without {CONFIG_FILE}" if given.endswith("a folder") else ""
        raise DataError(f"--resume: expected --out to be the folder of an interrupted run, got {given}") from error
    except (ValueError, RecursionError) as error:
        raise DataError(f"{file}: expected the settings of an interrupted run, got damaged JSON ({error})") from error
    if not is_ours(saved, config.kind) or not isinstance(saved.get("flags"), dict):
        raise DataError(f"{file}: expected the settings of an interrupted {config.kind}, got something else")
    problems, before = Problems(f"{config.command} --resume"), saved["flags"]
    for name, value in config.to_json().items():
        flag = f"--{name.replace('_', '-')}"
        same = name in FREE or (name in before and before[name] == value)
        problems.check(same, f"{flag}: expected {before.get(name)!r}, as in the run, got {value!r}")
    problems.raise_if_any()
