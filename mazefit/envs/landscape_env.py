"""The loss surface as a Gymnasium environment: a maze in which going down is rewarded."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
from gymnasium import spaces

from mazefit.envs.arguments import refuse_unknown
from mazefit.envs.landscape import Landscape
from mazefit.envs.landscape_arguments import OPTIONS, begun, check_arguments, start_option
from mazefit.envs.landscape_grid import RANGE_B, RANGE_W, Range
from mazefit.envs.maze import Maze
from mazefit.envs.rows import Info, TableRows
from mazefit.envs.rows_env import RowsEnv
from mazefit.envs.tables import TabularMDP


class LandscapeEnv(RowsEnv):
    """A loss surface on a grid of two parameters, on which an agent looks for the node of least loss.

    ## Description
    Fitting as a maze. The parameters (w, b) of a model stand on a grid of nodes; each move changes one of them by one step; a
    move over the edge leaves both as they are. Every transition has probability 1. The environment is its tables:
    `env.unwrapped.mdp` is a `TabularMDP`, `env.unwrapped.P` the same in the form of Gymnasium's toy_text,
    `env.unwrapped.landscape` the `Landscape` itself. So planners, learners, traces and certificates take it as they take a
    maze.

    ## Action Space
    `Discrete(4)`: 0 up (b + a step), 1 right (w + a step), 2 down (b - a step), 3 left (w - a step). Any integer of 0 to 3 is
    taken, NumPy's included; everything else is refused and leaves the environment as it was.

    ## Observation Space
    - `observation="state"`: `Discrete(R * C)`, the state row * C + column; row 0 has the largest b, column 0 the smallest w.
    - `observation="coordinates"`: `MultiDiscrete([R, C])`, row and column.
    - `observation="parameters"`: `Box` of float64 [2], w and b themselves.

    ## Starting State
    The landscape's start (the node of largest loss, where nothing else is said); with `start=s` the state s, with
    `start=(w, b)` the node nearest to it, with `start="random"` any node that is no goal, with equal probability; with
    `reset(options={"state": s})` the state s.

    ## Rewards
    Received on arrival: loss(here) - loss(there), the loss that the move removes; 0 for a bump at the edge. The return G of an
    episode, undiscounted, is exactly the loss at its start less the loss at its end. So at discount 1 every way to the goal has
    the same return, and all actions of all states tie; take a discount below 1, such as 0.9, and the best way is the one on
    which the loss is soon small and stays small.

    ## Episode End
    Terminates on arrival at the node of least loss (any of them, where several tie). Truncates only where
    `gymnasium.make(..., max_episode_steps=n)` says so.

    ## Information
    A new dict from every `step` and `reset`: `position` (row, column), `w`, `b`, `loss`, and `probability` of the transition
    (1.0).

    ## Arguments
    - `landscape=None`: a `Landscape`; without one the surface is made of
    - `model=None`: a function of (x, w, b) that gives predictions of the shape of y; None is the line w x + b,
    - `x=None`, `y=None`: inputs and outputs; None are the ten points of the tutorial's line,
    - `w=(-0.3, 1.7, 21)`: smallest and largest value and number of nodes of the first parameter,
    - `b=(-2.0, 8.0, 21)`: the same of the second,
    - `loss="mse"`: or `"l1"`, or a function of (predictions, y) that gives a number.
    - `observation="state"`: or `"coordinates"`, `"parameters"`.
    - `start="fixed"`: or `"random"`, a state, or a pair (w, b).
    - `render_mode=None`: or `"ansi"`, `"rgb_array"`, in which the loss colours the nodes, the least of it brightest; through
      `gymnasium.make` also `"human"`. Values and arrows come into the pictures by `env.unwrapped.show(values, arrows)`.

    ## References
    - A. Y. Ng, D. Harada and S. Russell, Policy invariance under reward transformations, ICML 1999: why such rewards tie.
    - R. S. Sutton and A. G. Barto, Reinforcement Learning: An Introduction, 2nd edition, MIT Press 2018, chapters 3 to 8.

    ## Version History
    - v0: first version.
    """

    def __init__(
        self,
        landscape: Landscape | None = None,
        model: Callable[..., Any] | None = None,
        x: npt.ArrayLike | None = None,
        y: npt.ArrayLike | None = None,
        w: Range = RANGE_W,
        b: Range = RANGE_B,
        loss: str | Callable[..., Any] = "mse",
        observation: str = "state",
        start: str | int | tuple[float, float] = "fixed",
        render_mode: str | None = None,
        **unknown: object,
    ) -> None:
        refuse_unknown("LandscapeEnv", unknown, OPTIONS)
        surface = {"model": model, "x": x, "y": y, "w": w, "b": b, "loss": loss}
        check_arguments(landscape, surface, observation, start, render_mode)
        made = Landscape.of(model, x, y, w=w, b=b, loss=loss) if landscape is None else landscape
        self.landscape = begun(made, start)
        super().__init__(observation, isinstance(start, str) and start == "random", render_mode)

    @property
    def grid(self) -> Maze:
        """The nodes as cells without walls."""
        return self.landscape.maze

    def _tables(self) -> TabularMDP:
        return self.landscape.mdp(random_start=self.random_start)

    def _make_rows(self) -> TableRows:
        return TableRows(self.mdp, self._info)

    def _info(self, state: int) -> Info:
        w, b = self.landscape.parameters(state)
        position, loss = self.landscape.position(state), self.landscape.loss(state)
        return {"position": position, "w": w, "b": b, "loss": loss, "probability": 1.0}

    def _possible_starts(self) -> npt.NDArray[np.int64]:
        """Every state but the goals."""
        return np.flatnonzero(~self.mdp.absorbing)

    def _chosen_start(self, options: object) -> int | None:
        return start_option(options, self.landscape)

    def _own_space(self) -> spaces.Space[Any]:
        low, high = (np.array([self.landscape.w[i], self.landscape.b[-1 - i]]) for i in (0, -1))
        return spaces.Box(low, high, dtype=np.float64)

    def _own_observation(self, state: int) -> npt.NDArray[np.float64]:
        return np.array(self.landscape.parameters(state))

    def _shades(self) -> npt.NDArray[np.float64]:
        return self.landscape.shades
