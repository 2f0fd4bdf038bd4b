"""The worlds of the textbook as tables."""
