"""What a kind is, where kinds are kept, and what most of them share."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from Bio.Seq import translate
from numpy.typing import NDArray

from sanger.bench.chemistry import Blob, Chemistry
from sanger.bench.files import FileStyle
from sanger.bench.molecules import (
    FORWARD,
    HOT_SPOTS,
    PRODUCTS,
    REVERSE,
    SPLICE_FORMS,
    Allele,
    Edit,
    Product,
    apply_edits,
    coding_sequence,
    named_changes,
    substitution,
)
from sanger.bench.runs import WILD_TYPE, ReadPlan, Run, SamplePlan, Truth, build_run, truth_of

__all__ = [
    "KINDS", "N_SAMPLES", "Draw", "Kind", "Lab", "Rng", "any_bases", "any_indel", "any_named",
    "any_other", "any_splice_loss", "between", "controls", "draw_lab", "four", "mixed", "pair",
    "read_chemistry", "register", "sample", "several_named",
]  # fmt: skip

Rng = np.random.Generator
N_SAMPLES = 6  # of a run


@dataclass(frozen=True, slots=True)
class Kind:
    """One scenario.

    Attributes:
        name: word of the command line.
        meaning: one sentence.
        make: a run from a seed and a number of pairs of controls (None = as the kind draws).
        concerns: codes that tell a reader of a wrong status that it may be wrong, for this reason.
    """

    name: str
    meaning: str
    make: Callable[[int, int | None], Run]
    concerns: frozenset[str]


@dataclass(frozen=True, slots=True)
class Lab:
    """What all reads of one run share.

    Attributes:
        base: chemistry.
        product: amplified.
        style: of its files.
        n_controls: pairs of wild-type control reads.
    """

    base: Chemistry
    product: Product
    style: FileStyle
    n_controls: int


Draw = Callable[[Lab, Rng], list[SamplePlan]]

KINDS: dict[str, Kind] = {}


def register(
    *concerns: str,
    name: str | None = None,
    meaning: str | None = None,
    n_controls: int | None = None,
) -> Callable[[Draw], Draw]:
    """Register a function that draws the samples of a run, under its own name unless given.

    The run's controls are added to them, unless it draws controls itself.

    Args:
        *concerns: codes that concern a wrong status of this kind.
        name: instead of the function's.
        meaning: instead of the first line of its docstring.
        n_controls: pairs of controls, unless the attack asks for a number; None = 0, 1 or 4.
    """

    def add(draw: Draw) -> Draw:
        word = name or draw.__name__

        def make(seed: int, wanted: int | None = None) -> Run:
            rng = np.random.default_rng([seed, zlib.crc32(word.encode())])
            lab = draw_lab(rng)
            number = n_controls if wanted is None else wanted
            lab = lab if number is None else replace(lab, n_controls=number)
            plans = list(draw(lab, rng))
            if not any(plan.is_control for plan in plans):
                plans += controls(lab, rng, lab.n_controls)
            return build_run(word, seed, rng, lab.product, plans)

        KINDS[word] = Kind(
            word, meaning or (draw.__doc__ or "").strip().splitlines()[0], make, frozenset(concerns)
        )
        return draw

    return add


# --- laboratory, chemistry ---


def between(rng: Rng, low: float, high: float) -> float:
    """Return a number whose logarithm is uniform."""
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


def draw_lab(rng: Rng) -> Lab:
    """Return a sound laboratory: enzyme, heights, noise, primers, files, 0, 1 or 4 controls."""
    base = Chemistry(
        enzyme=int(rng.integers(0, 6)),
        site=int(rng.integers(0, 2**31)),
        site_part=float(rng.uniform(0.03, 0.3)),
        height_rfu=between(rng, 250, 2500),
        decay_nt=between(rng, 380, 2500),
        spacing=12.0 if rng.random() < 0.8 else float(rng.uniform(10.0, 13.5)),
        width=float(rng.uniform(0.92, 1.12)),
        ghosts=float(np.exp(rng.normal(0.0, 0.3))),
        echo_before=between(rng, 0.003, 0.02),
        echo_after=between(rng, 0.001, 0.006),
        floor=float(rng.uniform(0.008, 0.03)) if rng.random() < 1 / 3 else 0.0,
        noise_rfu=between(rng, 1.0, 4.0),
        junk=int(rng.integers(0, 60)),
    )
    order = str(rng.choice(["GATC", "GATC", "ACGT", "CTAG"]))
    style = FileStyle(order=order, sets=str(rng.choice(["both", "both", "2", "1"])),
                      machine=str(rng.choice(["3730-1", "3500", "310"])))  # fmt: skip
    product = PRODUCTS[int(rng.random() < 0.3)]
    return Lab(base, product, style, int(rng.choice([0, 1, 4])))


def four(values: NDArray[np.float64]) -> tuple[float, float, float, float]:
    """Return one number per channel."""
    first, second, third, fourth = (float(value) for value in values)
    return first, second, third, fourth


def read_chemistry(lab: Lab, rng: Rng, **changes: object) -> Chemistry:
    """Return the chemistry of one sound read around the laboratory's; `changes` win."""
    base = lab.base
    level = four(rng.uniform(0.001, 0.012, 4))
    end = tuple(x * float(rng.uniform(0.5, 2.0)) for x in level)
    blobs = []
    if rng.random() < 2 / 3:
        at, high = float(rng.uniform(70, 118)), float(rng.uniform(0.0, 0.6))
        blobs = [Blob(at + float(rng.normal(0, 4)), high * float(rng.uniform(0.4, 1.0)),
                      float(rng.uniform(1.5, 4.0)), base_) for base_ in "CT"]  # fmt: skip
    own = replace(
        base,
        height_rfu=base.height_rfu * float(np.exp(rng.normal(0.0, 0.3))),
        decay_nt=base.decay_nt * float(np.exp(rng.normal(0.0, 0.1))),
        width=base.width * float(np.exp(rng.normal(0.0, 0.03))),
        drift=float(rng.normal(0.0, 0.012)),
        ghosts=base.ghosts * float(np.exp(rng.normal(0.0, 0.15))),
        echo_before=base.echo_before * float(np.exp(rng.normal(0.0, 0.3))),
        mobility=four(rng.normal(0.0, 1.2, 4)),
        background=(level, end),
        blobs=tuple(blobs),
        junk=max(0, base.junk + int(rng.integers(-5, 6))),
    )
    return replace(own, **changes)  # type: ignore[arg-type]


