"""The regressor with scikit-learn's face: every check of scikit-learn's own, and the same bytes as the Trainer's."""

import pickle
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
import torch
from sklearn.base import clone
from sklearn.compose import TransformedTargetRegressor
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from mazefit.errors import ConfigError, DeviceError, MazefitError, TrainingError
from mazefit.kernel import numba_available
from mazefit.supervised import CurveRegressor
from mazefit.supervised.networks import network
from mazefit.tasks import curve, least_squares, line
from mazefit.training import SGD, Adam
from mazefit.training.trainer import Trainer

X, Y = curve().x, curve().y
SMALL = CurveRegressor((3,), epochs=20, random_state=0)


@parametrize_with_checks(
    [CurveRegressor(random_state=0), CurveRegressor((6, 6), "relu", epochs=150, batch_size=50, dtype="float32", random_state=0)]
)
def test_every_check_of_scikit_learn(estimator: Any, check: Any):
    check(estimator)


def test_it_is_the_trainer_under_another_name():
    fitted = CurveRegressor((5, 3), "sigmoid", optimizer=Adam(learning_rate=0.05), epochs=50, batch_size=4, random_state=7).fit(
        X, Y
    )
    trainer = Trainer(
        network((1, 5, 3, 1), "sigmoid", dtype=torch.float64), optimizer=Adam(learning_rate=0.05), seed=7, device="cpu"
    )
    history = trainer.fit((X, Y), epochs=50, batch_size=4)
    assert fitted.predict(X).tobytes() == trainer.predict(X).tobytes()
    assert fitted.loss_curve_.tobytes() == history["loss"].tobytes()
    assert fitted.history_["loss"].tobytes() == history["loss"].tobytes()
    assert fitted.n_iter_ == len(fitted.loss_curve_) == 50


def test_the_tutorials_curve_ends_where_it_should():
    losses = [np.square(CurveRegressor(random_state=seed).fit(X, Y).predict(X) - Y).mean() for seed in range(20)]
    assert 0.066 <= np.median(losses) <= 0.074  # the system's own 10-90 % over starts
    scores = [CurveRegressor(random_state=seed).fit(X, Y[:, 0]).score(X, Y[:, 0]) for seed in range(3)]
    assert min(scores) > 0.97


def test_without_hidden_layers_it_is_a_line():
    fitted = CurveRegressor((), "none", optimizer=SGD(learning_rate=0.02), epochs=5000, random_state=0).fit(line().x, line().y)
    exact = least_squares(line().x, line().y)
    np.testing.assert_allclose(fitted.coefs_[0], [[39 / 55]], rtol=1e-6)
    np.testing.assert_allclose(fitted.intercepts_[0], [3.0], rtol=1e-6)
    assert fitted.loss_curve_[-1] == pytest.approx(exact.loss, rel=1e-6)


def test_weights_and_biases_make_the_predictions():
    x = np.random.default_rng(0).normal(size=(30, 4))
    y = np.stack([x[:, 0] * x[:, 1], x.sum(axis=1)], axis=1)
    fitted = CurveRegressor((5, 6), epochs=30, random_state=0).fit(x, y)
    assert [w.shape for w in fitted.coefs_] == [(4, 5), (5, 6), (6, 2)]
    assert [b.shape for b in fitted.intercepts_] == [(5,), (6,), (2,)]
    z = x
    for k, (weights, biases) in enumerate(zip(fitted.coefs_, fitted.intercepts_, strict=True)):
        z = z @ weights + biases
        z = np.tanh(z) if k < 2 else z
    np.testing.assert_allclose(fitted.predict(x), z, atol=1e-12)
    assert fitted.predict(x).shape == (30, 2)


def test_predictions_have_the_shape_of_y():
    assert clone(SMALL).fit(X, Y[:, 0]).predict(X).shape == (10,)
    assert clone(SMALL).fit(X, Y).predict(X).shape == (10, 1)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_predictions_are_float64_and_weights_are_not_always(dtype: str):
    fitted = clone(SMALL).set_params(dtype=dtype).fit(X, Y)
    assert fitted.predict(X).dtype == np.float64
    assert fitted.coefs_[0].dtype == dtype


@pytest.mark.skipif(not numba_available(), reason="no compiled loop without numba")
def test_small_fits_take_the_compiled_loop(caplog: pytest.LogCaptureFixture):
    with caplog.at_level("INFO"):
        CurveRegressor(random_state=0).fit(X, Y)
    assert "backend compiled" in caplog.text


