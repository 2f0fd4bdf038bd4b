"""Walk a maze with the keyboard and see every number: a door to `mazefit play`.

python scripts/step_maze.py --maze tutorial
"""

import sys

from mazefit.cli import run_command

if __name__ == "__main__":
    sys.exit(run_command("play", sys.argv[1:], "python scripts/step_maze.py"))
