"""The autoencoder as it is called: what it prints, what it leaves, how it is stopped and goes on."""

import csv
import json
import re
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from mazefit.backup.draw.figure import columns
from mazefit.cli import run_command
from mazefit.errors import ConfigError
from mazefit.lab.images.autoencoder_files import ten
from mazefit.lab.images.autoencoder_told import FASHION, SECONDS, layers
from mazefit.lab.images.config_autoencoder import EPOCHS, QUICK, AutoencoderConfig
from mazefit.lab.images.losses_within import LossesWithin
from mazefit.lab.images.phrases import say
from mazefit.lab.page import Page
from mazefit.plots.sheet import png_bytes
from mazefit.supervised.autoencoder.models import MODELS, autoencoder
from mazefit.supervised.autoencoder.recipes import RECIPES
from mazefit.supervised.autoencoder.saved import load
from mazefit.supervised.datasets import load as load_images
from mazefit.tasks.images import Images
from mazefit.training import Trainer
from mazefit.training.seeds import built
from tests.lab.images.said import one_line

FILES = {
    "config.json", "history.csv", "updates.csv", "model", "checkpoint",
    *(f"{name}.{ending}" for name in ("reconstructions", "curve") for ending in ("png", "svg")),
}  # fmt: skip


@pytest.fixture(autouse=True)
def one_thread_and_coarse_pictures(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Several threads would wait for one another; what figures look like is tested elsewhere."""
    monkeypatch.setattr("mazefit.plots.png_bytes", lambda figure: png_bytes(figure, 40))
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def run(folder: Path, *arguments: str) -> int:
    return run_command("autoencoder", ["--quick", "--epochs", "2", "--out", str(folder), *arguments])


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(newline="") as opened:
        return list(csv.DictReader(opened))


@pytest.mark.parametrize(("model", "language"), [("conv", "en"), ("strided", "ko"), ("linear", "ko"), ("dense", "en")])
def test_a_page_of_text_and_its_files(tmp_path: Path, capsys: pytest.CaptureFixture[str], model: str, language: str):
    assert run(tmp_path, "--model", model, "--lang", language) == 0
    said, complained = capsys.readouterr()
    assert complained == ""
    assert max(columns(line) for line in said.splitlines() if str(tmp_path) not in line) <= 80
    assert bool(re.search("[가-힣]", said)) == (language == "ko")
    assert {path.name for path in tmp_path.iterdir()} == FILES
    saved = json.loads((tmp_path / "config.json").read_bytes())
    assert (saved["kind"], saved["flags"]["model"], saved["flags"]["epochs"]) == ("mazefit autoencoder", model, 2)
    kept = load(tmp_path / "model")
    assert (kept.name, kept.dataset, kept.codes.shape, kept.test_codes.shape) == (model, "digits", (1437, 28), (360, 28))
    table = rows(tmp_path / "history.csv")
    assert [row["epoch"] for row in table] == ["1", "2"]
    assert [float(row["test_mse"]) for row in table] == kept.test_mse.tolist()
    assert f"{kept.test_mse[-1]:.4f}" in said
    assert f"{kept.pca_mse:.4f}" in said
    assert not re.search(r"0\.0679|0\.0704|0\.0813|318,480", said)  # known of other images
    loss = np.array([float(row["train_loss_of_last_1"]) for row in rows(tmp_path / "updates.csv")])
    each = len(loss) // 2
    sizes = np.array([RECIPES[model].batch_size] * (each - 1) + [1437 - RECIPES[model].batch_size * (each - 1)])
    means = [float(row["train_loss"]) for row in table]
    assert np.average(loss[:each], weights=sizes) == pytest.approx(means[0], rel=1e-6)
    assert np.average(loss[each:], weights=sizes) == pytest.approx(means[1], rel=1e-6)
    assert ("°" in said) == (model == "linear")  # the principal angles


def test_the_tutorials_layers_are_shown():
    model: Any = built(autoencoder("conv", (28, 28), 28), 0)
    table = layers(Page("en", say), model, (28, 28))
    assert table[-1] == ["all", "", "318,480"]
    assert [row[1] for row in table] == [
        "1 x 28 x 28", "14 x 28 x 28", "5,488", "code: 28", "5,488", "7 x 28 x 28", "14 x 28 x 28", "1 x 28 x 28", "",
    ]  # fmt: skip
    assert sum(int(row[2].replace(",", "")) for row in table[1:-1] if row[2]) == 318_480
    strided: Any = built(autoencoder("strided", (8, 8), 4), 0)
    named = [row[0] for row in layers(Page("en", say), strided, (8, 8))]
    assert "convolution 3 x 3, silu, every 2nd pixel" in named
    assert "convolution 3 x 3, tanh, doubled" in named


def small_fashion(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few images under the name of the whole set."""
    drawn = np.random.default_rng(0).integers(0, 256, (150, 6, 6)).astype(np.uint8)
    labels = np.arange(150) % 10
    images = Images("fashion-mnist", drawn[:120], labels[:120], tuple("0123456789"), drawn[120:], labels[120:])
    monkeypatch.setattr("mazefit.lab.images.autoencoder.load_images", lambda config: images)  # pyright: ignore


@pytest.mark.parametrize("language", ["en", "ko"])
def test_known_numbers_stand_beside_the_tutorials_fit_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, language: str
):
    small_fashion(monkeypatch)
    flags = ["--out", str(tmp_path), "--lang", language, "--device", "cpu"]
    assert run_command("autoencoder", flags) == 0
    said = one_line(capsys.readouterr().out)
    assert all(number in said for number in ("0.0679", "0.0704", "0.0745", "0.0813", "0.0646", "0.0314", "51 %", "47 %"))
    assert ("Fashion-MNIST images" in said or "these are the images of Fashion-MNIST" in said) == (language == "en")
    for other in (["--epochs", "2"], ["--code", "12"], ["--model", "linear"]):
        assert run_command("autoencoder", [*flags, *other]) == 0
        assert "0.0679" not in capsys.readouterr().out


