"""Activation functions and their derivatives, elementwise on arrays of any shape."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

LEAK = 0.1
"""Slope of the leaky ReLU left of zero."""


class Activation(NamedTuple):
    """A function and its derivative.

    Attributes:
        value: z -> h.
        slope: h -> dh/dz, a new array; of all these functions the value tells the derivative.
    """

    value: Callable[[Array], Array]
    slope: Callable[[Array], Array]


def sigmoid(z: Array) -> Array:
    """1 / (1 + exp(-z)), exact to rounding for every finite z and in the limits.

    Example:
        >>> sigmoid(np.array([-1000.0, 0.0, 1000.0]))
        array([0. , 0.5, 1. ])
    """
    if np.asarray(z).dtype == np.float32:  # there numpy's tanh is the quicker one
        out: Array = np.asarray(np.multiply(z, 0.5))
        np.tanh(out, out=out)
        out *= 0.5
        out += 0.5
        return out
    out = np.asarray(np.negative(z))
    with np.errstate(over="ignore"):  # exp(-z) = inf has the right limit, 0
        np.exp(out, out=out)
    out += 1
    np.divide(1, out, out=out)
    return out


def softmax(z: Array) -> Array:
    """exp(z) over its sum along the last axis, shifted by the maximum so that nothing overflows."""
    out: Array = np.exp(z - z.max(axis=-1, keepdims=True))
    out /= out.sum(axis=-1, keepdims=True)
    return out


def _sigmoid_slope(h: Array) -> Array:
    out: Array = np.subtract(1, h)
    out *= h
    return out


def _tanh_slope(h: Array) -> Array:
    out: Array = np.multiply(h, h)
    np.subtract(1, out, out=out)
    return out


ACTIVATIONS: dict[str, Activation] = {
    "sigmoid": Activation(sigmoid, _sigmoid_slope),
    "tanh": Activation(np.tanh, _tanh_slope),
    "relu": Activation(lambda z: np.maximum(z, 0), lambda h: np.asarray(h > 0, dtype=h.dtype)),
    "leaky_relu": Activation(
        lambda z: np.maximum(z, LEAK * z), lambda h: np.where(h > 0, h.dtype.type(1), h.dtype.type(LEAK))
    ),
    "identity": Activation(lambda z: z, np.ones_like),
    "step": Activation(lambda z: np.heaviside(z, 0), np.zeros_like),
}
"""At the kink of ReLU and leaky ReLU the derivative from the left is taken, as PyTorch does.

``step`` is Heaviside's: 1 where z > 0, else 0 (nan stays nan). Its slope is 0 everywhere, at the jump too, so that
no gradient passes it: gradient methods stand still in all layers in front of it.
"""
