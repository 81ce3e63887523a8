"""Races: runs join and leave, are tied and untied, and the curve says what is counted."""

from __future__ import annotations

from typing import Any

import landscape as ls

RAVINE = "/?model.kind=function&model.name=ravine&runs.0.starts=-1.8,0.6&runs.0.steps=30&runs.0.optimizer.lr=0.05"

AXIS = "() => document.querySelector('#curve .js-plotly-plot')._fullLayout.xaxis.title.text"

DRAWN = """() => {
    const { data } = document.querySelector('#curve .js-plotly-plot');
    const curves = data.filter((trace) => trace.visible === true && trace.yaxis !== 'y2' && trace.mode === 'lines');
    return curves.slice(0, 2).map((trace) => Array.from(trace.x)); // the whole curves come first
}"""


def scene(desk: Any) -> ls.Scene:
    return ls.read_query(desk.search())[0]


def table(desk: Any) -> list[list[str]]:
    """The numbers of each path in the table."""
    rows = desk.page.locator("#runs tr.path").all()
    return [row.locator("td").all_inner_texts() for row in rows]


def test_a_run_joins_is_tied_untied_and_leaves(visit: Any) -> None:
    desk = visit(RAVINE)
    with desk.change():
        desk.press("join")
    raced = scene(desk)
    assert [run.optimizer.kind for run in raced.runs] == ["gradient_descent", "momentum"]
    assert raced.runs[1].starts == ((-1.8, 0.6),)
    assert not desk.field("runs.1.starts").count()  # it is not its own
    assert [row[0] for row in table(desk)] == ["1", "2"]
    assert desk.page.locator("#runs th").all_inner_texts()[4].startswith("steps to ")

    with desk.change():
        desk.fill("runs.0.starts", "1, 1")
    assert [run.starts for run in scene(desk).runs] == [((1.0, 1.0),)] * 2

    with desk.change():
        desk.choose("race.starts", "own")
    desk.field("runs.1.starts").wait_for(state="attached")
    with desk.change():
        desk.fill("runs.1.starts", "-1, -1")
    assert [run.starts for run in scene(desk).runs] == [((1.0, 1.0),), ((-1.0, -1.0),)]

    with desk.change():
        desk.press("leave", 0)
    assert [run.optimizer.kind for run in scene(desk).runs] == ["momentum"]
    assert scene(desk).runs[0].starts == ((-1.0, -1.0),)


def test_an_equal_budget_of_evaluations_is_what_the_curve_and_the_slider_count(visit: Any) -> None:
    desk = visit(RAVINE + "&runs.1.optimizer.kind=gradient_descent&runs.1.gradient=centred&runs.1.optimizer.lr=0.05")
    assert desk.page.evaluate(AXIS) == "step"
    with desk.change():
        desk.choose("race.budget", "evaluations")
    desk.page.wait_for_function(f"() => ({AXIS})().startsWith('evaluations')")
    assert [run.steps for run in scene(desk).runs] == [30, 7]
    first, second = desk.page.evaluate(DRAWN)
    assert first == list(range(31))
    assert second == [0, 4, 8, 12, 16, 20, 24, 28]
    assert desk.text("step-word").startswith("evaluation 30 of 30")
    desk.page.locator("#back").click()
    desk.page.wait_for_function("() => landscape.scrubber.state.at === 29")
    with desk.change():
        desk.fill("race.amount", "12")
    assert [run.steps for run in scene(desk).runs] == [12, 3]
    assert not desk.field("runs.0.steps").count()
    assert [row[-1] for row in table(desk)] == ["12", "12"]


def test_the_view_counts_otherwise_and_begins_at_the_end_again(visit: Any) -> None:
    desk = visit("/?model.hidden=8&runs.0.trains=all&runs.0.starts=initial&runs.0.batch=32&runs.0.steps=20")
    desk.page.locator("#back").click()
    with desk.change():
        desk.choose("view.axis", "epochs")
    desk.page.wait_for_function(f"() => ({AXIS})() === 'epoch (a pass over the 100 samples)'")
    assert desk.text("step-word").startswith("epoch 5.00 of 5")
    assert "view.axis=epochs" in desk.search()
    assert len(scene(desk).runs) == 1


def test_the_loss_to_come_to_is_a_field(visit: Any) -> None:
    desk = visit(RAVINE)
    assert len(desk.page.locator("#runs th").all()) == 5
    with desk.change():
        desk.fill("view.target", "0.5")
    desk.page.wait_for_function("() => document.querySelectorAll('#runs th').length === 6")
    (path,) = ls.descend(scene(desk))
    assert table(desk)[0][4] == str(int((path.loss <= 0.5).argmax()))


def test_eight_runs_are_folded_and_too_many_are_refused_in_words(visit: Any) -> None:
    desk = visit(RAVINE)
    for count in range(2, 9):
        with desk.change(finished=False):
            desk.press("join")
        desk.page.wait_for_function(f"() => document.querySelectorAll('.racer').length === {count}")
    desk.wait_finished()
    assert len(table(desk)) == 8
    open_ones = desk.page.locator(".racer[open] > summary").all_inner_texts()
    assert len(open_ones) == 1  # the one that has just come
    assert open_ones[0].startswith("Run 8")
    desk.press("join")
    desk.page.wait_for_function("() => document.getElementById('notices').innerText.includes('at most 8 are drawn')")
    assert len(table(desk)) == 8
