"""A run that blew up on the page: its reason, and one button to a rate that holds, again and again."""

from __future__ import annotations

from typing import Any

BLOWN = "?model.kind=function&model.name=ravine&runs.0.optimizer.lr=0.2&runs.0.starts=-1.8,0.6&runs.0.steps=400"


def test_one_button_sets_a_rate_that_holds(desk: Any) -> None:
    desk.go(BLOWN)
    assert "The rate 0.2 is above 2 / lambda_max = 0.1," in desk.text("runs")
    assert desk.text("hold") == "Use rate 0.09"
    for _ in range(2):  # a button that stays on the page is pressed more than once
        with desk.change():
            desk.press("hold")
        assert desk.field("runs.0.optimizer.lr").input_value() == "0.09"
        assert "lambda_max" not in desk.text("runs")
        assert not desk.page.locator("#hold").is_visible()
        with desk.change():
            desk.fill("runs.0.optimizer.lr", "0.2")
        assert desk.page.locator("#hold").is_visible()


def test_after_it_was_pressed_other_changes_are_their_own(desk: Any) -> None:
    """Its clicks stay counted; a rail that is made anew must not ask for it again."""
    desk.go(BLOWN)
    with desk.change():
        desk.press("hold")
    with desk.change():
        desk.choose("runs.0.optimizer.kind", "Momentum")
    with desk.change():
        desk.fill("runs.0.optimizer.lr", "0.5")
    assert "2 (1 + beta) / lambda_max = 0.19, up to which momentum is stable" in desk.text("runs")
    assert desk.text("hold") == "Use rate 0.17"
    assert desk.field("runs.0.optimizer.lr").input_value() == "0.5"
