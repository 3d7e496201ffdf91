"""The category of one sample and transcript: the first rule that fits decides.

METHOD: categories of Foa et al., N Engl J Med 2020;383 (CMR, PNQ, POS); PNQ means low. A positive
of unknown amount is POS_UNQUANTIFIED, never a response. ABL1 limits of validity and the
quantitative range as the settings tell; EuroMRD rules are recalled, see the method page.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from scipy.special import gammaincinv

from der22.flags import Flag
from der22.flags import Severity as Severity
from der22.formats.qpcr import Well
from der22.formats.qpcr.table import fold_name
from der22.formats.records import MrdSample
from der22.mrd.codes import make_flag
from der22.mrd.measure import TargetMeasure
from der22.mrd.privacy import shown_fault
from der22.mrd.settings import MrdSettings
from der22.results.mrd import PlateLevelRow
from der22.words import Category, Response

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
        ntc_missing: the plate has no no-template control of the fusion, and it should.
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
    ntc_missing: bool = False
    unread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """A level with the flags that are behind it."""

    level: PlateLevelRow
    flags: tuple[Flag, ...]


_Rule = Callable[[SampleCase, MrdSettings], list[Flag]]


def judge_sample(case: SampleCase, settings: MrdSettings) -> Verdict:
    """Decide the category of a sample and transcript."""
    told = [*_not_read(case, settings), *_failed_wells(case, settings)]
    refusals = _first(_REFUSALS, case, settings)
    if refusals or case.fusion is None:
        return _verdict(case, Category.NOT_EVALUABLE, [*refusals, *told], settings)
    no_level = _first(_NO_LEVEL, case, settings)
    single = _single_well(case, settings)
    if _is_positive(case.fusion, settings):
        told += single
        if no_level:
            return _verdict(case, Category.POS_UNQUANTIFIED, [*no_level, *told], settings)
        low = _below_range(case, settings) + single
        told += low + _limited_material(case, settings)
        doubts = _first(_NO_PNQ if low else _NO_POS, case, settings)
        category = Category.PNQ if low else Category.POS
        return _verdict(
            case, Category.POS_UNQUANTIFIED if doubts else category, [*told, *doubts], settings
        )
    told += single if case.fusion.n_detected else []
    doubts = no_level or _first(_NO_CMR, case, settings)
    category = Category.NOT_EVALUABLE if doubts else Category.CMR
    return _verdict(case, category, [*doubts, *told], settings)


def _first(rules: Sequence[_Rule], case: SampleCase, settings: MrdSettings) -> list[Flag]:
    """Return what the first rule that fits says; empty when none does."""
    return next((flags for rule in rules if (flags := rule(case, settings))), [])


def _is_positive(fusion: TargetMeasure, settings: MrdSettings) -> bool:
    """Tell whether enough wells are detected, or one so early that it is no chance."""
    needed = 1 if fusion.averaged else settings.min_positive_replicates
    return fusion.n_detected >= needed or (fusion.n_detected > 0 and fusion.is_early)


def _verdict(
    case: SampleCase, category: Category, flags: Sequence[Flag], settings: MrdSettings
) -> Verdict:
    """Put the level together; a level without a known amount has no ratio."""
    fusion, control = case.fusion, case.control
    found = [*flags, *_remarks(case, category, settings)]
    if case.unread and all(flag.code != "TARGET_NOT_READ" for flag in flags):
        found.append(make_flag("TARGET_NOT_READ", _unread_sentence(case, case.unread)))
    unique = tuple({(flag.code, flag.message): flag for flag in found}.values())
    means = [None if m is None else m.mean_copies for m in (fusion, control)]
    ratio = 0.0 if category is Category.CMR else None
    if category in (Category.PNQ, Category.POS) and means[0] is not None and means[1]:
        ratio = 100 * means[0] / means[1]
    tested = _tested_copies(case)
    depth = ""
    if category is Category.CMR:
        # METHOD: the depth of a negative result is MR4, MR4.5 and MR5 at 10,000, 32,000 and 100,000
        # ABL1 copies (EUTOS; Cross et al., Leukemia 2015) in the volume of cDNA that was tested for
        # the fusion.
        steps = (("MR5", settings.depth_mr5), ("MR4.5", settings.depth_mr4_5),
                 ("MR4", settings.depth_mr4))  # fmt: skip
        depth = next((name for name, least in steps if _at_least(tested or 0.0, least)), "")
    response = category.response
    if category is Category.POS_UNQUANTIFIED:
        lowest = _lowest_ratio_percent(case, settings)
        if lowest is not None and round(lowest, 9) > round(settings.no_response_min_percent, 9):
            response = Response.NO
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
        molecular_response=response,
        fusion_copies=None if fusion is None else fusion.mean_copies,
        control_copies=None if control is None else control.mean_copies,
        control_copies_sum=None if control is None else control.sum_copies,
        n_fusion_wells=0 if fusion is None else fusion.n_wells,
        n_fusion_detected=0 if fusion is None else fusion.n_detected,
        n_control_wells=0 if control is None else control.n_wells,
        ratio_percent=ratio,
        ratio_is_percent=None if ratio is None or is_factor is None else is_factor * ratio,
        conversion_factor=is_factor,
        detection_limit_percent=100 / tested if tested else None,
        depth=depth,
        codes=tuple(sorted({flag.code for flag in unique})),
        message=" ".join(flag.message for flag in unique),
    )
    return Verdict(level, unique)


def _tested_copies(case: SampleCase) -> float | None:
    """Return the control copies in the cDNA that was tested for the fusion; None when not known."""
    if case.fusion is None or case.control is None or case.control.mean_copies is None:
        return None
    return case.control.mean_copies * case.fusion.n_wells


def _lowest_ratio_percent(case: SampleCase, settings: MrdSettings) -> float | None:
    """Return the lowest ratio that agrees with the wells; None where the wells tell none.

    METHOD: molecules in wells are Poisson; the exact (Garwood) lower bound of their mean over all
    fusion wells, failed ones as zeros, stands over the highest control well. A failed curve and a
    control without copies bound nothing.
    """
    fusion, control = case.fusion, case.control
    if fusion is None or control is None or not fusion.copies or not control.copies:
        return None
    if fusion.curve.fit_failed or control.curve.fit_failed or control.copies[-1] <= 0:
        return None
    counted = math.floor(round(fusion.sum_copies or 0.0, 9))
    bound = float(gammaincinv(counted, (1 - settings.credible_level) / 2)) if counted else 0.0
    return 100 * bound / (fusion.n_wells + len(fusion.failed)) / control.copies[-1]


def _basis(control: TargetMeasure, settings: MrdSettings) -> float:
    """Return the control copies that are held against the limits."""
    copies = control.sum_copies if settings.abl1_basis == "sum" else control.mean_copies
    return copies or 0.0


def _at_least(value: float, limit: float) -> bool:
    return round(value, 9) >= round(limit, 9)


def _least_copies(fusion: TargetMeasure, settings: MrdSettings) -> float:
    """Return the lower end of the quantitative range, in copies of a well."""
    return max(settings.quantifiable_min_copies, fusion.curve.lowest_copies or 0.0)


def _seen(wells: Sequence[Well]) -> str:
    """Return wells with what the file says of them, for sentences."""
    return ", ".join(
        f"{w.well or w.place or '?'} {w.copies_raw or w.ct_raw or 'nothing'}" for w in wells
    )


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


def _contaminated(case: SampleCase, _: MrdSettings) -> list[Flag]:
    if case.fusion is None or not case.fusion.curve.ntc_detected:
        return []
    return [make_flag("NTC_DETECTED", _ntc_sentence(case, case.fusion))]


#: what makes a sample not evaluable, positive or not, in the order in which it is asked
_REFUSALS: tuple[_Rule, ...] = (_refused_plate, _unknown_transcript, _no_fusion, _contaminated)


def _no_control(case: SampleCase, _: MrdSettings) -> list[Flag]:
    if case.control is not None and case.control.n_wells:
        return []
    message = f"{case.where}: no well of the control gene is left; measure it on the same plate"
    return [make_flag("NO_CONTROL", message)]


def _failed_curve(case: SampleCase, _: MrdSettings) -> list[Flag]:
    flags = []
    for measure in (case.fusion, case.control):
        if measure is not None and (measure.curve.fit_failed or not measure.copies):
            why = ", ".join(sorted({flag.code for flag in measure.curve.flags})) or "no copies"
            message = (
                f"{case.where}: the standard curve of {measure.target} failed ({why}); "
                "repeat the run"
            )
            flags.append(make_flag("CURVE_FAILED", message))
    return flags


def _contaminated_control(case: SampleCase, _: MrdSettings) -> list[Flag]:
    if case.control is None or not case.control.curve.ntc_detected:
        return []
    return [make_flag("NTC_DETECTED", _ntc_sentence(case, case.control))]


def _control_wells_apart(case: SampleCase, settings: MrdSettings) -> list[Flag]:
    """Refuse a mean of control wells of which one has failed: its ratio would be twice too high."""
    control = case.control
    if control is None or control.averaged:
        return []
    most = settings.replicate_max_delta_ct
    if round(control.spread_ct, 9) <= round(most, 9):
        return []
    message = (
        f"{case.where}: the wells of {control.target} lie {control.spread_ct:.3f} Ct apart, more "
        f"than {most:g}; there is no ratio; measure the control gene again"
    )
    return [make_flag("CONTROL_REPLICATES_DISAGREE", message)]


def _control_below_minimum(case: SampleCase, settings: MrdSettings) -> list[Flag]:
    if case.control is None:
        return []
    copies = _basis(case.control, settings)
    if _at_least(copies, settings.abl1_min_any):
        return []
    message = (
        f"{case.where}: {copies:.6g} copies of {case.control.target} in all, below "
        f"{settings.abl1_min_any:g}; no level can be reported; repeat from new RNA"
    )
    return [make_flag("CONTROL_BELOW_MINIMUM", message)]


#: what leaves a sample without a level: no negative, and a positive of unknown amount
_NO_LEVEL: tuple[_Rule, ...] = (
    _no_control, _failed_curve, _contaminated_control, _control_below_minimum, _control_wells_apart,
)  # fmt: skip


def _below_range(case: SampleCase, settings: MrdSettings) -> list[Flag]:
    """Tell that the mean lies below the quantitative range.

    METHOD: not below 10 copies and the lowest standard that was detected throughout: EuroMRD,
    recalled.
    """
    fusion = case.fusion
    if fusion is None or _at_least(fusion.mean_copies or 0.0, _least_copies(fusion, settings)):
        return []
    message = (
        f"{case.where}: {fusion.mean_copies or 0.0:.4g} copies of {fusion.target} a well are "
        "detected but lie below the quantitative range, which begins at "
        f"{_least_copies(fusion, settings):g}"
    )
    return [make_flag("BELOW_QUANTITATIVE_RANGE", message)]


def _single_well(case: SampleCase, settings: MrdSettings) -> list[Flag]:
    fusion = case.fusion
    if fusion is None or fusion.averaged:
        return []
    least = max(settings.quantifiable_min_replicates, settings.min_positive_replicates)
    if fusion.n_detected >= least:
        return []
    n_wells = fusion.n_wells + len(fusion.failed)
    message = (
        f"{case.where}: {fusion.n_detected} of {n_wells} wells of {fusion.target} detected, "
        f"{least} are needed"
    )
    return [make_flag("SINGLE_POSITIVE_WELL", message)]


def _limited_material(case: SampleCase, settings: MrdSettings) -> list[Flag]:
    if case.control is None:
        return []
    copies = _basis(case.control, settings)
    if _at_least(copies, settings.abl1_min_valid):
        return []
    message = (
        f"{case.where}: positive with {copies:.6g} copies of {case.control.target} only, "
        f"{settings.abl1_min_valid:g} are wanted; the level is uncertain"
    )
    return [make_flag("LIMITED_MATERIAL", message)]


def _wells_contradict(case: SampleCase, settings: MrdSettings) -> list[Flag]:
    """Refuse a mean of wells that disagree, unless each of them by itself could be quantified."""
    fusion = case.fusion
    if fusion is None or not _disagrees(fusion, settings):
        return []
    least = _least_copies(fusion, settings)
    if _at_least(fusion.detected_copies[0], least):
        return []
    message = (
        f"{case.where}: the detected wells of {fusion.target} disagree and the lowest holds "
        f"{fusion.detected_copies[0]:.4g} copies, below {least:g}; repeat it"
    )
    return [make_flag("REPLICATES_DISAGREE", message)]


def _high_well(case: SampleCase, settings: MrdSettings) -> list[Flag]:
    """Refuse to call a well of many copies low, whatever its neighbours hold."""
    fusion = case.fusion
    if fusion is None or not fusion.copies:
        return []
    most = settings.high_well_factor * _least_copies(fusion, settings)
    if round(fusion.copies[-1], 9) <= round(most, 9):
        return []
    message = (
        f"{case.where}: a well of {fusion.target} holds {fusion.copies[-1]:.6g} copies, too many "
        f"for a low positive ({most:g} at most), and the others do not confirm it; repeat it"
    )
    return [make_flag("REPLICATES_DISAGREE", message)]


def _too_little_for_low(case: SampleCase, settings: MrdSettings) -> list[Flag]:
    """Refuse to call a positive low where the control gene does not show enough material."""
    lacking = _lacking_control(case, settings)
    message = f"{case.where}: positive, but {lacking}; a low level is not proven; repeat it"
    return [make_flag("LIMITED_MATERIAL", message)] if lacking else []


def _too_little_for_negative(case: SampleCase, settings: MrdSettings) -> list[Flag]:
    lacking = _lacking_control(case, settings)
    message = (
        f"{case.where}: no fusion found, but {lacking}: too few to call that negative; repeat with "
        "more cDNA"
    )
    return [make_flag("CONTROL_TOO_LOW_FOR_NEGATIVE", message)] if lacking else []


def _lacking_control(case: SampleCase, settings: MrdSettings) -> str:
    """Return what the control gene lacks for a CMR or PNQ, '' when nothing.

    METHOD: at least 10,000 copies in each control well (Cross et al., Leukemia 2015, recalled).
    """
    control = case.control
    if control is None or not control.copies:
        return "no copies of the control gene are known"
    copies = _basis(control, settings)
    if not _at_least(copies, settings.abl1_min_valid):
        return f"{copies:.6g} copies of {control.target} ({settings.abl1_min_valid:g} are needed)"
    if not _at_least(control.copies[0], settings.abl1_min_replicate):
        return (
            f"{control.copies[0]:.6g} copies of {control.target} in one well "
            f"({settings.abl1_min_replicate:g} are needed in each)"
        )
    return ""


def _unknown_reaction(case: SampleCase, _: MrdSettings) -> list[Flag]:
    """Refuse a negative of a sample whose fusion reaction the instrument did not analyse."""
    if case.fusion is None or not case.fusion.not_analysed:
        return []
    listed = ", ".join(well.well or well.place for well in case.fusion.not_analysed)
    message = (
        f"{case.where}: no fusion found, but {case.fusion.target} was not analysed in {listed}; "
        "analyse the run in the instrument software and export again"
    )
    return [make_flag("NOT_ANALYSED", message)]


def _disagrees(fusion: TargetMeasure, settings: MrdSettings) -> bool:
    """Tell whether the detected wells lie too far apart.

    METHOD: replicates within 1.5 Ct, 2.0 beyond Ct 36: EuroMRD, recalled.
    """
    return not fusion.averaged and round(fusion.spread_ct, 9) > round(_most(fusion, settings), 9)


def _most(fusion: TargetMeasure, settings: MrdSettings) -> float:
    late = round(fusion.mean_ct, 9) > round(settings.late_ct, 9)
    return settings.replicate_max_delta_ct_late if late else settings.replicate_max_delta_ct


def _failed_wells(case: SampleCase, settings: MrdSettings) -> list[Flag]:
    """Tell of wells that disagree with their neighbours; an undetected one is left out."""
    flags = []
    fusion, control = case.fusion, case.control
    for measure, code in (
        (fusion, "REPLICATES_DISAGREE"), (control, "CONTROL_REPLICATES_DISAGREE"),
    ):  # fmt: skip
        if measure is not None and measure.failed:
            message = (
                f"{case.where}: nothing is detected in {_seen(measure.failed)} of {measure.target} "
                f"beside {measure.n_detected} detected wells; a failed reaction, left out; "
                "measure it again"
            )
            flags.append(make_flag(code, message))
    if fusion is not None and _disagrees(fusion, settings):
        message = (
            f"{case.where}: the detected wells of {fusion.target} lie {fusion.spread_ct:.3f} Ct "
            f"apart, more than {_most(fusion, settings):g} at a mean Ct of {fusion.mean_ct:.2f}"
        )
        flags.append(make_flag("REPLICATES_DISAGREE", message))
    return flags


def _not_read(case: SampleCase, _: MrdSettings) -> list[Flag]:
    """Tell of wells whose value cannot be read or was never computed; the others are judged."""
    flags = []
    for measure in (case.fusion, case.control):
        for well in () if measure is None else (*measure.unreadable, *measure.not_analysed):
            message = (
                f"{case.where}, {well.place}: well {well.well or '?'} of {well.target} was not "
                "analysed and is left out; analyse the run and export again"
                if well.fault == "NOT_ANALYSED"
                else f"{case.where}, {well.place}: the {shown_fault(well)} of well "
                f"{well.well or '?'} of {well.target} cannot be read and is left out; correct the "
                "cell or export again"
            )
            flags.append(make_flag(well.fault, message))
    return flags


def _ntc_sentence(case: SampleCase, measure: TargetMeasure) -> str:
    return (
        f"{case.where}: a no-template well of {measure.target} is detected "
        f"({measure.curve.ntc_seen}); repeat the run"
    )


def _other_spelling(case: SampleCase, _: MrdSettings) -> list[Flag]:
    """Refuse a negative where the same fusion, written another way, is detected on the plate."""
    if case.fusion is None:
        return []
    own = _spelling(case.fusion.target)
    alike = tuple(name for name in case.unread if _spelling(name) == own)
    if not alike:
        return []
    return [make_flag("TARGET_NOT_READ", _unread_sentence(case, alike), Severity.ERROR)]


#: what keeps a sample from each category, in the order in which it is asked
_NO_CMR: tuple[_Rule, ...] = (_too_little_for_negative, _unknown_reaction, _other_spelling)
_NO_PNQ: tuple[_Rule, ...] = (_high_well, _too_little_for_low)
_NO_POS: tuple[_Rule, ...] = (_wells_contradict,)


def _spelling(target: str) -> str:
    return fold_name(target).removesuffix("1")


def _unread_sentence(case: SampleCase, targets: Sequence[str]) -> str:
    names = ", ".join(repr(name) for name in targets)
    return (
        f"{case.where}: detected in {names}, which no row of the plates sheet names; those wells "
        "are not counted"
    )


#: doubts about a curve that reach every sample of the run
_OF_EVERY_SAMPLE = frozenset({"INTERCEPT_UNUSUAL", "STANDARD_SPREAD", "LEVELS_APART"})


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
            f"{measure.n_wells} of {max(least, n_given)} wells of {measure.target}"
            for measure, least in expected
            for n_lost in [len(measure.unreadable) + len(measure.not_analysed)]
            for n_given in [measure.n_wells + len(measure.failed) + n_lost]
            if not measure.averaged and (n_lost or n_given < least)
        ]
        if few:
            message = f"{case.where}: {' and '.join(few)} expected"
            flags.append(make_flag("FEW_REPLICATES", message))
    for measure in measures:
        flags += [
            Flag(flag.code, flag.level, f"{case.where}: {flag.message}")
            for flag in measure.curve.flags
            if flag.code in _OF_EVERY_SAMPLE
        ]
    if fusion is not None and case.ntc_missing:
        message = (
            f"{case.where}: no no-template control of {fusion.target} was recognised on the plate; "
            "contamination cannot be excluded; run one, or add its name to ntc_names"
        )
        flags.append(make_flag("NO_NTC", message))
    if category.assessable and fusion is not None and fusion.n_detected:
        copies, highest = fusion.mean_copies, fusion.curve.highest_copies
        if highest is not None and copies is not None and round(copies, 9) > round(highest, 9):
            message = (
                f"{case.where}: {copies:.6g} copies of {fusion.target} lie above the highest "
                f"standard ({highest:g}), extrapolated"
            )
            flags.append(make_flag("ABOVE_CURVE", message))
    return flags
