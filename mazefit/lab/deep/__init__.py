"""The deep value agent as a command."""
