"""A network whose weights are given is an mlp in everything but where its weights come from."""

from __future__ import annotations

from itertools import islice
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

import landscape as ls
from landscape.models.mlp import Mlp
from landscape.slice import Lifted, ways
from tests.landscape.conftest import register  # noqa: F401 (a fixture)

pytestmark = pytest.mark.usefixtures("register")

RANDOM = np.random.default_rng(3)
WEIGHTS = [RANDOM.normal(size=(5, 4)), RANDOM.normal(size=(6, 5)), RANDOM.normal(size=(3, 6))]
BIASES = [RANDOM.normal(size=5), RANDOM.normal(size=6), RANDOM.normal(size=3)]
X, LABELS = RANDOM.normal(size=(30, 4)), RANDOM.integers(0, 3, 30)


def by_hand(x: Any) -> Any:
    """The logits, layer by layer."""
    h = np.tanh(np.tanh(x @ WEIGHTS[0].T + BIASES[0]) @ WEIGHTS[1].T + BIASES[1])
    return h @ WEIGHTS[2].T + BIASES[2]


def given(**options: Any) -> ls.Scene:
    return ls.given_mlp(WEIGHTS, BIASES, (X, LABELS), **({"activation": "tanh"} | options))


def test_its_loss_is_that_of_the_network_worked_by_hand() -> None:
    objective = ls.objective(given())
    z = by_hand(X)
    top = z.max(axis=1)
    want = np.mean(np.log(np.exp(z - top[:, None]).sum(axis=1)) + top - z[np.arange(30), LABELS])
    assert float(objective.loss(objective.theta0)) == pytest.approx(want, rel=1e-14)
    assert dict(objective.blocks) == {"W1": (5, 4), "b1": (5,), "W2": (6, 5), "b2": (6,), "W3": (3, 6), "b3": (3,)}
    np.testing.assert_array_equal(objective.theta0[:20].reshape(5, 4), WEIGHTS[0])
    assert ls.gradient_check(given()).passed


@pytest.mark.parametrize(
    ("plane", "way"),
    [
        ({"kind": "random"}, "Dense"),
        ({"first": ["W3", 0, 1], "second": ["W3", 0, 2]}, "SoftmaxLayer"),
        ({"first": ["W2", 0, 1], "second": ["W2", 0, 2]}, "Tabulated"),
        ({"first": ["W1", 0, 1], "second": ["W1", 3, 2]}, "HiddenLayer"),
    ],
)
def test_the_short_ways_over_a_plane_are_an_mlps(plane: dict[str, Any], way: str) -> None:
    scene = ls.Scene.model_validate({"model": given(name="net").model, "plane": plane})
    objective, over = ls.objective(scene), ls.plane(scene)
    quickest = next(islice(ways(objective, over), 1))
    assert type(quickest).__name__ == way
    ab = np.random.default_rng(0).uniform(-1, 1, (6, 2))
    np.testing.assert_allclose(quickest.value(ab), Lifted(objective, over).value(ab), rtol=1e-9)


def test_its_words_defaults_and_link() -> None:
    scene = given(name="net", l2=0.5)
    assert isinstance(scene.model, Mlp)
    assert scene.words == (
        "the loss of your 4-5-6-3 tanh network on 30 samples of your data"
        " along two filter-normalised random directions through its 82 initial weights"
    )
    assert scene.to_query() == "model.kind=net"
    assert ls.read_query("model.kind=net") == (scene, [])
    assert scene.model.l2 == 0.5
    other = ls.Scene.from_query("model.kind=net&model.activation=relu")
    assert (other.model.activation, other.model.output) == ("relu", "softmax")
    assert not {"hidden", "seed", "init", "bias", "norm"} & type(scene.model).model_fields.keys()


def test_another_network_may_be_measured_on_the_same_samples() -> None:
    given(name="net")
    scene = ls.Scene.from_query("model.kind=mlp&model.hidden=3&data.kind=net")
    assert scene.data is not None
    assert scene.data.load().y.argmax(axis=1).tolist() == LABELS.tolist()
    fewer = ls.Scene.from_query("model.kind=net&data.samples=7&data.sample_seed=1")
    assert fewer.data.load().x.shape == (7, 4)
    assert ls.revise(fewer, {"data.samples": "31"}).errors == {
        "data.samples": "Samples must be at most 30. Got 31."
    }  # fmt: skip
    with pytest.raises(ValidationError, match=r"Data must have 4 numbers and 3 targets a sample, .* Got 64 and 10\."):
        ls.Scene.model_validate({"model": {"kind": "net"}, "data": {"kind": "digits"}})


def test_two_networks_do_not_meet() -> None:
    """Without a name each has one of its own; both can be looked at afterwards."""
    one, other = given(), given(activation="relu")
    assert (one.model.kind, other.model.kind) == ("network", "network-2")
    assert one.objective_digest != other.objective_digest
    assert float(ls.objective(one).loss(ls.objective(one).theta0)) != float(
        ls.objective(other).loss(ls.objective(other).theta0)
    )


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"weights": []}, "Weights must be a matrix for each layer. Got none."),
        ({"weights": [WEIGHTS[0], WEIGHTS[2]]}, "Weights 2 must have 5 columns, the units of layer 1. Got 6."),
        ({"weights": [WEIGHTS[0][0]]}, "Weights 1 must be a matrix of numbers. Got shape (4,)."),
        ({"biases": BIASES[:2]}, "Biases must be 3, one for each layer, or None. Got 2."),
        ({"biases": [BIASES[0], BIASES[0], BIASES[2]]}, "Biases 2 must be 6, one for each unit. Got 5."),
        ({"biases": [BIASES[0], BIASES[1], BIASES[2] * np.inf]}, "Weights must be finite numbers."),
        ({"batch": (X, LABELS + 1)}, "Targets must be numbers of classes from 0 to 2. Got 1 to 3."),
        ({"batch": (X, np.zeros((30, 2)))}, "Batch must be x of shape (N, 4) and y of shape (N, 3) or numbers of"),
        ({"batch": (X[:0], LABELS[:0])}, "X must be a matrix of numbers. Got shape (0, 4)."),
        ({"batch": X}, "Batch must be two arrays, (x, y). Got ndarray."),
        ({"batch": (X * np.nan, LABELS)}, "Data must be finite numbers. Got nan in x."),
    ],
)
def test_what_does_not_fit_together_is_said(change: dict[str, Any], says: str) -> None:
    whole = {"weights": WEIGHTS, "biases": BIASES, "batch": (X, LABELS)} | change
    with pytest.raises(ls.ModelError) as caught:
        ls.given_mlp(whole["weights"], whole["biases"], whole["batch"])
    assert says in str(caught.value)
