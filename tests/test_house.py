"""The house stays in order: one word per thing, records instead of keys, no chain of one-offs."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections import Counter, defaultdict
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src/der22"
TREES = {
    path.relative_to(PACKAGE).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
    for path in sorted(PACKAGE.rglob("*.py"))
}
#: names that mean the same thing in each analysis, by convention
SHARED_NAMES = {"CODES", "make_flag"}


def _defined(tree: ast.Module) -> set[str]:
    """Public names that a module defines at its top."""
    names: set[str] = set()
    for node in tree.body:
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                names.add(name)
            case ast.Assign(targets=targets):
                names |= {target.id for target in targets if isinstance(target, ast.Name)}
            case ast.AnnAssign(target=ast.Name(id=name)):
                names.add(name)
    return {name for name in names if not name.startswith("_")}


def test_a_public_name_means_one_thing() -> None:
    """No two modules define the same public name."""
    places: dict[str, list[str]] = defaultdict(list)
    for module, tree in TREES.items():
        for name in _defined(tree) - SHARED_NAMES:
            places[name].append(module)
    assert {name: where for name, where in places.items() if len(where) > 1} == {}


def _is_key_read(node: ast.AST) -> bool:
    """``x["key"]`` that reads, or ``x.get("key")``."""
    match node:
        case ast.Subscript(value=value, ctx=ast.Load(), slice=ast.Constant(value=str())):
            return not (isinstance(value, ast.Name) and value.id == "Literal")
        case ast.Call(func=ast.Attribute(attr="get"), args=[ast.Constant(value=str()), *_]):
            return True
    return False


def test_results_are_read_as_records() -> None:
    """Outside the rooms that read files, a constant string is hardly ever a key."""
    reads = Counter(
        {
            module: sum(map(_is_key_read, ast.walk(tree)))
            for module, tree in TREES.items()
            if not module.startswith(("results/", "inputs/", "formats/"))
        }
    )
    assert sum(reads.values()) <= 120, reads.most_common(12)


def test_functions_are_understood_alone_or_used_twice() -> None:
    """At most a quarter of all functions are private and used no more than once."""
    functions, lone = 0, []
    for module, tree in TREES.items():
        used = Counter(
            node.id if isinstance(node, ast.Name) else node.attr
            for node in ast.walk(tree)
            if isinstance(node, (ast.Name, ast.Attribute)) and isinstance(node.ctx, ast.Load)
        )
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef):
                functions += 1
                is_private = node.name.startswith("_") and not node.name.startswith("__")
                if is_private and used[node.name] <= 1:
                    lone.append(f"{module}:{node.name}")
    assert len(lone) <= functions / 4, (len(lone), functions)


def _imported() -> set[str]:
    """Distributions whose modules the package imports."""
    modules = {
        (node.module if isinstance(node, ast.ImportFrom) else alias.name).split(".")[0]
        for tree in TREES.values()
        for node in ast.walk(tree)
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for alias in node.names
        if not (isinstance(node, ast.ImportFrom) and node.level)
    }
    known = packages_distributions()
    return {
        canonicalize_name(known[module][0])
        for module in modules - {"der22", "__future__", "_typeshed"} - sys.stdlib_module_names
    }


def test_dependencies_are_what_the_package_imports() -> None:
    """Each run-time dependency is imported by the package, and nothing else is."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = {canonicalize_name(Requirement(line).name) for line in project["dependencies"]}
    assert named == _imported()


@pytest.mark.parametrize("page", sorted((ROOT / "docs").rglob("*.md")), ids=lambda p: p.name)
def test_pages_name_files_that_are_there(page: Path) -> None:
    """A module or file that a page names by its path exists."""
    text = page.read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:src/der22/)?[a-z_]+(?:/[a-z_0-9]+)+\.py)`", text))
    roots = (ROOT, PACKAGE)
    assert [n for n in sorted(named) if not any((r / n).is_file() for r in roots)] == []
