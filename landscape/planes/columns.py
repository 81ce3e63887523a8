"""The plane along columns of a matrix: each scaled by itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from landscape.models.base import Blocks, spans
from landscape.part import refusal
from landscape.planes.base import Array, Plane, PlaneKind


class Columns(PlaneKind):
    """Scales one or two columns of a matrix: all that one input contributes.

    With W[:, p] column p of the matrix at the origin::

        W[:, p] -> W[:, p] + a W[:, p],    W[:, q] -> W[:, q] + b W[:, q]

    so that 0 is the origin itself, -1 takes a column away, and 1 doubles it.

    Example:
        >>> theta, blocks = np.array([1.0, 2, 3, 4]), {"W": (2, 2)}
        >>> plane = Columns(matrix="W", first=1, second=None).build(theta, blocks, frozenset())
        >>> plane.lift([0.5, 0.0])
        array([1., 3., 3., 6.])
    """

    noun: ClassVar[str] = "columns of a matrix"

    kind: Literal["columns"] = "columns"
    matrix: str = Field(
        "W1", title="Matrix", json_schema_extra={"text": "block"}, description="Whose columns are scaled."
    )
    first: int = Field(0, ge=0, le=10**6, title="First column", description="Along the first axis, counted from 0.")
    second: int | None = Field(
        1, ge=0, le=10**6, title="Second column", description="Along the second axis, counted from 0. None: a curve."
    )

    @classmethod
    def suited(cls, blocks: Blocks) -> Mapping[str, Any]:
        """The first matrix, and two columns in its middle."""
        matrices = [(name, shape) for name, shape in blocks.items() if len(shape) == 2]
        if not matrices:
            return {}
        name, (_, count) = matrices[0]
        middle = max(0, min(count // 2, count - 2))
        return {"matrix": name, "first": middle, "second": middle + 1 if count > 1 else None}

    @property
    def axes(self) -> int:
        return 1 if self.second is None else 2

    def check(self, blocks: Blocks) -> None:
        matrices = [name for name, shape in blocks.items() if len(shape) == 2]
        if not matrices:
            raise refusal("plane", "Columns need a matrix: this model has none.")
        if self.matrix not in matrices:
            known = ", ".join(matrices)
            raise refusal(
                "plane.matrix",
                f"Matrix must be one of {known}. Got {self.matrix[:40].strip() or 'nothing'}.",
                self.matrix,
            )
        count = blocks[self.matrix][1]
        for name, column in (("First", self.first), ("Second", self.second)):
            if column is not None and column >= count:
                sentence = f"{name} column must be at most {count - 1}, the last of {self.matrix}. Got {column}."
                raise refusal(f"plane.{name.lower()}", sentence, column)
        if self.first == self.second:
            raise refusal("plane.second", f"Second column must differ from the first. Got {self.first} twice.")

    def build(self, theta: Array, blocks: Blocks, biases: frozenset[str]) -> Plane:
        """The plane through parameters ``theta`` (P,).

        Raises:
            pydantic.ValidationError: as :meth:`check`, or a column is zero, so that nothing moves along it.
        """
        self.check(blocks)
        directions = np.zeros((2, theta.size))
        span = next(span for name, _, span in spans(blocks) if name == self.matrix)
        matrix = theta[span].reshape(blocks[self.matrix])
        for direction, name, column in zip(directions, ("first", "second"), (self.first, self.second), strict=True):
            if column is None:
                continue
            if (
                not matrix[:, column] @ matrix[:, column] > 0
            ):  # so small a length counts as none: nothing projects on it
                sentence = f"Column {column} of {self.matrix} is zero in the {self.through}: scaling it moves nothing."
                raise refusal(f"plane.{name}", sentence, column)
            direction[span].reshape(matrix.shape)[:, column] = matrix[:, column]
        return Plane(np.array(theta, dtype=np.float64), *directions)

    def words(self, parameters: int) -> str:
        if self.second is None:
            return f"while column {self.first} of {self.matrix} is scaled"
        return f"while columns {self.first} and {self.second} of {self.matrix} are scaled"

    def hides(self, parameters: int) -> str:
        which = "one column is" if self.second is None else "two columns are"
        return (
            f"A slice: of {parameters:,} weights {which} scaled, each as a whole; the others keep their"
            f" {self.origin} values."
        )

    def axis_titles(self) -> tuple[str, str]:
        return self._title(self.first), "" if self.second is None else self._title(self.second)

    def _title(self, column: int) -> str:
        return f"scale of {self.matrix}[:,{column}]"
