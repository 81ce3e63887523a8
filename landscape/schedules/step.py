"""The rate falls at once, every so many steps."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from landscape.schedules.base import MOST_TURNS, Factors, Schedule, Steps


class Step(Schedule):
    """The factor is ``gamma ** floor(t / every)``, as in ``torch.optim.lr_scheduler.StepLR``.

    Example:
        >>> Step(every=2, gamma=0.5).factor(np.arange(6), 6).tolist()
        [1.0, 1.0, 0.5, 0.5, 0.25, 0.25]
    """

    noun: ClassVar[str] = "steps down"
    scale: ClassVar[Literal["linear", "log"]] = "log"

    kind: Literal["step"] = "step"
    every: int = Field(100, ge=1, le=100_000, title="Every", description="Steps from one fall of the rate to the next.")
    gamma: float = Field(0.1, gt=0, le=1, title="Factor", description="What the rate is multiplied by at each fall.")

    def shape(self, steps: Steps, total: int) -> Factors:
        return np.asarray(np.power(self.gamma, steps // self.every))

    def bends(self, total: int) -> dict[int, str]:
        falls = range(self.every, total, self.every) if self.gamma < 1 else range(0)
        return dict.fromkeys(falls[: MOST_TURNS + 1], "the rate falls")
