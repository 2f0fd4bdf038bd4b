"""Tell ten classes of images apart, by a network made of basic tensors: a door to `mazefit classifier`.

.venv/bin/python scripts/train_classifier.py --quick
"""

import sys

try:
    from mazefit.cli import run_command
except ImportError as error:
    print(
        f"train_classifier.py: expected mazefit to be installed for {sys.executable}, got none ({error}); "
        "run `make demo` once, then start this with .venv/bin/python",
        file=sys.stderr,
    )
    sys.exit(2)

if __name__ == "__main__":
    sys.exit(run_command("classifier", sys.argv[1:]))
