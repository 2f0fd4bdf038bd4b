"""Pixels to PNG bytes, by the standard library alone."""

import struct
import zlib

import numpy as np
import numpy.typing as npt


def png_bytes(image: npt.NDArray[np.uint8]) -> bytes:
    """An image uint8 [H, W, 3] as a PNG file (RFC 2083: header, one deflated block of unfiltered rows, end)."""
    height, width, _ = image.shape
    rows = np.zeros((height, 1 + 3 * width), dtype=np.uint8)
    rows[:, 1:] = image.reshape(height, -1)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows.tobytes(), 6)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
