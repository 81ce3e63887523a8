"""Methods are chosen on the rail: each walks, is named, and is asked only for what it has a say in."""

from __future__ import annotations

from typing import Any

NOUNS = {
    "lion": "Lion",
    "rprop": "Rprop",
    "lbfgs": "L-BFGS",
    "newton": "Newton's method",
    "random_search": "Random search",
    "local_search": "Local search",
}


def test_every_method_that_is_chosen_walks_and_is_named(desk: Any) -> None:
    desk.go("?lesson=ravine")
    for kind, noun in NOUNS.items():
        with desk.change():
            desk.choose("runs.0.optimizer.kind", noun)
        assert noun.lower() in desk.text("sentence").lower()
        assert noun.lower() in desk.text("runs").lower()
        assert f"runs.0.optimizer.kind={kind}" in desk.search()
        searches = kind.endswith("search")
        assert desk.field("runs.0.optimizer.scale").count() == searches
        for name in ("optimizer.lr", "schedule.kind", "noise"):
            assert desk.field(f"runs.0.{name}").count() == (not searches), name
