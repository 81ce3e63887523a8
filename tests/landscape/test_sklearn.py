"""A fitted network of scikit-learn, against scikit-learn's own metrics and predictions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris, make_multilabel_classification
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss, mean_squared_error
from sklearn.neural_network import MLPClassifier, MLPRegressor

import landscape as ls
from landscape.models.mlp import Mlp
from tests.landscape.conftest import register  # noqa: F401 (a fixture)

pytestmark = [
    pytest.mark.usefixtures("register"),
    pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning"),
]

FEW = {"max_iter": 30, "random_state": 0}


def here(scene: ls.Scene) -> float:
    objective = ls.objective(scene)
    return float(objective.loss(objective.theta0))


@pytest.mark.parametrize("activation", ["identity", "logistic", "tanh", "relu"])
def test_a_classifiers_loss_is_sklearns_log_loss(activation: str) -> None:
    x, y = load_iris(return_X_y=True)
    names = np.array(["setosa", "versicolor", "virginica"])[y]
    fitted = MLPClassifier((6, 5), activation=activation, alpha=0.1, **FEW).fit(x, names)
    scene = ls.from_sklearn(fitted, x, names)
    assert here(scene) == pytest.approx(log_loss(names, fitted.predict_proba(x)), rel=1e-10)
    assert isinstance(scene.model, Mlp)
    assert ls.gradient_check(scene).passed or activation == "relu"  # a kink may lie within a difference


def test_two_classes_have_one_output() -> None:
    x, y = load_breast_cancer(return_X_y=True)
    fitted = MLPClassifier((4,), **FEW).fit(x / x.std(axis=0), y)
    scene = ls.from_sklearn(fitted, x / x.std(axis=0), y)
    assert scene.data is not None
    assert scene.data.outputs == 1
    assert here(scene) == pytest.approx(log_loss(y, fitted.predict_proba(x / x.std(axis=0))), rel=1e-10)


def test_several_labels_are_summed_over() -> None:
    x, y = make_multilabel_classification(60, n_features=5, n_classes=3, random_state=0)
    fitted = MLPClassifier((4,), **FEW).fit(x, y)
    p = fitted.predict_proba(x)
    want = sum(log_loss(y[:, label], p[:, label], labels=[0, 1]) for label in range(3))
    assert here(ls.from_sklearn(fitted, x, y)) == pytest.approx(want, rel=1e-10)


@pytest.mark.parametrize("targets", [1, 2])
def test_a_regressors_loss_is_the_squared_error(targets: int) -> None:
    x, y = load_diabetes(return_X_y=True)
    y = y / 100 if targets == 1 else np.stack([y / 100, x[:, 0] * 9], axis=1)
    fitted = MLPRegressor(hidden_layer_sizes=(6,), activation="tanh", **FEW).fit(x, y)
    want = targets * mean_squared_error(y, fitted.predict(x))
    assert here(ls.from_sklearn(fitted, x, y)) == pytest.approx(want, rel=1e-10)


@pytest.mark.parametrize("kind", [MLPClassifier, MLPRegressor])
def test_with_the_penalty_it_is_what_the_estimator_goes_down(kind: Any) -> None:
    """``loss_`` is the loss at the beginning of the last epoch's only batch: after one epoch that of the first draw."""
    x, y = load_iris(return_X_y=True)
    settings: dict[str, Any] = {"alpha": 3.0, "batch_size": 150, "random_state": 4, "shuffle": False}
    begun = kind(hidden_layer_sizes=(5,), max_iter=1, learning_rate_init=1e-300, **settings).fit(
        x, y
    )  # it does not move
    scene = ls.from_sklearn(begun, x, y, penalty=True)
    times = 1.0 if kind is MLPClassifier else 2.0
    assert here(scene) == pytest.approx(times * begun.loss_, rel=1e-10)
    assert here(scene) > here(ls.from_sklearn(begun, x, y)) * (1 + 1e-6)


def test_weights_are_addressed_as_in_every_mlp() -> None:
    x, y = load_iris(return_X_y=True)
    fitted = MLPClassifier((6, 5), **FEW).fit(x, y)
    ls.from_sklearn(fitted, x, y, name="iris-fit")
    scene = ls.Scene.from_query("model.kind=iris-fit&plane.kind=weights&plane.first=W2,3,1&plane.second=W2,3,2")
    plane = ls.plane(scene)
    at = plane.project(ls.objective(scene).theta0)
    assert at.tolist() == [fitted.coefs_[1][1, 3], fitted.coefs_[1][2, 3]]
    assert scene.words.startswith("the loss of your fitted 4-6-5-3 relu network on 150 samples of your data over two")


def test_what_has_no_counterpart_is_refused() -> None:
    x, y = load_iris(return_X_y=True)
    with pytest.raises(ls.ModelError, match=r"must be an MLPClassifier or MLPRegressor\. Got LogisticRegression"):
        ls.from_sklearn(LogisticRegression(max_iter=1000).fit(x, y), x, y)
    with pytest.raises(ls.ModelError, match="must be fitted"):
        ls.from_sklearn(MLPClassifier(), x, y)
    with pytest.raises(ls.ModelError, match=r"an mlp has too\. Got relu units, exp outputs and loss poisson"):
        ls.from_sklearn(MLPRegressor(hidden_layer_sizes=(3,), loss="poisson", **FEW).fit(x, y + 1.0), x, y + 1.0)
    with pytest.raises(ls.ModelError, match=r"Labels must be of those that were fitted, 0, 1, 2\. Got 3\."):
        ls.from_sklearn(MLPClassifier((3,), **FEW).fit(x, y), x, y + 1)
