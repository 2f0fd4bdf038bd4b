"""What an update was: its spec, its trace, its tree and its picture."""

from mazefit.backup.parameter import FITTING
from mazefit.backup.rule import Rule, register
from mazefit.backup.spec import BackupSpec
from mazefit.backup.textbook import TEXTBOOK
from mazefit.backup.trace import Trace, TraceOptions
from mazefit.backup.tree import Backup, Component, Edge, Node, Write

__all__ = [
    "FITTING",
    "TEXTBOOK",
    "Backup",
    "BackupSpec",
    "Component",
    "Edge",
    "Node",
    "Rule",
    "Trace",
    "TraceOptions",
    "Write",
    "register",
]
