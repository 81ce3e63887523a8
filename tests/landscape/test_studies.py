"""Studies in slices of time: the same numbers as at one go, each computed once, and judged by closed forms."""

import itertools
import math

import numpy as np
import pytest

import landscape as ls
from landscape.gradient_check import check_gradient
from landscape.sweep import RATES, Sweep, next_rate


def through(study, budget=1e-6):
    """The study done slice by slice; the progress after each."""
    shares = []
    for _ in range(20_000):
        study.advance(budget)
        shares.append(study.progress)
        if study.done:
            return shares
    raise AssertionError("it comes to no end")


def ravine(*optimizers, **run):
    runs = [{"optimizer": optimizer, "starts": [[-1.8, 0.6]], "steps": 30} | run for optimizer in optimizers]
    return ls.Scene.model_validate({"model": {"kind": "function", "name": "ravine"}, "runs": runs})


def network(*runs, **plane):
    return ls.Scene.model_validate(
        {
            "model": {"kind": "mlp", "hidden": [6], "activation": "tanh", "bias": True, "seed": 1},
            "data": {"kind": "digits", "samples": 40},
            "plane": {"kind": "random"} | plane,
            "runs": runs,
            "race": {"starts": "own", "batches": "own", "budget": "own"},
        }
    )


PLAIN, ADAM = {"kind": "gradient_descent", "lr": 0.09}, {"kind": "adam", "lr": 0.1}
ALL = {"optimizer": PLAIN, "starts": ["initial"], "steps": 12, "trains": "all"}
IN_PLANE = {"optimizer": {"kind": "momentum", "lr": 0.1}, "starts": [[0.5, -0.5], [1, 1]], "steps": 15}


# --- learning rates ---------------------------------------------------------------------------------------


def test_a_sweep_in_slices_finds_what_gradient_descent_on_the_ravine_does():
    """x (1 - 2 r)^30 and y (1 - 20 r)^30: it blows up above 2 / 20; of those tried the run's own 0.09 is best."""
    study = ls.Engine().sweep(ravine(PLAIN))
    shares = through(study)
    assert shares == sorted(shares)
    sweep = study.sweeps[0]
    assert set(sweep.rate) == {*RATES, 0.09, 0.0533}  # its own, and one between that and the best one's neighbour
    want = (1.8 * (1 - 2 * sweep.rate) ** 30) ** 2 + 10 * (0.6 * (1 - 20 * sweep.rate) ** 30) ** 2
    held = sweep.rate < 0.1
    np.testing.assert_allclose(sweep.loss[held], want[held], rtol=1e-9)
    assert (sweep.loss[sweep.rate > 0.2] == np.inf).all()
    assert sweep.best == sweep.rate[held][np.argmin(want[held])] == 0.09
    assert sweep.before == pytest.approx(1.8**2 + 10 * 0.6**2)


@pytest.mark.parametrize(
    ("scene", "run"),
    [
        (ravine(PLAIN, ADAM), 1),
        (network(ALL), 0),
        (network({**ALL, "batch": 7, "optimizer": ADAM}), 0),
        (network(ALL, IN_PLANE), 1),
        (network(ALL, IN_PLANE, origin="trained"), 1),
        (network(ALL, IN_PLANE, origin="trained"), 0),
    ],
    ids=["adam", "all", "batches", "plane", "plane through trained weights", "the run that makes the plane"],
)
def test_each_point_is_the_end_of_a_whole_run(scene, run):
    study = ls.Engine().sweep(scene, [0.01, 0.1], [run])
    through(study)
    for rate, loss in zip([0.01, 0.1], study.sweeps[run].loss, strict=True):
        changed = ls.revise(scene, {f"runs.{run}.optimizer.lr": repr(rate)}).scene
        path = next(path for path in ls.descend(changed) if path.run == run)
        assert loss == pytest.approx(path.loss[-1], rel=1e-12)


def test_what_is_swept_once_is_there_for_every_other_study():
    engine, scene = ls.Engine(), network(ALL)
    through(engine.sweep(scene))
    computed = engine.computed
    again = engine.sweep(scene)
    again.advance(None)
    assert again.done
    other = engine.sweep(ls.revise(scene, {"runs.0.optimizer.lr": "0.01"}).scene)  # which is swept anyway
    through(other)
    assert engine.computed <= computed + 2  # around the best, where its own rate lay before


def test_before_it_is_begun_nothing_is_known_and_its_cost_is():
    study = ls.Engine().sweep(ravine(PLAIN, ADAM))
    study.advance(None)
    assert not study.done
    assert study.planned == (13 + 1 + 13) * 30  # a rate of 0.1 is among the 13
    assert study.seconds > 0
    assert all(np.isnan(sweep.loss).all() and sweep.best is None for sweep in study.sweeps.values())


def test_points_come_in_one_after_the_other():
    study, known = ls.Engine().sweep(ravine(PLAIN)), []
    while not study.done:
        study.advance(1e-9)
        known.append(int(np.count_nonzero(~np.isnan(study.sweeps[0].loss))))
    assert known[0] < 14
    assert all(after - before in (0, 1) for before, after in itertools.pairwise(known))


