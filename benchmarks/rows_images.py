"""Pictures: the autoencoder and the classifier beside hand-written PyTorch loops, t-SNE beside scikit-learn's."""

import os
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from functools import cache, partial
from time import perf_counter
from typing import Any

from benchmarks.plain_images import BATCH, autoencoder_losses, classifier_seconds
from benchmarks.rows_startup import fresh
from benchmarks.table import Line, at_least, at_most, duration
from benchmarks.timing import Estimate, Plan, compare, estimate


@cache
def clothes() -> Any:
    """Fashion-MNIST."""
    from mazefit.supervised import load

    return load("fashion-mnist", download=False)


@contextmanager
def threads(count: int) -> Generator[None]:
    """While open, PyTorch computes with so many threads, on as many cores."""
    import torch

    before, cores = torch.get_num_threads(), os.sched_getaffinity(0)
    try:
        os.sched_setaffinity(0, set(range(os.cpu_count() or 1)) if count > 1 else cores)
        torch.set_num_threads(count)
        yield
    finally:
        torch.set_num_threads(before)
        os.sched_setaffinity(0, cores)


def pictures(count: int) -> Any:
    """So many training images from -1 to 1, float32 tensor [count, 28, 28]."""
    import torch

    from mazefit.supervised.autoencoder.pixels import scaled

    return torch.from_numpy(scaled(clothes().images[:count]))


def our_autoencoder(images: Any, seed: int = 0) -> tuple[float, float]:
    """One epoch of ours through `Trainer.fit`: its mean loss, and its seconds."""
    from mazefit.supervised.autoencoder.fits import reconstruction_mse
    from mazefit.supervised.autoencoder.models import autoencoder
    from mazefit.training import SGD, Trainer

    make = autoencoder("conv", (28, 28), 28)
    trainer = Trainer(make, optimizer=SGD(learning_rate=0.01, momentum=0.9), loss=reconstruction_mse, seed=seed, device="cpu")
    start = perf_counter()
    history = trainer.fit((images, images), epochs=1, batch_size=BATCH, progress=False)
    return float(history["loss"][0]), perf_counter() - start


