"""The maze that someone means: by name, by file, to be made, or the one in which a saved run was learned."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from mazefit.envs.maze import Maze
from mazefit.envs.maze_arguments import GENERATED
from mazefit.errors import ConfigError, DataError, MazeFormatError, UnboundedValueError
from mazefit.lab.places import what_is

MAZE_FILE = "maze.txt"


def choose_maze(maze: str | None, rows: int, columns: int, algorithm: str, maze_seed: int, loops: float) -> Maze:
    """The maze of that name or file; without one, a maze made with the other arguments.

    Raises:
        ConfigError: no such file or name, or arguments of the generator beside a maze that is not generated.
        DataError: the file cannot be read.
        MazeFormatError: what stands in it is not a maze.
    """
    made = {"rows": rows, "columns": columns, "algorithm": algorithm, "maze_seed": maze_seed, "loops": loops}
    if maze is None:
        return Maze.generate(rows, columns, algorithm, maze_seed, loops)
    given = [f"--{name.replace('_', '-')}" for name, value in made.items() if value != GENERATED[name]]
    if given:
        raise ConfigError(f"{', '.join(given)}: expected none of these beside --maze, whose maze is not generated")
    return named_maze(maze)


def named_maze(name: str) -> Maze:
    """The maze in the file of that name, or the one that goes by this name: `tutorial`, `dyna`.

    Raises:
        ConfigError: there is neither.
        DataError: the file cannot be read.
        MazeFormatError: what stands in it is not a maze; the sentence begins with the file.
    """
    path = Path(name)
    try:
        found = bool(name) and path.exists()
    except (OSError, ValueError):
        found = False
    if found and path.is_dir():
        raise DataError(f"--maze: expected a maze file or the name of a maze, got {what_is(name)}")
    if found:
        return read_maze(path)
    try:
        return Maze.named(name)
    except ConfigError as error:
        known = str(error).partition("; ")[2]
        raise ConfigError(
            f"--maze: expected a maze file or the name of a maze, got {name!r}, which is neither; {known}"
        ) from error


def read_maze(path: Path) -> Maze:
    """The maze in a file.

    Raises:
        DataError: it cannot be read.
        MazeFormatError: what stands in it is not a maze.
    """
    try:
        text = path.read_bytes()
    except OSError as error:
        kind = what_is(path).partition(", which is ")[2]
        got = kind if kind == "a folder" else f"one that cannot be read ({error.strerror or error})"
        raise DataError(f"{path}: expected a maze file, got {got}") from error
    try:
        return Maze.from_text(text)
    except MazeFormatError as error:
        raise MazeFormatError(f"{path}: {error}") from error


@contextmanager
def naming_the_discount() -> Generator[None, None, None]:
    """While open, an exact value that does not exist at discount 1 is answered with the option that helps."""
    try:
        yield
    except UnboundedValueError as error:
        raise UnboundedValueError(f"{error}; give --discount 0.9, say") from error


def maze_of_run(folder: Path) -> Maze:
    """The maze in which the run in `folder` was learned: it stands beside that folder, where `mazefit run` has put it.

    Raises:
        DataError: it does not stand there.
    """
    path = folder / MAZE_FILE if (folder / MAZE_FILE).exists() else folder.parent / MAZE_FILE
    try:
        return read_maze(path)
    except DataError as error:
        raise DataError(
            f"{path}: expected the maze of the run in {folder}, got no readable file; give it with --maze"
        ) from error
