"""Kinds of stray peaks, odd references, unmeasured probes and wrong blasts."""

from __future__ import annotations

from dataclasses import replace

from mlpa.bench.catalogue import (
    RARE,
    SOME,
    Rng,
    any_probe,
    draw_run,
    n_patients,
    patient,
    ph_patients,
    ph_positive,
    references_of,
    register,
    run_chemistry,
    sample_chemistry,
)
from mlpa.bench.chemistry import Chemistry
from mlpa.bench.karyotype import Event
from mlpa.bench.lesions import (
    cdkn2_loss,
    ikzf1_loss,
    karyotype_of,
    ph_lesions,
    whole_gene,
)
from mlpa.bench.lots import Lot, draw_lot
from mlpa.bench.runs import Bench, Plan, Run, build_run

__all__: list[str] = []


# --- peaks that are not probes ---


@register("UNEXPLAINED_PEAK")
def satellite_of_failed_probe(seed: int, rng: Rng) -> Run:
    """Normal DNA; one probe's product runs 1 nt long, its satellite fills the empty bin."""

    def patients(lot: Lot, base: Chemistry) -> list[Plan]:
        plans = []
        for _ in range(n_patients(rng)):
            genes = ("IKZF1",) if rng.random() < 0.6 else ("CDKN2A", "CDKN2B", "PAX5")
            moved = {any_probe(lot, rng, *genes): float(rng.uniform(0.92, 1.15))}
            plans.append(patient(karyotype_of(rng), rng, base, moved_nt=moved))
        return plans

    return draw_run("satellite_of_failed_probe", seed, rng, patients, subjects=RARE)


@register("UNEXPLAINED_PEAK")
def satellite_in_deleted_bin(seed: int, rng: Rng) -> Run:
    """True homozygous losses with an unexplained tall peak 1 nt above an emptied bin."""

    def patients(lot: Lot, base: Chemistry) -> list[Plan]:
        plans = []
        for _ in range(n_patients(rng)):
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
            plans.append(patient(karyotype_of(rng, events), rng, base, share, near_bins=near))
        return plans

    return draw_run("satellite_in_deleted_bin", seed, rng, patients, subjects=RARE)


@register("PULLUP", "UNEXPLAINED_PEAK")
def messy_peaks(seed: int, rng: Rng) -> Run:
    """Shoulders, small peaks, strong satellites, strangers beside bins, pull-up of the standard."""

    def patients(lot: Lot, base: Chemistry) -> list[Plan]:
        plans = []
        for _ in range(n_patients(rng)):
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
                patient(
                    ph_positive(lot, rng), rng, base, near_bins=near, strangers=pull_up,
                    shoulder=float(rng.uniform(0, 0.2)),
                    n_unspecific=int(rng.integers(20, 50)), satellite=(0.10, 0.18),
                )
            )  # fmt: skip
        return plans

    return draw_run("messy_peaks", seed, rng, patients, subjects=RARE)


@register(raw_only=True)
def odd_end_fragment(seed: int, rng: Rng) -> Run:
    """Sound 3500 run whose last size standard fragment, beyond every probe, is 2-3 nt off."""
    bench = Bench(
        instrument="3500",
        end_fragment_nt=float(rng.choice([-1, 1]) * rng.uniform(2.17, 3.2)),
    )
    return draw_run(
        "odd_end_fragment", seed, rng,
        ph_patients(rng), bench=bench,
    )  # fmt: skip


# --- references ---


@register("REF_ABNORMAL")
def abnormal_reference(seed: int, rng: Rng) -> Run:
    """One of three references has trisomy 21, 9p- or a focal loss; patients as usual."""
    lot = draw_lot(rng, needed_arms=("21q",))
    base = run_chemistry(rng)
    references = references_of(base, rng, 3)
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
    references[int(rng.integers(3))] = Plan(odd, share, sample_chemistry(base, rng), None)
    patients = [patient(ph_positive(lot, rng), rng, base) for _ in range(n_patients(rng))]
    return build_run("abnormal_reference", seed, rng, lot, references, patients)


@register("REF_MISMATCH", "REF_ABNORMAL")
def mixed_references(seed: int, rng: Rng) -> Run:
    """References of two kinds of DNA: half of them, and all patients, of another extraction."""
    lot, base = draw_lot(rng), run_chemistry(rng)
    sd = float(rng.uniform(0.03, 0.07))
    shift = {probe.probe_id: float(rng.normal(0.0, sd)) for probe in lot.probes}
    gc_slope = float(rng.uniform(-0.06, 0.06))
    other = replace(base, group_shift=shift)
    n = int(rng.integers(2, 4))
    references = references_of(base, rng, n) + references_of(other, rng, n, gc_slope=gc_slope)
    patients = [
        patient(ph_positive(lot, rng), rng, other, gc_slope=gc_slope)
        for _ in range(n_patients(rng))
    ]
    return build_run("mixed_references", seed, rng, lot, references, patients)


@register("REF_MISMATCH")
def shared_cdkn2_loss(seed: int, rng: Rng) -> Run:
    """A small run in which every patient has lost CDKN2A and CDKN2B."""

    def patients(lot: Lot, base: Chemistry) -> list[Plan]:
        plans = []
        for _ in range(int(rng.integers(2, 6))):
            change = -int(rng.integers(1, 3))
            events: tuple[Event, ...] = (whole_gene("CDKN2A", change), whole_gene("CDKN2B", change))
            if rng.random() < 0.7:
                events += ikzf1_loss(rng)
            plans.append(patient(karyotype_of(rng, events), rng, base))
        return plans

    return draw_run("shared_cdkn2_loss", seed, rng, patients)


