"""One record per row of the five input sheets, checked and with every moment turned into a day.

All fields are plain (text, numbers, None), so that a record survives ``asdict`` and back. Paths are
absolute text. None = the cell was blank = not known.
"""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["MlpaSample", "MrdSample", "Patient", "Plate", "SangerRead"]


@dataclass(frozen=True, slots=True)
class Patient:
    """One row of the patients sheet; every ``*_day`` counts from day 0 = start of the TKI.

    Attributes:
        patient_id: unique.
        sex: F or M.
        age_years: age.
        wbc_per_mm3: white blood cells at diagnosis.
        fusion: p190, p210 or p190+p210.
        erg_deletion: yes or no.
        chr_day: day of complete haematologic response.
        relapse_day: day of first relapse.
        relapse_site: hematologic, cns, nodal or other.
        transplant_day: day of allogeneic transplantation.
        death_day: day of death.
        last_contact_day: day of last contact; the death day when dead.
        cycles_started: blinatumomab cycles begun.
        extra: columns beginning with ``x_``, carried through, in sheet order.
    """

    patient_id: str
    sex: str | None = None
    age_years: float | None = None
    wbc_per_mm3: float | None = None
    fusion: str | None = None
    erg_deletion: str | None = None
    chr_day: int | None = None
    relapse_day: int | None = None
    relapse_site: str | None = None
    transplant_day: int | None = None
    death_day: int | None = None
    last_contact_day: int | None = None
    cycles_started: int | None = None
    extra: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MlpaSample:
    """One row of the mlpa sheet: one capillary injection or one sample of a peak table.

    Attributes:
        run_id: unit of normalisation.
        sample_id: unique within the run.
        role: patient, reference, no_dna or positive_control.
        patient_id: given for role patient.
        day: day of sampling.
        blast_percent: share of leukaemic cells, 0-100.
        path: .fsa or peak table.
        probemix: path of the probemix sheet in force.
        size_standard: shipped name or path of the size standard sheet in force, '' when no row and
            no config names one.
        well: plate well.
    """

    run_id: str
    sample_id: str
    role: str
    path: str
    probemix: str
    size_standard: str
    patient_id: str | None = None
    day: int | None = None
    blast_percent: float | None = None
    well: str | None = None


@dataclass(frozen=True, slots=True)
class SangerRead:
    """One row of the sanger sheet: one trace file.

    Attributes:
        read_id: unique.
        sample_id: reads of one sample are called together.
        role: sample or wild_type_control.
        path: .ab1 or .scf.
        patient_id: blank allowed for controls.
        day: day of sampling.
        run_id: controls serve the samples of the same run and direction.
        primer: name as the laboratory wrote it; only compared, never trusted.
    """

    read_id: str
    sample_id: str
    path: str
    role: str = "sample"
    patient_id: str | None = None
    day: int | None = None
    run_id: str | None = None
    primer: str | None = None


@dataclass(frozen=True, slots=True)
class Plate:
    """One row of the plates sheet: one file with one target pair.

    Attributes:
        plate_id: rows of the same plate are parts of one plate.
        path: instrument export or copies table.
        run: name inside a file with several runs.
        fusion_target: name inside the file; ``-`` = not in this file; None = the config's default.
        control_target: as fusion_target.
        transcript: p190 or p210.
        conversion_factor: to the International Scale, p210 only.
        cycles: cycles of the run.
    """

    plate_id: str
    path: str
    run: str | None = None
    fusion_target: str | None = None
    control_target: str | None = None
    transcript: str | None = None
    conversion_factor: float | None = None
    cycles: int | None = None


@dataclass(frozen=True, slots=True)
class MrdSample:
    """One row of the mrd sheet: one cDNA sample on a plate.

    Attributes:
        patient_id: of the patients sheet.
        sample_id: unique together with plate_id.
        plate_id: of the plates sheet.
        plate_sample: its name in the plate file.
        day: day of sampling.
        timepoint: label of config, wins over the windows.
        material: BM or PB.
    """

    patient_id: str
    sample_id: str
    plate_id: str
    plate_sample: str
    day: int | None = None
    timepoint: str | None = None
    material: str = "BM"
