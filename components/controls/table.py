"""The control of a table of one's own: a file to choose, what was read of it, and what another choice makes of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from dash import html
from dash.development.base_component import Component

from components.controls.fitting import fitted
from components.link import Opened, View
from components.visitor import mine
from landscape import DataError, Preview, Scene, Table, flatten, revise

READING = ("data.target", "data.target_as", "data.header")
"""Fields whose change makes other sizes of the same file."""

HELP = "Up to 5 MB and 100 columns. Only you can see it: it is held for this browser, and no link carries it."


class Read(NamedTuple):
    """Changes of a scene with what follows from them.

    Attributes:
        changes: dotted keys with texts.
        errors: key -> sentence, where the file cannot be read so.
    """

    changes: dict[str, str]
    errors: dict[str, str]


def chooser(word: str = "Choose a CSV file") -> Component:
    """A button that asks for a file, on which one can be dropped too; ``assets/upload.js`` sends it."""
    return html.Div(
        [
            html.Button(word, type="button", className="table-choose"),
            html.Span("or drop it here", className="table-hint", **{"aria-hidden": "true"}),
            html.P("", className="table-word", role="status"),
            html.P("", className="table-error", role="alert"),
        ],
        className="table-drop",
    )


def panel(scene: Scene) -> list[Component]:
    """The chooser, and what was read of the scene's table."""
    data = mine(scene).data
    assert isinstance(data, Table)
    told: list[Component] = [chooser("Choose a CSV file" if data.is_example else "Choose another file")]
    try:
        preview = data.preview()
    except DataError as error:
        return [*told, html.P(str(error), className="help")]
    example = "An example until you choose a file: " if data.is_example else ""
    rows = data.rows + data.incomplete
    size = f"{example}{data.file}, {rows:,} rows, {data.columns} columns."
    return [
        *told,
        html.P(size, className="table-size"),
        html.Details(_preview(preview), open=not data.is_example, className="table-preview"),
    ]


def _preview(preview: Preview) -> list[Component]:
    """Columns with what they hold, what is left out, and the first rows."""
    left_out = preview.kinds.count("left out")
    count = len(preview.names) - left_out - 1
    inputs = f"{len(preview.inputs)} inputs from {count} column{'s' if count != 1 else ''}"
    notes = [html.P(note, className="help") for note in preview.notes]
    head = html.Tr([html.Th(name, className=_class(preview, place)) for place, name in enumerate(preview.names)])
    kinds = html.Tr([html.Td(_kind(preview, place), className="kind") for place in range(len(preview.names))])
    rows = [html.Tr([html.Td(value[:24]) for value in row]) for row in preview.first]
    table = html.Table([html.Thead([head, kinds]), html.Tbody(rows)])
    scroll = html.Div(table, className="table-rows", tabIndex=0, role="group", **{"aria-label": "First rows"})
    return [html.Summary(f"What was read: {inputs}"), *notes, scroll, html.P(HELP, className="help")]


def _class(preview: Preview, place: int) -> str:
    if place == preview.target - 1:
        return "target"
    return "out" if preview.kinds[place] == "left out" else ""


def _kind(preview: Preview, place: int) -> str:
    if place != preview.target - 1:
        return preview.kinds[place]
    return f"target, {len(preview.classes)} classes" if preview.classes else "target, a number"


def target_choices(scene: Scene) -> list[dict[str, str]]:
    """The columns by their names, to choose the target from; none where the file is not there."""
    data = mine(scene).data
    try:
        names = data.preview().names if isinstance(data, Table) else ()
    except DataError:
        names = ()
    return [{"value": str(place), "label": name} for place, name in enumerate(names, start=1)]


def completed(scene: Scene, changes: Mapping[str, str]) -> Read:
    """Changes of how a table is read, with the sizes that come of them; other changes as they are.

    Another model is shown on the same table, where it can be; it would bring data of its own otherwise.
    """
    data = mine(scene).data
    if "model.kind" in changes and isinstance(data, Table) and not data.is_example:
        kept = {**flatten(data, "data."), **changes}
        return Read(kept if revise(scene, kept).scene is not None else dict(changes), {})
    asked = {key: text for key, text in changes.items() if key in READING}
    if not isinstance(data, Table) or not asked or "data.kind" in changes:
        return Read(dict(changes), {})
    checked = revise(scene, asked)
    if checked.scene is None:
        return Read(dict(changes), checked.errors)
    wanted = checked.scene.data
    assert isinstance(wanted, Table)
    try:
        again = data.read_again(target=wanted.target, target_as=wanted.target_as, header=wanted.header)
    except DataError as error:
        return Read(dict(changes), {key: str(error) for key in list(asked)[:1]})
    return Read({**changes, **_derived(again), **asked}, {})


def arrived(opened: Opened, text: Any) -> Opened | None:
    """What is shown once a file has come in: the very scene that asked for it, or the same with what fits.

    Args:
        opened: what was shown or asked for.
        text: the answer of the route; None comes of anything else.
    """
    given = dict(parse_qsl(text)) if isinstance(text, str) else {}
    changes = {key: value for key, value in given.items() if key.startswith("data.")}
    checked = revise(Scene(), changes).scene if changes else None
    data = mine(checked).data if checked is not None else None
    if not isinstance(data, Table) or data.missing() is not None:
        return None
    asked = opened.asked
    if isinstance(asked.data, Table) and asked.data.digest == data.digest:
        return Opened(asked, asked, opened.view, [])
    notices = []
    if isinstance(asked.data, Table) and not asked.data.is_example:
        before = asked.data
        if opened.lacks_data:
            size = f"{before.rows + before.incomplete:,} rows, {before.columns} columns"
            notices.append(f"{data.file} is another file than {before.file} ({size}); it is shown with what fits.")
        data = _like(data, before)
    return _fitted(asked, data, opened.view, notices)


def _like(data: Table, before: Table) -> Table:
    """A file read as the one before it, where it has the same columns and can be."""
    if data.columns != before.columns:
        return data
    try:
        return data.read_again(target=before.target, target_as=before.target_as, header=before.header)
    except DataError:
        return data


def _fitted(asked: Scene, data: Table, view: View, notices: list[str]) -> Opened | None:
    """The scene on other data; with a network where its own model cannot take them."""
    changes, instead = fitted(asked, {"data.kind": "table", **_derived(data)})
    if asked.data is not None and asked.data.samples > data.available:  # as many as there are, without a word
        changes = {**changes, "data.samples": str(data.available)}
    notices = [*notices, *instead]
    revision = revise(asked, changes)
    if revision.scene is None:
        notices = [*notices, *dict.fromkeys(revision.errors.values()), "A network takes the model's place."]
        revision = revise(asked, {**changes, "model.kind": "mlp"})
    if revision.scene is None:
        return None
    at_end = view.model_copy(update={"step": None, "sweep": False})
    return Opened(revision.scene, revision.scene, at_end, [*notices, *revision.notices])


def _derived(data: Table) -> dict[str, str]:
    """What a file decides, as changes of a scene."""
    chosen = {"samples", "sample_seed", "split", "standardise", "kind"}
    return {key: text for key, text in flatten(data, "data.").items() if key.removeprefix("data.") not in chosen}
