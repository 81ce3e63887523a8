"""What the tests of the page's server side share: a small scene, and a reader of the stream's frames."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import landscape as ls
from landscape.container import unpack

Meta = dict[str, Any]

BROKEN_FILES: dict[str, bytes | None] = {
    "no folder": None,
    "empty folder": None,
    "truncated": gzip.compress(bytes(5_000))[:-9],
    "too short": gzip.compress(bytes(5_000)),
    "no gzip": b"not the digits",
    "nothing in them": b"",
}
"""What stands in each of the four files; None where there are none."""

MNIST_FILES = [f"{part}-ubyte.gz" for part in ("train-images-idx3", "train-labels-idx1", "t10k-images-idx3",
                                               "t10k-labels-idx1")]  # fmt: skip


@pytest.fixture(params=BROKEN_FILES)
def no_digits(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A data directory from which MNIST cannot be had; a word that tells what is wrong with it."""
    content = BROKEN_FILES[request.param]
    monkeypatch.setenv("LANDSCAPE_DATA", str(tmp_path))
    if request.param != "no folder":
        (tmp_path / "mnist").mkdir()
    if content is None:
        return "The MNIST files are not here."
    for name in MNIST_FILES:
        (tmp_path / "mnist" / name).write_bytes(content)
    return "train-images-idx3-ubyte.gz"


@pytest.fixture(scope="session")
def small() -> ls.Scene:
    """A network small enough to be computed at once: 64-4-3-10 on 20 digits, three paths."""
    return ls.Scene.model_validate(
        {
            "model": {"kind": "mlp", "hidden": [4, 3], "seed": 2},
            "data": {"kind": "digits", "samples": 20},
            "plane": {"kind": "weights", "first": ["W3", 1, 0], "second": ["W3", 1, 2]},
            "grid": {"a": [-3, 3], "b": [-2, 2], "resolution": [13, 11]},
            "runs": [
                {"optimizer": {"kind": "adam", "lr": 0.1}, "starts": ["initial"], "steps": 30, "trains": "all"},
                {"optimizer": {"kind": "momentum", "lr": 0.5}, "starts": [[1, 1], [2, -1]], "steps": 20},
            ],
        }
    )


@pytest.fixture(scope="session")
def read_frames() -> Callable[[Iterable[bytes]], list[Meta]]:
    """The metas of all frames in some bytes, with their arrays put back."""

    def read(pieces: Iterable[bytes]) -> list[Meta]:
        data, metas = b"".join(pieces), []
        while data:
            length = int.from_bytes(data[:4], "little")
            assert len(data) >= 4 + length, "a frame is cut off"
            meta, arrays = unpack(data[4 : 4 + length])
            metas.append(_restored(meta, arrays))
            data = data[4 + length :]
        return metas

    return read


def _restored(value: Any, arrays: dict[str, np.ndarray]) -> Any:
    if isinstance(value, list):
        return [_restored(inner, arrays) for inner in value]
    if isinstance(value, dict):
        return arrays[value["$"]] if "$" in value else {key: _restored(inner, arrays) for key, inner in value.items()}
    return value
