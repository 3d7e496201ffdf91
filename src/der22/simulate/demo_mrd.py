"""The MRD part of the demo: which sample lies on which plate, exports, sheets and truth."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

from der22.formats.tables import Row
from der22.simulate.cohort_tables import TIMEPOINTS, CohortTruth, MrdTruth, PatientTruth
from der22.simulate.qpcr import (
    PlateDesign,
    QpcrPlate,
    QpcrSample,
    make_plate,
    samples_per_plate,
)
from der22.simulate.qpcr_files import CT_DECIMALS, ExportKind, plate_files, write_plate

__all__ = [
    "MRD_COLUMNS",
    "MRD_TRUTH_COLUMNS",
    "PLATE_COLUMNS",
    "MrdPlan",
    "PlannedPlate",
    "PlannedSample",
    "plan_mrd",
    "run_plate",
    "write_mrd_files",
]

PLATE_COLUMNS = (
    "plate_id", "path", "run", "fusion_target", "control_target", "transcript",
    "conversion_factor", "cycles",
)  # fmt: skip
MRD_COLUMNS = (
    "patient_id", "sample_id", "day", "timepoint", "material", "plate_id", "plate_sample",
)  # fmt: skip
MRD_TRUTH_COLUMNS = (
    "patient_id", "sample_id", "plate_id", "transcript", "timepoint", "day", "fusion_copies",
    "control_copies", "ratio_percent", "category", "export",
)  # fmt: skip

#: kinds take turns, so that every laboratory's export occurs on p190 and on p210 plates
_KINDS = (
    ExportKind.QUANTSTUDIO, ExportKind.RDML, ExportKind.LIGHTCYCLER, ExportKind.CFX,
    ExportKind.COPIES, ExportKind.CFX_COMMA,
)  # fmt: skip
_DEFAULT_TARGETS = ("BCR-ABL1", "ABL1")
#: names as three laboratories might have typed them; other kinds use the defaults of the config
_TARGETS = {
    (ExportKind.RDML, "p190"): ("BCR::ABL1 e1a2", "ABL1 control"),
    (ExportKind.RDML, "p210"): ("BCR::ABL1 e13a2/e14a2", "ABL1 control"),
    (ExportKind.CFX, "p190"): ("p190", "ABL"),
    (ExportKind.CFX, "p210"): ("p210", "ABL"),
}
_CYCLES = {ExportKind.QUANTSTUDIO: 45, ExportKind.CFX: 45, ExportKind.CFX_COMMA: 45}
_CYCLES_OTHERWISE = 50
_P210_CONVERSION_FACTOR = 0.83
#: patients with both transcripts: p190 is this share of p210 at diagnosis and undetected later
_SECOND_TRANSCRIPT_SHARE = 0.1


@dataclass(frozen=True, slots=True)
class PlannedSample:
    """One sample and transcript on a plate.

    Attributes:
        patient_id: whose.
        sample_id: as in the mrd sheet.
        plate_sample: its name in the export.
        truth: time point, day, copies and category of this transcript.
    """

    patient_id: str
    sample_id: str
    plate_sample: str
    truth: MrdTruth


@dataclass(frozen=True, slots=True)
class PlannedPlate:
    """One plate before it is run.

    Attributes:
        plate_id: unique.
        transcript: p190 or p210.
        kind: export it will be written as.
        samples: in plate order.
    """

    plate_id: str
    transcript: str
    kind: ExportKind
    samples: tuple[PlannedSample, ...]

    @property
    def targets(self) -> tuple[str, str]:
        """Names of fusion and control gene inside the export."""
        return _TARGETS.get((self.kind, self.transcript), _DEFAULT_TARGETS)

    @property
    def cycles(self) -> int:
        """Cycles of the run."""
        return _CYCLES.get(self.kind, _CYCLES_OTHERWISE)


@dataclass(frozen=True, slots=True)
class MrdPlan:
    """All plates of the cohort.

    Attributes:
        plates: p190 first.
        seed: fixes every random number.
    """

    plates: tuple[PlannedPlate, ...]
    seed: int

    def plate_rows(self) -> Iterator[Row]:
        """Yield the rows of the plates sheet."""
        for plate in self.plates:
            factor = _P210_CONVERSION_FACTOR if plate.transcript == "p210" else None
            files = plate_files(plate.plate_id, plate.kind, *plate.targets, plate.cycles)
            for file in files:
                yield {
                    "plate_id": plate.plate_id,
                    "path": f"../mrd/{file.name}",
                    "run": None,
                    "fusion_target": _unless_default(file.fusion_target),
                    "control_target": _unless_default(file.control_target),
                    "transcript": plate.transcript,
                    "conversion_factor": factor,
                    "cycles": file.cycles,
                }

    def sample_rows(self) -> Iterator[Row]:
        """Yield the rows of the mrd sheet, by patient and day."""
        for plate, sample in self._by_patient():
            told = sample.plate_sample != sample.sample_id
            yield {
                "patient_id": sample.patient_id,
                "sample_id": sample.sample_id,
                "day": sample.truth.day,
                # consolidation has no windows, its cycles shift; induction is placed by the day
                "timepoint": _label(sample.truth.timepoint),
                "material": "BM",
                "plate_id": plate.plate_id,
                "plate_sample": sample.plate_sample if told else None,
            }

    def truth_rows(self) -> Iterator[Row]:
        """Yield what is true of each sample and transcript."""
        for plate, sample in self._by_patient():
            truth = sample.truth
            yield {
                "patient_id": sample.patient_id,
                "sample_id": sample.sample_id,
                "plate_id": plate.plate_id,
                "transcript": plate.transcript,
                "timepoint": truth.timepoint,
                "day": truth.day,
                "fusion_copies": truth.fusion_copies,
                "control_copies": truth.control_copies,
                "ratio_percent": 100 * truth.fusion_copies / truth.control_copies,
                "category": truth.category,
                "export": plate.kind.value,
            }

    def _by_patient(self) -> list[tuple[PlannedPlate, PlannedSample]]:
        pairs = [(plate, sample) for plate in self.plates for sample in plate.samples]
        pairs.sort(key=lambda pair: (pair[1].patient_id, pair[1].truth.day, pair[0].plate_id))
        return pairs


def plan_mrd(cohort: CohortTruth, seed: int) -> MrdPlan:
    """Place every sample on a plate of its transcript, samples of one time point together."""
    plates: list[PlannedPlate] = []
    for transcript in ("p190", "p210"):
        plates += _fill_plates(transcript, _samples_of(cohort.patients, transcript))
    return MrdPlan(tuple(plates), seed)


def run_plate(plate: PlannedPlate, seed: int) -> QpcrPlate:
    """Return the run of one planned plate, with every Ct."""
    samples = [
        QpcrSample(s.plate_sample, s.truth.fusion_copies, s.truth.control_copies)
        for s in plate.samples
    ]
    fusion_target, control_target = plate.targets
    return make_plate(
        plate.plate_id,
        samples,
        fusion_target=fusion_target,
        control_target=control_target,
        seed=seed,
        design=PlateDesign(cycles=plate.cycles, ct_decimals=CT_DECIMALS[plate.kind]),
    )


def write_mrd_files(plan: MrdPlan, folder: Path | str) -> int:
    """Write the exports of all plates into `folder`; return the number of files."""
    return sum(
        len(write_plate(folder, run_plate(plate, plan.seed), plate.kind)) for plate in plan.plates
    )


def _samples_of(
    patients: Sequence[PatientTruth], transcript: str
) -> list[tuple[PatientTruth, MrdTruth]]:
    """Return the samples measured for `transcript`, all patients of a time point together."""
    pairs = [
        (patient, _of_transcript(patient, sample, transcript))
        for patient in patients
        if transcript in patient.fusion
        for sample in patient.mrd
    ]
    pairs.sort(key=lambda pair: TIMEPOINTS.index(pair[1].timepoint))
    return pairs


def _of_transcript(patient: PatientTruth, sample: MrdTruth, transcript: str) -> MrdTruth:
    """Return the sample as `transcript` shows it: p210 carries the listed value."""
    if transcript == "p210" or patient.fusion == "p190":
        return sample
    if sample.timepoint == "diagnosis":
        copies = _SECOND_TRANSCRIPT_SHARE * sample.fusion_copies
        return MrdTruth(sample.timepoint, sample.day, copies, sample.control_copies, "POS")
    return MrdTruth(sample.timepoint, sample.day, 0.0, sample.control_copies, "CMR")


def _fill_plates(
    transcript: str, pairs: Sequence[tuple[PatientTruth, MrdTruth]]
) -> list[PlannedPlate]:
    size = samples_per_plate(PlateDesign())
    n_plates = -(-len(pairs) // size)
    width = max(2, len(str(n_plates)))
    plates = []
    for number, kind in zip(range(1, n_plates + 1), cycle(_KINDS), strict=False):
        plate_id = f"{transcript}-{number:0{width}d}"
        chunk = pairs[(number - 1) * size : number * size]
        samples = [_plan_sample(p, s, kind, place) for place, (p, s) in enumerate(chunk, 1)]
        plates.append(PlannedPlate(plate_id, transcript, kind, tuple(samples)))
    return plates


def _plan_sample(
    patient: PatientTruth, sample: MrdTruth, kind: ExportKind, place: int
) -> PlannedSample:
    sample_id = f"{patient.patient_id}-BM-{sample.timepoint}"
    # one laboratory types a running number into its instrument instead of the sample name
    plate_sample = f"cDNA-{place:02d}" if kind is ExportKind.LIGHTCYCLER else sample_id
    return PlannedSample(patient.patient_id, sample_id, plate_sample, sample)


def _label(timepoint: str) -> str | None:
    return timepoint if timepoint.startswith("blina") else None


def _unless_default(target: str) -> str | None:
    return None if target in _DEFAULT_TARGETS else target
