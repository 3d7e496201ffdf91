"""A newcomer's sheets: every cause is told once with its rows, none of the sentences is false."""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING

import pytest

from der22.errors import InputError, InputProblem, one_line_a_cause
from der22.flags import Severity
from der22.inputs.synonyms import read_synonyms

if TYPE_CHECKING:
    from conftest import SmallCohort


def lines(cohort: SmallCohort) -> list[str]:
    """Return what `check` prints."""
    with pytest.raises(InputError) as caught:
        cohort.load()
    return caught.value.sentences


def many(cohort: SmallCohort, n: int = 40) -> None:
    """Give the cohort n patients, each with one injection, read and cDNA sample."""
    head = {name: rows[0] for name, rows in cohort.sheets.items()}
    numbers = range(1, n + 1)
    for i in numbers:
        (cohort.folder / f"file{i}.fsa").touch()
        (cohort.folder / f"file{i}.ab1").touch()
    cohort.sheets = {
        "patients": [
            head["patients"],
            *(f"P{i}\tF\t54\tp210\t2024-01-01\t\t400\t" for i in numbers),
        ],
        "mlpa": [
            head["mlpa"],
            *(f"R1\tM{i}\tpatient\tP{i}\t2023-12-31\t90\tfile{i}.fsa" for i in numbers),
        ],
        "sanger": [head["sanger"], *(f"P{i}\tA{i}\t85\tA{i}F\tfile{i}.ab1" for i in numbers)],
        "plates": [head["plates"], "PL1\tp.txt\tp210"],
        "mrd": [head["mrd"], *(f"P{i}\tQ{i}\t22\tPL1" for i in numbers)],
    }  # fmt: skip


def test_the_cohort_of_these_tests_is_good(small_cohort: SmallCohort) -> None:
    """Nothing is noticed before it is spoiled."""
    many(small_cohort)
    assert small_cohort.load().warnings == ()


def test_one_cause_over_many_rows_is_one_line(small_cohort: SmallCohort) -> None:
    """A file that 40 rows name, a word that 40 rows misspell."""
    many(small_cohort)
    small_cohort.sheets["patients"] = [
        line.replace("\tF\t", "\txx\t") for line in small_cohort.sheets["patients"]
    ]
    for file in small_cohort.folder.glob("file*.fsa"):
        file.unlink()
    told = lines(small_cohort)
    assert len(told) == 2
    assert told[0].startswith("patients.tsv, rows 2, 3 and 38 more, sex = 'xx': allowed are F")
    files = "'file1.fsa', 'file2.fsa', 'file3.fsa', ..."
    assert told[1].startswith(f"mlpa.tsv, rows 2, 3 and 38 more, path = {files}: no such file")


def test_invalid_ids_have_no_consequences(small_cohort: SmallCohort) -> None:
    """Ids with blanks are refused in each sheet that holds them; nobody is missing for that."""
    many(small_cohort)
    for name in ("patients", "mlpa", "sanger", "mrd"):
        small_cohort.sheets[name] = [
            line if at == 0 else _blanked(line) for at, line in enumerate(small_cohort.sheets[name])
        ]
    told = lines(small_cohort)
    assert [line.split(",")[0] for line in told] == [
        "patients.tsv", "mlpa.tsv", "sanger.tsv", "mrd.tsv"
    ]  # fmt: skip
    assert all("an identifier begins with" in line for line in told)


def _blanked(line: str) -> str:
    cells = line.split("\t")
    return "\t".join(
        f"P {cell.strip(' P')}" if cell.startswith("P") and cell.strip("P ").isdecimal() else cell
        for cell in cells
    )


