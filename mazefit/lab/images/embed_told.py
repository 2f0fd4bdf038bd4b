"""The page of a map of codes: whose codes, how it is made, what it is worth, where new images lie, and the tutorial's flaws."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from mazefit.lab.images.config_embed import EmbedConfig
from mazefit.lab.images.data import class_names, known_as, listed
from mazefit.lab.images.embed_encoders import CODE, KIND, Encoder
from mazefit.lab.images.embed_maps import Judged, Placed
from mazefit.lab.images.embed_points import GROUPS, Newcomers, Points
from mazefit.lab.page import Page, fixed, percent
from mazefit.supervised.autoencoder.saved import SavedAutoencoder
from mazefit.supervised.embedding import libraries
from mazefit.supervised.embedding.maps import ITERATIONS
from mazefit.supervised.embedding.quality import Quality
from mazefit.tasks.images import Images


class Known(NamedTuple):
    """What is known of the first 6,000 codes of the tutorial's autoencoder, of clothes: shares by their columns."""

    kl: float | None
    trust: float | None
    knn: float
    shoes: float | None
    tops: float | None


KNOWN_MAPS = {
    (5.0, 300): Known(3.52, 0.986, 0.770, 0.885, None),
    (30.0, 1000): Known(1.31, 0.993, 0.785, 0.901, None),
}
"""Of t-SNE by scikit-learn, by perplexity and iterations. Of the tops it is not known which classes were taken."""
KNOWN_AXES, KNOWN_CODES = Known(None, 0.899, 0.543, None, None), Known(None, None, 0.802, None, None)
KNOWN_POINTS = 6000
SHOWN = 12  # new images in the table
BY = {"tsne": "embed.by tsne", "quick": "embed.by quick", "pca": "embed.by axes"}
PLACED_BY = {"tsne": "embed.place tsne", "quick": "embed.place quick", "pca": "embed.place pca"}
GROUP_NAMES = {"shoes": "group.shoes", "tops": "group.tops"}
KNOWN_NAMES = {"map": "known.map", "axes": "known.axes", "codes": "known.codes"}


def tell_start(page: Page, config: EmbedConfig, images: Images, points: Points, saved: SavedAutoencoder | None) -> None:
    """Whose codes are mapped, how, and which images they are."""
    page.heading("embed.begin", points=f"{len(points.images):,}", dimensions=config.dimensions, method=method(page, config))
    if config.method == "pca":
        page.text(BY[config.method])
    else:
        page.text(BY[config.method], perplexity=f"{config.near:g}", iterations=f"{config.steps:,}", seed=config.seed,
                  library=library(config))  # fmt: skip
    tests, more = f"{points.tests:,}", len(points.images) - points.tests
    if more:
        page.text("embed.points more", tests=tests, more=f"{more:,}")
    elif points.tests == len(images.test_images):
        page.text("embed.points all", tests=tests)
    else:
        page.text("embed.points", tests=tests, all=f"{len(images.test_images):,}")
    if saved is None:
        page.text("embed.fits", kind=KIND, count=f"{len(images.images):,}", epochs=config.total)
    else:
        page.text("embed.takes", folder=config.model or "", kind=saved.name, epochs=len(saved.test_mse), name=saved.dataset)
        if saved.dataset not in (images.name, str(config.data)):
            page.text("embed.foreign", name=saved.dataset)


def method(page: Page, config: EmbedConfig) -> str:
    """What the method is called."""
    if config.as_written:
        return page.say("embed.as written")
    return {"tsne": "t-SNE", "pca": "PCA"}.get(config.method) or page.say("embed.quick")


def library(config: EmbedConfig) -> str:
    """Name and version of who makes t-SNE."""
    return libraries.version("openTSNE" if libraries.chosen(config.maker) == "opentsne" else "scikit-learn")


def tell_encoder(page: Page, config: EmbedConfig, encoder: Encoder, images: Images, saved: SavedAutoencoder | None) -> None:
    """How good the autoencoder is."""
    code = encoder.codes.shape[1]
    if saved is not None:
        page.text(
            "embed.encoder", code=code, mse=fixed(encoder.test_mse, 4), pca=fixed(saved.pca_mse, 4),
            mean=fixed(saved.mean_image_mse, 4),
        )  # fmt: skip
    elif encoder.seconds is not None:
        page.text("embed.fitted", code=code, mse=fixed(encoder.test_mse, 4), seconds=fixed(encoder.seconds, 1))


def tell_map(page: Page, config: EmbedConfig, main: Judged) -> None:
    """How long it took."""
    page.text("embed.made", library=main.mapped.library, seconds=fixed(main.mapped.seconds, 1))


