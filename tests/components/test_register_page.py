"""A model that is registered while the program runs has its controls on the page, and its pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pytest
from dash.development.base_component import Component

import landscape as ls
from components.controls import rail
from components.ids import Id
from components.link import View
from components.stream import frames
from components.views import contour, curve, surface, words
from tests.landscape.conftest import register  # noqa: F401 (a fixture)
from tests.landscape.test_register import FIELDS, Bowl

pytestmark = pytest.mark.usefixtures("register")


def scene() -> ls.Scene:
    ls.register(Bowl)
    return ls.Scene.model_validate(FIELDS)


def controls(parts: list[Component]) -> dict[str, Any]:
    """The rail's inputs by the key of their field."""
    everything = [found for part in parts for found in [part, *part._traverse()]]
    named = [found for found in everything if isinstance(getattr(found, "id", None), dict)]
    return {found.id["key"]: found for found in named if "key" in found.id}


def test_its_fields_have_controls_with_their_titles() -> None:
    shown = controls(rail.what(scene()))
    for name, declared in Bowl.model_fields.items():
        if name != "kind":
            assert shown[f"model.{name}"].label == declared.title
            assert shown[f"model.{name}"].description == declared.description
    assert shown["model.depth"].value == "2"
    assert shown["model.kind"].value == "bowl"
    assert {"value": "bowl", "label": "Bowl"} in shown["model.kind"].data


def test_its_weights_may_be_chosen() -> None:
    shown = controls(rail.where(scene(), View()))
    assert {"plane.first", "plane.second"} <= shown.keys()


def test_its_stream_ends_with_its_picture(read_frames: Callable[[Iterable[bytes]], list[dict[str, Any]]]) -> None:
    bowl, engine = scene(), ls.Engine()
    painters = [surface.paint, contour.painter(engine), curve.paint, words.painter(engine)]
    metas = read_frames(frames(engine, bowl, View(), painters))
    assert metas[-1]["done"] is True
    assert "error" not in metas[-1]
    drawn = [u["data"] for meta in metas for u in meta["updates"] if u["graph"] == Id.SURFACE and "z" in u["data"]]
    x, y = bowl.data.load().x.mean(axis=0)
    want = 2 * ((np.linspace(-2, 3, 7)[None, :] - x) ** 2 + (np.linspace(-1, 2, 5)[:, None] - y) ** 2)
    np.testing.assert_allclose(drawn[-1]["z"][0], want, rtol=1e-6)
    paths = [meta["paths"] for meta in metas if meta["paths"] is not None][-1]
    assert [path["step"].size for path in paths] == [13, 13]
