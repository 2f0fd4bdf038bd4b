"""`python -m mazefit` is the `mazefit` command."""

import sys

from mazefit.cli import main

sys.exit(main())
