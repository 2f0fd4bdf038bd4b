"""What holds of every command that tells a page and leaves a folder: read by the tests of each."""

import json
import re
from collections.abc import Set
from pathlib import Path

from mazefit.backup.draw.figure import columns


def faults(folder: Path, said: str, complained: str, files: Set[str], kind: str, language: str) -> list[str]:
    """What is wrong with a page and its folder.

    Args:
        folder: where the results are.
        said: what was printed.
        complained: what was printed as errors.
        files: names that should be there; one without an ending is a figure's, one that ends with "/" a folder's.
        kind: the command, such as "mazefit fitting fit".
        language: "en" or "ko".
    """
    pictures = {name for name in files if not set(name) & set("./")}
    rest = {name.rstrip("/") for name in files - pictures}
    expected = {f"{name}.{ending}" for name in pictures for ending in ("png", "svg")} | rest | {"config.json"}
    there = {path.name for path in folder.iterdir()}
    sizes = [(folder / name).stat().st_size for name in there if name.endswith(".png")]
    saved = json.loads((folder / "config.json").read_bytes())
    holds = {
        "nothing was complained of": complained == "",
        "every line fits a terminal": max(columns(line) for line in said.splitlines()) <= 80,
        "it speaks the language": bool(re.search("[가-힣]", said)) == (language == "ko"),
        f"files {sorted(expected)}, not {sorted(there)}": there == expected,
        "the settings are saved": (saved["kind"], saved["flags"]["lang"]) == (kind, language),
        "pictures are painted": all(size > 2_000 for size in sizes),
    }
    return [sentence for sentence, true in holds.items() if not true]
