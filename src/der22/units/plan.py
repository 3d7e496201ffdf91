"""Which jobs a cohort needs: the laboratory's run is the unit, never the patient.

Where a sheet gives no run, samples go into batches of fixed size in sheet order, so that one more
patient changes one batch.
"""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import der22
from der22.formats.files import file_of
from der22.formats.records import MlpaSample, MrdSample, Patient, Plate, SangerRead
from der22.formats.reference_folder import REFERENCE_ENDINGS
from der22.inputs.cohort_inputs import CohortInputs
from der22.resources import resource_path

__all__ = ["Plan", "WorkUnit", "code_digest", "plan_cohort"]

_T = TypeVar("_T")

#: package parts whose change makes the units of a stage run again
_PARTS = {
    "mlpa": ("formats/**/*", "mlpa/**/*", "units/mlpa*"),
    "sanger": ("formats/**/*", "sanger/**/*", "units/sanger*"),
    "mrd": ("formats/**/*", "mrd/**/*", "units/mrd*"),
    "cohort": ("formats/**/*", "cohort/**/*", "mlpa/**/*", "units/cohort*", "units/exports*"),
    "figures": ("formats/**/*", "cohort/**/*", "report/figures/**/*", "units/cohort*"),
    "report": ("formats/**/*", "report/**/*", "units/report*", "units/pro*"),
}
_CODE = {".py", ".css", ".js"}
_LEAVES = ("errors.py", "flags.py", "settings.py", "units/manifest.py")


@dataclass(frozen=True, slots=True)
class WorkUnit:
    """One job of an analysis.

    Attributes:
        stage: mlpa, sanger or mrd.
        name: safe as a file name, unique within the stage.
        raw_files: instrument files and sheets whose change makes the unit run again.
        records: the sheet rows concerned, as plain values by kind.
    """

    stage: str
    name: str
    raw_files: tuple[str, ...]
    records: Mapping[str, Sequence[Any]]

    def content(self) -> str:
        """Return the rows as JSON: the part of a job's parameters that tells its rows."""
        return json.dumps(dict(self.records), sort_keys=True, default=_plain)


@dataclass(frozen=True, slots=True)
class Plan:
    """All jobs of a cohort, by name."""

    mlpa: Mapping[str, WorkUnit]
    sanger: Mapping[str, WorkUnit]
    mrd: Mapping[str, WorkUnit]
    pages: Mapping[str, tuple[str, ...]]

    def unit(self, stage: str, name: str) -> WorkUnit:
        """Return one unit."""
        units: Mapping[str, WorkUnit] = getattr(self, stage)
        return units[name]


def _plain(record: Any) -> dict[str, Any]:
    """Return the fields of a record for JSON, which asks again for what they hold."""
    return {field.name: getattr(record, field.name) for field in dataclasses.fields(record)}


def plan_cohort(inputs: CohortInputs) -> Plan:
    """Return the jobs of a cohort."""
    pages = _batches(list(inputs.patients), inputs.config.pages_per_job)
    return Plan(
        mlpa=_by_name(_plan_mlpa(inputs)),
        sanger=_by_name(_plan_sanger(inputs)),
        mrd=_by_name(_plan_mrd(inputs)),
        pages={f"pages-{i:05d}": tuple(batch) for i, batch in enumerate(pages, start=1)},
    )


def _plan_mlpa(inputs: CohortInputs) -> Iterable[WorkUnit]:
    if inputs.config.mlpa is None:
        return
    runs = _grouped(inputs.mlpa, lambda sample: sample.run_id)
    size = inputs.config.mlpa.runs_per_job or _automatic(len(runs), small=1, large=8)
    for i, batch in enumerate(_batches(list(runs), size), start=1):
        samples = [sample for run_id in batch for sample in runs[run_id]]
        sheets = {sample.probemix for sample in samples}
        sheets |= {path for sample in samples if (path := _standard_path(sample.size_standard))}
        yield WorkUnit(
            stage="mlpa",
            name=batch[0] if size == 1 else f"runs-{i:05d}",
            raw_files=_unique([*(sample.path for sample in samples), *sorted(sheets)]),
            records={"samples": samples, "patients": _patients(inputs, samples)},
        )


