"""The catalogue of scenario kinds: each draws a whole run, with its own parameters, from a seed."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from mlpa.bench.chemistry import Chemistry
from mlpa.bench.karyotype import Clone, Event, Karyotype
from mlpa.bench.lesions import (
    ABERRATIONS,
    cdkn2_loss,
    ikzf1_loss,
    intragenic_loss,
    karyotype_of,
    ph_lesions,
    sex_of,
    whole_gene,
)
from mlpa.bench.lots import Lot, draw_lot
from mlpa.bench.runs import Bench, Plan, Run, build_run

__all__ = ["KINDS", "Kind"]

Rng = np.random.Generator


@dataclass(frozen=True, slots=True)
class Kind:
    """One scenario.

    Attributes:
        name: word of the command line.
        meaning: one sentence.
        make: a run from a seed.
        concerns: codes that tell a reader of a wrong class that it may be wrong, for this reason.
        raw_only: whether only a raw trace shows it.
    """

    name: str
    meaning: str
    make: Callable[[int], Run]
    concerns: frozenset[str]
    raw_only: bool = False


KINDS: dict[str, Kind] = {}

#: what anybody reads as "do not rest on this"
_ALWAYS = frozenset({"BLASTS_DISAGREE", "PLOIDY_UNCLEAR", "REFERENCE_PROBES_UNSTABLE"})


def _kind(
    *concerns: str, raw_only: bool = False
) -> Callable[[Callable[[int, Rng], Run]], Callable[[int], Run]]:
    """Register a function of seed and chance as a kind under its own name."""

    def register(draw: Callable[[int, Rng], Run]) -> Callable[[int], Run]:
        name = draw.__name__

        def make(seed: int) -> Run:
            return draw(seed, np.random.default_rng([seed, zlib.crc32(name.encode())]))

        meaning = (draw.__doc__ or "").strip().splitlines()[0]
        KINDS[name] = Kind(name, meaning, make, _ALWAYS | set(concerns), raw_only)
        return make

    return register


# --- what most kinds share ---

#: share of a run's patients that are of the kind; the others are companions and are not judged
_RARE = (0.08, 0.45)
_SOME = (0.15, 1.0)


def _between(rng: Rng, low: float, high: float) -> float:
    """Return a number whose logarithm is uniform."""
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


def _base(rng: Rng) -> Chemistry:
    """Return the chemistry that all samples of one sound run share."""
    return Chemistry(
        median_rfu=_between(rng, 500.0, 1800.0),
        slope=float(rng.normal(0.0, 0.04)),
        satellite=(float(rng.uniform(0.06, 0.08)), float(rng.uniform(0.10, 0.14))),
        n_unspecific=int(rng.integers(2, 10)),
    )


def _each(base: Chemistry, rng: Rng, **changes: object) -> Chemistry:
    """Return the chemistry of one sample: its own signal and slope around the run's."""
    own = replace(
        base,
        median_rfu=base.median_rfu * float(np.exp(rng.normal(0.0, 0.2))),
        slope=base.slope + float(np.clip(rng.normal(0.0, 0.05), -0.15, 0.15)),
        curve=float(rng.normal(0.0, 0.008)),
        quantity=float(np.exp(rng.normal(0.0, 0.2))),
    )
    return replace(own, **changes)  # type: ignore[arg-type]


def _normal(rng: Rng) -> Karyotype:
    return Karyotype("normal", sex_of(rng))


def _references(base: Chemistry, rng: Rng, n: int | None = None, **changes: object) -> list[Plan]:
    n = int(rng.choice([3, 4, 6])) if n is None else n
    return [Plan(_normal(rng), 0.0, _each(base, rng, **changes), None) for _ in range(n)]


def _sheet(blasts: float, rng: Rng) -> float:
    """Return the percentage that a cytologist writes: near the truth, to 5 %."""
    return float(np.clip(5 * round((100 * blasts + rng.normal(0.0, 2.0)) / 5), 5, 100))


def _patient(
    karyotype: Karyotype, rng: Rng, base: Chemistry, blasts: float | None = None, **changes: object
) -> Plan:
    share = float(rng.uniform(0.30, 0.95)) if blasts is None else blasts
    return Plan(karyotype, share, _each(base, rng, **changes), _sheet(share, rng))


def _n(rng: Rng) -> int:
    return int(rng.integers(8, 19))


def _ph(lot: Lot, rng: Rng, **frequencies: float) -> Karyotype:
    return karyotype_of(rng, ph_lesions(lot, rng, **frequencies), name="Ph-positive")


