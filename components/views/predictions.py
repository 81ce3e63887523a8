"""The view of what the model does at the step under the slider: a fitted curve, regions of classes, a sheet of images,
who is taken for whom, or what is said over what is so.

It is computed at some steps of one path and sent once, the ends first; ``assets/predictions.js`` shows the last of them
that is at or before the slider's.
"""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
import numpy as np
from dash import html
from dash.development.base_component import Component

from components import ids
from components.figures import predictions as figures
from components.ids import Id
from components.link import View
from components.sentence import loss_number
from components.stream import Draft
from components.views.graph import graph
from components.views.studied import Studied
from landscape import Engine, Form, Predicted, Predictions, Scene, to_text

SCRIPT = "predictions"
"""The name of ``assets/predictions.js``."""

SHEET = 40
"""Images on a sheet."""

NAMED = 3
"""Confusions that are named in words."""


def layout() -> Component:
    """The words and the choice of a path, the picture, the sheet and the table, empty."""
    section = graph(Id.PREDICTIONS, figures.figure(), "Predictions", modes=[])
    section.children = [
        html.Div(
            [
                html.P(id=Id.PREDICTIONS_WORD, className="study-word", role="status"),
                html.Div(id=Id.PREDICTIONS_CHOICE, className="choice"),
            ],
            className="study-head",
        ),
        html.Div(
            [
                html.Div(
                    [html.Canvas(id=Id.PREDICTIONS_CANVAS, **{"aria-hidden": "true"}), section.children],
                    className="predicted-picture",
                ),
                html.Div(id=Id.PREDICTIONS_SHEET, className="predicted-sheet", tabIndex=0),  # both scroll, by
                html.Div(id=Id.PREDICTIONS_TABLE, className="predicted-table", tabIndex=0),  # the arrow keys too
            ],
            className="predicted",
        ),
        html.P(id=Id.PREDICTIONS_NOTE, className="predicted-note"),
    ]
    return section


def chosen(scene: Scene, view: View) -> int:
    """The path whose predictions are shown, from 0: the first where the one that is asked for is not there."""
    count = sum(len(run.places) for run in scene.runs)
    return view.path - 1 if view.path is not None and view.path <= count else 0


def key(scene: Scene, view: View) -> str:
    """Names what is shown: while it stays, so may what is on the page."""
    runs = [scene.run_digest(index) for index in range(len(scene.runs))]
    return "/".join([scene.objective_digest, *runs, str(chosen(scene, view))])


def paint(draft: Draft) -> None:
    """What the page has of another scene is out of date from the first picture of this one on."""
    if draft.first and Id.PREDICTIONS not in draft.hidden:
        draft.told[SCRIPT] = {"key": key(draft.scene, draft.view)}


class Foretelling(Studied[Predictions]):
    """The predictions of a scene beside its pictures."""

    verb = "predicting"

    def __init__(self, engine: Engine, scene: Scene, view: View) -> None:
        self._number = chosen(scene, view)
        super().__init__(engine.predictions(scene, self._number))
        self._scene, self._view = scene, view
        self._sent: set[int] = set()

    def paint(self, draft: Draft) -> None:
        """The predictions that were not sent before; with the first of them what stands still."""
        new = np.array([place for place in self._study.known if int(place) not in self._sent], dtype=np.int64)
        if not new.size:
            return
        found = self._study.at(new)
        told = {
            "key": key(self._scene, self._view), "fresh": not self._sent, "form": found.form.value,
            "frames": [frame(found, place, _other(self._scene)) for place in range(new.size)],
        }  # fmt: skip
        if not self._sent:
            told |= self._still(found)
            if (change := figures.update(Id.PREDICTIONS, found, _other(self._scene))) is not None:
                draft.updates.append(change)
            draft.props[Id.PREDICTIONS_CHOICE] = {"children": self._choice()}
        steps = draft.frame.paths[self._number].step.size if draft.frame.paths else 0
        draft.props[Id.PREDICTIONS_NOTE] = {"children": note(self._scene, found, self._study.steps.size, steps)}
        draft.told[SCRIPT] = told
        self._sent.update(map(int, new))

    def _still(self, found: Predicted) -> dict[str, Any]:
        """What the script is told once."""
        many = sum(len(run.places) for run in self._scene.runs) > 1
        told: dict[str, Any] = {"path": found.path, "many": many, "labels": list(found.labels)}
        match found.form:
            case Form.CURVE:
                return told | {"x": found.curve_x}
            case Form.REGIONS:
                assert found.mesh_x is not None
                assert found.mesh_y is not None
                assert found.x is not None
                mesh = [*found.mesh_x[[0, -1]].tolist(), *found.mesh_y[[0, -1]].tolist()]
                at = {"x": found.x[:, 0], "y": found.x[:, 1], "truth": found.truth}
                return told | at | {"mesh": mesh, "side": len(found.mesh_x)}
            case Form.SHEET:
                assert found.images is not None
                shape, pixels = list(found.images.shape), found.images.ravel()
                return told | {"images": pixels, "shape": shape, "truth": found.truth[:SHEET]}
            case Form.SCATTER:
                return told | {"x": found.truth.ravel()}
            case _:
                return told

    def _choice(self) -> list[Component]:
        """A choice between the paths, where there are several."""
        count = sum(len(run.places) for run in self._scene.runs)
        if count < 2:
            return []
        asked = to_text(self._view.path)
        values = ["none" if number == 0 else str(number + 1) for number in range(count)]
        values[self._number] = asked  # as the address has it, or the page would ask for another look by itself
        return [
            dmc.Select(
                id=ids.field("view.path"), value=asked, allowDeselect=False, size="xs", w=110,
                data=[{"value": value, "label": f"path {number}"} for number, value in enumerate(values, start=1)],
                **{"aria-label": "Path whose predictions are shown"},
            )
        ]  # fmt: skip


