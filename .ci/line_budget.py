"""The line budget: files of mazefit have a median of at most 150 lines, a 90th percentile of at most 300, and a cap of 400."""

import sys
from pathlib import Path
from statistics import median, quantiles

ROOT = Path(__file__).parent.parent
FOLDERS = ("mazefit", "scripts", "benchmarks", "book", "tests", ".ci")


def main() -> int:
    """Print the budget and return 1 where it is overdrawn."""
    lines = {path: path.read_text(encoding="utf-8").count("\n") for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")}
    package = [count for path, count in lines.items() if path.is_relative_to(ROOT / "mazefit") and count > 3]
    middle, ninth, longest = median(package), quantiles(package, n=10)[-1], max(lines, key=lambda path: lines[path])
    print(f"{len(package)} files of mazefit: median {middle:g} lines (at most 150), 90th percentile {ninth:g} (at most 300)")
    print(f"longest file: {longest.relative_to(ROOT)} with {lines[longest]} lines (at most 400)")
    return int(middle > 150 or ninth > 300 or lines[longest] > 400)


if __name__ == "__main__":
    sys.exit(main())
