"""Lines that fit a terminal: counted in columns, of which a Korean letter takes two."""

from mazefit.backup.draw.figure import columns


def pad(text: str, width: int) -> str:
    """The text, and spaces up to `width` columns."""
    return text + " " * (width - columns(text))


def cut(text: str, width: int) -> str:
    """The text, or as much of it as fits `width` columns with an ellipsis."""
    if columns(text) <= width:
        return text
    kept = ""
    for letter in text:
        if columns(kept + letter) > width - 1:
            break
        kept += letter
    return kept + "…" * (width > 0)


def wrap(text: str, width: int, indent: int = 0) -> list[str]:
    """The text in lines of at most `width` columns, broken at spaces; all but the first begin with `indent` spaces.

    What is longer than a line, such as a path, is broken where the line ends: nothing of it is lost.
    """
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        longer = f"{line} {word}" if line.strip() else line + word
        if line.strip() and columns(longer) > width:
            lines.append(line)
            longer = " " * indent + word
        line = longer
    return [part for line in [*lines, line] for part in _parts(line, width)]


def _parts(line: str, width: int) -> list[str]:
    """A line in as many as it needs, of at most `width` columns each."""
    if columns(line) <= width or width < 2:  # a Korean letter takes two
        return [cut(line, width)]
    parts = [""]
    for letter in line:
        if columns(parts[-1] + letter) > width:
            parts.append("")
        parts[-1] += letter
    return parts
