"""Folders on disk that are whole or not there: checked by SHA-256, replaced in one step, free of code.

A saved folder holds plain `.npy`, JSON and safetensors files and one `manifest.json` that names each with its size and digest.
New files are written under new names first; the renaming of the manifest is the one moment at which the folder's content
changes, so a program killed at any time leaves the old content or the new, never a mixture. Loading never runs code from a
file.
"""

import hashlib
import io
import json
import os
import re
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mazefit.errors import ConfigError, DataError, OutputError

MANIFEST = "manifest.json"
Content = npt.NDArray[Any] | dict[str, Any] | bytes
"""What an entry may be: an array (`.npy`), a dictionary (`.json`), or the bytes of a safetensors file."""


def prepare_folder(folder: str | Path) -> Path:
    """Make `folder` and prove that a file can be written there, before any work is done for it.

    Raises:
        ConfigError: it is not a path.
        OutputError: it is a file, or cannot be made or written.
    """
    path = as_path(folder)
    try:
        path.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path, prefix=".probe-"):
            pass
    except OSError as error:
        what = "an existing file" if path.is_file() else error.strerror or str(error)
        raise OutputError(f"output folder {str(path)!r}: expected a folder that can be written, got {what}") from error
    return path


def as_path(folder: object) -> Path:
    """A folder's path, as it was given.

    Raises:
        ConfigError: it is not a path.
    """
    if not isinstance(folder, str | os.PathLike) or not str(folder):
        raise ConfigError(f"folder: expected the path of a folder, got {folder!r}")
    return Path(folder)


