"""A network's loss over two parameters of different layers."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from landscape.models.base import Array, Indices, Restriction, Width


class TwoLayers(Restriction):
    """Exact evaluator for two parameters of different layers.

    Everything before the earlier layer is constant; the earlier parameter moves one unit, an update of rank one
    of the next layer's sums; up to the later layer nothing depends on the later parameter. So a grid goes through
    the middle of the network once for each value of the earlier parameter, and what is left is a loss over one
    parameter of one layer, which has its own short way.

    Args:
        direct: another exact way, for single points.
        coordinate: 0 where a is the earlier parameter, 1 where b is.
        late: the way over the later parameter where the earlier one has a given value.
        work: of one crossing, about.
        nbytes: memory held besides ``direct``.
    """

    def __init__(
        self, direct: Restriction, coordinate: int, late: Callable[[float], Restriction], work: int, nbytes: int
    ) -> None:
        self._direct, self._coordinate, self._late = direct, coordinate, late
        self.floats, self.work, self.nbytes = direct.floats, work, nbytes + direct.nbytes
        self.point_work = direct.point_work

    def value(self, ab: Array, batch: Indices | None = None) -> Array:
        return self._direct.value(ab, batch)

    def value_and_gradient(self, ab: Array, batch: Indices | None = None) -> tuple[Array, Array]:
        return self._direct.value_and_gradient(ab, batch)

    def grid(self, a: Array, b: Array, dtype: Width = np.float64) -> Array:
        loss = np.empty((b.size, a.size))
        if self._coordinate == 0:
            for j, value in enumerate(a):
                loss[:, j] = self._late(value).grid(a[j : j + 1], b, dtype)[:, 0]
        else:
            for i, value in enumerate(b):
                loss[i] = self._late(value).grid(a, b[i : i + 1], dtype)[0]
        return loss
