"""A fitted autoencoder in a folder: everything comes back, and what is damaged or foreign is refused in a sentence."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from mazefit.errors import DataError, MazefitError, OutputError
from mazefit.files import write_folder
from mazefit.supervised.autoencoder.codes import codes_of
from mazefit.supervised.autoencoder.fits import AutoencoderFit, fit_autoencoder
from mazefit.supervised.autoencoder.models import MODELS
from mazefit.supervised.autoencoder.saved import KIND, load, save
from tests.supervised.autoencoder.pictures import blots

TRAIN, TEST = blots(60, 6, 7), blots(20, 6, 7, seed=1)


def fitted(model: str) -> AutoencoderFit:
    return fit_autoencoder(TRAIN, TEST, model=model, code=3, drop=0.1, epochs=2, seed=5, device="cpu", progress=False)


@pytest.mark.parametrize("model", MODELS)
def test_everything_comes_back(model: str, tmp_path: Path):
    fit = fitted(model)
    save(fit, tmp_path / "saved", dataset="blots")
    found = load(tmp_path / "saved")
    assert (found.name, found.dataset, found.seed) == (model, "blots", 5)
    assert not found.model.training
    for (name, one), (other, two) in zip(found.model.state_dict().items(), fit.model.state_dict().items(), strict=True):
        assert name == other
        assert torch.equal(one, two)
    assert found.codes.tobytes() == fit.codes.tobytes() == codes_of(found.model, TRAIN).tobytes()
    assert found.test_codes.tobytes() == fit.test_codes.tobytes()
    assert found.test_mse.tobytes() == fit.test_mse.tobytes()
    assert (found.pca_mse, found.mean_image_mse) == (fit.pca_mse, fit.mean_image_mse)
    assert {file.suffix for file in (tmp_path / "saved").iterdir()} == {".json", ".npy", ".safetensors"}


def test_the_same_fit_writes_the_same_bytes(tmp_path: Path):
    for name in ("one", "other"):
        save(fitted("dense"), tmp_path / name, dataset="blots")
    assert [f.name for f in sorted((tmp_path / "one").iterdir())] == [f.name for f in sorted((tmp_path / "other").iterdir())]


def test_a_damaged_byte_anywhere_is_refused(tmp_path: Path):
    save(fitted("linear"), tmp_path, dataset="blots")
    rng = np.random.default_rng(0)
    for file in sorted(tmp_path.iterdir()):
        whole = file.read_bytes()
        for at in rng.integers(0, len(whole), 20):
            file.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << int(rng.integers(8))]) + whole[at + 1 :])
            with pytest.raises(DataError):
                load(tmp_path)
        file.write_bytes(whole[:-1])
        with pytest.raises(DataError):
            load(tmp_path)
        file.write_bytes(whole)
    load(tmp_path)


@pytest.mark.parametrize(
    ("part", "change"),
    [
        ("autoencoder", {"model": "cnv"}),
        ("autoencoder", {"shape": [6]}),
        ("autoencoder", {"shape": [6, 8]}),
        ("autoencoder", {"code": 4}),
        ("autoencoder", {"code": "3"}),
        ("autoencoder", {"drop": None}),
        ("autoencoder", {"test_mse": 3.0}),
        ("autoencoder", {"test_mse": ["much"]}),
        ("autoencoder", {"pca_mse": []}),
        ("codes", np.zeros((60, 3))),
        ("codes", np.zeros((60, 4), np.float32)),
        ("test_codes", np.zeros(3, np.float32)),
        ("test_codes", {"a": 1}),
        ("weights", b"none"),
    ],
)
def test_a_whole_folder_with_other_content_is_refused(part: str, change: Any, tmp_path: Path):
    from mazefit.files import read_folder

    save(fitted("dense"), tmp_path, dataset="blots")
    content = read_folder(tmp_path, KIND)
    content[part] = {**content[part], **change} if part == "autoencoder" else change
    write_folder(tmp_path, KIND, content)
    with pytest.raises(DataError, match="expected an autoencoder as mazefit saves it, got other content"):
        load(tmp_path)


def test_what_is_missing_or_of_another_kind(tmp_path: Path):
    with pytest.raises(DataError, match="expected the manifest of a saved autoencoder"):
        load(tmp_path / "nothing")
    write_folder(tmp_path / "other", "trainer", {"trainer": {}})
    with pytest.raises(DataError, match="expected a saved autoencoder of format 1, got trainer"):
        load(tmp_path / "other")
    (tmp_path / "file").write_text(json.dumps({}))
    with pytest.raises(MazefitError):
        load(tmp_path / "file")
    with pytest.raises(OutputError):
        save(fitted("dense"), tmp_path / "file", dataset="blots")
