"""How a run begins: the network is built under the seed, device, precision and backend are chosen, the buffer is made."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import torch

from mazefit.agents.deep.compiled_core import CompiledCore, obstacle
from mazefit.agents.deep.core import Core, Settings
from mazefit.agents.deep.networks import default_network, see_answer
from mazefit.agents.deep.observations import Observations
from mazefit.agents.deep.replay_buffer import ReplayBuffer
from mazefit.agents.deep.run import DeepRun
from mazefit.errors import ConfigError
from mazefit.training.device import LOGGER, Choice, pick_device, pick_precision
from mazefit.training.seeds import built

if TYPE_CHECKING:
    from mazefit.agents.deep.dqn import DQN
    from mazefit.agents.deep.environments import Ground


def begin_run(learner: "DQN", ground: "Ground", seed: int) -> DeepRun:
    """A run of no steps."""
    return make_run(learner, ground.space, ground.actions, ground.count, ground.digest, seed)


def make_run(
    learner: "DQN", space: Any, actions: int, envs: int, environment: str, seed: int, chosen: Choice | None = None
) -> DeepRun:
    """A run of no steps, on so many environments of these spaces.

    Args:
        learner: the agent.
        space: observations of one environment.
        actions: how many there are.
        envs: how many environments step together.
        environment: what the run calls them.
        seed: of all randomness.
        chosen: device, precision and backend of a run that is taken up; None = by the agent's parameters.

    Raises:
        ConfigError: network, buffer or backend do not fit.
        DeviceError: the device is not there.
    """
    check_buffer(learner, envs)
    observations = Observations(space)
    factory = learner.network or default_network(space)
    outputs = actions + 1 if learner.dueling else actions
    module = built(lambda: factory(space, outputs), seed, "network")
    see_answer(module, observations.encoded(torch.zeros((2, *observations.shape), dtype=torch.int64)), outputs)
    settings = Settings(
        actions, learner.discount, learner.double, learner.dueling, learner.n_step, learner.loss, learner.clip_norm,
        learner.batch_size,
    )  # fmt: skip
    choice = chosen or _choose(learner, module)
    kind, choice = _backend(learner, module, observations, choice, chosen is not None)
    core = kind(module, observations, settings, learner.optimizer, choice)
    buffer = ReplayBuffer(learner.buffer_size, observations, envs, learner.n_step, choice.device, core.native)
    return DeepRun(learner, seed, environment, core, buffer, envs)


def _choose(learner: "DQN", module: torch.nn.Module) -> Choice:
    """Device and precision, by the rules of the trainer."""
    weights = sum(parameter.numel() for parameter in module.parameters())
    choice = pick_device(learner.device, weights * learner.batch_size)
    precision, why = pick_precision(learner.precision, choice.device, torch.float32, weights)
    return replace(choice, precision=precision, reason=f"{choice.reason}; {precision}: {why}")


def _backend(
    learner: "DQN", module: torch.nn.Module, observations: Observations, choice: Choice, taken_up: bool
) -> tuple[type[Core], Choice]:
    """By hand where it is asked for or can be, else PyTorch.

    Raises:
        ConfigError: "compiled" is asked for, or was before, and cannot be.
    """
    wanted = choice.backend if taken_up else learner.backend
    why_not = obstacle(module, observations, learner.optimizer, choice)
    if wanted == "compiled" and why_not:
        raise ConfigError(f"backend: expected 'auto' or 'torch' for {why_not}, got 'compiled'")
    by_hand = wanted == "compiled" or (wanted == "auto" and not why_not)
    if taken_up:
        return (CompiledCore if by_hand else Core), choice
    if by_hand:
        why = "as asked for" if wanted == "compiled" else "a stack of linear layers on the CPU"
    else:
        why = "as asked for" if wanted == "torch" else f"the compiled one is not for {why_not}"
    name = "compiled" if by_hand else "torch"
    choice = replace(choice, backend=name, reason=f"{choice.reason}; backend {name}: {why}")
    LOGGER.info("%s", choice)
    return (CompiledCore if by_hand else Core), choice


def check_buffer(learner: "DQN", count: int) -> None:
    """Refuse a buffer that does not hold a minibatch, or n + 1 steps of all environments.

    Raises:
        ConfigError: it does not.
    """
    least = max(learner.batch_size, (learner.n_step + 1) * count)
    if learner.buffer_size < least:
        raise ConfigError(
            f"buffer_size: expected {least} rows at least, for minibatches of {learner.batch_size} and {learner.n_step + 1} "
            f"steps of {count} environments, got {learner.buffer_size}"
        )
