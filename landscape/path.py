"""One descent as it is shown: its series, and how it ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from landscape.models.base import Array

FLAT = 1e-6
"""A run has converged when the gradient of all samples is at most this long at its end."""

BLOWN_UP = 1e3
"""A run has diverged when its loss is so many times what it began with: its loss, or its gradient's length
where that is more, because a loss may begin next to zero."""


ADVICE = " Try a smaller rate."
"""What the message of a run that diverged ends in, where it has a rate."""


class Status(StrEnum):
    """How a path ended."""

    RUNNING = "RUNNING"
    CONVERGED = "CONVERGED"
    MAX_STEPS = "MAX_STEPS"
    DIVERGED = "DIVERGED"
    NON_FINITE = "NON_FINITE"

    @property
    def blew_up(self) -> bool:
        """Whether it ended because its numbers left all bounds."""
        return self in (Status.DIVERGED, Status.NON_FINITE)


@dataclass(frozen=True, eq=False)
class Path:
    """One descent. All arrays are (T,) of float64, unless said, and end at the last finite step.

    While the run is under way the two losses may follow the rest: NaN where they are not known yet.

    Attributes:
        run: index of the run in the scene.
        start: index of the start in the run.
        step: int64, the recorded steps, from 0.
        a: plane coordinate; of a run that trains everything, of its projection.
        b: the other one.
        loss: the true loss on the surface's samples.
        slice_loss: the surface's own function at (a, b).
        batch_loss: the loss on the samples that the next step uses.
        grad_norm: length of that batch's gradient in the trained parameters.
        lr: the learning rate of the next step; NaN of a method that has none.
        outside: share of the squared displacement that the plane does not show, 0..1; 0 at step 0.
        momentum: (T, 2), what the method has gathered from the gradients before that step, in the plane's coordinates
            and towards where it pushes (:meth:`.Optimizer.momentum`); NaN of methods that gather nothing.
        evaluations: int64, losses or losses with gradients that the optimizer has asked for before that step.
        samples_seen: int64, samples of all batches before that step.
        status: how it ended.
        message: the same as a sentence.
        block_norms: the same length for each of the model's blocks by itself, name -> (T,), so that the squares add
            up to that of ``grad_norm``; empty of a run that trains the plane's coordinates only.
    """

    run: int
    start: int
    step: NDArray[np.int64]
    a: Array
    b: Array
    loss: Array
    slice_loss: Array
    batch_loss: Array
    grad_norm: Array
    lr: Array
    outside: Array
    momentum: Array
    evaluations: NDArray[np.int64]
    samples_seen: NDArray[np.int64]
    status: Status
    message: str
    block_norms: Mapping[str, Array] = field(default_factory=dict)


def has_blown_up(loss: float, first: float, first_norm: float) -> bool:
    """Whether a loss is ``BLOWN_UP`` times what its run began with: a loss, or a gradient's length where that is more.

    Example:
        >>> has_blown_up(999.0, 1.0, 0.5), has_blown_up(1001.0, 1.0, 0.5), has_blown_up(1001.0, 1.0, 2.0)
        (False, True, False)
    """
    return loss / BLOWN_UP > max(abs(first), first_norm, 1e-12)


def verdict(
    losses: Array, first_norm: float, died: int, steps: int, end_norm: float, *, spent: bool = False
) -> tuple[Status, str]:
    """How a finished descent ended.

    Args:
        losses: (T,) finite losses, the first and the last of the descent among them.
        first_norm: length of the gradient at its beginning.
        died: the step at which it left the finite numbers, or -1.
        steps: that were taken.
        end_norm: length of the gradient of all samples at its end.
        spent: whether the run ended because its evaluations were spent.
    """
    grown = losses.size > 0 and has_blown_up(losses[-1], losses[0], first_norm)
    if died >= 0 and grown:
        return Status.DIVERGED, f"Diverged: at step {died:,} the numbers grew beyond all bounds.{ADVICE}"
    if died >= 0:
        return Status.NON_FINITE, f"Stopped at step {died:,}: the loss or its gradient is not a finite number there."
    if grown:
        return Status.DIVERGED, f"Diverged: after {steps:,} steps the loss is {losses[-1]:.3g}.{ADVICE}"
    if end_norm <= FLAT:
        return Status.CONVERGED, f"Converged: gradient norm {end_norm:.2g} after {steps:,} steps."
    count = "one step" if steps == 1 else f"{steps:,} steps"
    took = "Spent its evaluations in" if spent else "Took its" if steps == 1 else "Took all"
    return Status.MAX_STEPS, f"{took} {count}; gradient norm {end_norm:.2g}."
