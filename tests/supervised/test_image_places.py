"""Where images are looked for: each place in its turn, two sets told apart, no place passed over in silence."""

import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from mazefit.errors import ConfigError, DataError
from mazefit.supervised import download, image_places, known_images
from mazefit.supervised.datasets import NoFilesError, load, load_or_fashion
from mazefit.supervised.image_places import cache_folder
from tests.supervised.file_server import serve
from tests.supervised.small_sets import FASHION, MNIST, NAMES, assert_same, make_alone, served
from tests.tasks.idx_files import some_arrays, write_set


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    make_alone(monkeypatch, tmp_path)


def test_each_place_in_its_turn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    places = [
        tmp_path / "named",
        tmp_path / "variable" / "mnist",
        tmp_path / "debian",
        tmp_path / "cache" / "mazefit" / "mnist",
    ]
    sets = [some_arrays(seed) for seed in range(10, 15)]
    for place, arrays in zip(places, sets, strict=False):
        write_set(place, arrays)
    known = known_images.KNOWN["mnist"]._replace(debian=places[2])
    monkeypatch.setitem(known_images.KNOWN, "mnist", known)
    monkeypatch.setenv("MAZEFIT_DATA", str(tmp_path / "variable"))
    with serve(served(sets[4])) as server:
        monkeypatch.setitem(download.MIRRORS, "mnist", (server.url,))
        assert_same(load("mnist", folder=places[0]), sets[0])
        assert_same(load("mnist"), sets[1])
        monkeypatch.setenv("MAZEFIT_DATA", "")
        assert_same(load("mnist"), sets[2])
        monkeypatch.setitem(known_images.KNOWN, "mnist", known._replace(debian=tmp_path / "absent"))
        assert_same(load("mnist"), sets[3])
        for file in places[3].iterdir():
            file.unlink()
        assert server.asked == []
        with pytest.raises(NoFilesError):
            load("mnist", download=False)
        assert server.asked == []
        assert_same(load("mnist"), sets[4])
        assert len(server.asked) == 4
        assert_same(load("mnist", download=False), sets[4])
        assert len(server.asked) == 4


@pytest.mark.parametrize("inside", ["", "mnist", "MNIST/raw"])
def test_where_in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, inside: str):
    write_set(tmp_path / "data" / inside, MNIST)
    assert_same(load("mnist", folder=tmp_path / "data"), MNIST)
    monkeypatch.setenv("MAZEFIT_DATA", str(tmp_path / "data"))
    assert_same(load("mnist", download=False), MNIST)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("MAZEFIT_DATA", "~/data")
    assert_same(load("mnist", download=False), MNIST)


def test_a_named_folder_is_the_only_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    write_set(tmp_path / "data", MNIST)
    monkeypatch.setenv("MAZEFIT_DATA", str(tmp_path / "data"))
    (tmp_path / "empty").mkdir()
    with pytest.raises(
        DataError, match="empty: expected the four IDX files of MNIST, got none called train-images-idx3-ubyte and"
    ):
        load("mnist", folder=tmp_path / "empty")


def test_a_variable_that_leads_nowhere(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MAZEFIT_DATA", "/absent/folder")
    for ask in (load, load_or_fashion):
        with pytest.raises(DataError, match=r"\$MAZEFIT_DATA: expected a folder .*, got no such folder: '/absent/folder'"):
            ask("mnist")


def test_places_with_some_of_the_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    folder = write_set(tmp_path / "data" / "mnist", MNIST)
    (folder / NAMES[3]).unlink()
    monkeypatch.setenv("MAZEFIT_DATA", str(tmp_path / "data"))
    for ask in (load, load_or_fashion):
        with pytest.raises(DataError, match=r"mnist: expected four IDX files, .*, got none called t10k-labels-idx1-ubyte$"):
            ask("mnist")


def test_two_sets_in_one_variable_are_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MAZEFIT_DATA", str(write_set(tmp_path / "data", FASHION)))
    assert_same(load("fashion-mnist", download=False), FASHION)
    with pytest.raises(NoFilesError):
        load("mnist", download=False)
    write_set(tmp_path / "data" / "mnist", MNIST)
    assert_same(load("mnist", download=False), MNIST)
    monkeypatch.setenv("MAZEFIT_DATA", str(write_set(tmp_path / "other", MNIST)))
    assert_same(load("mnist", download=False), MNIST)
    with pytest.raises(NoFilesError):
        load("fashion-mnist", download=False)


def test_a_damaged_file_in_a_variables_folder_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    folder = write_set(tmp_path / "data", MNIST)
    file = folder / NAMES[3]
    file.write_bytes(file.read_bytes()[:-3])
    monkeypatch.setenv("MAZEFIT_DATA", str(folder))
    for ask in (load, load_or_fashion):
        with pytest.raises(DataError, match=f"{NAMES[3]}, packed byte .*: expected more gzip data, got the end of the file"):
            ask("mnist")


def test_a_cache_that_cannot_be_written_is_a_reason(tmp_path: Path):
    (tmp_path / "cache").write_text("a file where the folder should be")
    with pytest.raises(NoFilesError, match=r"a download failed .*output folder .*three ways to get them"):
        load("mnist")


def test_the_cache_goes_on_where_files_are_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    folder = write_set(tmp_path / "cache" / "mazefit" / "mnist", MNIST)
    (folder / NAMES[2]).unlink()
    with serve(served(MNIST)) as server:
        monkeypatch.setitem(download.MIRRORS, "mnist", (server.url,))
        assert_same(load("mnist"), MNIST)
        assert server.asked == [(NAMES[2], None)]


def test_the_cache_of_each_system(monkeypatch: pytest.MonkeyPatch):
    home = Path(os.environ["HOME"])
    assert cache_folder() == Path(os.environ["XDG_CACHE_HOME"]) / "mazefit"
    for none in ("", "not/absolute"):
        monkeypatch.setenv("XDG_CACHE_HOME", none)
        assert cache_folder() == home / ".cache" / "mazefit"
    monkeypatch.setattr(image_places, "sys", SimpleNamespace(platform="darwin"))
    assert cache_folder() == home / "Library" / "Caches" / "mazefit"
    monkeypatch.setattr(image_places, "sys", SimpleNamespace(platform="win32"))
    monkeypatch.setenv("LOCALAPPDATA", str(home / "local"))
    assert cache_folder() == home / "local" / "mazefit"
    monkeypatch.delenv("LOCALAPPDATA")
    assert cache_folder() == home / "AppData" / "Local" / "mazefit"

    def no_home() -> Path:
        raise RuntimeError

    monkeypatch.setattr(Path, "home", no_home)
    with pytest.raises(ConfigError, match=r"cache folder: expected a home folder or an absolute path in \$XDG_CACHE_HOME"):
        cache_folder()
