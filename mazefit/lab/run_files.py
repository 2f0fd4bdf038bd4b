"""What a run leaves behind: its settings, tables and episodes, the run itself, and four figures, each as PNG and SVG."""

import platform
from importlib.metadata import PackageNotFoundError, version

from mazefit.agents.certify import certify
from mazefit.agents.exact import solve
from mazefit.agents.run import Run
from mazefit.envs.maze import Maze
from mazefit.errors import UnboundedValueError
from mazefit.files import to_json, to_npy, write_file
from mazefit.lab.places import RUN_FOLDER
from mazefit.lab.run_config import CONFIG_FILE, KIND
from mazefit.lab.run_task import FIGURES, Task
from mazefit.lab.telling_update import Telling
from mazefit.lab.which_maze import MAZE_FILE
from mazefit.version import __version__
from mazefit.words import Language, amount


def claim_folder(task: Task) -> None:
    """Mark a new folder as a run's before anything else is written to it, so that a run that is killed can be begun again.

    Raises:
        OutputError: it cannot be written.
    """
    if not (task.folder / CONFIG_FILE).exists():
        _write_settings(task)


def write_results(task: Task, run: Run) -> list[str]:
    """Everything but the figures; figures of an earlier run go. Returns the names of the files.

    Raises:
        OutputError: something cannot be written.
    """
    folder = task.folder
    for name in FIGURES:
        for kind in ("png", "svg"):
            (folder / f"{name}.{kind}").unlink(missing_ok=True)
    run.save(folder / RUN_FOLDER)
    _write_settings(task)
    write_file(folder / MAZE_FILE, f"{task.maze}\n".encode())
    write_file(folder / "q.npy", to_npy(run.q))
    if not run.episodes:
        (folder / "returns.csv").unlink(missing_ok=True)
        return [CONFIG_FILE, MAZE_FILE, "q.npy", f"{RUN_FOLDER}/"]
    rows = zip(run.returns.tolist(), run.lengths.tolist(), strict=True)
    lines = ["episode,return,length", *(f"{number},{gain!r},{length}" for number, (gain, length) in enumerate(rows, 1))]
    write_file(folder / "returns.csv", ("\n".join(lines) + "\n").encode())
    return [CONFIG_FILE, MAZE_FILE, "q.npy", "returns.csv", f"{RUN_FOLDER}/"]


def write_figures(task: Task, run: Run, telling: Telling | None, language: Language) -> list[str]:
    """The figures that there are; returns their names.

    Raises:
        OutputError: one cannot be written.
    """
    from mazefit.plots import plot_curves, plot_maze, png_bytes, svg_bytes
    from mazefit.words import word

    maze = task.maze
    title = word("maze.learned", language, agent=run.algorithm.rule.spec.name)
    pictures = {
        "maze": plot_maze(
            maze.walls,
            maze.start,
            maze.goals,
            run.v,
            run.greedy_actions,
            labels=cell_labels(maze),
            title=title,
            language=language,
        )
    }
    if run.episodes:
        shortest = certify(task.mdp, run.q, task.config.discount).shortest_length
        pictures["returns"] = plot_curves(
            run.returns, run.lengths, best_return=_largest_return(task), best_length=shortest, language=language
        )
    diagrams = {"textbook_backup": run.algorithm.rule.spec.diagram()}
    if telling is not None:
        diagrams["last_backup"] = telling.backup
    content = {f"{name}.png": png_bytes(figure) for name, figure in pictures.items()}
    content |= {f"{name}.svg": svg_bytes(figure) for name, figure in pictures.items()}
    content |= {f"{name}.png": _bytes(backup.draw("png", lang=language)) for name, backup in diagrams.items()}
    content |= {f"{name}.svg": _bytes(backup.draw("svg", lang=language)) for name, backup in diagrams.items()}
    for name, data in content.items():
        write_file(task.folder / name, data)
    return [name for name in FIGURES if name in pictures or name in diagrams]


def cell_labels(maze: Maze) -> list[str]:
    """Texts [S]: letter and reward of each cell that has a reward of its own, "" of all others."""
    written = {ord(letter): f"{letter} {amount(reward, 6)}" for letter, reward in maze.rewards.items()}
    return [written.get(mark, "") for mark in maze.marks.reshape(-1).tolist()]


def _largest_return(task: Task) -> float | None:
    """The largest return from the start: returns are sums without a discount, so this is the exact value at discount 1."""
    try:
        exact = task.exact if task.config.discount == 1.0 else solve(task.mdp, 1.0)
    except UnboundedValueError:
        return None
    return float(exact.v[task.maze.start])


def _write_settings(task: Task) -> None:
    settings = {"flags": task.config.to_json(), "kind": KIND, "versions": _versions()}
    write_file(task.folder / CONFIG_FILE, to_json(settings))


def _bytes(drawing: str | bytes) -> bytes:
    return drawing.encode() if isinstance(drawing, str) else drawing


def _versions() -> dict[str, str | None]:
    found: dict[str, str | None] = {"mazefit": __version__, "python": platform.python_version()}
    for name in ("gymnasium", "matplotlib", "numba", "numpy"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = None
    return found
