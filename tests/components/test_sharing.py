"""A hundred who ask for the same at once: the work is done once, and nobody is left behind."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Lock
from typing import Any, ClassVar, Literal

import numpy as np
import pytest
from flask import Flask

import landscape as ls
from components import stream
from components.views import contour, curve, surface, words
from landscape import running, sheet
from landscape.models import models
from landscape.models.base import Array, Model

ReadFrames = Callable[[Iterable[bytes]], list[dict[str, Any]]]

CROWD = 100
PATIENCE = 300.0


class Counted(Model):
    """x^2 + y^2, and how many values and gradients of it were computed."""

    uses_data: ClassVar[bool] = False
    noun: ClassVar[str] = "bowl"
    values: ClassVar[int] = 0
    gradients: ClassVar[int] = 0
    lock: ClassVar[Any] = Lock()

    kind: Literal["counted"] = "counted"

    def words(self, inputs: int, outputs: int) -> str:
        return "a bowl"

    def loss_words(self) -> str:
        return "height"

    def blocks(self, inputs: int, outputs: int) -> dict[str, tuple[int, ...]]:
        return {"x": (), "y": ()}

    def initial(self, inputs: int, outputs: int) -> Array:
        return np.array([0.5, -0.5])

    def value(self, theta: Array, x: Array, y: Array) -> Array:
        with Counted.lock:
            Counted.values += theta.size // 2
        return np.square(theta).sum(axis=-1)

    def value_and_gradient(self, theta: Array, x: Array, y: Array) -> tuple[Array, Array]:
        with Counted.lock:
            Counted.gradients += theta.size // 2
        return np.square(theta).sum(axis=-1), 2 * theta

    def work(self, inputs: int, outputs: int) -> int:
        return 1000


@pytest.fixture(autouse=True)
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    kept = dict(models._kinds), dict(models._tokens)
    ls.register(Counted)
    monkeypatch.setattr(sheet, "TILE_SECONDS", 1e-5)  # 20 points
    monkeypatch.setattr(running, "CHUNK_SECONDS", 2e-4)
    Counted.values = Counted.gradients = 0
    yield
    models._kinds, models._tokens = kept


QUERY = "model.kind=counted&grid.a=-1,1&grid.b=-1,1&grid.resolution=33,33&runs.0.steps=50"


def served(engine: ls.Engine) -> Flask:
    server = Flask("test")
    stream.register(server, engine, [surface.paint, contour.painter(engine), curve.paint, words.painter(engine)])
    return server


def test_a_hundred_identical_cold_requests_do_the_work_once(read_frames: ReadFrames) -> None:
    alone = ls.Engine()
    (last,) = [read_frames([served(alone).test_client().get(f"/stream?{QUERY}").data])[-1]]
    assert last["done"]
    work = (alone.computed, Counted.values, Counted.gradients)
    assert Counted.values >= 33 * 33
    assert alone.computed > 30

    Counted.values = Counted.gradients = 0
    engine, together = ls.Engine(), Barrier(CROWD)
    server = served(engine)

    def visit(_: int) -> list[dict[str, Any]]:
        together.wait(PATIENCE)
        return read_frames([server.test_client().get(f"/stream?{QUERY}").data])

    with ThreadPoolExecutor(CROWD) as pool:
        answers = list(pool.map(visit, range(CROWD), timeout=PATIENCE))
    assert (engine.computed, Counted.values, Counted.gradients) == work
    want = ls.surface(ls.Scene.from_query(QUERY))
    for metas in answers:
        assert metas[-1]["done"]
        (drawn, *_) = [u["data"] for meta in reversed(metas) for u in meta["updates"] if "z" in u["data"]]
        np.testing.assert_allclose(drawn["z"][0], want.loss, rtol=1e-6)


def test_a_scene_that_was_seen_costs_nothing(read_frames: ReadFrames) -> None:
    server = served(ls.Engine())
    first = read_frames([server.test_client().get(f"/stream?{QUERY}").data])
    work = (Counted.values, Counted.gradients)
    (again,) = read_frames([server.test_client().get(f"/stream?{QUERY}").data])
    assert (Counted.values, Counted.gradients) == work
    assert again["done"]
    assert first[-1]["progress"] == again["progress"] == 1


def test_a_hundred_different_requests_all_come_to_their_end(read_frames: ReadFrames) -> None:
    """In a queue that nobody can jump; each scene costs what it costs alone."""
    engine, together = ls.Engine(), Barrier(CROWD)
    server = served(engine)

    def visit(number: int) -> dict[str, Any]:
        together.wait(PATIENCE)
        query = QUERY.replace("grid.a=-1,1", f"grid.a=-{1 + number / 7},1").replace("33,33", "9,9")
        return read_frames([server.test_client().get(f"/stream?{query}").data])[-1]

    with ThreadPoolExecutor(CROWD) as pool:
        answers = list(pool.map(visit, range(CROWD), timeout=PATIENCE))
    assert all(meta["done"] for meta in answers)
    assert Counted.values <= CROWD * 81 + 2 * 51  # the run is the same one in all of them
