"""The scenes that are measured: one network on MNIST, or its twin on the bundled digits."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

import landscape as ls

SEED = 135
STARTS = ((-9.0, 15.0), (-10.1, 15.0), (-11.0, 15.0))
LR = 5.0


MOST = {"mnist": 60_000, "digits": 1_797}
"""Samples of each dataset; more are not asked for."""

INPUTS = {"mnist": (400, 401), "digits": (35, 36)}
"""Two neighbouring pixels in the middle of the images, where there is often ink."""


def network(
    data: str, samples: int, *, activation: str = "sigmoid", hidden: tuple[int, ...] = (50, 500)
) -> dict[str, Any]:
    """The fields of a network of unit-variance weights on the first ``samples`` of a dataset."""
    model = {
        "kind": "mlp", "hidden": hidden, "activation": activation, "output": "sigmoid", "bias": False,
        "loss": "squared_error", "init": "normal", "seed": SEED,
    }  # fmt: skip
    return {"model": model, "data": {"kind": data, "samples": min(samples, MOST[data])}}


def over(matrix: str, to: int, *sources: int, resolution: tuple[int, int] = (40, 40)) -> dict[str, Any]:
    """The fields of a plane of two weights to one unit, and of the grid over it."""
    first, second = sources
    return {
        "plane": {"kind": "weights", "first": (matrix, to, first), "second": (matrix, to, second)},
        "grid": {"a": (-15, 17), "b": (-15, 18), "resolution": resolution},
    }


def dense(resolution: tuple[int, int] = (40, 40)) -> dict[str, Any]:
    """The fields of a filter-normalised random plane, and of the grid over it."""
    return {
        "plane": {"kind": "random", "seed": 0, "normalisation": "filter"},
        "grid": {"a": (-1, 1), "b": (-1, 1), "resolution": resolution},
    }


def surface_of(fields: dict[str, Any], precision: str) -> ls.Scene | None:
    """The scene of a surface in a precision, without runs; None where the precision cannot be asked for."""
    return _read(fields | {"runs": ()}, "grid", precision)


def run_of(fields: dict[str, Any], run: dict[str, Any], precision: str) -> ls.Scene | None:
    """The scene of a run in a precision; None where the precision cannot be asked for."""
    return _read(fields | {"runs": (run,)}, "runs", precision)


def _read(fields: dict[str, Any], part: str, precision: str) -> ls.Scene | None:
    """The scene with a precision in its grid or its run. What cannot be asked computes in float64."""
    value = fields[part]
    asked = value | {"precision": precision} if part == "grid" else (value[0] | {"precision": precision},)
    try:
        return ls.Scene.model_validate(fields | {part: asked})
    except ValidationError as error:
        if not any("precision" in place["loc"] for place in error.errors()):
            raise
    return ls.Scene.model_validate(fields) if precision == "float64" else None
