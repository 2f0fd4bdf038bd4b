"""Planners: one algorithm, one file."""
