"""A whole run: reference samples, patients, a control without DNA, the sheet rows and the truth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from der22.formats.records import MlpaSample, Patient
from mlpa.bench.chemistry import Chemistry, Peaks, no_dna_peaks, product_peaks, true_heights
from mlpa.bench.instrument import (
    INSTRUMENTS,
    Injection,
    Instrument,
    probe_heights,
    table_rows,
    visible,
    write_fsa,
)
from mlpa.bench.karyotype import (
    DEFINITIONS,
    GeneTruth,
    Karyotype,
    accepted_classes,
    gene_truth,
    mean_copies,
)
from mlpa.bench.lots import Lot

__all__ = [
    "Bench",
    "BenchSample",
    "PatientTruth",
    "Plan",
    "Run",
    "Written",
    "build_run",
    "detection_limit",
    "patient_truth",
]

#: what a peak finder needs at least, in RFU and in SD of the noise
_LIMIT_RFU, _LIMIT_SNR = 20.0, 6.0


@dataclass(frozen=True, slots=True)
class Plan:
    """What one sample shall be.

    Attributes:
        karyotype: its cells.
        blasts: true share of leukaemic cells, 0-1.
        chemistry: what happens to it.
        sheet_blasts: percentage on the sheet, None = blank.
        unmeasured: probes that the export leaves blank, by probe_id (probe intensities only).
        is_subject: whether the kind is about this sample; companions are not judged.
    """

    karyotype: Karyotype
    blasts: float
    chemistry: Chemistry
    sheet_blasts: float | None
    unmeasured: frozenset[str] = frozenset()
    is_subject: bool = True


@dataclass(frozen=True, slots=True)
class PatientTruth:
    """What is true of one patient.

    Attributes:
        classes: true class by definition; several where the baseline decides.
        genes: by gene.
        ikzf1_pattern: exons lost by a single event on two chromosomes 7, else None.
        karyotype: name and cells.
        blasts: true share, 0-1.
        median_rfu: of the reference probes.
        sd: independent SD of ln height.
        is_subject: whether the kind is about this patient; companions are not judged.
    """

    classes: Mapping[str, frozenset[str]]
    genes: Mapping[str, GeneTruth]
    ikzf1_pattern: str | None
    karyotype: Karyotype
    blasts: float
    median_rfu: float
    sd: float
    is_subject: bool = True


@dataclass(frozen=True, slots=True)
class BenchSample:
    """One injection with its truth.

    Attributes:
        sample_id: as on the sheet.
        role: patient, reference or no_dna.
        well: of the plate.
        peaks: what the capillary holds.
        injection: how it ran.
        plan: what was asked for; None for no_dna.
        truth: of patients.
    """

    sample_id: str
    role: str
    well: str
    peaks: Peaks
    injection: Injection
    plan: Plan | None = None
    truth: PatientTruth | None = None

    @property
    def patient_id(self) -> str | None:
        """Return the patient of a patient's sample."""
        return f"P-{self.sample_id}" if self.role == "patient" else None


@dataclass(frozen=True, slots=True)
class Written:
    """What a run looks like to its user.

    Attributes:
        rows: of the mlpa sheet.
        patients: of the patients sheet.
    """

    rows: tuple[MlpaSample, ...]
    patients: Mapping[str, Patient]


