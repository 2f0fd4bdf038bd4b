"""Walking a maze with the keyboard: the plain face of a `Session`."""

import signal
import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from mazefit.agents.run import Run
from mazefit.envs.maze import Maze
from mazefit.envs.maze_arguments import GENERATED
from mazefit.errors import ConfigError
from mazefit.lab.guide import Guide
from mazefit.lab.keyboard import Keyboard
from mazefit.lab.places import run_within
from mazefit.lab.screen import Screen, open_screen
from mazefit.lab.session import Session
from mazefit.lab.which_maze import choose_maze, maze_of_run, named_maze, naming_the_discount

if TYPE_CHECKING:  # the settings bring tyro, which a walk does not need
    from mazefit.lab.play_config import PlayConfig

INTERRUPTED, TERMINATED = 130, 143  # exit codes, as the shells have them
_LOOK = 0.25  # seconds between two looks at the terminal's size


def play(config: "PlayConfig") -> int:
    """Walk until `q`, the end of the input, or an interruption; returns the exit code.

    Raises:
        MazefitError: maze or run cannot be had, or an argument is out of range; one sentence.
    """
    session = open_session(config)
    with Keyboard() as keyboard:
        screen = open_screen(keyboard.one_by_one)
        try:
            with _termination():
                _walk(session, keyboard, screen)
                return 0
        except (KeyboardInterrupt, _TerminatedError) as stop:
            session.press("q")
            screen.show(session)
            return INTERRUPTED if isinstance(stop, KeyboardInterrupt) else TERMINATED


def open_session(config: "PlayConfig") -> Session:
    """The walk that a configuration asks for.

    Raises:
        MazefitError: as in `play`.
    """
    folder = None if config.run is None else run_within("--run", config.run)
    run = None if folder is None else Run.load(folder)
    maze = _maze(config, folder)
    discount = config.discount
    if discount is None:
        discount = 1.0 if run is None else float(run.settings["discount"])
    guide = None if run is None else Guide.of_run(run, maze)
    tables = maze.mdp(random_start=config.random_start)
    with naming_the_discount():
        return Session(maze, guide=guide, mdp=tables, discount=discount, lang=config.lang, seed=config.seed)


def _maze(config: "PlayConfig", folder: Path | None) -> Maze:
    """The maze that was asked for; else that of the run; else the tutorial's."""
    asked: dict[str, Any] = {name: getattr(config, name) for name in GENERATED}
    given = {name: value for name, value in asked.items() if value is not None}
    if given and config.maze is not None:
        names = ", ".join(f"--{name.replace('_', '-')}" for name in given)
        raise ConfigError(f"{names}: expected none of these beside --maze, whose maze is not generated")
    if given:
        made: dict[str, Any] = {**GENERATED, **given}
        return choose_maze(None, **made)
    if config.maze is not None:
        return named_maze(config.maze)
    return named_maze("tutorial") if folder is None else maze_of_run(folder)


def _walk(session: Session, keyboard: Keyboard, screen: Screen) -> None:
    """Key by key, until the session closes."""
    screen.show(session)
    while not session.closed:
        key = keyboard.read(_LOOK if keyboard.one_by_one else None)
        if key is None and not screen.resized():
            continue
        if key == "suspend" and keyboard.one_by_one:
            keyboard.suspend()
        elif key is not None:
            session.press(key)
        screen.show(session)


class _TerminatedError(BaseException):
    """SIGTERM came."""


@contextmanager
def _termination() -> Generator[None, None, None]:
    """While open (in the main thread), SIGTERM ends the walk in good order."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise _TerminatedError

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
