"""Cubes as starts: the best vertex by hand, its axes by differences, the budget, bounds, and that links hold them."""

import itertools

import numpy as np
import pytest

import landscape as ls
from landscape.cube import budget, read_cube, steepest
from landscape.search import Search

SMALL = {"model.hidden": "4,3", "data.samples": "30", "model.bias": "true"}


def small(**changes):
    revision = ls.revise(ls.Scene(), SMALL | {"runs.0.trains": "all", "runs.0.steps": "5"} | changes)
    assert revision.scene is not None, revision.errors
    return revision.scene


def test_the_best_vertex_is_the_best_of_all():
    scene, cube = small(), ls.Cube(3, 0.7, 4)
    objective = ls.objective(scene)
    axes = steepest(objective, cube)
    best = min(
        (float(objective.loss(moved(objective.theta0, axes, offset))), offset)
        for offset in itertools.product((-0.7, 0.0, 0.7), repeat=4)
    )
    found = ls.cube_start(scene, cube)
    assert found.loss == pytest.approx(best[0], rel=1e-12)
    np.testing.assert_allclose(found.offset, best[1])
    np.testing.assert_allclose(found.theta, moved(objective.theta0, axes, best[1]))


def moved(theta0, axes, offset):
    theta = theta0.copy()
    theta[axes] += offset
    return theta


def test_the_axes_are_the_steepest_weights_and_no_biases():
    objective = ls.objective(small())
    h, slopes = 1e-5, {}
    place = 0
    for name, shape in objective.blocks.items():
        for index in np.ndindex(*shape):
            step = np.zeros_like(objective.theta0)
            step[place] = h
            slopes[f"{name}[{','.join(map(str, index))}]"] = abs(
                float(objective.loss(objective.theta0 + step) - objective.loss(objective.theta0 - step)) / (2 * h)
            )
            place += 1
    weights = {name: slope for name, slope in slopes.items() if name.startswith("W")}
    want = sorted(weights, key=weights.__getitem__, reverse=True)[:5]
    assert set(ls.cube_start(small(), ls.Cube(2, 0.1, 5)).axes) == set(want)
    steepest_bias = max(slope for name, slope in slopes.items() if name.startswith("b"))
    assert steepest_bias > weights[want[-1]], "a bias would have been among them"
    assert all(name.startswith("W2[") for name in ls.cube_start(small(), ls.Cube(2, 0.1, 5, "W2")).axes)


def test_over_all_weights_of_a_line_it_is_the_grid_search():
    scene = ls.lesson("grid-start")
    objective = ls.objective(scene)
    found = ls.cube_start(scene, ls.Cube(11, 10.0, 2))
    grid = [objective.theta0 + np.array([w1, w2]) for w1 in np.linspace(-10, 10, 11) for w2 in np.linspace(-10, 10, 11)]
    assert found.loss == pytest.approx(objective.loss(np.array(grid)).min(), rel=1e-12)


def test_equal_vertices_stay_near_the_initial_weights():
    """The plateau's loss is level far out: nothing is gained there, so nothing is moved."""
    scene = ls.Scene.from_query("model.kind=classifier&data.samples=20")
    objective = ls.objective(scene)
    flat = type("Flat", (), {
        "theta0": objective.theta0, "blocks": objective.blocks, "model": objective.model, "work": objective.work,
        "gradient": objective.gradient, "loss": lambda self, theta: np.full(len(theta), 3.0),
    })()  # fmt: skip
    search = Search(flat, ls.Cube(3, 1.0, 3), "flat", lambda key: None)
    for job in list(search.missing()):
        search.put(job, search.make(search.kit, job))
    np.testing.assert_array_equal(search.corner.offset, 0.0)


