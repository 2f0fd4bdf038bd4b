"""A file's bytes, plain or packed with gzip, in order and never more of them than are asked for.

Which of the two it is, its first two bytes say, not its name: browsers unpack what they fetch and keep the ending. However
small a packed file is and however much it would unpack to, memory holds one piece of it; after its last byte nothing may
follow, and the check sums inside are checked.
"""

import os
import stat
import zlib
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from mazefit.errors import ConfigError, DataError

GZIP = b"\x1f\x8b"
MOST_PACKED = 1032  # to how many bytes one packed byte can unpack at most
PIECE = 1 << 20  # bytes unpacked at a time
SMALLEST_READ, LARGEST_READ = 1 << 10, 1 << 16  # packed bytes read at a time: few where a new stream may end soon


class ByteStream:
    """The bytes of an open file; `packed` says that they come out of gzip, `size` how long the file itself is."""

    def __init__(self, path: Path, file: BinaryIO) -> None:
        self.path, self.file = path, file
        self.size = os.fstat(file.fileno()).st_size
        self.packed = file.read(2) == GZIP
        file.seek(0)
        self._begin(b"")

    def place(self, offset: int) -> str:
        """File and byte as a sentence names them; of a packed file the byte is counted in what it unpacks to."""
        return f"{self.path}, {'unpacked ' if self.packed else ''}byte {offset:,}"

    def fill(self, view: memoryview) -> int:
        """Fill `view` with the next bytes; the number of those that came, fewer only where the file ends.

        Raises:
            DataError: the packed bytes are damaged or cut off, or something that is not packed follows them.
        """
        done = 0
        while done < len(view):
            piece = self._unpack(min(PIECE, len(view) - done)) if self.packed else self.file.read(min(PIECE, len(view) - done))
            if not piece:
                break
            view[done : done + len(piece)] = piece
            done += len(piece)
        return done

    def _begin(self, waiting: bytes) -> None:
        """Begin a packed stream; a file may hold several, one after the other."""
        self._unpacker = zlib.decompressobj(wbits=31)  # 31: with gzip's header, length and check sum
        self._waiting, self._at_once = waiting, SMALLEST_READ

    def _unpack(self, most: int) -> bytes:
        """At least one and at most so many of the next unpacked bytes; none where the file ends as it should."""
        while True:
            if self._unpacker.eof:
                following = self._unpacker.unused_data or self.file.read(SMALLEST_READ)
                if not following:
                    return b""
                self._follow(following)
            read = self._waiting or self.file.read(self._at_once)
            self._at_once = min(2 * self._at_once, LARGEST_READ)
            try:
                piece = self._unpacker.decompress(read, most)
            except zlib.error as error:
                end = self.file.tell()
                raise DataError(
                    f"{self.path}, packed bytes {max(end - len(read), 0):,} to {end:,}: expected sound gzip data, "
                    f"got damaged ones ({error})"
                ) from error
            self._waiting = self._unpacker.unconsumed_tail
            if piece:
                return piece
            if not read and not self._unpacker.eof:
                raise DataError(f"{self.path}, packed byte {self.size:,}: expected more gzip data, got the end of the file")

    def _follow(self, following: bytes) -> None:
        """Begin the stream that follows a whole one."""
        start = self.file.tell() - len(following)
        if following[:1] == GZIP[:1] and len(following) == 1:
            following += self.file.read(1)
        if following[:2] != GZIP:
            raise DataError(
                f"{self.path}, packed byte {start:,}: expected the end of the file after its gzip data, "
                f"got {self.size - start:,} bytes more"
            )
        self._begin(following)


@contextmanager
def open_bytes(path: object, what: str) -> Generator[ByteStream]:
    """Open a file to read its bytes in order.

    Args:
        path: the file.
        what: what is expected to be in it, with its article, for the sentences.

    Raises:
        ConfigError: `path` is no name of a file.
        DataError: there is no such file, it is a folder or a device, or it cannot be read.
    """
    if not isinstance(path, str | os.PathLike) or not str(path):
        raise ConfigError(f"path: expected the name of a file, got {path!r}")
    file = Path(path)
    try:
        mode = file.stat().st_mode
        if not stat.S_ISREG(mode):  # before it is opened: to open a pipe may wait for ever
            raise DataError(f"{file}: expected {what}, got {'a folder' if stat.S_ISDIR(mode) else 'no regular file'}")
        opened = file.open("rb")
    except FileNotFoundError as error:
        raise DataError(f"{file}: expected {what}, got no file of that name") from error
    except DataError:
        raise
    except (OSError, ValueError) as error:  # no right to read it, a name that cannot be one
        raise _unreadable(file, error) from error
    with opened:
        try:
            yield ByteStream(file, opened)
        except OSError as error:  # a disk that fails
            raise _unreadable(file, error) from error


def _unreadable(file: Path, error: Exception) -> DataError:
    return DataError(f"{str(file)!r}: expected a file that can be read, got {type(error).__name__}: {error}")
