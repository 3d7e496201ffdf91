"""Simulated samples of a known truth, called with no, one and four control pairs of their run."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from der22.formats.reference_folder import Reference
from der22.formats.trace import parse_trace
from der22.sanger.reading.read import analyse_read
from der22.sanger.records import CodonVerdict, SangerReadResult, Variant
from der22.sanger.sample import SequencedSample, call_sample, control_fault
from der22.sanger.settings import SangerSettings
from der22.simulate.molecules import Molecule, Substitution, mutation_changes
from simulate.sanger_sample import simulate_sanger_sample

__all__ = [
    "ARMS", "FRACTIONS", "RUN_SIZE", "Outcome", "Sample", "call_all", "codon_of", "find_row",
    "named_changes", "plan_samples",
]  # fmt: skip

SETTINGS = SangerSettings()
ARMS = (0, 1, 4)
RUN_SIZE = 20
FRACTIONS = (0.05, 0.08, 0.10, 0.15, 0.20, 0.30, 0.50, 0.70, 1.00)
SPLICE_FRACTIONS = (0.20, 0.40, 0.60, 0.80, 1.00)
EDGE = (242, 486)


@dataclass(frozen=True, slots=True)
class Sample:
    """One simulated sample and its truth.

    Attributes:
        name: unique.
        change: position_c, reference and alternative bases; None = none.
        mutation: its name.
        event: splice event, None = none.
        fraction: of the change or event.
        run: number of the sequencing run.
        primer_shift_nt: by direction, how far further out than usual the primer lies.
    """

    name: str
    change: tuple[int, str, str] | None
    mutation: str
    event: str | None
    fraction: float
    run: int
    primer_shift_nt: tuple[tuple[str, int], ...] = ()

    @property
    def is_wild_type(self) -> bool:
        """Return whether nothing differs."""
        return self.change is None and self.event is None


@dataclass(frozen=True, slots=True)
class Outcome:
    """A sample as one arm called it, with both its strands or one of them."""

    sample: Sample
    arm: int
    is_one_strand: bool
    called: SequencedSample


def named_changes(reference: Reference) -> list[tuple[str, tuple[int, str, str]]]:
    """Return every named change inside the codons a negative must cover, silent ones left out."""
    found = {}
    for name in dict.fromkeys(item.mutation for item in reference.mutations):
        codon = int(name[1:-1])
        if name[0] == name[-1] or name == "K247R" or not EDGE[0] <= codon <= EDGE[1]:
            continue
        for change in mutation_changes(name):
            found[name, change] = None
    return list(found)


def plan_samples(reference: Reference, n_samples: int, seed: int) -> list[Sample]:
    """A third wild types, a tenth splice variants, the rest named mutations at all fractions."""
    rng = np.random.default_rng(seed)
    changes = named_changes(reference)
    events = [item.name for item in reference.splice_variants if item.name in ("35INS", "exon7del")]
    samples = []
    for index in range(n_samples):
        name, run = f"v{index:04d}", index // RUN_SIZE
        kind = index % 10
        if kind < 3:
            samples.append(Sample(name, None, "", None, 0.0, run))
        elif kind == 3:
            event = events[(index // 10) % len(events)]
            fraction = SPLICE_FRACTIONS[(index // 20) % len(SPLICE_FRACTIONS)]
            samples.append(Sample(name, None, "", event, fraction, run))
        else:
            mutation, change = changes[int(rng.integers(len(changes)))]
            fraction = FRACTIONS[int(rng.integers(len(FRACTIONS)))]
            samples.append(Sample(name, change, mutation, None, fraction, run))
    return samples


def call_all(samples: Sequence[Sample], seed: int, reference: Reference) -> list[Outcome]:
    """Simulate every sample once; call it with each number of control pairs, and one strand of it.

    Samples of one run follow each other and share its controls, which lack those the analysis
    itself would not use.
    """
    outcomes = []
    controls: list[list[SangerReadResult]] = []
    run: int | None = None
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for index, sample in enumerate(samples):
            if sample.run != run:
                run = sample.run
                controls = _sound_controls(sample, seed, reference, folder)
            run_seed = 1000 * seed + sample.run
            reads = _read(
                sample.name, _mixture(sample), run_seed, index, reference, folder,
                dict(sample.primer_shift_nt),
            )  # fmt: skip
            for arm in ARMS:
                serving = [read for pair in controls[:arm] for read in pair]
                for part in (reads, reads[index % 2 :][:1]):
                    called = call_sample(part, serving, reference, SETTINGS)
                    outcomes.append(Outcome(sample, arm, len(part) == 1, called))
    return outcomes


def _sound_controls(
    sample: Sample, seed: int, reference: Reference, folder: Path
) -> list[list[SangerReadResult]]:
    """Return the control pairs of a sample's run that the analysis would use."""
    shift = dict(sample.primer_shift_nt)
    pairs = [
        _read(f"c{sample.run}_{k}", [], 1000 * seed + sample.run, 90_000 + k, reference, folder,
              shift)
        for k in range(max(ARMS))
    ]  # fmt: skip
    return [pair for pair in pairs if control_fault(pair, reference, SETTINGS) is None]


def _mixture(sample: Sample) -> list[Molecule]:
    """Return the molecules of a sample other than wild type."""
    if sample.event is not None:
        return [Molecule(sample.fraction, event=sample.event)]
    if sample.change is not None:
        position, ref, alt = sample.change
        change = Substitution(position, ref, alt)
        return [Molecule(sample.fraction, changes=(change,))]
    return []


def _read(
    name: str,
    molecules: Sequence[Molecule],
    run_seed: int,
    seed: int,
    reference: Reference,
    folder: Path,
    primer_shift_nt: Mapping[str, int],
) -> list[SangerReadResult]:
    """Simulate both reads of a sample, read them back and analyse them."""
    written = simulate_sanger_sample(
        name, molecules, run_seed, seed, folder, primer_shift_nt=primer_shift_nt
    )
    return [
        analyse_read(
            read.read_id, parse_trace(read.path.read_bytes(), read.path.name), reference, SETTINGS
        )
        for read in written
    ]


def find_row(outcome: Outcome) -> Variant | None:
    """Return the row of the true change: the whole change, named exactly."""
    assert outcome.sample.change is not None
    position, _, alt = outcome.sample.change
    return next(
        (v for v in outcome.called.variants if (v.position_c, v.alt) == (position, alt)), None
    )


def codon_of(outcome: Outcome) -> CodonVerdict:
    """Return the verdict on the codon of the true change."""
    assert outcome.sample.change is not None
    codon = (outcome.sample.change[0] + 2) // 3
    return next(verdict for verdict in outcome.called.codons if verdict.codon == codon)
