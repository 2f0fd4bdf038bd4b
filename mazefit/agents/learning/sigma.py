"""Q(σ)'s parameters as its kernels take them, its trees, and what is refused of a loaded trace.

Reference: Sutton & Barto, 2nd edition, section 7.6.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy.typing as npt

from mazefit.agents.episode_rule import Episode
from mazefit.agents.learning.n_step import branching_spine, check_n
from mazefit.agents.learning.target_policy import check_chances, check_target_settings, probabilities_of, target_how
from mazefit.backup.one_step import SAMPLED, action_label, state_label
from mazefit.backup.rule import Tables
from mazefit.backup.spec import BackupSpec
from mazefit.backup.tree import Component, Edge, Node
from mazefit.kernel import kernel


class SigmaHow(NamedTuple):
    """As `TargetHow`; σ, whether it is drawn at every step instead, and whether there is a control variate."""

    discount: float
    actions: tuple[int, ...]
    n: int
    on_policy: bool
    rate: float
    sigma: float
    drawn: bool
    control_variate: bool


def sigma_how(settings: Mapping[str, Any]) -> SigmaHow:
    """The parameters as the kernels take them."""
    drawn = settings["sigma"] == "random"
    sigma = 0.0 if drawn else float(settings["sigma"])
    return SigmaHow(*target_how(settings), sigma, drawn, settings["control_variate"])


@kernel
def degree(row: int, how: Any) -> float:
    """σ of a step."""
    if how.drawn:
        return 1.0 if row & SAMPLED != 0 else 0.0
    return how.sigma


def sigma_trees(
    spec: BackupSpec, settings: dict[str, Any], tables: Tables, episode: Episode, at: int, trigger: int
) -> tuple[Component, ...]:
    """The tree of a return: at every arrival all actions, the taken one with its ratio and what followed."""
    how = sigma_how(settings)

    def branch(step: int, taken: int, below: Node | None, truncated: bool) -> Node:
        state, taken = divmod(episode.following[step], len(how.actions))
        edges: list[Edge] = []
        for action, chance in enumerate(probabilities_of(settings, tables, state)):
            value = float(tables["q"][state * len(how.actions) + action])
            node = Node("action", action_label(action), value=value)
            if action == taken:
                ratio = 1.0 if how.on_policy else chance / episode.extra[step]
                control = value if how.control_variate else None
                edges.append(Edge(below or node, weight=chance, chosen=True, ratio=ratio, control=control))
            else:
                edges.append(Edge(node, weight=chance))
        sigma = degree(episode.cell[step], how)
        return Node(
            "state", state_label(state), combine="sigma", edges=tuple(edges), truncated=truncated, sigma=sigma
        )  # fmt: skip

    return (branching_spine(settings, episode, at, trigger, branch),)


def check_sigma(settings: dict[str, Any], tables: Tables, rows: Mapping[str, npt.NDArray[Any]]) -> None:
    """Refuse loaded parameters out of range, and probabilities that cannot be.

    Raises:
        ValueError: there are some.
    """
    check_n(settings)
    check_target_settings(settings, ratio=True)
    sigma, control = settings["sigma"], settings["control_variate"]
    if sigma != "random" and not (isinstance(sigma, float) and 0.0 <= sigma <= 1.0):
        raise ValueError(f"settings: sigma: expected a number from 0 to 1 or 'random', got {sigma!r}")
    if not isinstance(control, bool):
        raise ValueError(f"settings: control_variate: expected true or false, got {control!r}")
    if rows:
        check_chances(rows["extra"], "rows: extra")
