"""Passes and tiles: nested, complete, each grid point once; what a canvas shows when."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landscape.surface import STRIDES, Canvas, levels, tiles

sizes = st.integers(2, 75)
quickly = settings(derandomize=True, deadline=None, database=None, max_examples=60)


@quickly
@given(sizes)
def test_levels_are_nested_and_have_both_ends(count):
    passes = [set(map(int, level)) for level in levels(count)]
    assert len(passes) == len(STRIDES)
    for coarse, fine in itertools.pairwise(passes):
        assert coarse <= fine
    assert all({0, count - 1} <= level for level in passes)
    assert passes[-1] == set(range(count))
    for level, stride in zip(levels(count), STRIDES, strict=True):
        assert np.diff(level).max() <= stride
        assert (np.diff(level) > 0).all()


@quickly
@given(sizes, sizes, st.integers(1, 2000))
def test_every_grid_point_is_in_exactly_one_tile_of_its_first_pass(columns, rows, points):
    count, level_of = np.zeros((rows, columns), dtype=int), np.full((rows, columns), -1)
    reached = 0
    for tile in tiles(columns, rows, points):
        assert tile.level >= reached  # in the order of the passes
        reached = tile.level
        assert tile.rows.size * tile.columns.size <= max(points, tile.columns.size)
        assert tile.rows.size
        assert tile.columns.size
        count[np.ix_(tile.rows, tile.columns)] += 1
        level_of[np.ix_(tile.rows, tile.columns)] = tile.level
    assert (count == 1).all()
    for level, (wide, high) in enumerate(zip(levels(columns), levels(rows), strict=True)):
        assert (level_of[np.ix_(high, wide)] <= level).all()


def paint(a, b, loss, upto=None, points=50):
    canvas = Canvas(a, b)
    for number, tile in enumerate(tiles(a.size, b.size, points)):
        if upto is not None and number >= upto:
            canvas.expect(tile)
        else:
            canvas.put(tile, loss[np.ix_(tile.rows, tile.columns)])
    return canvas.surface()


def test_coarse_surfaces_are_the_fine_one_at_fewer_points():
    a, b = np.linspace(-15, 17, 23), np.linspace(-15, 18, 31)
    loss = np.random.RandomState(0).randn(31, 23)
    count = sum(1 for _ in tiles(23, 31, 50))
    strides = []
    for upto in range(count + 1):
        surface = paint(a, b, loss, upto)
        if surface is None:
            continue
        strides.append(surface.stride)
        columns, rows = np.searchsorted(a, surface.a), np.searchsorted(b, surface.b)
        np.testing.assert_array_equal(surface.a, a[columns])
        np.testing.assert_array_equal(surface.b, b[rows])
        np.testing.assert_array_equal(surface.loss, loss[np.ix_(rows, columns)])
        assert (surface.a[[0, -1]] == a[[0, -1]]).all()
        assert (surface.b[[0, -1]] == b[[0, -1]]).all()
    assert sorted(strides, reverse=True) == strides
    assert list(dict.fromkeys(strides)) == list(STRIDES)
    np.testing.assert_array_equal(paint(a, b, loss).loss, loss)
    assert paint(a, b, loss, 0) is None


def test_a_later_pass_alone_shows_nothing():
    a = np.linspace(0, 1, 20)
    canvas = Canvas(a, a)
    for tile in tiles(20, 20, 50):
        if tile.level == 0:
            canvas.expect(tile)
        else:
            canvas.put(tile, np.zeros((tile.rows.size, tile.columns.size)))
    assert canvas.surface() is None


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_is_nan_and_marked(value):
    a, loss = np.linspace(0, 1, 9), np.arange(81.0).reshape(9, 9)
    loss[4, 3] = value
    surface = paint(a, a, loss)
    assert np.isnan(surface.loss[4, 3])
    assert np.argwhere(surface.diverged).tolist() == [[4, 3]]
    rest = ~surface.diverged
    np.testing.assert_array_equal(surface.loss[rest], loss[rest])


def test_arrays_are_read_only():
    a = np.linspace(0, 1, 9)
    surface = paint(a, a, np.zeros((9, 9)))
    for array in (surface.a, surface.b, surface.loss, surface.diverged):
        assert not array.flags.writeable
    assert a.flags.writeable  # the caller's own
