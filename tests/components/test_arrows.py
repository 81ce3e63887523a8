"""The step under the slider in numbers: hand-worked on the ravine, gradients against finite differences."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pytest

import landscape as ls
from components.controls import rail
from components.controls.begin import CLICKS
from components.figures import arrows as figures
from components.link import View, address, read_address
from components.stream import frames
from components.views import arrows

ReadFrames = Callable[[Iterable[bytes]], list[dict[str, Any]]]

STEP = View(arrows="step")


def sent(read_frames: ReadFrames, scene: ls.Scene, view: View = STEP) -> list[dict[str, Any]]:
    """The paths as the page holds them at the end."""
    engine = ls.Engine()
    metas = read_frames(frames(engine, scene, view, [arrows.painter(engine)]))
    return list([meta["paths"] for meta in metas if meta["paths"] is not None][-1])


def test_at_the_ravines_start_downhill_and_the_minimum_are_54_87_degrees_apart(read_frames: ReadFrames) -> None:
    (path,) = sent(read_frames, ls.lesson("misleading-gradient"))
    assert (path["run"], path["start"]) == (0, 0)
    assert path["astray"][0] == pytest.approx(np.degrees(np.arccos(13.68 / np.hypot(3.6, 12) / np.hypot(1.8, 0.6))))
    assert round(float(path["astray"][0]), 2) == 54.87
    assert (path["ga"][0], path["gb"][0]) == pytest.approx((-3.6, 12), rel=1e-6)
    assert (path["ma"][0], path["mb"][0]) == (0, 0)
    assert path["length"][0] == pytest.approx(0.01 * np.hypot(3.6, 12), rel=1e-6)
    assert path["grad_norm"][0] == pytest.approx(np.hypot(3.6, 12), rel=1e-6)
    assert path["lr"][0] == pytest.approx(0.01)
    assert path["turn"][:-1] == pytest.approx(np.zeros(100), abs=1e-4)  # it walks downhill
    assert np.isnan(path["length"][-1])
    assert np.isnan(path["turn"][-1])


def test_momentum_turns_away_from_downhill() -> None:
    scene = ls.lesson("momentum")
    path, gradient = ls.descend(scene)[1], None
    gradient = np.stack([0.2 * path.a, 2 * path.b], axis=-1)  # of 0.1 x^2 + y^2
    turn = figures.downhill(path, gradient)["turn"]
    assert turn[0] == pytest.approx(0, abs=1e-6)
    moved = np.array([path.a[2] - path.a[1], path.b[2] - path.b[1]])
    cosine = -gradient[1] @ moved / np.linalg.norm(gradient[1]) / np.linalg.norm(moved)
    assert turn[1] == pytest.approx(np.degrees(np.arccos(cosine)))
    assert turn[1] > 1


def test_momentum_is_sent_of_who_gathers_it(read_frames: ReadFrames) -> None:
    descent, rolling = sent(read_frames, ls.lesson("momentum"))[:2]
    assert not descent.keys() & {"va", "vb", "speed"}
    assert (rolling["va"][0], rolling["vb"][0], rolling["speed"][0]) == (0, 0, 0)
    walked = ls.descend(ls.lesson("momentum"))[1]
    np.testing.assert_allclose(rolling["va"][1:], np.diff(walked.a), rtol=1e-4, atol=1e-6)  # the step before
    np.testing.assert_allclose(rolling["vb"][1:], np.diff(walked.b), rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(rolling["speed"][1:], rolling["length"][:-1], rtol=1e-4, atol=1e-6)


def test_nothing_is_sent_where_no_arrows_are_asked_for(read_frames: ReadFrames) -> None:
    (path,) = sent(read_frames, ls.lesson("ravine"), View())
    assert not path.keys() & {"lr", "grad_norm", "length", "ga", "gb", "turn", "ma", "mb", "astray"}


def test_gradients_along_a_networks_path_are_finite_differences_of_its_loss(
    small: ls.Scene, read_frames: ReadFrames
) -> None:
    everything, first, second = sent(read_frames, small)
    assert "ga" not in everything
    assert everything["length"].size == everything["step"].size
    assert "ma" not in first
    engine = ls.Engine()
    paths, loss = ls.descend(small), engine.slice(small).loss
    for path, series in ((paths[1], first), (paths[2], second)):
        places = np.stack([path.a, path.b], axis=-1)
        for name, direction in (("ga", [1e-5, 0]), ("gb", [0, 1e-5])):
            want = (loss(places + direction) - loss(places - np.array(direction))) / 2e-5
            np.testing.assert_allclose(series[name], want, rtol=1e-3, atol=1e-6)


def test_costly_gradients_are_found_at_fewer_steps(small: ls.Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    engine, path = ls.Engine(), ls.descend(small)[1]
    whole = arrows.gradients(engine, small, path)
    monkeypatch.setattr(arrows, "WORK", path.step.size * engine.slice(small).point_work / 2.5)
    some = arrows.gradients(engine, small, path)
    assert np.isfinite(whole).all()
    np.testing.assert_allclose(some[::3], whole[::3])
    assert np.isnan(np.delete(some, np.s_[::3], axis=0)).all()


def test_the_nearest_of_several_minima() -> None:
    scene = ls.Scene.from_query("model.kind=function&model.name=himmelblau")
    minima = arrows.known_minima(ls.Engine(), scene)
    assert len(minima) == 4
    path = ls.descend(scene)[0]
    path = dataclasses.replace(path, a=np.array([2.9, -3.0, -4.0, 3.5]), b=np.array([2.1, 3.0, -3.0, -2.0]))
    found = figures.towards(path, np.ones((4, 2)), minima)
    np.testing.assert_allclose(found["ma"], [3, -2.805118, -3.779310, 3.584428], atol=1e-5)
    np.testing.assert_allclose(found["mb"], [2, 3.131312, -3.283186, -1.848126], atol=1e-5)


def test_minima_are_places_of_the_plane(small: ls.Scene) -> None:
    turned = {"kind": "weights", "first": ["y"], "second": ["x"]}
    scene = ls.Scene.model_validate({"model": {"kind": "function", "name": "himmelblau"}, "plane": turned})
    engine = ls.Engine()
    np.testing.assert_allclose(arrows.known_minima(engine, scene)[0], [2, 3], atol=1e-12)  # x = 3, y = 2
    assert len(arrows.known_minima(engine, ls.lesson("learning-rates"))) == 0
    assert len(arrows.known_minima(engine, small)) == 0


def test_on_a_line_steps_go_downhill_or_up(read_frames: ReadFrames) -> None:
    for path in sent(read_frames, ls.lesson("learning-rates")):
        assert path["turn"][0] == pytest.approx(0, abs=1e-4)
        assert set(path["gb"]) == {0}


@pytest.mark.parametrize("degrees", [0, 1e-9, 45, 90, 179.999999, 180])
@pytest.mark.parametrize("size", [1e-200, 1e-30, 1, 1e200])
def test_angles_are_exact_at_both_ends_and_of_any_size(degrees: float, size: float) -> None:
    turned = size * np.array([np.cos(np.radians(degrees)), np.sin(np.radians(degrees))])
    assert figures.angle(np.array([1.0, 0.0]), turned) == pytest.approx(degrees, rel=1e-6, abs=1e-12)


def test_there_is_no_angle_to_nothing() -> None:
    assert np.isnan(figures.angle(np.zeros(2), np.ones(2)))
    assert np.isnan(figures.angle(np.ones(2), np.full(2, np.nan)))


def test_the_address_holds_the_choice_and_the_rail_offers_it() -> None:
    scene = ls.lesson("ravine")
    assert address(scene, STEP) == "?lesson=ravine&view.arrows=step"
    assert read_address("?lesson=ravine&view.arrows=step").view == STEP
    assert read_address("?lesson=ravine&view.arrows=all").view == View()
    for view in (View(), STEP):
        (choice,) = [part for part in rail.who(scene, view) if getattr(part, "label", "") == "Arrows"]
        assert choice.value == view.arrows
        assert choice.id["key"] == "view.arrows"
    assert CLICKS in str(rail.who(scene))
