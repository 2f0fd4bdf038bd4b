"""The settings of a run as they lie beside its results: written, read back, and gone on with."""

import json
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, get_args, get_type_hints

from mazefit.errors import DataError, Problems, did_you_mean
from mazefit.lab.parameters import FLAG_OF, PARAMETERS
from mazefit.lab.run_config import RunConfig
from mazefit.version import __version__

CONFIG_FILE = "config.json"
KIND = "mazefit run"
FORMAT = 2  # 1 had no parameters but step size, discount and epsilon
OF_THE_RUN = ("agent", "maze", "rows", "columns", "algorithm", "maze_seed", "loops", "seed", *PARAMETERS)
"""The settings that a run keeps when it is resumed."""


def resumed_config(config: RunConfig, saved: RunConfig, folder: Path) -> RunConfig:
    """The settings with which the run in `folder` goes on: its own, with the total of episodes that is asked for now.

    Raises:
        ConfigError: a setting that the run must keep was given another value.
    """
    problems, default = Problems("run --resume"), RunConfig(lang="en")
    for name in OF_THE_RUN:
        asked, kept = getattr(config, name), getattr(saved, name)
        flag = FLAG_OF.get(name, f"--{name.replace('_', '-')}")
        expected = "none" if kept is None else repr(kept)
        problems.check(asked in (getattr(default, name), kept), f"{flag}: expected {expected}, as in the run, got {asked!r}")
    problems.raise_if_any()
    kept = {name: getattr(saved, name) for name in OF_THE_RUN}
    episodes = saved.total if config.episodes is None else config.episodes
    out = folder if config.out is None else config.out
    return replace(config, **kept, episodes=episodes, out=out, resume=folder)


def read_config(folder: Path) -> RunConfig:
    """The settings saved in the folder of a run.

    Raises:
        DataError: there are none, or something is wrong with them.
    """
    file = folder / CONFIG_FILE
    try:
        saved: Any = json.loads(file.read_bytes())
    except OSError as error:
        raise DataError(f"{file}: expected the settings of a saved run, got {error.strerror or error}") from error
    except (ValueError, RecursionError) as error:
        raise DataError(f"{file}: expected the settings of a saved run, got damaged JSON ({error})") from error
    if not is_ours(saved) or not isinstance(saved.get("flags"), dict):
        raise DataError(f"{file}: expected the settings of a saved run, got something else")
    if saved.get("format") != FORMAT:
        raise DataError(
            f"{file}: expected settings of format {FORMAT}, as mazefit {__version__} writes them, got format "
            f"{saved.get('format', 1)} of mazefit {_version(saved)}; begin that run anew"
        )
    problems, values = Problems(str(file)), saved["flags"]
    known = {setting.name: get_type_hints(RunConfig)[setting.name] for setting in fields(RunConfig)}
    for name in values:
        problems.check(name in known, f"unknown setting {name!r}{did_you_mean(name, known)}")
    for name, kind in known.items():
        if name not in values:
            problems.check(False, f"{name}: expected a value, got none")
            continue
        value, kinds = values[name], _plain(kind)
        fine = isinstance(value, kinds) and (not isinstance(value, bool) or kinds == (bool,))
        problems.check(fine, f"{name}: expected {' or '.join(_called(k) for k in kinds)}, got {value!r}")
    if problems.sentences:
        raise DataError(f"{file}: {'; '.join(problems.sentences)}")
    settings: dict[str, Any] = dict(values)
    settings |= {name: None if values[name] is None else Path(values[name]) for name in ("out", "resume")}
    config = RunConfig(**settings)
    config.check()
    return config


def is_ours(saved: Any, kind: str = KIND) -> bool:
    """Whether this JSON was saved by a run (or by another command of that kind)."""
    return isinstance(saved, dict) and saved.get("kind") == kind


def _plain(kind: Any) -> tuple[type, ...]:
    """The types that a setting has in JSON: a path is text there, one of some words as well, and 1 may stand for 1.0."""
    found = list[type]()
    for part in get_args(kind) or (kind,):
        found += [str] if part is Path or isinstance(part, str) else [int, float] if part is float else [part]
    return tuple(dict.fromkeys(found))


def _called(kind: type) -> str:
    return "none" if kind is type(None) else kind.__name__


def _version(saved: dict[str, Any]) -> str:
    versions = saved.get("versions")
    return str(versions.get("mazefit")) if isinstance(versions, dict) else "unknown"