def _run(
    kind: str,
    seed: int,
    rng: Rng,
    patients: Callable[[Lot, Chemistry], Sequence[Plan]],
    *,
    lot: Lot | None = None,
    base: Chemistry | None = None,
    n_references: int | None = None,
    bench: Bench | None = None,
    references: Mapping[str, object] | None = None,
    subjects: tuple[float, float] | None = None,
) -> Run:
    lot = lot or draw_lot(rng)
    base = base or _base(rng)
    refs = _references(base, rng, n_references, **dict(references or {}))
    plans = list(patients(lot, base))
    if subjects is not None:
        n_subjects = max(1, round(float(rng.uniform(*subjects)) * len(plans)))
        for place in rng.permutation(len(plans))[n_subjects:]:
            plans[place] = replace(_patient(_ph(lot, rng), rng, base), is_subject=False)
    return build_run(kind, seed, rng, lot, refs, plans, bench)


def _any_gene_probe(lot: Lot, rng: Rng, *genes: str) -> str:
    return lot.probes[int(rng.choice(lot.of_gene(*genes)))].probe_id


# --- sound runs ---


@_kind()
def sound(seed: int, rng: Rng) -> Run:
    """Sound runs of Ph-positive leukaemia: SD 0.04, shared 0.02, blasts 30-95 % as on the sheet."""
    return _run(
        "sound", seed, rng,
        lambda lot, base: [_patient(_ph(lot, rng), rng, base) for _ in range(_n(rng))],
    )  # fmt: skip


@_kind()
def sound_normal(seed: int, rng: Rng) -> Run:
    """Sound runs in which no leukaemia has any loss, blasts 30-95 %."""
    return _run(
        "sound_normal", seed, rng,
        lambda lot, base: [_patient(karyotype_of(rng), rng, base) for _ in range(_n(rng))],
    )  # fmt: skip


@_kind("REFERENCE_PROBES_UNSTABLE")
def noisy(seed: int, rng: Rng) -> Run:
    """Scatter of 0.055-0.085 in every sample, as older thermocyclers give."""
    base = replace(_base(rng), sd=float(rng.uniform(0.055, 0.085)))
    return _run(
        "noisy", seed, rng,
        lambda lot, base: [_patient(_ph(lot, rng), rng, base) for _ in range(_n(rng))], base=base,
    )  # fmt: skip


@_kind()
def twelve_references(seed: int, rng: Rng) -> Run:
    """Sound runs with twelve reference samples."""
    return _run(
        "twelve_references", seed, rng,
        lambda lot, base: [_patient(_ph(lot, rng), rng, base) for _ in range(_n(rng))],
        n_references=12,
    )  # fmt: skip


@_kind("NOT_INFORMATIVE", "BLASTS_UNKNOWN")
def few_or_unknown_blasts(seed: int, rng: Rng) -> Run:
    """Blasts of 5-30 %, or a blank cell on the sheet."""

    def patients(lot: Lot, base: Chemistry) -> list[Plan]:
        plans = []
        for _ in range(_n(rng)):
            is_blank = rng.random() < 0.5
            share = float(rng.uniform(0.2, 0.9) if is_blank else rng.uniform(0.05, 0.30))
            plan = _patient(_ph(lot, rng), rng, base, share)
            plans.append(replace(plan, sheet_blasts=None if is_blank else plan.sheet_blasts))
        return plans

    return _run("few_or_unknown_blasts", seed, rng, patients)


# --- weak and strong signal ---


@_kind("LOW_SIGNAL")
def weak(seed: int, rng: Rng) -> Run:
    """Normal DNA injected so weakly that the median reference probe has 40-300 RFU."""

    def patients(lot: Lot, base: Chemistry) -> list[Plan]:
        return [
            _patient(karyotype_of(rng), rng, base, median_rfu=_between(rng, 40, 300))
            for _ in range(_n(rng))
        ]

    return _run("weak", seed, rng, patients, subjects=_SOME)


@_kind("LOW_SIGNAL")
def weak_lesions(seed: int, rng: Rng) -> Run:
    """Ph-positive leukaemia injected weakly: median reference probe 40-300 RFU."""

    def patients(lot: Lot, base: Chemistry) -> list[Plan]:
        return [
            _patient(_ph(lot, rng), rng, base, median_rfu=_between(rng, 40, 300))
            for _ in range(_n(rng))
        ]

    return _run("weak_lesions", seed, rng, patients, subjects=_SOME)


@_kind("LOW_SIGNAL")
def weak_whole_run(seed: int, rng: Rng) -> Run:
    """References as weak as the patients, normal DNA: 40-300 RFU everywhere."""
    base = replace(_base(rng), median_rfu=_between(rng, 60, 220))
    return _run(
        "weak_whole_run", seed, rng,
        lambda lot, base: [_patient(karyotype_of(rng), rng, base) for _ in range(_n(rng))],
        base=base,
    )  # fmt: skip


