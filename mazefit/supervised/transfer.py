"""One file from one address, into a part file that a later try goes on from.

A part of n bytes is continued with the header `Range: bytes=n-`. A server that knows it answers 206 and sends the rest; one
that does not answers 200 and sends all, and the part is begun anew.
"""

import os
import re
from collections.abc import Callable
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from typing import NoReturn
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from mazefit.errors import OutputError
from mazefit.version import __version__

SILENCE = 10.0  # seconds without a byte after which a server counts as gone
PIECE = 1 << 16
Seen = Callable[[int, int | None], None]
"""Told after every piece: bytes that the part has now, and how many it will have (None = the server does not say)."""


class TransferError(Exception):
    """A file did not come whole; says from where and why. What came of it stays in the part file."""


def transfer(url: str, part: Path, most: int, seen: Seen = lambda have, total: None) -> bool:
    """Bring one file, going on from what `part` holds of it already.

    Args:
        url: where it is.
        part: the file that grows.
        most: bytes beyond which it cannot be what it should be.
        seen: told how far it is.

    Returns:
        Whether an earlier part was continued.

    Raises:
        TransferError: no connection, a refusal, a body cut off or too long, silence.
        OutputError: `part` cannot be written.
    """
    have = part.stat().st_size if part.exists() else 0
    headers = {"User-Agent": f"mazefit/{__version__}", "Accept-Encoding": "identity"}
    try:
        with urlopen(Request(url, headers=headers | ({"Range": f"bytes={have}-"} if have else {})), timeout=SILENCE) as answer:
            start = _start(answer, have, url)
            _receive(answer, url, part, start, most, seen)
            return start > 0
    except HTTPError as error:
        with error:
            if error.code == 416 and have:  # nothing comes after what is there: it is whole, or another file's
                if error.headers.get("Content-Range", "") == f"bytes */{have}":
                    return True
                remove(part)
                return transfer(url, part, most, seen)
            raise TransferError(f"{_host(url)} answered {error.code} {error.reason}") from error
    except URLError as error:
        _lost(url, error.reason if isinstance(error.reason, Exception) else error)
    except (OSError, HTTPException, ValueError) as error:
        _lost(url, error)


def _start(answer: HTTPResponse, have: int, url: str) -> int:
    """At which byte of the file the answer begins."""
    if answer.status != 206:
        return 0
    found = re.match(r"bytes (\d+)-", answer.headers.get("Content-Range", ""))
    if found is None or int(found[1]) != have:
        raise TransferError(f"{_host(url)} sent another part than the one asked for")
    return have


def _receive(answer: HTTPResponse, url: str, part: Path, start: int, most: int, seen: Seen) -> None:
    """Write down what comes."""
    total = None if answer.length is None else start + answer.length
    if total is not None and total > most:
        raise TransferError(f"{_host(url)} offered {total:,} bytes where at most {most:,} can be right")
    have = start
    try:
        file = part.open("r+b" if start else "wb")
    except OSError as error:
        raise _unwritable(part, error) from error
    with file:
        file.seek(start)
        while piece := answer.read1(PIECE):
            have += len(piece)
            if have > most:
                break
            try:
                file.write(piece)
            except OSError as error:
                raise _unwritable(part, error) from error
            seen(have, total)
        try:
            file.flush()
            os.fsync(file.fileno())
        except OSError as error:
            raise _unwritable(part, error) from error
    if have > most:
        remove(part)
        raise TransferError(f"{_host(url)} sent more than the {most:,} bytes that can be right")
    if total is not None and have < total:
        raise TransferError(f"{_host(url)} ended after {have:,} of {total:,} bytes")


def remove(part: Path) -> None:
    """Throw a part away.

    Raises:
        OutputError: it cannot be removed.
    """
    try:
        part.unlink()
    except OSError as error:
        raise OutputError(f"file {str(part)!r}: expected to remove it, got {error.strerror}") from error


def _lost(url: str, error: Exception) -> NoReturn:
    if isinstance(error, OutputError):
        raise error
    why = "no answer in time" if isinstance(error, TimeoutError) else getattr(error, "strerror", None) or str(error)
    raise TransferError(f"{_host(url)}: {why or type(error).__name__}") from error


def _unwritable(part: Path, error: OSError) -> OutputError:
    return OutputError(f"file {str(part)!r}: expected to write what is downloaded, got {error.strerror}")


def _host(url: str) -> str:
    return urlsplit(url).netloc
