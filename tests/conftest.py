"""What the tests share: the browser and its flags, the MNIST files, a Redis server of their own."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from selenium.webdriver.chrome.options import Options

MNIST_FILES = tuple(
    f"{split}-{part}-ubyte.gz" for split in ("train", "t10k") for part in ("images-idx3", "labels-idx1")
)

CHROMIUM_FLAGS = (
    "--headless=new",
    "--no-sandbox",  # the tests also run as root in a container, where Chromium's sandbox cannot start
    "--use-gl=angle",  # WebGL in software: the same picture with and without a graphics card
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-dev-shm-usage",  # a container's /dev/shm is too small for the 3-D views
)


class Chromium(NamedTuple):
    """The browser of every journey: its program and the flags that it is started with."""

    path: str
    flags: tuple[str, ...]


class OptionsWithWholeConsole(Options):
    """Chromium's options, with every console message in the log: Dash's fixtures ask for errors only."""

    def set_capability(self, name: str, value: Any) -> None:
        super().set_capability(name, {"browser": "ALL"} if name == "goog:loggingPrefs" else value)


def pytest_setup_options() -> Options:
    """The options with which Dash's ``dash_br`` and ``dash_duo`` start Chromium."""
    options = OptionsWithWholeConsole()
    for flag in (*CHROMIUM_FLAGS, "--window-size=1440,900"):
        options.add_argument(flag)
    if path := _chromium_path():
        options.binary_location = path
    return options


@pytest.fixture(scope="session")
def chromium() -> Chromium:
    """Chromium of the system, for whoever starts it without Selenium."""
    path = _chromium_path()
    if path is None:
        pytest.fail("Chromium is not on the path (Debian package chromium); the browser tests need it.")
    return Chromium(path, CHROMIUM_FLAGS)


def _chromium_path() -> str | None:
    return os.environ.get("DASH_TEST_CHROMEPATH") or shutil.which("chromium")


@pytest.fixture(scope="session")
def mnist_files() -> Path:
    """The data directory, where it holds the four MNIST files; elsewhere the test is skipped with the reason."""
    data = Path(os.environ.get("LANDSCAPE_DATA") or Path.home() / ".cache" / "landscape")
    missing = [name for name in MNIST_FILES if not (data / "mnist" / name).is_file()]
    if missing:
        pytest.skip(f"the MNIST files are not in LANDSCAPE_DATA ({data / 'mnist'} lacks {', '.join(missing)})")
    return data


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a Redis server that lives as long as the test run and writes nothing to the disk."""
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("redis-server is not on the path (Debian package redis-server)")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder = tmp_path_factory.mktemp("redis")
    command = [
        program,
        "--port",
        str(port),
        "--bind",
        "127.0.0.1",
        "--dir",
        str(folder),
        "--save",
        "",
        "--appendonly",
        "no",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        assert process.stdout is not None
        said: list[str] = []
        for line in process.stdout:  # ends by itself if the server could not start
            said.append(line)
            if "ready to accept connections" in line.lower():
                break
        else:
            pytest.fail("redis-server did not start:\n" + "".join(said))
        try:
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            process.terminate()
            process.communicate(timeout=10)
