"""The transformer with scikit-learn's face: every check of scikit-learn's own, and the numbers of the Trainer behind it."""

from typing import Any

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.decomposition import PCA
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.utils.estimator_checks import parametrize_with_checks

from mazefit.errors import ConfigError
from mazefit.supervised.autoencoder.transformer import AutoencoderTransformer
from mazefit.training import Adam
from tests.supervised.autoencoder.pictures import blots

ROWS = blots(300, 5, 6).reshape(300, -1)
FEW: dict[str, Any] = {"epochs": 3, "random_state": 0}


@parametrize_with_checks(
    [
        AutoencoderTransformer(2, epochs=2, random_state=0),
        AutoencoderTransformer(2, "linear", epochs=2, batch_size=None, dtype="float64", random_state=0),
        AutoencoderTransformer(2, "strided", epochs=1, random_state=0),
    ]
)
def test_every_check_of_scikit_learn(estimator: Any, check: Any):
    check(estimator)


@pytest.mark.parametrize("model", ["dense", "linear", "conv", "strided"])
def test_there_and_back(model: str):
    fitted = AutoencoderTransformer(4, model, shape=(5, 6), **FEW).fit(ROWS)
    codes = fitted.transform(ROWS)
    back = fitted.inverse_transform(codes)
    assert codes.shape == (300, 4)
    assert back.shape == ROWS.shape
    assert (fitted.low_, fitted.high_, fitted.n_iter_) == (0.0, 255.0, 3)
    assert len(fitted.history_["loss"]) == 3
    lost = np.square(ROWS - back).sum() / np.square(ROWS - ROWS.mean(axis=0)).sum()
    assert fitted.score(ROWS) == pytest.approx(1 - lost, rel=1e-9)
    again = AutoencoderTransformer(4, model, shape=(5, 6), **FEW).fit_transform(ROWS)
    assert again.tobytes() == codes.tobytes()
    assert list(fitted.get_feature_names_out()) == [f"autoencodertransformer{i}" for i in range(4)]


def test_fitted_long_enough_the_linear_one_keeps_what_components_keep():
    fitted = AutoencoderTransformer(
        3, "linear", optimizer=Adam(learning_rate=0.005), epochs=400, batch_size=50, random_state=0
    ).fit(ROWS)
    kept = PCA(3).fit(ROWS).explained_variance_ratio_.sum()
    assert kept * 0.98 < fitted.score(ROWS) <= kept + 1e-6


def test_precision_of_rows_is_kept():
    fitted = AutoencoderTransformer(2, **FEW).fit(ROWS)
    for dtype in (np.float32, np.float64):
        codes = fitted.transform(ROWS.astype(dtype))
        assert codes.dtype == fitted.inverse_transform(codes).dtype == dtype


def test_all_rows_alike():
    same = np.full((10, 6), 3.0)
    fitted = AutoencoderTransformer(2, **FEW).fit(same)
    assert np.isfinite(fitted.transform(same)).all()
    np.testing.assert_allclose(fitted.inverse_transform(fitted.transform(same)), 3.0)
    assert fitted.score(same) == 1.0


def test_in_a_pipeline_and_a_grid_search():
    label = (ROWS.argmax(axis=1) % 6 > 2).astype(int)
    pipe = make_pipeline(AutoencoderTransformer(4, epochs=5, random_state=0), LogisticRegression())
    search = GridSearchCV(pipe, {"autoencodertransformer__code": [1, 6]}, cv=2).fit(ROWS, label)
    assert search.best_score_ > 0.9
    assert clone(search.best_estimator_).get_params()["autoencodertransformer__epochs"] == 5


def test_what_is_refused():
    with pytest.raises(ConfigError, match=r"code: .*model: unknown 'denes'; did you mean 'dense'.*dtype: .*epochs: "):
        AutoencoderTransformer(0, "denes", dtype="float16", epochs=0).fit(ROWS)
    with pytest.raises(ConfigError, match=r"shape: expected \(H, W\) with H · W = 30 columns, got \(5, 5\)"):
        AutoencoderTransformer(shape=(5, 5)).fit(ROWS)
    with pytest.raises(ConfigError, match=r"shape: expected \(H, W\) or None, got \(5, 'b'\)"):
        AutoencoderTransformer(shape=(5, "b")).fit(ROWS)  # pyright: ignore[reportArgumentType]
    with pytest.raises(NotFittedError):
        AutoencoderTransformer().transform(ROWS)
    with pytest.raises(ConfigError, match=r"X: expected codes \[n, 2\], got \[3, 5\]"):
        AutoencoderTransformer(2, **FEW).fit(ROWS).inverse_transform(np.zeros((3, 5)))
