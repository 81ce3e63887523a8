"""The address of the page: a scene's link text, and the page's own part of it, ``view.*``."""

from __future__ import annotations

from typing import Annotated, Literal, NamedTuple
from urllib.parse import parse_qsl, urlencode

from pydantic import Field, ValidationError, field_validator

from components.chosen import still_true
from components.several import suited
from components.visitor import mine
from landscape import (
    DataError,
    DataMissing,
    Part,
    Scene,
    Table,
    flatten,
    lesson,
    lesson_view,
    lessons,
    read_query,
    revise,
)

STAND_IN = "The pictures show the bundled 8 x 8 digits instead."

BUNDLED = 1797
"""How many of those there are."""


TabName = Literal[
    "curve", "beside", "norms", "predictions", "rates", "sizes", "check", "profiles", "pairs", "convexity"
]

Mark = Annotated[str, Field(pattern="^[0-9a-f]{8}$")]
"""Of a run whose rate was swept; see :func:`components.chosen.mark`."""


Difference = Annotated[tuple[str, ...], Field(min_length=2, max_length=9)]
"""A field of a scene, and what stands between the commas of its text."""


class View(Part):
    """How the scene is looked at; it changes no number.

    Attributes:
        colours: the colour scale of the surface and the contour map.
        step: where the slider stands; None at the end.
        arrows: what is drawn of the step under the slider.
        batch: how the surface of the step's own samples is drawn, where it sees a part of them.
        tab: which view stands beside the table of runs.
        sweep: whether the rates are swept, however long that takes.
        swept: marks of the runs whose rate is the best of a sweep; those that no longer hold are no part of an address.
        other: what differs in the scene that is shown beside this one; none: its samples.
        heights: whether the two have the same span of heights, each from its own lowest, or one scale.
        axis: what the slider and the loss curve count; budget: what the runs have an equal budget of.
        path: the path whose predictions are shown, counted from 1; None: the first.
        target: the loss that the table says who came to when; None: the lowest that all came to.
        several: the directions of profiles and pairs, weights or columns; none: those that suit the scene. Others than
            it has are no part of an address.
        clip: from and to of the colours of the pairs; None: as far as the losses go, but for a few that are steep.
    """

    colours: Literal["cividis", "viridis"] = Field("cividis", title="Colours")
    step: Annotated[int, Field(ge=0, le=10**9)] | None = Field(None, title="Step")
    arrows: Literal["none", "step"] = Field(
        "none",
        title="Arrows",
        description="step: the step under the slider, the negative gradient of all samples, the gathered momentum, the"
        " way to the nearest known minimum; their angles.",
    )
    batch: Literal["none", "over", "instead"] = Field(
        "none",
        title="Surface of the step's batch",
        description="over: that of the samples which the step under the slider sees, over that of all; instead: alone.",
    )
    tab: TabName = Field("curve", title="Tab")
    sweep: bool = Field(False, title="Sweep the rates")
    swept: tuple[Mark, ...] = Field((), max_length=8, title="Swept rates")
    other: Annotated[tuple[Difference, ...], Field(max_length=12)] = Field(
        (),
        title="What differs beside it",
        description="Fields of the second scene, one a line as links write them: data.samples, 1000.",
        json_schema_extra={"text": "lines"},
    )
    heights: Literal["same span", "one scale"] = Field(
        "same span",
        title="Heights side by side",
        description="same span: each from its own lowest; one scale: both from the lowest of the two.",
    )
    axis: Literal["budget", "steps", "epochs", "samples", "evaluations"] = Field(
        "budget",
        title="Loss curve over",
        description="What the curve and the slider count; budget: what the runs have an equal budget of.",
    )
    path: Annotated[int, Field(ge=1, le=8)] | None = Field(
        None, title="Predictions of path", description="Whose predictions are shown; none: of the first path."
    )
    target: float | None = Field(
        None,
        title="Loss to come to",
        description="The table says when each run came to it; none: the lowest loss that all of them came to.",
    )
    several: tuple[tuple[str, ...], ...] = Field(
        (),
        title="Profiles and pairs of",
        json_schema_extra={"text": "lines"},
        description="Up to 12, one a line: weights (matrix, to, from) or columns, as the plane has them. none: all of"
        " up to 12, else the plane's own and their neighbours.",
    )
    clip: tuple[float, float] | None = Field(
        None,
        title="Colours of the pairs",
        description="Loss of the first and of the last colour; none: of all maps, but for the steepest heights.",
    )

    @field_validator("clip")
    @classmethod
    def _rises(cls, value: tuple[float, float] | None) -> tuple[float, float] | None:
        if value is not None and not value[0] < value[1]:
            raise ValueError(f"Colours of the pairs must rise. Got {value[0]:g} to {value[1]:g}.")
        return value

    def to_query(self, basis: View | None = None) -> str:
        """``view.colours=viridis``: what differs from ``basis``, by default from the defaults."""
        known = flatten(basis or View())
        return urlencode(
            {f"view.{name}": text for name, text in flatten(self).items() if text != known[name]}, safe=",;"
        )


