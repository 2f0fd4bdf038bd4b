"""The map of codes as it is called: what it prints, what it leaves, what it refuses, and how it ends."""

import csv
import json
import re
import signal
import threading
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mazefit.backup.draw.figure import columns
from mazefit.cli import run_command
from mazefit.lab.images import embed_maps
from mazefit.lab.images.config_embed import EmbedConfig
from mazefit.lab.images.embed_compare import clearly, judge_claim
from mazefit.lab.images.embed_encoders import Encoder, of_saved
from mazefit.lab.images.embed_maps import Judged
from mazefit.lab.images.embed_points import chosen_points
from mazefit.lab.images.embed_told import KNOWN_MAPS, known_beside
from mazefit.plots.sheet import png_bytes
from mazefit.supervised.autoencoder.saved import load as load_model
from mazefit.supervised.datasets import load
from mazefit.supervised.embedding.libraries import has_opentsne
from mazefit.supervised.embedding.maps import embed as make_map
from mazefit.supervised.embedding.quality import Agreement, Quality
from mazefit.tasks.images import Images
from tests.lab.images.said import one_line

FEW = ["--quick", "--points", "120", "--epochs", "2"]
FILES = {"config.json", "plane.csv", "quality.csv", "projector", "map.png", "map.svg", "images.png", "images.svg"}
OWN = {"model", "checkpoint"}
needs_opentsne = pytest.mark.skipif(not has_opentsne(), reason="openTSNE is not installed")


@pytest.fixture(autouse=True)
def coarse_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few dots an inch: what figures look like is tested elsewhere."""
    monkeypatch.setattr("mazefit.plots.png_bytes", lambda figure: png_bytes(figure, 40))


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that has left an autoencoder of the digits."""
    folder = tmp_path_factory.mktemp("saved")
    assert run_command("embed", [*FEW, "--method", "pca", "--out", str(folder)]) == 0
    return folder


def run(folder: Path, *arguments: str) -> int:
    return run_command("embed", [*FEW, "--out", str(folder), *arguments])


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_page_of_text_and_its_files(tmp_path: Path, capsys: pytest.CaptureFixture[str], language: str):
    assert run(tmp_path, "--method", "quick", "--place", "held-out", "--compare", "untrained,2,pca", "--lang", language) == 0
    said, complained = capsys.readouterr()
    assert complained == ""
    assert max(columns(line) for line in said.splitlines()) <= 80
    assert bool(re.search("[가-힣]", said)) == (language == "ko")
    assert ("튜토리얼" if language == "ko" else "tutorial") in said
    left = FILES | OWN | {"placed.csv", "compare.png", "compare.svg"}
    assert {path.name for path in tmp_path.iterdir()} == left
    projector = {path.name for path in (tmp_path / "projector").iterdir()}
    assert projector >= {"vectors.tsv", "metadata.tsv", "sprite.png", "projector_config.json"}
    saved = json.loads((tmp_path / "config.json").read_bytes())
    assert saved["kind"] == "mazefit embed"
    assert (saved["flags"]["points"], saved["flags"]["perplexity"], saved["flags"]["iterations"]) == (120, 30.0, 250)
    assert [row["map"] for row in rows(tmp_path / "quality.csv")] == ["main", "pca axes", "untrained", "2", "pca"]
    assert len(rows(tmp_path / "plane.csv")) == 120
    assert len((tmp_path / "projector" / "vectors.tsv").read_text().splitlines()) == 120
    held = rows(tmp_path / "placed.csv")
    assert len(held) == 240  # 360 test images less those of the map
    assert held[0]["class"] == str(load("digits").test_labels[120])


