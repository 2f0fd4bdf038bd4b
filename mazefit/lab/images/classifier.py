"""The classifier as a command: fitted, scored by class, the tutorial's own ways beside it, drawn, and told.

classifier(ClassifierConfig(quick=True))        0, and a folder out/classifier with figures and numbers
"""

from mazefit.interrupt import Interruption
from mazefit.lab.bars import epochs_bar
from mazefit.lab.images.classifier_files import FIGURES, SEEDS, TABLES, pictures, write_tables
from mazefit.lab.images.classifier_told import tell_agreement, tell_course, tell_flaws, tell_scores, tell_start, tell_ways
from mazefit.lab.images.config_classifier import ClassifierConfig
from mazefit.lab.images.data import known_as, load_images, tell_images
from mazefit.lab.images.phrases import say
from mazefit.lab.images.taking_up import CHECKPOINT, Place, take_place, tell_how, tell_resumed
from mazefit.lab.page import Page
from mazefit.lab.results import INTERRUPTED, finish, kept, nothing
from mazefit.supervised.classifier.agreement import Agreement, agree
from mazefit.supervised.classifier.fits import Fitted, fit
from mazefit.tasks.images import Images
from mazefit.training import TrainingInterrupted
from mazefit.words import check_language


def classifier(config: ClassifierConfig) -> int:
    """Fit the classifier and tell what came of it.

    Args:
        config: the settings.

    Returns:
        The exit code: 0, or 130 where Ctrl-C stopped it (what was fitted is kept, and `--resume` goes on).

    Raises:
        MazefitError: something is wrong; before anything was fitted, unless results could not be written.
    """
    language = check_language(config.lang)
    config.check()
    if config.seeds is not None:
        from mazefit.lab.images.classifier_seeds import over_seeds

        return over_seeds(config)
    images = load_images(config)
    place = take_place(config, [*TABLES, SEEDS], FIGURES)
    page = Page(language, say)
    tell_start(page, config, images)
    tell_images(page, config, images)
    tell_resumed(page, config, place)
    page.print()
    return _fit(page, config, images, place)


def _fit(page: Page, config: ClassifierConfig, images: Images, place: Place) -> int:
    """The fit that is told of, those beside it, and the same numbers in other ways; then everything after the fitting."""
    bars = [epochs_bar(page.language)]
    agreement: Agreement | None = None
    with Interruption() as between:  # a Ctrl-C within a fit ends that fit; one between two of them ends the row
        main = fit(
            images, config.mode, epochs=config.total, seed=config.seed, device=config.device, callbacks=bars,
            checkpoint=place.checkpoint,
        )  # fmt: skip
        fits = {config.mode: main}
        stopped = main.stopped
        if len(main.course.test_f1):
            page.computed(str(main.choice.device), main.choice.precision, main.choice.backend, config.device)
            tell_course(page, config, main)
            page.print()
        for mode in config.others:
            stopped = stopped or between.asked
            if not stopped:
                other = fit(images, mode, epochs=config.total, seed=config.seed, device=config.device, callbacks=bars)
                stopped = other.stopped
                if not stopped:
                    fits[mode] = other
        if not (stopped or between.asked):
            try:
                agreement = agree(images, seed=config.seed)
            except TrainingInterrupted:
                stopped = True
    return kept(lambda: _tell(page, config, images, fits, agreement, place, stopped or between.asked))


def _tell(
    page: Page,
    config: ClassifierConfig,
    images: Images,
    fits: dict[str, Fitted],
    agreement: Agreement | None,
    place: Place,
    stopped: bool,
) -> int:
    """Everything after the fitting."""
    main = fits[config.mode]
    if not len(main.course.test_f1):  # Ctrl-C came before the first look at the images
        nothing(page)
        return _told_how(page, config)
    known = known_as(config, images) if config.faithful else ""
    tell_scores(page, config, images, main, known)
    if len(fits) > 1:
        tell_ways(page, fits, known, len(images.images))
    if agreement is not None:
        tell_agreement(page, agreement)
    tell_flaws(page, images, fits)
    write_tables(place.folder, images, fits, main)
    drawn = pictures(page.language, config, images, fits)
    code = finish(page, config, place.folder, [*TABLES, f"{CHECKPOINT}/"], drawn, stopped)
    return _told_how(page, config) if stopped else code


def _told_how(page: Page, config: ClassifierConfig) -> int:
    """Say how to go on; returns the exit code."""
    tell_how(page, config)
    page.print()
    return INTERRUPTED
