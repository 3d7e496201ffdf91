"""What a file holds, in one word; what could not be read is no content."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from der22.errors import UnreadableFileError
from der22.formats.files import read_bytes, recorded_reads
from der22.results.patients import written_folders
from der22.runs.content import content_of, file_names, file_sha256
from der22.runs.manifest import UnitReport, read_manifest, write_manifest


@given(st.lists(st.sampled_from(["/a/", "/b/", "/c/"]), min_size=1), st.data())
def test_no_two_files_have_one_name(folders: list[str], data: st.DataObject) -> None:
    """Names are numbered where they agree, and a number is never another file's own name."""
    names = st.sampled_from(["x.fsa", "x.fsa (2)", "x.fsa (3)", "y.fsa"])
    paths = [folder + data.draw(names) for folder in folders]
    found = file_names(paths)
    assert set(found) == set(paths)
    assert len(set(found.values())) == len(found)


def test_a_read_that_failed_is_no_content(tmp_path: Path) -> None:
    """A file that was away for a moment is recorded as away: it differs when it is back."""
    path = tmp_path / "x.fsa"
    with recorded_reads() as reads, pytest.raises(UnreadableFileError):
        read_bytes(path, 10)
    assert reads == {str(path): "no such file"} == {str(path): content_of(path)}
    path.write_bytes(b"x")
    assert reads[str(path)] != content_of(path)
    with recorded_reads() as reads:
        read_bytes(path, 10)
        assert reads[str(path)] == content_of(path)
        path.unlink()
        with pytest.raises(UnreadableFileError):
            read_bytes(path, 10)
    assert reads[str(path)] == "changed while it was read"


def test_special_files_have_no_hash(tmp_path: Path) -> None:
    """A pipe in place of a result is an error within a second."""
    os.mkfifo(tmp_path / "t.tsv")
    with pytest.raises(OSError, match="no regular file"):
        file_sha256(tmp_path / "t.tsv")
    with pytest.raises(ValueError, match="is a pipe"):
        read_manifest(tmp_path / "t.tsv")


@pytest.mark.parametrize("change", ["problems", "files", "name", "none"])
def test_a_manifest_is_sealed(tmp_path: Path, change: str) -> None:
    """An edit by hand breaks it: neither a problem nor a file can be taken out."""
    (tmp_path / "t.tsv").write_text("a\n")
    path = tmp_path / "m.json"
    write_manifest(path, UnitReport("mlpa", "R1", ("t.tsv",), (), "done"), tmp_path)
    content = json.loads(path.read_text())
    if change == "problems":
        content["problems"] = [["mlpa", "R1", "note", "X", "y"]]
    elif change == "files":
        content["files"] = {}
    elif change == "name":
        content["files"] = {"a\0b": content["files"]["t.tsv"]}
    path.write_text(json.dumps(content))
    if change == "none":
        assert read_manifest(path).files.keys() == {"t.tsv"}
        return
    with pytest.raises(ValueError, match="not a manifest"):
        read_manifest(path)


def test_a_folder_that_no_manifest_lists_is_no_result(tmp_path: Path) -> None:
    """A copy put aside and what a killed run left are not read."""
    for run in ("R1", "R1.old"):
        (tmp_path / "mlpa" / run).mkdir(parents=True)
        (tmp_path / "mlpa" / run / "sample_qc.tsv").write_text("sample_id\nS1\n")
    assert written_folders(tmp_path, "mlpa") == ["R1", "R1.old"]
    report = UnitReport("mlpa", "R1", ("mlpa/R1/sample_qc.tsv",), (), "done")
    write_manifest(tmp_path / "manifests/mlpa/R1.json", report, tmp_path)
    assert written_folders(tmp_path, "mlpa") == ["R1"]