@dataclass(frozen=True, slots=True)
class Run:
    """A run of one kind.

    Attributes:
        run_id: unit of normalisation.
        kind: of the catalogue.
        lot: its mix.
        instrument: its sequencer.
        samples: in plate order.
        limit_rfu: least height that the peak table holds.
        as_probes: whether the export holds probe intensities instead of sized peaks.
    """

    run_id: str
    kind: str
    lot: Lot
    instrument: Instrument
    samples: tuple[BenchSample, ...]
    limit_rfu: float
    as_probes: bool = False

    @property
    def truths(self) -> dict[str, PatientTruth]:
        """Return the truth by patient_id."""
        return {
            sample.patient_id: sample.truth
            for sample in self.samples
            if sample.patient_id is not None and sample.truth is not None
        }

    def visible(self, sample: BenchSample) -> Peaks:
        """Return what the vendor's program sees of a sample."""
        return visible(sample.peaks, self.instrument, self.limit_rfu, sample.injection.seed)

    def write(self, folder: Path, raw: bool = False) -> Written:
        """Write the sheet of the lot and the files, raw traces or one peak table.

        Args:
            folder: exists.
            raw: whether to write one .fsa per sample.
        """
        mix = folder / "probemix.tsv"
        self.lot.write(mix)
        table = folder / "peaks.tsv"
        if not raw:
            self._write_table(table)
        rows, patients = [], {}
        for sample in self.samples:
            path = folder / f"{sample.sample_id}.fsa" if raw else table
            if raw:
                write_fsa(path, sample.peaks, sample.injection, sample.sample_id, sample.well)
            rows.append(self._row(sample, path, mix))
            if sample.patient_id is not None and sample.plan is not None:
                patients[sample.patient_id] = Patient(
                    sample.patient_id, sex=sample.plan.karyotype.sex
                )
        return Written(tuple(rows), patients)

    def _row(self, sample: BenchSample, path: Path, mix: Path) -> MlpaSample:
        return MlpaSample(
            run_id=self.run_id,
            sample_id=sample.sample_id,
            role=sample.role,
            path=str(path),
            probemix=str(mix),
            size_standard=self.instrument.standard,
            patient_id=sample.patient_id,
            day=0,
            blast_percent=(
                sample.plan.sheet_blasts
                if sample.plan is not None and sample.role == "patient"
                else None
            ),
            well=sample.well,
        )

    def _write_table(self, path: Path) -> None:
        if self.as_probes:
            lines = ["sample_id\tprobe_id\theight"]
            for sample in self.samples:
                lines += self._intensities(sample)
        else:
            lines = ["sample_id\tdye\tsize_nt\theight\tarea"]
            for sample in self.samples:
                lines += table_rows(sample.sample_id, self.visible(sample), self.instrument)
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")

    def _intensities(self, sample: BenchSample) -> list[str]:
        heights = probe_heights(self.visible(sample), self.lot)
        blank = frozenset() if sample.plan is None else sample.plan.unmeasured
        rows = []
        for probe in self.lot.probes:
            # A program that knows the bins writes 0 for an empty one, nothing for a failed one.
            height = f"{heights.get(probe.probe_id, 0.0):.0f}"
            text = "" if probe.probe_id in blank else height
            rows.append(f"{sample.sample_id}\t{probe.probe_id}\t{text}")
        return rows


def detection_limit(instrument: Instrument) -> float:
    """Return the least height a peak finder reports on an instrument, RFU."""
    return max(_LIMIT_RFU, _LIMIT_SNR * instrument.noise_rfu)


@dataclass(frozen=True, slots=True)
class Bench:
    """How a run is put on the machine.

    Attributes:
        instrument: name, None = drawn.
        limit_rfu: least height of the peak table, None = `detection_limit`.
        as_probes: whether the export holds probe intensities.
        end_fragment_nt: by how much the last fragment of the standard is off.
        edge: fall of ln signal and of ln signal per 100 nt in the border wells.
        n_no_dna: controls without DNA.
        position_sd: SD of ln height along the rows of the plate, by probe.
    """

    instrument: str | None = None
    limit_rfu: float | None = None
    as_probes: bool = False
    end_fragment_nt: float = 0.0
    edge: tuple[float, float] = (0.0, 0.0)
    n_no_dna: int = 1
    position_sd: float = 0.0


def build_run(
    kind: str,
    seed: int,
    rng: np.random.Generator,
    lot: Lot,
    references: Sequence[Plan],
    patients: Sequence[Plan],
    bench: Bench | None = None,
) -> Run:
    """Return a run: samples in the order of the plate, each with its peaks and its truth.

    Args:
        kind: name in the catalogue.
        seed: names the run.
        rng: source of chance.
        lot: the mix.
        references: plans of the reference samples.
        patients: plans of the patients' samples.
        bench: the machine; None = a sound one.
    """
    bench = bench or Bench()
    name = bench.instrument or str(rng.choice(sorted(INSTRUMENTS)))
    instrument = INSTRUMENTS[name]
    temperature = float(rng.normal(0.0, 1.5))
    trend = {p.probe_id: float(rng.normal(0, bench.position_sd)) for p in lot.probes}
    roles = ["reference"] * len(references) + ["patient"] * len(patients)
    plans = [*references, *patients]
    wells = _wells(rng, len(plans) + bench.n_no_dna)
    samples = []
    for number, (role, plan) in enumerate(zip(roles, plans, strict=True)):
        sample_id = f"{'R' if role == 'reference' else 'S'}{seed}-{number + 1:02d}"
        injection = _injection(rng, instrument, temperature, bench.end_fragment_nt)
        plan = _at_place(plan, wells[number], bench, trend)
        samples.append(_sample(sample_id, role, wells[number], plan, lot, injection, rng))
    median = float(np.median([plan.chemistry.median_rfu for plan in plans]))
    for number in range(bench.n_no_dna):
        injection = _injection(rng, instrument, temperature, bench.end_fragment_nt)
        peaks = no_dna_peaks(lot, median, rng)
        well = wells[len(plans) + number]
        samples.append(BenchSample(f"N{seed}-{number + 1}", "no_dna", well, peaks, injection))
    limit = detection_limit(instrument) if bench.limit_rfu is None else bench.limit_rfu
    return Run(f"{kind}-{seed}", kind, lot, instrument, tuple(samples), limit, bench.as_probes)


