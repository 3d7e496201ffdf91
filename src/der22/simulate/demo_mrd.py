"""The MRD part of the demo: which sample lies on which plate, exports, sheets and truth."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import cycle
from pathlib import Path

from der22.formats.tables import Row, write_tsv
from der22.simulate.cohort_tables import TIMEPOINTS, CohortTruth, MrdTruth, PatientTruth
from der22.simulate.qpcr import (
    PlateDesign,
    QpcrPlate,
    QpcrSample,
    make_plate,
    samples_per_plate,
)
from der22.simulate.qpcr_files import (
    CT_DECIMALS,
    ExportFile,
    ExportKind,
    plate_files,
    write_plate,
)

__all__ = [
    "MrdPlan", "PlannedPlate", "PlannedSample", "plan_mrd", "run_plate", "write_mrd_files",
]  # fmt: skip

_PLATE_SHEET_COLUMNS = (
    "plate_id", "path", "run", "fusion_target", "control_target", "transcript",
    "conversion_factor", "cycles",
)  # fmt: skip
_SHEET_COLUMNS = (
    "patient_id", "sample_id", "day", "timepoint", "material", "plate_id", "plate_sample",
)  # fmt: skip
_TRUTH_COLUMNS = (
    "patient_id", "sample_id", "plate_id", "transcript", "timepoint", "day", "fusion_copies",
    "control_copies", "ratio_percent", "category", "export",
)  # fmt: skip

#: kinds take turns, so that every laboratory's export occurs on p190 and on p210 plates
_KINDS = (
    ExportKind.QUANTSTUDIO, ExportKind.RDML, ExportKind.LIGHTCYCLER, ExportKind.CFX,
    ExportKind.COPIES, ExportKind.CFX_COMMA,
)  # fmt: skip
_DEFAULT_TARGETS = _FUSION, _CONTROL = ("BCR-ABL1", "ABL1")
#: names as three laboratories might have typed them; other kinds use the defaults of the config
_TARGETS = {
    (ExportKind.RDML, "p190"): ("BCR::ABL1 e1a2", "ABL1 control"),
    (ExportKind.RDML, "p210"): ("BCR::ABL1 e13a2/e14a2", "ABL1 control"),
    (ExportKind.CFX, "p190"): ("p190", "ABL"),
    (ExportKind.CFX, "p210"): ("p210", "ABL"),
}
_CYCLES = {ExportKind.QUANTSTUDIO: 45, ExportKind.CFX: 45, ExportKind.CFX_COMMA: 45}
_CYCLES_OTHERWISE = 50
_CONVERSION_FACTORS = {"p190": None, "p210": 0.83}
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

    @property
    def files(self) -> tuple[ExportFile, ...]:
        """The files it will be written as."""
        return plate_files(self.plate_id, self.kind, *self.targets, self.cycles)


@dataclass(frozen=True, slots=True)
class MrdPlan:
    """All plates of the cohort.

    Attributes:
        plates: p190 first.
        seed: fixes every random number.
    """

    plates: tuple[PlannedPlate, ...]
    seed: int

    def write_tables(self, plates: Path, sheet: Path, truth: Path) -> None:
        """Write the plates sheet, the mrd sheet by patient and day, and what is true."""
        plate_rows: list[Row] = [
            {
                "plate_id": plate.plate_id,
                "path": f"../mrd/{file.name}",
                "run": None,
                # names that are the config's defaults are not told
                "fusion_target": None if file.fusion_target == _FUSION else file.fusion_target,
                "control_target": None if file.control_target == _CONTROL else file.control_target,
                "transcript": plate.transcript,
                "conversion_factor": _CONVERSION_FACTORS[plate.transcript],
                "cycles": file.cycles,
            }
            for plate in self.plates
            for file in plate.files
        ]
        sheet_rows: list[Row] = []
        truth_rows: list[Row] = []
        pairs = [(plate, sample) for plate in self.plates for sample in plate.samples]
        pairs.sort(key=lambda pair: (pair[1].patient_id, pair[1].truth.day, pair[0].plate_id))
        for plate, sample in pairs:
            is_told = sample.plate_sample != sample.sample_id
            measured = sample.truth
            common = {
                "patient_id": sample.patient_id,
                "sample_id": sample.sample_id,
                "plate_id": plate.plate_id,
                "day": measured.day,
            }
            # consolidation has no windows, its cycles shift; induction is placed by the day
            shifts = measured.timepoint.startswith("blina")
            told = {
                "timepoint": measured.timepoint if shifts else None,
                "material": "BM",
                "plate_sample": sample.plate_sample if is_told else None,
            }
            true = {
                "transcript": plate.transcript,
                "timepoint": measured.timepoint,
                "fusion_copies": measured.fusion_copies,
                "control_copies": measured.control_copies,
                "ratio_percent": 100 * measured.fusion_copies / measured.control_copies,
                "category": measured.category,
                "export": plate.kind.value,
            }
            sheet_rows.append(common | told)
            truth_rows.append(common | true)
        write_tsv(plates, _PLATE_SHEET_COLUMNS, plate_rows)
        write_tsv(sheet, _SHEET_COLUMNS, sheet_rows)
        write_tsv(truth, _TRUTH_COLUMNS, truth_rows)


def plan_mrd(cohort: CohortTruth, seed: int) -> MrdPlan:
    """Place every sample on a plate of its transcript, samples of one time point together."""
    size = samples_per_plate(PlateDesign())
    plates = []
    for transcript in ("p190", "p210"):
        pairs = [
            (patient, _of_transcript(patient, sample, transcript))
            for patient in cohort.patients
            if transcript in patient.fusion
            for sample in patient.mrd
        ]
        pairs.sort(key=lambda pair: TIMEPOINTS.index(pair[1].timepoint))
        n_plates = -(-len(pairs) // size)
        width = max(2, len(str(n_plates)))
        for number, kind in zip(range(n_plates), cycle(_KINDS), strict=False):
            samples = []
            for place, (patient, truth) in enumerate(pairs[number * size :][:size], 1):
                sample_id = f"{patient.patient_id}-BM-{truth.timepoint}"
                # one laboratory types a running number into its instrument instead of the name
                name = f"cDNA-{place:02d}" if kind is ExportKind.LIGHTCYCLER else sample_id
                samples.append(PlannedSample(patient.patient_id, sample_id, name, truth))
            plate_id = f"{transcript}-{number + 1:0{width}d}"
            plates.append(PlannedPlate(plate_id, transcript, kind, tuple(samples)))
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


def write_mrd_files(plan: MrdPlan, folder: Path) -> None:
    """Write the exports of all plates into `folder`."""
    for plate in plan.plates:
        write_plate(folder, run_plate(plate, plan.seed), plate.kind)


def _of_transcript(patient: PatientTruth, sample: MrdTruth, transcript: str) -> MrdTruth:
    """Return the sample as `transcript` shows it: p210 carries the listed value."""
    if transcript == "p210" or patient.fusion == "p190":
        return sample
    if sample.timepoint == "diagnosis":
        copies = _SECOND_TRANSCRIPT_SHARE * sample.fusion_copies
        return replace(sample, fusion_copies=copies, category="POS")
    return replace(sample, fusion_copies=0.0, category="CMR")