def test_the_table_holds_what_was_measured(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert run(tmp_path, "--method", "quick") == 0
    said = capsys.readouterr().out
    main, axes = rows(tmp_path / "quality.csv")
    cells = [f"{float(main[name]):.3f}" for name in ("kl", "trustworthiness", "knn_map")]
    assert re.search(rf"this map: a quick look +{' +'.join(map(re.escape, cells))}\n", said)
    assert re.search(rf"PCA to 2 dimensions +{float(axes['trustworthiness']):.3f} +{float(axes['knn_map']):.3f}\n", said)
    assert re.search(rf"the 28 numbers themselves +{float(main['knn_codes']):.3f}\n", said)
    assert "known of such a map" not in said  # other images
    assert "no number that is known of MNIST or Fashion-MNIST" in one_line(said)


def test_a_saved_autoencoder_brings_its_images(tmp_path: Path, capsys: pytest.CaptureFixture[str], saved: Path):
    for given in (saved / "model", saved):
        flags = ["--model", str(given), "--points", "200", "--method", "pca", "--out", str(tmp_path)]
        assert run_command("embed", flags) == 0
        said, complained = capsys.readouterr()
        assert complained == ""
        assert "dense, fitted to digits, epochs: 2" in one_line(said)
        assert {path.name for path in tmp_path.iterdir()} == FILES
    assert rows(tmp_path / "plane.csv")[:120] != []
    codes = of_saved(load_model(saved / "model"), load("digits").test_images[:200]).codes
    vectors = np.loadtxt(tmp_path / "projector" / "vectors.tsv", delimiter="\t")
    np.testing.assert_allclose(vectors, codes, rtol=1e-6, atol=1e-6)


def test_more_points_than_test_images(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert run(tmp_path, "--points", "400", "--method", "pca") == 0
    said = one_line(capsys.readouterr().out)
    assert "all 360 test images, which the autoencoder has not seen, and the first 40 training images" in said
    labels = [int(row["label"]) for row in rows(tmp_path / "plane.csv")]
    images = load("digits")
    assert labels == [*images.test_labels.tolist(), *images.labels[:40].tolist()]


def test_three_dimensions(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert run(tmp_path, "--dimensions", "3", "--method", "pca") == 0
    assert "PCA" in capsys.readouterr().out
    assert {path.name for path in tmp_path.iterdir()} == (FILES | OWN) - {"images.png", "images.svg"}
    assert set(rows(tmp_path / "plane.csv")[0]) >= {"x", "y", "z"}


def test_images_of_ones_own_are_placed(tmp_path: Path, capsys: pytest.CaptureFixture[str], saved: Path):
    file, new = tmp_path / "mine.idx", load("digits").test_images[300:305]
    file.write_bytes(bytes([0, 0, 8, 3]) + np.array(new.shape, ">i4").tobytes() + new.tobytes())
    out = tmp_path / "out"
    flags = ["--model", str(saved), "--points", "120", "--method", "pca", "--out", str(out)]
    assert run_command("embed", [*flags, "--place", str(file)]) == 0
    said = capsys.readouterr().out
    assert "New images on the map: 5, mine.idx" in said
    placed = rows(out / "placed.csv")
    assert [row["class"] for row in placed] == [""] * 5
    assert re.search(rf"\n +4 +{float(placed[4]['x']):.2f} ", said)
    file.write_bytes(bytes([0, 0, 8, 3]) + np.array([1, 2, 2], ">i4").tobytes() + bytes(4))
    assert run_command("embed", [*flags, "--place", str(file)]) == 3
    assert "expected at least one image of 8 x 8, as on the map, got 1 x 2 x 2" in capsys.readouterr().err
    assert run_command("embed", [*flags, "--place", "nowhere.idx"]) == 3
    assert "held-out or an IDX file of images, got 'nowhere.idx', which does not exist" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        ("--perplexity 120", 2, "--perplexity: expected a number with 1 <= --perplexity <= 119, got 120"),
        ("--points 2000", 2, "--points: expected at most 1797, as there are images, got 2000"),
        ("--points 360 --place held-out", 2, "--points: expected less than 360 beside --place held-out"),
        ("--points 10", 2, "--points: expected an integer of at least 30, got 10"),
        ("--method tsn", 2, "--method: unknown 'tsn'; did you mean 'tsne'?"),
        ("--library sklearn", 2, "--library: unknown 'sklearn'; did you mean 'scikit-learn'?"),
        ("--dimensions 4", 2, "--dimensions: expected 2 or 3, got 4"),
        ("--dimensions 3 --method quick", 2, "--dimensions: expected 2 for --method quick"),
        ("--dimensions 3 --place held-out", 2, "--place: expected --dimensions 2"),
        ("--place held-out --library scikit-learn", 2, "--place: expected a map that takes new images, got t-SNE by scikit"),
        ("--as-written --perplexity 7", 2, "--perplexity: expected none beside --as-written, got 7.0"),
        ("--iterations 100", 2, "--iterations: expected an integer of at least 250, got 100"),
        ("--compare untrained,sometimes", 2, "--compare: expected untrained, long, pca or numbers of epochs"),
        ("--compare pca,pca", 2, "--compare: expected each encoder once"),
        ("--seed 5000000000", 2, "--seed: expected an integer from 0 to 4294967295"),
        ("--model nowhere", 2, "--epochs: expected none beside --model"),
    ],
)
def test_mistakes_are_answered_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: str, code: int, sentence: str
):
    assert run(tmp_path / "out", *arguments.split()) == code
    said, complained = capsys.readouterr()
    assert said == ""
    assert sentence in complained
    assert len(complained.splitlines()) == 1
    assert not (tmp_path / "out").exists()


