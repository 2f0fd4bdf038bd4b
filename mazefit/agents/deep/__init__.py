"""A deep value agent: DQN with Double, dueling and n-step targets, on any Gymnasium environment with discrete actions."""

from mazefit.agents.deep.checkpoint import is_there, load_run
from mazefit.agents.deep.dqn import DQN
from mazefit.agents.deep.events import Event
from mazefit.agents.deep.grid_network import RecurrentGrid
from mazefit.agents.deep.networks import Convolutional, Dense
from mazefit.agents.deep.replay_buffer import ReplayBuffer
from mazefit.agents.deep.run import DeepRun
from mazefit.agents.deep.tables import value_table
from mazefit.agents.deep.trace import DeepTrace

__all__ = [
    "DQN",
    "Convolutional",
    "DeepRun",
    "DeepTrace",
    "Dense",
    "Event",
    "RecurrentGrid",
    "ReplayBuffer",
    "is_there",
    "load_run",
    "value_table",
]
