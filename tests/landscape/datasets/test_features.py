"""The tables of scikit-learn against its own arrays."""

import numpy as np
import pytest
from sklearn import datasets as sk
from sklearn.preprocessing import StandardScaler

from landscape.datasets.breast_cancer import BreastCancer
from landscape.datasets.diabetes import Diabetes
from landscape.datasets.iris import Iris
from landscape.datasets.wine import Wine

TABLES = {
    Iris: sk.load_iris(return_X_y=True),
    Wine: sk.load_wine(return_X_y=True),
    BreastCancer: sk.load_breast_cancer(return_X_y=True),
    Diabetes: sk.load_diabetes(return_X_y=True, scaled=False),
}
each = pytest.mark.parametrize("kind", TABLES, ids=lambda kind: kind.__name__)


def parted(kind):
    """scikit-learn's arrays in the order in which they are parted, and the size of the training part."""
    x, targets = TABLES[kind]
    order = np.random.RandomState(0).permutation(len(x))
    return x[order], targets[order], int(0.8 * len(x))


def targets_of(kind, y):
    return y[:, 0] if kind is Diabetes else y.argmax(axis=1)


@each
def test_as_they_were_measured(kind):
    x, targets, count = parted(kind)
    for split, part in (("train", slice(count)), ("test", slice(count, None)), ("all", slice(None))):
        got = kind(split=split, samples=len(x[part]), standardise=False).load()
        np.testing.assert_array_equal(got.x, x[part])
        np.testing.assert_array_equal(targets_of(kind, got.y), targets[part])


@each
def test_standardised_on_the_training_part(kind):
    x, targets, count = parted(kind)
    scaler = StandardScaler().fit(x[:count])
    for split, part in (("train", slice(count)), ("test", slice(count, None)), ("all", slice(None))):
        got = kind(split=split, samples=len(x[part])).load()
        np.testing.assert_allclose(got.x, scaler.transform(x[part]), rtol=0, atol=1e-11)
        if kind is Diabetes:
            expected = StandardScaler().fit(targets[:count, None]).transform(targets[part, None])
            np.testing.assert_allclose(got.y, expected, rtol=0, atol=1e-12)
        else:
            assert targets_of(kind, got.y).tolist() == targets[part].tolist()


@each
def test_a_few_are_standardised_like_all(kind):
    everything = kind(split="train", samples=kind.held("train")).load().x
    drawn = kind(samples=10, sample_seed=8).load().x
    assert {tuple(row) for row in drawn} <= {tuple(row) for row in everything}
    assert abs(drawn.mean(axis=0)).max() > 0.05, "the mean of all is taken, not that of the few"


def test_predicting_the_mean_of_diabetes_costs_one():
    y = Diabetes(samples=353).load().y
    assert np.mean((y - y.mean()) ** 2) == pytest.approx(1, abs=1e-12)
    assert Diabetes().task == "numbers"


def test_without_standardising_the_measures_differ_by_orders():
    spread = Wine(split="all", samples=178, standardise=False).load().x.std(axis=0)
    assert spread.max() > 1000 * spread.min()
