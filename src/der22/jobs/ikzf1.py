"""From the tables of all runs to one IKZF1 class per patient."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from der22.arrays import Floats
from der22.flags import Flag, Problem, join_codes
from der22.formats.records import MlpaSample, Patient
from der22.formats.tables import Row, read_tsv, write_tsv
from der22.mlpa.codes import flag
from der22.mlpa.identity import alike_pairs
from der22.mlpa.ikzf1 import DEFINITIONS, Finding, Ikzf1Class, classify, ikzf1_effect
from der22.mlpa.settings import MlpaSettings
from der22.runs.manifest import UnitReport

__all__ = ["IKZF1_COLUMNS", "collect_ikzf1"]

IKZF1_COLUMNS = (
    "patient_id", "sample_id", "run_id", "ikzf1_class", "ikzf1_pattern", "ikzf1_effect",
    "class_gimema", "class_aieop_bfm", "class_gimema_2024", "flags", "message", "status",
)  # fmt: skip

_TABLE = "mlpa/ikzf1.tsv"
_COMPARED_ROLES = ("target", "reference")
_NOTABLE = ("CDKN2A", "CDKN2B", "PAX5", "CRLF2", "CSF2RA", "IL3RA")
_LOSSES = ("heterozygous_deletion", "homozygous_deletion")

#: of one sample: probe_id -> dosage quotient
Profile = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class _Called:
    """One patient sample with what its run's tables say."""

    sample: MlpaSample
    status: str
    calls: Mapping[str, str]
    lost: str
    notes: str

    @property
    def is_called(self) -> bool:
        return self.status in ("called", "called_with_warnings")


def collect_ikzf1(
    samples: Sequence[MlpaSample],
    patients: Mapping[str, Patient],
    settings: MlpaSettings,
    definition: str,
    outdir: Path,
) -> UnitReport:
    """Write ``mlpa/ikzf1.tsv``: one row per patient with MLPA samples.

    Args:
        samples: every row of the mlpa sheet, all runs.
        patients: by patient_id; for ERG.
        settings: thresholds.
        definition: gimema, aieop_bfm or gimema_2024; fills ikzf1_class.
        outdir: root of the results; the tables of the runs lie there.
    """
    called = _read_calls(samples, outdir)
    twins = _twins_between_runs(samples, settings, outdir)
    by_patient: dict[str, list[_Called]] = {}
    for one in called:
        by_patient.setdefault(one.sample.patient_id or "", []).append(one)
    rows: list[Row] = []
    problems: list[Problem] = []
    for patient_id in sorted(by_patient):
        chosen = _diagnostic(by_patient[patient_id])
        row, flags = _row(
            patient_id, chosen, patients.get(patient_id), settings, definition,
            twins.get((chosen.sample.run_id, chosen.sample.sample_id), []),
        )  # fmt: skip
        rows.append(row)
        problems.extend(Problem("mlpa", patient_id, noticed) for noticed in flags)
    write_tsv(Path(outdir) / _TABLE, IKZF1_COLUMNS, rows)
    plus = sum(row["ikzf1_class"] == "IKZF1plus" for row in rows)
    unknown = sum(row["ikzf1_class"] == "undetermined" for row in rows)
    summary = f"{len(rows)} patients: {plus} IKZF1plus, {unknown} undetermined ({definition})"
    return UnitReport("mlpa", "ikzf1", (_TABLE,), tuple(problems), summary)


def _read_calls(samples: Sequence[MlpaSample], outdir: Path) -> list[_Called]:
    wanted = {(s.run_id, s.sample_id): s for s in samples if s.role == "patient" and s.patient_id}
    called = []
    for run_id in sorted({run for run, _ in wanted}):
        folder = Path(outdir) / "mlpa" / run_id
        calls: dict[str, dict[str, str]] = {}
        lost: dict[str, str] = {}
        notes: dict[str, str] = {}
        for row in read_tsv(folder / "gene_calls.tsv"):
            calls.setdefault(row["sample_id"], {})[row["gene"]] = row["call"]
            if row["gene"] == "IKZF1":
                lost[row["sample_id"]] = row["lost_exons"]
                notes[row["sample_id"]] = row["flags"]
        for row in read_tsv(folder / "sample_qc.tsv"):
            sample = wanted.get((run_id, row["sample_id"]))
            if sample is not None:
                name = row["sample_id"]
                called.append(
                    _Called(
                        sample, row["status"], calls.get(name, {}), lost.get(name, ""),
                        notes.get(name, ""),
                    )
                )  # fmt: skip
    return called


def _diagnostic(called: Sequence[_Called]) -> _Called:
    """Return the diagnostic sample: the lowest day; of one day a called one, then by name."""

    def rank(one: _Called) -> tuple[float, bool, str, str]:
        day = one.sample.day
        when = float("inf") if day is None else float(day)
        return (when, not one.is_called, one.sample.run_id, one.sample.sample_id)

    return min(called, key=rank)


