"""What a run leaves behind: its settings, tables and episodes, the run itself, and four figures, each as PNG and SVG."""

import platform
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from mazefit.agents.certify import certify
from mazefit.agents.exact import solve
from mazefit.agents.run import Run
from mazefit.envs.maze import Maze
from mazefit.errors import UnboundedValueError
from mazefit.files import to_json, to_npy, write_file
from mazefit.lab.evaluated_policy import error_curve
from mazefit.lab.places import RUN_FOLDER
from mazefit.lab.run_task import FIGURES, Task
from mazefit.lab.saved_config import CONFIG_FILE, FORMAT, KIND
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
    folder, values = task.folder, "q.npy" if task.evaluated is None else "v.npy"
    for name in [f"{name}.{kind}" for name in FIGURES for kind in ("png", "svg")] + ["q.npy", "v.npy"]:
        if name != values:
            (folder / name).unlink(missing_ok=True)
    run.save(folder / RUN_FOLDER)
    _write_settings(task)
    write_file(folder / MAZE_FILE, f"{task.maze}\n".encode())
    write_file(folder / values, to_npy(run.q if task.evaluated is None else run.v))
    if not run.episodes:
        (folder / "returns.csv").unlink(missing_ok=True)
        return [CONFIG_FILE, MAZE_FILE, values, f"{RUN_FOLDER}/"]
    rows = zip(run.returns.tolist(), run.lengths.tolist(), strict=True)
    lines = ["episode,return,length", *(f"{number},{gain!r},{length}" for number, (gain, length) in enumerate(rows, 1))]
    write_file(folder / "returns.csv", ("\n".join(lines) + "\n").encode())
    return [CONFIG_FILE, MAZE_FILE, values, "returns.csv", f"{RUN_FOLDER}/"]


def write_figures(task: Task, run: Run, telling: Telling | None, language: Language) -> list[str]:
    """The figures that there are; returns their names.

    Raises:
        OutputError: one cannot be written.
    """
    from mazefit.plots import plot_comparison, plot_curves, plot_maze
    from mazefit.plots.comparison import Line
    from mazefit.words import word

    maze, name, policy = task.maze, run.algorithm.rule.spec.name, task.evaluated
    if policy is None:
        title = word("maze.learned", language, agent=name)
    else:
        title = word("maze.evaluated", language, agent=name, policy=policy.called(language))
    pictures = {
        "maze": plot_maze(
            maze.walls,
            maze.start,
            maze.goals,
            run.v,
            run.greedy_actions if policy is None else None,
            labels=cell_labels(maze),
            title=title,
            language=language,
        )
    }
    if run.episodes and policy is None:
        shortest = certify(task.mdp, run.q, task.discount).shortest_length
        pictures["returns"] = plot_curves(
            run.returns, run.lengths, best_return=largest_return(task), best_length=shortest, language=language
        )
    elif policy is not None and run.trace is not None and run.trace.lengths is not None:
        episodes, errors = error_curve(run, policy)
        line, label = Line(run.algorithm.name, episodes, errors), word("curves.rms", language)
        title = word("curves.rms title", language, policy=policy.called(language))
        pictures["errors"] = plot_comparison({label: [line]}, errors=True, title=title, language=language)
    diagrams = {"textbook_backup": run.algorithm.rule.spec.diagram()}
    if telling is not None:
        diagrams["last_backup"] = telling.backup
    save_pictures(task.folder, pictures)
    for name, backup in diagrams.items():
        for kind in ("png", "svg"):
            drawing = backup.draw(kind, lang=language)
            write_file(task.folder / f"{name}.{kind}", drawing.encode() if isinstance(drawing, str) else drawing)
    return [name for name in FIGURES if name in pictures or name in diagrams]


def save_pictures(folder: Path, pictures: Mapping[str, Any]) -> None:
    """Write figures, each as PNG and SVG.

    Raises:
        OutputError: one cannot be written.
    """
    from mazefit.plots import png_bytes, svg_bytes

    for name, figure in pictures.items():
        write_file(folder / f"{name}.png", png_bytes(figure))
        write_file(folder / f"{name}.svg", svg_bytes(figure))


def cell_labels(maze: Maze) -> list[str]:
    """Texts [S]: letter and reward of each cell that has a reward of its own, "" of all others."""
    written = {ord(letter): f"{letter} {amount(reward, 6)}" for letter, reward in maze.rewards.items()}
    return [written.get(mark, "") for mark in maze.marks.reshape(-1).tolist()]


def largest_return(task: Task) -> float | None:
    """The largest return from the start: returns are sums without a discount, so this is the exact value at discount 1."""
    try:
        exact = task.exact if task.discount == 1.0 else solve(task.mdp, 1.0)
    except UnboundedValueError:
        return None
    return float(exact.v[task.maze.start])


def _write_settings(task: Task) -> None:
    write_file(task.folder / CONFIG_FILE, to_json(settings(task.config.to_json(), KIND)))


def settings(flags: dict[str, Any], kind: str) -> dict[str, Any]:
    """What `config.json` holds."""
    return {"flags": flags, "format": FORMAT, "kind": kind, "versions": _versions()}


def _versions() -> dict[str, str | None]:
    found: dict[str, str | None] = {"mazefit": __version__, "python": platform.python_version()}
    for name in ("gymnasium", "matplotlib", "numba", "numpy"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = None
    return found
