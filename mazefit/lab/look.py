"""The backup diagram below a state or a pair (s, a), as deep as was asked for and as there is room for."""

from dataclasses import dataclass

from mazefit.backup.draw.figure import columns
from mazefit.backup.draw.text import to_text
from mazefit.backup.one_step import action_label, state_label
from mazefit.backup.tree import Backup
from mazefit.lab.policy_tree import action_look, count_nodes, state_look, terminal_look
from mazefit.lab.scene import Scene
from mazefit.lab.text_fit import cut, wrap

DEEPEST = 5
"""Arrivals below each other that are drawn at most; more would be drawn with their middle left out."""

MOST_NODES = 400


@dataclass(frozen=True)
class Look:
    """What was asked for: the state, the action (None: the state's own diagram), the depth in arrivals."""

    state: int
    action: int | None
    depth: int
    ended: bool = False


def look_lines(scene: Scene, look: Look, width: int, height: int) -> list[str]:
    """The diagram in at most `height` lines of at most `width` columns, and a line for what was left out."""
    asked = 1 if look.ended else look.depth
    depth, lines = 1, _drawn(scene, look, 1, width)
    for deeper in range(2, min(asked, DEEPEST) + 1):
        backup = look_at(scene, look, deeper)
        if count_nodes(backup.root, MOST_NODES) > MOST_NODES:
            break
        found = _text(scene, backup, width)
        if len(found) + 2 > height or any(columns(line) > width for line in found):
            break
        depth, lines = deeper, found
    notes: list[str] = []
    if depth > 1:
        notes.append(scene.say("pruned"))
    if depth < asked:
        notes.append(scene.say("cut", depth=depth, asked=asked))
    notes = [line for note in notes for line in wrap(note, width)]
    return [cut(line, width) for line in [*lines[: max(1, height - len(notes))], *notes]]


def look_at(scene: Scene, look: Look, depth: int) -> Backup:
    """The look as a tree."""
    root = state_label(look.state) if look.action is None else f"({state_label(look.state)}, {action_label(look.action)})"
    title = scene.say("look", root=root, whose=scene.whose())
    if look.ended:
        return terminal_look(look.state, scene.discount, title)
    if look.action is None:
        return state_look(scene.mdp, scene.guide, look.state, depth, scene.discount, title)
    return action_look(scene.mdp, scene.guide, look.state, look.action, depth, scene.discount, title)


def _drawn(scene: Scene, look: Look, depth: int, width: int) -> list[str]:
    return _text(scene, look_at(scene, look, depth), width)


def _text(scene: Scene, backup: Backup, width: int) -> list[str]:
    return to_text(backup, lang=scene.lang, width=width).rstrip().split("\n")
