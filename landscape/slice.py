"""An objective restricted to a plane: the function that the pictures show."""

from __future__ import annotations

import math
from collections.abc import Iterator
from copy import copy
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from landscape.chunks import in_chunks
from landscape.datasets.base import Samples
from landscape.models.base import Array, Indices, Restriction
from landscape.objective import Objective
from landscape.planes.base import Plane

if TYPE_CHECKING:
    from landscape.grid import Grid

Precision = Literal["float64", "float32"]

SLOW = 2e6
"""Work of a single point above which a picture is computed in 32 bits where they are good enough: about 1 ms."""

SINGLE = 1e-6 / 5
"""Largest relative error of the loss in 32 bits on a probe: between its points it may be some times as large, and a
picture may be wrong by a millionth."""

PROBED = 5000
"""Samples times points of a probe, at least; and 3 x 3 points: of few samples more points are looked at."""

ENOUGH = 1000
"""Samples of a probe at most: the mean of more has a smaller error."""


class Lifted(Restriction):
    """The plain way, right for every model and plane: lift the points, evaluate the whole model.

    It is also the oracle that shorter ways are tested against.
    """

    narrow: ClassVar[bool] = False

    def __init__(self, objective: Objective, plane: Plane) -> None:
        self._objective, self._plane = objective, plane
        self.floats = objective.theta0.size  # the objective cuts its own chunks
        self.work = self.point_work = objective.work

    def value(self, ab: Array, batch: Indices | None = None) -> Array:
        return self._objective.loss(self._plane.lift(ab), batch)

    def value_and_gradient(self, ab: Array, batch: Indices | None = None) -> tuple[Array, Array]:
        value, gradient = self._objective.loss_and_gradient(self._plane.lift(ab), batch)
        return value, gradient @ np.stack([self._plane.u, self._plane.v], axis=-1)  # (..., P) @ (P, 2)


def ways(objective: Objective, plane: Plane) -> Iterator[Restriction]:
    """All exact ways to evaluate the slice, the quickest first, the plain one last; each is made when asked for."""
    x, y = objective.samples.x, objective.samples.y
    yield from objective.model.restrict(plane.origin, plane.u, plane.v, x, y)
    yield Lifted(objective, plane)


class Slice:
    """Loss and gradient at plane points (a, b), by the quickest exact way that the model offers.

    Args:
        objective: what is minimised.
        plane: where we look.

    Attributes:
        evaluator: the way taken.

    Example:
        >>> import landscape as ls
        >>> valley = ls.Scene.model_validate({"model": {"kind": "function", "name": "valley"}})
        >>> Slice(ls.objective(valley), ls.plane(valley)).gradient(np.array([1.0, -2.0]))
        array([ 2., -4.])
    """

    def __init__(self, objective: Objective, plane: Plane) -> None:
        self.objective, self.plane = objective, plane
        self.evaluator: Restriction = next(ways(objective, plane))
        self._single = lru_cache(maxsize=8)(self._single_error)

    def at_step(self, step: int) -> Slice:
        """What a training run goes down at a step, evaluated the plain way: it is there for that step alone."""
        other = copy(self)
        other.objective = self.objective.at_step(step)
        other.evaluator = Lifted(other.objective, self.plane)
        return other

    @property
    def work(self) -> int:
        """Elementwise multiplications that take as long as one crossing of a grid, about; sizes the tiles."""
        return self.evaluator.work

    @property
    def point_work(self) -> int:
        """The same of a point by itself."""
        return self.evaluator.point_work

    @property
    def nbytes(self) -> int:
        """Memory held besides the objective, about."""
        return self.evaluator.nbytes + 3 * self.objective.theta0.nbytes

    def prepare(self, seconds: float) -> bool:
        """Work for about so long on what serves all points; whether it is done. Nobody need call this."""
        return self.evaluator.prepare(seconds)

    def loss(self, ab: Array, batch: Indices | None = None) -> Array:
        """Loss at points (..., 2) -> (...); on the samples ``batch`` where given."""
        return in_chunks(lambda points: self.evaluator.value(points, batch), ab, self.evaluator.floats)

    def loss_and_gradient(self, ab: Array, batch: Indices | None = None) -> tuple[Array, Array]:
        """Loss (...) and its gradient in the plane (..., 2)."""
        return self.evaluator.value_and_gradient(np.asarray(ab, dtype=np.float64), batch)

    def gradient(self, ab: Array, batch: Indices | None = None) -> Array:
        """The gradient in the plane alone, (..., 2)."""
        with np.errstate(over="ignore"):
            return self.evaluator.gradient(np.asarray(ab, dtype=np.float64), batch)

    def grid(self, a: Array, b: Array, precision: Precision = "float64") -> Array:
        """Loss at every crossing of ``a`` (A,) and ``b`` (B,): (B, A) float64.

        Args:
            a: first coordinates.
            b: second coordinates.
            precision: of the numbers on the way; sums and penalties are always float64.
        """
        return self.evaluator.grid(a, b, np.float32 if precision == "float32" else np.float64)

    def precision(self, grid: Grid) -> Precision:
        """The precision that a grid gets: 32 bits where it is asked for, or a point is slow, and a probe allows it.

        The probe is this very function on a few points of this very range, in 32 and in 64 bits.
        """
        asked = grid.precision
        if asked == "float64" or not self.evaluator.narrow or (asked == "auto" and self.work < SLOW):
            return "float64"
        return "float32" if self.single_error(grid.a, grid.b or (0.0, 0.0)) <= SINGLE else "float64"

    def single_error(self, a_range: tuple[float, float], b_range: tuple[float, float]) -> float:
        """Largest relative error of the loss in 32 bits on a probe of a range; inf where one is not finite."""
        return self._single(a_range, b_range)

    def _single_error(self, a_range: tuple[float, float], b_range: tuple[float, float]) -> float:
        x, y, image = self.objective.samples
        if len(x) > ENOUGH:
            fewer = Objective(self.objective.model, Samples(x[:ENOUGH], y[:ENOUGH], image))
            return Slice(fewer, self.plane).single_error(a_range, b_range)
        count = max(3, math.ceil(math.sqrt(PROBED / len(x))))
        a, b = (np.linspace(*ends, count if ends[0] < ends[1] else 1) for ends in (a_range, b_range))
        with np.errstate(all="ignore"):
            exact, rough = self.grid(a, b), self.grid(a, b, "float32")
            error = np.abs(rough - exact) / np.abs(exact)
        return float(error.max()) if np.isfinite(error).all() else np.inf
