"""Data of numbers in place of classes: a network that cannot reach them gives way, and nothing else does."""

from __future__ import annotations

import pytest

import landscape as ls
from components.controls.fitting import INSTEAD, fitted

IDENTITY = ls.revise(ls.Scene(), {"model.output": "identity"}).scene
assert IDENTITY is not None


@pytest.mark.parametrize(
    ("scene", "changes", "model"),
    [
        (ls.Scene(), {"data.kind": "diabetes"}, "linear"),
        (ls.Scene(), {"data.kind": "iris"}, "mlp"),
        (IDENTITY, {"data.kind": "diabetes"}, "mlp"),  # it can reach numbers
        (ls.Scene(), {"data.kind": "diabetes", "model.hidden": "5"}, "mlp"),  # the reader's own wish
        (ls.Scene(), {"data.samples": "50"}, "mlp"),
        (ls.lesson("overfitting"), {"data.samples": "10"}, "polynomial"),
        (ls.lesson("ravine"), {"runs.0.steps": "5"}, "function"),
    ],
)
def test_which_model_data_are_shown_with(scene: ls.Scene, changes: dict[str, str], model: str) -> None:
    made, said = fitted(scene, changes)
    after = ls.revise(scene, made).scene
    assert after is not None
    assert after.model.kind == model
    assert said == ([INSTEAD] if model == "linear" else [])
    for key, text in changes.items():
        assert ls.flatten(after)[key] == text


def test_the_linear_model_comes_down_on_the_numbers() -> None:
    """What predicts the mean of standardised targets costs about 1; a line through diabetes costs half of that."""
    scene = ls.revise(ls.Scene(), fitted(ls.Scene(), {"data.kind": "diabetes"})[0]).scene
    assert scene is not None
    (path,) = ls.descend(scene)
    assert path.loss[-1] < 0.55 < path.loss[0]
