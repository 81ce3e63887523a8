"""The surface of one step's samples, beside the samples' own least squares and the run's own losses."""

import numpy as np
import pytest

import landscape as ls

LINE = ls.lesson("batch-by-batch")


def samples_of(step, size=5, count=45, seed=0):
    """Which samples a step sees: a seeded permutation for each pass, cut into pieces."""
    epoch, place = divmod(step, -(-count // size))
    return np.random.default_rng((seed, epoch)).permutation(count)[place * size : (place + 1) * size]


@pytest.mark.parametrize("step", [0, 7, 8, 9, 450, 900])
def test_its_minimum_is_the_least_squares_solution_of_the_samples_it_names(step):
    found = ls.batch_surface(LINE, step)
    np.testing.assert_array_equal(found.samples, samples_of(step))
    x, y, _ = LINE.data.load()
    solution, (least,), _, _ = np.linalg.lstsq(x[found.samples], y[found.samples], rcond=None)
    inside = abs(solution[0, 0]) <= 10 and abs(solution[1, 0]) <= 50
    assert found.lowest.is_vertex != inside
    if inside:
        np.testing.assert_allclose(found.lowest.place, solution.ravel(), rtol=0, atol=1e-8)
        assert found.lowest.loss == pytest.approx(least, rel=1e-8, abs=1e-10)


def test_its_heights_are_the_sums_of_its_samples_errors():
    found = ls.batch_surface(LINE, 3)
    x, y, _ = LINE.data.load()
    a, b = np.meshgrid(found.surface.a, found.surface.b)
    expected = sum((x[i, 0] * a + x[i, 1] * b - y[i, 0]) ** 2 for i in found.samples)
    np.testing.assert_allclose(found.surface.loss, expected, rtol=1e-9)


def test_a_step_goes_down_its_own_surface():
    """The loss that a run records of its batch is the surface's value where it stands."""
    (path,) = ls.descend(LINE)
    slice_ = ls.Engine().slice(LINE)
    for step in (0, 5, 100):
        samples = ls.batch_surface(LINE, step).samples
        at = np.array([path.a[step], path.b[step]])
        assert slice_.loss(at, samples) == pytest.approx(path.batch_loss[step], rel=1e-12)


def test_of_a_full_batch_it_is_the_surface():
    found = ls.batch_surface(ls.Scene(), 0)
    rows, columns = found.surface.loss.shape
    whole = ls.surface(ls.revise(ls.Scene(), {"grid.resolution": f"{columns},{rows}"}).scene)
    np.testing.assert_allclose(found.surface.loss, whole.loss, rtol=1e-12)
    np.testing.assert_array_equal(found.samples, np.arange(ls.Scene().data.samples))


def test_dropout_draws_the_mask_of_the_step():
    scene = ls.revise(ls.lesson("dropout"), {"model.mask": "every step"}).scene
    first, second = (ls.batch_surface(scene, step).surface.loss for step in (0, 1))
    assert np.abs(first - second).max() > 1e-3


@pytest.mark.parametrize(("step", "run", "said"), [(-1, 0, "Step"), (901, 0, "Step"), (0, 1, "Run")])
def test_what_is_not_there_is_said(step, run, said):
    with pytest.raises(ValueError, match=rf"{said} must be .* Got"):
        ls.batch_surface(LINE, step, run)
