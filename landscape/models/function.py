"""Functions of two variables, with gradients worked out by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar, Literal, NamedTuple

import numpy as np
from pydantic import Field

from landscape.models.base import Array, Blocks, Model


class Formula(NamedTuple):
    """A function of two variables, and where to look at it."""

    value: Callable[[Array, Array], Array]
    """f(x, y), elementwise."""
    gradient: Callable[[Array, Array], tuple[Array, Array]]
    """df/dx and df/dy, elementwise."""
    text: str
    """As people read it."""
    domain: tuple[tuple[float, float], tuple[float, float]]
    """Where it is worth looking at: (lowest, highest) x and y."""
    start: tuple[float, float]
    """(x, y), where a descent begins."""


_AROUND_ZERO = ((-2.0, 2.0), (-2.0, 2.0))

FORMULAS: Mapping[str, Formula] = {
    "valley": Formula(
        value=lambda x, y: x**2 + y**2,
        gradient=lambda x, y: (2 * x, 2 * y),
        text="x² + y²",
        domain=_AROUND_ZERO,
        start=(-1.8, 0.6),
    ),
    "ravine": Formula(
        value=lambda x, y: x**2 + 10 * y**2,
        gradient=lambda x, y: (2 * x, 20 * y),
        text="x² + 10 y²",
        domain=_AROUND_ZERO,
        start=(-1.8, 0.6),
    ),
    "shallow_ravine": Formula(
        value=lambda x, y: 0.1 * x**2 + y**2,
        gradient=lambda x, y: (0.2 * x, 2 * y),
        text="0.1 x² + y²",
        domain=_AROUND_ZERO,
        start=(-1.8, 0.6),
    ),
    # Gradient descent from this start ends at (1.369, -1.571); the lowest minima lie at x = -4.914.
    "false_minima": Formula(
        value=lambda x, y: np.sin(x) * np.sin(y) + 0.2 * x,
        gradient=lambda x, y: (np.cos(x) * np.sin(y) + 0.2, np.sin(x) * np.cos(y)),
        text="sin x sin y + 0.2 x",
        domain=((-5.0, 5.0), (-5.0, 5.0)),
        start=(2.0, 1.0),
    ),
}


class Function(Model):
    """A function of two variables, whose parameters are x and y themselves.

    ======================  =====================
    ``valley``              x^2 + y^2
    ``ravine``              x^2 + 10 y^2
    ``shallow_ravine``      0.1 x^2 + y^2
    ``false_minima``        sin x sin y + 0.2 x
    ======================  =====================

    ``theta`` is (..., 2), x first. No samples are needed and those given are ignored. Beyond the range of
    float64 the loss is inf or nan, without a warning: a diverging descent is its caller's to report.

    Example:
        >>> loss, gradient = Function(name="ravine").value_and_gradient(np.array([3.0, 1.0]))
        >>> float(loss), gradient
        (19.0, array([ 6., 20.]))
    """

    uses_data: ClassVar[bool] = False
    noun: ClassVar[str] = "function of x and y"

    kind: Literal["function"] = "function"
    name: Literal["valley", "ravine", "shallow_ravine", "false_minima"] = Field(
        "valley",
        title="Function",
        description="The function of x and y that is minimised.",
    )

    def words(self, inputs: int = 0, outputs: int = 0) -> str:
        return f"the function {self.formula.text}"

    def loss_words(self) -> str:
        return "f(x, y)"

    @property
    def formula(self) -> Formula:
        """The function itself: its text, domain and start."""
        return FORMULAS[self.name]

    @property
    def domain(self) -> tuple[tuple[float, float], tuple[float, float]]:
        return self.formula.domain

    def blocks(self, inputs: int = 0, outputs: int = 0) -> Blocks:
        return {"x": (), "y": ()}

    def initial(self, inputs: int = 0, outputs: int = 0) -> Array:
        return np.array(self.formula.start)

    def value(self, theta: Array, x: Array | None = None, y: Array | None = None) -> Array:
        with np.errstate(over="ignore", invalid="ignore"):
            return self.formula.value(theta[..., 0], theta[..., 1])

    def value_and_gradient(self, theta: Array, x: Array | None = None, y: Array | None = None) -> tuple[Array, Array]:
        with np.errstate(over="ignore", invalid="ignore"):
            gradient = np.stack(self.formula.gradient(theta[..., 0], theta[..., 1]), axis=-1)  # (..., 2)
        return self.value(theta), gradient

    def work(self, inputs: int = 0, outputs: int = 0) -> int:
        return 4
