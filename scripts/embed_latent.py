"""A map of what an autoencoder makes of images: a door to `mazefit embed`.

.venv/bin/python scripts/embed_latent.py --quick
"""

import sys

try:
    from mazefit.cli import run_command
except ImportError as error:
    print(
        f"embed_latent.py: expected mazefit to be installed for {sys.executable}, got none ({error}); "
        "run `make demo` once, then start this with .venv/bin/python",
        file=sys.stderr,
    )
    sys.exit(2)

if __name__ == "__main__":
    sys.exit(run_command("embed", sys.argv[1:]))
