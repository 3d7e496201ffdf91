"""The MLPA work units: open the files of a run, call its samples, write its tables."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from der22.errors import UnreadableFileError
from der22.flags import Flag, Problem, Severity
from der22.formats.abif import read_abif
from der22.formats.fragment_run import FragmentRun, to_fragment_run
from der22.formats.peak_table import PeakTable, SizedPeaks, is_peak_table, read_peak_table
from der22.formats.probemix import Probemix, read_probemix
from der22.formats.records import MlpaSample, Patient
from der22.formats.size_standard import SHIPPED_STANDARDS, SizeStandard, load_size_standard
from der22.jobs.ikzf1 import collect_ikzf1
from der22.jobs.mlpa_tables import write_run_tables
from der22.mlpa.codes import make_flag
from der22.mlpa.records import RunResult, RunSample, SampleResult
from der22.mlpa.run import analyse_run
from der22.mlpa.settings import MlpaSettings
from der22.mlpa.sizing.electropherogram import Electropherogram, measure_run
from der22.mlpa.sizing.signal import (
    SampleSignal,
    signal_of_probes,
    signal_of_run,
    signal_of_table,
)
from der22.resources import resource_path
from der22.runs.manifest import UnitReport

__all__ = ["collect_ikzf1", "run_mlpa"]

_SHIPPED_PROBEMIXES = ("P335-synthetic",)


def run_mlpa(
    run_id: str,
    samples: Sequence[MlpaSample],
    patients: Mapping[str, Patient],
    settings: MlpaSettings,
    outdir: Path,
    known_sheets: Sequence[str] = (),
) -> UnitReport:
    """Analyse one MLPA run and write its tables below ``mlpa/{run_id}``.

    Samples of one run that name different probemixes are normalised apart. A file that cannot be
    used ends that sample only.

    Args:
        run_id: the unit of normalisation.
        samples: the rows of the mlpa sheet with this run_id, resolved.
        patients: by patient_id; for declared sex and day of transplantation.
        settings: thresholds.
        outdir: root of the results.
        known_sheets: probemix sheets to name where that of a run does not fit it.

    Raises:
        InputError: a probemix or size standard sheet cannot be read; `der22 check` finds this
            before any run.
    """
    reader = _Reader(settings)
    measured = [reader.measure(sample) for sample in samples]
    sheets = {path: reader.sheet(path) for path in sorted({s.probemix for s in samples})}
    others = [*sheets.values(), *map(read_probemix, known_sheets), *_shipped_probemixes()]
    results: list[tuple[Probemix, RunResult]] = []
    for path, sheet in sheets.items():
        inputs = [
            _run_sample(sample, found, patients)
            for sample, found in zip(samples, measured, strict=True)
            if sample.probemix == path
        ]
        results.append((sheet, analyse_run(run_id, inputs, sheet, others, settings)))
    runs = {
        sample.sample_id: found.run
        for sample, found in zip(samples, measured, strict=True)
        if found.run is not None
    }
    files = write_run_tables(run_id, results, runs, outdir)
    return UnitReport(
        stage="mlpa",
        unit=run_id,
        files=files,
        problems=_problems(run_id, results),
        summary=_summary(results),
    )


@dataclass(frozen=True, slots=True)
class _Measured:
    """What one file gave."""

    signal: SampleSignal | None
    flags: tuple[Flag, ...]
    run: Electropherogram | None = None


@dataclass(slots=True)
class _Reader:
    """Opens files; keeps what serves several samples: size standards, sheets, peak tables."""

    settings: MlpaSettings
    standards: dict[str, SizeStandard] = field(default_factory=dict)
    tables: dict[str, PeakTable] = field(default_factory=dict)
    sheets: dict[str, Probemix] = field(default_factory=dict)

    def measure(self, sample: MlpaSample) -> _Measured:
        try:
            if is_peak_table(sample.path):
                return self._measure_table(sample)
            return self._measure_trace(sample)
        except UnreadableFileError as error:
            return _Measured(None, (make_flag(error.code, error.message),))

    def _measure_trace(self, sample: MlpaSample) -> _Measured:
        run = to_fragment_run(read_abif(sample.path))
        standard = self._standard(sample.size_standard)
        lengths = [probe.length_nt for probe in self.sheet(sample.probemix).probes]
        probes_nt = (
            min(lengths, default=-math.inf) - self.settings.bin_search_nt,
            max(lengths, default=math.inf) + self.settings.bin_search_nt,
        )
        sized = measure_run(run, standard, self.settings, self._hints, probes_nt)
        flags = (*_identity_flags(sample, run), *sized.flags)
        if not sized.is_sized:
            return _Measured(None, flags, sized)
        return _Measured(signal_of_run(sized), flags, sized)

    def _measure_table(self, sample: MlpaSample) -> _Measured:
        table = self.tables.get(sample.path)
        if table is None:
            table = self.tables[sample.path] = read_peak_table(sample.path)
        # Peak Scanner and GeneMapper name a sample by its trace file
        names = [n for n in table.sample_ids if n.removesuffix(".fsa") == sample.sample_id]
        name = names[0] if len(names) == 1 else sample.sample_id
        if name in table.probes:
            heights = (h for of_sample in table.probes.values() for h in of_sample.values())
            lowest = min((height for height in heights if height > 0.0), default=math.inf)
            return _Measured(signal_of_probes(table.probes[name], lowest, self.settings), ())
        if name in table.peaks:
            peaks = table.peaks[name]
            signal = signal_of_table(peaks.size_nt, peaks.height, peaks.area, self.settings)
            return _Measured(signal, tuple(_unsized_flags(table.name, peaks)))
        text = f"{table.name}: no row of sample {sample.sample_id}; correct its name"
        return _Measured(None, (make_flag("SAMPLE_NOT_IN_TABLE", text),))

    def _standard(self, name: str) -> SizeStandard:
        if name not in self.standards:
            self.standards[name] = load_size_standard(name)
        return self.standards[name]

    def sheet(self, path: str) -> Probemix:
        if path not in self.sheets:
            self.sheets[path] = read_probemix(path)
        return self.sheets[path]

    def _hints(self) -> list[SizeStandard]:
        return [self._standard(name) for name in SHIPPED_STANDARDS]


def _unsized_flags(name: str, peaks: SizedPeaks) -> Iterator[Flag]:
    """Tell of peaks without a size; one between others may be a probe that would look deleted."""
    if peaks.n_unsized:
        text = (
            f"{name}: {peaks.n_unsized} peaks without a size lie beyond the sized ones and are "
            "left out"
        )
        yield make_flag("PEAK_WITHOUT_SIZE", text)
    for before, after in peaks.unsized_between_nt:
        text = (
            f"{name}: a peak without a size stands between {before:g} and {after:g} nt and is left "
            "out; a probe there would look deleted, size the file again"
        )
        yield make_flag("PEAK_WITHOUT_SIZE", text, Severity.WARNING)


def _shipped_probemixes() -> list[Probemix]:
    return [read_probemix(resource_path(f"probemix/{name}.tsv")) for name in _SHIPPED_PROBEMIXES]


def _run_sample(sample: MlpaSample, found: _Measured, patients: Mapping[str, Patient]) -> RunSample:
    patient = patients.get(sample.patient_id) if sample.patient_id is not None else None
    transplant = None if patient is None else patient.transplant_day
    return RunSample(
        sample_id=sample.sample_id,
        role=sample.role,
        signal=found.signal,
        flags=found.flags,
        patient_id=sample.patient_id,
        blast_percent=sample.blast_percent,
        declared_sex=None if patient is None else patient.sex,
        after_transplant=(
            transplant is not None and sample.day is not None and transplant <= sample.day
        ),
    )


def _identity_flags(sample: MlpaSample, run: FragmentRun) -> list[Flag]:
    """Compare names in the file with the sheet: both known, neither containing the other."""
    told = []
    names = [_plain(name) for name in (sample.sample_id, sample.patient_id) if name]
    header = _plain(run.sample_name or "")
    if header and not any(name in header or header in name for name in names):
        # the name in the file may be a person's: it is never repeated
        told.append(f"the file holds another sample name than {sample.sample_id}")
    if run.well and sample.well and _well(run.well) != _well(sample.well):
        told.append(f"the file holds another well than {sample.well}")
    if not told:
        return []
    return [make_flag("RUN_ID_MISMATCH", f"{run.name}: {'; '.join(told)}; check the plate")]


def _plain(name: str) -> str:
    return "".join(c for c in name.lower() if c.isalnum())


def _well(name: str) -> str:
    """Return a well without leading zeros: A06 and A6 are one place."""
    match = re.fullmatch(r"\s*([A-Za-z]+)0*(\d+)\s*", name)
    return name.strip().upper() if match is None else f"{match[1].upper()}{match[2]}"


def _problems(run_id: str, results: Sequence[tuple[Probemix, RunResult]]) -> tuple[Problem, ...]:
    problems: list[Problem] = []
    for _, result in results:
        problems.extend(Problem("mlpa", run_id, noticed) for noticed in result.flags)
        for sample in result.samples:
            subject = f"{run_id}/{sample.sample.sample_id}"
            problems.extend(
                Problem("mlpa", subject, noticed)
                for noticed in sample.flags
                if noticed not in result.flags
            )
    return tuple(dict.fromkeys(problems))  # each once, order kept


def _summary(results: Sequence[tuple[Probemix, RunResult]]) -> str:
    samples: list[SampleResult] = [s for _, result in results for s in result.samples]
    count = Counter(str(sample.status) for sample in samples)
    return (
        f"{len(samples)} samples: {count['called']} called, "
        f"{count['called_with_warnings']} warned, {count['not_called']} refused"
    )
