"""What the fitting environments refuse: arguments, options, actions, steps out of order; nothing is lost by it."""

import copy
import inspect

import gymnasium
import numpy as np
import pytest

from mazefit.envs import FitControlEnv, FitEnv
from mazefit.envs.fit_control_env import OPTIONS as CONTROL_OPTIONS
from mazefit.envs.fit_env import OPTIONS
from mazefit.errors import ClosedEnvError, ConfigError, InvalidActionError, MazefitError, ResetNeededError

NAN, INF = float("nan"), float("inf")


def started(kind: type = FitEnv, **options: object) -> gymnasium.Env:
    env = kind(**options)
    env.reset(seed=0)
    env.step([0.5, 0.5] if kind is FitEnv else 2)
    return env


def standing(env: gymnasium.Env) -> tuple:
    """All that a refusal must leave as it was."""
    inner = env.unwrapped
    return (
        inner.parameters.tobytes(), inner.loss, inner._stage, inner._gradient.tobytes(),
        repr(inner.np_random.bit_generator.state), inner._np_random_seed,
        vars(inner).get("_step"), vars(inner).get("_actions"), vars(inner).get("_setting"),
    )  # fmt: skip


# -- actions and updates ------------------------------------------------------------------------------------------------------

NO_ACTIONS = [
    (None, "got None"), ("up", "got 'up'"), ([1.0], r"got shape \[1\]"), (1.0, r"got shape \[\]"), ({}, "got"),
    ([0.0, NAN], "got nan at place 1"), ([INF, 0.0], "got inf at place 0"), ([1.0, -1.0001], "got -1.0001 at place 1"),
    (np.full(2, 1.5), "got 1.5 at place 0"), (np.zeros(3), r"got shape \[3\]"), (np.zeros((1, 2)), r"got shape \[1, 2\]"),
    (["a", "b"], "got"), ([1j, 0], "got"), ([[0.0], [0.0, 0.0]], "got"), (np.array([True, False]), "got"),
    (np.array([0, None]), "got"),
]  # fmt: skip


@pytest.mark.parametrize("wrap", [False, True])
@pytest.mark.parametrize(("action", "sentence"), NO_ACTIONS, ids=lambda each: repr(each)[:30])
def test_what_is_no_action_is_refused_and_changes_nothing(action: object, sentence: str, wrap: bool):
    env = gymnasium.make("mazefit/Fit-v0") if wrap else FitEnv()
    env.reset(seed=0)
    before = standing(env)
    with pytest.raises(InvalidActionError, match=f"step: expected an action of 2 numbers from -1 to 1, {sentence}"):
        env.step(action)
    assert standing(env) == before
    env.step(np.zeros(2, np.float32))


@pytest.mark.parametrize(
    "action", [[1, -1], (1.0, -1.0), np.array([1, -1], np.int8), np.array([1.0, -1.0], np.float16)], ids=repr
)
def test_numbers_are_actions(action: object):
    env = FitEnv(max_update=0.5)
    env.reset(options={"parameters": [0.0, 0.0]})
    env.step(action)
    assert env.parameters.tolist() == [0.5, -0.5]


@pytest.mark.parametrize("update", [None, "x", [1.0], [NAN, 0.0], [0.0, INF], [[1.0, 1.0]], [1j, 1j]], ids=repr)
def test_what_is_no_update_is_refused_and_changes_nothing(update: object):
    env = started()
    before = standing(env)
    with pytest.raises(InvalidActionError, match="apply: expected an update of 2 finite numbers, got "):
        env.apply(update)
    assert standing(env) == before


@pytest.mark.parametrize("wrap", [False, True])
@pytest.mark.parametrize("action", [3, -1, 10**30, 1.0, NAN, "1", None, np.float64(1.0), np.array([1]), [1], {}, 1j], ids=repr)
def test_a_control_takes_integers_alone(action: object, wrap: bool):
    env = gymnasium.make("mazefit/FitControl-v0") if wrap else FitControlEnv()
    env.reset(seed=0)
    before = standing(env)
    with pytest.raises(InvalidActionError, match="step: expected an action, an integer from 0 to 2, got "):
        env.step(action)
    assert standing(env) == before


@pytest.mark.parametrize("action", [1, True, np.int64(1), np.uint8(1), np.array(1)], ids=repr)
def test_integers_are_controls(action: object):
    env = FitControlEnv()
    env.reset(seed=0)
    assert env.step(action)[4]["step_size"] == 0.001


