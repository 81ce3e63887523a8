"""What a model says along a path. Judges: descents and forward passes written out here, scikit-learn, np.polyval."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix

import landscape as ls
from landscape import running
from landscape.models import models
from landscape.predictions import coarse_first

DIGITS = {
    "model": {"kind": "mlp", "hidden": [12], "activation": "tanh", "output": "softmax", "loss": "cross_entropy",
              "bias": True, "init": "xavier", "seed": 3},
    "data": {"kind": "digits", "samples": 150},
    "runs": [{"optimizer": {"kind": "gradient_descent", "lr": 0.5}, "steps": 40, "trains": "all"}],
}  # fmt: skip
MOONS = {**DIGITS, "data": {"kind": "moons", "samples": 60}}


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def parted(theta, inputs, outputs, hidden=12):
    """W1, b1, W2, b2 of a network with one hidden layer."""
    sizes = np.cumsum([hidden * inputs, hidden, outputs * hidden])
    w1, b1, w2, b2 = np.split(theta, sizes)
    return w1.reshape(hidden, inputs), b1, w2.reshape(outputs, hidden), b2


def said(theta, x, outputs):
    w1, b1, w2, b2 = parted(theta, x.shape[1], outputs)
    return softmax(np.tanh(x @ w1.T + b1) @ w2.T + b2)


def descended(scene, steps):
    """The parameters after so many full-batch steps of gradient descent with back-propagation by hand."""
    x, y, _ = scene.data.load()
    theta = ls.objective(scene).theta0.copy()
    for _ in range(steps):
        w1, b1, w2, b2 = parted(theta, x.shape[1], y.shape[1])
        h = np.tanh(x @ w1.T + b1)
        delta = (softmax(h @ w2.T + b2) - y) / len(x)
        back = (delta @ w2) * (1 - h**2)
        slope = [back.T @ x, back.sum(axis=0), delta.T @ h, delta.sum(axis=0)]
        theta -= 0.5 * np.concatenate([part.ravel() for part in slope])
    return theta


def test_digits_are_taken_for_what_the_network_says_at_every_step():
    scene = ls.Scene.model_validate(DIGITS)
    found = ls.predictions(scene)
    x, y, _ = scene.data.load()
    assert (found.form, found.path, found.samples, found.labels) == ("sheet", 0, 150, tuple("0123456789"))
    assert len(found.steps) == 32
    assert found.steps[[0, -1]].tolist() == [0, 40]
    for place in (0, 16, 31):
        classes = said(descended(scene, int(found.steps[place])), x, 10).argmax(axis=1)
        assert found.classes[place].tolist() == classes.tolist()
        judged = confusion_matrix(y.argmax(axis=1), classes, labels=range(10))
        assert found.confusion[place].tolist() == judged.tolist()
        assert found.accuracy[place] == pytest.approx(judged.trace() / 150)
    assert found.accuracy[-1] > found.accuracy[0] + 0.3
    assert found.images.shape == (40, 8, 8, 1)
    assert (found.images[7, ..., 0].ravel() == np.round(x[7] * 255)).all()


def test_regions_are_the_network_on_a_mesh():
    scene = ls.Scene.model_validate(MOONS)
    found = ls.predictions(scene)
    x, y, _ = scene.data.load()
    assert found.form == "regions"
    assert (found.x == x).all()
    assert (found.truth == y.argmax(axis=1)).all()
    assert found.mesh_x[0] < x[:, 0].min()
    assert found.mesh_y[-1] > x[:, 1].max()
    inputs = np.stack(np.meshgrid(found.mesh_x, found.mesh_y), axis=-1).reshape(-1, 2)
    for place in (15, 31):
        shares = said(descended(scene, int(found.steps[place])), inputs, 2)
        assert (found.regions[place].ravel() == shares.argmax(axis=1)).all()
        assert found.certainty[place].ravel() == pytest.approx(shares.max(axis=1), abs=1e-6)
    assert (found.regions[0] != found.regions[-1]).any()


def test_the_curve_is_the_fitted_polynomial():
    scene = ls.lesson("overfitting")  # over c_1 and c_5, all others zero
    found = ls.predictions(scene)
    x, y = (values[:, 0] for values in scene.data.load()[:2])
    powers = np.stack([x, x**5], axis=1)
    c, steps = np.zeros(2), 0
    for place in (0, 1, 16, 31):
        for _ in range(steps, int(found.steps[place])):
            c -= 2.0 * (2 * powers.T @ (powers @ c - y) / len(x))
        steps = int(found.steps[place])
        height = np.polyval([c[1], 0, 0, 0, c[0], 0], found.curve_x)
        assert found.curve[place] == pytest.approx(height, rel=1e-9, abs=1e-9)
        assert found.error[place] == pytest.approx(np.mean((np.polyval([c[1], 0, 0, 0, c[0], 0], x) - y) ** 2))
        held = np.polyval([c[1], 0, 0, 0, c[0], 0], found.held_x) - found.held_y
        assert found.held_error[place] == pytest.approx(np.mean(held**2))
    assert (found.form, found.steps[-1], len(found.held_x)) == ("curve", 1000, 10)
    assert found.error[-1] < found.error[0]


def test_a_line_is_drawn_over_the_input_that_varies():
    scene = ls.Scene.model_validate({"model": {"kind": "linear", "bias": False}, "data": {"kind": "line"}, "runs": []})
    found = ls.predictions(scene)
    slope, intercept = ls.objective(scene).theta0
    assert (found.form, found.path, found.steps.tolist()) == ("curve", None, [0])
    assert found.curve[0] == pytest.approx(slope * found.curve_x + intercept)
    assert (found.x == scene.data.load().x[:, 0]).all()


def test_numbers_of_many_inputs_are_said_over_what_is_so():
    scene = ls.Scene.model_validate({"model": {"kind": "linear"}, "data": {"kind": "diabetes"}, "runs": []})
    found, theta = ls.predictions(scene), ls.objective(scene).theta0
    x, y, _ = scene.data.load()
    assert found.form == "scatter"
    assert found.values[0, :, 0] == pytest.approx(x @ theta[:10] + theta[10])
    assert found.error[0] == pytest.approx(ls.objective(scene).loss(theta))
    assert (found.truth == y).all()


def test_other_classes_are_a_table():
    scene = ls.Scene.model_validate({**DIGITS, "data": {"kind": "iris"}})
    found = ls.predictions(scene)
    assert (found.form, found.labels, found.images) == ("table", ("setosa", "versicolor", "virginica"), None)
    x, y, _ = scene.data.load()
    classes = said(descended(scene, 40), x, 3).argmax(axis=1)
    assert found.confusion[-1].tolist() == confusion_matrix(y.argmax(axis=1), classes).tolist()


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "mlp", "hidden": [5, 4], "dropout": 0.4, "output": "softmax", "loss": "cross_entropy"},
        {"kind": "mlp", "hidden": [5], "norm": "batch", "output": "softmax", "temperature": 2.0,
         "loss": "cross_entropy"},
        {"kind": "mlp", "hidden": [], "output": "softmax", "loss": "cross_entropy", "bias": True},
        {"kind": "convnet", "filters": 2},
        {"kind": "recurrent", "hidden": 3, "features": 8, "output": "softmax", "loss": "cross_entropy"},
        {"kind": "classifier", "loss": "cross_entropy", "bias": True, "scale": 1.0, "penalty": "none"},
    ],
)  # fmt: skip
def test_what_models_say_costs_what_their_loss_says(fields):
    """Minus the logarithm of the right class's share, averaged, is the loss; of one vector and of several."""
    scene = ls.Scene.model_validate({"model": fields, "data": {"kind": "digits", "samples": 30}, "runs": []})
    objective = ls.objective(scene)
    x, y, _ = objective.samples
    thetas = np.stack([objective.theta0, 0.7 * objective.theta0])
    shares = scene.model.predict(thetas, x)
    assert shares.shape == (2, 30, 10)
    assert -np.log((shares * y).sum(axis=-1)).mean(axis=-1) == pytest.approx(objective.loss(thetas))
    assert scene.model.predict(objective.theta0, x) == pytest.approx(shares[0])


