"""A map's settings and figures in words: what stands on every picture of it."""

from mazefit.plots.map_words import figures_line, said
from mazefit.supervised.embedding.maps import Map
from mazefit.supervised.embedding.quality import Quality
from mazefit.words import Language


def describe(mapped: Map, judged: Quality | None = None, language: Language = "en") -> str:
    """One line of settings, and one of figures where the map was judged."""
    settings = mapped.settings
    perplexity = "" if settings.perplexity is None else f"{settings.perplexity:g}"
    first = said(
        f"map.{settings.method}", language, library=mapped.library, perplexity=perplexity, iterations=settings.iterations,
        seed=settings.seed, points=f"{settings.points:,}",
    )  # fmt: skip
    knn = None if judged is None or judged.knn is None else (judged.knn.plane, judged.knn.codes)
    second = figures_line(language, kl=mapped.kl, trust=None if judged is None else judged.trustworthiness, knn=knn)
    return f"{first}\n{second}" if second else first
