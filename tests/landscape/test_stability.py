"""Bounds of rates against the methods themselves; what is said of runs above, at and below them."""

import dataclasses
import doctest
import math

import numpy as np
import pytest

import landscape as ls
from landscape import stability
from landscape.optimizers import Adam, GradientDescent, Momentum, optimizers
from landscape.stability import RULES, bound, explain, rate_that_holds, rates_that_hold

CURVATURES = np.array([20.0, 5.0, 1.0])
STEPS = 2000
KINDS = [kind for kind in RULES if kind in optimizers]


class Quadratic:
    """sum of curvature theta^2 / 2."""

    def gradient(self, theta):
        return CURVATURES * theta


def walk(optimizer, lr, steps=STEPS):
    """Lengths of theta at the last steps, from length 1 in each direction."""
    theta = np.ones(3)
    state, lengths = optimizer.init(theta), []
    for _ in range(steps):
        delta, state = optimizer.step(Quadratic(), theta, state, lr)
        theta = theta + delta
        lengths.append(float(np.linalg.norm(theta)))
    return max(lengths[-20:])


METHODS = [
    *[pytest.param(optimizers[kind](), id=kind) for kind in KINDS],
    *[
        pytest.param(optimizers[kind](beta=beta), id=f"{kind} {beta}")
        for kind in KINDS[1:]
        for beta in (0.0, 0.3, 0.97)
    ],
    *[pytest.param(optimizers[kind](weight_decay=3.0), id=f"{kind}, weight decay") for kind in KINDS],
]


@pytest.mark.parametrize("optimizer", METHODS)
def test_a_quadratic_shrinks_just_below_the_bound_and_grows_just_above(optimizer):
    limit = bound(optimizer, 20.0)
    assert walk(optimizer, 0.999 * limit) < 0.05
    assert walk(optimizer, 1.001 * limit) > 20


def test_nesterovs_bound_by_his_own_two_sequences():
    """theta' = y - lr g(y), y' = theta' + beta (theta' - theta): Nesterov 1983, at a constant beta."""
    for beta in (0.0, 0.5, 0.9):
        limit = RULES["nesterov"].factor(Momentum(beta=beta)) / 20
        for share, holds in ((0.999, True), (1.001, False)):
            theta = look = np.ones(3)
            for _ in range(STEPS):
                before, theta = theta, look - share * limit * CURVATURES * look
                look = theta + beta * (theta - before)
            length = float(np.linalg.norm(theta))
            assert (length < 0.05) if holds else (length > 20)


def test_the_formulas():
    assert bound(GradientDescent(), 20.0) == pytest.approx(0.1)
    assert bound(Momentum(beta=0.9), 20.0) == pytest.approx(0.19)
    assert RULES["nesterov"].factor(Momentum(beta=0.9)) == pytest.approx(3.8 / 2.8)
    assert bound(GradientDescent(weight_decay=3.0), 20.0) == pytest.approx(2 / 23)
    assert bound(GradientDescent(weight_decay=3.0), -1.0) == pytest.approx(1.0)


@pytest.mark.parametrize("curvature", [0.0, -1.0, math.nan, math.inf])
def test_no_claim_where_nothing_is_curved_upwards(curvature):
    assert bound(GradientDescent(), curvature) is None


def test_no_claim_for_adaptive_methods():
    assert bound(Adam(), 20.0) is None


@pytest.mark.parametrize(
    ("limit", "rate"),
    [(0.1, 0.09), (0.0123, 0.011), (123.0, 110.0), (1.0, 0.9), (1e-7, 9e-8), (5.27e-4, 4.7e-4), (0.19, 0.17)],
)  # fmt: skip
def test_a_rate_that_holds_is_nine_tenths_rounded_down(limit, rate):
    assert rate_that_holds(limit) == rate
    assert rate_that_holds(limit) < limit


def function(name="ravine", *, best=None, starts=((-1.8, 0.6),), kind="gradient_descent", **run):
    """Paths of a function, and what is said of them."""
    optimizer = {"kind": kind} | {key: run.pop(key) for key in ("lr", "beta", "weight_decay") if key in run}
    model = {"kind": "function", "name": name}
    return told({"model": model, "runs": [{"optimizer": optimizer, "starts": starts, **run}]}, best)


def told(fields, best=None):
    scene, engine = ls.Scene.model_validate(fields), ls.Engine()
    return [(path, explain(engine.slice(scene), scene, path, best)) for path in engine.paths(scene)]


