"""A scene: one frozen value that says everything a picture is computed from.

    Scene
    +-- model    what is minimised: a network, a function
    +-- data     the samples it is measured on (None for a function)
    +-- plane    where we look: two weights, two random directions
    +-- grid     the part of the plane that is drawn
    +-- runs     who walks: an optimizer, its starts and its steps
    +-- race     what the runs have in common: starts, batches, and what they may spend

Equal scenes have equal digests, and ``Scene.from_query(scene.to_query()) == scene``.
"""

from __future__ import annotations

import hashlib
import math
import warnings
from typing import Annotated, Any, Literal, Self

import numpy as np
from pydantic import BeforeValidator, Field, PlainValidator, SerializeAsAny, field_validator, model_validator

from landscape.datasets import datasets
from landscape.datasets.base import Dataset
from landscape.defaults import complete
from landscape.errors import LinkWarning
from landscape.manner import Manner
from landscape.models import models
from landscape.models.base import Array, Blocks, Intake, Model, size
from landscape.optimizers import optimizers
from landscape.optimizers.base import Optimizer
from landscape.optimizers.gradient_descent import GradientDescent
from landscape.part import Part, complaint, flatten, refusal, to_text
from landscape.planes import planes
from landscape.planes.base import PlaneKind
from landscape.race import MOST_STEPS, Race, suited, tied
from landscape.schedules import Constant, Schedule, schedules

ENGINE_VERSION = "7"
"""Part of every digest: raise it when numbers change for the same scene."""

MAX_PARAMETERS = 2_000_000
"""Parameters of one model: 16 MB a vector."""

MAX_PATHS = 8
"""Paths in one picture: as many as there are colours that can be told apart."""

MAX_TRAINED = 3_000_000
"""Parameters times starts of the runs that train everything: an optimizer holds a dozen vectors of each."""

MOST_DIFFERENCES = 2_000
"""Trained numbers whose gradient may be found by differences of losses, as many as there are."""

MAX_NUMBERS = 50_000_000
"""Samples times inputs: 400 MB of float64, all of MNIST."""

MAX_TOGETHER = 10_000_000
"""Samples times units of a model whose samples see each other: all of them are in memory at once, many times over."""

REACH = 1e9
"""Coordinates beyond this are refused."""

Range = tuple[float, float]


def _read_start(value: Any) -> tuple[float, ...] | Literal["initial"]:
    if isinstance(value, str | list | tuple) and value in ("initial", ["initial"], ("initial",)):
        return "initial"
    try:
        place = tuple(map(float, value if isinstance(value, list | tuple) else ()))  # text and sets have no places
        if not 1 <= len(place) <= 2:
            raise ValueError
    except (TypeError, ValueError):
        raise complaint(f"Starts must be two numbers a, b, or initial. Got {_words(value)}.") from None
    if any(map(math.isnan, place)):
        raise complaint(f"Starts must be finite numbers. Got {_words(value)}.")
    if not all(abs(coordinate) <= REACH for coordinate in place):
        raise complaint(f"Starts must lie within {-REACH:,.0f} and {REACH:,.0f}. Got {_words(value)}.")
    return place


def _words(value: Any) -> str:
    text = ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    return (text if len(text) <= 40 else text[:37] + "...") or "nothing"


def _read_data(value: Any) -> Dataset | None:
    return None if value is None or value == "none" else datasets.read(value)


Start = Annotated[tuple[float, ...] | Literal["initial"], BeforeValidator(_read_start)]


