"""The dashboard on a scene of one's own, opened from Python: here, from elsewhere, in a script, in a notebook."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import webbrowser
from collections.abc import Callable, Iterable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import numpy as np
import pytest

import landscape as ls
from landscape import notebook
from tests.components.conftest import read_frames  # noqa: F401 (a fixture)
from tests.landscape.conftest import register  # noqa: F401 (a fixture)

ROOT = Path(__file__).resolve().parents[1]

LINES = """
import numpy as np, landscape as ls
ls.register("bowl", lambda theta: theta @ theta, np.ones(4), gradient=lambda theta: 2 * theta)
scene = ls.Scene.model_validate({"model": {"kind": "bowl"}})
"""


@pytest.fixture
def bowl(register: Any) -> ls.Scene:  # noqa: F811
    ls.register("bowl", lambda theta: theta @ theta, np.ones(4), gradient=lambda theta: 2 * theta)
    return ls.Scene.model_validate({"model": {"kind": "bowl"}, "grid": {"resolution": [5, 4]}})


def fetched(url: str) -> bytes:
    with urlopen(url, timeout=30) as answer:
        return bytes(answer.read())


def test_the_page_is_served_until_it_is_closed(
    bowl: ls.Scene,
    read_frames: Callable[[Iterable[bytes]], list[dict[str, Any]]],  # noqa: F811
    capsys: pytest.CaptureFixture[str],
) -> None:
    with ls.explore(bowl, browser=False, block=False) as page:
        host, query = page.url.split("/?")
        assert query == bowl.to_query()
        assert capsys.readouterr().out == f"The scene is at {page.url}\n"
        assert b"<title>Landscape</title>" in fetched(page.url)
        stream = fetched(f"{host}/stream?{query}")
        metas = read_frames(_cut(stream))
        assert metas[-1]["done"]
        titles = [meta["title"] for meta in metas if meta.get("title")]
        assert titles[0].startswith(
            "Your loss bowl over two of its 4 weights, theta[2] and theta[3]; Adam at rate 0.01"
        )
        drawn = [
            u["data"]["z"][0] for meta in metas for u in meta["updates"] if "z" in u["data"] and u["graph"] == "surface"
        ]
        np.testing.assert_allclose(drawn[-1], ls.surface(bowl).loss, rtol=1e-6)
        assert "closed" not in repr(page)
    assert "closed" in repr(page)
    with pytest.raises(URLError):
        fetched(page.url)
    page.close()  # a second time does nothing


def _cut(stream: bytes) -> Iterable[bytes]:
    """The frames of a whole stream, each behind its length."""
    while stream:
        length = 4 + int.from_bytes(stream[:4], "little")
        yield stream[:length]
        stream = stream[length:]


def test_it_opens_the_browser_or_is_shown_under_the_cell(bowl: ls.Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "open", opened.append)
    with ls.explore(bowl, block=False) as page:
        assert opened == [page.url]
    shown: list[Any] = []
    ipython, display = ModuleType("IPython"), ModuleType("IPython.display")
    vars(ipython)["get_ipython"] = lambda: SimpleNamespace(kernel=True)
    vars(display).update(display=shown.append, IFrame=lambda url, width, height: (url, width, height))
    monkeypatch.setitem(sys.modules, "IPython", ipython)
    monkeypatch.setitem(sys.modules, "IPython.display", display)
    with ls.explore(bowl) as page:  # and does not wait
        assert shown == [(page.url, "100%", notebook.HEIGHT)]
    assert len(opened) == 1


def test_an_address_that_is_taken_and_a_scene_without_a_link_are_refused(bowl: ls.Scene) -> None:
    with ls.explore(bowl, browser=False, block=False) as page:
        port = int(page.url.split(":")[2].split("/")[0])
        with pytest.raises(ls.LandscapeError, match=f"127.0.0.1:{port} cannot be listened on; choose another"):
            ls.explore(bowl, port=port, browser=False, block=False)
    ls.register("bowl", lambda theta: theta @ theta + 1, np.ones(4))
    with pytest.raises(ls.LandscapeError, match="No link leads to this scene any more"):
        ls.explore(bowl, browser=False, block=False)


def run(lines: str, path: Path, where: Path) -> subprocess.Popen[str]:
    """A script of these lines that finds the package in ``path``, run in another folder."""
    (where / "mine.py").write_text(HEARS + lines)
    environment = os.environ | {"PYTHONPATH": str(path), "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "mine.py"]
    return subprocess.Popen(
        command, cwd=where, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


HEARS = "import signal\nsignal.signal(signal.SIGINT, signal.default_int_handler)\n"
"""Also where these tests run behind a shell's back, which has its children ignore Ctrl-C."""


def test_a_script_elsewhere_serves_until_ctrl_c(tmp_path: Path) -> None:
    """The package is found alone, as by an editable install; beside the script lies another app."""
    (tmp_path / "app.py").write_text("raise SystemExit('this is not the dashboard')")
    (tmp_path / "found").mkdir()
    (tmp_path / "found" / "landscape").symlink_to(ROOT / "landscape")
    with run(LINES + "ls.explore(scene, browser=False)\nprint('behind')", tmp_path / "found", tmp_path) as process:
        try:
            assert process.stdout is not None
            said = process.stdout.readline()
            assert said.endswith("?model.kind=bowl  (Ctrl-C ends it)\n"), process.stderr and process.stderr.read()
            assert b"<title>Landscape</title>" in fetched(said.split()[4])
            process.send_signal(signal.SIGINT)
            out, errors = process.communicate(timeout=30)
            assert (process.returncode, out, errors) == (0, "behind\n", "")
        finally:
            process.kill()


def test_without_the_projects_folder_it_says_what_is_missing(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "landscape", tmp_path / "found" / "landscape", ignore=shutil.ignore_patterns("__pycache__"))
    with run(LINES + "ls.explore(scene, browser=False)", tmp_path / "found", tmp_path) as process:
        _, errors = process.communicate(timeout=60)
    assert "LibraryMissing: The dashboard is not installed with the package:" in errors
    assert "pip install -e" in errors