def test_edge_of_stability_at_the_bound_y_flips_for_ever():
    scene = ls.lesson("edge-of-stability")
    (path,) = ls.descend(scene)
    np.testing.assert_allclose(path.b, 0.6 * (-1.0) ** np.arange(16), rtol=0, atol=1e-12)
    explanation = explain(ls.Engine().slice(scene), scene, path)
    assert "The rate 0.1 is at the bound 2 / lambda_max = 0.1:" in explanation.sentence
    assert explanation.curvatures == (pytest.approx(20), pytest.approx(20))


def test_edge_of_stability_above_the_bound_y_grows_and_it_is_said():
    ((path, explanation),) = function(lr=0.1001, steps=15)
    np.testing.assert_allclose(np.abs(path.b[1:] / path.b[:-1]), 1.002, rtol=1e-12)
    assert path.status is ls.Status.MAX_STEPS
    assert explanation.sentence == (
        "The rate 0.1001 is above 2 / lambda_max = 0.1, up to which gradient descent is stable: its loss grows."
    )
    assert explanation.holds == 0.09


def test_of_a_run_in_all_weights_above_the_bound_the_start_is_told():
    ((path, explanation),) = function(lr=0.1001, steps=15, trains="all")
    assert path.status is ls.Status.MAX_STEPS
    assert explanation.sentence.startswith("At its start the rate 0.1001 is above 2 / lambda_max = 0.1, ")
    assert explanation.sentence.endswith(": its loss grows.")


def test_edge_of_stability_below_the_bound_y_shrinks_and_nothing_is_said():
    ((path, explanation),) = function(lr=0.0999, steps=15)
    np.testing.assert_allclose(np.abs(path.b[1:] / path.b[:-1]), 0.998, rtol=1e-12)
    assert explanation is None


@pytest.mark.parametrize("trains", ["plane", "all"])
def test_edge_of_stability_walked_on_it_has_diverged(trains):
    ((path, explanation),) = function(lr=0.1001, steps=5000, trains=trains)
    assert path.status is ls.Status.DIVERGED
    assert "he rate 0.1001 is above 2 / lambda_max = 0.1, " in explanation.sentence
    assert explanation.bound == pytest.approx(0.1, rel=1e-6)
    assert explanation.holds == 0.09


def test_momentum_is_told_by_its_own_formula():
    ((path, explanation),) = function(kind="momentum", lr=0.2, steps=2000)
    assert path.status is ls.Status.DIVERGED
    assert "2 (1 + beta) / lambda_max = 0.19, up to which momentum is stable" in explanation.sentence
    ((path, explanation),) = function(kind="momentum", lr=explanation.holds, steps=2000)
    assert path.status is ls.Status.CONVERGED
    assert explanation is None


def test_weight_decay_is_in_the_formula():
    ((path, explanation),) = function(lr=0.2, steps=2000, weight_decay=3.0)
    assert path.status is ls.Status.DIVERGED
    assert "above 2 / (lambda_max + weight_decay) = 0.08696," in explanation.sentence
    assert explanation.holds == 0.078


NO_CLAIM = {
    "clipped": {"clip_norm": 1e12},
    "clipped entries": {"clip_value": 1e12},
    "noisy": {"noise": 0.1},
    "adaptive": {"kind": "adam"},
}


@pytest.mark.parametrize("change", NO_CLAIM.values(), ids=list(NO_CLAIM))
def test_of_other_runs_only_what_was_seen_is_said(change):
    (blown, _), fields = function(lr=0.2, steps=2000)[0], {"kind": "gradient_descent", "lr": 0.2} | change
    optimizer = {key: fields.pop(key) for key in ("kind", "lr")}
    model = {"kind": "function", "name": "ravine"}
    scene = ls.Scene.model_validate({"model": model, "runs": [{"optimizer": optimizer, **fields}]})
    explanation = explain(ls.Engine().slice(scene), scene, blown)
    assert explanation.sentence == f"The loss grew from 6.8 to {blown.loss[-1]:.2g} by step {blown.step[-1]:,}."
    assert explanation.bound is explanation.holds is None


def test_a_schedule_is_judged_by_its_largest_rate_and_held_as_a_whole():
    schedule = {"kind": "constant", "warmup": 50}
    ((path, explanation),) = function(lr=0.2, steps=2000, schedule=schedule)
    assert path.status is ls.Status.DIVERGED
    assert explanation.rate == pytest.approx(0.2)
    assert explanation.holds == 0.09
    cosine = {"kind": "cosine"}
    ((path, explanation),) = function(lr=0.5, steps=500, schedule=cosine)
    assert path.status is ls.Status.DIVERGED
    assert explanation.rate == 0.5
    assert explanation.holds == 0.09


