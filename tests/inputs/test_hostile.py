"""Hostile config, sheets and identifiers: the command line says one clear sentence each, exit 1."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
import pytest

from der22.cli import main
from der22.inputs.sheets import read_patients_sheet

if TYPE_CHECKING:
    from conftest import SmallCohort


def complain(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Run a command that must refuse; return what it said, which is sentences, no traceback."""
    assert main(arguments) == 1
    captured = capsys.readouterr()
    said = captured.err + captured.out
    assert "Traceback" not in said
    assert said.strip()
    assert all(len(line) < 1000 for line in said.splitlines())
    return said


BAD_IDENTIFIERS = {
    "parent folder": "../x",
    "absolute path": "/etc/passwd",
    "backslash": "..\\x",
    "blank inside": "a b",
    "device of Windows": "CON",
    "device with an ending": "nul.txt",
    "port of Windows": "COM1",
    "port with an ending": "lpt9.x",
    "dot last": "P1.",
    "made a date by a spreadsheet": "3-Mar-24",
    "made a month by a spreadsheet": "Mar-22",
    "dots only": "..",
    "formula": "=cmd",
    "formula with plus": "+1",
    "hyphen first": "-rf",
    "very long": "x" * 5000,
    "too long for a file name": "x" * 201,
    "Cyrillic look-alike": "\u04201",
    "full-width digit": "P\uff11",
    "right-to-left mark": "P\u202e1",
    "zero-width blank": "P\u200b1",
    "markup": "<script>",
    "wildcard of the workflow": "{unit}",
    "separator of subjects": "a;b",
    "NUL written out": "P%00",
}


@pytest.mark.parametrize("text", BAD_IDENTIFIERS.values(), ids=BAD_IDENTIFIERS)
@pytest.mark.parametrize(
    ("sheet", "template", "column"),
    [
        ("patients", "{}\tF\t54\tp190\t\t\t400\t", "patient_id"),
        ("mlpa", "{}\tS1\tpatient\tP1\t\t90\ta.fsa", "run_id"),
        ("sanger", "P1\t{}\t85\tA1F\tr.ab1", "sample_id"),
        ("plates", "{}\tp.txt\tp190", "plate_id"),
    ],
)
def test_hostile_identifiers(
    small_cohort: SmallCohort, capsys: pytest.CaptureFixture[str],
    sheet: str, template: str, column: str, text: str,
) -> None:  # fmt: skip
    """A name that could leave its folder, run in a spreadsheet or deceive the eye is refused."""
    small_cohort.sheets[sheet][1] = template.replace("{}", text, 1)
    said = complain(capsys, "check", "--config", str(small_cohort.write()))
    assert f"{sheet}.tsv, row 2, {column}" in said


def test_a_line_end_inside_a_quoted_cell(
    small_cohort: SmallCohort, capsys: pytest.CaptureFixture[str]
) -> None:
    """A name that holds a line end is refused with its row; the sentence stays on one line."""
    small_cohort.config["cohort"] |= {"patients": "patients.csv"}
    path = small_cohort.write()
    (small_cohort.folder / "patients.csv").write_text('patient_id,sex\n"P1\nX",F\nP2,M\n')
    said = complain(capsys, "check", "--config", str(path))
    assert "patients.csv, row 2: cell 1 opens a quote" in said


@pytest.mark.parametrize(
    ("sheet", "row"),
    [
        ("patients", "p1\tF\t54\tp190\t\t\t400\t"),
        ("mlpa", "r1\ts1\tpatient\tP1\t\t90\ta.fsa"),
        ("sanger", "P1\tA2\t85\ta1f\tr.ab1"),
        ("mrd", "P1\tm1\t22\tPL1"),
    ],
)
def test_names_that_differ_in_capitals_only(
    small_cohort: SmallCohort, capsys: pytest.CaptureFixture[str], sheet: str, row: str
) -> None:
    """Two names that would share one file on some systems are told as doubles."""
    small_cohort.sheets[sheet].append(row)
    said = complain(capsys, "check", "--config", str(small_cohort.write()))
    assert f"{sheet}.tsv, row {len(small_cohort.sheets[sheet])}" in said
    assert "the same" in said