@pytest.mark.parametrize(
    ("sheet", "column", "bad", "words"),
    [
        ("patients", "patient_id", "P 1", ["an identifier begins"]),
        ("patients", "day_zero", "1.1.24", ["not a date"]),
        ("patients", "x_centre", '"open', ["opens a quote"]),
        ("patients", "fusion", "p211", ["allowed are"]),
        ("mlpa", "patient_id", "P 1", ["an identifier begins"]),
        ("mlpa", "role", "something", ["allowed are"]),
        ("mlpa", "date", "yesterday", ["not a date"]),
        ("sanger", "day", "x", ["not a whole number"]),
        ("sanger", "sample_id", "", ["blank, but it is needed"]),
        ("plates", "plate_id", "PL 1", ["an identifier begins"]),
        ("plates", "transcript", "p211", ["allowed are"]),
        ("plates", "path", "no.txt", ["no such file"]),
        ("mrd", "plate_id", "PL 1", ["an identifier begins"]),
        ("mrd", "day", "x", ["not a whole number"]),
        ("mrd", "plate_id", "PL9", ["no such plate"]),
        ("mrd", "patient_id", "P99", ["no such patient"]),
        ("mlpa", "patient_id", "P99", ["no such patient"]),
    ],
)
def test_one_bad_cell_is_one_line(
    small_cohort: SmallCohort, sheet: str, column: str, bad: str, words: list[str]
) -> None:
    """What follows from a refused cell is not told beside it."""
    many(small_cohort, 6)
    header = small_cohort.sheets[sheet][0].split("\t")
    cells = small_cohort.sheets[sheet][1].split("\t")
    cells += [""] * (len(header) - len(cells))
    cells[header.index(column)] = bad
    small_cohort.sheets[sheet][1] = "\t".join(cells)
    told = lines(small_cohort)
    assert len(told) == len(words), told
    assert all(word in line for word, line in zip(words, told, strict=True)), told
    assert told[0].startswith(f"{sheet}.tsv, row 2")


@pytest.mark.parametrize(
    ("sheet", "line", "words"),
    [
        ("patients", "P1\tF\t54\tp210\t2024-01-01\tlate\t400\t\tcns", ["not a date"]),
        ("sanger", "P2\tA1\tx\tA9F\tr.ab1", ["not a whole number"]),
        ("mrd", "P1\tQ1\tx\tPL2", ["not a whole number"]),
        ("plates", "PL1\tp.txt\tp219", ["allowed are"]),
    ],
)
def test_what_a_doubtful_row_contradicts_may_be_its_consequence(
    small_cohort: SmallCohort, sheet: str, line: str, words: list[str]
) -> None:
    """A row with a refused cell is held against no other row."""
    many(small_cohort, 6)
    sheets = small_cohort.sheets
    sheets["plates"].append("PL2\tp.txt\tp210")
    if sheet == "patients":
        sheets["patients"][0] += "\trelapse_site"
        sheets["patients"][1] = line
    else:
        sheets[sheet].append(line)
    told = lines(small_cohort)
    assert len(told) == 1, told
    assert words[0] in told[0]


def test_a_plate_with_a_doubtful_row_contradicts_nobody(small_cohort: SmallCohort) -> None:
    """Its other rows do not tell what the plate measures."""
    many(small_cohort, 6)
    small_cohort.sheets["plates"] = [
        "plate_id\tpath\ttranscript", "PL1\tp.txt\tp190", "PL1\tp.txt\tp219",
    ]  # fmt: skip
    told = lines(small_cohort)
    assert len(told) == 1, told


def test_a_refused_cell_is_not_blank(small_cohort: SmallCohort) -> None:
    """A needed cell with a sign that nobody sees is told once."""
    many(small_cohort, 6)
    rows = small_cohort.sheets["mrd"]
    rows[2] = rows[2].replace("Q2", "Q2\u200b")
    told = lines(small_cohort)
    assert len(told) == 1, told
    assert "U+200B" in told[0]


def test_one_cause_in_two_columns_is_two_lines() -> None:
    """Column and message make a cause; rows and values do not."""
    problems = [
        InputProblem("a.tsv", "not a date", row, column, "x") for row in (2, 3) for column in "pq"
    ]
    assert one_line_a_cause(problems) == [
        "a.tsv, rows 2 and 3, p = 'x': not a date", "a.tsv, rows 2 and 3, q = 'x': not a date"
    ]  # fmt: skip


def test_a_bad_row_hides_no_other(small_cohort: SmallCohort) -> None:
    """Bad cells in every sheet at once are all told, with the contradictions of the good rows."""
    many(small_cohort, 6)
    sheets = small_cohort.sheets
    sheets["patients"][1] = sheets["patients"][1].replace("\tF\t", "\tQ\t")
    sheets["mlpa"][2] = sheets["mlpa"][2].replace("2023-12-31", "soon")
    sheets["sanger"][3] = sheets["sanger"][3].replace("file3.ab1", "gone.ab1")
    sheets["mrd"][4] = sheets["mrd"][4].replace("\t22\t", "\tlate\t")
    sheets["mrd"][5] = sheets["mrd"][5].replace("PL1", "PL7")
    sheets["mrd"].append("P1\tQ2\t22\tPL1")
    told = lines(small_cohort)
    assert len(told) == 7, told
    assert any("gone.ab1" in line for line in told)
    assert any("no such plate" in line for line in told)
    assert any("is of patient P2 in row 3" in line for line in told)
    assert any("the same sample_id and plate_id as in row 3" in line for line in told)


