"""The surface of one step's samples on the page: who asks for it, what is sent, and what is said of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pytest

import app
import landscape as ls
from components.figures import contour, surface
from components.ids import Id
from components.link import View
from components.stream import frames
from components.views import batch

ReadFrames = Callable[[Iterable[bytes]], list[dict[str, Any]]]

LINE = ls.lesson("batch-by-batch")
TWO = ls.Scene.model_validate(
    {"runs": [{"starts": [[1, 1]]}, {"batch": 10, "starts": [[1, 1]]}], "race": {"batches": "own"}}
)


@pytest.fixture(scope="module")
def client() -> Any:
    return app.create_app(app.Settings()).server.test_client()


def first(read_frames: ReadFrames, scene: ls.Scene, view: View) -> dict[str, Any]:
    metas = read_frames(frames(ls.Engine(), scene, view, [batch.paint]))
    return next(meta for meta in metas if meta["title"] and meta["paths"])


@pytest.mark.parametrize(
    ("scene", "view", "resting"),
    [
        (LINE, View(batch="over"), 0),
        (LINE, View(), None),
        (ls.lesson("ravine"), View(batch="over"), None),
        (TWO, View(batch="instead"), 1),  # the first sees all samples
        (ls.revise(LINE, {"plane.second": "none"}).scene, View(batch="over"), None),
    ],
    ids=["asked for", "not asked for", "no samples", "second run", "on a line"],
)
def test_the_page_is_told_whose_steps_to_ask_for(
    read_frames: ReadFrames, scene: ls.Scene, view: View, resting: int | None
) -> None:
    assert first(read_frames, scene, view)["told"]["batch"] == {"path": resting}


def drawn(read_frames: ReadFrames, step: int, view: View, scene: ls.Scene = LINE) -> dict[str, Any]:
    engine = ls.Engine()
    while not engine.advance(scene, 10).done:
        pass
    (meta,) = read_frames([batch.drawn(engine, scene, view, step, batch.walker(scene) or 0)])
    return meta


def update(meta: dict[str, Any], graph: str, trace: int) -> dict[str, Any]:
    return next(one["data"] for one in meta["updates"] if one["graph"] == graph and one["traces"][0] == trace)


def test_the_heights_are_the_step_s_own_losses_with_both_lowest_points_level(read_frames: ReadFrames) -> None:
    """Nine times the sum over 5 of 45 points, moved so that its minimum is as high as that of all."""
    meta = drawn(read_frames, 40, View(batch="over"))
    x, y, _ = LINE.data.load()
    samples = ls.batch_surface(LINE, 40).samples
    own, of_all = (np.linalg.lstsq(*some, rcond=None)[1].item() for some in ((x[samples], y[samples]), (x, y)))
    lines = update(meta, Id.CONTOUR, contour.BATCH)
    a, b = np.meshgrid(*(np.asarray(lines[axis][0], dtype=float) for axis in "xy"))
    loss = sum((x[i, 0] * a + x[i, 1] * b - y[i, 0]) ** 2 for i in samples)
    np.testing.assert_allclose(np.asarray(lines["z"][0]), 9 * (loss - own) + of_all, rtol=1e-5)
    marks = update(meta, Id.CONTOUR, contour.LOWEST)
    np.testing.assert_allclose(
        [marks["x"][0][1], marks["y"][0][1]], np.linalg.lstsq(x, y, rcond=None)[0].ravel(), atol=1e-8
    )
    said = meta["props"][Id.BATCH_WORD]["children"]
    assert ", ".join(map(str, sorted(samples))) in said
    assert "5 of 45 samples" in said
    assert "41 x 41 points times 9, moved up by" in said


def test_over_it_leaves_the_surface_of_all_and_instead_takes_its_place(read_frames: ReadFrames) -> None:
    for way, visible, opaque in (("over", True, 0.5), ("instead", False, 1.0)):
        meta = drawn(read_frames, 3, View(batch=way))
        assert update(meta, Id.SURFACE, 0)["visible"] == [visible]
        assert update(meta, Id.CONTOUR, contour.MAP)["visible"] == [visible]
        assert update(meta, Id.SURFACE, surface.BATCH)["opacity"] == [opaque]


def test_losses_that_are_averaged_are_not_multiplied(read_frames: ReadFrames) -> None:
    scene = ls.revise(ls.Scene(), {"runs.0.batch": "10"}).scene
    said = drawn(read_frames, 2, View(batch="over"), scene)["props"][Id.BATCH_WORD]["children"]
    assert "times" not in said
    assert "moved" in said


@pytest.mark.parametrize("path", ["901?lesson=batch-by-batch", "3?lesson=ravine", "9" * 30])
def test_what_is_not_there_is_not_found(client: Any, path: str) -> None:
    assert client.get(f"/batch/{path}").status_code == 404


def test_the_route_serves_one_frame(client: Any, read_frames: ReadFrames) -> None:
    engine_ready = client.get("/stream?lesson=batch-by-batch")
    assert engine_ready.data
    response = client.get("/batch/5?lesson=batch-by-batch")
    assert response.status_code == 200
    (meta,) = read_frames([response.data])
    assert meta["updates"]
    assert "Step 5 sees 5 of 45 samples" in meta["props"][Id.BATCH_WORD]["children"]


def test_nobody_has_a_plane_of_trained_weights_found_by_asking_for_a_step(client: Any, read_frames: ReadFrames) -> None:
    """Its run is the stream's to walk, in slices of time that others take turns with."""
    engine = ls.Engine()
    changes = {
        "plane.origin": "trained", "runs.0.trains": "all", "runs.0.starts": "initial", "runs.0.steps": "20000",
        "runs.0.batch": "10", "runs.0.optimizer.lr": "0.001",
    }  # fmt: skip
    scene = ls.revise(ls.Scene(), changes).scene
    assert scene is not None
    (meta,) = read_frames([batch.drawn(engine, scene, View(batch="over"), 1, 0)])
    assert "Move the slider then" in meta["props"][Id.BATCH_WORD]["children"]
    assert not meta["updates"]
    assert engine.advance(scene, budget=None).progress < 0.9, "most of the run is still to be walked"


def test_who_asks_before_the_stream_is_shown_the_same(read_frames: ReadFrames) -> None:
    """As where another process of the server drew the picture."""
    early = read_frames([batch.drawn(ls.Engine(), LINE, View(batch="over"), 5, 0)])[0]
    late = drawn(read_frames, 5, View(batch="over"))
    lines = [update(meta, Id.CONTOUR, contour.BATCH)["z"][0] for meta in (early, late)]
    samples = ls.batch_surface(LINE, 5).samples
    assert f"{samples.size} of 45 samples" in early["props"][Id.BATCH_WORD]["children"]
    tilt = [np.asarray(z, dtype=float) - np.min(z) for z in lines]  # but for how far it is moved
    np.testing.assert_allclose(tilt[0], tilt[1], rtol=1e-4, atol=1e-4)


def test_a_plane_that_cannot_be_is_a_sentence(client: Any, read_frames: ReadFrames) -> None:
    blows_up = (
        "/batch/1?model.kind=linear&plane.origin=trained&runs.0.trains=all&runs.0.starts=initial&runs.0.batch=5"
        "&runs.0.steps=300&runs.0.optimizer.lr=1000&view.batch=over"
    )
    for _ in range(2):  # the run is walked, then known
        answer = client.get(blows_up)
        assert answer.status_code == 200
        (meta,) = read_frames([answer.data])
        said = meta["props"][Id.BATCH_WORD]["children"]
        assert said.startswith("There are no trained weights to lay the plane through. ")
