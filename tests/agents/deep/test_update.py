"""The update by hand is PyTorch's own, and both are that of a few plain lines."""

from copy import deepcopy
from typing import Any

import numpy as np
import pytest
import torch
from gymnasium import spaces
from torch import nn

from mazefit.agents.deep.compiled_core import CompiledCore
from mazefit.agents.deep.core import Core, Settings
from mazefit.agents.deep.networks import Dense
from mazefit.agents.deep.observations import Observations
from mazefit.agents.deep.replay_buffer import TERMINATED, ReplayBuffer
from mazefit.training import SGD, Adam, RMSprop
from mazefit.training.device import Choice

CPU = torch.device("cpu")
SPACES = {
    "numbers": spaces.Discrete(11),
    "reals": spaces.Box(-2.0, 2.0, (3,), np.float32),
    "pairs": spaces.MultiDiscrete([4, 5]),
}
WAYS = {
    "plain": {},
    "double": {"double": True},
    "dueling": {"dueling": True},
    "all": {"double": True, "dueling": True, "n_step": 3},
    "mse": {"loss": "mse", "clip_norm": None},
    "clipped": {"clip_norm": 0.05},
}


def made(
    space: Any, kind: type[Core], precision: str, optimizer: Any, network: Dense, **changed: Any
) -> tuple[Core, ReplayBuffer]:
    plain: dict[str, Any] = {
        "actions": 4, "discount": 0.9, "double": False, "dueling": False, "n_step": 1, "loss": "huber", "clip_norm": 10.0,
        "batch_size": 16,
    }  # fmt: skip
    settings = Settings(**{**plain, **changed})
    seen = Observations(space)
    torch.manual_seed(0)
    module = network(space, 4 + settings.dueling)
    core = kind(module, seen, settings, optimizer, Choice(CPU, "", precision))
    with torch.no_grad():
        core.target.values.mul_(1.1)  # another network than the online one
    return core, ReplayBuffer(60, seen, 1, settings.n_step, CPU, core.native)


def fill(buffer: ReplayBuffer, space: Any) -> None:
    space.seed(1)
    draw = np.random.default_rng(2)
    seen = buffer_rows = [np.array(space.sample())[None] for _ in range(61)]
    for k in range(60):
        flags = np.array([TERMINATED if draw.random() < 0.2 else 0], np.uint8)
        buffer.add(seen[k], draw.integers(4, size=1), draw.normal(size=1) * 3, buffer_rows[k + 1], flags, k)


def plainly(core: Core, buffer: ReplayBuffer, uniforms: Any, updates: int, clip: float | None) -> nn.Module:
    """The same updates as everybody writes them."""
    s = core.settings
    online, target = deepcopy(core.online.module), deepcopy(core.target.module)
    optimizer = core.optimizer.torch(online.parameters())

    def q(module: nn.Module, kept: Any) -> torch.Tensor:
        out = module(core.observations.encoded(torch.as_tensor(kept)))
        return out[:, :1] + out[:, 1:] - out[:, 1:].mean(1, keepdim=True) if s.dueling else out

    for update in range(updates):
        batch = buffer.sample(uniforms[update])
        with torch.no_grad():
            values = q(target, batch.arrivals)
            best = q(online, batch.arrivals).argmax(1) if s.double else values.argmax(1)
            y = values.gather(1, best[:, None])[:, 0].double() * torch.as_tensor(batch.live)
            for k in reversed(range(s.n_step)):
                there = torch.as_tensor(batch.inside[k]) > 0
                y = torch.where(there, torch.as_tensor(batch.rewards[k]) + s.discount * y, y)
        predicted = q(online, batch.states).gather(1, torch.as_tensor(batch.actions)[:, None])[:, 0]
        y = y.to(predicted.dtype)
        loss = nn.functional.smooth_l1_loss(predicted, y) if s.loss == "huber" else ((predicted - y) ** 2).mean() / 2
        optimizer.zero_grad()
        loss.backward()
        if clip is not None:
            torch.nn.utils.clip_grad_norm_(online.parameters(), clip)
        optimizer.step()
    return online


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("space", SPACES)
@pytest.mark.parametrize("kind", [Core, CompiledCore])
def test_updates_are_those_of_plain_pytorch(kind: type[Core], space: str, way: str) -> None:
    core, buffer = made(SPACES[space], kind, "float64", Adam(0.01), Dense((8, 6)), **WAYS[way])
    fill(buffer, SPACES[space])
    uniforms = np.random.default_rng(3).random((12, 16))
    expected = plainly(core, buffer, uniforms, 12, core.settings.clip_norm)
    before = core.online.values.clone()
    for each in uniforms:
        core.update(buffer.sample(each))
    assert float((core.online.values - before).abs().max()) > 0.01
    for own, its in zip(core.online.module.parameters(), expected.parameters(), strict=True):
        torch.testing.assert_close(own.data, its.data, rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize("optimizer", [Adam(0.01), RMSprop(0.01, momentum=0.5), SGD(0.05, momentum=0.9, nesterov=True)])
@pytest.mark.parametrize("kind", [Core, CompiledCore])
def test_every_optimizer_in_single_precision_with_tanh(kind: type[Core], optimizer: Any) -> None:
    core, buffer = made(SPACES["reals"], kind, "float32", optimizer, Dense((8,), "tanh"))
    fill(buffer, SPACES["reals"])
    uniforms = np.random.default_rng(3).random((6, 16))
    expected = plainly(core, buffer, uniforms, 6, 10.0)
    for each in uniforms:
        core.update(buffer.sample(each))
    for own, its in zip(core.online.module.parameters(), expected.parameters(), strict=True):
        torch.testing.assert_close(own.data, its.data, rtol=2e-4, atol=2e-5)


@pytest.mark.parametrize("kind", [Core, CompiledCore])
def test_the_target_network_follows_by_its_share(kind: type[Core]) -> None:
    core, _ = made(SPACES["numbers"], kind, "float64", Adam(), Dense((5,)))
    online, target = core.online.values.clone(), core.target.values.clone()
    core.follow(0.25)
    torch.testing.assert_close(core.target.values, target + 0.25 * (online - target))
    core.follow(1.0)
    assert torch.equal(core.target.values, online)
    seen = torch.arange(11)
    assert torch.equal(core._q(core.target.module, seen), core._q(core.online.module, seen))


def test_acting_by_hand_sees_the_same_values() -> None:
    core, _ = made(SPACES["numbers"], CompiledCore, "float32", Adam(), Dense((8, 6)))
    states = np.arange(11)
    assert core.greedy(states).tolist() == Core.greedy(core, states).tolist()
    assert core.greedy(states[3:4]).tolist() == Core.greedy(core, states[3:4]).tolist()