def write_file(path: Path, content: bytes) -> None:
    """Write `content` to `path` in one step: a temporary file beside it, flushed to the disk, then renamed.

    Raises:
        OutputError: the file cannot be written; what stood there before still stands.
    """
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}-", delete=False) as file:
            try:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
                Path(file.name).chmod(0o644)
                Path(file.name).replace(path)
            except BaseException:
                Path(file.name).unlink(missing_ok=True)
                raise
        if os.name == "posix":  # the rename itself must reach the disk, too
            folder = os.open(path.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
    except OSError as error:
        raise OutputError(f"file {str(path)!r}: expected to write {len(content)} bytes, got {error.strerror}") from error


def to_json(value: Any) -> bytes:
    """The one JSON form that mazefit writes: sorted keys, two spaces, a closing newline, no NaN."""
    return (json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n").encode()


def to_npy(array: npt.NDArray[Any]) -> bytes:
    """An array in NumPy's own file format, without pickle."""
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=False)
    return buffer.getvalue()


def write_folder(folder: str | Path, kind: str, content: Mapping[str, Content]) -> None:
    """Save arrays (`name.npy`), dictionaries (`name.json`) and bytes (`name.safetensors`) as one folder of this `kind`.

    What the folder held before is replaced; what a killed program left half-written for the same entries is cleared away.

    Raises:
        OutputError: the folder cannot be written.
    """
    path = prepare_folder(folder)
    former = _listed_files(path)
    files: dict[str, dict[str, Any]] = {}
    for name, value in content.items():
        data, suffix = _to_bytes(value)
        digest = hashlib.sha256(data).hexdigest()
        stored = f"{name}-{digest[:12]}.{suffix}"
        if not (path / stored).exists() or (path / stored).read_bytes() != data:
            write_file(path / stored, data)
        files[name] = {"bytes": len(data), "file": stored, "sha256": digest}
    write_file(path / MANIFEST, to_json({"files": files, "format": 1, "kind": kind}))
    kept = {entry["file"] for entry in files.values()}
    for name in (former | _left_by_the_killed(path, files)) - kept:
        (path / name).unlink(missing_ok=True)


def _to_bytes(value: Content) -> tuple[bytes, str]:
    """An entry's bytes, and the ending of its file."""
    if isinstance(value, bytes):
        return value, "safetensors"
    return (to_json(value), "json") if isinstance(value, dict) else (to_npy(value), "npy")


def _left_by_the_killed(path: Path, names: Iterable[str]) -> set[str]:
    """Files that no manifest names: written for these entries by a program that did not live to rename its manifest."""
    stems = "|".join(re.escape(name) for name in names)
    ours = re.compile(rf"(?:{stems})-[0-9a-f]{{12}}\.(?:json|npy|safetensors)")
    half = re.compile(rf"\.(?:{ours.pattern}|{re.escape(MANIFEST)})-\w{{8}}|\.probe-\w{{8}}")
    return {file.name for file in path.iterdir() if ours.fullmatch(file.name) or half.fullmatch(file.name)}


def _listed_files(path: Path) -> set[str]:
    """The files that the folder's present manifest names, where there is one that can be read: what it will leave behind."""
    try:
        listed: Any = json.loads((path / MANIFEST).read_bytes())["files"]
        return {str(entry["file"]) for entry in listed.values() if Path(str(entry["file"])).name == entry["file"]}
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return set()


def read_folder(folder: str | Path, *kinds: str) -> dict[str, Any]:
    """Read back what `write_folder` saved as one of these kinds; every byte is checked before any of it is used.

    Raises:
        DataError: something is missing, damaged, or of another kind; names the file, what was expected and what came.
    """
    path = as_path(folder)
    listed = _read_manifest(path, kinds)
    return {name: _read_entry(path, name, entry) for name, entry in listed.items()}


def _read_manifest(path: Path, kinds: tuple[str, ...]) -> dict[str, Any]:
    file, kind = path / MANIFEST, " or ".join(kinds)
    try:
        data = file.read_bytes()
    except OSError as error:
        raise DataError(f"{file}: expected the manifest of a saved {kind}, got {error.strerror}") from error
    try:
        manifest: Any = json.loads(data)
        whole = (
            to_json(manifest) == data and set(manifest) == {"files", "format", "kind"} and isinstance(manifest["files"], dict)
        )
    except (ValueError, TypeError, RecursionError) as error:
        raise DataError(f"{file}: expected a manifest as mazefit writes it, got damaged text") from error
    if not whole:
        raise DataError(f"{file}: expected a manifest as mazefit writes it, got a changed one")
    if manifest["format"] != 1 or manifest["kind"] not in kinds:
        raise DataError(f"{file}: expected a saved {kind} of format 1, got {manifest['kind']} of format {manifest['format']}")
    return manifest["files"]


def _read_entry(path: Path, name: str, entry: Any) -> Any:
    if not isinstance(entry, dict) or set(entry) != {"bytes", "file", "sha256"} or "/" in str(entry["file"]):
        raise DataError(f"{path / MANIFEST}: expected bytes, file and sha256 for {name!r}, got a changed entry")
    file = path / str(entry["file"])
    try:
        data = file.read_bytes()
    except (OSError, ValueError) as error:
        raise DataError(f"{file}: expected {entry['bytes']} bytes, got no readable file") from error
    if len(data) != entry["bytes"]:
        raise DataError(f"{file}: expected {entry['bytes']} bytes, got {len(data)}")
    if hashlib.sha256(data).hexdigest() != entry["sha256"]:
        raise DataError(f"{file}: expected the SHA-256 of its manifest, got other content of the same length")
    if not file.name.startswith(f"{name}-{entry['sha256'][:12]}."):
        raise DataError(f"{path / MANIFEST}: expected a file named after {name!r} and its digest, got {file.name!r}")
    if file.suffix == ".safetensors":
        return data
    try:
        value: Any = json.loads(data) if file.suffix == ".json" else np.load(io.BytesIO(data), allow_pickle=False)
    except (ValueError, EOFError, OSError, RecursionError, MemoryError, OverflowError) as error:
        raise DataError(f"{file}: expected plain JSON or .npy data, got something else ({error})") from error
    if not isinstance(value, dict | np.ndarray):
        raise DataError(f"{file}: expected a JSON object or an array, got {type(value).__name__}")
    return value
