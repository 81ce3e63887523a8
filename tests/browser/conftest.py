"""Journeys through the real app in a real Chromium, by Selenium (``open_app``) or Playwright (``page_at``)."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, NamedTuple

import pytest
from dash import Dash
from dash.testing.browser import Browser
from playwright.sync_api import Browser as PlaywrightBrowser
from playwright.sync_api import ConsoleMessage, Locator, Page, sync_playwright
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait
from werkzeug.serving import WSGIRequestHandler, make_server

from components import stream
from components.cache import make_cache

Serve = Callable[[Dash], str]
OpenApp = Callable[..., Browser]
PageAt = Callable[..., Page]
CountColours = Callable[[Browser, WebElement], int]

FIRST_PICTURE = 30_000
"""Milliseconds that a busy machine may take to the first picture: a bound for the tests' sake, not the promise."""

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

FINISHED = 60_000
"""Milliseconds that a scene may take to its last pass there."""

HAS_CONTROLS = "() => document.querySelector('#who')?.childElementCount > 0"
"""The controls come after the first picture."""

HAS_PICTURE = f"() => {{ {HAS_SURFACE} }}"

IS_FINISHED = """() => {
    const progress = document.querySelector('.progress');
    return progress && !progress.classList.contains('busy') && window.landscape.graphs.idle();
}"""

DRAWN = """() => {
    const list = (value) => (value === undefined || value === null ? null : Array.from(value, (inner) =>
        (ArrayBuffer.isView(inner) || Array.isArray(inner) ? Array.from(inner) : inner)));
    const drawn = {};
    for (const id of ['surface', 'contour', 'curve']) {
        const graph = document.querySelector(`#${id} .js-plotly-plot`);
        drawn[id] = graph.data.map(({ type, visible, x, y, z, text }) =>
            ({ type, visible, x: list(x), y: list(y), z: list(z), text: list(text) }));
    }
    for (const id of ['sentence', 'step-word', 'runs', 'card']) drawn[id] = document.getElementById(id).textContent;
    return drawn;
}"""

LOOK = """() => {
    const layout = (id) => document.querySelector(`#${id} .js-plotly-plot`)._fullLayout;
    const { eye, center, up } = layout('surface').scene._scene.getCamera();
    const range = (axis) => Array.from(layout('contour')[axis].range);
    return { eye, center, up, x: range('xaxis'), y: range('yaxis') };
}"""

GO = "(path) => { history.pushState(null, '', path); window.dispatchEvent(new PopStateEvent('popstate')); }"

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


class Recorder:
    """The app's cache, with the keys of everything that was computed: what is computed is kept."""

    def __init__(self, cache: Any) -> None:
        self._cache = cache
        self.kept: list[str] = []

    def get(self, key: str) -> Any:
        return self._cache.get(key)

    def set(self, key: str, value: bytes) -> Any:
        self.kept.append(key)
        return self._cache.set(key, value)

    def count(self, prefix: str = "") -> int:
        """How many pieces were computed: ``"tile/"`` of surfaces, ``"run/"`` of descents."""
        return sum(key.startswith(prefix) for key in self.kept)


class Listeners:
    """How many streams are open in the app, for whoever waits until none is."""

    def __init__(self) -> None:
        self._change = threading.Condition()
        self._open = 0

    def watched(self, frames: Callable[..., Iterator[bytes]]) -> Callable[..., Iterator[bytes]]:
        """The same frames, counted while they are asked for."""

        def watch(*args: Any) -> Iterator[bytes]:
            self._add(1)
            try:
                yield from frames(*args)
            finally:
                self._add(-1)

        return watch

    def _add(self, count: int) -> None:
        with self._change:
            self._open += count
            self._change.notify_all()

    def wait_until_none(self, timeout: float) -> bool:
        """Whether all streams ended within so many seconds."""
        with self._change:
            return self._change.wait_for(lambda: self._open == 0, timeout)