def test_a_function_that_is_no_quadratic_is_told_at_its_start():
    ((path, explanation),) = function("rosenbrock", lr=0.01, steps=100, starts=((-1.2, 1.0),))
    assert path.status is ls.Status.DIVERGED
    hessian = np.array([[1200 * 1.44 - 400 + 2, 480], [480, 200]])
    assert explanation.curvatures[0] == pytest.approx(np.linalg.eigvalsh(hessian)[1], rel=1e-6)
    assert explanation.sentence.startswith("At its start the rate 0.01 is above 2 / lambda_max = 0.001")


def himmelblaus(x, y):
    return np.array([[12 * x * x + 4 * y - 42, 4 * (x + y)], [4 * (x + y), 12 * y * y + 4 * x - 26]])


@pytest.mark.parametrize("start", [(-1.0, 0.0), (0.5, 0.0), (0.5, 0.5), (1.0, 0.5)])
def test_a_start_where_nothing_is_curved_upwards_is_told_farther_on(start):
    """Himmelblau's hill in the middle: (x^2 + y - 11)^2 + (x + y^2 - 7)^2."""
    ((path, explanation),) = function("himmelblau", lr=0.05, steps=100, starts=(start,))
    assert path.status is ls.Status.DIVERGED
    steepest = [np.linalg.eigvalsh(himmelblaus(a, b))[1] for a, b in zip(path.a, path.b, strict=True)]
    assert explanation.curvatures == (
        pytest.approx(steepest[0], rel=1e-6),
        pytest.approx(steepest[-1], rel=1e-3),
    )
    assert steepest[0] < 0
    first = next(place for place, value in enumerate(steepest) if 0.05 * value > 2)
    assert explanation.sentence.startswith(f"At step {first} the rate 0.05 is above 2 / lambda_max = 0.0")
    assert explanation.bound == pytest.approx(2 / steepest[first], rel=1e-6)
    ((path, _),) = function("himmelblau", lr=explanation.holds, steps=1000, starts=(start,))
    assert path.loss[-1] < path.loss[0]


NETWORK = {
    "model": {"kind": "mlp", "hidden": [8], "activation": "identity", "output": "identity"},
    "data": {"kind": "digits", "samples": 100},
    "plane": {"kind": "weights", "first": ["W1", 0, 20], "second": ["W1", 0, 21]},
}


@pytest.mark.parametrize("plane", ["two weights", "a line"])
def test_a_network_in_the_plane_has_the_curvature_of_its_two_weights(plane):
    line = {"second": None} if plane == "a line" else {}
    run = {"optimizer": {"kind": "gradient_descent", "lr": 5.0}, "starts": ["initial"], "steps": 500}
    fields = NETWORK | {"plane": NETWORK["plane"] | line, "runs": [run]}
    scene = ls.Scene.model_validate(fields)
    objective, layout = ls.objective(scene), ls.plane(scene)
    x, w2 = objective.samples.x, objective.theta0[8 * 64 :].reshape(10, 8)
    used = x[:, [20]] if line else x[:, [20, 21]]
    exact = 2 * (w2[:, 0] @ w2[:, 0]) * used.T @ used / len(x)  # of sum_k (o_k - y_k)^2, o linear in W1
    ((path, explanation),) = told(fields)
    assert layout.is_line is bool(line)
    assert path.status is ls.Status.DIVERGED
    assert explanation.curvatures == (pytest.approx(np.linalg.eigvalsh(exact)[-1], rel=1e-6),) * 2
    assert explanation.sentence.startswith("The rate 5 is above 2 / lambda_max = 0.")
    held = run | {"optimizer": {"kind": "gradient_descent", "lr": explanation.holds}}
    ((path, _),) = told(fields | {"runs": [held]})
    assert path.status in (ls.Status.CONVERGED, ls.Status.MAX_STEPS)
    assert path.loss[-1] < path.loss[0]


