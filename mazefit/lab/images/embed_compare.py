"""Encoders side by side on the page: their figures, and what becomes of the claim that the map is as good as the encoder."""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from mazefit.lab.images.config_embed import EmbedConfig
from mazefit.lab.images.embed_files import encoder_name
from mazefit.lab.images.embed_maps import Judged
from mazefit.lab.page import Page, fixed

VERDICTS = {"same": "embed.claim same", "other": "embed.claim other", "open": "embed.claim open"}


def tell_compared(page: Page, config: EmbedConfig, others: Sequence[Judged], count: int) -> None:
    """Encoders side by side, and what becomes of the claim that the map is as good as the encoder."""
    page.heading("embed.encoders")
    knn = all(one.quality.knn is not None for one in others)
    head = ["", page.say("embed.mse"), page.say("embed.trust")]
    rows = [[*head, *([page.say("embed.knn codes"), page.say("embed.knn map")] if knn else [])]]
    for one in others:
        found = one.quality.knn
        both = [] if found is None else [fixed(found.codes, 3), fixed(found.plane, 3)]
        name = encoder_name(one, page.language)
        rows.append([name, fixed(one.encoder.test_mse, 4), fixed(one.quality.trustworthiness, 3), *both])
    page.table(rows)
    if len(others) < len(config.encoders):
        page.text("embed.compare part", done=len(others), full=len(config.encoders))
    if not knn or len(others) < 2:
        return
    claim = judge_claim(others, count)
    page.text("embed.claim", **{by: _order(page, others, by, count) for by in ("codes", "map", "mse")})
    page.text(VERDICTS[claim.verdict])
    if claim.against is None:
        page.text("embed.claim mse same")
    else:
        worse, better = (encoder_name(one, page.language) for one in claim.against)
        page.text("embed.claim mse other", worse=worse, better=better)


class Claim(NamedTuple):
    """Whether the map is as good as the encoder: "same", "other" or "open", and two maps that the error does not tell apart."""

    verdict: str
    against: tuple[Judged, Judged] | None


def judge_claim(others: Sequence[Judged], count: int) -> Claim:
    """Hold the claim against encoders, of whom so many points are known.

    An encoder is clearly better by a share where it is so by more than two deviations of the difference of two shares.
    """
    pairs = [(a, b) for a in others for b in others if clearly(a, b, "map", count)]  # a has the better map
    agree = any(clearly(a, b, "codes", count) for a, b in pairs)
    contradict = any(clearly(b, a, "codes", count) for a, b in pairs)
    against = [(a, b) for a, b in pairs if a.encoder.test_mse > b.encoder.test_mse]
    return Claim("other" if contradict else "same" if agree else "open", against[0] if against else None)


def clearly(a: Judged, b: Judged, by: str, count: int) -> bool:
    """Whether a is better than b by more than chance makes of so many points; an error is taken as it is."""
    first, second = worth(a, by), worth(b, by)
    if by == "mse":
        return first > second
    return first - second > 2 * float(np.sqrt((first * (1 - first) + second * (1 - second)) / count))


def worth(one: Judged, by: str) -> float:
    """How good an encoder is, the more the better: by "map", "codes" or "mse"."""
    if by == "mse":
        return -one.encoder.test_mse
    knn = one.quality.knn
    assert knn is not None  # asked for where all have it
    return knn.plane if by == "map" else knn.codes


def _order(page: Page, others: Sequence[Judged], by: str, count: int) -> str:
    """The encoders, the best first."""
    best = sorted(others, key=lambda one: worth(one, by), reverse=True)
    names = [encoder_name(one, page.language) for one in best]
    signs = [">" if clearly(a, b, by, count) else "≈" for a, b in pairwise(best)]
    return names[0] + "".join(f" {sign} {name}" for sign, name in zip(signs, names[1:], strict=True))
