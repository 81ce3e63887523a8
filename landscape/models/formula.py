"""A function that is typed: f(x, y), or f of one variable, differentiated as it is read."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, ClassVar, Literal

import numpy as np
from pydantic import Field, field_validator

from landscape.models.base import Array, Blocks, Model
from landscape.models.duals import Dual, Duals, Values
from landscape.models.outset import REACH, STEPS, Outset, outset
from landscape.models.tokens import Fault
from landscape.models.walker import Expression, evaluate, read
from landscape.part import complaint

Range = tuple[float, float]


class TypedFormula(Model):
    """A function of x and y, or of one of them, as it is typed.

    It is made of x, y, pi, e and numbers; ``+ - * / ^`` (``**`` is the same), parentheses, and the functions of
    :data:`landscape.models.derivatives.FUNCTIONS`. ``²``, ``·``, ``×``, ``−`` and ``π`` are read as what they say.
    ``-x^2`` is ``-(x^2)``, and ``x^2^3`` is ``x^(2^3)``, as in Python. Nothing of it is ever run: see
    :mod:`landscape.models.walker`.

    The gradient is exact, by forward-mode dual numbers through the same walk. Where a function comes to an edge it is
    as :mod:`landscape.models.derivatives` says; where there is no value there is no gradient.

    ``theta`` is (..., P), x before y, of those that occur. No samples are needed and those given are ignored. Beyond
    the range of float64 and outside of where it is defined the loss is inf or nan, without a warning.

    Raises:
        pydantic.ValidationError: with a sentence that names the column, counted in characters from 1.

    Example:
        >>> loss, gradient = TypedFormula(text="x^2 + 10 * y^2").value_and_gradient(np.array([3.0, 1.0]))
        >>> float(loss), gradient
        (19.0, array([ 6., 20.]))
        >>> try:
        ...     TypedFormula(text="2x")
        ... except ValueError as error:
        ...     print(error.errors()[0]["msg"])
        Formula: column 2: write 2*x.
    """

    uses_data: ClassVar[bool] = False
    noun: ClassVar[str] = "formula"

    kind: Literal["formula"] = "formula"
    text: str = Field(
        "cos(2*x) + y^2/4 + 0.2*x",  # two wells, one of them deeper
        title="Formula",
        json_schema_extra={"text": "formula"},
        description="Of x and y, or of one of them: numbers, + - * / ^, sin, exp, log, sqrt, abs, max, relu, ...",
    )

    @field_validator("text", mode="before")
    @classmethod
    def _reads(cls, value: Any) -> Any:
        if isinstance(value, bytes | bytearray):  # which pydantic would decode, unread
            raise complaint(f"Formula must be text. Got {bytes(value[:20])!r}.")
        if not isinstance(value, str):
            return value
        try:
            read(value)
        except Fault as fault:
            raise complaint(f"Formula: {fault}") from None
        return value.strip()

    def words(self, inputs: int = 0, outputs: int = 0) -> str:
        return f"the function {self.text}"

    def loss_words(self) -> str:
        return f"f({', '.join(self.expression.variables)})"

    @property
    def expression(self) -> Expression:
        """The formula as it has been read, once."""
        return read(self.text)

    @property
    def domain(self) -> tuple[Range, Range]:
        return (-REACH, REACH), (-REACH, REACH)

    @property
    def suited_run(self) -> Mapping[str, Any]:
        return {"optimizer": {"kind": "gradient_descent", "lr": _outset(self.text).rate}, "steps": STEPS}

    def blocks(self, inputs: int = 0, outputs: int = 0) -> Blocks:
        return dict.fromkeys(self.expression.variables, ())

    def initial(self, inputs: int = 0, outputs: int = 0) -> Array:
        return np.array(_outset(self.text).start)

    def value(self, theta: Array, x: Array | None = None, y: Array | None = None) -> Array:
        tree, names, _ = self.expression
        theta = np.asarray(theta)
        columns = [theta[..., place].astype(np.float64) for place in range(len(names))]
        with np.errstate(all="ignore"):
            found = evaluate(tree, Values(), dict(zip(names, columns, strict=True)))
            return found.astype(theta.dtype)

    def value_and_gradient(self, theta: Array, x: Array | None = None, y: Array | None = None) -> tuple[Array, Array]:
        with np.errstate(all="ignore"):
            value, gradient = _value_and_gradient(self.expression, np.asarray(theta, dtype=np.float64))
            return value.astype(theta.dtype), gradient.astype(theta.dtype)

    def work(self, inputs: int = 0, outputs: int = 0) -> int:
        return 1 + self.expression.work


def _value_and_gradient(expression: Expression, theta: Array) -> tuple[Array, Array]:
    """Values (...) and gradients (..., P) of points (..., P)."""
    tree, names, _ = expression
    units = np.eye(len(names))
    variables = {
        name: Dual(theta[..., place], tuple(unit or None for unit in units[place])) for place, name in enumerate(names)
    }
    found = evaluate(tree, Duals(len(names)), variables)
    gradient = np.empty(theta.shape)
    for place, slope in enumerate(found.slopes):
        gradient[..., place] = 0.0 if slope is None else slope
    gradient[np.isnan(found.value)] = np.nan
    return np.array(found.value), gradient


@lru_cache(maxsize=512)
def _outset(text: str) -> Outset:
    """Where a descent begins and how fast, found once for each formula."""
    expression = read(text)
    with np.errstate(all="ignore"):
        return outset(lambda theta: _value_and_gradient(expression, theta), len(expression.variables))
