"""A small invented results folder: columns of the contract, failures and hostile text included.

The facts of its eight patients are in ``invented_facts.json``; ``{HOSTILE}`` there stands for text
that would be dangerous as markup.
"""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np

from der22.formats.records import Patient
from der22.formats.tables import write_text, write_tsv
from der22.mlpa.settings import MlpaSettings
from der22.mrd.settings import MrdSettings
from der22.sanger.settings import SangerSettings
from der22.settings import describe_settings

HOSTILE = "<script>alert('x')</script>\"><img src=x onerror=alert(1)>&amp;</svg>"
COHORT = {"name": "synthetic fixture", "ikzf1plus_definition": "gimema", "genomic_risk": "default"}
EXONS = {
    "EBF1": 4, "IKZF1": 8, "CDKN2A": 3, "CDKN2B": 2, "PAX5": 7, "ETV6": 6, "BTG1": 4, "RB1": 5,
    "CRLF2": 1, "CSF2RA": 1,
}  # fmt: skip
TIMEPOINTS = ("diagnosis", "d22", "d45", "d57", "d85", "blina_c1")
RUNS = {"RUN1": ("P01", "P02", "P03"), "RUN2": ("P04", "P07-very.long_identifier-2026", "P08")}
_NOTHING: dict[str, Any] = {
    "status": "called", "class": "", "pattern": "", "effect": "", "changes": {}, "flags": "",
    "message": "",
}  # fmt: skip

Row = dict[str, Any]


def _read_facts() -> dict[str, Any]:
    text = Path(__file__).with_name("invented_facts.json").read_text(encoding="utf-8")
    facts: dict[str, Any] = json.loads(text.replace("{HOSTILE}", json.dumps(HOSTILE)[1:-1]))
    return facts


FACTS = _read_facts()
PATIENTS = tuple(Patient(**patient) for patient in FACTS["patients"])


def write_results(outdir: Path) -> None:
    """Write the whole folder below `outdir`."""
    _write_mlpa(outdir)
    _write_sanger(outdir)
    series = _write_mrd(outdir)
    _write_plates(outdir)
    _write_cohort(outdir, series)
    columns = ("stage", "subject", "level", "code", "message")
    rows = [dict(zip(columns, row, strict=True)) for row in FACTS["problems"]]
    write_tsv(outdir / "problems.tsv", columns, rows)
    settings = {"mlpa": MlpaSettings(), "sanger": SangerSettings(), "mrd": MrdSettings()}
    provenance = {
        "versions": {"der22": "0.1.0", "python": "3.11", "numpy": "2.4.0"},
        "settings": {name: describe_settings(record) for name, record in settings.items()},
        "inputs": {},
    }
    write_text(outdir / "provenance.json", json.dumps(provenance, default=dataclasses.asdict))


def refuse_second_sample(outdir: Path, patient_id: str) -> None:
    """Add a refused MLPA sample of the patient, in a run of its own, beside the one called."""
    sample = {
        "sample_id": "M-2", "patient_id": patient_id,
        **_sample_status({**_NOTHING, "status": "not_called"}, "patient", called=False),
    }  # fmt: skip
    _write(outdir / "mlpa/RUN9/sample_qc.tsv", [sample])
    with (outdir / "problems.tsv").open("a", encoding="utf-8") as handle:
        handle.write("mlpa\tRUN9/M-2\terror\tSAMPLE_NOT_IN_TABLE\tr.tsv: no row of M-2\n")


def _write(path: Path, rows: list[Row]) -> None:
    write_tsv(path, tuple(rows[0]), rows)


def _probes() -> list[Row]:
    probes: list[Row] = [
        {"probe_id": f"{gene}-{exon:02d}", "gene": gene, "exon": str(exon), "role": "target"}
        for gene, count in EXONS.items()
        for exon in range(1, count + 1)
    ]
    probes += [
        {"probe_id": f"REF-{i:02d}", "gene": "", "exon": "", "role": "reference"} for i in range(10)
    ]
    return [{**probe, "length_nt": 124 + 6 * i} for i, probe in enumerate(probes)]


