"""Fitting as an environment: what a step answers, how episodes begin and end, and copies that go on alike."""

import copy
import pickle

import gymnasium
import numpy as np
import pytest
import torch
from gymnasium.utils.env_checker import check_env, data_equivalence
from scipy.optimize import check_grad

from mazefit.envs import FitControlEnv, FitEnv, check_fit_env
from mazefit.envs.checks import ConformanceError
from mazefit.envs.fit_tasks import NAMED, named_task
from mazefit.errors import ConfigError, UnsupportedEnvError
from mazefit.tasks import least_squares, line

X, Y = np.array([0.0, 1.0, 2.0]), np.array([1.0, 3.0, 5.0])  # y = 2 x + 1


def own(**options: object) -> FitEnv:
    env = FitEnv((X, Y), **options)
    env.reset(options={"parameters": [0.0, 0.0]})
    return env


# -- what a step answers ------------------------------------------------------------------------------------------------------


def test_an_episode_by_hand():
    """At w = b = 0 the errors are -1, -3, -5: loss 35/3, ∂w = -2·(3 + 10)/3, ∂b = -2·9/3."""
    env = FitEnv((X, Y), max_update=2.0, budget=4)
    observation, info = env.reset(options={"parameters": [0, 0]})
    assert observation["loss"] == pytest.approx([35 / 3])
    assert observation["gradient"] == pytest.approx([-26 / 3, -6.0])
    assert info == {"loss": 35 / 3, "parameters": pytest.approx([0, 0]), "step": 0, "outside": False}
    observation, reward, terminated, truncated, info = env.step(np.array([0.5, 0.0], np.float32))
    assert observation["position"].tolist() == [1.0, 0.0]  # w = 1: errors -1, -2, -3
    assert observation["progress"].tolist() == [0.25]
    assert (reward, terminated, truncated) == (35 / 3 - 14 / 3, False, False)
    assert env.step([0.5, 0.5])[1:4] == (14 / 3, True, False)  # w = 2, b = 1: nothing is left
    assert [array.dtype for array in observation.values()] == [np.float32] * 4
    assert [type(part) for part in (reward, terminated, truncated)] == [float, bool, bool]


def test_the_return_is_the_loss_removed():
    env = gymnasium.make("mazefit/Fit-v0", task="sine", budget=50)
    _, info = env.reset(seed=0)
    first, gained, over = info["loss"], 0.0, False
    env.action_space.seed(1)
    while not over:
        _, reward, terminated, truncated, info = env.step(env.action_space.sample())
        gained, over = gained + reward, terminated or truncated
    assert gained == pytest.approx(first - info["loss"], abs=1e-12)
    assert info["step"] == 50


def test_a_step_is_an_update_in_float64():
    env = own(max_update=0.3)
    action = np.array([0.1, -0.7], np.float32)
    env.step(action)
    assert env.parameters.tolist() == (0.3 * action.astype(np.float64)).tolist()
    twin = own(max_update=1e-9)
    twin.apply(0.3 * action.astype(np.float64))
    assert twin.parameters.tobytes() == env.parameters.tobytes()


@pytest.mark.parametrize("task", ["line", "descent", "sine", "curve"])  # waves: its network is held against PyTorch's
def test_loss_and_gradient_belong_together(task: str):
    env = FitEnv(task)
    env.reset(seed=4)
    fit = env.task
    away = check_grad(
        lambda w: fit.loss_and_gradient(w)[0], lambda w: fit.loss_and_gradient(w)[1], env.parameters, epsilon=1e-7
    )
    assert away < 1e-4 * max(1.0, np.abs(env.gradient).max())


# -- beginning and ending -----------------------------------------------------------------------------------------------------


def test_tasks_are_those_of_the_tutorials():
    sizes = {name: named_task(name).network.parameters for name in NAMED}
    assert sizes == {"line": 2, "descent": 2, "sine": 7, "curve": 31, "waves": 351}
    assert named_task("line").target_loss == 1.01 * least_squares(line().x, line().y).loss
    assert named_task("descent").first(np.random.default_rng(0)).tolist() == [5.0, 0.0]
    assert named_task("descent", 1).digest != named_task("descent", 0).digest == named_task("descent").digest
    glorot = named_task("sine").first(np.random.default_rng(0))
    assert np.abs(glorot[[0, 1, 4, 5]]).max() <= np.sqrt(2.0)
    assert glorot[[2, 3, 6]].tolist() == [0.0] * 3


