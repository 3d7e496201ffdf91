"""What the plates, mrd and patients sheets contradict each other in; told before any job starts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from der22.errors import InputProblem
from der22.formats.records import MrdSample, Patient, Plate
from der22.mrd.settings import MrdSettings
from der22.mrd.targets import ELSEWHERE

__all__ = ["check_mrd_sheets"]

_PLATES, _MRD = "plates", "mrd"
_TRANSCRIPTS = ("p190", "p210")


def check_mrd_sheets(
    plates: Sequence[tuple[int, Plate]],
    samples: Sequence[tuple[int, MrdSample]],
    patients: Mapping[str, Patient],
    settings: MrdSettings,
    sources: tuple[str, str] = (_PLATES, _MRD),
) -> list[InputProblem]:
    """Return every contradiction within and between the sheets of the MRD analysis.

    Args:
        plates: number and record of the rows of the plates sheet, all rows of each plate.
        samples: number and record of the rows of the mrd sheet.
        patients: by patient_id.
        settings: thresholds.
        sources: names of the plates and the mrd sheet, for sentences.
    """
    rows_of: dict[str, list[Plate]] = defaultdict(list)
    for _, plate in plates:
        rows_of[plate.plate_id].append(plate)
    problems: list[InputProblem] = []
    for row, plate in plates:
        fusion, control = plate.fusion_target, plate.control_target
        if fusion == control == ELSEWHERE:
            rule = "at least one of fusion_target and control_target is in the file"
            problems.append(InputProblem(_PLATES, rule, row, "fusion_target", ELSEWHERE))
        elif fusion is not None and fusion == control:
            rule = "fusion and control are two targets; write the two names of the file"
            problems.append(InputProblem(_PLATES, rule, row, "control_target", control))
        if plate.transcript is not None and plate.transcript not in _TRANSCRIPTS:
            rule = "not a transcript; write p190 or p210"
            problems.append(InputProblem(_PLATES, rule, row, "transcript", plate.transcript))
        factor = plate.conversion_factor
        if factor is not None and not factor > 0:
            rule = "a conversion factor is above 0"
            problems.append(InputProblem(_PLATES, rule, row, "conversion_factor", f"{factor:g}"))
        if factor is not None and plate.transcript == "p190":
            rule = "p190 has no International Scale; leave the conversion factor blank"
            problems.append(InputProblem(_PLATES, rule, row, "conversion_factor", f"{factor:g}"))
        if plate.cycles is not None and not 10 <= plate.cycles <= 100:
            rule = "a run has 10 to 100 cycles"
            problems.append(InputProblem(_PLATES, rule, row, "cycles", str(plate.cycles)))
    for row, sample in samples:
        patient, rows = patients.get(sample.patient_id), rows_of.get(sample.plate_id, [])
        problems.extend(_check_sample(row, sample, patient, rows, settings))
    taken: dict[str, tuple[int, MrdSample]] = {}
    for row, sample in samples:
        at, other = taken.setdefault(sample.sample_id, (row, sample))
        if other.patient_id != sample.patient_id:
            rule = f"is of patient {other.patient_id} in row {at}; a sample has one patient"
            problems.append(InputProblem(_MRD, rule, row, "sample_id", sample.sample_id))
        elif (other.day, other.material) != (sample.day, sample.material):
            rule = f"has another day or material in row {at}; a sample was taken once"
            problems.append(InputProblem(_MRD, rule, row, "sample_id", sample.sample_id))
    problems.extend(_claimed_twice(samples, rows_of))
    named = dict(zip((_PLATES, _MRD), sources, strict=True))
    return [replace(problem, source=named[problem.source]) for problem in problems]


def _check_sample(
    row: int,
    sample: MrdSample,
    patient: Patient | None,
    plates: Sequence[Plate],
    settings: MrdSettings,
) -> Iterator[InputProblem]:
    """Hold a sample against the config, its patient and the transcripts of its plate."""
    labels = [timepoint.name for timepoint in settings.timepoints]
    if sample.timepoint is not None and sample.timepoint not in labels:
        rule = f"not a time point of the config; known are {', '.join(labels)}"
        yield InputProblem(_MRD, rule, row, "timepoint", sample.timepoint)
    first, day = settings.diagnosis_first_day, sample.day
    if day is not None and day < first:
        rule = f"before day {first}, the first day of diagnosis; correct it"
        yield InputProblem(_MRD, rule, row, "day", str(day))
    if patient is None:
        return
    death = patient.death_day
    if day is not None and death is not None and day > death:
        rule = f"after the death of patient {patient.patient_id} on day {death}"
        yield InputProblem(_MRD, f"{rule}; correct one of them", row, "day", str(day))
    fusion = patient.fusion
    measured = {plate.transcript for plate in plates if plate.transcript is not None}
    if fusion in _TRANSCRIPTS and measured and fusion not in measured:
        rule = (
            f"plate {sample.plate_id} measures {' and '.join(sorted(measured))}, patient "
            f"{patient.patient_id} has {fusion}; correct the plate's transcript or the fusion"
        )
        yield InputProblem(_MRD, rule, row, "plate_id", sample.plate_id)
    has_factor = any(plate.conversion_factor is not None for plate in plates)
    if fusion == "p190" and has_factor and not measured:
        rule = (
            f"plate {sample.plate_id} has a conversion factor and patient {patient.patient_id} has "
            "p190, which has no International Scale; fill transcript or leave the factor blank"
        )
        yield InputProblem(_MRD, rule, row, "plate_id", sample.plate_id)


def _claimed_twice(
    samples: Sequence[tuple[int, MrdSample]], rows_of: Mapping[str, Sequence[Plate]]
) -> Iterator[InputProblem]:
    """Look for wells that two samples of the sheet ask for, on a plate or through two plates."""
    first: dict[tuple[str, str], tuple[int, MrdSample]] = {}
    of_file: dict[tuple[str, str | None, str], tuple[int, MrdSample]] = {}
    for row, sample in samples:
        at, other = first.setdefault((sample.plate_id, sample.plate_sample), (row, sample))
        is_twice = other.sample_id != sample.sample_id
        for plate in rows_of.get(sample.plate_id, ()) if not is_twice else ():
            key = (plate.path, plate.run, sample.plate_sample)
            at, other = of_file.setdefault(key, (row, sample))
            is_twice = other.sample_id != sample.sample_id and (
                other.patient_id != sample.patient_id
            )
            if is_twice:
                break
        if is_twice:
            rule = (
                f"the wells of plate {sample.plate_id} that row {at} has as {other.sample_id}; a "
                "well is of one sample"
            )
            yield InputProblem(_MRD, rule, row, "plate_sample", sample.plate_sample)
