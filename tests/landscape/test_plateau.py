"""Runs that stand still far above what is known: plateaus, saturated units, saddles, local minima."""

import dataclasses

import numpy as np
import pytest

import landscape as ls
from landscape.models.mlp import Mlp
from landscape.objective import Objective
from landscape.plateau import plateau
from landscape.running import RunWork
from landscape.saturation import saturated
from landscape.slice import Slice
from landscape.stability import explain


def network(activation, **fields):
    scene = ls.Scene.model_validate(
        {"model": {"kind": "mlp", "hidden": [6, 5], "activation": activation, "seed": 3, "init": "he"} | fields,
         "data": {"kind": "digits", "samples": 30}, "runs": []}
    )  # fmt: skip
    return ls.objective(scene)


SLOPES = {
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)) / (1 + np.exp(z)),
    "tanh": lambda z: 1 - np.tanh(z) ** 2,
    "relu": lambda z: 1.0 * (z > 0),
}
VALUES = {"sigmoid": lambda z: 1 / (1 + np.exp(-z)), "tanh": np.tanh, "relu": lambda z: np.maximum(z, 0)}


@pytest.mark.parametrize("dropout", [0.0, 0.4])
@pytest.mark.parametrize("activation", SLOPES)
def test_saturated_units_are_counted_by_their_derivatives(activation, dropout):
    objective = network(activation, dropout=dropout, mask_seed=1)
    masks = objective.model.masks() if dropout else [np.ones(6), np.ones(5)]
    shares = []
    for scale in (0.1, 1.0, 5.0, 50.0):
        theta = scale * objective.theta0
        w1, w2, _ = np.split(theta, [6 * 64, 6 * 64 + 30])
        z1 = objective.samples.x @ w1.reshape(6, 64).T
        z2 = (VALUES[activation](z1) * masks[0] / (1 - dropout)) @ w2.reshape(5, 6).T
        flat = [SLOPES[activation](z) < 1e-3 for z in (z1, z2)]
        flat = [layer.all(axis=0, keepdims=True) if activation == "relu" else layer for layer in flat]
        found = saturated(objective, theta)
        assert found.share == pytest.approx((6 * flat[0].mean() + 5 * flat[1].mean()) / 11, rel=1e-12)
        assert found.worst == pytest.approx(max(flat[0].mean(), flat[1].mean()), rel=1e-12)
        assert found.dead is (activation == "relu")
        shares.append(found.share)
    assert max(shares) > 0


def test_of_units_without_a_flat_side_nothing_is_said():
    for activation in ("identity", "leaky_relu", "step"):
        objective = network(activation)
        assert saturated(objective, objective.theta0) is None
    assert saturated(Objective(Mlp(hidden=()), network("tanh").samples), np.zeros(640)) is None
    function = ls.objective(ls.lesson("valley"))
    assert saturated(function, function.theta0) is None


def told(model, starts, *, best=None, grid=None, **run):
    """What is said of the paths of a scene; best: of its surface and all its paths."""
    optimizer = {"kind": "gradient_descent", "lr": run.pop("lr", 0.05)}
    scene = ls.Scene.model_validate(
        {"model": model, "runs": [{"optimizer": optimizer, "starts": starts, **run}]} | ({"grid": grid} if grid else {})
    )
    engine = ls.Engine()
    paths = engine.paths(scene)
    best = min([np.nanmin(engine.surface(scene).loss), *(path.loss.min() for path in paths)]) if best is None else best
    return [(path, explain(engine.slice(scene), scene, path, best)) for path in paths]


def test_a_local_minimum_is_told_from_the_lowest_place():
    model = {"kind": "function", "name": "himmelblau"}
    ((path, explanation),) = told(model, [[3.0, 2.2]], lr=0.005, steps=500)
    assert path.status is ls.Status.CONVERGED
    assert explanation is None  # one of the four lowest
    model = {"kind": "function", "name": "false_minima"}
    ((path, explanation),) = told(model, [[1.8, -1.2]], steps=2000)
    assert path.status is ls.Status.CONVERGED
    assert ": a local minimum in this plane. The loss " in explanation.sentence
    assert explanation.holds is explanation.bound is None