def test_every_model_of_samples_says_something():
    silent = {kind for kind in models.names() if not models[kind]().predicts}
    assert silent == {kind for kind in models.names() if not models[kind].uses_data}
    assert "function" in silent


def test_hinge_scores_are_compared_as_they_are():
    scene = ls.Scene.model_validate({"model": {"kind": "classifier", "scale": 1.0}, "data": {"kind": "moons"},
                                     "runs": []})  # fmt: skip
    found = ls.predictions(scene)
    inputs = np.stack(np.meshgrid(found.mesh_x, found.mesh_y), axis=-1)
    scores = inputs @ ls.objective(scene).theta0.reshape(2, 2).T
    assert (found.regions[0] == scores.argmax(axis=-1)).all()
    assert found.certainty is None  # scores are no shares


def test_a_normalised_network_on_a_mesh_takes_means_and_variances_of_the_samples():
    fields = {"kind": "mlp", "hidden": [6], "activation": "tanh", "norm": "batch", "output": "softmax",
              "loss": "cross_entropy", "seed": 1}  # fmt: skip
    scene = ls.Scene.model_validate({"model": fields, "data": {"kind": "moons", "samples": 50}, "runs": []})
    found, objective = ls.predictions(scene), ls.objective(scene)
    w1, w2 = objective.theta0[:12].reshape(6, 2), objective.theta0[-12:].reshape(2, 6)
    z = objective.samples.x @ w1.T
    inputs = np.stack(np.meshgrid(found.mesh_x, found.mesh_y), axis=-1).reshape(-1, 2)
    hat = (inputs @ w1.T - z.mean(axis=0)) / np.sqrt(z.var(axis=0) + 1e-5)
    shares = softmax(np.tanh(hat) @ w2.T)
    assert found.certainty[0].ravel() == pytest.approx(shares.max(axis=1), abs=1e-6)
    own = softmax(np.tanh((z - z.mean(axis=0)) / np.sqrt(z.var(axis=0) + 1e-5)) @ w2.T)
    assert found.classes[0].tolist() == own.argmax(axis=1).tolist()


