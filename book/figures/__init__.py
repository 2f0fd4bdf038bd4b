"""The figures, one file for a few that belong together."""
