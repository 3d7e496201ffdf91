"""A small good cohort on disk that a test can spoil in one place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from der22.errors import InputError, InputProblem
from der22.inputs.cohort_inputs import CohortInputs, load_inputs
from der22.resources import resource_path


@dataclass
class SmallCohort:
    """Sheets as lists of lines and a config as a dict; `load` writes and reads them."""

    folder: Path
    sheets: dict[str, list[str]] = field(default_factory=dict)
    config: dict[str, Any] = field(default_factory=dict)

    def write(self) -> Path:
        for name, lines in self.sheets.items():
            (self.folder / f"{name}.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        path = self.folder / "config.yaml"
        path.write_text(yaml.safe_dump(self.config), encoding="utf-8")
        return path

    def load(self) -> CohortInputs:
        return load_inputs(self.write())

    def problems(self) -> tuple[InputProblem, ...]:
        with pytest.raises(InputError) as caught:
            self.load()
        return caught.value.problems


@pytest.fixture
def small_cohort(tmp_path: Path) -> SmallCohort:
    """Two patients, one MLPA injection, one read, one plate and one cDNA sample."""
    for name in ("a.fsa", "r.ab1", "p.txt"):
        (tmp_path / name).write_bytes(b"")
    sheets = {
        "patients": [
            "patient_id\tsex\tage_years\tfusion\tday_zero\trelapse_date\tlast_contact_day\tx_centre",
            "P1\tF\t54\tp190\t2024-01-01\t2024-04-10\t400\tRome",
            "P2\tM\t\tp210\t\t\t\t",
        ],
        "mlpa": [
            "run_id\tsample_id\trole\tpatient_id\tdate\tblast_percent\tpath",
            "R1\tS1\tpatient\tP1\t2023-12-31\t90\ta.fsa",
        ],
        "sanger": [
            "patient_id\tsample_id\tday\tread_id\tpath",
            "P1\tA1\t85\tA1F\tr.ab1",
        ],
        "plates": [
            "plate_id\tpath\ttranscript",
            "PL1\tp.txt\tp190",
        ],
        "mrd": [
            "patient_id\tsample_id\tday\tplate_id",
            "P1\tM1\t22\tPL1",
        ],
    }
    config: dict[str, Any] = {
        "cohort": {"name": "small", "patients": "patients.tsv"},
        "mlpa": {
            "samples": "mlpa.tsv",
            "probemix": str(resource_path("probemix/P335-synthetic.tsv")),
            "size_standard": "GS500LIZ",
        },
        "sanger": {"reads": "sanger.tsv"},
        "mrd": {"samples": "mrd.tsv", "plates": "plates.tsv"},
    }
    return SmallCohort(tmp_path, sheets, config)


SpoilCohort = Callable[[SmallCohort], None]
