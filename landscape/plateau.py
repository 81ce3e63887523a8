"""Runs that stand still where much is left to go down."""

from __future__ import annotations

from typing import Literal

import numpy as np

from landscape.diagnostics import hessian
from landscape.objective import MULTIPLICATIONS_PER_SECOND
from landscape.path import Path
from landscape.saturation import saturated
from landscape.scene import Scene
from landscape.slice import Slice

FAR = 0.1
"""A run stands far above the lowest loss that is known where it has this share of the way from its start left."""

SLIGHT = 0.01
"""Curvatures that change the loss by less than this share of what is left, across the whole range, are none."""

AFFORDED = 0.05 * MULTIPLICATIONS_PER_SECOND
"""Multiplications that may be spent on it."""

LITTLE, MUCH = 0.005, 0.5
"""Share of saturated units from which on it is told; and in a single layer, from which on it is the cause."""

Place = Literal["a local minimum in this plane", "a plateau", "a saddle", "a flat place"]


def plateau(slice_: Slice, scene: Scene, path: Path, best: float) -> str | None:
    """A sentence for a path that ended with next to no gradient far above the loss ``best``; None where it did not.

    Where the plane's coordinates are trained the place is told by the two curvatures there, and of a network the
    share of its hidden units that are saturated (:func:`~landscape.saturation.saturated`). The end of
    a run that trains everything is not kept: of it only the gradient is told.

    Args:
        slice_: the scene's function on its plane.
        scene: what is shown.
        path: a finished one whose gradient is all but zero at its end.
        best: the lowest loss that is known, of the surface and of all paths.
    """
    loss, left = float(path.loss[-1]), float(path.loss[-1]) - best
    if not left > max(FAR * (float(path.loss[0]) - best), 1e-9 * abs(loss)):
        return None
    norm, cause = float(path.grad_norm[-1]), "a flat place"
    if scene.runs[path.run].trains == "plane":
        at = np.array([path.a[-1], path.b[-1]])
        if 6 * 3 * slice_.point_work <= AFFORDED:
            with np.errstate(all="ignore"):
                norm, cause = float(np.linalg.norm(slice_.gradient(at))), _place(slice_, scene, at, left)
        if cause != "a local minimum in this plane" and slice_.objective.work <= AFFORDED:
            found = saturated(slice_.objective, slice_.plane.lift(at))
            if found is not None and found.share >= LITTLE:
                counted = "on every sample" if found.dead else "averaged over the samples"
                share = f"{100 * found.share:.2g} % of the hidden ones, {counted}"
                cause = (
                    f"saturated units ({share})" if found.worst >= MUCH else f"{cause}, some saturated units ({share})"
                )
    return f"Gradient norm {norm:.1g}: {cause}. The loss {loss:.5g} is far above {best:.5g}, the lowest that is known."


def _place(slice_: Slice, scene: Scene, at: np.ndarray[tuple[int], np.dtype[np.float64]], left: float) -> Place:
    """What kind of place it is, by the curvatures there over the range that is looked at."""
    values = np.linalg.eigvalsh(hessian(slice_, at))
    if slice_.plane.is_line:
        values = values[np.abs(values) == np.abs(values).max()]
    sides = [scene.grid.a, scene.grid.b or (0.0, 0.0)]
    reach = sum((high - low) ** 2 for low, high in sides) / 4
    changes = values * reach / 2
    if (np.abs(changes) < SLIGHT * left).all():
        return "a plateau"
    if (changes >= SLIGHT * left).all():
        return "a local minimum in this plane"
    return "a saddle" if changes.min() <= -SLIGHT * left else "a flat place"
