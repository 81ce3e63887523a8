"""Convolution and pooling against loops over pixels."""

import numpy as np
import pytest

from landscape.models.activations import ACTIVATIONS
from landscape.models.convolution import Picture, by_filter, convolve, dense, picture, pool, pool_back, windows


def test_which_numbers_are_a_picture():
    assert picture(16) == Picture(1, 4)
    assert picture(64) == Picture(1, 8)
    assert picture(3 * 25) == Picture(3, 5)
    assert picture(3072) == Picture(3, 32)
    for inputs in (0, 1, 9, 12, 27, 63, 2 * 25, 4 * 17, 3073):
        assert picture(inputs) is None
    assert [Picture(1, side).pooled for side in (4, 5, 6, 7, 28, 32)] == [1, 1, 4, 4, 169, 225]


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("side", [4, 5, 6, 9])
def test_sums_against_loops(channels, side):
    random = np.random.RandomState(side)
    x = random.randn(3, channels * side * side)
    kernels, bias = random.randn(2, 5, channels, 3, 3), random.randn(2, 5)
    sums = convolve(kernels, bias, windows(x, Picture(channels, side)))
    images, length = x.reshape(3, channels, side, side), (side - 2) // 2
    assert sums.shape == (2, 5, 4, 3, length * length)
    for lead, filter_, place, sample, pixel in np.ndindex(*sums.shape):
        row = 2 * (pixel // length) + place // 2
        column = 2 * (pixel % length) + place % 2
        want = bias[lead, filter_]
        for channel, i, j in np.ndindex(channels, 3, 3):
            want += kernels[lead, filter_, channel, i, j] * images[sample, channel, row + i, column + j]
        assert sums[lead, filter_, place, sample, pixel] == pytest.approx(want, rel=1e-12, abs=1e-12)
    np.testing.assert_array_equal(convolve(kernels, None, windows(x, Picture(channels, side)))
                                  + bias[..., None, None, None], sums)  # fmt: skip


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "relu", "leaky_relu", "identity"])
def test_pooling_is_that_of_the_activations(activation):
    sums = 3 * np.random.RandomState(0).randn(2, 3, 4, 5, 6)
    values = ACTIVATIONS[activation].value(sums)
    np.testing.assert_allclose(pool(sums, activation, "max"), values.max(axis=2), rtol=1e-15)
    np.testing.assert_allclose(pool(sums, activation, "mean"), values.sum(axis=2) / 4, rtol=1e-14, atol=1e-16)


def test_of_equal_sums_the_first_takes_the_derivative():
    sums = np.array([[1.0, 5.0, 2.0], [3.0, 5.0, 2.0], [3.0, 5.0, 2.0], [2.0, 4.0, 7.0]])[:, None, :]  # (4, 1, 3)
    h, delta = pool(sums, "identity", "max"), np.array([[10.0, 20.0, 30.0]])
    np.testing.assert_array_equal(h, [[3.0, 5.0, 7.0]])
    back = pool_back(delta, h, sums, "identity", "max")[:, 0]
    np.testing.assert_array_equal(back, [[0, 20, 0], [10, 0, 0], [0, 0, 0], [0, 0, 30]])
    mean = pool_back(delta, pool(sums, "identity", "mean"), sums, "identity", "mean")[:, 0]
    np.testing.assert_array_equal(mean, np.tile([2.5, 5, 7.5], (4, 1)))


def test_the_dense_layer_is_one_product_of_flattened_filters():
    random = np.random.RandomState(0)
    h, matrix = random.randn(2, 3, 5, 4), random.randn(2, 7, 12)  # (M, k, n, p), (M, K, k p)
    want = np.swapaxes(h, 1, 2).reshape(2, 5, 12) @ np.swapaxes(matrix, 1, 2)
    found = by_filter(matrix, 3)
    assert found.shape == (2, 3, 4, 7)
    assert np.shares_memory(found, matrix)
    np.testing.assert_allclose(dense(h, found), want, rtol=1e-13, atol=1e-13)
