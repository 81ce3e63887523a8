"""The buttons beside a learning-rate sweep: begin it, and let the runs walk at the best rates."""

from __future__ import annotations

from collections.abc import Mapping

from components.chosen import mark
from components.controls.button import opened
from components.link import Opened, View
from landscape import Engine, Scene, Sweep, revise


def best_rates(known: Mapping[int, Sweep]) -> dict[int, float]:
    """The best rate of each run that has one."""
    return {index: sweep.best for index, sweep in known.items() if sweep.best is not None}


def begin(_engine: Engine, scene: Scene, view: View, _index: int) -> Opened:
    """The same scene with its rates swept, however long that takes."""
    return Opened(scene, scene, view.model_copy(update={"sweep": True}), [])


def use_best(engine: Engine, scene: Scene, view: View, _index: int) -> Opened | None:
    """Each run at its best rate, with a mark that it was swept.

    Raises:
        ValueError: the sweep is not complete.
    """
    study = engine.sweep(scene)
    study.advance(None)
    if not study.done:
        raise ValueError("The sweep is not complete. Sweep the rates first.")
    best = best_rates(study.sweeps)
    changed = revise(scene, {f"runs.{index}.optimizer.lr": repr(rate) for index, rate in best.items()}).scene
    if changed is None:
        return None
    return opened(changed, view.model_copy(update={"swept": tuple(mark(changed, index) for index in best)}))