class Grid(Part):
    """The part of the plane that is drawn: ``linspace(lo, hi, n)`` on each axis, both ends included."""

    a: Range = Field((-1.0, 1.0), title="Range of a", description="From and to, along the first axis.")
    b: Range | None = Field(
        (-1.0, 1.0),
        title="Range of b",
        description="From and to, along the second axis; none where the plane is a line.",
    )
    resolution: tuple[Annotated[int, Field(ge=2, le=501)], Annotated[int, Field(ge=2, le=501)]] = Field(
        (60, 60), title="Resolution", json_schema_extra={"more": True}, description="Grid points along a and along b."
    )

    precision: Literal["auto", "float64", "float32"] = Field(
        "auto",
        title="Surface precision",
        json_schema_extra={"more": True},
        description="float32 is quicker and is used only where a probe shows an error below a millionth;"
        " auto: only where a single point takes milliseconds.",
    )

    @field_validator("a", "b")
    @classmethod
    def _rises(cls, value: Range | None, info: Any) -> Range | None:
        if value is not None and not -REACH <= value[0] < value[1] <= REACH:
            raise complaint(
                f"Range of {info.field_name} must rise, within {-REACH:,.0f} and {REACH:,.0f}."
                f" Got {value[0]:g} to {value[1]:g}."
            )
        return value

    @property
    def shape(self) -> tuple[int, int]:
        """How many points there are along a and along b: one along b where the plane is a line."""
        return self.resolution if self.b is not None else (self.resolution[0], 1)

    @property
    def coordinates(self) -> tuple[Array, Array]:
        """The coordinates along a (A,) and along b (B,)."""
        a = np.linspace(*self.a, self.resolution[0])
        return a, np.zeros(1) if self.b is None else np.linspace(*self.b, self.resolution[1])

    @field_validator("resolution")
    @classmethod
    def _is_payable(cls, value: tuple[int, int]) -> tuple[int, int]:
        if value[0] * value[1] > 65_536:
            raise complaint(f"Resolution must be at most 65536 points in all. Got {value[0]} x {value[1]}.")
        return value


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
        max_length=MAX_PATHS,
        title="Starts",
        json_schema_extra={"text": "lines"},
        description="Where descents begin, one a line: a, b; or initial for the model's initial weights.",
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

    @property
    def idle(self) -> frozenset[str]:
        """Fields that have no say in this run: how gradients are found and treated, where nobody asks for one."""
        return frozenset() if self.optimizer.uses_gradient else WITHOUT_GRADIENTS

    @property
    def manner(self) -> Manner:
        """How gradients are found and treated."""
        return Manner(self.gradient, self.h, self.clip_value, self.clip_norm, self.noise, self.seed)