@pytest.mark.parametrize("seed", range(5))
def test_headings_and_words_of_other_people(small_cohort: SmallCohort, seed: int) -> None:
    """Any synonym gives the records of our own word, and one note a cause."""
    many(small_cohort, 6)
    plain = small_cohort.load()
    chance = random.Random(seed)
    replaced = 0
    for sheet, rows in small_cohort.sheets.items():
        header = rows[0].split("\t")
        for at, name in enumerate(header):
            theirs = [
                row[2] for row in read_synonyms() if row[:2] == (sheet, "") and row[3] == name
            ]
            if theirs:
                header[at] = chance.choice([*theirs, name.upper(), name.replace("_", " ").title()])
                replaced += 1
        small_cohort.sheets[sheet] = ["\t".join(header), *rows[1:]]
    inputs = small_cohort.load()
    assert inputs.patients == plain.patients
    assert (inputs.mlpa, inputs.reads, inputs.mrd) == (plain.mlpa, plain.reads, plain.mrd)
    notes = one_line_a_cause(inputs.warnings)
    assert len(notes) == replaced
    assert all(w.level is Severity.NOTE and w.code == "SYNONYM_READ" for w in inputs.warnings)


@pytest.mark.parametrize(
    ("sheet", "column", "theirs", "ours"),
    [row for row in read_synonyms() if row[1]],
)
def test_every_word_of_the_table(
    small_cohort: SmallCohort, sheet: str, column: str, theirs: str, ours: str
) -> None:
    """Each word is read as ours."""
    rows = small_cohort.sheets[sheet]
    header, cells = rows[0].split("\t"), rows[1].split("\t")
    if column not in header:
        header.append(column)
        cells.append("")
    cells += [""] * (len(header) - len(cells))
    cells[header.index(column)] = theirs.upper()
    small_cohort.sheets[sheet] = ["\t".join(header), "\t".join(cells), *rows[2:]]
    if sheet == "patients":
        small_cohort.config.pop("mrd", None)  # the plate has a transcript of its own
    if sheet == "plates":
        small_cohort.sheets["patients"] = [
            line.replace("p190", "").replace("p210", "") for line in small_cohort.sheets["patients"]
        ]
    inputs = small_cohort.load()
    records = {
        "patients": [*inputs.patients.values()], "mlpa": inputs.mlpa, "sanger": inputs.reads,
        "plates": inputs.plates, "mrd": inputs.mrd,
    }[sheet]  # fmt: skip
    assert getattr(records[0], column) == ours


def test_two_words_for_one_column_are_two_columns(small_cohort: SmallCohort) -> None:
    """Sex and gender side by side: neither is believed."""
    rows = small_cohort.sheets["patients"]
    small_cohort.sheets["patients"] = [rows[0] + "\tGender", rows[1] + "\tM", rows[2] + "\tM"]
    assert any("sex: this column stands twice" in line for line in lines(small_cohort))


@pytest.mark.parametrize(
    ("values", "told"),
    [
        (("31", "112.5"), [2, 3]),
        (("299", "13000"), [2]),
        (("300", "2000000"), []),
        (("13000000000", "2000001"), [2, 3]),
        (("0", ""), [2]),
    ],
)
def test_white_cells_in_another_unit(
    small_cohort: SmallCohort, values: tuple[str, ...], told: list[int]
) -> None:
    """Counts that look like 10^9/L or like litres are told with their rows; the run goes on."""
    rows = small_cohort.sheets["patients"]
    added = ["wbc_per_mm3", *values]
    small_cohort.sheets["patients"] = [
        f"{row}\t{cell}" for row, cell in zip(rows, added, strict=True)
    ]
    found = [w for w in small_cohort.load().warnings if w.code == "UNIT_IMPLAUSIBLE"]
    assert [w.row for w in found] == told
    assert all(w.level is Severity.WARNING for w in found)


