"""The settings of the deep agent's command: at once its flags, its `--help` and the JSON saved beside its results."""

from dataclasses import dataclass, replace
from typing import Annotated, ClassVar, Self

import tyro

from mazefit.agents import EpsilonGreedy, Linear
from mazefit.agents.deep.dqn import DQN
from mazefit.agents.deep.networks import Convolutional, Dense, Factory
from mazefit.envs.generators import ALGORITHMS
from mazefit.errors import Problems
from mazefit.lab.fit_config import FitConfig
from mazefit.training import Adam

OBSERVATIONS = ("state", "coordinates", "grid")
CELLS, QUICK_CELLS = 10, 4
STEPS, QUICK_STEPS = 60_000, 4_000
MANY_CELLS, QUICK_MANY_CELLS = 5, 3
ROUNDS, QUICK_ROUNDS = 400, 12  # steps of each of many mazes
HELD_OUT, QUICK_HELD_OUT = 500, 50
ALONE = ("maze", "algorithm", "maze_seed", "seeds", "resume", "observation", "double", "dueling", "n_step", "discount",
         "learning_rate")  # fmt: skip
"""Settings of one maze, which many mazes have none of."""

_Maze = Annotated[str | None, tyro.conf.arg(metavar="FILE|NAME", help_behavior_hint="(default: one is made)")]
_Cells = Annotated[
    int | None, tyro.conf.arg(metavar="INT", help_behavior_hint=f"(default: {CELLS}; with --quick {QUICK_CELLS})")
]
_Steps = Annotated[int | None, tyro.conf.arg(metavar="INT", help_behavior_hint="(default: 60,000; with --quick 4,000)")]
_Mazes = Annotated[int | None, tyro.conf.arg(metavar="INT", help_behavior_hint="")]
_Seeds = Annotated[int | None, tyro.conf.arg(metavar="INT", help_behavior_hint="")]
_Word = Annotated[str, tyro.conf.arg(metavar="NAME")]
_Integer = Annotated[int, tyro.conf.arg(metavar="INT")]
_Number = Annotated[float, tyro.conf.arg(metavar="FLOAT")]


@dataclass(frozen=True)
class DeepConfig(FitConfig):
    """A network learns the action values of a maze (DQN); the exact values stand beside what it learned.

    Episodes begin anywhere in the maze and are cut after a while; what is certified is the path from the maze's own start.

    Figures: the maze with what was learned; returns and lengths; one row of the last minibatch as a backup diagram.

    Examples: `--quick`; `--double --dueling --n-step 3`; `--seeds 10`; `--observation grid --lang ko`.
    """

    command: ClassVar[str] = "deep"

    epochs: tyro.conf.Suppress[int | None] = 1
    maze: _Maze = None
    """A maze file, or a maze by name: tutorial, dyna."""
    rows: _Cells = None
    """Rows of cells of a maze that is made."""
    columns: _Cells = None
    """Columns of cells."""
    algorithm: _Word = "wilson"
    """How: dfs, prim, kruskal, wilson, aldous-broder, eller, sidewinder, binary-tree, recursive-division, hunt-and-kill."""
    maze_seed: _Integer = 0
    """The same seed makes the same maze."""
    steps: _Steps = None
    """Steps in all."""
    seeds: _Seeds = None
    """So many mazes, each with a seed of its own: a table, no figures."""
    mazes: _Mazes = None
    """So many mazes at once, and walks through others, never seen (5 x 5 cells; a page and figures of its own)."""
    observation: _Word = "state"
    """What the network is given: state, coordinates or grid."""
    double: bool = False
    """The online network chooses, the target network values."""
    dueling: bool = False
    """The network gives V and advantages."""
    n_step: _Integer = 1
    """Rewards of a target."""
    discount: _Number = 0.99
    """γ, 0 to 1."""
    learning_rate: _Number = 0.001
    """Of Adam."""
    resume: bool = False
    """Go on with the interrupted run in that folder, to the same bytes."""

    @property
    def all_steps(self) -> int:
        """How many steps there shall be."""
        if self.mazes is not None and self.steps is None:
            return self.mazes * (QUICK_ROUNDS if self.quick else ROUNDS)
        return self.steps if self.steps is not None else QUICK_STEPS if self.quick else STEPS

    @property
    def held_out(self) -> int:
        """How many mazes are never seen, where it learns on many."""
        return QUICK_HELD_OUT if self.quick else HELD_OUT

    @property
    def cells(self) -> tuple[int, int]:
        """Rows and columns of cells of a maze that is made."""
        if self.mazes is None:
            usual = QUICK_CELLS if self.quick else CELLS
        else:
            usual = QUICK_MANY_CELLS if self.quick else MANY_CELLS
        return (usual if self.rows is None else self.rows), (usual if self.columns is None else self.columns)

    @property
    def agent(self) -> DQN:
        """The agent of these settings; what is no flag suits mazes of this size."""
        network: Factory = Convolutional((16, 16), (128,)) if self.observation == "grid" else Dense((256,))
        many = max(1, self.all_steps // 3)
        return DQN(
            network, double=self.double, dueling=self.dueling, n_step=self.n_step, discount=self.discount,
            optimizer=Adam(self.learning_rate), policy=EpsilonGreedy(Linear(1.0, 0.5, steps=many)), buffer_size=50_000,
            batch_size=128, learning_starts=min(1000, many), train_every=1, target_every=200, device=self.device,
        )  # fmt: skip

    def check_own(self, problems: Problems) -> None:
        """Note what is wrong."""
        for name, value, least in (("--rows", self.cells[0], 1), ("--columns", self.cells[1], 1), ("--n-step", self.n_step, 1)):
            problems.integer(name, value, least, 255)
        made = (self.rows, self.columns, self.algorithm, self.maze_seed) == (None, None, "wilson", 0)
        problems.check(self.maze is None or made, "--maze: expected none beside --rows, --columns, --algorithm and --maze-seed")
        problems.choice("--algorithm", self.algorithm, ALGORITHMS)
        problems.integer("--maze-seed", self.maze_seed, 0)
        problems.integer("--steps", self.all_steps, 1)
        problems.choice("--observation", self.observation, OBSERVATIONS)
        problems.number("--discount", self.discount, 0.0, 1.0)
        problems.number("--learning-rate", self.learning_rate, 0.0, 10.0, open_low=True)
        if self.mazes is not None:
            problems.integer("--mazes", self.mazes, 2, 2**16)
            given = [f"--{name.replace('_', '-')}" for name in ALONE if getattr(self, name) != getattr(type(self)(), name)]
            problems.check(not given, f"--mazes: expected none of one maze's settings beside it, got {', '.join(given)}")
        if self.seeds is not None:
            problems.integer("--seeds", self.seeds, 1, 100_000)
            problems.check(not self.resume, "--seeds: expected none beside --resume")
            problems.check(self.maze is None, "--seeds: expected none beside --maze: each seed makes its own")

    def as_used(self) -> Self:
        """The settings with every default in its place."""
        rows, columns = self.cells if self.maze is None else (None, None)
        return replace(super().as_used(), steps=self.all_steps, rows=rows, columns=columns)
