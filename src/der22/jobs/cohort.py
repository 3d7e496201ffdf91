"""Cohort jobs: join the three analyses, make the statistics, draw the figures."""

from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from der22.cohort.assays import (
    MlpaResult,
    MrdResult,
    SampleKey,
    summarise_abl1,
    summarise_mlpa,
    summarise_mrd,
    without_vain_negatives,
)
from der22.cohort.baseline import baseline_rows
from der22.cohort.genomics import genomics_rows
from der22.cohort.join import join_patient, risk_names, risk_row
from der22.cohort.response import response_rows
from der22.cohort.settings import StatisticsSettings
from der22.flags import Problem
from der22.formats.records import MlpaSample, Patient
from der22.mlpa.ikzf1 import Finding, classify
from der22.mlpa.settings import MlpaSettings
from der22.results.cohort import (
    BaselineRow,
    GenomicsRow,
    HazardRow,
    ResponseRow,
    RiskRow,
    SurvivalRow,
    TestRow,
)
from der22.results.mlpa import GeneRow, Ikzf1Row, ProbeRow, SampleQcRow
from der22.results.mrd import LevelRow, SeriesRow
from der22.results.patients import grouped_by_patient
from der22.results.sanger import Abl1Row
from der22.results.schema import read_table, write_table
from der22.runs.manifest import UnitReport
from der22.words import Call, Category, Ikzf1Class, MlpaStatus, Response, RiskLabel, Timepoint

__all__ = ["draw_figures", "join_cohort", "read_figure_tables", "run_statistics"]

_STAGE = "cohort"
#: subject of a problem that concerns the cohort and no single patient
_WHOLE = "cohort"


def join_cohort(
    patients: Sequence[Patient],
    mlpa_samples: Sequence[MlpaSample] | None,
    genes: Sequence[str],
    *,
    sanger_done: bool,
    mrd_done: bool,
    timepoints: Sequence[Timepoint],
    ikzf1plus_definition: str,
    outdir: Path | str,
    mlpa_settings: MlpaSettings | None = None,
    response_lost_triggers: bool = True,
) -> UnitReport:
    """Write ``genomic_risk.tsv`` and the tables of a paper.

    These are ``baseline.tsv``, ``response_by_timepoint.tsv`` and ``genomics.tsv``.

    Args:
        patients: rows of the patients sheet, in its order.
        mlpa_samples: rows of the mlpa sheet; None when the analysis is left out.
        genes: genes with target probes, in the order of the probemix sheet.
        sanger_done: whether ``sanger/abl1.tsv`` is part of this run.
        mrd_done: whether ``mrd/series.tsv`` and ``mrd/levels.tsv`` are part of this run.
        timepoints: as planned, in order.
        ikzf1plus_definition: gimema, aieop_bfm or gimema_2024.
        outdir: folder of the results.
        mlpa_settings: for the class of a repeated sample; None = defaults.
        response_lost_triggers: whether the loss of a response calls for ABL1 screening.
    """
    outdir = Path(outdir)
    by_id = {patient.patient_id: patient for patient in patients}
    settings = mlpa_settings or MlpaSettings()
    mlpa = _read_mlpa(mlpa_samples, by_id, ikzf1plus_definition, settings, outdir)
    abl1 = grouped_by_patient(read_table(outdir, Abl1Row) if sanger_done else ())
    mrd = _read_mrd(
        patients,
        timepoints,
        outdir,
        mrd_done=mrd_done,
        response_lost_triggers=response_lost_triggers,
    )
    cohort = [
        join_patient(
            patient,
            mlpa.get(patient.patient_id, MlpaResult()),
            summarise_abl1(abl1.get(patient.patient_id, ())),
            mrd[patient.patient_id],
        )
        for patient in patients
    ]
    names = risk_names(genes, timepoints, patients)
    files = (
        write_table(outdir, BaselineRow, baseline_rows(cohort)),
        write_table(outdir, RiskRow, (risk_row(facts, genes) for facts in cohort), names),
        write_table(outdir, GenomicsRow, genomics_rows(cohort, genes)),
        write_table(outdir, ResponseRow, response_rows(cohort, timepoints)),
    )
    problems = tuple(
        Problem(_STAGE, facts.patient.patient_id, flag) for facts in cohort for flag in facts.flags
    )
    labels = [facts.risk.label for facts in cohort]
    counts = ", ".join(f"{labels.count(label)} {label}" for label in RiskLabel)
    return UnitReport(
        _STAGE, "join", tuple(sorted(files)), problems, f"{len(cohort)} patients: {counts}"
    )


