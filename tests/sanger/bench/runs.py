"""A run of the laboratory: samples, controls, their reads as files, sheet rows and the truth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from pathlib import Path

import numpy as np

from der22.formats.records import SangerRead
from sanger.bench.basecaller import call_bases
from sanger.bench.chemistry import Chemistry, expose
from sanger.bench.files import FileStyle, TraceFile, disguise, write_trace
from sanger.bench.molecules import (
    FORWARD,
    SPLICE_FORMS,
    Allele,
    Edit,
    Product,
    Template,
    codon_changes,
    template,
)

__all__ = ["BenchRead", "ReadPlan", "Run", "SamplePlan", "Truth", "build_run", "truth_of"]

Rng = np.random.Generator

WILD_TYPE = (Allele(1.0),)


@dataclass(frozen=True, slots=True)
class Truth:
    """What is true of one sample.

    Attributes:
        right: statuses that say it as sharply as may be asked.
        hedged: statuses that are less sharp and mislead nobody.
        needs: codes of which one must stand on the sample, whatever its status; empty = none.
        changes: share of the transcript of every substitution, and of every combination within a
            codon that one molecule carries.
        lengths: share of every insertion or deletion.
        alleles: the molecules.
        is_subject: whether the kind is about this sample.
    """

    right: frozenset[str]
    hedged: frozenset[str]
    needs: frozenset[str]
    changes: Mapping[Edit, float]
    lengths: Mapping[Edit, float]
    alleles: tuple[Allele, ...]
    is_subject: bool = True

    def together(self, one: Edit, other: Edit) -> float:
        """Return the share of molecules that carry both changes."""
        return sum(a.share for a in self.alleles if one in a.edits and other in a.edits)

    @property
    def compound(self) -> float:
        """Return the largest share that any two changes of different codons have together."""
        single = [edit for edit in self.changes if edit.is_substitution]
        pairs = combinations(single, 2)
        return max((self.together(a, b) for a, b in pairs if a.codon != b.codon), default=0.0)


def truth_of(
    alleles: Sequence[Allele],
    right: Sequence[str] = (),
    hedged: Sequence[str] = (),
    needs: Sequence[str] = (),
    *,
    silent: Sequence[Edit] = (),
    is_subject: bool = True,
) -> Truth:
    """Return the truth of a sample; statuses follow from its alleles unless given.

    A change at 0.3 of the transcript or more is due as mutated, a lesser one may be possible. A
    splice form alone is never wild_type and never mutated; another change of length is like any.

    Args:
        alleles: the molecules.
        right: statuses, empty = from the alleles.
        hedged: statuses, empty and no `right` = from the alleles.
        needs: codes that must stand.
        silent: changes that decide no status (polymorphic or synonymous).
        is_subject: whether the kind is about the sample.
    """
    changes: dict[Edit, float] = {}
    lengths: dict[Edit, float] = {}
    for allele in alleles:
        for edit in codon_changes(allele.edits):
            changes[edit] = changes.get(edit, 0.0) + allele.share
        for edit in allele.edits:
            if edit.size:
                lengths[edit] = lengths.get(edit, 0.0) + allele.share
    if not right:
        splice = set(SPLICE_FORMS.values())
        deciding = [share for edit, share in (changes | lengths).items()
                    if edit not in splice and edit not in silent]  # fmt: skip
        if deciding and max(deciding) >= 0.3:
            right, hedged = ("mutated",), ("possible", "not_evaluable")
        elif deciding:
            right, hedged = ("mutated", "possible"), ("not_evaluable",)
        elif lengths:
            right, hedged = ("possible", "not_evaluable"), ()
        else:
            right, hedged = ("wild_type",), ("possible", "not_evaluable")
    return Truth(
        frozenset(right), frozenset(hedged), frozenset(needs), changes, lengths, tuple(alleles),
        is_subject,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class ReadPlan:
    """What one file shall be.

    Attributes:
        direction: forward or reverse.
        chemistry: of the reaction.
        alleles: None = those of the sample; else the strand of another tube.
        alien: share and bases of a second product that the primer reads too.
        copy_of: number of an earlier read of the run (sample_id, index) whose capillary this is.
        disguise: what was done to the copy.
        style: of the file.
        primer: on the sheet.
    """

    direction: str
    chemistry: Chemistry
    alleles: tuple[Allele, ...] | None = None
    alien: tuple[float, str] | None = None
    copy_of: tuple[str, int] | None = None
    disguise: tuple[str, ...] = ()
    style: FileStyle = field(default_factory=FileStyle)
    primer: str | None = None


@dataclass(frozen=True, slots=True)
class SamplePlan:
    """What one sample shall be.

    Attributes:
        sample_id: unique in the run.
        reads: its files.
        truth: None for controls.
        alleles: molecules.
        is_control: role on the sheet.
        patient_id: on the sheet.
    """

    sample_id: str
    reads: tuple[ReadPlan, ...]
    truth: Truth | None
    alleles: tuple[Allele, ...] = WILD_TYPE
    is_control: bool = False
    patient_id: str | None = None


@dataclass(frozen=True, slots=True)
class BenchRead:
    """One file of a run.

    Attributes:
        read_id: unique.
        plan: what was asked for.
        trace: what it holds.
    """

    read_id: str
    plan: ReadPlan
    trace: TraceFile


@dataclass(frozen=True, slots=True)
class Run:
    """A run of one kind.

    Attributes:
        run_id: on the sheet.
        kind: of the catalogue.
        product: amplified.
        samples: in plate order.
        reads: by sample_id.
    """

    run_id: str
    kind: str
    product: Product
    samples: tuple[SamplePlan, ...]
    reads: Mapping[str, tuple[BenchRead, ...]] = field(repr=False)

    @property
    def truths(self) -> dict[str, Truth]:
        """Return the truth by sample_id."""
        return {one.sample_id: one.truth for one in self.samples if one.truth is not None}

    def write(self, folder: Path) -> tuple[SangerRead, ...]:
        """Write every file and return the rows of the sheet."""
        rows = []
        for sample in self.samples:
            for read in self.reads[sample.sample_id]:
                path = folder / f"{read.read_id}.{read.plan.style.ending}"
                write_trace(path, read.trace, read.plan.style)
                rows.append(
                    SangerRead(
                        read_id=read.read_id,
                        sample_id=sample.sample_id,
                        path=str(path),
                        role="wild_type_control" if sample.is_control else "sample",
                        patient_id=sample.patient_id,
                        day=None if sample.is_control else 0,
                        run_id=self.run_id,
                        primer=read.plan.primer,
                    )
                )
        return tuple(rows)


def build_run(
    kind: str, seed: int, rng: Rng, product: Product, samples: Sequence[SamplePlan]
) -> Run:
    """Return a run with every capillary run and called.

    Args:
        kind: name in the catalogue.
        seed: names the run.
        rng: source of chance; each read takes its own stream of it.
        product: amplified in all samples.
        samples: in plate order; a copy comes after what it copies.
    """
    found: dict[str, tuple[BenchRead, ...]] = {}
    plain: dict[tuple[str, int], TraceFile] = {}
    for sample in samples:
        reads = []
        for number, plan in enumerate(sample.reads):
            own = rng.spawn(1)[0]
            if plan.copy_of is None:
                trace = _capillary(sample, plan, product, own)
            else:
                trace = plain[plan.copy_of]
            plain[sample.sample_id, number] = trace
            read_id = f"{sample.sample_id}_{plan.direction[0].upper()}{number + 1}"
            trace = disguise(trace, plan.disguise, own)
            style = plan.style
            if style.stray_byte is not None:
                style = replace(style, stray_byte=int(own.integers(2, len(trace.calls.letters))))
            reads.append(BenchRead(read_id, replace(plan, style=style), trace))
        found[sample.sample_id] = tuple(reads)
    return Run(f"{kind}-{seed}", kind, product, tuple(samples), found)


def _capillary(sample: SamplePlan, plan: ReadPlan, product: Product, rng: Rng) -> TraceFile:
    alleles = sample.alleles if plan.alleles is None else plan.alleles
    templates = [template(allele, product, plan.direction) for allele in alleles]
    if plan.alien is not None:
        share, bases = plan.alien
        primer = templates[0].sequence[: templates[0].start]
        templates = [replace(one, share=one.share * (1 - share)) for one in templates]
        sequence = primer + bases
        places = np.zeros(len(sequence), dtype=np.int64)
        templates.append(Template(sequence, len(primer), places, share))
    signal = expose(templates, plan.chemistry, rng, is_forward=plan.direction == FORWARD)
    channels = np.rint(signal.channels).clip(0, 32767)
    return TraceFile(channels, call_bases(channels, plan.chemistry.spacing))
