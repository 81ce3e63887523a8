"""A slow scene: coarse at once, sharper in place, and the reader may stop it and go on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

SLOW = "?data.samples=1500&plane.kind=random&grid.resolution=100,100"

PASSES = (5, 8, 14, 26, 51, 100)
"""Lines of the 100 in each pass: every 32nd, every 16th, ..., and the last."""

WATCH = """() => {
    const graph = document.querySelector('#surface .js-plotly-plot');
    const seen = { sizes: [graph.data[0].z.length], shares: [], graph, canvas: graph.querySelector('canvas') };
    new MutationObserver(() => {
        const share = /(\\d+) %/.exec(document.getElementById('progress-word').textContent);
        if (share) seen.shares.push(Number(share[1]));
    }).observe(document.getElementById('progress-word'), { childList: true, characterData: true, subtree: true });
    graph.on('plotly_afterplot', () => {
        const size = graph.data[0].z.length;
        if (size !== seen.sizes.at(-1)) seen.sizes.push(size);
    });
    window.seen = seen;
}"""


SHARPER = """(share) => {
    const said = /^sharpening (\\d+) %/.exec(document.getElementById('progress-word').textContent);
    return said && Number(said[1]) > share;
}"""


@pytest.fixture
def slow(desk: Any, request: pytest.FixtureRequest) -> Iterator[Any]:
    """The shared window, a slow scene of its own just asked for in it; left at the end, so that nothing computes on."""
    desk.go("")
    desk.page.evaluate(WATCH)
    desk.go(f"{SLOW}&plane.seed={len(request.node.name)}", finished=False)
    yield desk
    desk.go("")


def wait_for_size(desk: Any, size: int) -> None:
    desk.page.wait_for_function("(size) => window.seen.sizes.includes(size)", arg=size, timeout=60_000)


def test_coarse_then_sharper_in_place_until_it_is_stopped_and_on_at_a_click(slow: Any, real_app: Any) -> None:
    page, computed, button = slow.page, real_app.computed, slow.page.locator("#cancel")
    assert len(slow.drawn()["surface"][0]["z"]) in (60, *PASSES)  # the last good picture stays until the new one comes
    wait_for_size(slow, 14)  # every eighth of 100, and the last
    assert button.is_visible()
    wait_for_size(slow, 26)
    before, *sizes = page.evaluate("window.seen.sizes")
    assert before == 60
    assert sizes == [size for size in PASSES if size in sizes]  # coarse to fine; a quick one may be passed over
    assert sizes[0] < 14
    page.wait_for_function("() => window.seen.shares.at(-1) > 1")
    shares = page.evaluate("window.seen.shares")
    assert shares == sorted(shares)
    assert page.evaluate("() => window.seen.graph.isConnected && window.seen.canvas.isConnected")

    button.click()
    page.wait_for_function("() => /^stopped at \\d+ %/.test(document.getElementById('progress-word').textContent)")
    stopped_at = int(slow.text("progress-word").split()[2])
    assert real_app.listeners.wait_until_none(timeout=4.0)  # a slice of time, with room for a busy machine
    page.wait_for_function("() => landscape.graphs.idle()")
    picture = slow.drawn()
    assert len(picture["surface"][0]["z"]) >= 26
    assert button.get_attribute("aria-label") == "Go on"
    assert button.is_visible()
    before, kept = computed.count(), list(computed.kept)  # the tiles that were under way have come in

    with slow.change(finished=False):
        assert computed.count() == before
        button.click()
    page.wait_for_function(SHARPER, arg=stopped_at, timeout=60_000)
    assert button.get_attribute("aria-label") != "Go on"
    assert computed.count() > before
    assert not set(kept) & set(computed.kept[before:]), "pieces were computed twice"


def test_another_scene_takes_the_place_of_a_slow_one_at_once(slow: Any) -> None:
    wait_for_size(slow, 14)
    slow.go("?lesson=valley")
    assert "x² + y²" in slow.text("sentence")
    assert len(slow.drawn()["surface"][0]["z"]) == 60
    assert slow.text("progress-word") == ""
