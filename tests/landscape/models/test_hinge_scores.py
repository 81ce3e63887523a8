"""The binning behind a grid of hinges: against one term after the other, and where a place is found."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from landscape.models.hinge_scores import HingeScores, Lines, Scale
from landscape.models.linear_scores import PlanePenalty

numbers = st.floats(-3, 3).map(lambda x: round(x, 2))  # so that roots fall on grid points too


def lines_one_by_one(p, q, r, a, b):
    return np.maximum(p + a[:, None] * q + b[:, None, None] * r, 0).sum(axis=-1)


@settings(derandomize=True, deadline=None, database=None, max_examples=300)
@given(
    lines=st.lists(st.tuples(numbers, numbers, numbers), min_size=1, max_size=30),
    a=st.lists(numbers, min_size=1, max_size=12),
    b=st.lists(numbers, min_size=1, max_size=4),
)
@example(lines=[(1.0, 1e-300, 1.0), (0.0, 1e-310, 0.0), (1.0, 0.0, -1.0)], a=[-2.0, 1.0, 3.0], b=[0.5, 2.0])
def test_sums_of_hinges_one_by_one(lines, a, b):
    (p, q, r), a, b = np.array(lines).T, np.array(a), np.array(b)
    want = lines_one_by_one(p, q, r, a, b)
    np.testing.assert_allclose(Lines(p, q, r).sums(a, b), want, rtol=1e-12, atol=1e-13)


def test_where_nothing_counts_the_sum_is_exactly_zero():
    """p + q a with roots at 0.5 and -0.5 that leave the middle alone, on a grid of thirds and of other steps."""
    p, q, r = np.full(2000, -0.5), np.tile([1.0, -1.0], 1000), np.zeros(2000)
    for count in range(8, 60):
        a = np.linspace(-1, 1, count)
        sums = Lines(p, q, r).sums(a, np.array([0.0, 3.0]))
        np.testing.assert_array_equal(sums[:, np.abs(a) <= 0.5], 0.0)
        assert (sums[:, np.abs(a) > 0.5 + 1e-12] > 0).all()


def test_small_hinges_beside_large_ones_keep_their_digits():
    """One line of slope 1e12 begins late; before it the sum is what the small one makes it."""
    p, q, r = np.array([-1e12, 1.0]), np.array([1e12, 1e-3]), np.zeros(2)
    a = np.linspace(0, 2, 21)
    want = lines_one_by_one(p, q, r, a, np.zeros(1))
    np.testing.assert_allclose(Lines(p, q, r).sums(a, np.zeros(1)), want, rtol=1e-14)


@settings(derandomize=True, deadline=None, database=None, max_examples=300)
@given(
    a=st.one_of(
        st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=20, unique=True).map(sorted),
        st.tuples(st.floats(-9, 0), st.floats(0.1, 9), st.integers(2, 99)).map(lambda ends: list(np.linspace(*ends))),
    ),
    values=st.lists(st.floats(-2e3, 2e3), max_size=20),
)
def test_places_are_those_of_a_search(a, values):
    scale = Scale.of(np.array(a))
    ticks = scale.ticks[:-1]
    values = np.concatenate([ticks, np.nextafter(ticks, np.inf), np.nextafter(ticks, -np.inf), values])
    np.testing.assert_array_equal(scale.first(values), [int((ticks < value).sum()) for value in values])


def test_even_steps_need_no_search_and_very_uneven_ones_no_table():
    assert Scale.of(np.linspace(-3, 7, 41)).before is not None
    assert Scale.of(np.array([0.0, 16.0, 32.0, 39.0])).before is not None
    assert Scale.of(np.array([0.0, 1e-9, 1.0])).before is None


@pytest.mark.parametrize("shape", [(20, 3), (3, 20), (8, 8), (9, 1), (1, 9), (2, 2)])
def test_wide_and_tall_grids_are_the_same_sums(shape):
    random = np.random.RandomState(0)
    margins = random.randn(3, 4, 50)
    way = HingeScores(margins, PlanePenalty(np.zeros((3, 2)), 0.0, squared=False))
    a, b = (np.sort(random.randn(count)) for count in shape)
    want = lines_one_by_one(*margins.reshape(3, -1), a, b) / 50
    np.testing.assert_allclose(way.grid(a, b), want, rtol=1e-12)
