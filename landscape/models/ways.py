"""Which short ways there are to a network's loss over a plane, the quickest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from landscape.models.activations import ACTIVATIONS
from landscape.models.base import Array, Restriction
from landscape.models.dense import Dense
from landscape.models.fold import fold
from landscape.models.hidden_layer import HiddenLayer
from landscape.models.last_layer import LastLayer
from landscape.models.network import Entry, Network, Stage, prefix
from landscape.models.softmax_layer import SoftmaxLayer
from landscape.models.tabulated import Tabulated
from landscape.models.tail import CALL, Layer, cost
from landscape.models.touched import Touched
from landscape.models.two_layers import TwoLayers

ROOM = 256 << 20
"""Bytes that a way may keep; one that needs more is left to the plain way, which goes through the samples in parts."""


def of_two_parameters(
    network: Network, entries: Sequence[Entry], dense: Iterator[Restriction]
) -> Iterator[Restriction]:
    """The ways over two parameters, which are zero in ``network``; then those of any plane, ``dense``."""
    first, second = entries
    if first.layer == second.layer:
        yield from _of_one_layer(network, entries)
    elif 3 * network.layers[min(first.layer, second.layer)][0].shape[0] * len(network.x) * 8 <= ROOM:  # on two cores
        direct = next(dense, None)
        if direct is not None:
            yield _of_two_layers(network, entries, direct)
            yield direct
    yield from dense


def of_any_plane(network: Network, u: list[Layer], v: list[Layer]) -> Iterator[Restriction]:
    """The ways over the plane of two directions through ``network``."""
    if len(network.layers) > 1 and 3 * 8 * len(network.x) * network.layers[0][0].shape[0] <= ROOM:
        yield Dense(network, (u, v))


def _of_one_layer(network: Network, entries: Sequence[Entry]) -> Iterator[Restriction]:
    layer = entries[0].layer
    if layer < len(network.layers) and network.layers[layer][0].shape[0] * len(network.x) * 8 > ROOM:
        return
    touched, rest = prefix(network, layer, entries, network.begin, network.penalty)
    yield from _from_prefix(network, layer, touched, rest, tabulate=True)


def _from_prefix(
    network: Network, layer: int, touched: Touched, rest: Array, *, tabulate: bool
) -> Iterator[Restriction]:
    head, y = network.head, network.y
    if layer == len(network.layers):
        if head.separable:
            others = [unit for unit in range(y.shape[1]) if unit not in touched.units]
            constant = head.per_sample(rest[:, others], y[:, others])
            yield LastLayer(touched, head, constant, np.ascontiguousarray(y[:, touched.units].T))
        else:
            yield SoftmaxLayer(touched, head, rest, y)
        return
    direct = HiddenLayer(touched, network.activation, head, rest, network.layers[layer:], y)
    if tabulate and len(touched.units) == 1 and fold(network.activation, np.float64).behind:
        table = Tabulated(direct, network.activation)
        if table.promises:
            yield table
    yield direct


def _of_two_layers(network: Network, entries: Sequence[Entry], direct: Restriction) -> Restriction:
    coordinate = int(entries[1].layer < entries[0].layer)
    early, late = entries[coordinate], entries[1 - coordinate]
    touched, rest = prefix(network, early.layer, entries, network.begin, network.penalty)
    out = network.layers[early.layer][0][:, early.row]  # (H',)
    function = ACTIVATIONS[network.activation]
    beside = np.empty(0)
    if late.layer == early.layer + 1 and late.column is not None and late.column != early.row:
        beside = _unit(network, early.layer, late.column)

    def at(value: float) -> Restriction:
        unit = function.value(touched.constant[0] + value * touched.shares[coordinate, 0])  # (N,)

        def begin(rows: slice) -> Stage:
            z = np.multiply.outer(unit[rows], out)
            z += rest[rows]
            return Stage(early.layer + 1, z, lambda column: (unit if column == early.row else beside)[rows])

        moved, sums = prefix(network, late.layer, entries, begin, network.penalty)
        return next(_from_prefix(network, late.layer, moved, sums, tabulate=False))  # a table for one line: no

    behind = network.layers[late.layer :]
    work = len(network.x) * (cost(behind[0][0].shape[0], behind[1:]) if behind else CALL)
    return TwoLayers(direct, coordinate, at, work, rest.nbytes + touched.nbytes)


def _unit(network: Network, layer: int, unit: int) -> Array:
    """The values (N,) of one unit of a hidden layer."""
    touched, _ = prefix(network, layer, [Entry(layer, unit, None)] * 2, network.begin, 0.0)
    return np.asarray(ACTIVATIONS[network.activation].value(touched.constant[0]))