@_kind("LOW_SIGNAL")
def weak_table_50(seed: int, rng: Rng) -> Run:
    """Normal DNA, weak, in a peak table cut at the vendor's usual 50 RFU."""

    def patients(lot: Lot, base: Chemistry) -> list[Plan]:
        return [
            _patient(karyotype_of(rng), rng, base, median_rfu=_between(rng, 90, 400))
            for _ in range(_n(rng))
        ]

    return _run("weak_table_50", seed, rng, patients, subjects=_SOME, bench=Bench(limit_rfu=50.0))


@_kind("OFFSCALE", "IMPLAUSIBLE")
def saturated(seed: int, rng: Rng) -> Run:
    """Patients injected so strongly that their tallest probes saturate the camera."""

    def patients(lot: Lot, base: Chemistry) -> list[Plan]:
        plans = []
        for _ in range(_n(rng)):
            strong = _between(rng, 2.5e3, 1.2e4)
            plans.append(_patient(_ph(lot, rng), rng, base, median_rfu=strong))
        return plans

    name = str(rng.choice(["3130", "3130xl"]))
    return _run("saturated", seed, rng, patients, subjects=_SOME, bench=Bench(instrument=name))


@_kind("OFFSCALE", "IMPLAUSIBLE", "REF_ABNORMAL", "REF_MISMATCH")
def saturated_clipped(seed: int, rng: Rng) -> Run:
    """Patients or references injected into the 16-bit ceiling of a 3500 or 3730."""
    is_reference = bool(rng.random() < 0.5)
    high = _between(rng, 1.2e4, 4e4)

    def patients(lot: Lot, base: Chemistry) -> list[Plan]:
        changes = {} if is_reference else {"median_rfu": high}
        return [_patient(_ph(lot, rng), rng, base, **changes) for _ in range(_n(rng))]

    return _run(
        "saturated_clipped", seed, rng, patients,
        bench=Bench(instrument=str(rng.choice(["3500", "3730"]))),
        references={"median_rfu": high} if is_reference else None,
    )  # fmt: skip


# --- denaturation, slope, extraction, plate ---


@_kind("DENATURATION_LOW", "DENATURATION")
def denaturation(seed: int, rng: Rng) -> Run:
    """Normal DNA with salt: D fragments at 60-90 % of the references', GC-rich probes lower."""

    def patients(lot: Lot, base: Chemistry) -> list[Plan]:
        return [
            _patient(
                karyotype_of(rng), rng, base,
                denaturation=float(rng.uniform(0.60, 0.90)),
                denaturation_reach=float(rng.uniform(0.6, 1.3)),
            )
            for _ in range(_n(rng))
        ]  # fmt: skip

    return _run("denaturation", seed, rng, patients, subjects=_SOME)


@_kind("DENATURATION_LOW", "DENATURATION")
def denaturation_lesions(seed: int, rng: Rng) -> Run:
    """Ph-positive leukaemia in salt: D fragments at 60-90 % in half of the patients."""

    def patients(lot: Lot, base: Chemistry) -> list[Plan]:
        return [
            _patient(
                _ph(lot, rng), rng, base,
                denaturation=float(rng.uniform(0.60, 0.90)) if rng.random() < 0.5 else 1.0,
                denaturation_reach=float(rng.uniform(0.6, 1.3)),
            )
            for _ in range(_n(rng))
        ]  # fmt: skip

    return _run("denaturation_lesions", seed, rng, patients, subjects=_SOME)


@_kind("REF_SPAN")
def one_end_references(seed: int, rng: Rng) -> Run:
    """Reference probes at one end of the lengths, patients with another slope; normal DNA."""
    layout = str(rng.choice(["short_references", "long_references"]))
    step = float(rng.choice([-1, 1]) * rng.uniform(0.05, 0.25))

    def patients(lot: Lot, base: Chemistry) -> list[Plan]:
        plans = []
        for _ in range(_n(rng)):
            slope = base.slope + step + float(rng.normal(0.0, 0.03))
            curve = float(rng.normal(0.0, 0.015))
            plans.append(_patient(karyotype_of(rng), rng, base, slope=slope, curve=curve))
        return plans

    return _run("one_end_references", seed, rng, patients, lot=draw_lot(rng, layout))


