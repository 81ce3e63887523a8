"""The route by which a table comes in: ``POST /table?file=<name>``, the file as the body, nothing else.

It has a limit of its own, the one of tables; whatever else is sent to the app keeps the small one of
``components/guard.py``. The answer is ``{"data": link text of the scene's data}``, or ``{"error": sentence}``,
which is no failure of the request where the file was read and is no table.
Other sites cannot send: they cannot set the header without being asked first, which no route here allows.
"""

from __future__ import annotations

from threading import BoundedSemaphore
from urllib.parse import urlencode

from flask import Flask, Response, jsonify, request
from werkzeug.exceptions import HTTPException

from components import visitor
from landscape import MOST_TABLE_BYTES, LandscapeError, Table, Tables, flatten, hold_table

HEADER = "X-Landscape"
"""Must say ``table``."""

AT_ONCE = 4
"""Files that are taken at the same time in a process; the threads that are left answer everybody else."""

PIECE = 64 << 10
"""Bytes that are read at a time."""

BUSY = "Others are sending their tables just now. Try again in a moment."
STRANGE = "A table is taken from this page only."
TORN = "The file did not come through whole. Choose it again."


def register(server: Flask, tables: Tables) -> None:
    """Serve the route; tables are held in ``tables``, each for its visitor alone."""
    visitor.register(server, tables)
    taking = BoundedSemaphore(AT_ONCE)

    @server.post("/table")
    def table() -> Response:
        if request.headers.get(HEADER) != "table" or _from_elsewhere():
            return _refused(403, STRANGE)
        if (request.content_length or 0) > MOST_TABLE_BYTES:
            return _refused(413, _too_large(request.content_length or 0))
        if not taking.acquire(blocking=False):
            return _refused(503, BUSY)
        try:
            return _taken(tables)
        finally:
            taking.release()


def _taken(tables: Tables) -> Response:
    try:
        data = _body()
    except HTTPException:  # too large, or it breaks off
        raise
    except Exception:  # a server's own word for chunks that are none; gunicorn's is of no kind that tells
        return _refused(400, TORN)
    if len(data) > MOST_TABLE_BYTES:
        return _refused(413, _too_large(None))
    word = visitor.secret()
    try:
        made = hold_table(data, request.args.get("file", ""), tables, word.encode())
    except LandscapeError as error:
        return _refused(200, str(error))
    response = jsonify(data=link_text(made))
    visitor.remember(response, word)
    response.headers["Cache-Control"] = "no-store"
    return response


def link_text(data: Table) -> str:
    """A table as the part of a link that names it."""
    return urlencode(flatten(data, "data."))


def _body() -> bytes:
    """What was sent, up to one byte more than is taken."""
    request.max_content_length = MOST_TABLE_BYTES + PIECE  # in place of the limit of all other routes
    data = bytearray()
    while len(data) <= MOST_TABLE_BYTES and (piece := request.stream.read(PIECE)):
        data += piece
    return bytes(data[: MOST_TABLE_BYTES + 1])


def _from_elsewhere() -> bool:
    """Whether the browser says that another site asks."""
    return request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin"


def _too_large(size: int | None) -> str:
    got = "more" if size is None else f"{size:,}"
    return f"The file must have at most {MOST_TABLE_BYTES:,} bytes (5 MB). Got {got}."


def _refused(status: int, sentence: str) -> Response:
    response = jsonify(error=sentence)
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    return response
