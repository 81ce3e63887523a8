"""Activations as one fast function between two scalings that fold into the weights around it.

An activation h(z) is written ``gain * v + offset`` with ``v = function(scale * z)``. The scale goes into the
matrix in front, gain and offset into the one behind, so that only ``function`` is left to be done to every number:

    sigmoid, 64 bits   1 / (1 + exp(-z)):           scale -1,   v = 1 / (1 + exp),  gain 1,    offset 0
    sigmoid, 32 bits   1/2 + 1/2 tanh(z / 2):       scale 1/2,  v = tanh,           gain 1/2,  offset 1/2
    tanh, 64 bits      2 / (1 + exp(-2 z)) - 1:     scale -2,   v = 1 / (1 + exp),  gain 2,    offset -1
    the others         as they are

Which form is the quicker one depends on the width because numpy's tanh is vectorised better in 32 bits. Where the
function begins with an exponential, that of a sum of two parts may be taken from theirs: ``behind``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from landscape.models.activations import LEAK
from landscape.models.base import Width

Floats = NDArray[Any]
"""Of either width."""


class Fold(NamedTuple):
    """``h(z) = gain * function(scale * z) + offset``.

    Attributes:
        scale: of what goes in.
        function: overwrites its argument.
        behind: the same of (over * (1 + exp(z)), over), for any ``over``; None where it does not begin with an
            exponential.
        gain: of what comes out.
        offset: added to it.

    Example:
        >>> z = np.array([0.0, 2.0])
        >>> scale, function, _, gain, offset = fold("sigmoid", np.float32)
        >>> v = scale * z
        >>> function(v)
        >>> gain * v + offset
        array([0.5       , 0.88079708])
    """

    scale: float
    function: Callable[[Floats], None]
    behind: Callable[[Floats, Floats], None] | None
    gain: float
    offset: float


def fold(activation: str, dtype: Width) -> Fold:
    """The fold of an activation for numbers of this width."""
    if activation == "sigmoid" and dtype == np.float32:
        return Fold(0.5, _tanh, None, 0.5, 0.5)
    if activation == "sigmoid":
        return Fold(-1.0, _logistic, _share, 1.0, 0.0)
    if activation == "tanh" and dtype == np.float64:
        return Fold(-2.0, _logistic, _share, 2.0, -1.0)
    return Fold(1.0, _PLAIN[activation], None, 1.0, 0.0)


def reach(dtype: Width) -> float:
    """Exponents up to which an exponential and its reciprocal are normal numbers of this width, with a margin."""
    return float(0.98 * np.log(np.finfo(dtype).max))


def _logistic(z: Floats) -> None:
    np.exp(z, out=z)  # inf has the right limit, 0
    z += 1
    np.divide(1, z, out=z)


def _share(z: Floats, over: Floats) -> None:
    np.divide(over, z, out=z)


def _tanh(z: Floats) -> None:
    np.tanh(z, out=z)


def _relu(z: Floats) -> None:
    np.maximum(z, 0, out=z)


def _leaky_relu(z: Floats) -> None:
    np.maximum(z, LEAK * z, out=z)


def _identity(z: Floats) -> None:
    pass


def _step(z: Floats) -> None:
    np.heaviside(z, 0, out=z)


_PLAIN: dict[str, Callable[[Floats], None]] = {
    "tanh": _tanh,
    "relu": _relu,
    "leaky_relu": _leaky_relu,
    "identity": _identity,
    "step": _step,
}
