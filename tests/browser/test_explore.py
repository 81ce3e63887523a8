"""A scene of one's own, opened from Python: the page begins with its picture, its words and its weights."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import landscape as ls
from tests.browser.conftest import Desk, PageAt
from tests.landscape.conftest import register  # noqa: F401 (a fixture)

pytestmark = pytest.mark.usefixtures("register")


def test_the_page_opens_on_the_users_own_scene(page_at: PageAt) -> None:
    def loss(theta: Any) -> float:
        return float(np.sum((theta - 1) ** 2) + np.cos(3 * theta[0]))

    def gradient(theta: Any) -> Any:
        slope = 2 * (theta - 1)
        slope[0] -= 3 * np.sin(3 * theta[0])
        return slope

    ls.register("chain", loss, np.zeros(8), gradient=gradient, blocks={"0.weight": (2, 3), "0.bias": (2,)},
                text="the energy of a chain")  # fmt: skip
    plane = {"kind": "weights", "first": ["0.weight", 0, 0], "second": ["0.bias", 1]}
    scene = ls.Scene.model_validate({"model": {"kind": "chain"}, "plane": plane, "grid": {"resolution": [9, 7]}})
    with ls.explore(scene, browser=False, block=False) as page:
        address, query = page.url.split("/?")
        desk = Desk(page_at(), address).open(f"/?{query}")
        assert desk.text("sentence").startswith(
            "The energy of a chain over two of its 8 weights, 0.weight[0,0] and 0.bias[1]"
        )
        surface = next(trace for trace in desk.drawn()["surface"] if trace["type"] == "surface" and trace["z"])
        np.testing.assert_allclose(surface["z"], ls.surface(scene).loss, rtol=1e-6)
        assert desk.field("plane.first").input_value() == "0.weight"
        with desk.change():
            desk.fill("plane.first", "1", part=1)
        assert "plane.first=0.weight,1,0" in desk.search()
        assert desk.text("notices") == ""
        with desk.change():
            desk.page.get_by_role("tab", name="Gradient check").click()
        assert desk.text("check-word").startswith("The gradient is right: every block agrees")
