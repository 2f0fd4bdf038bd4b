"""Deep runs on disk: everything that is needed to go on with the same bytes, in one folder that is whole or not there.

`run-….json` holds the agent, spaces, choices and counts; `tensors-….safetensors` both networks, the optimizer's moments and the
replay buffer; `.npy` files the returns, the course, and the trace, where there is one. Every byte is checked by SHA-256 before
any is used, and nothing that is read can run code.
"""

import platform
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from mazefit.agents.catalogue import build
from mazefit.agents.deep.core import as_numpy
from mazefit.agents.deep.networks import Factory, build_network
from mazefit.agents.deep.run import COURSE, DeepRun
from mazefit.agents.deep.spaces import build_space, describe_space
from mazefit.agents.deep.trace import DeepTrace
from mazefit.backup.trace import TraceOptions
from mazefit.errors import ConfigError, DataError, DeviceError, MazefitError
from mazefit.files import MANIFEST, as_path, read_folder, write_folder
from mazefit.training.device import Choice, pick_device
from mazefit.training.door import OURS
from mazefit.training.trees import put_together, take_apart
from mazefit.version import __version__

if TYPE_CHECKING:
    from mazefit.agents.deep.dqn import DQN

KIND = "deep-run"


def is_there(folder: str | Path) -> bool:
    """Whether a folder holds a run that was saved whole.

    Raises:
        ConfigError: it is not a path.
    """
    return (as_path(folder) / MANIFEST).exists()


def content_of(run: DeepRun) -> dict[str, Any]:
    """A run as plain JSON, tensors by name and arrays: copies, all of it."""
    core, tensors = run.core, dict[str, Tensor]()
    parts: dict[str, Any] = {
        "model": dict(core.online.module.state_dict()),
        "target": dict(core.target.module.state_dict()),
        "moments": core.kept_moments(),
        "buffer": run.buffer.kept(),
        "place": run.place,
    }
    try:
        state = {name: take_apart(part, tensors, name) for name, part in parts.items()}
    except TypeError as error:
        raise ConfigError(f"checkpoint: {error}") from error
    about = {
        "agent": run.algorithm.described(),
        "space": describe_space(core.observations.space),
        "actions": core.settings.actions,
        "envs": len(run.gains),
        "environment": run.environment,
        "seed": run.seed,
        "choice": core.choice.described(),
        "counts": {"steps": run.steps, "ticks": run.ticks, "updates": run.updates},
        "state": state,
        "traced": run.trace is not None,
        "written by": {
            "mazefit": __version__, "torch": str(torch.__version__), "numpy": np.__version__, "machine": platform.machine(),
        },
    }  # fmt: skip
    course = run.course
    content: dict[str, Any] = {
        "run": about,
        "tensors": tensors,
        "returns": run.returns,
        "lengths": run.lengths,
        "ends": run.ends,
        "course": np.array([course[name] for name in COURSE]),
        "gains": run.gains.copy(),
        "counts": run.counts.copy(),
    }
    if run.trace is not None:
        content |= {f"trace.{name}": part for name, part in run.trace.kept().items()}
    return content


def save(run: DeepRun, folder: str | Path) -> None:
    """Write a run as it stands.

    Raises:
        OutputError: the folder cannot be written.
    """
    from safetensors.torch import save as to_safetensors

    content = content_of(run)
    write_folder(folder, KIND, {**content, "tensors": to_safetensors(content["tensors"])})


def load(folder: str | Path, network: Factory | None = None) -> DeepRun:
    """Read a run that `save` wrote; see `DeepRun.load`."""
    content, where = _read(folder)
    try:
        learner = _learner(content["run"]["agent"], network, where)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        if isinstance(error, MazefitError):
            raise
        raise _foreign(where, error) from error
    return restored(content, learner, where)


