"""Images to codes and back, so many at a time that memory stays small: from bytes, without gradients."""

from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from mazefit.errors import ConfigError
from mazefit.supervised.autoencoder.network import Autoencoder
from mazefit.supervised.autoencoder.pixels import scaled
from mazefit.training.evaluation import resting

AT_ONCE = 256
Pictures = npt.NDArray[np.float32]


def codes_of(model: Autoencoder, images: npt.NDArray[np.uint8]) -> Pictures:
    """Images uint8 [N, H, W] -> codes float32 [N, code]."""
    return _in_parts(model, images, lambda part: model.encode(_pictures(model, part)))


def decoded(model: Autoencoder, codes: npt.NDArray[Any]) -> Pictures:
    """Codes [N, code] -> pictures float32 [N, H, W], on the scale from -1 to 1.

    Raises:
        ConfigError: there is none.
    """
    return _in_parts(model, codes, lambda part: model.decode(torch.from_numpy(np.array(part, np.float32)).to(_place(model))))


def reconstructions(model: Autoencoder, images: npt.NDArray[np.uint8]) -> Pictures:
    """Images uint8 [N, H, W] -> what the model makes of them, float32 [N, H, W], on the scale from -1 to 1."""
    return _in_parts(model, images, lambda part: model(_pictures(model, part))[0])


def mse_of(model: Autoencoder, images: npt.NDArray[np.uint8]) -> float:
    """mean (reconstruction - picture)² over all images uint8 [N, H, W], on the scale from -1 to 1."""
    total = 0.0
    for start in range(0, len(images), AT_ONCE):
        part = images[start : start + AT_ONCE]
        total += float(np.square(reconstructions(model, part) - scaled(part), dtype=np.float64).sum())
    return total / images.size


def _in_parts(model: Autoencoder, rows: npt.NDArray[Any], compute: Any) -> Pictures:
    if not len(rows):
        raise ConfigError("images: expected at least one, got none")
    found: Pictures | None = None
    with resting(model):
        for start in range(0, len(rows), AT_ONCE):
            part: Tensor = compute(rows[start : start + AT_ONCE])
            if found is None:
                found = np.empty((len(rows), *part.shape[1:]), np.float32)
            found[start : start + AT_ONCE] = part.float().cpu().numpy()
    assert found is not None
    return found


def _pictures(model: nn.Module, images: npt.NDArray[np.uint8]) -> Tensor:
    return torch.from_numpy(scaled(images)).to(_place(model))


def _place(model: nn.Module) -> torch.device:
    return next(model.parameters()).device
