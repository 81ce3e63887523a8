"""The habits of the house: pins, targets, the container's user. What a fresh clone relies on."""

from __future__ import annotations

import ast
import os
import re
import runpy
import shutil
import subprocess
import sys
import tomllib
from functools import cache
from importlib.metadata import distributions, metadata, packages_distributions, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
PINNED_FILES = ("requirements.txt", "requirements-dev.txt")
PYTHONS = ("3.11.2", "3.11.14", "3.12.0", "3.13.0", "3.14.0")  # 3.11.2 is Debian 12's
PLATFORMS = (
    {"sys_platform": "linux", "platform_system": "Linux", "platform_machine": "x86_64"},
    {"sys_platform": "darwin", "platform_system": "Darwin", "platform_machine": "arm64"},
)
RUNNING_CODE = ("app.py", "gunicorn.conf.py", "landscape", "components")


def pins(name: str) -> dict[str, Requirement]:
    """The requirements of a file by canonical name; comments, blank lines and ``-r`` lines left out."""
    lines = (line.split(" #")[0].strip() for line in (ROOT / name).read_text().splitlines())
    found = [Requirement(line) for line in lines if line and not line.startswith(("#", "-r "))]
    return {canonicalize_name(requirement.name): requirement for requirement in found}


def applies(requirement: Requirement, there: dict[str, str] | None = None) -> bool:
    """Whether a requirement's marker holds in an environment; by default in this one."""
    return requirement.marker is None or requirement.marker.evaluate(there or {"extra": ""})


def version_of(pin: Requirement) -> str:
    """The version that an exact pin names."""
    return str(pin.specifier).removeprefix("==")


@cache
def installed() -> dict[str, str]:
    """Versions of everything installed here, by canonical name."""
    return {canonicalize_name(found.name): found.version for found in distributions()}


def running_files() -> list[Path]:
    """Every Python file that the running app is made of."""
    files: list[Path] = []
    for name in RUNNING_CODE:
        path = ROOT / name
        files += sorted(path.rglob("*.py")) if path.is_dir() else [path] * path.exists()
    return files


