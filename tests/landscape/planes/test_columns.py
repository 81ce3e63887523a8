"""The plane along columns of a matrix."""

import numpy as np
import pytest
from pydantic import ValidationError

import landscape as ls
from landscape.planes.columns import Columns

BLOCKS = {"W1": (3, 4), "b1": (3,), "W2": (2, 3)}
THETA = np.random.RandomState(0).randn(21)


def test_it_scales_the_columns_alone():
    plane = Columns(matrix="W1", first=2, second=0).build(THETA, BLOCKS, frozenset({"b1"}))
    want = THETA.copy()
    matrix = want[:12].reshape(3, 4)
    matrix[:, 2] *= 1 + 0.5
    matrix[:, 0] *= 1 - 2.0
    np.testing.assert_allclose(plane.lift([0.5, -2.0]), want, rtol=1e-15)
    np.testing.assert_array_equal(plane.project(THETA), [0.0, 0.0])


def test_one_column_is_a_line():
    plane = Columns(matrix="W2", first=1, second=None).build(THETA, BLOCKS, frozenset())
    assert plane.is_line
    want = THETA.copy()
    want[15:].reshape(2, 3)[:, 1] = 0
    np.testing.assert_allclose(plane.lift([-1.0, 0.0]), want, atol=1e-15)
    np.testing.assert_allclose(plane.project(plane.lift([0.7, 0.0])), [0.7, 0.0])


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"matrix": "W3"}, "Matrix must be one of W1, W2. Got W3."),
        ({"matrix": "b1"}, "Matrix must be one of W1, W2. Got b1."),
        ({"matrix": "W2", "first": 3}, "First column must be at most 2, the last of W2. Got 3."),
        ({"matrix": "W1", "second": 4}, "Second column must be at most 3, the last of W1. Got 4."),
        ({"first": 1, "second": 1}, "Second column must differ from the first. Got 1 twice."),
    ],
)
def test_what_is_not_there_is_refused(fields, sentence):
    with pytest.raises(ValidationError) as caught:
        Columns(**fields).check(BLOCKS)
    assert caught.value.errors()[0]["msg"] == sentence


def test_a_column_of_zeros_moves_nothing_and_says_so():
    theta = THETA.copy()
    theta[:12].reshape(3, 4)[:, 1] = 0
    with pytest.raises(ValidationError, match="Column 1 of W1 is zero in the initial weights: scaling"):
        Columns(matrix="W1", first=0, second=1).build(theta, BLOCKS, frozenset())


def test_a_function_has_no_columns():
    with pytest.raises(ValidationError, match="Columns need a matrix: this model has none"):
        ls.Scene.model_validate({"model": {"kind": "function"}, "plane": {"kind": "columns"}})


def test_the_surface_is_that_of_the_lifted_network():
    scene = ls.Scene.model_validate(
        {
            "model": {"hidden": [5]},
            "data": {"samples": 30},
            "plane": {"kind": "columns", "matrix": "W1", "first": 20, "second": 36},
            "grid": {"a": [-3, 2], "b": [-1, 4], "resolution": [4, 3]},
            "runs": [],
        }
    )
    surface, objective, theta = ls.surface(scene), ls.objective(scene), ls.objective(scene).theta0
    for row, b in enumerate(surface.b):
        for column, a in enumerate(surface.a):
            moved = theta.copy()
            matrix = moved[: 5 * 64].reshape(5, 64)
            matrix[:, 20] *= 1 + a
            matrix[:, 36] *= 1 + b
            assert surface.loss[row, column] == pytest.approx(float(objective.loss(moved)), rel=1e-12)