def _write_mlpa(outdir: Path) -> None:
    ikzf1: list[Row] = []
    for run_id, names in RUNS.items():
        tables: dict[str, list[Row]] = {"probe_ratios": [], "gene_calls": [], "sample_qc": []}
        for name in (*names, "REF-A", "NO-DNA"):
            facts = FACTS["mlpa"].get(name, _NOTHING)
            patient = name if name in FACTS["mlpa"] else ""
            head = {"sample_id": f"M-{name[:3]}" if patient else name, "patient_id": patient}
            called = facts["status"] != "not_called" and name != "NO-DNA"
            rng = np.random.default_rng(sum(map(ord, name)))
            tables["probe_ratios"] += [
                {**head, **_ratio(probe, facts["changes"], called, rng)} for probe in _probes()
            ]
            tables["gene_calls"] += [
                {**head, **_gene(gene, facts["changes"], called)} for gene in EXONS if patient
            ]
            role = "patient" if patient else "no_dna" if name == "NO-DNA" else "reference"
            tables["sample_qc"].append({**head, **_sample_status(facts, role, called)})
            if patient:
                ikzf1.append(_class_row(head, run_id, facts))
        for table, rows in tables.items():
            _write(outdir / "mlpa" / run_id / f"{table}.tsv", rows)
    _write(outdir / "mlpa/ikzf1.tsv", ikzf1)


def _sample_status(facts: Row, role: str, called: bool) -> Row:
    return {
        "role": role, "status": facts["status"], "size_standard_score": 0.99,
        "slope_per_100_nt": 0.05, "reference_probe_sd": 0.041 if called else None,
        "sex_observed": "F" if called else None, "flags": facts["flags"],
        "message": facts["message"],
    }  # fmt: skip


def _class_row(head: Row, run_id: str, facts: Row) -> Row:
    word = facts["class"]
    return {
        "patient_id": head["patient_id"], "sample_id": head["sample_id"], "run_id": run_id,
        "ikzf1_class": word, "ikzf1_pattern": facts["pattern"], "ikzf1_effect": facts["effect"],
        "class_gimema": word, "class_aieop_bfm": word, "class_gimema_2024": word,
        "flags": facts["flags"], "message": facts["message"], "status": facts["status"],
    }  # fmt: skip


def _ratio(probe: Row, changes: Row, called: bool, rng: np.random.Generator) -> Row:
    change = changes.get(probe["gene"])
    hit = change is not None and change["first"] <= int(probe["exon"] or 0) <= change["last"]
    level = change["quotient"] if hit else 1.0
    word = change["call"] if hit else "normal"
    return {
        **{key: probe[key] for key in ("probe_id", "gene", "exon", "role", "length_nt")},
        "size_nt": probe["length_nt"] + 1.5, "height_rfu": 2400.0, "area": 30000.0,
        "dosage_quotient": round(level * float(np.exp(rng.normal(0, 0.045))), 4)
        if called else None,
        "reference_mean": 1.0, "reference_sd": 0.05, "call": word if called else "not_evaluable",
        "flags": "", "sigma": 0.05 if called else None,
    }  # fmt: skip


def _gene(gene: str, changes: Row, called: bool) -> Row:
    change = changes.get(gene, {})
    call = change.get("call", "normal")
    share = 0.9 if call.endswith("deletion") else None
    return {
        "gene": gene, "call": call if called else "not_evaluable",
        "dosage_quotient": change.get("quotient", 1.0) if called else None,
        "n_probes": EXONS[gene], "first_exon": change.get("first"), "last_exon": change.get("last"),
        "clone_fraction": share, "clone_fraction_low": share and share - 0.1,
        "clone_fraction_high": share and share + 0.1, "flags": "", "lost_exons": "",
    }  # fmt: skip


