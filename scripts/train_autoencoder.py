"""Images to a few numbers and back, PCA beside it: a door to `mazefit autoencoder`.

.venv/bin/python scripts/train_autoencoder.py --quick
"""

import sys

try:
    from mazefit.cli import run_command
except ImportError as error:
    print(
        f"train_autoencoder.py: expected mazefit to be installed for {sys.executable}, got none ({error}); "
        "run `make demo` once, then start this with .venv/bin/python",
        file=sys.stderr,
    )
    sys.exit(2)

if __name__ == "__main__":
    sys.exit(run_command("autoencoder", sys.argv[1:]))
