"""Kinds of sound runs, of signal too weak or too strong, and of chemistry that shifts probes."""

from __future__ import annotations

from dataclasses import replace

from mlpa.bench.catalogue import (
    SOME,
    Rng,
    between,
    draw_run,
    n_patients,
    patient,
    ph_patients,
    ph_positive,
    register,
    run_chemistry,
)
from mlpa.bench.chemistry import Chemistry
from mlpa.bench.lesions import (
    karyotype_of,
)
from mlpa.bench.lots import Lot, draw_lot
from mlpa.bench.runs import Bench, Plan, Run

__all__: list[str] = []


# --- sound runs ---


@register()
def sound(seed: int, rng: Rng) -> Run:
    """Sound runs of Ph-positive leukaemia: SD 0.04, shared 0.02, blasts 30-95 % as on the sheet."""
    return draw_run(
        "sound", seed, rng,
        ph_patients(rng),
    )  # fmt: skip


@register()
def sound_normal(seed: int, rng: Rng) -> Run:
    """Sound runs in which no leukaemia has any loss, blasts 30-95 %."""
    return draw_run(
        "sound_normal", seed, rng,
        lambda lot, base: [patient(karyotype_of(rng), rng, base) for _ in range(n_patients(rng))],
    )  # fmt: skip


@register("REFERENCE_PROBES_UNSTABLE")
def noisy(seed: int, rng: Rng) -> Run:
    """Scatter of 0.055-0.085 in every sample, as older thermocyclers give."""
    base = replace(run_chemistry(rng), sd=float(rng.uniform(0.055, 0.085)))
    return draw_run(
        "noisy", seed, rng,
        ph_patients(rng), base=base,
    )  # fmt: skip


@register()
def twelve_references(seed: int, rng: Rng) -> Run:
    """Sound runs with twelve reference samples."""
    return draw_run(
        "twelve_references", seed, rng,
        ph_patients(rng),
        n_references=12,
    )  # fmt: skip


@register("NOT_INFORMATIVE", "BLASTS_UNKNOWN")
def few_or_unknown_blasts(seed: int, rng: Rng) -> Run:
    """Blasts of 5-30 %, or a blank cell on the sheet."""

    def patients(lot: Lot, base: Chemistry) -> list[Plan]:
        plans = []
        for _ in range(n_patients(rng)):
            is_blank = rng.random() < 0.5
            share = float(rng.uniform(0.2, 0.9) if is_blank else rng.uniform(0.05, 0.30))
            plan = patient(ph_positive(lot, rng), rng, base, share)
            plans.append(replace(plan, sheet_blasts=None if is_blank else plan.sheet_blasts))
        return plans

    return draw_run("few_or_unknown_blasts", seed, rng, patients)


# --- weak and strong signal ---


@register("LOW_SIGNAL")
def weak(seed: int, rng: Rng) -> Run:
    """Normal DNA injected so weakly that the median reference probe has 40-300 RFU."""

    def patients(lot: Lot, base: Chemistry) -> list[Plan]:
        return [
            patient(karyotype_of(rng), rng, base, median_rfu=between(rng, 40, 300))
            for _ in range(n_patients(rng))
        ]

    return draw_run("weak", seed, rng, patients, subjects=SOME)


@register("LOW_SIGNAL")
def weak_lesions(seed: int, rng: Rng) -> Run:
    """Ph-positive leukaemia injected weakly: median reference probe 40-300 RFU."""

    def patients(lot: Lot, base: Chemistry) -> list[Plan]:
        return [
            patient(ph_positive(lot, rng), rng, base, median_rfu=between(rng, 40, 300))
            for _ in range(n_patients(rng))
        ]

    return draw_run("weak_lesions", seed, rng, patients, subjects=SOME)


