import json
import os
from pathlib import Path

import numpy as np
import pytest

from mazefit.errors import ConfigError, DataError, OutputError
from mazefit.files import prepare_folder, read_folder, write_file, write_folder


def test_round_trip(tmp_path: Path) -> None:
    content = {"a": np.arange(6).reshape(2, 3), "b": {"π": [1, 2.5, None, "가"]}, "c.d": np.empty((0, 4))}
    write_folder(tmp_path / "new" / "folder", "thing", content)
    back = read_folder(tmp_path / "new" / "folder", "thing")
    assert back["a"].tolist() == [[0, 1, 2], [3, 4, 5]]
    assert back["b"] == content["b"]
    assert back["c.d"].shape == (0, 4)


def test_a_write_that_dies_at_any_moment_leaves_the_old_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = {"x": np.zeros(3), "y": {"n": 1}}, {"x": np.ones(3), "y": {"n": 2}}
    real = os.fsync
    outcomes: list[int] = []
    for at in range(1, 9):
        folder = tmp_path / str(at)
        write_folder(folder, "thing", old)
        calls = 0

        def fsync(number: int, at: int = at) -> None:
            nonlocal calls
            calls += 1
            if calls == at:
                raise OSError(28, "No space left on device")
            real(number)

        monkeypatch.setattr(os, "fsync", fsync)
        if at <= 5:  # x, its folder, y, its folder, the manifest: nothing has changed until it is renamed
            with pytest.raises(OutputError, match="No space left on device"):
                write_folder(folder, "thing", new)
        elif at == 6:  # the manifest stands; only the folder's own flush failed
            with pytest.raises(OutputError):
                write_folder(folder, "thing", new)
        else:
            write_folder(folder, "thing", new)
        monkeypatch.setattr(os, "fsync", real)
        outcomes.append(read_folder(folder, "thing")["y"]["n"])
        assert not [path for path in folder.iterdir() if path.name.startswith(".")]
    assert outcomes == [1, 1, 1, 1, 1, 2, 2, 2]


def test_nothing_of_the_former_content_stays_and_nothing_foreign_goes(tmp_path: Path) -> None:
    write_folder(tmp_path, "thing", {"x": np.zeros(3), "only-here": np.zeros(9)})
    (tmp_path / "notes-of-mine.npy").write_bytes(b"mine")
    write_folder(tmp_path, "thing", {"y": np.ones(3)})
    assert len(list(tmp_path.iterdir())) == 3
    assert (tmp_path / "notes-of-mine.npy").exists()
    assert set(read_folder(tmp_path, "thing")) == {"y"}


@pytest.mark.parametrize("folder", ["", None, 3])
def test_what_is_no_path(folder: object) -> None:
    for act in (lambda: prepare_folder(folder), lambda: read_folder(folder, "thing")):
        with pytest.raises(ConfigError, match="folder: expected the path of a folder, got"):
            act()


def test_a_file_that_cannot_be_replaced_stays(tmp_path: Path) -> None:
    with pytest.raises(OutputError):
        write_file(tmp_path / "no" / "such", b"x")


def test_pickles_are_never_opened(tmp_path: Path) -> None:
    write_folder(tmp_path, "thing", {"x": np.zeros(3)})
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    entry = manifest["files"]["x"]
    bad = np.array([{"never": "run"}], dtype=object)
    with (tmp_path / entry["file"]).open("wb") as file:
        np.save(file, bad, allow_pickle=True)
    with pytest.raises(DataError):
        read_folder(tmp_path, "thing")


def test_paths_out_of_the_folder_are_refused(tmp_path: Path) -> None:
    write_folder(tmp_path / "in", "thing", {"x": np.zeros(3)})
    manifest = tmp_path / "in" / "manifest.json"
    changed = json.loads(manifest.read_text())
    changed["files"]["x"]["file"] = "../x.npy"
    manifest.write_text(json.dumps(changed, indent=2, sort_keys=True) + "\n")
    with pytest.raises(DataError, match="expected bytes, file and sha256 for 'x'"):
        read_folder(tmp_path / "in", "thing")


def test_deep_json_is_refused_and_not_a_crash(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_bytes(b"[" * 100_000)
    with pytest.raises(DataError, match="got damaged text"):
        read_folder(tmp_path, "thing")


def test_an_output_folder_is_proved_before_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="got an existing file"):
        prepare_folder(tmp_path / "file")
    with pytest.raises(OutputError, match="Not a directory"):
        prepare_folder(tmp_path / "file" / "below")
    assert prepare_folder(tmp_path / "한글 and space").is_dir()

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tempfile.NamedTemporaryFile", refuse)
    with pytest.raises(OutputError, match="expected a folder that can be written, got Permission denied"):
        prepare_folder(tmp_path / "read-only")


def test_bytes_of_a_safetensors_file_come_back_as_they_are(tmp_path: Path) -> None:
    write_folder(tmp_path, "thing", {"weights": b"\x08\x00 any bytes \xff", "n": {"one": 1}})
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".json", ".json", ".safetensors"]
    assert read_folder(tmp_path, "thing") == {"weights": b"\x08\x00 any bytes \xff", "n": {"one": 1}}
    (file,) = tmp_path.glob("*.safetensors")
    file.write_bytes(file.read_bytes()[:-1] + b"\xfe")
    with pytest.raises(DataError, match="expected the SHA-256 of its manifest"):
        read_folder(tmp_path, "thing")


def test_what_a_killed_program_left_is_cleared_and_nothing_else(tmp_path: Path) -> None:
    write_folder(tmp_path, "thing", {"x": np.zeros(3)})
    left = [
        "x-0123456789ab.npy",
        "x-0123456789ab.safetensors",
        ".x-0123456789ab.npy-a1b2c3d4",
        ".manifest.json-abcd_efg",
        ".probe-aaaaaaaa",
    ]
    mine = [
        "x-mine.npy",
        "y-0123456789ab.npy",
        "x-0123456789ab.txt",
        ".hidden",
        ".y-0123456789ab.npy-a1b2c3d4",
        "x-0123456789ab.npy.bak",
    ]
    for name in left + mine:
        (tmp_path / name).write_bytes(b"")
    write_folder(tmp_path, "thing", {"x": np.ones(3)})
    here = {path.name for path in tmp_path.iterdir()}
    assert not here & set(left)
    assert here >= set(mine)
    assert read_folder(tmp_path, "thing")["x"].tolist() == [1, 1, 1]
