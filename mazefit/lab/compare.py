"""Several algorithms on the same maze, side by side, over the same seeds: one figure and one table.

compare(RunConfig(compare="q-learning,sarsa", maze="dyna"))        0, and a folder with the figure and the table
"""

import csv
import io
import sys
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from mazefit.agents.exact import solve
from mazefit.agents.interrupt import Interruption, LearningInterrupted
from mazefit.errors import UnboundedValueError
from mazefit.files import to_json, write_file
from mazefit.lab.announce import drawn_language, open_windows, place, tell_unused
from mazefit.lab.compare_seeds import Trial, learned, planned, points
from mazefit.lab.compare_table import LAST, Row, cells, comma_separated, headings, markdown, row, table
from mazefit.lab.compare_task import CURVES, KIND, TABLE, Comparison, prepare_comparison
from mazefit.lab.interval import mean_and_half
from mazefit.lab.progress_bar import rounds_bar
from mazefit.lab.run_config import RunConfig
from mazefit.lab.run_files import save_pictures, settings
from mazefit.lab.saved_config import CONFIG_FILE
from mazefit.lab.text_fit import wrap
from mazefit.lab.which_maze import MAZE_FILE
from mazefit.words import Language, check_language, word

INTERRUPTED = 130
WIDTH = 100  # columns of a line of text
Numbers = npt.NDArray[np.float64]


def compare(config: RunConfig) -> int:
    """Do one comparison and print what came of it.

    Args:
        config: the settings, `compare` among them.

    Returns:
        The exit code: 0, or 130 where Ctrl-C stopped it (the seeds that all algorithms have done are kept).

    Raises:
        MazefitError: something is wrong; before anything was learned, unless results could not be written.
    """
    language = check_language(config.lang)
    task = prepare_comparison(config)
    write_file(task.folder / CONFIG_FILE, to_json(settings(config.to_json(), KIND)))
    _announce(task, language)
    with Interruption() as stop:
        trials, whole = _all_seeds(task, stop, language)
        done = min(len(trials[one.name]) for one in task.learners or task.contestants)
        if not done:
            print(word("compare.nothing", language), file=sys.stderr)
            return INTERRUPTED
        if not whole:
            print(word("compare.stopped", language, done=done, seeds=config.rounds))
        rows = [row(task, one, trials[one.name]) for one in task.contestants]
        figures = _save(task, rows, trials, done, language)
    note = _note(task, done, language)
    print("\n".join(["", *table([headings(task, language), *cells(rows, language)]), "", *wrap(note, WIDTH)]))
    print("\n".join(["", word("compare.settings", language), *table([[one.name, one.settings] for one in rows], left=2)]))
    if not figures:
        print(f"\n{word('compare.no figure', language)}")
    files = [CONFIG_FILE, MAZE_FILE, f"{TABLE}.csv|md", *([CURVES, f"{TABLE}.png|svg"] if figures else [])]
    print(f"\n{word('run.files', language, folder=task.folder)}\n  {'  '.join(files)}")
    if config.show and figures and whole:
        open_windows(task.folder, figures, language)
    return 0 if whole else INTERRUPTED


def _all_seeds(task: Comparison, stop: Interruption, language: Language) -> tuple[dict[str, list[Trial]], bool]:
    """Planners once, then every learner with one seed after the other; whether all of it was done."""
    trials: dict[str, list[Trial]] = {one.name: [planned(task, one)] for one in task.contestants if one.plans}
    learners, first = task.learners, task.config.seed
    if not learners:
        return trials, not stop.asked
    rounds: list[list[Trial]] = []
    with rounds_bar(task.config.rounds * len(learners), language) as bar:
        try:
            for seed in range(first, first + task.config.rounds):
                found: list[Trial] = []
                for one in learners:
                    bar.set_postfix_str(f"{one.name}, seed {seed}", refresh=False)
                    found.append(learned(task, one, seed))
                    bar.update()
                    if stop.asked:
                        raise KeyboardInterrupt
                rounds.append(found)
        except (LearningInterrupted, KeyboardInterrupt):
            pass
    trials |= {one.name: [found[i] for found in rounds] for i, one in enumerate(learners)}
    return trials, len(rounds) == task.config.rounds