@_kind("REF_SPAN")
def one_end_references_lesions(seed: int, rng: Rng) -> Run:
    """Reference probes at one end of the lengths, patients with another slope and lesions."""
    layout = str(rng.choice(["short_references", "long_references"]))
    step = float(rng.choice([-1, 1]) * rng.uniform(0.05, 0.25))

    def patients(lot: Lot, base: Chemistry) -> list[Plan]:
        return [
            _patient(
                _ph(lot, rng), rng, base, slope=base.slope + step + float(rng.normal(0.0, 0.03))
            )
            for _ in range(_n(rng))
        ]

    return _run("one_end_references_lesions", seed, rng, patients, lot=draw_lot(rng, layout))


@_kind("SLOPE_EXCESS")
def curved_slope(seed: int, rng: Rng) -> Run:
    """Patients whose signal falls along a curve, not a line, against the references."""

    def patients(lot: Lot, base: Chemistry) -> list[Plan]:
        return [
            _patient(
                _ph(lot, rng, ikzf1=0.4), rng, base,
                slope=base.slope + float(rng.uniform(-0.2, 0.2)),
                curve=float(rng.choice([-1, 1]) * rng.uniform(0.03, 0.07)),
            )
            for _ in range(_n(rng))
        ]  # fmt: skip

    return _run("curved_slope", seed, rng, patients)


@_kind("REF_MISMATCH")
def other_extraction(seed: int, rng: Rng) -> Run:
    """Patients extracted otherwise than the references: a shift by probe and by GC in all."""
    sd = float(rng.uniform(0.03, 0.07))
    gc_slope = float(rng.uniform(-0.08, 0.08))

    def patients(lot: Lot, base: Chemistry) -> list[Plan]:
        shift = {probe.probe_id: float(rng.normal(0.0, sd)) for probe in lot.probes}
        return [
            _patient(_ph(lot, rng), rng, base, group_shift=shift, gc_slope=gc_slope)
            for _ in range(_n(rng))
        ]

    return _run("other_extraction", seed, rng, patients)


@_kind("REF_MISMATCH")
def dna_quality(seed: int, rng: Rng) -> Run:
    """Normal DNA of varying quality: each sample's GC-rich probes shift by up to 12 % per 0.1."""

    def patients(lot: Lot, base: Chemistry) -> list[Plan]:
        return [
            _patient(karyotype_of(rng), rng, base, gc_slope=float(rng.uniform(-0.12, 0.12)))
            for _ in range(_n(rng))
        ]

    return _run("dna_quality", seed, rng, patients, subjects=_SOME)


@_kind("SLOPE_EXCESS")
def plate_edge(seed: int, rng: Rng) -> Run:
    """Evaporation in the border wells and a trend of each probe along the plate's rows."""
    bench = Bench(
        edge=(float(rng.uniform(-0.9, -0.3)), float(rng.uniform(-0.20, -0.05))),
        position_sd=float(rng.uniform(0.01, 0.04)),
    )
    return _run(
        "plate_edge", seed, rng,
        lambda lot, base: [_patient(_ph(lot, rng), rng, base) for _ in range(_n(rng))], bench=bench,
    )  # fmt: skip


# --- peaks that are not probes ---


@_kind("UNEXPLAINED_PEAK")
def satellite_of_failed_probe(seed: int, rng: Rng) -> Run:
    """Normal DNA; one probe's product runs 1 nt long, its satellite fills the empty bin."""

    def patients(lot: Lot, base: Chemistry) -> list[Plan]:
        plans = []
        for _ in range(_n(rng)):
            genes = ("IKZF1",) if rng.random() < 0.6 else ("CDKN2A", "CDKN2B", "PAX5")
            moved = {_any_gene_probe(lot, rng, *genes): float(rng.uniform(0.92, 1.15))}
            plans.append(_patient(karyotype_of(rng), rng, base, moved_nt=moved))
        return plans

    return _run("satellite_of_failed_probe", seed, rng, patients, subjects=_RARE)


@_kind("UNEXPLAINED_PEAK")
def satellite_in_deleted_bin(seed: int, rng: Rng) -> Run:
    """True homozygous losses with an unexplained tall peak 1 nt above an emptied bin."""

    def patients(lot: Lot, base: Chemistry) -> list[Plan]:
        plans = []
        for _ in range(_n(rng)):
            if rng.random() < 0.5:
                events: tuple[Event, ...] = (Event("IKZF1", 4, 7, -2),)
                lost = [one.probe_id for one in lot.loci if events[0].covers(one)]
            else:
                events = (*ikzf1_loss(rng, 0.0), whole_gene("CDKN2A", -2), whole_gene("CDKN2B", -2))
                lost = [p.probe_id for p in lot.probes if p.gene in ("CDKN2A", "CDKN2B")]
            near = (
                (
                    str(rng.choice(lost)),
                    float(rng.uniform(0.93, 1.1)),
                    float(rng.uniform(0.4, 1.5)),
                ),
            )
            share = float(rng.uniform(0.80, 0.98))
            plans.append(_patient(karyotype_of(rng, events), rng, base, share, near_bins=near))
        return plans

    return _run("satellite_in_deleted_bin", seed, rng, patients, subjects=_RARE)


