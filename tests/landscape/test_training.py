"""Planes through trained weights."""

from concurrent.futures import ProcessPoolExecutor

import numpy as np
import pytest
from pydantic import ValidationError

import landscape as ls

RUN = {"trains": "all", "starts": ["initial"], "steps": 30, "optimizer": {"kind": "gradient_descent", "lr": 0.5}}


def scene(plane=None, **fields):
    return ls.Scene.model_validate(
        {
            "model": {"hidden": [6, 4]},
            "data": {"samples": 40},
            "plane": {"kind": "random", "origin": "trained"} | (plane or {}),
            "grid": {"resolution": [7, 5]},
            "runs": [RUN],
        }
        | fields
    )


def trained(of, steps=30, rate=0.5):
    objective = ls.objective(of)
    theta = objective.theta0.copy()
    for _ in range(steps):
        theta -= rate * objective.gradient(theta)
    return theta


PLANES = [
    {},
    {"kind": "random", "directions": 1},
    {"kind": "columns", "matrix": "W1", "first": 20, "second": 36},
    {"kind": "weights", "first": ["W2", 0, 1], "second": ["W3", 2, 2]},
]


@pytest.mark.parametrize("plane", PLANES, ids=["random", "ray", "columns", "weights"])
def test_the_plane_goes_through_the_end_of_the_run(plane):
    through = scene(plane)
    theta, where = trained(through), ls.plane(through)
    np.testing.assert_allclose(where.lift(where.project(theta)), theta, rtol=1e-9, atol=1e-12)
    (path,) = ls.descend(through)
    end = where.project(theta)
    np.testing.assert_allclose([path.a[-1], path.b[-1]], end, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose([path.a[0], path.b[0]], where.project(ls.objective(through).theta0), atol=1e-9)
    surface, objective = ls.surface(through), ls.objective(through)
    want = [[float(objective.loss(where.lift([a, b]))) for a in surface.a] for b in surface.b]
    np.testing.assert_allclose(surface.loss, want, rtol=1e-9)


def test_directions_take_the_lengths_of_the_trained_weights():
    """Li et al. 2018, section 4: filters are normalised by those of the network at the minimum."""
    through = scene()
    theta, where = trained(through), ls.plane(through)
    rows = slice(0, 6 * 64)
    lengths = [np.linalg.norm(vector[rows].reshape(6, 64), axis=1) for vector in (where.u, theta)]
    np.testing.assert_allclose(*lengths, rtol=1e-9)


def test_it_comes_in_slices_of_time_and_progress_only_rises():
    engine, through, shares = ls.Engine(), scene(data={"samples": 1000}), []
    for _ in range(10_000):
        frame = engine.advance(through, budget=0.0)
        shares.append(frame.progress)
        if frame.done:
            break
        assert frame.progress < 1
    assert frame.surface.stride == 1
    assert shares == sorted(shares)
    assert shares[0] < 0.5


def test_training_is_done_once_for_every_picture_of_it():
    engine = ls.Engine()
    engine.surface(scene())
    before = engine.computed
    finer = scene(grid={"resolution": [13, 9]})
    engine.surface(finer)
    tiles_alone = engine.computed - before
    other = ls.Engine()
    plain = scene({"origin": "initial"}, grid={"resolution": [7, 5]})
    other.surface(plain)
    base = other.computed
    other.surface(scene({"origin": "initial"}, grid={"resolution": [13, 9]}))
    assert tiles_alone == other.computed - base


def test_what_the_origin_depends_on_is_in_the_digest():
    other = {**RUN, "optimizer": {"kind": "gradient_descent", "lr": 0.4}}
    assert scene().slice_digest != scene(runs=[other]).slice_digest
    assert scene().slice_digest != scene({"origin": "initial"}).slice_digest
    more = {**RUN, "starts": [[1, 2]], "steps": 7}
    assert scene().slice_digest == scene(runs=[RUN, more]).slice_digest


def test_other_processes_take_the_origin_along():
    with ProcessPoolExecutor(1) as pool:
        there = ls.Engine(executor=pool).surface(scene())
    np.testing.assert_array_equal(there.loss, ls.Engine().surface(scene()).loss)


@pytest.mark.parametrize("run", [{"trains": "plane"}, {"starts": [[0, 0]]}])
def test_without_a_run_that_trains_everything_there_is_no_trained_origin(run):
    with pytest.raises(ValidationError, match="Origin trained needs a run that trains all weights from the initial"):
        scene(runs=[RUN | run])


def test_the_link_of_a_trained_origin_comes_back():
    assert ls.Scene.from_query(scene().to_query()) == scene()


def test_a_training_that_blows_up_has_no_end_to_look_from():
    linear = {"hidden": [6, 4], "activation": "identity", "output": "identity"}
    wild = scene(model=linear, runs=[RUN | {"optimizer": {"kind": "gradient_descent", "lr": 1000.0}}])
    with pytest.raises(ls.PlaneError, match=r"no trained weights to lay the plane through\. Stopped at step 3"):
        ls.surface(wild)