@register("LOW_SIGNAL")
def weak_whole_run(seed: int, rng: Rng) -> Run:
    """References as weak as the patients, normal DNA: 40-300 RFU everywhere."""
    base = replace(run_chemistry(rng), median_rfu=between(rng, 60, 220))
    return draw_run(
        "weak_whole_run", seed, rng,
        lambda lot, base: [patient(karyotype_of(rng), rng, base) for _ in range(n_patients(rng))],
        base=base,
    )  # fmt: skip


@register("LOW_SIGNAL")
def weak_table_50(seed: int, rng: Rng) -> Run:
    """Normal DNA, weak, in a peak table cut at the vendor's usual 50 RFU."""

    def patients(lot: Lot, base: Chemistry) -> list[Plan]:
        return [
            patient(karyotype_of(rng), rng, base, median_rfu=between(rng, 90, 400))
            for _ in range(n_patients(rng))
        ]

    return draw_run(
        "weak_table_50", seed, rng, patients, subjects=SOME, bench=Bench(limit_rfu=50.0)
    )


@register("OFFSCALE", "IMPLAUSIBLE")
def saturated(seed: int, rng: Rng) -> Run:
    """Patients injected so strongly that their tallest probes saturate the camera."""

    def patients(lot: Lot, base: Chemistry) -> list[Plan]:
        plans = []
        for _ in range(n_patients(rng)):
            strong = between(rng, 2.5e3, 1.2e4)
            plans.append(patient(ph_positive(lot, rng), rng, base, median_rfu=strong))
        return plans

    name = str(rng.choice(["3130", "3130xl"]))
    return draw_run("saturated", seed, rng, patients, subjects=SOME, bench=Bench(instrument=name))


@register("OFFSCALE", "IMPLAUSIBLE", "REF_ABNORMAL", "REF_MISMATCH")
def saturated_clipped(seed: int, rng: Rng) -> Run:
    """Patients or references injected into the 16-bit ceiling of a 3500 or 3730."""
    is_reference = bool(rng.random() < 0.5)
    high = between(rng, 1.2e4, 4e4)

    def patients(lot: Lot, base: Chemistry) -> list[Plan]:
        changes = {} if is_reference else {"median_rfu": high}
        return [
            patient(ph_positive(lot, rng), rng, base, **changes) for _ in range(n_patients(rng))
        ]

    return draw_run(
        "saturated_clipped", seed, rng, patients,
        bench=Bench(instrument=str(rng.choice(["3500", "3730"]))),
        references={"median_rfu": high} if is_reference else None,
    )  # fmt: skip


# --- denaturation, slope, extraction, plate ---


@register("DENATURATION_LOW", "DENATURATION")
def denaturation(seed: int, rng: Rng) -> Run:
    """Normal DNA with salt: D fragments at 60-90 % of the references', GC-rich probes lower."""

    def patients(lot: Lot, base: Chemistry) -> list[Plan]:
        return [
            patient(
                karyotype_of(rng), rng, base,
                denaturation=float(rng.uniform(0.60, 0.90)),
                denaturation_reach=float(rng.uniform(0.6, 1.3)),
            )
            for _ in range(n_patients(rng))
        ]  # fmt: skip

    return draw_run("denaturation", seed, rng, patients, subjects=SOME)


@register("DENATURATION_LOW", "DENATURATION")
def denaturation_lesions(seed: int, rng: Rng) -> Run:
    """Ph-positive leukaemia in salt: D fragments at 60-90 % in half of the patients."""

    def patients(lot: Lot, base: Chemistry) -> list[Plan]:
        return [
            patient(
                ph_positive(lot, rng), rng, base,
                denaturation=float(rng.uniform(0.60, 0.90)) if rng.random() < 0.5 else 1.0,
                denaturation_reach=float(rng.uniform(0.6, 1.3)),
            )
            for _ in range(n_patients(rng))
        ]  # fmt: skip

    return draw_run("denaturation_lesions", seed, rng, patients, subjects=SOME)


