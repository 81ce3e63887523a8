"""The lessons of a line through points: sums of squared errors against least squares written out here."""

from typing import NamedTuple

import numpy as np
import pytest

import landscape as ls

FEW, ALL = ls.lesson("batch-surface"), ls.lesson_beside("batch-surface")
SCENES = [
    pytest.param(FEW, id="5 points"),
    pytest.param(ALL, id="45 points"),
    pytest.param(ls.lesson("batch-by-batch"), id="batch-by-batch"),
    pytest.param(ls.lesson("grid-start"), id="grid-start"),
]
both = pytest.mark.parametrize("scene", SCENES[:2])


class Line(NamedTuple):
    """Points: t and a one, (N, 2), and y, (N,)."""

    x: np.ndarray
    y: np.ndarray

    def loss(self, w1, w2):
        """The sum of squared errors at every crossing of w1 (A,) and w2 (B,), point after point: (B, A)."""
        total = np.zeros((len(w2), len(w1)))
        for t, y in zip(self.x[:, 0], self.y, strict=True):
            total += (t * w1 + w2[:, None] - y) ** 2
        return total

    def least_squares(self):
        """w1 and w2 of the least sum, and that sum."""
        solution, (lowest,), _, _ = np.linalg.lstsq(self.x, self.y, rcond=None)
        return solution, float(lowest)


def points(scene):
    """t, u and e for 10,000 points, drawn in this order; y = 3.5 t + 7 + 6 (u + e); of them the first."""
    random, count = np.random.RandomState(scene.data.seed), scene.data.samples
    t, u, e = random.uniform(0, 10, 10_000), random.uniform(0, 1, 10_000), random.normal(0, 1, 10_000)
    return Line(np.stack([t, np.ones(10_000)], axis=1)[:count], (3.5 * t + 7 + 6 * (u + e))[:count])


@pytest.mark.parametrize("scene", SCENES)
def test_scenes_are_their_links_and_the_points_are_drawn_as_written(scene):
    assert ls.Scene.from_query(scene.to_query()) == scene
    line, samples = points(scene), ls.objective(scene).samples
    np.testing.assert_array_equal(samples.x, line.x)
    np.testing.assert_array_equal(samples.y[:, 0], line.y)


def test_few_points_are_the_first_of_all():
    assert (FEW.data.samples, ALL.data.samples) == (5, 45)
    np.testing.assert_array_equal(points(FEW).x, points(ALL).x[:5])
    np.testing.assert_array_equal(points(FEW).y, points(ALL).y[:5])


@pytest.mark.parametrize("scene", SCENES)
def test_the_surface_is_the_sum_of_squares_in_steps_of_a_fifth(scene):
    """The first axis is the slope, the weight of t; the second the constant."""
    surface = ls.surface(scene)
    np.testing.assert_allclose(surface.a, 0.2 * np.arange(-50, 51), atol=1e-12)
    np.testing.assert_allclose(surface.b, 0.2 * np.arange(-250, 251), atol=1e-12)
    assert np.isfinite(surface.loss).all()
    np.testing.assert_allclose(surface.loss, points(scene).loss(surface.a, surface.b), rtol=1e-12)


def lowest_vertex(scene):
    surface = ls.surface(scene)
    row, column = np.unravel_index(surface.loss.argmin(), surface.loss.shape)
    return np.array([surface.a[column], surface.b[row]]), float(surface.loss[row, column])


@both
def test_the_lowest_vertex_is_next_to_the_closed_form(scene):
    """The valley is askew, so that it need not be the nearest one; it is no worse, and no better than the minimum."""
    solution, lowest = points(scene).least_squares()
    vertex, loss = lowest_vertex(scene)
    nearest = 0.2 * np.round(solution / 0.2)
    at_nearest = points(scene).loss(nearest[:1], nearest[1:]).item()
    assert lowest <= loss <= at_nearest * (1 + 1e-12)
    assert loss <= 1.002 * lowest
    far = vertex - solution
    assert abs(far[0]) <= 0.1
    assert abs(far[1] + far[0] * points(scene).x[:, 0].mean()) <= 0.1  # the mean error, where the valley is steep


def test_the_minima_differ():
    (few, _), (every, _) = points(FEW).least_squares(), points(ALL).least_squares()
    assert abs(few[0] - every[0]) > 2
    assert abs(few[1] - every[1]) > 6
    moved = lowest_vertex(FEW)[0] - lowest_vertex(ALL)[0]
    np.testing.assert_allclose(moved, few - every, atol=0.5)
    for solution in (few, every):
        assert (np.abs(solution) < [10, 50]).all()


@both
def test_a_descent_from_afar_ends_at_the_closed_form(scene):
    solution, lowest = points(scene).least_squares()
    (path,) = ls.descend(scene)
    assert (path.a[-1], path.b[-1]) == pytest.approx(tuple(solution), abs=0.05)
    assert lowest * (1 - 1e-12) <= path.loss[-1] <= lowest * (1 + 1e-5)
    assert path.loss[0] > 50 * lowest
    assert (np.diff(path.loss) <= 1e-9 * path.loss[:-1]).all()


def test_batch_by_batch_sees_five_points_a_step():
    """The first epoch by hand: nine batches of a permutation, w <- w - 0.001 * 2 X^T (X w - y) on each."""
    scene = ls.lesson("batch-by-batch")
    line, (path,) = points(scene), ls.descend(scene)
    assert (scene.runs[0].batch, scene.data.samples, scene.runs[0].optimizer.lr) == (5, 45, 0.001)
    place, order = np.array(scene.runs[0].starts[0]), np.random.default_rng((0, 0)).permutation(45)
    for step in range(9):
        batch = order[5 * step : 5 * step + 5]
        x, error = line.x[batch], line.x[batch] @ place - line.y[batch]
        assert (path.a[step], path.b[step]) == pytest.approx(tuple(place), rel=1e-10)
        assert path.batch_loss[step] == pytest.approx(float(error @ error), rel=1e-10)
        place = place - 0.001 * 2 * x.T @ error
    assert (path.a[9], path.b[9]) == pytest.approx(tuple(place), rel=1e-10)


def test_batch_by_batch_ends_near_the_minimum_of_all_and_climbs_on_the_way():
    scene = ls.lesson("batch-by-batch")
    _, lowest = points(scene).least_squares()
    (path,) = ls.descend(scene)
    assert lowest < path.loss[-1] < 1.1 * lowest
    climbs = int((np.diff(path.loss) > 0).sum())
    assert 100 < climbs < scene.runs[0].steps / 2


def test_the_first_start_is_the_best_of_a_coarse_grid_and_sooner_there():
    scene = ls.lesson("grid-start")
    line, (start, far) = points(scene), scene.runs[0].starts
    _, lowest = line.least_squares()
    w1, w2 = np.linspace(-10, 10, 11), np.linspace(-50, 50, 11)
    coarse = line.loss(w1, w2)
    row, column = np.unravel_index(coarse.argmin(), coarse.shape)
    assert start == (w1[column], w2[row])
    assert far == ls.lesson("batch-by-batch").runs[0].starts[0]
    near_path, far_path = ls.descend(scene)
    assert near_path.loss[0] == pytest.approx(coarse.min(), rel=1e-12)
    assert (near_path.loss < far_path.loss).all()
    arrived = [int(np.argmax(path.loss <= 1.01 * lowest)) for path in (near_path, far_path)]
    assert 0 < 2 * arrived[0] < arrived[1]
