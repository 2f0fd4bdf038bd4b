"""Let an agent learn a maze; certify what it learned, and draw it: a door to `mazefit run`.

.venv/bin/python scripts/run_agent.py --maze tutorial
"""

import sys

try:
    from mazefit.cli import run_command
except ImportError as error:
    print(
        f"run_agent.py: expected mazefit to be installed for {sys.executable}, got none ({error}); "
        "run `make demo` once, then start this with .venv/bin/python",
        file=sys.stderr,
    )
    sys.exit(2)

if __name__ == "__main__":
    sys.exit(run_command("run", sys.argv[1:]))
