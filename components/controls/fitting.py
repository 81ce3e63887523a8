"""A model that suits numbers, where data of numbers take the place of data of classes."""

from __future__ import annotations

from collections.abc import Mapping

from landscape import Scene, flatten, revise

BOUNDED = ("sigmoid", "softmax")
"""Outputs of a network that lie between 0 and 1."""

INSTEAD = "A linear model takes the network's place, whose outputs lie between 0 and 1: the target is a number."


def fitted(scene: Scene, changes: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """Changes of a scene, with another model where its own could not come near the new targets; and what is said of it.

    Example:
        >>> fitted(Scene(), {"data.kind": "diabetes"})[0]["model.kind"], fitted(Scene(), {"data.kind": "iris"})[1]
        ('linear', [])
    """
    changed = revise(scene, changes).scene
    if (
        any(key.startswith("model.") for key in changes)
        or scene.data is None
        or changed is None
        or changed.data is None
        or (scene.data.task, changed.data.task) != ("classes", "numbers")
        or getattr(changed.model, "output", None) not in BOUNDED
    ):
        return dict(changes), []
    return {**changes, "model.kind": "linear", **flatten(changed.data, "data.")}, [INSTEAD]
