"""Every number that decides a result is a setting: none stands bare in sizing or dosage."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest

import der22.mlpa
from der22.mlpa.settings import MlpaSettings

ROOM = Path(der22.mlpa.__file__).parent
FILES = [*sorted((ROOM / "sizing").glob("*.py")), *sorted((ROOM / "dosage").glob("*.py"))]
#: counting, halves and per cent: indices, shapes, signs, medians, an identity and its opposite
PLAIN = {0, 1, 2, 3, 4, 0.5, 100.0}


def bare_numbers(tree: ast.AST) -> Iterator[tuple[int, object]]:
    """Yield line and value of every number that is not plain."""
    for node in ast.walk(tree):
        is_number = isinstance(node, ast.Constant) and type(node.value) in (int, float)
        if is_number and node.value not in PLAIN:
            yield node.lineno, node.value


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_no_bare_number(file: Path) -> None:
    """Thresholds, windows, rates and limits come from the settings, with unit and source."""
    assert list(bare_numbers(ast.parse(file.read_text(encoding="utf-8")))) == []


def test_a_bare_number_is_found() -> None:
    """The test above would see one in an expression, in a default and in a constant."""
    code = "A = 0.15\ndef f(x, y=7):\n    return x > 1.2 * y[2] / 100.0\n"
    found = [value for _, value in bare_numbers(ast.parse(code))]
    assert sorted(found) == [0.15, 1.2, 7]


def test_every_setting_is_used() -> None:
    """A setting that no code reads decides nothing."""
    text = "".join(file.read_text(encoding="utf-8") for file in ROOM.rglob("*.py"))
    jobs = (ROOM.parent / "jobs").glob("*.py")
    text += "".join(file.read_text(encoding="utf-8") for file in jobs)
    unread = [f.name for f in fields(MlpaSettings) if f"settings.{f.name}" not in text]
    assert unread == []
