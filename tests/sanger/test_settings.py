"""Every number that decides is a setting: the rooms compare with no number of their own."""

from __future__ import annotations

import ast
import dataclasses
from pathlib import Path

import pytest

from der22.sanger.settings import SangerSettings

ROOMS = Path(__file__).parents[2] / "src/der22/sanger"
MODULES = sorted(path for path in ROOMS.rglob("*.py") if path.name != "settings.py")
#: what is no threshold: counting, both ends of a share, two neighbours, codons of three, four bases
PLAIN = {0, 1, 2, 3, 4}
#: how numbers are stored, drawn or computed; none changes a result
NOT_DECIDING = {
    "arrays.py": {"_LETTER_TO_INDEX"},
    "names.py": {"_CODE"},
    "evidence/copies.py": {"_STEPS_PER_SHARE", "_BLOCK"},
    "calling/snippets.py": {"_EITHER_SIDE", "_HALF_BASE"},
    "reading/heights.py": {"_COLOURS"},
    "reading/signal.py": {"_C"},
}


def _numbers(node: ast.AST) -> list[float]:
    return [
        one.value
        for one in ast.walk(node)
        if isinstance(one, ast.Constant)
        and isinstance(one.value, (int, float))
        and not isinstance(one.value, bool)
    ]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOMS).as_posix())
def test_no_bare_number_decides(path: Path) -> None:
    """No constant of a module is a number; none is compared with, clipped to or multiplied."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    allowed = NOT_DECIDING.get(path.relative_to(ROOMS).as_posix(), set())
    found = []
    for node in tree.body:
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = {one.id for one in ast.walk(targets[0]) if isinstance(one, ast.Name)}
            if _numbers(node.value) and not names & allowed:
                found += sorted(names)
    for node in ast.walk(tree):
        beside = []
        if isinstance(node, ast.Compare):
            beside = [node.left, *node.comparators]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            beside = node.args if node.func.attr in {"clip", "minimum", "maximum"} else []
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
            beside = [node.left, node.right]
        for part in beside:
            for one in (part, getattr(part, "operand", part)):
                if isinstance(one, ast.Constant) and isinstance(one.value, (int, float)):
                    is_plain = (
                        one.value in PLAIN
                        or (isinstance(node, ast.BinOp) and one.value in {100, 0.5, 1.5})
                        or "_CODE" in allowed
                    )  # the genetic code is a table of 64
                    if not is_plain:
                        found.append(f"line {node.lineno}: {one.value}")
    assert found == []


def test_every_setting_is_used() -> None:
    """A setting that no module names decides nothing."""
    text = "".join(path.read_text(encoding="utf-8") for path in MODULES)
    text += (ROOMS.parent / "jobs/sanger_reads.py").read_text(encoding="utf-8")
    names = [field.name for field in dataclasses.fields(SangerSettings)]
    assert [name for name in names if f"settings.{name}" not in text] == []
