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
        slope: (z, h) -> dh/dz; the value is handed over because it is often all that is needed.
    """

    value: Callable[[Array], Array]
    slope: Callable[[Array, Array], Array]


def sigmoid(z: Array) -> Array:
    """1 / (1 + exp(-z)), exact to rounding for every finite z and in the limits.

    Example:
        >>> sigmoid(np.array([-1000.0, 0.0, 1000.0]))
        array([0. , 0.5, 1. ])
    """
    with np.errstate(over="ignore"):  # exp(-z) = inf has the right limit, 0
        out: Array = np.asarray(np.exp(-z))
        out += 1.0
        np.divide(1.0, out, out=out)
    return out


def softmax(z: Array) -> Array:
    """exp(z) over its sum along the last axis, shifted by the maximum so that nothing overflows."""
    out: Array = np.exp(z - z.max(axis=-1, keepdims=True))
    out /= out.sum(axis=-1, keepdims=True)
    return out


ACTIVATIONS: dict[str, Activation] = {
    "sigmoid": Activation(sigmoid, lambda z, h: h * (1.0 - h)),
    "tanh": Activation(np.tanh, lambda z, h: 1.0 - h * h),
    "relu": Activation(lambda z: np.maximum(z, 0.0), lambda z, h: (z > 0.0).astype(np.float64)),
    "leaky_relu": Activation(lambda z: np.where(z > 0.0, z, LEAK * z), lambda z, h: np.where(z > 0.0, 1.0, LEAK)),
    "identity": Activation(lambda z: z, lambda z, h: np.ones_like(z)),
}
"""At the kink of ReLU and leaky ReLU the derivative from the left is taken, as PyTorch does."""
