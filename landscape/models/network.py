"""A fully connected network on its samples, as plain arrays: what the evaluators of its slices are made from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from landscape.chunks import pieces
from landscape.models.activations import ACTIVATIONS
from landscape.models.base import Array
from landscape.models.losses import Head
from landscape.models.tail import Layer
from landscape.models.touched import Touched
from landscape.threads import spread

SAMPLES = 128
"""Samples at once: enough rows for a product, few enough for a core's cache."""


class Network(NamedTuple):
    """Weights, activation, loss and samples.

    Attributes:
        layers: matrix (H, D) and bias (H,) or None of every layer.
        activation: of the hidden units.
        head: output function and loss.
        x: (N, D) samples.
        y: (N, K) targets.
        l2: strength of the penalty on the weights.
        penalty: the penalty itself.
    """

    layers: list[Layer]
    activation: str
    head: Head
    x: Array
    y: Array
    l2: float
    penalty: float

    def begin(self, rows: slice) -> Stage:
        """The first layer of samples ``rows``."""
        x = self.x[rows]
        return Stage(1, _sums(x, self.layers[0]), lambda column: x[:, column])

    def on(self, stage: Stage) -> Stage:
        """The next layer."""
        h = ACTIVATIONS[self.activation].value(stage.sums)
        return Stage(stage.layer + 1, _sums(h, self.layers[stage.layer]), lambda column: h[:, column])


class Stage(NamedTuple):
    """Some samples on their way.

    Attributes:
        layer: counted from 1.
        sums: (n, H), of this layer.
        column: the values (n,) of a unit in front of it.
    """

    layer: int
    sums: Array
    column: Callable[[int], Array]


class Entry(NamedTuple):
    """Where a parameter enters.

    Attributes:
        layer: counted from 1.
        row: the unit.
        column: the unit in front that its signal comes from; None for a bias, whose signal is 1.
    """

    layer: int
    row: int
    column: int | None


def prefix(
    network: Network, layer: int, entries: Sequence[Entry], begin: Callable[[slice], Stage], penalty: float
) -> tuple[Touched, Array]:
    """All that stays the same while parameters of one layer move, computed once; samples are spread over the cores.

    Args:
        network: its weights where the two parameters are zero.
        layer: that they enter.
        entries: of the two parameters; one that enters another layer is not felt here.
        begin: the first stage of samples, at ``layer`` or in front of it.
        penalty: where the two parameters are zero.

    Returns:
        The touched units, and of the last layer its sums (N, K), of any other the next layer's sums (N, H')
        without the touched units.
    """
    samples = len(network.x)
    here = [entry for entry in entries if entry.layer == layer]
    units = sorted({entry.row for entry in here})
    sums, signals = np.empty((len(units), samples)), np.zeros((2, samples))
    is_last = layer == len(network.layers)
    rest = np.empty((samples, network.layers[layer - 1 if is_last else layer][0].shape[0]))

    def some(rows: slice) -> None:
        stage = begin(rows)
        while stage.layer < layer:
            stage = network.on(stage)
        sums[:, rows] = stage.sums[:, units].T
        for signal, entry in zip(signals, entries, strict=True):
            if entry.layer == layer:
                signal[rows] = 1.0 if entry.column is None else stage.column(entry.column)
        if is_last:
            rest[rows] = stage.sums
        else:
            h = ACTIVATIONS[network.activation].value(stage.sums)
            if h is stage.sums:
                h = h.copy()
            h[:, units] = 0.0
            rest[rows] = _sums(h, network.layers[layer])

    spread(some, pieces(samples, SAMPLES))
    rows = [entry.row if entry.layer == layer else units[0] for entry in entries]
    l2 = [network.l2 if entry.column is not None else 0.0 for entry in entries]
    return Touched.by(rows, list(signals), sums, l2, penalty), rest


def _sums(h: Array, layer: Layer) -> Array:
    matrix, bias = layer
    z: Array = h @ matrix.T
    if bias is not None:
        z += bias
    return z