@pytest.mark.parametrize(
    ("sheet", "rows"),
    [
        ("mlpa", ["R1\tS1\tpatient\tP1\t\t90\ta.fsa", "r1\tS2\tpatient\tP1\t\t90\ta.fsa"]),
        ("sanger", ["P1\tA1\t85\tA1F\tr.ab1", "P1\ta1\t85\tA1R\tr.ab1"]),
        ("plates", ["PL1\tp.txt\tp190", "pl1\tp.txt\tp190"]),
    ],
)
def test_folders_that_differ_in_capitals_only(
    small_cohort: SmallCohort, capsys: pytest.CaptureFixture[str], sheet: str, rows: list[str]
) -> None:
    """Two runs, samples or plates whose folders would be one on some systems are refused."""
    small_cohort.sheets[sheet][1:] = rows
    said = complain(capsys, "check", "--config", str(small_cohort.write()))
    assert f"{sheet}.tsv, row 3" in said
    assert "capitals" in said


def _missing(folder: Path) -> None:
    (folder / "config.yaml").unlink()


def _folder(folder: Path) -> None:
    _missing(folder)
    (folder / "config.yaml").mkdir()


def _sheet_is_a_folder(folder: Path) -> None:
    (folder / "patients.tsv").unlink()
    (folder / "patients.tsv").mkdir()


def _write(name: str, content: bytes) -> Callable[[Path], None]:
    return lambda folder: (folder / name).write_bytes(content) and None


def _outdir_is_a_file(folder: Path) -> None:
    with (folder / "config.yaml").open("a") as config:
        config.write("outdir: patients.tsv\n")


def _outdir_below_a_file(folder: Path) -> None:
    with (folder / "config.yaml").open("a") as config:
        config.write("outdir: patients.tsv/results\n")


def _probemix_is_a_trace(folder: Path) -> None:
    text = (folder / "config.yaml").read_text()
    (folder / "config.yaml").write_text(
        "\n".join(
            "  probemix: bad.tsv" if line.startswith("  probemix:") else line
            for line in text.splitlines()
        )
        + "\n"
    )
    (folder / "bad.tsv").write_bytes(b"ABIF\xff\xfe\x00")


def _setting(folder: Path, value: str) -> None:
    with (folder / "config.yaml").open("a") as config:
        config.write(f"statistics: {value}\n")


def _raw_file_is_a_folder(folder: Path) -> None:
    (folder / "a.fsa").unlink()
    (folder / "a.fsa").mkdir()


