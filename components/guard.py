"""What stands between the network and the app: limits and health."""

from __future__ import annotations

from threading import Thread

from flask import Flask

from landscape import Engine, LandscapeError, Scene

MAX_BODY = 64 << 10
"""Bytes of a request's body; a page's largest is a fraction of it."""


def register(server: Flask, engine: Engine) -> None:
    """Set the limits, answer ``/healthz``, and make the first picture ready before the first visitor comes."""
    server.config["MAX_CONTENT_LENGTH"] = MAX_BODY

    @server.get("/healthz")
    def alive() -> tuple[str, dict[str, str]]:
        return "ok", {"Content-Type": "text/plain"}

    Thread(target=_warm, args=[engine], daemon=True).start()


def _warm(engine: Engine) -> None:
    try:
        while not engine.advance(Scene()).done:
            pass
    except LandscapeError:  # the visitor's own stream will say so
        return
