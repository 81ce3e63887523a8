"""Whether somebody still listens at the other end of a request."""

from __future__ import annotations

import select
from collections.abc import Callable, Mapping
from typing import Any

SOCKETS = ("gunicorn.socket", "werkzeug.socket")
"""Where the servers put a request's connection."""


def listener(environ: Mapping[str, Any]) -> Callable[[], bool]:
    """A function that says whether whoever sent a request has hung up.

    A server notices only at a write, and the first write after the end still succeeds. Where the connection
    cannot be looked at, the answer is no, and the writes have to tell.

    Args:
        environ: the request's WSGI environment.
    """
    connection = next((environ[name] for name in SOCKETS if name in environ), None)
    if connection is None or not hasattr(select, "poll"):
        return lambda: False

    def gone() -> bool:
        if connection.fileno() < 0:
            return True
        poll = select.poll()
        poll.register(connection, getattr(select, "POLLRDHUP", 0))  # the hang-up itself is always told
        return bool(poll.poll(0))

    return gone
