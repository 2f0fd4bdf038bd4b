"""An autoencoder with scikit-learn's face: fit, transform, inverse_transform, score, in pipelines and grid searches.

AutoencoderTransformer(28, "dense", epochs=10, random_state=0).fit(rows).transform(rows)
"""

from typing import Any, Self

import numpy as np
import numpy.typing as npt
import torch
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils.validation import check_array, check_is_fitted, validate_data

from mazefit.errors import Problems
from mazefit.supervised.autoencoder.fits import reconstruction_mse
from mazefit.supervised.autoencoder.models import MODELS, Shape, autoencoder
from mazefit.supervised.autoencoder.recipes import RECIPES
from mazefit.supervised.regressor import DTYPES, random_seed
from mazefit.training.evaluation import predictions
from mazefit.training.history import History
from mazefit.training.settings import arithmetic
from mazefit.training.trainer import Trainer

Array = npt.NDArray[Any]


class AutoencoderTransformer(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):
    """Rows to short codes and back, by an autoencoder that `mazefit.training.Trainer` fits.

        x' = 2 (x - low) / (high - low) - 1,    code = encoder(x'),    x̂ = low + (decoder(code) + 1)(high - low) / 2

    low and high are the least and the largest number of all rows that were fitted, one pair for all columns, as for the pixels
    of a picture. Every `fit` begins anew.

    Args:
        code: numbers of a code.
        model: a name of MODELS: "dense", "linear", "conv" or "strided".
        shape: (H, W) of a row as a picture, H · W columns; None = (1, columns).
        optimizer: as in `Trainer`; None = the model's own (RECIPES), at a constant rate.
        epochs: passes over the rows.
        batch_size: rows of an update; None = all.
        dtype: "float32" or "float64", of weights and arithmetic.
        device: where it is fitted: "cpu", "auto", "cuda", …; it transforms on the CPU.
        random_state: an integer from 0 on: the same number gives the same bytes; a RandomState, from which one is drawn; None
            draws anew at every fit.

    Attributes:
        model_: the autoencoder, on the CPU.
        low_, high_: the range that was mapped to -1 to 1.
        history_: the course of the fit.
        n_iter_: epochs fitted.
        n_features_in_, feature_names_in_: columns of X.

    Raises:
        ConfigError: in `fit`, an argument is out of range; names all of them.
        TrainingError: in `fit`, the loss is no finite number any more.
    """

    model_: Any
    history_: History
    low_: float
    high_: float
    n_iter_: int

    def __init__(
        self,
        code: int = 28,
        model: str = "dense",
        *,
        shape: Shape | None = None,
        optimizer: Any = None,
        epochs: int = 10,
        batch_size: int | None = 60,
        dtype: str = "float32",
        device: str = "cpu",
        random_state: Any = None,
    ) -> None:
        self.code = code
        self.model = model
        self.shape = shape
        self.optimizer = optimizer
        self.epochs = epochs
        self.batch_size = batch_size
        self.dtype = dtype
        self.device = device
        self.random_state = random_state

    def fit(self, X: Any, y: Any = None) -> Self:
        """Fit a new autoencoder.

        Args:
            X: rows [n, d].
            y: nothing; there for pipelines.
        """
        self._check()
        seed = random_seed(self.random_state)
        x: Any = validate_data(self, X, dtype=[np.float64, np.float32])
        shape = self._shape(x.shape[1])
        self.low_, self.high_ = float(x.min()), float(x.max())
        rows = self._scaled(x).reshape(-1, *shape)
        trainer = Trainer(
            autoencoder(self.model, shape, self.code),
            optimizer=RECIPES[self.model].optimizer if self.optimizer is None else self.optimizer,
            loss=reconstruction_mse,
            device=self.device,
            precision=self.dtype,
            seed=seed,
        )
        self.history_ = trainer.fit((rows, rows), epochs=self.epochs, batch_size=self.batch_size, progress=False)
        self.model_, self.n_iter_, self._shape_ = trainer.model.cpu().eval(), trainer.epochs, shape
        return self

    def transform(self, X: Any) -> Array:
        """Codes [n, code], of X's own precision.

        Args:
            X: rows [n, d].
        """
        check_is_fitted(self)
        x: Any = validate_data(self, X, reset=False, dtype=[np.float64, np.float32])
        return self._computed(self.model_.encoder, self._scaled(x).reshape(-1, *self._shape_)).astype(x.dtype)

    def inverse_transform(self, X: Any) -> Array:
        """Rows [n, d], on the scale of the data that were fitted.

        Args:
            X: codes [n, code].
        """
        check_is_fitted(self)
        kinds: Any = [np.float64, np.float32]
        codes: Any = check_array(X, dtype=kinds)
        problems = Problems("AutoencoderTransformer.inverse_transform")
        problems.check(codes.shape[1] == self.code, f"X: expected codes [n, {self.code}], got {list(codes.shape)}")
        problems.raise_if_any()
        given = torch.from_numpy(np.array(codes, order="C")).to(DTYPES[self.dtype])
        found = self._computed(self.model_.decoder, given).reshape(len(codes), -1).astype(codes.dtype)
        return (self.low_ + (found + 1) * ((self.high_ - self.low_) / 2)).astype(codes.dtype)

    def score(self, X: Any, y: Any = None) -> float:
        """The share of the variance that the reconstruction keeps: 1 - Σ (x - x̂)² / Σ (x - column's mean)².

        Args:
            X: rows [n, d].
            y: nothing.
        """
        codes = self.transform(X)
        x: Any = validate_data(self, X, reset=False, dtype=np.float64)
        lost, whole = np.square(x - self.inverse_transform(codes)).sum(), np.square(x - x.mean(axis=0)).sum()
        return float(1 - lost / whole) if whole else float(lost == 0)

    @property
    def _n_features_out(self) -> int:
        """How many columns `get_feature_names_out` names."""
        return int(self.code)

    def _scaled(self, x: Array) -> torch.Tensor:
        half = (self.high_ - self.low_) / 2 or 1.0
        return torch.from_numpy((x - self.low_) / half - 1).to(DTYPES[self.dtype])

    def _computed(self, part: torch.nn.Module, given: torch.Tensor) -> Array:
        return predictions(part, given, arithmetic(given.device, self.dtype)).numpy()

    def _shape(self, columns: int) -> Shape:
        shape: Any = (1, columns) if self.shape is None else tuple(self.shape)
        problems = Problems("AutoencoderTransformer")
        fine = len(shape) == 2 and shape[0] * shape[1] == columns
        problems.check(fine, f"shape: expected (H, W) with H · W = {columns} columns, got {self.shape!r}")
        problems.raise_if_any()
        return shape

    def _check(self) -> None:
        """Check the arguments that the trainer does not know."""
        problems = Problems("AutoencoderTransformer")
        problems.integer("code", self.code, 1)
        problems.choice("model", self.model, MODELS)
        problems.choice("dtype", self.dtype, DTYPES)
        problems.integer("epochs", self.epochs, 1)
        sizes: Any = () if self.shape is None else self.shape
        whole = isinstance(sizes, tuple | list) and all(isinstance(n, int) and n >= 1 for n in sizes)
        problems.check(self.shape is None or whole, f"shape: expected (H, W) or None, got {self.shape!r}")
        problems.raise_if_any()