def _wells(rng: np.random.Generator, n: int) -> list[str]:
    first = int(rng.integers(0, 3)) * 8
    names = [f"{row}{column}" for column in range(1, 13) for row in "ABCDEFGH"]
    return (names[first:] + names[:first])[:n]


def _injection(
    rng: np.random.Generator, instrument: Instrument, temperature: float, end_nt: float
) -> Injection:
    return Injection(
        instrument=instrument,
        temperature=temperature + float(rng.normal(0.0, 0.2)),
        drift=float(rng.normal(0.0, 0.01)),
        standard_rfu=float(np.exp(rng.normal(np.log(900.0), 0.25))),
        end_fragment_nt=end_nt,
        seed=tuple(int(number) for number in rng.integers(0, 2**31, 2)),
    )


def _at_place(plan: Plan, well: str, bench: Bench, trend: Mapping[str, float]) -> Plan:
    """Return the plan with what its place on the plate adds."""
    chemistry = plan.chemistry
    if well[0] in "AH" or well[1:] in ("1", "12"):
        signal, slope = bench.edge
        chemistry = replace(
            chemistry,
            median_rfu=chemistry.median_rfu * float(np.exp(signal)),
            slope=chemistry.slope + slope,
        )
    if bench.position_sd:
        at = ("ABCDEFGH".index(well[0]) - 3.5) / 3.5
        shift = {
            probe: chemistry.group_shift.get(probe, 0.0) + at * own for probe, own in trend.items()
        }
        chemistry = replace(chemistry, group_shift=shift)
    return replace(plan, chemistry=chemistry)


def _sample(
    sample_id: str,
    role: str,
    well: str,
    plan: Plan,
    lot: Lot,
    injection: Injection,
    rng: np.random.Generator,
) -> BenchSample:
    copies = mean_copies(plan.karyotype, lot.loci, plan.blasts)
    heights = true_heights(lot, copies, plan.chemistry, rng)
    peaks = product_peaks(lot, heights, plan.chemistry, rng)
    truth = patient_truth(plan, lot) if role == "patient" else None
    return BenchSample(sample_id, role, well, peaks, injection, plan, truth)


def patient_truth(plan: Plan, lot: Lot) -> PatientTruth:
    """Return what is true of a patient's sample."""
    karyotype = plan.karyotype if plan.blasts > 0 else replace(plan.karyotype, clones=())
    genes = {gene: gene_truth(karyotype, gene, lot.loci) for gene in lot.genes}
    return PatientTruth(
        classes={name: accepted_classes(genes, name) for name in DEFINITIONS},
        genes=genes,
        ikzf1_pattern=_pattern(karyotype, genes["IKZF1"]),
        karyotype=karyotype,
        blasts=plan.blasts,
        median_rfu=plan.chemistry.median_rfu,
        sd=plan.chemistry.sd,
        is_subject=plan.is_subject,
    )


def _pattern(karyotype: Karyotype, truth: GeneTruth) -> str | None:
    if len(karyotype.clones) != 1 or truth.deleted is not True:
        return None
    clone = karyotype.clones[0]
    if sum(event.gene == "IKZF1" for event in clone.events) != 1 or "7p" in clone.arms:
        return None
    exons = truth.lost[0][1]
    return exons[0] if len(exons) == 1 else f"{exons[0]}-{exons[-1]}"
