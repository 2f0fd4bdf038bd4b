"""What fits parameters: update rules, the trainer, many fits at once.

Names are loaded when they are first used: the optimizers need no PyTorch.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mazefit.training.device import Choice, pick_device
    from mazefit.training.distributed import is_first_process
    from mazefit.training.dropout import Dropout
    from mazefit.training.early_stopping import EarlyStopping
    from mazefit.training.events import Event
    from mazefit.training.history import History
    from mazefit.training.learning_rate import LearningRate
    from mazefit.training.logs import CSVLog, JSONLLog, TensorBoard
    from mazefit.training.many import StudyInterrupted, fit_many
    from mazefit.training.optimizers import SGD, Adam, RMSprop
    from mazefit.training.place import TrainingInterrupted
    from mazefit.training.progress import ProgressBar
    from mazefit.training.saving import Checkpoint
    from mazefit.training.study import Study
    from mazefit.training.trainer import Trainer

__all__ = [
    "SGD",
    "Adam",
    "CSVLog",
    "Checkpoint",
    "Choice",
    "Dropout",
    "EarlyStopping",
    "Event",
    "History",
    "JSONLLog",
    "LearningRate",
    "ProgressBar",
    "RMSprop",
    "Study",
    "StudyInterrupted",
    "TensorBoard",
    "Trainer",
    "TrainingInterrupted",
    "fit_many",
    "is_first_process",
    "pick_device",
]

_PLACES = {
    "SGD": "optimizers",
    "Adam": "optimizers",
    "RMSprop": "optimizers",
    "CSVLog": "logs",
    "Checkpoint": "saving",
    "Choice": "device",
    "Dropout": "dropout",
    "EarlyStopping": "early_stopping",
    "Event": "events",
    "History": "history",
    "JSONLLog": "logs",
    "LearningRate": "learning_rate",
    "ProgressBar": "progress",
    "Study": "study",
    "StudyInterrupted": "many",
    "TensorBoard": "logs",
    "Trainer": "trainer",
    "TrainingInterrupted": "place",
    "fit_many": "many",
    "is_first_process": "distributed",
    "pick_device": "device",
}


def __getattr__(name: str) -> Any:
    if name in _PLACES:
        return getattr(importlib.import_module(f"mazefit.training.{_PLACES[name]}"), name)
    raise AttributeError(f"module 'mazefit.training' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
