"""What the sheets and the units noticed, on its way to ``problems.tsv``."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from der22.errors import InputProblem
from der22.flags import Severity
from der22.formats.tables import read_tsv, write_tsv
from der22.jobs.dispatch import run_unit
from der22.jobs.problems import collect_problems
from der22.results.cohort import ProblemRow
from der22.results.schema import read_table, write_table
from der22.runs.manifest import UnitReport
from der22.runs.plan import WorkUnit


def test_notes_of_the_sheets_keep_code_and_level(tmp_path: Path) -> None:
    """One line a cause, with its code; another code is another line."""
    note = [InputProblem("a.tsv", "read as M", row, "sex", "male", Severity.NOTE, "SYNONYM_READ")
            for row in (2, 3)]  # fmt: skip
    unit = InputProblem("a.tsv", "x", 4, "wbc", "3", Severity.WARNING, "UNIT_IMPLAUSIBLE")
    collect_problems([], [*note, unit], tmp_path)
    rows = read_tsv(tmp_path / "problems.tsv")
    assert [(row["level"], row["code"]) for row in rows] == [
        ("warning", "UNIT_IMPLAUSIBLE"),
        ("note", "SYNONYM_READ"),
    ]
    assert rows[1]["message"] == "a.tsv, rows 2 and 3, sex = 'male': read as M"


@pytest.mark.parametrize(("name", "n"), [("plain", 0), ("a\x01\x02b", 2)])
def test_dropped_characters_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, n: int
) -> None:
    """A unit whose tables lost control characters says how many."""

    def run(*_: object) -> UnitReport:
        write_tsv(tmp_path / "t.tsv", ("a",), [{"a": name}])
        return UnitReport("mrd", "plates-1", ("t.tsv",), (), "done")

    monkeypatch.setattr("der22.jobs.mrd.run_plates", run)
    config = SimpleNamespace(mrd=SimpleNamespace(settings=None), outdir=tmp_path)
    unit = WorkUnit("mrd", "plates-1", (), {"plates": (), "samples": ()})
    report = run_unit(config, unit)  # type: ignore[arg-type]
    told = [problem.flag for problem in report.problems]
    assert [flag.code for flag in told] == ["CONTROL_CHARACTERS"] * bool(n)
    assert all(flag.message.startswith(f"{n} control characters") for flag in told)


def test_what_was_written_is_read(tmp_path: Path) -> None:
    """The apostrophe before a formula is taken away where tables are read."""
    row = ProblemRow(stage="mrd", subject="=1+1", level=Severity.NOTE, code="C", message="'=x")
    write_table(tmp_path, ProblemRow, [row])
    assert "'=1+1" in (tmp_path / "problems.tsv").read_text(encoding="utf-8")
    assert read_table(tmp_path, ProblemRow) == [row]
