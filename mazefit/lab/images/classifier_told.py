"""The page of the classifier: its course, its scores by class, the other ways beside it, and what the tutorial has wrong."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np

from mazefit.lab.images.config_classifier import ClassifierConfig
from mazefit.lab.images.data import class_names, listed
from mazefit.lab.page import Page, fixed, number, percent
from mazefit.supervised.classifier.agreement import Agreement
from mazefit.supervised.classifier.basic_parts import HIDDEN
from mazefit.supervised.classifier.fits import Fitted
from mazefit.supervised.classifier.modes import CORRECTED, MODES, Mode
from mazefit.supervised.known_images import KNOWN
from mazefit.tasks.images import Images

SHOWN = 10  # rows of the course, the last one aside
MOST = 3  # confusions that are named
TRUTH: Mapping[tuple[str, str], tuple[float, float]] = {
    ("fashion-mnist", "repaired"): (0.097, 0.030),
    ("fashion-mnist", "corrected"): (0.8631, 0.0044),
    ("mnist", "repaired"): (0.111, 0.020),
    ("mnist", "corrected"): (0.9718, 0.0012),
}
"""Micro-F1 on the test images after five epochs: mean and deviation over ten seeds."""
ABOUT = "0.10"  # as written: nearly always one class for all


def truth(known: str, mode: str) -> str:
    """A known number with its deviation.

    >>> truth("fashion-mnist", "repaired"), truth("mnist", "corrected")
    ('0.097 ± 0.030', '0.9718 ± 0.0012')
    """
    mean, deviation = TRUTH[known, mode]
    places = 4 if deviation < 0.01 else 3
    return f"{mean:.{places}f} ± {deviation:.{places}f}"


def updates(mode: Mode, rows: int) -> int:
    """How many updates there are in all its epochs."""
    return mode.epochs * (1 if mode.batch_size is None else -(-rows // mode.batch_size))


def tell_start(page: Page, config: ClassifierConfig, images: Images) -> None:
    """What is fitted."""
    inputs, classes = int(np.prod(images.images.shape[1:])), len(images.classes)
    sizes = (inputs, *HIDDEN, classes)
    weights = sum(a * b for a, b in pairwise(sizes))
    page.heading(
        "classifier.begin", classes=classes, sizes="-".join(map(str, sizes)), mode=page.say(f"mode.{config.mode}"),
        epochs=f"{config.total:,}", seed=config.seed,
    )  # fmt: skip
    page.text(
        "classifier.layers", inputs=inputs, first=HIDDEN[0], second=HIDDEN[1], classes=classes, weights=f"{weights:,}",
        biases=sum(sizes[1:]),
    )  # fmt: skip
    page.text("classifier.loss", classes=classes)


def tell_course(page: Page, config: ClassifierConfig, fitted: Fitted) -> None:
    """Loss and micro-F1 before the first epoch and after each."""
    course = fitted.course
    page.heading("course", mode=page.say(f"mode.{config.mode}"))
    keys = ("epoch", "course.train loss", "course.test loss", "course.train f1", "course.test f1")
    head = [page.say(key) for key in keys]
    page.row(head, head)
    last = len(course.test_f1) - 1
    for epoch in sorted(set(np.linspace(0, last, min(last, SHOWN) + 1).round().astype(int).tolist())):
        losses = (number(float(column[epoch]), 4) for column in (course.train_loss, course.test_loss))
        f1s = (fixed(float(column[epoch]), 4) for column in (course.train_f1, course.test_f1))
        page.row([f"{epoch:,}", *losses, *f1s], head)
    if fitted.trouble:
        page.text("course.trouble", sentence=fitted.trouble)
    if fitted.stopped:
        page.stopped(len(fitted.losses), config.total)
        page.text("course.within", epochs=f"{len(fitted.losses):,}")


def tell_scores(page: Page, config: ClassifierConfig, images: Images, fitted: Fitted, known: str) -> None:
    """The table by class, why micro-F1 is accuracy, the truth beside it, and what was taken for what."""
    names, test = class_names(images, page.language), fitted.test
    page.heading("scores", mode=page.say(f"mode.{config.mode}"))
    head = [page.say("scores.class"), "TP", "FP", "FN", page.say("scores.precision"), page.say("scores.recall"), "F1"]
    rows = [
        [name, *(f"{count:,}" for count in counts), *_ratios(ratios)]
        for name, counts, ratios in zip(
            names,
            np.stack([test.tp, test.fp, test.fn], axis=1).tolist(),
            np.stack([test.precision, test.recall, test.f1], axis=1).tolist(),
            strict=True,
        )
    ]
    sums = [f"{int(counts.sum()):,}" for counts in (test.tp, test.fp, test.fn)]
    rows.append([page.say("scores.micro"), *sums, *_ratios(test.micro)])
    rows.append([page.say("scores.macro"), "", "", "", *_ratios(test.macro)])
    page.table([head, *rows])
    for key, empty in (("scores.never said", test.never_said), ("scores.never there", test.never_there)):
        if empty:
            page.text(key, names=listed([names[place] for place in empty]))
    page.text("scores.why")
    if known and not fitted.stopped:
        _known(page, config.mode, known, fitted.test.micro[2])
    _confused(page, images, fitted)


def _ratios(values: Sequence[float]) -> list[str]:
    return [fixed(value, 4) for value in values]


def _known(page: Page, mode: str, known: str, here: float) -> None:
    """The number that is known, beside the one that came."""
    said = {"name": KNOWN[known].title, "mode": page.say(f"mode.{mode}"), "here": fixed(here, 4)}
    if (known, mode) not in TRUTH:
        page.text("scores.known about", mean=ABOUT, **said)
        return
    mean, deviation = TRUTH[known, mode]
    page.text("scores.known", truth=truth(known, mode), away=fixed(abs(here - mean) / deviation, 1), **said)


def _confused(page: Page, images: Images, fitted: Fitted) -> None:
    """How many mistakes there are, and which are the most frequent."""
    names = class_names(images, page.language)
    wrong = fitted.test.confusion.copy()
    np.fill_diagonal(wrong, 0)
    if not wrong.sum():
        return
    most = [divmod(int(place), len(names)) for place in np.argsort(-wrong.reshape(-1), kind="stable")[:MOST]]
    pairs = [page.say("scores.pair", true=names[t], said=names[s], count=f"{wrong[t, s]:,}") for t, s in most if wrong[t, s]]
    page.text(
        "scores.confused", count=f"{int(wrong.sum()):,}", test=f"{len(images.test_images):,}", pairs=listed(pairs)
    )  # fmt: skip


def tell_ways(page: Page, fits: Mapping[str, Fitted], known: str, rows: int) -> None:
    """All ways side by side, from the tutorial's on, and what differs between them."""
    page.heading("ways")
    head = ["", *(page.say(f"ways.{key}") for key in ("updates", "before", "worst", "after", "micro", "macro"))]
    table = [head]
    inside = [name for name in MODES if name in fits]
    for name in inside:
        one = fits[name]
        loss = one.course.test_loss
        cells = [f"{updates(one.mode, rows):,}", *(number(float(value), 3) for value in (loss[0], loss.max(), loss[-1]))]
        cells += [fixed(one.test.micro[2], 4), fixed(one.test.macro[2], 4)]
        table.append([page.say(f"mode.{name}"), *cells])
    page.table(table)
    page.pairs([(page.say(f"mode.{name}"), _way(page, fits[name].mode, rows, known)) for name in inside])


