"""The streaming route: frames of one scene, coarse to fine, until it is done or nobody listens.

Where there is nothing new to draw, and before the first pass of the surface is through, frames tell of progress
alone: they are small, and as frequent as the slices of time. Each frame is 4 bytes of length
(little-endian) and a container (see ``landscape.container``) whose meta is::

    {"progress": 0..1, "word": "sharpening 62 %", "done": bool,
     "updates": [Update...], "hidden": [id of a graph...], "props": {id: {prop: value}}, "title": the page's or null,
     "paths": [{"step", "clock", "x", "loss", "a", "b", "height", "level", "status", "mark", "run", "start"}...] or null
     where nothing is new; with the arrows of the step also what ``components/figures/arrows.py`` returns,
     "lines": {id of a graph: [{"clock", "x", "level", "mark"}...]}, where a graph draws others than the paths,
     "count": {"end": where the slider ends, "per": of its places to one of "noun", written with so many "digits"},
     "at": where the view has the slider, null at the end,
     "told": {name of a script: what it is told}}

or ``{"error": sentence, "title": ..., "done": true}``. Arrays stand as ``{"$": name}`` and follow as float32, or as
float64 where 32 bits would draw steps that are not there.
"""

from __future__ import annotations

import math
import operator
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import numpy as np
from flask import Flask, Response, request

from components.clock import Clock, clock, end, series
from components.figures.palette import DIVERGED_SYMBOL, SYMBOLS
from components.figures.scale import Extent, drawn, extent
from components.figures.update import Update
from components.link import View, address, read_address
from components.listener import listener
from components.sentence import sentence
from components.turns import Turns
from components.wire import encode
from landscape import Engine, Frame, LandscapeError, Path, Scene, Status, Surface

FIRST_SLICE = 0.05
"""Seconds of computing at a time before the first picture."""

SLICE = 0.1
"""Seconds of computing at a time: then it is looked whether anybody listens, and others have their turn."""

PICTURE = 0.3
"""Seconds between pictures of paths that grow; a finer surface is shown at once."""

WAITING = 0.2
"""Seconds between frames of a stream that waits for its turn."""

LENGTH = 10.0
"""Seconds after which a stream ends; the browser asks again, and the cache makes that free."""

ADDRESS = "Scene-Address"
"""Header with the canonical address of what is streamed, so that a link in another form is not streamed twice."""

COMPUTING = Turns(2)
"""Streams that compute at the same time in a process; the others wait for their turn, and show what is there."""


@dataclass
class Draft:
    """What the views have to say about a frame.

    Attributes:
        scene: what is shown.
        view: how.
        frame: the numbers.
        surface: the frame's own; nothing is painted before there is one.
        shown: what the axes show.
        first: whether it is the stream's first painted frame, which carries titles and words.
        new_surface: whether the surface is a finer one than in the frame before.
        updates: for the pictures, to be added to.
        props: for other components, id -> property -> value, to be added to.
        hidden: graphs that have nothing to show of this scene, to be added to.
        series: more of each path, number -> name -> (T,), to be added to.
        lines: what a graph draws along the slider where it is not the paths themselves, id -> lines, each with the
            series that its tracks name and a mark; to be added to.
        told: what a script of a view's own is told, name of the script -> message; to be added to.
    """

    scene: Scene
    view: View
    frame: Frame
    surface: Surface
    shown: Extent
    first: bool
    new_surface: bool
    updates: list[Update] = field(default_factory=list)
    props: dict[str, dict[str, Any]] = field(default_factory=dict)
    hidden: list[str] = field(default_factory=list)
    series: dict[int, dict[str, np.ndarray]] = field(default_factory=dict)
    lines: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    told: dict[str, dict[str, Any]] = field(default_factory=dict)


Painter = Callable[[Draft], None]
"""A view's part in a frame: looks at the draft and adds to its updates and props."""


class Beside(Protocol):
    """What a tab computes beside the pictures once these are done.

    Attributes:
        verb: what is done meanwhile: "sweeping".
        done: whether nothing is missing that anybody has asked for.
        progress: the share of it that is done, 0..1.
    """

    verb: str

    @property
    def done(self) -> bool: ...

    @property
    def progress(self) -> float: ...

    def advance(self, budget: float | None) -> None:
        """Go on for so many seconds; None: only look at what is there."""
        ...

    def paint(self, draft: Draft) -> None:
        """Add what is known to a draft's updates and props."""
        ...


Aside = Callable[[Engine, Scene, View], Beside | None]
"""What the open tab of a scene computes; None where it shows what the pictures do."""


def nothing(_engine: Engine, _scene: Scene, _view: View) -> None:
    """An aside of pages without tabs."""


def register(server: Flask, engine: Engine, painters: Sequence[Painter], aside: Aside = nothing) -> None:
    """Serve ``/stream?<scene>`` from ``engine``, drawn by ``painters`` in order, then what ``aside`` computes."""

    @server.get("/stream")
    def stream() -> Response:
        opened = read_address(request.query_string.decode("utf-8", "replace"))
        pieces = frames(engine, opened.scene, opened.view, painters, listener(request.environ), aside)
        response = Response(pieces, mimetype="application/octet-stream")
        response.headers[ADDRESS] = address(opened.asked, opened.view)
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Accel-Buffering"] = "no"  # a proxy that gathers frames would undo the streaming
        return response


