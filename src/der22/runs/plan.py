"""Which jobs a cohort needs, and what each is made of.

The laboratory's run is the unit, never the patient. Where a sheet gives no run, samples go into
batches of fixed size in sheet order, so that one more patient changes one batch. What joins the
units follows from the analyses that the config asks for.
"""

from __future__ import annotations

import dataclasses
import functools
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import der22
from der22.formats.files import file_of, split_tab
from der22.formats.records import MlpaSample, MrdSample, Patient, Plate, SangerRead
from der22.inputs.cohort_inputs import CohortInputs
from der22.inputs.config import Config
from der22.resources import resource_path
from der22.runs.content import digest_of, file_names
from der22.runs.frozen import files_of_reference

__all__ = ["STAGES", "Join", "Plan", "WorkUnit", "code_digest", "plan_cohort", "unit_made_of"]

STAGES = ("mlpa", "sanger", "mrd")

_T = TypeVar("_T")

#: package parts whose change makes the units of a stage run again
_PARTS = {
    "mlpa": ("formats/**/*", "mlpa/**/*", "jobs/mlpa*", "jobs/ikzf1*"),
    "sanger": ("formats/**/*", "sanger/**/*", "jobs/sanger*"),
    "mrd": ("formats/**/*", "mrd/**/*", "jobs/mrd*"),
    "cohort": ("formats/**/*", "cohort/**/*", "mlpa/**/*", "jobs/cohort*", "jobs/exports*"),
    "figures": ("formats/**/*", "cohort/**/*", "report/**/*", "jobs/cohort*"),
    "report": ("formats/**/*", "report/**/*", "jobs/report*", "jobs/pro*", "inputs/copied*"),
}
_CODE = {".py", ".css", ".js"}
_LEAVES = (
    "arrays.py", "errors.py", "flags.py", "settings.py", "words.py", "results/**/*",
    "jobs/dispatch.py", "runs/manifest.py",
)  # fmt: skip
#: shipped tables that analyses read beside their inputs
_TABLES = {
    "mlpa": ("probemix", "size_standards"),
    "mrd": ("qpcr",), "sanger": ("abl1",), "cohort": ("abl1",), "report": ("abl1",),
}  # fmt: skip
#: the fields of the patients sheet that an analysis uses; all others change nothing in it
_PATIENT_FIELDS = {
    "mlpa": ("patient_id", "sex", "transplant_day"),
    "mrd": ("patient_id", "fusion"),
}
#: what joins the units of an analysis
_JOINED = {"mlpa": "cohort/ikzf1", "sanger": "cohort/abl1", "mrd": "cohort/series"}


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

    @property
    def key(self) -> str:
        """``stage/name``: its manifest below ``manifests/`` without the ending."""
        return f"{self.stage}/{self.name}"

    @property
    def file_names(self) -> Mapping[str, str]:
        """Path of every raw file -> its name in the manifest, without a folder."""
        return file_names(self.raw_files)

    def rows(self) -> dict[str, list[dict[str, Any]]]:
        """Return the rows as plain values, files by their name: a folder changes no result."""
        names = self.file_names

        def plain(value: Any) -> Any:
            if not isinstance(value, str):
                return value
            file, tab = split_tab(value)
            return value if file not in names else f"{names[file]}#{tab}" if tab else names[file]

        return {
            kind: [
                {
                    field.name: plain(getattr(record, field.name))
                    for field in dataclasses.fields(record)
                }
                for record in records
            ]
            for kind, records in self.records.items()
        }


@dataclass(frozen=True, slots=True)
class Join:
    """One job that joins the results of others.

    Attributes:
        key: ``stage/name``: its manifest below ``manifests/`` without the ending.
        code: the package parts it uses, see `code_digest`.
        upstream: keys of the jobs whose results it joins.
    """

    key: str
    code: str
    upstream: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """All jobs of a cohort: units of the analyses and batches of pages by name, joins by key.

    Joins stand in an order in which each follows what it joins.
    """

    mlpa: Mapping[str, WorkUnit]
    sanger: Mapping[str, WorkUnit]
    mrd: Mapping[str, WorkUnit]
    pages: Mapping[str, tuple[str, ...]]
    joins: Mapping[str, Join]

    def unit(self, stage: str, name: str) -> WorkUnit:
        """Return one unit."""
        units: Mapping[str, WorkUnit] = getattr(self, stage)
        return units[name]

    @property
    def units(self) -> list[WorkUnit]:
        """All units of all analyses."""
        return [*self.mlpa.values(), *self.sanger.values(), *self.mrd.values()]

    @property
    def keys(self) -> list[str]:
        """Keys of all jobs: the manifests of a whole run."""
        return [*(unit.key for unit in self.units), *self.joins]

    def above(self, key: str) -> list[str]:
        """Return the keys of all jobs whose results a join can see, directly or through others."""
        found: dict[str, None] = {}
        waiting = list(self.joins[key].upstream)
        while waiting:
            name = waiting.pop()
            if name not in found:
                found[name] = None
                waiting += self.joins[name].upstream if name in self.joins else ()
        return list(found)


