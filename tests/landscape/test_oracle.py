"""What an optimizer is told: differences, clipping, noise; and what is counted."""

import numpy as np
import pytest
from pydantic import ValidationError

import landscape as ls
from landscape.manner import Manner
from landscape.oracle import StepOracle


class Bowl:
    """a^2 + 3 b^2 / 2 + a b as a ground; its Hessian is ((2, 1), (1, 3))."""

    samples, work, in_plane, varies = 1, 1.0, True, False
    hessian = np.array([[2.0, 1.0], [1.0, 3.0]])

    def loss(self, theta, batch=None):
        return np.einsum("...i,ij,...j->...", theta, self.hessian, theta) / 2

    def gradient(self, theta, batch):
        return theta @ self.hessian

    def loss_and_gradient(self, theta, batch):
        return self.loss(theta), self.gradient(theta, batch)


THETA = np.array([[1.0, -2.0], [0.3, 0.7], [0.0, 0.0]])


def oracle(manner=None, *, apart=False, step=0):
    found = StepOracle(manner or Manner(), np.zeros(3, dtype=np.int64), apart=apart, varies=False)
    found.stand(Bowl(), THETA, None, step)
    return found


@pytest.mark.parametrize("apart", [True, False])
def test_what_is_asked_is_answered_and_counted_once(apart):
    asked = oracle(apart=apart)
    np.testing.assert_array_equal(asked.gradient(THETA), THETA @ Bowl.hessian)
    assert asked.gradient(THETA) is asked.gradient(THETA)
    assert asked.evaluations.tolist() == [1, 1, 1]
    np.testing.assert_array_equal(asked.loss(THETA), Bowl().loss(THETA))
    np.testing.assert_array_equal(asked.gradient(THETA + 1), (THETA + 1) @ Bowl.hessian)
    assert asked.evaluations.tolist() == [3, 3, 3]


def test_a_hessian_times_a_vector():
    asked, vector = oracle(), np.array([[1.0, 0.0], [2.0, -1.0], [0.0, 0.0]])
    np.testing.assert_allclose(asked.hvp(THETA, vector), vector @ Bowl.hessian, atol=1e-9)
    assert asked.evaluations.tolist() == [2, 2, 2]


def test_a_hessian_is_found_in_64_bits_whatever_the_place():
    place, vector = THETA.astype(np.float32), np.array([[1, 0], [2, -1], [0, 1]], dtype=np.float32)
    np.testing.assert_allclose(oracle().hvp(place, vector), vector @ Bowl.hessian, atol=1e-9)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_a_hessian_is_that_of_its_products_and_costs_two_gradients_a_column(dtype, monkeypatch):
    asked = oracle()
    wanted = np.tile(Bowl.hessian, (3, 1, 1))
    np.testing.assert_allclose(asked.hessian(THETA.astype(dtype)), wanted, atol=1e-9)
    assert asked.evaluations.tolist() == [4, 4, 4]
    monkeypatch.setattr("landscape.oracle.CHUNK_FLOATS", 1)  # one column at a time
    np.testing.assert_allclose(asked.hessian(THETA.astype(dtype)), wanted, atol=1e-9)


def test_only_who_asks_is_answered_and_pays():
    asked, some = oracle(), np.array([False, True, False])
    found = asked.loss(THETA + 1, some)
    np.testing.assert_array_equal(np.isnan(found), ~some)
    assert found[1] == pytest.approx(Bowl().loss(THETA + 1)[1], rel=1e-15)
    assert np.isnan(asked.loss(THETA, np.zeros(3, dtype=bool))).all()
    before = asked.evaluations
    assert before.tolist() == [0, 1, 0]
    asked.loss(THETA)
    assert before.tolist() == [0, 1, 0]  # who has kept a count goes on knowing it
    assert asked.evaluations.tolist() == [1, 2, 1]


@pytest.mark.parametrize(("gradient", "evaluations"), [("analytic", 1), ("forward", 3), ("centred", 5)])
@pytest.mark.parametrize("apart", [True, False])
def test_a_loss_with_its_gradient_costs_no_more_unless_differences_are_centred(gradient, evaluations, apart):
    asked = oracle(Manner(gradient=gradient), apart=apart)
    value, slope = asked.loss_and_gradient(THETA)
    np.testing.assert_array_equal(value, Bowl().loss(THETA))
    np.testing.assert_allclose(slope, THETA @ Bowl.hessian, atol=1e-4)
    assert asked.evaluations.tolist() == [evaluations] * 3


