"""Passes and tiles: nested, complete, each grid point once; what a canvas shows when."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landscape.surface import Canvas, levels, tiles

sizes = st.integers(2, 75)
quickly = settings(derandomize=True, deadline=None, database=None, max_examples=60)


def most(points):
    """Tiles of so many points in every pass."""
    return lambda _: points


@pytest.mark.parametrize(
    ("columns", "rows", "strides"),
    [
        (40, 40, [16, 8, 4, 2, 1]),
        (60, 60, [16, 8, 4, 2, 1]),
        (501, 101, [128, 64, 32, 16, 8, 4, 2, 1]),
        (101, 501, [128, 64, 32, 16, 8, 4, 2, 1]),
        (9, 9, [4, 2, 1]),
        (5, 2, [2, 1]),
        (4, 4, [1]),
        (2, 2, [1]),
    ],
)
def test_strides_are_powers_of_two_from_two_steps_on_the_longer_axis(columns, rows, strides):
    assert [level.stride for level in levels(columns, rows)] == strides


@pytest.mark.parametrize(
    ("columns", "rows", "enough", "strides"),
    [
        (40, 40, 1600, [16, 1]),
        (40, 40, 1599, [16, 2, 1]),
        (79, 79, 1600, [32, 2, 1]),  # the coarsest, and the grid of 40
        (157, 157, 1600, [64, 4, 2, 1]),
        (39, 39, 10_000, [16, 2, 1]),  # the grid of 20 is a pass of it
        (41, 41, 10_000, [16, 8, 4, 2, 1]),  # and those of 21, 11 and 6 of this
        (41, 40, 10_000, [16, 1]),
        (2, 2, 4, [1]),
    ],
)
def test_a_pass_of_few_points_needs_only_those_before_it_that_are_grids_of_their_own(columns, rows, enough, strides):
    assert [level.stride for level in levels(columns, rows, enough)] == strides


def test_the_first_pass_has_few_points():
    first = levels(40, 40)[0]
    assert (first.columns.tolist(), first.rows.tolist()) == ([0, 16, 32, 39], [0, 16, 32, 39])
    for count in range(5, 257):
        assert 9 <= levels(count, count)[0].columns.size ** 2 <= 25


@quickly
@given(sizes, sizes, st.integers(0, 2000))
def test_levels_are_nested_and_have_both_ends(columns, rows, enough):
    passes = levels(columns, rows, enough)
    assert passes[0].stride == levels(columns, rows)[0].stride  # the first picture comes as early
    for count, lines in ((columns, [level.columns for level in passes]), (rows, [level.rows for level in passes])):
        for coarse, fine in itertools.pairwise(lines):
            assert set(coarse) <= set(fine)
        assert all({0, count - 1} <= set(line) for line in lines)
        assert lines[-1].tolist() == list(range(count))
        for line, level in zip(lines, passes, strict=True):
            assert (np.diff(line) > 0).all()
            assert (np.diff(line)[:-1] == level.stride).all()
            assert np.diff(line).max(initial=0) <= level.stride


@quickly
@given(sizes, sizes, st.integers(1, 2000), st.integers(0, 2000))
def test_every_grid_point_is_in_exactly_one_tile_of_its_first_pass(columns, rows, points, enough):
    count, level_of = np.zeros((rows, columns), dtype=int), np.full((rows, columns), -1)
    reached = 0
    passes = levels(columns, rows, enough)
    for tile in tiles(passes, most(points)):
        assert tile.level >= reached  # in the order of the passes
        reached = tile.level
        assert tile.size == tile.rows.size * tile.columns.size > 0
        assert tile.size <= max(points, tile.columns.size)
        count[np.ix_(tile.rows, tile.columns)] += 1
        level_of[np.ix_(tile.rows, tile.columns)] = tile.level
    assert (count == 1).all()
    for number, level in enumerate(passes):
        assert (level_of[np.ix_(level.rows, level.columns)] <= number).all()
        if number:
            assert number in level_of


@quickly
@given(st.integers(3, 40), st.integers(3, 40), st.integers(1, 40), st.integers(0, 5000), st.integers(1, 3))
def test_a_grid_is_a_pass_of_the_grid_of_twice_the_steps(columns, rows, share, enough, doublings):
    """Cut alike, into rectangles of the same lines: so that what is known of one is known of the other."""

    def rectangles(columns, rows, stride):
        cut = list(tiles(levels(columns, rows, enough), lambda points: max(1, points // share)))
        return [((tile.rows * stride).tolist(), (tile.columns * stride).tolist()) for tile in cut]

    stride = 2**doublings
    fine = rectangles((columns - 1) * stride + 1, (rows - 1) * stride + 1, 1)
    coarse = rectangles(columns, rows, stride)
    assert fine[: len(coarse)] == coarse


@quickly
@given(sizes, sizes, st.integers(1, 300))
def test_the_tiles_of_a_rectangle_are_alike(columns, rows, points):
    """So that workers end together: as few as there must be, and none much shorter than the others."""
    (level, *_) = levels(columns, rows, 10_000)[-1:]
    cut = list(tiles([level], most(points)))
    heights, widths = ({line.size for line in lines} for lines in zip(*((t.rows, t.columns) for t in cut), strict=True))
    for lengths in (heights, widths):
        assert len(lengths) <= 2
    assert max(heights) * max(widths) <= max(points, 1)
    assert len(cut) >= -(-columns * rows // points)


@quickly
@given(st.floats(-1e9, 1e9), st.floats(1e-9, 1e9), st.integers(2, 150), st.integers(1, 4))
def test_the_coordinates_of_a_grid_are_those_of_its_refinement_bit_by_bit(low, width, count, doublings):
    stride = 2**doublings
    fine, coarse = (np.linspace(low, low + width, n) for n in ((count - 1) * stride + 1, count))
    assert fine[::stride].tobytes() == coarse.tobytes()


def paint(a, b, loss, upto=None, points=50):
    passes = levels(a.size, b.size)
    canvas, cut = Canvas(a, b, passes), list(tiles(passes, most(points)))
    for tile in cut:
        canvas.expect(tile)
    for tile in cut[:upto]:
        canvas.put(tile, loss[np.ix_(tile.rows, tile.columns)])
    return canvas.surface()


def test_coarse_surfaces_are_the_fine_one_at_fewer_points():
    a, b = np.linspace(-15, 17, 23), np.linspace(-15, 18, 31)
    loss = np.random.RandomState(0).randn(31, 23)
    count = sum(1 for _ in tiles(levels(23, 31), most(50)))
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
    assert list(dict.fromkeys(strides)) == [8, 4, 2, 1]
    np.testing.assert_array_equal(paint(a, b, loss).loss, loss)
    assert paint(a, b, loss, 0) is None


def test_a_later_pass_alone_shows_nothing():
    a = np.linspace(0, 1, 20)
    passes = levels(20, 20)
    canvas, cut = Canvas(a, a, passes), list(tiles(passes, most(50)))
    for tile in cut:
        canvas.expect(tile)
    for tile in cut:
        if tile.level > 0:
            canvas.put(tile, np.zeros((tile.rows.size, tile.columns.size)))
    assert canvas.complete == 0
    assert canvas.surface() is None
    for tile in cut:
        if tile.level == 0:
            canvas.put(tile, np.zeros((tile.rows.size, tile.columns.size)))
    assert canvas.complete == len(passes)
    assert canvas.surface().stride == 1


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


def test_a_surface_says_how_it_was_computed():
    a = np.linspace(0, 1, 2)
    passes = levels(2, 2)
    for precision in ("float64", "float32"):
        canvas = Canvas(a, a, passes, precision)
        assert canvas.surface().precision == precision  # nothing was expected: it is complete
    assert paint(a, a, np.zeros((2, 2))).precision == "float64"
