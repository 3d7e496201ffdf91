"""A whole results folder as the MultiQC sections read it."""

from __future__ import annotations

import json
from collections.abc import Container, Mapping
from dataclasses import dataclass
from pathlib import Path

from der22.flags import Severity
from der22.report.multiqc_run import CONTEXT_NAME, ReportContext
from der22.report.words import usual_level
from der22.results.cohort import ProblemRow, RiskRow
from der22.results.mlpa import Ikzf1Row, SampleQcRow
from der22.results.mrd import CurveRow, LevelRow, QcRow, SeriesRow
from der22.results.patients import rank_problems, read_codes, written_folders
from der22.results.provenance import Provenance, read_provenance
from der22.results.sanger import Abl1Row
from der22.results.schema import read_table

__all__ = ["LARGE_COHORT", "MANY_PATIENTS", "MOST_LISTED", "CohortFolder", "read_cohort_folder"]


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
        context: what no table holds.
        provenance: versions and settings in force.
        risks: in sheet order.
        problems: errors and warnings, errors first; notes are left out.
        levels_by_patient: patient_id -> heaviest level of a flag, None without any.
        ikzf1: class of every patient with MLPA.
        sample_qc: samples of every run.
        abl1: every sequenced sample.
        levels: of every cDNA sample.
        series: of every patient.
        curves: standard curves of every plate.
        qc: targets of every plate beside the other plates.
    """

    outdir: Path
    context: ReportContext
    provenance: Provenance
    risks: tuple[RiskRow, ...]
    problems: tuple[ProblemRow, ...]
    levels_by_patient: Mapping[str, Severity | None]
    ikzf1: tuple[Ikzf1Row, ...]
    sample_qc: tuple[SampleQcRow, ...]
    abl1: tuple[Abl1Row, ...]
    levels: tuple[LevelRow, ...]
    series: tuple[SeriesRow, ...]
    curves: tuple[CurveRow, ...]
    qc: tuple[QcRow, ...]

    @property
    def is_large(self) -> bool:
        """Whether tables show exceptions only."""
        return len(self.risks) > LARGE_COHORT

    def shown_patients(self, found: Container[str], limit: int) -> list[str]:
        """Return the patients of a picture: all of a small cohort, else those with a finding.

        Args:
            found: patient_id of those with a finding.
            limit: most patients a picture can hold.
        """
        names = [row.patient_id for row in self.risks]
        if len(names) <= MANY_PATIENTS:
            return names
        return [name for name in names if name in found][:limit]

    def exceptions(self) -> list[RiskRow]:
        """Return the patients of a table: all, or in a large cohort those with error or warning.

        Of very many, those with an error come first; the index page looks up the others.
        """
        if not self.is_large:
            return list(self.risks)
        rows = [
            row
            for level in (Severity.ERROR, Severity.WARNING)
            for row in self.risks
            if self.levels_by_patient[row.patient_id] is level
        ]
        return rows[:MOST_LISTED]


def read_cohort_folder(outdir: Path) -> CohortFolder:
    """Read the tables below `outdir`; what was not done is empty."""
    path = outdir / "multiqc" / CONTEXT_NAME
    context = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    risks = read_table(outdir, RiskRow, optional=True)
    codes = read_codes(outdir)
    worst: dict[str, Severity | None] = {}
    for row in risks:
        told = codes.get(row.patient_id, {}).items()
        levels = {level or usual_level(code) for code, level in told}
        worst[row.patient_id] = min(levels, key=list(Severity).index, default=None)
    problems = rank_problems(read_table(outdir, ProblemRow, optional=True))
    return CohortFolder(
        outdir=outdir,
        context=ReportContext(**context),
        provenance=read_provenance(outdir),
        risks=tuple(risks),
        problems=tuple(row for row in problems if row.level is not Severity.NOTE),
        levels_by_patient=worst,
        ikzf1=tuple(read_table(outdir, Ikzf1Row, optional=True)),
        sample_qc=tuple(
            row
            for run_id in written_folders(outdir, "mlpa")
            for row in read_table(outdir, SampleQcRow, optional=True, run_id=run_id)
        ),
        abl1=tuple(read_table(outdir, Abl1Row, optional=True)),
        levels=tuple(read_table(outdir, LevelRow, optional=True)),
        series=tuple(read_table(outdir, SeriesRow, optional=True)),
        curves=tuple(
            row
            for plate_id in written_folders(outdir, "mrd")
            for row in read_table(outdir, CurveRow, optional=True, plate_id=plate_id)
        ),
        qc=tuple(read_table(outdir, QcRow, optional=True)),
    )