@_kind("PULLUP", "UNEXPLAINED_PEAK")
def messy_peaks(seed: int, rng: Rng) -> Run:
    """Shoulders, small peaks, strong satellites, strangers beside bins, pull-up of the standard."""

    def patients(lot: Lot, base: Chemistry) -> list[Plan]:
        plans = []
        for _ in range(_n(rng)):
            probes = rng.choice(lot.index("target"), 3, replace=False)
            near = tuple(
                (
                    lot.probes[i].probe_id,
                    float(rng.choice([-1, 1]) * rng.uniform(1.2, 3.0)),
                    float(rng.uniform(0.05, 0.6)),
                )
                for i in probes
            )
            pull_up = tuple(
                (nt, float(rng.uniform(0.01, 0.08)))
                for nt in (139.0, 150.0, 160.0, 200.0, 300.0, 350.0, 400.0, 450.0)
            )
            plans.append(
                _patient(
                    _ph(lot, rng), rng, base, near_bins=near, strangers=pull_up,
                    shoulder=float(rng.uniform(0, 0.2)),
                    n_unspecific=int(rng.integers(20, 50)), satellite=(0.10, 0.18),
                )
            )  # fmt: skip
        return plans

    return _run("messy_peaks", seed, rng, patients, subjects=_RARE)


@_kind(raw_only=True)
def odd_end_fragment(seed: int, rng: Rng) -> Run:
    """Sound 3500 run whose last size standard fragment, beyond every probe, is 2-3 nt off."""
    bench = Bench(
        instrument="3500",
        end_fragment_nt=float(rng.choice([-1, 1]) * rng.uniform(2.17, 3.2)),
    )
    return _run(
        "odd_end_fragment", seed, rng,
        lambda lot, base: [_patient(_ph(lot, rng), rng, base) for _ in range(_n(rng))], bench=bench,
    )  # fmt: skip


# --- references ---


@_kind("REF_ABNORMAL")
def abnormal_reference(seed: int, rng: Rng) -> Run:
    """One of three references has trisomy 21, 9p- or a focal loss; patients as usual."""
    lot = draw_lot(rng, needed_arms=("21q",))
    base = _base(rng)
    references = _references(base, rng, 3)
    choice = str(rng.choice(["trisomy_21", "ikzf1", "9p", "cdkn2"]))
    events: tuple[Event, ...] = ()
    arms: dict[str, int] = {}
    if choice == "trisomy_21":
        arms = {"21p": 3, "21q": 3}
    elif choice == "9p":
        arms = {"9p": 1}
    else:
        events = ikzf1_loss(rng, 0.0) if choice == "ikzf1" else cdkn2_loss(rng, 0.3)
    share = 1.0 if choice == "trisomy_21" else float(rng.uniform(0.5, 1.0))
    odd = karyotype_of(rng, events, name=choice, arms=arms)
    references[int(rng.integers(3))] = Plan(odd, share, _each(base, rng), None)
    patients = [_patient(_ph(lot, rng), rng, base) for _ in range(_n(rng))]
    return build_run("abnormal_reference", seed, rng, lot, references, patients)


@_kind("REF_MISMATCH", "REF_ABNORMAL")
def mixed_references(seed: int, rng: Rng) -> Run:
    """References of two kinds of DNA: half of them, and all patients, of another extraction."""
    lot, base = draw_lot(rng), _base(rng)
    sd = float(rng.uniform(0.03, 0.07))
    shift = {probe.probe_id: float(rng.normal(0.0, sd)) for probe in lot.probes}
    gc_slope = float(rng.uniform(-0.06, 0.06))
    other = replace(base, group_shift=shift)
    n = int(rng.integers(2, 4))
    references = _references(base, rng, n) + _references(other, rng, n, gc_slope=gc_slope)
    patients = [_patient(_ph(lot, rng), rng, other, gc_slope=gc_slope) for _ in range(_n(rng))]
    return build_run("mixed_references", seed, rng, lot, references, patients)


