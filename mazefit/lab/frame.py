"""What is to be seen at a moment, composed for a size: lines of text, and marks that a face may paint."""

from dataclasses import dataclass, field
from itertools import zip_longest

from mazefit.lab.look import Look, look_lines
from mazefit.lab.map_view import MapView, Mark, map_view
from mazefit.lab.panel import help_lines, panel_lines
from mazefit.lab.scene import Scene
from mazefit.lab.text_fit import cut, pad, wrap
from mazefit.lab.walk import Place

_GAP = 2
_PANEL = 38  # columns that the panel needs at least beside the maze
_NARROW = 12  # columns and
_LOW = 3  # lines below which a window onto the maze is of no use


@dataclass(frozen=True)
class Frame:
    """Lines of text, and the marks in them."""

    lines: list[str]
    marks: list[Mark] = field(default_factory=list[Mark])


def walk_frame(scene: Scene, place: Place, message: list[str], values: bool, width: int, height: int) -> Frame:
    """The maze with the agent, the panel beside or below it (where more of the maze can be seen), message and keys."""
    foot = [line for text in message for line in wrap(text, width)]
    foot += [*([""] if foot else []), *wrap(scene.say("keys"), width)]
    room = height - len(foot) - 1
    below = panel_lines(scene, place, width)
    best: list[tuple[MapView, bool]] = []
    if width - _PANEL - _GAP >= _NARROW and room >= _LOW:
        best.append((_view(scene, place, values, width - _PANEL - _GAP, room), True))
    if room - len(below) - 1 >= _LOW or not best:
        best.append((_view(scene, place, values, width, max(_LOW, room - len(below) - 1)), False))
    view, beside = max(best, key=lambda found: found[0].cells)
    if beside:
        left = view.width + _GAP
        panel = panel_lines(scene, place, width - left)
        body = [f"{pad(a, left)}{b}".rstrip() for a, b in zip_longest(view.lines, panel, fillvalue="")]
    else:
        body = [*view.lines, "", *below]
    lines = [*body[: max(room, len(view.lines))], "", *foot]
    return Frame([cut(line, width) for line in lines[:height]], [mark for mark in view.marks if mark.row < height])


def look_frame(scene: Scene, look: Look, width: int, height: int) -> Frame:
    """A backup diagram."""
    lines = look_lines(scene, look, width, max(1, height - 2))
    return Frame([cut(line, width) for line in [*lines, "", scene.say("go on")]][:height])


def help_frame(scene: Scene, width: int, height: int) -> Frame:
    """All keys."""
    lines = help_lines(scene, width)[: max(1, height - 2)]
    return Frame([cut(line, width) for line in [*lines, "", scene.say("go on")]][:height])


def _view(scene: Scene, place: Place, values: bool, width: int, height: int) -> MapView:
    return map_view(scene.maze, place.state, width, height, scene.guide if values else None)