def test_starts_are_a_function_of_the_seed():
    env, twin = FitEnv("curve"), FitEnv("curve")
    first = [env.reset(seed=5)[1]["parameters"].tolist(), env.reset()[1]["parameters"].tolist()]
    assert first == [twin.reset(seed=5)[1]["parameters"].tolist(), twin.reset()[1]["parameters"].tolist()]
    assert first[0] != first[1]


def test_the_line_starts_normally():
    env = FitEnv("line")
    starts = np.array([env.reset(seed=3 if k == 0 else None)[1]["parameters"] for k in range(2000)])
    assert np.abs(starts.mean(axis=0)).max() < 0.1
    assert np.abs(starts.std(axis=0) - 1.0).max() < 0.06


def test_out_of_range_truncates_and_is_seen_at_the_edge():
    env = own(parameter_range=3.0)
    observation, _, terminated, truncated, info = env.apply([3.5, 0.0])
    assert (terminated, truncated, info["outside"]) == (False, True, True)
    assert observation["position"].tolist() == [3.0, 0.0]
    assert info["parameters"].tolist() == [3.5, 0.0]
    assert env.observation_space.contains(observation)


@pytest.mark.parametrize("update", [1e3, 1e200, 1e308])
def test_a_loss_beyond_everything_counts_as_the_range(update: float):
    env = own(loss_range=1e4, parameter_range=1e30)
    observation, reward, terminated, truncated, _ = env.apply([update, -update])
    assert (reward, terminated, truncated) == (35 / 3 - 1e4, False, True)
    assert env.observation_space.contains(observation)
    assert observation["loss"].tolist() == [1e4]


def test_a_gradient_out_of_range_truncates():
    env = own(gradient_range=9.0)
    assert env.apply([-1.0, 0.0])[2:4] == (False, True)


def test_reached_at_the_last_step_is_terminated_alone():
    env = own(budget=1)
    assert env.apply([2.0, 1.0])[2:4] == (True, False)
    env = own(budget=1)
    assert env.apply([2.0, 0.9])[2:4] == (False, True)
    env = own(target_loss=0.2)
    assert env.apply([2.0, 0.6])[2] is True  # errors of 0.4: loss 0.16


# -- answers and copies -------------------------------------------------------------------------------------------------------


def test_answers_are_the_callers_own():
    env, twin = own(), own()
    for _ in range(3):
        one, other = env.apply([0.1, 0.1]), twin.apply([0.1, 0.1])
        assert data_equivalence(one, other, exact=True)
        for array in (*one[0].values(), one[4]["parameters"]):
            array[:] = 7
        one[4].clear()
        env.parameters[:] = 9
        env.gradient[:] = 9
        assert env.parameters.tobytes() == twin.parameters.tobytes()
        assert env.gradient.tobytes() == twin.gradient.tobytes()


@pytest.mark.parametrize("twin_of", [copy.deepcopy, lambda env: pickle.loads(pickle.dumps(env))], ids=["deepcopy", "pickle"])
@pytest.mark.parametrize("task", NAMED)
def test_copies_go_on_alike(twin_of, task: str):
    env = gymnasium.make("mazefit/Fit-v0", task=task, budget=20)
    env.reset(seed=1)
    env.action_space.seed(0)
    actions = [env.action_space.sample() for _ in range(12)]
    env.step(actions[0])
    twin = twin_of(env)
    for action in actions[1:]:
        assert data_equivalence(env.step(action), twin.step(action), exact=True)
    assert data_equivalence(env.reset(), twin.reset(), exact=True)


def test_a_picture_is_a_line_of_text():
    env = FitEnv("line", render_mode="ansi")
    env.reset(options={"parameters": [0.5, 3.0]})
    assert env.render() == "line   step 0 of 1000   loss 1.825   w = 0.5, b = 3\n"
    deep = FitEnv("curve", render_mode="ansi")
    deep.reset(seed=0)
    assert deep.render().endswith("and 23 more\n")


# -- other people's checkers, and our own -------------------------------------------------------------------------------------