# -- order --------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wrap", [False, True])
@pytest.mark.parametrize("name", ["Fit", "FitControl"])
def test_steps_out_of_order(name: str, wrap: bool):
    env = gymnasium.make(f"mazefit/{name}-v0", budget=1)
    env = env if wrap else env.unwrapped
    action = np.zeros(2, np.float32) if name == "Fit" else 1
    with pytest.raises(gymnasium.error.ResetNeeded):
        env.step(action)
    env.reset(seed=0)
    assert env.step(action)[3] is True
    for each in (action, "no action at all"):
        with pytest.raises(ResetNeededError, match=r"reset\(\) after the episode's end"):
            env.step(each)
    env.reset()
    env.step(action)
    env.reset()
    env.close()
    env.close()
    for use in (lambda: env.step(action), env.reset):
        with pytest.raises(ClosedEnvError, match=r"after close\(\)"):
            use()


def test_steered_optimizers_are_not_drawn_out_of_order():
    env = FitControlEnv(render_mode="ansi")
    with pytest.raises(ResetNeededError, match=r"render: expected a reset\(\) before the first picture"):
        env.render()
    env.close()
    with pytest.raises(ClosedEnvError, match=r"render: expected an open environment"):
        env.render()


def test_apply_and_render_out_of_order():
    env = FitEnv(render_mode="ansi", budget=1)
    with pytest.raises(ResetNeededError, match=r"apply: expected a reset\(\) before the first step"):
        env.apply([0.0, 0.0])
    with pytest.raises(ResetNeededError, match=r"render: expected a reset\(\) before the first picture"):
        env.render()
    env.reset()
    env.apply([0.0, 0.0])
    with pytest.raises(ResetNeededError, match=r"apply: expected a reset\(\) after the episode's end"):
        env.apply([0.0, 0.0])
    env.close()
    for use in (lambda: env.apply([0.0, 0.0]), env.render):
        with pytest.raises(ClosedEnvError, match=r"after close\(\)"):
            use()


@pytest.mark.parametrize("kind", [FitEnv, FitControlEnv])
def test_without_a_render_mode_nothing_is_drawn(kind: type[FitEnv] | type[FitControlEnv]):
    env = kind()
    env.reset()
    with pytest.warns(UserWarning, match="without a render mode"):
        assert env.render() is None


# -- reset --------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [FitEnv, FitControlEnv])
@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"parameters": [1.0]}, r"options\['parameters'\]: expected 2 finite numbers, got shape \[1\]"),
        ({"parameters": [1.0, NAN]}, "expected 2 finite numbers, got nan at place 1"),
        ({"parameters": "ab"}, "expected 2 finite numbers, got 'ab'"),
        ({"parameters": None}, "expected 2 finite numbers, got None"),
        ({"parameters": [1e5, 0.0]}, r"expected a start with .*loss <= "),
        ({"parameter": [1.0, 1.0]}, r"unknown 'parameter'; did you mean 'parameters'\?"),
        ({"state": 1}, "unknown 'state'"),
        ([1], "expected a dict such as"),
    ],
)
def test_refused_options_change_nothing(kind: type, options: object, sentence: str):
    env = started(kind)
    before = standing(env)
    with pytest.raises(ConfigError, match=sentence):
        env.reset(seed=5, options=options)
    assert standing(env) == before


@pytest.mark.parametrize("kind", [FitEnv, FitControlEnv])
def test_a_refused_random_start_changes_nothing(kind: type):
    x = np.arange(3.0)
    env = kind((x, 1e3 * x), loss_range=1e7)
    env.reset(seed=0)
    env.loss_range = 1.0
    before = standing(env)
    for seed in (None, 5):
        with pytest.raises(ConfigError, match=r"expected a start with .*loss <= 1"):
            env.reset(seed=seed)
        assert standing(env) == before


@pytest.mark.parametrize("kind", [FitEnv, FitControlEnv])
@pytest.mark.parametrize("seed", [-1, "x", 1.5])
def test_refused_seeds_change_nothing(kind: type, seed: object):
    env = started(kind)
    before = standing(env)
    with pytest.raises(gymnasium.error.Error):
        env.reset(seed=seed)
    assert standing(env) == before


@pytest.mark.parametrize("kind", [FitEnv, FitControlEnv])
def test_empty_options_are_none(kind: type):
    env = kind()
    assert env.reset(seed=1, options={})[1]["loss"] == env.reset(seed=1)[1]["loss"]


# -- arguments ----------------------------------------------------------------------------------------------------------------


