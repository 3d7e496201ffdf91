"""Every threshold of the MLPA analysis, with unit, source and confidence."""

from __future__ import annotations

from dataclasses import dataclass

from der22.settings import setting

__all__ = ["MlpaSettings"]


@dataclass(frozen=True, slots=True)
class MlpaSettings:
    """Thresholds in force; keys are those of ``mlpa.settings`` in the config."""

    dosage_from: str = setting(
        "height", unit="word", source="chosen: heights are less hurt by neighbours than areas",
        confidence="medium", allowed=("height", "area"),
    )  # fmt: skip
    peak_min_snr: float = setting(
        6.0, unit="x noise",
        source="chosen; vendor peaks of 150 RFU and more in 7 public runs found to 97 %",
        confidence="medium", minimum=0.0,
    )  # fmt: skip
    peak_min_rfu: float = setting(
        20.0, unit="RFU", source="chosen", confidence="medium", minimum=0.0
    )
    standard_peak_min_rfu: float = setting(
        15.0, unit="RFU", source="chosen", confidence="medium", minimum=0.0
    )
    spike_width_ratio: float = setting(
        0.65, unit="x median width", source="spikes in public runs are 1-3 scans wide",
        confidence="medium", minimum=0.0, maximum=1.0,
    )  # fmt: skip
    pullup_ratio: float = setting(
        0.05, unit="x high peak", source="bleed +2 % raw, -1 % after correction in public runs",
        confidence="medium", minimum=0.0, maximum=1.0,
    )  # fmt: skip
    offscale_max_probes: int = setting(
        5, unit="probes", source="chosen", confidence="low", minimum=0
    )
    standard_min_span_share: float = setting(
        0.85, unit="share of fragments in span", source="true standards 1.00 in 13 public runs",
        confidence="high", minimum=0.0, maximum=1.0,
    )  # fmt: skip
    standard_min_fragments: int = setting(
        7, unit="fragments", source="shortest public run had 7", confidence="medium", minimum=4
    )
    standard_max_residual_nt: float = setting(
        2.2, unit="nt", source="public runs: true 0.3-1.8, wrong name 3.8", confidence="medium",
        minimum=0.0,
    )  # fmt: skip
    standard_max_unassigned: float = setting(
        0.30, unit="tall peaks per fragment", source="chosen", confidence="low", minimum=0.0
    )
    standard_weak_rfu: float = setting(
        200.0, unit="RFU", source="weak standards in public runs 60-346", confidence="medium",
        minimum=0.0,
    )  # fmt: skip
    unmeasured_max_share: float = setting(
        0.10, unit="share of target probes", source="chosen", confidence="low", minimum=0.0,
        maximum=1.0,
    )  # fmt: skip
    bin_search_nt: float = setting(
        3.2, unit="nt", source="shifts are 1-4 nt, probes lie 6-7 nt apart", confidence="medium",
        minimum=0.0,
    )  # fmt: skip
    bin_half_width_nt: float = setting(
        0.7, unit="nt", source="repeat SD of one probe 0.01-0.04 nt", confidence="medium",
        minimum=0.0,
    )  # fmt: skip
    probemix_min_filled: float = setting(
        0.90, unit="share of bins", source="own mix 1.00, foreign mix 0.88 (simulated)",
        confidence="low", minimum=0.0, maximum=1.0,
    )  # fmt: skip
    probemix_max_rms_nt: float = setting(
        1.35, unit="nt", source="own mix 0.8-0.95, foreign mix about 1.6 (simulated)",
        confidence="low", minimum=0.0,
    )  # fmt: skip
    probemix_max_unexplained: float = setting(
        0.10, unit="share of tall peaks", source="own mix 0-0.02, foreign mix 0.13 (simulated)",
        confidence="low", minimum=0.0, maximum=1.0,
    )  # fmt: skip
    probemix_max_misfit: float = setting(
        1.2, unit="sum of the three above, each over its limit",
        source="own mix up to 0.80 in 30 runs, foreign mix 1.28 and more in 60 (simulated)",
        confidence="low", minimum=0.0,
    )  # fmt: skip
    quantity_max_ratio: float = setting(
        0.33, unit="Q / B", source="general rule of the kits, recalled", confidence="medium",
        minimum=0.0,
    )  # fmt: skip
    denaturation_min_ratio: float = setting(
        0.40, unit="D / B", source="general rule of the kits, recalled", confidence="medium",
        minimum=0.0,
    )  # fmt: skip
    no_dna_max_ratio: float = setting(
        0.05, unit="x run median", source="chosen", confidence="low", minimum=0.0
    )
    slope_max: float = setting(
        0.40, unit="ln per 100 nt", source="public P002 wells -0.15 to +0.09", confidence="medium",
        minimum=0.0,
    )  # fmt: skip
    min_reference_samples: int = setting(
        3, unit="samples", source="maker's advice: 3, one more per 7 samples above 21",
        confidence="high", minimum=2,
    )  # fmt: skip
    sample_sd_max: float = setting(
        0.10, unit="SD of DQ", source="NGRL Manchester", confidence="high", minimum=0.0
    )
    aneuploid_rest_sd: float = setting(
        0.06, unit="SD of DQ", source="chosen", confidence="low", minimum=0.0
    )
    probe_sd_max: float = setting(
        0.10, unit="SD of DQ", source="precondition of the maker's product descriptions, recalled",
        confidence="medium", minimum=0.0,
    )  # fmt: skip
    probe_sd_max_few: float = setting(
        0.12, unit="SD of DQ", source="as probe_sd_max with fewer than 6 references, chosen",
        confidence="medium", minimum=0.0,
    )  # fmt: skip
    probe_sd_floor: float = setting(
        0.035, unit="SD of DQ", source="0.029-0.073 per probe in 60 public control wells",
        confidence="high", minimum=0.001,
    )  # fmt: skip
    common_sd: float = setting(
        0.025, unit="SD of mean DQ",
        source="chosen on public P002 wells: two identical wells shift the whole gene to 1.18",
        confidence="low", minimum=0.0,
    )  # fmt: skip
    z_call: float = setting(
        4.0, unit="-", source="36 intervals per gene, false calls below 1 per 2000 genes",
        confidence="medium", minimum=0.0,
    )  # fmt: skip
    z_call_single_in_gene: float = setting(
        5.0, unit="-", source="P002 BRCA1 exon 1B at 1.43 in three wells must not be called",
        confidence="medium", minimum=0.0,
    )  # fmt: skip
    min_shift_loss: float = setting(
        0.14, unit="DQ", source="chosen; heterozygous loss in 28 % of cells", confidence="medium",
        minimum=0.0,
    )  # fmt: skip
    min_shift_gain: float = setting(
        0.20, unit="DQ", source="the maker's normal range ends at 1.20", confidence="medium",
        minimum=0.0,
    )  # fmt: skip
    min_shift_one_probe: float = setting(
        0.25, unit="DQ", source="neuroblastoma MLPA consensus (Ambros)", confidence="medium",
        minimum=0.0,
    )  # fmt: skip
    z_exclude: float = setting(
        2.0, unit="-", source="one-sided 2.5 %", confidence="medium", minimum=0.0
    )
    min_blast_percent: float = setting(
        30.0, unit="%", source="clones below 20 % are missed (Schwab 2010)", confidence="medium",
        minimum=0.0, maximum=100.0,
    )  # fmt: skip
    sex_male_min_ratio: float = setting(
        0.5, unit="Y/X height", source="chosen; simulated males 1.9", confidence="low", minimum=0.0
    )
    sex_female_max_ratio: float = setting(
        0.1, unit="Y/X height", source="chosen; simulated females 0.0", confidence="low",
        minimum=0.0,
    )  # fmt: skip
    duplicate_sd: float = setting(
        0.022, unit="ln DQ", source="unrelated pairs 0.034 and more, same product 0.003-0.02"
        " (simulated)", confidence="low", minimum=0.0,
    )  # fmt: skip
    duplicate_r: float = setting(
        0.85, unit="correlation", source="unrelated pairs up to 0.65 (simulated)", confidence="low",
        minimum=0.0, maximum=1.0,
    )  # fmt: skip
    erg_unknown: str = setting(
        "assume_not_deleted", unit="word", source="ERG loss belongs to another subtype; recalled",
        confidence="medium", allowed=("assume_not_deleted", "undetermined"),
    )  # fmt: skip
    cdkn2b_homozygous_only: str = setting(
        "yes", unit="word", source="clause of the AIEOP-BFM definition; recalled",
        confidence="medium", allowed=("yes", "no"),
    )  # fmt: skip
