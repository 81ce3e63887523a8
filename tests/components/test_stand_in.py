"""Where MNIST cannot be had the digits stand in, and the address stays that of the scene that was asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from threading import Lock
from typing import Any

import pytest
from dash import no_update
from flask import Flask

import landscape as ls
from components import stream
from components.controls import settle
from components.ids import action, field
from components.link import STAND_IN, View, address, lacking, on_hand, read_address
from components.sentence import sentence
from components.views import contour, curve, surface, words

ReadFrames = Callable[[Iterable[bytes]], list[dict[str, Any]]]


def mnist(**fields: Any) -> ls.Scene:
    return ls.Scene.model_validate({"data": {"kind": "mnist"} | fields})


def kind(scene: ls.Scene) -> str:
    assert scene.data is not None
    return scene.data.kind


@pytest.mark.parametrize("name", ["mnist-descent", "mnist-10000"])
def test_a_lesson_keeps_its_address(name: str, no_digits: str) -> None:
    opened = read_address(f"?lesson={name}&view.step=7&view.colours=viridis")
    assert kind(opened.scene) == "digits"
    assert opened.asked == ls.lesson(name)
    assert opened.lacks_data
    assert address(opened.asked, opened.view) == f"?lesson={name}&view.colours=viridis&view.step=7"
    (notice,) = opened.notices
    assert no_digits in notice
    assert notice.endswith(f" {STAND_IN}")
    assert len(notice) < 600


def test_the_page_shows_the_stand_in_under_the_lessons_address(no_digits: str) -> None:
    stay = settle._stay([])
    told = settle._show(read_address("?lesson=mnist-100"), stay)
    assert told.search == "?lesson=mnist-100"
    assert told.scene == {"search": "?lesson=mnist-100"}
    assert no_digits in str(told.notices)
    assert "Download MNIST" in str(told.notices)
    assert "'value': 'digits'" in str([part.to_plotly_json() for part in told.what])


def test_the_stream_shows_the_stand_in(no_digits: str, read_frames: ReadFrames) -> None:
    server, engine = Flask("test"), ls.Engine()
    painters = [surface.paint, contour.painter(engine), curve.paint, words.painter(engine)]
    stream.register(server, engine, painters)
    query = "data.kind=mnist&data.samples=20&model.hidden=4,3&grid.resolution=5,5&runs.0.steps=3"
    metas = read_frames([server.test_client().get(f"/stream?{query}").data])
    assert no_digits
    assert metas[-1]["done"]
    assert not any("error" in meta for meta in metas)
    assert "20 handwritten digits (8 x 8)" in metas[0]["title"]
    drawn = [update for meta in metas for update in meta["updates"] if "z" in update["data"]]
    assert drawn[-1]["data"]["z"][0].shape == (5, 5)


def test_files_that_break_while_the_page_is_open_are_an_error_with_the_title(
    no_digits: str, read_frames: ReadFrames
) -> None:
    """The scene itself, as a stream that has been opened before has it."""
    scene = mnist(samples=20)
    (meta,) = read_frames(stream.frames(ls.Engine(), scene, View(), []))
    assert meta["done"]
    assert "train-images-idx3-ubyte.gz" in meta["error"]
    assert meta["title"] == sentence(scene)
    assert (meta["updates"], meta["paths"], meta["props"]) == ([], None, {})
    assert no_digits


def test_a_choice_of_mnist_is_refused_under_its_field_with_an_offer(no_digits: str) -> None:
    scene = ls.Scene()
    flat = ls.flatten(scene)
    told = settle._revised(
        read_address(""), flat | {"view.colours": "cividis", "data.kind": "mnist"}, [field(key) for key in flat]
    )
    errors = {key: error for key, error in zip(flat, told.errors, strict=True) if error}
    assert list(errors) == ["data.kind"]
    assert no_digits in errors["data.kind"]
    assert "Download MNIST" in str(told.notices)
    assert told.search is told.scene is no_update


def test_another_look_at_the_stand_in_keeps_the_lessons_address(no_digits: str) -> None:
    opened = read_address("?lesson=mnist-100")
    flat = ls.flatten(opened.scene)
    places = [field(key) for key in [*flat, "view.colours"]]
    told = settle._revised(opened, flat | {"view.colours": "viridis"}, places)
    assert told.search == "?lesson=mnist-100&view.colours=viridis"
    assert no_digits


def test_another_rate_on_the_stand_in_is_a_scene_on_the_digits(no_digits: str) -> None:
    opened = read_address("?lesson=mnist-100")
    flat = ls.flatten(opened.scene)
    places = [field(key) for key in [*flat, "view.colours"]]
    told = settle._revised(opened, flat | {"view.colours": "cividis", "runs.0.optimizer.lr": "7"}, places)
    again = read_address(told.search)
    assert again.asked == again.scene
    assert kind(again.scene) == "digits"
    assert (again.scene.model, again.scene.plane) == (opened.scene.model, opened.scene.plane)
    assert not again.lacks_data
    assert no_digits


def test_once_the_files_are_there_the_lesson_opens(
    mnist_files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANDSCAPE_DATA", str(tmp_path))
    opened = read_address("?lesson=mnist-100&view.colours=viridis")
    assert kind(opened.scene) == "digits"
    busy = Lock()

    def arrive(name: str) -> None:
        assert name == "mnist"
        assert busy.locked(), "a second download would begin"
        monkeypatch.setenv("LANDSCAPE_DATA", str(mnist_files))

    monkeypatch.setattr(settle, "fetch", arrive)
    told = settle._act(action("fetch"), ls.Engine(), opened, settle._stay([]), busy)
    assert told.search == "?lesson=mnist-100&view.colours=viridis"
    assert told.notices == []
    assert not busy.locked()
    assert "'value': 'mnist'" in str([part.to_plotly_json() for part in told.what])


def test_a_download_that_fails_lets_the_next_one_begin(monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(name: str) -> None:
        raise ls.DataError(f"{name} cannot be fetched.")

    monkeypatch.setattr(settle, "fetch", unreachable)
    busy = Lock()
    for _ in range(2):
        told = settle._act(action("fetch"), ls.Engine(), read_address(""), settle._stay([]), busy)
        assert "mnist cannot be fetched." in str(told.notices)
        assert not busy.locked()


def test_what_cannot_be_had_is_told_of_the_split_that_is_asked_for(no_digits: str) -> None:
    for split, file in (("train", "train-images"), ("test", "t10k-images")):
        lack = lacking(mnist(split=split))
        assert lack is not None
        assert file in lack or lack == no_digits == "The MNIST files are not here."
        assert on_hand(mnist(split=split))[1] == [f"{lack} {STAND_IN}"]


def test_what_needs_no_files_lacks_none(no_digits: str) -> None:
    assert no_digits
    for scene in (ls.Scene(), ls.lesson("valley")):
        assert lacking(scene) is None
        assert on_hand(scene) == (scene, [])


def test_one_broken_file_of_the_four_is_enough(
    mnist_files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The labels of the train split are cut in half; the test split is whole."""
    folder, labels = tmp_path / "mnist", "train-labels-idx1-ubyte.gz"
    folder.mkdir()
    for file in (mnist_files / "mnist").glob("*-ubyte.gz"):
        (folder / file.name).symlink_to(file)
    whole = (folder / labels).read_bytes()
    (folder / labels).unlink()
    (folder / labels).write_bytes(whole[: len(whole) // 2])
    monkeypatch.setenv("LANDSCAPE_DATA", str(tmp_path))
    assert labels in str(lacking(mnist()))
    assert kind(on_hand(mnist())[0]) == "digits"
    assert on_hand(mnist(split="test")) == (mnist(split="test"), [])
    (folder / labels).write_bytes(whole)
    assert on_hand(mnist()) == (mnist(), []), "as soon as the file is whole its scene is shown"


@pytest.mark.parametrize(
    ("query", "samples", "seed"),
    [
        ("data.samples=5", 5, None),
        ("data.samples=60000", 1797, None),
        ("data.samples=1797&data.sample_seed=3", 1797, 3),
        ("data.sample_seed=0", 100, 0),
        ("data.split=test&data.sample_seed=4294967295", 100, 2**32 - 1),
    ],
)
def test_the_digits_stand_in_with_as_many_samples_and_the_same_seed(
    query: str, samples: int, seed: int | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANDSCAPE_DATA", str(tmp_path))
    data: Any = read_address(f"data.kind=mnist&{query}").scene.data
    assert (data.kind, data.samples, data.sample_seed) == ("digits", samples, seed)


def test_a_batch_that_the_digits_lack_gives_way_with_a_notice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANDSCAPE_DATA", str(tmp_path))
    opened = read_address("data.kind=mnist&data.samples=10000&runs.0.batch=5000&runs.0.optimizer.lr=3")
    assert opened.scene.runs[0].optimizer.lr == 3
    assert opened.notices[0] == f"The MNIST files are not here. {STAND_IN}"
    assert any("batch" in notice.lower() and "1797" in notice for notice in opened.notices[1:]), opened.notices
