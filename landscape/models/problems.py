"""Published problems that optimizers are tried on."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from landscape.models.base import Array
from landscape.models.formulas import BOTTOM, Formula, Minimum, around_zero


def _himmelblau_gradient(x: Array, y: Array) -> tuple[Array, Array]:
    p, q = x**2 + y - 11, x + y**2 - 7
    return 4 * x * p + 2 * q, 2 * p + 4 * y * q


def _beale_terms(x: Array, y: Array) -> tuple[Array, Array, Array]:
    return 1.5 - x * (1 - y), 2.25 - x * (1 - y * y), 2.625 - x * (1 - y * y * y)


def _beale(x: Array, y: Array) -> Array:
    p, q, r = _beale_terms(x, y)
    return p * p + q * q + r * r


def _beale_gradient(x: Array, y: Array) -> tuple[Array, Array]:
    p, q, r = _beale_terms(x, y)
    along_x = p * (y - 1) + q * (y * y - 1) + r * (y * y * y - 1)
    return 2 * along_x, 2 * x * (p + 2 * y * q + 3 * y * y * r)


def _waves(x: Array, y: Array) -> Array:
    """1 - (cos 2 pi x + cos 2 pi y) / 2, without the loss of digits near (0, 0)."""
    return np.square(np.sin(np.pi * x)) + np.square(np.sin(np.pi * y))


_RATE = 0.2 / math.sqrt(2)
"""Ackley's function falls towards (0, 0) as 20 exp(-_RATE r), r the distance."""


def _ackley(x: Array, y: Array) -> Array:
    return -20 * np.expm1(-_RATE * np.hypot(x, y)) - math.e * np.expm1(-_waves(x, y))


def _ackley_gradient(x: Array, y: Array) -> tuple[Array, Array]:
    """At (0, 0), the tip of a cone, there is no derivative: (0, 0) is given, the subgradient of a minimum."""
    distance, waves = np.hypot(x, y), math.pi * math.e * np.exp(-_waves(x, y))
    slope = 20 * _RATE * np.exp(-_RATE * distance)
    length = np.where(distance > 0, distance, distance.dtype.type(1))
    return slope * (x / length) + waves * np.sin(2 * np.pi * x), slope * (y / length) + waves * np.sin(2 * np.pi * y)


