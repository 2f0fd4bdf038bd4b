"""The page of the deep agent: what learns, how it went, what it is worth against the exact values, and one of its updates."""

import numpy as np

from mazefit.agents import Certificate
from mazefit.agents.deep import DeepRun
from mazefit.agents.deep.backups import deep_name
from mazefit.backup.tree import Backup
from mazefit.envs import Maze
from mazefit.lab.deep.config import DeepConfig
from mazefit.lab.page import WIDTH, Page, fixed, number

SHOWN = 8  # rows of the course


def agent_name(config: DeepConfig) -> str:
    """What the algorithm is called."""
    return deep_name(config.double, config.dueling, config.n_step)


def tell_start(page: Page, config: DeepConfig, maze: Maze, limit: int) -> None:
    """What learns, and on what."""
    name = config.maze or page.say("deep.made", algorithm=config.algorithm, seed=config.maze_seed)
    page.heading(
        "deep.begin", agent=agent_name(config), name=name, rows=maze.rows, columns=maze.columns, states=maze.states,
        discount=number(config.discount), seed=config.seed,
    )  # fmt: skip
    page.text("deep.starts", limit=limit)


def tell_network(page: Page, config: DeepConfig, run: DeepRun) -> None:
    """The network, and what it is computed on."""
    agent, weights = run.algorithm, run.core.online.count
    page.text(
        "deep.network", weights=f"{weights:,}", observation=page.say(f"deep.see {config.observation}"),
        buffer=f"{agent.buffer_size:,}", batch=agent.batch_size, target=agent.target_every,
    )  # fmt: skip
    page.computed(str(run.choice.device), run.choice.precision, run.choice.backend, config.device)


def tell_course(page: Page, config: DeepConfig, run: DeepRun, stopped: bool) -> None:
    """How it went."""
    course = run.course
    if len(course["steps"]):
        page.heading("deep.course")
        head = [page.say("deep.steps"), page.say("deep.episodes"), "ε", page.say("deep.q"), page.say("deep.error")]
        page.row(head, head)
        last = len(course["steps"]) - 1
        for row in sorted(set(np.linspace(0, last, min(last + 1, SHOWN)).round().astype(int).tolist())):
            counts = [f"{int(course[name][row]):,}" for name in ("steps", "episodes")]
            page.row([*counts, *(fixed(float(course[name][row]), 3) for name in ("epsilon", "value", "error"))], head)
    if stopped:
        page.text("deep.stopped", steps=f"{run.steps:,}", full=f"{config.all_steps:,}")


def tell_exact(page: Page, config: DeepConfig, found: Certificate) -> None:
    """What was learned, held against the exact values."""
    page.heading("deep.exact")
    shortest = f"{found.shortest_length:,}"
    if found.greedy_length is None:
        path = page.say("deep.path none", shortest=shortest)
    else:
        path = page.say("deep.path is", length=f"{found.greedy_length:,}", shortest=shortest)
    errors = page.say(
        "deep.largest is", path=number(found.error_visited), all=number(found.error_all), states=f"{found.states:,}"
    )
    page.pairs([(page.say("deep.path"), path), (page.say("deep.largest"), errors)])
    if config.n_step > 1:
        page.text("deep.biased")


def tell_backup(page: Page, backup: Backup) -> None:
    """One row of the last minibatch."""
    page.heading("deep.backup")
    page.lines += str(backup.draw("text", lang=page.language, width=WIDTH)).splitlines()
    page.text("deep.note")


def worst_row(run: DeepRun) -> Backup | None:
    """The row of the largest error in the last minibatch."""
    if run.trace is None or not len(run.trace):
        return None
    size = run.core.settings.batch_size
    return run.trace[len(run.trace) - size + int(np.abs(run.trace.errors[-1]).argmax())]
