"""pyproject.toml, the lock and the conda environment ask for the same things."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]


def _project() -> dict[str, Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return _by_name(project["dependencies"])


def _extras() -> dict[str, Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    return _by_name([*extras["test"], *extras["docs"]])


def _by_name(lines: list[str]) -> dict[str, Requirement]:
    requirements = [Requirement(line) for line in lines]
    return {canonicalize_name(requirement.name): requirement for requirement in requirements}


def _lock() -> dict[str, list[Requirement]]:
    """Return name -> pins; a name may be pinned once for each Python or system."""
    pins: dict[str, list[Requirement]] = {}
    for line in (ROOT / "envs/requirements.lock").read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            requirement = Requirement(line)
            pins.setdefault(canonicalize_name(requirement.name), []).append(requirement)
    return pins


@pytest.mark.parametrize("wanted", [*_project().values(), *_extras().values()], ids=str)
def test_the_lock_satisfies_the_project(wanted: Requirement) -> None:
    """Each dependency is pinned in the lock, to versions that its specifier allows."""
    pins = _lock()[canonicalize_name(wanted.name)]
    for pin in pins:
        specifiers = list(pin.specifier)
        assert [part.operator for part in specifiers] == ["=="], pin
        assert wanted.specifier.contains(specifiers[0].version), pin
    here = [pin for pin in pins if pin.marker is None or pin.marker.evaluate()]
    assert len(here) == 1


def test_conda_mirrors_the_project() -> None:
    """The conda environment names each run-time dependency with the same lower bound, no other."""
    entries = yaml.safe_load((ROOT / "envs/der22.yaml").read_text(encoding="utf-8"))["dependencies"]
    lines = [line for line in entries if isinstance(line, str)]
    lines += [line for entry in entries if isinstance(entry, dict) for line in entry["pip"]]
    asked = _by_name(lines)
    python, pip = asked.pop("python"), asked.pop("pip")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert str(python.specifier) == project["requires-python"]
    assert not pip.specifier
    assert {name: str(line.specifier) for name, line in asked.items()} == {
        name: str(line.specifier) for name, line in _project().items()
    }


def test_each_dependency_has_its_reason() -> None:
    """The page on dependencies has a row for each run-time dependency and for no other."""
    text = (ROOT / "docs/dependencies.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([a-z][a-z0-9-]*) \|", text, re.MULTILINE)
    assert {canonicalize_name(name) for name in rows} - {"library"} == set(_project())
