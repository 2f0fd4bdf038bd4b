"""Gradient descent, momentum, RMSprop and Adam as agents: by hand, against PyTorch's, and what they refuse."""

import math

import gymnasium
import numpy as np
import pytest
import torch
from torch.nn import functional

from mazefit import training
from mazefit.agents.fitting import Adam, GradientDescent, Momentum, RMSprop
from mazefit.envs import FitEnv, MazeEnv
from mazefit.errors import ConfigError, UnsupportedEnvError
from tests.envs.fit_torch import torch_network

THEIRS = {
    GradientDescent: lambda w, rate: torch.optim.SGD(w, rate),
    Momentum: lambda w, rate: torch.optim.SGD(w, rate, momentum=0.9),
    RMSprop: lambda w, rate: torch.optim.RMSprop(w, rate),
    Adam: lambda w, rate: torch.optim.Adam(w, rate),
}
KINDS = list(THEIRS)
# Step sizes at which a fit is not chaotic: where rounding grows, PyTorch begun one bit away parts from itself just so.
RATES = {"line": (0.01, 0.01, 0.01, 0.07), "descent": (0.1, 0.01, 0.01, 0.1), "sine": (0.1, 0.1, 0.01, 0.01),
         "curve": (0.005, 0.005, 0.002, 0.01), "waves": (0.001, 0.0001, 0.002, 0.002)}  # fmt: skip
STEPS = {"line": 500, "descent": 300, "sine": 500, "curve": 500, "waves": 40}
X, Y = np.array([-1.0, 1.0]), np.array([-1.0, 1.0])  # y = x: at w = b = 0 the loss is 1, ∂w = -2, ∂b = 0


def flat(model: torch.nn.Module) -> np.ndarray:
    return torch.nn.utils.parameters_to_vector(model.parameters()).detach().numpy()


# -- by hand ------------------------------------------------------------------------------------------------------------------


def path(agent: object, steps: int) -> list[float]:
    run = agent.learn(FitEnv((X, Y)), steps=steps, start=[0.0, 0.0])
    assert not run.path[:, 1].any()
    return run.path[:, 0].tolist()


def test_gradient_descent_by_hand():
    """∂w = 2 (w - 1): every step leaves 1 - 2α of the way."""
    assert path(GradientDescent(0.1), 3) == pytest.approx([0.0, 0.2, 0.36, 0.488])


def test_momentum_by_hand():
    """v = -2; then -1.6 - 1.8 = -3.4; then -0.92 - 3.06 = -3.98."""
    assert path(Momentum(0.1, momentum=0.9), 3) == pytest.approx([0.0, 0.2, 0.54, 0.938])


def test_rmsprop_by_hand():
    """u = 0.01·4, step 0.1·2/0.2 = 1, and there it ends."""
    assert path(RMSprop(0.1), 2) == pytest.approx([0.0, 1.0, 1.0])
    half = path(RMSprop(0.1, decay=0.75), 2)  # u = 1, step 0.2; then u = 0.75 + 0.25·2.56 = 1.39
    assert half == pytest.approx([0.0, 0.2, 0.2 + 0.1 * 1.6 / math.sqrt(1.39)])


def test_adam_by_hand():
    """The first step is α; then m̂ = (0.9·0.1·2 + 0.1·1.8)/0.19, û = (0.999·0.004 + 0.001·3.24)/0.001999."""
    mean, square = (0.9 * 0.2 + 0.18) / 0.19, (0.999 * 0.004 + 0.00324) / 0.001999
    assert path(Adam(0.1), 2) == pytest.approx([0.0, 0.1, 0.1 + 0.1 * mean / math.sqrt(square)])


def test_a_table_of_values_is_backed_up_in_the_same_way():
    """The loss ½ (V - G)² of one entry has the gradient V - G: the target is G itself."""
    run = GradientDescent(0.25).learn(FitEnv(([0.0], [3.0]), loss="mse"), steps=1, start=[0.0, 1.0], trace=True)
    backup = run.trace[1]  # of b, whose gradient 2 (b - 3) is twice that
    assert (backup.root.label, backup.target, backup.td_error, backup.new) == ("b", 5.0, 4.0, 2.0)


# -- PyTorch's ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
@pytest.mark.parametrize("task", RATES)
def test_trajectories_are_pytorchs(task: str, kind: type):
    rate = RATES[task][KINDS.index(kind)]
    env = FitEnv(task, target_loss=0.0, budget=STEPS[task])
    run = kind(rate).learn(env, seed=0)
    assert run.steps == STEPS[task]
    model = torch_network(env.task.network, run.path[0])
    optimizer = THEIRS[kind](list(model.parameters()), rate)
    x, y = torch.from_numpy(env.task.x), torch.from_numpy(env.task.y)
    loss_of = functional.mse_loss if env.task.network.loss == "mse" else functional.l1_loss
    for ours, loss in zip(run.path[1:], run.losses, strict=False):
        optimizer.zero_grad()
        theirs = loss_of(model(x), y)
        theirs.backward()
        assert loss == pytest.approx(theirs.item(), rel=1e-12)
        optimizer.step()
        assert np.abs(ours - flat(model)).max() < 1e-12


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
@pytest.mark.parametrize(("task", "rate"), [("line", 0.1), ("sine", 0.05), ("curve", 0.02)])
def test_every_step_is_pytorchs_even_where_a_fit_is_chaotic(task: str, rate: float, kind: type):
    """PyTorch's optimizer is given our parameters and our gradient at every step, and keeps its own moments."""
    env = FitEnv(task, target_loss=0.0, budget=400)
    run = kind(rate).learn(env, seed=1)
    parameter = torch.nn.Parameter(torch.from_numpy(run.path[0].copy()))
    optimizer = THEIRS[kind]([parameter], rate)
    for before, after in zip(run.path[:-1], run.path[1:], strict=True):
        parameter.data.copy_(torch.from_numpy(before))
        parameter.grad = torch.from_numpy(env.task.loss_and_gradient(before)[1])
        optimizer.step()
        assert np.abs(after - parameter.detach().numpy()).max() <= 1e-12 * max(1.0, np.abs(before).max())


