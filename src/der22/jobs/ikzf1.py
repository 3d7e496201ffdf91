"""From the tables of all runs to one IKZF1 class per patient."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from der22.arrays import Floats
from der22.flags import Flag, Problem, codes_of
from der22.formats.records import MlpaSample, Patient
from der22.mlpa.codes import make_flag
from der22.mlpa.identity import alike_pairs
from der22.mlpa.ikzf1 import DEFINITIONS, Classification, Finding, classify, ikzf1_effect
from der22.mlpa.settings import MlpaSettings
from der22.results.mlpa import GeneRow, Ikzf1Row, ProbeRow, SampleQcRow
from der22.results.schema import read_table, write_table
from der22.runs.manifest import UnitReport
from der22.words import Call, Ikzf1Class, MlpaStatus

__all__ = ["collect_ikzf1"]

#: roles of the probes whose dosage is compared between runs
_COMPARED_ROLES = ("target", "reference")
_NOTABLE = ("CDKN2A", "CDKN2B", "PAX5", "CRLF2", "CSF2RA", "IL3RA")


@dataclass(frozen=True, slots=True)
class _Called:
    """One patient sample with what its run's tables say; `ikzf1` is None without such a probe."""

    sample: MlpaSample
    status: MlpaStatus
    calls: Mapping[str, Call]
    ikzf1: GeneRow | None


def collect_ikzf1(
    samples: Sequence[MlpaSample],
    patients: Mapping[str, Patient],
    settings: MlpaSettings,
    definition: str,
    outdir: Path,
    unusual: Mapping[str, Flag] | None = None,
) -> UnitReport:
    """Write ``mlpa/ikzf1.tsv``: one row per patient with MLPA samples.

    Args:
        samples: every row of the mlpa sheet, all runs.
        patients: by patient_id; for ERG.
        settings: thresholds.
        definition: gimema, aieop_bfm or gimema_2024; fills ikzf1_class.
        outdir: root of the results; the tables of the runs lie there.
        unusual: run_id -> what earlier runs say against its references; told, no class changes.
    """
    outdir = Path(outdir)
    wanted = {(s.run_id, s.sample_id): s for s in samples if s.role == "patient" and s.patient_id}
    by_patient: dict[str, list[_Called]] = {}
    for run_id in sorted({run for run, _ in wanted}):
        genes: dict[str, dict[str, GeneRow]] = {}
        for row in read_table(outdir, GeneRow, run_id=run_id):
            genes.setdefault(row.sample_id, {})[row.gene] = row
        for quality in read_table(outdir, SampleQcRow, run_id=run_id):
            sample = wanted.get((run_id, quality.sample_id))
            if sample is not None:
                own = genes.get(quality.sample_id, {})
                calls = {gene: row.call for gene, row in own.items()}
                one = _Called(sample, quality.status, calls, own.get("IKZF1"))
                by_patient.setdefault(str(sample.patient_id), []).append(one)
    twins = _twins_between_runs(samples, settings, outdir)
    rows: list[Ikzf1Row] = []
    problems: list[Problem] = []
    for patient_id in sorted(by_patient):
        chosen = _diagnostic(by_patient[patient_id])
        row_of_patient, flags = _row(
            patient_id, chosen, patients.get(patient_id), settings, definition,
            twins.get((chosen.sample.run_id, chosen.sample.sample_id), []),
        )  # fmt: skip
        if said := (unusual or {}).get(chosen.sample.run_id):
            row_of_patient = replace(
                row_of_patient,
                codes=tuple(sorted({*row_of_patient.codes, said.code})),
                message=f"{row_of_patient.message}; {said.message}",
            )
        rows.append(row_of_patient)
        problems.extend(Problem("mlpa", patient_id, noticed) for noticed in flags)
    plus = sum(row.ikzf1_class is Ikzf1Class.PLUS for row in rows)
    unknown = sum(row.ikzf1_class is Ikzf1Class.UNDETERMINED for row in rows)
    summary = f"{len(rows)} patients: {plus} IKZF1plus, {unknown} undetermined ({definition})"
    table = write_table(outdir, Ikzf1Row, rows)
    return UnitReport("mlpa", "ikzf1", (table,), tuple(problems), summary)


def _diagnostic(called: Sequence[_Called]) -> _Called:
    """Return the diagnostic sample: the lowest day; of one day a called one, then by name."""

    def rank(one: _Called) -> tuple[float, bool, str, str]:
        day = one.sample.day
        when = float("inf") if day is None else float(day)
        return (when, not one.status.is_called, one.sample.run_id, one.sample.sample_id)

    return min(called, key=rank)


