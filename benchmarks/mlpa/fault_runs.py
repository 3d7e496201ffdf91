"""Every fault of a run, simulated on every instrument: what the analysis says of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from measures import CHANGES
from simulated_runs import STANDARDS, Run, analyse

from der22.formats.probemix import Probemix
from simulate.faults.mlpa import FAULTS, samples_with_fault
from simulate.mlpa_cohort import draw_plate

__all__ = ["FaultResult", "measure_faults"]


#: METHOD: a GS600 that lacks one fragment is off by 0.3 nt at most and is accepted; the others
#: are refused
HARMLESS = {("SIZE_STANDARD_POOR:fragment", "3500")}
N_PATIENTS, N_REFERENCES, DQ_SD = 8, 5, 0.05


@dataclass(frozen=True, slots=True)
class FaultResult:
    """What became of one fault on one instrument, over all draws.

    Attributes:
        fault: code, with a variant after a colon.
        instrument: 3130, 3500 or 3730.
        is_due: whether the code must be reported.
        n_reported: draws in which a sample with the fault carries its code.
        n_draws: runs simulated.
        statuses: of the samples with the fault.
        false_changes: deletions and gains called in them that are not there.
        sound_lost: samples without the fault that were not called.
        n_sound: all of those.
    """

    fault: str
    instrument: str
    is_due: bool
    n_reported: int
    n_draws: int
    statuses: tuple[str, ...]
    false_changes: int
    sound_lost: int
    n_sound: int


def measure_faults(probemix: Probemix, n_draws: int, folder: Path) -> Iterator[FaultResult]:
    """Simulate every fault `n_draws` times per instrument."""
    for number, fault in enumerate(FAULTS):
        for instrument in sorted(STANDARDS):
            runs = [
                _faulty_run(probemix, fault, number, instrument, draw, folder)
                for draw in range(n_draws)
            ]
            yield _judge(runs, probemix, fault, instrument)


def _faulty_run(
    probemix: Probemix, fault: str, number: int, instrument: str, draw: int, folder: Path
) -> Run:
    seed = 900 + number + 1000 * draw
    names = [f"P{number}-{i:02d}" for i in range(N_PATIENTS)]
    plate = draw_plate(names, probemix, seed, n_references=N_REFERENCES)
    plate = samples_with_fault(fault, plate)
    run_id = f"F{number}-{instrument}-{draw}"
    return analyse(run_id, plate, probemix, instrument, seed, folder, DQ_SD)


def _judge(runs: Sequence[Run], probemix: Probemix, fault: str, instrument: str) -> FaultResult:
    """Look for the code, and for harm done to the samples with the fault and without."""
    code = fault.split(":")[0]
    sound = [(run, name) for run in runs for name, truth in run.truths.items() if not truth.fault]
    return FaultResult(
        fault=fault,
        instrument=instrument,
        is_due=(fault, instrument) not in HARMLESS,
        n_reported=sum(_is_reported(run, code) for run in runs),
        n_draws=len(runs),
        statuses=tuple(sorted({run.qc[name]["status"] for run in runs for name in _struck(run)})),
        false_changes=sum(_false_changes(run, probemix) for run in runs),
        sound_lost=sum(run.qc[name]["status"] == "not_called" for run, name in sound),
        n_sound=len(sound),
    )


def _struck(run: Run) -> list[str]:
    return [name for name, truth in run.truths.items() if truth.fault]


def _is_reported(run: Run, code: str) -> bool:
    """Whether a sample with the fault carries `code`, itself or at a gene or probe."""
    rows = [*run.qc.values(), *run.genes, *run.probes]
    struck = set(_struck(run))
    return any(row["sample_id"] in struck and code in row["flags"].split(";") for row in rows)


def _false_changes(run: Run, probemix: Probemix) -> int:
    struck = set(_struck(run))
    return sum(
        row["sample_id"] in struck
        and row["call"] in CHANGES
        and not _is_changed(run, probemix, row)
        for row in run.genes
    )


def _is_changed(run: Run, probemix: Probemix, row: Mapping[str, str]) -> bool:
    """Whether the gene of a row really is changed, in either clone."""
    truth = run.records[row["sample_id"]].expected_dq
    probes = [p.probe_id for p in probemix.of_role("target") if p.gene == row["gene"]]
    return any(abs(truth.get(probe, 1.0) - 1.0) > 1e-9 for probe in probes)
