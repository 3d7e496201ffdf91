"""Thresholds of the Sanger analysis, each with unit, source and confidence."""

from __future__ import annotations

from dataclasses import dataclass

from der22.settings import setting

__all__ = ["SangerSettings"]

_CHOSEN = "chosen"
_WIDTHS = "public 3730 reads: 2.7 to 6.7"
_SPIKES = "spikes of about 130 named changes into real read pairs"
_LOD = "semi-synthetic dilution of real traces: 0.25 false calls per domain at 0.109-0.117"
_SHORT = "real short amplicons"
_BLOB = "resources/abl1/artifacts.csv: dye blob at about nt 70-120 of a read"


@dataclass(frozen=True, slots=True)
class SangerSettings:
    """Everything of ``sanger.settings``; the fields are the keys of the config."""

    calls: str = setting(
        "basecaller",
        unit="-",
        source="edited letters depend on the person who edited",
        confidence="high",
        allowed=("basecaller", "edited"),
    )
    min_matches: int = setting(
        80, unit="bases", source="chosen; alien sequence scores below 80", confidence="medium",
        minimum=20,
    )  # fmt: skip
    min_score: int = setting(
        150, unit="score", source="chosen; alien sequence scores below 80", confidence="medium",
        minimum=0,
    )  # fmt: skip
    edge_start: int = setting(
        25, unit="calls", source="loss of 30-50 nt at read start, softened by quality and identity",
        confidence="medium", minimum=0,
    )  # fmt: skip
    edge_end: int = setting(
        12, unit="calls", source="loss of 30-50 nt at read start, softened by quality and identity",
        confidence="medium", minimum=0,
    )  # fmt: skip
    min_rolling_quality: float = setting(
        20.0, unit="Phred, mean of 11 calls", source="convention", confidence="high", minimum=0.0
    )
    min_good_bases: int = setting(100, unit="bases", source=_CHOSEN, confidence="medium", minimum=1)
    min_usable_bases: int = setting(
        60, unit="bases", source=_CHOSEN, confidence="medium", minimum=1
    )
    min_identity: float = setting(
        0.7, unit="share of 21 bases", source=_CHOSEN, confidence="medium", minimum=0.0, maximum=1.0
    )
    min_call_agreement: float = setting(
        0.6, unit="share of usable calls that are the tallest channel", source=_CHOSEN,
        confidence="medium", minimum=0.0, maximum=1.0,
    )  # fmt: skip
    min_relative_height: float = setting(
        0.2, unit="of the running median of 61 bases", source=_SHORT, confidence="medium",
        minimum=0.0, maximum=1.0,
    )  # fmt: skip
    min_signal_left: float = setting(
        0.03, unit="of the highest running median", source=_SHORT, confidence="medium",
        minimum=0.0, maximum=1.0,
    )  # fmt: skip
    min_signal_to_background: float = setting(
        4.0, unit="ratio, window of 51 calls", source=_CHOSEN, confidence="medium", minimum=1.0
    )
    baseline_calls: int = setting(150, unit="calls", source=_BLOB, confidence="medium", minimum=0)
    baseline_window: int = setting(15, unit="bases", source=_BLOB, confidence="medium", minimum=3)
    blob_height: float = setting(
        0.15, unit="of the running median peak", source=_BLOB, confidence="medium", minimum=0.0
    )
    shoulder_factor: float = setting(
        0.8, unit="factor", source="measured on simulated tails", confidence="medium",
        minimum=0.0, maximum=1.0,
    )  # fmt: skip
    floor_window: int = setting(
        30, unit="bases either side", source=_CHOSEN, confidence="medium", minimum=5
    )
    floor_limit: float = setting(
        0.10, unit="of the peaks around", source="public reads stay below 0.05",
        confidence="medium", minimum=0.0, maximum=1.0,
    )  # fmt: skip
    counted_share: float = setting(
        0.10, unit="share", source="95 % of the noise of public reads is below 0.083",
        confidence="medium", minimum=0.0, maximum=1.0,
    )  # fmt: skip
    offscale_reach: int = setting(
        6, unit="scans either side", source="half the spacing of peaks", confidence="medium",
        minimum=2,
    )  # fmt: skip
    offscale_tolerance: float = setting(
        0.005, unit="of the top", source=_CHOSEN, confidence="medium", minimum=0.0, maximum=0.1
    )
    offscale_scans: int = setting(
        3, unit="scans", source="a Gaussian of sigma 8 stays within 0.5 % of its top for two",
        confidence="medium", minimum=2,
    )  # fmt: skip
    offscale_scans_beside: int = setting(
        5, unit="scans", source="two peaks of one base may join", confidence="medium", minimum=2
    )
    quality_window: int = setting(
        11, unit="calls", source="convention", confidence="high", minimum=1
    )
    spacing_reach: int = setting(
        6, unit="calls either side of a gap", source=_CHOSEN, confidence="medium", minimum=1
    )
    spacing_fit: float = setting(
        0.4, unit="steps", source="half a step would fit either way", confidence="medium",
        minimum=0.0, maximum=0.5,
    )  # fmt: skip
    spacing_window: int = setting(
        20, unit="calls either side", source=_CHOSEN, confidence="medium", minimum=3
    )
    offscale_share: float = setting(
        0.05, unit="of the peaks that could be used", source=_CHOSEN, confidence="low",
        minimum=0.0, maximum=1.0,
    )  # fmt: skip
    median_window: int = setting(61, unit="bases", source=_CHOSEN, confidence="medium", minimum=3)
    noise_quantile: float = setting(
        0.99, unit="share of bases", source="measured, heavy tail", confidence="high",
        minimum=0.5, maximum=1.0,
    )  # fmt: skip
    noise_window: int = setting(
        120, unit="bases either side", source="measured, heavy tail", confidence="high", minimum=20
    )
    control_noise_factor: float = setting(
        1.25, unit="factor", source=_CHOSEN, confidence="low", minimum=1.0
    )
    detected_named: float = setting(
        0.10, unit="share", source=_SPIKES, confidence="medium", minimum=0.0, maximum=1.0
    )
    possible_named: float = setting(
        0.07, unit="share", source=_SPIKES, confidence="medium", minimum=0.0, maximum=1.0
    )
    detected_other: float = setting(
        0.12, unit="share", source=_LOD, confidence="high", minimum=0.0, maximum=1.0
    )
    possible_other: float = setting(
        0.10, unit="share", source=_LOD, confidence="high", minimum=0.0, maximum=1.0
    )
    single_named: float = setting(
        0.25, unit="share", source="the same dilution, single read 0.27-0.31", confidence="medium",
        minimum=0.0, maximum=1.0,
    )  # fmt: skip
    single_other: float = setting(
        0.35, unit="share", source="the same dilution, single read 0.27-0.31", confidence="medium",
        minimum=0.0, maximum=1.0,
    )  # fmt: skip
    single_controlled: float = setting(
        0.25, unit="share", source="the same dilution, single read 0.27-0.31", confidence="medium",
        minimum=0.0, maximum=1.0,
    )  # fmt: skip
    single_doubled: float = setting(
        0.50, unit="share", source="240 simulated splice variants: more than one row beside 3 % of "
        "them, beside 7 % at 0.35", confidence="low", minimum=0.0, maximum=1.0,
    )  # fmt: skip
    noise_factor_named: float = setting(
        0.7, unit="factor", source="measured", confidence="medium", minimum=0.0
    )
    noise_factor_other: float = setting(
        1.0, unit="factor", source="measured", confidence="medium", minimum=0.0
    )
    noise_factor_detected: float = setting(
        1.5,
        unit="factor",
        source="measured on simulated wild types: unnamed changes below it are possible, not "
        "detected, which takes two thirds of the false ones",
        confidence="medium",
        minimum=0.0,
    )
    noise_factor_single: float = setting(
        1.5, unit="factor", source="measured", confidence="medium", minimum=0.0
    )
    interval_base: float = setting(
        0.02, unit="share", source="sd 3 points at 10 %, 4.3 at 20 %, two strands",
        confidence="medium", minimum=0.0,
    )  # fmt: skip
    interval_slope: float = setting(
        0.25, unit="share", source="sd 3 points at 10 %, 4.3 at 20 %, two strands",
        confidence="medium", minimum=0.0,
    )  # fmt: skip
    one_strand_factor: float = setting(
        1.4, unit="factor", source="two strands averaged: root of two", confidence="medium",
        minimum=1.0,
    )  # fmt: skip
    interval_sd: float = setting(
        1.96, unit="standard deviations", source="95 % of a normal distribution",
        confidence="high", minimum=0.0,
    )  # fmt: skip
    phase_known: float = setting(
        0.90, unit="share", source="no unchanged copy is left", confidence="medium",
        minimum=0.0, maximum=1.0,
    )  # fmt: skip
    no_noise: float = setting(
        0.60, unit="share on both strands", source="none in 600 simulated wild types",
        confidence="medium", minimum=0.0, maximum=1.0,
    )  # fmt: skip
    one_sided_plain: float = setting(
        0.45, unit="share", source=_CHOSEN, confidence="medium", minimum=0.0, maximum=1.0
    )
    contradiction_whole: float = setting(
        0.60, unit="share", source="none in 600 simulated wild types", confidence="medium",
        minimum=0.0, maximum=1.0,
    )  # fmt: skip
    contradiction_absent: float = setting(
        0.15, unit="share", source="99 % of the noise of public reads is below 0.165",
        confidence="medium", minimum=0.0, maximum=1.0,
    )  # fmt: skip
    contradiction_quality: float = setting(
        30.0, unit="Phred, mean of 11 calls, both reads", source=_CHOSEN, confidence="medium",
        minimum=0.0,
    )  # fmt: skip
    contradiction_places: int = setting(
        2, unit="positions, whatever the quality", source=_CHOSEN, confidence="medium", minimum=1
    )
    repeat_backing: float = setting(
        0.20, unit="share, in either direction", source=_CHOSEN, confidence="low",
        minimum=0.0, maximum=1.0,
    )  # fmt: skip
    repeat_named: float = setting(
        0.40, unit="share, both directions added up", source=_CHOSEN, confidence="low",
        minimum=0.0, maximum=2.0,
    )  # fmt: skip
    repeat_other: float = setting(
        0.60, unit="share, both directions added up", source=_CHOSEN, confidence="low",
        minimum=0.0, maximum=2.0,
    )  # fmt: skip
    copy_correlation: float = setting(
        0.60, unit="rank correlation", source="public pairs below 0.27, turned and "
        "rescaled copies above 0.77",
        confidence="medium", minimum=0.0, maximum=1.0,
    )  # fmt: skip
    copy_min_values: int = setting(
        150, unit="shares", source="50 bases", confidence="medium", minimum=10
    )
    copy_min_bases: int = setting(
        50, unit="bases both reads use", source=_CHOSEN, confidence="medium", minimum=10
    )
    gap_near: int = setting(
        12, unit="bases", source="a gap in repeated bases may lie at either end of them",
        confidence="medium", minimum=0,
    )  # fmt: skip
    gap_trusted: int = setting(
        12, unit="bases either side", source=_CHOSEN, confidence="medium", minimum=1
    )
    gap_trusted_share: float = setting(
        0.5, unit="of these usable", source=_CHOSEN, confidence="medium", minimum=0.0, maximum=1.0
    )
    gap_alone_start: int = setting(
        45, unit="calls from the start of the read", source="simulated sound reads: 41 at most",
        confidence="medium", minimum=0,
    )  # fmt: skip
    gap_alone_quality: float = setting(
        35.0, unit="Phred, mean of 11 calls", source="simulated sound reads: below 33",
        confidence="medium", minimum=0.0,
    )  # fmt: skip
    gap_margin: int = setting(2, unit="bases", source=_CHOSEN, confidence="medium", minimum=0)
    control_largest: float = setting(
        0.30, unit="share taken off", source=_CHOSEN, confidence="low", minimum=0.0, maximum=1.0
    )
    control_shared: float = setting(
        0.20, unit="share on both strands", source="none in 600 simulated wild types",
        confidence="medium", minimum=0.0, maximum=1.0,
    )  # fmt: skip
    control_left: float = setting(
        0.5, unit="of the share left", source=_CHOSEN, confidence="low", minimum=0.0, maximum=1.0
    )
    negative_max_limit: float = setting(
        0.50, unit="limit of detection of every hot spot", source=_CHOSEN, confidence="medium",
        minimum=0.0, maximum=1.0,
    )  # fmt: skip
    hotspot_told_limit: float = setting(
        0.30, unit="limit of detection of a hot spot", source=_CHOSEN, confidence="medium",
        minimum=0.0, maximum=1.0,
    )  # fmt: skip
    strand_difference: float = setting(
        0.25, unit="share", source=_CHOSEN, confidence="low", minimum=0.0, maximum=1.0
    )
    codon_pairing: float = setting(
        0.25, unit="share", source=_CHOSEN, confidence="low", minimum=0.0, maximum=1.0
    )
    limit_factor: float = setting(
        1.8, unit="factor", source="95 % of spikes found at 1.8 x limit", confidence="medium",
        minimum=1.0,
    )  # fmt: skip
    assessed_share: float = setting(
        0.90, unit="of the codons a negative must cover", source=_CHOSEN, confidence="medium",
        minimum=0.0, maximum=1.0,
    )  # fmt: skip
    double_min_sum: float = setting(
        3.0, unit="sum of shares", source="measured", confidence="medium", minimum=0.0
    )
    double_min_share: float = setting(
        0.09, unit="share", source="measured", confidence="medium", minimum=0.0, maximum=1.0
    )
    double_min_bases: int = setting(
        35, unit="bases", source="measured", confidence="medium", minimum=1
    )
    align_match: int = setting(
        3,
        unit="score",
        source=_CHOSEN,
        confidence="high",
        minimum=1,
    )
    align_mismatch: int = setting(
        5,
        unit="score taken off",
        source=_CHOSEN,
        confidence="high",
        minimum=1,
    )
    align_gap_open: int = setting(
        10,
        unit="score taken off",
        source=_CHOSEN,
        confidence="high",
        minimum=1,
    )
    align_gap_extend: int = setting(
        2,
        unit="score taken off",
        source=_CHOSEN,
        confidence="high",
        minimum=0,
    )
    long_gap: int = setting(
        10,
        unit="bases of a gap that is an event, no miscount",
        source=_CHOSEN,
        confidence="medium",
        minimum=2,
    )
    long_gap_before: int = setting(
        60,
        unit="matches",
        source=_CHOSEN,
        confidence="medium",
        minimum=1,
    )
    clean_width: int = setting(
        30,
        unit="bases either side of a gap",
        source=_CHOSEN,
        confidence="medium",
        minimum=1,
    )
    clean_share: float = setting(
        0.85,
        unit="of these as the reference",
        source=_CHOSEN,
        confidence="medium",
        minimum=0.0,
        maximum=1.0,
    )
    beside_extra: int = setting(
        2,
        unit="bases either side of an extra call",
        source=_CHOSEN,
        confidence="medium",
        minimum=1,
    )
    identity_window: int = setting(
        21,
        unit="bases",
        source=_CHOSEN,
        confidence="medium",
        minimum=1,
    )
    misplaced_nt: int = setting(
        3,
        unit="bases either side of a miscount",
        source=_CHOSEN,
        confidence="medium",
        minimum=0,
    )
    noise_floor_quantile: float = setting(
        0.95,
        unit="of the largest secondary shares",
        source=_CHOSEN,
        confidence="medium",
        minimum=0.5,
        maximum=1.0,
    )
    squeezed_room: float = setting(
        1.3,
        unit="steps for two",
        source=_CHOSEN,
        confidence="medium",
        minimum=1.0,
        maximum=2.0,
    )
    squeezed_window: int = setting(
        41,
        unit="calls",
        source=_CHOSEN,
        confidence="medium",
        minimum=3,
    )
    assumed_quality: float = setting(
        30.0,
        unit="Phred, of calls without a value",
        source=_CHOSEN,
        confidence="medium",
        minimum=0.0,
    )
    min_calls: int = setting(
        50,
        unit="calls",
        source=_CHOSEN,
        confidence="medium",
        minimum=1,
    )
    signal_window: int = setting(
        51,
        unit="calls",
        source=_CHOSEN,
        confidence="medium",
        minimum=3,
    )
    baseline_fade: int = setting(
        8,
        unit="calls",
        source=_CHOSEN,
        confidence="medium",
        minimum=1,
    )
    foreign_quality: float = setting(
        25.0,
        unit="Phred, mean of the read",
        source=_CHOSEN,
        confidence="medium",
        minimum=0.0,
    )
    sigma_off_top: int = setting(
        3,
        unit="scans off the top",
        source=_CHOSEN,
        confidence="high",
        minimum=1,
    )
    sigma_foot: float = setting(
        0.05,
        unit="of the top",
        source=_CHOSEN,
        confidence="medium",
        minimum=0.0,
        maximum=1.0,
    )
    sigma_head: float = setting(
        0.98,
        unit="of the top",
        source=_CHOSEN,
        confidence="medium",
        minimum=0.0,
        maximum=1.0,
    )
    sigma_least: float = setting(
        2.0,
        unit="scans",
        source=_WIDTHS,
        confidence="high",
        minimum=0.5,
    )
    sigma_most: float = setting(
        8.0,
        unit="scans",
        source=_WIDTHS,
        confidence="high",
        minimum=1.0,
    )
    sigma_default: float = setting(
        4.0,
        unit="scans",
        source=_WIDTHS,
        confidence="high",
        minimum=0.5,
    )
    sigma_bin: int = setting(
        40,
        unit="peaks",
        source=_CHOSEN,
        confidence="medium",
        minimum=2,
    )
    sigma_reach: float = setting(
        3.0,
        unit="sigma",
        source=_CHOSEN,
        confidence="high",
        minimum=1.0,
    )
    deconvolution_sweeps: int = setting(
        30,
        unit="sweeps",
        source="more change nothing",
        confidence="high",
        minimum=1,
    )
    leak_bin: int = setting(
        12,
        unit="peaks",
        source=_CHOSEN,
        confidence="medium",
        minimum=3,
    )
    double_largest_shift: int = setting(
        200,
        unit="bases",
        source=_CHOSEN,
        confidence="medium",
        minimum=1,
    )
    double_drift: float = setting(
        0.06,
        unit="share a base",
        source="measured",
        confidence="medium",
        minimum=0.0,
        maximum=1.0,
    )
    double_shifts_scanned: int = setting(
        12,
        unit="shifts",
        source=_CHOSEN,
        confidence="medium",
        minimum=1,
    )
    echo_shift: int = setting(
        3,
        unit="bases",
        source="n-1 echoes of the polymerase",
        confidence="medium",
        minimum=1,
    )
    echo_share: float = setting(
        0.2,
        unit="share",
        source="n-1 echoes of the polymerase",
        confidence="medium",
        minimum=0.0,
        maximum=1.0,
    )
    collapse_largest_offset: int = setting(
        210,
        unit="bases",
        source=_CHOSEN,
        confidence="medium",
        minimum=1,
    )
    collapse_identity: float = setting(
        0.92,
        unit="share",
        source="measured",
        confidence="medium",
        minimum=0.0,
        maximum=1.0,
    )
    collapse_width: int = setting(
        25,
        unit="bases",
        source=_CHOSEN,
        confidence="medium",
        minimum=1,
    )
    collapse_least: int = setting(
        60,
        unit="peaks",
        source=_CHOSEN,
        confidence="medium",
        minimum=1,
    )
    collapse_most: int = setting(
        160,
        unit="peaks",
        source=_CHOSEN,
        confidence="medium",
        minimum=1,
    )
    collapse_explained: float = setting(
        0.62,
        unit="of the height, both copies",
        source="measured",
        confidence="medium",
        minimum=0.0,
        maximum=1.0,
    )
    collapse_stands_out: float = setting(
        4.0,
        unit="standard deviations",
        source="measured",
        confidence="medium",
        minimum=0.0,
    )
    splice_near: int = setting(
        60,
        unit="bases from the join",
        source="seen 0 to 36",
        confidence="medium",
        minimum=0,
    )
    splice_tolerance: int = setting(
        2,
        unit="bases",
        source="miscalled bases at the join",
        confidence="medium",
        minimum=0,
    )
    splice_interval: float = setting(
        0.2,
        unit="share either side",
        source=_CHOSEN,
        confidence="low",
        minimum=0.0,
        maximum=1.0,
    )
    splice_larger: float = setting(
        0.75,
        unit="share, where only the larger part is known",
        source="0.5 to 1",
        confidence="low",
        minimum=0.5,
        maximum=1.0,
    )
    splice_pure: float = setting(
        0.95,
        unit="share",
        source=_CHOSEN,
        confidence="medium",
        minimum=0.0,
        maximum=1.0,
    )
    splice_least_behind: int = setting(
        35,
        unit="usable bases",
        source="as double_min_bases",
        confidence="medium",
        minimum=1,
    )
