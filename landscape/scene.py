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
import warnings
from typing import Annotated, Any, Self

from pydantic import Field, PlainValidator, SerializeAsAny, model_validator

from landscape.cube import MAX_SECONDS, Cube, budget, candidates, seconds
from landscape.datasets import datasets
from landscape.datasets.base import Dataset
from landscape.defaults import complete
from landscape.errors import LinkWarning
from landscape.grid import Grid
from landscape.models import models
from landscape.models.base import Blocks, Intake, Model, size
from landscape.models.own import MOST_DIFFERENCES
from landscape.optimizers import optimizers
from landscape.part import Part, flatten, refusal, to_text
from landscape.planes import planes
from landscape.planes.base import PlaneKind
from landscape.race import Race, suited, tied
from landscape.reading import got
from landscape.run import MAX_PATHS, Run
from landscape.schedules import Constant, schedules

ENGINE_VERSION = "8"
"""Part of every digest: raise it when numbers change for the same scene."""

MAX_PARAMETERS = 2_000_000
"""Parameters of one model: 16 MB a vector."""

MAX_TRAINED = 3_000_000
"""Parameters times starts of the runs that train everything: an optimizer holds a dozen vectors of each."""

MAX_NUMBERS = 50_000_000
"""Samples times inputs: 400 MB of float64, all of MNIST."""

MAX_TOGETHER = 10_000_000
"""Samples times units of a model whose samples see each other: all of them are in memory at once, many times over."""


