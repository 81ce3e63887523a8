"""The view of the gradient's length in each layer along a run that trains everything."""

from __future__ import annotations

import numpy as np
from dash.development.base_component import Component

from components.clock import clock, end, series
from components.figures import norms as figures
from components.figures.palette import MAX_PATHS, SYMBOLS
from components.ids import Id
from components.stream import Draft
from components.views.graph import graph
from landscape import Path, Scene


def layout() -> Component:
    """The graph, empty."""
    return graph(Id.NORMS, figures.figure(), "Gradient norms, layer by layer", modes=["toImage"])


def suits(scene: Scene) -> bool:
    """Whether somebody trains all weights of a model that has layers."""
    return len(layers(scene)) > 1 and any(run.trains == "all" for run in scene.runs)


def layers(scene: Scene) -> list[str]:
    """The names of the matrices of weights; of more than can be told apart some, evenly, first and last with them."""
    biases = scene.model.biases()
    names = [name for name in scene.blocks if name not in biases] if scene.model.domain is None else []
    if len(names) <= MAX_PATHS:
        return names
    return [names[place] for place in np.linspace(0, len(names) - 1, MAX_PATHS).round().astype(int)]


def paint(draft: Draft) -> None:
    """The lines of the first path that trains everything, as they grow."""
    path = next((path for path in draft.frame.paths if draft.scene.runs[path.run].trains == "all"), None)
    if Id.NORMS in draft.hidden or path is None:
        return
    names, counted = layers(draft.scene), clock(draft.scene, draft.view)
    if draft.first:
        draft.updates.append(figures.titles(Id.NORMS, counted.title, counted.noun, _whose(draft, path), names))
    lines = [path.block_norms[name] for name in names]
    ends = end(draft.scene, counted, draft.frame.paths) / counted.per
    name = f"{counted.unit}/{draft.scene.run_digest(path.run)}"
    draft.updates.append(figures.update(Id.NORMS, lines, ends, name))
    draft.lines[Id.NORMS] = [
        {**series(path, counted), "level": line, "mark": symbol}
        for line, symbol in zip(lines, SYMBOLS, strict=False)
    ]  # fmt: skip


def _whose(draft: Draft, path: Path) -> str:
    """What the height is; of several paths, of which."""
    number = next(number for number, other in enumerate(draft.frame.paths, start=1) if other is path)
    return f"gradient norm{f', path {number}' if len(draft.frame.paths) > 1 else ''}"
