"""A copy of a raw file under another name is told; a control of two runs is none."""

from __future__ import annotations

from pathlib import Path

from der22.formats.records import MlpaSample, SangerRead
from der22.inputs.cohort_inputs import CohortInputs
from der22.inputs.copied import copied_files
from der22.runs.content import content_of


def test_copies_links_and_controls(tmp_path: Path) -> None:
    """Equal content of two rows is a warning of the later one, whatever the names."""
    files = {"a.ab1": b"1", "b.ab1": b"2", "c.ab1": b"1", "e1.ab1": b"", "e2.ab1": b""}
    for name, content in {**files, "m1.fsa": b"x", "m2.fsa": b"x", "t.csv": b"x"}.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "d.ab1").symlink_to(tmp_path / "b.ab1")
    reads = [
        SangerRead(name, "S", str(tmp_path / f"{name}.ab1"), role, "P1")
        for name, role in (("a", "sample"), ("b", "sample"), ("c", "sample"), ("d", "sample"),
                           ("e1", "sample"), ("e2", "sample"), ("a", "wild_type_control"))
    ]  # fmt: skip
    mlpa = [
        MlpaSample("R", name, "patient", str(tmp_path / file), "mix.tsv", "GS500LIZ")
        for name, file in (("1", "m1.fsa"), ("2", "m2.fsa"), ("3", "t.csv"))
    ]
    inputs = CohortInputs(None, {}, tuple(mlpa), tuple(reads), (), (), {}, ())  # type: ignore[arg-type]
    contents = {record.path: content_of(record.path) for record in (*mlpa, *reads)}
    found = copied_files(inputs, contents)
    assert [(p.stage, p.subject, p.flag.code, str(p.flag.level)) for p in found] == [
        ("mlpa", "R/2", "FILE_COPIED", "warning"),
        ("sanger", "c", "FILE_COPIED", "warning"),
        ("sanger", "d", "FILE_COPIED", "warning"),
    ]
    assert "c.ab1 has the content of a.ab1, the file of a" in found[1].flag.message