def test_where_all_rates_blow_up_smaller_ones_are_tried():
    """f = 1000 x^2 on a line that runs 1000 times as fast: stable below 1e-9."""
    scene = ls.Scene.model_validate(
        {
            "model": {"kind": "linear", "reduction": "sum"},
            "data": {"kind": "line", "samples": 45},
            "runs": [{"starts": [[0, 0]], "steps": 200}],
        }
    )
    study = ls.Engine().sweep(scene)
    through(study)
    sweep = study.sweeps[0]
    assert not np.isfinite(sweep.loss[sweep.rate >= 0.01]).any()
    assert sweep.best is not None
    place = int(np.flatnonzero(sweep.rate == sweep.best)[0])
    assert 0 < place < sweep.rate.size - 1


@pytest.mark.parametrize(
    ("rate", "loss", "want"),
    [
        ([0.1, 1.0], [1.0, 2.0], 0.0316),
        ([0.1, 1.0], [2.0, 1.0], 3.16),
        ([0.1, 1.0, 3.16], [2.0, 1.0, 3.0], 0.316),
        ([0.562, 1.0, 3.16], [2.0, 1.0, 3.0], 1.78),
        ([0.562, 1.0, 1.78], [2.0, 1.0, 3.0], None),
        ([0.1, 1.0], [math.inf, math.inf], 0.0316),
        ([0.1, 1.0], [math.nan, 1.0], None),
        ([1e-12, 1.0], [1.0, 2.0], None),
    ],
)
def test_the_next_rate_lies_beyond_an_end_that_is_best_or_around_the_best(rate, loss, want):
    assert next_rate(Sweep(np.array(rate), np.array(loss), 0)) == want


# --- step sizes -------------------------------------------------------------------------------------------


def test_step_sizes_go_on_until_a_step_overshoots():
    """x^2 + y^2: a step of s leaves (1 - 2 s)^2 of the loss, more than all of it above 1."""
    scene = ls.lesson("valley")
    study = ls.Engine().step_sizes(scene)
    through(study)
    sweep = study.sweep
    assert sweep.rate[[0, 9, -1]].tolist() == [1e-10, 0.1, 10.0]
    np.testing.assert_allclose(sweep.loss, sweep.before * (1 - 2 * sweep.rate) ** 2, rtol=1e-12)
    assert sweep.best == 0.1
    assert sweep.loss[-1] > sweep.before
    assert sweep.evaluations == sweep.rate.size + 1


def test_sizes_that_are_named_are_tried_alone():
    study = ls.Engine().step_sizes(ls.lesson("valley"), [0.25, 0.5])
    through(study)
    assert study.sweep.rate.tolist() == [0.25, 0.5]
    assert study.sweep.loss[1] == pytest.approx(0, abs=1e-30)


# --- gradient check ---------------------------------------------------------------------------------------


def test_a_check_in_slices_is_the_check_at_one_go():
    scene = network()
    study = ls.Engine().gradient_check(scene)
    study.advance(None)
    assert study.report is None
    through(study)
    assert study.report == check_gradient(ls.objective(scene))
    assert study.report.passed


def test_forward_differences_err_by_half_the_step_times_the_curvature():
    """f = 0.1 x^4 - 0.5 x^3 - 0.2 x^2 + 2 x + 2 at 2.5: (f(x + h) - f(x)) / h = f' + h f'' / 2 + ..."""
    scene = ls.lesson("learning-rates")
    objective, h = ls.objective(scene), 1e-3
    theta = np.array([2.5])
    forward, centred, analytic = check_gradient(objective, theta, step=h).ways
    width = 2.5 * h
    slope, bend = 0.4 * 2.5**3 - 1.5 * 2.5**2 - 0.4 * 2.5 + 2, 1.2 * 2.5**2 - 3 * 2.5 - 0.4
    assert forward.error == pytest.approx(abs(width * bend / 2) / (2 * abs(slope)), rel=0.02)
    third = 2.4 * 2.5 - 3
    assert centred.error == pytest.approx(abs(width**2 * third / 6) / (2 * abs(slope)), rel=0.02)
    assert (forward.evaluations, centred.evaluations, analytic.evaluations) == (2, 2, 1)


def test_the_cost_of_differences_is_linear_in_the_parameters():
    scene = network()
    forward, centred, analytic = check_gradient(ls.objective(scene)).ways
    count = sum(check_gradient(ls.objective(scene)).checked.values())
    assert count == 20 + 6 + 20 + 10
    assert (forward.evaluations, centred.evaluations, analytic.evaluations) == (count + 1, 2 * count, 1)
    parameters = ls.objective(scene).theta0.size
    assert (forward.whole, centred.whole, analytic.whole) == (parameters + 1, 2 * parameters, 1)
    assert centred.error < forward.error / 1000


def test_a_wrong_gradient_is_named_by_its_block(monkeypatch):
    scene = network()
    objective = ls.Engine().objective(scene)
    right = objective.gradient

    def wrong(theta, batch=None):
        gradient = right(theta, batch).copy()
        gradient[-10:] *= 1.001  # the last block, b2
        return gradient

    monkeypatch.setattr(objective, "gradient", wrong)
    report = check_gradient(objective)
    assert not report.passed
    assert max(report.blocks, key=report.blocks.get) == "b2"
    assert report.blocks["b2"] == pytest.approx(0.0005, rel=0.01)
