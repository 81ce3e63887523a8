"""The README's example runs and prints what it says."""

import re
import urllib.request
from pathlib import Path
from typing import Any, get_args

import pytest

import landscape as ls
from landscape.models.derivatives import FUNCTIONS

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_example_prints_what_its_comments_say(capsys):
    code, _ = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    exec(compile(code, "README.md", "exec"), {})
    printed = capsys.readouterr().out.splitlines()
    promised = re.findall(r"print\(.*\)\s+# (.*)", code)
    assert printed[0] == promised[0] == "[-0.7059, -1.3342, -1.3342]"
    assert printed[1] == promised[1] == "True"
    assert printed[2].startswith("model.kind=function&model.name=false_minima&")


def test_your_own_network_opens_with_surface_descent_and_gradient_check(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("torch", reason="PyTorch is not installed (requirements-torch.txt)")
    _, code = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    assert len([line for line in code.splitlines() if line.strip()]) == 5
    explore, opened = ls.explore, []

    def quietly(scene: ls.Scene) -> None:
        opened.append(explore(scene, browser=False, block=False))

    monkeypatch.setattr(ls, "explore", quietly)
    told: dict[str, Any] = {}
    exec(compile(code, "README.md", "exec"), told)
    (page,), scene = opened, told["scene"]
    with page, urllib.request.urlopen(page.url) as answer:
        assert b"Landscape" in answer.read()
    assert scene.parameters == 10_510
    assert ls.surface(scene).loss.size == scene.grid.shape[0] * scene.grid.shape[1]
    assert ls.descend(scene)[0].loss[-1] < ls.descend(scene)[0].loss[0]
    assert ls.gradient_check(scene).passed


def test_what_it_counts_is_there():
    words = {17: "seventeen", 18: "Eighteen"}
    named = ls.Scene.model_validate({"model": {"kind": "function"}}).model
    functions = get_args(type(named).model_fields["name"].annotation)
    assert f"one of {words[len(functions)]} functions" in TEXT
    assert f"{words[len(ls.kinds('optimizer'))]} optimizers" in TEXT
    assert f"arithmetic and {len(FUNCTIONS)} functions are known" in TEXT


def test_it_names_the_two_commands_and_its_pictures_are_there():
    assert "make run" in TEXT
    assert "make test" in TEXT
    pictures = re.findall(r"!\[.*?\]\((.*?)\)", TEXT, re.DOTALL)
    kinds = {".png": b"\x89PNG", ".svg": b"<svg"}
    assert len(pictures) == 2
    for picture in map(ROOT.joinpath, pictures):
        assert picture.read_bytes().startswith(kinds[picture.suffix])
