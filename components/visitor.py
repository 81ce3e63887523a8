"""Who asks, as far as tables go: a secret in a cookie, given with the first file.

A scene that comes from an address, a link or a field is nobody's: it names its table by the content's digest, which a
link carries to others. What an address opens is the visitor's (:func:`mine`): its table is looked for under the
visitor's secret, and all that is computed from it is kept under keys of the visitor's own. A scene that is nobody's
finds no table here, so that a way on which this is forgotten shows nothing.
"""

from __future__ import annotations

import re
import secrets

from flask import Flask, Response, current_app, has_request_context, request

from landscape import Scene, Table, Tables

COOKIE = "visitor"
"""Of this session of the browser: whoever sits down at a shared computer later has another."""

_SECRET = re.compile("[A-Za-z0-9_-]{43}")
_TABLES = "landscape-tables"


def register(server: Flask, tables: Tables) -> None:
    """Where the visitors' tables are."""
    server.extensions[_TABLES] = tables


def mine(scene: Scene) -> Scene:
    """The scene with its table looked for among those of whoever asks; itself where it has none.

    Outside a request nobody asks: then tables are those of :func:`landscape.read_table`.
    """
    if not isinstance(scene.data, Table) or not has_request_context() or _TABLES not in current_app.extensions:
        return scene
    return scene.model_copy(update={"data": scene.data.held_by(current_app.extensions[_TABLES], _secret().encode())})


def secret() -> str:
    """The visitor's, or a new one."""
    return _secret() or secrets.token_urlsafe(32)


def remember(response: Response, word: str) -> None:
    """Have the browser keep the visitor's secret, out of the reach of scripts and of other sites."""
    response.set_cookie(COOKIE, word, httponly=True, samesite="Strict", path="/", secure=request.is_secure)


def _secret() -> str:
    """What the browser brought; empty where that is none of ours, and nobody has a table under it."""
    word = request.cookies.get(COOKIE, "")
    return word if _SECRET.fullmatch(word) else ""
