"""A formula is typed and seen; a broken one is said under its field, and the last picture stays."""

from __future__ import annotations

from typing import Any

import numpy as np

import landscape as ls

KEY = "model.text"


def heights(desk: Any) -> Any:
    return np.array(desk.drawn()["surface"][0]["z"], dtype=float)


def test_a_formula_is_typed_and_seen(desk: Any) -> None:
    desk.go("?lesson=ravine")
    with desk.change():
        desk.choose("model.kind", "Formula")
    before = heights(desk)
    with desk.change():
        desk.fill(KEY, "sin(2*x) + max(x,  y)²/4")
    scene = ls.Scene.model_validate({"model": {"kind": "formula", "text": "sin(2*x) + max(x,  y)²/4"}})
    assert ls.Scene.from_query(desk.search()) == scene
    np.testing.assert_allclose(heights(desk), ls.surface(scene).loss, rtol=1e-4, atol=1e-3)
    assert not np.allclose(heights(desk), before)
    assert desk.text("sentence").startswith("The function sin(2*x) + max(x, y)²/4 over x and y; gradient descent at")


def test_a_broken_formula_is_said_under_its_field_and_the_picture_stays(desk: Any) -> None:
    desk.go("?model.kind=formula")
    before, search = desk.drawn(), desk.search()
    desk.fill(KEY, "x^2 + <b>2</b>")
    desk.page.wait_for_function("() => document.querySelector('.formula .mantine-InputWrapper-error')")
    assert desk.error(KEY) == "Formula: column 7: `<` is not known here. Known signs are + - * / ^ ( ) and a comma."
    desk.fill(KEY, "  x^2 + 3y")
    desk.page.wait_for_function("() => /2|3/.test(document.querySelector('.formula').innerText.match(/write.*/))")
    assert desk.error(KEY) == "Formula: column 10: write 3*y."
    assert desk.search() == search
    assert desk.drawn() == before
    with desk.change():
        desk.fill(KEY, "x^2")
    assert desk.error(KEY) == ""
    assert desk.page.locator("#surface").is_hidden()
    assert desk.text("sentence").startswith("The function x^2 over x; ")