class Opened(NamedTuple):
    """What an address opens.

    Attributes:
        scene: to show, by whoever asks: with a table that is the visitor's own.
        asked: what was asked for; another than ``scene`` where its files are not to be had here.
        view: how to look at it.
        notices: sentences about what could not be read or had.
        lacks_data: whether the samples that were asked for cannot be had here.
    """

    scene: Scene
    asked: Scene
    view: View
    notices: list[str]
    lacks_data: bool = False


def read_address(search: str | None) -> Opened:
    """What the address's text after ``?`` opens. Never fails: what is broken is named and takes its default."""
    text = whole_letters(search or "").removeprefix("?")
    scene, notices = read_query(text)
    view, view_notices = _read_view(text)
    shown, lack = on_hand(scene)
    return Opened(mine(shown), scene, view, [*notices, *view_notices, *lack], bool(lack))


def whole_letters(text: str) -> str:
    r"""The text with `?` for halves of letters, which JSON can hold and nothing else can.

    Example:
        >>> whole_letters("x\ud800y")
        'x?y'
    """
    return text.encode("utf-8", "replace").decode()


def address(scene: Scene, view: View) -> str:
    """The address of a scene: ``?lesson=ravine`` where it is a lesson's, else what differs from the defaults.

    Of the view it names what differs from how the lesson is opened, or from the defaults.
    """
    still = {"swept": still_true(scene, view.swept), "several": suited(scene, view.several)}
    view = view.model_copy(update=still)
    name = _named().get(scene)
    parts = [scene.to_query(), view.to_query()] if name is None else [f"lesson={name}", view.to_query(_opening(name))]
    text = "&".join(part for part in parts if part)
    return f"?{text}" if text else ""


def on_hand(scene: Scene) -> tuple[Scene, list[str]]:
    """The scene itself; or the same on the bundled digits where its files are missing or broken.

    Returns:
        What can be shown, and sentences that say what is wrong and what had to give way; none where all is well.
    """
    lack = lacking(scene)
    if scene.data is None or lack is None:
        return scene, []
    changes = {"data.kind": "digits", "data.samples": str(min(scene.data.samples, BUNDLED))}
    if scene.data.sample_seed is not None:
        changes["data.sample_seed"] = str(scene.data.sample_seed)
    revision = revise(scene, changes)
    return revision.scene or Scene(), [f"{lack} {STAND_IN}", *revision.notices]


def lacking(scene: Scene) -> str | None:
    """A sentence that says why the scene's samples cannot be had by whoever asks, or None where they can."""
    scene = mine(scene)
    try:
        if scene.data is not None:
            scene.data.model_copy(update={"samples": 1}).load()
    except DataMissing:
        if isinstance(scene.data, Table):
            return scene.data.missing()
        return f"The {scene.data.noun.split()[0]} files are not here."
    except DataError as error:
        return str(error)
    return None


def _read_view(text: str) -> tuple[View, list[str]]:
    """The view of a link, on the basis of how its lesson is opened, and what could not be read."""
    keys = dict(parse_qsl(text, keep_blank_values=True))
    basis = flatten(_opening(keys.get("lesson")))
    given = basis | {key.removeprefix("view."): value for key, value in keys.items() if key.startswith("view.")}
    notices: list[str] = []
    while True:
        try:
            return View.model_validate(given), notices
        except ValidationError as error:
            for name in {str(line["loc"][0]) for line in error.errors()}:
                notices.append(f"view.{name[:40]} in the link cannot be read. The default takes its place.")
                given.pop(name, None)
                given |= {name: basis[name]} if name in basis else {}


def _opening(name: str | None) -> View:
    """How a lesson is looked at when it is opened; the default look where there is no such lesson."""
    return View.model_validate(lesson_view(name)) if name in lessons() and name is not None else View()


def _named() -> dict[Scene, str]:
    return {lesson(name): name for name in lessons()}
