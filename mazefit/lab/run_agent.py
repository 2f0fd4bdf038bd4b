"""Let an agent learn a maze: checked first, then learned, saved, certified, drawn and told.

run_agent(RunConfig(maze="tutorial"))        0, and a folder with everything that was learned
"""

import shlex
import sys
from pathlib import Path

from mazefit.agents.interrupt import Interruption, LearningInterrupted
from mazefit.agents.run import Run
from mazefit.lab.progress_bar import ProgressBar
from mazefit.lab.run_config import RunConfig
from mazefit.lab.run_files import claim_folder, write_figures, write_results
from mazefit.lab.run_summary import agents, command, summary
from mazefit.lab.run_task import Task, prepare, unused_flags
from mazefit.lab.telling_update import telling_update
from mazefit.lab.windows import show
from mazefit.words import Language, check_language, word

__all__ = ["RunConfig", "run_agent"]

INTERRUPTED = 130


def run_agent(config: RunConfig) -> int:
    """Do one run and print what came of it.

    Args:
        config: the settings.

    Returns:
        The exit code: 0, or 130 where Ctrl-C stopped it (what was learned is saved).

    Raises:
        MazefitError: something is wrong; before anything was learned, unless results could not be written.
    """
    language = check_language(config.lang)
    if config.agent == "list":
        print("\n".join(agents()))
        return 0
    task = prepare(config)
    claim_folder(task)
    _announce(task, language)
    run, interrupted = _learn(task, language)
    if interrupted:
        print(word("run.saving", language, episodes=f"{run.episodes:,}"), file=sys.stderr, flush=True)
    with Interruption() as late:  # a Ctrl-C while results are written waits until they are
        files = write_results(task, run)
    if interrupted or late.asked:
        _tell_how_to_resume(task, run, language)
        return INTERRUPTED
    telling = telling_update(run)
    figures = write_figures(task, run, telling, _drawn(language))
    print("\n".join(summary(task, run, files, figures, telling, language)))
    if config.show and not show([task.folder / f"{name}.png" for name in figures]):
        print(word("run.no display", language, folder=task.folder), file=sys.stderr)
    return 0


def _learn(task: Task, language: Language) -> tuple[Run, bool]:
    """The run, and whether Ctrl-C ended it."""
    if task.entry.kind == "planning":
        return task.algorithm.solve(task.mdp, trace=True), False
    total, seed = task.config.total, task.config.seed
    with ProgressBar(total, language) as bar:
        try:
            run = task.algorithm.learn(task.mdp, episodes=total, seed=seed, trace=True, callbacks=[bar], resume=task.resume)
        except LearningInterrupted as stop:
            return stop.run, True
    return run, False


def _announce(task: Task, language: Language) -> None:
    maze, name = task.maze, task.config.maze
    name = f"{task.config.algorithm} (--maze-seed {task.config.maze_seed})" if name is None else Path(name).name
    where = word("run.maze", language, name=name, rows=maze.rows, columns=maze.columns, states=maze.states)
    if task.entry.kind == "planning":
        print(word("run.plan", language, agent=task.entry.name, maze=where), flush=True)
    else:
        numbers = {"episodes": f"{task.config.total:,}", "seed": task.config.seed}
        print(word("run.begin", language, agent=task.entry.name, maze=where, **numbers), flush=True)
    if task.resume is not None:
        print(word("run.resume", language, episodes=f"{task.resume.episodes:,}"), flush=True)
    unused = unused_flags(task.entry, task.config)
    if unused:
        print(word("run.unused", language, agent=task.entry.name, flags=", ".join(unused)), file=sys.stderr)


def _tell_how_to_resume(task: Task, run: Run, language: Language) -> None:
    print(word("run.kept", language, episodes=f"{run.episodes:,}", folder=task.folder))
    again = command("run", f"--resume {shlex.quote(str(task.folder))}", language)
    print(f"{word('run.go on', language)}:\n  {again}")


def _drawn(language: Language) -> Language:
    """The language of the figures; says so, in one sentence, where it cannot be the one that was asked for."""
    from mazefit.plots.fonts import korean_font

    if language == "ko" and korean_font() is None:
        print(word("run.no font", language), file=sys.stderr)
        return "en"
    return language