def test_an_interrupted_run_goes_on_to_the_same_bytes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    assert run(tmp_path / "whole") == 0
    told = capsys.readouterr().out

    class Stopping(LossesWithin):
        def __call__(self, event: Any) -> None:
            super().__call__(event)
            if event.kind == "step" and event.step == 31:
                signal.raise_signal(signal.SIGINT)

    Stopping.__qualname__ = LossesWithin.__qualname__
    with monkeypatch.context() as patched:
        patched.setattr("mazefit.lab.images.autoencoder.LossesWithin", Stopping)
        assert run(tmp_path / "cut") == 130
    said, complained = capsys.readouterr()
    assert complained == ""
    assert "Stopped in epoch 2 of 2, after 31 updates in all." in one_line(said)
    assert said.splitlines()[-1].endswith(f"autoencoder --epochs 2 --out {tmp_path / 'cut'} --quick --resume")
    assert not (tmp_path / "cut/model").exists()
    assert run(tmp_path / "cut", "--resume") == 0
    again = capsys.readouterr().out
    assert "31 updates were done" in one_line(again)
    assert told.split("Mean squared")[1].split("Files")[0] == again.split("Mean squared")[1].split("Files")[0]
    for file in ("history.csv", "updates.csv", "curve.svg", "reconstructions.svg", "curve.png"):
        assert (tmp_path / "whole" / file).read_bytes() == (tmp_path / "cut" / file).read_bytes(), file
    models = [{file.name: file.read_bytes() for file in (tmp_path / name / "model").iterdir()} for name in ("whole", "cut")]
    assert models[0] == models[1]
    assert run(tmp_path / "cut", "--resume") == 0  # nothing is left to do, and all is told again
    assert "2 of 2 epochs" in one_line(capsys.readouterr().out)


