"""What a map of codes leaves behind beside its page: tables, the Embedding Projector's files, and three figures."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mazefit.lab.announce import drawn_language
from mazefit.lab.images.config_embed import EmbedConfig
from mazefit.lab.images.data import class_names, title_of
from mazefit.lab.images.embed_maps import Judged, Placed
from mazefit.lab.images.embed_points import Newcomers, Points
from mazefit.lab.images.phrases import say
from mazefit.lab.page import fixed
from mazefit.lab.results import write_rows
from mazefit.plots.embedding import Panel, plot_embedding, plot_maps
from mazefit.plots.image_map import plot_image_map
from mazefit.plots.map_words import said
from mazefit.supervised.embedding.describe import describe
from mazefit.supervised.embedding.projector import write_plane, write_projector
from mazefit.tasks.images import Images
from mazefit.words import Language

TABLES, FIGURES = ("plane.csv", "quality.csv", "placed.csv"), ("map", "images", "compare")
PROJECTOR = "projector"
DRAWN = 12  # new images that are drawn on the map


def write_tables(
    folder: Path,
    images: Images,
    points: Points,
    maps: Sequence[Judged],
    others: Sequence[Judged],
    new: Newcomers | None,
    found: Placed | None,
) -> list[str]:
    """The map, what is known of every map, where new images lie, and the codes for the Projector; returns the tables' names.

    Raises:
        OutputError: a file cannot be written.
    """
    main = maps[0]
    write_plane(folder / "plane.csv", main.mapped.plane, points.labels, images.classes)
    head = ("map", "model", "epochs", "test_mse", "method", "library", "points", "dimensions", "perplexity", "iterations",
            "seed", "kl", "trustworthiness", "knn_map", "knn_codes")  # fmt: skip
    groups = tuple(points.groups)
    write_rows(
        folder / "quality.csv",
        (*head, *(f"knn_{place}_{group}" for group in groups for place in ("map", "codes"))),
        (_row(one, groups) for one in (*maps, *others)),
    )
    write_projector(
        folder / PROJECTOR, main.encoder.codes, points.labels, images.classes, points.images,
        name=f"codes of a {main.encoder.kind} autoencoder",
    )  # fmt: skip
    if new is None or found is None:
        return ["plane.csv", "quality.csv"]
    near = [images.classes[label] for label in found.near.tolist()]
    own = [None] * len(near) if new.labels is None else [images.classes[label] for label in new.labels.tolist()]
    rows = enumerate(zip(found.places.tolist(), near, own, strict=True))
    write_rows(
        folder / "placed.csv", ("image", "x", "y", "class_of_neighbours", "class"), ([i, *at, a, b] for i, (at, a, b) in rows)
    )
    return list(TABLES)


def _row(one: Judged, groups: Sequence[str]) -> list[Any]:
    """What is known of one map."""
    settings, found = one.mapped.settings, one.quality
    within = [found.groups.get(group) for group in groups]
    return [
        one.name, one.encoder.kind, one.encoder.epochs, one.encoder.test_mse, settings.method, one.mapped.library,
        settings.points, settings.dimensions, settings.perplexity, settings.iterations, settings.seed, found.kl,
        found.trustworthiness, *([None, None] if found.knn is None else found.knn[:2]),
        *(value for each in within for value in ((None, None) if each is None else each[:2])),
    ]  # fmt: skip


def pictures(
    language: Language,
    config: EmbedConfig,
    images: Images,
    points: Points,
    main: Judged,
    others: Sequence[Judged],
    new: Newcomers | None,
    found: Placed | None,
) -> dict[str, Any]:
    """The map as points; in two dimensions as images, too; and the encoders side by side if there are several."""
    spoken = drawn_language(language)
    names, plane = class_names(images, spoken), main.mapped.plane
    title = say("embed.title", spoken, name=title_of(config, images), kind=main.encoder.kind, code=main.encoder.codes.shape[1])
    note = describe(main.mapped, main.quality, spoken)
    axes = (said("map.axis", spoken, number=1), said("map.axis", spoken, number=2)) if config.method == "pca" else None
    drawn, stars, their = dict[str, Any](), None, None
    if new is not None and found is not None:
        some = shown(new)
        stars, their = found.places[some], new.images[some]
        note += "\n" + say("embed.placed note", spoken, shown=len(some), count=f"{len(new.images):,}")
    flat = config.dimensions == 2
    drawn["map"] = plot_embedding(
        plane, points.labels, names, new=stars, new_images=their, axes=axes if flat else None, title=title, note=note,
        language=spoken,
    )  # fmt: skip
    if flat:
        told = describe(main.mapped, main.quality, spoken)
        drawn["images"] = plot_image_map(
            plane, points.images, points.labels, names, title=title, note=told, language=spoken
        )  # fmt: skip
    if others:
        # without KL, which of other codes compares with none
        panels = [Panel(encoder_name(one, spoken), one.mapped.plane, _figures(one, spoken)) for one in others]
        drawn["compare"] = plot_maps(
            panels, points.labels, names, title=say("embed.compare title", spoken, name=title_of(config, images)),
            note=describe(others[0].mapped, None, spoken).split("\n")[0], language=spoken,
        )  # fmt: skip
    return drawn


def shown(new: Newcomers) -> npt.NDArray[np.int64]:
    """Which new images are drawn: the first ones; where their classes are known, the first of every class before the second."""
    everyone = np.arange(len(new.images))
    if new.labels is None:
        return everyone[:DRAWN]
    turn = np.empty(len(everyone), np.int64)
    for label in np.unique(new.labels):
        turn[new.labels == label] = np.arange((new.labels == label).sum())
    return everyone[np.lexsort((new.labels, turn))[:DRAWN]]


def encoder_name(one: Judged, language: Language) -> str:
    """What an encoder of a comparison is called."""
    kind, epochs = one.encoder.kind, one.encoder.epochs
    if kind == "pca":
        return f"PCA-{one.encoder.codes.shape[1]}"
    if epochs is None:
        return say("embed.untrained", language, kind=kind)
    return say("embed.one epoch" if epochs == 1 else "embed.epochs", language, kind=kind, epochs=f"{epochs:,}")


def _figures(one: Judged, language: Language) -> str:
    """Two lines below a panel."""
    first = say("embed.panel", language, mse=fixed(one.encoder.test_mse, 4), trust=fixed(one.quality.trustworthiness, 3))
    knn = one.quality.knn
    if knn is None:
        return first
    return first + "\n" + say("embed.panel knn", language, map=fixed(knn.plane, 3), codes=fixed(knn.codes, 3))
