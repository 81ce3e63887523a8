"""The app's caches: plain bytes, shared by processes, and nothing in them is ever executed."""

from __future__ import annotations

import io
import pickle
import socket
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import redis
from flask import Flask

import landscape as ls
from components import cache as cache_module
from components.cache import Lenient, PlainBytes, make_cache
from landscape import sheet

VALUES = [b"", b"x", b"#12", b"=", b"\0" * 9, bytes(range(256)), 0, 7, 10**12]


class Trap:
    """Makes a file when it is unpickled."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return Path.touch, (self.marker,)


@pytest.fixture
def traps(tmp_path: Path) -> tuple[Path, list[bytes]]:
    """A file that must not come into being, and bytes that make it where they are unpickled."""
    marker = tmp_path / "sprung"
    pickled = pickle.dumps(Trap(marker))
    pickle.loads(pickled)
    assert marker.exists(), "the trap itself does not work"
    marker.unlink()
    return marker, [pickled, b"=" + pickled, b"#" + pickled]


def opened(place: str) -> Lenient:
    """A cache as one process opens it."""
    return make_cache(Flask("test"), place)


def finished(engine: ls.Engine, scene: ls.Scene) -> ls.Frame:
    while not (frame := engine.advance(scene, 10.0)).done:
        pass
    return frame


def assert_same(got: ls.Frame, want: ls.Frame) -> None:
    assert got.surface is not None
    assert want.surface is not None
    np.testing.assert_array_equal(got.surface.loss, want.surface.loss, strict=True)
    for left, right in zip(got.paths, want.paths, strict=True):
        np.testing.assert_array_equal(left.loss, right.loss, strict=True)
        np.testing.assert_array_equal(left.step, right.step, strict=True)
        assert left.message == right.message


@pytest.mark.parametrize("value", VALUES)
def test_plain_bytes_round_trip(value: bytes | int) -> None:
    plain, file = PlainBytes(), io.BytesIO()
    assert plain.loads(plain.dumps(value)) == value
    plain.dump(value, file)
    file.seek(0)
    assert plain.load(file) == value


@pytest.mark.parametrize("foreign", [None, b"", b"#", b"#1x", b"#-1", b"gibberish", pickle.dumps(5)])
def test_what_is_not_plain_is_nothing(foreign: bytes | None) -> None:
    assert PlainBytes().loads(foreign) is None


@pytest.mark.parametrize("place", ["memory", "folder", "redis"])
def test_every_cache_gives_back_what_it_took(
    place: str, tmp_path: Path, request: pytest.FixtureRequest, small: ls.Scene
) -> None:
    where = {"memory": lambda: "", "folder": lambda: str(tmp_path / "c"), "redis": redis_of(request)}[place]()
    cache = opened(where)
    assert cache.get("absent") is None
    values = [value for value in VALUES if isinstance(value, bytes) or place != "memory"]  # it counts their bytes
    assert len(values) >= 6
    for number, value in enumerate(values):
        cache.set(f"{place}/{number}", value)
    assert [cache.get(f"{place}/{number}") for number in range(len(values))] == values
    assert_same(finished(ls.Engine(cache), small), finished(ls.Engine(), small))


def redis_of(request: pytest.FixtureRequest) -> Callable[[], str]:
    """Starts Redis only for the test that wants it."""

    def address() -> str:
        where = request.getfixturevalue("redis_server")
        redis.from_url(where).flushall()
        return str(where)

    return address


def test_a_pickle_planted_in_a_folder_is_not_executed(
    tmp_path: Path, small: ls.Scene, traps: tuple[Path, list[bytes]]
) -> None:
    marker, pickles = traps
    folder = tmp_path / "cache"
    clean = finished(ls.Engine(opened(str(folder))), small)
    files = [path for path in folder.iterdir() if path.is_file()]
    assert len(files) > 5
    for number, path in enumerate(files):
        path.write_bytes(struct.pack("I", 0) + pickles[number % len(pickles)])
    engine = ls.Engine(opened(str(folder)))
    assert_same(finished(engine, small), clean)
    assert engine.computed > 5
    assert not marker.exists()


def test_a_pickle_planted_in_redis_is_not_executed(
    redis_server: str, small: ls.Scene, traps: tuple[Path, list[bytes]]
) -> None:
    marker, pickles = traps
    client = redis.from_url(redis_server)
    client.flushall()
    clean = finished(ls.Engine(opened(redis_server)), small)
    keys = list(client.scan_iter())
    assert len(keys) > 5
    assert all(key.startswith(b"landscape/") for key in keys)
    for number, key in enumerate(keys):
        client.set(key, pickles[number % len(pickles)])
    engine = ls.Engine(opened(redis_server))
    assert_same(finished(engine, small), clean)
    assert engine.computed > 5
    assert not marker.exists()


def test_what_lies_in_the_caches_is_no_pickle(tmp_path: Path, redis_server: str, small: ls.Scene) -> None:
    client = redis.from_url(redis_server)
    client.flushall()
    finished(ls.Engine(opened(str(tmp_path))), small)
    finished(ls.Engine(opened(redis_server)), small)
    stored = [path.read_bytes()[4:] for path in tmp_path.iterdir()] + [client.get(key) for key in client.scan_iter()]
    assert len(stored) > 10
    assert {data[:1] for data in stored} <= {b"=", b"#"}


@pytest.mark.parametrize("place", ["folder", "redis"])
def test_the_second_engine_computes_nothing(
    place: str, tmp_path: Path, request: pytest.FixtureRequest, small: ls.Scene
) -> None:
    where = str(tmp_path / "shared") if place == "folder" else redis_of(request)()
    first, second = ls.Engine(opened(where)), ls.Engine(opened(where))
    want = finished(first, small)
    assert first.computed > 5
    assert_same(finished(second, small), want)
    assert second.computed == 0


def test_the_memory_of_a_process_is_bounded_in_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Room for ten entries of 100 bytes: what was asked for last stays, and entries of no size are not counted."""
    monkeypatch.setattr(cache_module, "MEMORY", 1_000)
    cache = opened("")
    for number in range(60):
        cache.set(str(number), bytes([number]) * 100)
        assert cache.get(str(max(0, number - 9))) is not None or number == 0
        kept = [earlier for earlier in range(number + 1) if cache.get(str(earlier)) is not None]
        assert kept == list(range(max(0, number - 9), number + 1))
    cache.get("50")
    cache.set("60", b"x" * 100)
    assert (cache.get("50"), cache.get("51")) == (b"2" * 100, None)
    cache.set("wide", b"x" * 1_001)
    assert cache.get("wide") is None
    assert cache.get("60") == b"x" * 100, "what is too wide pushes nothing out"


