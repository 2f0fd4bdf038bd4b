"""Run the tests against the installed wheel, from a folder outside the checkout."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
NEEDS_CHECKOUT = ("test_scripts.py", "test_readme.py", "test_docs.py", "test_benchmarks.py", "book")
OF_NUMBERS = (
    "test_every_learner.py",
    "test_identities.py",
    "test_planted_bugs.py",
    "test_maze_vector_*.py",
    "test_fit_*.py",
)  # the same wherever the package lies
FOLDERS_OF_NUMBERS = (
    "agents", "learning", "backup", "training", "supervised", "regression", "classifier", "autoencoder", "embedding", "images",
    "download", "deep", "fitting",
)  # fmt: skip


def left_out(folder: str, names: list[str]) -> set[str]:
    """What is not tested again: what needs the checkout, and the numbers of learners, traces and fits: minutes there."""
    found = set(shutil.ignore_patterns("__pycache__", *NEEDS_CHECKOUT, *OF_NUMBERS)(folder, names))
    tests = {name for name in names if name.startswith("test_")}
    return found | (tests if Path(folder).name in FOLDERS_OF_NUMBERS else set())


def main(site: Path) -> int:
    """Copy the tests away, put the wheel's files first on the path, and run them there."""
    with tempfile.TemporaryDirectory() as folder:
        away = Path(folder)
        shutil.copytree(ROOT / "tests", away / "tests", ignore=left_out)
        shutil.copy(ROOT / "pyproject.toml", away)
        env = {**os.environ, "PYTHONPATH": str(site.resolve())}
        where = "import mazefit, sys; print(mazefit.__file__)"
        found = subprocess.run([sys.executable, "-c", where], cwd=away, env=env, capture_output=True, text=True, check=True)
        if not Path(found.stdout.strip()).is_relative_to(site.resolve()):
            print(f"expected mazefit from {site}, got {found.stdout.strip()}", file=sys.stderr)
            return 1
        print("the tests again, on the installed wheel, outside the checkout, but for numbers of learners, traces and fits:")
        return subprocess.run([sys.executable, "-m", "pytest", "-n", "2"], cwd=away, env=env, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
