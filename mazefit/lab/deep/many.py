"""Many mazes at once as a command: DQN learns on some and walks through others; an ordinary network and the bound beside it.

many(DeepConfig(mazes=1000))        0, and a folder out/deep with figures and numbers
"""

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from torch import nn

from mazefit.agents import LearningInterrupted
from mazefit.agents.deep.events import ProgressBar
from mazefit.agents.deep.grid_network import RecurrentGrid
from mazefit.agents.deep.held_out import Split, all_values, greedy_path, greedy_walks, split_mazes
from mazefit.agents.deep.labels import LabelledMazes, label_mazes
from mazefit.agents.deep.many_mazes import DISCOUNT, EPSILON, REWARDS, Course, Measured, agent, environments, measure
from mazefit.agents.deep.networks import Convolutional, Factory
from mazefit.agents.deep.supervised_bound import fit_exact_values, network_of
from mazefit.lab.announce import drawn_language
from mazefit.lab.deep.config import DeepConfig
from mazefit.lab.deep.many_phrases import say
from mazefit.lab.page import Page, fixed, number, percent
from mazefit.lab.results import claim, finish, kept, write_rows
from mazefit.training import TrainingInterrupted
from mazefit.words import check_language

TABLES, FIGURES = ("shares.csv", "networks.csv"), ("shares", "walks")
MEASUREMENTS, WALKS, SOME = 16, 8, 200
ORDINARY = Convolutional((32, 64), (256,))
BOUND_EPOCHS, QUICK_EPOCHS = 100, 8
SEEN = 0.9  # the share that is asked for at 5 x 5 cells


class Learned(NamedTuple):
    """A network and what it is worth."""

    key: str
    module: nn.Module
    points: list[Measured]
    own: float  # share on mazes that it learned on


def many(config: DeepConfig) -> int:
    """Learn on many mazes and tell how others are walked through.

    Args:
        config: the settings; `mazes` is how many.

    Returns:
        The exit code: 0, or 130 where Ctrl-C stopped it.

    Raises:
        MazefitError: something is wrong; before anything was learned, unless results could not be written.
    """
    language = check_language(config.lang)
    config.check()
    rows, columns = config.cells
    split = split_mazes(rows, columns, config.mazes or 1, config.held_out, config.seed)
    folder = claim(config, TABLES, FIGURES)
    page = Page(language, say)
    page.heading(
        "many.begin", training=f"{len(split.training):,}", rows=rows, columns=columns, held_out=f"{len(split.held_out):,}",
        discount=number(DISCOUNT), seed=config.seed,
    )  # fmt: skip
    learner = agent(len(split.training), config.all_steps)
    page.text("many.split")
    page.text("many.how", epsilon=number(EPSILON), updates=learner.gradient_steps, batch=learner.batch_size)
    page.print()
    return kept(lambda: _learn(page, config, split, folder))


def _learn(page: Page, config: DeepConfig, split: Split, folder: Path) -> int:
    """The three networks, one after the other."""
    unseen, own = (label_mazes(mazes, DISCOUNT, **REWARDS) for mazes in (split.held_out, split.training))
    found: list[Learned] = []
    stopped = False
    try:
        found.append(_recurrent(page, config, split, unseen, own, "many.recurrent", RecurrentGrid(scale=1.0)))
        found.append(_recurrent(page, config, split, unseen, own, "many.ordinary", ORDINARY))
        epochs = QUICK_EPOCHS if config.quick else BOUND_EPOCHS
        trainer = fit_exact_values(own, RecurrentGrid(scale=1.0), epochs=epochs, seed=config.seed, device=config.device)
        module = network_of(trainer)
        found.append(Learned("many.bound", module, [measure(module, unseen, 0, trainer.steps)[0]], _share(module, own)))
    except LearningInterrupted as interrupted:
        stopped = True
        page.text("many.stopped", steps=f"{interrupted.run.steps:,}", full=f"{config.all_steps:,}")  # pyright: ignore
    except TrainingInterrupted:
        stopped = True
    if found:
        _result(page, unseen, found)
    points = [[say(one.key, "en"), *point] for one in found for point in one.points]
    write_rows(folder / TABLES[0], ("network", *Measured._fields), points)
    ends = [[say(one.key, "en"), _weights(one.module), one.own, *one.points[-1]] for one in found]
    write_rows(folder / TABLES[1], ("network", "weights", "own_share", *Measured._fields), ends)
    return finish(page, config, folder, TABLES, _pictures(page, config, split, unseen, found), stopped)


