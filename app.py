"""The dashboard: ``create_app()`` for tests and servers, ``server`` for gunicorn, ``python app.py`` for one person."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass

from dash import Dash
from flask import Flask
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from components import guard, layout, stream, upload
from components.cache import make_cache
from components.controls import cube, settle
from components.index import index
from components.views import (
    arrows,
    basins,
    batch,
    contour,
    curve,
    norms,
    predictions,
    schedules,
    surface,
    tabs,
    words,
)
from landscape import Engine, Tables


@dataclass(frozen=True)
class Settings:
    """What the environment decides.

    Attributes:
        host: address to listen on; ``HOST``.
        port: port to listen on; ``PORT``.
        cache: where results are kept, see :func:`components.cache.make_cache`; ``LANDSCAPE_CACHE``.
    """

    host: str = "127.0.0.1"
    port: int = 8050
    cache: str = ""

    @classmethod
    def from_environment(cls) -> Settings:
        """The settings of this process.

        Raises:
            SystemExit: PORT is not a port.
        """
        port = os.environ.get("PORT") or "8050"
        if not port.isdecimal() or not 0 < int(port) < 65536:
            raise SystemExit(f"PORT must be a number from 1 to 65535. Got {port}.")
        return cls(os.environ.get("HOST") or "127.0.0.1", int(port), os.environ.get("LANDSCAPE_CACHE", ""))


def create_app(settings: Settings | None = None) -> Dash:
    """The whole app, ready to serve.

    Args:
        settings: by default those of the environment.
    """
    settings = settings or Settings.from_environment()
    server = Flask(__name__)
    app = Dash(__name__, server=server, title="Landscape", update_title="", index_string=index())
    cache = make_cache(server, settings.cache)
    engine = Engine(cache)
    upload.register(server, Tables(cache))
    app.layout = layout.layout
    layout.register(app)
    settle.register(app, engine)
    cube.register(app)
    pictures = [contour.painter(engine, tabs.tall), basins.paint, curve.paint, schedules.paint, surface.paint]
    asides = [norms.paint, predictions.paint, words.painter(engine), arrows.painter(engine), batch.paint]
    painters = [tabs.paint, *pictures, *asides]
    stream.register(server, engine, painters, tabs.aside)
    batch.register(server, engine)
    guard.register(server, engine)
    return app


def __getattr__(name: str) -> Flask:
    """``app:server``, made when gunicorn asks for it, so that importing this module starts nothing."""
    if name == "server":
        return create_app().server
    raise AttributeError(name)


class _Quiet(WSGIRequestHandler):
    """Keeps connections open, and says nothing of requests that went well."""

    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        if str(code)[:1] in "45":
            super().log_request(code, size)


def listen(app: Dash, host: str, port: int) -> BaseWSGIServer:
    """The app at an address, still to be served; port 0 stands for any that is free.

    Raises:
        OSError: the address is not to be had.
    """
    try:
        return make_server(host, port, app.server, threaded=True, request_handler=_Quiet)
    except SystemExit as error:  # so Werkzeug says that somebody else listens there
        raise OSError(f"{host}:{port} cannot be listened on.") from error


def main() -> None:
    """Serve one person, until Ctrl-C.

    Raises:
        SystemExit: the address is not to be had.
    """
    chosen = Settings.from_environment()
    app = create_app(chosen)
    try:
        server = listen(app, chosen.host, chosen.port)
    except OSError as error:
        raise SystemExit(f"{chosen.host}:{chosen.port} cannot be listened on; set HOST or PORT to another.") from error
    print(f"Landscape is at http://{chosen.host}:{chosen.port}  (Ctrl-C ends it)", flush=True)
    with suppress(KeyboardInterrupt):
        server.serve_forever()


if __name__ == "__main__":
    main()
