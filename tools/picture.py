"""Makes the README's picture of the app: ``python -m tools.picture [docs/landscape.png]``.

Serves the app on a free port, opens it in Chromium, waits until the picture is complete, and takes it.
"""

from __future__ import annotations

import shutil
import sys
from threading import Thread

from playwright.sync_api import sync_playwright
from werkzeug.serving import make_server

from app import Settings, create_app

SIZE = {"width": 1440, "height": 900}
FLAGS = [
    "--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
COMPLETE = """() => document.querySelectorAll("#runs tbody tr").length > 0
    && !document.querySelector(".progress.busy")
    && document.querySelector("#surface .js-plotly-plot")?._fullData?.[0]?.z?.length > 0"""


def main(target: str = "docs/landscape.png") -> None:
    """Write the picture to ``target``."""
    server = make_server("127.0.0.1", 0, create_app(Settings()).server, threaded=True)
    Thread(target=server.serve_forever, daemon=True).start()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        page = browser.new_page(viewport=SIZE)
        page.goto(f"http://127.0.0.1:{server.server_port}/")
        page.wait_for_function(COMPLETE)
        page.evaluate("Promise.all([...document.querySelectorAll('.js-plotly-plot')].map((g) => Plotly.redraw(g)))")
        page.screenshot(path=target)
        browser.close()
    server.shutdown()


if __name__ == "__main__":
    main(*sys.argv[1:])
