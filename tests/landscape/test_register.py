"""A model of one's own: a few lines, registered while the program runs, are a model like the built-in ones."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any, ClassVar, Literal

import numpy as np
import pytest
from pydantic import Field

import landscape as ls
from landscape.models import models
from landscape.models.base import Array, Blocks, Model
from tests.landscape.models import test_conformance as conformance


class Bowl(Model):
    """A bowl with its bottom at the mean of the inputs: loss = depth |w - mean x|^2."""

    noun: ClassVar[str] = "bowl"
    kind: Literal["bowl"] = "bowl"
    depth: float = Field(1.0, gt=0, le=100, title="Depth", description="How steep its walls are.")

    def words(self, inputs: int, outputs: int) -> str:
        return f"a bowl of {inputs} dimensions"

    def loss_words(self) -> str:
        return "squared distance"

    def blocks(self, inputs: int, outputs: int) -> Blocks:
        return {"w": (1, inputs)}

    def initial(self, inputs: int, outputs: int) -> Array:
        return np.ones(inputs)

    def value(self, theta: Array, x: Array, y: Array) -> Array:
        return self.depth * np.square(theta - x.mean(axis=0)).sum(axis=-1)

    def value_and_gradient(self, theta: Array, x: Array, y: Array) -> tuple[Array, Array]:
        return self.value(theta, x, y), 2 * self.depth * (theta - x.mean(axis=0))

    @property
    def splits(self) -> bool:  # its loss is of the mean of all samples, not the mean of the samples' losses
        return False

    def work(self, inputs: int, outputs: int) -> int:
        return 3 * inputs


FIELDS: dict[str, Any] = {
    "model": {"kind": "bowl", "depth": 2},
    "data": {"kind": "moons", "samples": 20, "seed": 4},
    "plane": {"first": ["w", 0, 0], "second": ["w", 0, 1]},
    "grid": {"a": [-2, 3], "b": [-1, 2], "resolution": [7, 5]},
    "runs": [{"optimizer": {"kind": "gradient_descent", "lr": 0.1}, "starts": [[2, -1], "initial"], "steps": 12}],
}
LINK = "model.kind=bowl&model.depth=2&data.kind=moons&data.samples=20&plane.first=w,0,0&plane.second=w,0,1"
CHECKS = [check for name, check in inspect.getmembers(conformance) if name.startswith("test_")]


@pytest.fixture
def bowl(register: Callable[[type[Model]], None]) -> Iterator[ls.Scene]:
    """A scene of the bowl, which is known as long as the test runs."""
    register(Bowl)
    return ls.Scene.model_validate(FIELDS)


def bottom(scene: ls.Scene) -> Array:
    assert scene.data is not None
    return np.asarray(scene.data.load().x.mean(axis=0))


def test_before_and_after_it_is_unknown() -> None:
    assert "bowl" not in models
    assert "model" in ls.revise(ls.Scene(), {"model.kind": "bowl"}).errors["model.kind"].lower()
    assert ls.read_query(LINK)[1]


def test_it_may_be_chosen_behind_the_built_in_ones(bowl: ls.Scene) -> None:
    assert ls.kinds("model")[-1] == ("bowl", "bowl")
    assert len(ls.kinds("model")) > 1
    chosen = ls.revise(ls.Scene(), {"model.kind": "bowl"}).scene
    assert isinstance(getattr(chosen, "model", None), Bowl)
    assert ls.revise(bowl, {"model.depth": "101"}).errors == {"model.depth": "Depth must be at most 100. Got 101."}


def test_its_link_leads_back_to_its_scene(bowl: ls.Scene) -> None:
    assert ls.Scene.from_query(bowl.to_query()) == bowl
    assert ls.Scene.from_query(LINK).model == Bowl(depth=2)
    assert "model.kind=bowl" in bowl.to_query()
    assert bowl.words == "the loss of a bowl of 2 dimensions on 20 points of two moons over w[0,0] and w[0,1]"


def test_its_surface_is_the_closed_form(bowl: ls.Scene) -> None:
    surface, (x, y) = ls.surface(bowl), bottom(bowl)
    want = 2 * ((surface.a[None, :] - x) ** 2 + (surface.b[:, None] - y) ** 2)
    np.testing.assert_allclose(surface.loss, want, rtol=1e-12)
    assert not surface.diverged.any()


@pytest.mark.parametrize("trains", ["plane", "all"])
def test_its_descent_is_the_closed_form(bowl: ls.Scene, trains: str) -> None:
    scene = ls.Scene.model_validate(FIELDS | {"runs": [{**FIELDS["runs"][0], "trains": trains}]})
    for path, start in zip(ls.descend(scene), ([2, -1], [1, 1]), strict=True):
        shrinks = (1 - 0.1 * 2 * 2) ** path.step  # w - m <- (1 - 2 lr depth) (w - m)
        want = bottom(scene) + shrinks[:, None] * (np.array(start) - bottom(scene))
        np.testing.assert_allclose(np.stack([path.a, path.b], axis=-1), want, rtol=1e-12, atol=1e-15)
        np.testing.assert_allclose(path.loss, 2 * np.square(want - bottom(scene)).sum(axis=-1), rtol=1e-9)
    assert ls.gradient_check(scene).passed


def test_its_digests_hold_a_token_of_its_own(bowl: ls.Scene) -> None:
    def digests(scene: ls.Scene) -> list[str]:
        return [scene.objective_digest, scene.slice_digest, scene.surface_digest, scene.run_digest(0)]

    before, fields = digests(bowl), digests(ls.Scene.model_validate(FIELDS))
    assert before == fields
    ls.register(Bowl)  # once more: it may mean something else now
    assert not set(before) & set(digests(bowl))


@pytest.mark.parametrize("check", CHECKS, ids=[check.__name__.removeprefix("test_") for check in CHECKS])
def test_it_does_what_every_model_must_do(bowl: ls.Scene, check: Callable[[str], None]) -> None:
    check("bowl")