def _read_mlpa(
    samples: Sequence[MlpaSample] | None,
    patients: Mapping[str, Patient],
    definition: str,
    settings: MlpaSettings,
    outdir: Path,
) -> dict[str, MlpaResult]:
    by_patient: dict[str, list[MlpaSample]] = defaultdict(list)
    for sample in samples or ():
        if sample.role == "patient" and sample.patient_id is not None:
            by_patient[sample.patient_id].append(sample)
    if not by_patient:
        return {}
    status_of: dict[SampleKey, MlpaStatus] = {}
    calls_of: dict[SampleKey, dict[str, Call]] = defaultdict(dict)
    for run_id in dict.fromkeys(s.run_id for own in by_patient.values() for s in own):
        for quality in read_table(outdir, SampleQcRow, run_id=run_id):
            status_of[run_id, quality.sample_id] = quality.status
        for gene in read_table(outdir, GeneRow, run_id=run_id):
            calls_of[run_id, gene.sample_id][gene.gene] = gene.call
    rows = grouped_by_patient(read_table(outdir, Ikzf1Row))

    def repeat_class(sample: MlpaSample) -> Ikzf1Class:
        blasts = sample.blast_percent
        finding = Finding(
            calls=calls_of.get((sample.run_id, sample.sample_id), {}),
            erg_deletion=patients[str(sample.patient_id)].erg_deletion,
            is_called=True,
            negative_counts=blasts is not None and blasts >= settings.min_blast_percent,
        )
        strict = settings.cdkn2b_homozygous_only == "yes"
        return classify(
            finding, definition, erg_unknown=settings.erg_unknown, homozygous_cdkn2b=strict
        ).word

    counted = {
        (s.run_id, s.sample_id): without_vain_negatives(
            calls_of.get((s.run_id, s.sample_id), {}), s.blast_percent, settings.min_blast_percent
        )
        for own in by_patient.values()
        for s in own
    }
    return {
        patient_id: summarise_mlpa(
            own,
            rows.get(patient_id, ()),
            status_of,
            counted,
            definition,
            # ikzf1.tsv names one sample a patient; its repeats are judged by the same rule
            {(s.run_id, s.sample_id): repeat_class(s) for s in own} if len(own) > 1 else {},
        )
        for patient_id, own in by_patient.items()
    }


def _read_mrd(
    patients: Sequence[Patient],
    points: Sequence[Timepoint],
    outdir: Path,
    *,
    mrd_done: bool,
    response_lost_triggers: bool,
) -> dict[str, MrdResult]:
    if not mrd_done:
        not_done = dict.fromkeys((point.name for point in points), Category.NOT_DONE)
        not_known = dict.fromkeys(not_done, Response.NOT_DONE)
        nothing = MrdResult(categories=not_done, responses=not_known)
        return {patient.patient_id: nothing for patient in patients}
    series = grouped_by_patient(read_table(outdir, SeriesRow))
    levels = grouped_by_patient(read_table(outdir, LevelRow))
    return {
        patient.patient_id: summarise_mrd(
            series.get(patient.patient_id, ()),
            levels.get(patient.patient_id, ()),
            points,
            response_lost_triggers=response_lost_triggers,
        )
        for patient in patients
    }