@pytest.mark.parametrize("task", [*NAMED, (X, Y), (np.ones((4, 2)), np.ones((4, 3)))], ids=str)
def test_both_checkers_find_nothing(task: object):
    """No error and, as every warning is an error here, no warning."""
    from stable_baselines3.common.env_checker import check_env as check_for_sb3

    for render_mode in (None, "ansi"):
        env = gymnasium.make("mazefit/Fit-v0", task=task, render_mode=render_mode)
        check_env(env.unwrapped)
        check_for_sb3(env)
        check_for_sb3(env.unwrapped)


def test_names_in_the_observation_are_none_of_pytorchs():
    """A Dict's names become those of a ModuleDict in other people's networks, where `parameters` is taken."""
    assert set(FitEnv().observation_space) == {"position", "gradient", "loss", "progress"}
    assert not [name for name in FitEnv().observation_space if hasattr(torch.nn.ModuleDict, name)]


def test_stable_baselines_learns_on_it():
    from stable_baselines3 import PPO

    env = gymnasium.make("mazefit/Fit-v0", budget=20)
    model = PPO("MultiInputPolicy", env, n_steps=32, batch_size=32, n_epochs=1, seed=0, device="cpu")
    model.learn(64)
    assert model.num_timesteps == 64


def test_vector_wrappers_take_it():
    envs = gymnasium.make_vec("mazefit/Fit-v0", num_envs=3, vectorization_mode="sync", task="sine")
    observations, _ = envs.reset(seed=0)
    assert observations["position"].shape == (3, 7)
    assert envs.step(np.zeros((3, 7), np.float32))[1].tolist() == [0.0] * 3


def test_the_kit_finds_nothing():
    assert str(check_fit_env(FitEnv("sine", budget=100))) == "9 rules hold"
    assert str(check_fit_env(gymnasium.make("mazefit/Fit-v0", budget=100))) == "9 rules hold"
    for control in ("step_size", "optimizer"):
        assert str(check_fit_env(FitControlEnv(control=control, updates=2))) == "6 rules hold"


class WrongGradient(FitEnv):
    @property
    def gradient(self):
        return 2.0 * super().gradient


class WrongReward(FitEnv):
    def _move(self, update):
        observation, reward, *rest = super()._move(update)
        return observation, -reward, *rest


class WrongUnit(FitEnv):
    def step(self, action):
        return super().step(np.asarray(action) * 0.5)


class NoEnd(FitEnv):
    def _move(self, update):
        answer = super()._move(update)
        self._stage = "running"
        return answer


class SharedAnswer(FitEnv):
    def _info(self):
        return {**super()._info(), "parameters": self._parameters}

    def _move(self, update):
        self._parameters += update
        return super()._move(np.zeros_like(update))


class Forgetful(FitEnv):
    def reset(self, *, seed=None, options=None):
        return super().reset(seed=None if seed is None else seed + np.random.default_rng().integers(1000), options=options)


@pytest.mark.parametrize(
    ("wrong", "sentences"),
    [
        (WrongGradient, ["the gradient is that of the loss"]),
        (WrongReward, ["the reward is what the loss fell by"]),
        (WrongUnit, ["a step is an update of at most max_update", "what is no action is refused"]),
        (NoEnd, ["steps are taken between a reset and the episode's end alone"]),
        (SharedAnswer, ["what was handed out stays as it was"]),
        (Forgetful, ["the same seed gives the same episodes"]),
    ],
)
def test_the_kit_finds_what_is_wrong(wrong: type[FitEnv], sentences: list[str]):
    with pytest.raises(ConformanceError) as refusal:
        check_fit_env(wrong("line", budget=30))
    for sentence in sentences:
        assert any(failure.startswith(sentence) for failure in refusal.value.failures), (sentence, refusal.value.failures)
    assert str(refusal.value).startswith(f"check_fit_env: {wrong.__name__} breaks ")


def test_the_kit_refuses_what_is_no_environment():
    with pytest.raises(UnsupportedEnvError, match=r"expected a gymnasium.Env, got str"):
        check_fit_env("line")
    with pytest.raises(ConfigError, match="seed: expected an integer of at least 0"):
        check_fit_env(FitEnv(), seed=-1)
