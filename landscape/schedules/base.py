"""What a schedule is: a factor of the learning rate for each step of a run."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from landscape.part import Part

MOST_TURNS = 12
"""Turns of a run that are named; of a rate that turns more often none is."""

Steps = NDArray[np.integer]
Factors = NDArray[np.float64]


class Schedule(Part):
    """Base of the schedules: the rate of step t of T is the optimizer's own, times ``factor(t, T)``.

    In front of every schedule there may be a warm-up, in which the rate rises in equal steps (Goyal et al. 2017,
    arXiv:1706.02677): of W steps of it, step t < W takes the share (t + 1) / W of what the schedule says.

    Attributes:
        kind: the name in scenes and links.
        warmup: W.
    """

    noun: ClassVar[str]
    """What it is called where kinds are chosen: "cosine"."""
    scale: ClassVar[Literal["linear", "log"]] = "linear"
    """On which axis its shape reads."""

    kind: str
    warmup: int = Field(
        0,
        ge=0,
        le=100_000,
        title="Warm-up",
        json_schema_extra={"more": True},
        description="Steps in which the rate rises from almost nothing to what the schedule says.",
    )

    def factor(self, steps: Steps, total: int) -> Factors:
        """What the rate is multiplied by at steps (R,) of a run of ``total``: (R,)."""
        shape = self.shape(np.asarray(steps), total)
        return shape * np.minimum(1.0, (np.asarray(steps) + 1) / self.warmup) if self.warmup else shape

    def shape(self, steps: Steps, total: int) -> Factors:
        """The same without the warm-up."""
        raise NotImplementedError

    @property
    def varies(self) -> bool:
        """Whether the rate is ever another than the optimizer's own."""
        return True

    def turns(self, total: int) -> dict[int, str]:
        """Steps within a run of ``total`` from which on the rate goes another way, and what happens there.

        Example:
            >>> from landscape.schedules import OneCycle
            >>> OneCycle(rise=0.5, warmup=10).turns(100)
            {10: 'the warm-up ends', 49: 'the rate is highest'}
        """
        turns = self.bends(total) | ({self.warmup: "the warm-up ends"} if self.warmup else {})
        within = {step: turns[step] for step in sorted(turns) if 0 < step < total}
        return within if len(within) <= MOST_TURNS else {}

    def bends(self, total: int) -> dict[int, str]:
        """The same without the warm-up's end; none of a shape that is smooth."""
        return {}