@_kind("REF_MISMATCH")
def shared_cdkn2_loss(seed: int, rng: Rng) -> Run:
    """A small run in which every patient has lost CDKN2A and CDKN2B."""

    def patients(lot: Lot, base: Chemistry) -> list[Plan]:
        plans = []
        for _ in range(int(rng.integers(2, 6))):
            change = -int(rng.integers(1, 3))
            events: tuple[Event, ...] = (whole_gene("CDKN2A", change), whole_gene("CDKN2B", change))
            if rng.random() < 0.7:
                events += ikzf1_loss(rng)
            plans.append(_patient(karyotype_of(rng, events), rng, base))
        return plans

    return _run("shared_cdkn2_loss", seed, rng, patients)


@_kind("REF_MISMATCH")
def cdkn2_loss_in_most(seed: int, rng: Rng) -> Run:
    """A full run in which 60-95 % of the patients have lost CDKN2A and CDKN2B."""
    often = float(rng.uniform(0.60, 0.95))

    def patients(lot: Lot, base: Chemistry) -> list[Plan]:
        plans = []
        for _ in range(_n(rng)):
            events = ph_lesions(lot, rng, partners=0.0)
            if rng.random() < often:
                events += cdkn2_loss(rng, 0.4)
            plans.append(_patient(karyotype_of(rng, events), rng, base))
        return plans

    return _run("cdkn2_loss_in_most", seed, rng, patients)


# --- karyotypes ---


def _karyotype_run(name: str, lesions: bool, seed: int, rng: Rng) -> Run:
    aberration = name.removesuffix("_lesions")
    needed = {"plus_8": ("8q",), "iamp21": ("21q",)}.get(aberration, ())

    def patients(lot: Lot, base: Chemistry) -> list[Plan]:
        plans = []
        for _ in range(_n(rng)):
            sex = sex_of(rng)
            events: tuple[Event, ...] = ()
            if lesions:
                events = ph_lesions(lot, rng, ikzf1=0.85, partners=0.5, others=0.04)
            arms = ABERRATIONS[aberration](rng, sex)
            karyotype = karyotype_of(rng, events, name=aberration, arms=arms, sex=sex)
            plans.append(_patient(karyotype, rng, base, float(rng.uniform(0.45, 0.97))))
        return plans

    return _run(name, seed, rng, patients, lot=draw_lot(rng, needed_arms=needed), subjects=_RARE)


def _register_karyotypes() -> None:
    for aberration in ABERRATIONS:
        for lesions in (False, True):
            name = f"{aberration}_lesions" if lesions else aberration

            def draw(seed: int, rng: Rng, name: str = name, lesions: bool = lesions) -> Run:
                return _karyotype_run(name, lesions, seed, rng)

            draw.__name__ = name
            what = "with focal losses" if lesions else "without focal losses"
            draw.__doc__ = f"Some patients of a run have {aberration.replace('_', ' ')} {what}."
            _kind("REF_MISMATCH")(draw)


_register_karyotypes()


# --- clones ---


@_kind("CLONES_MIXED")
def subclone(seed: int, rng: Rng) -> Run:
    """A stretch of IKZF1 lost in 25-40 % of the leukaemic cells only, blasts 60-95 %."""

    def patients(lot: Lot, base: Chemistry) -> list[Plan]:
        plans = []
        for _ in range(_n(rng)):
            common = ph_lesions(lot, rng, ikzf1=0.0)
            part = float(rng.uniform(0.25, 0.40))
            clones = (Clone(1 - part, {}, common), Clone(part, {}, common + ikzf1_loss(rng, 0.0)))
            karyotype = Karyotype("subclone", sex_of(rng), clones)
            plans.append(_patient(karyotype, rng, base, float(rng.uniform(0.60, 0.95))))
        return plans

    return _run("subclone", seed, rng, patients, subjects=_RARE)


@_kind("CLONES_MIXED")
def loss_beside_gain(seed: int, rng: Rng) -> Run:
    """Inside one gene some exons are lost and the others gained, in one clone."""

    def patients(lot: Lot, base: Chemistry) -> list[Plan]:
        plans = []
        for _ in range(_n(rng)):
            first, last = ((4, 7), (2, 4), (1, 4), (5, 8))[int(rng.integers(4))]
            events: tuple[Event, ...] = (Event("IKZF1", first, last, -1),)
            if first > 1:
                events += (Event("IKZF1", 1, first - 1, int(rng.integers(1, 3))),)
            if last < 8:
                events += (Event("IKZF1", last + 1, 8, int(rng.integers(1, 3))),)
            events += cdkn2_loss(rng) if rng.random() < 0.4 else ()
            karyotype = karyotype_of(rng, events, name="loss beside gain")
            plans.append(_patient(karyotype, rng, base, float(rng.uniform(0.50, 0.95))))
        return plans

    return _run("loss_beside_gain", seed, rng, patients, subjects=_RARE)


