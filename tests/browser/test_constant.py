"""Two weights from a pixel that is always blank: the picture is flat, and the page says why."""

from __future__ import annotations

from typing import Any


def test_the_page_says_why_nothing_moves(visit: Any) -> None:
    desk = visit("/?plane.first=W1,3,0&plane.second=W1,3,32&grid.resolution=9,9&runs.0.steps=5")
    page = desk.page.locator("main").inner_text()
    assert "W1[3,0] and W1[3,32] cannot move the loss" in page
    assert "0 (row 0, column 0) and 32 (row 4, column 0) are blank in all 100 samples" in page
    heights = {height for row in desk.drawn()["surface"][0]["z"] for height in row}
    assert len(heights) == 1
    with desk.change():
        desk.fill("plane.first", "20", part=2)
    assert "cannot move the loss: pixel 32 (row 4, column 0)" in desk.page.locator("main").inner_text()
    with desk.change():
        desk.press("suggest")
    assert "cannot move the loss" not in desk.page.locator("main").inner_text()
