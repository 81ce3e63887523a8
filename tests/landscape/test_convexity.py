"""The midpoint test: judged by functions whose convexity is known, and by segments worked by hand."""

import math

import numpy as np
import pytest

import landscape as ls
from landscape.convexity import ROUNDING, ConvexityProbe, segments
from landscape.grid import Grid
from landscape.objective import Objective
from landscape.slice import Slice


def function(name, **grid):
    return ls.Scene.model_validate({"model": {"kind": "function", "name": name}, "grid": grid})


class Plain(ConvexityProbe):
    """A probe of a plain function of points (..., 2)."""

    def __init__(self, f, ends=((-1.0, 1.0), (-1.0, 1.0)), count=1000, seed=0):
        class Shown:
            point_work = 10

            def loss(self, points):
                return f(points[..., 0], points[..., 1])

        def work(lanes, _deadline):
            for lane in lanes:
                for job in lane.missing():
                    lane.put(job, lane.make(lane.kit, job))

        super().__init__(work, Shown, Grid(a=ends[0], b=ends[1]), "plain", lambda _: None, count, seed)
        self.advance(math.inf)


def test_of_a_quadratic_every_sag_is_a_quarter_of_its_value_at_the_difference_of_the_ends():
    """f((p + q) / 2) = (f(p) + f(q)) / 2 - f(p - q) / 4 for f = x^2 + 10 y^2."""
    scene = ls.lesson("ravine")
    found = ls.convexity(scene)
    ends = segments(scene.grid, 1000, 0)
    between = ends[:, 0] - ends[:, 1]
    np.testing.assert_allclose(found.sag, (between[:, 0] ** 2 + 10 * between[:, 1] ** 2) / 4, atol=1e-12)
    assert (found.tried, found.lost, found.broken, found.holds) == (1000, 0, 0, True)
    tightest = int(np.argmin(found.sag))
    np.testing.assert_array_equal(found.worst.ends, ends[tightest])
    assert found.worst.above == -found.sag[tightest]


def test_a_saddle_is_broken_exactly_where_the_segment_runs_along_its_ridge():
    """For x y the sag is dx dy / 4: broken where the segment falls to the one side."""
    probe = Plain(lambda x, y: x * y)
    ends = segments(Grid(), 1000, 0)
    product = np.prod(ends[:, 0] - ends[:, 1], axis=1)
    found = probe.report
    assert found.broken == np.count_nonzero(product < 0)
    assert found.worst.above == pytest.approx(-product.min() / 4, rel=1e-9)
    np.testing.assert_array_equal(found.worst.ends, ends[np.argmin(product)])


def test_a_kink_is_no_violation():
    assert Plain(lambda x, y: np.abs(x) + np.abs(y)).report.holds
    found = Plain(lambda x, y: -np.abs(x)).report
    assert found.broken == np.count_nonzero(np.prod(segments(Grid(), 1000, 0)[..., 0], axis=1) < 0)  # on both sides


def test_the_worst_segment_of_a_sine_is_at_most_two_and_known():
    """Above sin the chord from -pi/2 to 3 pi/2 lies at -1, the middle at 1: by no segment more than 2."""
    whole = (-math.pi / 2, 3 * math.pi / 2)
    found = Plain(lambda x, y: np.sin(x), (whole, (0.0, 1e-9)), count=20_000).report
    assert 1.95 < found.worst.above <= 2
    np.testing.assert_allclose(sorted(found.worst.ends[:, 0]), whole, atol=0.3)
    np.testing.assert_allclose(found.worst.profile, np.sin(np.linspace(*found.worst.ends[:, 0], 101)), atol=1e-12)
    np.testing.assert_allclose(found.worst.share, np.linspace(0, 1, 101))


def test_a_segment_worked_by_hand():
    """x^4 - x^2 from -1 to 1: 0 at both ends and in the middle; from 0 to 1: -3/16 below a chord at 0."""
    worst = Plain(lambda x, y: x**4 - x**2, ((-0.7, 0.7), (0.0, 1.0)), count=5000).report.worst
    first, last = worst.ends[:, 0]
    middle = (first + last) / 2
    want = (middle**4 - middle**2) - ((first**4 - first**2) + (last**4 - last**2)) / 2
    assert worst.above == pytest.approx(want, abs=1e-12)
    assert worst.middle == pytest.approx([middle, worst.ends[:, 1].mean()])
    assert worst.loss == pytest.approx([first**4 - first**2, middle**4 - middle**2, last**4 - last**2])


