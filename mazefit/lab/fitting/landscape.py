"""The loss surface as a command: solved, learned by an agent, four optimizers beside it, drawn and told.

landscape(LandscapeConfig())        0, and a folder out/landscape with figures and numbers
"""

from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import gymnasium
import numpy as np

from mazefit.agents.catalogue import find
from mazefit.agents.certify import Certificate, certify
from mazefit.agents.exact import Solution, solve
from mazefit.agents.interrupt import LearningInterrupted
from mazefit.agents.run import Run
from mazefit.envs.landscape import Landscape
from mazefit.envs.landscape_grid import RANGE_B, RANGE_W
from mazefit.envs.tables import TabularMDP
from mazefit.lab.announce import drawn_language
from mazefit.lab.fitting.config import LandscapeConfig
from mazefit.lab.fitting.landscape_pictures import pictures
from mazefit.lab.fitting.phrases import say
from mazefit.lab.page import Page, fixed, number
from mazefit.lab.parameters import build
from mazefit.lab.progress_bar import ProgressBar
from mazefit.lab.results import claim, finish, kept, write_rows
from mazefit.supervised.regression.bowl import Bowl, bowl, roll
from mazefit.tasks import line
from mazefit.tasks.points import Numbers
from mazefit.training import SGD, Adam, RMSprop
from mazefit.words import Language, check_language

TABLES = ("nodes.csv", "ways.csv", "episodes.csv")
FIGURES = ("landscape", "learned", "episodes", "last_backup")
LIMIT = 10_000  # moves after which an episode is cut off
LAST = 20  # episodes
SHOWN = (10, 100)  # updates after which losses are printed, beside the last one
RATES = {"gradient descent": 0.02, "momentum": 0.002, "RMSprop": 0.05, "Adam": 0.1}
MOMENTUM = 0.9


class Found(NamedTuple):
    """What is known of the surface, and what was learned on it.

    Args:
        surface: the grid.
        mdp: its tables.
        exact: its exact answer.
        best: the states of the best way, from the start; empty where it never arrives.
        run: what the agent learned or planned.
        certificate: that held against the exact answer.
        valley: the same surface between the nodes.
        ways: by the name of each optimizer, (w, b) before the first update and after every one, [K, 2].
    """

    surface: Landscape
    mdp: TabularMDP
    exact: Solution
    best: list[int]
    run: Run
    certificate: Certificate
    valley: Bowl
    ways: Mapping[str, Numbers]


def landscape(config: LandscapeConfig) -> int:
    """Walk the surface and tell what came of it.

    Args:
        config: the settings.

    Returns:
        The exit code: 0, or 130 where Ctrl-C stopped it (what was learned is kept).

    Raises:
        MazefitError: something is wrong; before anything was learned, unless results could not be written.
    """
    language = check_language(config.lang)
    config.check()
    entry = find(config.agent)
    agent = build(entry, config.parameters)
    folder = claim(config, TABLES, FIGURES)
    task, page = line(), Page(language, say)
    surface = Landscape.of(w=(*RANGE_W[:2], config.nodes), b=(*RANGE_B[:2], config.nodes))
    mdp, valley = surface.mdp(), bowl(task.x, task.y)
    exact = solve(mdp, config.discount)
    _begin(page, config, surface)
    page.print()
    run, stopped = _walked(config, surface, agent, entry.kind == "planning")
    ways = optimizers(valley, np.array(surface.parameters(surface.start)), config.total, language)
    best = best_way(mdp, exact, surface.start)
    found = Found(surface, mdp, exact, best, run, certify(mdp, run.q, config.discount), valley, ways)
    return kept(lambda: _tell(page, config, found, folder, stopped))


def best_way(mdp: TabularMDP, exact: Solution, start: int) -> list[int]:
    """The states of an optimal way from a start to the end, ties broken by the first action; empty where it goes round."""
    states = [start]
    while not mdp.absorbing[states[-1]]:
        arrival = int(mdp.next_state[states[-1], int(exact.optimal_actions[states[-1]].argmax())])
        if arrival in states:
            return []
        states.append(arrival)
    return states


