"""The trees of Monte Carlo returns and of λ-returns.

Reference: Sutton & Barto, 2nd edition, the backup diagrams of sections 5.1 and 12.1.
"""

from collections.abc import Mapping
from typing import Any

from mazefit.agents.episode_rule import Episode
from mazefit.agents.learning.spines import arrival_node, last_arrival, sampled_spine
from mazefit.backup.one_step import state_label
from mazefit.backup.rule import Tables
from mazefit.backup.spec import BackupSpec
from mazefit.backup.tree import Component, Node


def return_tree(
    settings: Mapping[str, Any], episode: Episode, at: int, last: int, *, root: str, ratios: bool = False,
    beyond: float | None = None,
) -> Node:  # fmt: skip
    """The tree of the return of the steps `at` … `last`, and what lies beyond.

    Args:
        settings: `actions`, `discount`.
        episode: the steps, as plain lists; `extra` holds ratios where `ratios`, and at `last + 1` the value at the cut.
        at, last: the first and the last step.
        root: "state" or "state-action".
        ratios: whether edges to an action carry its importance ratio.
        beyond: of a return of so many steps the value of its last arrival; None: the return goes to the episode's end.
    """
    arrival = state_label(last_arrival(settings, episode, last))
    if beyond is None:
        below = arrival_node(
            settings, episode, last, lambda cut: Node("state", arrival, value=episode.extra[last + 1], truncated=cut)
        )  # fmt: skip
    else:
        below = Node("state", arrival, value=beyond)
    own = (lambda step: episode.extra[step]) if ratios else None
    return sampled_spine(settings, episode, at, last, below, root, own)


def return_trees(
    spec: BackupSpec, settings: dict[str, Any], tables: Tables, episode: Episode, at: int, trigger: int
) -> tuple[Component, ...]:
    """The one tree of a return to the end of its episode."""
    return (Component(return_tree(settings, episode, at, trigger, root=spec.root)),)


def ratio_trees(
    spec: BackupSpec, settings: dict[str, Any], tables: Tables, episode: Episode, at: int, trigger: int
) -> tuple[Component, ...]:
    """The same with the importance ratios of its actions."""
    return (Component(return_tree(settings, episode, at, trigger, root=spec.root, ratios=True)),)


def off_policy_trees(
    spec: BackupSpec, settings: dict[str, Any], tables: Tables, episode: Episode, at: int, trigger: int
) -> tuple[Component, ...]:
    """The same; where importance sampling is ordinary, the return is weighted by the product of the ratios."""
    trees = ratio_trees(spec, settings, tables, episode, at, trigger)
    if settings["weighted"]:
        return trees
    ratio = 1.0
    for step in range(trigger, at - 1, -1):
        ratio = ratio * episode.extra[step]
    return (Component(trees[0].node, weight=ratio, weight_label="ρ"),)


def lambda_trees(
    spec: BackupSpec, settings: dict[str, Any], tables: Tables, episode: Episode, at: int, trigger: int
) -> tuple[Component, ...]:
    """The n-step returns from step `at` on, n = 1, 2, … to the end of the episode, with the weights of the λ-return."""
    lambda_, power = settings["lambda_"], 1.0
    columns: list[Component] = []
    for last in range(at, trigger + 1):
        whole = last == trigger
        beyond = None if whole else episode.old[last + 1]
        node = return_tree(settings, episode, at, last, root=spec.root, beyond=beyond)
        columns.append(Component(node, weight=power if whole else (1.0 - lambda_) * power))
        power *= lambda_
    return tuple(columns)
