"""Fitting as something that agents do: the three fitting environments as commands, what they say, and what they leave."""
