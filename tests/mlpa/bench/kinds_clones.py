"""Kinds of karyotypes, clones and changes of one probe."""

from __future__ import annotations

from mlpa.bench.catalogue import (
    RARE,
    Rng,
    any_probe,
    draw_run,
    n_patients,
    patient,
    register,
)
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
)
from mlpa.bench.lots import Lot, draw_lot
from mlpa.bench.runs import Plan, Run

__all__: list[str] = []


# --- karyotypes ---


def _karyotype_run(name: str, lesions: bool, seed: int, rng: Rng) -> Run:
    aberration = name.removesuffix("_lesions")
    needed = {"plus_8": ("8q",), "iamp21": ("21q",)}.get(aberration, ())

    def patients(lot: Lot, base: Chemistry) -> list[Plan]:
        plans = []
        for _ in range(n_patients(rng)):
            sex = sex_of(rng)
            events: tuple[Event, ...] = ()
            if lesions:
                events = ph_lesions(lot, rng, ikzf1=0.85, partners=0.5, others=0.04)
            arms = ABERRATIONS[aberration](rng, sex)
            karyotype = karyotype_of(rng, events, name=aberration, arms=arms, sex=sex)
            plans.append(patient(karyotype, rng, base, float(rng.uniform(0.45, 0.97))))
        return plans

    return draw_run(name, seed, rng, patients, lot=draw_lot(rng, needed_arms=needed), subjects=RARE)


def _register_karyotypes() -> None:
    for aberration in ABERRATIONS:
        for lesions in (False, True):
            name = f"{aberration}_lesions" if lesions else aberration

            def draw(seed: int, rng: Rng, name: str = name, lesions: bool = lesions) -> Run:
                return _karyotype_run(name, lesions, seed, rng)

            draw.__name__ = name
            what = "with focal losses" if lesions else "without focal losses"
            draw.__doc__ = f"Some patients of a run have {aberration.replace('_', ' ')} {what}."
            register("REF_MISMATCH")(draw)


_register_karyotypes()


# --- clones ---


@register("CLONES_MIXED")
def subclone(seed: int, rng: Rng) -> Run:
    """A stretch of IKZF1 lost in 25-40 % of the leukaemic cells only, blasts 60-95 %."""

    def patients(lot: Lot, base: Chemistry) -> list[Plan]:
        plans = []
        for _ in range(n_patients(rng)):
            common = ph_lesions(lot, rng, ikzf1=0.0)
            part = float(rng.uniform(0.25, 0.40))
            clones = (Clone(1 - part, {}, common), Clone(part, {}, common + ikzf1_loss(rng, 0.0)))
            karyotype = Karyotype("subclone", sex_of(rng), clones)
            plans.append(patient(karyotype, rng, base, float(rng.uniform(0.60, 0.95))))
        return plans

    return draw_run("subclone", seed, rng, patients, subjects=RARE)


@register("CLONES_MIXED")
def loss_beside_gain(seed: int, rng: Rng) -> Run:
    """Inside one gene some exons are lost and the others gained, in one clone."""

    def patients(lot: Lot, base: Chemistry) -> list[Plan]:
        plans = []
        for _ in range(n_patients(rng)):
            first, last = ((4, 7), (2, 4), (1, 4), (5, 8))[int(rng.integers(4))]
            events: tuple[Event, ...] = (Event("IKZF1", first, last, -1),)
            if first > 1:
                events += (Event("IKZF1", 1, first - 1, int(rng.integers(1, 3))),)
            if last < 8:
                events += (Event("IKZF1", last + 1, 8, int(rng.integers(1, 3))),)
            events += cdkn2_loss(rng) if rng.random() < 0.4 else ()
            karyotype = karyotype_of(rng, events, name="loss beside gain")
            plans.append(patient(karyotype, rng, base, float(rng.uniform(0.50, 0.95))))
        return plans

    return draw_run("loss_beside_gain", seed, rng, patients, subjects=RARE)


