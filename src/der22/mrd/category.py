"""The category of one sample and transcript: the first rule that fits decides.

METHOD: categories of Foa et al., N Engl J Med 2020;383 (CMR, PNQ, POS). ABL1 limits of validity and
the quantitative range as the settings tell; EuroMRD rules are recalled, see the method page.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from der22.flags import Flag
from der22.flags import Severity as Severity
from der22.formats.qpcr.table import fold_name
from der22.formats.records import MrdSample
from der22.mrd.codes import make_flag
from der22.mrd.measure import TargetMeasure
from der22.mrd.settings import MrdSettings
from der22.results.mrd import PlateLevelRow
from der22.words import Category

__all__ = ["SampleCase", "Verdict", "judge_sample"]


@dataclass(frozen=True, slots=True)
class SampleCase:
    """Everything the category of a sample and transcript depends on.

    Attributes:
        sample: row of the mrd sheet.
        where: sample, plate and file, for sentences.
        timepoint: time point by label or window, '' when neither tells.
        transcript: p190 or p210, None when not known.
        conversion_factor: to the International Scale, None without.
        on_plate: the plate holds a well of the sample.
        refusals: why the plate gives nothing at all.
        fusion: the fusion wells, None when there are none.
        control: the control wells, None when there are none.
        unread: fusions that no row of the plate names and in which the sample is detected.
    """

    sample: MrdSample
    where: str
    timepoint: str
    transcript: str | None
    conversion_factor: float | None
    on_plate: bool
    refusals: tuple[Flag, ...]
    fusion: TargetMeasure | None
    control: TargetMeasure | None
    unread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """A level with the flags that are behind it."""

    level: PlateLevelRow
    flags: tuple[Flag, ...]


_Rule = Callable[[SampleCase, MrdSettings], list[Flag]]


def judge_sample(case: SampleCase, settings: MrdSettings) -> Verdict:
    """Decide the category of a sample and transcript."""
    refusals = next((flags for rule in _REFUSALS if (flags := rule(case, settings))), [])
    flags = _unreadable(case, settings)
    if refusals or case.fusion is None or case.control is None:
        return _verdict(case, Category.NOT_EVALUABLE, [*refusals, *flags], settings)
    needed = 1 if case.fusion.averaged else settings.min_positive_replicates
    if case.fusion.n_detected >= needed:
        doubts = _not_quantifiable(case.fusion, case.where, settings)
        flags += doubts + _limited_material(case.control, case.where, settings)
        return _verdict(case, Category.PNQ if doubts else Category.POS, flags, settings)
    if case.fusion.n_detected:
        flags += _single_well(case.fusion, case.where, needed)
    too_low = _too_low_for_negative(case.control, case.where, settings) + _other_spelling(case)
    category = Category.NOT_EVALUABLE if too_low else Category.CMR
    return _verdict(case, category, [*flags, *too_low], settings)


def _verdict(
    case: SampleCase, category: Category, flags: Sequence[Flag], settings: MrdSettings
) -> Verdict:
    """Put the level together; a level that is not evaluable has no ratio."""
    fusion, control = case.fusion, case.control
    found = [*flags, *_remarks(case, category, settings)]
    if case.unread and all(flag.code != "TARGET_NOT_READ" for flag in flags):
        found.append(make_flag("TARGET_NOT_READ", _unread_sentence(case, case.unread)))
    unique = tuple({(flag.code, flag.message): flag for flag in found}.values())
    control_sum = None if control is None else control.sum_copies
    ratio = None
    if category is Category.CMR:
        ratio = 0.0
    elif (
        category is not Category.NOT_EVALUABLE
        and fusion is not None
        and fusion.mean_copies is not None
        and control is not None
        and control.mean_copies
    ):
        ratio = 100 * fusion.mean_copies / control.mean_copies
    depth = ""
    if category is Category.CMR and control is not None:
        # METHOD: the depth of a negative result is MR4, MR4.5 and MR5 at 10,000, 32,000 and 100,000
        # ABL1 copies (EUTOS; Cross et al., Leukemia 2015).
        copies = _basis(control, settings)
        steps = (("MR5", settings.depth_mr5), ("MR4.5", settings.depth_mr4_5),
                 ("MR4", settings.depth_mr4))  # fmt: skip
        depth = next((name for name, least in steps if _at_least(copies, least)), "")
    is_factor = case.conversion_factor if case.transcript == "p210" else None
    level = PlateLevelRow(
        patient_id=case.sample.patient_id,
        sample_id=case.sample.sample_id,
        plate_id=case.sample.plate_id,
        day=case.sample.day,
        timepoint=case.timepoint,
        transcript=case.transcript,
        material=case.sample.material,
        category=category,
        fusion_copies=None if fusion is None else fusion.mean_copies,
        control_copies=None if control is None else control.mean_copies,
        control_copies_sum=control_sum,
        n_fusion_wells=0 if fusion is None else fusion.n_wells,
        n_fusion_detected=0 if fusion is None else fusion.n_detected,
        n_control_wells=0 if control is None else control.n_wells,
        ratio_percent=ratio,
        ratio_is_percent=None if ratio is None or is_factor is None else is_factor * ratio,
        detection_limit_percent=100 / control_sum if control_sum else None,
        depth=depth,
        codes=tuple(sorted({flag.code for flag in unique})),
        message=" ".join(flag.message for flag in unique),
    )
    return Verdict(level, unique)


def _basis(control: TargetMeasure, settings: MrdSettings) -> float:
    """Return the control copies that are held against the limits."""
    copies = control.sum_copies if settings.abl1_basis == "sum" else control.mean_copies
    return copies or 0.0


def _at_least(value: float, limit: float) -> bool:
    return round(value, 9) >= round(limit, 9)


def _refused_plate(case: SampleCase, _: MrdSettings) -> list[Flag]:
    if case.refusals:
        return [Flag(f.code, f.level, f"{case.where}: {f.message}") for f in case.refusals]
    if case.on_plate:
        return []
    message = (
        f"{case.where}: the plate holds no well of sample {case.sample.plate_sample!r}; "
        "write the name that the file uses into column plate_sample"
    )
    return [make_flag("SAMPLE_NOT_ON_PLATE", message)]


def _unknown_transcript(case: SampleCase, _: MrdSettings) -> list[Flag]:
    if case.transcript is not None:
        return []
    message = (
        f"{case.where}: neither the plate nor one fusion of the patient tells p190 or p210; "
        "fill transcript in the plates sheet or fusion in the patients sheet"
    )
    return [make_flag("TRANSCRIPT_UNKNOWN", message)]


def _no_fusion(case: SampleCase, _: MrdSettings) -> list[Flag]:
    if case.fusion is not None and case.fusion.n_wells:
        return []
    message = f"{case.where}: no well of the fusion is left; measure it again"
    return [make_flag("NO_FUSION_WELLS", message)]


def _no_control(case: SampleCase, _: MrdSettings) -> list[Flag]:
    if case.control is not None and case.control.n_wells:
        return []
    message = f"{case.where}: no well of the control gene is left; measure it on the same plate"
    return [make_flag("NO_CONTROL", message)]


def _unreadable(case: SampleCase, _: MrdSettings) -> list[Flag]:
    flags = []
    for measure in (case.fusion, case.control):
        for well in () if measure is None else measure.unreadable:
            message = (
                f"{case.where}, {well.place}: well {well.well or '?'} of {well.target} cannot be "
                "read; correct the cell or export again"
            )
            flags.append(make_flag(well.fault, message))
    return flags


def _failed_curve(case: SampleCase, _: MrdSettings) -> list[Flag]:
    flags = []
    for measure in (case.fusion, case.control):
        if measure is None:
            continue
        if measure.curve.fit_failed or measure.sum_copies is None:
            why = ", ".join(sorted({flag.code for flag in measure.curve.flags})) or "no copies"
            message = (
                f"{case.where}: the standard curve of {measure.target} failed ({why}); "
                "repeat the run"
            )
            flags.append(make_flag("CURVE_FAILED", message))
        if measure.curve.ntc_detected:
            message = (
                f"{case.where}: a no-template well of {measure.target} is detected; repeat the run"
            )
            flags.append(make_flag("NTC_DETECTED", message))
    return flags


def _control_below_minimum(case: SampleCase, settings: MrdSettings) -> list[Flag]:
    if case.control is None:
        return []
    copies = _basis(case.control, settings)
    if _at_least(copies, settings.abl1_min_any):
        return []
    message = (
        f"{case.where}: {copies:.6g} copies of {case.control.target} in all, below "
        f"{settings.abl1_min_any:g}; nothing can be reported; repeat from new RNA"
    )
    return [make_flag("CONTROL_BELOW_MINIMUM", message)]


#: what makes a sample not evaluable, in the order in which it is asked
_REFUSALS: tuple[_Rule, ...] = (
    _refused_plate, _unknown_transcript, _no_fusion, _no_control, _unreadable, _failed_curve,
    _control_below_minimum,
)  # fmt: skip


def _not_quantifiable(fusion: TargetMeasure, where: str, settings: MrdSettings) -> list[Flag]:
    """Return why a positive sample cannot be quantified; empty when it can.

    METHOD: at least two detected wells, the mean within the range of the curve and not below 10
    copies, replicates within 1.5 Ct (2.0 beyond Ct 36): EuroMRD, recalled.
    """
    flags: list[Flag] = []
    lowest = fusion.curve.lowest_copies
    least = max(settings.quantifiable_min_copies, lowest or 0.0)
    if fusion.mean_copies is None or not _at_least(fusion.mean_copies, least):
        mean = fusion.mean_copies or 0.0
        message = (
            f"{where}: {mean:.4g} copies of {fusion.target} a well are detected but lie below the "
            f"quantitative range, which begins at {least:g}"
        )
        flags.append(make_flag("BELOW_QUANTITATIVE_RANGE", message))
    if fusion.averaged:
        return flags
    flags += _single_well(fusion, where, settings.quantifiable_min_replicates)
    late = round(fusion.mean_ct, 9) > round(settings.late_ct, 9)
    most = settings.replicate_max_delta_ct_late if late else settings.replicate_max_delta_ct
    if round(fusion.spread_ct, 9) > round(most, 9):
        message = (
            f"{where}: the detected wells of {fusion.target} lie {fusion.spread_ct:.3f} Ct apart, "
            f"more than {most:g} at a mean Ct of {fusion.mean_ct:.2f}"
        )
        flags.append(make_flag("REPLICATES_DISAGREE", message))
    return flags


def _single_well(fusion: TargetMeasure, where: str, least: int) -> list[Flag]:
    if fusion.averaged or fusion.n_detected >= least:
        return []
    message = (
        f"{where}: {fusion.n_detected} of {fusion.n_wells} wells of {fusion.target} detected, "
        f"{least} are needed"
    )
    return [make_flag("SINGLE_POSITIVE_WELL", message)]


def _limited_material(control: TargetMeasure, where: str, settings: MrdSettings) -> list[Flag]:
    copies = _basis(control, settings)
    if _at_least(copies, settings.abl1_min_valid):
        return []
    message = (
        f"{where}: positive with {copies:.6g} copies of {control.target} only, "
        f"{settings.abl1_min_valid:g} are wanted; the level is uncertain"
    )
    return [make_flag("LIMITED_MATERIAL", message)]


def _too_low_for_negative(control: TargetMeasure, where: str, settings: MrdSettings) -> list[Flag]:
    copies = _basis(control, settings)
    if _at_least(copies, settings.abl1_min_valid):
        return []
    message = (
        f"{where}: no fusion found, but {copies:.6g} copies of {control.target} are too few to "
        f"call that negative ({settings.abl1_min_valid:g} are needed); repeat with more cDNA"
    )
    return [make_flag("CONTROL_TOO_LOW_FOR_NEGATIVE", message)]


def _other_spelling(case: SampleCase) -> list[Flag]:
    """Refuse a negative where the same fusion, written another way, is detected on the plate."""
    if case.fusion is None:
        return []
    own = _spelling(case.fusion.target)
    alike = tuple(name for name in case.unread if _spelling(name) == own)
    if not alike:
        return []
    return [make_flag("TARGET_NOT_READ", _unread_sentence(case, alike), Severity.ERROR)]


def _spelling(target: str) -> str:
    return fold_name(target).removesuffix("1")


def _unread_sentence(case: SampleCase, targets: Sequence[str]) -> str:
    names = ", ".join(repr(name) for name in targets)
    return (
        f"{case.where}: detected in {names}, which no row of the plates sheet names; those wells "
        "are not counted"
    )


def _remarks(case: SampleCase, category: Category, settings: MrdSettings) -> list[Flag]:
    """Return what is worth saying whatever the category."""
    flags = []
    if case.sample.material != "BM":
        message = f"{case.where}: {case.sample.material}, not marrow; it enters no series"
        flags.append(make_flag("MATERIAL_PB", message))
    fusion, control = case.fusion, case.control
    measures = [m for m in (fusion, control) if m is not None]
    omitted = [well for measure in measures for well in measure.omitted]
    if omitted:
        listed = ", ".join(f"{w.well or '?'} {w.reason}" for w in omitted)
        message = f"{case.where}: {len(omitted)} wells left out ({listed})"
        flags.append(make_flag("WELL_OMITTED", message))
    if fusion is not None and fusion.n_wells and control is not None and control.n_wells:
        expected = ((fusion, settings.replicates_fusion), (control, settings.replicates_control))
        few = [
            f"{measure.n_wells} of {least} wells of {measure.target}"
            for measure, least in expected
            if not measure.averaged and measure.n_wells < least
        ]
        if few:
            message = f"{case.where}: {' and '.join(few)} expected"
            flags.append(make_flag("FEW_REPLICATES", message))
    if category.assessable and fusion is not None and fusion.n_detected:
        copies, highest = fusion.mean_copies, fusion.curve.highest_copies
        if highest is not None and copies is not None and round(copies, 9) > round(highest, 9):
            message = (
                f"{case.where}: {copies:.6g} copies of {fusion.target} lie above the highest "
                f"standard ({highest:g}), extrapolated"
            )
            flags.append(make_flag("ABOVE_CURVE", message))
    return flags