FAULTS: dict[str, tuple[Callable[[Path], None], str]] = {
    "no config": (_missing, "no such file"),
    "a folder as config": (_folder, "config"),
    "an empty config": (_write("config.yaml", b""), "table of keys"),
    "a list as config": (_write("config.yaml", b"- a\n- b\n"), "table of keys"),
    "a binary as config": (_write("config.yaml", b"ABIF\x00\xff"), "not valid YAML"),
    "an impossible date in the config": (_write("config.yaml", b"a: 2024-02-31"), "YAML"),
    "endless aliases": (_write("config.yaml", b"cohort: &a {x: *a}"), "levels"),
    "a truth value as key": (_write("config.yaml", b"yes: 1\n"), "unknown key"),
    "an infinite threshold": (lambda folder: _setting(folder, "{x: .inf}"), "finite"),
    "settings that are a list": (lambda folder: _setting(folder, "[1]"), "type object"),
    "a folder as sheet": (_sheet_is_a_folder, "patients.tsv"),
    "an empty sheet": (_write("patients.tsv", b""), "empty"),
    "a sheet of UTF-16": (_write("patients.tsv", "patient_id\n".encode("utf-16")), "UTF-8"),
    "a header alone": (_write("patients.tsv", b"sex\tage_years\n"), "needed"),
    "a wrong column": (_write("patients.tsv", b"patient_id\tname\nP1\tx\n"), "unknown column"),
    "a birth date": (_write("patients.tsv", b"patient_id\tbirth_date\nP1\t1\n"), "unknown column"),
    "results in place of a file": (_outdir_is_a_file, "results need a folder"),
    "results below a file": (_outdir_below_a_file, "results need a folder"),
    "a trace as probemix": (_probemix_is_a_trace, "bad.tsv"),
    "a folder as raw file": (_raw_file_is_a_folder, "a folder, a file is needed"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_hostile_config_and_sheets(
    small_cohort: SmallCohort, capsys: pytest.CaptureFixture[str], fault: str
) -> None:
    """Each fault of config or sheets ends in a sentence that names it."""
    spoil, words = FAULTS[fault]
    path = small_cohort.write()
    spoil(small_cohort.folder)
    assert words in complain(capsys, "check", "--config", str(path))


@pytest.mark.parametrize("size", [0, 10, 1000, -30])
def test_a_truncated_workbook(
    small_cohort: SmallCohort, capsys: pytest.CaptureFixture[str], size: int
) -> None:
    """A workbook cut anywhere is one sentence."""
    small_cohort.config["cohort"] |= {"patients": "patients.xlsx"}
    path = small_cohort.write()
    book = openpyxl.Workbook()
    book.active.append(["patient_id"])
    book.active.append(["P1"])
    workbook = small_cohort.folder / "patients.xlsx"
    book.save(workbook)
    workbook.write_bytes(workbook.read_bytes()[:size])
    said = complain(capsys, "check", "--config", str(path))
    assert "patients.xlsx" in said


def test_good_inputs_still_pass(
    small_cohort: SmallCohort, capsys: pytest.CaptureFixture[str]
) -> None:
    """What every test here spoils was good before."""
    assert main(["check", "--config", str(small_cohort.write())]) == 0
    assert "good" in capsys.readouterr().out


@pytest.mark.parametrize(
    "content",
    [
        b"", b"[]", b"{}", b"null", b"\xff\xfe", b'{"files": [], "problems": []}',
        b'{"files": {"../../outside": "0"}, "problems": []}',
        b'{"files": {"/etc/passwd": "0"}, "problems": []}',
        b'{"files": {"a": 1}, "problems": 3}', b"[" * 100_000,
    ],
)  # fmt: skip
def test_verify_of_hostile_manifests(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes
) -> None:
    """A manifest that was spoiled or forged is told; nothing outside the folder is opened."""
    manifest = tmp_path / "results/manifests/mlpa/R1.json"
    manifest.parent.mkdir(parents=True)
    manifest.write_bytes(content)
    said = complain(capsys, "verify", str(tmp_path / "results"))
    assert "manifests/mlpa/R1.json: damaged; run the same command again" in said


@pytest.mark.parametrize("name", ["absent", "file"])
def test_verify_of_what_is_no_result_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    """A missing folder and a file are told as no result folder."""
    (tmp_path / "file").write_text("x")
    assert "not a result folder" in complain(capsys, "verify", str(tmp_path / name))


def test_a_number_that_may_be_two_is_no_value(tmp_path: Path) -> None:
    """A column whose numbers can be read in two ways is told once and gives no value."""
    path = tmp_path / "patients.tsv"
    path.write_text("patient_id\twbc_per_mm3\nP1\t12.500\nP2\t\n")
    sheet, _ = read_patients_sheet(path)
    assert [(problem.column, problem.row) for problem in sheet.problems] == [("wbc_per_mm3", 2)]
    assert [patient.wbc_per_mm3 for patient in sheet.records] == [None, None]
    assert sheet.doubtful == {2}
