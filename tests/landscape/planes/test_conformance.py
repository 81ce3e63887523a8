"""What every plane must do, whichever it is: each registered kind on networks with and without biases."""

import doctest
import inspect

import numpy as np
import pytest

from landscape.models.base import size
from landscape.part import flatten, unflatten
from landscape.planes import planes

NETWORKS = {
    "no biases": ({"W1": (4, 3), "W2": (5, 4), "W3": (6, 300)}, frozenset()),
    "biases": ({"W1": (4, 3), "b1": (4,), "W2": (5, 4), "b2": (5,), "W3": (6, 300), "b3": (6,)}, {"b1", "b2", "b3"}),
}

every_kind = pytest.mark.parametrize("cls", list(planes), ids=planes.names())
every_network = pytest.mark.parametrize(("blocks", "biases"), NETWORKS.values(), ids=list(NETWORKS))


def weights_of(blocks, seed=0):
    theta0 = np.random.RandomState(seed).randn(size(blocks))
    theta0.flags.writeable = False
    return theta0


@every_kind
@every_network
def test_shapes_and_types(cls, blocks, biases):
    theta0 = weights_of(blocks)
    cls().check(blocks)
    plane = cls().build(theta0, blocks, frozenset(biases))
    for array in (plane.origin, plane.u, plane.v):
        assert array.shape == theta0.shape
        assert array.dtype == np.float64
        assert not np.shares_memory(array, theta0)


@every_kind
@every_network
def test_projects_what_it_lifts(cls, blocks, biases):
    plane = cls().build(weights_of(blocks), blocks, frozenset(biases))
    ab = np.random.RandomState(1).uniform(-15, 17, size=(4, 5, 2))
    np.testing.assert_allclose(plane.project(plane.lift(ab)), ab, rtol=1e-9, atol=1e-9)


@every_kind
@every_network
def test_initial_weights_lie_on_it(cls, blocks, biases):
    theta0 = weights_of(blocks)
    plane = cls().build(theta0, blocks, frozenset(biases))
    np.testing.assert_allclose(plane.lift(plane.project(theta0)), theta0, rtol=1e-12)


@every_kind
@every_network
def test_same_kind_same_plane(cls, blocks, biases):
    one, other = (cls().build(weights_of(blocks), blocks, frozenset(biases)) for _ in range(2))
    for name in ("origin", "u", "v"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


@every_kind
def test_fields_are_declared_for_people(cls):
    assert cls.noun
    for name, field in cls.model_fields.items():
        if name != "kind":
            assert field.title, name
            assert field.description, name
            assert field.description.endswith("."), name
    first, second = cls().axis_titles()
    assert first
    assert first != second


@every_kind
def test_is_a_value(cls):
    assert cls() == cls()
    assert hash(cls()) == hash(cls())
    assert planes.read(unflatten(flatten(cls()))) == cls()
    assert planes.read(cls().model_dump(mode="json")) == cls()


@every_kind
def test_examples_run(cls):
    outcome = doctest.testmod(inspect.getmodule(cls))
    assert outcome.attempted > 0
    assert outcome.failed == 0