def test_a_start_at_a_saddle_stands_still_there():
    """cos x sin y = -0.2 and sin x cos y = 0 at x = 0: the Hessian is [[0, c], [c, 0]]."""
    model = {"kind": "function", "name": "false_minima"}
    ((path, explanation),) = told(model, [[0.0, float(np.arcsin(-0.2))]], steps=5, best=-5.0)
    assert path.status is ls.Status.CONVERGED
    assert ": a saddle. " in explanation.sentence


def deep(activation, start, scale=1.0):
    """A network over two weights so large that nothing moves them any more; all others are ``scale`` times theirs.

    The loss on the plane, its scene, the path that stands still, and the lowest loss of the surface.
    """
    scene = ls.Scene.model_validate(
        {
            "model": {"kind": "mlp", "hidden": [6, 5], "activation": activation, "output": "identity", "seed": 3},
            "data": {"kind": "digits", "samples": 30},
            "plane": {"kind": "weights", "first": ["W1", 0, 20], "second": ["W1", 0, 36]},
            "grid": {"a": [-200, 200], "b": [-200, 200], "resolution": [20, 20]},
            "runs": [{"optimizer": {"kind": "gradient_descent", "lr": 0.1}, "starts": [start], "steps": 20}],
        }
    )
    objective = ls.objective(scene)
    larger = Objective(objective.model, objective.samples)
    larger.theta0 = scale * objective.theta0
    slice_ = Slice(larger, scene.plane.build(larger.theta0, larger.blocks, frozenset()))
    (path,) = walked(scene, slice_)
    best = float(np.nanmin(slice_.grid(*scene.grid.coordinates)))
    return slice_, scene, path, best


def walked(scene, slice_):
    work = RunWork(0, scene.runs[0], slice_)
    walk, records = work.begin(), []
    for chunk in work.chunks:
        walk, more = work.walk(chunk, walk)
        records.append(more)
    return work.paths(records)


@pytest.mark.parametrize("activation", ["tanh", "sigmoid"])
def test_saturated_units_are_said(activation):
    slice_, scene, path, best = deep(activation, [200.0, 200.0])
    assert path.status is ls.Status.CONVERGED
    found = saturated(slice_.objective, slice_.plane.lift(np.array([path.a[-1], path.b[-1]])))
    assert 0.005 < found.share < found.worst
    sentence = explain(slice_, scene, path, best).sentence
    norm = np.linalg.norm(slice_.gradient(np.array([path.a[-1], path.b[-1]])))
    assert sentence.startswith(f"Gradient norm {norm:.1g}: ")
    assert f"saturated units ({100 * found.share:.2g} % of the hidden ones, averaged over the samples)." in sentence
    assert sentence.endswith(f"The loss {path.loss[-1]:.5g} is far above {best:.5g}, the lowest that is known.")


def test_a_layer_that_is_saturated_by_half_is_the_cause():
    slice_, scene, path, best = deep("tanh", [200.0, 200.0], scale=30)
    assert path.status is ls.Status.CONVERGED
    assert saturated(slice_.objective, slice_.plane.lift(np.array([path.a[-1], path.b[-1]]))).worst > 0.5
    assert ": saturated units (" in explain(slice_, scene, path, best).sentence


def test_dead_units_are_told_as_they_are_counted():
    slice_, scene, path, best = deep("relu", [-200.0, -200.0])
    assert path.status is ls.Status.CONVERGED
    sentence = explain(slice_, scene, path, best - 1).sentence
    assert "of the hidden ones, on every sample)" in sentence


def test_who_has_come_far_is_not_told():
    slice_, scene, path, _ = deep("tanh", [200.0, 200.0])
    loss = np.linspace(path.loss[-1] + 1.0, path.loss[-1], path.loss.size)
    came = dataclasses.replace(path, loss=loss)
    assert plateau(slice_, scene, came, loss[-1] - 0.1) is None  # 0.1 of 1.1 are left
    assert plateau(slice_, scene, came, loss[-1] - 0.2) is not None
    assert plateau(slice_, scene, path, float(path.loss[-1])) is None
    assert explain(slice_, scene, path, None) is None


def test_of_a_run_in_all_weights_only_the_gradient_is_told():
    slice_, scene, path, best = deep("tanh", [200.0, 200.0])
    whole = scene.model_copy(update={"runs": (scene.runs[0].model_copy(update={"trains": "all"}),)})
    sentence = plateau(slice_, whole, path, best)
    assert sentence.startswith(f"Gradient norm {path.grad_norm[-1]:.1g}: a flat place. ")
