"""Optimizers as agents: they act in `mazefit/Fit-v0`, and every update of every parameter can be traced, replayed and drawn.

Adam(step_size=0.07).learn("line", seed=0, trace=True).trace[-1].draw("text")
"""

from mazefit.agents.fitting.adam import Adam
from mazefit.agents.fitting.control_study import ControlStudy, control_study
from mazefit.agents.fitting.gradient_descent import GradientDescent
from mazefit.agents.fitting.momentum import Momentum
from mazefit.agents.fitting.rmsprop import RMSprop
from mazefit.agents.fitting.walk import FitRun

__all__ = ["Adam", "ControlStudy", "FitRun", "GradientDescent", "Momentum", "RMSprop", "control_study"]