def optimizers(valley: Bowl, start: Numbers, updates: int, language: Language) -> Mapping[str, Numbers]:
    """Where each of the four goes from the start, by its name, [updates + 1, 2]."""
    rates, momentum = RATES, MOMENTUM
    kinds = {
        say("gradient descent", language, rate=rates["gradient descent"]): SGD(rates["gradient descent"]),
        say("momentum", language, rate=rates["momentum"], momentum=momentum): SGD(rates["momentum"], momentum=momentum),
        f"RMSprop {rates['RMSprop']:g}": RMSprop(rates["RMSprop"]),
        f"Adam {rates['Adam']:g}": Adam(rates["Adam"]),
    }
    return {name: roll(valley, start, optimizer, updates) for name, optimizer in kinds.items()}


def _walked(config: LandscapeConfig, surface: Landscape, agent: Any, plans: bool) -> tuple[Run, bool]:
    """The run, and whether Ctrl-C ended it."""
    env = gymnasium.make("mazefit/Landscape-v0", landscape=surface, max_episode_steps=LIMIT)
    if plans:
        return agent.solve(env, trace=True), False
    with ProgressBar(config.lives, config.lang) as bar:
        try:
            return agent.learn(env, episodes=config.lives, seed=config.seed, trace=True, callbacks=[bar]), False
        except LearningInterrupted as stop:
            return stop.run, True


def _begin(page: Page, config: LandscapeConfig, surface: Landscape) -> None:
    page.heading(
        "landscape.begin", columns=surface.columns, rows=surface.rows, discount=f"{config.discount:g}", seed=config.seed
    )
    w, b = (number(abs(float(values[1] - values[0])), 3) for values in (surface.w, surface.b))
    page.text("landscape.moves", w=w, b=b)


def _tell(page: Page, config: LandscapeConfig, found: Found, folder: Path, stopped: bool) -> int:
    """Everything after the learning."""
    if stopped:
        page.text("landscape.stopped", episodes=f"{found.run.episodes:,}", full=f"{config.lives:,}")
    _exact(page, found)
    _learned(page, config, found)
    _optimizers(page, config, found)
    _write(folder, found)
    tables = [name for name in TABLES if name != "episodes.csv" or found.run.episodes]
    drawn = pictures(config, found.surface, found.exact, found.best, found.run, found.valley, found.ways,
                     drawn_language(page.language))  # fmt: skip
    return finish(page, config, folder, tables, drawn, stopped)


def _node(page: Page, surface: Landscape, state: int) -> str:
    w, b = surface.parameters(state)
    return page.say("landscape.node", state=state, w=number(w), b=number(b), loss=number(surface.loss(state), 6))


def _exact(page: Page, found: Found) -> None:
    """The exact answer, and why it is not asked at discount 1."""
    surface, best = found.surface, found.best
    losses = [surface.loss(state) for state in best]
    row, column = surface.position(surface.start)
    fewest = min(abs(r - row) + abs(c - column) for r, c in map(surface.position, surface.goals))
    goal = page.say("landscape.least", node=_node(page, surface, surface.goals[0]), loss=number(found.valley.best.loss, 4))
    rows = [
        (page.say("landscape.start"), _node(page, surface, surface.start)),
        (page.say("landscape.goal"), goal),
        (page.say("landscape.value", state=surface.start), number(float(found.exact.v[surface.start]), 6)),
    ]
    if best:
        up = sum(after > before for before, after in pairwise(losses))
        moved = page.say("landscape.moved", moves=len(best) - 1, up=up, fewest=fewest)
        gain = 0.0
        for before, after in pairwise(losses):
            gain += before - after
        same = page.say("landscape.removed" if gain == losses[0] - losses[-1] else "landscape.rounded")
        said = f"{number(gain, 6)} = {number(losses[0], 6)} - {number(losses[-1], 6)}"
        rows += [(page.say("landscape.way"), moved), (page.say("landscape.return"), f"{said}{same}")]
    else:
        tie = bool(found.exact.optimal_actions[surface.start].all())
        rows.append((page.say("landscape.way"), page.say("landscape.any way" if tie else "landscape.nowhere")))
    page.heading("landscape.exact")
    page.pairs(rows)
    loss = surface.losses.reshape(-1)
    lows = np.flatnonzero((loss[found.mdp.next_state] >= loss[:, None]).all(axis=1) & ~found.mdp.absorbing).tolist()
    if lows:
        passes = all(best_way(found.mdp, found.exact, state) for state in lows)
        page.text("landscape.stuck", count=len(lows), more=page.say("landscape.passes") if passes else "")
    ties = solve(found.mdp, 1.0).optimal_actions.all(axis=1) & ~found.mdp.absorbing
    page.heading("landscape.one")
    page.text("landscape.ties", ties=int(ties.sum()), states=int((~found.mdp.absorbing).sum()))


