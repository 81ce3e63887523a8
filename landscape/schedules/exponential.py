"""The rate falls by the same share at every step."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from landscape.schedules.base import Factors, Schedule, Steps


class Exponential(Schedule):
    """The factor is ``gamma ** t``, as in ``torch.optim.lr_scheduler.ExponentialLR``.

    Example:
        >>> Exponential(gamma=0.5).factor(np.arange(4), 4).tolist()
        [1.0, 0.5, 0.25, 0.125]
    """

    noun: ClassVar[str] = "exponential"
    scale: ClassVar[Literal["linear", "log"]] = "log"

    kind: Literal["exponential"] = "exponential"
    gamma: float = Field(0.99, gt=0, le=1, title="Factor", description="What the rate is multiplied by at each step.")

    def shape(self, steps: Steps, total: int) -> Factors:
        return np.asarray(np.power(self.gamma, steps))
