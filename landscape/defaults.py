"""What a scene's missing parts become: defaults that suit the parts that are given."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from landscape.datasets import datasets
from landscape.models import models
from landscape.models.base import Blocks, Model
from landscape.planes import planes
from landscape.planes.base import PlaneKind
from landscape.planes.weights import Weights

CHOSEN_GRID = {"a": (5.0, 30.0), "b": (-15.0, 15.0)}
CHOSEN_RUN = {
    "optimizer": {"kind": "gradient_descent", "lr": 50.0},
    "starts": ((20.0, 2.2), (20.0, 3.4), (21.2, 3.4)),
    "steps": 1000,
}
"""The rest of the default scene, beside the defaults of its parts. ``tools/choose_scene.py`` finds it."""

WALK = {"starts": ("initial",), "trains": "all", "steps": 200}
"""For a network seen in a plane that its descent leaves."""

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
        fields["data"] = {} if model.uses_data else None
    data = None if fields["data"] in (None, "none") else _or_default(datasets, fields["data"])
    blocks = model.blocks(data.inputs, data.outputs) if data else model.blocks(0, 0)
    if "plane" not in fields:
        fields["plane"] = default_plane(blocks)
    elif isinstance(fields["plane"], Mapping) and fields["plane"].get("kind", "weights") == "weights":
        fields["plane"] = default_plane(blocks).model_dump() | dict(fields["plane"])
    plane = _or_default(planes, fields["plane"])
    grid = fields.get("grid", {})
    if isinstance(grid, Mapping):
        fields["grid"] = default_grid(model, plane) | dict(grid)
    fields.setdefault("runs", (default_run(model, plane),))
    return fields


def default_plane(blocks: Blocks) -> Weights:
    """The default weights where this model has them, else two in the middle of its last matrix."""
    chosen = Weights()
    if _has(blocks, chosen):
        return chosen
    *_, (name, shape) = ((name, shape) for name, shape in blocks.items() if len(shape) != 1)
    if not shape:
        first, second = list(blocks)[:2]
        return Weights(first=(first,), second=(second,))
    if shape[1] < 2:
        return Weights(first=(name, 0, 0), second=(name, 1, 0))
    middle = min(_central(shape[1]), shape[1] - 2)  # images are blank at their edges
    return Weights(first=(name, 0, middle), second=(name, 0, middle + 1))


def _central(count: int) -> int:
    """The middle of ``count`` inputs, be they in a row or the pixels of a square image.

    Example:
        >>> divmod(_central(64), 8)
        (4, 4)
    """
    side = math.isqrt(count)
    return count // 2 + (side // 2 if side * side == count else 0)


def default_grid(model: Model, plane: PlaneKind) -> dict[str, Any]:
    """Where a function is worth looking at; the chosen ranges for two weights; one unit around for directions."""
    if model.domain is not None:
        return dict(zip(("a", "b"), model.domain, strict=True))
    return dict(CHOSEN_GRID) if plane.kind == "weights" else {}


def default_run(model: Model, plane: PlaneKind) -> dict[str, Any]:
    """The chosen descents where the chosen plane is looked at; otherwise one from the initial weights."""
    if not model.uses_data:
        return dict(FUNCTION_WALK)
    return dict(CHOSEN_RUN) if plane == Weights() else dict(WALK)


def _has(blocks: Blocks, plane: PlaneKind) -> bool:
    try:
        plane.check(blocks)
    except ValidationError:
        return False
    return True


def _or_default(registry: Any, data: Any) -> Any:
    try:
        return registry.read(data)
    except ValueError:  # its own message comes with the field
        return registry.read({})