def frame(found: Predicted, place: int, split: str = "test") -> dict[str, Any]:
    """What the script is told of one step: the words, and the arrays that it draws.

    Args:
        found: the predictions.
        place: of the step among theirs.
        split: what the samples beside a curve are called.
    """
    told: dict[str, Any] = {"step": int(found.steps[place]), "words": words(found, place, split)}
    if found.confusion is not None:
        told["confusion"] = found.confusion[place].ravel()
    match found.form:
        case Form.CURVE:
            assert found.curve is not None
            told["y"] = found.curve[place]
        case Form.REGIONS:
            assert found.regions is not None
            assert found.classes is not None
            told |= {"regions": found.regions[place].ravel(), "classes": found.classes[place]}
            if found.certainty is not None:
                told["sure"] = sureness(found.certainty[place], len(found.labels)).ravel()
        case Form.SHEET:
            assert found.classes is not None
            told["classes"] = found.classes[place, :SHEET]
        case Form.SCATTER:
            assert found.values is not None
            told["y"] = found.values[place].ravel()
    return told


def sureness(certainty: np.ndarray, classes: int) -> np.ndarray:
    """How far the winning share is above an equal one, in 255ths.

    Example:
        >>> sureness(np.array([0.5, 0.75, 1.0, np.nan]), 2)
        array([  0, 128, 255,   0], dtype=uint8)
    """
    share = (np.nan_to_num(certainty) - 1 / classes) / (1 - 1 / classes)
    return np.round(255 * np.clip(share, 0, 1)).astype(np.uint8)


def words(found: Predicted, place: int, split: str = "test") -> str:
    """What is to be said of one step."""
    if found.confusion is not None and found.classes is not None:
        right, count = int(found.confusion[place].trace()), found.samples
        share = f"{right:,} of {count:,} right ({100 * right / count:.3g} %)."
        return f"{share}{_confused(found.confusion[place], found.labels)}"
    assert found.error is not None
    said = f"mean squared error {loss_number(found.error[place])}"
    if found.form is Form.CURVE:
        said += f" on the {_points(found.samples)}"
        if found.held_error is not None and found.held_y is not None:
            said += f", {loss_number(found.held_error[place])} on the {_points(len(found.held_y))} of the {split} split"
        return f"{said}."
    spread = np.square(found.truth - found.truth.mean(axis=0)).sum(axis=-1).mean()
    return f"{said}; R² {1 - found.error[place] / spread:.3g}." if spread > 0 else f"{said}."


def _points(count: int) -> str:
    return "point" if count == 1 else f"{count:,} points"


def _confused(confusion: np.ndarray, labels: tuple[str, ...]) -> str:
    """The worst confusions in words."""
    wrong = confusion - np.diag(np.diag(confusion))
    worst = [divmod(int(cell), len(labels)) for cell in np.argsort(-wrong, axis=None, kind="stable")[:NAMED]]
    named = [f"{labels[i]} taken for {labels[j]} ({wrong[i, j]:,})" for i, j in worst if wrong[i, j]]
    return f" Most often wrong: {', '.join(named)}." if named else ""


def _other(scene: Scene) -> str:
    """What the split is called that the scene's samples are not of."""
    return "test" if getattr(scene.data, "split", "train") == "train" else "training"


def note(scene: Scene, found: Predicted, asked: int, recorded: int) -> str:
    """What has to be known to read the picture."""
    said = []
    if 0 < asked < recorded:
        said.append(f"Known at {asked:,} of {recorded:,} recorded steps; the last at or before the slider is shown.")
    if found.path is None:
        said.append("Nobody walks: these are the initial weights.")
    if scene.data is not None and found.samples < scene.data.samples:
        said.append(f"Of the first {found.samples:,} of {scene.data.samples:,} samples.")
    if found.form is Form.REGIONS:
        said.append("Wrong samples are ringed.")
    if found.form is Form.REGIONS and found.certainty is not None:
        said.append("The stronger the tint, the surer.")
    if found.form is Form.REGIONS and scene.model.sees_others:
        said.append("Between the samples, batch normalisation takes the samples' own means and variances.")
    if getattr(scene.model, "dropout", 0):
        said.append("The dropout mask is the surface's own.")
    return " ".join(said)
