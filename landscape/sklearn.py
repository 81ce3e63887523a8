"""A fitted multi-layer perceptron of scikit-learn as a scene: the same network, the same loss, its own weights."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

import numpy as np

from landscape.errors import LibraryMissing, ModelError
from landscape.given import given_mlp
from landscape.models.base import Array
from landscape.models.losses import LossName, OutputName
from landscape.scene import Scene

ACTIVATIONS: dict[str, Literal["identity", "sigmoid", "tanh", "relu"]] = {
    "identity": "identity",
    "logistic": "sigmoid",
    "tanh": "tanh",
    "relu": "relu",
}
"""Ours by theirs."""


class Ending(NamedTuple):
    """What stands behind the last sums: ours for one of theirs."""

    output: OutputName
    loss: LossName


ENDINGS = {
    ("softmax", "log_loss"): Ending("softmax", "cross_entropy"),
    ("logistic", "log_loss"): Ending("sigmoid", "cross_entropy"),
    ("identity", "squared_error"): Ending("identity", "squared_error"),
}


def from_sklearn(
    estimator: Any, x: Any, y: Any, *, penalty: bool = False, name: str | None = None, text: str = "your fitted"
) -> Scene:
    """The scene of a fitted ``MLPClassifier`` or ``MLPRegressor`` through its weights, on samples of one's own.

    W1, b1, W2, ... are its ``coefs_`` (transposed) and ``intercepts_``. With p its predictions the loss is ::

        MLPClassifier, K > 2 classes     softmax: -mean_n sum_k y_k log p_k     metrics.log_loss
        MLPClassifier, 2 classes         one sigmoid output                     metrics.log_loss
        MLPClassifier, several labels    a sigmoid output each, summed over them
        MLPRegressor, K targets          mean_n sum_k (p_k - y_k)^2             K metrics.mean_squared_error

    What the estimator itself goes down is the classifier's loss plus its penalty; the regressor's is half the mean
    over samples and targets. With ``penalty`` its ``alpha`` comes along: ``l2`` is alpha / N of a classifier and
    2 K alpha / N of a regressor, so that this loss is the estimator's own, times 2 K of a regressor, on all N samples.

    Args:
        estimator: fitted.
        x: (N, D) samples.
        y: their labels, or their targets (N,) or (N, K).
        penalty: whether the estimator's penalty is part of the loss.
        name: of the kind, as for :func:`landscape.given_mlp`.
        text: begins its words.

    Raises:
        ModelError: it is no such estimator, is not fitted, or has no counterpart here.

    Example:
        >>> from sklearn.datasets import load_iris
        >>> from sklearn.neural_network import MLPClassifier
        >>> x, y = load_iris(return_X_y=True)
        >>> scene = from_sklearn(MLPClassifier((5,), solver="lbfgs", random_state=0).fit(x, y), x, y, name="iris-fit")
        >>> scene.model.words(4, 3)
        'your fitted 4-5-3 relu network'
    """
    classifier, regressor = _library()
    if not isinstance(estimator, classifier | regressor):
        raise ModelError(f"Estimator must be an MLPClassifier or MLPRegressor. Got {type(estimator).__name__}.")
    if not hasattr(estimator, "coefs_"):
        raise ModelError(f"Estimator must be fitted. Got {type(estimator).__name__} before fit.")
    ending = ENDINGS.get((estimator.out_activation_, estimator.loss))
    if ending is None or estimator.activation not in ACTIVATIONS:
        got = f"{estimator.activation} units, {estimator.out_activation_} outputs and loss {estimator.loss}"
        raise ModelError(f"Estimator must have units, outputs and a loss that an mlp has too. Got {got}.")
    inputs = np.asarray(x.toarray() if hasattr(x, "toarray") else x, dtype=np.float64)
    outputs = estimator.n_outputs_
    is_classifier = isinstance(estimator, classifier)
    targets = _classes(estimator, y) if is_classifier else _columns(y)
    alpha = float(estimator.alpha) / max(1, len(inputs)) if penalty else 0.0
    return given_mlp(
        [matrix.T for matrix in estimator.coefs_],
        estimator.intercepts_,
        (inputs, targets),
        activation=ACTIVATIONS[estimator.activation],
        output=ending.output,
        loss=ending.loss,
        l2=alpha if is_classifier else 2 * outputs * alpha,
        name=name,
        text=text,
    )


def _library() -> tuple[Any, Any]:
    try:
        from sklearn.neural_network import (  # type: ignore[import-untyped]  # noqa: PLC0415 (slow to import)
            MLPClassifier,
            MLPRegressor,
        )
    except ImportError as error:
        raise LibraryMissing("scikit-learn is not installed. pip install scikit-learn") from error
    return MLPClassifier, MLPRegressor


def _classes(estimator: Any, y: Any) -> Array:
    """Labels as the outputs have them: (N, K) one-hot, of two classes (N, 1), of several labels as they are."""
    labels, known = np.asarray(y), np.asarray(estimator.classes_)
    if estimator.n_outputs_ > 1 and estimator.out_activation_ == "logistic":
        return np.asarray(labels, dtype=np.float64)
    labels = labels.ravel()
    unknown = labels[~np.isin(labels, known)]
    if unknown.size:
        raise ModelError(f"Labels must be of those that were fitted, {_some(known)}. Got {unknown[0]}.")
    found = labels[:, None] == known  # (N, K)
    return np.asarray(found[:, 1:] if estimator.n_outputs_ == 1 else found, dtype=np.float64)


def _columns(y: Any) -> Array:
    targets = np.asarray(y, dtype=np.float64)
    return targets[:, None] if targets.ndim == 1 else targets


def _some(known: Array) -> str:
    shown = ", ".join(map(str, known[:6]))
    return shown if len(known) <= 6 else f"{shown}, ..."