class Scene(Part):
    """Everything a picture is computed from. Fields that are not given have defaults that suit the others.

    Raises:
        pydantic.ValidationError: one sentence for each field that breaks a rule, by itself or beside the others.

    Example:
        >>> Scene.model_validate({"model": {"kind": "function", "name": "valley"}}).to_query()
        'model.kind=function'
    """

    model: Annotated[SerializeAsAny[Model], PlainValidator(models.read)] = Field(title="Model")
    data: Annotated[SerializeAsAny[Dataset] | None, PlainValidator(_read_data)] = Field(title="Data")
    plane: Annotated[SerializeAsAny[PlaneKind], PlainValidator(planes.read)] = Field(title="Plane")
    grid: Grid
    runs: tuple[Run, ...] = Field(title="Runs")
    race: Race = Field(default_factory=Race, title="Race")

    def __init__(self, /, **fields: Any) -> None:
        super().__init__(**fields)  # every field may be left out: see _complete

    @model_validator(mode="before")
    @classmethod
    def _complete(cls, data: Any) -> Any:
        return complete(data) if isinstance(data, dict) else data

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.model.uses_data and self.data is None:
            raise refusal("data", f"Data must be given: a {self.model.kind} is measured on samples. Got none.")
        if not self.model.uses_data and self.data is not None:
            raise refusal("data", f"Data must be none: a {self.model.kind} has no samples. Got {self.data.kind}.")
        if self.data is not None:
            data = self.data
            if data.samples * data.inputs > MAX_NUMBERS:
                most = MAX_NUMBERS // data.inputs
                raise refusal(
                    "data.samples",
                    f"Samples must be at most {most:,} of {data.inputs:,} numbers each. Got {data.samples:,}.",
                    data.samples,
                )
            self.model.check(Intake(data.inputs, data.outputs, data.task, data.image))
            self._check_together(data.samples)
        if (count := self.parameters) > MAX_PARAMETERS:
            raise refusal(
                "model.hidden", f"Hidden layers make {count:,} weights; at most {MAX_PARAMETERS:,} are taken."
            )
        self.plane.check(self.blocks)
        self._tie()
        self._check_line()
        if self.plane.origin == "trained" and self.origin_run is None:
            raise refusal(
                "plane.origin",
                "Origin trained needs a run that trains all weights from the initial ones, whose end it is. Got none.",
            )
        if sum(len(run.starts) for run in self.runs) > MAX_PATHS:
            paths = sum(len(run.starts) for run in self.runs)
            raise refusal("runs", f"Runs and starts make {paths} paths; at most {MAX_PATHS} are drawn.")
        trained = count * sum(len(run.starts) for run in self.runs if run.trains == "all")
        if trained > MAX_TRAINED:
            raise refusal(
                "runs",
                f"Runs that train everything move {trained:,} numbers, weights times starts;"
                f" at most {MAX_TRAINED:,} are taken.",
            )
        for index, run in enumerate(self.runs):
            self._check_batch(f"runs.{index}.batch", run.batch)
            self._check_differences(f"runs.{index}.gradient", run)
            self._check_optimizer(f"runs.{index}", run)
        return self

    def _tie(self) -> None:
        """Runs have what the race says they have in common."""
        race = suited(self.race, self.runs)
        trained = [self.trained(index) for index in range(len(self.runs))]
        samples = self.data.samples if self.data is not None else 1
        self.__dict__.update(race=race, runs=tied(race, self.runs, samples, trained))  # frozen from here on

    def _check_together(self, samples: int) -> None:
        units = sum(shape[0] for shape in self.blocks.values() if len(shape) > 1)
        if not self.model.splits and samples * units > MAX_TOGETHER:
            raise refusal(
                "data.samples",
                f"Samples must be at most {MAX_TOGETHER // units:,} here, for all go through the {units:,} units"
                f" together. Got {samples:,}.",
                samples,
            )

    def _check_differences(self, field: str, run: Run) -> None:
        count = self.plane.axes if run.trains == "plane" else self.parameters
        if run.gradient != "analytic" and count > MOST_DIFFERENCES:
            got = f"Gradient by differences takes at most {MOST_DIFFERENCES:,} trained numbers. Got {count:,}."
            raise refusal(field, got, run.gradient)

    def _check_optimizer(self, place: str, run: Run) -> None:
        """A method takes as many numbers as it has room for, and what it never asks for is not changed on the way."""
        noun = run.optimizer.noun
        count = self.plane.axes if run.trains == "plane" else self.parameters
        most = run.optimizer.most(len(run.starts))
        if most is not None and count > most:
            want = f"Trains must be plane: {noun} takes at most {most:,} trained numbers here."
            raise refusal(f"{place}.trains", f"{want} Got {count:,}.", run.trains)
        for name in sorted(run.idle & {"gradient", "clip_value", "clip_norm", "noise"}):
            declared, value = type(run).model_fields[name], getattr(run, name)
            if value != declared.default:
                want = f"{declared.title} must be {to_text(declared.default)}: {noun} asks for losses alone."
                raise refusal(f"{place}.{name}", f"{want} Got {to_text(value)}.", value)
        if "schedule" in run.idle and run.schedule != Constant():
            schedule = run.schedule
            got = schedule.noun if schedule.kind != "constant" else f"a warm-up of {schedule.warmup:,} steps"
            raise refusal(
                f"{place}.schedule", f"Schedule must be constant: {noun} has no learning rate. Got {got}.", got
            )

    def _check_line(self) -> None:
        """Ranges and starts have as many coordinates as the plane."""
        axes = self.plane.axes
        if (self.grid.b is None) != (axes == 1):
            want = "none: the plane is a line" if axes == 1 else "given: the plane has two axes"
            raise refusal("grid.b", f"Range of b must be {want}. Got {to_text(self.grid.b)}.", self.grid.b)
        for index, run in enumerate(self.runs):
            for start in run.starts:
                if start != "initial" and len(start) != axes:
                    want = "two numbers a, b" if axes == 2 else "one number a"
                    raise refusal(f"runs.{index}.starts", f"Starts must be {want}, or initial. Got {_words(start)}.")

    def trained(self, index: int) -> int:
        """How many numbers run ``index`` trains."""
        return self.plane.axes if self.runs[index].trains == "plane" else self.parameters

    @property
    def origin_run(self) -> int | None:
        """The run whose end is a trained origin: the first that trains everything from the initial weights."""
        trained = (n for n, run in enumerate(self.runs) if run.trains == "all" and "initial" in run.starts)
        return next(trained, None)

    @property
    def training(self) -> Scene:
        """The origin's run by itself, in the same plane through the initial weights.

        Raises:
            ValueError: there is none.
        """
        if self.origin_run is None:
            raise ValueError("No run trains everything from the initial weights.")
        run = self.runs[self.origin_run].model_copy(update={"starts": ("initial",)})
        plane = self.plane.model_copy(update={"origin": "initial"})
        return self.model_copy(update={"plane": plane, "runs": (run,)})

    def _check_batch(self, field: str, batch: int | None) -> None:
        if batch is None:
            return
        if self.data is None:
            raise refusal(field, f"Batch size must be none: a {self.model.kind} has no samples. Got {batch}.", batch)
        if batch > self.data.samples:
            raise refusal(field, f"Batch size must be at most {self.data.samples}, the samples. Got {batch}.", batch)

    @property
    def blocks(self) -> Blocks:
        """Names and shapes of the model's parameters in flat order."""
        return self.model.blocks(self.data.inputs, self.data.outputs) if self.data else self.model.blocks(0, 0)

    @property
    def parameters(self) -> int:
        """P, how many parameters the model has."""
        return size(self.blocks)

    @property
    def words(self) -> str:
        """The landscape in a sentence, without its descents and its full stop."""
        if self.data is None:
            return f"{self.model.words(0, 0)} {self.plane.words(self.parameters)}"
        model = self.model.words(self.data.inputs, self.data.outputs)
        return f"the loss of {model} on {self.data.words} {self.plane.words(self.parameters)}"

    def to_query(self) -> str:
        """The canonical link text: flat dotted keys, and of them only what differs from the defaults."""
        from landscape.link import to_query  # noqa: PLC0415  (the link knows the scene)

        return to_query(self)

    @classmethod
    def from_query(cls, text: str) -> Scene:
        """The scene of a link. What cannot be read becomes a :class:`LinkWarning` and takes its default.

        Args:
            text: ``model.hidden=20&runs.0.optimizer.lr=2``, with or without ``?``; ``lesson=<id>`` is a basis.
        """
        from landscape.link import read_query  # noqa: PLC0415

        scene, notices = read_query(text)
        for notice in notices:
            warnings.warn(notice, LinkWarning, stacklevel=2)
        return scene

    @property
    def objective_digest(self) -> str:
        """Names what is minimised: model and data."""
        return _digest("objective", *self._objective_lines())

    @property
    def slice_digest(self) -> str:
        """Names the function on the plane: model, data and plane."""
        lines = [*self._objective_lines(), *_lines("plane", self.plane)]
        if self.plane.origin == "trained":
            lines.append(f"origin={self.training.run_digest(0)}")
        return _digest("slice", *lines)

    @property
    def surface_digest(self) -> str:
        """Names the surface: the function on the plane and the grid."""
        return _digest("surface", self.slice_digest, *_lines("grid", self.grid))

    def run_digest(self, index: int) -> str:
        """Names a run's numbers. Run ``index`` that trains everything depends on the plane by its starts alone."""
        run = self.runs[index]
        on_plane = run.trains == "plane" or any(start != "initial" for start in run.starts)
        return _digest("run", self.slice_digest if on_plane else self.objective_digest, *_lines("run", run))

    def _objective_lines(self) -> list[str]:
        model = _lines("model", self.model)
        if self.data is None:
            return [*model, "data=none"]
        return [*model, *_lines("data", self.data), *filter(None, [self.data.version()])]


def _lines(name: str, part: Part) -> list[str]:
    """A part as lines of text, with the tokens of kinds that were added at run time."""
    lines = [f"{key}={value}" for key, value in flatten(part, name + ".").items()]
    parts = [part, *(value for value in vars(part).values() if isinstance(value, Part))]
    homes = (models, datasets, planes, optimizers, schedules)
    tokens = (registry.token(type(part)) for part in parts for registry in homes)
    return lines + [f"token={token}" for token in tokens if token]


def _digest(*lines: str) -> str:
    text = "\n".join((ENGINE_VERSION, *lines))
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
