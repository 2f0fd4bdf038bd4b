"""Files of codes and maps: what the TensorFlow Embedding Projector loads, and the map as CSV.

    vectors.tsv              one point a line, numbers between tabs, no header
    metadata.tsv             its label: number and name under a header; a number alone has none, for one column takes no header
    sprite.png               the images row by row in a square, white on black as they are, at most 8,192 pixels a side
    projector_config.json    where these are; for a page that serves the folder
    projector_config.pbtxt   the same for TensorBoard: tensorboard --logdir FOLDER

Without either: projector.tensorflow.org, Load, vectors.tsv and metadata.tsv.
"""

import math
import struct
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mazefit.errors import Problems
from mazefit.files import prepare_folder, to_json, write_file
from mazefit.supervised.embedding.maps import check_codes

LARGEST = 8192  # pixels of a sprite's side that browsers take
Pixels = npt.NDArray[np.uint8]


def write_projector(
    folder: str | Path,
    codes: npt.ArrayLike,
    labels: npt.ArrayLike | None = None,
    classes: Sequence[str] | None = None,
    images: npt.ArrayLike | None = None,
    *,
    name: str = "codes",
) -> list[Path]:
    """Write the files, each in one step.

    Args:
        folder: where; it is made.
        codes: [n, d].
        labels: integers [n].
        classes: what they are called, [K].
        images: uint8 [n, H, W]; they are made smaller where the sprite would be too large.
        name: what the Projector calls these points.

    Returns:
        The files that were written.

    Raises:
        ConfigError: something does not fit.
        OutputError: the folder cannot be written.
    """
    points = np.asarray(codes)
    known = None if labels is None else np.asarray(labels)
    problems = Problems("write_projector")
    if check_codes(problems, "codes", points):
        check_labels(problems, len(points), known, classes)
    pixels = None if images is None else np.asarray(images)
    if pixels is not None and points.ndim:
        fine = pixels.ndim == 3 and pixels.dtype == np.uint8 and pixels.size > 0 and len(pixels) == len(points)
        shape = f"{pixels.dtype} of shape {list(pixels.shape)}"
        problems.check(fine, f"images: expected uint8 [n, H, W], one a point, got {shape}")
    problems.raise_if_any()
    path = prepare_folder(folder)
    rows = points.astype(np.float32)
    files = {"vectors.tsv": _lines(["\t".join(f"{value:.9g}" for value in row) for row in rows.tolist()])}
    entry: dict[str, Any] = {"tensorName": name, "tensorShape": list(points.shape), "tensorPath": "vectors.tsv"}
    text = [f"  tensor_name: {_quoted(name)}", '  tensor_path: "vectors.tsv"']
    if known is not None:
        files["metadata.tsv"] = _lines(_metadata(known.tolist(), classes))
        entry["metadataPath"] = "metadata.tsv"
        text.append('  metadata_path: "metadata.tsv"')
    if pixels is not None:
        picture, (high, wide) = sprite(pixels)
        files["sprite.png"] = grey_png(picture)
        entry["sprite"] = {"imagePath": "sprite.png", "singleImageDim": [wide, high]}
        dims = f"    single_image_dim: {wide}\n    single_image_dim: {high}"
        text.append(f'  sprite {{\n    image_path: "sprite.png"\n{dims}\n  }}')
    files["projector_config.json"] = to_json({"embeddings": [entry]})
    files["projector_config.pbtxt"] = _lines(["embeddings {", *text, "}"])
    for file, content in files.items():
        write_file(path / file, content)
    return [path / file for file in files]


def write_plane(
    file: str | Path, plane: npt.ArrayLike, labels: npt.ArrayLike | None = None, classes: Sequence[str] | None = None
) -> Path:
    """Write a map as CSV: point, x, y (and z), label and its name.

    Args:
        file: the file; its folder is made.
        plane: [n, 2] or [n, 3].
        labels: integers [n].
        classes: what they are called, [K].

    Raises:
        ConfigError: something does not fit.
        OutputError: the file cannot be written.
    """
    import csv
    import io

    places = np.asarray(plane)
    known = None if labels is None else np.asarray(labels)
    problems = Problems("write_plane")
    if check_codes(problems, "plane", places):
        problems.check(places.shape[1] in (2, 3), f"plane: expected 2 or 3 numbers a point, got {places.shape[1]}")
        check_labels(problems, len(places), known, classes)
    problems.raise_if_any()
    header = ["point", *"xyz"[: places.shape[1]], *(["label"] if known is not None else []), *(["name"] if classes else [])]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    for i, row in enumerate(places.astype(np.float64).tolist()):
        tail = [] if known is None else [int(known[i]), *([classes[int(known[i])]] if classes else [])]
        writer.writerow([i, *(repr(value) for value in row), *tail])
    path = Path(file)
    prepare_folder(path.parent)
    write_file(path, text.getvalue().encode())
    return path


def check_labels(problems: Problems, n: int, labels: npt.NDArray[Any] | None, classes: Sequence[str] | None) -> None:
    """Note labels that do not fit n points, and names of classes that do not fit labels or a line."""
    if labels is None:
        problems.check(not classes, "classes: expected labels as well, got none")
        return
    fine = labels.shape == (n,) and labels.dtype.kind in "iu"
    shape = f"{labels.dtype} of shape {list(labels.shape)}"
    problems.check(fine, f"labels: expected {n} integers, one a point, got {shape}")
    if classes is not None:
        if fine and n:
            low, high = int(labels.min()), int(labels.max())
            problems.check(low >= 0 and high < len(classes), f"labels: expected 0 to {len(classes) - 1}, got {low} to {high}")
        broken = [one for one in classes if not one or any(letter in one for letter in "\t\r\n")]
        problems.check(not broken, f"classes: expected names without tabs and line breaks, got {broken[:1]}")


def sprite(images: Pixels) -> tuple[Pixels, tuple[int, int]]:
    """Images [n, H, W] row by row in one square grid, at most 8,192 pixels a side, and the height and width of each in it."""
    n, high, wide = images.shape
    across = math.isqrt(n - 1) + 1
    every = max(1, math.ceil(across * max(high, wide) / LARGEST))  # pixels that become one
    small = images[:, : max(high - high % every, 1), : max(wide - wide % every, 1)]
    if every > 1:
        small = small.reshape(n, small.shape[1] // every, every, small.shape[2] // every, every).mean(axis=(2, 4))
    high, wide = small.shape[1:]
    sheet = np.zeros((across * across, high, wide), dtype=np.uint8)
    sheet[:n] = small
    square = sheet.reshape(across, across, high, wide).transpose(0, 2, 1, 3)
    return np.ascontiguousarray(square.reshape(across * high, across * wide)), (high, wide)


def grey_png(pixels: Pixels) -> bytes:
    """Levels of grey [H, W] as a PNG file's bytes."""
    high, wide = pixels.shape
    lines = np.zeros((high, wide + 1), dtype=np.uint8)  # each line begins with the filter it uses: none
    lines[:, 1:] = pixels
    head = struct.pack(">IIBBBBB", wide, high, 8, 0, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(lines.tobytes(), 6)), (b"IEND", b""))
    chunks = (struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts)
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def _metadata(labels: list[int], classes: Sequence[str] | None) -> list[str]:
    if classes is None:
        return [str(label) for label in labels]
    return ["label\tname", *(f"{label}\t{classes[label]}" for label in labels)]


def _lines(lines: Sequence[str]) -> bytes:
    return ("\n".join(lines) + "\n").encode()


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
