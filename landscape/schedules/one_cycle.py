"""The rate rises to its peak and falls to almost nothing, once."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from landscape.schedules.base import Factors, Schedule, Steps


class OneCycle(Schedule):
    """The optimizer's rate is the peak: from ``1 / start`` of it up, then down to ``1 / (start end)``.

    Both ways along half a cosine, the peak after the share ``rise`` of the run. As torch's ``OneCycleLR`` with
    ``div_factor=start``, ``final_div_factor=end``, ``pct_start=rise`` and ``cycle_momentum=False``.

    Source: L. N. Smith, N. Topin, Super-convergence: very fast training of neural networks using large learning
    rates (2018), arXiv:1708.07120.

    Example:
        >>> OneCycle(rise=0.5).factor(np.array([0, 49, 99]), 100).round(3).tolist()
        [0.04, 1.0, 0.0]
    """

    noun: ClassVar[str] = "one cycle"

    kind: Literal["one_cycle"] = "one_cycle"
    rise: float = Field(0.3, gt=0, lt=1, title="Rise", description="The share of the run until the peak.")
    start: float = Field(
        25.0, ge=1, le=1e6, title="Start divisor", description="The first step takes the peak rate divided by this."
    )
    end: float = Field(
        1e4,
        ge=1,
        le=1e12,
        title="End divisor",
        description="The last step takes the first step's rate divided by this.",
        json_schema_extra={"scale": "log"},
    )

    def shape(self, steps: Steps, total: int) -> Factors:
        peak, last = self.rise * total - 1, max(total - 1, 1)
        first, final = 1 / self.start, 1 / (self.start * self.end)
        up = _between(first, 1.0, steps / peak if peak > 0 else np.ones(steps.shape))
        down = _between(1.0, final, (steps - peak) / max(last - peak, 1e-12))
        return np.where(steps <= peak, up, down)

    def bends(self, total: int) -> dict[int, str]:
        return {round(self.rise * total - 1): "the rate is highest"}


def _between(begin: float, end: float, share: Any) -> Factors:
    """Along half a cosine from ``begin`` to ``end`` as ``share`` goes from 0 to 1."""
    return np.asarray(end + (begin - end) * (1 + np.cos(np.pi * np.clip(share, 0.0, 1.0))) / 2)
