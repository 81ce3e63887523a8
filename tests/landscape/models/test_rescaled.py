"""A scaled way against the formula of its docstring."""

import numpy as np

from landscape.models.base import Restriction
from landscape.models.rescaled import Rescaled


class Waves(Restriction):
    """sin a + 2 cos b, in the width it is asked for."""

    floats, work, point_work, nbytes = 1, 3, 5, 7

    def __init__(self):
        self.prepared, self.widths = [], []

    def prepare(self, seconds):
        self.prepared.append(seconds)
        return False

    def value(self, ab, batch=None):
        return np.sin(ab[..., 0]) + 2 * np.cos(ab[..., 1]) + (0 if batch is None else len(batch))

    def value_and_gradient(self, ab, batch=None):
        return self.value(ab, batch), np.stack([np.cos(ab[..., 0]), -2 * np.sin(ab[..., 1])], axis=-1)

    def grid(self, a, b, dtype=np.float64):
        self.widths.append(dtype)
        return np.sin(a) + 2 * np.cos(b)[:, None]


PENALTY = np.array([[4.0, 1.0, -2.0], [1.0, 3.0, 0.5], [-2.0, 0.5, 6.0]])
SCALE = np.array([0.5, 2.0])


def by_formula(a, b):
    point = np.array([1.0, a, b])
    return np.sin(0.5 * a) + 2 * np.cos(2 * b) + point @ PENALTY @ point / 2


def test_values_slopes_and_grids():
    way, ab, h = Rescaled(Waves(), SCALE, PENALTY), np.random.RandomState(0).randn(2, 3, 2), 1e-6
    value, slope = way.value_and_gradient(ab)
    np.testing.assert_array_equal(way.value(ab), value)
    np.testing.assert_array_equal(way.gradient(ab), slope)
    for place in np.ndindex(2, 3):
        a, b = ab[place]
        assert abs(value[place] - by_formula(a, b)) < 1e-13
        differences = [by_formula(a + h, b) - by_formula(a - h, b), by_formula(a, b + h) - by_formula(a, b - h)]
        np.testing.assert_allclose(slope[place], np.array(differences) / (2 * h), rtol=1e-6, atol=1e-8)
    a, b = np.array([-1.0, 2.0]), np.array([0.3, 0.0, 5.0])
    want = [[by_formula(one, other) for one in a] for other in b]
    np.testing.assert_allclose(way.grid(a, b), want, rtol=1e-13)
    assert float(way.value(ab[0, 0], np.arange(5)) - way.value(ab[0, 0])) == 5.0


def test_everything_else_is_the_inner_ways():
    inner = Waves()
    way = Rescaled(inner, SCALE, PENALTY)
    assert (way.floats, way.work, way.point_work, way.nbytes) == (1, 3, 5, 7)
    assert way.prepare(0.25) is False
    assert inner.prepared == [0.25]
    way.grid(np.ones(1), np.ones(1), np.float32)
    Rescaled(inner, SCALE, PENALTY, single=False).grid(np.ones(1), np.ones(1), np.float32)
    assert inner.widths == [np.float32, np.float64]
