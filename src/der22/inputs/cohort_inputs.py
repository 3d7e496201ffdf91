"""Everything a run needs, read and checked at once: config, five sheets, every file they name."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from der22.cohort.settings import unknown_groups
from der22.errors import InputError, InputProblem
from der22.flags import Severity
from der22.formats.peak_table import is_peak_table
from der22.formats.probemix import Probemix, read_probemix, validate_probemix
from der22.formats.records import MlpaSample, MrdSample, Patient, Plate, SangerRead
from der22.formats.reference_folder import Reference, read_reference
from der22.formats.size_standard import load_size_standard
from der22.inputs.config import (
    Config,
    MlpaConfig,
    MrdConfig,
    checkable_part,
    config_from_mapping,
)
from der22.inputs.config_file import read_config_file
from der22.inputs.cross_checks import (
    check_files,
    check_mlpa,
    check_mrd,
    check_patients,
    check_sanger,
    implausible_blasts,
    implausible_white_cells,
)
from der22.inputs.genome_order import in_genome_order
from der22.inputs.sheets import (
    DayZero,
    SheetRecords,
    read_mlpa_sheet,
    read_mrd_sheet,
    read_patients_sheet,
    read_plates_sheet,
    read_sanger_sheet,
)
from der22.mrd.settings import MrdSettings
from der22.mrd.sheet_rules import check_mrd_sheets
from der22.resources import resource_path
from der22.results.provenance import CohortLabels
from der22.words import Timepoint

__all__ = ["CohortInputs", "inputs_from_mapping", "load_inputs", "read_inputs"]


@dataclass(frozen=True, slots=True)
class CohortInputs:
    """A cohort whose config and sheets were found good.

    Attributes:
        config: thresholds and places.
        patients: by patient_id, in sheet order.
        mlpa: injections; empty when the analysis is left out.
        reads: trace files; empty when the analysis is left out.
        plates: plate files; empty when the analysis is left out.
        mrd: cDNA samples; empty when the analysis is left out.
        probemixes: by path of the sheet.
        warnings: what is allowed but doubtful, such as too few reference probes.
    """

    config: Config
    patients: Mapping[str, Patient]
    mlpa: tuple[MlpaSample, ...]
    reads: tuple[SangerRead, ...]
    plates: tuple[Plate, ...]
    mrd: tuple[MrdSample, ...]
    probemixes: Mapping[str, Probemix]
    warnings: tuple[InputProblem, ...]

    @property
    def genes(self) -> tuple[str, ...]:
        """Genes with target probes, along the genome as far as the sheets tell."""
        probes = in_genome_order(
            probe for mix in self.probemixes.values() for probe in mix.of_role("target")
        )
        return tuple(dict.fromkeys(probe.gene for probe in probes))

    @property
    def timepoints(self) -> tuple[Timepoint, ...]:
        """Configured time points in order; the defaults without MRD."""
        return (self.config.mrd.settings if self.config.mrd else MrdSettings()).timepoints

    @property
    def reference(self) -> Reference | None:
        """The gene sequenced; None without sequencing."""
        part = self.config.sanger
        return None if part is None else read_reference(part.reference or resource_path("abl1"))

    @property
    def labels(self) -> CohortLabels:
        """What every page says of the cohort: its name, the definition and the risk rule."""
        config = self.config
        first = tuple(point.name for point in self.timepoints if not point.is_follow_up)
        return CohortLabels(
            config.name, config.ikzf1plus_definition, config.genomic_risk, at_diagnosis=first
        )

    @property
    def probemix_status(self) -> str | None:
        """``synthetic`` when any probemix in force is, else ``verified``; None without MLPA."""
        if not self.probemixes:
            return None
        synthetic = any(mix.is_synthetic for mix in self.probemixes.values())
        return "synthetic" if synthetic else "verified"

    @property
    def probe_order(self) -> dict[str, int]:
        """probe_id -> place along the genome, as far as the sheets tell."""
        probes = in_genome_order(probe for mix in self.probemixes.values() for probe in mix.probes)
        names = dict.fromkeys(probe.probe_id for probe in probes)
        return {name: place for place, name in enumerate(names)}


def load_inputs(config_path: Path | str) -> CohortInputs:
    """Read and check a config and all that it names.

    Raises:
        InputError: with every problem of config, sheets and files.
    """
    path = Path(config_path)
    return inputs_from_mapping(read_config_file(path), path.name, path.absolute().parent)


def inputs_from_mapping(content: Any, source: str, base: Path) -> CohortInputs:
    """Check a config that was read already and all that it names; see `load_inputs`.

    Args:
        content: what the YAML held.
        source: name of the file, for sentences.
        base: folder that relative paths start from.

    Raises:
        InputError: with every problem; a fault of the config hides none of the sheets.
    """
    try:
        config = config_from_mapping(content, source, base)
    except InputError as error:
        found = list(error.problems)
        if (part := checkable_part(content)) is not None:
            try:
                read_inputs(config_from_mapping(part, source, base))
            except InputError as more:
                found += more.problems
        raise InputError(list(dict.fromkeys(found))) from error
    return read_inputs(config)


def read_inputs(config: Config) -> CohortInputs:
    """Read and check the sheets of a config; see `load_inputs`."""
    problems = list(_check_config(config))
    warnings: list[InputProblem] = []
    patients, day_zero = read_patients_sheet(config.patients)
    problems += patients.problems
    problems += check_patients(patients)
    warnings += [*patients.notes, *implausible_white_cells(patients)]
    mlpa, mixes = _read_mlpa(config.mlpa, patients, day_zero, problems, warnings)
    reads: tuple[SangerRead, ...] = ()
    if (part := config.sanger) is not None:
        sheet = read_sanger_sheet(part.reads, day_zero)
        reads = sheet.records
        problems += [*sheet.problems, *check_sanger(sheet, patients), *check_files(sheet)]
        warnings += sheet.notes
        try:
            read_reference(part.reference or resource_path("abl1"))
        except InputError as error:
            problems += error.problems
    plates, mrd = _read_mrd(config.mrd, patients, day_zero, problems, warnings)
    if problems:
        raise InputError(list(dict.fromkeys(problems)))
    return CohortInputs(
        config=config,
        patients={patient.patient_id: patient for patient in patients.records},
        mlpa=mlpa,
        reads=reads,
        plates=plates,
        mrd=mrd,
        probemixes=mixes,
        warnings=tuple(dict.fromkeys(warnings)),
    )


def _read_mlpa(
    part: MlpaConfig | None,
    patients: SheetRecords[Patient],
    day_zero: DayZero,
    problems: list[InputProblem],
    warnings: list[InputProblem],
) -> tuple[tuple[MlpaSample, ...], dict[str, Probemix]]:
    if part is None:
        return (), {}
    sheet = read_mlpa_sheet(part.samples, day_zero, part.probemix, part.size_standard)
    problems += [*sheet.problems, *check_mlpa(sheet, patients), *check_files(sheet)]
    warnings += [*sheet.notes, *implausible_blasts(sheet)]
    paths = dict.fromkeys(sample.probemix for sample in sheet.records) or {part.probemix: None}
    # a raw file needs a size standard; each that is named must be known or a good sheet
    standards = {part.size_standard: None}
    for row, sample in sheet.whole():
        standards[sample.size_standard] = None
        if not sample.size_standard and not is_peak_table(sample.path):
            message = "a raw file needs a size standard; give mlpa.size_standard in the config"
            problems.append(InputProblem(sheet.source, message, row, "size_standard"))
    for name in filter(None, standards):
        try:
            load_size_standard(name)
        except InputError as error:
            problems += error.problems
    mixes: dict[str, Probemix] = {}
    for path in paths:
        try:
            mixes[path] = read_probemix(path)
        except InputError as error:
            problems += error.problems
            continue
        for found in validate_probemix(mixes[path]):
            problem = InputProblem(
                Path(path).name,
                found.message,
                value=found.probe_id,
                level=found.level,
                code="SHEET_WARNING",
            )
            (problems if found.level is Severity.ERROR else warnings).append(problem)
    return sheet.records, mixes


def _read_mrd(
    part: MrdConfig | None,
    patients: SheetRecords[Patient],
    day_zero: DayZero,
    problems: list[InputProblem],
    warnings: list[InputProblem],
) -> tuple[tuple[Plate, ...], tuple[MrdSample, ...]]:
    if part is None:
        return (), ()
    plates = read_plates_sheet(part.plates)
    samples = read_mrd_sheet(part.samples, day_zero)
    found = [*plates.problems, *samples.problems, *check_files(plates)]
    found += check_mrd(plates, samples, patients)
    doubtful = {plate.plate_id for row, plate in plates.numbered() if row in plates.doubtful}
    found += check_mrd_sheets(
        [(row, plate) for row, plate in plates.whole() if plate.plate_id not in doubtful],
        list(samples.whole()),
        {patient.patient_id: patient for _, patient in patients.whole()},
        part.settings,
        (plates.source, samples.source),
    )
    warnings += [*plates.notes, *samples.notes]
    problems += found
    return plates.records, samples.records


def _check_config(config: Config) -> Iterator[InputProblem]:
    """What the schema cannot tell: a folder for results, groups of this cohort."""
    existing, outdir = config.outdir, str(config.outdir)
    while not existing.exists() and existing != existing.parent:
        existing = existing.parent
    message = ""
    if "{" in outdir or "}" in outdir:
        message = "braces in the path of the results are no letters for Snakemake; name another one"
    elif not existing.is_dir():
        message = f"{existing.name} is a file, results need a folder"
    elif not os.access(existing, os.W_OK | os.X_OK):
        message = f"{existing.name} cannot be written to; change its rights or name another folder"
    if message:
        yield InputProblem(config.source, message, column="outdir", value=config.outdir.name)
    settings = config.mrd.settings if config.mrd else MrdSettings()
    message = (
        "no variable of this cohort; allowed are fusion, ikzf1_class, sex and "
        "molecular_response_ with the name of a time point"
    )
    for group in unknown_groups(config.statistics, [time.name for time in settings.timepoints]):
        yield InputProblem(config.source, message, column="statistics.groups", value=group)
