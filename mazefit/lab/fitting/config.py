"""The settings of the fitting environments' commands: each dataclass is at once flags, `--help` and the JSON beside results."""

from dataclasses import dataclass, replace
from typing import Annotated, Any, ClassVar, Literal, Self

import tyro

from mazefit.agents.catalogue import catalogue
from mazefit.envs.fit_control_env import CONTROLS, REWARDS
from mazefit.envs.fit_tasks import NAMED
from mazefit.errors import Problems
from mazefit.lab.fit_config import FitConfig
from mazefit.lab.parameters import PARAMETERS, check_set, evaluates

AGENT = "q-learning"

_Count = Annotated[int | None, tyro.conf.arg(metavar="INT", help_behavior_hint="")]
_Number = Annotated[float, tyro.conf.arg(metavar="FLOAT")]
_Pairs = Annotated[str | None, tyro.conf.arg(metavar="NAME=VALUE", help_behavior_hint="")]


@dataclass(frozen=True)
class FittingConfig(FitConfig):
    """What all of them take."""

    device: tyro.conf.Suppress[str] = "cpu"

    @property
    def called(self) -> str:
        """What stands behind `mazefit` on a command line."""
        return f"fitting {self.command}"


@dataclass(frozen=True)
class LandscapeConfig(FittingConfig):
    """A loss surface as a maze: an agent walks it, four optimizers roll down beside it.

    The losses of a line through ten points on a grid of w and b; moves change one of them; the reward is the loss removed.

    Figures: the surface with the best actions and all ways; what the agent learned and how; one of its updates.

    Examples: `--agent dyna-q`; `--discount 1`; `--nodes 41 --lang ko`.
    """

    command: ClassVar[str] = "landscape"
    full_epochs: ClassVar[int] = 500
    quick_epochs: ClassVar[int] = 500

    epochs: Annotated[int | None, tyro.conf.arg(metavar="INT", help_behavior_hint="(default: 500)")] = None
    """Updates of each optimizer, all points at once."""
    agent: Annotated[str, tyro.conf.arg(metavar="NAME")] = AGENT
    """What learns or plans: any algorithm that finds actions."""
    episodes: Annotated[int | None, tyro.conf.arg(metavar="INT", help_behavior_hint="(default: 2,000)")] = None
    """Episodes that it learns from."""
    discount: _Number = 0.9
    """γ; at 1 all ways to the goal are worth the same."""
    epsilon: _Number = 0.3
    """Share of random moves, where the agent acts epsilon-greedily."""
    set: _Pairs = None
    """Other parameters of the agent, by their own names."""
    nodes: Annotated[int, tyro.conf.arg(metavar="INT")] = 21
    """Nodes of the grid in each direction."""

    @property
    def lives(self) -> int:
        """How many episodes there shall be."""
        return (300 if self.quick else 2_000) if self.episodes is None else self.episodes

    @property
    def parameters(self) -> dict[str, Any]:
        """The flags of the agent's parameters, None where it keeps its own."""
        return {**dict.fromkeys(PARAMETERS), "discount": self.discount, "epsilon": self.epsilon, "set": self.set}

    def check_own(self, problems: Problems) -> None:
        """Note what is wrong."""
        known = {entry.name: entry for entry in catalogue() if not evaluates(entry)}
        problems.choice("--agent", self.agent, known)
        problems.integer("--episodes", self.lives, 1)
        problems.number("--discount", self.discount, 0.0, 1.0)
        problems.number("--epsilon", self.epsilon, 0.0, 1.0)
        problems.integer("--nodes", self.nodes, 3, 501)
        check_set(self.set, [known[self.agent]] if self.agent in known else [], problems)

    def as_used(self) -> Self:
        """The settings with every default in its place."""
        return replace(super().as_used(), episodes=self.lives)


@dataclass(frozen=True)
class UpdatesConfig(FittingConfig):
    """A fit as something that agents do: gradient descent, momentum, RMSprop and Adam act in one environment.

    Every update of every parameter is recorded, replayed and held against PyTorch's optimizers.

    Figures: the ways down, or the losses where there are more than two parameters; the largest update as a backup diagram.

    Examples: `--task sine`; `--task waves --epochs 300 --lang ko`.
    """

    command: ClassVar[str] = "fit"
    full_epochs: ClassVar[int] = 1_000
    quick_epochs: ClassVar[int] = 100

    epochs: Annotated[int | None, tyro.conf.arg(metavar="INT", help_behavior_hint="(default: 1,000)")] = None
    """Updates in an episode at most, all points at once."""
    task: Annotated[str, tyro.conf.arg(metavar="NAME")] = "line"
    """line, descent, sine, curve or waves."""

    def check_own(self, problems: Problems) -> None:
        """Note what is wrong."""
        problems.choice("--task", self.task, NAMED)


@dataclass(frozen=True)
class ControlConfig(FittingConfig):
    """An agent that steers a fit: it sets the step size of one optimizer, or chooses which of four works.

    Q-learning, one agent for each seed, held against every fixed choice on the same starts.

    Figures: loss at the end of an episode and updates until the target, over what was learned, with bands.

    Examples: `--control step_size`; `--seeds 5 --lang ko`.
    """

    command: ClassVar[str] = "control"
    full_epochs: ClassVar[int] = 5
    quick_epochs: ClassVar[int] = 5

    epochs: Annotated[int | None, tyro.conf.arg(metavar="INT", help_behavior_hint="(default: 5)")] = None
    """Updates after each action, all points at once."""
    control: Literal["step_size", "optimizer"] = "optimizer"
    """What the agent steers."""
    task: Annotated[str, tyro.conf.arg(metavar="NAME")] = "line"
    """line, descent, sine, curve or waves."""
    reward: Literal["loss", "log"] = "log"
    """The decrease of the loss, or of its logarithm."""
    seeds: Annotated[int | None, tyro.conf.arg(metavar="INT", help_behavior_hint="(default: 30)")] = None
    """Agents, each of its own seed."""
    episodes: Annotated[int | None, tyro.conf.arg(metavar="INT", help_behavior_hint="(default: 600)")] = None
    """Episodes that each learns from."""
    starts: Annotated[int | None, tyro.conf.arg(metavar="INT", help_behavior_hint="(default: 10)")] = None
    """Starts on which what was learned is tried."""

    @property
    def count(self) -> int:
        """How many agents there are."""
        return (3 if self.quick else 30) if self.seeds is None else self.seeds

    @property
    def lives(self) -> int:
        """How many episodes each learns from."""
        return (20 if self.quick else 600) if self.episodes is None else self.episodes

    @property
    def tries(self) -> int:
        """On how many starts what was learned is tried."""
        return (3 if self.quick else 10) if self.starts is None else self.starts

    def check_own(self, problems: Problems) -> None:
        """Note what is wrong."""
        problems.choice("--control", self.control, CONTROLS)
        problems.choice("--task", self.task, NAMED)
        problems.choice("--reward", self.reward, REWARDS)
        problems.integer("--seeds", self.count, 1, 100_000)
        problems.integer("--episodes", self.lives, 1)
        problems.integer("--starts", self.tries, 1)

    def as_used(self) -> Self:
        """The settings with every default in its place."""
        return replace(super().as_used(), seeds=self.count, episodes=self.lives, starts=self.tries)