def _write_sanger(outdir: Path) -> None:
    columns = ("patient_id", "sample_id", "day", "abl1_status", "mutations", "flags", "message")
    rows = [
        dict(zip(columns, (patient, *sample), strict=True))
        for patient, samples in FACTS["abl1"].items()
        for sample in samples
    ]
    _write(outdir / "sanger/abl1.tsv", rows)
    for row in rows:
        _write_sanger_sample(outdir / "sanger" / row["sample_id"], row)


def _write_sanger_sample(folder: Path, sample: Row) -> None:
    variants = [_variant(sample, fact) for fact in FACTS["variants"].get(sample["sample_id"], [])]
    empty = _variant(sample, (0, "", "", "", "", "", 0, "", 0.0))
    write_tsv(folder / "variants.tsv", tuple(empty), variants)
    refused = sample["abl1_status"] == "not_evaluable"
    hits = {row["codon"]: row["tier"] for row in variants}
    _write(folder / "codons.tsv", [_codon(codon, hits, refused) for codon in range(234, 501)])
    _write(folder / "reads.tsv", [_read(sample["sample_id"], d, refused) for d in _DIRECTIONS])
    sites = [_site(sample["sample_id"], row) for row in variants if not row["alt"].startswith("<")]
    write_text(folder / "traces.json", json.dumps({"layout": 1, "sites": sites}))


_DIRECTIONS = ("forward", "reverse")


def _variant(sample: Row, fact: tuple[Any, ...]) -> Row:
    position, ref, alt, hgvs_c, hgvs_p, mutation, codon, tier, share = fact
    both = tier != "single_strand"
    return {
        **{key: sample[key] for key in ("patient_id", "sample_id", "day")},
        "position_c": position, "ref": ref, "alt": alt, "hgvs_c": f"NM_005157.6:{hgvs_c}",
        "hgvs_p": f"NP_005148.2:{hgvs_p}" if hgvs_p else "", "mutation": mutation, "codon": codon,
        "tier": tier, "fraction": share, "fraction_low": share - 0.06,
        "fraction_high": share + 0.06,
        "forward_fraction": share - 0.02, "reverse_fraction": share + 0.02 if both else None,
        "noise_floor": 0.04, "flags": "SPLICE_VARIANT" if alt.startswith("<") else "",
    }  # fmt: skip


def _codon(codon: int, hits: dict[int, str], refused: bool) -> Row:
    read = 240 <= codon <= 492 and not refused and not 420 <= codon < 424
    word = {"detected": "detected", "": "not_detected"}.get(hits.get(codon, ""), "possible")
    return {
        "codon": codon, "residue": "A", "status": word if read else "not_assessed",
        "limit_of_detection": 0.13 if read else None, "forward_usable": read,
        "reverse_usable": read and codon > 255,
    }  # fmt: skip


def _read(sample_id: str, direction: str, refused: bool) -> Row:
    good = {"direction": direction, "status": "used", "first_codon": 240, "last_codon": 492}
    bad = {"direction": "", "status": "refused", "first_codon": None, "last_codon": None}
    return {
        "read_id": f"{sample_id}-{direction[0].upper()}", **(bad if refused else good),
        "mean_quality": 44.2, "noise_floor": 0.04, "flags": "NOT_REFERENCE" if refused else "",
        "message": "Does not align to the reference (score 41)." if refused else "",
    }  # fmt: skip


def _site(sample_id: str, row: Row) -> Row:
    rng = np.random.default_rng(row["position_c"])
    drawn = "".join(rng.choice(list("ACGT"), 21))
    reference = drawn[:10] + row["ref"] + drawn[11:]
    control = {**row, "fraction": 0.0}
    return {
        "position_c": row["position_c"], "names": [row["mutation"]],
        "first_position_c": row["position_c"] - 10, "reference": reference,
        "reads": [
            _trace(f"{sample_id}-F", "sample", "forward", reference, row),
            _trace(f"{sample_id}-R", "sample", "reverse", reference, row),
            _trace("WT-F", "wild_type_control", "forward", reference, control),
        ],
    }  # fmt: skip