@pytest.mark.parametrize(
    ("blasts", "told"), [("0.9", True), ("1", True), ("1.1", False), ("0", False)]
)
def test_leukaemic_cells_as_fractions(small_cohort: SmallCohort, blasts: str, told: bool) -> None:
    """One share of at most 1 among percentages looks like a fraction."""
    many(small_cohort, 6)
    rows = small_cohort.sheets["mlpa"]
    rows[1] = rows[1].replace("\t90\t", f"\t{blasts}\t")
    found = [w for w in small_cohort.load().warnings if w.code == "UNIT_IMPLAUSIBLE"]
    assert [w.row for w in found] == ([2] if told else [])


def test_one_measurement_is_of_one_row(small_cohort: SmallCohort) -> None:
    """A raw file named twice, wells asked for twice: told before they count twice."""
    many(small_cohort, 6)
    sheets = small_cohort.sheets
    sheets["mlpa"][2] = sheets["mlpa"][2].replace("file2.fsa", "file1.fsa")
    sheets["sanger"][4] = sheets["sanger"][4].replace("file4.ab1", "./file3.ab1")
    sheets["mrd"][0] += "\tplate_sample"
    sheets["mrd"][6] += "\tQ5"
    told = lines(small_cohort)
    assert len(told) == 3, told
    assert "mlpa.tsv, row 3, path" in told[0]
    assert "row 2; each file" in told[0]
    assert "sanger.tsv, row 5, path" in told[1]
    assert "mrd.tsv, row 7, plate_sample = 'Q5'" in told[2]


def test_wells_of_a_file_are_of_one_patient(small_cohort: SmallCohort) -> None:
    """Through two plates of one file two patients cannot have the same wells."""
    many(small_cohort, 6)
    small_cohort.sheets["plates"].append("PL2\tp.txt\tp210")
    small_cohort.sheets["mrd"][0] += "\tplate_sample"
    small_cohort.sheets["mrd"][2] = "P2\tQ2\t22\tPL2\tQ1"
    told = lines(small_cohort)
    assert len(told) == 1, told
    assert "mrd.tsv, row 3, plate_sample = 'Q1'" in told[0]


@pytest.mark.parametrize("word", ["Mean", "Totale", "n"])
def test_a_row_of_totals_is_no_patient(small_cohort: SmallCohort, word: str) -> None:
    """A summary below the sheet is refused with its row."""
    small_cohort.sheets["patients"].append(f"{word}\t\t44.5\t\t\t\t\t")
    assert lines(small_cohort) == [
        f"patients.tsv, row 4, patient_id = {word!r}: looks like a row of totals; remove the row"
    ]


def test_a_control_may_serve_two_runs(small_cohort: SmallCohort) -> None:
    """A wild-type control stands in a row for each run."""
    rows = small_cohort.sheets["sanger"]
    small_cohort.sheets["sanger"] = [
        f"{rows[0]}\trole\trun_id", f"{rows[1]}\t\tR1",
        "\tWT\t\tW1\tw.ab1\twild_type_control\tR1", "\tWT2\t\tW2\tw.ab1\twild_type_control\tR2",
    ]  # fmt: skip
    (small_cohort.folder / "w.ab1").touch()
    assert len(small_cohort.load().reads) == 3


@pytest.mark.parametrize(
    ("identifier", "words"),
    [
        *(
            (name, "a date")
            for name in ("mar-22", "set-22", "1-Sept", "2024-03-01", "03-Apr", "3-4-2022")
        ),
        *(
            (name, "")
            for name in (
                "Pat-01",
                "Ref-01",
                "17-ALL",
                "03-LAL-17",
                "22-AML",
                "GEN-01",
                "MAR-22",
                "01-03-12",
                "AUG-0123",
            )
        ),
        *((name, "a missing value") for name in ("NA", "n.a.", "None")),
    ],
)
def test_identifiers(small_cohort: SmallCohort, identifier: str, words: str) -> None:
    """Names that spreadsheets made dates of are refused, everyday names are not."""
    for sheet, rows in small_cohort.sheets.items():
        small_cohort.sheets[sheet] = [row.replace("P1", identifier) for row in rows]
    if not words:
        assert identifier in small_cohort.load().patients
        return
    assert all(words in line or "identifier begins" in line for line in lines(small_cohort))


def test_one_row_is_one_line(small_cohort: SmallCohort) -> None:
    """A header pasted again, a comment below the header, a heading misspelt: one line each."""
    many(small_cohort, 6)
    sheets = small_cohort.sheets
    sheets["mlpa"].insert(3, sheets["mlpa"][0])
    sheets["mrd"].insert(2, "# second batch")
    sheets["sanger"][0] = sheets["sanger"][0].replace("patient_id", "patint_id")
    told = lines(small_cohort)
    assert len(told) == 3, told
    assert "the header once more" in told[0]
    assert "did you mean patient_id?" in told[1]
    assert "begins with #" in told[2]