def test_a_run_begins_at_the_best_vertex():
    scene = small(**{"runs.0.starts": "cube,3,0.7,4"})
    (path,) = ls.descend(scene)
    assert path.loss[0] == pytest.approx(ls.cube_start(scene).loss, rel=1e-12)
    assert path.loss[0] < float(ls.objective(scene).loss(ls.objective(scene).theta0))
    assert ls.Scene.from_query(scene.to_query()) == scene
    assert "runs.0.starts=cube,3,0.7,4" in scene.to_query()
    as_fields = ls.Scene.model_validate(
        scene.model_dump() | {"runs": [scene.runs[0].model_dump() | {"starts": [{"kind": "cube", "half_width": 0.7}]}]}
    )
    assert as_fields == scene
    other = ls.revise(scene, {"plane.first": "W3,1,1", "plane.second": "W3,1,2"}).scene
    assert other.run_digest(0) == scene.run_digest(0), "it does not depend on the plane"


def test_a_sweep_of_rates_begins_there_too():
    scene = small(**{"runs.0.starts": "cube,3,0.7,4"})
    assert ls.sweep(scene, [1e-9]).loss[0] == pytest.approx(ls.cube_start(scene).loss, rel=1e-6)
    lattice = ls.Scene.from_query("lesson=valley&runs.0.starts=lattice,3")
    with pytest.raises(ValueError, match="Got a lattice alone"):
        ls.sweep(lattice, [0.1])


def test_the_search_comes_in_slices_with_a_word_and_is_kept(monkeypatch):
    import landscape.search as module  # noqa: PLC0415

    monkeypatch.setattr(module, "PIECE_SECONDS", 1e-7)
    scene = small(**{"runs.0.starts": "cube,3,0.7,4;initial"})
    cache = ls.MemoryCache()
    engine, told = ls.Engine(cache), []
    while not (frame := engine.advance(scene, budget=0.0)).done:
        assert len(frame.paths) == 2
        assert frame.progress < 1
        told.append(frame.paths[0].message)
    assert "Searching the cube: 1 of 81 losses." in told
    assert frame.paths[0].loss[0] == pytest.approx(ls.cube_start(scene).loss, rel=1e-12)
    again = ls.Engine(cache)
    while not again.advance(scene, budget=None).done:
        pass
    assert again.computed == 0


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"runs.0.starts": "cube,10,1,6"}, "Starts of a cube may be 100,000 vertices at most. Got 10^6 = 1,000,000."),
        ({"runs.0.starts": "cube,1,1,4"}, "vertices an axis (2 to 101)"),
        ({"runs.0.starts": "cube,3,0,4"}, "a half width above 0 and at most 1,000,000. Got 0."),
        ({"runs.0.starts": "cube,3,nan,4"}, "a half width above 0 and at most 1,000,000. Got nan."),
        ({"runs.0.starts": "cube,3,1,4,b1"}, "must move a block of weights, of W1, W2, W3. Got b1."),
        ({"runs.0.starts": "cube,2,1,12,W2", "model.hidden": "3,2"}, "at most 6 axes here, the weights. Got 12."),
        ({"runs.0.starts": "cube,3,1,4;cube,3,1,5"}, "at most one cube a run. Got 2."),
        ({"runs.0.starts": "cube,3,1,4", "runs.0.trains": "plane"}, "lie outside the plane"),
        ({"runs.0.starts": "cube,10,1,5", "model.hidden": "500,500", "data.samples": "1797"},
         "may take 60 s at most. Got 10^5 = 100,000 losses on 1,797 samples, about"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_refused(changes, sentence):
    revision = ls.revise(small(), changes)
    assert revision.scene is None
    (error,) = set(revision.errors.values())
    assert sentence in error
    assert error.startswith("Starts ")


def test_the_budget_is_said_in_words():
    assert budget(ls.Cube(5, 1.0, 4), 7e5, 100) == "5^4 = 625 losses on 100 samples, about 0.2 s"
    assert budget(ls.Cube(3, 1.0, 2), 10.0, None) == "3^2 = 9 losses, less than 0.1 s"
    assert budget(ls.Cube(10, 1.0, 5), 1e8, 1) == "10^5 = 100,000 losses on 1 sample, about 83 minutes"
    assert str(read_cube(["3", "0.5", "2", " W1 "])) == "cube,3,0.5,2,W1"
