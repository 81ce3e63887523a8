import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from landscape.planes.base import Plane

seeds = st.integers(0, 2**32 - 1)
lengths = st.tuples(st.floats(0.1, 10), st.floats(0.1, 10))
angles = st.floats(0.1, 3.0)
points = st.tuples(st.floats(-50, 50), st.floats(-50, 50))
fixed = settings(derandomize=True, deadline=None, database=None)


def skewed(seed, parameters, lengths, angle):
    """A plane whose directions have these lengths and this angle between them, not orthogonal, not unit."""
    draw = np.random.RandomState(seed)
    e, f = np.linalg.qr(draw.randn(parameters, 2)).Q.T
    return Plane(draw.randn(parameters), lengths[0] * e, lengths[1] * (np.cos(angle) * e + np.sin(angle) * f))


@fixed
@given(seed=seeds, parameters=st.integers(2, 40), lengths=lengths, angle=angles, ab=points)
def test_projects_what_it_lifts(seed, parameters, lengths, angle, ab):
    plane = skewed(seed, parameters, lengths, angle)
    np.testing.assert_allclose(plane.project(plane.lift(ab)), ab, rtol=1e-9, atol=1e-9)


@fixed
@given(seed=seeds, lengths=lengths, angle=angles)
def test_projects_to_the_nearest_point(seed, lengths, angle):
    """What the plane does not show is orthogonal to both directions; numpy's least squares agrees."""
    plane = skewed(seed, 12, lengths, angle)
    theta = np.random.RandomState(seed ^ 1).randn(3, 12)
    directions = np.stack([plane.u, plane.v], axis=1)  # (P, 2)
    rest = theta - plane.lift(plane.project(theta))
    np.testing.assert_allclose(rest @ directions, 0, atol=1e-10)
    exact = np.linalg.lstsq(directions, (theta - plane.origin).T, rcond=None)[0].T
    np.testing.assert_allclose(plane.project(theta), exact, rtol=1e-9, atol=1e-9)