def run_statistics(
    patients: Sequence[Patient],
    statistics: StatisticsSettings,
    timepoints: Sequence[Timepoint],
    outdir: Path | str,
) -> UnitReport:
    """Write ``survival.tsv``, ``tests.tsv`` and ``hazard_ratios.tsv``.

    Groups are read from ``cohort/genomic_risk.tsv``, so that a table and its statistics never
    differ.

    Args:
        patients: rows of the patients sheet.
        statistics: horizons, end points, groups (checked by `cohort.settings.unknown_groups`).
        timepoints: as for `join_cohort`.
        outdir: folder of the results.
    """
    # statsmodels brings pandas, one second that the other jobs need not pay
    from der22.cohort import survival_tables as tables
    from der22.cohort.comparison import compare_groups, end_points

    outdir = Path(outdir)
    risk = read_table(outdir, RiskRow)
    endpoints = end_points(patients, statistics)
    by_id = {row.patient_id: row for row in risk}
    comparisons = list(compare_groups(patients, by_id, statistics, timepoints))
    tests = tables.group_test_rows(comparisons) + tables.response_test_rows(risk, statistics)
    hazards = tables.hazard_rows(comparisons, statistics)
    survival = tables.survival_rows(endpoints, comparisons, statistics)
    files = (
        write_table(outdir, HazardRow, hazards),
        write_table(outdir, SurvivalRow, survival),
        write_table(outdir, TestRow, tests),
    )
    flags = tables.group_flags(comparisons, tests, hazards)
    counts = ", ".join(f"{name} {len(rows)}" for name, (_, rows) in endpoints.items())
    return UnitReport(
        _STAGE,
        "statistics",
        files,
        tuple(Problem(_STAGE, _WHOLE, flag) for flag in flags),
        f"patients in {counts}; {len(tests)} tests, {len(hazards)} hazard ratios",
    )


def draw_figures(
    patients: Sequence[Patient],
    statistics: StatisticsSettings,
    timepoints: Sequence[Timepoint],
    cohort_name: str,
    outdir: Path | str,
    *,
    mlpa_runs: Sequence[str],
    sanger_done: bool,
    mrd_done: bool,
) -> UnitReport:
    """Write ``cohort/figures/*.svg`` and ``*.png`` from the tables of the run.

    Args:
        patients: rows of the patients sheet.
        statistics: as for `run_statistics`.
        timepoints: as for `join_cohort`.
        cohort_name: printed on every figure; a cohort called synthetic is marked as such.
        outdir: folder of the results.
        mlpa_runs: runs whose probe ratios are drawn; none when the analysis is left out.
        sanger_done: whether ``sanger/abl1.tsv`` is part of this run.
        mrd_done: whether the tables of ``mrd/`` are part of this run.
    """
    # matplotlib is needed by this job only
    from der22.report import figures

    outdir = Path(outdir)
    data = figures.FigureData(
        cohort_name=cohort_name,
        patients=patients,
        statistics=statistics,
        timepoints=timepoints,
        **read_figure_tables(outdir, mlpa_runs, sanger_done=sanger_done, mrd_done=mrd_done),
    )
    folder = outdir / "cohort/figures"
    shutil.rmtree(folder, ignore_errors=True)  # figures of an earlier run must not stay
    files: list[str] = []
    with figures.figure_style():
        for name, figure in figures.figures_of(data):
            written = figures.save_figure(figure, folder, name)
            files += [f"cohort/figures/{file}" for file in written]
    return UnitReport(_STAGE, "figures", tuple(sorted(files)), (), f"{len(files) // 2} figures")


def read_figure_tables(
    outdir: Path, mlpa_runs: Sequence[str], *, sanger_done: bool, mrd_done: bool
) -> dict[str, Any]:
    """Return the tables that figures are drawn from, by field of `FigureData`."""
    from der22.report.figures import MAX_PATIENTS, patients_by_finding

    risk = read_table(outdir, RiskRow)
    shown = patients_by_finding(risk)[:MAX_PATIENTS]
    return {
        "risk": risk,
        "genomics": {row.item: row for row in read_table(outdir, GenomicsRow)},
        "response": read_table(outdir, ResponseRow),
        "hazards": read_table(outdir, HazardRow),
        "series": read_table(outdir, SeriesRow) if mrd_done else [],
        "levels": read_table(outdir, LevelRow) if mrd_done else [],
        "abl1": read_table(outdir, Abl1Row) if sanger_done else [],
        "probes": _target_probes(mlpa_runs, shown, outdir),
    }


def _target_probes(
    mlpa_runs: Iterable[str], patients: Collection[str], outdir: Path
) -> list[ProbeRow]:
    """Return the target probes of the patients shown; those of a large cohort are not kept."""
    return [
        row
        for run_id in mlpa_runs
        for row in read_table(outdir, ProbeRow, ("patient_id", patients), run_id=run_id)
        if row.role == "target"
    ]
