"""Every model over every plane, with random fields, data and walks: numbers, or a reason; never anything else."""

from __future__ import annotations

import math
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from typing import Any, Literal

import numpy as np
import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st
from pydantic import ValidationError

import landscape as ls
from landscape.datasets import datasets
from landscape.datasets.base import Dataset
from landscape.models import models
from landscape.models.base import Blocks, Intake, Model
from landscape.optimizers import optimizers
from landscape.part import Part
from landscape.planes import planes
from landscape.run import WITHOUT_GRADIENTS
from landscape.schedules import schedules
from tests.landscape.declared import Shape, fields

SMALL = {"samples": 30, "hidden": 4, "steps": 9, "degree": 6, "filters": 2, "features": 4, "first": 1, "second": 1}
"""Numbers that a field, or each of its items, has at most here, so that a scene takes milliseconds."""

LAYERS = 2
"""Items of a list at most."""

TYPED = ("x^2 + 10*y^2", "sin(3*x) * y - x", "y^4 - y", "exp(x - y) + log(x)", "abs(x) - max(x, y, 1)", "1/x", "-2x",
         "x.real", "9**9**9 * x", "sqrt(-1 - x²)")  # fmt: skip
"""Formulas, some of which are none, or have no value anywhere."""

EXAMPLES = 24
"""Scenes for each model over each plane."""

BROKEN = {ls.Status.DIVERGED, ls.Status.NON_FINITE}
KINDS = [(model, plane) for model in models.names() for plane in planes.names()]


def values(shape: Shape, most: float | None, blocks: Blocks) -> st.SearchStrategy[Any]:
    """Any value that a field declares to take, up to ``most``."""
    if shape.optional:
        return st.none() | values(replace(shape, optional=False), most, blocks)
    if shape.text == "address":
        return st.sampled_from(list(blocks)).flatmap(lambda name: addresses(name, blocks))
    if shape.text == "block":
        return st.sampled_from([name for name, size in blocks.items() if len(size) == 2] or list(blocks))
    if shape.text == "formula":
        return st.sampled_from(TYPED)
    if shape.base is bool:
        return st.booleans()
    if shape.base is Literal:
        return st.sampled_from(shape.choices)
    if shape.base is str:
        return st.sampled_from(["houses.csv", "0" * 32]) | st.text(max_size=3)
    if shape.base is tuple:
        one = values(shape.items[0], most, blocks)
        return st.lists(one, min_size=shape.fewest, max_size=min(LAYERS, shape.longest or LAYERS)).map(tuple)
    assert shape.least is not None, "a number without a lower bound needs a line of its own here"
    highest = min(bound for bound in (shape.most, most, math.inf) if bound is not None)
    if shape.base is int:
        return st.integers(math.ceil(shape.least), 2**32 - 1 if highest == math.inf else int(highest))
    assert shape.base is float, shape
    bounds = {"exclude_min": shape.open_below, "exclude_max": shape.open_above and highest == shape.most}
    usual = st.floats(shape.least, min(highest, shape.least + 2), exclude_min=shape.open_below, exclude_max=True)
    return usual | usual | usual | st.floats(shape.least, highest, **bounds)


def addresses(name: str, blocks: Blocks) -> st.SearchStrategy[tuple[str | int, ...]]:
    """The address of any weight of a block."""
    return st.tuples(*(st.integers(0, length - 1) for length in blocks[name])).map(lambda place: (name, *place))


@st.composite
def parts(draw: st.DrawFn, cls: type[Part], blocks: Blocks) -> dict[str, Any]:
    """Fields of a part, some left to their defaults. What its own rules refuse, in a sentence, is left out again."""
    given: dict[str, Any] = {"kind": cls.model_fields["kind"].default} if "kind" in cls.model_fields else {}
    for name, _, shape in fields(cls):
        if name in SMALL or draw(st.booleans()):
            given[name] = draw(values(shape, SMALL.get(name), blocks))
    while True:
        try:
            cls.model_validate(given)
        except ValidationError as error:
            at_fault = {str(line["loc"][0]) for line in refusals(error)} & given.keys()
            at_fault = at_fault or given.keys() - {"kind", *SMALL}  # a default does not fit to what was given
            assert at_fault, "its own defaults do not fit together"
            given = {name: value for name, value in given.items() if name not in at_fault}
        else:
            return given


def refusals(error: ValidationError) -> list[Any]:
    """The lines of an error, each of which must be a sentence for people."""
    lines = error.errors(include_url=False)
    for line in lines:
        assert line["type"] == "phrased", line
        assert line["msg"].endswith("."), line
    return lines


def suits(model: Model, data: Dataset) -> bool:
    """Whether the samples can be had and the model can be measured on them; if not, it says why."""
    if data.missing() is not None:
        return False
    try:
        model.check(Intake(data.inputs, data.outputs, data.task, data.image))
    except ValidationError as error:
        return not refusals(error)
    return True


