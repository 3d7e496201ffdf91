"""A whole results folder as the MultiQC sections read it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from der22.report.multiqc_run import CONTEXT_NAME
from der22.report.results import Row, read_codes, read_rows, written_folders
from der22.report.words import explain_code

__all__ = ["LARGE_COHORT", "MANY_PATIENTS", "MOST_LISTED", "CohortFolder", "read_folder"]


#: above this many patients pictures show only those with a finding
MANY_PATIENTS = 60
#: above this many patients tables too are about exceptions
LARGE_COHORT = 300
#: most patients that a table of a large cohort lists
MOST_LISTED = 500


@dataclass(frozen=True, slots=True)
class CohortFolder:
    """Tables of one cohort.

    Attributes:
        outdir: results folder.
        context: cohort_name, definition, probemix_status, probe_order.
        provenance: versions and settings in force.
        risks: rows of ``genomic_risk.tsv`` in sheet order.
        problems: rows of ``problems.tsv``.
        levels_by_patient: patient_id -> error, warning, note or ''.
        ikzf1: rows of ``mlpa/ikzf1.tsv``.
        sample_qc: rows of ``sample_qc.tsv`` of every run, with run_id.
        abl1: rows of ``sanger/abl1.tsv``.
        levels: rows of ``mrd/levels.tsv``.
        series: rows of ``mrd/series.tsv``.
        curves: rows of ``curves.tsv`` of every plate, with plate_id.
    """

    outdir: Path
    context: Mapping[str, Any]
    provenance: Mapping[str, Any]
    risks: tuple[Row, ...]
    problems: tuple[Row, ...]
    levels_by_patient: Mapping[str, str]
    ikzf1: tuple[Row, ...]
    sample_qc: tuple[Row, ...]
    abl1: tuple[Row, ...]
    levels: tuple[Row, ...]
    series: tuple[Row, ...]
    curves: tuple[Row, ...]

    @property
    def is_large(self) -> bool:
        """Whether tables show exceptions only."""
        return len(self.risks) > LARGE_COHORT

    def shown_patients(self, has_finding: Callable[[Row], bool], limit: int) -> list[Row]:
        """Return the patients of a picture: all of a small cohort, else those with a finding.

        Args:
            has_finding: judges a row of ``genomic_risk.tsv``.
            limit: most patients a picture can hold.
        """
        if len(self.risks) <= MANY_PATIENTS:
            return list(self.risks)
        return [row for row in self.risks if has_finding(row)][:limit]

    def exceptions(self) -> list[Row]:
        """Return the patients of a table: all, or in a large cohort those with error or warning.

        Of very many, those with an error come first; the index page looks up the others.
        """
        if not self.is_large:
            return list(self.risks)
        rows = [
            row
            for level in ("error", "warning")
            for row in self.risks
            if self.levels_by_patient[row["patient_id"]] == level
        ]
        return rows[:MOST_LISTED]


def read_folder(outdir: Path) -> CohortFolder:
    """Read the tables below `outdir`; what was not done is empty."""
    risks = read_rows(outdir / "cohort/genomic_risk.tsv")
    codes = read_codes(outdir)
    return CohortFolder(
        outdir=outdir,
        context=_read_json(outdir / "multiqc" / CONTEXT_NAME),
        provenance=_read_json(outdir / "provenance.json"),
        risks=tuple(risks),
        problems=tuple(read_rows(outdir / "problems.tsv")),
        levels_by_patient={
            row["patient_id"]: _worst(codes.get(row["patient_id"], {})) for row in risks
        },
        ikzf1=tuple(read_rows(outdir / "mlpa/ikzf1.tsv")),
        sample_qc=_of_every(outdir, "mlpa", "sample_qc.tsv", "run_id"),
        abl1=tuple(read_rows(outdir / "sanger/abl1.tsv")),
        levels=tuple(read_rows(outdir / "mrd/levels.tsv")),
        series=tuple(read_rows(outdir / "mrd/series.tsv")),
        curves=_of_every(outdir, "mrd", "curves.tsv", "plate_id"),
    )


def _read_json(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


def _of_every(outdir: Path, stage: str, name: str, column: str) -> tuple[Row, ...]:
    """Return the rows of one table of every run or plate, the folder's name added as `column`."""
    return tuple(
        {column: folder, **row}
        for folder in written_folders(outdir, stage)
        for row in read_rows(outdir / stage / folder / name)
    )


def _worst(codes: Mapping[str, str]) -> str:
    levels = set()
    for code, level in codes.items():
        kind = explain_code(code)
        levels.add(level or (str(kind.level) if kind is not None else "note"))
    return next((level for level in ("error", "warning", "note") if level in levels), "")