@register("REF_MISMATCH")
def cdkn2_loss_in_most(seed: int, rng: Rng) -> Run:
    """A full run in which 60-95 % of the patients have lost CDKN2A and CDKN2B."""
    often = float(rng.uniform(0.60, 0.95))

    def patients(lot: Lot, base: Chemistry) -> list[Plan]:
        plans = []
        for _ in range(n_patients(rng)):
            events = ph_lesions(lot, rng, partners=0.0)
            if rng.random() < often:
                events += cdkn2_loss(rng, 0.4)
            plans.append(patient(karyotype_of(rng, events), rng, base))
        return plans

    return draw_run("cdkn2_loss_in_most", seed, rng, patients)


# --- unmeasured probes ---


def _unmeasured_run(kind: str, seed: int, rng: Rng, *, is_blank: bool) -> Run:
    lot, base = draw_lot(rng), run_chemistry(rng)
    genes = ("CDKN2A", "CDKN2B") if rng.random() < 0.5 else ("PAX5",)
    names = [lot.probes[i].probe_id for i in lot.of_gene(*genes)]
    n_gone = len(names) if rng.random() < 0.5 else max(1, len(names) // 2)
    gone = frozenset(str(name) for name in rng.choice(names, n_gone, replace=False))
    base = replace(base, failed={} if is_blank else dict.fromkeys(gone, 0.003))
    unseen = tuple(
        Event(p.gene, p.order or 1.0, p.order or 1.0, -1) for p in lot.probes if p.probe_id in gone
    )
    plans = []
    for _ in range(n_patients(rng)):
        # Only what cannot be seen of a partner is lost.
        events = ikzf1_loss(rng) + (unseen if rng.random() < 0.7 else ())
        plan = patient(karyotype_of(rng, events, name="unmeasured"), rng, base)
        plans.append(replace(plan, unmeasured=gone if is_blank else frozenset()))
    references = references_of(base, rng)
    return build_run(kind, seed, rng, lot, references, plans, Bench(as_probes=is_blank))


@register("NOT_MEASURED", "BELOW_DETECTION", "PROBE_NOISY")
def unmeasured_partner(seed: int, rng: Rng) -> Run:
    """IKZF1 lost; the probes of a partner, lost in most, are blank in the patients' export."""
    return _unmeasured_run("unmeasured_partner", seed, rng, is_blank=True)


@register("NOT_MEASURED", "BELOW_DETECTION", "PROBE_NOISY")
def failed_partner(seed: int, rng: Rng) -> Run:
    """IKZF1 lost; the probes of a partner, lost in most, give no product in any sample."""
    return _unmeasured_run("failed_partner", seed, rng, is_blank=False)


@register("NOT_MEASURED", "BELOW_DETECTION", "PROBE_NOISY")
def unmeasured_ikzf1(seed: int, rng: Rng) -> Run:
    """One to three IKZF1 probes are blank in the export; half of the patients lost just these."""
    lot, base = draw_lot(rng), run_chemistry(rng)
    names = [lot.probes[i].probe_id for i in lot.of_gene("IKZF1")]
    plans = []
    for _ in range(n_patients(rng)):
        n_gone = int(rng.integers(1, 4))
        gone = frozenset(str(name) for name in rng.choice(names, n_gone, replace=False))
        events: tuple[Event, ...] = cdkn2_loss(rng) if rng.random() < 0.3 else ()
        if rng.random() < 0.5:
            events += tuple(
                Event(p.gene, p.order or 1.0, p.order or 1.0, -1)
                for p in lot.probes
                if p.probe_id in gone
            )
        plan = patient(karyotype_of(rng, events, name="unmeasured"), rng, base)
        plans.append(replace(plan, unmeasured=gone))
    references = references_of(base, rng)
    bench = Bench(as_probes=True)
    return build_run("unmeasured_ikzf1", seed, rng, lot, references, plans, bench)


# --- wrong blasts ---


@register("BLASTS_DISAGREE")
def blasts_too_low(seed: int, rng: Rng) -> Run:
    """The sheet says 30-45 % blasts where 75-98 % of the cells are leukaemic."""

    def patients(lot: Lot, base: Chemistry) -> list[Plan]:
        return [
            replace(
                patient(ph_positive(lot, rng), rng, base, float(rng.uniform(0.75, 0.98))),
                sheet_blasts=float(rng.integers(30, 46)),
            )
            for _ in range(n_patients(rng))
        ]

    return draw_run("blasts_too_low", seed, rng, patients, subjects=SOME)


@register("BLASTS_DISAGREE")
def blasts_too_high(seed: int, rng: Rng) -> Run:
    """The sheet says 80-99 % blasts where 25-50 % of the cells are leukaemic."""

    def patients(lot: Lot, base: Chemistry) -> list[Plan]:
        return [
            replace(
                patient(ph_positive(lot, rng), rng, base, float(rng.uniform(0.25, 0.50))),
                sheet_blasts=float(rng.integers(80, 100)),
            )
            for _ in range(n_patients(rng))
        ]

    return draw_run("blasts_too_high", seed, rng, patients, subjects=SOME)