def plan_cohort(inputs: CohortInputs) -> Plan:
    """Return the jobs of a cohort."""
    batches = _batches(list(inputs.patients), inputs.config.pages_per_job)
    pages = {f"pages-{i:05d}": tuple(batch) for i, batch in enumerate(batches, start=1)}
    units = {
        "mlpa": _by_name(_plan_mlpa(inputs)),
        "sanger": _by_name(_plan_sanger(inputs)),
        "mrd": _by_name(_plan_mrd(inputs)),
    }
    joins = _plan_joins(inputs.config, units, list(pages))
    return Plan(**units, pages=pages, joins={join.key: join for join in joins})


def _plan_joins(
    config: Config, units: Mapping[str, Mapping[str, WorkUnit]], pages: Sequence[str]
) -> Iterable[Join]:
    stages = [stage for stage in STAGES if getattr(config, stage) is not None]
    keys = {stage: tuple(unit.key for unit in units[stage].values()) for stage in stages}
    joined = tuple(_JOINED[stage] for stage in stages)
    parts = ("cohort/tables", "cohort/statistics")
    for stage in stages:
        yield Join(_JOINED[stage], stage, keys[stage])
    yield Join("cohort/tables", "cohort", joined)
    yield Join("cohort/statistics", "cohort", parts[:1])
    yield Join("cohort/figures", "figures", parts)
    yield Join("cohort/exports", "cohort", parts)
    everything = (*(key for stage in stages for key in keys[stage]), *joined, *parts)
    everything += ("cohort/figures", "cohort/exports")
    yield Join("report/problems", "report", everything)
    for name in (*(f"pages/{page}" for page in pages), "report/index", "report/multiqc"):
        yield Join(name, "report", ("report/problems",))
    if config.fail_on == "error":
        yield Join("report/verdict", "report", ("report/problems",))


def unit_made_of(unit: WorkUnit, config: Config) -> dict[str, str]:
    """Return digests of what the results of a unit depend on beside the content of its files.

    Folders are left out: the same cohort elsewhere gives the same results.
    """
    return {
        "rows": digest_of(unit.rows()),
        "settings": digest_of(dataclasses.asdict(getattr(config, unit.stage).settings)),
        "code": code_digest(unit.stage),
    }


def _plan_mlpa(inputs: CohortInputs) -> Iterable[WorkUnit]:
    if inputs.config.mlpa is None:
        return
    runs = _grouped(inputs.mlpa, lambda sample: sample.run_id)
    size = inputs.config.mlpa.runs_per_job or _automatic(len(runs), small=1, large=8)
    for i, batch in enumerate(_batches(list(runs), size), start=1):
        samples = [sample for run_id in batch for sample in runs[run_id]]
        # the config's own probemix is named where that of a run does not fit it
        sheets = {inputs.config.mlpa.probemix, *(sample.probemix for sample in samples)}
        standards = {sample.size_standard for sample in samples}
        sheets |= {name for name in standards if file_of(name).is_file()}
        yield WorkUnit(
            stage="mlpa",
            name=batch[0] if size == 1 else f"runs-{i:05d}",
            raw_files=_unique([*(sample.path for sample in samples), *sorted(sheets)]),
            records={"samples": samples, "patients": _patients(inputs, samples, "mlpa")},
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
    folder = inputs.config.sanger.reference
    reference = files_of_reference(Path(folder) if folder else resource_path("abl1"))
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
            records={"plates": rows, "samples": cdna, "patients": _patients(inputs, cdna, "mrd")},
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


def _patients(
    inputs: CohortInputs, samples: Iterable[MlpaSample | MrdSample], stage: str
) -> list[Patient]:
    """Return the patients of samples with no more than the fields that the analysis uses."""
    names = dict.fromkeys(sample.patient_id for sample in samples if sample.patient_id)
    return [
        Patient(**{key: getattr(inputs.patients[name], key) for key in _PATIENT_FIELDS[stage]})
        for name in names
    ]


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
def code_digest(stage: str, *more: str) -> str:
    """Return a digest of the package parts and shipped tables that a stage uses, and of `more`.

    Snakemake does not run a rule again when a module that its script imports has changed; this
    digest in the manifest makes it.
    """
    root = Path(der22.__file__).parent
    digest = hashlib.sha256()
    for pattern in (*_LEAVES, *_PARTS[stage], *more):
        for file in sorted(root.glob(pattern)):
            if file.suffix in _CODE:
                name = file.relative_to(root).as_posix()
                digest.update(name.encode() + b"\0" + file.read_bytes())
    for table in _TABLES.get(stage, ()):
        for file in sorted(resource_path(table).iterdir()):
            digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:16]