def _trace(read_id: str, role: str, direction: str, reference: str, row: Row) -> Row:
    rng = np.random.default_rng(sum(map(ord, read_id)))
    called = row["alt"] if row["fraction"] > 0.5 else row["ref"]
    peaks = [6 + 12 * i for i in range(21)]
    points = np.arange(12 * 21)
    channels = {base: np.zeros(len(points)) for base in "ACGT"}
    for place, letter in zip(peaks, reference, strict=True):
        peak = np.exp(-0.5 * ((points - place) / 3.0) ** 2) * float(rng.uniform(700, 1500))
        share = row["fraction"] if place == peaks[10] else 0.03
        other = row["alt"] if place == peaks[10] else "ACGT"["ACGT".index(letter) - 1]
        channels[letter] += peak * (1 - share)
        channels[other] += peak * share
    # the last two bases lie beyond the read
    return {
        "read_id": read_id, "role": role, "direction": direction,
        "calls": reference[:10] + called + reference[11:19] + "--", "peak_x": [*peaks[:-2], -1, -1],
        "channels": {base: [round(v) for v in signal] for base, signal in channels.items()},
    }  # fmt: skip


def _write_mrd(outdir: Path) -> list[Row]:
    levels: list[Row] = []
    series: list[Row] = []
    for patient in PATIENTS:
        taken: dict[str, Row] = {}
        for transcript, points in FACTS["mrd"].get(patient.patient_id, {}).items():
            for point in points:
                level = _level(patient.patient_id, transcript, point)
                levels.append(level)
                if level["timepoint"] not in taken or level["category"] == "POS":
                    taken[level["timepoint"]] = level
        previous: Row | None = None
        for name in TIMEPOINTS:
            row, previous = _series_row(patient.patient_id, name, taken.get(name), previous)
            series.append(row)
    _write(outdir / "mrd/levels.tsv", levels)
    _write(outdir / "mrd/series.tsv", series)
    return series


def _level(patient_id: str, transcript: str, point: list[Any]) -> Row:
    timepoint, day, category, ratio, control, flags = point
    is_scale = ratio and transcript == "p210"
    return {
        "patient_id": patient_id, "sample_id": f"Q-{patient_id[:3]}-{timepoint}",
        "plate_id": "P1" if "NTC" in flags else "P2", "day": day, "timepoint": timepoint,
        "transcript": transcript, "material": "BM", "fusion_copies": (ratio or 0) * control / 200,
        "control_copies": control / 2, "ratio_percent": 0.0 if category == "CMR" else ratio,
        "ratio_is_percent": round(ratio * 0.83, 6) if is_scale else None, "category": category,
        "detection_limit_percent": round(100 / control, 6),
        "depth": "MR4.5" if category == "CMR" and control >= 32000 else "", "flags": flags,
        "message": "",
    }  # fmt: skip


def _series_row(
    patient_id: str, name: str, level: Row | None, previous: Row | None
) -> tuple[Row, Row | None]:
    category = level["category"] if level else "missing"
    known = category in {"CMR", "PNQ", "POS"}
    both = known and previous is not None and previous["category"] == category == "POS"
    change = None
    if both and level and previous:
        change = round(float(np.log10(level["ratio_percent"] / previous["ratio_percent"])), 4)
    rise = category == "POS" and previous is not None and (change is None or change >= 0.5)
    row = {
        "patient_id": patient_id, "timepoint": name, "day": level["day"] if level else None,
        "category": category, "ratio_percent": level["ratio_percent"] if level else None,
        "log10_change": change, "mrd_increase": rise if known else None,
        "molecular_relapse": False if known else None,
        "molecular_relapse_imputed": rise if known else None,
        "flags": level["flags"] if level else "",
        "sample_id": level["sample_id"] if level else "",
        "detection_limit_percent": level["detection_limit_percent"] if known else None,
        "depth": level["depth"] if category == "CMR" else "",
    }  # fmt: skip
    return row, level if known else previous


