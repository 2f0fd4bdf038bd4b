"""The known model of a planner: the process's tables, flat, as the trace keeps them and as the compiled loops read them."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from mazefit.agents.exact import DENSE_STATES, action_values, solve
from mazefit.agents.reachable import finishing_policy
from mazefit.backup.rule import Model, Tables, check_settings, check_table
from mazefit.envs.tables import TabularMDP

ARRAYS = ("next_state", "reward", "terminated", "probability", "offsets")
_KINDS = {"next_state": np.int32, "reward": np.float64, "terminated": np.bool_, "probability": np.float64, "offsets": np.int64}


def model_of(mdp: TabularMDP, **more: npt.NDArray[Any]) -> dict[str, npt.NDArray[Any]]:
    """The process's tables, flat, and whatever more a planner needs to read its rows, such as the order of a sweep."""
    return {
        "next_state": mdp.next_state.reshape(-1),
        "reward": mdp.reward.reshape(-1),
        "terminated": mdp.terminated.reshape(-1),
        "probability": np.ones(1) if mdp.probability is None else mdp.probability,
        "offsets": np.zeros(1, dtype=np.int64) if mdp.offsets is None else mdp.offsets,
        **more,
    }


def flat(model: Model) -> tuple[Any, ...]:
    """What kernels are given of the process: its five arrays, and whether it is stochastic."""
    return (*(model[name] for name in ARRAYS), len(model["offsets"]) > 1)


def process_of(settings: dict[str, Any], model: Model, *, checked: bool) -> TabularMDP:
    """The process that a model holds."""
    plain = len(model["offsets"]) == 1
    shape = (-1, settings["actions"])
    next_state, reward, terminated = (model[name].reshape(shape) if plain else model[name] for name in ARRAYS[:3])
    return TabularMDP(
        next_state,
        reward,
        terminated,
        start=0,
        probability=None if plain else model["probability"],
        offsets=None if plain else model["offsets"],
        actions=settings["actions"],
        checked=checked,
    )


def look_ahead(settings: dict[str, Any], model: Model, tables: Tables) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """What a planner reports: q [S, A], one step ahead of its values, and v [S]."""
    return action_values(process_of(settings, model, checked=True), tables["v"], settings["discount"]), tables["v"]


def check_process(settings: dict[str, Any], model: Model, tables: Tables) -> None:
    """Refuse settings, a model and values that do not fit each other.

    Raises:
        ValueError: something is missing, of the wrong type, or out of range.
    """
    check_settings(settings, {"actions": 1, "states": 1}, ("discount",))
    check_table("v", tables.get("v"), settings["states"])
    for name, kind in _KINDS.items():
        check_array(name, model, kind)
    mdp = process_of(settings, model, checked=False)
    if mdp.states != settings["states"]:
        raise ValueError(f"model: expected {settings['states']} states, got {mdp.states}")


def check_array(name: str, model: Mapping[str, npt.NDArray[Any]], kind: Any) -> None:
    """Refuse an array of the model that is not flat and of its type.

    Raises:
        ValueError: it is something else.
    """
    if model[name].dtype != kind or model[name].ndim != 1:
        raise ValueError(f"model {name}: expected a flat {np.dtype(kind)} array, got another")


def check_states(name: str, states: npt.NDArray[Any], count: int) -> None:
    """Refuse numbers that are not states of a process of `count`.

    Raises:
        ValueError: one is out of range.
    """
    if len(states) and not 0 <= states.min() <= states.max() < count:
        raise ValueError(f"{name}: expected states from 0 to {count - 1}, got others")


def start_values(mdp: TabularMDP, discount: float) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int32]]:
    """Values [S] to begin with, and the states to sweep: 0, but -inf (and left out) where no episode can end."""
    finite = np.ones(mdp.states, dtype=np.bool_)
    if discount == 1.0 and (mdp.deterministic or mdp.states <= DENSE_STATES):
        finite = ~solve(mdp, 1.0).unreachable
    elif discount == 1.0:
        finite = finishing_policy(mdp)[0]
    v = np.where(finite, 0.0, -np.inf)
    return v, np.flatnonzero(finite & ~mdp.absorbing).astype(np.int32)
