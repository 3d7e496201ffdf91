"""Thresholds of the Sanger analysis, each with unit, source and confidence."""

from __future__ import annotations

from dataclasses import dataclass

from der22.settings import setting

__all__ = ["SangerSettings"]

_CHOSEN = "chosen"
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