def _write_plates(outdir: Path) -> None:
    for plate, status, flags, ntc_ct in (("P1", "pass", "", 35.2), ("P2", "warn", "R2_LOW", None)):
        curves: list[Row] = []
        wells: list[Row] = []
        for target, slope, intercept in (("BCR-ABL1", -3.42, 39.8), ("ABL1", -3.35, 39.1)):
            curves.append({
                "run": "", "target": target, "slope": slope, "intercept": intercept,
                "r_squared": 0.992, "efficiency": 0.97, "n_levels": 5, "lowest_copies": 10,
                "highest_copies": 1e6, "instrument_slope": slope, "instrument_intercept": 39.9,
                "status": status, "flags": flags,
            })  # fmt: skip
            wells.append({
                "well": "E11", "sample": "NTC", "target": target, "task": "ntc", "ct_raw": ntc_ct,
                "ct": ntc_ct, "detected": ntc_ct is not None, "copies": None, "excluded": False,
                "reason": "", "run": "", "quantity": None,
            })  # fmt: skip
        _write(outdir / "mrd" / plate / "curves.tsv", curves)
        _write(outdir / "mrd" / plate / "wells.tsv", wells)


def _write_cohort(outdir: Path, series: list[Row]) -> None:
    by_patient: dict[str, list[Row]] = {}
    for row in series:
        by_patient.setdefault(row["patient_id"], []).append(row)
    rows = [_risk_row(patient, by_patient[patient.patient_id]) for patient in PATIENTS]
    _write(outdir / "cohort/genomic_risk.tsv", rows)


def _risk_row(patient: Patient, series: list[Row]) -> Row:
    name = patient.patient_id
    absent = {**_NOTHING, "status": "not_done", "class": "not_done"}
    mlpa = FACTS["mlpa"].get(name, absent)
    blanket = {"not_done": "not_done", "not_called": "not_evaluable"}.get(mlpa["status"])
    samples = FACTS["abl1"].get(name, [])
    ranked = ("mutated", "possible", "wild_type", "not_evaluable")
    status = next((word for word in ranked if word in [s[2] for s in samples]), "not_done")
    hit = next((sample for sample in samples if sample[2] == "mutated"), None)
    rises = [row["day"] for row in series if row["mrd_increase"]]
    indicated = "mrd_increase" if rises else "relapse" if patient.relapse_day else ""
    words = {"CMR": "yes", "PNQ": "yes", "POS": "no"}
    return {
        "patient_id": name, "sex": patient.sex, "age_years": patient.age_years,
        "wbc_per_mm3": patient.wbc_per_mm3, "fusion": patient.fusion,
        "mlpa_status": mlpa["status"], "ikzf1_class": mlpa["class"],
        "ikzf1_pattern": mlpa["pattern"],
        **{g: blanket or mlpa["changes"].get(g, {}).get("call", "normal") for g in EXONS},
        "abl1_screening_indicated": "yes" if indicated else "no",
        "abl1_screening_reason": indicated, "abl1_status": status,
        "abl1_mutations": hit[3] if hit else "",
        "abl1_first_detected_day": hit[1] if hit else None,
        **{f"mrd_{row['timepoint']}": row["category"] for row in series},
        **{
            f"molecular_response_{row['timepoint']}": words.get(row["category"], row["category"])
            for row in series
        },
        "best_depth": "", "mrd_increase_day": min(rises, default=None),
        "molecular_relapse_day": None, "genomic_risk": FACTS["risk"][name][0],
        "genomic_risk_reason": FACTS["risk"][name][1],
        "flags": "NO_FOLLOW_UP;NO_MRD_SERIES" if name == "P06" else "",
        "x_centre": patient.extra.get("x_centre", ""), "x_note": patient.extra.get("x_note", ""),
    }  # fmt: skip
