"""What a run says at its end: what was learned, held against the exact answer, where it lies, and how to walk it."""

import shlex

import numpy as np

from mazefit.agents.certify import Certificate, certify
from mazefit.agents.run import Run
from mazefit.backup.draw.figure import columns
from mazefit.lab.command_line import call
from mazefit.lab.evaluated_policy import Evaluated
from mazefit.lab.places import RUN_FOLDER
from mazefit.lab.run_task import Task
from mazefit.lab.telling_update import Telling, told
from mazefit.words import Language, amount, word

LAST = 20  # episodes


def summary(
    task: Task, run: Run, files: list[str], figures: list[str], telling: Telling | None, language: Language
) -> list[str]:
    """The lines of the summary."""
    folder = shlex.quote(str(task.folder))
    lines = ["", word("run.learned", language), *_rows(_learned(run, language))]
    if task.evaluated is None:
        certificate = certify(task.mdp, run.q, task.discount)
        lines += ["", word("run.certificate", language), *_rows(_compared(task, run, certificate, language))]
    else:
        heading = word("run.evaluated", language, policy=task.evaluated.called(language))
        lines += ["", heading, *_rows(_evaluated(task, task.evaluated, run, language))]
    places = [(word("run.tables", language), "  ".join(files))]
    places.append((word("run.pictures", language), "  ".join(f"{name}.png|svg" for name in figures)))
    lines += ["", word("run.files", language, folder=folder), *_rows(places)]
    if not run.episodes:
        lines.append("  " + word("run.no returns", language, agent=run.algorithm.name))
    if telling is not None:
        lines.append("  " + told(telling, language))
    if task.evaluated is not None:
        return lines
    walk = command("play", f"--run {shlex.quote(str(task.folder / RUN_FOLDER))}", language)
    return [*lines, "", word("run.walk", language), f"  {walk}"]


def command(subcommand: str, flags: str, language: Language) -> str:
    """A command line to copy, which starts what was started here."""
    return f"{call(subcommand)} {flags}" + (" --lang ko" if language == "ko" else "")


def _learned(run: Run, language: Language) -> list[tuple[str, str]]:
    if not run.episodes:
        counted = "run.backups" if run.trace is not None and run.trace.each == 1 else "run.sweeps"
        return [(run.algorithm.name, word(counted, language, count=f"{run.steps:,}"))]
    steps = int(run.lengths.sum()) + (run.unfinished.length if run.unfinished is not None else 0)
    done = word("run.episodes", language, episodes=f"{run.episodes:,}", steps=f"{steps:,}")
    last = min(LAST, run.episodes)
    gain, length = float(run.returns[-last:].mean()), float(run.lengths[-last:].mean())
    mean = word("run.last value", language, value=_number(gain), length=_number(length))
    return [(run.algorithm.name, done), (word("run.last", language, episodes=last), mean)]


def _compared(task: Task, run: Run, certificate: Certificate, language: Language) -> list[tuple[str, str]]:
    start = task.maze.start
    best, found = certificate.shortest_length, certificate.greedy_length
    shortest = int(task.maze.distances()[start])
    if found is None:
        greedy = word("run.nowhere", language)
    elif task.maze.rewards:
        greedy = word("run.rewarded", language, steps=found, best=best)
    elif found == best:
        greedy = word("run.optimal", language, steps=found)
    else:
        greedy = word("run.longer", language, steps=found, shortest=best)
    visited = word("run.visited", language, error=_number(certificate.error_visited, 3), states=certificate.visited)
    everywhere = word("run.all", language, error=_number(certificate.error_all, 3), states=certificate.states)
    return [
        (word("run.shortest", language), word("run.steps", language, steps=shortest)),
        (word("run.start", language), f"v*(s{start}) = {_number(certificate.start_value, 6)}{closed_form(task)}"),
        (word("run.start learned", language), f"v(s{start}) = {_number(float(run.v[start]), 6)}"),
        (word("run.greedy", language), greedy),
        (word("run.error", language), f"{visited}, {everywhere}"),
    ]


def _evaluated(task: Task, policy: Evaluated, run: Run, language: Language) -> list[tuple[str, str]]:
    start = task.maze.start
    error = word("run.rms value", language, error=_number(policy.error(run.v), 3), states=int(policy.states.sum()))
    if run.episodes and run.trace is not None:
        before = run.algorithm.rule.result(run.settings, run.model, run.trace.base)[1]
        error += " " + word("run.rms before", language, error=_number(policy.error(before), 3))
    return [
        (word("run.start", language), f"v_π(s{start}) = {_number(float(policy.v[start]), 6)}"),
        (word("run.start learned", language), f"v(s{start}) = {_number(float(run.v[start]), 6)}"),
        (word("run.rms", language), error),
    ]


def closed_form(task: Task) -> str:
    """The formula of the optimal value at the start, where no cell has a reward of its own: d is the distance to the goal."""
    distance, discount = int(task.maze.distances()[task.maze.start]), task.discount
    if task.maze.rewards:
        return ""
    if discount == 1.0:
        return f" = -(d - 1), d = {distance}"
    return f" = -(1 - γ^(d - 1)) / (1 - γ), d = {distance}, γ = {discount:g}"


def _number(value: float, digits: int = 4) -> str:
    """A number between words and formulas that are typed: with a hyphen for its minus sign."""
    return amount(value, digits).replace("−", "-")


def _rows(pairs: list[tuple[str, str]]) -> list[str]:
    """Two columns; Korean letters are two wide."""
    width = int(np.max([columns(name) for name, _ in pairs]))
    return [f"  {name}{' ' * (width - columns(name))}  {text}" for name, text in pairs]
