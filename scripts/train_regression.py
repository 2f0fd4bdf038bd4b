"""Fit the points of a tutorial, with the exact truth beside the fit: a door to `mazefit regression`.

.venv/bin/python scripts/train_regression.py sine --quick
"""

import sys

try:
    from mazefit.cli import run_command
except ImportError as error:
    print(
        f"train_regression.py: expected mazefit to be installed for {sys.executable}, got none ({error}); "
        "run `make demo` once, then start this with .venv/bin/python",
        file=sys.stderr,
    )
    sys.exit(2)

if __name__ == "__main__":
    sys.exit(run_command("regression", sys.argv[1:]))
