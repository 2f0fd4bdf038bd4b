"""The page of the autoencoder: what it is, its layers, its errors beside PCA's, and what the tutorial has wrong."""

from typing import Any

import numpy as np
import torch
from torch import nn

from mazefit.lab.images.config_autoencoder import EPOCHS, AutoencoderConfig
from mazefit.lab.images.data import known_as
from mazefit.lab.page import Page, fixed, percent
from mazefit.supervised.autoencoder.fits import AutoencoderFit
from mazefit.supervised.autoencoder.layers import ConvLayer, DenseLayer
from mazefit.supervised.autoencoder.models import autoencoder
from mazefit.supervised.autoencoder.network import Autoencoder
from mazefit.supervised.autoencoder.recipes import RECIPES
from mazefit.supervised.autoencoder.upsampling import Doubled
from mazefit.tasks.images import Images
from mazefit.training.seeds import built

SHOWN = 10  # rows of the course
NEAR = 0.01  # as good as PCA
FASHION = {"pca": 0.0646, "conv": 0.0813, "dense": 0.0340, "strided": 0.0314}
"""Test errors on Fashion-MNIST with 28 numbers, each model fitted as it is by default; of one seed each."""
SPREAD = 0.10  # of the tutorial's model there, over seeds
SECONDS = {"conv": 45.0, "dense": 5.0, "linear": 0.9, "strided": 30.0}
"""Of an epoch of 60,000 images of 28 x 28, on one core."""
KINDS = {"conv": "kind.conv", "dense": "kind.dense", "linear": "kind.linear", "strided": "kind.strided"}
FLAWS = (
    "autoencoder.flaw test", "autoencoder.flaw every", "autoencoder.flaw seed", "autoencoder.flaw scale",
    "autoencoder.flaw zero", "autoencoder.flaw harmless",
)  # fmt: skip


