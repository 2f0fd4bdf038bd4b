"""The settings of a run: at once its flags, its `--help` and the JSON saved beside its results."""

import json
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Annotated, Any

import tyro

from mazefit.agents.catalogue import catalogue
from mazefit.envs.generators import ALGORITHMS
from mazefit.errors import DataError, Problems, did_you_mean
from mazefit.words import Language, default_language

CONFIG_FILE = "config.json"
KIND = "mazefit run"
OUT = Path("out/run_agent")
EPISODES, QUICK_EPISODES = 500, 50

_Out = Annotated[str | Path | None, tyro.conf.arg(metavar="FOLDER", help_behavior_hint=f"(default: {OUT})")]
_Resume = Annotated[str | Path | None, tyro.conf.arg(metavar="FOLDER", help_behavior_hint="(default: begin anew)")]
_Maze = Annotated[str | None, tyro.conf.arg(metavar="FILE|NAME", help_behavior_hint="(default: one is made)")]
_Episodes = Annotated[int | None, tyro.conf.arg(metavar="INT", help_behavior_hint=f"(default: {EPISODES})")]


@dataclass(frozen=True)
class RunConfig:
    """Let an agent learn a maze; certify and draw what it learned.

    Examples: `--maze tutorial`; `--rows 5 --columns 8 --out out/small`.
    """

    agent: Annotated[str, tyro.conf.arg(metavar="NAME")] = "q-learning"
    """What learns or plans; `list` shows all."""
    maze: _Maze = None
    """A maze file, or a maze by name: tutorial, dyna."""
    rows: int = 10
    """Rows of cells of a maze that is made."""
    columns: int = 10
    """Columns of cells."""
    algorithm: Annotated[str, tyro.conf.arg(metavar="NAME")] = "wilson"
    """How: dfs, prim, kruskal, wilson, aldous-broder, eller, sidewinder, binary-tree, recursive-division, hunt-and-kill."""
    maze_seed: int = 0
    """The same seed makes the same maze."""
    loops: float = 0.0
    """Share of the inner walls to open, 0 to 1."""
    episodes: _Episodes = None
    """How many episodes in all."""
    seed: int = 0
    """Seed of the agent's choices: same seed, same bytes."""
    step_size: float = 0.5
    """α, above 0 and at most 1."""
    discount: float = 1.0
    """γ, 0 to 1."""
    epsilon: float = 0.1
    """ε, the probability of exploring, 0 to 1."""
    out: _Out = None
    """Where the results go."""
    resume: _Resume = None
    """Go on with the run in this folder, which says the rest."""
    quick: bool = False
    """A taste: 50 episodes unless --episodes says more."""
    show: bool = False
    """Open the figures in windows."""
    lang: Language = field(default_factory=default_language)
    """Language of figures and summary (or set MAZEFIT_LANG)."""
    debug: bool = False
    """Show the whole traceback of an error."""

    @property
    def total(self) -> int:
        """How many episodes there shall be in all."""
        return self.episodes if self.episodes is not None else QUICK_EPISODES if self.quick else EPISODES

    @property
    def folder(self) -> Path:
        """Where the results go."""
        return OUT if self.out is None else Path(self.out)

    def check(self) -> None:
        """Say at once everything that is wrong.

        Raises:
            ConfigError: something is.
        """
        problems = Problems("run")
        problems.choice("--agent", self.agent, [entry.name for entry in catalogue()])
        problems.integer("--rows", self.rows, 1)
        problems.integer("--columns", self.columns, 1)
        problems.choice("--algorithm", self.algorithm, ALGORITHMS)
        problems.integer("--maze-seed", self.maze_seed, 0)
        problems.number("--loops", self.loops, 0.0, 1.0)
        problems.integer("--episodes", self.total, 1)
        problems.integer("--seed", self.seed, 0, 2**63 - 1)
        problems.number("--step-size", self.step_size, 0.0, 1.0, open_low=True)
        problems.number("--discount", self.discount, 0.0, 1.0)
        problems.number("--epsilon", self.epsilon, 0.0, 1.0)
        problems.check(self.out is None or bool(str(self.out)), "--out: expected the path of a folder, got ''")
        problems.raise_if_any()

    def to_json(self) -> dict[str, Any]:
        """Plain JSON, every setting as it was used."""
        used = replace(self, episodes=self.total, out=self.folder)
        return {name: str(value) if isinstance(value, Path) else value for name, value in asdict(used).items()}


OF_THE_RUN = ("agent", "maze", "rows", "columns", "algorithm", "maze_seed", "loops", "seed", "step_size", "discount", "epsilon")
"""The settings that a run keeps when it is resumed."""


def resumed_config(config: RunConfig, saved: RunConfig, folder: Path) -> RunConfig:
    """The settings with which the run in `folder` goes on: its own, with the total of episodes that is asked for now.

    Raises:
        ConfigError: a setting that the run must keep was given another value.
    """
    problems, default = Problems("run --resume"), RunConfig(lang="en")
    for name in OF_THE_RUN:
        asked, kept = getattr(config, name), getattr(saved, name)
        flag = f"--{name.replace('_', '-')}"
        problems.check(asked in (getattr(default, name), kept), f"{flag}: expected {kept!r}, as in the run, got {asked!r}")
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
    problems, values = Problems(str(file)), saved["flags"]
    known = {setting.name: str(setting.type) for setting in fields(RunConfig)}
    for name in values:
        problems.check(name in known, f"unknown setting {name!r}{did_you_mean(name, known)}")
    default = RunConfig(lang="en").to_json()
    for name in known:
        if name not in values:
            problems.check(False, f"{name}: expected a value, got none")
            continue
        value = values[name]
        kinds = {"loops": (int, float), "resume": (str, type(None)), "maze": (str, type(None))}.get(
            name, (type(default[name]),)
        )
        kinds = (int, float) if kinds == (float,) else kinds
        fine = isinstance(value, kinds) and (not isinstance(value, bool) or kinds == (bool,))
        problems.check(fine, f"{name}: expected {' or '.join(kind.__name__ for kind in kinds)}, got {value!r}")
    if problems.sentences:
        raise DataError(f"{file}: {'; '.join(problems.sentences)}")
    settings: dict[str, Any] = dict(values)
    settings |= {name: None if values[name] is None else Path(values[name]) for name in ("out", "resume")}
    config = RunConfig(**settings)
    config.check()
    return config


def is_ours(saved: Any) -> bool:
    """Whether this JSON was saved by a run."""
    return isinstance(saved, dict) and saved.get("kind") == KIND