class Served(NamedTuple):
    """An app that runs: its address, what it computed, and its open streams."""

    url: str
    computed: Recorder
    listeners: Listeners


@pytest.fixture(scope="session")
def real_app() -> Iterator[Served]:
    """The real app: one warm server for all the journeys, as in a class."""
    import app as assembly  # noqa: PLC0415 - the other tests of this folder's helpers need no app

    recorders: list[Recorder] = []

    def recorded(*args: Any) -> Recorder:
        recorders.append(Recorder(make_cache(*args)))
        return recorders[-1]

    listeners = Listeners()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(assembly, "make_cache", recorded)
        patch.setattr(stream, "frames", listeners.watched(stream.frames))
        with served(assembly.create_app()) as url:
            yield Served(url, recorders[0], listeners)


@pytest.fixture(scope="session")
def app_url(real_app: Served) -> str:
    """The address of the real app."""
    return real_app.url


@pytest.fixture
def open_app(request: pytest.FixtureRequest, dash_br: Browser, allowed_in_console: list[str]) -> Iterator[OpenApp]:
    """``open_app("/?lesson=valley")`` opens the page and waits for its first picture; the console must end clean.

    Keywords: ``url``, an address from ``serve`` instead of the shared app's; ``picture=False`` does not wait.
    """

    def open_path(path: str = "/", url: str | None = None, picture: bool = True) -> Browser:
        dash_br.wait_for_page((url or request.getfixturevalue("app_url")) + path)
        if picture:
            waiting = WebDriverWait(dash_br.driver, FIRST_PICTURE / 1000, poll_frequency=0.05)
            waiting.until(lambda driver: driver.execute_script(HAS_SURFACE), "No surface appeared.")
        return dash_br

    yield open_path
    entries = [(entry["level"], entry["message"]) for entry in dash_br.driver.get_log("browser")]
    assert console_problems(entries, allowed_in_console) == []


UNFOLD = """node => {
    for (let fold = node.closest('details'); fold; fold = fold.parentElement.closest('details')) fold.open = true;
}"""
"""Shows what is folded away on the rail."""


class Desk:
    """One reader's window on the app: a Playwright page, and what every journey does with it."""

    def __init__(self, page: Page, url: str) -> None:
        self.page, self.url = page, url
        self.requests: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url.removeprefix(url)))

    def open(self, path: str = "/", *, finished: bool = True) -> Desk:
        """Open an address and wait for its first picture, or until it is complete."""
        self.page.goto(self.url + path, wait_until="commit")
        self.page.wait_for_function(HAS_PICTURE, timeout=FIRST_PICTURE)
        self.page.wait_for_function(HAS_CONTROLS, timeout=FIRST_PICTURE)
        if finished:
            self.wait_finished()
        return self

    def go(self, search: str, *, finished: bool = True) -> Desk:
        """Go to an address without loading the page anew, as Back and Forward do, and wait until it is complete."""
        if self.search() != search:
            with self.change(finished=finished):
                self.page.evaluate(GO, "/" + search)
        return self

    def wait_finished(self) -> None:
        """Until nothing is computed any more, and everything that came is drawn."""
        self.page.wait_for_function(IS_FINISHED, timeout=FINISHED)

    @contextmanager
    def change(self, *, finished: bool = True) -> Iterator[None]:
        """Do inside what asks for another scene: waits for its stream, and until it is complete."""
        with self.page.expect_request(lambda request: "/stream" in request.url, timeout=FIRST_PICTURE):
            yield
        if finished:
            self.wait_finished()

    def fill(self, key: str, value: str, part: int = 0) -> None:
        """Type a value into a field of the rail, by its dotted name, and press Enter."""
        place = self.field(key, part)
        place.evaluate(UNFOLD)
        place.fill(value)
        place.press("Control+Enter" if place.evaluate("node => node.tagName") == "TEXTAREA" else "Enter")
        place.blur()

    def choose(self, key: str, label: str, part: int = 0) -> None:
        """Choose from a list of the rail by what the choice is called."""
        place = self.field(key, part)
        place.evaluate(UNFOLD)
        place.click()
        self.page.get_by_role("option", name=label, exact=True).click()

    def field(self, key: str, part: int = 0) -> Locator:
        """The input of a field."""
        ident = json.dumps({"key": key, "part": part, "type": "field"}, separators=(",", ":"), sort_keys=True)
        return self.page.locator(f"[id='{ident}']")

    def press(self, action: str, index: int = 0) -> None:
        """Press a button of the rail: "suggest", "fit"; ``index`` where each run has its own."""
        name = json.dumps({"index": index, "name": action, "type": "action"}, separators=(",", ":"))
        place = self.page.locator(f"[id='{name}']")
        place.evaluate(UNFOLD)
        place.click()

    def error(self, key: str) -> str:
        """The sentence under a field, or nothing."""
        place = self.field(key).locator("xpath=ancestor::*[contains(@class, 'InputWrapper-root')][1]")
        return " ".join(place.locator(".mantine-InputWrapper-error").all_inner_texts())

    def text(self, id_: str) -> str:
        """What a component says."""
        return self.page.locator(f"#{id_}").inner_text()

    def search(self) -> str:
        """The address from ? on."""
        return str(self.page.evaluate("window.location.search"))

    def drawn(self) -> dict[str, Any]:
        """Every number that the three pictures hold, by graph; and the words."""
        return dict(self.page.evaluate(DRAWN))

    def look(self) -> dict[str, Any]:
        """Where the reader has put the camera and the contour's axes."""
        return dict(self.page.evaluate(LOOK))