@register("REF_SPAN")
def one_end_references(seed: int, rng: Rng) -> Run:
    """Reference probes at one end of the lengths, patients with another slope; normal DNA."""
    layout = str(rng.choice(["short_references", "long_references"]))
    step = float(rng.choice([-1, 1]) * rng.uniform(0.05, 0.25))

    def patients(lot: Lot, base: Chemistry) -> list[Plan]:
        plans = []
        for _ in range(n_patients(rng)):
            slope = base.slope + step + float(rng.normal(0.0, 0.03))
            curve = float(rng.normal(0.0, 0.015))
            plans.append(patient(karyotype_of(rng), rng, base, slope=slope, curve=curve))
        return plans

    return draw_run("one_end_references", seed, rng, patients, lot=draw_lot(rng, layout))


@register("REF_SPAN")
def one_end_references_lesions(seed: int, rng: Rng) -> Run:
    """Reference probes at one end of the lengths, patients with another slope and lesions."""
    layout = str(rng.choice(["short_references", "long_references"]))
    step = float(rng.choice([-1, 1]) * rng.uniform(0.05, 0.25))

    def patients(lot: Lot, base: Chemistry) -> list[Plan]:
        return [
            patient(
                ph_positive(lot, rng),
                rng,
                base,
                slope=base.slope + step + float(rng.normal(0.0, 0.03)),
            )
            for _ in range(n_patients(rng))
        ]

    return draw_run("one_end_references_lesions", seed, rng, patients, lot=draw_lot(rng, layout))


@register("SLOPE_EXCESS")
def curved_slope(seed: int, rng: Rng) -> Run:
    """Patients whose signal falls along a curve, not a line, against the references."""

    def patients(lot: Lot, base: Chemistry) -> list[Plan]:
        return [
            patient(
                ph_positive(lot, rng, ikzf1=0.4), rng, base,
                slope=base.slope + float(rng.uniform(-0.2, 0.2)),
                curve=float(rng.choice([-1, 1]) * rng.uniform(0.03, 0.07)),
            )
            for _ in range(n_patients(rng))
        ]  # fmt: skip

    return draw_run("curved_slope", seed, rng, patients)


@register("REF_MISMATCH")
def other_extraction(seed: int, rng: Rng) -> Run:
    """Patients extracted otherwise than the references: a shift by probe and by GC in all."""
    sd = float(rng.uniform(0.03, 0.07))
    gc_slope = float(rng.uniform(-0.08, 0.08))

    def patients(lot: Lot, base: Chemistry) -> list[Plan]:
        shift = {probe.probe_id: float(rng.normal(0.0, sd)) for probe in lot.probes}
        return [
            patient(ph_positive(lot, rng), rng, base, group_shift=shift, gc_slope=gc_slope)
            for _ in range(n_patients(rng))
        ]

    return draw_run("other_extraction", seed, rng, patients)


@register("REF_MISMATCH")
def dna_quality(seed: int, rng: Rng) -> Run:
    """Normal DNA of varying quality: each sample's GC-rich probes shift by up to 12 % per 0.1."""

    def patients(lot: Lot, base: Chemistry) -> list[Plan]:
        return [
            patient(karyotype_of(rng), rng, base, gc_slope=float(rng.uniform(-0.12, 0.12)))
            for _ in range(n_patients(rng))
        ]

    return draw_run("dna_quality", seed, rng, patients, subjects=SOME)


@register("SLOPE_EXCESS")
def plate_edge(seed: int, rng: Rng) -> Run:
    """Evaporation in the border wells and a trend of each probe along the plate's rows."""
    bench = Bench(
        edge=(float(rng.uniform(-0.9, -0.3)), float(rng.uniform(-0.20, -0.05))),
        position_sd=float(rng.uniform(0.01, 0.04)),
    )
    return draw_run(
        "plate_edge", seed, rng,
        ph_patients(rng), bench=bench,
    )  # fmt: skip
