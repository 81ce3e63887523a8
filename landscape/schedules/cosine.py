"""The rate falls along half a cosine."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from landscape.schedules.base import Factors, Schedule, Steps


class Cosine(Schedule):
    """From 1 to ``lowest`` along half a cosine over all T steps of the run::

        factor = lowest + (1 - lowest) (1 + cos(pi t / T)) / 2

    As ``torch.optim.lr_scheduler.CosineAnnealingLR`` with ``T_max`` = T; its ``eta_min`` is ``lowest`` times the rate.

    Source: I. Loshchilov, F. Hutter, SGDR: stochastic gradient descent with warm restarts (ICLR 2017),
    arXiv:1608.03983, equation 5, without the restarts.

    Example:
        >>> Cosine().factor(np.array([0, 50, 100]), 100).round(12).tolist()
        [1.0, 0.5, 0.0]
    """

    noun: ClassVar[str] = "cosine"

    kind: Literal["cosine"] = "cosine"
    lowest: float = Field(0.0, ge=0, le=1, title="Lowest", description="The share of the rate that is left at the end.")

    def shape(self, steps: Steps, total: int) -> Factors:
        return np.asarray(self.lowest + (1 - self.lowest) * (1 + np.cos(np.pi * steps / total)) / 2)