def _read_data(value: Any) -> Dataset | None:
    return None if value is None or value == "none" else datasets.read(value)


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
            field, make = (
                ("model", "The parameters are") if self.model.given else ("model.hidden", "Hidden layers make")
            )
            raise refusal(field, f"{make} {count:,} weights; at most {MAX_PARAMETERS:,} are taken.")
        self.plane.check(self.blocks)
        self._tie()
        self._check_line()
        if self.plane.origin == "trained" and self.origin_run is None:
            raise refusal(
                "plane.origin",
                "Origin trained needs a run that trains all weights from the initial ones, whose end it is. Got none.",
            )
        if (paths := sum(len(run.places) for run in self.runs)) > MAX_PATHS:
            raise refusal("runs", f"Runs and starts make {paths} paths; at most {MAX_PATHS} are drawn.")
        self._check_lattices()
        self._check_cubes()
        trained = count * sum(len(run.starts) for run in self.runs if run.trains == "all")
        if trained > MAX_TRAINED:
            raise refusal(
                "runs",
                f"Runs that train everything move {trained:,} numbers, weights times starts;"
                f" at most {MAX_TRAINED:,} are taken.",
            )
        for index, run in enumerate(self.runs):
            self._check_batch(f"runs.{index}.batch", run.batch)
            self._check_differences(f"runs.{index}.gradient", run, self.trained(index))
            self._check_optimizer(f"runs.{index}", run, self.trained(index))
        return self

    def _tie(self) -> None:
        """Runs have what the race says they have in common."""
        race = suited(self.race, self.runs)
        trained = [self.trained(index) for index in range(len(self.runs))]
        samples = self.data.samples if self.data is not None else 1
        self.__dict__.update(race=race, runs=tied(race, self.runs, samples, trained))  # frozen from here on

    def _check_together(self, samples: int) -> None:
        units = sum(shape[0] for shape in self.blocks.values() if len(shape) > 1)
        if not (self.model.splits or self.model.given) and samples * units > MAX_TOGETHER:
            raise refusal(
                "data.samples",
                f"Samples must be at most {MAX_TOGETHER // units:,} here, for all go through the {units:,} units"
                f" together. Got {samples:,}.",
                samples,
            )

    def _check_differences(self, field: str, run: Run, count: int) -> None:
        if run.trains == "all" and not self.model.has_gradient and count > MOST_DIFFERENCES:
            want = f"Trains must be plane: without a gradient at most {MOST_DIFFERENCES:,} numbers are trained"
            raise refusal(field.replace("gradient", "trains"), f"{want}. Got {count:,}.", run.trains)
        if run.gradient != "analytic" and count > MOST_DIFFERENCES:
            got = f"Gradient by differences takes at most {MOST_DIFFERENCES:,} trained numbers. Got {count:,}."
            raise refusal(field, got, run.gradient)

    def _check_optimizer(self, place: str, run: Run, count: int) -> None:
        """A method takes as many numbers as it has room for, and what it never asks for is not changed on the way."""
        noun = run.optimizer.noun
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
            for start in run.places:
                if isinstance(start, tuple) and len(start) != axes:
                    want = "two numbers a, b" if axes == 2 else "one number a"
                    raise refusal(f"runs.{index}.starts", f"Starts must be {want}, or initial. Got {got(start)}.")

    def _check_lattices(self) -> None:
        """At most one, of a run that trains the plane's coordinates; one that others follow is the first run's."""
        holding = [index for index, run in enumerate(self.runs) if run.lattice is not None]
        if self.race.starts == "same":
            holding = holding[:1]
        for index in holding:
            field, run = f"runs.{index}.starts", self.runs[index]
            if run.trains == "all":
                want = "Starts of a lattice are for a run that trains the plane's two coordinates"
                raise refusal(field, f"{want}. Got one that trains all weights.")
            if not run.optimizer.uses_gradient:
                want = "Starts of a lattice are for a method that follows gradients to an end"
                raise refusal(field, f"{want}. Got {run.optimizer.noun}, which has none.")
        count = max(len(holding), *(len(run.starts) - len(run.places) for run in self.runs), 0)
        if count > 1:
            field = f"runs.{holding[-1]}.starts"
            raise refusal(field, f"Starts must hold at most one lattice in a scene. Got {count}.")

    def _check_cubes(self) -> None:
        """At most one a run, which trains all weights; not too large."""
        for index, run in enumerate(self.runs):
            cubes = [start for start in run.starts if isinstance(start, Cube)]
            field = f"runs.{index}.starts"
            if len(cubes) > 1:
                raise refusal(field, f"Starts must hold at most one cube a run. Got {len(cubes)}.")
            for cube in cubes:
                self._check_cube(field, run, cube)

    def _check_cube(self, field: str, run: Run, cube: Cube) -> None:
        biases = self.model.biases()
        if run.trains == "plane":
            want = "Starts of a cube lie outside the plane and are for a run that trains all weights"
            raise refusal(field, f"{want}. Got one that trains the plane's two coordinates.")
        if cube.block is not None and cube.block not in self.blocks.keys() - biases:
            known = ", ".join(name for name in self.blocks if name not in biases)
            raise refusal(field, f"Starts of a cube must move a block of weights, of {known}. Got {cube.block}.")
        if (count := len(candidates(self.blocks, biases, cube.block))) < cube.axes:
            raise refusal(field, f"Starts of a cube must have at most {count} axes here, the weights. Got {cube.axes}.")
        if seconds(cube, self.loss_work) > MAX_SECONDS:
            raise refusal(field, f"Starts of a cube may take {MAX_SECONDS:g} s at most. Got {self.cube_budget(cube)}.")

    @property
    def loss_work(self) -> float:
        """Multiplications of one loss on all samples, about."""
        if self.data is None:
            return float(self.model.work(0, 0))
        return float(self.model.work(self.data.inputs, self.data.outputs) * self.data.samples)

    def cube_budget(self, cube: Cube) -> str:
        """What the search of a cube costs, in words: "5^4 = 625 losses on 100 samples, about 0.2 s"."""
        return budget(cube, self.loss_work, None if self.data is None else self.data.samples)

    @property
    def lattice_run(self) -> int | None:
        """The run that walks from a lattice; None where there is none."""
        return next((index for index, run in enumerate(self.runs) if run.lattice is not None), None)

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
        """Names a run's paths. Run ``index`` that trains everything depends on the plane by its starts alone."""
        run = self.runs[index]
        run = run.model_copy(update={"starts": run.places})
        on_plane = run.trains == "plane" or any(isinstance(start, tuple) for start in run.starts)
        return _digest("run", self.slice_digest if on_plane else self.objective_digest, *_lines("run", run))

    def basins_digest(self, index: int) -> str:
        """Names where the lattice of run ``index`` ends: it lies over the shown ranges."""
        run = self.runs[index]
        ranges = f"a={to_text(self.grid.a)} b={to_text(self.grid.b)}"
        alone = run.model_copy(update={"starts": (run.lattice,)})
        return _digest("basins", self.slice_digest, ranges, *_lines("run", alone))

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
