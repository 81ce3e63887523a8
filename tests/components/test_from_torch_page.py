"""A PyTorch module of one's own opens with its surface, its descent and its gradient check."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pytest

import landscape as ls
from components.ids import Id
from components.link import read_address
from components.stream import frames
from components.views import contour, curve, surface, tabs, words
from tests.landscape.conftest import register  # noqa: F401 (a fixture)

torch = pytest.importorskip("torch", reason="torch is not installed: pip install -r requirements-torch.txt")
nn = torch.nn

pytestmark = pytest.mark.usefixtures("register")


def digits(count: int = 60) -> tuple[Any, Any]:
    samples = ls.Scene.from_query(f"data.samples={count}").data.load()
    return torch.tensor(samples.x, dtype=torch.float32), torch.tensor(samples.y.argmax(axis=1))


def test_a_module_of_ten_thousand_parameters_opens_with_surface_descent_and_check(
    read_frames: Callable[[Iterable[bytes]], list[dict[str, Any]]],
) -> None:
    """The lines of the README, and what the page streams then."""
    net, (x, y) = nn.Sequential(nn.Linear(64, 140), nn.Tanh(), nn.Linear(140, 10)), digits(40)
    scene = ls.from_torch(net, nn.CrossEntropyLoss(), (x, y))
    assert scene.parameters == 10_510
    opened = read_address(f"?{scene.to_query()}&grid.resolution=9,9&runs.0.steps=20&view.tab=check")
    assert opened.notices == []
    engine = ls.Engine()
    painters = [tabs.paint, surface.paint, contour.painter(engine), curve.paint, words.painter(engine)]
    metas: list[dict[str, Any]] = []
    while not (metas and metas[-1]["done"]):
        metas += read_frames(frames(engine, opened.scene, opened.view, painters, aside=tabs.aside))
    assert not [meta for meta in metas if "error" in meta]
    titles = [meta["title"] for meta in metas if meta.get("title")]
    assert titles[0] == (
        "The loss of your module on 40 samples of your batch along two filter-normalised random directions through its"
        " 10,510 initial weights; Adam at rate 0.01 on all weights from one start."
    )
    drawn = [u["data"] for meta in metas for u in meta["updates"] if u["graph"] == Id.SURFACE and "z" in u["data"]]
    assert np.isfinite(drawn[-1]["z"][0]).all()
    (path,) = next(meta["paths"] for meta in reversed(metas) if meta["paths"] is not None)
    assert path["loss"][-1] < 0.5 * path["loss"][0]
    said = [meta["props"][Id.CHECK_WORD]["children"] for meta in metas if Id.CHECK_WORD in meta["props"]]
    assert said[-1].startswith("The gradient is right: every block agrees")