def _recurrent(
    page: Page, config: DeepConfig, split: Split, unseen: LabelledMazes, own: LabelledMazes, key: str, network: Factory
) -> Learned:
    """DQN with one network, told while it learns."""
    page.heading(key)
    head = [page.say(f"many.{name}") for name in ("steps", "updates", "share", "rms")]
    page.row(head, head)
    page.print()

    def tell(point: Measured) -> None:
        page.row([f"{point.steps:,}", f"{point.updates:,}", percent(point.share), fixed(point.error, 3)], head)
        page.print()

    course = Course(unseen, max(1, config.all_steps // MEASUREMENTS), tell)
    learner = agent(len(split.training), config.all_steps, network, device=config.device)
    bar = ProgressBar(unit=page.say("many.steps"))
    run = learner.learn(environments(split.training), config.all_steps, seed=config.seed, callbacks=[course, bar])
    return Learned(key, run.model, course.points, _share(run.model, own))


def _share(module: nn.Module, own: LabelledMazes) -> float:
    return greedy_walks(all_values(module, own), own).share


def _weights(module: nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


def _result(page: Page, unseen: LabelledMazes, found: list[Learned]) -> None:
    """What each is worth in the end."""
    page.heading("many.result")
    rows = [[page.say(f"many.{name}") for name in ("network", "weights", "share", "seen", "rms", "largest")]]
    for one in found:
        end = one.points[-1]
        rows.append(
            [page.say(one.key), f"{_weights(one.module):,}", percent(end.share), percent(one.own), fixed(end.error, 3),
             fixed(end.largest, 3)]
        )  # fmt: skip
    page.table(rows)
    page.lines.append("")
    page.text("many.says")
    module: Any = found[0].module
    learned = module.iterations
    module.iterations = 2 * learned
    share, _ = measure(module, unseen)
    module.iterations = learned
    page.text("many.later", iterations=2 * learned, learned=learned, share=percent(share.share))


def _pictures(page: Page, config: DeepConfig, split: Split, unseen: LabelledMazes, found: list[Learned]) -> dict[str, Any]:
    """The shares over the steps, and some walks: half of them such as go astray, where there are any."""
    from mazefit.plots.held_out import plot_shares
    from mazefit.plots.walks import Walk, plot_walks

    spoken = drawn_language(page.language)
    learned = [one for one in found if one.key != "many.bound"]
    if not learned:
        return {}
    rows, columns = config.cells
    courses = {say(one.key, spoken): ([p.steps for p in one.points], [p.share for p in one.points]) for one in learned}
    bounds = {say(one.key, spoken): one.points[-1].share for one in found if one.key == "many.bound"}
    title = say("many.title", spoken, held_out=f"{len(unseen):,}", rows=rows, columns=columns)
    note = say("many.note", spoken, training=f"{len(split.training):,}", seed=config.seed)
    table = all_values(learned[0].module, unseen)
    walks = greedy_walks(table, unseen)
    lost, fine = np.flatnonzero(walks.lengths < 0), np.flatnonzero(walks.lengths >= 0)
    shown = [*fine[: WALKS - min(len(lost), WALKS // 2)], *lost[: WALKS // 2]][:WALKS]
    drawn: list[Walk] = []
    for one in shown:
        path, maze = greedy_path(table, unseen, int(one)), unseen.mazes[one]
        values = np.where(unseen.inside[one], table[one].max(axis=1), np.nan)
        drawn.append(Walk(maze.walls, maze.goals, values, path, int(walks.shortest[one]), bool(walks.lengths[one] >= 0)))
    return {
        "shares": plot_shares(courses, bounds=bounds, goal=SEEN, title=title, note=note, language=spoken),
        "walks": plot_walks(drawn, title=say("many.walks", spoken), language=spoken),
    }
