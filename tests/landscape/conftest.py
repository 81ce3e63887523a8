"""Kinds that tests add at run time, and take away again."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

import landscape as ls
from landscape.datasets import datasets
from landscape.models import models
from landscape.optimizers import optimizers
from landscape.part import Part
from landscape.planes import planes


@pytest.fixture
def register() -> Iterator[Callable[[type[Part]], None]]:
    """``ls.register``, whose effect ends with the test."""
    registries = (models, datasets, planes, optimizers)
    kept = [(dict(registry._kinds), dict(registry._tokens)) for registry in registries]
    yield ls.register
    for registry, (kinds, tokens) in zip(registries, kept, strict=True):
        registry._kinds, registry._tokens = kinds, tokens
