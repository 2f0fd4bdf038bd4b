"""Let an agent learn a maze: checked first, then learned, saved, certified, drawn and told.

run_agent(RunConfig(maze="tutorial"))        0, and a folder with everything that was learned
"""

import shlex
import sys

from mazefit.agents.interrupt import Interruption, LearningInterrupted
from mazefit.agents.run import Run
from mazefit.lab.announce import drawn_language, open_windows, place, tell_unused
from mazefit.lab.compare import compare
from mazefit.lab.list_agents import listed
from mazefit.lab.parameters import goes_on, learns_on_the_way
from mazefit.lab.progress_bar import ProgressBar
from mazefit.lab.run_config import RunConfig
from mazefit.lab.run_files import claim_folder, write_figures, write_results
from mazefit.lab.run_summary import command, summary
from mazefit.lab.run_task import Task, prepare
from mazefit.lab.telling_update import telling_update
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
    if config.name == "list" and config.compare is None:
        print("\n".join(listed(language)))
        return 0
    if config.compare is not None:
        return compare(config)
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
    figures = write_figures(task, run, telling, drawn_language(language))
    print("\n".join(summary(task, run, files, figures, telling, language)))
    if config.show:
        open_windows(task.folder, figures, language)
    return 0


def _learn(task: Task, language: Language) -> tuple[Run, bool]:
    """The run, and whether Ctrl-C ended it."""
    policy = () if task.evaluated is None else (task.evaluated.probabilities,)
    if task.entry.kind == "planning":
        return task.algorithm.solve(task.mdp, *policy, trace=True), False
    learn = task.algorithm.learn if task.evaluated is None else task.algorithm.predict
    total, seed = task.config.total, task.config.seed
    if not goes_on(task.entry):
        return learn(task.mdp, *policy, episodes=total, seed=seed, trace=True), False
    with ProgressBar(total, language) as bar:
        try:
            run = learn(task.mdp, *policy, episodes=total, seed=seed, trace=True, callbacks=[bar], resume=task.resume)
        except LearningInterrupted as stop:
            return stop.run, True
    return run, False


def _announce(task: Task, language: Language) -> None:
    where = place(task.config, task.maze, language)
    said: dict[str, object] = {"agent": task.entry.name, "maze": where}
    if task.evaluated is not None:
        said["policy"] = task.evaluated.called(language)
    if task.entry.kind == "planning":
        print(word("run.plan" if task.evaluated is None else "run.evaluate", language, **said), flush=True)
    else:
        said |= {"episodes": f"{task.config.total:,}", "seed": task.config.seed}
        begins = "run.begin" if task.evaluated is None else "run.predict" if learns_on_the_way(task.entry) else "run.batch"
        print(word(begins, language, **said), flush=True)
    if task.resume is not None:
        print(word("run.resume", language, episodes=f"{task.resume.episodes:,}"), flush=True)
    tell_unused([task.entry], task.config, task.entry.name, language)


def _tell_how_to_resume(task: Task, run: Run, language: Language) -> None:
    print(word("run.kept", language, episodes=f"{run.episodes:,}", folder=task.folder))
    again = command("run", f"--resume {shlex.quote(str(task.folder))}", language)
    print(f"{word('run.go on', language)}:\n  {again}")
