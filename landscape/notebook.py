"""The dashboard on a scene of one's own, from a script, a prompt or a notebook."""

from __future__ import annotations

import importlib
import sys
import threading
import webbrowser
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from landscape.errors import LandscapeError, LibraryMissing
from landscape.link import MAX_LINK, read_query
from landscape.scene import Scene

ROOT = Path(__file__).resolve().parents[1]
"""The project's folder, where this package is used from there."""

HEIGHT = 900
"""Pixels of the dashboard inside a notebook."""


class Page:
    """A dashboard that is served from a thread of this process, until it is closed.

    Attributes:
        url: the address of the scene.
    """

    def __init__(self, server: Any, url: str) -> None:
        self.url = url
        self._server = server
        self._thread = threading.Thread(target=server.serve_forever, name="landscape-page", daemon=True)
        self._thread.start()

    def __repr__(self) -> str:
        return f"<the dashboard at {self.url}{'' if self._thread.is_alive() else ', closed'}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop serving; a second time does nothing."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()

    def wait(self) -> None:
        """Serve until Ctrl-C, then close."""
        with suppress(KeyboardInterrupt):
            while self._thread.is_alive():
                self._thread.join(1.0)
        self.close()


def explore(
    scene: Scene,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    browser: bool = True,
    block: bool | None = None,
) -> Page:
    """Open the dashboard on a scene, with all that is registered in this process.

    In a notebook it is shown under the cell, elsewhere in the web browser; its address is printed.

    Args:
        scene: what the page opens on.
        host: address to listen on.
        port: port to listen on; 0: any that is free.
        browser: whether to show it; otherwise it is only served.
        block: whether to wait until Ctrl-C. By default only in a script, which would end, and the page with it; at a
            prompt and in a notebook the page is served while you go on.

    Returns:
        A handle with ``.url`` and ``.close()``; ``with explore(scene, block=False) as page:`` closes it at the end.

    Raises:
        LibraryMissing: the dashboard is not here: it is part of the project's folder, not of the installed package.
        LandscapeError: the address is not to be had, or no link leads to the scene.
    """
    query = _link(scene)
    app = _application()
    try:
        server = app.listen(app.create_app(), host, port)
    except OSError as error:
        raise LandscapeError(f"{host}:{port} cannot be listened on; choose another host or port.") from error
    page = Page(server, f"http://{host}:{server.server_port}/{query and '?' + query}")
    kernel = _shell() if browser else None
    waits = _is_script() if block is None else block
    print(f"The scene is at {page.url}{'  (Ctrl-C ends it)' if waits else ''}", flush=True)
    if kernel is not None:
        _show(page.url)
    elif browser:
        webbrowser.open(page.url)
    if waits:
        page.wait()
    return page


def _link(scene: Scene) -> str:
    """The text after ? that leads to the scene.

    Raises:
        LandscapeError: none does.
    """
    query = scene.to_query()
    found, notices = read_query(query)
    if found == scene and not notices:
        return query
    if len(query) > MAX_LINK:
        raise LandscapeError(f"A scene's link may have {MAX_LINK:,} characters to be opened. Got {len(query):,}.")
    raise LandscapeError(
        f"No link leads to this scene any more: its kinds must be those that are registered now. Got {query[:200]}."
    )


def _application() -> Any:
    """The project's ``app``, whatever the current directory.

    Raises:
        LibraryMissing: it is not beside this package, or what it needs is not installed.
    """
    if not ((ROOT / "app.py").is_file() and (ROOT / "components").is_dir()):
        raise LibraryMissing(
            f"The dashboard is not installed with the package: {ROOT} has no app.py. It is part of the project's"
            " folder; put that on PYTHONPATH, or install it by pip install -e."
        )
    sys.path.insert(0, str(ROOT))
    try:
        import app  # noqa: PLC0415 (the one way from the numbers to the page)
    except ModuleNotFoundError as error:
        raise LibraryMissing(
            f"The dashboard needs {error.name}, which is not installed. pip install -r {ROOT / 'requirements.txt'}"
        ) from error
    finally:
        sys.path.remove(str(ROOT))
    if Path(app.__file__ or "").resolve() != ROOT / "app.py":
        raise LibraryMissing(f"The dashboard is {ROOT / 'app.py'}, but another app is imported: {app.__file__}.")
    return app


def _shell() -> Any:
    """IPython's shell where this is a notebook's kernel, which has imported it long ago; else None."""
    ipython = sys.modules.get("IPython")
    shell = None if ipython is None else ipython.get_ipython()
    return shell if shell is not None and hasattr(shell, "kernel") else None


def _show(url: str) -> None:
    shown = importlib.import_module("IPython.display")
    shown.display(shown.IFrame(url, width="100%", height=HEIGHT))


def _is_script() -> bool:
    """Whether nobody is at a prompt, so that the process ends with the last line."""
    return not (hasattr(sys, "ps1") or sys.flags.interactive or "IPython" in sys.modules)
