"""The rate stays."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np

from landscape.schedules.base import Factors, Schedule, Steps


class Constant(Schedule):
    """Every step takes the optimizer's own rate.

    Example:
        >>> Constant(warmup=4).factor(np.arange(6), 6).tolist()
        [0.25, 0.5, 0.75, 1.0, 1.0, 1.0]
    """

    noun: ClassVar[str] = "constant"

    kind: Literal["constant"] = "constant"

    def shape(self, steps: Steps, total: int) -> Factors:
        return np.ones(steps.shape)

    @property
    def varies(self) -> bool:
        return self.warmup > 0