def test_a_model_that_is_none(tmp_path: Path, capsys: pytest.CaptureFixture[str], saved: Path):
    for given, sentence in (
        ("nowhere", "'nowhere', which does not exist"),
        (str(tmp_path), "which is a folder in which no autoencoder was saved"),
    ):
        assert run_command("embed", ["--model", given, "--out", str(tmp_path / "out")]) == 3
        assert f"--model: expected the folder of a saved autoencoder, got {given!r}"[:60] in (said := capsys.readouterr().err)
        assert sentence in said
    assert run_command("embed", ["--model", str(saved), "--dataset", "fashion-mnist", "--out", str(tmp_path / "out")]) in (2, 3)
    assert not (tmp_path / "out").exists()
    capsys.readouterr()


def test_a_library_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("mazefit.supervised.embedding.libraries.has_opentsne", lambda: False)
    assert run(tmp_path / "out", "--library", "opentsne") == 2
    assert "pip install mazefit[tsne]" in capsys.readouterr().err
    assert run(tmp_path / "out", "--place", "held-out") == 2  # auto takes scikit-learn then
    assert "t-SNE by scikit-learn, which has none" in capsys.readouterr().err


def test_as_written_shows_that_it_has_not_converged(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert run(tmp_path, "--as-written") == 0
    said = one_line(capsys.readouterr().out)
    main, further, _ = rows(tmp_path / "quality.csv")
    assert (main["perplexity"], main["iterations"], further["perplexity"], further["iterations"]) == (
        "5.0",
        "300",
        "5.0",
        "1000",
    )
    assert float(further["kl"]) < float(main["kl"])
    assert main["library"] == further["library"] == f"scikit-learn {version('scikit-learn')}"  # as the tutorial
    assert f"KL {float(main['kl']):.2f}; after 1,000 iterations, at the same perplexity, {float(further['kl']):.2f}" in said


@needs_opentsne
def test_the_same_seed_leaves_the_same_bytes(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    for name in ("one", "two"):
        assert run(tmp_path / name, "--iterations", "260", "--place", "held-out", "--seed", "3") == 0
    for file in ("plane.csv", "quality.csv", "placed.csv", "map.svg", "images.svg", "projector/vectors.tsv"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes(), file
    capsys.readouterr()


def test_somebody_elses_files_are_not_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "projector").mkdir()
    assert run(tmp_path) == 2
    assert "holds files of the same names that are not a run's (projector)" in capsys.readouterr().err


def test_a_later_run_leaves_nothing_of_an_earlier_one(tmp_path: Path, capsys: pytest.CaptureFixture[str], saved: Path):
    flags = ["--model", str(saved), "--points", "120", "--method", "pca", "--out", str(tmp_path)]
    assert run_command("embed", [*flags, "--place", "held-out", "--compare", "untrained,pca"]) == 0
    assert (tmp_path / "compare.png").exists()
    assert run_command("embed", flags) == 0
    assert {path.name for path in tmp_path.iterdir()} == FILES
    capsys.readouterr()


def test_ctrl_c_within_the_fit_and_the_command_that_goes_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    flags = ["--quick", "--points", "120", "--method", "pca", "--epochs", "40"]
    assert run_command("embed", [*flags, "--out", str(tmp_path / "whole")]) == 0
    capsys.readouterr()
    timer = threading.Timer(0.3, lambda: signal.raise_signal(signal.SIGINT))
    timer.start()
    code = run_command("embed", [*flags, "--out", str(tmp_path / "cut")])
    timer.cancel()
    said, complained = capsys.readouterr()
    if code == 130:  # a fast machine may have been done before
        assert complained == ""
        assert "Stopped before there was a map" in said
        assert said.splitlines()[-1].endswith("--resume")
        assert run_command("embed", [*flags, "--out", str(tmp_path / "cut"), "--resume"]) == 0
    for file in ("plane.csv", "quality.csv", "projector/vectors.tsv"):
        assert (tmp_path / "whole" / file).read_bytes() == (tmp_path / "cut" / file).read_bytes()
    capsys.readouterr()


@pytest.mark.parametrize(
    ("stop", "sentence", "maps"),
    [
        (1, "Stopped before there was a map: nothing to keep", 0),
        (2, "maps that were whole are kept (1)", 1),
        (4, "1 of 2 encoders", 3),
    ],
)
def test_ctrl_c_within_a_map(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, saved: Path, stop: int, sentence: str,
    maps: int,
):  # fmt: skip
    calls: list[int] = []

    def stopping(*arguments: Any, **settings: Any) -> Any:
        calls.append(1)
        if len(calls) == stop:
            raise KeyboardInterrupt
        return make_map(*arguments, **settings)

    monkeypatch.setattr(embed_maps, "embed", stopping)
    flags = [
        "--model",
        str(saved),
        "--points",
        "120",
        "--method",
        "quick",
        "--compare",
        "untrained,pca",
        "--out",
        str(tmp_path),
    ]
    assert run_command("embed", flags) == 130
    assert sentence in one_line(capsys.readouterr().out)
    assert len(rows(tmp_path / "quality.csv") if maps else []) == maps
    assert (tmp_path / "map.png").exists() == bool(maps)


def test_known_figures_stand_beside_the_tutorials_map_alone():
    def beside(config: EmbedConfig, kind: str = "conv", dataset: str = "fashion-mnist", epochs: int = 1) -> set[str]:
        pixels, labels = np.zeros((6000, 28, 28), np.uint8), np.arange(6000) % 10
        images = Images("fashion-mnist", pixels, labels, tuple("0123456789"), pixels, labels)
        model: Any = type(
            "Saved", (), {"name": kind, "dataset": dataset, "codes": np.zeros((1, 28)), "test_mse": np.zeros(epochs)}
        )
        return set(known_beside(config, images, chosen_points(config, images), model))

    clothes: dict[str, Any] = {"dataset": "fashion-mnist", "points": 6000}
    assert beside(EmbedConfig(**clothes)) == beside(EmbedConfig(as_written=True, points=6000)) == {"map", "axes", "codes"}
    assert beside(EmbedConfig(**clothes, method="quick")) == beside(EmbedConfig(**clothes, perplexity=10)) == {"axes", "codes"}
    assert beside(EmbedConfig(**clothes, method="pca")) == {"axes", "codes"}
    assert not beside(EmbedConfig(dataset="fashion-mnist", points=5000))
    assert not beside(EmbedConfig(**clothes), kind="dense")
    assert not beside(EmbedConfig(**clothes), dataset="mnist")
    assert not beside(EmbedConfig(**clothes), epochs=2)
    assert not beside(EmbedConfig(**{**clothes, "dataset": "./fashion-mnist"}))
    assert KNOWN_MAPS[30.0, 1000].kl == 1.31


def test_the_claim_is_judged_by_what_can_be_told_apart():
    def one(codes: float, plane: float, mse: float) -> Judged:
        encoder: Any = Encoder("dense", None, 1, mse, np.zeros((1, 2)))
        mapped: Any = None
        return Judged("x", encoder, mapped, Quality(None, 0.9, Agreement(plane, codes, 1000), {}))

    good, near, bad = one(0.8, 0.8, 0.1), one(0.79, 0.81, 0.2), one(0.6, 0.6, 0.3)
    assert clearly(good, bad, "map", 1000)
    assert not clearly(near, good, "map", 1000)
    assert judge_claim([good, near, bad], 1000) == ("same", None)
    assert judge_claim([good, near], 1000) == ("open", None)
    turned = one(0.6, 0.9, 0.5)
    assert judge_claim([good, turned], 1000) == ("other", (turned, good))
