"""Fitting as acting, in three environments: a door to `mazefit fitting`.

.venv/bin/python scripts/fit_as_agent.py landscape --quick
"""

import sys

try:
    from mazefit.cli import run_command
except ImportError as error:
    print(
        f"fit_as_agent.py: expected mazefit to be installed for {sys.executable}, got none ({error}); "
        "run `make demo` once, then start this with .venv/bin/python",
        file=sys.stderr,
    )
    sys.exit(2)

if __name__ == "__main__":
    sys.exit(run_command("fitting", sys.argv[1:]))