OURS = {
    "gradient-descent": (GradientDescent(0.05), training.SGD(0.05)),
    "momentum": (Momentum(0.05, momentum=0.8), training.SGD(0.05, momentum=0.8)),
    "rmsprop": (RMSprop(0.01, decay=0.9, epsilon=1e-7), training.RMSprop(0.01, decay=0.9, epsilon=1e-7)),
    "adam": (
        Adam(0.05, beta1=0.8, beta2=0.99, epsilon=1e-7),
        training.Adam(0.05, beta1=0.8, beta2=0.99, epsilon=1e-7),
    ),
}


@pytest.mark.parametrize("name", OURS)
def test_the_trainers_rules_are_the_same(name: str):
    """Other constants than the defaults, and the same steps by `mazefit.training`."""
    agent, optimizer = OURS[name]
    env = FitEnv("sine", target_loss=0.0, budget=200)
    run = agent.learn(env, seed=0)
    moments = (0.0, 0.0)
    for step, (before, after) in enumerate(zip(run.path[:-1], run.path[1:], strict=True), start=1):
        theirs, moments = optimizer.update(before, env.task.loss_and_gradient(before)[1], moments, step)
        assert np.abs(theirs - after).max() < 1e-13


# -- acting -------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_the_environment_is_where_it_happens(kind: type):
    env = gymnasium.make("mazefit/Fit-v0", task="sine", budget=30)
    run = kind().learn(env, seed=3)
    assert (run.steps, run.terminated, run.truncated) == (30, False, True)
    assert env.unwrapped.parameters.tobytes() == run.parameters.tobytes()
    assert run.losses[-1] == env.unwrapped.loss
    assert run.gain == run.losses[0] - run.losses[-1]
    assert run.path[0].tobytes() == FitEnv("sine").reset(seed=3)[1]["parameters"].tobytes()
    assert run.path.tobytes() == kind().learn("sine", seed=3, steps=30).path.tobytes()


def test_a_fit_ends_where_its_environment_says():
    run = Momentum(0.01).learn("line", seed=0)
    assert (run.terminated, run.truncated) == (True, False)
    assert run.losses[-1] <= 1.01 * 39 / 275 < run.losses[-2]
    assert repr(run).endswith("target reached)")
    lost = GradientDescent(0.1).learn("line", seed=0)
    assert (lost.terminated, lost.truncated) == (False, True)
    assert lost.steps < 20
    assert repr(lost).endswith("cut)")
    stopped = Adam().learn("line", seed=0, steps=5)
    assert (stopped.steps, stopped.terminated, stopped.truncated) == (5, False, False)
    assert repr(stopped).startswith("FitRun(adam, 5 steps, loss ")
    assert repr(stopped).endswith("stopped)")
    assert Adam().learn("line", seed=0, steps=0).steps == 0


def test_any_points_are_fitted():
    draw = np.random.default_rng(0)
    x = draw.normal(size=(50, 2))
    run = Adam(0.05).learn(FitEnv((x, x @ [2.0, -1.0] + 0.5), target_loss=1e-6), seed=0)
    assert run.terminated
    assert run.parameters == pytest.approx([2.0, -1.0, 0.5], abs=0.01)


# -- refused ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: GradientDescent(-1.0), "GradientDescent: step_size: expected a number"),
        (lambda: GradientDescent("x"), "step_size: expected a number"),
        (lambda: Momentum(momentum=1.1), "momentum: expected a number with 0 <= momentum <= 1, got 1.1"),
        (lambda: RMSprop(decay=-0.1, epsilon=0.0), "decay: expected .*; epsilon: expected a number with 0 < epsilon"),
        (lambda: Adam(beta1=1.0, beta2=float("nan")), "beta1: expected a number with 0 <= beta1 < 1, got 1.0; beta2: expected"),
        (lambda: Adam().learn("lime"), "task: unknown 'lime'; did you mean 'line'"),
        (lambda: Adam().learn("line", steps=-1), "Adam.learn: steps: expected an integer of at least 0, got -1"),
        (lambda: Adam().learn("line", seed=1.5), "Adam.learn: seed: expected an integer"),
        (lambda: Adam().learn("line", trace="yes"), "trace: expected True, False or TraceOptions"),
        (lambda: Adam().learn("line", start=[1.0]), r"reset: options\['parameters'\]: expected 2 finite numbers"),
    ],
)
def test_wrong_arguments_are_named(make, sentence: str):
    with pytest.raises(ConfigError, match=sentence):
        make()


@pytest.mark.parametrize("env", [MazeEnv("SG"), None, 3])
def test_other_environments_are_refused(env: object):
    with pytest.raises(UnsupportedEnvError, match=r"Adam.learn: expected a mazefit/Fit-v0, got "):
        Adam().learn(env)
