"""Draw the textbook backup diagram of an algorithm: a door to `mazefit diagram`.

.venv/bin/python scripts/draw_diagram.py q-learning
"""

import sys

try:
    from mazefit.cli import run_command
except ImportError as error:
    print(
        f"draw_diagram.py: expected mazefit to be installed for {sys.executable}, got none ({error}); "
        "run `make demo` once, then start this with .venv/bin/python",
        file=sys.stderr,
    )
    sys.exit(2)

if __name__ == "__main__":
    sys.exit(run_command("diagram", sys.argv[1:]))
