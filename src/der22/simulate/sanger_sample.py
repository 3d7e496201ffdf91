"""One simulated Sanger sample: a mixture of transcripts in, trace files and their truth out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from der22.simulate.basecaller import call_bases
from der22.simulate.capillary import run_capillary
from der22.simulate.chemistry import BASES, named_rng, run_chemistry, sequence_reaction
from der22.simulate.molecules import (
    Molecule,
    Template,
    Variant,
    as_molecules,
    mutation_change,
    mutation_changes,
    read_template,
)
from der22.simulate.sanger_faults import SANGER_FAULTS, SangerFault
from der22.simulate.sanger_plan import PRIMERS, ReadPlan, SamplePlan
from der22.simulate.trace_file import FORMATS, Trace, write_trace

__all__ = [
    "SANGER_FAULTS",
    "Molecule",
    "SangerTruth",
    "SimulatedRead",
    "Variant",
    "mutation_change",
    "mutation_changes",
    "simulate_read",
    "simulate_sanger_sample",
]

_ALIEN_LENGTH = 850


@dataclass(frozen=True, slots=True)
class SangerTruth:
    """What is true of a sample.

    Attributes:
        variants: single bases that differ from the coding sequence, by position, each with the sum
            of the fractions of the molecules that carry it.
        events: name and fraction of each splice event.
        molecules: the mixture itself, wild type included.
        fault: name of the fault, or None.
    """

    variants: tuple[Variant, ...]
    events: tuple[tuple[str, float], ...]
    molecules: tuple[Molecule, ...]
    fault: str | None


@dataclass(frozen=True, slots=True)
class SimulatedRead:
    """One written file.

    Attributes:
        read_id: name of the file without its ending.
        path: the file.
        direction: true direction, forward or reverse.
        primer: what a sheet should say; wrong on purpose under some faults.
        truth: of the sample.
    """

    read_id: str
    path: Path
    direction: str
    primer: str
    truth: SangerTruth


def simulate_sanger_sample(
    sample_id: str,
    molecules: Sequence[Molecule | Variant],
    run_seed: int,
    seed: int,
    outdir: Path | str,
    directions: Sequence[str] = ("forward", "reverse"),
    fault: str | None = None,
    fmt: str = "ab1",
    primer_shift_nt: Mapping[str, int] | None = None,
) -> list[SimulatedRead]:
    """Write the reads of one sample; the same arguments give the same bytes.

    Args:
        sample_id: begins the file names: ``{sample_id}_F.ab1``, ``{sample_id}_R.ab1``.
        molecules: mixture; a bare `Variant` lies on a molecule of its own; the rest is wild type,
            so an empty sequence is a wild-type control.
        run_seed: reads of one run share background, bleed and mobility shift.
        seed: everything that belongs to the sample and its reads alone.
        outdir: folder to write to.
        directions: forward, reverse or both.
        fault: key of `SANGER_FAULTS`; a change of tags needs fmt ab1.
        fmt: ab1, scf (version 3) or scf2.
        primer_shift_nt: by direction, how far further out than usual the primer lies.

    Returns:
        One record per file, in the order written.

    Raises:
        ValueError: fractions above 1, a change that does not fit, an unknown format.
        KeyError: an unknown fault or direction.
    """
    if fmt not in FORMATS:
        raise ValueError(f"{fmt!r}: a trace format is one of {', '.join(FORMATS)}")
    chosen = SANGER_FAULTS[fault] if fault is not None else SangerFault("", "none")
    shift = primer_shift_nt or {}
    reads = tuple(
        ReadPlan(way, PRIMERS[way], way[0].upper(), primer_shift_nt=shift.get(way, 0))
        for way in directions
    )
    plan = chosen.plan(SamplePlan(as_molecules(molecules), reads))
    truth = _truth(plan.molecules, fault)
    traces: list[Trace] = []
    records = []
    for index, read in enumerate(plan.reads):
        read_id = f"{sample_id}_{read.suffix}"
        if read.copy_of is None:
            trace = simulate_read(read_id, plan.molecules, read, run_seed, seed)
            trace = chosen.trace(trace) if index == 0 else trace
        else:
            trace = traces[read.copy_of]
        traces.append(trace)
        path = Path(outdir) / f"{read_id}{FORMATS[fmt]}"
        write_trace(path, trace, fmt)
        if index == 0:
            content = path.read_bytes()
            path.write_bytes(chosen.content(content))
        records.append(SimulatedRead(read_id, path, read.direction, read.primer, truth))
    return records


def simulate_read(
    read_id: str, molecules: Sequence[Molecule], read: ReadPlan, run_seed: int, seed: int
) -> Trace:
    """Simulate one read from reaction to base calls.

    Args:
        read_id: sample name inside the file; also enters the randomness.
        molecules: the sample's mixture.
        read: direction and conditions.
        run_seed: of the run.
        seed: of the sample.
    """
    rng = named_rng(run_seed, seed, read_id, read.direction)
    mixture = molecules if read.molecules is None else read.molecules
    templates = [
        (one.fraction, read_template(one, read.direction, read.primer_shift_nt))
        for one in mixture
        if one.fraction > 0
    ]
    if read.alien:
        bases = "".join(rng.choice(list(BASES), _ALIEN_LENGTH))
        templates = [(1.0, Template(bases, rng.integers(0, 1, _ALIEN_LENGTH)))]
    run = run_chemistry(run_seed)
    amounts = sequence_reaction(templates, read.direction, run, read.conditions, rng)
    seen = run_capillary(amounts, run, read.conditions, rng)
    return Trace(read_id, seen.processed, seen.raw, call_bases(seen.processed))


def _truth(molecules: Sequence[Molecule], fault: str | None) -> SangerTruth:
    bases: dict[tuple[int, str, str], float] = {}
    events: dict[str, float] = {}
    for molecule in molecules:
        for change in molecule.changes:
            for offset, (ref, alt) in enumerate(zip(change.ref, change.alt, strict=True)):
                if ref != alt:
                    key = (change.position_c + offset, ref, alt)
                    bases[key] = bases.get(key, 0.0) + molecule.fraction
        if molecule.event is not None:
            events[molecule.event] = events.get(molecule.event, 0.0) + molecule.fraction
    variants = tuple(Variant(*key, fraction) for key, fraction in sorted(bases.items()))
    return SangerTruth(variants, tuple(sorted(events.items())), tuple(molecules), fault)
