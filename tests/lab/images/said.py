"""What a command has said, without the breaks of its lines."""

import re


def one_line(said: str) -> str:
    """All lines as one, and all blanks alike; what was broken between two words is whole again."""
    return re.sub(r"\n *", " ", said).replace("\N{NO-BREAK SPACE}", " ")


def squeezed(said: str) -> str:
    """Without any blanks: a long path is broken in its middle."""
    return re.sub(r"\s+", "", said)
