"""Undo and redo of what was changed: the browser's own Back and Forward, with the rail and the pictures going along."""

from __future__ import annotations

from typing import Any

RATE = "runs.0.optimizer.lr"
RATES = ("0.1", "0.3", "0.4")

WITHOUT_NAVIGATION = "Object.defineProperty(window, 'navigation', { value: undefined })"

AT = "(step) => landscape.scrubber.state.at === step && window.location.search.includes('view.step=' + step)"


def wait_offered(desk: Any, *, undo: bool, redo: bool) -> None:
    """Until Undo and Redo can be pressed, or cannot."""
    desk.page.wait_for_function(
        "(want) => ['undo', 'redo'].every((id, i) => document.getElementById(id).disabled !== want[i])",
        arg=[undo, redo],
    )


def press(desk: Any, button: str) -> None:
    with desk.change():
        desk.page.get_by_role("button", name=button, exact=True).click()


def changed_twice(desk: Any) -> list[dict[str, Any]]:
    """The three pictures of a scene and of two other rates in it."""
    pictures = [desk.drawn()]
    for rate in RATES[1:]:
        with desk.change():
            desk.fill(RATE, rate)
        pictures.append(desk.drawn())
    assert pictures[0] != pictures[1] != pictures[2]
    return pictures


def to_step(desk: Any, step: int) -> None:
    """The slider, by keys; its step stands in the address."""
    thumb = desk.page.get_by_role("slider", name="Step")
    thumb.press("Home")
    for _ in range(step):
        thumb.press("ArrowRight")
    desk.page.wait_for_function(AT, arg=step)


def test_undo_and_redo_by_buttons_and_by_keys(visit: Any) -> None:
    desk = visit("/?lesson=valley")
    wait_offered(desk, undo=False, redo=False)
    pictures = changed_twice(desk)
    wait_offered(desk, undo=True, redo=False)
    for button, shown in (("Undo", 1), ("Undo", 0), ("Redo", 1)):
        press(desk, button)
        assert desk.drawn() == pictures[shown]
        assert desk.field(RATE).input_value() == RATES[shown]
        wait_offered(desk, undo=shown > 0, redo=True)
    desk.page.locator("#play").focus()
    for keys, shown in (("Control+Shift+z", 2), ("Control+z", 1), ("Meta+z", 0)):
        with desk.change():
            desk.page.keyboard.press(keys)
        assert desk.drawn() == pictures[shown]
        assert desk.field(RATE).input_value() == RATES[shown]
        wait_offered(desk, undo=shown > 0, redo=shown < 2)
    assert desk.search() == "?lesson=valley"


def test_what_is_undone_comes_back_at_its_step(visit: Any) -> None:
    desk = visit("/?lesson=valley")
    to_step(desk, 4)
    at_step = desk.drawn()
    with desk.change():
        desk.fill(RATE, "0.3")
    assert "view.step" not in desk.search()
    press(desk, "Undo")
    assert desk.search() == "?lesson=valley&view.step=4"
    assert desk.drawn() == at_step


def test_another_look_is_undone_and_the_slider_stays(visit: Any) -> None:
    desk = visit("/?lesson=ravine")
    to_step(desk, 3)
    with desk.change():
        desk.choose("view.arrows", "step")
    desk.page.wait_for_function(AT, arg=3)  # a copied link shows the same moment
    to_step(desk, 5)
    with desk.change():
        desk.choose("view.colours", "viridis")
    for before in ("step", "none"):
        press(desk, "Undo")
        desk.page.wait_for_function(AT, arg=5)
        assert desk.field("view.colours").input_value() == "cividis"
        assert desk.field("view.arrows").input_value() == before
    assert desk.page.locator("#contour .overlay .arrow:not([display])").count() == 0
    wait_offered(desk, undo=False, redo=True)
    press(desk, "Redo")
    desk.page.locator("#contour .overlay .arrow:not([display])").first.wait_for()


def test_a_field_of_text_keeps_its_own_undo(visit: Any) -> None:
    desk = visit("/?lesson=valley")
    with desk.change():
        desk.fill(RATE, "0.3")
    desk.requests.clear()
    field = desk.field(RATE)
    field.focus()
    desk.page.keyboard.press("End")
    desk.page.keyboard.type("5")
    assert field.input_value() == "0.35"
    desk.page.keyboard.press("Control+z")
    assert field.input_value() != "0.35"
    assert desk.requests == []
    assert f"{RATE}=0.3" in desk.search()


def test_a_link_in_other_words_is_no_place_to_go_back_to(visit: Any) -> None:
    desk = visit("/?view.step=2&lesson=valley&nonsense=1")
    desk.page.wait_for_function("() => window.location.search === '?lesson=valley&view.step=2'")
    wait_offered(desk, undo=False, redo=False)
    with desk.change():
        desk.fill(RATE, "0.3")
    press(desk, "Undo")
    assert desk.search() == "?lesson=valley&view.step=2"
    wait_offered(desk, undo=False, redo=True)


def test_a_page_loaded_again_can_still_be_gone_back_and_on_from(visit: Any) -> None:
    desk = visit("/?lesson=valley")
    changed_twice(desk)
    press(desk, "Undo")
    desk.open("/" + desk.search())  # the same address: loaded again
    wait_offered(desk, undo=True, redo=True)
    press(desk, "Undo")
    assert desk.search() == "?lesson=valley"
    assert desk.field(RATE).input_value() == RATES[0]


def test_browsers_without_the_navigation_api_undo_too(visit: Any) -> None:
    desk = visit("/?lesson=valley")
    desk.page.add_init_script(WITHOUT_NAVIGATION)
    desk.page.goto("about:blank")
    desk.open("/?lesson=valley")
    assert desk.page.evaluate("window.navigation === undefined")
    wait_offered(desk, undo=False, redo=True)
    pictures = changed_twice(desk)
    wait_offered(desk, undo=True, redo=True)
    for button, shown in (("Undo", 1), ("Undo", 0), ("Redo", 1)):
        press(desk, button)
        assert desk.drawn() == pictures[shown]
        wait_offered(desk, undo=shown > 0, redo=True)


def test_a_new_seed_is_undone_and_drawn_again(visit: Any) -> None:
    desk = visit("/?model.hidden=5,4&grid.resolution=9,9&runs.0.steps=20&runs.0.batch=10")
    pictures = [desk.drawn()]
    with desk.change():
        desk.press("draw")
    pictures.append(desk.drawn())
    assert pictures[0]["surface"][0]["z"] != pictures[1]["surface"][0]["z"]
    assert desk.field("model.seed").input_value() == "86"
    assert desk.field("runs.0.seed").input_value() == "1"
    press(desk, "Undo")
    assert desk.drawn() == pictures[0]
    with desk.change():
        desk.press("draw")
    assert desk.drawn() == pictures[1]