def _learned(page: Page, config: LandscapeConfig, found: Found) -> None:
    """What the agent learned, beside the exact answer."""
    run, certificate = found.run, found.certificate
    page.heading("landscape.learned" if run.episodes else "landscape.planned", agent=config.agent)
    rows: list[tuple[str, str]] = []
    if run.episodes:
        last = min(LAST, run.episodes)
        said = {"episodes": f"{run.episodes:,}", "steps": f"{int(run.lengths.sum()):,}", "last": last}
        mean = fixed(float(run.lengths[-last:].mean()), 1)
        rows.append((page.say("landscape.episodes"), page.say("landscape.steps", **said, mean=mean)))
    greedy, best = certificate.greedy_length, certificate.shortest_length
    arrives = greedy is not None and best is not None
    told = page.say("landscape.arrives", moves=greedy, best=best) if arrives else page.say("landscape.nowhere")
    rows.append((page.say("landscape.greedy"), told))
    error = page.say("landscape.errors", error=number(certificate.error_visited, 3), states=certificate.visited)
    rows.append((page.say("landscape.error"), error))
    page.pairs(rows)


def _optimizers(page: Page, config: LandscapeConfig, found: Found) -> None:
    """The losses of the four on their way."""
    least = found.surface.loss(found.surface.goals[0])
    shown = [count for count in SHOWN if count < config.total] + [config.total]
    rows = [[page.say("optimizer"), *(page.say("landscape.after", count=f"{count:,}") for count in shown)]]
    rows[0].append(page.say("landscape.reached", loss=number(least, 3)))
    for name, path in found.ways.items():
        losses = found.valley.loss(path)
        below = np.flatnonzero(losses <= least)
        reached = f"{int(below[0]):,}" if len(below) else page.say("landscape.never")
        rows.append([name, *(number(float(losses[count]), 4) for count in shown), reached])
    page.heading("landscape.optimizers", epochs=f"{config.total:,}")
    page.table(rows)
    page.text("landscape.fair")


def _write(folder: Path, found: Found) -> None:
    """The numbers as CSV."""
    surface, run = found.surface, found.run
    nodes = [
        [state, *surface.parameters(state), surface.loss(state), float(found.exact.v[state]), float(run.v[state]), *q]
        for state, q in enumerate(run.q.tolist())
    ]
    write_rows(folder / "nodes.csv", ("state", "w", "b", "loss", "v_exact", "v", "up", "right", "down", "left"), nodes)
    best = [("policy", k, *surface.parameters(state), surface.loss(state)) for k, state in enumerate(found.best)]
    rolled = [
        (name, k, *at, float(found.valley.loss(at))) for name, path in found.ways.items() for k, at in enumerate(path.tolist())
    ]
    write_rows(folder / "ways.csv", ("way", "step", "w", "b", "loss"), [*best, *rolled])
    if run.episodes:
        episodes = zip(range(1, run.episodes + 1), run.returns.tolist(), run.lengths.tolist(), strict=True)
        write_rows(folder / "episodes.csv", ("episode", "return", "length"), episodes)
