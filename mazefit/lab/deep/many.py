"""Many mazes at once as a command: DQN learns on some and walks through others; the same networks, taught, stand beside.

many(DeepConfig(mazes=1000))        0, and a folder out/deep with figures, numbers and the run of the recurrent network
"""

from pathlib import Path
from typing import Any, NamedTuple, cast

from mazefit.agents import LearningInterrupted
from mazefit.agents.deep import DeepRun
from mazefit.agents.deep.events import ProgressBar
from mazefit.agents.deep.grid_network import RecurrentGrid
from mazefit.agents.deep.held_out import Split, split_mazes
from mazefit.agents.deep.labels import LabelledMazes, label_mazes
from mazefit.agents.deep.many_mazes import DISCOUNT, EPSILON, REWARDS, Course, Measured, agent, environments, measure
from mazefit.agents.deep.networks import Convolutional, Factory
from mazefit.agents.deep.supervised_bound import fit_exact_values, network_of
from mazefit.interrupt import Interruption
from mazefit.lab.deep.config import DeepConfig
from mazefit.lab.deep.many_phrases import say
from mazefit.lab.deep.many_pictures import FIGURES, pictures
from mazefit.lab.deep.many_told import TABLES, Learned, learned, tell_larger, tell_lengths, tell_result, write_tables
from mazefit.lab.deep.place import take_place
from mazefit.lab.page import Page, fixed, number, percent
from mazefit.lab.places import RUN_FOLDER
from mazefit.lab.results import finish, kept
from mazefit.training import TrainingInterrupted
from mazefit.words import check_language

MEASUREMENTS = 16


class Kind(NamedTuple):
    """A network that is tried, with those of the settings tried that suited it best."""

    factory: Factory
    learning_rate: float  # of DQN
    taught_rate: float
    taught_mazes: int  # of one update, where it is taught


KINDS = {
    "recurrent": Kind(RecurrentGrid(scale=1.0), 0.004, 0.006, 32),
    "ordinary": Kind(Convolutional((32, 64), (256,)), 0.0005, 0.006, 2),
}


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
    folder, _ = take_place(config, [*TABLES], [*FIGURES])
    page = Page(language, say)
    page.heading(
        "many.begin", training=f"{len(split.training):,}", rows=rows, columns=columns, held_out=f"{len(split.held_out):,}",
        discount=number(DISCOUNT), seed=config.seed,
    )  # fmt: skip
    learner = agent(len(split.training), config.all_steps)
    page.text("many.split")
    page.text("many.how", epsilon=number(EPSILON), updates=learner.gradient_steps, batch=learner.batch_size)
    page.print()
    unseen, own = (label_mazes(mazes, DISCOUNT, **REWARDS) for mazes in (split.held_out, split.training))
    with Interruption() as interruption:
        found, stopped = _learn(page, config, split, unseen, own, folder, interruption)
    return kept(lambda: _tell(page, config, unseen, found, folder, stopped))


def _learn(
    page: Page, config: DeepConfig, split: Split, unseen: LabelledMazes, own: LabelledMazes, folder: Path, heard: Interruption
) -> tuple[list[Learned], bool]:
    """Both networks by DQN, then both taught; and whether Ctrl-C ended it."""
    found: list[Learned] = []
    stopped = False
    for name in KINDS:
        run, points, stopped = _by_walking(page, config, split, unseen, name)
        if not found:
            run.save(folder / RUN_FOLDER)
        found.append(learned(f"many.{name}", run.model, points, unseen, own))
        if stopped or heard.asked:
            page.text("many.stopped", steps=f"{run.steps:,}", full=f"{config.all_steps:,}")
            return found, True
    page.heading("many.taught")
    page.print()
    for name in KINDS:
        try:
            found.append(_taught(config, unseen, own, name, found[0].points[-1].updates))
        except TrainingInterrupted:
            stopped = True
        if stopped or heard.asked:
            page.text("many.taught stopped", count=len(found) - len(KINDS), all=len(KINDS))
            return found, True
    return found, False


def _tell(page: Page, config: DeepConfig, unseen: LabelledMazes, found: list[Learned], folder: Path, stopped: bool) -> int:
    """What came of it, on disk first."""
    write_tables(folder, found)
    tell_result(page, found)
    tell_lengths(page, found)
    page.print()
    tell_larger(page, config, unseen, found)
    return finish(page, config, folder, [*TABLES, f"{RUN_FOLDER}/"], pictures(page, config, unseen, found), stopped)


def _by_walking(
    page: Page, config: DeepConfig, split: Split, unseen: LabelledMazes, name: str
) -> tuple[DeepRun, list[Measured], bool]:
    """DQN with one network, told while it learns; and whether Ctrl-C ended it."""
    page.heading(f"many.{name}")
    head = [page.say(f"many.{name}") for name in ("steps", "updates", "share", "rms")]
    page.row(head, head)
    page.print()

    def tell(point: Any) -> None:
        page.row([f"{point.steps:,}", f"{point.updates:,}", percent(point.share), fixed(point.error, 3)], head)
        page.print()

    course = Course(unseen, max(1, config.all_steps // MEASUREMENTS), tell)
    kind, mazes = KINDS[name], len(split.training)
    learner = agent(mazes, config.all_steps, kind.factory, learning_rate=kind.learning_rate, device=config.device)
    bar = ProgressBar(unit=page.say("many.steps"))
    try:
        run = learner.learn(environments(split.training), config.all_steps, seed=config.seed, callbacks=[course, bar])
    except LearningInterrupted as interrupted:
        return cast("DeepRun", interrupted.run), course.points, True
    return run, course.points, False


def _taught(config: DeepConfig, unseen: LabelledMazes, own: LabelledMazes, name: str, updates: int) -> Learned:
    """One network taught the exact values, by about as many updates as DQN made."""
    kind = KINDS[name]
    size = min(kind.taught_mazes, len(own))
    epochs = max(1, round(updates * size / len(own)))
    trainer = fit_exact_values(
        own, kind.factory, epochs=epochs, batch_size=size, learning_rate=kind.taught_rate, seed=config.seed,
        device=config.device, progress=None,
    )  # fmt: skip
    module = network_of(trainer)
    return learned(f"many.{name} taught", module, [measure(module, unseen, 0, trainer.steps)[0]], unseen, own)