def test_thousands_of_whole_numbers_are_no_decimals(small_cohort: SmallCohort) -> None:
    """1,577 in a column of days is one thousand five hundred and seventy-seven."""
    rows = small_cohort.sheets["patients"]
    small_cohort.sheets["patients"] = [row.replace("\t400\t", "\t1,577\t") for row in rows]
    assert small_cohort.load().patients["P1"].last_contact_day == 1577


@pytest.mark.parametrize(
    ("column", "cell", "told"),
    [
        ("x_dob", "", True),
        ("x_date_of_birth", "unknown to us", True),
        ("x_surname", "", True),
        ("x_note", "1971-03-05", True),
        ("x_note", "5.3.1971", True),
        ("x_note", "05-Mar-1971", True),
        ("x_note", "2021-03-05", False),
        ("x_note", "Rome Sapienza", False),
        ("x_birthmark", "", True),
        ("x_protocol", "GIMEMA 2000", False),
        ("x_nome", "", True),
        ("x_note", "19540312", True),
        ("x_note", "19541399", False),
        ("x_geb", "", True),
        ("x_note", "12 marzo 1954", True),
        ("x_hospital_full_name", "Rome", False),
    ],
)
def test_names_and_birth_dates(
    small_cohort: SmallCohort, column: str, cell: str, told: bool
) -> None:
    """What looks like a person's data is told by its place and never repeated."""
    rows = small_cohort.sheets["patients"]
    small_cohort.sheets["patients"] = [f"{rows[0]}\t{column}", f"{rows[1]}\t{cell}", f"{rows[2]}\t"]
    found = [w for w in small_cohort.load().warnings if w.code == "PERSONAL_DATA"]
    assert bool(found) is told
    assert not cell or not any(cell in str(w) for w in found)


@pytest.mark.parametrize("name", ["Mario_Rossi", "ROSSI.MARIO", "De-Luca-Anna"])
def test_a_name_as_an_identifier(small_cohort: SmallCohort, name: str) -> None:
    """Words of letters only are told, and never repeated."""
    for sheet, rows in small_cohort.sheets.items():
        small_cohort.sheets[sheet] = [row.replace("P1", name) for row in rows]
    found = [w for w in small_cohort.load().warnings if w.code == "PERSONAL_DATA"]
    assert {w.source for w in found} == {"patients.tsv", "mlpa.tsv", "sanger.tsv", "mrd.tsv"}
    assert not any(name in str(w) for w in found)


@pytest.mark.parametrize("name", ["P1", "MRD_Day22", "Case_One", "Control-Alpha", "Ref_A"])
def test_an_identifier_that_is_no_name(small_cohort: SmallCohort, name: str) -> None:
    """Everyday identifiers are no warning."""
    for sheet, rows in small_cohort.sheets.items():
        small_cohort.sheets[sheet] = [row.replace("P1", name) for row in rows]
    assert not [w for w in small_cohort.load().warnings if w.code == "PERSONAL_DATA"]


def test_a_size_standard_is_needed_for_raw_files_only(small_cohort: SmallCohort) -> None:
    """Peak tables need none; a raw file without one is told with its row, once for all."""
    many(small_cohort, 4)
    del small_cohort.config["mlpa"]["size_standard"]
    assert lines(small_cohort) == [
        "mlpa.tsv, rows 2, 3 and 2 more, size_standard: a raw file needs a size standard; give "
        "mlpa.size_standard in the config"
    ]
    (small_cohort.folder / "peaks.csv").write_text("")
    small_cohort.sheets["mlpa"] = [
        re.sub(r"file\d+.fsa", "peaks.csv", line) for line in small_cohort.sheets["mlpa"]
    ]
    assert len(small_cohort.load().mlpa) == 4
    rows = small_cohort.sheets["mlpa"]
    mixed = [f"{rows[0]}\tsize_standard", *(f"{row}\t" for row in rows[1:])]
    mixed[2] = mixed[2].replace("peaks.csv", "file2.fsa") + "GS500LIZ"
    small_cohort.sheets["mlpa"] = mixed
    assert [s.size_standard for s in small_cohort.load().mlpa] == ["", "GS500LIZ", "", ""]