@register("CLONES_MIXED")
def two_alleles(seed: int, rng: Rng) -> Run:
    """Exons 4-7 lost on one IKZF1 allele and 1-8 (or 1) on the other, in one or in two clones."""

    def patients(lot: Lot, base: Chemistry) -> list[Plan]:
        plans = []
        for _ in range(n_patients(rng)):
            short = (Event("IKZF1", 4, 7, -1),)
            other = (Event("IKZF1", 1, 8 if rng.random() < 0.7 else 1, -1),)
            more = cdkn2_loss(rng) if rng.random() < 0.4 else ()
            if rng.random() < 0.5:
                clones: tuple[Clone, ...] = (Clone(1.0, {}, short + other + more),)
            else:
                part = float(rng.uniform(0.3, 0.7))
                clones = (Clone(part, {}, short + more), Clone(1 - part, {}, other + more))
            karyotype = Karyotype("two alleles", sex_of(rng), clones)
            plans.append(patient(karyotype, rng, base, float(rng.uniform(0.50, 0.95))))
        return plans

    return draw_run("two_alleles", seed, rng, patients, subjects=RARE)


@register("CLONES_MIXED")
def trisomy_7_in_a_part(seed: int, rng: Rng) -> Run:
    """A clone with trisomy 7 beside one without; 4-7 lost in both."""

    def patients(lot: Lot, base: Chemistry) -> list[Plan]:
        plans = []
        for _ in range(n_patients(rng)):
            events = (Event("IKZF1", 4, 7, -1), *(cdkn2_loss(rng) if rng.random() < 0.5 else ()))
            part = float(rng.uniform(0.3, 0.7))
            clones = (Clone(part, {"7p": 3, "7q": 3}, events), Clone(1 - part, {}, events))
            karyotype = Karyotype("part +7", sex_of(rng), clones)
            plans.append(patient(karyotype, rng, base, float(rng.uniform(0.60, 0.95))))
        return plans

    return draw_run("trisomy_7_in_a_part", seed, rng, patients, subjects=RARE)


# --- single probes ---


def _snp_run(kind: str, genes: tuple[str, ...], seed: int, rng: Rng) -> Run:
    def patients(lot: Lot, base: Chemistry) -> list[Plan]:
        plans = []
        for _ in range(n_patients(rng)):
            factor = 0.5 if rng.random() < 0.6 else float(rng.uniform(0.3, 0.7))
            snps = {any_probe(lot, rng, *genes): factor}
            events: tuple[Event, ...] = ()
            if genes != ("IKZF1",):
                events = ikzf1_loss(rng)
            elif rng.random() < 0.3:
                events = cdkn2_loss(rng)
            karyotype = karyotype_of(rng, events, name="variant under a probe", snps=snps)
            plans.append(patient(karyotype, rng, base))
        return plans

    return draw_run(kind, seed, rng, patients, subjects=RARE)


@register("SINGLE_PROBE")
def snp_ikzf1(seed: int, rng: Rng) -> Run:
    """A variant under one IKZF1 probe halves it in every cell (or leaves 0.3-0.7); no loss."""
    return _snp_run("snp_ikzf1", ("IKZF1",), seed, rng)


@register("SINGLE_PROBE")
def snp_partner(seed: int, rng: Rng) -> Run:
    """A variant under one probe of CDKN2A, CDKN2B or PAX5 beside a true IKZF1 loss."""
    return _snp_run("snp_partner", ("CDKN2A", "CDKN2B", "PAX5"), seed, rng)


@register("SINGLE_PROBE")
def one_exon_loss(seed: int, rng: Rng) -> Run:
    """One exon of IKZF1 truly lost, with or without a partner; blasts 40-95 %."""

    def patients(lot: Lot, base: Chemistry) -> list[Plan]:
        plans = []
        for _ in range(n_patients(rng)):
            events: tuple[Event, ...] = (intragenic_loss(lot, "IKZF1", rng, 1),)
            events += cdkn2_loss(rng) if rng.random() < 0.4 else ()
            karyotype = karyotype_of(rng, events, name="one exon")
            plans.append(patient(karyotype, rng, base, float(rng.uniform(0.40, 0.95))))
        return plans

    return draw_run("one_exon_loss", seed, rng, patients, subjects=RARE)


@register("SINGLE_PROBE")
def one_exon_partner(seed: int, rng: Rng) -> Run:
    """IKZF1 lost together with one exon of PAX5 and nothing else; blasts 40-95 %."""

    def patients(lot: Lot, base: Chemistry) -> list[Plan]:
        plans = []
        for _ in range(n_patients(rng)):
            events = (*ikzf1_loss(rng), intragenic_loss(lot, "PAX5", rng, 1))
            karyotype = karyotype_of(rng, events, name="one exon of PAX5")
            plans.append(patient(karyotype, rng, base, float(rng.uniform(0.40, 0.95))))
        return plans

    return draw_run("one_exon_partner", seed, rng, patients, subjects=RARE)
