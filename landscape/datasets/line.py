"""A noisy straight line: linear regression with two weights."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from landscape.datasets.base import Array
from landscape.datasets.generated import LARGEST, Generated, Random


class Line(Generated):
    """Points of a noisy line: y = 3.5 t + 7 + 6 (u + e), x = (t, 1).

    Drawn in this order, each for all samples: t uniform in [0, 10), u uniform in [0, 1), e standard normal.
    The noise has mean 3, not 0, so least squares on many points tends to slope 3.5 and intercept 10. x is
    (N, 2), its second column ones, so that a linear model of two weights is the line; y is (N, 1).

    Example:
        >>> x, y, _ = Line(samples=45).load()
        >>> x.shape, y.shape, x[:2, 1].tolist()
        ((45, 2), (45, 1), [1.0, 1.0])
    """

    task: ClassVar[Literal["classes", "numbers"]] = "numbers"
    inputs: ClassVar[int] = 2
    outputs: ClassVar[int] = 1
    noun: ClassVar[str] = "noisy points of a line"
    item: ClassVar[str] = "point"

    kind: Literal["line"] = "line"
    samples: int = Field(45, ge=1, le=LARGEST, title="Samples", description="How many points there are.")

    def draw(self, random: Random) -> tuple[Array, Array]:
        t = random.uniform(0, 10, LARGEST)
        noise = random.uniform(0, 1, LARGEST) + random.normal(0, 1, LARGEST)
        return np.column_stack((t, np.ones(LARGEST))), (3.5 * t + 7 + 6 * noise)[:, None]
