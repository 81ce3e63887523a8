"""Functions that show one shape each: bowls, ravines, false minima, saddles, a plateau."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from landscape.models.base import Array
from landscape.models.formulas import BOTTOM, Formula, Minimum, around_zero


def _well_gradient(x: Array, y: Array) -> tuple[Array, Array]:
    depth = np.exp(-(x**2 + y**2) / 2)
    return x * depth, y * depth


_FALSE = math.acos(0.2)
_BOOK = "I. Goodfellow, Y. Bengio, A. Courville, Deep Learning (MIT Press 2016), section "

SHAPES: Mapping[str, Formula] = {
    "valley": Formula(
        value=lambda x, y: x**2 + y**2,
        gradient=lambda x, y: (2 * x, 2 * y),
        text="x² + y²",
        domain=around_zero(2.0),
        start=(-1.8, 0.6),
        minima=BOTTOM,
        source=_BOOK + "4.3",
    ),
    "ravine": Formula(
        value=lambda x, y: x**2 + 10 * y**2,
        gradient=lambda x, y: (2 * x, 20 * y),
        text="x² + 10 y²",
        domain=around_zero(2.0),
        start=(-1.8, 0.6),
        minima=BOTTOM,
        source=_BOOK + "4.3.1",
    ),
    "shallow_ravine": Formula(
        value=lambda x, y: 0.1 * x**2 + y**2,
        gradient=lambda x, y: (0.2 * x, 2 * y),
        text="0.1 x² + y²",
        domain=around_zero(2.0),
        start=(-1.8, 0.6),
        minima=BOTTOM,
        source=_BOOK + "4.3.1",
    ),
    # Gradient descent from this start ends at (1.369, -1.571); the lowest minima lie at x = -4.914.
    "false_minima": Formula(
        value=lambda x, y: np.sin(x) * np.sin(y) + 0.2 * x,
        gradient=lambda x, y: (np.cos(x) * np.sin(y) + 0.2, np.sin(x) * np.cos(y)),
        text="sin x sin y + 0.2 x",
        domain=around_zero(5.0),
        start=(2.0, 1.0),
        # Those of this domain; each 2 pi farther to the left there are others, 0.4 pi lower.
        minima=tuple(
            Minimum((_FALSE + turn * math.pi, y * math.pi), 0.2 * (_FALSE + turn * math.pi) - math.sqrt(0.96))
            for turn, places in ((-2, (-0.5, 1.5)), (-1, (-1.5, 0.5)), (0, (-0.5, 1.5)), (1, (-1.5, 0.5)))
            for y in places
        ),
        source=_BOOK + "4.3",
    ),
    # The roots of f' to the last bit. Going down from this start leads to the first of them, out of the domain.
    "quartic": Formula(
        value=lambda x: (((0.1 * x - 0.5) * x - 0.2) * x + 2) * x + 2,
        gradient=lambda x: (((0.4 * x - 1.5) * x - 0.4) * x + 2,),
        text="0.1 x⁴ - 0.5 x³ - 0.2 x² + 2 x + 2",
        domain=((-3.0, 3.0), (-1.0, 1.0)),
        start=(2.5,),
        rate=0.05,
        minima=(
            Minimum((3.6484673790230917,), 0.07083268592298737),
            Minimum((-1.1209912044529162,), 0.36893374061516054),
        ),
        source=_BOOK + "4.3",
    ),
    "saddle": Formula(
        value=lambda x, y: x**2 - y**2,
        gradient=lambda x, y: (2 * x, -2 * y),
        text="x² - y²",
        domain=around_zero(2.0),
        start=(-1.8, 0.01),
        rate=0.05,
        source=_BOOK + "8.2.3",
    ),
    "monkey_saddle": Formula(
        value=lambda x, y: x * (x**2 - 3 * y**2),
        gradient=lambda x, y: (3 * (x**2 - y**2), -6 * x * y),
        text="x³ - 3 x y²",
        domain=around_zero(2.0),
        start=(1.6, 0.01),
        rate=0.005,
        source="Y. Dauphin et al., Identifying and attacking the saddle point problem (NeurIPS 2014), figure 1",
    ),
    # 1 to seven digits beyond a radius of 6: the gradient's length there is r exp(-r^2 / 2).
    "plateau": Formula(
        value=lambda x, y: -np.expm1(-(x**2 + y**2) / 2),
        gradient=_well_gradient,
        text="1 - exp(-(x² + y²) / 2)",
        domain=around_zero(6.0),
        start=(-3.0, 1.5),
        rate=1.0,
        minima=BOTTOM,
        source=_BOOK + "8.2.3",
        work=20,
    ),
}
"""By name, in the order in which they are offered."""
