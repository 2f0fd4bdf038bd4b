"""Q(σ) as the trace sees it: the branches of its trees, and what is refused of parameters and of loaded rows.

Reference: Sutton & Barto, 2nd edition, section 7.6.
"""

from collections.abc import Mapping
from typing import Any

import numpy.typing as npt

from mazefit.agents.episode_rule import Episode
from mazefit.agents.learning.n_step import MOST, check_n
from mazefit.agents.learning.sigma import degree, sigma_how
from mazefit.agents.learning.target_control import check_chances, check_target, check_target_settings
from mazefit.agents.learning.target_policy import probabilities_of
from mazefit.backup.one_step import action_label, state_label
from mazefit.backup.rule import Tables
from mazefit.backup.tree import Edge, Node
from mazefit.errors import Problems


def sigma_branch(
    settings: dict[str, Any], tables: Tables, episode: Episode, step: int, truncated: bool, taken: int, below: Node | None
) -> Node:
    """The state in which a step arrived: all actions, the one that follows with its ratio and, if there is more, what came."""
    how = sigma_how(settings)
    state, following = divmod(episode.following[step], len(how.actions))
    edges: list[Edge] = []
    for action, chance in enumerate(probabilities_of(settings, tables, state)):
        value = float(tables["q"][state * len(how.actions) + action])
        node = Node("action", action_label(action), value=value)
        if action == following:
            ratio = 1.0 if how.on_policy else chance / episode.extra[step]
            control = value if how.control_variate else None
            edges.append(Edge(below or node, weight=chance, chosen=True, ratio=ratio, control=control))
        else:
            edges.append(Edge(node, weight=chance))
    sigma = degree(episode.cell[step], how)
    return Node("state", state_label(state), combine="sigma", edges=tuple(edges), truncated=truncated, sigma=sigma)


def check_sigma_parameters(problems: Problems, parameters: Mapping[str, Any]) -> None:
    """Note an n out of range, a σ that is neither from 0 to 1 nor drawn, a target without probabilities."""
    sigma = parameters["sigma"]
    problems.integer("n", parameters["n"], 1, MOST)
    if isinstance(sigma, str):
        problems.check(sigma == "random", f"sigma: expected a number from 0 to 1 or 'random', got {sigma!r}")
    else:
        problems.number("sigma", sigma, 0.0, 1.0)
    problems.instance("control_variate", parameters["control_variate"], bool)
    check_target(problems, parameters["target"], parameters["policy"])


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