def updates_each(config: AutoencoderConfig, images: Images) -> int:
    """How many updates an epoch has."""
    return -(-len(images.images) // RECIPES[config.model].batch_size)


def tell_start(page: Page, config: AutoencoderConfig, images: Images) -> None:
    """What is fitted, and how long that takes."""
    said: dict[str, Any] = {"code": config.code, "model": config.model, "kind": page.say(KINDS[config.model])}
    key = "autoencoder.begin one" if config.total == 1 else "autoencoder.begin"
    page.heading(key, epochs=f"{config.total:,}", seed=config.seed, **said)
    seconds = SECONDS[config.model] * config.total * images.images.size / (60_000 * 784)
    steps = {"size": RECIPES[config.model].batch_size, "updates": f"{updates_each(config, images):,}"}
    if seconds < 15:
        page.text("autoencoder.batches", **steps)
    elif seconds < 40:
        page.text("autoencoder.time", time=page.say("time.seconds", seconds=f"{seconds:.0f}"), **steps)
    elif seconds < 90:
        page.text("autoencoder.time", time=page.say("time.minute"), **steps)
    else:
        page.text("autoencoder.time", time=page.say("time.minutes", minutes=f"{seconds / 60:,.0f}"), **steps)


def tell_layers(page: Page, config: AutoencoderConfig, images: Images) -> None:
    """The layers with what comes out of each and its parameters."""
    _, height, width = images.images.shape
    model: Any = built(autoencoder(config.model, (height, width), config.code), 0)
    rows = layers(page, model, (height, width))
    page.heading("layers")
    page.table([[page.say("layers.layer"), page.say("layers.gives"), page.say("layers.parameters")], *rows])


def layers(page: Page, model: Autoencoder, shape: tuple[int, int]) -> list[list[str]]:
    """A row for each layer: what it is, what comes out of it, its parameters; and how many these are together."""
    x = torch.zeros(1, 1, *shape)
    rows = [[page.say("layers.image"), _shape(x), ""]]
    parts: list[Any] = [*model.encoder.layers, None, *model.decoder.layers]
    for layer in parts:
        if layer is None:
            rows[-1][1] = page.say("layers.code", code=rows[-1][1])
            continue
        with torch.no_grad():
            x = layer(x)
        count = sum(one.numel() for one in layer.parameters())
        rows.append([_named(page, layer), _shape(x), f"{count:,}" if count else ""])
    total = sum(one.numel() for one in model.parameters())
    rows.append([page.say("layers.all"), "", f"{total:,}"])
    return rows


def _shape(x: torch.Tensor) -> str:
    return " x ".join(f"{size:,}" for size in x.shape[1:])


def _named(page: Page, layer: nn.Module) -> str:
    """What a layer is, in a few words."""
    inner = layer.layer if isinstance(layer, Doubled) else layer
    if isinstance(inner, ConvLayer):
        words = [page.say("layers.conv", size=inner.conv.kernel_size[0]), inner.activation]
        words += [page.say("layers.stride")] if inner.conv.stride[0] == 2 else []
        words += [page.say("layers.doubled")] if inner is not layer else []
        words += [page.say("layers.flatten")] if inner.flatten else []
        return ", ".join(word for word in words if word)
    if isinstance(inner, DenseLayer):
        return ", ".join(word for word in (page.say("layers.dense"), inner.activation) if word)
    return page.say("layers.flatten" if isinstance(inner, nn.Flatten) else "layers.unflatten")


def tell_mse(page: Page, fitted: AutoencoderFit) -> None:
    """The error of each epoch beside PCA's and the mean image's."""
    page.heading("mse")
    code = fitted.codes.shape[1]
    pca = page.say("mse.pca", code=code)
    head = [page.say("epoch"), page.say("mse.train"), page.say("mse.test"), pca, page.say("mse.mean")]
    page.row(head, head)
    loss, last = fitted.history["loss"], len(fitted.test_mse)
    for epoch in np.unique(np.linspace(1, last, min(last, SHOWN)).round().astype(int)).tolist():
        errors = (loss[epoch - 1], fitted.test_mse[epoch - 1], fitted.pca_mse, fitted.mean_image_mse)
        page.row([f"{epoch:,}", *(fixed(float(error), 4) for error in errors)], head)


def tell_verdict(page: Page, config: AutoencoderConfig, images: Images, fitted: AutoencoderFit) -> None:
    """Whether it does better than PCA, and what is known of that."""
    mse, pca, known = float(fitted.test_mse[-1]), fitted.pca_mse, known_as(config, images)
    ratio = mse / pca if pca else np.inf
    key = "mse.even" if abs(ratio - 1) <= NEAR else "mse.loses" if ratio > 1 else "mse.wins"
    said = {"mse": fixed(mse, 4), "pca": fixed(pca, 4), "mean": fixed(fitted.mean_image_mse, 4)}
    page.lines.append("")
    page.text(key, ratio=fixed(ratio, 4 if key == "mse.even" else 2), less=percent(1 - ratio, 0), **said)
    code = fitted.codes.shape[1]
    if fitted.angles is not None:
        angles = {"angle": f"{fitted.angles.max():.1f}°", "median": f"{float(np.median(fitted.angles)):.1f}°"}
        page.text(
            "linear.is" if abs(ratio - 1) <= NEAR else "linear.not",
            ratio=f"{ratio:.4f}",
            code=code,
            near=percent(NEAR, 0),
            **angles,
        )
    if known and config.faithful:
        page.text("known", spread=percent(SPREAD, 0))
        less = {name: percent(1 - FASHION[name] / FASHION["pca"], 0) for name in ("strided", "dense")}
        page.text("better", code=code, **less)
    elif known == "fashion-mnist" and (config.total, code) == (EPOCHS[config.model], 28) and key == "mse.wins":
        page.text("better.here", less=percent(1 - mse / FASHION["conv"], 0))
    height, width = images.images.shape[1:]
    if config.model == "conv" and (height, width) != (28, 28):
        page.text("quick.sizes", height=height, width=width, channels=f"7·{height}·{width}")
    if key == "mse.loses" and fitted.angles is None and 3 * code > height * width:
        page.text("quick.pca", code=code, pixels=height * width)


def tell_flaws(page: Page) -> None:
    """What the tutorial has wrong, each with what is so."""
    page.heading("flaws")
    for name in FLAWS:
        page.point(name)
