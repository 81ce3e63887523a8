"""Basins on the page: cells and colours against the labels, the table, the button, and that paths stay."""

from __future__ import annotations

from threading import Lock
from typing import Any

import numpy as np
import pytest
from dash import no_update

import landscape as ls
from components.controls import begin, settle
from components.figures import basins as figures
from components.figures import contour
from components.figures.palette import BASINS, ELSEWHERE, LOST, ON_ITS_WAY
from components.figures.scale import extent
from components.ids import Id, action
from components.link import Opened, View, read_address
from components.stream import frames
from components.views import basins as view
from components.views import contour as contour_view

SCENE = ls.Scene.from_query("lesson=false-minima&runs.0.starts=2,1;lattice,21,21")


@pytest.fixture(scope="module")
def found() -> ls.Basins:
    return ls.basins(SCENE)


def test_a_cell_has_the_colour_of_its_end(found: ls.Basins) -> None:
    shown = extent(SCENE.grid.a, SCENE.grid.b, ls.surface(SCENE), [])
    cells, letters, lines = figures.update("g", found, shown, contour.CELLS, contour.LETTERS, contour.MAP)
    kinds = figures.entries(found)
    place, scale = cells.data["z"][0], cells.data["colorscale"][0]
    low, high = cells.data["zmin"][0], cells.data["zmax"][0]
    colours = np.array([colour for _, colour in scale])
    edges_of = np.array([edge for edge, _ in scale]).reshape(-1, 2)
    shares = (place.ravel() - low) / (high - low)
    seen = colours[2 * np.searchsorted(edges_of[:, 1], shares)].reshape(place.shape)  # as plotly reads the scale
    for index, kind in enumerate(kinds):
        mine = np.isin(found.label, kind.ends) if kind.ends else found.label == kind.label
        rgb = ",".join(str(int(kind.colour[at : at + 2], 16)) for at in (1, 3, 5))
        np.testing.assert_array_equal(np.char.startswith(seen.astype(str), f"rgba({rgb},"), mine)
        assert kind.share == pytest.approx(mine.mean())
        assert cells.data["colorbar.ticktext"][0][len(kinds) - 1 - index].startswith(kind.mark)
    for one, other in ((seen[1:], seen[:-1]), (seen[:, 1:], seen[:, :-1])):
        ends = (found.label[1:], found.label[:-1]) if one.shape[0] < one.shape[1] else (
            found.label[:, 1:], found.label[:, :-1])  # fmt: skip
        np.testing.assert_array_equal(one == other, ends[0] == ends[1])
    edges = cells.data["x"][0]
    assert (edges[0], edges[-1], len(edges)) == (*SCENE.grid.a, 22)
    assert ((edges[:-1] <= found.a) & (found.a <= edges[1:])).all()
    assert lines.data == {"contours.coloring": ["none"], "showscale": [False]}
    for mark, a, b in zip(*(letters.data[name][0] for name in ("text", "x", "y")), strict=True):
        row, column = np.flatnonzero(found.b == b)[0], np.flatnonzero(found.a == a)[0]
        assert found.label[row, column] == figures.LETTERS.index(mark), "the letter stands in its basin"


def test_the_shares_add_up_and_every_sort_has_a_colour_of_its_own(found: ls.Basins) -> None:
    assert sum(kind.share for kind in figures.entries(found)) == pytest.approx(1.0)
    colours = (*BASINS, ELSEWHERE, ON_ITS_WAY, LOST)
    assert len(set(colours)) == len(colours)
    lost = ls.basins(ls.Scene.from_query("model.kind=function&model.name=saddle"), resolution=(5, 5))
    (*_, last) = figures.entries(lost)
    assert (last.mark, last.colour, last.label) == ("×", LOST, ls.Basins.LOST)


def test_on_a_curve_the_cells_are_as_high_as_the_picture() -> None:
    scene = ls.Scene.from_query("model.kind=function&model.name=quartic&runs.0.starts=lattice,21")
    shown = extent(scene.grid.a, scene.grid.b, ls.surface(scene), [])
    cells, letters, _ = figures.update("g", ls.basins(scene), shown, 3, 4, 0)
    assert tuple(cells.data["y"][0]) == shown.b
    assert cells.data["z"][0].shape == (1, 21)
    assert all(shown.b[0] < height < shown.b[1] for height in letters.data["y"][0])


def test_the_table_names_minimum_loss_and_share(found: ls.Basins) -> None:
    text = str(view.table(SCENE, found))
    assert "(-1.772, 1.571)" in text
    assert "-1.3342" in text
    assert "441 starts" in text
    assert f"{len(found.share) - len(BASINS)} more" in text


def streamed(scene: ls.Scene, read_frames: Any, look: View | None = None, engine: ls.Engine | None = None) -> Any:
    engine = engine or ls.Engine()
    painters = [contour_view.painter(engine), view.paint]
    return read_frames(frames(engine, scene, look or View(), painters))


def test_the_stream_brings_the_basins_last_and_other_colours_compute_nothing(read_frames: Any) -> None:
    engine = ls.Engine()
    metas = streamed(SCENE, read_frames, engine=engine)
    tables = [meta["props"][Id.BASINS]["children"] for meta in metas if Id.BASINS in meta["props"]]
    assert tables[-1]
    computed = engine.computed
    streamed(SCENE, read_frames, View(colours="viridis"), engine)
    assert engine.computed == computed
    plain = streamed(ls.lesson("false-minima"), read_frames, engine=engine)
    hidden = [update for meta in plain for update in meta["updates"] if update["traces"] == [contour.MAP]]
    assert {"contours.coloring": ["heatmap"], "showscale": [True]} in [update["data"] for update in hidden]
    assert all(meta["props"][Id.BASINS]["children"] == [] for meta in plain if meta["props"])


def pressed(scene: ls.Scene, look: View, index: int = 0) -> Any:
    stay = settle._stay([no_update])
    return settle._act(action("basins", index), ls.Engine(), Opened(scene, scene, look, []), stay, Lock())


def test_the_button_shows_and_hides_them_and_the_paths_stay() -> None:
    scene = ls.lesson("false-minima")
    opened = read_address(pressed(scene, View(step=5)).search)
    assert opened.scene.runs[0].lattice == ls.Lattice((41, 41))
    assert opened.view.step == 5
    assert opened.scene.run_digest(0) == scene.run_digest(0)
    assert opened.scene.surface_digest == scene.surface_digest
    assert read_address(pressed(opened.scene, View()).search).scene == scene
    assert pressed(scene, View(), index=3)[:5] == (no_update,) * 5


def test_runs_that_begin_where_the_first_does_leave_the_lattice_to_it() -> None:
    two = ls.revise(SCENE, {"runs.1.optimizer.kind": "adam"}).scene
    assert two is not None
    assert two.race.starts == "same"
    assert two.lattice_run == 0
    assert "run 1" in str(view.table(two, ls.basins(two)))
    hidden = read_address(pressed(two, View()).search).scene
    assert [run.lattice for run in hidden.runs] == [None, None]
    assert hidden.race.starts == "same"


def test_the_button_is_there_where_somebody_walks_in_the_plane() -> None:
    assert "Show the basins" in str(begin.offers(ls.lesson("false-minima"), View()))
    assert "Hide the basins" in str(begin.offers(SCENE, View()))
    everything = ls.revise(ls.Scene(), {"runs.0.trains": "all", "runs.0.starts": "initial"}).scene
    assert everything is not None
    assert "basins" not in str(begin.offers(everything, View()))