def _row(
    patient_id: str,
    chosen: _Called,
    patient: Patient | None,
    settings: MlpaSettings,
    definition: str,
    twins: Sequence[str],
) -> tuple[Row, list[Flag]]:
    blasts = chosen.sample.blast_percent
    finding = Finding(
        calls=chosen.calls,
        erg_deletion=None if patient is None else patient.erg_deletion,
        is_called=chosen.is_called,
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
        flags.append(flag("ERG_NOT_ASSESSED", "ERG unknown; class holds if ERG is not deleted"))
    for twin in twins:
        text = f"same profile as {twin}; swap or double loading"
        flags.append(flag("DUPLICATE_PROFILE", text))
    pattern = _pattern(chosen, classes["gimema"])
    row: dict[str, object] = {
        "patient_id": patient_id,
        "sample_id": chosen.sample.sample_id,
        "run_id": chosen.sample.run_id,
        "ikzf1_class": classes[definition].word,
        "ikzf1_pattern": pattern,
        "ikzf1_effect": ikzf1_effect(pattern),
        **{f"class_{name}": classes[name].word for name in DEFINITIONS},
        "flags": ";".join(filter(None, sorted({*join_codes(flags).split(";"),
                                               *_ikzf1_notes(chosen).split(";")}))),
        "message": _message(chosen, classes[definition], definition, pattern, flags),
        "status": chosen.status,
    }  # fmt: skip
    return row, flags


def _ikzf1_notes(chosen: _Called) -> str:
    return chosen.notes if chosen.is_called else ""


def _pattern(chosen: _Called, found: Ikzf1Class) -> str:
    if found.ikzf1_deleted is None:
        return ""
    return chosen.lost if found.ikzf1_deleted else "none"


def _message(
    chosen: _Called, found: Ikzf1Class, definition: str, pattern: str, flags: Sequence[Flag]
) -> str:
    parts = []
    if not chosen.is_called:
        parts.append(f"sample {chosen.sample.sample_id} was not called; IKZF1 is unknown")
    elif found.ikzf1_deleted is None:
        parts.append(_why_unknown(chosen))
    elif found.ikzf1_deleted:
        parts.append(f"IKZF1 deleted ({chosen.calls['IKZF1'].replace('_', ' ')}, {pattern})")
        if found.word == "undetermined":
            parts.append("plus undetermined")
        parts.append(_partners(chosen.calls))
    else:
        parts.append("IKZF1 not deleted")
    if pattern == "1-8":
        parts.append(
            "whole gene: monosomy 7 or a large 7p loss is likely; this probemix has no 7q probe"
        )
    parts.append(f"{found.word} by {definition}")
    parts.extend(noticed.message for noticed in flags)
    return "; ".join(part for part in parts if part)


def _why_unknown(chosen: _Called) -> str:
    call = chosen.calls.get("IKZF1")
    if call is None:
        return "the probemix has no IKZF1 probe"
    blasts = chosen.sample.blast_percent
    if call in ("ambiguous", "not_evaluable"):
        return f"IKZF1 is {call.replace('_', ' ')}"
    if blasts is None:
        return "no IKZF1 deletion seen, but blasts unknown: a negative result means nothing"
    return f"no IKZF1 deletion seen, but only {blasts:g} % blasts: a negative result means nothing"


def _partners(calls: Mapping[str, str]) -> str:
    lost = [
        f"{gene} {calls[gene].split('_')[0]}" for gene in _NOTABLE if calls.get(gene) in _LOSSES
    ]
    open_ = [gene for gene in _NOTABLE if calls.get(gene) in ("ambiguous", "not_evaluable")]
    said = [f"also deleted: {', '.join(lost)}"] if lost else []
    if open_:
        said.append(f"unknown: {', '.join(open_)}")
    return "; ".join(said)


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
    profiles: dict[tuple[str, str], dict[str, float]] = {}
    for run_id in sorted({s.run_id for s in members}):
        for row in read_tsv(Path(outdir) / "mlpa" / run_id / "probe_ratios.tsv"):
            if row["role"] in _COMPARED_ROLES and row["dosage_quotient"]:
                profile = profiles.setdefault((run_id, row["sample_id"]), {})
                profile[row["probe_id"]] = float(row["dosage_quotient"])
    probes = _all_probes(profiles.values())
    return np.array(
        [
            [profiles.get((s.run_id, s.sample_id), {}).get(probe, np.nan) for probe in probes]
            for s in members
        ]
    ).reshape(len(members), len(probes))


def _all_probes(profiles: Iterable[Profile]) -> list[str]:
    return sorted({probe for profile in profiles for probe in profile})
