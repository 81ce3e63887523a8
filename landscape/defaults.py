"""What a scene's missing parts become: defaults that suit the parts that are given."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from landscape.datasets import datasets
from landscape.datasets.base import Dataset
from landscape.models import models
from landscape.models.base import Model, spans
from landscape.planes import planes
from landscape.planes.address import Address, fault, flat_index
from landscape.planes.base import PlaneKind
from landscape.planes.weights import Weights

CHOSEN_GRID = {"a": (5.0, 30.0), "b": (-15.0, 15.0)}
CHOSEN_RUN = {
    "optimizer": {"kind": "gradient_descent", "lr": 50.0},
    "starts": ((20.0, 2.2), (20.0, 3.4), (21.2, 3.4)),
    "steps": 1000,
}
"""The rest of the default scene, beside the defaults of its parts. ``tools/choose_scene.py`` finds it."""

SPREADS = 15
"""A weight is looked at so many times its block's root mean square to each side."""

WALK = {"starts": ("initial",), "trains": "all", "steps": 200}
"""For a network seen in a plane that its descent leaves."""

LINE_WALK = {"starts": ("initial",), "steps": 200}
"""Along a curve, so that the descent stays on it."""

FUNCTION_WALK = {"starts": ("initial",), "steps": 50}


def complete(given: Mapping[str, Any]) -> dict[str, Any]:
    """A scene's fields with every part present.

    A part that breaks its own rules is left as it is, for its own message; the others are completed
    beside the default in its place.
    """
    fields = dict(given)
    fields.setdefault("model", {})
    model = _or_default(models, fields["model"])
    if "data" not in fields:
        fields["data"] = dict(model.suited_data) if model.uses_data else None
    data = None if fields["data"] in (None, "none") else _or_default(datasets, fields["data"])
    blocks = model.blocks(data.inputs, data.outputs) if data else model.blocks(0, 0)
    given_plane = fields.get("plane", {})
    if isinstance(given_plane, Mapping):
        kind = given_plane.get("kind", planes.names()[0] if given_plane else model.suited_plane)
        if isinstance(kind, str) and kind in planes:
            fields["plane"] = {"kind": kind, **planes[kind].suited(blocks), **given_plane}
    plane = _or_default(planes, fields["plane"])
    grid = fields.get("grid", {})
    if isinstance(grid, Mapping):
        fields["grid"] = default_grid(model, data, plane) | dict(grid)
    fields.setdefault("runs", (default_run(model, plane),))
    return fields


def default_grid(model: Model, data: Dataset | None, plane: PlaneKind) -> dict[str, Any]:
    """Where a function is worth looking at; around the values of two weights; one unit around for directions."""
    a, b = (-1.0, 1.0), (-1.0, 1.0)
    if model.domain is not None:
        a, b = model.domain
    elif plane == Weights() and not model.given:
        a, b = CHOSEN_GRID["a"], CHOSEN_GRID["b"]
    elif isinstance(plane, Weights):
        inputs, outputs = (data.inputs, data.outputs) if data is not None else (0, 0)
        around = _around(model, inputs, outputs, plane.chosen)
        a, b = around[0], around[-1]
    return {"a": a, "b": b if plane.axes == 2 else None}


@lru_cache(maxsize=64)
def _around(model: Model, inputs: int, outputs: int, chosen: tuple[Address, ...]) -> list[tuple[float, float]]:
    """A range around the initial value of each weight, so wide as its block's values vary, many times."""
    blocks, theta = model.blocks(inputs, outputs), model.initial(inputs, outputs)
    ranges = []
    for place in chosen:
        span = next((span for name, _, span in spans(blocks) if name == place[0]), None)
        if span is None or fault(place, "", blocks):  # its own message comes with the plane
            ranges.append((-1.0, 1.0))
            continue
        size = float(np.sqrt(np.mean(np.square(theta[span])))) or 1.0
        unit = 10.0 ** (math.floor(math.log10(SPREADS * size)) - 1)  # bounds of two digits, for people to read
        middle = round(float(theta[flat_index(place, blocks)]) / unit) * unit
        half = round(SPREADS * size / unit) * unit
        ranges.append((float(f"{middle - half:.6g}"), float(f"{middle + half:.6g}")))
    return ranges


def default_run(model: Model, plane: PlaneKind) -> dict[str, Any]:
    """The chosen descents where the chosen plane is looked at; otherwise one from the initial weights."""
    if not (model.uses_data or model.given):
        return dict(FUNCTION_WALK) | dict(model.suited_run)
    if plane == Weights() and not model.given:
        return dict(CHOSEN_RUN)
    return dict(WALK if plane.axes == 2 else LINE_WALK) | dict(model.suited_run)


def _or_default(registry: Any, data: Any) -> Any:
    try:
        return registry.read(data)
    except ValueError:  # its own message comes with the field
        return registry.read({})