def _announce(task: Comparison, language: Language) -> None:
    config, where = task.config, place(task.config, task.maze, language)
    names = ", ".join(config.names)
    if task.policy is None:
        said = word("compare.begin", language, agents=names, maze=where)
    else:
        policy = task.policy.called(language)
        said = word("compare.predict", language, agents=names, maze=where, policy=policy)
    print(said, flush=True)
    if task.learners:
        numbers = {"episodes": f"{config.total:,}", "seeds": config.rounds, "first": config.seed}
        print(word("compare.seeds", language, **numbers), flush=True)
    tell_unused([one.entry for one in task.contestants], config, names, language)


def _note(task: Comparison, seeds: int, language: Language) -> str:
    if not task.learners:
        return word("compare.planned", language)
    last = min(LAST, task.config.total)
    if task.policy is not None:
        return word("compare.note errors", language, seeds=seeds, states=int(task.policy.states.sum()))
    return word("compare.note", language, seeds=seeds, episodes=last)


def _save(task: Comparison, rows: list[Row], trials: dict[str, list[Trial]], seeds: int, language: Language) -> list[str]:
    """Write everything; returns the names of the figures."""
    from mazefit.plots import Level, Line, plot_comparison
    from mazefit.plots.comparison import smoothed

    folder = task.folder
    write_file(folder / MAZE_FILE, f"{task.maze}\n".encode())
    write_file(folder / f"{TABLE}.csv", comma_separated(task, rows).encode())
    write_file(folder / f"{TABLE}.md", markdown(task, rows, _note(task, seeds, language), language).encode())
    for name in (CURVES, f"{TABLE}.png", f"{TABLE}.svg"):
        (folder / name).unlink(missing_ok=True)
    if not task.learners:
        return []
    spoken = drawn_language(language)
    kinds = ["errors"] if task.policy is not None else ["returns", "lengths"]
    labels = ["curves.rms"] if task.policy is not None else ["return", "curves.length"]
    panels: dict[str, list[Line | Level]] = {}
    curves: list[Sequence[object]] = []
    for kind, label in zip(kinds, labels, strict=True):
        drawn: list[Line | Level] = []
        for one in task.contestants:
            values: list[Numbers] = [getattr(trial, kind) for trial in trials[one.name]]
            if one.plans:
                drawn += [Level(one.name, float(values[0][0]))] if len(values[0]) else []
                continue
            x = points(one, task.config.total) if kind == "errors" else np.arange(1, task.config.total + 1)
            mean, half = mean_and_half(values)
            curves += [[one.name, kind, *point] for point in zip(x.tolist(), mean.tolist(), half.tolist(), strict=True)]
            if kind != "errors":
                mean, half = mean_and_half([smoothed(each) for each in values])
            drawn.append(Line(one.name, x, mean, half))
        panels[word(label, spoken)] = drawn
    write_file(folder / CURVES, _curves(curves).encode())
    note = "compare.band" if task.policy is None else "compare.band errors"
    if task.policy is None:
        levels = len(task.learners) < len(task.contestants)  # planners show where the optimum is
        title, best = word("compare.title", spoken), [] if levels else _best(task)
    else:
        policy = task.policy.called(spoken)
        title, best = word("curves.rms title", spoken, policy=policy), []
    errors, note = task.policy is not None, word(note, spoken, seeds=seeds)
    figure = plot_comparison(panels, best=best, errors=errors, title=title, note=note, language=spoken)
    save_pictures(folder, {TABLE: figure})
    return [TABLE]


def _curves(rows: Sequence[Sequence[object]]) -> str:
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["algorithm", "figure", "episode", "mean", "half_of_95"])
    writer.writerows([["" if isinstance(cell, float) and np.isnan(cell) else cell for cell in line] for line in rows])
    return file.getvalue()


def _best(task: Comparison) -> list[float | None]:
    """The largest return, and the fewest steps of a walk that brings it."""
    start, maze = task.maze.start, task.maze
    try:
        exact = task.exact if task.exact.discount == 1.0 else solve(task.mdp, 1.0)
    except UnboundedValueError:
        return [None, None]
    distance = float(maze.distances()[start])
    return [float(exact.v[start]), None if maze.rewards else distance]