def test_what_is_drawn_depends_on_seed_and_step_alone():
    seeded = Manner(noise=0.5, seed=3)
    drawn = np.array([oracle(seeded, step=step).draw(5) for step in range(2000)])
    assert (abs(drawn.mean(axis=0)) < 0.1).all()
    np.testing.assert_allclose(drawn.std(axis=0), 1, atol=0.1)
    np.testing.assert_array_equal(oracle(seeded, step=7).draw(5), drawn[7])
    assert not np.array_equal(oracle(Manner(seed=4), step=7).draw(5), drawn[7])
    noise = oracle(seeded, step=7).gradient(THETA)[0] - (THETA @ Bowl.hessian)[0]
    assert abs(noise / 0.5 - drawn[7][:2]).min() > 1e-3  # not the numbers of the noise over again


@pytest.mark.parametrize(("gradient", "evaluations", "error"), [("forward", 3, 2e-4), ("centred", 4, 1e-9)])
def test_differences_of_losses(gradient, evaluations, error):
    asked = oracle(Manner(gradient=gradient, h=1e-4))
    np.testing.assert_allclose(asked.gradient(THETA), THETA @ Bowl.hessian, atol=error)
    assert np.abs(asked.gradient(THETA) - THETA @ Bowl.hessian).max() > (1e-5 if gradient == "forward" else 0)
    assert asked.evaluations.tolist() == [evaluations] * 3


def test_entries_are_cut_off_and_lengths_shortened():
    true = THETA @ Bowl.hessian
    np.testing.assert_array_equal(oracle(Manner(clip_value=0.5)).gradient(THETA), np.clip(true, -0.5, 0.5))
    shortened = oracle(Manner(clip_norm=2.0)).gradient(THETA)
    np.testing.assert_allclose(np.linalg.norm(shortened, axis=1), np.minimum(np.linalg.norm(true, axis=1), 2.0))
    np.testing.assert_allclose(shortened[0] * np.linalg.norm(true[0]), true[0] * 2.0)
    np.testing.assert_array_equal(shortened[2], 0.0)
    asked = oracle(Manner(clip_norm=2.0))
    asked.gradient(THETA)
    np.testing.assert_array_equal(asked.slope, true)  # what is recorded is the true one


def test_noise_is_seeded_by_the_step_and_has_its_size():
    noisy = Manner(noise=0.5, seed=3)
    drawn = np.array([oracle(noisy, step=step).gradient(THETA)[0] - (THETA @ Bowl.hessian)[0] for step in range(2000)])
    assert drawn.std() == pytest.approx(0.5, rel=0.05)
    assert abs(drawn.mean()) < 0.03
    np.testing.assert_array_equal(oracle(noisy, step=7).gradient(THETA), oracle(noisy, step=7).gradient(THETA))
    assert not np.array_equal(drawn[0], drawn[1])


def scene(**run):
    return ls.Scene.model_validate(
        {
            "model": {"hidden": [4]},
            "data": {"samples": 10},
            "plane": {"kind": "random"},
            "grid": {"resolution": [3, 3]},
            "runs": [{"steps": 7, "trains": "plane", "starts": ["initial", [0.1, 0.2]]} | run],
        }
    )


@pytest.mark.parametrize(("gradient", "each"), [("analytic", 1), ("forward", 3), ("centred", 4)])
def test_a_path_tells_what_it_cost(gradient, each):
    for path in ls.descend(scene(gradient=gradient)):
        np.testing.assert_array_equal(path.evaluations, each * np.arange(8))
        np.testing.assert_array_equal(path.samples_seen, 10 * np.arange(8))
        assert path.evaluations.dtype == path.samples_seen.dtype == np.int64


def test_samples_seen_are_those_of_the_batches():
    (path, _) = ls.descend(scene(batch=4))
    assert path.samples_seen.tolist() == [0, 4, 8, 10, 14, 18, 20, 24]


def test_differences_lead_where_the_derivative_leads():
    exact, by_differences = (ls.descend(scene(gradient=gradient))[0] for gradient in ("analytic", "centred"))
    np.testing.assert_allclose(by_differences.a, exact.a, rtol=1e-6, atol=1e-9)


def test_a_run_taken_up_again_goes_on_counting():
    engine, counted = ls.Engine(), scene(steps=500, noise=0.01)
    while not (frame := engine.advance(counted, budget=0.0)).done:
        pass
    np.testing.assert_array_equal(frame.paths[0].evaluations, np.arange(501))
    np.testing.assert_array_equal(frame.paths[0].a, ls.descend(counted)[0].a)


def test_differences_of_too_many_numbers_are_refused():
    with pytest.raises(ValidationError, match=r"differences takes at most 2,000 trained numbers\. Got 33,200\."):
        ls.Scene.model_validate({"runs": [{"trains": "all", "gradient": "centred"}]})
