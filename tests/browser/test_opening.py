"""Opening the page, without a click: a surface that is really rendered, three paths, and all that is said of them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from dash import Dash, dcc
from dash.testing.browser import Browser
from selenium.webdriver.remote.webelement import WebElement

import landscape as ls
from components.figures import surface
from components.sentence import sentence

BLANK = 500
"""Distinct colours that an empty picture stays below: axes and letters alone have dozens."""


def plot(browser: Browser, id_: str) -> WebElement:
    return browser.wait_for_element(f"#{id_} .js-plotly-plot")


@pytest.fixture
def opened(open_app: Callable[..., Browser]) -> Browser:
    browser = open_app("/")
    browser.wait_for_contains_text("#step-word", "1,000 of 1,000", timeout=30)
    return browser


def test_without_a_click_there_is_the_whole_picture(
    opened: Browser, distinct_colours: Callable[[Browser, WebElement], int]
) -> None:
    assert distinct_colours(opened, plot(opened, "surface")) > 4 * BLANK
    assert distinct_colours(opened, plot(opened, "contour")) > BLANK
    lines = """
        const graph = arguments[0];
        const shown = graph.data.filter(({ mode, line, visible, x }) => mode === 'lines' && visible && x && x.length > 1
            && line.color !== '#fcfcfb' && !String(line.color).startsWith('rgba'));
        const heads = graph.data.at(-1);
        const colours = new Set(shown.map(({ line }) => line.color));
        return [shown.length, colours.size, Array.from(heads.text), heads.x.length];
    """
    for id_ in ("surface", "contour", "curve"):
        assert opened.driver.execute_script(lines, plot(opened, id_)) == [3, 3, ["1", "2", "3"], 3], id_
    rows = opened.find_elements("#runs tbody tr.path")
    assert [row.text.split()[0] for row in rows] == ["1", "2", "3"]
    assert len({row.find_elements("css selector", "td")[2].text for row in rows}) == 3  # three ends in three places
    words = sentence(ls.Scene())
    assert opened.find_element("#sentence").text == words
    assert opened.driver.title.startswith(words)
    assert opened.driver.execute_script("return document.documentElement.lang") == "en"
    assert opened.find_element("#progress-word").text == ""


def test_a_blank_surface_would_be_found_out(
    dash_br: Browser, serve: Callable[[Dash], str], distinct_colours: Callable[[Browser, WebElement], int]
) -> None:
    """The same picture without its numbers: the check above must be able to fail."""
    app = Dash("blank")
    app.layout = dcc.Graph(id="surface", figure=surface.figure())
    dash_br.wait_for_page(serve(app))
    assert distinct_colours(dash_br, plot(dash_br, "surface")) < BLANK
