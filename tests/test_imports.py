"""The import rules of the house, walked through every file; and what one import of the numbers loads."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

import landscape

ROOT = Path(__file__).resolve().parents[1]
NUMBERS = sorted((ROOT / "landscape").rglob("*.py"))
COMPONENTS = sorted((ROOT / "components").rglob("*.py"))
KINDS = ("models", "planes", "optimizers", "datasets", "schedules")
OUTSIDE = {"numpy", "pydantic", "pydantic_core", "threadpoolctl"}
OUTSIDE_OF_DATASETS = {"sklearn", "pooch"}
OPTIONAL = {
    "landscape/torch.py": {"torch"},
    "landscape/sklearn.py": {"sklearn"},
    "landscape/notebook.py": {"app"},
}
"""A library that is not needed is imported in the one file that is named after it; so is the page."""


class Import(NamedTuple):
    """One imported name: where it stands, the module it comes from, and whether it is inside a function."""

    file: str
    module: str
    name: str
    inside: bool

    @property
    def package(self) -> str:
        return self.module.split(".")[0]


def imports(path: Path) -> list[Import]:
    """All imports of a file but those for type checkers only."""
    file = str(path.relative_to(ROOT))

    def walk(node: ast.AST, inside: bool) -> Iterator[Import]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Import):
                yield from (Import(file, alias.name, "", inside) for alias in child.names)
            elif isinstance(child, ast.ImportFrom):
                assert not child.level, f"{file}: imports are absolute"
                for alias in child.names:
                    assert alias.name != "*", f"{file}: no import *"
                    yield Import(file, child.module or "", alias.name, inside)
            else:
                yield from walk(child, inside or isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda))

    return list(walk(ast.parse(path.read_text()), False))


def modules(found: list[Import]) -> set[str]:
    """The modules of this house that imports reach: ``from landscape.models import base`` reaches its file."""
    reached = set()
    for one in found:
        name = f"{one.module}.{one.name}" if one.name else one.module
        path = ROOT / name.replace(".", "/")
        reached.add(name if path.with_suffix(".py").exists() or (path / "__init__.py").exists() else one.module)
    return reached


def kind_files(package: str) -> set[str]:
    """The modules of a package that define a kind: those whose classes its ``__init__`` puts into the registry."""
    registered = {
        argument.id
        for node in ast.walk(ast.parse((ROOT / "landscape" / package / "__init__.py").read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Registry"
        for argument in node.args
        if isinstance(argument, ast.Name)
    }
    found = imports(ROOT / "landscape" / package / "__init__.py")
    return {one.module for one in found if one.name in registered}


every_number_file = pytest.mark.parametrize("path", NUMBERS, ids=lambda path: str(path.relative_to(ROOT)))
every_component = pytest.mark.parametrize("path", COMPONENTS, ids=lambda path: str(path.relative_to(ROOT)))


def test_the_walk_sees_what_there_is() -> None:
    """The walker itself: names, modules and functions are told apart."""
    found = {one.module: one for one in imports(ROOT / "landscape" / "datasets" / "digits.py")}
    assert found["sklearn.datasets"].inside
    assert not found["numpy"].inside
    assert kind_files("models") >= {"landscape.models.mlp", "landscape.models.function"}
    assert "landscape.models.network" not in kind_files("models")
    assert all(kind_files(package) for package in KINDS)
    assert len(NUMBERS) > 30


@every_number_file
def test_1_the_numbers_know_few_packages(path: Path) -> None:
    allowed = OUTSIDE | {"landscape"}
    for one in imports(path):
        if one.package in sys.stdlib_module_names or one.package in allowed:
            continue
        if one.package not in OPTIONAL.get(one.file, ()):
            assert one.package in OUTSIDE_OF_DATASETS, one
            assert path.parent.name == "datasets", one
        assert one.inside, f"{one}: only inside a function"


@every_number_file
def test_2_kinds_know_their_base_and_leaves_and_neither_siblings_nor_the_engine(path: Path) -> None:
    package = path.parent.name
    if package not in KINDS or path.name == "__init__.py":
        return
    own = f"landscape.{package}."
    bases = {f"landscape.{other}.base" for other in KINDS}
    leaves = {"landscape.part", "landscape.errors", "landscape.chunks", "landscape.threads", "landscape.blas"}
    every_kind = set().union(*map(kind_files, KINDS))
    for module in modules([one for one in imports(path) if one.package == "landscape"]):
        assert module in leaves | bases or module.startswith(own), f"{path.name} imports {module}"
        assert module not in every_kind, f"{path.name} imports the kind {module}"


@every_component
def test_3_figures_draw_and_know_no_dash(path: Path) -> None:
    if path.parent.name != "figures":
        return
    allowed = {"plotly", "numpy", "landscape", "components"}
    for one in imports(path):
        assert one.package in sys.stdlib_module_names or one.package in allowed, one
        if one.package == "components":
            assert one.module.startswith("components.figures"), one
        if one.package == "landscape":
            assert one.module == "landscape", one


@every_component
def test_4_components_import_public_names_only(path: Path) -> None:
    for one in imports(path):
        if one.package == "landscape":
            assert one.module == "landscape", one
            assert not one.name or one.name in landscape.__all__, one


def test_4_so_does_the_app() -> None:
    found = [one for one in imports(ROOT / "app.py") if one.package == "landscape"]
    assert found
    for one in found:
        assert one.module == "landscape", one
        assert not one.name or one.name in landscape.__all__, one


@pytest.mark.parametrize("path", NUMBERS + COMPONENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_5_nothing_imports_the_app(path: Path) -> None:
    for one in imports(path):
        if one.package == "app":
            assert one.file in ("landscape/notebook.py", "landscape/__main__.py"), one
            assert one.inside, f"{one}: only inside a function"


def test_importing_the_numbers_loads_neither_screen_nor_data_packages() -> None:
    code = "import sys, landscape; print(*sorted({name.split('.')[0] for name in sys.modules}))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "landscape" in loaded
    screens = {"dash", "plotly", "flask", "components", "app", "IPython"}
    assert not loaded & (screens | {"sklearn", "pooch", "scipy", "pandas", "torch"})
