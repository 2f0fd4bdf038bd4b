"""The maps of a run: made with a bar, judged, and those that stand beside the one that is told of."""

import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from mazefit.lab.images.config_embed import EmbedConfig
from mazefit.lab.images.embed_encoders import Encoder, components, fitted, untrained
from mazefit.lab.images.embed_points import Labels, Newcomers, Points
from mazefit.lab.images.phrases import say
from mazefit.supervised.autoencoder.codes import codes_of
from mazefit.supervised.embedding.maps import ITERATIONS, Map, embed
from mazefit.supervised.embedding.place import place
from mazefit.supervised.embedding.quality import NEIGHBOURS, Quality, quality
from mazefit.tasks.images import Images
from mazefit.training import is_first_process
from mazefit.words import Language


class Judged(NamedTuple):
    """A map with what is known of it: what it is called ("main", "pca", "goes on", or an encoder of `--compare`)."""

    name: str
    encoder: Encoder
    mapped: Map
    quality: Quality


class Placed(NamedTuple):
    """New images on the map.

    Args:
        places: [m, 2].
        near: of each, the class of most of its ten nearest points of the map.
        right: share of them that are of that class; None where their classes are not known.
    """

    places: npt.NDArray[np.float64]
    near: Labels
    right: float | None


def judged(name: str, config: EmbedConfig, encoder: Encoder, points: Points, language: Language) -> Judged:
    """Make a map of an encoder's codes as the settings have it, and judge it."""
    with iterations_bar(language) as told:
        mapped = embed(
            encoder.codes, config.how, perplexity=config.near, iterations=None if config.method == "pca" else config.steps,
            dimensions=config.dimensions, seed=config.seed, library=config.maker, told=told,
        )  # fmt: skip
    groups = {key: members for key, members in points.groups.items() if points.judged}
    return Judged(name, encoder, mapped, quality(mapped, points.labels if points.judged else None, groups))


def beside(config: EmbedConfig, main: Judged, points: Points, language: Language) -> Generator[Judged]:
    """PCA of the same codes; and, beside the tutorial's 300 iterations, what 1,000 of them come to."""
    if config.as_written:
        further = replace(config, as_written=False, perplexity=config.near, iterations=ITERATIONS, library=config.maker)
        yield judged("goes on", further, main.encoder, points, language)
    if config.method != "pca":
        yield judged("pca axes", replace(config, method="pca"), main.encoder, points, language)


def compared(config: EmbedConfig, main: Judged, images: Images, points: Points, language: Language) -> Generator[Judged]:
    """The encoders of `--compare`, one after the other; one that was fitted here for as long already is not fitted again."""
    kind, code = main.encoder.kind, main.encoder.codes.shape[1]
    for name in config.encoders:
        if name == "untrained":
            encoder = untrained(config, images, points.images, kind, code)
        elif name == "pca":
            encoder = components(images, points.images, code)
        else:
            epochs = config.long if name == "long" else int(name)
            if main.encoder.seconds is not None and main.encoder.epochs == epochs:
                yield main._replace(name=name)
                continue
            encoder, _ = fitted(config, images, points.images, kind, code, epochs, language)
        yield judged(name, config, encoder, points, language)


def placed(main: Judged, points: Points, new: Newcomers) -> Placed:
    """Where new images belong, and among whom they come to lie."""
    from sklearn.neighbors import KNeighborsClassifier

    model = main.encoder.model
    assert model is not None  # the map that is told of is an autoencoder's
    places = place(main.mapped, codes_of(model, new.images).astype(np.float64))
    vote = KNeighborsClassifier(min(NEIGHBOURS, len(points.labels))).fit(main.mapped.plane, points.labels)
    near = np.asarray(vote.predict(places), dtype=np.int64)
    return Placed(places, near, None if new.labels is None else float((near == new.labels).mean()))


@contextmanager
def iterations_bar(language: Language) -> Generator[Callable[[int, int], None]]:
    """A function of (iterations done, in all) that moves a bar on a terminal."""
    from tqdm import tqdm

    seen = sys.stdout.isatty() and sys.stderr.isatty() and is_first_process()
    unit = " " + say("embed.iteration", language)
    with tqdm(unit=unit, disable=not seen, leave=False, dynamic_ncols=True) as bar:

        def advance(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        yield advance