@_kind("CLONES_MIXED")
def two_alleles(seed: int, rng: Rng) -> Run:
    """Exons 4-7 lost on one IKZF1 allele and 1-8 (or 1) on the other, in one or in two clones."""

    def patients(lot: Lot, base: Chemistry) -> list[Plan]:
        plans = []
        for _ in range(_n(rng)):
            short = (Event("IKZF1", 4, 7, -1),)
            other = (Event("IKZF1", 1, 8 if rng.random() < 0.7 else 1, -1),)
            more = cdkn2_loss(rng) if rng.random() < 0.4 else ()
            if rng.random() < 0.5:
                clones: tuple[Clone, ...] = (Clone(1.0, {}, short + other + more),)
            else:
                part = float(rng.uniform(0.3, 0.7))
                clones = (Clone(part, {}, short + more), Clone(1 - part, {}, other + more))
            karyotype = Karyotype("two alleles", sex_of(rng), clones)
            plans.append(_patient(karyotype, rng, base, float(rng.uniform(0.50, 0.95))))
        return plans

    return _run("two_alleles", seed, rng, patients, subjects=_RARE)


@_kind("CLONES_MIXED")
def trisomy_7_in_a_part(seed: int, rng: Rng) -> Run:
    """A clone with trisomy 7 beside one without; 4-7 lost in both."""

    def patients(lot: Lot, base: Chemistry) -> list[Plan]:
        plans = []
        for _ in range(_n(rng)):
            events = (Event("IKZF1", 4, 7, -1), *(cdkn2_loss(rng) if rng.random() < 0.5 else ()))
            part = float(rng.uniform(0.3, 0.7))
            clones = (Clone(part, {"7p": 3, "7q": 3}, events), Clone(1 - part, {}, events))
            karyotype = Karyotype("part +7", sex_of(rng), clones)
            plans.append(_patient(karyotype, rng, base, float(rng.uniform(0.60, 0.95))))
        return plans

    return _run("trisomy_7_in_a_part", seed, rng, patients, subjects=_RARE)


# --- single probes ---


def _snp_run(kind: str, genes: tuple[str, ...], seed: int, rng: Rng) -> Run:
    def patients(lot: Lot, base: Chemistry) -> list[Plan]:
        plans = []
        for _ in range(_n(rng)):
            factor = 0.5 if rng.random() < 0.6 else float(rng.uniform(0.3, 0.7))
            snps = {_any_gene_probe(lot, rng, *genes): factor}
            events: tuple[Event, ...] = ()
            if genes != ("IKZF1",):
                events = ikzf1_loss(rng)
            elif rng.random() < 0.3:
                events = cdkn2_loss(rng)
            karyotype = karyotype_of(rng, events, name="variant under a probe", snps=snps)
            plans.append(_patient(karyotype, rng, base))
        return plans

    return _run(kind, seed, rng, patients, subjects=_RARE)


@_kind("SINGLE_PROBE")
def snp_ikzf1(seed: int, rng: Rng) -> Run:
    """A variant under one IKZF1 probe halves it in every cell (or leaves 0.3-0.7); no loss."""
    return _snp_run("snp_ikzf1", ("IKZF1",), seed, rng)


@_kind("SINGLE_PROBE")
def snp_partner(seed: int, rng: Rng) -> Run:
    """A variant under one probe of CDKN2A, CDKN2B or PAX5 beside a true IKZF1 loss."""
    return _snp_run("snp_partner", ("CDKN2A", "CDKN2B", "PAX5"), seed, rng)


@_kind("SINGLE_PROBE")
def one_exon_loss(seed: int, rng: Rng) -> Run:
    """One exon of IKZF1 truly lost, with or without a partner; blasts 40-95 %."""

    def patients(lot: Lot, base: Chemistry) -> list[Plan]:
        plans = []
        for _ in range(_n(rng)):
            events: tuple[Event, ...] = (intragenic_loss(lot, "IKZF1", rng, 1),)
            events += cdkn2_loss(rng) if rng.random() < 0.4 else ()
            karyotype = karyotype_of(rng, events, name="one exon")
            plans.append(_patient(karyotype, rng, base, float(rng.uniform(0.40, 0.95))))
        return plans

    return _run("one_exon_loss", seed, rng, patients, subjects=_RARE)


@_kind("SINGLE_PROBE")
def one_exon_partner(seed: int, rng: Rng) -> Run:
    """IKZF1 lost together with one exon of PAX5 and nothing else; blasts 40-95 %."""

    def patients(lot: Lot, base: Chemistry) -> list[Plan]:
        plans = []
        for _ in range(_n(rng)):
            events = (*ikzf1_loss(rng), intragenic_loss(lot, "PAX5", rng, 1))
            karyotype = karyotype_of(rng, events, name="one exon of PAX5")
            plans.append(_patient(karyotype, rng, base, float(rng.uniform(0.40, 0.95))))
        return plans

    return _run("one_exon_partner", seed, rng, patients, subjects=_RARE)


