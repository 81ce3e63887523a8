"""What a run walks on: places in the plane against least squares, answers against the slice and the network."""

import numpy as np
import pytest

import landscape as ls
from landscape import ground as ground_module
from landscape.ground import InFull, InPlane
from landscape.slice import Slice

PLANES = {
    "two weights": {"kind": "weights", "first": ["W3", 1, 0], "second": ["W3", 1, 2]},
    "random": {"kind": "random", "seed": 5},
}
every_plane = pytest.mark.parametrize("plane", PLANES.values(), ids=list(PLANES))


def scene(plane):
    model = {"kind": "mlp", "hidden": [4, 3], "seed": 2, "bias": True}
    return ls.Scene.model_validate({"model": model, "data": {"kind": "digits", "samples": 20}, "plane": plane})


def in_full(plane, start):
    return InFull(ls.objective(scene(plane)), ls.plane(scene(plane)), start)


@every_plane
@pytest.mark.parametrize("length", [1 << 18, 1000, 1])
def test_places_are_least_squares(plane, length, monkeypatch):
    """Also where only some steps at a time are in hand."""
    monkeypatch.setattr(ground_module, "CHUNK_FLOATS", length)
    there = ls.plane(scene(plane))
    random = np.random.RandomState(0)
    start = random.randn(3, there.u.size)
    theta = start + random.randn(8, 3, there.u.size)
    theta[:, 1] = start[1] + there.lift(random.randn(8, 2)) - there.origin  # stays in a parallel plane
    theta[0, 2] = start[2]
    a, b, outside = in_full(plane, start).where(theta)
    directions = np.stack([there.u, there.v], axis=1)
    for step, row in np.ndindex(8, 3):
        want, *_ = np.linalg.lstsq(directions, theta[step, row] - there.origin, rcond=None)
        np.testing.assert_allclose([a[step, row], b[step, row]], want, rtol=1e-9, atol=1e-12)
        moved = theta[step, row] - start[row]
        inside, *_ = np.linalg.lstsq(directions, moved, rcond=None)
        residual = moved - directions @ inside
        share = residual @ residual / (moved @ moved) if moved.any() else 0.0
        assert outside[step, row] == pytest.approx(share, abs=1e-12)
        assert 0 <= outside[step, row] <= 1


def test_a_displacement_in_the_plane_is_not_outside():
    plane = ls.plane(scene(PLANES["two weights"]))
    start = plane.lift(np.array([[0.5, 1.0], [0.5, 1.0], [0.5, 1.0]]))
    away = np.zeros_like(plane.u)
    away[0] = 3.0  # a weight of W1
    theta = start + np.stack([2 * plane.u - plane.v, 4 * plane.u + away, away])
    where = in_full(PLANES["two weights"], start).where(theta[None])
    np.testing.assert_allclose(where.a, [[2.5, 4.5, 0.5]], atol=1e-12)
    np.testing.assert_allclose(where.b, [[0, 1, 1]], atol=1e-12)
    np.testing.assert_allclose(where.outside, [[0, 9 / 25, 1]], atol=1e-12)


@every_plane
def test_places_of_single_precision(plane):
    there = ls.plane(scene(plane))
    start = np.random.RandomState(1).randn(2, there.u.size).astype(np.float32)
    theta = start + np.random.RandomState(2).randn(5, 2, there.u.size).astype(np.float32)
    rough, exact = in_full(plane, start).where(theta), in_full(plane, start.astype(float)).where(theta.astype(float))
    for one, other in zip(rough, exact, strict=True):
        assert one.dtype == np.float64
        np.testing.assert_allclose(one, other, atol=1e-5)
    assert not in_full(plane, start).where(start[None]).outside.any()


@every_plane
def test_answers_are_the_slices_and_the_networks(plane):
    objective, there = ls.objective(scene(plane)), ls.plane(scene(plane))
    slice_, batch = Slice(objective, there), np.arange(3, 9)
    ab = np.random.RandomState(3).randn(4, 2)
    for ground, points, judge in [
        (InPlane(slice_), ab, slice_),
        (in_full(plane, there.lift(ab)), there.lift(ab), objective),
    ]:
        assert ground.samples == 20
        assert ground.work == getattr(judge, "point_work", judge.work)
        for chosen in (None, batch):
            value, slope = ground.loss_and_gradient(points, chosen)
            np.testing.assert_allclose(value, judge.loss(points, chosen), rtol=1e-12)
            np.testing.assert_allclose(ground.loss(points, chosen), value, rtol=1e-12)
            np.testing.assert_allclose(ground.gradient(points, chosen), slope, rtol=1e-9, atol=1e-14)
    a, b, outside = InPlane(slice_).where(ab[None])
    np.testing.assert_array_equal(np.stack([a[0], b[0]], axis=-1), ab)
    assert not outside.any()