def imported_packages(source: str) -> set[str]:
    """Top-level names of everything that a file imports by absolute name."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.split(".")[0])
    return names


def makefile_targets() -> set[str]:
    return set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))


@pytest.mark.parametrize("name", PINNED_FILES)
def test_every_pin_is_exact_and_comes_from_the_ordinary_index(name: str) -> None:
    for requirement in pins(name).values():
        assert re.fullmatch(r"==\d+(\.\w+)*", str(requirement.specifier)), requirement
        assert requirement.url is None
    text = (ROOT / name).read_text()
    assert "://" not in text
    assert "--" not in text


def test_development_adds_to_the_app_and_contradicts_nothing() -> None:
    assert "-r requirements.txt" in (ROOT / "requirements-dev.txt").read_text().splitlines()
    assert not pins("requirements.txt").keys() & pins("requirements-dev.txt").keys()


@pytest.mark.parametrize("platform", PLATFORMS, ids=lambda platform: platform["sys_platform"])
@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("name", PINNED_FILES)
def test_whatever_a_pinned_package_needs_is_pinned_too(name: str, python: str, platform: dict[str, str]) -> None:
    there = {"python_version": python.rpartition(".")[0], "python_full_version": python, "extra": "", **platform}
    files = PINNED_FILES[: PINNED_FILES.index(name) + 1]
    known = {key: version_of(pin) for file in files for key, pin in pins(file).items() if applies(pin, there)}
    missing = [
        f"{package} needs {needed}"
        for package in pins(name).keys() & known.keys() & installed().keys()
        for needed in map(Requirement, requires(package) or [])
        if applies(needed, there)
        if (pin := known.get(canonicalize_name(needed.name))) is None or not needed.specifier.contains(pin)
    ]
    assert missing == []


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("name", PINNED_FILES)
def test_every_pin_can_be_installed_on_every_python_that_we_support(name: str, python: str) -> None:
    refusing = [
        f"{package} asks for Python {asked}"
        for package in pins(name).keys() & installed().keys()
        if (asked := metadata(package).get("Requires-Python")) and not SpecifierSet(asked).contains(python)
    ]
    assert refusing == []


@pytest.mark.parametrize("name", PINNED_FILES)
def test_the_tests_run_on_the_pinned_versions(name: str) -> None:
    expected = {key: version_of(pin) for key, pin in pins(name).items() if applies(pin)}
    assert {key: installed().get(key) for key in expected} == expected


def test_every_import_of_the_running_code_is_in_its_requirements() -> None:
    own = {"app", "landscape", "components"}
    optional = {
        "landscape/torch.py": pins("requirements-torch.txt").keys()
    }  # named after it; test_imports has the rule
    providers, pinned = packages_distributions(), pins("requirements.txt")
    files = running_files()
    assert files
    unpinned = {
        f"{path.relative_to(ROOT)}: {package}"
        for path in files
        for package in imported_packages(path.read_text()) - own - set(sys.stdlib_module_names)
        if package not in optional.get(str(path.relative_to(ROOT)), ())
        if not any(canonicalize_name(name) in pinned for name in providers.get(package, ()))
    }
    assert unpinned == set()


def test_the_package_asks_for_nothing_that_the_app_does_not_pin() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    pinned = pins("requirements.txt")
    for needed in map(Requirement, project["dependencies"]):
        pin = version_of(pinned[canonicalize_name(needed.name)])
        assert needed.specifier.contains(pin), f"{needed} does not admit the pinned {pin}"


def test_the_makefile_offers_what_the_readme_promises() -> None:
    assert {"help", "run", "test", "check", "bench", "clean"} <= makefile_targets()


def test_make_lists_every_target() -> None:
    shown = subprocess.run(
        ["make", "--no-print-directory"], cwd=ROOT, env=_outer_environment(), capture_output=True, text=True, check=True
    ).stdout
    assert set(re.findall(r"^  make (\w+)", shown, flags=re.MULTILINE)) == makefile_targets()


def test_an_old_python_is_refused_in_one_sentence(tmp_path: Path) -> None:
    tools = tmp_path / "a folder" / "tools"
    tools.mkdir(parents=True)
    shutil.copy(ROOT / "tools" / "environment.sh", tools)
    (tools.parent / "requirements.txt").touch()
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("sh", "dirname", "flock"):
        if program := shutil.which(name):
            (programs / name).symlink_to(program)
    old = programs / "python3"
    old.write_text('#!/bin/sh\n[ "$1" = --version ] && echo "Python 3.8.18" || exit 1\n')
    old.chmod(0o755)
    done = subprocess.run(
        ["sh", str(tools / "environment.sh")], env={"PATH": str(programs)}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr.startswith("Landscape needs Python 3.11 or later; found: Python 3.8.18.")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("script", [".ci/run", "tools/environment.sh", "tools/system_pieces.sh"])
def test_scripts_can_be_run_and_parse(script: str) -> None:
    path = ROOT / script
    assert os.access(path, os.X_OK)
    shell = "bash" if path.read_text().startswith("#!/usr/bin/env bash") else "sh"
    subprocess.run([shell, "-n", str(path)], check=True)


def test_continuous_integration_runs_make_test() -> None:
    lines = (ROOT / ".ci" / "run").read_text().splitlines()
    assert "set -euo pipefail" in lines
    assert lines[-1] == "exec make --no-print-directory test"


def test_the_container_runs_as_nobody_in_particular() -> None:
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    users = [line.split()[1] for line in lines if line.startswith("USER ")]
    commands = [index for index, line in enumerate(lines) if line.startswith("CMD ")]
    assert len(commands) == 1
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", users[-1])
    assert lines.index(f"USER {users[-1]}") < commands[0]


def test_the_container_gets_every_file_that_it_copies() -> None:
    copied = re.findall(r"^COPY (.+) \S+$", (ROOT / "Dockerfile").read_text(), flags=re.MULTILINE)
    admitted = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert {name for group in copied for name in group.split()} == admitted


def test_gunicorn_serves_streams_by_threads_without_a_file_in_the_home_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "9000")
    monkeypatch.setenv("WEB_CONCURRENCY", "3")
    settings = runpy.run_path(str(ROOT / "gunicorn.conf.py"))
    assert settings["bind"] == "0.0.0.0:9000"
    assert (settings["worker_class"], settings["workers"]) == ("gthread", 3)
    assert settings["threads"] >= 16
    assert settings["control_socket_disable"] is True


def _outer_environment() -> dict[str, str]:
    """The environment without what a make around these tests would hand down."""
    return {key: value for key, value in os.environ.items() if key not in {"MAKEFLAGS", "MAKELEVEL", "MFLAGS"}}
