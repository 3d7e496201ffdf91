"""Thresholds of the MRD analysis, each with unit, source and confidence.

Confidence "recalled" means: from memory of the guideline, to be checked against the paper before
it is relied upon. The report prints these words.
"""

from __future__ import annotations

from dataclasses import dataclass

from der22.errors import InputProblem
from der22.mrd.timepoints import DEFAULT_TIMEPOINTS
from der22.settings import setting
from der22.words import Timepoint

__all__ = ["MrdSettings", "check_settings"]

_PEER_DECISION = "qpcrpredict (MHH Bioinformatics Hematology), docs/decision.md"
_PEER_CURVE = "bcr-abl-pcr-analysis (EJ20179), PRD.md"
_EAC = "Europe Against Cancer protocol (Gabert 2003), recalled"
_EUROMRD = "EuroMRD guideline, recalled"
_INTERCEPTS = "chosen; public curves measured at 39.8 to 40.8"
_EUTOS = "EUTOS reference tables, ph-is.com and cmlsupport.org.uk"


@dataclass(frozen=True, slots=True)
class MrdSettings:
    """Every threshold of the MRD analysis; the metadata of a field says what it is."""

    fusion_target: str = setting("BCR-ABL1", unit="name", source="chosen", confidence="decide")
    control_target: str = setting("ABL1", unit="name", source="chosen", confidence="decide")
    timepoints: tuple[Timepoint, ...] = setting(
        DEFAULT_TIMEPOINTS,
        unit="days",
        source="nominal days Foa 2020; windows chosen",
        confidence="days verified",
    )
    cycles: int = setting(
        45,
        unit="cycles",
        source="chosen; used only when neither sheet nor file tells",
        confidence="decide",
        minimum=10,
        maximum=100,
    )
    ct_max_long_run: float = setting(
        42.0,
        unit="Ct",
        source=f"{_EAC}; a laboratory procedure ({_PEER_DECISION}) has 41",
        confidence="peer",
        minimum=10,
        maximum=100,
    )
    ct_margin_short_run: float = setting(
        0.5,
        unit="Ct before the last cycle",
        source="chosen; .eds documents write 40.0 for nothing on 40 cycles",
        confidence="measured",
        minimum=0,
        maximum=10,
    )
    replicates_fusion: int = setting(
        3, unit="wells", source=f"{_EAC}; {_PEER_DECISION}", confidence="peer", minimum=1
    )
    replicates_control: int = setting(
        2, unit="wells", source=f"{_EAC}; {_PEER_DECISION}", confidence="peer", minimum=1
    )
    min_positive_replicates: int = setting(
        1,
        unit="wells",
        source=f"{_EUROMRD}; 2 of 3 elsewhere ({_PEER_DECISION})",
        confidence="decide",
        minimum=1,
    )
    quantifiable_min_replicates: int = setting(
        2, unit="wells", source=_EUROMRD, confidence="recalled", minimum=1
    )
    quantifiable_min_copies: float = setting(
        10.0,
        unit="copies per well",
        source="lowest plasmid standard of the EAC protocol, recalled",
        confidence="recalled",
        minimum=0,
    )
    replicate_max_delta_ct: float = setting(
        1.5, unit="Ct", source=_EUROMRD, confidence="recalled", minimum=0
    )
    replicate_max_delta_ct_late: float = setting(
        2.0, unit="Ct", source=_EUROMRD, confidence="recalled", minimum=0
    )
    late_ct: float = setting(36.0, unit="Ct", source=_EUROMRD, confidence="recalled", minimum=0)
    high_well_factor: float = setting(
        10.0,
        unit="times the lower end of the quantitative range",
        source="chosen; a well above it is no PNQ",
        confidence="decide",
        minimum=1,
    )
    no_response_min_percent: float = setting(
        0.1,
        unit="%, lower bound of the ratio",
        source="chosen; MR3 of the EUTOS tables",
        confidence="decide",
        minimum=0,
    )
    credible_level: float = setting(
        0.95,
        unit="of the two-sided exact Poisson interval",
        source="chosen",
        confidence="decide",
        minimum=0.5,
        maximum=0.999,
    )
    slope_min: float = setting(
        -3.9, unit="Ct per log10", source=_PEER_CURVE, confidence="peer", maximum=0
    )
    slope_max: float = setting(
        -3.1, unit="Ct per log10", source=_PEER_CURVE, confidence="peer", maximum=0
    )
    intercept_min: float = setting(
        37.5,
        unit="Ct at one copy, warn below",
        source=_INTERCEPTS,
        confidence="measured",
        minimum=0,
    )
    intercept_max: float = setting(
        42.5,
        unit="Ct at one copy, warn above",
        source=_INTERCEPTS,
        confidence="measured",
        minimum=0,
    )
    r2_fail: float = setting(
        0.95, unit="-", source=_PEER_DECISION, confidence="peer", minimum=0, maximum=1
    )
    r2_warn: float = setting(
        0.98,
        unit="-",
        source="EuroMRD 2007, recalled",
        confidence="peer",
        minimum=0,
        maximum=1,
    )
    fusion_curve_min_levels: int = setting(
        4, unit="levels", source="chosen; kits have 5 to 6", confidence="decide", minimum=2
    )
    control_curve_min_levels: int = setting(
        3,
        unit="levels",
        source="chosen; ABL1 kits have 3 plasmid levels, recalled",
        confidence="decide",
        minimum=2,
    )
    fusion_curve_min_decades: float = setting(
        4.0, unit="log10, warn below", source="chosen", confidence="decide", minimum=0
    )
    control_curve_min_decades: float = setting(
        2.0, unit="log10, warn below", source="chosen", confidence="decide", minimum=0
    )
    curve_max_gap_decades: float = setting(
        1.0,
        unit="log10 between neighbouring levels, warn above",
        source="chosen; a level typed ten times off leaves a gap. Kits that skip a decade need 2",
        confidence="decide",
        minimum=0,
    )
    curve_source: str = setting(
        "refit",
        unit="-",
        source="measured: a LightCycler file differs up to 24 % at the low end",
        confidence="measured",
        allowed=("refit", "instrument"),
    )
    curve_max_difference_percent: float = setting(
        10.0, unit="% of copies", source="chosen", confidence="decide", minimum=0
    )
    ntc_rule: str = setting(
        "any", unit="-", source=_PEER_CURVE, confidence="peer", allowed=("any", "none")
    )
    ntc_names: tuple[str, ...] = setting(
        ("NTC",),
        unit="names beside those of control_names.tsv",
        source="chosen",
        confidence="decide",
    )
    ntc_control_delta_ct: float = setting(
        10.0,
        unit="Ct behind the latest sample, from which a control gene's NTC is a note",
        source="chosen; a thousandth of the faintest sample",
        confidence="decide",
        minimum=0,
    )
    positive_control_max_log10: float = setting(
        0.5,
        unit="log10 from the expected copies",
        source="chosen; half a log is EuroMRD's own band (Pfeifer, abstract)",
        confidence="decide",
        minimum=0,
    )
    amplification_min_rise: float = setting(
        10.0,
        unit="standard deviations of the readings",
        source="chosen; 288 curves of a public RDML file rise by more than 20",
        confidence="measured",
        minimum=1,
    )
    amplification_min_light: float = setting(
        0.05,
        unit="of the light",
        source="chosen; a dye drifts by less",
        confidence="low",
        minimum=0,
    )
    amplification_min_readings: int = setting(
        12, unit="cycles", source="chosen; fewer tell no line", confidence="low", minimum=4
    )
    amplification_settling: int = setting(
        2, unit="cycles", source="chosen; the first readings settle", confidence="low", minimum=0
    )
    fewest_cycles: int = setting(
        35, unit="cycles", source="chosen; no run has fewer", confidence="low", minimum=1
    )
    abl1_min_valid: float = setting(
        10_000.0,
        unit="copies, see abl1_basis",
        source=f"{_PEER_DECISION}; cmlsupport.org.uk",
        confidence="peer",
        minimum=0,
    )
    abl1_min_any: float = setting(
        1_000.0,
        unit="copies, see abl1_basis",
        source=_PEER_DECISION,
        confidence="peer",
        minimum=0,
    )
    abl1_min_replicate: float = setting(
        10_000.0,
        unit="copies in each control well, for CMR and PNQ",
        source="Cross 2015, recalled",
        confidence="recalled",
        minimum=0,
    )
    abl1_basis: str = setting(
        "sum",
        unit="of the control wells",
        source="Cross 2015, recalled",
        confidence="recalled",
        allowed=("sum", "mean"),
    )
    depth_mr4: float = setting(
        10_000.0, unit="copies", source=_EUTOS, confidence="verified", minimum=0
    )
    depth_mr4_5: float = setting(
        32_000.0, unit="copies", source=_EUTOS, confidence="verified", minimum=0
    )
    depth_mr5: float = setting(
        100_000.0, unit="copies", source=_EUTOS, confidence="verified", minimum=0
    )
    increase_min_log10: float = setting(
        0.5,
        unit="log10",
        source="the trial paper gives none; half a log is EuroMRD's own band (Pfeifer, abstract)",
        confidence="ambiguous",
        minimum=0,
    )
    relapse_min_log10: float = setting(
        2.0, unit="log10", source="Foa 2020", confidence="verified", minimum=0
    )
    response_lost_triggers: str = setting(
        "yes",
        unit="-",
        source="chosen; the trial screened for an increase in induction and for relapse only",
        confidence="decide",
        allowed=("yes", "no"),
    )
    rerun_max_log10: float = setting(
        0.5,
        unit="log10 between two measurements of one sample",
        source="EuroMRD's own band (Pfeifer, abstract)",
        confidence="decide",
        minimum=0,
    )
    transcripts_max_days: int = setting(
        3,
        unit="days between samples of two transcripts that belong together",
        source="chosen",
        confidence="decide",
        minimum=0,
    )
    qc_min_plates: int = setting(
        6,
        unit="other plates of a target, for Westgard notes",
        source="chosen; laboratories ask for 20",
        confidence="decide",
        minimum=2,
    )
    duplicates: str = setting(
        "conflict",
        unit="-",
        source="chosen",
        confidence="decide",
        allowed=("conflict", "last"),
    )
    diagnosis_first_day: int = setting(
        -30, unit="day", source="chosen", confidence="decide", maximum=0
    )


#: pairs of settings whose first may not exceed the second
_ORDERED = (
    ("slope_min", "slope_max"),
    ("r2_fail", "r2_warn"),
    ("intercept_min", "intercept_max"),
    ("abl1_min_any", "abl1_min_valid"),
    ("depth_mr4", "depth_mr4_5"),
    ("depth_mr4_5", "depth_mr5"),
    ("replicate_max_delta_ct", "replicate_max_delta_ct_late"),
)


def check_settings(settings: MrdSettings, source: str = "config") -> list[InputProblem]:
    """Return what contradicts itself among settings that are each allowed."""
    problems = []
    for lower, upper in _ORDERED:
        if getattr(settings, lower) > getattr(settings, upper):
            rule = f"not above mrd.settings.{upper} = {getattr(settings, upper):g}"
            value = f"{getattr(settings, lower):g}"
            problems.append(InputProblem(source, rule, column=f"mrd.settings.{lower}", value=value))
    if settings.fusion_target == settings.control_target:
        problems.append(
            InputProblem(
                source,
                "fusion and control are two targets; write the two names of the export",
                column="mrd.settings.control_target",
                value=settings.control_target,
            )
        )
    return problems
