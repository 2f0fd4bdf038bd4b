"""An optimizer that an agent steers: what actions do, what is seen of it, and that all is PyTorch's arithmetic."""

import gymnasium
import numpy as np
import pytest
import torch
from gymnasium.utils.env_checker import check_env
from torch.nn import functional

from mazefit.agents import QLearning
from mazefit.envs import FitControlEnv
from mazefit.envs.fit_control_env import EDGES
from mazefit.envs.fit_rules import RULES, direction, fresh_moments
from mazefit.envs.fit_tasks import NAMED
from tests.envs.fit_torch import torch_network

X = np.array([-1.0, 1.0])
TORCH = {
    "gradient-descent": lambda w: torch.optim.SGD(w, 0.01),
    "momentum": lambda w: torch.optim.SGD(w, 0.01, momentum=0.9),
    "rmsprop": lambda w: torch.optim.RMSprop(w, 0.01),
    "adam": lambda w: torch.optim.Adam(w, 0.01),
}


def test_halve_keep_double_by_hand():
    """y = x by w = b = 0: loss 1, ∂w = -2, ∂b = 0. A step of 0.1·2 leaves an error of 0.8 of it: 0.64."""
    env = FitControlEnv((X, X), step_size=0.1, updates=1, halvings=1, doublings=1, target_loss=0.01)
    state, info = env.reset(options={"parameters": [0.0, 0.0]})
    assert info == {"loss": 1.0, "updates": 0, "step_size": 0.1, "optimizer": "gradient-descent", "outside": False}
    assert env.decode(state) == (6, False, 1)  # 100 times the target, which is no more than the last level
    left = 1.0
    for action, size in ((1, 0.1), (2, 0.2), (2, 0.2), (0, 0.1), (0, 0.05), (0, 0.05)):
        before, left = left, left * (1.0 - 2.0 * size) ** 2
        state, reward, terminated, truncated, info = env.step(action)
        assert info["step_size"] == pytest.approx(size)
        assert (info["loss"], reward) == (pytest.approx(left), pytest.approx(before - left))
        assert env.decode(state) == (sum(left > 0.01 * edge for edge in EDGES), False, round(np.log2(size / 0.05)))
    assert (terminated, truncated, env.unwrapped.loss) == (False, False, info["loss"])


def test_a_loss_that_rose_is_seen():
    env = FitControlEnv((X, X), step_size=1.1, updates=1, halvings=0, doublings=0, target_loss=0.01)
    env.reset(options={"parameters": [0.0, 0.0]})
    state, reward, *_ = env.step(1)
    assert env.decode(state)[1] is True
    assert reward == pytest.approx(1.0 - 1.2**2)


def test_the_logarithm_of_the_loss():
    env = FitControlEnv((X, X), step_size=0.1, updates=1, reward="log")
    env.reset(options={"parameters": [0.0, 0.0]})
    assert env.step(1)[1] == pytest.approx(-np.log10(0.64))


def test_an_action_ends_where_the_target_is_reached():
    env = FitControlEnv((X, X), step_size=0.1, updates=50, target_loss=0.5)
    env.reset(options={"parameters": [0.0, 0.0]})
    _, reward, terminated, truncated, info = env.step(1)
    assert (terminated, truncated, info["updates"]) == (True, False, 2)  # 1, 0.64, 0.4096
    assert reward == pytest.approx(1.0 - 0.4096)


def test_divergence_truncates_and_counts_as_the_range():
    env = FitControlEnv((X, X), step_size=100.0, updates=50, loss_range=1e3)
    env.reset(options={"parameters": [0.0, 0.0]})
    state, reward, terminated, truncated, info = env.step(1)
    assert (terminated, truncated, info["outside"], info["updates"]) == (False, True, True, 1)
    assert reward == 1.0 - 1e3
    assert env.observation_space.contains(state)
    env = FitControlEnv((X, X), step_size=1e30, halvings=0, updates=50, loss_range=1e30)
    env.reset(options={"parameters": [0.0, 0.0]})
    assert env.step(1)[3] is True


def test_choosing_optimizers():
    env = FitControlEnv((X, X), control="optimizer", step_sizes=(0.1, 0.2, 0.3, 0.4), updates=1)
    state, info = env.reset(options={"parameters": [0.0, 0.0]})
    assert (env.decode(state)[2], info["optimizer"], info["step_size"]) == (4, "none", 0.0)
    for action, name in enumerate(RULES):
        state, _, _, _, info = env.step(action)
        assert (env.decode(state)[2], info["optimizer"], info["step_size"]) == (action, name, pytest.approx(0.1 * (action + 1)))
    assert env.action_names == tuple(RULES)


