"""From a fully connected network's flat parameters to the short ways over a plane of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from landscape.models.base import Array, Blocks, Restriction, address, spans, split, two_parameters
from landscape.models.losses import Head
from landscape.models.network import Entry, Network
from landscape.models.rescaled import Rescaled
from landscape.models.tail import Layer
from landscape.models.ways import of_any_plane, of_two_parameters


class Flat(NamedTuple):
    """A network as its flat parameters have it.

    Attributes:
        blocks: matrices "W1", "W2", ... and biases "b1", "b2", ... of every layer, or no biases.
        activation: of the hidden units.
        head: output function and loss, of temperature 1.
        l2: strength of the penalty on the matrices.
        factors: (P,), what every parameter is multiplied by when it is used (not in the penalty), or None.
        single: whether the loss is continuous, so that 32 bits may do.
    """

    blocks: Blocks
    activation: str
    head: Head
    l2: float
    factors: Array | None = None
    single: bool = True

    def over_plane(self, origin: Array, u: Array, v: Array, x: Array, y: Array) -> Iterator[Restriction]:
        """The ways to the loss at ``origin + a u + b v`` on samples x (N, D) and y (N, K), the quickest first.

        With ``factors`` f the network sees ``f origin + a f u + b f v`` and the penalty does not. Over two
        parameters f u is a multiple of u: these ways stay what they are, at scaled coordinates.
        """
        pair = two_parameters(origin, u, v)
        if self.factors is None and self.single:
            return self._ways(origin, u, v, x, y, pair, self.l2)
        weights = np.stack([self._weights(theta) for theta in (origin, u, v)])
        penalty, scale = self.l2 * weights @ weights.T, np.ones(2)
        if self.factors is not None:
            origin = origin * self.factors
            if pair is None:
                u, v = u * self.factors, v * self.factors
            else:
                scale = self.factors[list(pair)]
        ways = self._ways(origin, u, v, x, y, pair, 0.0)
        return (Rescaled(way, scale, penalty, single=self.single) for way in ways)

    def _ways(
        self, origin: Array, u: Array, v: Array, x: Array, y: Array, pair: tuple[int, int] | None, l2: float
    ) -> Iterator[Restriction]:
        penalty = 0.5 * l2 * float(np.square(self._weights(origin)).sum()) if l2 else 0.0
        network = Network(self._layers(origin), self.activation, self.head, x, y, l2, penalty)
        dense = of_any_plane(network, self._layers(u), self._layers(v))
        if pair is None:
            return dense
        return of_two_parameters(network, [self._entry(index) for index in pair], dense)

    def _layers(self, theta: Array) -> list[Layer]:
        parts = split(theta, self.blocks)
        return [(parts[name], parts.get(f"b{name[1:]}")) for name in parts if name[0] == "W"]

    def _weights(self, theta: Array) -> Array:
        """All matrices' numbers, flat."""
        return np.concatenate([theta[span] for name, _, span in spans(self.blocks) if name[0] == "W"])

    def _entry(self, index: int) -> Entry:
        """Where the parameter at a flat place enters."""
        name, indices = address(index, self.blocks)
        return Entry(int(name[1:]), indices[0], indices[1] if name[0] == "W" else None)
