"""A laboratory in a folder: plates, samples and patients go in, tables come out."""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from der22.flags import Problem
from der22.formats.records import MrdSample, Patient, Plate
from der22.formats.tables import read_tsv
from der22.jobs.mrd import collect_series, run_plates
from der22.mrd.settings import MrdSettings


@pytest.fixture(scope="session")
def writers() -> ModuleType:
    """Writers of every kind of export."""
    name = "qpcr_plate_writers"
    if name not in sys.modules:
        path = Path(__file__).parents[1] / "formats" / "qpcr" / "plate_writers.py"
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]


@dataclass
class Results:
    """The tables of a run."""

    outdir: Path
    problems: list[Problem]

    def table(self, name: str) -> list[dict[str, str]]:
        """Rows of a table below ``mrd/``."""
        return read_tsv(self.outdir / "mrd" / name)

    def level(self, sample_id: str, transcript: str | None = None) -> dict[str, str]:
        """The only level of a sample (and transcript)."""
        rows = [
            row
            for row in self.table("levels.tsv")
            if row["sample_id"] == sample_id and transcript in (None, row["transcript"])
        ]
        assert len(rows) == 1, rows
        return rows[0]

    def row(self, patient_id: str, timepoint: str) -> dict[str, str]:
        """The only row of a patient and time point."""
        rows = [
            row
            for row in self.table("series.tsv")
            if (row["patient_id"], row["timepoint"]) == (patient_id, timepoint)
        ]
        assert len(rows) == 1, rows
        return rows[0]

    def codes(self) -> set[str]:
        """Every code noticed."""
        return {problem.flag.code for problem in self.problems}

    def message(self, code: str) -> str:
        """The first sentence with a code."""
        return next(p.flag.message for p in self.problems if p.flag.code == code)


@dataclass
class Lab:
    """What a test puts into the sheets."""

    folder: Path
    plates: list[Plate] = field(default_factory=list)
    samples: list[MrdSample] = field(default_factory=list)
    patients: dict[str, Patient] = field(default_factory=dict)

    def patient(self, patient_id: str = "P1", fusion: str | None = "p210", **fields: Any) -> None:
        """Add a patient."""
        self.patients[patient_id] = Patient(patient_id, fusion=fusion, **fields)

    def plate(self, content: bytes | str, plate_id: str = "A", **fields: Any) -> None:
        """Add a row of the plates sheet with its file."""
        path = self.folder / f"{plate_id}_{len(self.plates)}.txt"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        fields.setdefault("transcript", "p210")
        self.plates.append(Plate(plate_id=plate_id, path=str(path), **fields))

    def sample(self, sample_id: str, plate_id: str = "A", patient_id: str = "P1", **f: Any) -> None:
        """Add a row of the mrd sheet; the patient is made if need be."""
        if patient_id not in self.patients:
            self.patient(patient_id)
        f.setdefault("plate_sample", sample_id)
        self.samples.append(
            MrdSample(patient_id=patient_id, sample_id=sample_id, plate_id=plate_id, **f)
        )

    def copies(self, rows: list[tuple[str, str, object]], plate_id: str = "A", **f: Any) -> None:
        """Add a copies table of (sample, target, copies)."""
        lines = ["sample\ttarget\tcopies", *("\t".join(map(str, row)) for row in rows)]
        self.plate("\n".join(lines) + "\n", plate_id, **f)

    def level(
        self,
        sample_id: str,
        category: str,
        value: float = 0.0,
        plate_id: str | None = None,
        fusion: str | None = None,
        transcript: str = "p210",
        patient_id: str = "P1",
        **fields: Any,
    ) -> None:
        """Add a sample of a category on a copies table of its own.

        `value` is the ratio in per cent of a POS or PNQ, the detection limit of a CMR.
        """
        if patient_id not in self.patients:
            self.patient(patient_id, fusion or transcript)
        plate_id = plate_id or f"plate-{sample_id}-{transcript}"
        control = 1_000_000.0
        copies = value * control / 100
        if category == "POS":
            factor = max(1.0, 10 / copies)
            copies, control = copies * factor, control * factor
        elif category == "PNQ":
            # PNQ needs what a negative needs: with a ratio above 0.05 % fewer copies cannot be low
            control = max(500 / value, 10_000.0)
            copies = value * control / 100
        elif category == "CMR":
            copies, control = 0.0, 100 / (value or 0.001)
        else:
            copies, control = 0.0, 5000.0
        rows = [(sample_id, "BCR-ABL1", repr(copies)), (sample_id, "ABL1", repr(control))]
        self.copies(rows, plate_id, transcript=transcript)
        self.sample(sample_id, plate_id, patient_id, **fields)

    def run(self, settings: MrdSettings | None = None) -> Results:
        """Run both units."""
        settings = settings or MrdSettings()
        out = self.folder / "results"
        first = run_plates(self.plates, self.samples, self.patients, settings, out)
        second = collect_series(self.plates, self.samples, self.patients, settings, out)
        for report in (first, second):
            assert all((out / name).is_file() for name in report.files)
        return Results(out, [*first.problems, *second.problems])


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    """An empty laboratory."""
    return Lab(tmp_path)
