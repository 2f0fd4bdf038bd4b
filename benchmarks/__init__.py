"""The speed of mazefit beside that of its peers, measured in one run: `python -m benchmarks`, or `make bench`."""