def test_rounding_is_no_violation_and_the_smallest_real_one_is():
    """A plane is convex and its sums are rounded: nothing is broken. A dent of a hundred times the tolerance is."""
    flat = Plain(lambda x, y: 1e6 + (0.1 * x + 0.3 * y) / 3)
    assert np.ptp(flat.report.sag) > 0  # rounded, up and down
    assert flat.report.holds
    depth = 100 * ROUNDING * 1e6
    assert not Plain(lambda x, y: 1e6 - depth * x**2).report.holds


def test_segments_without_a_finite_loss_are_counted_apart():
    def half(x, y):
        return np.where(x > 0, x**2, np.nan)

    ends = segments(Grid(), 1000, 0)[..., 0]
    lost = np.count_nonzero((ends <= 0).any(axis=1) | (ends.mean(axis=1) <= 0))
    found = Plain(half).report
    assert (found.tried, found.lost, found.broken) == (1000 - lost, lost, 0)
    nothing = Plain(lambda x, y: np.full(x.shape, np.inf)).report
    assert (nothing.tried, nothing.lost, nothing.worst) == (0, 1000, None)


@pytest.mark.parametrize(
    ("name", "convex"),
    [
        ("svm-profiles", True), ("svm-pairs", True), ("batch-surface", True), ("momentum", True), ("overfitting", True),
        ("false-minima", False), ("learning-rates", False),
    ],
)  # fmt: skip
def test_lessons_whose_convexity_is_known(name, convex):
    """Hinge and least squares of a linear model are convex along any line; sin x sin y + 0.2 x is not."""
    found = ls.convexity(ls.lesson(name))
    assert (found.broken == 0) == convex
    assert found.tried == 1000


def test_a_network_over_two_weights_is_not_convex_and_its_worst_segment_is_real(mnist_files):
    scene = ls.lesson("mnist-100")
    found = ls.convexity(scene)
    assert 0 < found.broken < 1000
    plane, objective = ls.plane(scene), ls.objective(scene)
    first, last = found.worst.ends
    losses = objective.loss(plane.lift(np.array([first, (first + last) / 2, last])))
    np.testing.assert_allclose(found.worst.loss, losses, rtol=1e-10)
    assert losses[1] > losses[[0, 2]].mean() + 1e-3


def test_segments_of_a_line_stay_on_it_and_those_of_a_plane_fill_it():
    line = segments(Grid(a=(2, 5), b=None), 500, 1)
    assert not line[..., 1].any()
    assert (line[..., 0] >= 2).all()
    assert (line[..., 0] <= 5).all()
    plane = segments(Grid(a=(2, 5), b=(-1, 0)), 500, 1)
    np.testing.assert_allclose(plane.reshape(-1, 2).min(axis=0), (2, -1), atol=0.02)
    np.testing.assert_allclose(plane.reshape(-1, 2).max(axis=0), (5, 0), atol=0.02)
    assert not np.array_equal(plane, segments(Grid(a=(2, 5), b=(-1, 0)), 500, 2))


def test_in_slices_of_time_it_is_the_same_and_found_again():
    engine, scene = ls.Engine(), ls.lesson("false-minima")
    study = engine.convexity(scene, 3000)
    assert study.report.worst is None
    shares = []
    while not study.done:
        study.advance(1e-6)
        shares.append(study.progress)
    assert shares == sorted(shares)
    want = ls.convexity(scene, 3000)
    np.testing.assert_array_equal(study.report.sag, want.sag)
    computed = engine.computed
    again = engine.convexity(scene, 3000)
    again.advance(None)
    assert again.done
    assert engine.computed == computed
    np.testing.assert_array_equal(again.report.worst.profile, want.worst.profile)


@pytest.mark.parametrize("count", [0, -1, 100_001])
def test_how_many_segments_there_may_be(count):
    with pytest.raises(ValueError, match="Segments must be 1 to 100,000"):
        ls.convexity(ls.lesson("valley"), count)


def test_the_exact_function_is_tested_and_not_the_grid():
    """Between the points of a coarse grid a sine hides; the segments see it."""
    scene = function("false_minima", a=[-5, 5], b=[-5, 5], resolution=[2, 2])
    assert not ls.convexity(scene).holds
    slice_ = Slice(Objective(scene.model, None), ls.plane(scene))
    worst = ls.convexity(scene).worst
    np.testing.assert_allclose(slice_.loss(np.array([*worst.ends, worst.middle])), worst.loss[[0, 2, 1]], rtol=1e-12)