def _way(page: Page, mode: Mode, rows: int, known: str) -> str:
    """The settings of one way in a line, and what is known of it."""
    said = page.say(
        "way",
        pixels=page.say("way.scaled" if mode.scaled else "way.raw"),
        loss=page.say("way.summed" if mode.summed else "way.mean"),
        batches=page.say("way.full") if mode.batch_size is None else page.say("way.batches", size=mode.batch_size),
        rate=f"{mode.learning_rate:g}",
        updates=f"{updates(mode, rows):,}",
    )
    if not known:
        return said
    there = (known, mode.name) in TRUTH
    return page.say("ways.known", way=said, value=truth(known, mode.name) if there else page.say("ways.about", value=ABOUT))


def tell_agreement(page: Page, found: Agreement) -> None:
    """That three ways to compute the same end alike."""
    page.heading("agreement", updates=f"{found.updates:,}")
    page.point("agreement.same" if found.same_bytes else "agreement.other")
    page.point(
        "agreement.modules", images=f"{found.images:,}", before=f"{found.before:.1g}", after=f"{found.after:.1g}"
    )  # fmt: skip


def tell_flaws(page: Page, images: Images, fits: Mapping[str, Fitted]) -> None:
    """What the tutorial has wrong, each with what is so."""
    page.heading("flaws")
    page.point("flaw.name")
    page.point("flaw.sum", numbers=f"{len(images.images) * len(images.classes):,}")
    if "as written" in fits:
        written = fits["as written"]
        loss, said = written.course.test_loss, np.bincount(written.predictions, minlength=len(images.classes))
        page.point(
            "flaw.sum seen", before=number(float(loss[0]), 3), worst=number(float(loss.max()), 3),
            share=percent(float(said.max() / said.sum()), 0), name=class_names(images, page.language)[int(said.argmax())],
        )  # fmt: skip
    size = CORRECTED.batch_size or 1
    page.point("flaw.updates", size=size, each=f"{-(-len(images.images) // size):,}")
    for key in ("flaw.print", "flaw.micro", "flaw.labels", "flaw.sigmoid", "flaw.deviation", "flaw.fit", "flaw.optimizer"):
        page.point(key)
