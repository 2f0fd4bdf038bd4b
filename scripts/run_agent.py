"""Let an agent learn a maze; certify what it learned, and draw it: a door to `mazefit run`.

python scripts/run_agent.py --maze tutorial
"""

import sys

from mazefit.cli import run_command

if __name__ == "__main__":
    sys.exit(run_command("run", sys.argv[1:], "python scripts/run_agent.py"))
