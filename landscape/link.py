"""A scene as the text of a link, and back; and changes to a scene, as links and controls ask for them.

A link holds flat dotted keys and of them only what differs from the defaults::

    model.kind=function&model.name=ravine&runs.0.optimizer.lr=0.09

Its basis is the default scene, or the scene of ``lesson=<id>``. Keys that begin with ``view.`` belong to
the page and are passed over.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode

from pydantic import ValidationError

from landscape.lessons import lesson, lessons
from landscape.part import flatten, unflatten
from landscape.race import follows, rule_over
from landscape.run import Run
from landscape.scene import Scene

MAX_LINK = 8000
"""Characters of a link that are read; the page writes 4,000 at most."""

NAMED = 3
"""Keys with the same fault that are named one by one; of more the first stands for all."""

DEEPEST = 6
"""Dots that a key may have; no field lies deeper."""

LIST_MARKS = ",;:()"
"""Marks that stay readable in a link."""


class Revision(NamedTuple):
    """What became of a wish to change a scene.

    Attributes:
        scene: the scene with the changes, or None where one of them breaks a rule.
        errors: dotted key of a change -> the sentence that says what is wrong with it.
        notices: sentences about what had to give way so that the changes fit.
    """

    scene: Scene | None
    errors: dict[str, str]
    notices: list[str]


def to_query(scene: Scene) -> str:
    """The canonical link text of a scene; see :meth:`Scene.to_query`."""
    if scene.data is not None:
        scene = scene.model_copy(update={"data": scene.data.bare()})
    flat, default = flatten(scene), flatten(Scene())
    basis = default
    kinds: dict[str, str] = {}
    for keys in _kinds(flat):
        kinds |= {key: flat[key] for key in keys if basis.get(key) != flat[key]}
        basis = overlay(default, kinds)
    basis = {key: text for key, text in basis.items() if not _is_further(key)} | _plain_runs(scene)
    differ = {
        key: value
        for key, value in (kinds | flat).items()
        if (key in kinds or basis.get(key) != value) and not (follows(key, flat) or _goes_without_saying(key, value))
    }
    for parts in (("model.", "data."), ("model.", "data.", "plane.")):  # the rest may follow from these
        fewer = {key: value for key, value in differ.items() if key.startswith(parts)}
        if fewer and len(fewer) < len(differ) and revise(Scene(), fewer).scene == scene:
            return urlencode(fewer, safe=LIST_MARKS)
    return urlencode(differ, safe=LIST_MARKS)


def read_query(text: str) -> tuple[Scene, list[str]]:
    """The scene of a link, and a sentence for everything in it that could not be read.

    Never raises: what is broken takes its default.

    Example:
        >>> scene, notices = read_query("model.kind=function&model.nmae=ravine")
        >>> scene.model.name, len(notices)
        ('valley', 1)
    """
    notices: list[str] = []
    changes: dict[str, str] = {}
    text = text.removeprefix("?")
    if len(text) > MAX_LINK:
        notices.append(f"The link is longer than {MAX_LINK} characters; what comes after them is not read.")
        text = text[:MAX_LINK].rpartition("&")[0]  # half a value would be another value
    for key, value in parse_qsl(text, keep_blank_values=True):
        if key.count(".") > DEEPEST:
            notices.append(f"{_short(key)} in the link is no field of a scene.")
        elif not key.startswith("view."):
            changes[key] = value
    basis = Scene()
    if (name := changes.pop("lesson", None)) is not None:
        if name in lessons():
            basis = lesson(name)
        else:
            notices.append(f"There is no lesson {_short(name)!r}. The default scene takes its place.")
    while changes:
        revision = _revise(basis, changes, silent=flatten(Scene()))
        if revision.scene is not None:
            return revision.scene, notices + revision.notices
        by_message: dict[str, list[str]] = {}
        for key, message in revision.errors.items():
            by_message.setdefault(message, []).append(f"{_short(key)}={_short(changes.pop(key))}")
        for message, named in by_message.items():
            many = len(named) > NAMED
            for what in [f"{named[0]} and {len(named) - 1} more"] if many else named:
                notices.append(f"{what} in the link: {message} The default takes its place.")
    return basis, notices


def revise(scene: Scene, changes: Mapping[str, str]) -> Revision:
    """A scene with changed fields.

    What is not changed gives way where it no longer fits: with a smaller network the plane moves to
    weights that exist. What is changed must be right.

    Args:
        scene: the scene as it is.
        changes: dotted keys with text values, as in a link.

    Example:
        >>> revise(Scene(), {"runs.0.steps": "0"}).errors
        {'runs.0.steps': 'Steps must be at least 1. Got 0.'}
    """
    return _revise(scene, changes, silent={})


def _revise(scene: Scene, changes: Mapping[str, str], silent: Mapping[str, str]) -> Revision:
    """:func:`revise`; fields that are as ``silent`` says give way without a notice, for nobody asked for them."""
    wanted = overlay(flatten(scene), changes)
    notices: list[str] = []
    while True:
        try:
            return Revision(_like(Scene.model_validate(unflatten(wanted)), scene), {}, notices)
        except ValidationError as error:
            lines = [(_written(line["loc"], wanted), line["msg"]) for line in error.errors(include_url=False)]
        errors = {key: message for place, message in reversed(lines) for key in changes if _touches(key, place)}
        if errors:
            return Revision(None, {key: errors[key] for key in changes if key in errors}, [])
        giving = {key: message for place, message in lines for key in wanted if _touches(key, place)}
        if not giving:  # nothing that was there is at fault by itself: all the changes are
            return Revision(None, dict.fromkeys(changes, lines[0][1]), [])
        told = [message for key, message in giving.items() if wanted[key] != silent.get(key)]
        notices += [f"{message} The default takes its place." for message in dict.fromkeys(told)]
        gone = giving.keys() | _goes_along(giving, wanted, flatten(Scene()), changes)
        wanted = {key: value for key, value in wanted.items() if key not in gone}


def _like(made: Scene, before: Scene) -> Scene:
    """The scene with a table that is whose it was before, which no text says."""
    if made.data is None or before.data is None:
        return made
    return made.model_copy(update={"data": made.data.like(before.data)})


def _goes_along(
    giving: Collection[str], flat: Mapping[str, str], default: Mapping[str, str], changes: Collection[str]
) -> set[str]:
    """With a plane that gives way: its other weight, and the ranges and runs that were only there to suit it."""
    if not any(key.startswith("plane.") for key in giving):
        return set()
    along = {key for key in flat if key.startswith("plane.") and key != "plane.kind" and key not in changes}
    for part in ("grid.", "runs."):
        keys = {key for key in flat if key.startswith(part)}
        if not keys & set(changes) and all(flat[key] == default.get(key) for key in keys):
            along |= keys
    return along


def overlay(basis: Mapping[str, str], changes: Mapping[str, str]) -> dict[str, str]:
    """Flat keys of a scene with changes laid over them.

    A changed kind takes the fields of the old kind with it, and what only suited the old kind: another
    model brings its own data, plane, grid and runs; another plane its own grid and runs.
    """
    flat = dict(basis)
    for keys in _kinds(changes):
        changed = [key for key in keys if _takes_along(key, flat.get(key), changes[key])]
        for key in changed:
            along = _suited_to(flat, changes[key]) if key == "model.text" else _GOES_WITH.get(key)
            for prefix in [key.removesuffix("kind")] if along is None else along:
                _drop(flat, prefix)
            if key == "data.kind" and "model.kind" in changes:  # what suited the model's own data was nobody's choice
                for prefix in _PLACE:
                    _drop(flat, prefix)
            _put(flat, key, changes[key])
        if changed:
            flat = _filled(flat, changes if "data.kind" in changed else {})
    for key, value in changes.items():
        if not key.endswith(".kind"):
            _put(flat, key, value)
    _tie(flat, changes)
    return flat


def _filled(flat: Mapping[str, str], changes: Mapping[str, str]) -> dict[str, str]:
    """The keys with the defaults of their kinds, the plane's to suit the samples that the changes ask for."""
    sizes = {key: text for key, text in changes.items() if key.startswith("data.") and key != "data.kind"}
    for more in ([sizes] if sizes else []) + [{}]:
        with suppress(ValidationError):  # whoever validates the result will say so
            return flatten(Scene.model_validate(unflatten({**flat, **more})))
    return dict(flat)


