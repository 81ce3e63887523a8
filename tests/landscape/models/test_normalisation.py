"""Batch normalisation against formulas written out and central differences."""

import math

import numpy as np
import pytest

from landscape.models.normalisation import EPSILON, Normalised


def test_values_against_loops():
    z = np.random.RandomState(0).randn(7, 3) * [1.0, 5.0, 0.01] + [0.0, 100.0, -3.0]
    want = np.empty_like(z)
    for unit, column in enumerate(z.T):
        mean = math.fsum(column) / 7
        variance = math.fsum((value - mean) ** 2 for value in column) / 7  # biased
        want[:, unit] = [(value - mean) / math.sqrt(variance + 1e-5) for value in column]
    np.testing.assert_allclose(Normalised.of(z).hat, want, rtol=1e-11)


@pytest.mark.parametrize("lead", [(), (2, 3)])
def test_slopes_against_central_differences(lead):
    random = np.random.RandomState(1)
    z, weight, gain, h = random.randn(*lead, 6, 4), random.randn(6, 4), random.randn(*lead, 1, 4), 1e-6

    def total(z, gain):
        return (weight * np.tanh(gain * Normalised.of(z.copy()).hat)).sum(axis=(-2, -1))

    normalised = Normalised.of(z.copy())
    delta = weight * (1 - np.tanh(gain * normalised.hat) ** 2)
    by_gain, slope = normalised.back(delta)
    for n, unit in np.ndindex(6, 4):
        step = np.zeros((6, 4))
        step[n, unit] = h
        want = (total(z + step, gain) - total(z - step, gain)) / (2 * h)
        np.testing.assert_allclose((gain * slope)[..., n, unit], want, rtol=1e-6, atol=1e-8)
    for unit in range(4):
        step = h * np.eye(4)[unit]
        want = (total(z, gain + step) - total(z, gain - step)) / (2 * h)
        np.testing.assert_allclose(by_gain[..., unit], want, rtol=1e-6, atol=1e-8)


def test_samples_that_agree_are_zero():
    """One sample, or several of the same sum: there is nothing to tell them apart by."""
    for z in (np.array([[3.0, -1e6]]), np.full((5, 2), 0.1)):
        normalised = Normalised.of(z.copy())
        np.testing.assert_allclose(normalised.hat, np.zeros_like(z), atol=1e-10)
        np.testing.assert_allclose(normalised.rate, 1 / math.sqrt(EPSILON), rtol=1e-12)
        gain, slope = normalised.back(np.ones_like(z))
        np.testing.assert_allclose(gain, 0, atol=1e-9)
        np.testing.assert_allclose(slope, 0, atol=1e-9)


def test_a_variance_beyond_all_numbers_is_not_passed_off_as_zero():
    hat = Normalised.of(np.array([[1e200, 1.0], [-1e200, 3.0]])).hat
    assert np.isnan(hat[:, 0]).all()
    np.testing.assert_allclose(hat[:, 1], [-1, 1], rtol=1e-5)


def test_32_bits_stay_so():
    z = np.random.RandomState(2).randn(50, 3).astype(np.float32) + 10
    narrow, wide = Normalised.of(z.copy()), Normalised.of(z.astype(np.float64))
    assert narrow.hat.dtype == narrow.rate.dtype == np.float32
    np.testing.assert_allclose(narrow.hat, wide.hat, atol=3e-6)
    assert [part.dtype for part in narrow.back(z)] == [np.float32, np.float32]
