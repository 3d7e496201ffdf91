"""A small invented results folder with the columns of the contract, failures and hostile text included."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np

from der22.formats.records import Patient
from der22.formats.tables import write_text, write_tsv
from der22.mlpa.settings import MlpaSettings
from der22.mrd.settings import MrdSettings
from der22.sanger.settings import SangerSettings
from der22.settings import describe_settings

HOSTILE = "<script>alert('x')</script>\"><img src=x onerror=alert(1)>&amp;</svg>"
COHORT = {"name": "synthetic fixture", "ikzf1plus_definition": "gimema", "genomic_risk": "default"}
GENES = ("EBF1", "IKZF1", "CDKN2A", "CDKN2B", "PAX5", "ETV6", "BTG1", "RB1", "CRLF2", "CSF2RA")
EXONS = {"IKZF1": 8, "PAX5": 7, "EBF1": 4, "RB1": 5, "ETV6": 6, "CDKN2A": 3, "CDKN2B": 2, "BTG1": 4}
TIMEPOINTS = (
    {"name": "diagnosis", "nominal_day": 0, "first_day": -30, "last_day": 0, "phase": "diagnosis"},
    {"name": "d22", "nominal_day": 22, "first_day": 15, "last_day": 33, "phase": "induction"},
    {"name": "d45", "nominal_day": 45, "first_day": 34, "last_day": 50, "phase": "induction"},
    {"name": "d57", "nominal_day": 57, "first_day": 51, "last_day": 70, "phase": "induction"},
    {"name": "d85", "nominal_day": 85, "first_day": 71, "last_day": 98, "phase": "induction"},
    {
        "name": "blina_c1",
        "nominal_day": None,
        "first_day": None,
        "last_day": None,
        "phase": "consolidation",
    },
)

PATIENTS = (
    Patient(
        "P01",
        "F",
        41,
        21800,
        "p190",
        chr_day=22,
        relapse_day=210,
        relapse_site="cns",
        last_contact_day=312,
        cycles_started=2,
    ),
    Patient("P02", "M", 57, 31100, "p210", chr_day=22, transplant_day=180, last_contact_day=500),
    Patient("P03", "F", 30, None, "p190", erg_deletion="no", chr_day=22, last_contact_day=662),
    Patient(
        "P04", "M", 63, 3700, "p210", extra={"x_centre": HOSTILE, "x_note": "=cmd|' /C calc'!A1"}
    ),
    Patient("P05", None, None, 5000, "p190+p210", death_day=411, last_contact_day=411),
    Patient("P06"),
    Patient(
        "P07-very.long_identifier-2026", "M", 69, 34500, "p210", chr_day=22, last_contact_day=400
    ),
    Patient(
        "P08",
        "F",
        24,
        88000,
        "p190",
        chr_day=22,
        relapse_day=150,
        relapse_site="hematologic",
        death_day=290,
        last_contact_day=290,
        cycles_started=1,
    ),
)

#: patient -> (mlpa_status, class, pattern, effect, gene -> (call, exons, quotient), flags, message)
MLPA = {
    "P01": (
        "called",
        "IKZF1plus",
        "4-7",
        "dominant_negative",
        {
            "IKZF1": ("heterozygous_deletion", range(4, 8), 0.55),
            "CDKN2A": ("homozygous_deletion", range(1, 4), 0.08),
            "PAX5": ("heterozygous_deletion", range(1, 8), 0.54),
        },
        "",
        "",
    ),
    "P02": (
        "called_with_warnings",
        "IKZF1_deletion",
        "1-8",
        "loss_of_function",
        {"IKZF1": ("heterozygous_deletion", range(1, 9), 0.6)},
        "SPIKE",
        "whole gene: monosomy 7 or a large 7p loss is likely; this probemix has no 7q probe",
    ),
    "P03": ("called", "no_IKZF1_deletion", "none", "", {}, "", ""),
    "P04": (
        "not_called",
        "undetermined",
        "",
        "",
        {},
        "DENATURATION",
        f"D1 is 0.21 of the 92-nt peak (limit 0.40); purify and denature again {HOSTILE}",
    ),
    "P07-very.long_identifier-2026": ("called", "no_IKZF1_deletion", "none", "", {}, "", ""),
    "P08": (
        "called",
        "IKZF1plus",
        "2-7",
        "loss_of_function",
        {
            "IKZF1": ("heterozygous_deletion", range(2, 8), 0.52),
            "CDKN2B": ("heterozygous_deletion", range(1, 3), 0.5),
            "RB1": ("ambiguous", range(2, 4), 0.82),
            "ETV6": ("gain", range(1, 7), 1.48),
        },
        "BREAKPOINT_UNCERTAIN",
        "",
    ),
}

#: patient -> samples: (sample_id, day, status, mutations, flags, message)
ABL1 = {
    "P01": [
        ("S01a", 85, "mutated", "T315I", "", "T315I in 61 % of the transcript."),
        ("S01b", 140, "wild_type", "", "", "No mutation; below 13 % not excluded."),
    ],
    "P02": [
        (
            "S02",
            85,
            "wild_type",
            "",
            "NO_WILD_TYPE_CONTROL",
            "No mutation; below 18 % not excluded.",
        )
    ],
    "P05": [
        (
            "S05",
            60,
            "possible",
            "F317L",
            "SINGLE_STRAND",
            "F317L on one strand only; repeat the other.",
        )
    ],
    "P07-very.long_identifier-2026": [
        ("S07", 57, "not_evaluable", "", "NO_USABLE_READ", f"Every read was refused: {HOSTILE}")
    ],
    "P08": [
        (
            "S08",
            120,
            "mutated",
            "E255K;T315I",
            "COMPOUND_AT_LEAST;SPLICE_VARIANT",
            "At least 12 % carry both E255K and T315I.",
        )
    ],
}
#: sample -> variants: (position, ref, alt, hgvs_c, hgvs_p, mutation, codon, tier, fraction)
VARIANTS = {
    "S01a": [(944, "C", "T", "c.944C>T", "p.(Thr315Ile)", "T315I", 315, "detected", 0.61)],
    "S05": [(949, "T", "C", "c.949T>C", "p.(Phe317Leu)", "F317L", 317, "single_strand", 0.31)],
    "S08": [
        (763, "G", "A", "c.763G>A", "p.(Glu255Lys)", "E255K", 255, "detected", 0.42),
        (944, "C", "T", "c.944C>T", "p.(Thr315Ile)", "T315I", 315, "detected", 0.70),
        (1423, "", "<INS>", "c.1423_1424insN[35]", "", "35INS", 475, "detected", 0.2),
    ],
}

#: patient -> transcript -> (timepoint, day, category, ratio, control sum, flags)
MRD = {
    "P01": {
        "p190": [
            ("diagnosis", -3, "POS", 84.0, 61000, ""),
            ("d22", 22, "POS", 1.2, 48000, ""),
            ("d45", 46, "PNQ", 0.012, 52000, "REPLICATES_DISAGREE"),
            ("d57", 57, "POS", 0.35, 33000, ""),
            ("d85", 85, "POS", 6.1, 41000, ""),
            ("blina_c1", 121, "POS", 0.9, 45000, ""),
        ]
    },
    "P02": {
        "p210": [
            ("diagnosis", 0, "POS", 55.0, 45000, ""),
            ("d22", 23, "POS", 0.8, 30000, ""),
            ("d57", 58, "PNQ", 0.008, 60000, "BELOW_QUANTITATIVE_RANGE"),
            ("d85", 86, "CMR", None, 41000, ""),
        ]
    },
    "P03": {
        "p190": [
            ("diagnosis", -1, "POS", 120.0, 28000, ""),
            ("d22", 21, "POS", 0.05, 39000, ""),
            ("d45", 45, "CMR", None, 118000, ""),
            ("d57", 59, "CMR", None, 36000, ""),
            ("d85", 84, "CMR", None, 44000, ""),
            ("blina_c1", 120, "CMR", None, 52000, ""),
        ]
    },
    "P04": {
        "p210": [
            ("d22", 22, "not_evaluable", None, 420, "CONTROL_BELOW_MINIMUM"),
            ("d45", 44, "POS", 0.4, 22000, ""),
        ]
    },
    "P05": {
        "p190": [("d22", 22, "CMR", None, 39000, ""), ("d57", 57, "CMR", None, 36000, "")],
        "p210": [("d22", 22, "POS", 0.9, 39000, ""), ("d57", 57, "POS", 0.02, 36000, "")],
    },
    "P07-very.long_identifier-2026": {
        "p210": [
            ("d22", 22, "not_evaluable", None, 30000, "NTC_DETECTED"),
            ("d45", 47, "POS", 0.2, 41000, ""),
            ("d57", 60, "not_evaluable", None, 5000, "CONTROL_TOO_LOW_FOR_NEGATIVE"),
        ]
    },
    "P08": {
        "p190": [
            ("diagnosis", 0, "POS", 230.0, 33000, ""),
            ("d22", 22, "CMR", None, 40000, ""),
            ("d45", 45, "POS", 2.0, 30000, ""),
            ("d85", 85, "POS", 30.0, 30000, ""),
        ]
    },
}

RISK = {
    "P01": ("high", "IKZF1plus, and T315I detected on day 85."),
    "P02": ("intermediate", "IKZF1 deletion without a partner; ABL1 wild type."),
    "P03": ("standard", "No IKZF1 deletion; ABL1 screening not indicated."),
    "P04": ("undetermined", "MLPA not called, so the IKZF1 class is not known."),
    "P05": ("undetermined", "A possible ABL1 mutation (F317L) leaves ABL1 unknown."),
    "P06": ("undetermined", "No MLPA."),
    "P07-very.long_identifier-2026": ("undetermined", "ABL1 could not be evaluated."),
    "P08": ("high", "IKZF1plus, and E255K and T315I detected on day 120."),
}

PROBLEMS = [
    (
        "mlpa",
        "RUN2/M-P04",
        "error",
        "DENATURATION",
        "m-p04.fsa: D1 is 0.21 of the 92-nt peak (limit 0.40); purify and denature again.",
    ),
    ("mlpa", "RUN1/M-P02", "warning", "SPIKE", "m-p02.fsa: 2 peaks at scans 2210, 2874 excluded."),
    (
        "mlpa",
        "RUN1",
        "note",
        "CONTROLS_ABSENT",
        "the probemix has no control fragments; amount and denaturation not judged.",
    ),
    (
        "sanger",
        "S07-F",
        "error",
        "NOT_REFERENCE",
        f"s07-f.ab1 {HOSTILE}: does not align to the reference (score 41); wrong gene or sample?",
    ),
    ("sanger", "S07", "error", "NO_USABLE_READ", "Sample S07: every read was refused."),
    (
        "sanger",
        "S05",
        "warning",
        "SINGLE_STRAND",
        "Only one direction is usable; repeat the other.",
    ),
    (
        "mrd",
        "P1",
        "error",
        "NTC_DETECTED",
        "plate P1 (p1.txt): 2 of 3 no-template wells of BCR-ABL1 are detected (E11 Ct 35.2, E12 Ct 36.0); "
        "the 8 samples of this run are not evaluable; repeat the run.",
    ),
    (
        "mrd",
        "Q-P04-d22",
        "error",
        "CONTROL_BELOW_MINIMUM",
        "sample Q-P04-d22: 420 control copies (minimum 1000); repeat the extraction.",
    ),
    ("cohort", "P06", "warning", "NO_FOLLOW_UP", "P06: no last contact; fill last_contact_day."),
    ("cohort", "P06", "note", "NO_MRD_SERIES", "P06: no assessable follow-up sample."),
]


def write_results(outdir: Path) -> None:
    """Write the whole folder below `outdir`."""
    _write_mlpa(outdir)
    _write_sanger(outdir)
    _write_mrd(outdir)
    _write_cohort(outdir)
    columns = ("stage", "subject", "level", "code", "message")
    write_tsv(
        outdir / "problems.tsv", columns, [dict(zip(columns, r, strict=True)) for r in PROBLEMS]
    )
    provenance = {
        "versions": {"der22": "0.1.0", "python": "3.11", "numpy": "2.4.0"},
        "settings": {
            "mlpa": describe_settings(MlpaSettings()),
            "sanger": describe_settings(SangerSettings()),
            "mrd": describe_settings(MrdSettings()),
        },
        "inputs": {},
    }
    write_text(outdir / "provenance.json", json.dumps(provenance, default=dataclasses.asdict))


def _probes() -> list[dict[str, object]]:
    probes = [
        {"probe_id": f"{gene}-{exon:02d}", "gene": gene, "exon": str(exon), "role": "target"}
        for gene in GENES
        for exon in range(1, EXONS.get(gene, 1) + 1)
    ]
    probes += [
        {"probe_id": f"REF-{i:02d}", "gene": "", "exon": "", "role": "reference"} for i in range(10)
    ]
    return [{**probe, "length_nt": 124 + 6 * i} for i, probe in enumerate(probes)]


def _write_mlpa(outdir: Path) -> None:
    runs = {"RUN1": ["P01", "P02", "P03"], "RUN2": ["P04", "P07-very.long_identifier-2026", "P08"]}
    ikzf1 = []
    for run_id, names in runs.items():
        ratios, genes, status = [], [], []
        for name in [*names, "REF-A", "NO-DNA"]:
            entry = MLPA.get(name, ("called", "", "", "", {}, "", ""))
            patient = name if name in MLPA else ""
            sample = f"M-{name[:3]}" if patient else name
            called = entry[0] != "not_called" and name != "NO-DNA"
            rng = np.random.default_rng(sum(map(ord, name)))
            for probe in _probes():
                ratios.append(_ratio_row(probe, sample, patient, entry[4], called, rng))
            status.append(
                {
                    "sample_id": sample,
                    "patient_id": patient,
                    "role": "patient"
                    if patient
                    else ("no_dna" if name == "NO-DNA" else "reference"),
                    "status": entry[0],
                    "size_standard_score": 0.99,
                    "slope_per_100_nt": 0.05,
                    "reference_probe_sd": 0.041 if called else None,
                    "sex_observed": "F" if called else None,
                    "flags": entry[5],
                    "message": entry[6],
                }
            )
            for gene in GENES if patient else ():
                genes.append(_gene_row(gene, sample, patient, entry[4], called))
            if patient:
                ikzf1.append(
                    {
                        "patient_id": patient,
                        "sample_id": sample,
                        "run_id": run_id,
                        "ikzf1_class": entry[1],
                        "ikzf1_pattern": entry[2],
                        "ikzf1_effect": entry[3],
                        "class_gimema": entry[1],
                        "class_aieop_bfm": entry[1],
                        "class_gimema_2024": entry[1],
                        "flags": entry[5],
                        "message": entry[6],
                    }
                )
        for table, rows in (("probe_ratios", ratios), ("gene_calls", genes), ("sample_qc", status)):
            write_tsv(outdir / "mlpa" / run_id / f"{table}.tsv", tuple(rows[0]), rows)
    write_tsv(outdir / "mlpa/ikzf1.tsv", tuple(ikzf1[0]), ikzf1)


def _ratio_row(probe, sample, patient, changed, called, rng) -> dict[str, object]:
    call, exons, level = changed.get(probe["gene"], ("normal", (), 1.0))
    hit = probe["exon"] and int(probe["exon"]) in exons
    ratio = round(float((level if hit else 1.0) * np.exp(rng.normal(0, 0.045))), 4)
    word = call if hit else "normal"
    return {
        "sample_id": sample,
        "patient_id": patient,
        **{k: probe[k] for k in ("probe_id", "gene", "exon", "role")},
        "length_nt": probe["length_nt"],
        "size_nt": probe["length_nt"] + 1.5,
        "height_rfu": 2400.0,
        "area": 30000.0,
        "dosage_quotient": ratio if called else None,
        "reference_mean": 1.0,
        "reference_sd": 0.05,
        "call": word if called else "not_evaluable",
        "flags": "",
    }


def _gene_row(gene, sample, patient, changed, called) -> dict[str, object]:
    call, exons, level = changed.get(gene, ("normal", (), 1.0))
    exons = list(exons)
    loss = call.endswith("deletion")
    return {
        "sample_id": sample,
        "patient_id": patient,
        "gene": gene,
        "call": call if called else "not_evaluable",
        "dosage_quotient": level if called else None,
        "n_probes": EXONS.get(gene, 1),
        "first_exon": exons[0] if exons else None,
        "last_exon": exons[-1] if exons else None,
        "clone_fraction": 0.9 if loss else None,
        "clone_fraction_low": 0.8 if loss else None,
        "clone_fraction_high": 1.0 if loss else None,
        "flags": "",
    }


def _write_sanger(outdir: Path) -> None:
    rows = []
    for patient, samples in ABL1.items():
        for sample, day, status, mutations, flags, message in samples:
            rows.append(
                {
                    "patient_id": patient,
                    "sample_id": sample,
                    "day": day,
                    "abl1_status": status,
                    "mutations": mutations,
                    "flags": flags,
                    "message": message,
                }
            )
            _write_sanger_sample(outdir / "sanger" / sample, patient, sample, day, status)
    write_tsv(outdir / "sanger/abl1.tsv", tuple(rows[0]), rows)


def _write_sanger_sample(folder: Path, patient: str, sample: str, day: int, status: str) -> None:
    columns = (
        "patient_id",
        "sample_id",
        "day",
        "position_c",
        "ref",
        "alt",
        "hgvs_c",
        "hgvs_p",
        "mutation",
        "codon",
        "tier",
        "fraction",
        "fraction_low",
        "fraction_high",
        "forward_fraction",
        "reverse_fraction",
        "noise_floor",
        "flags",
    )
    found = VARIANTS.get(sample, [])
    rows = []
    for position, ref, alt, hgvs_c, hgvs_p, mutation, codon, tier, share in found:
        one = tier == "single_strand"
        values = (
            patient,
            sample,
            day,
            position,
            ref,
            alt,
            f"NM_005157.6:{hgvs_c}",
            f"NP_005148.2:{hgvs_p}" if hgvs_p else "",
            mutation,
            codon,
            tier,
            share,
            share - 0.06,
            share + 0.06,
            share - 0.02,
            None if one else share + 0.02,
            0.04,
            "SPLICE_VARIANT" if alt.startswith("<") else "",
        )
        rows.append(dict(zip(columns, values, strict=True)))
    write_tsv(folder / "variants.tsv", columns, rows)
    hits = {row["codon"]: row["tier"] for row in rows}
    columns = (
        "codon",
        "residue",
        "status",
        "limit_of_detection",
        "forward_usable",
        "reverse_usable",
    )
    codons = []
    for codon in range(234, 501):
        read = 240 <= codon <= 492 and status != "not_evaluable" and not 420 <= codon < 424
        word = {"detected": "detected", None: "not_detected"}.get(hits.get(codon), "possible")
        codons.append(
            {
                "codon": codon,
                "residue": "A",
                "status": word if read else "not_assessed",
                "limit_of_detection": 0.13 if read else None,
                "forward_usable": read,
                "reverse_usable": read and codon > 255,
            }
        )
    write_tsv(folder / "codons.tsv", columns, codons)
    columns = (
        "read_id",
        "direction",
        "status",
        "first_codon",
        "last_codon",
        "mean_quality",
        "noise_floor",
        "flags",
        "message",
    )
    reads = []
    for letter, direction in (("F", "forward"), ("R", "reverse")):
        refused = status == "not_evaluable"
        values = (
            f"{sample}-{letter}",
            "" if refused else direction,
            "refused" if refused else "used",
            None if refused else 240,
            None if refused else 492,
            None if refused else 44.2,
            None if refused else 0.04,
            "NOT_REFERENCE" if refused else "",
            "Does not align to the reference (score 41); wrong gene or sample?" if refused else "",
        )
        reads.append(dict(zip(columns, values, strict=True)))
    write_tsv(folder / "reads.tsv", columns, reads)
    sites = [_site(sample, row) for row in rows if not row["alt"].startswith("<")]
    write_text(folder / "traces.json", json.dumps({"layout": 1, "sites": sites}))


def _site(sample: str, row: dict) -> dict:
    rng = np.random.default_rng(row["position_c"])
    reference = "".join(rng.choice(list("ACGT"), 21))
    reference = reference[:10] + row["ref"] + reference[11:]
    reads = [
        _trace(f"{sample}-{direction[0].upper()}", "sample", direction, reference, row)
        for direction in ("forward", "reverse")
    ]
    reads.append(
        _trace("WT-F", "wild_type_control", "forward", reference, {**row, "fraction": 0.0})
    )
    return {
        "position_c": row["position_c"],
        "names": [row["mutation"]],
        "first_position_c": row["position_c"] - 10,
        "reference": reference,
        "reads": reads,
    }


def _trace(read_id: str, role: str, direction: str, reference: str, row: dict) -> dict:
    rng = np.random.default_rng(sum(map(ord, read_id)))
    called = row["alt"] if row["fraction"] > 0.5 else row["ref"]
    called = reference[:10] + called + reference[11:]
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
        "read_id": read_id,
        "role": role,
        "direction": direction,
        "calls": called[:-2] + "--",
        "peak_x": [*peaks[:-2], -1, -1],
        "channels": {base: [round(v) for v in signal] for base, signal in channels.items()},
    }


def _write_mrd(outdir: Path) -> None:
    levels, series = [], []
    for patient in PATIENTS:
        name, taken = patient.patient_id, {}
        for transcript, points in MRD.get(patient.patient_id, {}).items():
            for timepoint, day, category, ratio, control, flags in points:
                levels.append(
                    {
                        "patient_id": name,
                        "sample_id": f"Q-{name[:3]}-{timepoint}",
                        "day": day,
                        "timepoint": timepoint,
                        "transcript": transcript,
                        "material": "BM",
                        "fusion_copies": 0.0 if category == "CMR" else (ratio or 0) * control / 200,
                        "control_copies": control / 2,
                        "ratio_percent": 0.0 if category == "CMR" else ratio,
                        "ratio_is_percent": round(ratio * 0.83, 6)
                        if ratio and transcript == "p210"
                        else None,
                        "category": category,
                        "detection_limit_percent": round(100 / control, 6),
                        "depth": "MR4.5" if category == "CMR" and control >= 32000 else "",
                        "flags": flags,
                        "message": "",
                        "plate_id": "P1" if "NTC" in flags else "P2",
                    }
                )
                best = taken.get(timepoint)
                if best is None or category == "POS":
                    taken[timepoint] = (day, category, ratio, flags)
        previous = None
        for point in TIMEPOINTS:
            day, category, ratio, flags = taken.get(point["name"], (None, "missing", None, ""))
            rise = (
                category == "POS"
                and previous is not None
                and day > 0
                and (previous[0] != "POS" or (ratio or 0) > 3.1 * previous[1])
            )
            known = category not in ("missing", "not_evaluable")
            change = (
                np.log10(ratio / previous[1])
                if known and category == "POS" and previous and previous[0] == "POS"
                else None
            )
            series.append(
                {
                    "patient_id": name,
                    "timepoint": point["name"],
                    "day": day,
                    "category": category,
                    "ratio_percent": 0.0 if category == "CMR" else ratio,
                    "log10_change": None if change is None else round(float(change), 4),
                    "mrd_increase": rise if known else None,
                    "molecular_relapse": False if known else None,
                    "molecular_relapse_imputed": (rise and ratio > 5) if known else None,
                    "flags": flags,
                }
            )
            if known:
                previous = (category, ratio)
    write_tsv(outdir / "mrd/levels.tsv", tuple(levels[0]), levels)
    write_tsv(outdir / "mrd/series.tsv", tuple(series[0]), series)
    _write_plates(outdir)


def _write_plates(outdir: Path) -> None:
    for plate, status, flags, task in (
        ("P1", "pass", "NTC_DETECTED", 35.2),
        ("P2", "warn", "R2_LOW", None),
    ):
        curves, wells = [], []
        for target, slope, intercept in (("BCR-ABL1", -3.42, 39.8), ("ABL1", -3.35, 39.1)):
            curves.append(
                {
                    "run": "",
                    "target": target,
                    "slope": slope,
                    "intercept": intercept,
                    "r_squared": 0.992,
                    "efficiency": 10 ** (-1 / slope) - 1,
                    "n_levels": 5,
                    "lowest_copies": 10,
                    "highest_copies": 1e6,
                    "instrument_slope": slope + 0.01,
                    "instrument_intercept": 39.9,
                    "status": status,
                    "flags": flags,
                }
            )
            for i, copies in enumerate((10, 100, 1000, 10000, 1000000)):
                ct = intercept + slope * np.log10(copies)
                wells.append(
                    {
                        "well": f"A{i + 1}",
                        "sample": f"STD{i}",
                        "target": target,
                        "task": "standard",
                        "ct_raw": round(ct, 3),
                        "ct": round(ct, 3),
                        "detected": True,
                        "copies": float(copies),
                        "excluded": False,
                        "reason": "",
                    }
                )
            wells.append(
                {
                    "well": "E11",
                    "sample": "NTC",
                    "target": target,
                    "task": "ntc",
                    "ct_raw": task,
                    "ct": task,
                    "detected": task is not None,
                    "copies": None,
                    "excluded": False,
                    "reason": "",
                }
            )
        write_tsv(outdir / "mrd" / plate / "curves.tsv", tuple(curves[0]), curves)
        write_tsv(outdir / "mrd" / plate / "wells.tsv", tuple(wells[0]), wells)


def _write_cohort(outdir: Path) -> None:
    series = {}
    for line in (outdir / "mrd/series.tsv").read_text().splitlines()[1:]:
        cells = line.split("\t")
        series[cells[0], cells[1]] = (cells[2], cells[3], cells[6])
    rows = []
    for patient in PATIENTS:
        name = patient.patient_id
        mlpa = MLPA.get(name, ("not_done", "not_done", "", "", {}, "", ""))
        abl1 = ABL1.get(name, [])
        statuses = [sample[2] for sample in abl1]
        status = next(
            (s for s in ("mutated", "possible", "wild_type", "not_evaluable") if s in statuses),
            "not_done",
        )
        hit = next((s for s in abl1 if s[2] == "mutated"), None)
        rises = [
            int(day) for (who, _), (day, _, up) in series.items() if who == name and up == "yes"
        ]
        points = {}
        for point in TIMEPOINTS:
            category = series[name, point["name"]][1]
            points[f"mrd_{point['name']}"] = category
            points[f"molecular_response_{point['name']}"] = {
                "CMR": "yes",
                "PNQ": "yes",
                "POS": "no",
            }.get(category, category)
        genes = {
            gene: {"not_done": "not_done", "not_called": "not_evaluable"}.get(
                mlpa[0], mlpa[4].get(gene, ("normal",))[0]
            )
            for gene in GENES
        }
        indicated = "yes" if rises or patient.relapse_day else "no"
        rows.append(
            {
                "patient_id": name,
                "sex": patient.sex,
                "age_years": patient.age_years,
                "wbc_per_mm3": patient.wbc_per_mm3,
                "fusion": patient.fusion,
                "mlpa_status": mlpa[0],
                "ikzf1_class": mlpa[1],
                "ikzf1_pattern": mlpa[2],
                **genes,
                "abl1_screening_indicated": indicated,
                "abl1_screening_reason": "mrd_increase"
                if rises
                else "relapse"
                if patient.relapse_day
                else "",
                "abl1_status": status,
                "abl1_mutations": hit[3] if hit else "",
                "abl1_first_detected_day": hit[1] if hit else None,
                **points,
                "best_depth": "MR4.5"
                if "CMR" in [points[f"mrd_{p['name']}"] for p in TIMEPOINTS]
                else "",
                "mrd_increase_day": min(rises, default=None),
                "molecular_relapse_day": None,
                "genomic_risk": RISK[name][0],
                "genomic_risk_reason": RISK[name][1],
                "flags": "NO_FOLLOW_UP;NO_MRD_SERIES" if name == "P06" else "",
                "x_centre": patient.extra.get("x_centre", ""),
                "x_note": patient.extra.get("x_note", ""),
            }
        )
    write_tsv(outdir / "cohort/genomic_risk.tsv", tuple(rows[0]), rows)
