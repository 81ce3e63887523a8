"""The seeds that make a scene what it is by chance: of the initial weights, the batches and the noise."""

from __future__ import annotations

from landscape.link import revise
from landscape.part import flatten
from landscape.race import follows
from landscape.run import Run
from landscape.scene import Scene

MOST = 2**32 - 1
"""The largest seed."""


def seeds(scene: Scene) -> dict[str, int]:
    """The seeds that another draw would change, by dotted name; none where nothing is left to chance.

    The samples stay, and so does the plane: both say what is looked at.

    Example:
        >>> import landscape as ls
        >>> seeds(ls.lesson("ravine")), seeds(ls.Scene())
        ({}, {'model.seed': 85})
    """
    flat = flatten(scene)
    keys = ["model.seed"] if _draws_weights(scene) else []
    for index, run in enumerate(scene.runs):
        own = f"runs.{index}.seed"
        keys += ["runs.0.seed" if follows(own, flat) else own] if _draws_steps(scene, run) else []
        keys.append(f"runs.{index}.optimizer.seed")
    return {key: int(flat[key]) for key in keys if key in flat}


def next_seeds(scene: Scene) -> Scene:
    """The scene with each of its :func:`seeds` one higher; behind the largest comes 0."""
    changes = {key: str(0 if seed == MOST else seed + 1) for key, seed in seeds(scene).items()}
    return revise(scene, changes).scene or scene


def _draws_weights(scene: Scene) -> bool:
    """Whether the initial weights are drawn, and move anything: not where the plane holds all of them itself."""
    drawn = getattr(scene.model, "init", "zeros") != "zeros"
    seen = scene.plane.kind != "weights" or scene.parameters > scene.plane.axes
    return drawn and (seen or any("initial" in run.starts for run in scene.runs))


def _draws_steps(scene: Scene, run: Run) -> bool:
    """Whether a run draws batches, or noise."""
    samples = 1 if scene.data is None else scene.data.samples
    return run.noise > 0 or (run.batch is not None and run.batch < samples)