@pytest.mark.parametrize("start", ["initial", [3.0, -4.0]])
def test_a_network_in_all_weights_has_the_curvature_of_all_of_them(start):
    run = {"optimizer": {"kind": "gradient_descent", "lr": 0.5}, "starts": [start], "steps": 50, "trains": "all"}
    fields = NETWORK | {"runs": [run]}
    scene = ls.Scene.model_validate(fields)
    objective = ls.objective(scene)
    theta = objective.theta0 if start == "initial" else ls.plane(scene).lift(np.array(start))
    steps = 1e-4 * np.eye(theta.size)
    dense = (objective.gradient(theta + steps) - objective.gradient(theta - steps)) / 2e-4
    ((path, explanation),) = told(fields)
    assert path.status is ls.Status.DIVERGED
    assert explanation.curvatures == (pytest.approx(np.linalg.eigvalsh((dense + dense.T) / 2)[-1], rel=1e-3), None)
    assert explanation.sentence.startswith("At its start the rate 0.5 is above 2 / lambda_max = 0.00")
    held = run | {"optimizer": {"kind": "gradient_descent", "lr": explanation.holds}}
    ((path, _),) = told(fields | {"runs": [held]})
    assert path.status is ls.Status.MAX_STEPS
    assert path.loss[-1] < path.loss[0]


def test_mini_batches_and_a_network_that_is_too_large_make_no_claim(monkeypatch):
    run = {"optimizer": {"kind": "gradient_descent", "lr": 0.5}, "starts": ["initial"], "steps": 50, "trains": "all"}
    ((path, explanation),) = told(NETWORK | {"runs": [run | {"batch": 10}]})
    assert path.status is ls.Status.DIVERGED
    assert explanation.sentence.startswith("The loss grew from ")
    ((_, all_samples),) = told(NETWORK | {"runs": [run | {"batch": 100}]})
    assert all_samples.bound is not None
    monkeypatch.setattr(stability, "AFFORDED", 1e3)
    for trains in ("all", "plane"):
        ((_, explanation),) = told(NETWORK | {"runs": [run | {"trains": trains, "optimizer": {"lr": 5.0}}]})
        assert explanation.sentence.startswith("The loss grew from ")


@pytest.mark.parametrize("trains", ["plane", "all"])
@pytest.mark.parametrize(("activation", "known"), [("relu", False), ("identity", True)])
def test_at_a_kink_there_is_no_curvature_and_no_claim(activation, known, trains):
    """At zero weights every ReLU's sum is zero: to one side the slope is one, to the other none."""
    scene = ls.Scene.model_validate(
        {
            "model": {"kind": "mlp", "hidden": [1], "activation": activation, "output": "identity"},
            "data": {"kind": "moons"},
            "plane": {"kind": "weights", "first": ["W1", 0, 0], "second": ["W1", 0, 1]},
            "runs": [{"optimizer": {"kind": "gradient_descent", "lr": 900.0}, "starts": [[0, 0]], "trains": trains}],
        }
    )
    engine = ls.Engine()
    (path,) = engine.paths(scene)
    explanation = explain(engine.slice(scene), scene, dataclasses.replace(path, status=ls.Status.DIVERGED))
    assert (explanation.curvatures[0] is not None) is known
    assert (explanation.bound is not None) is known


def test_a_run_under_way_or_without_a_place_is_not_explained():
    scene = ls.lesson("ravine")
    slice_, (path,) = ls.Engine().slice(scene), ls.descend(scene)
    assert explain(slice_, scene, dataclasses.replace(path, status=ls.Status.RUNNING)) is None
    empty = {name: np.empty(0) for name in ("step", "a", "b", "loss", "lr", "grad_norm")}
    assert explain(slice_, scene, dataclasses.replace(path, status=ls.Status.NON_FINITE, **empty)) is None


def test_a_run_holds_for_all_its_starts():
    runs = [
        {"optimizer": {"kind": "gradient_descent", "lr": 0.01}, "starts": [[-1.2, 1.0], [1.5, 1.0], [1.0, 1.0]]},
        {"optimizer": {"kind": "gradient_descent", "lr": 1e-4}, "starts": [[0.9, 0.8]]},
    ]
    pairs = told({"model": {"kind": "function", "name": "rosenbrock"}, "runs": runs})
    paths, explanations = zip(*pairs, strict=True)
    holds = [explanation.holds for explanation in explanations[:2]]
    assert rates_that_hold(paths, explanations) == {0: min(holds)}
    assert holds[0] != holds[1]


def test_the_bound_is_shown_below_the_rate():
    ((_, explanation),) = function(lr=0.10000123, steps=15, starts=((0.0, 0.6),))
    assert "The rate 0.100001 is above 2 / lambda_max = 0.1," in explanation.sentence
    for limit, rate in ((0.1234551, 0.123457), (0.1, 0.1001), (2 / 3, 0.7)):
        assert float(stability._below(limit, rate)) < rate
    assert stability._below(2 / 3, 0.7) == "0.6667"


def test_the_examples():
    assert doctest.testmod(stability).failed == 0