# --- unmeasured probes ---


def _unmeasured_run(kind: str, seed: int, rng: Rng, *, is_blank: bool) -> Run:
    lot, base = draw_lot(rng), _base(rng)
    genes = ("CDKN2A", "CDKN2B") if rng.random() < 0.5 else ("PAX5",)
    names = [lot.probes[i].probe_id for i in lot.of_gene(*genes)]
    n_gone = len(names) if rng.random() < 0.5 else max(1, len(names) // 2)
    gone = frozenset(str(name) for name in rng.choice(names, n_gone, replace=False))
    base = replace(base, failed={} if is_blank else dict.fromkeys(gone, 0.003))
    unseen = tuple(
        Event(p.gene, p.order or 1.0, p.order or 1.0, -1) for p in lot.probes if p.probe_id in gone
    )
    plans = []
    for _ in range(_n(rng)):
        # Only what cannot be seen of a partner is lost.
        events = ikzf1_loss(rng) + (unseen if rng.random() < 0.7 else ())
        plan = _patient(karyotype_of(rng, events, name="unmeasured"), rng, base)
        plans.append(replace(plan, unmeasured=gone if is_blank else frozenset()))
    references = _references(base, rng)
    return build_run(kind, seed, rng, lot, references, plans, Bench(as_probes=is_blank))


@_kind("NOT_MEASURED", "BELOW_DETECTION", "PROBE_NOISY")
def unmeasured_partner(seed: int, rng: Rng) -> Run:
    """IKZF1 lost; the probes of a partner, lost in most, are blank in the patients' export."""
    return _unmeasured_run("unmeasured_partner", seed, rng, is_blank=True)


@_kind("NOT_MEASURED", "BELOW_DETECTION", "PROBE_NOISY")
def failed_partner(seed: int, rng: Rng) -> Run:
    """IKZF1 lost; the probes of a partner, lost in most, give no product in any sample."""
    return _unmeasured_run("failed_partner", seed, rng, is_blank=False)


@_kind("NOT_MEASURED", "BELOW_DETECTION", "PROBE_NOISY")
def unmeasured_ikzf1(seed: int, rng: Rng) -> Run:
    """One to three IKZF1 probes are blank in the export; half of the patients lost just these."""
    lot, base = draw_lot(rng), _base(rng)
    names = [lot.probes[i].probe_id for i in lot.of_gene("IKZF1")]
    plans = []
    for _ in range(_n(rng)):
        n_gone = int(rng.integers(1, 4))
        gone = frozenset(str(name) for name in rng.choice(names, n_gone, replace=False))
        events: tuple[Event, ...] = cdkn2_loss(rng) if rng.random() < 0.3 else ()
        if rng.random() < 0.5:
            events += tuple(
                Event(p.gene, p.order or 1.0, p.order or 1.0, -1)
                for p in lot.probes
                if p.probe_id in gone
            )
        plan = _patient(karyotype_of(rng, events, name="unmeasured"), rng, base)
        plans.append(replace(plan, unmeasured=gone))
    references = _references(base, rng)
    bench = Bench(as_probes=True)
    return build_run("unmeasured_ikzf1", seed, rng, lot, references, plans, bench)


# --- wrong blasts ---


@_kind("BLASTS_DISAGREE")
def blasts_too_low(seed: int, rng: Rng) -> Run:
    """The sheet says 30-45 % blasts where 75-98 % of the cells are leukaemic."""

    def patients(lot: Lot, base: Chemistry) -> list[Plan]:
        return [
            replace(
                _patient(_ph(lot, rng), rng, base, float(rng.uniform(0.75, 0.98))),
                sheet_blasts=float(rng.integers(30, 46)),
            )
            for _ in range(_n(rng))
        ]

    return _run("blasts_too_low", seed, rng, patients, subjects=_SOME)


@_kind("BLASTS_DISAGREE")
def blasts_too_high(seed: int, rng: Rng) -> Run:
    """The sheet says 80-99 % blasts where 25-50 % of the cells are leukaemic."""

    def patients(lot: Lot, base: Chemistry) -> list[Plan]:
        return [
            replace(
                _patient(_ph(lot, rng), rng, base, float(rng.uniform(0.25, 0.50))),
                sheet_blasts=float(rng.integers(80, 100)),
            )
            for _ in range(_n(rng))
        ]

    return _run("blasts_too_high", seed, rng, patients, subjects=_SOME)
