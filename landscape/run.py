"""One optimizer walking: where from, how far, and on what."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from pydantic import Field, PlainValidator, SerializeAsAny, field_validator

from landscape.cube import Cube
from landscape.grid import Grid
from landscape.manner import Manner
from landscape.models.base import Array
from landscape.optimizers import optimizers
from landscape.optimizers.base import Optimizer
from landscape.optimizers.gradient_descent import GradientDescent
from landscape.part import Part, complaint, to_text
from landscape.race import MOST_STEPS
from landscape.reading import got
from landscape.schedules import Constant, Schedule, schedules
from landscape.start import Begin, Lattice, Start

MAX_PATHS = 8
"""Paths in one picture: as many as there are colours that can be told apart."""

WITHOUT_GRADIENTS = frozenset({"schedule", "gradient", "h", "clip_value", "clip_norm", "noise"})
"""Fields of a run that say nothing where its optimizer asks for losses alone."""


class Run(Part):
    """One optimizer walking from one or several starts."""

    optimizer: Annotated[SerializeAsAny[Optimizer], PlainValidator(optimizers.read)] = Field(
        default_factory=GradientDescent, title="Optimizer"
    )
    starts: tuple[Start, ...] = Field(
        ("initial",),
        min_length=1,
        max_length=MAX_PATHS + 1,  # and a lattice
        title="Starts",
        json_schema_extra={"text": "lines"},
        description="Where descents begin, one a line: a, b; initial, the initial weights; lattice, 41, 41 for basins;"
        " cube, 3, 1, 4 for the best of 3^4 vertices.",
    )
    steps: int = Field(1000, ge=1, le=MOST_STEPS, title="Steps", description="How many updates are made.")
    batch: int | None = Field(
        None,
        ge=1,
        le=10**6,
        title="Batch size",
        json_schema_extra={"more": True},
        description="Samples per step, seeded, without repeats in an epoch; none: all.",
    )
    trains: Literal["plane", "all"] = Field(
        "plane",
        title="Trains",
        json_schema_extra={"more": True},
        description="plane: the two coordinates only, so the path lies on the surface; all: every parameter.",
    )
    seed: int = Field(
        0,
        ge=0,
        le=2**32 - 1,
        title="Seed",
        json_schema_extra={"more": True},
        description="Draws the mini-batches, the noise, and what a search tries.",
    )
    schedule: Annotated[SerializeAsAny[Schedule], PlainValidator(schedules.read)] = Field(
        default_factory=Constant, title="Schedule"
    )
    gradient: Literal["analytic", "forward", "centred"] = Field(
        "analytic",
        title="Gradient",
        json_schema_extra={"more": True},
        description="The model's own derivative, or differences of losses: as many as there are trained numbers.",
    )
    h: float = Field(
        1e-5,
        gt=0,
        le=1,
        title="Difference",
        json_schema_extra={"more": True, "scale": "log"},
        description="How far apart the losses are whose difference stands for a derivative.",
    )
    clip_value: float | None = Field(
        None,
        gt=0,
        le=1e12,
        title="Clip entries",
        json_schema_extra={"more": True},
        description="Entries of the gradient are cut off at this size; none: they are not.",
    )
    clip_norm: float | None = Field(
        None,
        gt=0,
        le=1e12,
        title="Clip length",
        json_schema_extra={"more": True},
        description="A longer gradient is shortened to this length; none: it is not.",
    )
    noise: float = Field(
        0.0,
        ge=0,
        le=1e6,
        title="Gradient noise",
        json_schema_extra={"more": True},
        description="Standard deviation of what is added to each entry of the gradient at each step, seeded.",
    )
    evaluations: int | None = Field(
        None,
        ge=1,
        le=10**9,
        title="Evaluations",
        json_schema_extra={"more": True},
        description="The run ends once it has asked for so many losses or gradients; none: after its steps.",
    )
    precision: Literal["float64", "float32"] = Field(
        "float64",
        title="Precision",
        json_schema_extra={"more": True},
        description="Of the numbers while all parameters are trained: float32 is quicker and carries seven digits.",
    )

    @field_validator("starts")
    @classmethod
    def _lattice_last(cls, value: tuple[Begin, ...]) -> tuple[Begin, ...]:
        """Places first, so that they are numbered as the paths are."""
        if sum(not isinstance(start, Lattice) for start in value) > MAX_PATHS:
            raise complaint(
                f"Starts takes this many values at most: {MAX_PATHS}. Got {got(tuple(map(to_text, value)))}."
            )
        return tuple(sorted(value, key=lambda start: isinstance(start, Lattice)))

    @property
    def places(self) -> tuple[tuple[float, ...] | Literal["initial"] | Cube, ...]:
        """The starts that paths are drawn from: all but a lattice."""
        return tuple(start for start in self.starts if not isinstance(start, Lattice))

    @property
    def cube(self) -> Cube | None:
        """The cube among its starts."""
        return next((start for start in self.starts if isinstance(start, Cube)), None)

    @property
    def lattice(self) -> Lattice | None:
        """The lattice among its starts."""
        return next((start for start in self.starts if isinstance(start, Lattice)), None)

    def vertices(self, grid: Grid) -> tuple[Array, Array]:
        """The coordinates of its lattice over the shown ranges, along a (A,) and along b (B,).

        Raises:
            ValueError: it has none.
        """
        if self.lattice is None:
            raise ValueError("No lattice is among the run's starts.")
        count_a, count_b = self.lattice.resolution
        return np.linspace(*grid.a, count_a), np.zeros(1) if grid.b is None else np.linspace(*grid.b, count_b)

    def spread(self, grid: Grid) -> Run:
        """The same run with every crossing of its lattice for a start of its own, row by row behind the others."""
        if self.lattice is None:
            return self
        crossings = np.stack(np.meshgrid(*self.vertices(grid)), axis=-1).reshape(-1, 2)  # (B A, 2)
        axes = 1 if grid.b is None else 2
        return self.model_copy(update={"starts": (*self.places, *map(tuple, crossings[:, :axes].tolist()))})

    @property
    def idle(self) -> frozenset[str]:
        """Fields that have no say in this run: how gradients are found and treated, where nobody asks for one."""
        return frozenset() if self.optimizer.uses_gradient else WITHOUT_GRADIENTS

    @property
    def manner(self) -> Manner:
        """How gradients are found and treated."""
        return Manner(self.gradient, self.h, self.clip_value, self.clip_norm, self.noise, self.seed)