def frames(
    engine: Engine,
    scene: Scene,
    view: View,
    painters: Sequence[Painter],
    gone: Callable[[], bool] = lambda: False,
    aside: Aside = nothing,
) -> Iterator[bytes]:
    """The frames of one stream, as bytes. Closing the generator stops the work at the end of a slice.

    Args:
        engine: computes them.
        scene: what is shown.
        view: how.
        painters: the views.
        gone: whether nobody listens any more.
        aside: what is computed once the pictures are done.
    """
    stride, known, basins, painted, progress = None, None, None, -math.inf, 0.0
    draft: Draft | None = None
    ends = time.monotonic() + LENGTH
    try:
        beside = aside(engine, scene, view)
        for frame in _slices(engine, scene, gone, ends):
            progress = max(progress, frame.progress)  # a cache may forget; a share that was shown stays
            new_surface = frame.surface is not None and frame.surface.stride != stride
            grown = known is None or any(map(operator.is_not, frame.paths, known))
            begun = grown and _begun(frame.paths) and not _begun(known or ())  # at once, when all have set out
            due = grown and (begun or frame.done or time.monotonic() - painted >= PICTURE)
            if frame.surface is None or not (new_surface or due or frame.basins is not basins):
                yield encode(_progress(scene, frame, progress, last=beside is None), {})
                continue
            shown = extent(scene.grid.a, scene.grid.b, frame.surface, frame.paths)
            draft = Draft(scene, view, frame, frame.surface, shown, stride is None, new_surface)
            for paint in painters:
                paint(draft)
            told = _painted(draft, paths=grown or new_surface)
            meta = _progress(scene, frame, progress, last=beside is None) | told
            yield encode(meta, draft.props)
            stride, known, basins = frame.surface.stride, frame.paths, frame.basins
            painted = time.monotonic()
        if beside is not None and draft is not None and draft.frame.done:
            yield from _studied(beside, draft, gone, ends)
    except LandscapeError as error:
        yield encode({"error": str(error), "done": True, "title": sentence(scene)}, {})


def _studied(beside: Beside, draft: Draft, gone: Callable[[], bool], ends: float) -> Iterator[bytes]:
    """The frames of what a tab computes, slice after slice like the pictures, and drawn into these."""
    beside.advance(None)
    yield _study(beside, draft)
    while not (beside.done or gone() or time.monotonic() > ends):
        with COMPUTING.ask() as turn:
            while not turn.comes(WAITING):
                if gone() or time.monotonic() > ends:
                    return
            beside.advance(SLICE)
        yield _study(beside, draft)


def _study(beside: Beside, pictures: Draft) -> bytes:
    """A frame of what a tab computes."""
    draft = replace(pictures, first=False, new_surface=False, updates=[], props={}, told={})
    beside.paint(draft)
    word = "" if beside.done else f"{beside.verb} {100 * beside.progress:.0f} %"
    meta = {"progress": beside.progress, "word": word, "done": beside.done}
    updates = [update._asdict() for update in draft.updates]
    return encode(meta | {"updates": updates, "told": draft.told}, draft.props)


def _slices(engine: Engine, scene: Scene, gone: Callable[[], bool], ends: float) -> Iterator[Frame]:
    """What is there already, which need not wait for its turn; then slice after slice, to the end of the stream.

    While it waits it shows what others have computed of the same scene.
    """
    frame = engine.advance(scene, budget=None)
    if frame.surface is not None:
        yield frame
    while not (frame.done or gone()):
        with COMPUTING.ask() as turn:
            while not turn.comes(WAITING):
                frame = engine.advance(scene, budget=None)
                if frame.done or gone() or time.monotonic() > ends:
                    break
                yield frame
            else:
                frame = engine.advance(scene, FIRST_SLICE if frame.surface is None else SLICE)
        yield frame
        if time.monotonic() > ends:
            return


def _progress(scene: Scene, frame: Frame, progress: float, *, last: bool) -> dict[str, Any]:
    """How far the pictures are; ``last``: whether nothing follows them."""
    verb = "computing" if frame.surface is None else "sharpening"
    if frame.surface is not None and frame.surface.stride == 1 and scene.lattice_run is not None:
        verb = "finding basins"
    word = "" if frame.done else f"{verb} {100 * progress:.0f} %"
    return {"progress": progress, "word": word, "done": frame.done and last}


def _painted(draft: Draft, *, paths: bool) -> dict[str, Any]:
    """The meta of a frame with a picture; its arrays still stand in their places."""
    scene, counted = draft.scene, clock(draft.scene, draft.view)
    told = [_path(draft, number, counted) for number in range(len(draft.frame.paths))] if paths else None
    return {
        "updates": [update._asdict() for update in draft.updates],
        "hidden": draft.hidden,
        "paths": told,
        "lines": draft.lines,
        "told": draft.told,
        "count": {
            "end": end(scene, counted, draft.frame.paths),
            "per": counted.per,
            "digits": counted.digits,
            "noun": counted.noun,
        },
        "title": sentence(scene) if draft.first else None,
        "at": draft.view.step,
    }


def _path(draft: Draft, number: int, counted: Clock) -> dict[str, Any]:
    """A path as the pictures are told of it. Whose starts follow the first run's is moved by moving that one's."""
    path = draft.frame.paths[number]
    said = {"step": path.step, "loss": path.loss, "status": path.status, "mark": _mark(number, path.status),
            "run": 0 if draft.scene.race.starts == "same" else path.run, "start": path.start}  # fmt: skip
    return said | series(path, counted) | drawn(path, draft.shown)._asdict() | draft.series.get(number, {})


def _mark(number: int, status: Status) -> str:
    """The symbol at a path's end."""
    return DIVERGED_SYMBOL if status.blew_up else SYMBOLS[number]


def _begun(paths: Sequence[Path]) -> bool:
    """Whether all have set out."""
    return all(path.step.size for path in paths)
