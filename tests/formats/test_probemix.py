"""Probemix sheets: what is read, what is refused, what is warned about."""

from __future__ import annotations

from pathlib import Path

import pytest

from der22.errors import InputError
from der22.flags import Severity
from der22.formats.probemix import Probe, Probemix, read_probemix, validate_probemix
from der22.resources import resource_path

HEADER = "probe_id\tlength_nt\tgene\texon\trole\tchrom\tstart\tend\torder\n"


def references(n: int) -> list[Probe]:
    """Return n reference probes, 10 nt apart."""
    return [Probe(f"R{i}", 120.0 + 10 * i, "", "", "reference") for i in range(n)]


def problems(*probes: Probe, level: Severity) -> list[str]:
    """Return the sentences of a level for a sheet of these probes and eight references."""
    found = validate_probemix(Probemix("mix", (*references(8), *probes), {}))
    return [problem.message for problem in found if problem.level is level]


def write(folder: Path, body: str, name: str = "mix.tsv") -> Path:
    """Write a sheet and return its path."""
    path = folder / name
    path.write_text(body, encoding="utf-8")
    return path


def test_shipped_sheet_is_synthetic_and_sound() -> None:
    """The shipped P335 sheet says that it is invented and breaks no rule."""
    mix = read_probemix(resource_path("probemix/P335-synthetic.tsv"))
    assert mix.is_synthetic
    assert validate_probemix(mix) == []
    assert len(mix.of_role("reference")) == 12
    assert [p.exon for p in mix.probes if p.gene == "IKZF1" and p.order == 4] == ["4"]


def test_head_and_cells_are_read(tmp_path: Path) -> None:
    """Comment lines give the head; blank positions stay unknown; chr is dropped."""
    path = write(
        tmp_path,
        f"# probemix: Own\n# lot: A1\n{HEADER}P1\t130.5\tIKZF1\t1\ttarget\tchr7\t\t\t1\n",
    )
    mix = read_probemix(path)
    assert (mix.name, mix.head["lot"]) == ("Own", "A1")
    assert mix.probes == (Probe("P1", 130.5, "IKZF1", "1", "target", "7", None, None, 1.0),)


def test_csv_and_tsv_read_alike(tmp_path: Path) -> None:
    """The same sheet as CSV gives the same probes."""
    body = HEADER + "P1\t130\tG\t1\ttarget\t\t\t\t\n"
    tsv = read_probemix(write(tmp_path, body))
    csv = read_probemix(write(tmp_path, body.replace("\t", ","), "mix.csv"))
    assert tsv.probes == csv.probes


def test_all_problems_of_a_sheet_at_once(tmp_path: Path) -> None:
    """Bad numbers in two rows are both reported, with row and column."""
    path = write(tmp_path, HEADER + "P1\tlong\tG\t1\ttarget\nP2\t-3\tG\t2\ttarget\n")
    with pytest.raises(InputError) as error:
        read_probemix(path)
    assert [(p.row, p.column, p.value) for p in error.value.problems] == [
        (2, "length_nt", "long"),
        (3, "length_nt", "-3"),
    ]


def test_unknown_column_names_the_nearest(tmp_path: Path) -> None:
    """A misspelt column is refused with the nearest known one; x_ columns pass."""
    body = "probe_id\tlength_nt\tgene\texon\trole\tx_note\tordr\nP1\t1\tG\t1\ttarget\tn\t1\n"
    with pytest.raises(InputError, match="nearest known one is order"):
        read_probemix(write(tmp_path, body))


def test_missing_column_is_named(tmp_path: Path) -> None:
    """A sheet without the role column is refused."""
    with pytest.raises(InputError, match="role"):
        read_probemix(write(tmp_path, "probe_id\tlength_nt\tgene\texon\nP1\t1\tG\t1\n"))


def test_missing_file_is_an_input_error(tmp_path: Path) -> None:
    """A path that does not exist is a problem of the sheet, not a traceback."""
    with pytest.raises(InputError, match="cannot be read"):
        read_probemix(tmp_path / "nowhere.tsv")


@pytest.mark.parametrize(
    ("probe", "words"),
    [
        (Probe("R0", 300.0, "G", "1", "target"), "R0 stands 2 times"),
        (Probe("T", 120.0, "G", "1", "target"), "same length 120 nt"),
        (Probe("T", 300.0, "G", "1", "targets"), "nearest known is target"),
    ],
)
def test_errors_of_a_sheet(probe: Probe, words: str) -> None:
    """Duplicate id, duplicate length and unknown role are errors."""
    assert any(words in message for message in problems(probe, level=Severity.ERROR))


def test_duplicate_order_within_a_gene_is_an_error() -> None:
    """Two target probes of a gene cannot have one place; of two genes they can."""
    same = [Probe(f"T{i}", 300.0 + 10 * i, "G", str(i), "target", order=1) for i in range(2)]
    assert any("order 1" in message for message in problems(*same, level=Severity.ERROR))
    other = [same[0], Probe("T1", 310.0, "H", "1", "target", order=1)]
    assert problems(*other, level=Severity.ERROR) == []


@pytest.mark.parametrize(("n", "level"), [(2, Severity.ERROR), (3, Severity.WARNING), (8, None)])
def test_number_of_reference_probes(n: int, level: Severity | None) -> None:
    """Fewer than three reference probes are an error, fewer than eight a warning."""
    found = validate_probemix(Probemix("mix", tuple(references(n)), {}))
    assert [problem.level for problem in found] == ([] if level is None else [level])


@pytest.mark.parametrize(("distance", "warned"), [(3.9, True), (4.0, False)])
def test_probes_too_close(distance: float, warned: bool) -> None:
    """Probes closer than 4 nt are warned about."""
    near = Probe("T", 190.0 + distance, "G", "1", "target")
    assert bool(problems(near, level=Severity.WARNING)) is warned


@pytest.mark.parametrize(
    ("chrom", "start", "warned"),
    [("7", 50_400_000, True), ("7", 60_000_000, False), ("X", None, True), ("2", None, False)],
)
def test_reference_probe_in_an_unsafe_region(chrom: str, start: int | None, warned: bool) -> None:
    """A reference probe in 7p12 or on X is warned about, elsewhere on 7 it is not."""
    probe = Probe("RX", 300.0, "", "", "reference", chrom, start, start)
    assert bool(problems(probe, level=Severity.WARNING)) is warned
