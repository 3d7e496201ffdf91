"""Simulated MLPA runs with a known truth, and the tables the analysis makes of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from der22.formats.probemix import Probemix
from der22.formats.records import MlpaSample, Patient
from der22.formats.tables import read_tsv
from der22.jobs.mlpa import collect_ikzf1, run_mlpa
from der22.mlpa.settings import MlpaSettings
from der22.resources import resource_path
from simulate.mlpa_cohort import draw_plate
from simulate.mlpa_run import SimulatedSample, simulate_mlpa_run
from simulate.plate_sample import PlateSample

__all__ = ["DQ_SDS", "N_PATIENTS", "STANDARDS", "Run", "analyse", "sound_run"]

STANDARDS = {"3130": "GS500ROX", "3500": "GS600LIZ", "3730": "GS500LIZ"}
DQ_SDS = (0.03, 0.05, 0.07)
N_PATIENTS = 16


@dataclass(frozen=True, slots=True)
class Run:
    """One simulated and analysed run; `dq_sd` is the SD of a dosage quotient asked for."""

    run_id: str
    instrument: str
    dq_sd: float
    truths: Mapping[str, PlateSample]
    records: Mapping[str, SimulatedSample]
    genes: Sequence[Mapping[str, str]]
    probes: Sequence[Mapping[str, str]]
    qc: Mapping[str, Mapping[str, str]]
    ikzf1: Mapping[str, Mapping[str, str]]


def sound_run(probemix: Probemix, seed: int, index: int, folder: Path) -> Run:
    """Simulate and analyse a sound run; instrument, noise and references vary with `index`."""
    number = 100 * seed + index
    instrument = sorted(STANDARDS)[index % 3]
    names = [f"P{number}-{i:02d}" for i in range(N_PATIENTS)]
    plate = draw_plate(names, probemix, number, n_references=4 + index % 3)
    return analyse(
        f"V{number}", with_blasts(plate), probemix, instrument, number, folder,
        DQ_SDS[(index + seed) % 3],
    )  # fmt: skip


def with_blasts(plate: Sequence[PlateSample]) -> tuple[PlateSample, ...]:
    """Give a fifth of the patients 50 % blasts and a fifth 40 %; the rest keep 70 % or more."""
    changed = []
    for index, truth in enumerate(plate):
        if truth.role == "patient":
            blasts = {0: 0.5, 1: 0.4}.get(index % 5, max(truth.blast_fraction, 0.7))
            truth = replace(truth, blast_fraction=blasts)
        changed.append(truth)
    return tuple(changed)


def analyse(
    run_id: str,
    plate: Sequence[PlateSample],
    probemix: Probemix,
    instrument: str,
    seed: int,
    folder: Path,
    dq_sd: float,
) -> Run:
    """Simulate a run, analyse its files, and read the tables."""
    records = simulate_mlpa_run(
        run_id, plate, probemix, instrument, seed, folder, lot_seed=seed, dq_sd=dq_sd
    )
    sheet = str(resource_path("probemix/P335-synthetic.tsv"))
    samples = [
        MlpaSample(
            run_id, r.sample_id, r.role, str(r.path), sheet, STANDARDS[instrument],
            patient_id=r.sample_id if r.role == "patient" else None, day=0,
            blast_percent=r.blast_percent, well=r.well,
        )
        for r in records
    ]  # fmt: skip
    patients = {
        r.sample_id: Patient(r.sample_id, sex=r.sex, erg_deletion="no")
        for r in records
        if r.role == "patient"
    }
    settings = MlpaSettings()
    run_mlpa(run_id, samples, patients, settings, folder)
    collect_ikzf1(samples, patients, settings, "gimema", folder)
    tables = folder / "mlpa" / run_id
    return Run(
        run_id=run_id,
        instrument=instrument,
        dq_sd=dq_sd,
        truths={t.sample_id: t for t in plate},
        records={r.sample_id: r for r in records},
        genes=read_tsv(tables / "gene_calls.tsv"),
        probes=read_tsv(tables / "probe_ratios.tsv"),
        qc={row["sample_id"]: row for row in read_tsv(tables / "sample_qc.tsv")},
        ikzf1={row["patient_id"]: row for row in read_tsv(folder / "mlpa" / "ikzf1.tsv")},
    )
