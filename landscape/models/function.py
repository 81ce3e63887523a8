"""Functions of one or two variables, with gradients worked out by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from landscape.models.base import Array, Blocks, Model
from landscape.models.formulas import Formula, Range
from landscape.models.problems import PROBLEMS
from landscape.models.shapes import SHAPES

FORMULAS: Mapping[str, Formula] = {**SHAPES, **PROBLEMS}
"""By name, in the order in which they are offered."""


class Function(Model):
    """A function of two variables, whose parameters are x and y themselves; ``quartic`` has x alone.

    ======================  ==========================================================================
    ``valley``              x^2 + y^2
    ``ravine``              x^2 + 10 y^2
    ``shallow_ravine``      0.1 x^2 + y^2
    ``false_minima``        sin x sin y + 0.2 x
    ``quartic``             0.1 x^4 - 0.5 x^3 - 0.2 x^2 + 2 x + 2
    ``saddle``              x^2 - y^2
    ``monkey_saddle``       x^3 - 3 x y^2
    ``plateau``             1 - exp(-(x^2 + y^2) / 2): flat but for a well of one unit's width
    ``rosenbrock``          (1 - x)^2 + 100 (y - x^2)^2
    ``himmelblau``          (x^2 + y - 11)^2 + (x + y^2 - 7)^2
    ``beale``               (1.5 - x + x y)^2 + (2.25 - x + x y^2)^2 + (2.625 - x + x y^3)^2
    ``rastrigin``           20 + x^2 - 10 cos 2 pi x + y^2 - 10 cos 2 pi y
    ``ackley``              20 + e - 20 exp(-0.2 sqrt(mean of squares)) - exp(mean of cosines)
    ``styblinski_tang``     (x^4 - 16 x^2 + 5 x + y^4 - 16 y^2 + 5 y) / 2
    ``matyas``              0.26 (x^2 + y^2) - 0.48 x y
    ``three_hump_camel``    2 x^2 - 1.05 x^4 + x^6 / 6 + x y + y^2
    ``six_hump_camel``      (4 - 2.1 x^2 + x^4 / 3) x^2 + x y + 4 (y^2 - 1) y^2
    ======================  ==========================================================================

    Ackley's mean of squares is (x^2 + y^2) / 2, its mean of cosines (cos 2 pi x + cos 2 pi y) / 2. It comes to a
    point at its minimum (0, 0), where no derivative exists: 0 is given there, the subgradient that a minimum has.

    ``theta`` is (..., 2), x first, or (..., 1). No samples are needed and those given are ignored. Beyond the
    range of float64 the loss is inf or nan, without a warning: a diverging descent is its caller's to report.

    Sources and known minima: :attr:`formula`.

    Example:
        >>> loss, gradient = Function(name="ravine").value_and_gradient(np.array([3.0, 1.0]))
        >>> float(loss), gradient
        (19.0, array([ 6., 20.]))
        >>> Function(name="rosenbrock").formula.minima
        (Minimum(point=(1.0, 1.0), value=0.0),)
    """

    uses_data: ClassVar[bool] = False
    noun: ClassVar[str] = "function of x and y"

    kind: Literal["function"] = "function"
    name: Literal[
        "valley",
        "ravine",
        "shallow_ravine",
        "false_minima",
        "quartic",
        "saddle",
        "monkey_saddle",
        "plateau",
        "rosenbrock",
        "himmelblau",
        "beale",
        "rastrigin",
        "ackley",
        "styblinski_tang",
        "matyas",
        "three_hump_camel",
        "six_hump_camel",
    ] = Field(
        "valley",
        title="Function",
        description="The function of x and y, or of x alone, that is minimised.",
    )

    def words(self, inputs: int = 0, outputs: int = 0) -> str:
        return f"the function {self.formula.text}"

    def loss_words(self) -> str:
        return f"f({', '.join(self.blocks())})"

    @property
    def formula(self) -> Formula:
        """The function itself: its text, domain, start, minima and source."""
        return FORMULAS[self.name]

    @property
    def suited_run(self) -> Mapping[str, Any]:
        return {"optimizer": {"kind": "gradient_descent", "lr": self.formula.rate}, "steps": self.formula.steps}

    @property
    def domain(self) -> tuple[Range, Range]:
        return self.formula.domain

    def blocks(self, inputs: int = 0, outputs: int = 0) -> Blocks:
        return dict.fromkeys(("x", "y")[: len(self.formula.start)], ())

    def initial(self, inputs: int = 0, outputs: int = 0) -> Array:
        return np.array(self.formula.start)

    def value(self, theta: Array, x: Array | None = None, y: Array | None = None) -> Array:
        with np.errstate(over="ignore", invalid="ignore"):
            return self.formula.value(*_variables(theta))

    def value_and_gradient(self, theta: Array, x: Array | None = None, y: Array | None = None) -> tuple[Array, Array]:
        with np.errstate(over="ignore", invalid="ignore"):
            gradient = np.stack(self.formula.gradient(*_variables(theta)), axis=-1)  # (..., P)
        return self.value(theta), gradient

    def work(self, inputs: int = 0, outputs: int = 0) -> int:
        return self.formula.work


def _variables(theta: Array) -> list[Array]:
    """Each variable's values (...), of points (..., P)."""
    return [theta[..., variable] for variable in range(theta.shape[-1])]