def _tie(flat: dict[str, str], changes: Mapping[str, str]) -> None:
    """What is tied is not written; a run that is given a field of its own unties it, another unit its amount."""
    untied = {rule for key in changes if follows(key, flat) and (rule := rule_over(key)) and rule not in changes}
    if "race.budget" in untied or ("race.budget" in changes and "race.amount" not in changes):
        flat.pop("race.amount", None)
    for rule in untied:
        flat.pop(rule, None)
    for key in [key for key in flat if follows(key, flat)]:
        del flat[key]


def _takes_along(key: str, before: str | None, after: str) -> bool:
    """Whether other fields go with a change: of a second weight only where it comes or goes."""
    return before != after and (key != "plane.second" or "none" in (before, after))


def _suited_to(flat: Mapping[str, str], text: str) -> list[str]:
    """Prefixes of what suited a typed formula and does not suit another: where other variables occur the plane, and
    runs that nobody has changed. What the reader has chosen stays, ranges too.
    """
    model = {key: value for key, value in flat.items() if key.startswith("model.")}
    try:
        before, after = (Scene.model_validate(unflatten(one)) for one in (model, model | {"model.text": text}))
    except ValidationError:  # whoever validates the result will say so
        return []
    if before.blocks != after.blocks:
        return ["plane.", "grid.b", "runs.", "race."]
    runs, suited = ({key: value for key, value in one.items() if key.startswith("runs.")}
                    for one in (flat, flatten(before)))  # fmt: skip
    return ["runs."] if runs == suited else []