def test_ctrl_c_while_the_codes_are_made_can_go_on_as_well(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    with monkeypatch.context() as patched:
        patched.setattr("mazefit.supervised.autoencoder.fits.codes_of", lambda *_: signal.raise_signal(signal.SIGINT))
        assert run(tmp_path) == 130
    assert "--resume" in capsys.readouterr().out.splitlines()[-1]
    assert run(tmp_path, "--resume") == 0
    assert load(tmp_path / "model").codes.shape == (1437, 28)


def test_a_later_run_replaces_the_model_and_a_stopped_one_leaves_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    assert run(tmp_path) == 0
    assert run(tmp_path, "--code", "5", "--model", "linear") == 0
    assert load(tmp_path / "model").codes.shape == (1437, 5)
    assert len(list((tmp_path / "model").iterdir())) == 5
    monkeypatch.setattr("mazefit.supervised.autoencoder.fits.codes_of", lambda *_: signal.raise_signal(signal.SIGINT))
    assert run(tmp_path) == 130
    assert not (tmp_path / "model/manifest.json").exists()
    assert not (tmp_path / "curve.png").exists()
    capsys.readouterr()


def test_somebody_elses_model_is_not_touched(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "model").mkdir()
    (tmp_path / "model/manifest.json").write_text("mine")
    assert run(tmp_path) == 2
    assert "which holds files of the same names that are not a run's (model)" in capsys.readouterr().err
    assert (tmp_path / "model/manifest.json").read_text() == "mine"


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["--code", "65"], 2, "--code: expected an integer from 1 to 64, got 65"),
        (["--code", "0", "--epochs", "0"], 2, "--epochs: expected an integer of at least 1, got 0; --code: expected"),
        (["--resume"], 3, "--resume: expected --out to be the folder of an interrupted run"),
        (["--device", "gpu"], 2, "device"),
        (["--dataset", "fashion"], 2, "did you mean 'fashion-mnist'?"),
    ],
)
def test_mistakes_are_said_before_anything_is_touched(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, sentence: str
):
    assert run(tmp_path / "out", *arguments) == code
    said, complained = capsys.readouterr()
    assert said == ""
    assert sentence in complained
    assert not (tmp_path / "out").exists()


def test_the_settings_are_those_of_the_recipes():
    assert {name: recipe.epochs for name, recipe in RECIPES.items()} == EPOCHS
    assert set(MODELS) == set(EPOCHS) == set(QUICK) == set(SECONDS)
    assert set(FASHION) <= {*MODELS, "pca"}
    assert [AutoencoderConfig(model=name).total for name in ("conv", "dense", "linear", "strided")] == [1, 10, 20, 5]
    assert AutoencoderConfig(quick=True).total == QUICK["conv"]
    assert AutoencoderConfig(quick=True, dataset="fashion-mnist").total == 1
    assert (AutoencoderConfig().faithful, AutoencoderConfig(code=27).faithful) == (True, False)
    wrong: Any = "cnv"
    with pytest.raises(ConfigError, match="did you mean 'conv'"):
        AutoencoderConfig(model=wrong).check()


def test_ten_images_are_one_of_each_class_and_drawn():
    images = load_images("digits")
    assert images.test_labels[ten(images, 0)].tolist() == list(range(10))
    assert ten(images, 0).tolist() == ten(images, 0).tolist() != ten(images, 1).tolist()
    two = images._replace(test_labels=images.test_labels % 2)
    assert two.test_labels[ten(two, 0)].tolist() == [0] * 5 + [1] * 5
    few = images._replace(test_images=images.test_images[:3], test_labels=images.test_labels[:3])
    assert sorted(ten(few, 0).tolist()) == [0, 1, 2]


def test_losses_within_refuse_what_they_have_not_kept():
    with pytest.raises(ValueError, match="as many losses as updates"):
        LossesWithin().load_state_dict({"updates": torch.zeros(2), "means": torch.zeros(1), "total": 0, "rows": 0, "size": 1})
    kept = LossesWithin()
    Trainer(lambda: torch.nn.Linear(1, 1)).fit(
        (np.ones((90, 1)), np.ones((90, 1))), epochs=2, batch_size=1, callbacks=[kept], progress=False
    )
    assert (kept.size, kept.updates[:3], kept.updates[-1], len(kept.means)) == (4, [4, 8, 12], 178, 44)