def _row(
    patient_id: str,
    chosen: _Called,
    patient: Patient | None,
    settings: MlpaSettings,
    definition: str,
    twins: Sequence[str],
) -> tuple[Ikzf1Row, list[Flag]]:
    blasts, is_called = chosen.sample.blast_percent, chosen.status.is_called
    finding = Finding(
        calls=chosen.calls,
        erg_deletion=None if patient is None else patient.erg_deletion,
        is_called=is_called,
        negative_counts=blasts is not None and blasts >= settings.min_blast_percent,
    )
    classes = {
        name: classify(
            finding, name, erg_unknown=settings.erg_unknown,
            homozygous_cdkn2b=settings.cdkn2b_homozygous_only == "yes",
        )
        for name in DEFINITIONS
    }  # fmt: skip
    flags: list[Flag] = []
    if any(one.assumes_erg for one in classes.values()):
        flags.append(
            make_flag("ERG_NOT_ASSESSED", "ERG unknown; class holds if ERG is not deleted")
        )
    for twin in twins:
        text = f"same profile as {twin}; swap or double loading"
        flags.append(make_flag("DUPLICATE_PROFILE", text))
    deleted = classes["gimema"].ikzf1_deleted
    lost = "" if chosen.ikzf1 is None else chosen.ikzf1.lost_exons
    pattern = {True: lost, False: "none", None: ""}[deleted]
    codes = {*codes_of(flags)}
    if is_called and chosen.ikzf1 is not None:
        codes |= {*chosen.ikzf1.codes}
    row = Ikzf1Row(
        patient_id=patient_id,
        sample_id=chosen.sample.sample_id,
        run_id=chosen.sample.run_id,
        ikzf1_class=classes[definition].word,
        ikzf1_pattern=pattern,
        ikzf1_effect=ikzf1_effect(pattern),
        class_gimema=classes["gimema"].word,
        class_aieop_bfm=classes["aieop_bfm"].word,
        class_gimema_2024=classes["gimema_2024"].word,
        codes=tuple(sorted(codes)),
        message=_message(chosen, classes[definition], definition, pattern, flags),
        status=chosen.status,
    )
    return row, flags


def _message(
    chosen: _Called, found: Classification, definition: str, pattern: str, flags: Sequence[Flag]
) -> str:
    parts = []
    if not chosen.status.is_called:
        parts.append(f"sample {chosen.sample.sample_id} was not called; IKZF1 is unknown")
    elif found.ikzf1_deleted is None:
        blasts, call = chosen.sample.blast_percent, chosen.calls.get("IKZF1")
        if call is None:
            parts.append("the probemix has no IKZF1 probe")
        elif call in (Call.AMBIGUOUS, Call.NOT_EVALUABLE):
            parts.append(f"IKZF1 is {call.replace('_', ' ')}")
        else:
            few = "blasts unknown" if blasts is None else f"only {blasts:g} % blasts"
            parts.append(f"no IKZF1 deletion seen, but {few}: a negative result means nothing")
    elif found.ikzf1_deleted:
        calls = chosen.calls
        parts.append(f"IKZF1 deleted ({calls['IKZF1'].replace('_', ' ')}, {pattern})")
        if found.word is Ikzf1Class.UNDETERMINED:
            parts.append("plus undetermined")
        known = [gene for gene in _NOTABLE if gene in calls]
        lost = [f"{gene} {calls[gene].split('_')[0]}" for gene in known if calls[gene].is_loss]
        if lost:
            parts.append(f"also deleted: {', '.join(lost)}")
        doubtful = [g for g in known if calls[g] in (Call.AMBIGUOUS, Call.NOT_EVALUABLE)]
        if doubtful:
            parts.append(f"unknown: {', '.join(doubtful)}")
    else:
        parts.append("IKZF1 not deleted")
    if pattern == "1-8":
        parts.append(
            "whole gene: monosomy 7 or a large 7p loss is likely; this probemix has no 7q probe"
        )
    parts.append(f"{found.word} by {definition}")
    parts.extend(noticed.message for noticed in flags)
    return "; ".join(parts)


def _twins_between_runs(
    samples: Sequence[MlpaSample], settings: MlpaSettings, outdir: Path
) -> dict[tuple[str, str], list[str]]:
    """Return, for samples of patients, the samples of other patients in other runs alike to them.

    Only runs with the same probemix are compared.
    """
    patients = [s for s in samples if s.role == "patient" and s.patient_id]
    twins: dict[tuple[str, str], list[str]] = {}
    for probemix in sorted({s.probemix for s in patients}):
        members = [s for s in patients if s.probemix == probemix]
        if len({s.run_id for s in members}) < 2:
            continue
        matrix = _profiles(members, outdir)
        for i, j in alike_pairs(matrix, settings):
            one, two = members[i], members[j]
            if one.run_id == two.run_id or one.patient_id == two.patient_id:
                continue
            for here, there in ((one, two), (two, one)):
                name = f"{there.run_id}/{there.sample_id} of {there.patient_id}"
                twins.setdefault((here.run_id, here.sample_id), []).append(name)
    return twins


def _profiles(members: Sequence[MlpaSample], outdir: Path) -> Floats:
    """Return dosage quotients, shape (n_members, n_probes), NaN where there is none."""
    profiles: dict[tuple[str, str], dict[str, float]] = {}
    for run_id in sorted({s.run_id for s in members}):
        for row in read_table(outdir, ProbeRow, run_id=run_id):
            if row.role in _COMPARED_ROLES and row.dosage_quotient is not None:
                profile = profiles.setdefault((run_id, row.sample_id), {})
                profile[row.probe_id] = row.dosage_quotient
    probes = sorted({probe for profile in profiles.values() for probe in profile})
    rows = [profiles.get((s.run_id, s.sample_id), {}) for s in members]
    matrix = [[row.get(probe, np.nan) for probe in probes] for row in rows]
    return np.array(matrix).reshape(len(members), len(probes))