def ends(scene, steps):
    """The parameters at the end of the same run of fewer steps, found by the walk that is made for its end alone."""
    run = scene.runs[0].model_copy(update={"steps": steps})
    engine, short = ls.Engine(), scene.model_copy(update={"runs": (run,)})
    training = engine._to_the_end(short)
    engine._crew.work([training])
    return training.end


@pytest.mark.parametrize("seconds", [0.05, 1e-9])
def test_parameters_are_the_runs_own_however_it_is_cut(seconds, monkeypatch):
    """Batches of 7, momentum, 1,500 steps of which every second is recorded; in chunks of one step too."""
    monkeypatch.setattr(running, "CHUNK_SECONDS", seconds)
    run = {"optimizer": {"kind": "momentum", "lr": 0.05}, "steps": 1500, "trains": "all", "batch": 7}
    scene = ls.Scene.model_validate({**MOONS, "runs": [run]})
    engine = ls.Engine()
    engine.paths(scene)
    (track,) = engine._tracks(scene)
    steps, thetas = track.moments
    assert len(steps) == 32
    assert steps[[0, -1]].tolist() == [0, 1500]
    assert (steps % 2 == 0).all()
    for place in (0, 5, 20, 31):
        expected = ends(scene, int(steps[place])) if place else ls.objective(scene).theta0
        assert (thetas[0, place] == expected).all()


