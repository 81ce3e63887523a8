"""The same seed gives the same path, bit by bit, in this process and in another."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import landscape as ls

ROOT = Path(__file__).resolve().parents[2]
SERIES = ("step", "a", "b", "loss", "slice_loss", "batch_loss", "grad_norm", "lr", "outside", "evaluations")

NETWORK = {
    "model": {"kind": "mlp", "hidden": [6, 4], "seed": 2},
    "data": {"kind": "digits", "samples": 60},
    "plane": {"kind": "random"},
    "grid": {"resolution": [3, 3]},
}
RUNS = {
    "mini-batches": {"optimizer": {"kind": "adam", "lr": 0.05}, "batch": 7, "trains": "all"},
    "noise": {"optimizer": {"lr": 0.1}, "noise": 0.3, "starts": ["initial", [0.1, 0.2]]},
    "random search": {"optimizer": {"kind": "random_search", "scale": 0.1}, "trains": "all"},
    "local search on mini-batches": {"optimizer": {"kind": "local_search", "scale": 0.05}, "batch": 7, "trains": "all"},
    "L-BFGS": {"optimizer": {"kind": "lbfgs"}, "trains": "all"},
}
SCENES = {
    name: NETWORK | {"runs": [{"starts": ["initial"], "steps": 60, "seed": 5} | run]} for name, run in RUNS.items()
}
SCENES["dropout"] = SCENES["mini-batches"] | {"model": NETWORK["model"] | {"dropout": 0.5}}
every_scene = pytest.mark.parametrize("fields", SCENES.values(), ids=list(SCENES))

WALK = """
import sys
import landscape as ls
for path in ls.descend(ls.Scene.from_query(sys.argv[1])):
    for name in sys.argv[2:]:
        print(getattr(path, name).tobytes().hex())
"""


def bits(paths: tuple[ls.Path, ...]) -> list[bytes]:
    return [getattr(path, name).tobytes() for path in paths for name in SERIES]


@every_scene
def test_another_process_walks_the_same_bits(fields: dict[str, object]) -> None:
    scene = ls.Scene.model_validate(fields)
    command = [sys.executable, "-c", WALK, scene.to_query(), *SERIES]
    other = os.environ | {"PYTHONHASHSEED": "7", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=other, cwd=ROOT)
    assert [bytes.fromhex(line) for line in done.stdout.split()] == bits(ls.descend(scene))


@every_scene
def test_a_second_engine_cut_into_slices_walks_the_same_bits(fields: dict[str, object]) -> None:
    scene, engine = ls.Scene.model_validate(fields), ls.Engine()
    while not (frame := engine.advance(scene, budget=0.0)).done:
        pass
    assert bits(frame.paths) == bits(ls.Engine().paths(scene))


@every_scene
def test_another_seed_walks_elsewhere_where_anything_is_drawn(fields: dict[str, object]) -> None:
    scene = ls.Scene.model_validate(fields)
    other = scene.model_copy(update={"runs": (scene.runs[0].model_copy(update={"seed": 6}),)})
    drawn = scene.runs[0].optimizer.kind != "lbfgs"
    assert (bits(ls.descend(scene)) != bits(ls.descend(other))) is drawn


def test_starts_know_nothing_of_each_other() -> None:
    """A search from one start tries what it tries among others."""
    run = {"optimizer": {"kind": "local_search"}, "steps": 40, "starts": [[0, 0], [0.2, 0.1]]}
    scene = ls.Scene.model_validate(NETWORK | {"runs": [run]})
    alone = scene.model_copy(update={"runs": (scene.runs[0].model_copy(update={"starts": ((0.2, 0.1),)}),)})
    assert ls.descend(scene)[1].a.tobytes() == ls.descend(alone)[0].a.tobytes()
