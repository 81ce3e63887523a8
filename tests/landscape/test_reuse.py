"""What is known of one grid is known of every other one that has the same points; counted point by point."""

from __future__ import annotations

from threading import Lock
from typing import Any, ClassVar, Literal

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import landscape as ls
from landscape import sheet
from landscape.models.base import Array, Model

counts = st.integers(3, 14)
quickly = settings(
    derandomize=True, deadline=None, database=None, max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip


class Waves(Model):
    """sin(steepness x) y + x^2, and how many points of it were computed."""

    uses_data: ClassVar[bool] = False
    noun: ClassVar[str] = "waves"
    points: ClassVar[int] = 0
    lock: ClassVar[Any] = Lock()

    kind: Literal["waves"] = "waves"
    steepness: float = 3.0

    def blocks(self, inputs: int, outputs: int) -> dict[str, tuple[int, ...]]:
        return {"x": (), "y": ()}

    def initial(self, inputs: int, outputs: int) -> Array:
        return np.zeros(2)

    def value(self, theta: Array, x: Array, y: Array) -> Array:
        with Waves.lock:
            Waves.points += theta.size // 2
        return np.sin(self.steepness * theta[..., 0]) * theta[..., 1] + theta[..., 0] ** 2

    def value_and_gradient(self, theta: Array, x: Array, y: Array) -> tuple[Array, Array]:
        raise NotImplementedError  # nobody walks here

    def work(self, inputs: int, outputs: int) -> int:
        return 1000


@pytest.fixture(autouse=True)
def waves(register, monkeypatch):
    register(Waves)
    monkeypatch.setattr(sheet, "TILE_SECONDS", 1e-5)  # 20 points


def scene(columns, rows, a=(-1.0, 2.0), b=(0.1, 0.7), **model):
    grid = {"a": a, "b": b, "resolution": [columns, rows]}
    return ls.Scene.model_validate({"model": {"kind": "waves"} | model, "grid": grid, "runs": []})


def counted(engine, scene):
    """The surface and how many points were computed for it."""
    before = Waves.points
    surface = engine.surface(scene)
    return surface, Waves.points - before


def assert_same(surface, other):
    for name in ("a", "b", "loss", "diverged"):
        assert getattr(surface, name).tobytes() == getattr(other, name).tobytes()


@quickly
@given(counts, counts, st.floats(-1e3, 1e3), st.floats(1e-3, 1e3))
def test_refining_to_twice_the_steps_computes_the_new_points_alone(columns, rows, low, width):
    engine, ends = ls.Engine(), (low, low + width)
    coarse, fine = scene(columns, rows, ends), scene(2 * columns - 1, 2 * rows - 1, ends)
    assert counted(engine, coarse)[1] == columns * rows
    surface, computed = counted(engine, fine)
    assert computed == (2 * columns - 1) * (2 * rows - 1) - columns * rows
    assert_same(surface, counted(ls.Engine(), fine)[0])


@quickly
@given(counts, counts, st.integers(1, 3))
def test_a_coarser_grid_computes_nothing_after_the_finer_one(columns, rows, doublings):
    engine, stride = ls.Engine(), 2**doublings
    fine, coarse = scene((columns - 1) * stride + 1, (rows - 1) * stride + 1), scene(columns, rows)
    engine.surface(fine)
    surface, computed = counted(engine, coarse)
    assert computed == 0
    assert surface.stride == 1
    assert_same(surface, counted(ls.Engine(), coarse)[0])


@quickly
@given(counts, counts)
def test_refining_step_by_step_computes_no_point_twice(columns, rows):
    engine, total = ls.Engine(), 0
    for _ in range(3):
        surface, computed = counted(engine, scene(columns, rows))
        total += computed
        assert total == columns * rows
        assert_same(surface, counted(ls.Engine(), scene(columns, rows))[0])
        columns, rows = 2 * columns - 1, 2 * rows - 1


OTHERS = [{"a": (-1.0, 2.0000001)}, {"a": (-1.1, 2.1)}, {"b": (0.1, 0.8)}, {"b": (0.0, 1.0)}, {"steepness": 3.0000001}]


@pytest.mark.parametrize("other", OTHERS, ids=str)
@pytest.mark.parametrize(("columns", "rows"), [(12, 9), (23, 17)])
def test_whatever_else_changes_nothing_is_taken_for_what_it_is_not(other, columns, rows):
    """Only a point that is the very same may be known already: the corners of a range that moves at one end."""
    engine = ls.Engine()
    known = engine.surface(scene(12, 9))
    changed = scene(columns, rows, **other)
    surface, computed = counted(engine, changed)
    same = np.isin(surface.a, known.a).sum() * np.isin(surface.b, known.b).sum()
    assert columns * rows - (0 if "steepness" in other else same) <= computed <= columns * rows
    assert_same(surface, counted(ls.Engine(), changed)[0])


def test_only_one_axis_finer_is_right_all_the_same():
    engine = ls.Engine()
    engine.surface(scene(12, 9))
    fine = scene(23, 9)
    assert_same(engine.surface(fine), ls.Engine().surface(fine))


def test_another_process_finds_the_coarse_points_too():
    """They are known by the cache alone."""
    cache = ls.MemoryCache()
    ls.Engine(cache).surface(scene(12, 9))
    assert counted(ls.Engine(cache), scene(12, 9))[1] == 0
    assert counted(ls.Engine(cache), scene(23, 17))[1] == 23 * 17 - 12 * 9


def test_looking_at_the_finer_grid_shows_the_coarse_one_at_once():
    engine = ls.Engine()
    coarse = engine.surface(scene(12, 9))
    frame = engine.advance(scene(23, 17), None)
    assert frame.surface.stride == 2
    assert_same(frame.surface, coarse)
    assert not frame.done


def test_a_model_added_again_finds_nothing_of_what_it_was(register):
    """Its meaning may have changed: the token in its digest has."""
    engine = ls.Engine()
    engine.surface(scene(12, 9))
    assert counted(engine, scene(12, 9))[1] == 0
    register(Waves)
    assert counted(engine, scene(12, 9))[1] == 12 * 9
