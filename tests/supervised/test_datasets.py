"""Sets of images: the real one to the last byte, folders of one's own, and no set taken for another."""

import ast
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import mazefit.supervised
from mazefit.errors import ConfigError, DataError, MazefitError
from mazefit.supervised import datasets, download, known_images
from mazefit.supervised.datasets import NoFilesError, load, load_or_fashion
from tests.supervised.file_server import serve
from tests.supervised.small_sets import FASHION, MNIST, NAMES, assert_same, make_alone
from tests.tasks.idx_files import idx, some_arrays, write_set

DEBIAN = Path("/usr/share/datasets/fashion-mnist")
REAL = {known.name: known for known in (known_images.FASHION, known_images.MNIST)}
on_debian = pytest.mark.skipif(not DEBIAN.is_dir(), reason="Debian's package dataset-fashion-mnist is not installed")


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    make_alone(monkeypatch, tmp_path)
    monkeypatch.chdir(tmp_path)


@on_debian
def test_real_fashion_mnist(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(known_images.KNOWN, "fashion-mnist", REAL["fashion-mnist"])
    images = load("fashion-mnist", download=False)
    assert images.images.shape == (60_000, 28, 28)
    assert images.test_images.shape == (10_000, 28, 28)
    assert images.labels.shape == (60_000,)
    assert np.bincount(images.labels).tolist() == [6000] * 10
    assert np.bincount(images.test_labels).tolist() == [1000] * 10
    assert images.labels[:5].tolist() == [9, 0, 0, 3, 0]
    assert images.classes[9] == "Ankle boot"
    assert round(float(images.images.mean()) / 255, 4) == 0.2860  # the mean that is known of this set
    assert (images.name, images.note) == ("fashion-mnist", "")
    own = load(DEBIAN)
    assert own.classes == tuple("0123456789")
    assert (own.name, own.note) == ("fashion-mnist", "")


@on_debian
def test_real_fashion_mnist_is_not_taken_for_mnist(monkeypatch: pytest.MonkeyPatch):
    for name, known in REAL.items():
        monkeypatch.setitem(known_images.KNOWN, name, known)
    with pytest.raises(
        DataError, match=r"train-images-idx3-ubyte\.gz: expected the file of MNIST, got the one of Fashion-MNIST"
    ):
        load("mnist", folder=DEBIAN)
    monkeypatch.setenv("MAZEFIT_DATA", str(DEBIAN))
    with pytest.raises(NoFilesError, match="MNIST: expected its four IDX files, got none on this machine"):
        load("mnist", download=False)
    assert load("fashion-mnist", download=False).name == "fashion-mnist"


def test_digits():
    from sklearn.datasets import load_digits

    images = load("digits")
    raw = load_digits()
    assert images.images.shape == (1437, 8, 8)
    assert images.test_images.shape == (360, 8, 8)
    assert_same(images, [images.images, raw.target[:1437], images.test_images, raw.target[1437:]])
    whole = np.concatenate([images.images, images.test_images])
    assert {int(level): int(whole[raw.images == level][0]) for level in (0, 1, 8, 16)} == {0: 0, 1: 16, 8: 128, 16: 255}
    assert np.abs(whole - raw.images * 255 / 16).max() <= 0.5
    assert (images.name, images.classes, images.note) == ("digits", tuple("0123456789"), "")
    assert np.bincount(images.test_labels).min() > 30
    assert load("digits").images.tobytes() == images.images.tobytes()


@pytest.mark.parametrize(("suffix", "mark"), [("", "-"), (".gz", "-"), ("", "."), (".gz", ".")])
def test_a_folder_of_ones_own(tmp_path: Path, suffix: str, mark: str):
    arrays = some_arrays(5, train=12, test=3, rows=2, columns=7)
    folder = write_set(tmp_path / "my images", arrays, suffix, mark)
    for name in (folder, str(folder), "./my images", "my images"):
        images = load(name)
        assert_same(images, arrays)
        assert (images.name, images.note) == ("my images", "")
        assert images.classes == tuple("0123456789")
    assert load_or_fashion(folder).name == "my images"


def test_a_packed_ending_on_plain_content(tmp_path: Path):
    folder = write_set(tmp_path / "f", FASHION, "")
    for file in list(folder.iterdir()):
        file.rename(f"{file}.gz")
    assert_same(load(folder), FASHION)


def test_classes_are_as_many_as_the_labels_say(tmp_path: Path):
    arrays = some_arrays(5)
    arrays[3][0] = 12
    assert load(write_set(tmp_path / "f", arrays)).classes == tuple(str(k) for k in range(13))
    arrays[1][:], arrays[3][:] = 0, 0
    assert load(write_set(tmp_path / "f", arrays)).classes == ("0",)


def change(index: int, how: Callable[[Any], Any]) -> Callable[[list[Any]], None]:
    def changed(arrays: list[Any]) -> None:
        arrays[index] = how(arrays[index])

    return changed


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (
            change(1, lambda labels: labels[:-1]),
            "train-labels-idx1-ubyte.gz, byte 4: expected 30 labels, as many as train-images-idx3-ubyte.gz has images, got 29",
        ),
        (change(2, lambda images: images[:-1]), "t10k-labels-idx1-ubyte.gz, byte 4: expected 9 labels"),
        (
            change(2, lambda images: images[:, :, :-1]),
            "t10k-images-idx3-ubyte.gz, byte 8: expected images of 5 x 4 as in train-images-idx3-ubyte.gz, got 5 x 3",
        ),
        (
            change(0, lambda images: images[:0]),
            "train-images-idx3-ubyte.gz, byte 4: expected at least one image of at least one pixel, got 0 x 5 x 4",
        ),
        (change(2, lambda images: images[:, :0]), "byte 4: expected at least one image of at least one pixel, got 10 x 0 x 4"),
        (change(0, lambda images: images.astype(np.float32)), "byte 2: expected type 0x08 (uint8), got 0x0d (float32)"),
        (change(1, lambda labels: labels.astype(np.int32)), "byte 2: expected type 0x08 (uint8), got 0x0c (int32)"),
        (
            change(1, lambda labels: labels[:, None]),
            "train-labels-idx1-ubyte.gz, unpacked byte 3: expected 1 dimensions, got 2",
        ),
        (change(0, lambda images: images[:, 0]), "train-images-idx3-ubyte.gz, unpacked byte 3: expected 3 dimensions, got 2"),
    ],
)
def test_files_that_do_not_fit_together(tmp_path: Path, fault: Callable[[list[Any]], None], message: str):
    arrays = some_arrays(5)
    fault(arrays)
    with pytest.raises(DataError) as caught:
        load(write_set(tmp_path / "f", arrays))
    assert message in str(caught.value)
    assert str(caught.value).startswith(str(tmp_path / "f"))


