"""What a plane is: an origin and two directions in parameter space, or one of them: a line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from landscape.models.base import Blocks
from landscape.part import Part

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Plane:
    """The points ``origin + a u + b v``.

    Attributes:
        origin: (P,), the point at (0, 0).
        u: (P,), first direction, of any length.
        v: (P,), second direction, of any length, not parallel to ``u``; zeros where the plane is a line,
            whose points all have b = 0.
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
        q, r = self.factors
        flat = displacement.reshape(-1, self.u.size)  # (M, P)
        ab = np.zeros((len(flat), 2))
        ab[:, : len(r)] = np.linalg.solve(r, (flat @ q).T).T
        return ab.reshape(*displacement.shape[:-1], 2)

    @property
    def is_line(self) -> bool:
        """Whether there is one direction only."""
        return not self.v.any()

    @cached_property
    def factors(self) -> tuple[Array, Array]:
        """QR of the directions, (P, K) and (K, K) with K = 2, or 1 of a line: orthonormal, and how these are mixed.

        The normal equations would square the error of a skewed pair.
        """
        q, r = np.linalg.qr(np.stack([self.u] if self.is_line else [self.u, self.v], axis=1))
        return q, r


class PlaneKind(Part):
    """Base of the ways to choose a plane.

    Attributes:
        kind: the name in scenes and links.
        origin: the parameters that the plane is laid through.
    """

    noun: ClassVar[str]
    """How the axes read in a sentence: "two weights"."""

    kind: str
    origin: Literal["initial", "trained"] = Field(
        "initial",
        title="Origin",
        json_schema_extra={"more": True},
        description="initial: the plane goes through the initial weights; trained: through the end of the first run"
        " that trains all weights from there.",
    )

    @classmethod
    def suited(cls, blocks: Blocks) -> Mapping[str, Any]:
        """Fields that suit a model with these blocks, for those that are not given."""
        return {}

    @property
    def axes(self) -> int:
        """2, or 1 where a line is looked at."""
        return 2

    def build(self, theta: Array, blocks: Blocks, biases: frozenset[str]) -> Plane:
        """The plane through parameters ``theta`` (P,) laid out by ``blocks``: those that :attr:`origin` names."""
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
        """What the two axes are called on the picture: ("W3[5,250]", "W3[5,251]"); the second of a line is empty."""
        raise NotImplementedError

    @property
    def through(self) -> str:
        """What the plane goes through: "initial weights", "trained weights"."""
        return f"{self.origin} weights"