def tell_table(
    page: Page,
    config: EmbedConfig,
    maps: Sequence[Judged],
    points: Points,
    images: Images,
    saved: SavedAutoencoder | None,
) -> None:
    """The figures of the map, of others of the same codes, and of the codes; what is known beside, where it may be."""
    main = maps[0]
    groups = list(points.groups)
    page.heading("embed.worth")
    head = [
        "",
        "KL",
        page.say("embed.trust"),
        *(["10-NN"] if points.judged else []),
        *(page.say(GROUP_NAMES[g]) for g in groups),
    ]
    rows = [head, *(_cells(page, _called(page, config, one), one.quality, groups) for one in maps)]
    if main.quality.knn is not None:
        within = [fixed(main.quality.groups[g].codes, 3) for g in groups]
        codes = page.say("embed.codes", code=main.encoder.codes.shape[1])
        rows.append([codes, "", "", fixed(main.quality.knn.codes, 3), *within])
    known = known_beside(config, images, points, saved)
    rows += [_known_cells(page.say(KNOWN_NAMES[name]), one) for name, one in known.items()]
    page.table(rows)
    for key in ("embed.about kl", "embed.about trust"):
        page.point(key)
    if main.quality.knn is None:
        page.point("embed.few")
        return
    page.point("embed.about knn")
    for group in groups:
        names = dict(zip(images.classes, class_names(images, page.language), strict=True))
        page.point("embed.about group", group=page.say(GROUP_NAMES[group]), names=listed([names[one] for one in GROUPS[group]]))
    largest = float(np.bincount(points.labels).max() / len(points.labels))
    page.text("embed.labels", share=percent(main.quality.knn.plane), chance=percent(largest))
    if known:
        page.text("embed.known")


def known_beside(config: EmbedConfig, images: Images, points: Points, saved: SavedAutoencoder | None) -> dict[str, Known]:
    """The known figures, where it is the tutorial's autoencoder, images, number of points and settings; else none."""
    here = known_as(config, images) == "fashion-mnist" and len(points.images) == points.tests == KNOWN_POINTS
    tutorials = saved is not None and (saved.name, saved.codes.shape[1], len(saved.test_mse)) == ("conv", CODE, 1)
    own = saved is not None and saved.dataset == "fashion-mnist"
    if not (here and tutorials and own and config.dimensions == 2):
        return {}
    main = KNOWN_MAPS.get((config.near, config.steps)) if config.method == "tsne" else None
    if config.steps < ITERATIONS and libraries.chosen(config.maker) != "scikit-learn":
        main = None  # what has not converged hangs on who made it
    return {**({"map": main} if main is not None else {}), "axes": KNOWN_AXES, "codes": KNOWN_CODES}


def _called(page: Page, config: EmbedConfig, one: Judged) -> str:
    """What a map is called in the table."""
    if one.name == "main":
        return page.say("embed.this", method=method(page, config))
    return page.say("embed.goes on" if one.name == "goes on" else "embed.axes", dimensions=config.dimensions)


def _cells(page: Page, name: str, found: Quality, groups: Sequence[str]) -> list[str]:
    kl = "" if found.kl is None else fixed(found.kl, 3)
    knn = [] if found.knn is None else [fixed(found.knn.plane, 3), *(fixed(found.groups[g].plane, 3) for g in groups)]
    return [name, kl, fixed(found.trustworthiness, 3), *knn]


def _known_cells(name: str, one: Known) -> list[str]:
    return [name, *("" if value is None else fixed(value, 3 if place else 2) for place, value in enumerate(one))]


def tell_placed(page: Page, images: Images, points: Points, new: Newcomers, found: Placed, main: Judged) -> None:
    """Where new images came to lie."""
    count = f"{len(new.images):,}"
    page.heading("embed.placed", count=count, source=page.say("embed.held out") if not new.source else Path(new.source).name)
    page.text(PLACED_BY[main.mapped.settings.method])
    if found.right is not None and main.quality.knn is not None:
        page.text("embed.found", share=percent(found.right), map=percent(main.quality.knn.plane))
        return
    names = class_names(images, page.language)
    rows = [
        [str(i), fixed(x, 2), fixed(y, 2), names[label]]
        for i, ((x, y), label) in enumerate(zip(found.places[:SHOWN].tolist(), found.near[:SHOWN].tolist(), strict=True))
    ]
    page.table([[page.say("embed.image"), "x", "y", page.say("embed.among")], *rows])


def tell_flaws(page: Page, maps: Sequence[Judged]) -> None:
    """What the tutorial has wrong; with numbers, where its map was made."""
    page.heading("flaws")
    page.point("embed.flaw argument")
    further = [one for one in maps if one.name == "goes on"]
    if further and maps[0].quality.kl is not None and further[0].quality.kl is not None:
        page.point("embed.flaw seen", before=fixed(maps[0].quality.kl, 2), after=fixed(further[0].quality.kl, 2))
    else:
        page.point("embed.flaw few")
    for key in ("embed.flaw seed", "embed.flaw model", "embed.flaw images"):
        page.point(key)