def test_one_that_is_taken_up_again_begins_with_fresh_moments():
    env = FitControlEnv("sine", control="optimizer", step_sizes=(1e-12, 0.1, 0.1, 0.1), updates=5, target_loss=0.0)
    fresh = FitControlEnv("sine", control="optimizer", step_sizes=(1e-12, 0.1, 0.1, 0.1), updates=5, target_loss=0.0)
    env.reset(seed=0)
    env.step(1)
    env.step(0)  # stands still
    fresh.reset(options={"parameters": env.parameters})
    env.step(1)
    fresh.step(1)
    assert env.parameters.tobytes() == fresh.parameters.tobytes()
    env.step(1)  # goes on, and keeps what it has
    again = FitControlEnv("sine", control="optimizer", step_sizes=(1e-12, 0.1, 0.1, 0.1), updates=10, target_loss=0.0)
    again.reset(options={"parameters": fresh.parameters})
    fresh.step(1)
    assert env.parameters.tobytes() == fresh.parameters.tobytes()


@pytest.mark.parametrize("name", RULES)
@pytest.mark.parametrize("task", ["line", "sine"])
def test_the_formula_is_pytorchs(name: str, task: str):
    sizes = (0.01, 0.01, 0.01, 0.01)
    env = FitControlEnv(task, control="optimizer", step_sizes=sizes, updates=1, budget=300, target_loss=0.0)
    env.reset(seed=0)
    model = torch_network(env.task.network, env.parameters)
    optimizer = TORCH[name](list(model.parameters()))
    x, y = torch.from_numpy(env.task.x), torch.from_numpy(env.task.y)
    for _ in range(300):
        env.step(list(RULES).index(name))
        optimizer.zero_grad()
        functional.mse_loss(model(x), y).backward()
        optimizer.step()
        theirs = torch.nn.utils.parameters_to_vector(model.parameters()).detach().numpy()
        assert np.abs(env.parameters - theirs).max() < 1e-12


def test_the_formula_by_hand():
    """Adam's first step goes by the gradient's sign; momentum adds 0.9 of what it had; RMSprop's first is 10 signs."""
    gradient = np.array([4.0, -0.5])
    way, _ = direction(RULES["adam"], gradient, fresh_moments(2))
    assert way == pytest.approx([1.0, -1.0])
    way, moments = direction(RULES["momentum"], gradient, fresh_moments(2))
    assert direction(RULES["momentum"], gradient, moments)[0] == pytest.approx(1.9 * gradient)
    assert direction(RULES["rmsprop"], gradient, fresh_moments(2))[0] == pytest.approx([10.0, -10.0])
    assert direction(RULES["gradient-descent"], gradient, fresh_moments(2))[0].tolist() == gradient.tolist()


def test_levels_where_nothing_is_to_be_reached():
    env = FitControlEnv((X, 10.0 * X))  # target 0: a hundredth of the variance, 100
    assert env.levels == pytest.approx(EDGES)
    assert FitControlEnv((X, 10.0 * X), loss="l1").levels == pytest.approx(0.1 * np.array(EDGES))
    assert FitControlEnv((X, np.ones(2))).levels == pytest.approx(EDGES)


@pytest.mark.parametrize("task", NAMED)
@pytest.mark.parametrize("control", ["step_size", "optimizer"])
def test_both_checkers_find_nothing(task: str, control: str):
    """No error and, as every warning is an error here, no warning."""
    from stable_baselines3.common.env_checker import check_env as check_for_sb3

    env = gymnasium.make("mazefit/FitControl-v0", task=task, control=control, updates=2)
    check_env(env.unwrapped)
    check_for_sb3(env)
    check_for_sb3(env.unwrapped)


@pytest.mark.parametrize("control", ["step_size", "optimizer"])
def test_a_tabular_learner_learns_on_it_and_is_replayed(control: str):
    env = gymnasium.make("mazefit/FitControl-v0", control=control, updates=2, budget=5)
    run = QLearning(discount=0.8).learn(env, episodes=6, seed=0, trace=True)
    again = QLearning(discount=0.8).learn(env, episodes=6, seed=0)
    assert run.q.shape == (env.observation_space.n, env.action_space.n)
    assert run.q.tobytes() == again.q.tobytes() == run.trace.replay().q.tobytes()
    assert np.abs(run.q).max() > 0


def test_one_line_tells_what_works():
    env = FitControlEnv((X, X), step_size=0.1, updates=1, halvings=1, doublings=1, target_loss=0.01, render_mode="ansi")
    env.reset(options={"parameters": [0.0, 0.0]})
    env.step(2)
    assert env.render() == "own   action 1 of 80   loss 0.36   gradient-descent, step size 0.2\n"
    env = FitControlEnv(control="optimizer", render_mode="ansi")
    env.reset()
    assert env.render().endswith("no optimizer yet\n")
    env.step(3)
    assert "adam, step size" in env.render()
