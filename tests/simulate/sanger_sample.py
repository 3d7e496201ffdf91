"""One simulated Sanger sample: a mixture of transcripts in, trace files and their truth out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from der22.formats.trace import BASES
from der22.simulate.abif_writer import write_abif
from der22.simulate.chemistry import named_rng
from der22.simulate.molecules import (
    PRIMERS,
    Molecule,
    Substitution,
    Template,
    as_molecules,
    read_template,
)
from der22.simulate.sanger_read import simulate_read
from der22.simulate.trace_file import SequencedRead, trace_tags
from simulate.faults.sanger import SANGER_FAULTS, SangerFault
from simulate.sanger_plan import ReadPlan, SamplePlan
from simulate.scf_writer import scf_bytes

__all__ = ["SangerTruth", "SimulatedRead", "simulate_sanger_sample"]

#: format name -> ending
_FORMATS = {"ab1": ".ab1", "scf": ".scf", "scf2": ".scf"}
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

    variants: tuple[Substitution, ...]
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
    molecules: Sequence[Molecule | Substitution],
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
        molecules: mixture; a bare `Substitution` lies on a molecule of its own; the rest is wild
            type, so an empty sequence is a wild-type control.
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
    if fmt not in _FORMATS:
        raise ValueError(f"{fmt!r}: a trace format is one of {', '.join(_FORMATS)}")
    chosen = SANGER_FAULTS[fault] if fault is not None else SangerFault("", "none")
    shift = primer_shift_nt or {}
    planned = tuple(
        ReadPlan(way, PRIMERS[way], way[0].upper(), primer_shift_nt=shift.get(way, 0))
        for way in directions
    )
    plan = chosen.plan(SamplePlan(as_molecules(molecules), planned))
    truth = _truth(plan.molecules, fault)
    reads: list[SequencedRead] = []
    records = []
    for index, one in enumerate(plan.reads):
        read_id = f"{sample_id}_{one.suffix}"
        if one.copy_of is None:
            reads.append(_simulate(read_id, plan.molecules, one, run_seed, seed))
        else:
            reads.append(reads[one.copy_of])
        path = Path(outdir) / f"{read_id}{_FORMATS[fmt]}"
        if fmt == "ab1":
            # what befalls the first read is in its copy too
            is_first = index == 0 or one.copy_of == 0
            tags = trace_tags(reads[-1])
            write_abif(path, chosen.tags(tags) if is_first else tags)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(_scf(reads[-1], 2 if fmt == "scf2" else 3))
        if index == 0:
            content = path.read_bytes()
            path.write_bytes(chosen.content(content))
        records.append(SimulatedRead(read_id, path, one.direction, one.primer, truth))
    return records


def _simulate(
    read_id: str, molecules: Sequence[Molecule], read: ReadPlan, run_seed: int, seed: int
) -> SequencedRead:
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
    return simulate_read(read_id, templates, read.direction, run_seed, read.conditions, rng)


def _scf(read: SequencedRead, version: int) -> bytes:
    calls = read.calls
    return scf_bytes(
        read.processed,
        calls.letters,
        calls.positions,
        calls.qualities,
        version=version,
        comments=f"NAME={read.name}\nMACH=3730\nDYEP=KB_3730_POP7_BDTv3.mob\n",
    )


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
    variants = tuple(Substitution(*key, fraction) for key, fraction in sorted(bases.items()))
    return SangerTruth(variants, tuple(sorted(events.items())), tuple(molecules), fault)
