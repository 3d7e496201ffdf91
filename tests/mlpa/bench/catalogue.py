"""What a kind is, where kinds are kept, and what most of them share."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from mlpa.bench.chemistry import Chemistry
from mlpa.bench.karyotype import Karyotype
from mlpa.bench.lesions import (
    karyotype_of,
    ph_lesions,
    sex_of,
)
from mlpa.bench.lots import Lot, draw_lot
from mlpa.bench.runs import Bench, Plan, Run, build_run

__all__ = [
    "KINDS", "RARE", "SOME", "Kind", "Rng", "any_probe", "between", "draw_run", "n_patients",
    "normal", "patient", "ph_patients", "ph_positive", "references_of", "register", "run_chemistry",
    "sample_chemistry", "sheet_percent",
]  # fmt: skip

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


def register(
    *concerns: str, raw_only: bool = False
) -> Callable[[Callable[[int, Rng], Run]], Callable[[int], Run]]:
    """Register a function of seed and chance as a kind under its own name."""

    def add(draw: Callable[[int, Rng], Run]) -> Callable[[int], Run]:
        name = draw.__name__

        def make(seed: int) -> Run:
            return draw(seed, np.random.default_rng([seed, zlib.crc32(name.encode())]))

        meaning = (draw.__doc__ or "").strip().splitlines()[0]
        KINDS[name] = Kind(name, meaning, make, _ALWAYS | set(concerns), raw_only)
        return make

    return add


#: share of a run's patients that are of the kind; the others are companions and are not judged
RARE = (0.08, 0.45)
SOME = (0.15, 1.0)


def between(rng: Rng, low: float, high: float) -> float:
    """Return a number whose logarithm is uniform."""
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


def run_chemistry(rng: Rng) -> Chemistry:
    """Return the chemistry that all samples of one sound run share."""
    return Chemistry(
        median_rfu=between(rng, 500.0, 1800.0),
        slope=float(rng.normal(0.0, 0.04)),
        satellite=(float(rng.uniform(0.06, 0.08)), float(rng.uniform(0.10, 0.14))),
        n_unspecific=int(rng.integers(2, 10)),
    )


def sample_chemistry(base: Chemistry, rng: Rng, **changes: object) -> Chemistry:
    """Return the chemistry of one sample: its own signal and slope around the run's."""
    own = replace(
        base,
        median_rfu=base.median_rfu * float(np.exp(rng.normal(0.0, 0.2))),
        slope=base.slope + float(np.clip(rng.normal(0.0, 0.05), -0.15, 0.15)),
        curve=float(rng.normal(0.0, 0.008)),
        quantity=float(np.exp(rng.normal(0.0, 0.2))),
    )
    return replace(own, **changes)  # type: ignore[arg-type]


def normal(rng: Rng) -> Karyotype:
    """Return healthy cells of either sex."""
    return Karyotype("normal", sex_of(rng))


def references_of(base: Chemistry, rng: Rng, n: int | None = None, **changes: object) -> list[Plan]:
    """Return plans of 3, 4 or 6 (or `n`) reference samples; `changes` go to their chemistry."""
    n = int(rng.choice([3, 4, 6])) if n is None else n
    return [Plan(normal(rng), 0.0, sample_chemistry(base, rng, **changes), None) for _ in range(n)]


def sheet_percent(blasts: float, rng: Rng) -> float:
    """Return the percentage that a cytologist writes: near the truth, to 5 %."""
    return float(np.clip(5 * round((100 * blasts + rng.normal(0.0, 2.0)) / 5), 5, 100))


def patient(
    karyotype: Karyotype, rng: Rng, base: Chemistry, blasts: float | None = None, **changes: object
) -> Plan:
    """Return a patient, blasts 30-95 % unless given; `changes` go to the chemistry."""
    share = float(rng.uniform(0.30, 0.95)) if blasts is None else blasts
    return Plan(karyotype, share, sample_chemistry(base, rng, **changes), sheet_percent(share, rng))


def n_patients(rng: Rng) -> int:
    """Return how many patients a usual run has."""
    return int(rng.integers(8, 19))


def ph_positive(lot: Lot, rng: Rng, **frequencies: float) -> Karyotype:
    """Return a Ph-positive leukaemia of one clone; see `ph_lesions` for `frequencies`."""
    return karyotype_of(rng, ph_lesions(lot, rng, **frequencies), name="Ph-positive")


def draw_run(
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
    """Return a run of a kind.

    Args:
        kind: name in the catalogue.
        seed: names the run.
        rng: source of chance.
        patients: makes the plans of the patients from lot and common chemistry.
        lot: None = drawn.
        base: chemistry that all samples share, None = a sound one.
        n_references: None = 3, 4 or 6.
        bench: the machine, None = a sound one.
        references: changes of the chemistry of the references only.
        subjects: range of the share of patients that are of the kind; the others are replaced by
            Ph-positive companions that are not judged. None = all are.
    """
    lot = lot or draw_lot(rng)
    base = base or run_chemistry(rng)
    refs = references_of(base, rng, n_references, **dict(references or {}))
    plans = list(patients(lot, base))
    if subjects is not None:
        n_subjects = max(1, round(float(rng.uniform(*subjects)) * len(plans)))
        for place in rng.permutation(len(plans))[n_subjects:]:
            plans[place] = replace(patient(ph_positive(lot, rng), rng, base), is_subject=False)
    return build_run(kind, seed, rng, lot, refs, plans, bench)


def ph_patients(rng: Rng) -> Callable[[Lot, Chemistry], list[Plan]]:
    """Return what makes the usual patients of a run: Ph-positive, blasts 30-95 %."""
    return lambda lot, base: [
        patient(ph_positive(lot, rng), rng, base) for _ in range(n_patients(rng))
    ]


def any_probe(lot: Lot, rng: Rng, *genes: str) -> str:
    """Return the probe_id of one probe of `genes`."""
    return lot.probes[int(rng.choice(lot.of_gene(*genes)))].probe_id