def autoencoder_epoch(plan: Plan) -> Iterator[Line]:
    """The source's autoencoder, batches of 60, beside the plain loop, on one core and two; how equal losses are."""
    steps = plan.size(100)
    images = pictures(BATCH * steps)
    for count in (1, 2):
        with threads(count):
            ours, plain = (lambda: our_autoencoder(images)[1]), (lambda: autoencoder_losses(images)[1])
            ours(), plain()
            both = compare(ours, plain, plan.pairs)
            name = "one core" if count == 1 else "two cores"
            peer = f"{duration(both.peer_time / steps)} a step (plain loop)"
            text = f"{duration(both.our_time / steps)} a step"
            goal = at_most(0.78)
            yield Line(f"autoencoder, {name}, {steps} steps", text, peer, both.times_longer(), goal=goal, note=STRETCH)
    theirs, _ = autoencoder_losses(images)
    apart = abs(our_autoencoder(images)[0] / (sum(theirs) / len(theirs)) - 1)
    yield Line(
        f"autoencoder, mean loss of {steps} steps", "", "", Estimate(apart, None, None), "relative", at_most(1e-5, "relative")
    )
    whole = pictures(plan.size(60_000) // BATCH * BATCH)
    ours_s, plain_s = our_autoencoder(whole)[1], autoencoder_losses(whole)[1]
    yield Line(
        f"autoencoder, a whole epoch of {len(whole):,}, one core", duration(ours_s), f"{duration(plain_s)} (plain loop)",
        Estimate(ours_s / plain_s, None, None), note="one pair",
    )  # fmt: skip


STRETCH = "the stretch was 0.66 x; `Trainer.fit` whole, with history and NaN check"


def classifier(plan: Plan) -> Iterator[Line]:
    """The corrected classifier, 5 epochs of 60,000 images in batches of 60, beside a hand-written loop."""
    import torch

    from mazefit.supervised.classifier.basic_parts import mean_over_images, network
    from mazefit.supervised.classifier.fits import one_hot, pixels
    from mazefit.supervised.classifier.visible_loop import Descent
    from mazefit.training import Trainer

    found = clothes()
    count = plan.size(60_000)
    x, y = pixels(found.images[:count], scaled=True), one_hot(found.labels[:count], 10)
    tensors = torch.from_numpy(x), torch.from_numpy(y)

    def ours() -> float:
        trainer = Trainer(network(784, 10), update=Descent(0.1), loss=mean_over_images, device="cpu")
        start = perf_counter()
        trainer.fit((x, y), epochs=5, batch_size=BATCH, progress=False)
        return perf_counter() - start

    for pick in ("x[rows]", "index_select"):
        plain = partial(classifier_seconds, *tensors, 5, pick)
        ours(), plain()
        both = compare(ours, plain, plan.pairs)
        goal = at_most(1.02)
        yield Line(
            f"classifier, 5 epochs, batches by {pick}", duration(both.our_time), f"{duration(both.peer_time)} (plain loop)",
            both.times_longer(), goal=goal,
        )  # fmt: skip


@cache
def codes(count: int) -> Any:
    """28 numbers for each of so many test images, by the source's autoencoder after one epoch; and the labels."""
    from mazefit.supervised.autoencoder.fits import fit_autoencoder

    found = clothes()
    with threads(2):
        fitted = fit_autoencoder(found.images, found.test_images, epochs=1, device="cpu", progress=False)
    return fitted.test_codes[:count], found.test_labels[:count]


def maps(plan: Plan) -> Iterator[Line]:
    """t-SNE of 6000 codes at the tutorial's budget beside scikit-learn's."""
    from mazefit.supervised.embedding.maps import embed

    some, _ = codes(plan.size(6000))

    def side(library: str) -> float:
        return embed(some, perplexity=5, iterations=300, library=library).seconds

    ours, theirs = partial(side, "opentsne"), partial(side, "scikit-learn")
    ours(), theirs()
    both = compare(ours, theirs, plan.pairs)
    peer = f"{duration(both.peer_time)} (scikit-learn)"
    what = f"t-SNE, {len(some):,} codes, perplexity 5, 300 iterations"
    yield Line(what, duration(both.our_time), peer, both.times_longer(), goal=at_most(0.5), note="one core")
    found, beside = (embed(some, perplexity=5, iterations=300, library=one) for one in ("opentsne", "scikit-learn"))
    ratio = estimate([float(found.kl or 0) / float(beside.kl or 1)])
    yield Line("t-SNE, KL of these", f"{found.kl:.3f}", f"{beside.kl:.3f} (scikit-learn)", ratio, goal=at_most(1))


def large_map(plan: Plan) -> Iterator[Line]:
    """t-SNE of 10,000 codes at the full budget: how well it keeps neighbourhoods, and labels that were never used."""
    from mazefit.supervised.embedding.maps import embed
    from mazefit.supervised.embedding.quality import quality

    every, labels = codes(plan.size(10_000))
    whole = embed(every, library="opentsne")
    judged = quality(whole, labels)
    size = f"t-SNE, {len(every):,} codes, perplexity 30, 1000 iterations"
    trust = estimate([judged.trustworthiness])
    yield Line(f"{size}: trustworthiness", duration(whole.seconds), "", trust, "", at_least(0.994, ""))
    knn = estimate([judged.knn.plane if judged.knn else float("nan")])
    yield Line(f"{size}: 10 nearest neighbours", "", "", knn, "", at_least(0.79, ""))


EVALUATE = """
import json, re
from pathlib import Path
import numpy as np
from mazefit.supervised.autoencoder.fits import reconstruction_mse
from mazefit.supervised.autoencoder.models import autoencoder
from mazefit.training import SGD, Trainer
def megabytes(name):
    return int(re.search(name + r":\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1]) * 1024 / 1e6
x = np.random.default_rng(0).random((10_000, 28, 28), np.float32)
trainer = Trainer(autoencoder("conv", (28, 28), 28), optimizer=SGD(0.01, momentum=0.9), loss=reconstruction_mse, device="cpu")
trainer.fit((x[:60], x[:60]), epochs=2, batch_size=60, progress=False)
Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
before = megabytes("VmRSS")
trainer.evaluate((x, x))
print(json.dumps({"more": megabytes("VmHWM") - before}))
"""


def memory(plan: Plan) -> Iterator[Line]:
    """What evaluating the autoencoder on 10,000 images takes beyond a fit."""
    more = estimate([float(fresh(EVALUATE)["more"]) for _ in range(max(1, plan.fresh // 7))])
    note = "peak of resident memory over what is held before it, fresh interpreters on Linux"
    yield Line("evaluate 10,000 images, autoencoder", "", "", more, "MB", at_most(100, "MB"), note)
