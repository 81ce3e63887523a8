"""The button that draws other weights and batches: there where anything is drawn, and the same for the same scene."""

from __future__ import annotations

from threading import Lock

import pytest
from dash import no_update

import landscape as ls
from components.controls import rail, settle
from components.controls.settle import Settled
from components.ids import action
from components.link import Opened, View, read_address

STAY = settle._stay([no_update] * 4)
VIEW = View(colours="viridis", step=5, arrows="step")


def pressed(scene: ls.Scene) -> Settled:
    return settle._act(action("draw"), ls.Engine(), Opened(scene, scene, VIEW, []), STAY, Lock())


def test_other_weights_under_the_same_look_from_the_end_on(small: ls.Scene) -> None:
    told = pressed(small)
    opened = read_address(told.search)
    assert told.scene == {"search": told.search}
    assert ls.flatten(opened.scene) == ls.flatten(small) | {"model.seed": "3"}
    assert opened.view == VIEW.model_copy(update={"step": None})
    assert pressed(small).search == told.search


def test_nothing_moves_where_nothing_is_drawn() -> None:
    assert pressed(ls.lesson("ravine")) == STAY


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("", "Draws other initial weights'"),
        ("runs.0.batch=10", "Draws other initial weights and batches'"),
        ("lesson=ravine&runs.0.noise=0.1", "Draws other batches'"),
        ("runs=none", "Draws other initial weights'"),
    ],
)
def test_the_button_says_what_it_draws(query: str, says: str) -> None:
    told = str(rail.who(ls.Scene.from_query(query)))
    assert str(action("draw")) in told
    assert says in told


def test_there_is_no_button_where_nothing_is_drawn() -> None:
    assert str(action("draw")) not in str(rail.who(ls.lesson("ravine")))