def test_everything_wrong_is_named_at_once():
    with pytest.raises(ConfigError) as refusal:
        FitEnv(
            task="lime", data_seed=-1, max_update=0.0, target_loss=-1.0, budget=0, parameter_range=NAN, gradient_range="x",
            loss_range=0, render_mode="rgb",
        )  # fmt: skip
    for part in (
        "task: unknown 'lime'; did you mean 'line'?",
        "data_seed: expected an integer of at least 0, got -1",
        "max_update: expected a number with 0 < max_update",
        "target_loss: expected a number with 0 <= target_loss",
        "budget: expected an integer of at least 1, got 0",
        "parameter_range: expected a number",
        "gradient_range: expected a number",
        "loss_range: expected a number with 0 < loss_range",
        "render_mode: unknown 'rgb'",
    ):
        assert part in str(refusal.value)
    with pytest.raises(ConfigError) as refusal:
        FitControlEnv(
            task="sien", control="steps", optimizer="adma", step_size=0, halvings=-1, doublings=1.5, step_sizes=(1, 2, 3),
            updates=0, target_loss=NAN, budget=0, loss_range=-1, reward="los", render_mode="rgb",
        )  # fmt: skip
    for part in (
        "task: unknown 'sien'; did you mean 'sine'?",
        "control: unknown 'steps'",
        "optimizer: unknown 'adma'; did you mean 'adam'?",
        "step_size: expected a number with 0 < step_size",
        "halvings: expected an integer from 0 to 30, got -1",
        "doublings: expected an integer from 0 to 30, got 1.5",
        "step_sizes: expected 4 numbers above 0, got shape [3]",
        "updates: expected an integer of at least 1, got 0",
        "target_loss: expected a number",
        "budget: expected an integer of at least 1, got 0",
        "loss_range: expected a number",
        "reward: unknown 'los'; did you mean 'loss'?",
        "render_mode: unknown 'rgb'",
    ):
        assert part in str(refusal.value)


X = np.arange(4.0)


@pytest.mark.parametrize("kind", [FitEnv, FitControlEnv])
@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"task": 3}, r"task: expected one of line, .*, or arrays \(x, y\), got int"),
        ({"task": (X, X, X)}, "task: expected one of"),
        ({"task": (X, X[:2])}, "y: expected as many rows as x, 4, got 2"),
        ({"task": (X, [1.0, NAN, 0.0, 0.0])}, "y: expected finite numbers, got NaN or infinity"),
        ({"task": (np.zeros((2, 2, 2)), X)}, r"x: expected shape \[n, columns\] with at least one row, got \[2, 2, 2\]"),
        ({"task": ([], [])}, "x: expected shape"),
        ({"task": (["a", "b"], [1, 2])}, "x: expected an array of numbers"),
        ({"task": (X, X), "hidden": 10}, "hidden: expected units of the layers between"),
        ({"task": (X, X), "hidden": (0,)}, "hidden: expected an integer of at least 1, got 0"),
        ({"task": (X, X), "activation": "tahn"}, "activation: unknown 'tahn'; did you mean 'tanh'"),
        ({"task": (X, X), "loss": "mes"}, "loss: unknown 'mes'"),
        ({"task": "line", "hidden": (3,)}, "hidden: expected none beside a task that has its own network"),
        ({"tsak": "line"}, r"unknown argument 'tsak'; did you mean 'task'\?"),
        ({"seed": 1}, "unknown argument 'seed'"),
    ],
)
def test_a_wrong_argument_is_named(kind: type, arguments: dict, sentence: str):
    with pytest.raises(ConfigError, match=sentence) as refusal:
        kind(**arguments)
    assert isinstance(refusal.value, MazefitError)


def test_every_argument_is_known_and_told():
    for kind, known in ((FitEnv, OPTIONS), (FitControlEnv, CONTROL_OPTIONS)):
        names = set(inspect.signature(kind.__init__).parameters) - {"self", "unknown"}
        assert names - {"render_mode"} == set(known) - {"render_mode"}
        text = kind.__doc__.split("## Arguments")[1]
        assert all(f"{name}=" in text for name in names - {"render_mode"})
        headings = [line.strip("# ").strip() for line in kind.__doc__.splitlines() if line.strip().startswith("##")]
        assert headings == [
            "Description", "Action Space", "Observation Space", "Starting State", "Rewards", "Episode End", "Information",
            "Arguments", "References", "Version History",
        ]  # fmt: skip


def test_the_callers_points_stay_the_callers():
    x, y = np.arange(3.0), np.arange(3.0)
    env = FitEnv((x, y))
    before = copy.deepcopy(env.reset(options={"parameters": [1.0, 1.0]}))
    x[:] = 100.0
    assert env.reset(options={"parameters": [1.0, 1.0]})[1]["loss"] == before[1]["loss"]
