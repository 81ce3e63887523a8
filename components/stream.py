"""The streaming route: frames of one scene, coarse to fine, until it is done or nobody listens.

Before the first pass of the surface is through, frames tell of progress alone. Each frame is 4 bytes of length
(little-endian) and a container (see ``landscape.container``) whose meta is::

    {"updates": [Update...], "paths": [...] or null, "props": {id: {prop: value}},
     "progress": 0..1, "word": "sharpening 62 %", "done": bool, "error": "..." }

Arrays in updates and paths stand as ``{"$": name}`` and follow as float32.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from threading import BoundedSemaphore
from typing import Any

import numpy as np
from flask import Flask, Response, request
from plotly.utils import PlotlyJSONEncoder

from components.figures.scale import extent, lifted
from components.figures.update import Update
from components.link import View, read_address
from components.sentence import sentence, step_noun
from landscape import Engine, Frame, LandscapeError, Path, Scene, pack

FIRST_SLICE = 0.08
"""Seconds of computing before the first picture."""

SLICE = 0.3
"""Seconds of computing between pictures."""

LENGTH = 10.0
"""Seconds after which a stream ends; the browser asks again, and the cache makes that free."""

COMPUTING = BoundedSemaphore(2)
"""Streams that compute at the same time in a process; the others take turns."""


@dataclass
class Draft:
    """What the views have to say about a frame.

    Attributes:
        scene: what is shown.
        view: how.
        frame: the numbers.
        first: whether it is the stream's first frame, which carries titles and words.
        new_surface: whether the surface is a finer one than in the frame before.
        updates: for the pictures, to be added to.
        props: for other components, id -> property -> value, to be added to.
    """

    scene: Scene
    view: View
    frame: Frame
    first: bool
    new_surface: bool
    updates: list[Update] = field(default_factory=list)
    props: dict[str, dict[str, Any]] = field(default_factory=dict)


Painter = Callable[[Draft], None]
"""A view's part in a frame: looks at the draft and adds to its updates and props."""


def register(server: Flask, engine: Engine, painters: Sequence[Painter]) -> None:
    """Serve ``/stream?<scene>`` from ``engine``, drawn by ``painters`` in order."""

    @server.get("/stream")
    def stream() -> Response:
        scene, view, *_ = read_address(request.query_string.decode("utf-8", "replace"))
        response = Response(frames(engine, scene, view, painters), mimetype="application/octet-stream")
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Accel-Buffering"] = "no"  # a proxy that gathers frames would undo the streaming
        return response


def frames(engine: Engine, scene: Scene, view: View, painters: Sequence[Painter]) -> Iterator[bytes]:
    """The frames of one stream, as bytes. Closing the generator stops the work at the end of a slice."""
    begun = time.monotonic()
    stride, points = None, -1
    budget, first = FIRST_SLICE, True
    while True:
        try:
            with COMPUTING:
                frame = engine.advance(scene, budget)
        except LandscapeError as error:
            yield _framed(pack({"error": str(error), "done": True, "updates": [], "props": {}, "paths": None}, {}))
            return
        if frame.surface is None:  # the last good picture stays, whole, until there is one of the new scene
            yield _encode(Draft(scene, view, frame, first=False, new_surface=False), paths=False)
            if time.monotonic() - begun > LENGTH:
                return
            continue
        known = sum(path.step.size for path in frame.paths) + sum(path.status != "RUNNING" for path in frame.paths)
        new_surface, stride = frame.surface.stride != stride, frame.surface.stride
        draft = _painted(Draft(scene, view, frame, first, new_surface), painters)
        yield _encode(draft, paths=known != points)
        points, first = known, False
        if frame.done or time.monotonic() - begun > LENGTH:
            return
        budget = SLICE


def _painted(draft: Draft, painters: Sequence[Painter]) -> Draft:
    for paint in painters:
        paint(draft)
    return draft


def _word(frame: Frame) -> str:
    return "" if frame.done else f"sharpening {100 * frame.progress:.0f} %"


def _encode(draft: Draft, *, paths: bool) -> bytes:
    scene, frame = draft.scene, draft.frame
    arrays: dict[str, Any] = {}

    def sent(value: Any) -> Any:
        """The value with its arrays put aside."""
        if isinstance(value, np.ndarray):
            name = str(len(arrays))
            arrays[name] = _single(value)
            return {"$": name}
        if isinstance(value, dict):
            return {key: sent(inner) for key, inner in value.items()}
        return [sent(inner) for inner in value] if isinstance(value, list | tuple) else value

    meta = {
        "updates": [sent(update._asdict()) for update in draft.updates],
        "paths": [sent(_path(draft, path)) for path in frame.paths] if paths else None,
        "noun": step_noun(scene),
        "title": f"{sentence(scene)} - Landscape" if draft.first else None,
        "steps": max((run.steps for run in scene.runs), default=0),
        "props": draft.props,
        "progress": frame.progress,
        "word": _word(frame),
        "done": frame.done,
    }
    return _framed(pack(json.loads(json.dumps(meta, cls=PlotlyJSONEncoder)), arrays))


def _path(draft: Draft, path: Path) -> dict[str, Any]:
    grid = draft.scene.grid
    shown = extent(grid.a, grid.b, draft.frame.surface, [path])
    return {
        "step": path.step,
        "a": path.a,
        "b": path.b,
        "loss": path.loss,
        "height": lifted(path, shown),
        "status": path.status,
        "message": path.message,
    }


def _single(array: np.ndarray) -> np.ndarray:
    """Float32 for the browser; heights beyond its range become the largest it knows."""
    limit = float(np.finfo(np.float32).max)
    return np.clip(array.astype(np.float64), -limit, limit).astype(np.float32)


def _framed(data: bytes) -> bytes:
    return len(data).to_bytes(4, "little") + data