def test_the_same_number_the_same_bytes_and_no_global_generator_is_touched():
    before = np.random.get_state()[1].tobytes(), torch.random.get_rng_state().numpy().tobytes()  # noqa: NPY002
    first, again, other, fresh, new = (
        clone(SMALL).set_params(random_state=state).fit(X, Y).predict(X).tobytes() for state in (3, np.int64(3), 4, None, None)
    )
    assert first == again
    assert len({first, other, fresh, new}) == 4
    assert before == (np.random.get_state()[1].tobytes(), torch.random.get_rng_state().numpy().tobytes())  # noqa: NPY002


def test_a_random_state_gives_one_fit_after_another():
    state = np.random.RandomState(0)
    one = clone(SMALL).set_params(random_state=state)
    assert one.fit(X, Y).predict(X).tobytes() != one.fit(X, Y).predict(X).tobytes()


def test_a_second_fit_begins_anew():
    one = clone(SMALL)
    assert one.fit(X, Y).predict(X).tobytes() == one.fit(X, Y).predict(X).tobytes()
    assert one.n_iter_ == 20


def test_in_pipelines_searches_and_pickles():
    inner = make_pipeline(StandardScaler(), CurveRegressor((4,), epochs=300, random_state=0))
    whole = TransformedTargetRegressor(inner, transformer=StandardScaler())
    whole.fit(1000 * X, 1000 * Y)
    assert whole.score(1000 * X, 1000 * Y) > 0.9
    assert cross_val_score(SMALL, X, Y, cv=2).shape == (2,)
    grid = {"layers": [(2,), (3, 3)], "optimizer": [Adam(learning_rate=0.01), SGD(learning_rate=0.001)], "activation": ["relu"]}
    search = GridSearchCV(clone(SMALL), grid, cv=2).fit(X, Y)
    assert len(search.cv_results_["mean_test_score"]) == 4
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()
    fitted = clone(SMALL).fit(X, Y)
    assert pickle.loads(pickle.dumps(fitted)).predict(X).tobytes() == fitted.predict(X).tobytes()
    assert clone(fitted).get_params() == fitted.get_params()


def test_optimizers_and_losses_of_ones_own():
    mine = clone(SMALL).set_params(optimizer=torch.optim.AdamW, loss=lambda p, y: (p - y).abs().pow(1.5).mean()).fit(X, Y)
    assert mine.loss_curve_[-1] < mine.loss_curve_[0]
    still = clone(SMALL).set_params(loss="l1", optimizer=SGD(learning_rate=0.0)).fit(X, Y)
    assert still.loss_curve_[-1] == pytest.approx(np.abs(Y - still.predict(X)).mean())


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"layers": 10}, "layers: expected a tuple of integers of at least 1, such as (10,), got 10"),
        ({"layers": (0,)}, "layers: expected a tuple"),
        (
            {"layers": (2.5,), "activation": "tan", "epochs": 0},
            "activation: unknown 'tan'; did you mean 'tanh'?; epochs: expected",
        ),
        ({"dtype": "float16"}, "dtype: unknown 'float16'"),
        ({"loss": "mae"}, "loss: "),
        ({"optimizer": "adam"}, "optimizer: "),
        ({"batch_size": 0}, "batch_size: "),
        ({"device": "gpu"}, "device: "),
        ({"random_state": -1}, "random_state: expected an integer from 0 on"),
        ({"random_state": True}, "random_state: expected an integer from 0 on"),
    ],
)
def test_wrong_arguments_are_said_when_it_is_fitted(changes: dict[str, Any], message: str):
    wrong = clone(SMALL).set_params(**changes)
    with pytest.raises(MazefitError) as caught:
        wrong.fit(X, Y)
    assert message in str(caught.value)
    assert isinstance(caught.value, ConfigError)


@pytest.mark.skipif(torch.cuda.is_available(), reason="a GPU is here")
def test_a_device_that_is_missing_is_said():
    with pytest.raises(DeviceError, match="device: expected cuda"):
        clone(SMALL).set_params(device="cuda").fit(X, Y)


def test_a_loss_without_end_is_said():
    with pytest.raises(TrainingError, match="step"):
        clone(SMALL).set_params(optimizer=SGD(learning_rate=1e9), activation="none", epochs=2000).fit(X, Y)


def test_nothing_is_predicted_before_it_is_fitted():
    with pytest.raises(NotFittedError):
        SMALL.predict(X)
    with pytest.raises(AttributeError):
        _ = SMALL.coefs_


def test_the_room_is_entered_without_scikit_learn():
    code = (
        "import sys, mazefit.supervised as s\n"
        "print([name for name in ('sklearn', 'torch', 'numba', 'matplotlib') if name in sys.modules])\n"
        "s.CurveRegressor; print('sklearn' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[:2] == ["[]", "True"]
