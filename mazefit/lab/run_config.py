"""The settings of a run: at once its flags, its `--help` and the JSON saved beside its results."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Annotated, Any

import tyro

from mazefit.agents.catalogue import Entry, catalogue
from mazefit.envs.generators import ALGORITHMS
from mazefit.errors import Problems
from mazefit.lab.parameters import check_parameters, check_set
from mazefit.words import Language, default_language

OUT, COMPARED = Path("out/run_agent"), Path("out/compare")
AGENT = "q-learning"
EPISODES, PREDICTED, QUICK_EPISODES = 500, 100, 50
SEEDS, QUICK_SEEDS = 30, 3

_Out = Annotated[str | Path | None, tyro.conf.arg(metavar="FOLDER", help_behavior_hint=f"(default: {OUT} or {COMPARED})")]
_Resume = Annotated[str | Path | None, tyro.conf.arg(metavar="FOLDER", help_behavior_hint="(default: begin anew)")]
_Maze = Annotated[str | None, tyro.conf.arg(metavar="FILE|NAME", help_behavior_hint="(default: one is made)")]
_Agent = Annotated[str | None, tyro.conf.arg(metavar="NAME", help_behavior_hint=f"(default: {AGENT})")]
_Compare = Annotated[str | None, tyro.conf.arg(metavar="A,B,C", help_behavior_hint="")]
_Seeds = Annotated[int | None, tyro.conf.arg(metavar="INT", help_behavior_hint=f"(default: {SEEDS})")]
_Episodes = Annotated[
    int | None, tyro.conf.arg(metavar="INT", help_behavior_hint=f"(default: {EPISODES}; {PREDICTED} of a prediction)")
]
_Rate = Annotated[float | str | None, tyro.conf.arg(metavar="RATE", help_behavior_hint="")]
_Number = Annotated[float | None, tyro.conf.arg(metavar="FLOAT", help_behavior_hint="")]
_Lambda = Annotated[float | None, tyro.conf.arg(name="lambda", metavar="FLOAT", help_behavior_hint="")]
_Integer = Annotated[int | None, tyro.conf.arg(metavar="INT", help_behavior_hint="")]
_Word = Annotated[str | None, tyro.conf.arg(metavar="NAME", help_behavior_hint="")]
_Pairs = Annotated[str | None, tyro.conf.arg(metavar="NAME=VALUE", help_behavior_hint="")]


@dataclass(frozen=True)
class RunConfig:
    """Let an agent learn or plan a maze; certify and draw what came of it.

    What an algorithm is not told it takes from its own defaults.

    A RATE: a number, 1/N, linear:0.5:0.1:200 (episodes) or exponential:0.5:0.99.

    Examples: `--agent sarsa --maze tutorial`; `--compare sarsa,q-learning`.
    """

    agent: _Agent = None
    """What learns or plans; `list` shows all."""
    compare: _Compare = None
    """Several of them side by side, over many seeds."""
    seeds: _Seeds = None
    """How many seeds --compare runs."""
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
    """Episodes in all."""
    seed: int = 0
    """Seed of the agent's choices: same seed, same bytes."""
    step_size: _Rate = None
    """α, above 0 and at most 1."""
    discount: _Number = None
    """γ, 0 to 1."""
    policy: _Word = None
    """It acts by epsilon-greedy, greedy, softmax or ucb; a prediction is of random (every action alike) or greedy (optimal)."""
    epsilon: _Rate = None
    """ε of epsilon-greedy, 0 to 1."""
    temperature: _Rate = None
    """τ of softmax, above 0."""
    c: _Rate = None
    """c of ucb, at least 0."""
    lambda_: _Lambda = None
    """λ of eligibility traces, 0 to 1."""
    n: _Integer = None
    """Steps of an n-step return."""
    sigma: _Number = None
    """σ of Q(σ): 1 samples, 0 expects."""
    planning_steps: _Integer = None
    """Planned updates after each step."""
    kappa: _Number = None
    """κ of Dyna-Q+, its bonus for the long untried."""
    first_visit: bool = False
    """Monte Carlo: the first visits alone."""
    every_visit: bool = False
    """Monte Carlo: every visit."""
    set: _Pairs = None
    """Any other parameter by its name; several with commas."""
    out: _Out = None
    """Where the results go."""
    resume: _Resume = None
    """Go on with the run in this folder."""
    quick: bool = False
    """A taste: 50 episodes, 3 seeds."""
    show: bool = False
    """Open the figures in windows."""
    lang: Language = field(default_factory=default_language)
    """Language of figures and summary (or set MAZEFIT_LANG)."""
    debug: bool = False
    """Show the whole traceback of an error."""

    @property
    def name(self) -> str:
        """What learns or plans."""
        return AGENT if self.agent is None else self.agent

    @property
    def total(self) -> int:
        """How many episodes there shall be in all."""
        if self.episodes is not None:
            return self.episodes
        if self.quick:
            return QUICK_EPISODES
        names = self.names or (self.name,)
        return PREDICTED if any(e.kind == "prediction" for e in catalogue() if e.name in names) else EPISODES

    @property
    def names(self) -> tuple[str, ...]:
        """What is compared."""
        return () if self.compare is None else tuple(name.strip() for name in self.compare.split(","))

    @property
    def rounds(self) -> int:
        """How many seeds a comparison runs."""
        return self.seeds if self.seeds is not None else QUICK_SEEDS if self.quick else SEEDS

    @property
    def folder(self) -> Path:
        """Where the results go."""
        if self.out is not None:
            return Path(self.out)
        return OUT if self.compare is None else COMPARED

    def check(self) -> None:
        """Say at once everything that is wrong.

        Raises:
            ConfigError: something is.
        """
        problems = Problems("run")
        known = {entry.name: entry for entry in catalogue()}
        if self.compare is None:
            problems.choice("--agent", self.name, known)
        else:
            self._check_compare(known, problems)
        entries = [known[name] for name in self.names or (self.name,) if name in known]
        problems.integer("--rows", self.rows, 1)
        problems.integer("--columns", self.columns, 1)
        problems.choice("--algorithm", self.algorithm, ALGORITHMS)
        problems.integer("--maze-seed", self.maze_seed, 0)
        problems.number("--loops", self.loops, 0.0, 1.0)
        problems.integer("--episodes", self.total, 1)
        problems.integer("--seed", self.seed, 0, 2**63 - 1)
        check_parameters(vars(self), entries, problems)
        check_set(self.set, entries, problems)
        problems.check(self.out is None or bool(str(self.out)), "--out: expected the path of a folder, got ''")
        problems.raise_if_any()

    def _check_compare(self, known: Mapping[str, Entry], problems: Problems) -> None:
        problems.check(self.agent is None, f"--agent: expected none beside --compare, got {self.agent!r}")
        problems.check(self.resume is None, "--resume: expected none beside --compare")
        problems.integer("--seeds", self.rounds, 1)
        wrong = [name for name in self.names if name not in known]
        for name in wrong[:3]:
            problems.choice("--compare", name, known)
        twice = sorted({name for name in self.names if self.names.count(name) > 1} - {*wrong})
        problems.check(not twice, f"--compare: expected each name once, got {', '.join(map(repr, twice))} again")

    def to_json(self) -> dict[str, Any]:
        """Plain JSON, every setting as it was used; None stands for an algorithm's own default."""
        used = replace(self, agent=None if self.compare else self.name, episodes=self.total, out=self.folder)
        return {name: str(value) if isinstance(value, Path) else value for name, value in asdict(used).items()}
