"""Codes of many numbers as a map in two or three: how it is made, how good it is, new points on it, and its files."""
