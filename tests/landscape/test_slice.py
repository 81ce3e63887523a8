"""The function on the plane: lifted by hand, the shorter ways, batches, grids."""

import numpy as np
import pytest

import landscape as ls
from landscape.datasets.base import Samples
from landscape.models.dense import Dense
from landscape.models.mlp import Mlp
from landscape.objective import Objective
from landscape.planes.base import Plane
from landscape.planes.random import Random
from landscape.planes.weights import Weights
from landscape.slice import Slice


def network(**fields):
    random = np.random.RandomState(0)
    samples = Samples(random.randn(8, 5), np.eye(3)[random.randint(3, size=8)])
    return Objective(Mlp(**({"hidden": (4, 6), "seed": 1} | fields)), samples)


PLANES = {
    "last layer": Weights(first=("W3", 1, 0), second=("W3", 1, 5)),
    "hidden layer": Weights(first=("W2", 1, 0), second=("W2", 3, 2)),
    "two layers": Weights(first=("W1", 1, 0), second=("W3", 1, 5)),
    "random": Random(seed=4),
}
every_plane = pytest.mark.parametrize("kind", PLANES.values(), ids=list(PLANES))


def slice_of(objective, kind):
    return Slice(objective, kind.build(objective.theta0, objective.blocks, objective.model.biases()))


@every_plane
def test_loss_is_the_models_at_the_lifted_point(kind):
    objective = network()
    slice_ = slice_of(objective, kind)
    plane, (x, y, _) = slice_.plane, objective.samples
    ab = np.random.RandomState(1).randn(2, 3, 2)
    for place in np.ndindex(2, 3):
        a, b = ab[place]
        theta = plane.origin + a * plane.u + b * plane.v
        want = float(objective.model.value(theta, x, y))
        assert float(slice_.loss(ab)[place]) == pytest.approx(want, rel=1e-12)
        assert float(slice_.loss(ab[place])) == pytest.approx(want, rel=1e-12)


@every_plane
def test_gradient_against_central_differences(kind):
    slice_, h = slice_of(network(), kind), 1e-5
    for ab in np.random.RandomState(2).randn(4, 2):
        loss, gradient = slice_.loss_and_gradient(ab)
        differences = (slice_.loss(ab + h * np.eye(2)) - slice_.loss(ab - h * np.eye(2))) / (2 * h)
        assert float(loss) == pytest.approx(float(slice_.loss(ab)), rel=1e-13)
        assert np.linalg.norm(gradient - differences) <= 1e-6 * np.linalg.norm(differences) + 1e-10
        np.testing.assert_allclose(slice_.gradient(ab), gradient, rtol=1e-12)


@every_plane
def test_a_batch_is_the_same_network_on_fewer_samples(kind):
    objective = network()
    slice_, batch = slice_of(objective, kind), np.array([5, 1, 6])
    fewer = Samples(objective.samples.x[batch], objective.samples.y[batch])
    alone = slice_of(Objective(objective.model, fewer), kind)
    ab = np.random.RandomState(3).randn(4, 2)
    np.testing.assert_allclose(slice_.loss(ab, batch), alone.loss(ab), rtol=1e-12)
    np.testing.assert_allclose(slice_.gradient(ab, batch), alone.gradient(ab), rtol=1e-9, atol=1e-13)


@every_plane
def test_a_grid_has_rows_along_b(kind):
    slice_ = slice_of(network(), kind)
    a, b = np.linspace(-2, 3, 4), np.linspace(-1, 5, 3)
    loss = slice_.grid(a, b)
    assert loss.shape == (3, 4)
    for i, j in np.ndindex(3, 4):
        assert loss[i, j] == pytest.approx(float(slice_.loss(np.array([a[j], b[i]]))), rel=1e-13)


@pytest.mark.parametrize(
    "change",
    [
        {"u": 2.0},  # another unit of length
        {"origin": 0.5},  # another zero
    ],
)
def test_a_plane_that_is_almost_of_two_weights_is_one_of_two_directions(change):
    objective = network()
    plane = PLANES["last layer"].build(objective.theta0, objective.blocks, frozenset())
    place = int(np.flatnonzero(plane.u)[0])
    parts = {"origin": plane.origin.copy(), "u": plane.u.copy(), "v": plane.v.copy()}
    for name, value in change.items():
        parts[name][place] = value
    slice_ = Slice(objective, Plane(**parts))
    assert isinstance(slice_.evaluator, Dense)
    ab = np.array([0.7, -0.3])
    theta = parts["origin"] + 0.7 * parts["u"] - 0.3 * parts["v"]
    assert float(slice_.loss(ab)) == pytest.approx(float(objective.loss(theta)), rel=1e-13)


def test_many_points_are_cut_without_a_seam():
    """More points than fit into one chunk: each is the same as alone."""
    slice_ = slice_of(network(), PLANES["two layers"])
    ab = np.random.RandomState(4).randn(6000, 2)
    loss = slice_.loss(ab)
    for place in (0, 1, 2999, 5998, 5999):
        assert loss[place] == pytest.approx(float(slice_.loss(ab[place])), rel=1e-12)


def test_a_function_is_its_own_slice():
    scene = ls.Scene.model_validate({"model": {"kind": "function", "name": "false_minima"}})
    slice_ = Slice(ls.objective(scene), ls.plane(scene))
    a, b = 1.3, -0.4
    assert float(slice_.loss(np.array([a, b]))) == pytest.approx(np.sin(a) * np.sin(b) + 0.2 * a, rel=1e-15)
