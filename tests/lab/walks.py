"""Walks to look at: keys in, text out."""

from typing import Any

from mazefit.envs.maze import Maze
from mazefit.lab.panel import panel_rows
from mazefit.lab.session import Session

TUTORIAL = Maze.named("tutorial")


def pressed(keys: str | list[str], maze: Maze = TUTORIAL, **options: Any) -> Session:
    session = Session(maze, **options)
    for key in keys:
        session.press(key)
    return session


def text(session: Session, width: int = 80, height: int = 24) -> str:
    return "\n".join(session.frame(width, height).lines)


def row(session: Session, name: str) -> str:
    found = [content for label, content in panel_rows(session.scene, session.place) if label.startswith(name)]
    assert len(found) == 1
    return found[0]
