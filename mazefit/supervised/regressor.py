"""Small networks with scikit-learn's face: fit, predict, score, in pipelines and grid searches.

CurveRegressor(layers=(10,), activation="tanh", epochs=1000, random_state=0).fit(x, y).score(x, y)
"""

import numbers
from collections.abc import Sequence
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import torch
from sklearn.base import BaseEstimator, MultiOutputMixin, RegressorMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from mazefit.errors import ConfigError, Problems
from mazefit.supervised.networks import ACTIVATIONS, network
from mazefit.training.evaluation import predictions
from mazefit.training.history import History
from mazefit.training.optimizers import Adam
from mazefit.training.seeds import LARGEST
from mazefit.training.settings import arithmetic
from mazefit.training.trainer import Trainer

DTYPES: dict[str, torch.dtype] = {"float32": torch.float32, "float64": torch.float64}


class CurveRegressor(RegressorMixin, MultiOutputMixin, BaseEstimator):
    """A network of linear layers, an activation after each but the last, fitted to points by `mazefit.training.Trainer`.

        y = W_L a(… a(W_1 x + b_1) …) + b_L

    Nothing is scaled: put `StandardScaler` before it where columns differ in size, and `TransformedTargetRegressor` around it
    where y is far from 1 in size. Every `fit` begins anew. `CurveRegressor(random_state=7)` and a `Trainer` with seed 7 that is
    given `network(sizes, activation, dtype=...)` of `mazefit.supervised.networks` end with the same bytes.

    Args:
        layers: units of each hidden layer, the first beside the inputs; () = a straight line.
        activation: "tanh", "sigmoid", "relu", "leaky-relu" (0.2 below zero) or "none".
        optimizer: `SGD`, `RMSprop` or `Adam` of `mazefit.training`, or a function of the parameters that returns a
            `torch.optim.Optimizer`; None = `Adam(learning_rate=.01)`. Their `weight_decay` is what others call alpha.
        loss: "mse", "l1", or a function of (prediction, target) that returns the mean over the rows.
        epochs: passes over the rows.
        batch_size: rows of an update; None = all.
        dtype: "float64" or "float32", of weights and arithmetic.
        device: where it is fitted: "cpu", "auto", "cuda", …; it predicts on the CPU.
        random_state: an integer from 0 on: the same number gives the same bytes; a RandomState, from which one is drawn; None
            draws anew at every fit.

    Attributes:
        model_: the network, a `torch.nn.Sequential` on the CPU.
        coefs_, intercepts_: its weights [units left, units right] and biases [units], layer by layer, as
            `mazefit.plots.network` draws them.
        history_: the course of the fit; `history_.plot()` draws it.
        loss_curve_: the loss of each epoch, float64 [epochs], each batch measured before its update.
        n_iter_: epochs fitted.
        n_features_in_, feature_names_in_: columns of X.

    Raises:
        ConfigError: in `fit`, an argument is out of range; names all of them.
        TrainingError: in `fit`, the loss is no finite number any more.
    """

    model_: torch.nn.Module
    history_: History
    loss_curve_: npt.NDArray[np.float64]
    n_iter_: int

    def __init__(
        self,
        layers: Sequence[int] = (10,),
        activation: str = "tanh",
        *,
        optimizer: Any = None,
        loss: Any = "mse",
        epochs: int = 1000,
        batch_size: int | None = None,
        dtype: str = "float64",
        device: str = "cpu",
        random_state: Any = None,
    ) -> None:
        self.layers = layers
        self.activation = activation
        self.optimizer = optimizer
        self.loss = loss
        self.epochs = epochs
        self.batch_size = batch_size
        self.dtype = dtype
        self.device = device
        self.random_state = random_state

    def fit(self, X: Any, y: Any) -> Self:
        """Fit a new network.

        Args:
            X: inputs [n, d].
            y: outputs [n] or [n, k].
        """
        sizes, seed = self._checked(), random_seed(self.random_state)
        checked: Any = validate_data(self, X, y, multi_output=True, y_numeric=True, dtype=self.dtype)
        x, target = checked[0], np.asarray(checked[1], dtype=self.dtype)
        self._flat = target.ndim == 1
        outputs = target.reshape(len(target), -1)
        make = network((x.shape[1], *sizes, outputs.shape[1]), self.activation, dtype=DTYPES[self.dtype])
        trainer = Trainer(
            make,
            optimizer=Adam(learning_rate=0.01) if self.optimizer is None else self.optimizer,
            loss=self.loss,
            device=self.device,
            precision=self.dtype,
            seed=seed,
        )
        self.history_ = trainer.fit((x, outputs), epochs=self.epochs, batch_size=self.batch_size, progress=False)
        self.model_ = trainer.model.cpu()
        self.loss_curve_ = self.history_["loss"]
        self.n_iter_ = trainer.epochs
        return self

    def predict(self, X: Any) -> npt.NDArray[Any]:
        """The network's outputs, float64 [n] where y was [n], else [n, k].

        Args:
            X: inputs [n, d].
        """
        check_is_fitted(self)
        checked: Any = validate_data(self, X, reset=False, dtype=self.dtype)
        x = torch.as_tensor(np.array(checked, order="C"))  # a copy: PyTorch wants arrays that can be written to
        found: npt.NDArray[Any] = predictions(self.model_, x, arithmetic(x.device, self.dtype)).double().numpy()
        return found[:, 0] if self._flat else found

    @property
    def coefs_(self) -> list[npt.NDArray[Any]]:
        """Weights of each layer, [units left, units right]."""
        return [layer.weight.detach().numpy().T.copy() for layer in self._linear()]

    @property
    def intercepts_(self) -> list[npt.NDArray[Any]]:
        """Biases of each layer, [units]."""
        return [layer.bias.detach().numpy().copy() for layer in self._linear()]

    def _linear(self) -> list[torch.nn.Linear]:
        return [layer for layer in self.model_.modules() if isinstance(layer, torch.nn.Linear)]

    def _checked(self) -> tuple[int, ...]:
        """Sizes of the hidden layers, once the arguments that the trainer does not know are checked."""
        problems = Problems("CurveRegressor")
        whole = isinstance(self.layers, tuple | list) and all(isinstance(n, numbers.Integral) and n >= 1 for n in self.layers)
        problems.check(whole, f"layers: expected a tuple of integers of at least 1, such as (10,), got {self.layers!r}")
        problems.choice("activation", self.activation, ACTIVATIONS)
        problems.choice("dtype", self.dtype, DTYPES)
        problems.integer("epochs", self.epochs, 1)
        problems.raise_if_any()
        return tuple(int(n) for n in self.layers)


def random_seed(random_state: object) -> int:
    """The seed of a fit."""
    if random_state is None:
        return int(np.random.SeedSequence().generate_state(1)[0])
    if isinstance(random_state, np.random.RandomState):
        return int(random_state.randint(2**31))
    if isinstance(random_state, int | np.integer) and not isinstance(random_state, bool) and 0 <= random_state <= LARGEST:
        return int(random_state)
    raise ConfigError(f"random_state: expected an integer from 0 on, a RandomState or None, got {random_state!r}")
