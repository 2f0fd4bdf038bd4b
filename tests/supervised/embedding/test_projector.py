"""The Projector's files: every byte of them read back by someone else."""

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest
from matplotlib.image import imread

from mazefit.errors import ConfigError, OutputError
from mazefit.supervised.embedding.projector import LARGEST, grey_png, sprite, write_plane, write_projector
from tests.supervised.embedding.examples import digits

NAMES = tuple(f"digit {i}" for i in range(10))


def test_the_whole_folder(tmp_path: Path) -> None:
    codes, labels, images = digits(150)
    files = write_projector(tmp_path / "new", codes / 7, labels, NAMES, images, name='my "codes"')
    assert [file.name for file in files] == [
        "vectors.tsv", "metadata.tsv", "sprite.png", "projector_config.json", "projector_config.pbtxt",
    ]  # fmt: skip
    assert sorted(file.name for file in (tmp_path / "new").iterdir()) == sorted(file.name for file in files)
    np.testing.assert_array_equal(np.loadtxt(files[0], delimiter="\t", dtype=np.float32), (codes / 7).astype(np.float32))
    metadata = files[1].read_text(encoding="utf-8").splitlines()
    assert metadata[:2] == ["label\tname", f"{labels[0]}\tdigit {labels[0]}"]
    assert len(metadata) == 151
    entry = json.loads(files[3].read_bytes())["embeddings"][0]
    assert entry == {
        "tensorName": 'my "codes"', "tensorShape": [150, 64], "tensorPath": "vectors.tsv", "metadataPath": "metadata.tsv",
        "sprite": {"imagePath": "sprite.png", "singleImageDim": [8, 8]},
    }  # fmt: skip
    assert 'tensor_name: "my \\"codes\\""' in files[4].read_text(encoding="utf-8")
    assert files[4].read_text(encoding="utf-8").count("single_image_dim: 8") == 2
    picture = np.rint(imread(files[2]) * 255).astype(np.uint8)
    assert picture.shape == (13 * 8, 13 * 8)
    for i in (0, 1, 12, 13, 149):
        row, column = divmod(i, 13)
        np.testing.assert_array_equal(picture[8 * row : 8 * row + 8, 8 * column : 8 * column + 8], images[i])
    assert not picture[-8:, -8:].any()


def test_one_column_has_no_header_and_no_labels_no_file(tmp_path: Path) -> None:
    codes, labels, _ = digits(20)
    write_projector(tmp_path / "a", codes, labels)
    assert (tmp_path / "a" / "metadata.tsv").read_text() == "".join(f"{label}\n" for label in labels)
    files = write_projector(tmp_path / "b", codes)
    assert "metadata.tsv" not in {file.name for file in files}
    assert set(json.loads((tmp_path / "b" / "projector_config.json").read_bytes())["embeddings"][0]) == {
        "tensorName", "tensorShape", "tensorPath",
    }  # fmt: skip


def test_images_that_are_not_square_and_their_order() -> None:
    images = np.arange(3 * 2 * 4, dtype=np.uint8).reshape(3, 2, 4)
    picture, dims = sprite(images)
    assert dims == (2, 4)
    np.testing.assert_array_equal(picture[:2], np.hstack([images[0], images[1]]))
    np.testing.assert_array_equal(picture[2:, :4], images[2])


def test_a_sprite_is_never_larger_than_browsers_take() -> None:
    picture, dims = sprite(np.full((100, 900, 900), 200, dtype=np.uint8))
    assert dims == (450, 450)
    assert picture.shape == (4500, 4500)
    assert max(picture.shape) <= LARGEST
    assert (picture == 200).all()
    assert sprite(np.zeros((85_264, 28, 28), np.uint8))[0].shape == (8176, 8176)
    assert max(sprite(np.zeros((86_000, 28, 28), np.uint8))[0].shape) <= LARGEST


def test_the_png_is_read_by_others() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (5, 9)).astype(np.uint8)
    np.testing.assert_array_equal(np.rint(imread(io.BytesIO(grey_png(pixels))) * 255), pixels)


@pytest.mark.parametrize("dimensions", [2, 3])
def test_the_plane_as_csv(tmp_path: Path, dimensions: int) -> None:
    plane = np.random.default_rng(0).normal(size=(5, dimensions))
    file = write_plane(tmp_path / "x" / "plane.csv", plane, [0, 1, 2, 1, 0], ["a", 'b "b"', "c,d"])
    with file.open(newline="", encoding="utf-8") as text:
        rows = list(csv.DictReader(text))
    assert list(rows[0]) == ["point", *"xyz"[:dimensions], "label", "name"]
    np.testing.assert_array_equal([[float(row[axis]) for axis in "xyz"[:dimensions]] for row in rows], plane)
    assert [row["name"] for row in rows] == ["a", 'b "b"', "c,d", 'b "b"', "a"]


def test_what_does_not_fit(tmp_path: Path) -> None:
    codes, labels, images = digits(20)
    with pytest.raises(ConfigError, match="labels: expected 20 integers, one a point, got int64 of shape"):
        write_projector(tmp_path, codes, labels[:3])
    with pytest.raises(ConfigError, match="labels: expected 0 to 1, got 0 to 9"):
        write_projector(tmp_path, codes, labels, ["a", "b"])
    with pytest.raises(ConfigError, match="classes: expected names without tabs"):
        write_projector(tmp_path, codes, labels, [*NAMES[:9], "a\tb"])
    with pytest.raises(ConfigError, match="classes: expected labels as well"):
        write_projector(tmp_path, codes, None, NAMES)
    with pytest.raises(ConfigError, match=r"images: expected uint8 \[n, H, W\]"):
        write_projector(tmp_path, codes, labels, NAMES, images[:5])
    with pytest.raises(ConfigError, match="plane: expected 2 or 3 numbers a point, got 64"):
        write_plane(tmp_path / "a.csv", codes)
    assert not list(tmp_path.iterdir())
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError):
        write_projector(tmp_path / "file", codes)
