"""The tables that the three analyses would leave behind for the shipped demo cohort.

Written from the invented patients of ``resources/demo`` by rules stated here again, so that the
cohort step is tested without raw files and without the code of the analyses.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Mapping
from pathlib import Path

from der22.formats.records import MlpaSample, Patient
from der22.resources import resource_path
from der22.results.mlpa import GeneRow, Ikzf1Row, ProbeRow, SampleQcRow
from der22.results.mrd import LevelRow, SeriesRow
from der22.results.sanger import Abl1Row, VariantRow
from der22.words import Phase, Timepoint
from records import write_rows

GENES = ("EBF1", "IKZF1", "CDKN2A", "CDKN2B", "PAX5", "ETV6", "BTG1", "RB1", "CRLF2")
_DELETED = {
    "IKZF1": "IKZF1_del",
    "CDKN2A": "CDKN2A_B_del",
    "CDKN2B": "CDKN2A_B_del",
    "PAX5": "PAX5_del",
    "RB1": "RB1_del",
    "EBF1": "EBF1_del",
}
_CLASS = {
    "no_IKZF1": "no_IKZF1_deletion",
    "IKZF1_only": "IKZF1_deletion",
    "IKZF1plus": "IKZF1plus",
}
TIMEPOINTS = (
    Timepoint("diagnosis", 0, -30, 0, Phase.DIAGNOSIS),
    Timepoint("d22", 22, 15, 33, Phase.INDUCTION),
    Timepoint("d45", 45, 34, 50, Phase.INDUCTION),
    Timepoint("d57", 57, 51, 70, Phase.INDUCTION),
    Timepoint("d85", 85, 71, 98, Phase.INDUCTION),
    *(Timepoint(f"blina_c{n}", None, None, None, Phase.CONSOLIDATION) for n in range(1, 6)),
)


def cohort_rows() -> list[dict[str, str]]:
    """Return the shipped table of invented patients."""
    with resource_path("demo/cohort.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def mrd_rows() -> list[dict[str, str]]:
    """Return the shipped table of invented copies."""
    with resource_path("demo/mrd.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def _day(text: str) -> int | None:
    return int(text) if text not in ("", "NA") else None


def patients() -> list[Patient]:
    """Return the patients sheet of the demo cohort."""
    return [
        Patient(
            patient_id=row["patient_id"],
            sex=row["sex"],
            age_years=float(row["age_years"]),
            wbc_per_mm3=float(row["wbc_per_mm3"]),
            fusion=row["fusion"],
            chr_day=22 if row["chr_d85"] == "1" else None,
            relapse_day=_day(row["relapse_day"]),
            relapse_site=row["relapse_type"].lower() or None,
            transplant_day=_day(row["allo_day"]),
            death_day=_day(row["death_day"]),
            last_contact_day=_day(row["last_followup_day"]),
            cycles_started=int(row["n_blina_cycles"]),
        )
        for row in cohort_rows()
    ]


def mlpa_samples() -> list[MlpaSample]:
    """Return the mlpa sheet: 46 diagnostic samples in two runs, each with a reference."""
    done = [row["patient_id"] for row in cohort_rows() if row["mlpa_available"] == "1"]
    samples = [_sample(f"run{i // 23 + 1}", patient) for i, patient in enumerate(done)]
    return [*samples, _sample("run1", None), _sample("run2", None)]


def _sample(run_id: str, patient: str | None) -> MlpaSample:
    return MlpaSample(
        run_id=run_id,
        sample_id=f"{patient}-dx" if patient else f"{run_id}-ref",
        role="patient" if patient else "reference",
        path="/none.fsa",
        probemix="/none.tsv",
        size_standard="GS500LIZ",
        patient_id=patient,
        day=0 if patient else None,
        blast_percent=80.0 if patient else None,
    )


def write_mlpa(outdir: Path) -> None:
    """Write ``mlpa/*/gene_calls.tsv``, ``sample_qc.tsv`` and ``mlpa/ikzf1.tsv``."""
    rows = {row["patient_id"]: row for row in cohort_rows()}
    classes = []
    for run_id in ("run1", "run2"):
        own = [sample for sample in mlpa_samples() if sample.run_id == run_id]
        status = [
            {
                "sample_id": sample.sample_id,
                "patient_id": sample.patient_id,
                "role": sample.role,
                "status": "called",
                "flags": "",
                "message": "",
            }
            for sample in own
        ]
        write_rows(outdir, SampleQcRow, status, run_id=run_id)
        calls = [
            {
                "sample_id": sample.sample_id,
                "patient_id": sample.patient_id,
                "gene": gene,
                "call": _call(rows.get(sample.patient_id or ""), gene),
            }
            for sample in own
            for gene in GENES
        ]
        write_rows(outdir, GeneRow, calls, run_id=run_id)
        classes += [_ikzf1(sample, rows[sample.patient_id]) for sample in own if sample.patient_id]
    write_rows(outdir, Ikzf1Row, classes)


def _call(row: Mapping[str, str] | None, gene: str) -> str:
    lost = row is not None and gene in _DELETED and row[_DELETED[gene]] == "1"
    return "heterozygous_deletion" if lost else "normal"


def _ikzf1(sample: MlpaSample, row: Mapping[str, str]) -> dict[str, object]:
    name = _CLASS[row["ikzf1_group"]]
    single = "IKZF1_deletion" if name == "IKZF1plus" else name
    return {
        "patient_id": sample.patient_id,
        "sample_id": sample.sample_id,
        "run_id": sample.run_id,
        "ikzf1_class": name,
        "ikzf1_pattern": "none" if name == "no_IKZF1_deletion" else "4-7",
        "ikzf1_effect": "",
        "class_gimema": name,
        "class_aieop_bfm": single,  # stands for a definition that knows no plus here
        "class_gimema_2024": name,
        "flags": "",
        "message": "",
        "status": "called",
    }


def write_sanger(outdir: Path) -> None:
    """Write ``sanger/abl1.tsv`` and the variants; a mutated patient has a later clean sample."""
    found: list[dict[str, object]] = []
    for row in cohort_rows():
        if not row["abl1_result"]:
            continue
        mutated = row["abl1_result"] != "WT"
        day = int(row["abl1_sample_day"])
        name = row["patient_id"]
        found.append(_abl1(name, f"{name}-a", day, row["abl1_result"] if mutated else ""))
        _write_variants(outdir, found[-1])
        if mutated:
            found.append(_abl1(name, f"{name}-b", day + 60, ""))
            _write_variants(outdir, found[-1])
    write_rows(outdir, Abl1Row, found)


def _abl1(patient: str, sample: str, day: int, mutation: str) -> dict[str, object]:
    return {
        "patient_id": patient,
        "sample_id": sample,
        "day": day,
        "abl1_status": "mutated" if mutation else "wild_type",
        "mutations": mutation,
        "flags": "",
        "message": "",
    }


_VARIANTS = {
    "T315I": ("944", "C", "T", "NM_005157.6:c.944C>T", "NP_005148.2:p.(Thr315Ile)", "315"),
    "E255K": ("763", "G", "A", "NM_005157.6:c.763G>A", "NP_005148.2:p.(Glu255Lys)", "255"),
}


def _write_variants(outdir: Path, sample: Mapping[str, object]) -> None:
    rows: list[dict[str, object]] = []
    if sample["mutations"]:
        position, ref, alt, coding, protein, codon = _VARIANTS[str(sample["mutations"])]
        row: dict[str, object] = {
            "patient_id": sample["patient_id"],
            "sample_id": sample["sample_id"],
        }
        row |= {"day": sample["day"], "position_c": position, "ref": ref, "alt": alt}
        row |= {"hgvs_c": coding, "hgvs_p": protein, "mutation": sample["mutations"]}
        row |= {"codon": codon, "tier": "detected", "fraction": 0.6}
        rows.append(row)
    write_rows(outdir, VariantRow, rows, sample_id=str(sample["sample_id"]))


def write_mrd(outdir: Path) -> None:
    """Write ``mrd/levels.tsv`` and ``mrd/series.tsv``."""
    fusion = {row["patient_id"]: row["fusion"] for row in cohort_rows()}
    levels = [level for row in mrd_rows() for level in _levels(row, fusion[row["patient_id"]])]
    write_rows(outdir, LevelRow, levels)
    by_patient: dict[str, list[dict[str, str]]] = {name: [] for name in fusion}
    for row in mrd_rows():
        by_patient[row["patient_id"]].append(row)
    series = [line for name, rows in by_patient.items() for line in _series(name, rows)]
    write_rows(outdir, SeriesRow, series)


def _levels(row: Mapping[str, str], fusion: str) -> Iterable[dict[str, object]]:
    yield _level(row, "p210" if "p210" in fusion else "p190", row["category"], row["ratio_pct"])
    if fusion == "p190+p210":
        at_diagnosis = row["timepoint"] == "diagnosis"
        ratio = str(0.1 * float(row["ratio_pct"])) if at_diagnosis else "0"
        yield _level(row, "p190", "POS" if at_diagnosis else "CMR", ratio)


def _level(row: Mapping[str, str], transcript: str, category: str, ratio: str) -> dict[str, object]:
    control = float(row["abl1_copies"])
    depth = ""
    if category == "CMR":
        depth = "MR5" if 2 * control >= 1e5 else "MR4.5" if 2 * control >= 32000 else "MR4"
    return {
        "patient_id": row["patient_id"],
        "sample_id": f"{row['patient_id']}-{row['timepoint']}",
        "day": row["day"],
        "timepoint": row["timepoint"],
        "transcript": transcript,
        "material": "BM",
        "fusion_copies": float(ratio) * control / 100,
        "control_copies": control,
        "ratio_percent": float(ratio),
        "ratio_is_percent": None,
        "category": category,
        "detection_limit_percent": 100 / (2 * control),
        "depth": depth,
        "flags": "",
        "message": "",
    }


def _series(patient: str, rows: list[dict[str, str]]) -> Iterable[dict[str, object]]:
    """Return a row per configured time point; a rise is half a log or POS after a response."""
    given = {row["timepoint"]: row for row in rows}
    previous: dict[str, str] | None = None
    for point in TIMEPOINTS:
        row = given.get(point.name)
        if row is None:
            yield _line(patient, point.name, "", "missing", "", "", "", "")
            continue
        change = increase = relapse = ""
        if point.is_follow_up:
            increase, relapse = "no", "no"
        if previous is not None and row["category"] == "POS":
            rise = math.nan
            if previous["category"] == "POS":
                rise = math.log10(float(row["ratio_pct"]) / float(previous["ratio_pct"]))
                change = f"{rise:.6f}"
            after_response = previous["category"] != "POS"
            if point.phase is Phase.INDUCTION and (after_response or round(rise, 9) >= 0.5):
                increase = "yes"
        yield _line(
            patient,
            row["timepoint"],
            row["day"],
            row["category"],
            row["ratio_pct"],
            change,
            increase,
            relapse,
        )
        previous = row


def _line(
    patient: str,
    timepoint: str,
    day: str,
    category: str,
    ratio: str,
    change: str,
    increase: str,
    relapse: str,
) -> dict[str, object]:
    return {
        "patient_id": patient,
        "timepoint": timepoint,
        "day": day,
        "category": category,
        "ratio_percent": ratio,
        "log10_change": change,
        "mrd_increase": increase,
        "molecular_relapse": relapse,
        "molecular_relapse_imputed": "",
        "flags": "",
    }


def write_all(outdir: Path) -> None:
    """Write the tables of all three analyses."""
    write_mlpa(outdir)
    write_probes(outdir)
    write_sanger(outdir)
    write_mrd(outdir)


_PROBES = {
    "IKZF1": 8,
    "CDKN2A": 2,
    "CDKN2B": 1,
    "PAX5": 6,
    "ETV6": 4,
    "RB1": 5,
    "EBF1": 4,
    "BTG1": 2,
    "CRLF2": 2,
}


def write_probes(outdir: Path) -> None:
    """Write ``mlpa/*/probe_ratios.tsv``: 0.55 where a gene is deleted, 1 elsewhere, one blank."""
    rows_of = {row["patient_id"]: row for row in cohort_rows()}
    for run_id in ("run1", "run2"):
        rows = []
        for sample in mlpa_samples():
            if sample.run_id != run_id or sample.patient_id is None:
                continue
            for gene in GENES:
                lost = _call(rows_of[sample.patient_id], gene) == "heterozygous_deletion"
                for exon in range(1, _PROBES[gene] + 1):
                    blank = sample.patient_id == "DAL003" and gene == "RB1"
                    rows.append(
                        {
                            "sample_id": sample.sample_id,
                            "patient_id": sample.patient_id,
                            "probe_id": f"{gene}-{exon}",
                            "gene": gene,
                            "exon": exon,
                            "role": "target",
                            "dosage_quotient": None if blank else 0.55 if lost else 1.0,
                        }
                    )
        write_rows(outdir, ProbeRow, rows, run_id=run_id)
