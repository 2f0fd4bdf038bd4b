"""Where the files of a set of images may lie on this machine, in the order in which it is looked for.

    1. the folder that was named           4. the user's cache: $XDG_CACHE_HOME/mazefit, else ~/.cache/mazefit
    2. the folder in $MAZEFIT_DATA            (macOS: ~/Library/Caches/mazefit, Windows: %LOCALAPPDATA%\\mazefit)
    3. the folder of Debian's package

In 1 and 2 they lie in the folder itself, in `NAME/` (such as `mnist/`), or in `MNIST/raw/` and `FashionMNIST/raw/`, where
other libraries put them. As both sets have files of the same names, a folder itself is asked which of them it holds.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from mazefit.errors import ConfigError, DataError
from mazefit.supervised.known_images import KNOWN, KnownImages, digest_of
from mazefit.tasks.image_folder import PARTS, find_parts, kind_of, read_part

VARIABLE = "MAZEFIT_DATA"


def find_images(known: KnownImages, folder: str | os.PathLike[str] | None = None) -> Path | None:
    """The folder that holds the four files of a known set; None where no place has any of them.

    Args:
        known: the set.
        folder: the only place to look in; None = all the others.

    Raises:
        DataError: the named folder has not all four files; $MAZEFIT_DATA is no folder; a place has some of the files and lacks
            others (the cache apart, where a download goes on).
        ConfigError: `folder` is no path; nothing was found before the cache, and there is no home folder to hold one.
    """
    if folder is not None:
        named = existing_folder(folder, "folder")
        found = next((place for place in _inside(named, known) if _whole(place)), None)
        if found is None:
            raise DataError(f"{named}: expected the four IDX files of {known.title}, got none called {' and '.join(PARTS)}")
        return found
    places: list[Path] = []
    if value := os.environ.get(VARIABLE):
        root = existing_folder(value, f"${VARIABLE}")
        places += [place for place in _inside(root, known) if place != root or _holds(root, known)]
    if known.debian is not None:
        places.append(known.debian)
    if (found := next((place for place in places if _whole(place)), None)) is not None:
        return found
    cached = cache_folder() / known.name
    return cached if len(find_parts(cached)) == len(PARTS) else None


def existing_folder(folder: object, name: str) -> Path:
    """A folder that was named, `~` written out.

    Raises:
        DataError: there is no such folder.
        ConfigError: it is no path.
    """
    if not isinstance(folder, str | os.PathLike) or not str(folder):
        raise ConfigError(f"{name}: expected the path of a folder, got {folder!r}")
    path = Path(folder)
    with suppress(RuntimeError):  # no home folder: ~ stays as it is
        path = path.expanduser()
    if (kind := kind_of(path)) != "folder":
        got = "a file" if kind else "no such folder"
        raise DataError(f"{name}: expected a folder with the four IDX files of a set of images, got {got}: {str(path)!r}")
    return path


def cache_folder() -> Path:
    """The folder of mazefit in the user's cache; it need not be there yet.

    Raises:
        ConfigError: there is neither $XDG_CACHE_HOME nor a home folder.
    """
    given = Path(os.environ.get("XDG_CACHE_HOME", ""))
    if given.is_absolute():  # any other counts as none, says the XDG specification
        return given / "mazefit"
    if sys.platform == "win32" and (local := os.environ.get("LOCALAPPDATA")):
        return Path(local) / "mazefit"
    try:
        home = Path.home()
    except RuntimeError as error:
        raise ConfigError("cache folder: expected a home folder or an absolute path in $XDG_CACHE_HOME, got neither") from error
    return home / {"win32": "AppData/Local", "darwin": "Library/Caches"}.get(sys.platform, ".cache") / "mazefit"


def _inside(root: Path, known: KnownImages) -> Iterator[Path]:
    """Where in a folder the files may lie."""
    yield root / known.name
    yield root / known.folder / "raw"
    yield root


def _whole(place: Path) -> bool:
    """Whether a place has all four files, rather than none of them.

    Raises:
        DataError: it has some of them.
    """
    found = find_parts(place)
    if found and (missing := [part for part in PARTS if part not in found]):
        raise DataError(f"{place}: expected four IDX files, plain or with .gz, got none called {' and '.join(missing)}")
    return bool(found)


def _holds(root: Path, known: KnownImages) -> bool:
    """Whether the files in a folder itself may be this set's: not where its test labels are known to be another's."""
    path = find_parts(root).get(PARTS[3])
    if path is None:
        return True
    try:
        digest = digest_of(read_part(path, 3))
    except DataError:
        return True  # whoever reads it says what is wrong with it
    owner = next((other.name for other in KNOWN.values() if other.digests and other.digests[3] == digest), "")
    return owner == known.name if owner or known.digests else True
