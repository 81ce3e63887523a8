"""How a run's learning rate was chosen: given, or as the best of a sweep.

A link holds a mark for each run whose rate was swept. It names all that the sweep's result depends on, and the rate:
once any of that changes, the rate counts as given again.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, Literal

from landscape import Scene, flatten

if TYPE_CHECKING:
    from components.link import View


def mark(scene: Scene, index: int) -> str:
    """Eight letters for a run at its rate, on its model and samples, and its plane where that is what it trains."""
    run = scene.runs[index]
    parts = [scene.model, scene.data, run, scene.plane if run.trains == "plane" else None]
    lines = [f"{key}={text}" for part in parts if part is not None for key, text in flatten(part).items()]
    return blake2b("\n".join(lines).encode(), digest_size=4).hexdigest()


def chosen(scene: Scene, view: View) -> tuple[Literal["given", "swept"], ...]:
    """How each run's learning rate was chosen, in the order of runs.

    Example:
        >>> from components.link import View
        >>> from landscape import lesson
        >>> scene = lesson("ravine")
        >>> chosen(scene, View()), chosen(scene, View(swept=(mark(scene, 0),)))
        (('given',), ('swept',))
    """
    return tuple("swept" if mark(scene, index) in view.swept else "given" for index in range(len(scene.runs)))


def still_true(scene: Scene, swept: tuple[str, ...]) -> tuple[str, ...]:
    """Those marks that hold of a scene, in the order of its runs."""
    marks = [mark(scene, index) for index in range(len(scene.runs))] if swept else []
    return tuple(dict.fromkeys(made for made in marks if made in swept))