PROBLEMS: Mapping[str, Formula] = {
    "rosenbrock": Formula(
        value=lambda x, y: (1 - x) ** 2 + 100 * (y - x**2) ** 2,
        gradient=lambda x, y: (-2 * (1 - x) - 400 * x * (y - x**2), 200 * (y - x**2)),
        text="(1 - x)² + 100 (y - x²)²",
        domain=((-2.0, 2.0), (-1.0, 3.0)),
        start=(-1.2, 1.0),
        rate=0.001,
        steps=1000,
        minima=(Minimum((1.0, 1.0), 0.0),),
        source="H. H. Rosenbrock, Computer Journal 3 (1960), 175-184",
    ),
    "himmelblau": Formula(
        value=lambda x, y: (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2,
        gradient=_himmelblau_gradient,
        text="(x² + y - 11)² + (x + y² - 7)²",
        domain=around_zero(5.0),
        start=(0.0, 0.0),
        rate=0.01,
        minima=(
            Minimum((3.0, 2.0), 0.0),
            Minimum((-2.805118, 3.131312), 0.0),
            Minimum((-3.779310, -3.283186), 0.0),
            Minimum((3.584428, -1.848126), 0.0),
        ),
        source="D. M. Himmelblau, Applied Nonlinear Programming (McGraw-Hill 1972)",
    ),
    "beale": Formula(
        value=_beale,
        gradient=_beale_gradient,
        text="(1.5 - x + x y)² + (2.25 - x + x y²)² + (2.625 - x + x y³)²",
        domain=around_zero(4.5),
        start=(1.0, 1.0),
        rate=0.03,
        steps=200,
        minima=(Minimum((3.0, 0.5), 0.0),),
        source="E. M. L. Beale (1958), as in J. J. More, B. S. Garbow, K. E. Hillstrom, ACM TOMS 7 (1981), problem 5",
        work=100,
    ),
    # Beside the lowest minimum there is one near every other point of whole numbers, about x^2 + y^2 high.
    "rastrigin": Formula(
        value=lambda x, y: x**2 + y**2 + 20 * _waves(x, y),
        gradient=lambda x, y: (
            2 * x + 20 * np.pi * np.sin(2 * np.pi * x),
            2 * y + 20 * np.pi * np.sin(2 * np.pi * y),
        ),
        text="20 + x² - 10 cos 2πx + y² - 10 cos 2πy",
        domain=around_zero(5.12),
        start=(2.3, -1.7),
        rate=0.002,
        minima=BOTTOM,
        source="L. A. Rastrigin (1974), as in H. Mühlenbein, M. Schomisch, J. Born, Parallel Computing 17 (1991)",
        work=200,
    ),
    # Of its many minima the lowest one too.
    "ackley": Formula(
        value=_ackley,
        gradient=_ackley_gradient,
        text="20 + e - 20 exp(-0.2 √((x² + y²) / 2)) - exp((cos 2πx + cos 2πy) / 2)",
        domain=around_zero(5.0),
        start=(-3.2, 2.6),
        rate=0.05,
        steps=100,
        minima=BOTTOM,
        source="D. H. Ackley, A Connectionist Machine for Genetic Hillclimbing (Kluwer 1987)",
        work=300,
    ),
    "styblinski_tang": Formula(
        value=lambda x, y: 0.5 * (((x * x - 16) * x + 5) * x + ((y * y - 16) * y + 5) * y),
        gradient=lambda x, y: ((2 * x * x - 16) * x + 2.5, (2 * y * y - 16) * y + 2.5),
        text="(x⁴ - 16 x² + 5 x + y⁴ - 16 y² + 5 y) / 2",
        domain=around_zero(5.0),
        start=(0.5, -4.0),
        rate=0.01,
        minima=(
            Minimum((-2.903534, -2.903534), -78.33233),
            Minimum((-2.903534, 2.746803), -64.19561),
            Minimum((2.746803, -2.903534), -64.19561),
            Minimum((2.746803, 2.746803), -50.05889),
        ),
        source="M. A. Styblinski, T.-S. Tang, Neural Networks 3 (1990), 467-483",
        work=24,
    ),
    "matyas": Formula(
        value=lambda x, y: 0.26 * (x**2 + y**2) - 0.48 * x * y,
        gradient=lambda x, y: (0.52 * x - 0.48 * y, 0.52 * y - 0.48 * x),
        text="0.26 (x² + y²) - 0.48 x y",
        domain=around_zero(10.0),
        start=(-8.0, 4.0),
        rate=0.5,
        steps=100,
        minima=BOTTOM,
        source="J. Matyas, Random optimization, Automation and Remote Control 26 (1965)",
    ),
    "three_hump_camel": Formula(
        value=lambda x, y: ((x**2 / 6 - 1.05) * x**2 + 2) * x**2 + x * y + y**2,
        gradient=lambda x, y: (((x**2 - 4.2) * x**2 + 4) * x + y, x + 2 * y),
        text="2 x² - 1.05 x⁴ + x⁶ / 6 + x y + y²",
        domain=around_zero(2.5),
        start=(-2.2, 1.8),
        minima=(*BOTTOM, Minimum((-1.7476, 0.8738), 0.2986), Minimum((1.7476, -0.8738), 0.2986)),
        source="L. C. W. Dixon, G. P. Szegő (eds), Towards Global Optimisation (North-Holland 1975)",
        work=24,
    ),
    "six_hump_camel": Formula(
        value=lambda x, y: ((x**2 / 3 - 2.1) * x**2 + 4) * x**2 + x * y + 4 * (y**2 - 1) * y**2,
        gradient=lambda x, y: (((2 * x**2 - 8.4) * x**2 + 8) * x + y, x + 8 * (2 * y**2 - 1) * y),
        text="(4 - 2.1 x² + x⁴ / 3) x² + x y + 4 (y² - 1) y²",
        domain=((-2.0, 2.0), (-1.0, 1.0)),
        start=(-1.2, 0.9),
        rate=0.03,
        minima=(
            Minimum((0.0898, -0.7126), -1.0316),
            Minimum((-0.0898, 0.7126), -1.0316),
            Minimum((1.7036, -0.7961), -0.2155),
            Minimum((-1.7036, 0.7961), -0.2155),
            Minimum((1.6071, 0.5687), 2.1043),
            Minimum((-1.6071, -0.5687), 2.1043),
        ),
        source="L. C. W. Dixon, G. P. Szegő (eds), Towards Global Optimisation 2 (North-Holland 1978)",
        work=24,
    ),
}
"""By name, in the order in which they are offered."""
