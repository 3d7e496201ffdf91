"""The samples of the mrd sheet on one judged plate: a verdict per sample and transcript."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from der22.flags import Flag
from der22.formats.records import MrdSample, Patient
from der22.mrd.category import SampleCase, Verdict, judge_sample
from der22.mrd.codes import make_flag
from der22.mrd.measure import TargetMeasure, measure_target
from der22.mrd.placement import label_of
from der22.mrd.plate import JudgedPlate, as_said
from der22.mrd.settings import MrdSettings
from der22.mrd.targets import FusionAssay, TargetKey
from der22.mrd.wells import JudgedWell

__all__ = ["assess_samples"]

_Wells = Mapping[TargetKey, Sequence[JudgedWell]]


def assess_samples(
    plate: JudgedPlate,
    samples: Sequence[MrdSample],
    patients: Mapping[str, Patient],
    settings: MrdSettings,
) -> list[Verdict]:
    """Judge the samples of a plate.

    Args:
        plate: the judged plate.
        samples: rows of the mrd sheet with its plate_id.
        patients: by patient_id.
        settings: thresholds.

    Returns:
        One verdict per sample and transcript, in the order of the sheet.
    """
    verdicts = []
    for sample in samples:
        wells = plate.by_sample.get(sample.plate_sample, {})
        where = f"sample {sample.sample_id} on {plate.where}"
        said = plate.spellings.get(as_said(sample.plate_sample), frozenset())
        alike: list[Flag] = []
        if said - {sample.plate_sample}:
            message = (
                "the file has wells of a sample whose name differs in capitals or blanks only; "
                "give all its wells one name in the instrument software and export again"
            )
            alike = [make_flag("SAMPLE_NAME_DIFFERS", message)]
        named = {assay.key for assay in plate.fusions} | set(plate.controls)
        unread = {
            key[2]
            for key, judged in wells.items()
            if key not in named and "bcr" in key[2].casefold() and any(w.detected for w in judged)
        }
        for assay in _assays_for(plate, patients.get(sample.patient_id)):
            fusions = [
                other.key
                for other in plate.fusions
                if other.key in wells and other.transcript in (None, assay.transcript)
            ]
            controls = [key for key in plate.controls if key in wells]
            fusion = next((key for key in fusions if key is not None), None)
            if fusion is not None:
                controls = [key for key in controls if key[:2] == fusion[:2]] or controls
            refusals = [*plate.refusals, *alike]
            for role, n_runs in (("fusion", len(set(fusions))), ("control", len(set(controls)))):
                if n_runs > 1:
                    message = (
                        f"{where}: its {role} wells lie in {n_runs} files or runs of the plate and "
                        "are not pooled; give each run a plate_id of its own"
                    )
                    refusals.append(make_flag("RUN_NOT_CHOSEN", message))
            case = SampleCase(
                sample=sample,
                where=where,
                timepoint=label_of(sample.timepoint, sample.day, settings.timepoints),
                transcript=assay.transcript,
                conversion_factor=assay.conversion_factor,
                on_plate=bool(wells),
                refusals=tuple(refusals),
                fusion=_measure(plate, wells, fusion, settings, zeros_count=True),
                control=_measure(
                    plate, wells, controls[0] if controls else None, settings, zeros_count=False
                ),
                # a copies table was judged by the laboratory
                ntc_missing=fusion is not None
                and settings.ntc_rule != "none"
                and plate.sources[fusion[0]].has_curves
                and plate.curves[fusion].n_ntc == 0,
                unread=tuple(sorted(unread)),
            )
            verdicts.append(judge_sample(case, settings))
    return verdicts


def _assays_for(plate: JudgedPlate, patient: Patient | None) -> list[FusionAssay]:
    """Return the assays that serve a patient, one per transcript; one without wells if none."""
    fusion = None if patient is None else patient.fusion
    only = fusion if fusion in ("p190", "p210") else None
    by_transcript: dict[str | None, FusionAssay] = {}
    for assay in plate.fusions:
        transcript = assay.transcript or only
        known = by_transcript.get(transcript)
        if known is None or known.key is None:
            by_transcript[transcript] = FusionAssay(
                assay.name, assay.key, transcript, assay.conversion_factor
            )
    if not by_transcript:
        return [FusionAssay("", None, only, None)]
    own = [a for t, a in by_transcript.items() if t is None or fusion is None or t in fusion]
    return own or list(by_transcript.values())


def _measure(
    plate: JudgedPlate,
    wells: _Wells,
    key: TargetKey | None,
    settings: MrdSettings,
    *,
    zeros_count: bool,
) -> TargetMeasure | None:
    if key is None:
        return None
    return measure_target(wells[key], plate.curves[key], settings, zeros_count=zeros_count)
