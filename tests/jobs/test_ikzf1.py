"""One IKZF1 class per patient from the tables of the runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from der22.formats.records import MlpaSample
from der22.jobs.ikzf1 import collect_ikzf1
from der22.mlpa.settings import MlpaSettings
from der22.results.mlpa import GeneRow, Ikzf1Row, ProbeRow, SampleQcRow
from der22.results.schema import read_table
from records import write_rows


@pytest.mark.parametrize(
    ("status", "codes", "pattern"),
    [
        ("called", ("SINGLE_PROBE",), "4-7"),
        ("called_with_warnings", ("SINGLE_PROBE",), "4-7"),
        ("not_called", (), ""),
    ],
)
def test_what_is_said_of_the_gene_travels_with_the_class(
    tmp_path: Path, status: str, codes: tuple[str, ...], pattern: str
) -> None:
    """Flags and exons of IKZF1 of the sample that was called; of a refused one nothing is known."""
    name = {"sample_id": "S", "patient_id": "P"}
    gene = {"gene": "IKZF1", "call": "heterozygous_deletion", "lost_exons": "4-7"}
    write_rows(tmp_path, GeneRow, [name | gene | {"flags": "SINGLE_PROBE"}], run_id="R")
    write_rows(tmp_path, SampleQcRow, [name | {"status": status}], run_id="R")
    write_rows(tmp_path, ProbeRow, [], run_id="R")
    sample = MlpaSample(
        "R", "S", "patient", "/f", "/p", "GS500LIZ", patient_id="P", day=0, blast_percent=90
    )
    collect_ikzf1([sample], {}, MlpaSettings(), "gimema", tmp_path)
    (row,) = read_table(tmp_path, Ikzf1Row)
    assert (row.codes, row.ikzf1_pattern) == (codes, pattern)