def load_run(folder: str | Path, learner: "DQN") -> DeepRun:
    """Read a run that `save` wrote, of an agent whose network or optimizer is a function: given again as it was.

    Raises:
        ConfigError: it is another agent.
        DataError, DeviceError: as of `DeepRun.load`.
    """
    content, where = _read(folder)
    try:
        described = dict(content["run"]["agent"])
    except (KeyError, TypeError, ValueError) as error:
        raise _foreign(where, error) from error
    if described != learner.described():
        raise ConfigError(f"learner: expected the agent of {where}, {described}, got {learner.described()}")
    return restored(content, learner, where)


def restored(content: dict[str, Any], learner: "DQN", where: str) -> DeepRun:
    """A run out of what `content_of` made of it.

    Raises:
        DataError: it did not make this.
        ConfigError, DeviceError: network or device are other ones.
    """
    from mazefit.agents.deep.start import make_run

    try:
        about, tensors = content["run"], content["tensors"]
        chosen = _choice(about["choice"])
        run = make_run(
            learner,
            build_space(about["space"]),
            about["actions"],
            about["envs"],
            str(about["environment"]),
            about["seed"],
            chosen,
        )
        state = {name: put_together(tree, tensors) for name, tree in about["state"].items()}
        for weights, name in ((run.core.online, "model"), (run.core.target, "target")):
            weights.module.load_state_dict(state[name])
        run.core.restore_moments({name: _as_array(part, run.core.native) for name, part in state["moments"].items()})
        run.buffer.restore(state["buffer"])
        run.place = state["place"]
        run.steps, run.ticks, run.updates = (int(about["counts"][name]) for name in ("steps", "ticks", "updates"))
        run.take_up(content)
        if about["traced"]:
            kept = {name.removeprefix("trace."): part for name, part in content.items() if name.startswith("trace.")}
            header, ring = dict(kept["header"]), kept["header"]["ring"]
            for name in ("ring", "first", "end"):
                header.pop(name)
            run.trace = DeepTrace(run.core.settings, run.core.observations, header, TraceOptions(ring=ring))
            run.trace.restore(kept)
        return run
    except (LookupError, TypeError, ValueError, AttributeError, RuntimeError, AssertionError, OverflowError) as error:
        if isinstance(error, MazefitError):
            raise
        raise _foreign(where, error) from error


def _read(folder: str | Path) -> tuple[dict[str, Any], str]:
    """A folder's content, its tensors read.

    Raises:
        DataError: it is damaged, or holds something else.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load as from_safetensors

    content, where = read_folder(folder, KIND), str(folder)
    try:
        content["tensors"] = from_safetensors(content["tensors"])
    except (KeyError, TypeError, ValueError, SafetensorError) as error:
        raise _foreign(where, error) from error
    return content, where


def _foreign(where: str, error: Exception) -> DataError:
    return DataError(f"{where}: expected a deep run as mazefit saves it, got other content ({error})")


def _learner(about: dict[str, Any], network: Factory | None, where: str) -> "DQN":
    """The agent that `DQN.described` described."""
    from mazefit.agents.deep.dqn import DQN

    plain = dict(about)
    optimizer, policy, net = (plain.pop(name) for name in ("optimizer", "policy", "network"))
    if "factory" in optimizer:
        raise ConfigError(
            f"optimizer: expected the function {optimizer['factory']} again, which {where} was learned with, got none; load it "
            "with load_run(folder, learner)"
        )
    ours = OURS[optimizer["name"]](**{name: value for name, value in optimizer.items() if name != "name"})
    made = network if net is None else build_network(net, network, where)
    return DQN(network=made, optimizer=ours, policy=build(policy), **plain)


def _choice(about: dict[str, Any]) -> Choice:
    """The device as it was, if it is here.

    Raises:
        DeviceError: it is not.
    """
    try:
        device = pick_device(about["device"]).device
    except DeviceError as error:
        raise DeviceError(f"device: expected {about['device']} to be there, which the run was learned on ({error})") from error
    precision, backend = str(about["precision"]), str(about["backend"])
    return Choice(device, f"{device}: as in the checkpoint", precision, backend, int(about["threads"]))


def _as_array(part: Any, native: bool) -> Any:
    return as_numpy(part) if native and isinstance(part, Tensor) else part
