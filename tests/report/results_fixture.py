"""A small invented results folder: every table of the contract, failures and hostile text included.

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
from der22.formats.tables import write_text
from der22.mlpa.settings import MlpaSettings
from der22.mrd.settings import MrdSettings
from der22.results.cohort import ProblemRow, RiskRow
from der22.results.mlpa import GeneRow, Ikzf1Row, ProbeRow, RunChartRow, SampleQcRow
from der22.results.mrd import CurveRow, LevelRow, SeriesRow, WellRow
from der22.results.provenance import CohortLabels
from der22.results.sanger import Abl1Row, CodonRow, ReadRow, VariantRow
from der22.results.schema import write_table
from der22.results.traces import ReadSnippet, SiteSnippet, write_traces
from der22.sanger.settings import SangerSettings
from der22.settings import describe_settings
from der22.words import (
    Abl1Status,
    Call,
    Category,
    ChartMark,
    CodonStatus,
    CurveStatus,
    Direction,
    Ikzf1Class,
    MlpaStatus,
    ReadStatus,
    Response,
    RiskLabel,
    Tier,
)

HOSTILE = "<script>alert('x')</script>\"><img src=x onerror=alert(1)>&amp;</svg>"
COHORT = CohortLabels("synthetic fixture", "gimema")
EXONS = {
    "EBF1": 4, "IKZF1": 8, "CDKN2A": 3, "CDKN2B": 2, "PAX5": 7, "ETV6": 6, "BTG1": 4, "RB1": 5,
    "CRLF2": 1, "CSF2RA": 1,
}  # fmt: skip
TIMEPOINTS = ("diagnosis", "d22", "d45", "d57", "d85", "blina_c1")
RUNS = {"RUN1": ("P01", "P02", "P03"), "RUN2": ("P04", "P07-very.long_identifier-2026", "P08")}
_NOTHING: dict[str, Any] = {
    "status": "called", "class": "undetermined", "pattern": "", "effect": "", "changes": {},
    "flags": "", "message": "",
}  # fmt: skip


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
    names = {"genes": EXONS, "categories": TIMEPOINTS, "responses": TIMEPOINTS}
    risks = [_risk(patient, series[patient.patient_id]) for patient in PATIENTS]
    write_table(outdir, RiskRow, risks, {**names, "extra": ("centre", "note")})
    columns = ("stage", "subject", "level", "code", "message")
    problems = [ProblemRow(**dict(zip(columns, row, strict=True))) for row in FACTS["problems"]]
    write_table(outdir, ProblemRow, problems)
    settings = {"mlpa": MlpaSettings(), "sanger": SangerSettings(), "mrd": MrdSettings()}
    provenance = {
        "versions": {"der22": "0.1.0", "python": "3.11", "numpy": "2.4.0"},
        "settings": {name: describe_settings(record) for name, record in settings.items()},
        "inputs": {},
    }
    write_text(outdir / "provenance.json", json.dumps(provenance, default=dataclasses.asdict))


def refuse_second_sample(outdir: Path, patient_id: str) -> None:
    """Add a refused MLPA sample of the patient, in a run of its own, beside the one called."""
    sample = _sample_qc("M-2", patient_id, "patient", {**_NOTHING, "status": "not_called"})
    write_table(outdir, SampleQcRow, [sample], run_id="RUN9")
    with (outdir / "problems.tsv").open("a", encoding="utf-8") as handle:
        handle.write("mlpa\tRUN9/M-2\terror\tSAMPLE_NOT_IN_TABLE\tr.tsv: no row of M-2\n")


def _codes(text: str) -> tuple[str, ...]:
    return tuple(filter(None, text.split(";")))


def _write_mlpa(outdir: Path) -> None:
    classes = []
    for run_id, names in RUNS.items():
        probes: list[ProbeRow] = []
        genes: list[GeneRow] = []
        samples = []
        for name in (*names, "REF-A", "NO-DNA"):
            facts = FACTS["mlpa"].get(name)
            patient = name if facts else None
            role = "patient" if patient else "no_dna" if name == "NO-DNA" else "reference"
            sample_id = f"M-{name[:3]}" if facts else name
            samples.append(_sample_qc(sample_id, patient, role, facts or _NOTHING))
            probes += _probes(sample_id, patient, facts or _NOTHING, role)
            if facts:
                genes += [_gene(sample_id, name, gene, facts) for gene in EXONS]
                classes.append(_class(sample_id, name, run_id, facts))
        write_table(outdir, ProbeRow, probes, run_id=run_id)
        write_table(outdir, GeneRow, genes, run_id=run_id)
        write_table(outdir, SampleQcRow, samples, run_id=run_id)
    write_table(outdir, Ikzf1Row, classes)
    write_table(outdir, RunChartRow, [*_chart("slope_per_100_nt"), *_chart("quantity_ratio")])


def _chart(figure: str) -> list[RunChartRow]:
    """Six runs of a sheet whose name is hostile: too few, within, beyond 2 SD, beyond 3 SD."""
    marks = (None, None, None, ChartMark.WITHIN, ChartMark.BEYOND_2_SD, ChartMark.BEYOND_3_SD)
    return [
        RunChartRow(
            run_id=f"RUN{i}", probemix=HOSTILE, figure=figure, value=0.1 * i, n_earlier=i,
            mean=None if mark is None else 0.2, sd=None if mark is None else 0.1, mark=mark,
        )
        for i, mark in enumerate(marks)
    ]  # fmt: skip


def _class(sample_id: str, patient_id: str, run_id: str, facts: dict[str, Any]) -> Ikzf1Row:
    word = Ikzf1Class(facts["class"])
    return Ikzf1Row(
        patient_id=patient_id, sample_id=sample_id, run_id=run_id, ikzf1_class=word,
        ikzf1_pattern=facts["pattern"], ikzf1_effect=facts["effect"], class_gimema=word,
        class_aieop_bfm=word, class_gimema_2024=word, codes=_codes(facts["flags"]),
        message=facts["message"], status=MlpaStatus(facts["status"]),
    )  # fmt: skip


def _is_called(facts: dict[str, Any], role: str) -> bool:
    return facts["status"] != "not_called" and role != "no_dna"


def _sample_qc(
    sample_id: str, patient_id: str | None, role: str, facts: dict[str, Any]
) -> SampleQcRow:
    called = _is_called(facts, role)
    return SampleQcRow(
        sample_id=sample_id, patient_id=patient_id, role=role, status=MlpaStatus(facts["status"]),
        size_standard_score=0.99, slope_per_100_nt=0.05,
        reference_probe_sd=0.041 if called else None, sex_observed="F" if called else None,
        codes=_codes(facts["flags"]), message=facts["message"],
    )  # fmt: skip


def _probes(
    sample_id: str, patient_id: str | None, facts: dict[str, Any], role: str
) -> list[ProbeRow]:
    called = _is_called(facts, role)
    rng = np.random.default_rng(sum(map(ord, patient_id or sample_id)))
    places = [
        (f"{gene}-{exon:02d}", gene, exon) for gene, n in EXONS.items() for exon in range(1, n + 1)
    ]
    places += [(f"REF-{i:02d}", "", 0) for i in range(10)]
    rows = []
    for i, (probe_id, gene, exon) in enumerate(places):
        change = facts["changes"].get(gene)
        hit = change is not None and change["first"] <= exon <= change["last"]
        ratio = (change["quotient"] if hit else 1.0) * float(np.exp(rng.normal(0, 0.045)))
        call = Call(change["call"]) if hit else Call.NORMAL
        length = 124 + 6 * i
        row = ProbeRow(
            sample_id=sample_id, patient_id=patient_id, probe_id=probe_id, gene=gene,
            exon=str(exon or ""), role="target" if gene else "reference", length_nt=length,
            size_nt=length + 1.5, height_rfu=2400.0, area=30000.0,
            dosage_quotient=ratio if called else None, reference_mean=1.0, reference_sd=0.05,
            call=call if called else Call.NOT_EVALUABLE, sigma=0.05 if called else None, codes=(),
        )  # fmt: skip
        rows.append(row)
    return rows


def _gene(sample_id: str, patient_id: str, gene: str, facts: dict[str, Any]) -> GeneRow:
    change, called = facts["changes"].get(gene, {}), facts["status"] != "not_called"
    call = Call(change.get("call", "normal"))
    low, share, high = (0.8, 0.9, 1.0) if call.is_loss else (None, None, None)
    return GeneRow(
        sample_id=sample_id, patient_id=patient_id, gene=gene,
        call=call if called else Call.NOT_EVALUABLE,
        dosage_quotient=change.get("quotient", 1.0) if called else None, n_probes=EXONS[gene],
        first_exon=str(change.get("first", "")), last_exon=str(change.get("last", "")),
        clone_fraction=share, clone_fraction_low=low, clone_fraction_high=high, codes=(),
        lost_exons="",
    )  # fmt: skip


def _write_sanger(outdir: Path) -> None:
    samples = [_sample(patient, *row) for patient, rows in FACTS["abl1"].items() for row in rows]
    write_table(outdir, Abl1Row, samples)
    for sample in samples:
        name, refused = sample.sample_id, sample.abl1_status is Abl1Status.NOT_EVALUABLE
        variants = [_variant(sample, *fact) for fact in FACTS["variants"].get(name, [])]
        hits = {row.codon: row.tier for row in variants}
        codons = [_codon(codon, hits.get(codon), refused) for codon in range(234, 501)]
        reads = [_read(name, direction, refused) for direction in Direction]
        write_table(outdir, VariantRow, variants, sample_id=name)
        write_table(outdir, CodonRow, codons, sample_id=name)
        write_table(outdir, ReadRow, reads, sample_id=name)
        write_traces(outdir, name, [_site(row) for row in variants if not row.alt.startswith("<")])


def _sample(
    patient_id: str, name: str, day: int, status: str, mutations: str, flags: str, message: str
) -> Abl1Row:
    return Abl1Row(
        patient_id=patient_id, sample_id=name, day=day, abl1_status=Abl1Status(status),
        mutations=_codes(mutations), codes=_codes(flags), message=message,
    )  # fmt: skip


def _variant(
    sample: Abl1Row, position: int, ref: str, alt: str, hgvs_c: str, hgvs_p: str, mutation: str,
    codon: int, tier: str, share: float,
) -> VariantRow:  # fmt: skip
    both = tier != "single_strand"
    return VariantRow(
        patient_id=sample.patient_id, sample_id=sample.sample_id, day=sample.day,
        position_c=position, ref=ref, alt=alt, hgvs_c=f"NM_005157.6:{hgvs_c}",
        hgvs_p=f"NP_005148.2:{hgvs_p}" if hgvs_p else "", mutation=mutation, codon=codon,
        tier=Tier(tier), fraction=share, fraction_low=share - 0.06, fraction_high=share + 0.06,
        forward_fraction=share - 0.02, reverse_fraction=share + 0.02 if both else None,
        noise_floor=0.04, codes=("SPLICE_VARIANT",) if alt.startswith("<") else (),
    )  # fmt: skip


def _codon(codon: int, tier: Tier | None, refused: bool) -> CodonRow:
    read = 240 <= codon <= 492 and not refused and not 420 <= codon < 424
    words = {Tier.DETECTED: CodonStatus.DETECTED, None: CodonStatus.NOT_DETECTED}
    word = words.get(tier, CodonStatus.POSSIBLE)
    return CodonRow(
        codon=codon, residue="A", status=word if read else CodonStatus.NOT_ASSESSED,
        limit_of_detection=0.13 if read else None, forward_usable=read,
        reverse_usable=read and codon > 255,
    )  # fmt: skip


def _read(sample_id: str, direction: Direction, refused: bool) -> ReadRow:
    return ReadRow(
        read_id=f"{sample_id}-{direction[0].upper()}", direction=None if refused else direction,
        status=ReadStatus.REFUSED if refused else ReadStatus.USED,
        first_codon=None if refused else 240, last_codon=None if refused else 492,
        mean_quality=44.2, noise_floor=0.04, codes=("NOT_REFERENCE",) if refused else (),
        message="Does not align to the reference (score 41)." if refused else "",
    )  # fmt: skip


def _site(row: VariantRow) -> SiteSnippet:
    drawn = "".join(np.random.default_rng(row.position_c).choice(list("ACGT"), 21))
    reference, share = drawn[:10] + row.ref + drawn[11:], row.fraction or 0.0
    return SiteSnippet(
        position_c=row.position_c, names=(row.mutation,), first_position_c=row.position_c - 10,
        reference=reference,
        reads=(
            _trace(f"{row.sample_id}-F", "sample", Direction.FORWARD, reference, row, share),
            _trace(f"{row.sample_id}-R", "sample", Direction.REVERSE, reference, row, share),
            _trace("WT-F", "wild_type_control", Direction.FORWARD, reference, row, 0.0),
        ),
    )  # fmt: skip


def _trace(
    read_id: str, role: str, direction: Direction, reference: str, row: VariantRow, share: float
) -> ReadSnippet:
    rng = np.random.default_rng(sum(map(ord, read_id)))
    called = row.alt if share > 0.5 else row.ref
    peaks = [6 + 12 * i for i in range(21)]
    points = np.arange(12 * 21)
    channels = {base: np.zeros(len(points)) for base in "ACGT"}
    for place, letter in zip(peaks, reference, strict=True):
        peak = np.exp(-0.5 * ((points - place) / 3.0) ** 2) * float(rng.uniform(700, 1500))
        part = share if place == peaks[10] else 0.03
        other = row.alt if place == peaks[10] else "ACGT"["ACGT".index(letter) - 1]
        channels[letter] += peak * (1 - part)
        channels[other] += peak * part
    # the last two bases lie beyond the read
    return ReadSnippet(
        read_id=read_id, role=role, direction=direction,
        calls=reference[:10] + called + reference[11:19] + "--", peak_x=(*peaks[:-2], -1, -1),
        channels={base: tuple(round(v) for v in signal) for base, signal in channels.items()},
    )  # fmt: skip


def _write_mrd(outdir: Path) -> dict[str, list[SeriesRow]]:
    levels = []
    series: dict[str, list[SeriesRow]] = {}
    for patient in PATIENTS:
        taken: dict[str, LevelRow] = {}
        for transcript, points in FACTS["mrd"].get(patient.patient_id, {}).items():
            for point in points:
                level = _level(patient.patient_id, transcript, *point)
                levels.append(level)
                if level.timepoint not in taken or level.category is Category.POS:
                    taken[level.timepoint] = level
        previous: LevelRow | None = None
        rows = series.setdefault(patient.patient_id, [])
        for name in TIMEPOINTS:
            level = taken.get(name)
            rows.append(_moment(patient.patient_id, name, level, previous))
            previous = level if level and level.category.assessable else previous
    write_table(outdir, LevelRow, levels)
    write_table(outdir, SeriesRow, [row for rows in series.values() for row in rows])
    return series


def _level(
    patient_id: str, transcript: str, timepoint: str, day: int, word: str, ratio: float | None,
    control: float, flags: str,
) -> LevelRow:  # fmt: skip
    category = Category(word)
    undetected = category is Category.CMR
    return LevelRow(
        patient_id=patient_id, sample_id=f"Q-{patient_id[:3]}-{timepoint}",
        plate_id="P1" if "NTC" in flags else "P2", day=day, timepoint=timepoint,
        transcript=transcript, material="BM", fusion_copies=(ratio or 0) * control / 200,
        control_copies=control / 2, control_copies_sum=control,
        ratio_percent=0.0 if undetected else ratio,
        ratio_is_percent=round(ratio * 0.83, 6) if ratio and transcript == "p210" else None,
        category=category, molecular_response=category.response,
        detection_limit_percent=round(100 / control, 6),
        depth="MR4.5" if undetected and control >= 32000 else "", codes=_codes(flags),
    )  # fmt: skip


def _moment(
    patient_id: str, name: str, level: LevelRow | None, previous: LevelRow | None
) -> SeriesRow:
    if level is None:
        return SeriesRow(
            patient_id=patient_id,
            timepoint=name,
            category=Category.MISSING,
            molecular_response=Response.MISSING,
        )
    known, is_positive = level.category.assessable, level.category is Category.POS
    change = None
    if is_positive and previous and previous.category is Category.POS:
        change = round(float(np.log10(level.ratio_percent / previous.ratio_percent)), 4)
    rise = is_positive and previous is not None and (change is None or change >= 0.5)
    return SeriesRow(
        patient_id=patient_id, timepoint=name, day=level.day, category=level.category,
        molecular_response=level.molecular_response,
        ratio_percent=level.ratio_percent, log10_change=change,
        mrd_increase=rise if known else None, molecular_relapse=False if known else None,
        molecular_relapse_imputed=rise if known else None, codes=level.codes,
        sample_ids=(level.sample_id,),
        detection_limit_percent=level.detection_limit_percent if known else None,
        depth=level.depth,
    )  # fmt: skip


def _write_plates(outdir: Path) -> None:
    plates = (("P1", CurveStatus.PASS, "", 35.2), ("P2", CurveStatus.WARN, "R2_LOW", None))
    for plate, status, flags, ntc_ct in plates:
        curves, wells = [], []
        for target, slope, intercept in (("BCR-ABL1", -3.42, 39.8), ("ABL1", -3.35, 39.1)):
            curve = CurveRow(
                run="", target=target, slope=slope, intercept=intercept, r_squared=0.992,
                efficiency=0.97, n_levels=5, lowest_copies=10, highest_copies=1e6,
                instrument_slope=slope, instrument_intercept=39.9, status=status,
                codes=_codes(flags),
            )  # fmt: skip
            well = WellRow(
                well="E11", sample="NTC", target=target, task="ntc", ct_raw=str(ntc_ct or ""),
                ct=ntc_ct, detected=ntc_ct is not None, copies=None, excluded=False, reason="",
                run="", quantity=None,
            )  # fmt: skip
            curves.append(curve)
            wells.append(well)
        write_table(outdir, CurveRow, curves, plate_id=plate)
        write_table(outdir, WellRow, wells, plate_id=plate)


def _risk(patient: Patient, series: list[SeriesRow]) -> RiskRow:
    name = patient.patient_id
    absent = {**_NOTHING, "status": "not_done", "class": "not_done"}
    mlpa = FACTS["mlpa"].get(name, absent)
    blanket = {"not_done": "not_done", "not_called": "not_evaluable"}.get(mlpa["status"])
    samples = FACTS["abl1"].get(name, [])
    told = [sample[2] for sample in samples]
    hit = next((sample for sample in samples if sample[2] == "mutated"), None)
    rises = [row.day for row in series if row.mrd_increase and row.day is not None]
    indicated = "mrd_increase" if rises else "relapse" if patient.relapse_day else ""
    return RiskRow(
        patient_id=name, sex=patient.sex, age_years=patient.age_years,
        wbc_per_mm3=patient.wbc_per_mm3, fusion=patient.fusion,
        mlpa_status=MlpaStatus(mlpa["status"]), ikzf1_class=Ikzf1Class(mlpa["class"]),
        ikzf1_pattern=mlpa["pattern"],
        genes={
            g: Call(blanket or mlpa["changes"].get(g, {}).get("call", "normal")) for g in EXONS
        },
        abl1_screening_indicated=bool(indicated), abl1_screening_reasons=_codes(indicated),
        abl1_status=next((word for word in Abl1Status if word in told), Abl1Status.NOT_DONE),
        abl1_mutations=_codes(hit[3]) if hit else (),
        abl1_first_detected_day=hit[1] if hit else None,
        categories={row.timepoint: row.category for row in series},
        responses={row.timepoint: row.molecular_response for row in series},
        best_depth="", mrd_increase_day=min(rises, default=None), molecular_relapse_day=None,
        genomic_risk=RiskLabel(FACTS["risk"][name][0]), genomic_risk_reason=FACTS["risk"][name][1],
        codes=("NO_FOLLOW_UP", "NO_MRD_SERIES") if name == "P06" else (),
        extra={key.removeprefix("x_"): value for key, value in patient.extra.items()},
    )  # fmt: skip