def test_long_vectors_are_kept_at_fewer_steps(monkeypatch):
    scene = ls.Scene.model_validate(DIGITS)
    length = ls.objective(scene).theta0.nbytes
    monkeypatch.setattr(running, "MOMENT_BYTES", 5 * length)
    study = ls.Engine().predictions(scene)
    study.advance(60)
    assert study.predicted.steps.tolist() == [0, 10, 20, 30, 40]
    monkeypatch.setattr(running, "MOMENT_BYTES", 0)
    study = ls.Engine().predictions(scene)
    study.advance(60)
    assert study.predicted.steps.tolist() == [0, 40]


def test_a_run_that_blew_up_is_shown_as_far_as_it_went():
    run = {"optimizer": {"kind": "gradient_descent", "lr": 1e3}, "steps": 300, "trains": "all"}
    model = {"kind": "linear"}
    scene = ls.Scene.model_validate({"model": model, "data": {"kind": "diabetes"}, "runs": [run]})
    (path,), found = ls.descend(scene), ls.predictions(scene)
    assert path.status.blew_up
    assert 1 < len(found.steps) < 32
    assert found.steps[-1] <= path.step[-1] < 300
    assert np.isfinite(found.values).all()
    assert found.error == pytest.approx([path.loss[path.step == step][0] for step in found.steps])


def test_a_run_of_evaluations_is_shown_at_its_end():
    run = {"optimizer": {"kind": "lbfgs"}, "steps": 200, "evaluations": 30, "trains": "all"}
    scene = ls.Scene.model_validate({**MOONS, "runs": [run]})
    (path,), found = ls.descend(scene), ls.predictions(scene)
    assert found.steps[-1] == path.step[-1] < 200


def test_a_run_from_a_cube_is_shown_once_its_start_is_found():
    cube = {"kind": "cube", "per_axis": 3, "half_width": 1, "axes": 2}
    scene = ls.Scene.model_validate({**MOONS, "runs": [{**MOONS["runs"][0], "starts": [cube]}]})
    study = ls.Engine().predictions(scene)
    while not study.done:
        study.advance(0.0)
    found, x = study.predicted, scene.data.load().x
    assert found.steps[[0, -1]].tolist() == [0, 40]
    assert found.classes[0].tolist() == said(ls.cube_start(scene).theta, x, 2).argmax(axis=1).tolist()


def test_two_paths_are_two_answers():
    scene = ls.lesson("regularisation")
    first, second = ls.predictions(scene), ls.predictions(scene, path=1)
    paths = ls.descend(scene)
    for found, path in ((first, paths[0]), (second, paths[1])):
        assert found.path == path.start
        c = np.zeros(16)
        c[[1, 15]] = path.a[-1], path.b[-1]
        assert found.curve[-1] == pytest.approx(np.polyval(c[::-1], found.curve_x))
    with pytest.raises(ValueError, match=r"Path must be one of the scene's 2, counted from 0\. Got 2\."):
        ls.predictions(scene, path=2)


def test_a_function_says_nothing():
    with pytest.raises(ValueError, match=r"Predictions are those of a model of samples\. Got the function"):
        ls.predictions(ls.lesson("valley"))


def test_the_ends_come_before_what_is_between_and_nothing_is_computed_twice():
    scene = ls.Scene.model_validate(MOONS)
    engine = ls.Engine()
    study = engine.predictions(scene)
    study.advance(None)
    assert (study.done, study.known.size) == (False, 0)
    while study.known.size < 2:
        study.advance(0.0)
    assert study.known.tolist() == [0, 31]
    study.advance(60)
    assert study.done
    computed = engine.computed
    again = engine.predictions(scene)
    again.advance(None)
    assert again.done
    assert engine.computed == computed
    assert (again.predicted.regions == study.predicted.regions).all()


@pytest.mark.parametrize("count", [0, 1, 2, 3, 32])
def test_coarse_first_is_every_place_once(count):
    assert sorted(coarse_first(count)) == list(range(count))
