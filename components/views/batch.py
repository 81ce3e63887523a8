"""The surface of the samples of the step under the slider, asked for by ``assets/batch.js`` when the slider rests."""

from __future__ import annotations

import numpy as np
from flask import Flask, Response, abort, request

from components.figures import batch as figures
from components.figures import contour, surface
from components.figures.scale import extent
from components.ids import Id
from components.link import View, read_address
from components.listener import listener
from components.sentence import loss_number, lowest_place, number
from components.stream import COMPUTING, WAITING, Draft
from components.wire import encode
from landscape import BatchSurface, Engine, LandscapeError, Lowest, Scene

SOLID = figures.Traces(0, surface.BATCH, surface.LOWEST)
FLAT = figures.Traces(contour.MAP, contour.BATCH, contour.LOWEST)

TRIED = 0.3
"""Seconds that are spent on the picture of all samples where nobody has drawn it yet."""

NAMED = 12
"""Samples of a step that are named one by one."""


def suits(scene: Scene) -> bool:
    """Whether some run sees a part of the samples at each step, in a plane with two axes."""
    return scene.grid.b is not None and walker(scene) is not None


def walker(scene: Scene) -> int | None:
    """The first run that sees a part of the samples at each step, or draws something anew."""
    varies = scene.model.at_step(0) is not scene.model
    return next((index for index, run in enumerate(scene.runs) if run.batch or varies), None)


def paint(draft: Draft) -> None:
    """No batch of another scene or step; and of which path ``/batch`` is asked for steps when the slider rests."""
    if not draft.first:
        return
    draft.updates += [figures.hidden(Id.SURFACE, SOLID), figures.hidden(Id.CONTOUR, FLAT)]
    draft.props[Id.BATCH_WORD] = {"children": ""}
    asked = draft.view.batch != "none" and suits(draft.scene)
    draft.told["batch"] = {"path": _path(draft.scene) if asked else None}


def _path(scene: Scene) -> int:
    """The first path of the run whose batches are shown."""
    return sum(len(run.places) for run in scene.runs[: walker(scene)])


def register(server: Flask, engine: Engine) -> None:
    """Serve ``/batch/<step>?<scene>``: one frame, as those of ``/stream``."""

    @server.get("/batch/<int:step>")
    def batch(step: int) -> Response:
        opened = read_address(request.query_string.decode("utf-8", "replace"))
        index = walker(opened.scene)
        if index is None or not suits(opened.scene) or step > opened.scene.runs[index].steps:
            abort(404)
        gone = listener(request.environ)
        with COMPUTING.ask() as turn:
            while not turn.comes(WAITING):
                if gone():
                    abort(503)
            frame = drawn(engine, opened.scene, opened.view, step, index)
        response = Response(frame, mimetype="application/octet-stream")
        response.headers["Cache-Control"] = "no-store"
        return response


def drawn(engine: Engine, scene: Scene, view: View, step: int, index: int) -> bytes:
    """The frame with the surface of step ``step`` of run ``index``, over what is known of that of all samples."""
    try:
        known = engine.advance(scene, budget=None)
        if known.surface is None:  # by whoever has not seen the picture: its plane may take minutes to find
            known = engine.advance(scene, TRIED)
        if known.surface is None:
            waits = f"The batch of step {step:,} is drawn once the picture of all samples is. Move the slider then."
            return encode({}, {Id.BATCH_WORD: {"children": waits}})
        found = engine.batch_surface(scene, step, index)
        whole = engine.lowest(scene, known.surface)
    except LandscapeError as error:
        return encode({}, {Id.BATCH_WORD: {"children": str(error)}})
    if whole is None or found.lowest is None:
        return encode({}, {Id.BATCH_WORD: {"children": f"The batch of step {step:,} has no finite loss here."}})
    count = scene.data.samples if scene.data is not None else 1
    move = figures.shifted(found, count / found.samples.size if scene.model.sums else 1.0, whole)
    shown = extent(scene.grid.a, scene.grid.b, known.surface, known.paths)
    picture = figures.Picture(found, shown, move, (found.lowest, whole), view.batch == "over", view.colours)
    updates = [*figures.solid(Id.SURFACE, SOLID, picture), *figures.flat(Id.CONTOUR, FLAT, picture)]
    words = word(found, whole, move, count)
    return encode({"updates": [update._asdict() for update in updates]}, {Id.BATCH_WORD: {"children": words}})


def word(found: BatchSurface, whole: Lowest, move: figures.Shifted, count: int) -> str:
    """Which samples the step sees, where their loss is lowest, and how it is drawn."""
    assert found.lowest is not None  # whoever asks has looked
    size = found.samples.size
    few = "" if size > NAMED else f" ({', '.join(map(str, np.sort(found.samples)))})"
    times = f" times {number(move.times)}" if move.times != 1 else ""
    shift = "" if not move.up else f", moved {'up' if move.up > 0 else 'down'} by {loss_number(abs(move.up))}"
    points = f"{found.surface.a.size} x {found.surface.b.size}"
    own, of_all = (f"{lowest_place(mark, found.surface)}: {loss_number(mark.loss)}" for mark in (found.lowest, whole))
    return (
        f"Step {found.step:,} sees {size:,} of {count:,} samples{few}. Their loss is lowest at {own} (filled mark);"
        f" that of all at {of_all} (hollow). Theirs is drawn on {points} points{times}{shift}, so that both lowest"
        " points are level."
    )
