"""Why a run blew up, in its row of the table, and the button that gives it a rate that holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from threading import Lock
from typing import Any

import pytest
from dash import no_update
from dash.development.base_component import Component

import landscape as ls
from components.controls import settle
from components.ids import Id, action
from components.link import Opened, View, read_address
from components.sentence import hold_word
from components.stream import Painter, frames
from components.views import words

ReadFrames = Callable[[Iterable[bytes]], list[dict[str, Any]]]

STAY = settle._stay([no_update] * 4)


def scene(*runs: dict[str, Any], name: str = "ravine") -> ls.Scene:
    return ls.Scene.model_validate({"model": {"kind": "function", "name": name}, "runs": list(runs)})


def run(lr: float, kind: str = "gradient_descent", **fields: Any) -> dict[str, Any]:
    return {"optimizer": {"kind": kind, "lr": lr}, "starts": [[-1.8, 0.6]], "steps": 400} | fields


def said(asked: ls.Scene, read_frames: ReadFrames) -> dict[str, Any]:
    """What the last picture of a scene tells the words: id -> property -> value."""
    engine = ls.Engine()
    metas = read_frames(frames(engine, asked, View(), [words.painter(engine)]))
    props: dict[str, Any] = {}
    for meta in metas:
        props |= meta["props"]
    return props


def endings(props: dict[str, Any]) -> list[str]:
    """How each path ended, of the table as the stream sends it, without where it began."""
    rows = [row["props"] for row in props[Id.RUNS]["children"][-1]["props"]["children"]]
    texts = [row["children"][1]["props"]["children"] for row in rows if row["className"] == "ended"]
    return [str(text).replace("\u2011", "-").partition(". ")[2].removeprefix("6). ") for text in texts]


def test_a_run_that_blew_up_is_told_why_and_a_rate(read_frames: ReadFrames) -> None:
    props = said(scene(run(0.2), run(0.05)), read_frames)
    blown, held = endings(props)
    assert blown == (
        "Diverged: at step 323 the numbers grew beyond all bounds."
        " The rate 0.2 is above 2 / lambda_max = 0.1, up to which gradient descent is stable."
    )
    assert "lambda" not in held
    assert props[Id.HOLD] == {"hidden": False}
    assert props[Id.HOLD_WORD] == {"children": "Use rate 0.09"}


def test_where_nothing_blew_up_there_is_no_button(read_frames: ReadFrames) -> None:
    for asked in (scene(run(0.05)), scene(), ls.lesson("valley")):
        props = said(asked, read_frames)
        assert props[Id.HOLD] == {"hidden": True}
        assert props[Id.HOLD_WORD] == {"children": ""}


def test_of_what_nothing_is_claimed_only_what_was_seen_is_said(read_frames: ReadFrames) -> None:
    props = said(scene(run(0.2, clip_norm=1e9)), read_frames)
    (blown,) = endings(props)
    assert "Try a smaller rate. The loss grew from 6.8 to " in blown
    assert props[Id.HOLD] == {"hidden": True}


def test_a_run_that_stands_still_is_told_where(read_frames: ReadFrames) -> None:
    props = said(scene(run(0.05, starts=[[1.8, -1.2]], steps=2000), name="false_minima"), read_frames)
    (still,) = endings(props)
    assert ": a local minimum in this plane. The loss " in still
    assert props[Id.HOLD] == {"hidden": True}


def test_a_path_is_explained_once(monkeypatch: pytest.MonkeyPatch, read_frames: ReadFrames) -> None:
    asked: list[ls.Path] = []

    def counted(slice_: Any, of: ls.Scene, path: ls.Path, best: float | None = None) -> ls.Explanation | None:
        asked.append(path)
        return ls.explain(slice_, of, path, best)

    monkeypatch.setattr(words, "explain", counted)
    engine, two = ls.Engine(), scene(run(0.2), run(0.3))
    painters: list[Painter] = [words.painter(engine)]
    for _ in range(3):
        read_frames(frames(engine, two, View(), painters))
    assert len(asked) == len(set(map(id, asked))) == 2


def components(root: Any) -> Iterable[Component]:
    if isinstance(root, list | tuple):
        for child in root:
            yield from components(child)
    elif isinstance(root, Component):
        yield root
        yield from components(getattr(root, "children", None))


def test_the_button_waits_hidden_under_the_table() -> None:
    found = {str(getattr(component, "id", "")): component for component in components(words.layout())}
    assert found[Id.HOLD].hidden is True
    inside = [str(getattr(component, "id", "")) for component in components(found[Id.HOLD].children)]
    assert inside == [str(action("hold")), str(Id.HOLD_WORD)]


def pressed(asked: ls.Scene, engine: ls.Engine | None = None, view: View | None = None) -> settle.Settled:
    return settle._act(action("hold"), engine or ls.Engine(), Opened(asked, asked, view or View(), []), STAY, Lock())


def test_the_button_gives_each_run_that_blew_up_its_rate_and_moves_no_other() -> None:
    asked = scene(run(0.2), run(0.05), run(0.5, kind="momentum"))
    told = pressed(asked, view=View(step=7))
    after = read_address(told.search).scene
    assert [one.optimizer.lr for one in after.runs] == [0.09, 0.05, 0.17]
    assert after.model_copy(update={"runs": asked.runs}) == asked
    assert "view.step" not in told.search
    assert "0.09" in str(told.who)
    assert all(path.loss[-1] < path.loss[0] for path in ls.descend(after))


def test_the_button_moves_nothing_where_nothing_blew_up() -> None:
    for asked in (scene(run(0.05)), scene(), scene(run(0.2, clip_norm=1e9))):
        assert pressed(asked) == STAY


def test_a_plane_that_is_not_there_yet_moves_nothing() -> None:
    engine = ls.Engine()
    trained = ls.Scene.model_validate(
        {"plane": {"kind": "random", "origin": "trained"},
         "runs": [{"optimizer": {"kind": "gradient_descent"}, "starts": ["initial"], "trains": "all",
                   "steps": 100_000}]}
    )  # fmt: skip
    assert pressed(trained, engine) == STAY


@pytest.mark.parametrize(
    ("rates", "text"),
    [
        ({}, ""),
        ({0: 0.09}, "Use rate 0.09"),
        ({0: 0.09, 3: 0.09}, "Use rate 0.09"),
        ({0: 0.09, 1: 1e-7}, "Use rates 0.09 and 1e-07"),
        ({0: 0.09, 1: 0.5, 2: 12.0}, "Use rates 0.09, 0.5 and 12"),
    ],
)
def test_the_button_says_the_rates(rates: dict[int, float], text: str) -> None:
    assert hold_word(rates) == text


def test_a_network_whose_run_blew_up_holds_at_its_new_rate(read_frames: ReadFrames) -> None:
    network = ls.Scene.model_validate(
        {
            "model": {"kind": "mlp", "hidden": [8], "activation": "identity", "output": "identity"},
            "data": {"kind": "digits", "samples": 50},
            "runs": [{"optimizer": {"kind": "gradient_descent", "lr": 0.5}, "starts": ["initial"], "steps": 50,
                      "trains": "all"}],
        }
    )  # fmt: skip
    props = said(network, read_frames)
    (blown,) = endings(props)
    assert "At its start the rate 0.5 is above 2 / lambda_max = 0.00" in blown
    after = read_address(pressed(network).search).scene
    assert props[Id.HOLD_WORD] == {"children": f"Use rate {after.runs[0].optimizer.lr:g}"}
    (path,) = ls.descend(after)
    assert path.loss[-1] < path.loss[0]
