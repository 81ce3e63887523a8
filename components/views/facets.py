"""What profiles and pairs have in common: a study of small pictures, each a link to itself as the large one."""

from __future__ import annotations

import time
from collections.abc import Sequence
from urllib.parse import parse_qsl, urlencode

from dash import dcc, html
from dash.development.base_component import Component

from components.controls.button import at_end
from components.ids import Id
from components.link import View, address
from components.stream import Draft
from components.views.studied import Studied
from landscape import Direction, Facet, Facets, Scene, Surface, direction_name, directions, to_text

APART = 0.5
"""Seconds between drawings while they sharpen: each holds all of them."""


def links(id_: Id, what: str) -> Component:
    """The place of a list of links, one a picture: the way by keyboard, and what a click on a picture presses."""
    return html.Details(
        [html.Summary(f"{what} as a list"), html.Div(id=id_, className="facet-links")],
        className="facet-list",
    )


class Several(Studied[Facets]):
    """Small pictures beside the large ones.

    Args:
        study: what is computed.
        scene: that the large pictures show.
        view: how.
    """

    verb = "mapping"

    def __init__(self, study: Facets, scene: Scene, view: View) -> None:
        super().__init__(study)
        self._scene, self._view = scene, view
        self._drawn: list[Surface | None] | None = None
        self._told = -float("inf")

    def paint(self, draft: Draft) -> None:
        """What is known, where it is news: coarse at once, finer ones some time apart."""
        surfaces, first = self._study.surfaces, self._drawn is None
        if not first and not self.done and time.monotonic() - self._told < APART:
            return
        if first:
            self.begin(draft)
        if surfaces != self._drawn:
            self.draw(draft, surfaces)
        self.say(draft, surfaces)
        self._drawn, self._told = surfaces, time.monotonic()

    def begin(self, draft: Draft) -> None:
        """Titles and links."""
        raise NotImplementedError

    def draw(self, draft: Draft, surfaces: Sequence[Surface | None]) -> None:
        """The pictures as they are known."""
        raise NotImplementedError

    def say(self, draft: Draft, surfaces: Sequence[Surface | None]) -> None:
        """What there is to be said of them."""
        raise NotImplementedError

    def main(self) -> int | None:
        """The number of the one that the large pictures show, or None."""
        shown = getattr(self._scene.plane, "first", None), getattr(self._scene.plane, "second", None)
        pairs = [(facet.first, facet.second) for facet in self._study.facets]
        return pairs.index(shown) if shown in pairs else None

    def convex(self, what: str) -> str:
        """What the midpoint test says of all of them, or nothing where they are not probed."""
        count, of = len(self._study.facets) - len(self._study.faults), self._study.convex
        if of is None:
            return ""
        if of == count:
            return f"Convex along every one of the {self._study.tried:,} segments tried in each of the {count} {what}."
        some = "None" if of == 0 else f"{of:,}"
        tried = f"along every one of the {self._study.tried:,} segments tried in each"
        return f"{some} of the {count} {what} {'is' if of < 2 else 'are'} convex {tried}."

    def faults(self) -> str:
        """Why some are missing."""
        return " ".join(dict.fromkeys(self._study.faults.values()))


def listed(scene: Scene, view: View, facets: Sequence[Facet], main: int | None) -> list[Component]:
    """A link for each picture to the scene that shows it as the large one; the directions stay as they are."""
    return [
        dcc.Link(label(scene, facet), href=href, className="facet-link main" if number == main else "facet-link")
        for number, (facet, href) in enumerate(zip(facets, hrefs(scene, view, facets), strict=True))
    ]


def label(scene: Scene, facet: Facet) -> str:
    """What a picture is of: "W[:,0] and W[:,1]"."""
    pair = [facet.first] if facet.second is None else [facet.first, facet.second]
    return " and ".join(direction_name(scene, one) for one in pair)


def hrefs(scene: Scene, view: View, facets: Sequence[Facet]) -> list[str]:
    """The addresses of scenes that show the facets as their surfaces, runs and all else as they are.

    Where the plane becomes a line, or a line a plane, the runs do not suit it: it brings its own.
    """
    chosen = directions(scene, view.several)
    kept = tuple(tuple(written(one).split(",")) for one in chosen)
    view = at_end(view).model_copy(update={"several": () if _goes_without_saying(scene, chosen) else kept})
    flat = dict(parse_qsl(address(scene, view).removeprefix("?"), keep_blank_values=True))
    found = []
    for facet in facets:
        keys = flat | {"plane.first": written(facet.first), "plane.second": written(facet.second)}
        if (facet.second is None) != (scene.grid.b is None):
            keys = {key: text for key, text in keys.items() if not key.startswith(("runs.", "race.", "grid."))}
            grid = facet.scene.grid
            keys |= {"grid.a": to_text(grid.a), "grid.resolution": to_text(grid.resolution)}
            keys |= {} if grid.b is None else {"grid.b": to_text(grid.b)}
        found.append(f"?{urlencode(keys, safe=',;:')}")
    return found


def _goes_without_saying(scene: Scene, chosen: tuple[Direction, ...]) -> bool:
    """Whether the directions are the same from whichever of them the plane is made, without their being named."""
    planes = (scene.plane.model_copy(update={"first": one, "second": None}) for one in chosen)
    return all(directions(scene.model_copy(update={"plane": plane})) == chosen for plane in planes)


def written(direction: Direction | None) -> str:
    """A direction as a link writes it."""
    return to_text(direction)