_PLACE = ["plane.", "grid.", "runs.", "race."]
_RANGES = ["grid.a", "grid.b", "runs.", "race."]
_GOES_WITH = {
    "model.kind": [""],
    "model.name": _PLACE,
    "model.text": _PLACE,
    "data.kind": ["data."],
    "plane.kind": _PLACE,
    "plane.second": _RANGES,
    "plane.directions": _RANGES,
}
"""Prefixes of what a kind takes with it when it changes; otherwise its own part. A function's name is as much as a
kind: each has its own domain, start and rate. So is the second axis: what suits a surface does not suit a curve. Of a
typed formula's it is looked at first whether it still suits."""


def _is_further(key: str) -> bool:
    """Whether a field is one of a run behind the first."""
    return key.startswith("runs.") and not key.startswith("runs.0.")


def _plain_runs(scene: Scene) -> dict[str, str]:
    """The fields of the runs behind the first that go without saying: the defaults of their kinds.

    What a race may tie is always written where it is a run's own.
    """
    plain: dict[str, str] = {}
    for number, run in enumerate(scene.runs[1:], start=1):
        kinds = {"optimizer": {"kind": run.optimizer.kind}, "schedule": {"kind": run.schedule.kind}}
        plain |= flatten(Run.model_validate(kinds), f"runs.{number}.")
    return {key: text for key, text in plain.items() if rule_over(key) is None}


def _goes_without_saying(key: str, value: str) -> bool:
    """Whether a field of a further run is as it is in every run that says nothing; its optimizer is always named."""
    return _is_further(key) and key.endswith(".schedule.kind") and value == Run().schedule.kind


def _kinds(keys: Collection[str]) -> list[list[str]]:
    """The keys that name kinds, those first whose change takes others with it, in whatever order they stand."""
    others = [key for key in keys if key.endswith(".kind") and key not in _GOES_WITH]
    return [*([key] for key in _GOES_WITH if key in keys), others]


def _put(flat: dict[str, str], key: str, value: str) -> None:
    _drop(flat, key + ".")
    steps = key.split(".")
    for count in range(1, len(steps)):  # "runs=none" gives way to "runs.0.steps=5"
        flat.pop(".".join(steps[:count]), None)
    flat[key] = value


def _drop(flat: dict[str, str], prefix: str) -> None:
    for key in [key for key in flat if key.startswith(prefix)]:
        del flat[key]


def _written(place: tuple[int | str, ...], keys: Iterable[str]) -> str | None:
    """An error's place as the keys write it; None for the scene as a whole.

    Lists have no gaps: with ``runs.0.steps`` and ``runs.5.steps`` the place ``("runs", 1)`` is ``runs.5``.
    """
    steps = [str(step) for step in place]
    if len(place) > 1 and isinstance(place[1], int):
        head = steps[0] + "."
        numbers = sorted({key.split(".")[1] for key in keys if key.startswith(head)}, key=int)
        steps[1] = numbers[place[1]] if place[1] < len(numbers) else steps[1]
    return ".".join(steps) if steps else None


def _touches(key: str, place: str | None) -> bool:
    """Whether a flat key and an error's place are the same, or one lies inside the other."""
    return place is None or key == place or key.startswith(place + ".") or place.startswith(key + ".")


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:37] + "..."
