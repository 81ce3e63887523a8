"""Whether anybody listens: told by the connection itself."""

from __future__ import annotations

import select
import socket
from collections.abc import Iterator

import pytest

from components.listener import SOCKETS, listener

Pair = tuple[socket.socket, socket.socket]


@pytest.fixture
def pair() -> Iterator[Pair]:
    """A server's end and a browser's."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        browser = socket.create_connection(server.getsockname())
        ours, _ = server.accept()
        with ours, browser:
            yield ours, browser


@pytest.mark.parametrize("name", SOCKETS)
def test_a_browser_that_hangs_up_is_gone(pair: Pair, name: str) -> None:
    ours, browser = pair
    gone = listener({name: ours})
    assert not gone()
    ours.sendall(b"a frame")
    assert not gone()
    browser.close()
    assert select.select([ours], [], [], 10)[0]  # the news is here
    assert gone()


def test_a_browser_that_says_more_listens(pair: Pair) -> None:
    """A second request on the same connection."""
    ours, browser = pair
    browser.sendall(b"GET /")
    assert select.select([ours], [], [], 10)[0]
    assert not listener({SOCKETS[0]: ours})()


def test_a_connection_that_the_server_has_closed_is_gone(pair: Pair) -> None:
    ours, _ = pair
    gone = listener({SOCKETS[0]: ours})
    ours.close()
    assert gone()


def test_where_nothing_can_be_looked_at_somebody_listens(monkeypatch: pytest.MonkeyPatch, pair: Pair) -> None:
    assert not listener({})()
    pair[1].close()
    monkeypatch.delattr(select, "poll")
    assert not listener({SOCKETS[0]: pair[0]})()
