"""A fitted autoencoder as a folder: weights (safetensors), settings and errors (JSON), the codes of all images (.npy).

Every byte is checked by SHA-256 before any is used, and nothing that is read can run code.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import torch

from mazefit.errors import ConfigError, DataError
from mazefit.files import read_folder, write_folder
from mazefit.supervised.autoencoder.models import autoencoder
from mazefit.supervised.autoencoder.network import Autoencoder
from mazefit.training.seeds import built
from mazefit.version import __version__

if TYPE_CHECKING:
    from mazefit.supervised.autoencoder.fits import AutoencoderFit

KIND = "autoencoder"


@dataclass(frozen=True, eq=False)
class SavedAutoencoder:
    """What a folder holds.

    Args:
        name: the model's name in MODELS.
        dataset: the name of the images that it was fitted to.
        model: the autoencoder, on the CPU.
        seed: that it was fitted with.
        test_mse: after each epoch [epochs].
        pca_mse: of principal component analysis, on the same scale.
        mean_image_mse: of the mean training image.
        codes: of the training images, float32 [N, code].
        test_codes: of the test images, float32 [M, code].
    """

    name: str
    dataset: str
    model: Autoencoder
    seed: int
    test_mse: npt.NDArray[np.float64]
    pca_mse: float
    mean_image_mse: float
    codes: npt.NDArray[np.float32]
    test_codes: npt.NDArray[np.float32]


def save(fit: "AutoencoderFit", folder: str | Path, *, dataset: str) -> None:
    """Write a fit as one folder, in one step: it holds what it held before, or all of this.

    Args:
        fit: what `fit_autoencoder` returned.
        folder: where to.
        dataset: the name of the images.

    Raises:
        OutputError: the folder cannot be written.
    """
    from safetensors.torch import save as to_safetensors

    states = {name: value.detach().cpu().contiguous() for name, value in fit.model.state_dict().items()}
    content = {
        "model": fit.name,
        "shape": list(fit.model.decoder.shape),
        "code": int(fit.codes.shape[1]),
        "drop": fit.drop,
        "seed": fit.trainer.settings.seed,
        "dataset": dataset,
        "test_mse": fit.test_mse.tolist(),
        "pca_mse": fit.pca_mse,
        "mean_image_mse": fit.mean_image_mse,
        "written by": {"mazefit": __version__, "torch": str(torch.__version__)},
    }
    parts: Any = {"autoencoder": content, "weights": to_safetensors(states), "codes": fit.codes, "test_codes": fit.test_codes}
    write_folder(folder, KIND, parts)


def load(folder: str | Path) -> SavedAutoencoder:
    """Read a folder that `save` wrote.

    Raises:
        DataError: something is missing, damaged, or not what `save` writes.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load as from_safetensors

    parts = read_folder(folder, KIND)
    try:
        content, codes, test_codes = parts["autoencoder"], parts["codes"], parts["test_codes"]
        height, width = content["shape"]
        model: Any = built(autoencoder(content["model"], (height, width), content["code"], drop=content["drop"]), 0)
        model.load_state_dict(from_safetensors(parts["weights"]))
        for one in (codes, test_codes):
            if one.dtype != np.float32 or one.shape != (len(one), content["code"]):
                raise ValueError(f"codes float32 [N, {content['code']}], got {one.dtype} {list(one.shape)}")
        test_mse = np.array(content["test_mse"], dtype=np.float64)
        if test_mse.ndim != 1:
            raise ValueError("one test error an epoch")
        return SavedAutoencoder(
            str(content["model"]), str(content["dataset"]), model.eval(), int(content["seed"]), test_mse,
            float(content["pca_mse"]), float(content["mean_image_mse"]), codes, test_codes,
        )  # fmt: skip
    except (KeyError, ValueError, TypeError, AttributeError, RuntimeError, ConfigError, SafetensorError) as error:
        said = (str(error).splitlines() or [type(error).__name__])[0]
        raise DataError(f"{Path(folder)}: expected an autoencoder as mazefit saves it, got other content ({said})") from error