def test_a_label_beyond_the_classes(tmp_path: Path):
    arrays = [array.copy() for array in MNIST]
    arrays[1][17] = 10
    with pytest.raises(DataError, match=r"train-labels-idx1-ubyte\.gz, byte 25: expected a label from 0 to 9, got 10$"):
        load("mnist", folder=write_set(tmp_path / "f", arrays))


def test_missing_files_are_named(tmp_path: Path):
    folder = write_set(tmp_path / "f", FASHION)
    (folder / NAMES[1]).unlink()
    (folder / NAMES[2]).unlink()
    (folder / NAMES[2]).mkdir()  # a folder is no file
    missing = "train-labels-idx1-ubyte and t10k-images-idx3-ubyte"
    sentence = f"{folder}: expected four IDX files, plain or with .gz, got none called {missing}"
    for ask in (lambda: load(folder), lambda: load("fashion-mnist", folder=folder)):
        with pytest.raises(DataError) as caught:
            ask()
        assert str(caught.value) == sentence


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("fashion-mnits", "data set: unknown 'fashion-mnits'; did you mean 'fashion-mnist'?"),
        ("MNIST", "data set: unknown 'MNIST'; did you mean 'mnist'?"),
        ("digit", "data set: unknown 'digit'; did you mean 'digits'?"),
        ("zzzzzz", "data set: unknown 'zzzzzz'; expected one of fashion-mnist, mnist, digits, the path of a folder"),
        ("a\0b", "data set: unknown 'a\\x00b'; expected one of"),
        ("x" * 300, "data set: unknown 'xxx"),
        ("", "data set: expected fashion-mnist, mnist, digits or the path of a folder, got ''"),
        (None, "data set: expected fashion-mnist, mnist, digits or the path of a folder, got None"),
        (3, "or the path of a folder, got 3"),
        (b"mnist", "or the path of a folder, got b'mnist'"),
    ],
)
def test_names_that_are_none(name: Any, message: str):
    for ask in (load, load_or_fashion):
        with pytest.raises(ConfigError) as caught:
            ask(name)
        assert message in str(caught.value)


@pytest.mark.parametrize("name", ["./absent", "/absent/folder", "~nobody-of-that-name/x", Path("mnits"), "/" + "x" * 300])
def test_paths_that_lead_nowhere(name: Any):
    with pytest.raises(
        DataError, match="data set: expected a folder with the four IDX files of a set of images, got no such folder"
    ):
        load(name)


def test_a_file_is_no_folder(tmp_path: Path):
    (tmp_path / "file.gz").write_bytes(idx(FASHION[0]))
    for name in ("file.gz", tmp_path / "file.gz"):
        with pytest.raises(DataError, match=r"data set: expected a folder with the four IDX files .*, got a file: "):
            load(name)


def test_a_folder_beside_what_has_its_own(tmp_path: Path):
    for name in ("digits", tmp_path):
        with pytest.raises(ConfigError, match=r"folder: expected none beside .*, only beside fashion-mnist or mnist, got "):
            load(name, folder=tmp_path)
    for folder in (3, "", b"x"):
        with pytest.raises(ConfigError, match="folder: expected the path of a folder, got"):
            load("mnist", folder=folder)


