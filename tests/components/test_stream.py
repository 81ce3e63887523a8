"""The stream against the numbers themselves: its frames, their order, and that it stops when nobody listens."""

from __future__ import annotations

import dataclasses
import itertools
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from flask import Flask

import landscape as ls
from components import stream as stream_module
from components.figures.palette import SYMBOLS
from components.figures.scale import LIFT, extent
from components.ids import Id
from components.link import View
from components.sentence import sentence
from components.stream import Painter, frames
from components.views import contour, curve, surface, words
from components.wire import narrow
from landscape import running, sheet

ReadFrames = Callable[[Iterable[bytes]], list[dict[str, Any]]]

SLOW = ls.Scene.model_validate({"data": {"samples": 1500}, "plane": {"kind": "random"}})


def painters(engine: ls.Engine) -> list[Painter]:
    return [surface.paint, contour.painter(engine), curve.paint, words.painter(engine)]


def streamed(engine: ls.Engine, scene: ls.Scene, view: View | None = None) -> Iterator[bytes]:
    return frames(engine, scene, view or View(), painters(engine))


def pictures(metas: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The frames that are drawn; the others tell of progress alone."""
    return [meta for meta in metas if meta["updates"]]


def surfaces(metas: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [u["data"] for meta in metas for u in meta["updates"] if u["graph"] == Id.SURFACE and "z" in u["data"]]


@pytest.fixture
def many_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small pieces, and no time for more than one in a frame."""
    monkeypatch.setattr(sheet, "TILE_SECONDS", 2e-6)
    monkeypatch.setattr(running, "CHUNK_SECONDS", 1e-4)
    for seconds in ("FIRST_SLICE", "SLICE", "PICTURE"):
        monkeypatch.setattr(stream_module, seconds, 0.0)


def test_the_route_answers_with_whole_frames_the_last_of_them_done(read_frames: ReadFrames) -> None:
    server, engine = Flask("test"), ls.Engine()
    stream_module.register(server, engine, painters(engine))
    answer = server.test_client().get("/stream?lesson=valley")
    assert answer.status_code == 200
    assert answer.mimetype == "application/octet-stream"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Accel-Buffering"] == "no"
    metas = read_frames([answer.data])
    assert metas[-1]["done"] is True
    assert metas[-1]["progress"] == 1.0
    assert metas[-1]["word"] == ""
    assert not any(meta["done"] for meta in metas[:-1])


def test_the_first_frame_comes_long_before_the_last(read_frames: ReadFrames) -> None:
    """The first slice takes 50 ms and the piece it is at; the bounds leave a busy machine room."""
    engine = ls.Engine()
    engine.slice(SLOW)  # a warm server has the network built
    begun = time.monotonic()
    pieces = streamed(engine, SLOW)
    metas = read_frames([next(pieces)])
    assert time.monotonic() - begun < 2.0
    while not surfaces(metas):
        metas += read_frames([next(pieces)])
    pieces.close()
    assert metas[-1]["progress"] < 0.5
    assert surfaces(metas)[0]["z"][0].size < 0.1 * 60 * 60
    assert time.monotonic() - begun < 8.0


def test_the_first_frame_has_the_words_and_later_ones_do_not_repeat_them(
    many_pieces: None, small: ls.Scene, read_frames: ReadFrames
) -> None:
    metas = read_frames(streamed(ls.Engine(), small))
    first, *later = pictures(metas)
    assert len(later) > 5
    assert first["title"] == sentence(small)
    assert all(meta["title"] is None for meta in metas if meta is not first)


DRAWN = {
    "mini-batches": {"batch": 7, "optimizer": {"kind": "adam", "lr": 0.05}},
    "noise": {"noise": 0.3},
    "random search": {"optimizer": {"kind": "random_search", "scale": 1}},
    "local search": {"optimizer": {"kind": "local_search"}},
}


@pytest.mark.parametrize("run", DRAWN.values(), ids=list(DRAWN))
def test_an_address_walks_on_the_page_as_in_a_script(
    run: dict[str, Any], small: ls.Scene, read_frames: ReadFrames
) -> None:
    """What is drawn is drawn by the address alone: another engine, asked by another road, sends the same numbers."""
    fields = small.model_dump(exclude={"runs", "race"}) | {"runs": [{"starts": [[1, 1], "initial"], "steps": 25} | run]}
    address = ls.Scene.model_validate(fields).to_query()
    server, engine = Flask("test"), ls.Engine()
    stream_module.register(server, engine, painters(engine))
    metas = read_frames([server.test_client().get(f"/stream?{address}").data])
    sent = [meta["paths"] for meta in metas if meta["paths"] is not None][-1]
    walked = ls.descend(ls.Scene.from_query(address))
    assert len(sent) == len(walked) == 2
    for got, path in zip(sent, walked, strict=True):
        for series in ("step", "a", "b", "loss"):
            np.testing.assert_array_equal(got[series], narrow(getattr(path, series)), strict=True)
        assert np.ptp(path.a) > 0


@pytest.mark.parametrize("lesson", [None, "valley", "false-minima"])
def test_the_numbers_are_the_engines_own_in_single_precision(
    lesson: str | None, small: ls.Scene, read_frames: ReadFrames
) -> None:
    scene = ls.lesson(lesson) if lesson else small
    metas = read_frames(streamed(ls.Engine(), scene))
    want, drawn = ls.surface(scene), surfaces(metas)[-1]
    np.testing.assert_array_equal(drawn["z"][0], want.loss.astype(np.float32), strict=True)
    np.testing.assert_array_equal(drawn["x"][0], want.a.astype(np.float32), strict=True)
    np.testing.assert_array_equal(drawn["y"][0], want.b.astype(np.float32), strict=True)
    sent = [meta["paths"] for meta in metas if meta["paths"] is not None][-1]
    walked = ls.descend(scene)
    assert len(sent) == len(walked)
    for got, path in zip(sent, walked, strict=True):
        for series in ("step", "a", "b", "loss"):
            np.testing.assert_array_equal(got[series], getattr(path, series).astype(np.float32), strict=True)
        shown = extent(scene.grid.a, scene.grid.b, want, walked)
        lift = LIFT * (shown.loss[1] - shown.loss[0])
        np.testing.assert_allclose(got["height"], path.loss - shown.base + lift, rtol=1e-6)
        np.testing.assert_array_equal(got["level"], path.loss.astype(np.float32), strict=True)
        assert got["status"] == path.status
    assert [path["mark"] for path in sent] == list(SYMBOLS[: len(sent)])


def test_the_contour_shows_what_the_surface_shows(small: ls.Scene, read_frames: ReadFrames) -> None:
    metas = read_frames(streamed(ls.Engine(), small))
    maps = [u["data"] for meta in metas for u in meta["updates"] if u["graph"] == Id.CONTOUR and "z" in u["data"]]
    np.testing.assert_array_equal(maps[-1]["z"][0], surfaces(metas)[-1]["z"][0])


def test_coarse_to_fine_and_never_back(many_pieces: None, small: ls.Scene, read_frames: ReadFrames) -> None:
    metas = read_frames(streamed(ls.Engine(), small))
    progress = [meta["progress"] for meta in metas]
    assert all(earlier < later for earlier, later in itertools.pairwise(progress))
    assert (0 < progress[0] < 0.5, progress[-1]) == (True, 1.0)
    drawn = [bool(meta["updates"]) for meta in metas]
    words = ["computing", "sharpening"]
    assert [meta["word"].split(" ")[0] for meta in metas[:-1]] == [
        words[any(drawn[: n + 1])] for n in range(len(metas) - 1)
    ]
    sizes = [data["z"][0].size for data in surfaces(metas)]
    assert sizes == sorted(set(sizes))
    assert sizes[0] == 4 * 4
    assert len(sizes) == 3  # one picture for each pass, and none twice
    assert sizes[-1] == 13 * 11
    walked = [sum(path["step"].size for path in meta["paths"]) for meta in metas if meta["paths"] is not None]
    assert walked == sorted(walked)
    assert len(walked) > 3


def test_heights_beyond_single_precision_stay_finite(read_frames: ReadFrames) -> None:
    far = {"model": {"kind": "function", "name": "valley"}, "grid": {"a": [-1, 1], "b": [-1, 1]}}
    run = {"optimizer": {"kind": "gradient_descent", "lr": 100.0}, "starts": [[1, 1]], "steps": 40}
    scene = ls.Scene.model_validate(far | {"runs": [run]})
    metas = read_frames(streamed(ls.Engine(), scene))
    (path,) = [meta["paths"] for meta in metas if meta["paths"] is not None][-1]
    assert ls.descend(scene)[0].loss.max() > np.finfo(np.float32).max
    for series in ("a", "b", "loss", "height"):
        assert np.isfinite(path[series]).all()


def test_a_closed_stream_computes_no_more_and_frees_its_turn(many_pieces: None, small: ls.Scene) -> None:
    engine = ls.Engine()
    pieces = streamed(engine, small)
    next(pieces)
    next(pieces)
    pieces.close()
    assert engine.computed == 2
    assert_nobody_computes()


def test_a_stream_that_nobody_listens_to_any_more_ends(many_pieces: None, small: ls.Scene) -> None:
    engine, gone = ls.Engine(), False
    pieces = frames(engine, small, View(), painters(engine), gone=lambda: gone)
    for _ in range(3):
        next(pieces)
    gone = True
    assert list(pieces) == []
    assert engine.computed == 3
    assert_nobody_computes()


def test_the_next_stream_goes_on_where_a_closed_one_stopped(
    many_pieces: None, small: ls.Scene, read_frames: ReadFrames
) -> None:
    whole = ls.Engine()
    read_frames(streamed(whole, small))
    engine = ls.Engine()
    pieces = streamed(engine, small)
    for _ in range(4):
        next(pieces)
    pieces.close()
    metas = read_frames(streamed(engine, small))
    assert metas[-1]["done"]
    assert engine.computed == whole.computed
    assert pictures(metas)[0]["title"] is not None  # the browser that comes back knows nothing


def test_a_stream_ends_in_time_and_asking_again_finishes_the_scene(
    many_pieces: None, small: ls.Scene, read_frames: ReadFrames, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream_module, "LENGTH", 0.0)
    engine = ls.Engine()
    metas = read_frames(streamed(engine, small))
    assert len(metas) == engine.computed == 1
    assert not metas[-1]["done"]
    rounds = 1
    while not metas[-1]["done"]:
        metas = read_frames(streamed(engine, small))
        rounds += 1
        assert rounds < 500
    assert surfaces(metas)[-1]["z"][0].size == 13 * 11


def test_paths_that_grow_are_drawn_now_and_then(
    many_pieces: None, small: ls.Scene, read_frames: ReadFrames, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Finer surfaces, the moment in which all have set out, and the end are drawn at once.

    In between frames are small and tell of progress.
    """
    monkeypatch.setattr(stream_module, "PICTURE", 1e9)
    metas = read_frames(streamed(ls.Engine(), small))
    drawn = pictures(metas)
    alone = [meta for meta in drawn if not any("z" in update["data"] for update in meta["updates"])]
    assert len(drawn) == len(surfaces(metas)) + len(alone)
    assert len(alone) <= 2
    begun = [all(path["step"].size for path in meta["paths"]) for meta in drawn]
    assert all(meta is drawn[begun.index(True)] or meta is metas[-1] for meta in alone)
    assert drawn[-1] is metas[-1]
    assert len(metas) > 2 * len(drawn)
    for meta in metas:
        if not meta["updates"]:
            assert (meta["paths"], meta["title"], meta["props"]) == (None, None, {})
    ends = [path["step"][-1] for path in drawn[-1]["paths"]]
    assert ends == [30, 20, 20]


def test_losses_that_follow_a_path_are_sent(
    small: ls.Scene, read_frames: ReadFrames, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has no more steps than before, but more of it is known."""
    monkeypatch.setattr(stream_module, "PICTURE", 0.0)
    engine = ls.Engine()
    last = engine.advance(small, 10.0)
    path, *others = last.paths
    ahead = dataclasses.replace(path, loss=np.where(path.step < 10, path.loss, np.nan), status=ls.Status.RUNNING)
    behind = dataclasses.replace(last, paths=(ahead, *others), progress=0.9, done=False)
    coming = iter((behind, behind, last))
    monkeypatch.setattr(engine, "advance", lambda scene, budget: next(coming))
    metas = read_frames(streamed(engine, small))
    assert [meta["paths"] is not None for meta in metas] == [True, False, True]
    assert np.isfinite(metas[0]["paths"][0]["loss"]).sum() == 10
    assert np.isfinite(metas[2]["paths"][0]["loss"]).all()


def test_progress_never_falls(small: ls.Scene, read_frames: ReadFrames, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever becomes of the cache and of what the process keeps."""
    engine, shares = ls.Engine(), iter((0.2, 0.5, 0.1, 0.6))
    frame = engine.advance(small, 10.0)

    def advance(scene: ls.Scene, budget: float | None) -> ls.Frame:
        share = next(shares, 1.0)
        return dataclasses.replace(frame, progress=share, done=share == 1)

    monkeypatch.setattr(engine, "advance", advance)
    metas = read_frames(streamed(engine, small))
    assert [meta["progress"] for meta in metas] == [0.2, 0.5, 0.5, 0.6, 1.0]
    assert metas[2]["word"] == "sharpening 50 %"


@pytest.fixture
def corrupt_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """MNIST files that hold something else."""
    folder = tmp_path / "mnist"
    folder.mkdir()
    for split, part in itertools.product(("train", "t10k"), ("images-idx3", "labels-idx1")):
        (folder / f"{split}-{part}-ubyte.gz").write_bytes(b"not the digits")
    monkeypatch.setenv("LANDSCAPE_DATA", str(tmp_path))


def test_corrupt_data_is_said_in_the_stream(corrupt_files: None, read_frames: ReadFrames) -> None:
    (meta,) = read_frames(streamed(ls.Engine(), ls.lesson("mnist-100")))
    assert meta["done"]
    assert "train-" in meta["error"]
    assert (meta["updates"], meta["paths"]) == ([], None)
    assert_nobody_computes()


def test_an_address_whose_data_are_corrupt_streams_the_digits(corrupt_files: None, read_frames: ReadFrames) -> None:
    server, engine = Flask("test"), ls.Engine()
    stream_module.register(server, engine, painters(engine))
    metas = read_frames([server.test_client().get("/stream?lesson=mnist-100").data])
    assert "handwritten digits (8 x 8)" in next(meta["title"] for meta in metas if meta["title"])
    assert not any("error" in meta for meta in metas)


def assert_nobody_computes() -> None:
    """Both turns of computing are free."""
    with stream_module.COMPUTING.ask() as first, stream_module.COMPUTING.ask() as second:
        assert first.comes(0)
        assert second.comes(0)


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([1.0, 2.0], np.float32),
        ([5.0, 5.0], np.float32),
        ([], np.float32),
        ([np.nan, 1.0], np.float32),
        ([1e6, 1e6 + 1e-3], np.float64),
        ([1e39, 0.0], np.float64),
        ([1.0, 1.0 + 1e-9], np.float64),
    ],
)
def test_single_precision_where_it_can_tell_the_values_apart(values: list[float], kind: type) -> None:
    sent = narrow(np.array(values))
    assert sent.dtype == kind
    finite = [value for value in values if np.isfinite(value)]
    span = max(finite, default=0.0) - min(finite, default=0.0)
    np.testing.assert_allclose(sent, values, rtol=6e-8, atol=1e-4 * span)


def test_a_scene_in_which_nobody_walks(read_frames: ReadFrames, small: ls.Scene) -> None:
    metas = read_frames(streamed(ls.Engine(), small.model_copy(update={"runs": ()})))
    assert metas[-1]["done"]
    assert metas[-1]["count"]["end"] == 0
    assert [meta["paths"] for meta in metas if meta["paths"] is not None] == [[]]


def test_the_look_is_drawn_and_computes_nothing(read_frames: ReadFrames, small: ls.Scene) -> None:
    engine = ls.Engine()
    plain = read_frames(streamed(engine, small))
    computed = engine.computed
    green = read_frames(streamed(engine, small, View(colours="viridis")))
    assert engine.computed == computed
    assert surfaces(plain)[-1]["colorscale"] == ["Cividis"]
    assert surfaces(green)[-1]["colorscale"] == ["Viridis"]


def test_the_card_tells_of_a_weight_from_a_blank_pixel(read_frames: ReadFrames) -> None:
    """Pixel 0, the upper left corner, and pixel 32 are blank in all 1,797 digits."""
    changes = {"plane.first": "W1,3,0", "plane.second": "W1,3,32", "grid.resolution": "5,5", "runs.0.steps": "3"}
    blank = ls.revise(ls.Scene(), changes).scene
    assert blank is not None
    text = str(read_frames(streamed(ls.Engine(), blank))[-1]["props"])
    assert "cannot move the loss" in text
    assert "0 (row 0, column 0) and 32 (row 4, column 0)" in text


def test_when_all_have_set_out_it_is_drawn_at_once(
    many_pieces: None, small: ls.Scene, read_frames: ReadFrames, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Behind a surface that is there already only the moment in which all have begun, and the end, are drawn."""
    monkeypatch.setattr(stream_module, "PICTURE", 1e9)
    engine = ls.Engine()
    engine.surface(small)
    first, set_out, end = pictures(read_frames(streamed(engine, small)))
    assert not any(path["step"].size for path in first["paths"])
    assert all(path["step"].size > 0 for path in set_out["paths"])
    assert any(path["status"] == ls.Status.RUNNING for path in set_out["paths"])
    assert end["done"]


def test_a_race_of_eight_is_drawn_as_it_begins_and_ends_soon(mnist_files: Path, read_frames: ReadFrames) -> None:
    """The first 100 steps of every run within half a second, all 1,000 within three, in the plane on 1,000 digits."""
    kinds = ("gradient_descent", "momentum", "nesterov", "adam", "rmsprop", "adagrad", "adamax", "nadam")
    race = ls.Scene.model_validate(
        {
            "model": {"kind": "mlp", "hidden": [50, 500], "bias": False, "seed": 135},
            "data": {"kind": "mnist", "samples": 1000},
            "plane": {"kind": "weights", "first": ["W3", 5, 250], "second": ["W3", 5, 251]},
            "grid": {"a": [-15, 17], "b": [-15, 18], "resolution": [40, 40]},
            "runs": [{"optimizer": {"kind": kind}, "starts": [[-9, 15]], "steps": 1000} for kind in kinds],
        }
    )
    assert race.data is not None
    race.data.load()  # a warm server has the files in its hands
    begun, seen = time.monotonic(), {}
    for piece in streamed(ls.Engine(), race):
        (meta,) = read_frames([piece])
        reached = min((path["step"][-1] if path["step"].size else 0 for path in meta["paths"] or ()), default=0)
        seen |= {steps: time.monotonic() - begun for steps in (100, 1000) if reached >= steps and steps not in seen}
    print(f"\n100 steps of all eight after {seen[100]:.2f} s, 1,000 after {seen[1000]:.2f} s")
    assert seen[100] <= 0.5
    assert seen[1000] <= 3.0
