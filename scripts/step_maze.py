"""Walk a maze with the keyboard and see every number: a door to `mazefit play`.

.venv/bin/python scripts/step_maze.py --maze tutorial
"""

import sys

try:
    from mazefit.cli import run_command
except ImportError as error:
    print(
        f"step_maze.py: expected mazefit to be installed for {sys.executable}, got none ({error}); "
        "run `make demo` once, then start this with .venv/bin/python",
        file=sys.stderr,
    )
    sys.exit(2)

if __name__ == "__main__":
    sys.exit(run_command("play", sys.argv[1:]))
