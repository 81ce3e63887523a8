"""Through a fully connected network and back: which steps there are is read off the names of its blocks."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from landscape.models.activations import ACTIVATIONS
from landscape.models.base import Array
from landscape.models.normalisation import Normalised

Parts = dict[str, Array]
"""Matrices W1, W2, ... (..., H, D), and where there are any biases b1, ... and, of the hidden layers, gains g1, ...
and shifts s1, ... of batch normalisation, each (..., H)."""


class Pass(NamedTuple):
    """What a way back needs.

    Attributes:
        z: (..., N, K), the last sums.
        values: h_0 = x, h_1, ...: what goes into each layer.
        normalised: the hidden layers' sums, where they are normalised.
    """

    z: Array
    values: list[Array]
    normalised: list[Normalised]


def forward(parts: Parts, activation: str, x: Array, first: int | None = None) -> Pass:
    """Samples x (N, D) through the network; normalised by so many at their head, or by all.

    Example:
        >>> forward({"W1": np.array([[1.0, 2.0]]), "b1": np.array([10.0])}, "tanh", np.array([[1.0, 1.0]])).z
        array([[13.]])
    """
    function = ACTIVATIONS[activation].value
    values, normalised = [x], []
    last = sum(name[0] == "W" for name in parts)
    for layer in range(1, last + 1):
        z = values[-1] @ np.swapaxes(parts[f"W{layer}"], -1, -2)  # (N, D) @ (..., D, H) -> (..., N, H)
        if f"b{layer}" in parts:
            z += parts[f"b{layer}"][..., None, :]
        if layer == last:
            break
        if f"g{layer}" in parts:
            normalised.append(Normalised.of(z, first))
            z = normalised[-1].hat * parts[f"g{layer}"][..., None, :]
            z += parts[f"s{layer}"][..., None, :]
        values.append(function(z))
    return Pass(z, values, normalised)


def backward(there: Pass, delta: Array, parts: Parts, activation: str, into: Parts) -> None:
    """From the derivatives ``delta`` (..., N, K) by the last sums those by every block, written ``into`` its place."""
    slope = ACTIVATIONS[activation].slope
    for layer in range(len(there.values), 0, -1):
        # (..., K, N) @ (..., N, H) -> (..., K, H)
        np.matmul(np.swapaxes(delta, -1, -2), there.values[layer - 1], out=into[f"W{layer}"])
        if f"b{layer}" in into:
            delta.sum(axis=-2, out=into[f"b{layer}"])
        if layer > 1:  # (..., N, K) @ (..., K, H) -> (..., N, H)
            delta = delta @ parts[f"W{layer}"]
            delta *= slope(there.values[layer - 1])
            if there.normalised:
                delta.sum(axis=-2, out=into[f"s{layer - 1}"])
                into[f"g{layer - 1}"][...], delta = there.normalised[layer - 2].back(delta)
                delta *= parts[f"g{layer - 1}"][..., None, :]
