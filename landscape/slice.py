"""An objective restricted to a plane: the function that the pictures show."""

from __future__ import annotations

import numpy as np

from landscape.models.base import Array, Indices, Restriction
from landscape.objective import Objective, in_chunks
from landscape.planes.base import Plane


class Lifted:
    """The plain way, right for every model and plane: lift the points, evaluate the whole model.

    It is also the oracle that shorter ways are tested against.
    """

    def __init__(self, objective: Objective, plane: Plane) -> None:
        self._objective, self._plane = objective, plane
        self.floats = objective.theta0.size  # the objective cuts its own chunks
        self.work = objective.work

    def value(self, ab: Array, batch: Indices | None = None) -> Array:
        return self._objective.loss(self._plane.lift(ab), batch)

    def value_and_gradient(self, ab: Array, batch: Indices | None = None) -> tuple[Array, Array]:
        value, gradient = self._objective.loss_and_gradient(self._plane.lift(ab), batch)
        return value, gradient @ np.stack([self._plane.u, self._plane.v], axis=-1)  # (..., P) @ (P, 2)


class Slice:
    """Loss and gradient at plane points (a, b), by the shortest exact way that the model offers.

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
        pair = _two_parameters(plane)
        shorter = pair and objective.model.restrict(plane.origin, pair, objective.samples.x, objective.samples.y)
        self.evaluator: Restriction = shorter or Lifted(objective, plane)

    @property
    def work(self) -> int:
        """Multiplications per point, about; sizes the tiles."""
        return self.evaluator.work

    def loss(self, ab: Array, batch: Indices | None = None) -> Array:
        """Loss at points (..., 2) -> (...); on the samples ``batch`` where given."""
        return in_chunks(lambda points: self.evaluator.value(points, batch), ab, self.evaluator.floats)

    def loss_and_gradient(self, ab: Array, batch: Indices | None = None) -> tuple[Array, Array]:
        """Loss (...) and its gradient in the plane (..., 2)."""
        return self.evaluator.value_and_gradient(np.asarray(ab, dtype=np.float64), batch)

    def gradient(self, ab: Array, batch: Indices | None = None) -> Array:
        """The gradient in the plane alone, (..., 2)."""
        return self.loss_and_gradient(ab, batch)[1]

    def grid(self, a: Array, b: Array) -> Array:
        """Loss at every crossing of ``a`` (A,) and ``b`` (B,): (B, A)."""
        return self.loss(np.stack(np.meshgrid(a, b), axis=-1))


def _two_parameters(plane: Plane) -> tuple[int, int] | None:
    """The places of two parameters whose values are the plane's coordinates, or None for other planes."""
    first, second = np.flatnonzero(plane.u), np.flatnonzero(plane.v)
    if len(first) != 1 or len(second) != 1:
        return None
    i, j = int(first[0]), int(second[0])
    is_pair = i != j and plane.u[i] == 1.0 and plane.v[j] == 1.0 and plane.origin[i] == 0.0 and plane.origin[j] == 0.0
    return (i, j) if is_pair else None
