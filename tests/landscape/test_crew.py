"""Who makes what when: what serves all points of a surface is made between its first pass and the others."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any, ClassVar, Literal

import numpy as np
import pytest

import landscape as ls
from landscape import crew, sheet
from landscape.models.base import Array, Indices, Model, Restriction


class Clock:
    """Time that passes only when somebody works."""

    def __init__(self) -> None:
        self.now = 0.0


CLOCK = Clock()


class Sliced(Restriction):
    """x^2 + y^2, for which something is to be prepared that takes a while."""

    floats, work, point_work = 2, 1000, 1000

    def __init__(self, needs: float) -> None:
        self.left, self.log = needs, list[Any]()

    def prepare(self, seconds: float) -> bool:
        done = min(seconds, self.left)
        CLOCK.now += done
        self.left -= done
        self.log.append(("prepare", self.left <= 0))
        return self.left <= 0

    def value(self, ab: Array, batch: Indices | None = None) -> Array:
        return np.square(ab).sum(axis=-1)

    def grid(self, a: Array, b: Array, dtype: Any = np.float64) -> Array:
        self.log.append((a.size * b.size, self.left <= 0))
        return np.asarray(a**2 + b[:, None] ** 2)


class Prepared(Model):
    uses_data: ClassVar[bool] = False
    noun: ClassVar[str] = "bowl"

    kind: Literal["prepared"] = "prepared"
    needs: float = 1.0

    def blocks(self, inputs: int, outputs: int) -> dict[str, tuple[int, ...]]:
        return {"x": (), "y": ()}

    def initial(self, inputs: int, outputs: int) -> Array:
        return np.zeros(2)

    def restrict(self, *_: Any) -> Iterator[Restriction]:
        return iter([Sliced(self.needs)])

    def work(self, inputs: int, outputs: int) -> int:
        return 1000


@pytest.fixture(autouse=True)
def by_the_clock(register, monkeypatch):
    register(Prepared)
    CLOCK.now = 0.0
    monkeypatch.setattr(crew, "monotonic", lambda: CLOCK.now)
    monkeypatch.setattr("landscape.engine.monotonic", lambda: CLOCK.now)
    monkeypatch.setattr(crew, "HAND_OVER", np.inf)
    monkeypatch.setattr(sheet, "TILE_SECONDS", 2e-4)  # 400 points


def scene(**model):
    grid = {"a": [-1, 1], "b": [-1, 1], "resolution": [40, 40]}
    return ls.Scene.model_validate({"model": {"kind": "prepared"} | model, "grid": grid, "runs": []})


def log_of(engine, scene):
    return engine.slice(scene).evaluator.log


def test_the_first_pass_is_shown_before_a_long_preparation_is_through():
    engine, long = ls.Engine(), scene(needs=0.95)
    first = engine.advance(long, 0.1)
    log = log_of(engine, long)
    assert first.surface.stride == 16
    assert log[0] == ("prepare", False)
    assert CLOCK.now == pytest.approx(0.1)  # the rest of the slice of time was spent on it
    assert [points for points, _ in log if points != "prepare"] == [16]
    calls = 0
    while (frame := engine.advance(long, 0.1)).surface.stride == 16:
        assert not frame.done
        calls += 1
        assert CLOCK.now == pytest.approx(0.1 * (calls + 1))  # slices keep their length
        assert calls < 20
    assert calls == 8
    while not frame.done:
        frame = engine.advance(long, 0.1)
    tiles = [(points, ready) for points, ready in log if points != "prepare"]
    assert all(ready for points, ready in tiles[1:])
    assert sum(points for points, _ in tiles) == 1600
    assert [ready for what, ready in log if what == "prepare"].count(True) == 1


def test_a_short_preparation_comes_first():
    engine, short = ls.Engine(), scene(needs=0.02)
    assert engine.advance(short, 0.1).surface is not None
    assert log_of(engine, short)[0] == ("prepare", True)
    assert all(ready for _, ready in log_of(engine, short))


def test_without_time_a_tile_is_made_all_the_same():
    engine, long = ls.Engine(), scene(needs=1.0)
    calls = 0
    while not engine.advance(long, 0.0).done:
        calls += 1
        assert engine.computed == calls < 100
    assert not any(what == "prepare" for what, _ in log_of(engine, long))


def test_whoever_wants_the_whole_surface_gets_it_in_one_go():
    engine, long = ls.Engine(), scene(needs=1.0)
    surface = engine.surface(long)
    np.testing.assert_allclose(surface.loss, surface.a**2 + surface.b[:, None] ** 2)
    tiles = [ready for what, ready in log_of(engine, long) if what != "prepare"]
    assert tiles == [True] * len(tiles)


def test_other_workers_prepare_for_themselves():
    with ThreadPoolExecutor(2) as pool:
        engine = ls.Engine(executor=pool)
        assert engine.surface(scene(needs=1.0)).stride == 1
    assert not any(what == "prepare" for what, _ in log_of(engine, scene(needs=1.0)))


def test_callers_of_the_same_surface_share_the_work(monkeypatch):
    """They are at two tiles at the same time: the first two wait for each other."""
    together, inner, first = Barrier(2), Sliced.grid, iter(range(2))

    def grid(self, a, b, dtype=np.float64):
        if next(first, None) is not None:
            together.wait(30)
        return inner(self, a, b, dtype)

    monkeypatch.setattr(crew, "monotonic", time.monotonic)
    engine, both = ls.Engine(), scene(needs=0.0)
    while engine.advance(both, 0.0).surface is None:
        pass
    monkeypatch.setattr(Sliced, "grid", grid)
    computed, missing = engine.computed, sum(1 for _ in engine._sheet(both).missing())
    with ThreadPoolExecutor(2) as pool:
        surfaces = [one.result(60) for one in [pool.submit(engine.surface, both) for _ in range(2)]]
    assert engine.computed == computed + missing
    assert surfaces[0] is surfaces[1]
