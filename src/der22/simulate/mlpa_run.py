"""A whole MLPA run: samples with known copies -> one .fsa each, and what is true of them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from der22.formats.probemix import Probemix
from der22.simulate.abif_writer import AbifTag, write_abif
from der22.simulate.fragment_file import FileHeader, fragment_tags
from der22.simulate.instruments import INSTRUMENTS, Instrument, RunDraw, draw_run
from der22.simulate.mlpa_faults import Fault, find_fault
from der22.simulate.mlpa_injection import draw_injection, inject
from der22.simulate.mlpa_product import (
    Lot,
    Product,
    RunChemistry,
    draw_lot,
    draw_product,
    draw_run_chemistry,
    random_stream,
)  # fmt: skip
from der22.simulate.mlpa_truth import MlpaSampleTruth, copies_for_pattern, dose_of

__all__ = [
    "MlpaSampleTruth", "SimulatedSample", "copies_for_pattern", "expected_dosage",
    "simulate_mlpa_run",
]  # fmt: skip

_IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_ROWS = "ABCDEFGH"
_LANES = 4


@dataclass(frozen=True, slots=True)
class SimulatedSample:
    """One file written, with its truth and what the sheet should declare.

    Attributes:
        run_id: the run.
        sample_id: unique within the run.
        role: patient, reference, no_dna or positive_control.
        path: the .fsa.
        well: well the sheet should name.
        sex: sex the sheet should declare.
        blast_percent: what the sheet should declare; None = blank.
        expected_dq: dosage quotient per target and reference probe; empty for a no-DNA control.
        fault: the code simulated, None for a sound sample.
    """

    run_id: str
    sample_id: str
    role: str
    path: Path
    well: str
    sex: str
    blast_percent: float | None
    expected_dq: Mapping[str, float]
    fault: str | None


def simulate_mlpa_run(
    run_id: str,
    samples: Sequence[MlpaSampleTruth],
    probemix: Probemix,
    instrument: str,
    seed: int,
    outdir: Path,
    lot_seed: int | None = None,
    dq_sd: float = 0.05,
) -> list[SimulatedSample]:
    """Write ``{outdir}/{run_id}_{sample_id}.fsa`` for every sample.

    A sample's file depends on the run, the seed and the sample alone, not on its neighbours (its
    well and lane apart; and a DUPLICATE_PROFILE names the neighbour it copies).

    Args:
        run_id: safe as part of a file name.
        samples: in plate order.
        probemix: the mix in the tube.
        instrument: 3130, 3500 or 3730.
        seed: same seed, same bytes.
        outdir: folder, made when missing.
        lot_seed: lot of the probemix, which fixes offsets and efficiencies; None = lot 0.
        dq_sd: root mean square over probes of the SD of a dosage quotient.

    Returns:
        One record per sample, in the given order.

    Raises:
        KeyError: unknown instrument or fault.
        ValueError: two samples have the same id, or an id cannot be part of a file name.
    """
    by_id = {truth.sample_id: truth for truth in samples}
    if len(by_id) != len(samples):
        raise ValueError(f"run {run_id}: sample ids must be unique")
    for name in (run_id, *by_id):
        if not _IDENTIFIER.fullmatch(name):
            raise ValueError(f"{name!r} cannot be part of a file name; use letters, digits, ._-")
    machine = INSTRUMENTS[instrument]
    lot = draw_lot(probemix, 0 if lot_seed is None else lot_seed)
    run = draw_run(machine, random_stream("run", run_id, seed, instrument))
    chemistry = draw_run_chemistry(lot, random_stream("chemistry", run_id, seed))
    bench = _Bench(run_id, seed, probemix, machine, lot, run, chemistry, dq_sd)
    records = []
    for index, truth in enumerate(samples):
        placed = truth if truth.well else replace(truth, well=_well_of(index))
        path = Path(outdir) / f"{run_id}_{truth.sample_id}.fsa"
        _write_sample(path, bench, placed, by_id, 1 + index % _LANES)
        records.append(_record(bench, placed, path, by_id))
    return records


def expected_dosage(truth: MlpaSampleTruth, probemix: Probemix) -> dict[str, float]:
    """Return the dosage quotient each target and reference probe should show; {} without DNA."""
    if truth.role == "no_dna":
        return {}
    dose = dose_of(truth, probemix)
    return {
        probe.probe_id: float(copies) / 2.0
        for probe, copies in zip(probemix.probes, dose, strict=True)
        if probe.role in ("target", "reference")
    }


@dataclass(frozen=True, slots=True)
class _Bench:
    """What all samples of one run share."""

    run_id: str
    seed: int
    probemix: Probemix
    machine: Instrument
    lot: Lot
    run: RunDraw
    chemistry: RunChemistry
    dq_sd: float


def _write_sample(
    path: Path,
    bench: _Bench,
    truth: MlpaSampleTruth,
    by_id: Mapping[str, MlpaSampleTruth],
    lane: int,
) -> None:
    fault = find_fault(truth.fault)
    key = (bench.run_id, bench.seed, truth.sample_id)
    fault_rng = random_stream("fault", *key)
    product = _react(bench, truth, fault, by_id)
    injection_rng = random_stream("injection", *key, bench.machine.name)
    injection = draw_injection(product, bench.machine, bench.run, injection_rng)
    if fault.injection is not None:
        injection = fault.injection(injection, bench.run, fault_rng)
    trace = inject(injection, bench.run, random_stream("capillary", *key, bench.machine.name))
    header = FileHeader(
        sample_name=truth.sample_id,
        well=truth.well,
        run_name=f"Run_{bench.run_id}",
        lane=lane,
        standard_text=bench.machine.standard_text,
        dyes=bench.machine.dyes,
    )
    if fault.header is not None:
        header = fault.header(header)
    tags: list[AbifTag] = fragment_tags(trace, header, bench.machine)
    if fault.tags is not None:
        tags = fault.tags(tags)
    write_abif(path, tags)
    if fault.content is not None:
        path.write_bytes(fault.content(path.read_bytes()))


def _react(
    bench: _Bench, truth: MlpaSampleTruth, fault: Fault, by_id: Mapping[str, MlpaSampleTruth]
) -> Product:
    """Return the product of the reaction whose tube was loaded."""
    if fault.loads_other:
        other = by_id[fault.variant]
        return _react(bench, other, find_fault(other.fault), by_id)
    key = (bench.run_id, bench.seed, truth.sample_id)
    real = truth if fault.truth is None else fault.truth(truth, bench.probemix)
    # A no-DNA control is given its DNA only by a fault.
    dose = None if real.role == "no_dna" else dose_of(real, bench.probemix)
    product = draw_product(
        bench.lot, bench.chemistry, bench.probemix, dose, bench.dq_sd,
        random_stream("product", *key),
    )  # fmt: skip
    if fault.product is None:
        return product
    # What befalls a whole run (a drifting probe, a foreign mix) is drawn once for the run.
    shared = random_stream("run fault", bench.run_id, bench.seed)
    own = random_stream("sample fault", *key)
    return fault.product(product, bench.lot, bench.probemix, shared, own)


def _record(
    bench: _Bench, truth: MlpaSampleTruth, path: Path, by_id: Mapping[str, MlpaSampleTruth]
) -> SimulatedSample:
    fault = find_fault(truth.fault)
    loaded = by_id[fault.variant] if fault.loads_other else truth
    source = loaded if fault.truth is None else fault.truth(loaded, bench.probemix)
    return SimulatedSample(
        run_id=bench.run_id,
        sample_id=truth.sample_id,
        role=truth.role,
        path=path,
        well=truth.well,
        sex=truth.sex,
        blast_percent=_declared_blasts(truth, source, fault),
        expected_dq={} if truth.role == "no_dna" else expected_dosage(source, bench.probemix),
        fault=truth.fault,
    )


def _declared_blasts(truth: MlpaSampleTruth, source: MlpaSampleTruth, fault: Fault) -> float | None:
    """Return what the sheet says, of patients only: the share counted in the tube meant."""
    if truth.role != "patient" or fault.blasts_blank:
        return None
    counted = truth if fault.loads_other else source
    return float(np.round(100.0 * counted.blast_fraction))


def _well_of(index: int) -> str:
    return f"{_ROWS[index % 8]}{1 + index // 8 % 12:02d}"
