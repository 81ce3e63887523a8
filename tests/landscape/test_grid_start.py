"""The best vertex and the local minima of grids: worked by hand, known minima, plateaus, borders, holes, lines."""

import numpy as np
import pytest

import landscape as ls


def over(loss):
    """A surface with these heights over a = 0, 1, ... and b = 0, 10, ..."""
    loss = np.array(loss, dtype=float)
    diverged = ~np.isfinite(loss)
    loss[diverged] = np.nan
    return ls.Surface(np.arange(loss.shape[1]) * 1.0, np.arange(loss.shape[0]) * 10.0, loss, diverged)


def places(loss):
    return [tuple(place) for place in ls.grid_minima(over(loss)).place]


def test_minima_in_the_middle_and_at_the_border_the_lowest_first():
    loss = [[5, 5, 5, 2], [5, 3, 5, 5], [5, 5, 5, 5], [1, 5, 5, 5]]
    assert places(loss) == [(0, 30), (3, 0), (1, 10)]
    np.testing.assert_array_equal(ls.grid_minima(over(loss)).loss, [1, 2, 3])
    assert ls.grid_start(over(loss)) == (0, 30)


def test_a_neighbour_across_a_corner_is_a_neighbour():
    assert places([[1, 5], [5, 0]]) == [(1, 10)]


def test_a_flat_region_counts_once_by_its_middle():
    bowl = [[9, 9, 9, 9, 9], [9, 2, 2, 2, 9], [9, 2, 2, 2, 9], [9, 2, 2, 2, 9], [9, 9, 9, 9, 9]]
    assert places(bowl) == [(2, 20)]
    assert places(np.full((5, 5), 7.0)) == [(2, 20)]
    assert len(places(np.full((501, 101), 7.0))) == 1


def test_a_step_on_the_way_down_is_no_minimum():
    assert places([[4, 3, 3, 3, 2, 1]]) == [(5,)]
    assert places([[1, 2, 2, 2, 1]]) == [(0,), (4,)]


def test_hollows_of_rounding_are_none():
    random = np.random.default_rng(0)
    flat = 1.0 + 1e-15 * random.standard_normal((40, 40))
    flat[0, 0] = 2.0
    assert len(places(flat)) == 1


def test_what_is_not_finite_is_no_minimum_and_a_wall():
    assert places([[np.nan, 3, np.inf, 2, np.nan]]) == [(3,), (1,)]
    assert places([[-np.inf, 3.0]]) == [(1,)]
    nothing = over([[np.nan, np.inf]])
    assert len(ls.grid_minima(nothing).loss) == 0
    with pytest.raises(ValueError, match="no best point: nowhere on it the loss is finite"):
        ls.grid_start(nothing)


def test_a_line_has_places_of_one_number():
    quartic = ls.surface(ls.Scene.from_query("model.kind=function&model.name=quartic"))
    found = ls.grid_minima(quartic)
    low = np.roots([0.4, -1.5, -0.4, 2.0]).real.min()  # where the derivative vanishes; the other one is beyond
    assert found.place.shape == (2, 1)
    np.testing.assert_allclose(np.sort(found.place[:, 0]), [low, 3.0], atol=np.diff(quartic.a)[0])
    assert len(ls.grid_start(quartic)) == 1


@pytest.mark.parametrize("name", ["himmelblau", "styblinski_tang", "six_hump_camel"])
def test_next_to_every_known_minimum_there_is_one_of_the_grid(name):
    scene = ls.Scene.from_query(f"model.kind=function&model.name={name}&grid.resolution=101,101")
    found, surface = ls.grid_minima(ls.surface(scene)), ls.surface(scene)
    minima = np.array([minimum.point for minimum in scene.model.formula.minima])
    gaps = np.abs(found.place[:, None] - minima)  # in a and in b
    cell = [np.diff(surface.a)[0], np.diff(surface.b)[0]]
    assert (gaps <= 2 * np.array(cell)).all(axis=-1).any(axis=0).all()
    row, column = np.unravel_index(surface.loss.argmin(), surface.loss.shape)
    assert ls.grid_start(surface) == (surface.a[column], surface.b[row])


def test_every_minimum_is_one_by_definition():
    """On a rough grid without plateaus: lower than all its neighbours, and nothing else is."""
    loss = np.random.default_rng(1).random((23, 17))
    found = set(places(loss))
    for row, column in np.ndindex(loss.shape):
        near = loss[max(0, row - 1) : row + 2, max(0, column - 1) : column + 2]
        assert ((float(column), 10.0 * row) in found) == (loss[row, column] == near.min())
