"""Journeys through the real app in a real Chromium, by Selenium (``open_app``) or Playwright (``page_at``)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
from dash import Dash
from dash.testing.browser import Browser
from playwright.sync_api import ConsoleMessage, Page, sync_playwright
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait
from werkzeug.serving import WSGIRequestHandler, make_server

Serve = Callable[[Dash], str]
OpenApp = Callable[..., Browser]
PageAt = Callable[..., Page]
CountColours = Callable[[Browser, WebElement], int]

FIRST_PICTURE = 30.0
"""Seconds that a busy machine may take to the first picture. A bound for the tests' sake, not the promise to users."""

NOT_OURS = (
    "GPU stall due to ReadPixels",  # Chromium, on WebGL in software
    "Automatic fallback to software WebGL",  # the same
    "Canvas2D: Multiple readback operations using getImageData",  # plotly.js, measuring its text in 3-D scenes
)
"""What the console says whatever the page does."""

HAS_SURFACE = """
    const plots = [...document.querySelectorAll('.js-plotly-plot')];
    return plots.some(plot => (plot._fullData || []).some(trace =>
        trace.type === 'surface' && trace.visible === true && trace.z && trace.z.length > 1));
"""

COUNT_COLOURS = """
    const [plot, done] = [arguments[0], arguments[arguments.length - 1]];
    Plotly.toImage(plot, {format: 'png', width: 800, height: 600}).then(url => {
        const image = new Image();
        image.onload = () => {
            const canvas = Object.assign(document.createElement('canvas'), {width: 800, height: 600});
            const context = canvas.getContext('2d');
            context.drawImage(image, 0, 0);
            done(new Set(new Uint32Array(context.getImageData(0, 0, 800, 600).data.buffer)).size);
        };
        image.src = url;
    }).catch(error => done(String(error)));
"""


class QuietHandler(WSGIRequestHandler):
    """Answers requests without a line for each in the report of a failing test."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


@contextmanager
def served(app: Dash) -> Iterator[str]:
    """Serves an app from threads of this process, as one gunicorn worker does; yields its address."""
    server = make_server("127.0.0.1", 0, app.server, threaded=True, request_handler=QuietHandler)
    thread = threading.Thread(target=server.serve_forever, name="app-server")
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def console_problems(entries: list[tuple[str, str]], allowed: list[str]) -> list[str]:
    """The warnings and errors among console entries ``(level, message)`` that nobody announced."""
    return [
        f"{level}: {message}"
        for level, message in entries
        if level.upper() in {"SEVERE", "ERROR", "WARNING"}
        and not any(part in message for part in (*NOT_OURS, *allowed))
    ]


@pytest.fixture(scope="session")
def distinct_colours() -> CountColours:
    """``distinct_colours(browser, plot)`` counts them in a plot's own 800 x 600 picture: dozens at most when it is
    blank, thousands when a surface is there.
    """

    def count(browser: Browser, plot: WebElement) -> int:
        browser.driver.set_script_timeout(30)
        colours = browser.driver.execute_async_script(COUNT_COLOURS, plot)
        assert isinstance(colours, int), colours
        return colours

    return count


@pytest.fixture
def allowed_in_console() -> list[str]:
    """A journey that provokes an error on purpose appends a part of the message that it expects."""
    return []


@pytest.fixture
def serve() -> Iterator[Serve]:
    """``serve(app)`` starts an app for this test and gives its address."""
    with ExitStack() as servers:
        yield lambda app: servers.enter_context(served(app))


@pytest.fixture(scope="session")
def app_url() -> Iterator[str]:
    """The address of the real app: one warm server for all the journeys, as in a class."""
    from app import create_app  # noqa: PLC0415 - the other tests of this folder's helpers need no app

    with served(create_app()) as url:
        yield url


@pytest.fixture
def open_app(request: pytest.FixtureRequest, dash_br: Browser, allowed_in_console: list[str]) -> Iterator[OpenApp]:
    """``open_app("/?lesson=valley")`` opens the page and waits for its first picture; the console must end clean.

    Keywords: ``url``, an address from ``serve`` instead of the shared app's; ``picture=False`` does not wait.
    """

    def open_path(path: str = "/", url: str | None = None, picture: bool = True) -> Browser:
        dash_br.wait_for_page((url or request.getfixturevalue("app_url")) + path)
        if picture:
            waiting = WebDriverWait(dash_br.driver, FIRST_PICTURE, poll_frequency=0.05)
            waiting.until(lambda driver: driver.execute_script(HAS_SURFACE), "No surface appeared.")
        return dash_br

    yield open_path
    entries = [(entry["level"], entry["message"]) for entry in dash_br.driver.get_log("browser")]
    assert console_problems(entries, allowed_in_console) == []


@pytest.fixture
def page_at(chromium: Any, allowed_in_console: list[str]) -> Iterator[PageAt]:
    """``page_at(390, 844)`` gives a blank Playwright page of that size; all consoles must end clean.

    Further keywords go to the browser context (``color_scheme="dark"``, ``reduced_motion="reduce"``).
    """
    entries: list[tuple[str, str]] = []

    def listen(message: ConsoleMessage) -> None:
        entries.append((message.type, message.text))

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.path, args=list(chromium.flags))

        def page(width: int = 1440, height: int = 900, **options: Any) -> Page:
            context = browser.new_context(viewport={"width": width, "height": height}, **options)
            opened = context.new_page()
            opened.on("console", listen)
            opened.on("pageerror", lambda error: entries.append(("error", str(error))))
            return opened

        yield page
        browser.close()
    assert console_problems(entries, allowed_in_console) == []
