"""A backup diagram as something that is saved like a figure."""

from typing import Any

from mazefit.words import Language


class DrawnBackup:
    """One backup, to be written beside figures.

    Args:
        backup: what is drawn.
        language: of its words.
    """

    def __init__(self, backup: Any, language: Language) -> None:
        self.backup, self.language = backup, language

    def savefig(self, file: Any, *, format: str, **_: object) -> None:
        """Write it to a file: "png" or "svg"."""
        drawing = self.backup.draw(format, lang=self.language)
        file.write(drawing.encode() if isinstance(drawing, str) else drawing)
