"""Sweeps: what one step of many sizes does, and where a run ends for many learning rates."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from landscape.chunks import CHUNK_FLOATS, pieces
from landscape.models.base import Array
from landscape.objective import Objective
from landscape.path import Path, Status
from landscape.scene import Scene

STEP_SIZES = tuple(10.0**power for power in range(-10, 0))
"""1e-10 to 1e-1."""

RATES = tuple(float(f"{10 ** (power / 2):.3g}") for power in range(-8, 5))
"""1e-4 to 100, two a decade."""

BROKEN = (Status.DIVERGED, Status.NON_FINITE)


@dataclass(frozen=True, eq=False)
class Sweep:
    """A loss for each of several rates.

    Attributes:
        rate: (R,), rising.
        loss: (R,), inf where the run blew up.
        evaluations: of losses, or losses with gradients, that the sweep took.
    """

    rate: Array
    loss: Array
    evaluations: int

    @property
    def best(self) -> float:
        """The rate with the smallest loss; of several the smallest rate."""
        return float(self.rate[int(np.argmin(self.loss))])


def step_sizes(objective: Objective, sizes: Sequence[float] = STEP_SIZES, theta: Array | None = None) -> Sweep:
    """The loss after one gradient step of each size from one place: small ones go down, large ones overshoot.

    Args:
        objective: what is minimised, on all samples.
        sizes: learning rates of gradient descent.
        theta: (P,), where the step begins; the initial parameters by default.

    Example:
        >>> import landscape as ls
        >>> ravine = ls.objective(ls.lesson("ravine"))
        >>> step_sizes(ravine, [0.05, 0.1, 0.2]).best
        0.05
    """
    here = objective.theta0 if theta is None else theta
    gradient, rate = objective.gradient(here), np.sort(np.asarray(sizes, dtype=np.float64))
    loss = np.empty(rate.size)
    for some in pieces(rate.size, CHUNK_FLOATS // here.size):
        with np.errstate(over="ignore", invalid="ignore"):
            loss[some] = objective.loss(here - rate[some, None] * gradient)
    return Sweep(rate, np.where(np.isfinite(loss), loss, np.inf), 1 + rate.size)


def rates(paths: Callable[[Scene], tuple[Path, ...]], scene: Scene, tried: Sequence[float], run: int) -> Sweep:
    """The loss at the end of a run, from its first start, for each learning rate.

    Args:
        paths: walks a scene's runs.
        scene: whose run it is.
        tried: learning rates.
        run: which of the scene's runs.
    """
    walker = scene.runs[run]
    loss, evaluations = [], 0
    rising = sorted(tried)
    for rate in rising:
        optimizer = type(walker.optimizer).model_validate(walker.optimizer.model_dump() | {"lr": rate})
        alone = walker.model_copy(update={"optimizer": optimizer, "starts": walker.places[:1]})
        (path,) = paths(scene.model_copy(update={"runs": (alone,)}))
        loss.append(np.inf if path.status in BROKEN or not path.loss.size else path.loss[-1])
        evaluations += int(path.evaluations[-1]) if path.evaluations.size else 0
    return Sweep(np.array(rising, dtype=np.float64), np.array(loss, dtype=np.float64), evaluations)