def _plan_sanger(inputs: CohortInputs) -> Iterable[WorkUnit]:
    if inputs.config.sanger is None:
        return
    samples: dict[str, list[SangerRead]] = _grouped(
        [read for read in inputs.reads if read.role == "sample"], lambda read: read.sample_id
    )
    controls = _grouped(
        [read for read in inputs.reads if read.role != "sample"], lambda read: read.run_id
    )
    runs = _grouped(list(samples), lambda name: samples[name][0].run_id or "")
    size = inputs.config.sanger.samples_per_job or _automatic(len(samples), small=8, large=96)
    reference = _reference_files(inputs.config.sanger.reference)
    for i, batch in enumerate(_packed(runs.values(), size), start=1):
        reads = [read for name in batch for read in samples[name]]
        needed = dict.fromkeys(read.run_id for read in reads if read.run_id is not None)
        reads += [read for run in needed for read in controls.get(run, ())]
        yield WorkUnit(
            stage="sanger",
            name=f"batch-{i:05d}",
            raw_files=_unique([*(read.path for read in reads), *reference]),
            records={"reads": reads},
        )


def _plan_mrd(inputs: CohortInputs) -> Iterable[WorkUnit]:
    if inputs.config.mrd is None:
        return
    plates: dict[str, list[Plate]] = _grouped(inputs.plates, lambda plate: plate.plate_id)
    samples: dict[str, list[MrdSample]] = _grouped(inputs.mrd, lambda sample: sample.plate_id)
    size = inputs.config.mrd.plates_per_job or _automatic(len(plates), small=8, large=128)
    for i, batch in enumerate(_batches(list(plates), size), start=1):
        rows = [plate for plate_id in batch for plate in plates[plate_id]]
        cdna = [sample for plate_id in batch for sample in samples.get(plate_id, ())]
        yield WorkUnit(
            stage="mrd",
            name=f"plates-{i:05d}",
            raw_files=_unique([plate.path for plate in rows]),
            records={"plates": rows, "samples": cdna, "patients": _patients(inputs, cdna)},
        )


def _automatic(count: int, *, small: int, large: int) -> int:
    """Return how many things one job takes: few as long as few jobs result, else many.

    A job costs about half a second beside its work, so a large cohort wants few jobs; a small one
    wants to repeat little when a file changes. The step is taken once, at 24 jobs.
    """
    return small if count <= 24 * small else large


def _packed(groups: Iterable[Sequence[_T]], size: int) -> Iterable[list[_T]]:
    """Yield batches of at most `size` that hold whole groups; a larger group is cut."""
    batch: list[_T] = []
    for group in groups:
        for part in _batches(group, size):
            if batch and len(batch) + len(part) > size:
                yield batch
                batch = []
            batch.extend(part)
    if batch:
        yield batch


def _patients(inputs: CohortInputs, samples: Iterable[MlpaSample | MrdSample]) -> list[Patient]:
    names = dict.fromkeys(sample.patient_id for sample in samples if sample.patient_id)
    return [inputs.patients[name] for name in names]


def _standard_path(name: str) -> str | None:
    return name if file_of(name).is_file() else None


def _reference_files(reference: str) -> list[str]:
    root = Path(reference) if reference else resource_path("abl1")
    if root.is_dir():
        return sorted(str(path) for path in root.iterdir() if path.suffix in REFERENCE_ENDINGS)
    return [str(root)]


def _grouped(items: Iterable[_T], key: Any) -> dict[Any, list[_T]]:
    groups: dict[Any, list[_T]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return groups


def _batches(items: Sequence[_T], size: int) -> Iterable[Sequence[_T]]:
    return (items[start : start + size] for start in range(0, len(items), size))


def _by_name(units: Iterable[WorkUnit]) -> dict[str, WorkUnit]:
    return {unit.name: unit for unit in units}


def _unique(paths: Iterable[str]) -> tuple[str, ...]:
    """Return the files of paths, each once: two tabs of a workbook are one file."""
    return tuple(dict.fromkeys(str(file_of(path)) for path in paths))


@functools.cache
def code_digest(stage: str) -> str:
    """Return a digest of the package parts that a stage uses.

    Snakemake does not run a rule again when a module that its script imports has changed; passed as
    a parameter, the digest makes it.
    """
    root = Path(der22.__file__).parent
    digest = hashlib.sha256()
    for pattern in (*_LEAVES, *_PARTS[stage]):
        for file in sorted(root.glob(pattern)):
            if file.suffix in _CODE:
                name = file.relative_to(root).as_posix()
                digest.update(name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:16]
