"""One writer and one reader: what is written is read back as it was, what is damaged is refused."""

from __future__ import annotations

import dataclasses
from enum import StrEnum
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from der22.errors import Der22Error
from der22.results.cohort import ProblemRow, RiskRow
from der22.results.mlpa import GeneRow, PeakRow
from der22.results.schema import (
    TABLES,
    TableColumn,
    columns_of,
    header_of,
    read_names,
    read_table,
    significant,
    table_path,
    write_table,
)
from der22.words import Call, Category, Response
from records import as_record, risk_record

#: fills the braces of every path
PLACE = {"run_id": "R1", "sample_id": "S1", "plate_id": "P1"}
TEXT = st.text(st.characters(blacklist_categories=("Cc", "Cs")), max_size=8)
WORD = st.text(st.characters(whitelist_categories=("Lu", "Ll", "Nd")), min_size=1, max_size=6)


def cells(column: TableColumn) -> st.SearchStrategy[object]:
    """Values that a column can hold, of so few digits that no rounding is seen."""
    kind = column.kind
    values: st.SearchStrategy[object]
    if issubclass(kind, StrEnum):
        values = st.sampled_from(list(kind))
    else:
        values = {
            str: WORD if column.many else TEXT,
            bool: st.booleans(),
            int: st.integers(-999, 10**6),
            float: st.integers(0, 999).map(float),
        }[kind]
    if column.many:
        return st.lists(values, max_size=3).map(tuple)
    if column.is_block:
        return st.fixed_dictionaries({"one": values, "two_day": values})
    blank = {"", None} if column.optional else set()
    return st.none() | values.filter(lambda value: value not in blank) if blank else values