def test_the_memory_of_a_process_holds_the_very_bytes_and_nobody_elses() -> None:
    first, second, value = opened(""), opened(""), b"#12" * 5
    first.set("key", value)
    assert first.get("key") is value
    assert second.get("key") is None


def test_the_memory_of_a_process_has_room_for_scenes() -> None:
    assert 64 << 20 <= cache_module.MEMORY <= 512 << 20


@pytest.mark.parametrize("place", ["memory", "folder", "dead redis"])
def test_every_cache_may_fail(place: str, tmp_path: Path, dead_redis: str) -> None:
    where = {"memory": "", "folder": str(tmp_path), "dead redis": dead_redis}[place]
    assert isinstance(opened(where), Lenient)


def test_a_full_cache_drops_some_and_keeps_most(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache_module, "ENTRIES", 30)
    cache = opened(str(tmp_path))
    fewest = 30
    for number in range(60):
        cache.set(str(number), b"x")
        if number >= 30:
            fewest = min(fewest, sum(cache.get(str(earlier)) is not None for earlier in range(number + 1)))
    assert cache.get("59") == b"x"
    assert sum(cache.get(str(number)) is not None for number in range(60)) <= 32
    assert fewest >= 15


@pytest.fixture
def dead_redis() -> str:
    """The address of a Redis that nobody runs, as after it was killed."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"redis://127.0.0.1:{probe.getsockname()[1]}/0"


def test_without_redis_the_numbers_come_all_the_same(dead_redis: str, small: ls.Scene) -> None:
    assert_same(finished(ls.Engine(opened(dead_redis)), small), finished(ls.Engine(), small))


def test_without_redis_a_scene_of_many_slices_is_done_too(
    dead_redis: str, small: ls.Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheet, "TILE_SECONDS", 2e-6)
    engine, reached = ls.Engine(opened(dead_redis)), 0.0
    while not (frame := engine.advance(small, 0.0)).done:
        assert frame.progress > reached
        reached = frame.progress
    assert_same(frame, finished(ls.Engine(), small))


def test_a_redis_that_comes_back_is_used_again(
    redis_server: str, small: ls.Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = redis.from_url(redis_server)
    client.flushall()
    monkeypatch.setattr(cache_module, "REST", 0.0)
    first = ls.Engine(opened(redis_server))
    client.config_set("maxclients", 1)  # ours is the one: the cache is refused
    try:
        finished(first, small)
        assert client.dbsize() == 0
    finally:
        client.config_set("maxclients", 1000)
    finished(ls.Engine(opened(redis_server)), small)
    assert client.dbsize() > 5


def test_what_came_while_redis_failed_is_brought_there_once_it_is_back(
    redis_server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A table that one process took is looked for by the others."""
    client = redis.from_url(redis_server)
    client.flushall()
    monkeypatch.setattr(cache_module, "REST", 0.0)
    first, second = ls.Tables(opened(redis_server)), ls.Tables(opened(redis_server))
    client.config_set("maxclients", 1)  # ours is the one: the cache is refused
    try:
        table = ls.hold_table(b"a,b\n" + b"1,2\n3,5\n" * 5, "a.csv", first, b"me")
        assert first.find(table.digest, b"me") is not None
    finally:
        client.config_set("maxclients", 1000)
    assert second.find(table.digest, b"me") is None
    assert first.find(table.digest, b"me") is not None
    assert second.find(table.digest, b"me") is not None
    assert second.find(table.digest, b"you") is None
