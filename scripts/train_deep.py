"""A network learns the action values of a maze, the exact ones beside it: a door to `mazefit deep`.

.venv/bin/python scripts/train_deep.py --quick
"""

import sys

try:
    from mazefit.cli import run_command
except ImportError as error:
    print(
        f"train_deep.py: expected mazefit to be installed for {sys.executable}, got none ({error}); "
        "run `make demo` once, then start this with .venv/bin/python",
        file=sys.stderr,
    )
    sys.exit(2)

if __name__ == "__main__":
    sys.exit(run_command("deep", sys.argv[1:]))
