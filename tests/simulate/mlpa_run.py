"""A whole MLPA run with any faults: samples with known copies -> .fsa files and their truth."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path

import numpy as np

from der22.formats.probemix import Probemix
from der22.simulate.abif_writer import write_abif
from der22.simulate.electropherogram import (
    DyePeaks,
    StoredSignal,
    TimeAxis,
    join_peaks,
    render_signal,
)
from der22.simulate.fragment_file import fragment_tags
from der22.simulate.instruments import RunDraw, draw_axis, draw_capillary
from der22.simulate.mlpa_injection import Injection, peaks_of
from der22.simulate.mlpa_product import Product, random_stream
from der22.simulate.mlpa_run import MlpaRun, begin_mlpa_run
from simulate.faults.mlpa import find_fault
from simulate.plate_sample import HarmedInjection, PlateSample, clonal_dose, expected_dosage

__all__ = ["SimulatedSample", "simulate_mlpa_run"]

_IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_SPIKE_FWHM_SCANS = 1.5


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
    samples: Sequence[PlateSample],
    probemix: Probemix,
    instrument: str,
    seed: int,
    outdir: Path,
    lot_seed: int = 0,
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
        lot_seed: lot of the probemix, which fixes offsets and efficiencies.
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
    run = begin_mlpa_run(run_id, probemix, instrument, seed, lot_seed, dq_sd)
    return [
        _write_sample(run, truth, index, by_id, Path(outdir)) for index, truth in enumerate(samples)
    ]


def _write_sample(
    run: MlpaRun,
    truth: PlateSample,
    index: int,
    by_id: Mapping[str, PlateSample],
    outdir: Path,
) -> SimulatedSample:
    name, fault = truth.sample_id, find_fault(truth.fault)
    injection = _as_harmed(run.load(name, _react(run, truth, by_id)))
    if fault.injection is not None:
        rng = random_stream("fault", run.run_id, run.seed, name)
        injection = fault.injection(injection, run.draw, rng)
    signal = _inject(injection, run.draw, run.capillary_rng(name))
    header = run.header(name, index)
    if truth.well:
        header = replace(header, well=truth.well)
    well = header.well
    if fault.header is not None:
        header = fault.header(header)
    tags = fragment_tags(signal, header, run.instrument)
    if fault.tags is not None:
        tags = fault.tags(tags)
    path = outdir / f"{run.run_id}_{name}.fsa"
    write_abif(path, tags)
    if fault.content is not None:
        path.write_bytes(fault.content(path.read_bytes()))
    loaded = by_id[fault.variant] if fault.loads_other else truth
    source = loaded if fault.truth is None else fault.truth(loaded, run.probemix)
    # the sheet says of patients the share of blasts counted in the tube meant
    counted = truth if fault.loads_other else source
    is_blank = truth.role != "patient" or fault.blasts_blank
    return SimulatedSample(
        run_id=run.run_id,
        sample_id=name,
        role=truth.role,
        path=path,
        well=well,
        sex=truth.sex,
        blast_percent=None if is_blank else float(np.round(100.0 * counted.blast_fraction)),
        expected_dq={} if truth.role == "no_dna" else expected_dosage(source, run.probemix),
        fault=truth.fault,
    )


def _react(run: MlpaRun, truth: PlateSample, by_id: Mapping[str, PlateSample]) -> Product:
    """Return the product of the reaction whose tube was loaded."""
    fault = find_fault(truth.fault)
    if fault.loads_other:
        return _react(run, by_id[fault.variant], by_id)
    real = truth if fault.truth is None else fault.truth(truth, run.probemix)
    # A no-DNA control is given its DNA only by a fault.
    dose = None if real.role == "no_dna" else clonal_dose(real, run.probemix)
    product = run.react(truth.sample_id, dose)
    if fault.product is None:
        return product
    # What befalls a whole run (a drifting probe, a foreign mix) is drawn once for the run.
    shared = random_stream("run fault", run.run_id, run.seed)
    own = random_stream("sample fault", run.run_id, run.seed, truth.sample_id)
    return fault.product(product, run.lot, run.probemix, shared, own)


def _as_harmed(injection: Injection) -> HarmedInjection:
    return HarmedInjection(*(getattr(injection, field.name) for field in fields(injection)))


def _inject(injection: HarmedInjection, run: RunDraw, rng: np.random.Generator) -> StoredSignal:
    """Run the capillary with all that happens on the way."""
    instrument = injection.instrument
    axis = draw_axis(instrument, run, rng)
    if injection.delay is not None:
        from_nt, scans = injection.delay
        axis = TimeAxis(axis.size_nt, axis.scan + scans * (axis.size_nt >= from_nt))
    capillary = draw_capillary(instrument, axis, rng)
    if injection.stop_nt is not None:
        end = axis.scans_of(np.array([injection.stop_nt]))
        capillary = replace(capillary, n_scans=int(end[0]))
    if injection.bleed is not None:
        bleed = capillary.bleed.copy()
        bleed[1:, 0] = injection.bleed
        capillary = replace(capillary, bleed=bleed)
    peaks = peaks_of(injection, axis, rng)
    if injection.spikes:
        # a spike is no dye at all: it is in every channel alike
        size_nt, height = np.array(injection.spikes).T
        width = np.full(len(size_nt), _SPIKE_FWHM_SCANS)
        spikes = [
            DyePeaks(np.full(len(size_nt), dye), axis.scans_of(size_nt), height, width)
            for dye in range(len(instrument.dyes))
        ]
        peaks = join_peaks([peaks, *spikes])
    return render_signal(peaks, capillary, rng)