Visit = Callable[..., Desk]


@pytest.fixture(scope="session")
def browser(chromium: Any) -> Iterator[PlaywrightBrowser]:
    """One Chromium for all the journeys; each has contexts of its own in it."""
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium.path, args=list(chromium.flags))
        yield launched
        launched.close()


@contextmanager
def clean_pages(browser: PlaywrightBrowser, allowed: list[str]) -> Iterator[PageAt]:
    """Blank pages that close at the end, when their consoles must be clean."""
    entries: list[tuple[str, str]] = []

    def listen(message: ConsoleMessage) -> None:
        entries.append((message.type, message.text))

    with ExitStack() as contexts:

        def page(width: int = 1440, height: int = 900, **options: Any) -> Page:
            context = browser.new_context(viewport={"width": width, "height": height}, **options)
            contexts.callback(context.close)
            opened = context.new_page()
            opened.on("console", listen)
            opened.on("pageerror", lambda error: entries.append(("error", str(error))))
            return opened

        yield page
    assert console_problems(entries, allowed) == []


@pytest.fixture
def page_at(browser: PlaywrightBrowser, allowed_in_console: list[str]) -> Iterator[PageAt]:
    """``page_at(390, 844)`` gives a blank Playwright page of that size; all consoles must end clean.

    Further keywords go to the browser context (``color_scheme="dark"``, ``reduced_motion="reduce"``).
    """
    with clean_pages(browser, allowed_in_console) as page:
        yield page


@pytest.fixture
def visit(page_at: PageAt, app_url: str) -> Visit:
    """``visit("/?lesson=valley", 390, 844)`` opens the app in a window of its own and waits for the whole picture."""

    def opened(path: str = "/", width: int = 1440, height: int = 900, *, finished: bool = True, **options: Any) -> Desk:
        return Desk(page_at(width, height, **options), app_url).open(path, finished=finished)

    return opened


@pytest.fixture(scope="module")
def desk(browser: PlaywrightBrowser, app_url: str) -> Iterator[Desk]:
    """One window for all the journeys of a module, which begin where they like; its console must end clean."""
    with clean_pages(browser, []) as page:
        yield Desk(page(), app_url).open()