@pytest.mark.parametrize("record", TABLES.values(), ids=TABLES)
@settings(max_examples=25)
@given(data=st.data())
def test_what_is_written_is_read(
    record: type, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Every table gives back its rows: texts, numbers, words, lists, blanks and blocks."""
    outdir = tmp_path_factory.mktemp("table")
    columns = columns_of(record)
    names = {one.attribute: ("one", "two_day") for one in columns if one.is_block}
    given_rows = data.draw(
        st.lists(st.fixed_dictionaries({c.attribute: cells(c) for c in columns}), max_size=3)
    )
    beside = {f.name for f in dataclasses.fields(record)} & set(PLACE)
    beside -= {one.attribute for one in columns}
    placed = {name: PLACE[name] for name in beside}
    rows = [record(**row, **placed) for row in given_rows]
    write_table(outdir, record, rows, names, **PLACE)
    assert read_table(outdir, record, **PLACE) == rows
    if rows or names:
        found = read_names(outdir, record, **PLACE)
        assert found == names


def test_every_column_says_what_it_holds() -> None:
    """A meaning, or the words of its type."""
    silent = [
        (place, one.name)
        for place, record in TABLES.items()
        for one in columns_of(record)
        if not one.meaning and not issubclass(one.kind, (StrEnum, bool))
    ]
    assert silent == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("stage\tsubject\tcode\tlevel\tmessage\n", "no column level where it belongs"),
        ("stage\tsubject\tlevel\tcode\tmessage\tmore\n", "an unknown column more"),
        ("stage\tsubject\tlevel\tcode\tmessage\na\tb\terror\tc\n", "row 2 has 4 cells"),
        ("stage\tsubject\tlevel\tcode\tmessage\na\tb\terror\tc\td\te\n", "row 2 has 6 cells"),
        (
            "stage\tsubject\tlevel\tcode\tmessage\na\tb\tgrave\tc\td\n",
            "row 2, level = 'grave' is no value of this column",
        ),
        ("", "no column stage where it belongs"),
    ],
)
def test_a_damaged_table_is_named(tmp_path: Path, text: str, words: str) -> None:
    """Another header, a torn row, a foreign word: file, row, column and value are told."""
    (tmp_path / "problems.tsv").write_text(text, encoding="utf-8")
    with pytest.raises(Der22Error, match=r"problems\.tsv") as caught:
        read_table(tmp_path, ProblemRow)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("column", "cell"),
    [("n_probes", "two"), ("dosage_quotient", "1,02"), ("call", "lost"), ("n_probes", "")],
)
def test_a_cell_of_another_type_is_refused(tmp_path: Path, column: str, cell: str) -> None:
    """No cell becomes a number or a word by guessing, and a blank is none where one must stand."""
    write_table(tmp_path, GeneRow, [as_record(GeneRow, {"call": "normal"})], run_id="R")
    path = table_path(tmp_path, GeneRow, run_id="R")
    header, line = path.read_text(encoding="utf-8").splitlines()
    parts = line.split("\t")
    parts[header_of(GeneRow).index(column)] = cell
    path.write_text("\n".join([header, "\t".join(parts)]) + "\n", encoding="utf-8")
    with pytest.raises(Der22Error, match=f"row 2, {column}"):
        read_table(tmp_path, GeneRow, run_id="R")


def test_only_the_rows_wanted_are_read(tmp_path: Path) -> None:
    """Rows of others are passed over; one whose name looks like a formula is found by its name."""
    rows = [as_record(ProblemRow, {"subject": s, "level": "note"}) for s in ("=a1", "b", "=a1")]
    write_table(tmp_path, ProblemRow, rows)
    assert len(read_table(tmp_path, ProblemRow, ("subject", {"=a1"}))) == 2
    assert read_table(tmp_path, ProblemRow, ("subject", set())) == []


def test_a_table_that_is_not_there(tmp_path: Path) -> None:
    """It is missing, unless the analysis may have been left out."""
    assert read_table(tmp_path, ProblemRow, optional=True) == []
    with pytest.raises(FileNotFoundError):
        read_table(tmp_path, ProblemRow)


@pytest.mark.parametrize("point", ["first_day", "increase", "molecular_response_d85", "x_d85"])
def test_time_points_of_any_name(tmp_path: Path, point: str) -> None:
    """A name that ends or begins like another column is still a time point."""
    risk = risk_record(
        genes={"PAX5": "gain"}, categories={point: "CMR"}, responses={point: "yes"},
        extra={"one_day": "soon"}, mrd_increase_day=7,
    )  # fmt: skip
    names = {"genes": ["PAX5"], "categories": [point], "responses": [point], "extra": ["one_day"]}
    write_table(tmp_path, RiskRow, [risk], names)
    (found,) = read_table(tmp_path, RiskRow)
    assert found.categories == {point: Category.CMR}
    assert found.responses == {point: Response.YES}
    assert (found.mrd_increase_day, found.extra) == (7, {"one_day": "soon"})
    assert found.genes == {"PAX5": Call.GAIN}


def test_the_place_of_a_table_is_part_of_its_rows(tmp_path: Path) -> None:
    """The run stands in the path; rows read from it know it."""
    peak = as_record(
        PeakRow, {"sample_id": "S", "scan": 12.346, "size_nt": 88.12345, "height_rfu": 9, "area": 9}
    )
    assert write_table(tmp_path, PeakRow, [peak], run_id="R 1") == "mlpa/R 1/peaks.tsv"
    (found,) = read_table(tmp_path, PeakRow, run_id="R 1")
    assert (found.run_id, found.scan, found.size_nt) == ("R 1", 12.35, 88.123)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""), (float("nan"), ""), (float("inf"), ""), (0.0, "0"), (-0.0, "0"),
        (5314.75, "5314.75"), (3.1234567891e-05, "0.00003123456789"), (1e7, "10000000"),
        (-2.5, "-2.5"), (1 / 3, "0.3333333333"),
    ],
)  # fmt: skip
def test_significant_digits(value: float | None, text: str) -> None:
    """Ten digits, no exponent, no zeros at the end, blank for none."""
    assert significant(value) == text