def pair(lab: Lab, rng: Rng, directions: str = "FR", **changes: object) -> tuple[ReadPlan, ...]:
    """Return one sound read per letter of `directions`; `changes` go to their chemistry."""
    return tuple(
        ReadPlan(
            FORWARD if letter == "F" else REVERSE, read_chemistry(lab, rng, **changes),
            style=lab.style,
        )
        for letter in directions
    )  # fmt: skip


def sample(
    number: int,
    reads: Sequence[ReadPlan],
    alleles: Sequence[Allele] = WILD_TYPE,
    truth: Truth | None = None,
) -> SamplePlan:
    """Return a patient's sample; the truth follows from the alleles unless given."""
    return SamplePlan(
        f"S{number}", tuple(reads), truth or truth_of(alleles), tuple(alleles),
        patient_id=f"P{number}",
    )  # fmt: skip


def controls(lab: Lab, rng: Rng, n: int) -> list[SamplePlan]:
    """Return `n` pairs of wild-type controls."""
    return [
        SamplePlan(f"C{number + 1}", pair(lab, rng), None, is_control=True) for number in range(n)
    ]


# --- changes ---


def mixed(share: float, *edits: Edit) -> tuple[Allele, ...]:
    """Return wild type with `share` of molecules that carry all of `edits`."""
    if share >= 1.0:
        return (Allele(1.0, tuple(edits)),)
    return (Allele(1.0 - share), Allele(share, tuple(edits)))


def any_named(rng: Rng, *, hot: bool = False) -> Edit:
    """Return a named change of one base in codons 244-484, `hot` = at a hot spot.

    K247R and synonymous changes may have a name too, but decide nothing.
    """
    ways = sorted({edit for edits in named_changes().values() for edit in edits})
    ways = [edit for edit in ways if 244 <= edit.codon <= 484 and edit.codon != 247]
    ways = [edit for edit in ways if not _is_silent(edit)]
    if hot:
        ways = [edit for edit in ways if edit.codon in HOT_SPOTS]
    return ways[int(rng.integers(len(ways)))]


def several_named(rng: Rng, n: int) -> list[Edit]:
    """Return `n` named changes of different codons."""
    found: list[Edit] = []
    while len(found) < n:
        edit = any_named(rng)
        if all(edit.codon != other.codon for other in found):
            found.append(edit)
    return sorted(found)


def any_other(rng: Rng) -> Edit:
    """Return a change of one base of codons 244-484 that no list names and that is not silent."""
    named = {edit for edits in named_changes().values() for edit in edits}
    while True:
        edit = substitution(int(rng.integers(730, 1453)), str(rng.choice(list("ACGT"))))
        if edit.ref != edit.inserted and edit not in named and not _is_silent(edit):
            return edit


def _is_silent(edit: Edit) -> bool:
    """Tell whether the change of one base leaves the residue as it is."""
    first = 3 * edit.codon - 2
    bases, _ = apply_edits([edit], first, first + 2)
    return bool(translate(bases) == translate(coding_sequence()[first - 1 : first + 2]))


def any_bases(rng: Rng, n: int) -> str:
    """Return `n` random bases."""
    return "".join(rng.choice(list("ACGT"), n))


def any_indel(rng: Rng, smallest: int, largest: int) -> Edit:
    """Return a deletion, a duplication or an insertion of strange bases, anywhere in c.750-1400."""
    size = round(between(rng, smallest, largest))
    first = int(rng.integers(750, 1401 - size))
    word = rng.choice(["deletion", "duplication", "insertion"], p=[0.5, 0.25, 0.25])
    if word == "deletion":
        return Edit(first, first + size - 1)
    if word == "duplication":
        return Edit(first + size, first + size - 1, coding_sequence()[first - 1 : first + size - 1])
    return Edit(first, first - 1, any_bases(rng, size))


def any_splice_loss(rng: Rng) -> Edit:
    """Return the loss of exon 7, of exon 8 or of the 81 bases in exon 4."""
    return SPLICE_FORMS[str(rng.choice(["exon7del", "exon8del", "exon4part"]))]
