"""Real servers and real connections: whoever hangs up frees the cores at once."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event

import pytest
from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

import landscape as ls
from components import stream
from components.views import contour, curve, surface, words
from landscape.threads import cores

ROOT = Path(__file__).resolve().parents[2]
FREE = 0.3
"""Seconds after the end of a connection in which the cores have to be free, where nobody else is at them. They are
counted in time of the processor, for a busy machine only stretches what the clock shows."""

WATCHED = 0.5
"""Seconds for which it is watched that nothing is computed any more."""

STILL = 0.05
"""Seconds of the processor in that time which a server at rest may take."""

PATIENCE = 60.0
"""Seconds after which a server is taken never to answer."""

LONG = "data.samples=1500&plane.kind=random&grid.resolution=60,60&runs.0.steps=2000"
"""Minutes of work, tiles and chunks."""


def ask(port: int, query: str) -> socket.socket:
    """A connection on which a stream has been asked for, as by a browser."""
    connection = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
    connection.sendall(f"GET /stream?{query} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    return connection


def read_until(connection: socket.socket, pattern: bytes) -> bytes:
    """What comes until the pattern does."""
    data = b""
    while not re.search(pattern, data):
        piece = connection.recv(1 << 16)
        assert piece, data[:300]
        data += piece
    return data


def passes(seconds: float) -> None:
    """Time in which others may do what they should not."""
    Event().wait(seconds)


def assert_comes_to_rest(seconds: Callable[[], float], computed: Callable[[], int] = lambda: 0) -> None:
    """That from now on no more is worked than the cores can do in ``FREE`` seconds, and then nothing.

    Args:
        seconds: of the processor that were used so far.
        computed: pieces that were made so far.
    """
    begun, late = seconds(), time.monotonic() + PATIENCE
    while True:
        before = seconds(), computed()
        passes(WATCHED)
        if seconds() - before[0] <= STILL and computed() == before[1]:
            break
        assert time.monotonic() < late, "it works on"
    used = before[0] - begun
    assert used <= FREE * cores(), f"it worked {used:.2f} s on"


class Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


@pytest.fixture
def served() -> Iterator[tuple[ls.Engine, int]]:
    """An engine behind werkzeug's server, as ``python app.py`` starts it, and the port."""
    app, engine = Flask("test"), ls.Engine()
    painters = [surface.paint, contour.painter(engine), curve.paint, words.painter(engine)]
    stream.register(app, engine, painters)
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield engine, server.port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_hanging_up_in_the_middle_frees_the_cores(served: tuple[ls.Engine, int]) -> None:
    engine, port = served
    engine.slice(ls.Scene.from_query(LONG))  # a warm server has the network built
    for _ in range(2):
        with ask(port, LONG) as connection:
            read_until(connection, rb'"word":"sharpening')
            before = engine.computed
            while engine.computed < before + 3:
                read_until(connection, rb'"word":"sharpening')
        assert_comes_to_rest(time.process_time, lambda: engine.computed)
    assert not engine.advance(ls.Scene.from_query(LONG), None).done


def test_hanging_up_before_the_first_picture_frees_the_cores(served: tuple[ls.Engine, int]) -> None:
    engine, port = served
    with ask(port, LONG) as connection:
        read_until(connection, rb"HTTP/1.1 200")
    engine.slice(ls.Scene.from_query(LONG))  # reading and building come to their end first
    assert_comes_to_rest(time.process_time, lambda: engine.computed)


def test_hanging_up_in_the_queue_leaves_it_to_the_others(served: tuple[ls.Engine, int]) -> None:
    engine, port = served
    engine.slice(ls.Scene.from_query(LONG))
    crowd = [ask(port, LONG + f"&grid.a=-{number},1") for number in range(2, 8)]
    for connection in crowd:
        read_until(connection, rb"HTTP/1.1 200")
    with ask(port, "lesson=valley") as mine:
        for connection in crowd:
            connection.close()
        assert b'"done":true' in read_until(mine, rb'"done":true')
    passes(FREE)
    assert_comes_to_rest(time.process_time, lambda: engine.computed)


# --- as in the container ----------------------------------------------------------------------------------


@pytest.fixture
def gunicorn(tmp_path: Path) -> Iterator[tuple[int, int]]:
    """The app behind gunicorn with the settings of the container: the process and the port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = os.environ | {"PORT": str(port), "WEB_CONCURRENCY": "1", "LANDSCAPE_CACHE": str(tmp_path)}
    command = [sys.executable, "-m", "gunicorn", "app:server", "--log-level", "error"]
    server = subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True)
    try:
        late = time.monotonic() + PATIENCE
        while True:
            try:
                ask(port, "lesson=valley").close()
                break
            except ConnectionRefusedError:
                assert time.monotonic() < late
                assert server.poll() is None
                passes(0.1)
        yield server.pid, port
    finally:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()


def seconds_of(session: int) -> float:
    """Processor time of all processes of a session."""
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it has just ended
        if int(fields[3]) == session:
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processor time is read from /proc")
def test_hanging_up_behind_gunicorn_frees_the_cores(gunicorn: tuple[int, int]) -> None:
    session, port = gunicorn
    with ask(port, LONG) as connection:
        read_until(connection, rb'"word":"sharpening')
        busy = seconds_of(session)
        while seconds_of(session) < busy + 0.5:  # it is at work
            read_until(connection, rb'"word":"sharpening')
    assert_comes_to_rest(lambda: seconds_of(session))