@st.composite
def scenes(draw: st.DrawFn, model_kind: str, plane_kind: str) -> dict[str, Any]:
    """Fields of a scene of a model over a plane."""
    scene: dict[str, Any] = {"model": draw(parts(models[model_kind], {}))}
    if plane_kind == "columns" and scene["model"].get("init") == "zeros":  # there is nothing to scale, as it says
        scene["model"].pop("init")
    model, data = models.read(scene["model"]), None
    if model.uses_data:
        suited = [cls for cls in datasets if suits(model, cls.model_validate({"samples": 1}))]
        scene["data"] = draw(parts(draw(st.sampled_from(suited)), {}))
        data = datasets.read(scene["data"])
        if not suits(model, data):
            scene["data"] = {"kind": data.kind, "samples": 1}
            data = datasets.read(scene["data"])
    blocks = model.blocks(data.inputs, data.outputs) if data is not None else model.blocks(0, 0)
    scene["plane"] = draw(parts(planes[plane_kind], blocks))
    axes = planes.read({**planes[plane_kind].suited(blocks), **scene["plane"]}).axes
    ends = st.tuples(near, near).map(sorted).filter(lambda pair: pair[0] < pair[1])
    scene["grid"] = {"resolution": draw(st.tuples(st.integers(2, 6), st.integers(2, 6)))}
    scene["grid"] |= {"precision": draw(st.sampled_from(["auto", "float64", "float32"]))}
    if draw(st.booleans()):
        scene["grid"] |= {"a": draw(ends), "b": draw(ends) if axes == 2 else None}
    trained = scene["plane"].get("origin") == "trained"
    scene["runs"] = [draw(runs(axes, data, trains_all=trained and number == 0))
                     for number in range(draw(st.integers(1, 2)))]  # fmt: skip
    return scene


near = st.floats(-8, 8) | st.floats(-8, 8) | st.floats(-1e6, 1e6)


@st.composite
def runs(draw: st.DrawFn, axes: int, data: Dataset | None, *, trains_all: bool) -> dict[str, Any]:
    """Fields of a short run; ``trains_all``: from the initial weights, so that a plane can go through its end."""
    run = {name: draw(values(shape, SMALL.get(name), {})) for name, _, shape in fields(ls.Run)
           if name not in ("optimizer", "schedule", "starts", "batch")}  # fmt: skip
    run["schedule"] = draw(st.sampled_from(list(schedules)).flatmap(lambda cls: parts(cls, {})))
    run["optimizer"] = draw(st.sampled_from(list(optimizers)).flatmap(lambda cls: parts(cls, {})))
    if not optimizers.read(run["optimizer"]).uses_gradient:  # what says nothing of gradients is refused, as it says
        run = {name: value for name, value in run.items() if name not in WITHOUT_GRADIENTS}
    run["starts"] = draw(st.lists(st.just("initial") | st.tuples(*[near] * axes), min_size=1, max_size=2))
    run["batch"] = draw(st.none() | st.integers(1, data.samples)) if data is not None else None
    return run | {"trains": "all", "starts": ["initial"]} if trains_all else run


def outcome(engine: ls.Engine, given: dict[str, Any]) -> str:
    """What becomes of a scene in a word, once everything about it holds."""
    try:
        scene = ls.Scene.model_validate(given)
    except ValidationError as error:
        note("\n".join(line["msg"] for line in refusals(error)))
        return "refused"
    try:
        frame = engine.advance(scene, budget=0.3)
        while not frame.done:
            frame = engine.advance(scene, budget=0.3)
    except (ls.PlaneError, ls.DataError) as error:
        return "no such plane" if str(error).endswith(".") else f"no sentence: {error}"
    assert frame.surface is not None
    check_surface(engine, scene, frame.surface)
    for path in frame.paths:
        check_path(engine, scene, path)
    walked = [path.status in BROKEN for path in frame.paths]
    return "diverged" if any(walked) or frame.surface.diverged.any() else "finite"


def check_surface(engine: ls.Engine, scene: ls.Scene, surface: ls.Surface) -> None:
    """It is the plain loss at the lifted points, to 1e-8 and what the numbers' own rounding amounts to."""
    assert surface.loss.shape == (scene.grid.shape[1], scene.grid.shape[0])
    np.testing.assert_array_equal(np.isfinite(surface.loss), ~surface.diverged)
    np.testing.assert_array_equal(np.isnan(surface.loss), surface.diverged)
    rows, columns = np.unravel_index(np.linspace(0, surface.loss.size - 1, 5).astype(int), surface.loss.shape)
    compare(engine, scene, surface.a[columns], surface.b[rows], surface.loss[rows, columns],
            1e-8 if surface.precision == "float64" else 5e-6)  # fmt: skip


