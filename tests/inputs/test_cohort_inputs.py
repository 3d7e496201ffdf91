"""Config and sheets: good ones become records, bad ones are told all at once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
import pytest

from der22.errors import InputError
from der22.inputs.cohort_inputs import load_inputs

if TYPE_CHECKING:
    from conftest import SmallCohort


def test_a_good_cohort_becomes_records(small_cohort: SmallCohort) -> None:
    """Dates become days, defaults are filled in, x_ columns are carried, blanks stay None."""
    inputs = small_cohort.load()
    first, second = inputs.patients.values()
    assert (first.relapse_day, first.extra) == (100, {"x_centre": "Rome"})
    assert (second.age_years, second.relapse_day, second.last_contact_day) == (None, None, None)
    assert inputs.mlpa[0].day == -1
    assert inputs.mlpa[0].path == str(small_cohort.folder / "a.fsa")
    assert inputs.mrd[0].plate_sample == "M1"
    assert inputs.mrd[0].material == "BM"
    assert "IKZF1" in inputs.genes


@pytest.mark.parametrize("stage", ["mlpa", "sanger", "mrd"])
def test_an_analysis_may_be_left_out(small_cohort: SmallCohort, stage: str) -> None:
    """A config without one of the analyses is good, and no record of it appears."""
    del small_cohort.config[stage]
    assert getattr(small_cohort.load().config, stage) is None


def test_all_problems_are_told_at_once(small_cohort: SmallCohort) -> None:
    """One wrong cell in each sheet and one wrong key give one problem each, in one error."""
    small_cohort.sheets["patients"][1] = "P1\tX\t54\tp190\t2024-01-01\t2024-04-10\t400\tRome"
    small_cohort.sheets["mlpa"][1] = "R1\tS1\tpatient\tP9\t\t101\ta.fsa"
    small_cohort.sheets["sanger"][1] = "P1\tA1\teighty\tA1F\tmissing.ab1"
    small_cohort.sheets["mrd"][1] = "P1\tM1\t22\tPL9"
    found = {(p.source, p.column) for p in small_cohort.problems()}
    assert {
        ("patients.tsv", "sex"),
        ("mlpa.tsv", "patient_id"),
        ("mlpa.tsv", "blast_percent"),
        ("sanger.tsv", "day"),
        ("sanger.tsv", "path"),
        ("mrd.tsv", "plate_id"),
    } <= found


@pytest.mark.parametrize(
    ("sheet", "row", "line", "column", "words"),
    [
        ("patients", 0, "patient_id\tsexx", "sexx", "did you mean sex?"),
        ("patients", 0, "patient_id\tname", "name", "unknown column"),
        ("patients", 1, "../P1\tF\t54\tp190\t\t\t\t", "patient_id", "identifier"),
        ("patients", 1, "P1\tF\t54\tp190\t\t2024-04-10\t400\t", "relapse_date", "needs day_zero"),
        ("patients", 1, "P2\tF\t54\tp190\t\t\t400\t", "patient_id", "as in row"),
        ("patients", 1, "P1\tF\tnan\tp190\t\t\t400\t", "age_years", "finite"),
        ("patients", 1, "P1\tF\t54\tp19O\t\t\t400\t", "fusion", "did you mean p190?"),
        ("patients", 1, "P1\tF\t54\tp190\t2024-01-01\t2025-12-10\t400\t", "relapse_day", "after"),
        ("mlpa", 1, "R1\tS1\tpatient\t\t\t90\ta.fsa", "patient_id", "needs the patient_id"),
        ("mlpa", 1, "R1\tS1\tpatint\tP1\t\t90\ta.fsa", "role", "did you mean patient?"),
        ("mlpa", 1, "ikzf1.tsv\tS1\tpatient\tP1\t\t90\ta.fsa", "run_id", "choose another"),
        ("plates", 1, "PL1\tp.txt\tp230", "transcript", "allowed are p190, p210"),
        ("plates", 1, "PL1\tp.txt\tp210", None, "p210"),
    ],
)
def test_a_wrong_cell_names_its_place_and_the_remedy(
    small_cohort: SmallCohort, sheet: str, row: int, line: str, column: str | None, words: str
) -> None:
    """Each kind of wrong cell is told with sheet, column and what to write instead."""
    small_cohort.sheets[sheet][row] = line
    problems = small_cohort.problems()
    assert any(words in str(p) and (column is None or p.column == column) for p in problems), [
        str(p) for p in problems
    ]


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("cohrt", {}, "did you mean cohort?"),
        ("outdir", 3, "type string"),
        ("report", {"fail_on": "errors"}, "allowed are none, error"),
        ("mrd", {"samples": "mrd.tsv", "plates": "plates.tsv", "settings": {"cycels": 40}},
         "did you mean cycles?"),
        ("sanger", {}, "sanger.reads: this key is needed"),
    ],
)  # fmt: skip
def test_a_wrong_key_is_told_with_what_is_allowed(
    small_cohort: SmallCohort, key: str, value: object, words: str
) -> None:
    """Unknown keys, wrong types and wrong words of the config name the key and what is allowed."""
    small_cohort.config[key] = value
    assert any(words in str(p) for p in small_cohort.problems()), small_cohort.problems()


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("cohrt", {}),
        ("outdir", 3),
        ("mlpa", {"samples": "mlpa.tsv"}),
        ("statistics", {"conf_level": "high", "horizons_months": [12, "x"]}),
        ("mrd", {"samples": "mrd.tsv", "plates": "plates.tsv", "settings": {"cycles": "many"}}),
    ],
)
def test_a_wrong_key_hides_no_wrong_cell(
    small_cohort: SmallCohort, key: str, value: object
) -> None:
    """Problems of the config and of the sheets stand in one list."""
    small_cohort.config[key] = value
    small_cohort.sheets["patients"][1] = "P1\tX\t54\tp190\t2024-01-01\t2024-04-10\t400\tRome"
    sources = {p.source for p in small_cohort.problems()}
    assert sources == {"config.yaml", "patients.tsv"}


def test_a_key_that_stands_twice_is_refused(small_cohort: SmallCohort) -> None:
    """YAML would keep the last of two; which one was meant only the user knows."""
    path = small_cohort.write()
    path.write_text(path.read_text(encoding="utf-8") + "outdir: a\noutdir: b\n", encoding="utf-8")
    with pytest.raises(InputError, match="the key outdir stands twice"):
        load_inputs(path)


def test_nobody_is_no_cohort(small_cohort: SmallCohort) -> None:
    """A patients sheet of a header alone is a problem of its own."""
    del small_cohort.sheets["patients"][1:]
    assert any("holds no patient" in str(p) for p in small_cohort.problems())


@pytest.mark.parametrize(
    ("sheet", "line", "column"),
    [
        ("mlpa", "R1\tS1\tpatient\tP1\t2024-06-01\t90\ta.fsa", "day"),
        ("sanger", "P1\tA1\t85\tA1F\tr.ab1", "day"),
    ],
)
def test_nobody_is_sampled_after_death(
    small_cohort: SmallCohort, sheet: str, line: str, column: str
) -> None:
    """MLPA and ABL1 samples, as MRD samples, are of the living."""
    small_cohort.sheets["patients"][:2] = [
        "patient_id\tsex\tfusion\tday_zero\tdeath_day",
        "P1\tF\tp190\t2024-01-01\t60",
    ]
    small_cohort.sheets["patients"][2:] = ["P2\tM\tp210\t\t"]
    small_cohort.sheets[sheet][1] = line
    found = [p for p in small_cohort.problems() if p.source == f"{sheet}.tsv"]
    assert [(p.row, p.column) for p in found] == [(2, column)]
    assert "after the death" in found[0].message


@pytest.mark.parametrize(
    "column", ["last_contact_day", "death_day", "chr_day", "relapse_day", "transplant_day"]
)
def test_no_event_before_day_0(small_cohort: SmallCohort, column: str) -> None:
    """The day of an event is counted from the start of the TKI."""
    small_cohort.sheets["patients"] = [f"patient_id\tfusion\tday_zero\t{column}",
                                       "P1\tp190\t2024-01-01\t-1", "P2\tp210\t\t0"]  # fmt: skip
    found = [p for p in small_cohort.problems() if "before day 0" in p.message]
    assert (2, column) in [(p.row, p.column) for p in found]
    assert {p.row for p in found} == {2}


@pytest.mark.parametrize("sheet", [None, ["sex", "m"]])
def test_a_faulty_plates_sheet_is_told_once(
    small_cohort: SmallCohort, sheet: list[str] | None
) -> None:
    """Not there, or without its columns: not said again for every row that names a plate of it."""
    del small_cohort.sheets["plates"]
    if sheet is not None:
        small_cohort.sheets["plates"] = sheet
    assert {problem.source for problem in small_cohort.problems()} == {"plates.tsv"}


@pytest.mark.parametrize(
    ("line", "column"), [("PL1\tp.txt\tp210\t", "transcript"), ("PL1\tp.txt\t\t45", "cycles")]
)
def test_rows_of_one_plate_agree(small_cohort: SmallCohort, line: str, column: str) -> None:
    """Two files of one plate hold one transcript and one number of cycles; a blank says nothing."""
    head, first = "plate_id\tpath\ttranscript\tcycles", "PL1\tp.txt\tp190\t40"
    small_cohort.sheets["plates"] = [head, first, line]
    found = [p for p in small_cohort.problems() if "earlier row" in p.message]
    assert [(p.row, p.column) for p in found] == [(3, column)]


def test_yes_and_no_are_words(small_cohort: SmallCohort) -> None:
    """YAML reads yes as a truth value; a setting whose words are yes and no still gets the word."""
    small_cohort.config["mlpa"] |= {"settings": {"cdkn2b_homozygous_only": False}}
    config = small_cohort.load().config
    assert config.mlpa is not None
    assert config.mlpa.settings.cdkn2b_homozygous_only == "no"


def test_csv_and_xlsx_give_the_same_records(small_cohort: SmallCohort) -> None:
    """The same sheet as .tsv, .csv and .xlsx gives equal records."""
    expected = small_cohort.load().patients
    lines = [line.split("\t") for line in small_cohort.sheets["patients"]]
    (small_cohort.folder / "patients.csv").write_text("\n".join(map(",".join, lines)))
    book = openpyxl.Workbook()
    for line in lines:
        book.active.append([int(cell) if cell.isdigit() else cell for cell in line])
    book.save(small_cohort.folder / "patients.xlsx")
    for ending in ("csv", "xlsx"):
        small_cohort.config["cohort"] |= {"patients": f"patients.{ending}"}
        assert small_cohort.load().patients == expected


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "no such size standard"),
        ("size_nt\tuse\n50\tyes\n75\tmaybe\n", "write yes or no"),
        ("length\tuse\n50\tyes\n", "size_nt"),
        ("size_nt\tuse\n50\tyes\n50\tyes\n", "stands twice"),
    ],
)
@pytest.mark.parametrize("place", ["config", "row"])
def test_a_wrong_size_standard_is_told_before_the_run(
    small_cohort: SmallCohort, content: str | None, words: str, place: str
) -> None:
    """Unknown names and faulty sheets, of the config or of a row, stop before any job."""
    if content is not None:
        (small_cohort.folder / "ladder.tsv").write_text(content, encoding="utf-8")
    if place == "config":
        small_cohort.config["mlpa"] |= {"size_standard": "ladder.tsv"}
    else:
        lines = small_cohort.sheets["mlpa"]
        small_cohort.sheets["mlpa"] = [f"{lines[0]}\tsize_standard", f"{lines[1]}\tladder.tsv"]
    assert any(words in str(p) for p in small_cohort.problems()), small_cohort.problems()


@pytest.mark.parametrize("place", ["config", "row"])
def test_a_size_standard_of_ones_own(small_cohort: SmallCohort, place: str) -> None:
    """A path starts from the file that holds it."""
    rows = "".join(f"{size}\tyes\n" for size in range(50, 500, 50))
    (small_cohort.folder / "ladder.tsv").write_text(f"size_nt\tuse\n{rows}", encoding="utf-8")
    if place == "config":
        small_cohort.config["mlpa"] |= {"size_standard": "ladder.tsv"}
    else:
        lines = small_cohort.sheets["mlpa"]
        small_cohort.sheets["mlpa"] = [f"{lines[0]}\tsize_standard", f"{lines[1]}\tladder.tsv"]
    (sample,) = small_cohort.load().mlpa
    assert sample.size_standard == str(small_cohort.folder / "ladder.tsv")


def test_a_csv_of_semicolons(small_cohort: SmallCohort) -> None:
    """Where the comma is decimal a spreadsheet parts the cells of a .csv by semicolons."""
    lines = [line.replace("\t", ";") for line in small_cohort.sheets.pop("patients")]
    (small_cohort.folder / "patients.csv").write_text("\n".join(lines), encoding="utf-8")
    small_cohort.config["cohort"] = {"name": "small", "patients": "patients.csv"}
    assert list(small_cohort.load().patients) == ["P1", "P2"]


def test_a_formula_without_a_value_is_not_blank(small_cohort: SmallCohort) -> None:
    """A workbook written by a program may hold formulas nobody calculated: refused, not unknown."""
    book = openpyxl.Workbook()
    book.active.append(["patient_id", "age_years"])
    book.active.append(["P1", "=50+4"])
    book.active.append(["P2", 40])
    book.save(small_cohort.folder / "patients.xlsx")
    small_cohort.config["cohort"] = {"name": "small", "patients": "patients.xlsx"}
    assert any("never calculated" in str(p) for p in small_cohort.problems())


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02", b"\xff\xfe\xfd", b"a\ta\n1\t2\n"])
def test_what_is_no_sheet_is_refused(small_cohort: SmallCohort, content: bytes) -> None:
    """Empty, binary, undecodable and double-headed files end in a problem, not a traceback."""
    path = small_cohort.write()
    (small_cohort.folder / "patients.tsv").write_bytes(content)
    with pytest.raises(InputError) as caught:
        load_inputs(path)
    assert any(p.source == "patients.tsv" for p in caught.value.problems)


def test_a_config_that_is_not_there(tmp_path: Path) -> None:
    """A missing config and a config that is no YAML are told in one sentence."""
    with pytest.raises(InputError, match="no such file"):
        load_inputs(tmp_path / "none.yaml")
    (tmp_path / "bad.yaml").write_text("a: [1")
    with pytest.raises(InputError, match="not valid YAML"):
        load_inputs(tmp_path / "bad.yaml")


def test_ten_thousand_wrong_rows_are_all_told(small_cohort: SmallCohort) -> None:
    """A sheet of 10,000 rows with a fault in each lists 10,000 problems."""
    small_cohort.sheets["patients"] = ["patient_id\tsex", *(f"Q{i}\tX" for i in range(10_000))]
    assert sum(p.column == "sex" for p in small_cohort.problems()) == 10_000


def test_a_share_may_carry_its_sign(small_cohort: SmallCohort) -> None:
    """45% is 45 in the column of blasts and no number in the column of ages."""
    small_cohort.sheets["mlpa"][1] = small_cohort.sheets["mlpa"][1].replace("\t90\t", "\t45 %\t")
    assert small_cohort.load().mlpa[0].blast_percent == 45.0
    small_cohort.sheets["patients"][1] = small_cohort.sheets["patients"][1].replace("54", "54%")
    (problem,) = small_cohort.problems()
    assert (problem.row, problem.column, problem.value) == (2, "age_years", "54%")
