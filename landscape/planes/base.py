"""What a plane is: an origin and two directions in parameter space."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from landscape.models.base import Blocks
from landscape.part import Part

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Plane:
    """The points ``origin + a u + b v``.

    Attributes:
        origin: (P,), the point at (0, 0).
        u: (P,), first direction, of any length.
        v: (P,), second direction, of any length, not parallel to ``u``.
    """

    origin: Array
    u: Array
    v: Array

    def lift(self, ab: Array) -> Array:
        """Parameters of plane points: (..., 2) -> (..., P)."""
        ab = np.asarray(ab, dtype=np.float64)
        return self.origin + ab[..., :1] * self.u + ab[..., 1:] * self.v

    def project(self, theta: Array) -> Array:
        """The nearest plane point by least squares: (..., P) -> (..., 2).

        Exact on the plane, ``project(lift(ab)) == ab``, also for skewed directions of unequal length.

        Example:
            >>> plane = Plane(np.zeros(3), np.array([2.0, 0, 0]), np.array([1.0, 1, 0]))
            >>> plane.project(np.array([3.0, 1, 7]))
            array([1., 1.])
        """
        return self.coordinates(np.asarray(theta, dtype=np.float64) - self.origin)

    def coordinates(self, displacement: Array) -> Array:
        """Least-squares coordinates of a displacement in the two directions: (..., P) -> (..., 2)."""
        q, r = self._factors
        flat = displacement.reshape(-1, self.u.size)  # (M, P)
        return np.asarray(np.linalg.solve(r, (flat @ q).T).T.reshape(*displacement.shape[:-1], 2))

    @cached_property
    def _factors(self) -> tuple[Array, Array]:
        """QR of the directions (P, 2): the normal equations would square the error of a skewed pair."""
        q, r = np.linalg.qr(np.stack([self.u, self.v], axis=1))
        return q, r


class PlaneKind(Part):
    """Base of the ways to choose a plane."""

    noun: ClassVar[str]
    """How the axes read in a sentence: "two weights"."""

    kind: str

    def build(self, theta0: Array, blocks: Blocks, biases: frozenset[str]) -> Plane:
        """The plane for initial parameters ``theta0`` (P,) laid out by ``blocks``."""
        raise NotImplementedError

    def check(self, blocks: Blocks) -> None:
        """Refuse a plane that these blocks do not admit.

        Raises:
            pydantic.ValidationError: with a sentence that names the address and the bound.
        """

    def words(self, parameters: int) -> str:
        """Where we look, in a sentence, of a model of so many: "over two of its 69,200 weights, ..."."""
        raise NotImplementedError

    def hides(self, parameters: int) -> str:
        """What a picture over this plane does not show, as sentences."""
        raise NotImplementedError

    def axis_titles(self) -> tuple[str, str]:
        """What the two axes are called on the picture: ("W3[5,250]", "W3[5,251]")."""
        raise NotImplementedError