def check_path(engine: ls.Engine, scene: ls.Scene, path: ls.Path) -> None:
    """All its numbers are finite, it says how it ended, and in the plane it lies on the surface."""
    assert path.status in ls.Status
    assert path.status != ls.Status.RUNNING
    assert path.message.endswith(".")
    rated = ["lr"] if scene.runs[path.run].optimizer.uses_gradient else []
    for name in ("a", "b", "loss", "slice_loss", "batch_loss", "grad_norm", "outside", *rated):
        series = getattr(path, name)
        assert series.shape == path.step.shape
        assert np.isfinite(series).all(), name
    if path.status not in BROKEN and scene.runs[path.run].evaluations is None:
        assert path.step[-1] == scene.runs[path.run].steps
    if path.step.size:
        assert ((path.outside >= 0) & (path.outside <= 1)).all()
        ends = [0, -1]
        compare(engine, scene, path.a[ends], path.b[ends], path.slice_loss[ends], 1e-8)
    if scene.runs[path.run].trains == "plane":
        np.testing.assert_array_equal(path.loss, path.slice_loss)
        assert not path.outside.any()


def compare(engine: ls.Engine, scene: ls.Scene, a: Any, b: Any, loss: Any, accuracy: float) -> None:
    """Losses at plane points against the plain evaluation of the whole model there.

    Where the plain loss itself moves when the parameters move in their last digits, so much is allowed beside.
    """
    objective, plane = engine.objective(scene), engine.slice(scene).plane
    ab, random = np.stack([a, b], axis=-1), np.random.RandomState(0)
    sizes = np.abs(plane.origin) + np.abs(ab[:, :1] * plane.u) + np.abs(ab[:, 1:] * plane.v)  # (M, P)
    moved = plane.lift(ab) + 1e-14 * sizes * random.uniform(-1, 1, (6, *sizes.shape))
    with np.errstate(all="ignore"):
        want, around = objective.loss(plane.lift(ab)), objective.loss(moved)
        allowed = accuracy * np.abs(want) + 10 * np.abs(around - want).max(axis=0) + 1e-300
        fine = np.abs(loss - want) <= allowed
    unsure = ~np.isfinite(around).all(axis=0)  # at the edge of what float64 holds
    same = np.isfinite(loss) == np.isfinite(want)
    assert (same | unsure).all(), (ab, loss, want)
    assert (fine | ~np.isfinite(want) | unsure).all(), (ab, loss, want, allowed)


randomly = settings(
    derandomize=True, deadline=None, database=None, max_examples=EXAMPLES, suppress_health_check=list(HealthCheck)
)
every_pair = pytest.mark.parametrize(("model", "plane"), KINDS, ids=["-".join(kinds) for kinds in KINDS])


@every_pair
def test_numbers_or_a_reason(model: str, plane: str) -> None:
    engine, seen = ls.Engine(), Counter[str]()

    @randomly
    @given(scenes(model, plane))
    def walk(fields: dict[str, Any]) -> None:
        seen[outcome(engine, fields)] += 1

    walk()
    assert set(seen) <= {"finite", "diverged", "refused", "no such plane"}
    if makes_sense(model, plane):
        assert seen["finite"] + seen["diverged"] >= EXAMPLES // 4, seen
    else:
        assert set(seen) == {"refused"}


@every_pair
def test_links_lead_back_to_their_scenes(model: str, plane: str) -> None:
    @randomly
    @given(scenes(model, plane))
    def there_and_back(fields: dict[str, Any]) -> None:
        with suppress(ValidationError):
            scene = ls.Scene.model_validate(fields)
            assert ls.Scene.from_query(scene.to_query()) == scene

    there_and_back()


def makes_sense(model: str, plane: str) -> bool:
    """Whether the model can be looked at over such planes at all; if not, it says why."""
    try:
        ls.Scene.model_validate({"model": {"kind": model}, "plane": {"kind": plane}})
    except ValidationError as error:
        return not refusals(error)
    return True


@pytest.mark.parametrize("kind", datasets.names())
def test_every_dataset_is_walked_on(kind: str) -> None:
    data = datasets.read({"kind": kind, "samples": 1})
    if reason := data.missing():
        pytest.skip(reason)
    scene = {"model": {"hidden": [3]}, "data": {"kind": kind, "samples": min(20, data.available)},
             "grid": {"resolution": [4, 3]}, "runs": [{"steps": 5}]}  # fmt: skip
    assert outcome(ls.Engine(), scene) == "finite"


@pytest.mark.parametrize(
    "given",
    [
        {"model": {"hidden": [1], "output": "softmax", "temperature": 5e-324}, "plane": {"kind": "random"}},
        {"model": {"kind": "linear", "scale": 5e-324}, "plane": {"kind": "columns", "second": None}},
        {"model": {"kind": "linear", "scale": 5e-324}, "plane": {"kind": "random", "directions": 1}},
    ],
)
def test_numbers_at_the_edge_of_float64(given: dict[str, Any]) -> None:
    small = {"data": {"kind": "digits", "samples": 3}, "grid": {"resolution": [3, 3]}}
    trained = [{"steps": 2, "trains": "all", "starts": ["initial"]}]
    assert outcome(ls.Engine(), given | small | {"runs": trained}) in ("diverged", "finite", "no such plane")
