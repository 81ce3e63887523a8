"""Gradient checks that can fail, and critical points in closed form."""

import math

import numpy as np
import pytest

import landscape as ls
from landscape.diagnostics import critical_point, hessian
from landscape.gradient_check import check_gradient
from landscape.models.function import Function
from landscape.models.mlp import Mlp
from landscape.objective import Objective
from landscape.slice import Slice

NETWORK = ls.Scene.model_validate(
    {
        "model": {"kind": "mlp", "hidden": [6, 4], "seed": 1, "bias": True},
        "data": {"kind": "digits", "samples": 20},
        "plane": {"kind": "weights", "first": ["W3", 0, 0], "second": ["W3", 0, 1]},
        "runs": [],
    }
)


def function(name):
    scene = ls.Scene.model_validate({"model": {"kind": "function", "name": name}})
    return Slice(ls.objective(scene), ls.plane(scene))


@pytest.mark.parametrize("name", ["valley", "ravine", "shallow_ravine", "false_minima"])
def test_functions_pass(name):
    report = ls.gradient_check(ls.Scene.model_validate({"model": {"kind": "function", "name": name}}))
    assert report.passed
    assert report.error <= 1e-6
    assert report.blocks.keys() == {"x", "y"}
    assert report.evaluations == 4  # two for each of two parameters


def test_a_network_passes_block_by_block():
    report = ls.gradient_check(NETWORK, per_block=10)
    assert report.passed
    assert list(report.blocks) == ["W1", "b1", "W2", "b2", "W3", "b3"]
    assert report.error == max(report.blocks.values()) <= 1e-6
    assert report.evaluations == 2 * (10 + 6 + 10 + 4 + 10 + 10)


def test_small_blocks_are_checked_whole_and_each_place_once():
    assert ls.gradient_check(NETWORK, per_block=10_000).evaluations == 2 * ls.objective(NETWORK).theta0.size


class Wrong(Mlp):
    """Its gradient is too long in one block."""

    block: str = "W2"
    factor: float = 1.00001

    def value_and_gradient(self, theta, x, y):
        loss, gradient = super().value_and_gradient(theta, x, y)
        start = 0
        for name, shape in self.blocks(x.shape[1], y.shape[1]).items():
            stop = start + math.prod(shape)
            if name == self.block:
                gradient[..., start:stop] *= self.factor
            start = stop
        return loss, gradient


@pytest.mark.parametrize("block", ["W1", "b1", "W2", "b2", "W3", "b3"])
def test_a_wrong_gradient_fails_in_its_block(block):
    samples = ls.objective(NETWORK).samples
    report = check_gradient(Objective(Wrong(hidden=(6, 4), bias=True, block=block), samples))
    assert not report.passed
    assert report.blocks[block] == report.error
    assert report.error == pytest.approx(0.00001 / 2.00001, rel=0.05)  # |g - d| / (|g| + |d|)
    assert all(error <= 1e-6 for name, error in report.blocks.items() if name != block)


def test_a_gradient_of_the_wrong_sign_is_as_wrong_as_can_be():
    class Backwards(Function):
        def value_and_gradient(self, theta, x=None, y=None):
            loss, gradient = super().value_and_gradient(theta)
            return loss, -gradient

    report = check_gradient(Objective(Backwards(name="ravine"), None))
    assert report.error == pytest.approx(1, rel=1e-6)


def test_at_a_flat_point_nothing_is_wrong():
    report = check_gradient(Objective(Function(name="valley"), None), np.zeros(2))
    assert (report.error, report.passed) == (0.0, True)


ARC = math.acos(0.2)


@pytest.mark.parametrize(
    ("start", "point", "kind", "eigenvalues"),
    [  # cos x sin y = -0.2 and sin x cos y = 0; the Hessian is [[-sin x sin y, cos x cos y], [., -sin x sin y]]
        ((1.3, -1.4), (ARC, -math.pi / 2), "minimum", (math.sin(ARC), math.sin(ARC))),
        ((-1.5, -1.4), (-ARC, -math.pi / 2), "maximum", (-math.sin(ARC), -math.sin(ARC))),
        ((0.2, -0.1), (0, math.asin(-0.2)), "saddle", (-math.sqrt(0.96), math.sqrt(0.96))),
    ],
)
def test_critical_points_of_false_minima(start, point, kind, eigenvalues):
    found = critical_point(function("false_minima"), np.array(start))
    assert (found.a, found.b) == pytest.approx(point, abs=1e-10)
    assert found.kind == kind
    assert found.grad_norm <= 1e-10
    assert found.eigenvalues == pytest.approx(eigenvalues, rel=1e-6)
    assert found.loss == pytest.approx(math.sin(point[0]) * math.sin(point[1]) + 0.2 * point[0], abs=1e-12)


@pytest.mark.parametrize("start", [(0.0, 0.0), (1.5, -2.0), (1e6, -1e6)])
def test_the_valley_has_its_minimum_at_zero(start):
    found = critical_point(function("valley"), np.array(start))
    assert found.kind == "minimum"
    assert math.hypot(found.a, found.b) <= 1e-10
    assert found.eigenvalues == pytest.approx((2, 2), rel=1e-6)


def test_a_search_that_does_not_arrive_says_so():
    found = critical_point(function("false_minima"), np.array([3.0, 1.2]), iterations=1)
    assert found.kind == "none"
    assert found.grad_norm > 1e-10


def test_the_hessian_of_a_network_against_second_differences_of_the_loss():
    slice_, at, h = Slice(ls.objective(NETWORK), ls.plane(NETWORK)), np.array([0.4, -0.8]), 1e-3
    e = h * np.eye(2)
    want = [
        [
            float(slice_.loss(at + e[i] + e[j]) - slice_.loss(at + e[i] - e[j]))
            - float(slice_.loss(at - e[i] + e[j]) - slice_.loss(at - e[i] - e[j]))
            for j in range(2)
        ]
        for i in range(2)
    ]
    np.testing.assert_allclose(hessian(slice_, at), np.array(want) / (4 * h * h), rtol=1e-4, atol=1e-8)
