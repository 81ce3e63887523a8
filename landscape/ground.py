"""What a run walks on: the plane's two coordinates, or all parameters."""

from __future__ import annotations

from copy import copy
from typing import NamedTuple, Protocol

import numpy as np

from landscape.chunks import CHUNK_FLOATS, pieces
from landscape.models.base import Array, Indices
from landscape.objective import Objective
from landscape.planes.base import Plane
from landscape.slice import Slice


class Where(NamedTuple):
    """Where trained parameters stand in the plane; each as long as there are points."""

    a: Array
    b: Array
    outside: Array
    """Share of the squared displacement that the plane does not show, 0..1."""


class Ground(Protocol):
    """What a run walks on. ``theta`` is (..., D), D the trained parameters.

    Attributes:
        samples: how many there are.
        work: multiplications of the loss of all samples at one point, about.
        in_plane: whether the plane's coordinates themselves are trained.
        varies: whether each step has a loss of its own, for the model draws something anew (dropout masks).
    """

    samples: int
    work: float
    in_plane: bool
    varies: bool

    def at_step(self, step: int) -> Ground:
        """What a step goes down: itself where it does not vary."""
        ...

    def gradient(self, theta: Array, batch: Indices | None) -> Array:
        """The gradient of the samples ``batch``, of all for None: (..., D)."""
        ...

    def loss_and_gradient(self, theta: Array, batch: Indices | None) -> tuple[Array, Array]:
        """The loss (...) of the same samples too."""
        ...

    def loss(self, theta: Array, batch: Indices | None = None) -> Array:
        """The loss alone, (...)."""
        ...

    def where(self, theta: Array) -> Where:
        """The places (R, S) of the S starts at R steps, ``theta`` (R, S, D)."""
        ...

    def along(self, vectors: Array) -> Array:
        """The coordinates in the plane of directions (..., D) of the trained parameters: (..., 2)."""
        ...


class InPlane:
    """Trains the two coordinates; the path lies on the surface exactly."""

    in_plane = True

    def __init__(self, slice_: Slice) -> None:
        self._slice, self.varies = slice_, slice_.objective.at_step(0) is not slice_.objective
        self.samples, self.work = len(slice_.objective.samples.x), float(slice_.point_work)
        self.gradient, self.loss_and_gradient = slice_.evaluator.gradient, slice_.loss_and_gradient
        self.loss = slice_.loss

    def at_step(self, step: int) -> InPlane:
        return InPlane(self._slice.at_step(step)) if self.varies else self

    def where(self, theta: Array) -> Where:
        return Where(theta[..., 0], theta[..., 1], np.zeros(theta.shape[:-1]))

    def along(self, vectors: Array) -> Array:
        return vectors


class OnLine:
    """Trains the one coordinate of a line, (..., 1), so that noise and random steps do not leave it either."""

    in_plane = True

    def __init__(self, slice_: Slice) -> None:
        self._ground = InPlane(slice_)
        self.samples, self.work, self.varies = self._ground.samples, self._ground.work, self._ground.varies

    def at_step(self, step: int) -> OnLine:
        if not self.varies:
            return self
        other = copy(self)
        other._ground = self._ground.at_step(step)
        return other

    def gradient(self, theta: Array, batch: Indices | None) -> Array:
        return self._ground.gradient(_padded(theta), batch)[..., :1]

    def loss_and_gradient(self, theta: Array, batch: Indices | None) -> tuple[Array, Array]:
        value, slope = self._ground.loss_and_gradient(_padded(theta), batch)
        return value, slope[..., :1]

    def loss(self, theta: Array, batch: Indices | None = None) -> Array:
        return self._ground.loss(_padded(theta), batch)

    def where(self, theta: Array) -> Where:
        return self._ground.where(_padded(theta))

    def along(self, vectors: Array) -> Array:
        return _padded(vectors)


def _padded(theta: Array) -> Array:
    """Coordinates on a line (..., 1) as those in a plane, (..., 2)."""
    return np.concatenate([theta, np.zeros_like(theta)], axis=-1)


class InFull:
    """Trains all parameters; the plane shows the projection.

    Args:
        objective: what is minimised.
        plane: where we look.
        start: (S, P), where the runs begin.
    """

    in_plane = False

    def __init__(self, objective: Objective, plane: Plane, start: Array) -> None:
        self.samples, self.work = len(objective.samples.x), float(objective.work)
        self.gradient, self.loss_and_gradient = objective.gradient, objective.loss_and_gradient
        self.loss = objective.loss
        self._objective, self.varies = objective, objective.at_step(0) is not objective
        shown = np.flatnonzero((plane.u != 0) | (plane.v != 0))  # (H,)
        self._shown = shown if 2 * len(shown) < len(plane.u) else slice(None)
        directions = [plane.u] if plane.is_line else [plane.u, plane.v]
        q, self._r = np.linalg.qr(np.stack([direction[self._shown] for direction in directions], axis=-1))
        self._into = q @ np.linalg.inv(self._r).T  # (H, 2), of a line (H, 1)
        self._start = start
        self._begun = (start[:, self._shown] - plane.origin[self._shown]) @ self._into  # (S, 2) or (S, 1)

    def at_step(self, step: int) -> InFull:
        if not self.varies:
            return self
        other, objective = copy(self), self._objective.at_step(step)
        other.gradient, other.loss_and_gradient = objective.gradient, objective.loss_and_gradient
        other.loss = objective.loss
        return other

    def where(self, theta: Array) -> Where:
        """With m a displacement and Q R the directions: c = R^-1 Q^T m its coordinates, |R c|^2 of |m|^2 is seen.

        Both depend only on the parameters that a direction moves: of a pair of weights on two numbers.
        """
        steps, starts, size = theta.shape
        ab, outside = np.zeros((steps, starts, 2)), np.zeros((steps, starts))
        for row in range(starts):
            for piece in pieces(steps, CHUNK_FLOATS // size):
                moved = theta[piece, row] - self._start[row]  # (r, P)
                inside = moved[:, self._shown] @ self._into  # (r, H) @ (H, 2) or (H, 1)
                ab[piece, row, : inside.shape[-1]] = self._begun[row] + inside
                total, seen = np.vecdot(moved, moved), np.square(inside @ self._r.T).sum(axis=-1)
                np.divide(np.maximum(total - seen, 0.0), total, out=outside[piece, row], where=total > 0)
        return Where(ab[..., 0], ab[..., 1], outside)

    def along(self, vectors: Array) -> Array:
        """Their least-squares projection; on a line the second coordinate is 0."""
        ab = np.zeros((*vectors.shape[:-1], 2))
        inside = vectors[..., self._shown] @ self._into  # (..., H) @ (H, 2) or (H, 1)
        ab[..., : inside.shape[-1]] = inside
        return ab