def test_other_content_is_never_taken(tmp_path: Path):
    with pytest.raises(DataError, match="expected the file of MNIST, got the one of Fashion-MNIST"):
        load("mnist", folder=write_set(tmp_path / "f", FASHION))
    with pytest.raises(DataError, match=r"expected the file of Fashion-MNIST \(unpacked SHA-256 .*\), got other content"):
        load("fashion-mnist", folder=write_set(tmp_path / "g", MNIST))
    for part in range(4):
        arrays = [array.copy() for array in FASHION]
        arrays[part].reshape(-1)[3] ^= 1
        with pytest.raises(DataError, match=f"{NAMES[part]}.*got other content of the same size"):
            load("fashion-mnist", folder=write_set(tmp_path / "h", arrays))
    with pytest.raises(DataError, match="byte 4: expected 30 x 5 x 4 numbers, as MNIST has, got 29 x 5 x 4"):
        load("mnist", folder=write_set(tmp_path / "i", [MNIST[0][1:], MNIST[1][1:], *MNIST[2:]]))


def test_what_was_checked_is_said(tmp_path: Path):
    images = load("mnist", folder=write_set(tmp_path / "f", MNIST))
    assert images.name == "mnist"
    assert images.classes == tuple("0123456789")
    assert images.note == (
        "MNIST: number, size and labels of the images were checked, not their check sums, which are not known here."
    )
    assert load("fashion-mnist", folder=write_set(tmp_path / "g", FASHION)).note == ""


def test_three_ways_to_get_the_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    with serve({}) as server:
        for name in ("fashion-mnist", "mnist"):
            monkeypatch.setitem(download.MIRRORS, name, (server.url,))
        monkeypatch.setitem(
            known_images.KNOWN, "fashion-mnist", known_images.KNOWN["fashion-mnist"]._replace(debian=tmp_path / "x")
        )
        start = "expected its four IDX files, got none on this machine, and a download failed (train-images-idx3-ubyte.gz: "
        end = f"put train-images-idx3-ubyte.gz and the three others from {server.url} into {tmp_path / 'cache' / 'mazefit'}/"
        ways = "; three ways to get them: name the folder that holds them, set $MAZEFIT_DATA to it, or "
        for name, package in (("mnist", ""), ("fashion-mnist", "install Debian's package dataset-fashion-mnist or ")):
            with pytest.raises(NoFilesError) as caught:
                load(name)
            sentence = str(caught.value)
            assert "\n" not in sentence
            assert start in sentence
            assert "answered 404 Not Found)" in sentence
            assert sentence.endswith(f"{ways}{package}{end}{name}")
            with pytest.raises(NoFilesError, match="got none on this machine, and download is off; three ways"):
                load(name, download=False)
        server.asked.clear()
        with pytest.raises(NoFilesError, match=r"^Fashion-MNIST: "):
            load_or_fashion("fashion-mnist")
        assert len(server.asked) == 1
    assert issubclass(NoFilesError, DataError)
    assert NoFilesError.exit_code == 3


def test_fashion_mnist_in_the_place_of_mnist(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    with pytest.raises(NoFilesError, match=r"^Fashion-MNIST: expected"):
        load_or_fashion("mnist")
    monkeypatch.setenv("MAZEFIT_DATA", str(tmp_path / "data"))
    write_set(tmp_path / "data" / "fashion-mnist", FASHION)
    images = load_or_fashion("mnist")
    assert_same(images, FASHION)
    assert images.name == "fashion-mnist"
    assert images.classes[0] == "T-shirt/top"
    assert images.note == "MNIST's files are not to be had here: these are the images of Fashion-MNIST."
    assert load_or_fashion("fashion-mnist").note == ""
    assert load_or_fashion("digits").name == "digits"
    write_set(tmp_path / "data" / "mnist", MNIST)
    assert load_or_fashion("mnist").name == "mnist"


def test_damaged_folders(tmp_path: Path):
    rng = np.random.default_rng(3)
    folder = write_set(tmp_path / "f", MNIST, suffix="")
    sound = {file: file.read_bytes() for file in sorted(folder.iterdir())}
    refused = 0
    for _ in range(300):
        file = list(sound)[int(rng.integers(4))]
        data = bytearray(sound[file])
        data[int(rng.integers(0, min(20, len(data))))] ^= 1 << int(rng.integers(8))
        file.write_bytes(data)
        for name, where in ((folder, None), ("mnist", folder)):
            try:
                load(name, folder=where)
            except MazefitError:
                refused += 1
        file.write_bytes(sound[file])
    assert refused > 300
    assert_same(load(folder), MNIST)


def test_doors_are_lazy():
    assert mazefit.supervised.load is load
    assert mazefit.supervised.datasets is datasets
    heavy = ("torch", "sklearn", "scipy", "numba", "matplotlib", "tqdm", "urllib.request")
    code = f"import sys, mazefit.supervised\nprint([n for n in {heavy!r} if n in sys.modules], end=';')\n"
    code += "mazefit.supervised.datasets.load, mazefit.supervised.load_or_fashion\n"
    code += f"print([n for n in {heavy[:-1]!r} if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert [ast.literal_eval(part) for part in done.stdout.split(";")] == [[], []]
