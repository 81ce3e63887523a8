"""One step of many sizes, and gradients by differences: the lecture's figures against formulas written out here."""

import math

import numpy as np
import pytest

import landscape as ls
from landscape.datasets.base import data_directory
from landscape.link import revise


def scene_of(name, samples):
    """The lesson's scene, on CIFAR-10 or on the digits that stand in for it."""
    if samples == "digits":
        return revise(ls.lesson(name), {"data.kind": "digits", "data.samples": "500"}).scene
    if not (data_directory() / "cifar10" / "data_batch_1.bin").exists():
        pytest.skip(f"CIFAR-10 is not in {data_directory() / 'cifar10'}")
    return ls.lesson(name)


def margins(matrix, x, right):
    """By how much the wrong class's score is too high, (N, 10), 0 at the right one."""
    scores = x @ matrix.T
    rows = np.arange(len(x))
    over = scores - scores[rows, right][:, None] + 1
    over[rows, right] = 0
    return over


def hinge(matrix, x, right):
    return float(np.maximum(margins(matrix, x, right), 0).sum(axis=1).mean())


def hinge_slope(matrix, x, right):
    """Each wrong class that is too high pulls its own row along x, and the right row against it."""
    pulls = (margins(matrix, x, right) > 0).astype(float)
    pulls[np.arange(len(x)), right] = -pulls.sum(axis=1)
    return pulls.T @ x / len(x)


def softmax_loss(matrix, x, right):
    scores = x @ matrix.T
    return float((np.log(np.exp(scores).sum(axis=1)) - scores[np.arange(len(x)), right]).mean())


def softmax_slope(matrix, x, right):
    shares = np.exp(x @ matrix.T)
    shares /= shares.sum(axis=1, keepdims=True)
    shares[np.arange(len(x)), right] -= 1
    return shares.T @ x / len(x)


def begun(scene):
    """W = 0.001 rand(10, D), and the samples with their labels."""
    samples = ls.objective(scene).samples
    matrix = 0.001 * np.random.RandomState(0).rand(10, samples.x.shape[1])
    np.testing.assert_array_equal(ls.objective(scene).theta0, matrix.ravel())
    return matrix, samples.x, samples.y.argmax(axis=1)


@pytest.mark.parametrize("samples", ["cifar10", "digits"])
def test_the_loss_after_each_step_is_that_of_the_step_written_out(samples):
    scene = scene_of("step-size-sweep", samples)
    matrix, x, right = begun(scene)
    study = ls.Engine().step_sizes(scene)
    study.advance(math.inf)
    sweep, slope = study.sweep, hinge_slope(matrix, x, right)
    assert sweep.before == pytest.approx(hinge(matrix, x, right), rel=1e-12)
    want = [hinge(matrix - size * slope, x, right) for size in sweep.rate]
    np.testing.assert_allclose(sweep.loss, want, rtol=1e-11)
    np.testing.assert_allclose(sweep.rate[:10], [10.0**power for power in range(-10, 0)], rtol=1e-15)


def test_on_cifar_a_hundredth_is_right_a_tenth_too_long_and_one_overshoots():
    """A step a tenth as long loses a tenth as much, for as long as no sample's margin closes: 9 - 0.18 at 1e-3."""
    study = ls.Engine().step_sizes(scene_of("step-size-sweep", "cifar10"))
    study.advance(math.inf)
    losses = dict(zip(study.sweep.rate.tolist(), study.sweep.loss.tolist(), strict=True))
    assert study.sweep.before == pytest.approx(8.99065, abs=1e-5)
    assert [losses[size] for size in (1e-4, 1e-3, 1e-2, 1e-1)] == pytest.approx([8.97247, 8.80880, 7.22966, 7.46098])
    gain = study.sweep.before - np.array([losses[10.0**power] for power in range(-6, -2)])
    np.testing.assert_allclose(gain[1:] / gain[:-1], 10, rtol=0.01)
    assert study.sweep.best == 0.01
    assert losses[1.0] > 4 * study.sweep.before
    assert max(losses) == 1.0


def test_the_lesson_walks_the_best_of_the_decades():
    scene = ls.lesson("step-size-sweep")
    assert (scene.runs[0].steps, scene.runs[0].trains, scene.runs[0].optimizer.lr) == (1, "all", 0.01)
    assert ls.lesson_view("step-size-sweep") == {"tab": "sizes"}


@pytest.mark.parametrize("samples", ["cifar10", "digits"])
def test_differences_err_and_cost_as_written_out(samples):
    scene = scene_of("numerical-gradient", samples)
    matrix, x, right = begun(scene)
    slope = softmax_slope(matrix, x, right)
    forward, centred, analytic = ls.gradient_check(scene).ways
    np.testing.assert_allclose(ls.objective(scene).gradient(matrix.ravel()), slope.ravel(), rtol=1e-9, atol=1e-13)
    steepest = np.argsort(-np.abs(slope.ravel()))[:10]
    found = np.empty((2, 10))
    for place, at in enumerate(steepest):
        step = np.zeros(matrix.size)
        step[at] = 1e-5
        ahead, here, behind = (
            softmax_loss(matrix + sign * step.reshape(matrix.shape), x, right) for sign in (1, 0, -1)
        )
        found[:, place] = (ahead - here) / 1e-5, (ahead - behind) / 2e-5
    errors = np.linalg.norm(found - slope.ravel()[steepest], axis=1) / np.linalg.norm(slope.ravel()[steepest]) / 2
    assert forward.error == pytest.approx(errors[0], rel=0.2)  # half of what is looked at is drawn, and small
    assert centred.error < 1e-8
    assert errors[1] < 1e-8
    assert forward.error > 1000 * centred.error
    assert (forward.whole, centred.whole, analytic.whole) == (matrix.size + 1, 2 * matrix.size, 1)


def test_three_ways_to_the_same_place_at_one_three_and_four_evaluations_a_step():
    """In the plane there are two numbers: 2 + 1 losses, 2 x 2 losses, or one gradient."""
    forward, centred, analytic = ls.descend(scene_of("numerical-gradient", "digits"))
    assert [path.evaluations[-1] for path in (forward, centred, analytic)] == [600, 800, 200]
    np.testing.assert_allclose(centred.a, analytic.a, atol=1e-6)
    np.testing.assert_allclose(forward.a, analytic.a, atol=1e-4)
    assert np.abs(forward.a - analytic.a).max() > 10 * np.abs(centred.a - analytic.a).max()
