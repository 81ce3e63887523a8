"""The surface that one step of a run goes down: the loss of that step's samples alone."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from landscape.batches import batch_of
from landscape.grid import Grid
from landscape.lowest import Lowest, lowest
from landscape.models.base import Indices
from landscape.objective import rows_per
from landscape.run import Run
from landscape.slice import Slice
from landscape.surface import Surface

SECONDS = 0.3
"""What it may take, by a careful guess of the machine's speed: it is looked at while the reader waits."""

FINEST, COARSEST = 41, 9
"""Points along each axis at most and at least."""


@dataclass(frozen=True, eq=False)
class BatchSurface:
    """The loss of one step's samples over a plane.

    Attributes:
        step: of the run.
        samples: (n,) indices of the step's samples in the scene's data, in the order drawn.
        surface: their loss on a coarse grid of the scene's ranges.
        lowest: where it is lowest; None where nothing is finite.
    """

    step: int
    samples: Indices
    surface: Surface
    lowest: Lowest | None


def batch_surface(slice_: Slice, run: Run, grid: Grid, step: int) -> BatchSurface:
    """The surface that step ``step`` of ``run`` goes down.

    Where a model draws something anew at each step (dropout masks), it is that of the step's own draw.

    Args:
        slice_: the scene's function on its plane.
        run: whose step it is.
        grid: the ranges; each axis has as many points as fit into :data:`SECONDS`, 9 to 41, and no more than it has.
        step: 0 is the first.
    """
    total = len(slice_.objective.samples.x)
    batch = batch_of(step, run.batch, total, run.seed)
    count = total if batch is None else batch.size
    here = slice_ if slice_.objective.at_step(step) is slice_.objective else slice_.at_step(step)
    fits = math.isqrt(rows_per(SECONDS, here.point_work * count / max(1, total)))
    points = min(max(fits, COARSEST), FINEST)
    columns, rows = (min(points, final) for final in grid.shape)
    a, b = np.linspace(*grid.a, columns), np.linspace(*(grid.b or (0.0, 0.0)), rows)
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        loss = here.loss(np.stack(np.meshgrid(a, b), axis=-1), batch)  # (B, A)
    diverged = ~np.isfinite(loss)
    surface = Surface(a, b, np.where(diverged, np.nan, loss), diverged)
    samples = np.arange(total) if batch is None else batch
    return BatchSurface(step, samples, surface, lowest(here, surface, batch))
