"""What the classifier leaves behind beside its page: tables as CSV, and three figures."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mazefit.lab.announce import drawn_language
from mazefit.lab.images.config_classifier import ClassifierConfig
from mazefit.lab.images.data import class_names, title_of
from mazefit.lab.images.phrases import say
from mazefit.lab.page import fixed
from mazefit.lab.results import write_rows
from mazefit.plots.classifier import Curves, Sample, plot_classifier
from mazefit.plots.mistakes import plot_mistakes
from mazefit.plots.modes import Way, plot_modes
from mazefit.supervised.classifier.fits import Fitted
from mazefit.supervised.classifier.modes import MODES
from mazefit.tasks.images import Images
from mazefit.words import Language

TABLES, FIGURES = ("history.csv", "scores.csv", "confusion.csv", "predictions.csv"), ("classifier", "mistakes", "modes")
SEEDS = "seeds.csv"
WORST = 24  # mistakes on their page


def write_tables(folder: Path, images: Images, fits: Mapping[str, Fitted], main: Fitted) -> None:
    """The course of every fit; of the one that is told of scores, confusion matrix, and what it says of each test image.

    Raises:
        OutputError: a file cannot be written.
    """
    courses = {name: fits[name].course for name in MODES if name in fits}
    write_rows(
        folder / "history.csv",
        ("mode", "epoch", "train_loss", "test_loss", "train_micro_f1", "test_micro_f1"),
        (
            [name, epoch, *row]
            for name, course in courses.items()
            for epoch, row in enumerate(
                zip(*(x.tolist() for x in (course.train_loss, course.test_loss, course.train_f1, course.test_f1)), strict=True)
            )
        ),
    )
    test, names = main.test, images.classes
    columns = (test.tp, test.fp, test.fn, test.precision, test.recall, test.f1)
    rows = [[name, *cells] for name, *cells in zip(names, *(column.tolist() for column in columns), strict=True)]
    rows.append(["micro", *(int(counts.sum()) for counts in (test.tp, test.fp, test.fn)), *test.micro])
    rows.append(["macro", None, None, None, *test.macro])
    write_rows(folder / "scores.csv", ("class", "TP", "FP", "FN", "precision", "recall", "F1"), rows)
    counts = test.confusion.tolist()
    write_rows(
        folder / "confusion.csv", ("true class", *names), ([name, *row] for name, row in zip(names, counts, strict=True))
    )
    given = main.probabilities[range(len(main.predictions)), main.predictions]
    said = zip(images.test_labels.tolist(), main.predictions.tolist(), given.tolist(), strict=True)
    write_rows(
        folder / "predictions.csv", ("image", "true", "said", "probability"), ([i, *row] for i, row in enumerate(said))
    )  # fmt: skip


def pictures(language: Language, config: ClassifierConfig, images: Images, fits: Mapping[str, Fitted]) -> dict[str, Any]:
    """The classifier at a glance, its worst mistakes if it makes any, and all ways side by side if there are several."""
    spoken, main = drawn_language(language), fits[config.mode]
    names, title = class_names(images, spoken), title_of(config, images)
    said = {"name": title, "mode": say(f"mode.{config.mode}", spoken)}
    course, drawn = main.course, dict[str, Any]()
    sample = Sample(
        images.test_images[main.sample], int(images.test_labels[main.sample]), main.probabilities[main.sample], main.sample
    )
    sizes = "-".join(map(str, main.sizes))
    drawn["classifier"] = plot_classifier(
        sample,
        Curves(course.train_loss, course.test_loss, course.train_f1, course.test_f1),
        main.test.confusion,
        names,
        title=say("classifier.title", spoken, epochs=len(main.losses), f1=fixed(main.test.micro[2], 4), **said),
        note=say("classifier.note", spoken, sizes=sizes, seed=main.seed),
        language=spoken,
    )
    count = len(main.worst.images)
    if shown := min(WORST, count):
        worst = main.worst
        index = worst.images[:shown]
        drawn["mistakes"] = plot_mistakes(
            images.test_images[index],
            worst.true[:shown],
            worst.said[:shown],
            worst.probability[:shown],
            names,
            indices=index,
            title=say(
                "mistakes.title", spoken, shown=shown, count=f"{count:,}", test=f"{len(images.test_images):,}", **said
            ),
            note=say("mistakes.note", spoken),
            language=spoken,
        )  # fmt: skip
    if len(fits) > 1:
        inside = [(say(f"mode.{name}", spoken), fits[name]) for name in MODES if name in fits]
        drawn["modes"] = plot_modes(
            [Way(name, one.course.test_loss, one.course.test_f1, one.test.confusion) for name, one in inside],
            names,
            title=say("modes.title", spoken, name=title),
            note=say("modes.note", spoken),
            language=spoken,
        )
    return drawn
