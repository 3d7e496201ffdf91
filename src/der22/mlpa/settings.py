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
    # sizing: from raw channels to sized peaks
    baseline_window_scans: int = setting(
        400, unit="scans", source="25 nt on a 3130, far wider than a peak; chosen",
        confidence="medium", minimum=16,
    )  # fmt: skip
    baseline_block_scans: int = setting(
        8, unit="scans", source="means of so many keep the valleys between probes; chosen",
        confidence="medium", minimum=1,
    )  # fmt: skip
    smooth_sigma_scans: float = setting(
        1.2, unit="scans", source="a third of the narrowest peak of public runs (3.5 scans)",
        confidence="medium", minimum=0.1,
    )  # fmt: skip
    peak_min_prominence: float = setting(
        0.03, unit="x own height", source="ripple on a tall peak is no peak; chosen",
        confidence="medium", minimum=0.0, maximum=1.0,
    )  # fmt: skip
    peak_width_reach_scans: int = setting(
        48, unit="scans", source="twice the widest peak of a public 3100 run", confidence="medium",
        minimum=2,
    )  # fmt: skip
    peak_area_reach_widths: float = setting(
        3.0, unit="x peak width", source="a Gaussian ends there; chosen", confidence="medium",
        minimum=0.5,
    )  # fmt: skip
    apex_step_widths: float = setting(
        0.25, unit="x peak width", source="distance of the samples of the apex parabola; chosen",
        confidence="medium", minimum=0.05, maximum=0.5,
    )  # fmt: skip
    apex_step_max_scans: int = setting(
        4, unit="scans", source="as above for broad peaks; chosen", confidence="medium", minimum=1,
    )  # fmt: skip
    limit_block_scans: int = setting(
        4, unit="scans", source="a quarter of a bin on the slowest rate; chosen", confidence="low",
        minimum=1,
    )  # fmt: skip
    coincidence_scans: float = setting(
        2.0, unit="scans",
        source="one event in two dyes; dyes are aligned to a scan in public runs",
        confidence="medium", minimum=0.0,
    )  # fmt: skip
    offscale_reach_scans: int = setting(
        4, unit="scans", source="half a peak of a 3130 (FWHM 8.5 scans)", confidence="medium",
        minimum=0,
    )  # fmt: skip
    saturated_pullup_ratio: float = setting(
        0.5, unit="x saturated peak", source="a cut peak bleeds more than its height tells; chosen",
        confidence="low", minimum=0.0, maximum=1.0,
    )  # fmt: skip
    spike_min_channels: int = setting(
        3, unit="dyes", source="light falls on all dyes; of four that is all but one",
        confidence="medium", minimum=2,
    )  # fmt: skip
    spike_window_peaks: int = setting(
        40, unit="peaks", source="peaks around whose median width is the usual one; chosen",
        confidence="low", minimum=4,
    )  # fmt: skip
    table_noise_rfu: float = setting(
        3.0, unit="RFU", source="of a peak table, which does not tell: public runs 1-7",
        confidence="medium", minimum=0.0,
    )  # fmt: skip
    ceiling_min_peaks: int = setting(
        3, unit="peaks",
        source="so many share the greatest height of a table only by saturation; chosen",
        confidence="medium", minimum=2,
    )  # fmt: skip
    pullup_told_ratio: float = setting(
        0.3, unit="x median fragment", source="a lower peak could not pass for a fragment; chosen",
        confidence="low", minimum=0.0,
    )  # fmt: skip
    pullup_told_count: int = setting(
        5, unit="peaks", source="so many mean a worn spectral calibration; chosen",
        confidence="low", minimum=1,
    )  # fmt: skip
    standard_fit_from_nt: float = setting(
        50.0, unit="nt", source="the primer front ends there in public runs", confidence="medium",
        minimum=0.0,
    )  # fmt: skip
    standard_max_left_out_nt: float = setting(
        1.0, unit="nt",
        source="left out and sized by its neighbours: public GS600 0.27-0.33, GS400HD 0.66, ILS600"
        " 0.77; GS600 under the name ILS600 1.6", confidence="medium", minimum=0.0,
    )  # fmt: skip
    standard_front_nt: float = setting(
        75.0, unit="nt", source="the primer front bleeds into fragments below", confidence="medium",
        minimum=0.0,
    )  # fmt: skip
    standard_front_ratio: float = setting(
        6.0, unit="x median fragment", source="front of 10^3-10^5 RFU in public runs; chosen",
        confidence="low", minimum=1.0,
    )  # fmt: skip
    standard_sparse_spacing_nt: float = setting(
        25.0, unit="nt",
        source="mean spacing of GS500 33, of GS600 17; a gap costs up to 3.3 and 0.3 nt",
        confidence="medium", minimum=0.0,
    )  # fmt: skip
    standard_sparse_from_nt: float = setting(
        75.0, unit="nt", source="first fragment that a sparse standard cannot miss",
        confidence="medium", minimum=0.0,
    )  # fmt: skip
    standard_sparse_to_nt: float = setting(
        500.0, unit="nt", source="last fragment that a sparse standard cannot miss",
        confidence="medium", minimum=0.0,
    )  # fmt: skip
    standard_tall_ratio: float = setting(
        0.4, unit="x median fragment", source="heights of public GS600 scatter by 30 %; chosen",
        confidence="low", minimum=0.0,
    )  # fmt: skip
    standard_unused_reach_nt: float = setting(
        6.0, unit="nt", source="GS500 250 runs at 244-247", confidence="medium", minimum=0.0,
    )  # fmt: skip
    standard_height_factor: float = setting(
        3.0, unit="x median fragment", source="heights of one standard, public runs",
        confidence="medium", minimum=1.0,
    )  # fmt: skip
    standard_height_share: float = setting(
        0.8, unit="share of fragments", source="within the factor above; chosen", confidence="low",
        minimum=0.0, maximum=1.0,
    )  # fmt: skip
    standard_overdue_slack: float = setting(
        1.15, unit="x expected distance", source="the rate may still change; chosen",
        confidence="low", minimum=1.0,
    )  # fmt: skip
    standard_rescue_low: float = setting(
        0.5, unit="x median fragment",
        source="a doubtful peak as high as a fragment may be one; chosen", confidence="low",
        minimum=0.0,
    )  # fmt: skip
    standard_rescue_high: float = setting(
        2.0, unit="x median fragment", source="as above", confidence="low", minimum=1.0,
    )  # fmt: skip
    comb_tolerance_nt: float = setting(
        0.6, unit="nt", source="fragments run so far off their length in public runs",
        confidence="medium", minimum=0.01,
    )  # fmt: skip
    comb_loose_tolerance_nt: float = setting(
        2.0, unit="nt", source="GS500 340 near 338.3 on POP4", confidence="high", minimum=0.01,
    )  # fmt: skip
    comb_rate_drift: float = setting(
        0.04, unit="ln rate per interval", source="chosen on public runs", confidence="low",
        minimum=0.001,
    )  # fmt: skip
    comb_min_rate: float = setting(
        2.5, unit="scans per nt", source="public runs 3-60", confidence="medium", minimum=0.1,
    )  # fmt: skip
    comb_max_rate: float = setting(
        70.0, unit="scans per nt", source="public runs 3-60", confidence="medium", minimum=1.0,
    )  # fmt: skip
    comb_max_z: float = setting(
        4.0, unit="-", source="a jump of the rate beyond is none; chosen", confidence="low",
        minimum=0.5,
    )  # fmt: skip
    comb_reward: float = setting(
        4.0, unit="log units",
        source="per fragment found; with the costs below finds all 119 vendor fragments",
        confidence="medium", minimum=0.0,
    )  # fmt: skip
    comb_skip_cost: float = setting(
        3.0, unit="log units", source="per fragment left out between others; as above",
        confidence="medium", minimum=0.0,
    )  # fmt: skip
    comb_end_skip_cost: float = setting(
        0.5, unit="log units", source="per fragment left out at an end; as above",
        confidence="medium", minimum=0.0,
    )  # fmt: skip
    comb_passed_peak_cost: float = setting(
        1.0, unit="log units", source="per tall peak passed by; as above", confidence="medium",
        minimum=0.0,
    )  # fmt: skip
    comb_passed_height: float = setting(
        0.5, unit="x lower neighbour", source="what is a tall peak there; chosen", confidence="low",
        minimum=0.0,
    )  # fmt: skip
    comb_height_sd: float = setting(
        0.5, unit="ln height", source="neighbours in public runs; chosen", confidence="low",
        minimum=0.01,
    )  # fmt: skip
    comb_height_cost_max: float = setting(
        6.0, unit="log units", source="one strange height must not end a comb; chosen",
        confidence="low", minimum=0.0,
    )  # fmt: skip
    comb_max_skipped: int = setting(
        3, unit="fragments", source="chosen", confidence="low", minimum=0,
    )  # fmt: skip
    comb_max_candidates: int = setting(
        80, unit="peaks", source="the tallest; twice the fragments of GS600; chosen",
        confidence="low", minimum=4,
    )  # fmt: skip
    comb_beam_first: int = setting(
        700, unit="paths",
        source="kept at the first fragments; chosen, more change nothing in public runs",
        confidence="low", minimum=1,
    )  # fmt: skip
    comb_beam: int = setting(
        200, unit="paths", source="kept at later fragments; as above", confidence="low", minimum=1,
    )  # fmt: skip
    comb_beam_skip: int = setting(
        60, unit="paths", source="that may skip; as above", confidence="low", minimum=1,
    )  # fmt: skip
    comb_first_fragments: int = setting(
        4, unit="fragments", source="count as the first; chosen", confidence="low", minimum=1,
    )  # fmt: skip
    comb_margin: float = setting(
        24.0, unit="log units", source="a path six fragments behind does not come back",
        confidence="medium", minimum=0.0,
    )  # fmt: skip
    # dosage: from sized peaks to quotients
    tall_share: float = setting(
        0.15, unit="x median probe",
        source="lower peaks need no explanation; satellites are 7-15 %", confidence="medium",
        minimum=0.0, maximum=1.0,
    )  # fmt: skip
    bin_min_gap_nt: float = setting(
        2.0, unit="nt", source="neighbouring probes never come closer; a satellite lies 1 nt off",
        confidence="medium", minimum=0.0,
    )  # fmt: skip
    bin_distance_sd_nt: float = setting(
        2.5, unit="nt", source="shifts of 1-4 nt from the expected length", confidence="medium",
        minimum=0.1,
    )  # fmt: skip
    bin_unlearned_half_width_nt: float = setting(
        1.5, unit="nt", source="of a probe no sample shows; chosen", confidence="low", minimum=0.0,
    )  # fmt: skip
    bin_least_share: float = setting(
        0.1, unit="x median probe", source="a lower peak teaches no bin of a probe; chosen",
        confidence="low", minimum=0.0,
    )  # fmt: skip
    bin_least_share_control: float = setting(
        0.02, unit="x median probe", source="quantity fragments are that low; chosen",
        confidence="low", minimum=0.0,
    )  # fmt: skip
    bin_margin_nt: float = setting(
        5.0, unit="nt", source="beyond the outermost probes peaks are not counted; chosen",
        confidence="low", minimum=0.0,
    )  # fmt: skip
    spike_reach_nt: float = setting(
        0.8, unit="nt", source="a peak is 0.5 nt wide at half height; chosen", confidence="low",
        minimum=0.0,
    )  # fmt: skip
    satellite_from_nt: float = setting(
        0.6, unit="nt", source="n-1 product at -0.93 to -1.10 nt", confidence="high", minimum=0.0,
    )  # fmt: skip
    satellite_to_nt: float = setting(
        1.5, unit="nt", source="as above", confidence="high", minimum=0.0,
    )  # fmt: skip
    satellite_share: float = setting(
        0.3, unit="x its peak", source="7-15 % in public RT-MLPA files", confidence="medium",
        minimum=0.0, maximum=1.0,
    )  # fmt: skip
    satellite_reach_nt: float = setting(
        1.6, unit="nt",
        source="an unexplained peak so far above a lower one in a bin: its satellite",
        confidence="medium", minimum=0.0,
    )  # fmt: skip
    satellite_bin_share: float = setting(
        0.2, unit="x the unexplained peak", source="below a fifth; satellites are 7-15 %",
        confidence="medium", minimum=0.0, maximum=1.0,
    )  # fmt: skip
    implausible_quotient: float = setting(
        4.0, unit="DQ", source="more than eight copies in every cell; chosen", confidence="low",
        minimum=1.5,
    )  # fmt: skip
    stray_nt: float = setting(
        0.35, unit="nt from the bin centre", source="repeat SD of one probe 0.01-0.04 nt; chosen",
        confidence="low", minimum=0.0,
    )  # fmt: skip
    blind_share: float = setting(
        0.25, unit="x expected height",
        source="an empty bin whose limit is higher says nothing; between one copy lost and none "
        "left", confidence="medium", minimum=0.0, maximum=0.5,
    )  # fmt: skip
    blind_seen_share: float = setting(
        0.75, unit="x expected height",
        source="a limit is six times the noise, so one lost copy is seen above this at two SD only",
        confidence="medium", minimum=0.0, maximum=1.0,
    )  # fmt: skip
    low_signal_share: float = setting(
        0.1, unit="share of probes",
        source="blind to a loss (warning); of target probes below detection (error)",
        confidence="medium", minimum=0.0, maximum=1.0,
    )  # fmt: skip
    ligation_min_share: float = setting(
        0.1, unit="median reference probe / Q", source="lower: ligation failed; chosen",
        confidence="low", minimum=0.0,
    )  # fmt: skip
    product_min_share: float = setting(
        0.1, unit="share of probes seen", source="a stray peak in a bin is no product; chosen",
        confidence="low", minimum=0.0, maximum=1.0,
    )  # fmt: skip
    quantity_seen_share: float = setting(
        0.5, unit="share of Q fragments seen",
        source="fewer and no product: nothing was injected; chosen", confidence="low", minimum=0.0,
        maximum=1.0,
    )  # fmt: skip
    quantity_max_quotient: float = setting(
        4.0, unit="x Q/B of the references", source="5 SD of the amount of DNA at SD 0.25; chosen",
        confidence="low", minimum=1.0,
    )  # fmt: skip
    x_min_share: float = setting(
        0.05, unit="x median reference probe", source="a lower X fragment is none; chosen",
        confidence="low", minimum=0.0,
    )  # fmt: skip
    sex_male_min_quotient: float = setting(
        0.5, unit="x Y/X of male references", source="half the cells male, half not; chosen",
        confidence="low", minimum=0.0,
    )  # fmt: skip
    denaturation_low_quotient: float = setting(
        0.85, unit="x D/B of the references", source="2.5 SD of a sound sample at SD 0.05",
        confidence="medium", minimum=0.0, maximum=1.0,
    )  # fmt: skip
    denaturation_low_sds: float = setting(
        3.0, unit="SD", source="0.85 alone would hit 5-15 % of sound samples at SD 0.05-0.07",
        confidence="medium", minimum=0.0,
    )  # fmt: skip
    denaturation_reach: float = setting(
        1.0, unit="x drop of D", source="no probe is richer in CpG than the D fragments; chosen",
        confidence="low", minimum=0.0,
    )  # fmt: skip
    slope_sd: float = setting(
        0.1, unit="ln per 100 nt",
        source="public P002 wells -0.15 to +0.09, rounded up: what a slope is before it is seen",
        confidence="medium", minimum=0.001,
    )  # fmt: skip
    ref_span_min: float = setting(
        0.8, unit="share of the length range",
        source="of the target probes that reference probes must span; chosen", confidence="low",
        minimum=0.0, maximum=1.0,
    )  # fmt: skip
    min_reference_probes: int = setting(
        3, unit="probes", source="a median and a slope need three", confidence="high", minimum=3,
    )  # fmt: skip
    abnormal_shift: float = setting(
        0.25, unit="DQ", source="neuroblastoma MLPA consensus (Ambros)", confidence="medium",
        minimum=0.0,
    )  # fmt: skip
    abnormal_sds: float = setting(
        3.0, unit="SD", source="noise is not abnormal", confidence="medium", minimum=0.0,
    )  # fmt: skip
    abnormal_min_probes: int = setting(
        2, unit="probes", source="one may stray or have an SNP", confidence="medium", minimum=1,
    )  # fmt: skip
    drop_shift: float = setting(
        0.3, unit="DQ",
        source="of a reference probe that aneuploid cells have lost or gained; chosen",
        confidence="low", minimum=0.0,
    )  # fmt: skip
    drop_share: float = setting(
        0.25, unit="share of reference probes", source="at most so many are left out; chosen",
        confidence="low", minimum=0.0, maximum=0.5,
    )  # fmt: skip
    drop_length_cover: float = setting(
        0.666, unit="share of the length range", source="what is left must still span; chosen",
        confidence="low", minimum=0.0, maximum=1.0,
    )  # fmt: skip
    sd_prior_degrees: float = setting(
        4.0, unit="degrees of freedom",
        source="weight of a usual probe of the run; after Smyth 2004, chosen", confidence="medium",
        minimum=0.0,
    )  # fmt: skip
    spread_min_samples: int = setting(
        8, unit="samples", source="fewer tell no spread of a probe over the run; chosen",
        confidence="medium", minimum=2,
    )  # fmt: skip
    spread_max_outside: float = setting(
        0.334, unit="share of samples", source="a frequent loss must not become noise; chosen",
        confidence="medium", minimum=0.0, maximum=1.0,
    )  # fmt: skip
    spread_low: float = setting(
        0.8, unit="DQ", source="lower end of the maker's normal range", confidence="medium",
        minimum=0.0,
    )  # fmt: skip
    spread_high: float = setting(
        1.2, unit="DQ", source="upper end of the maker's normal range", confidence="medium",
        minimum=1.0,
    )  # fmt: skip
    spread_min_half: int = setting(
        4, unit="samples", source="above 1, that losses do not touch; chosen", confidence="low",
        minimum=2,
    )  # fmt: skip
    few_references: int = setting(
        6, unit="samples", source="fewer: the SD of a probe is itself uncertain by a third",
        confidence="medium", minimum=2,
    )  # fmt: skip
    # references over runs
    library_min_runs: int = setting(
        5, unit="runs", source="earlier ones of the same probemix sheet; chosen: fewer tell no SD",
        confidence="low", minimum=3,
    )  # fmt: skip
    library_max_runs: int = setting(
        30, unit="runs", source="the latest earlier ones; a laboratory changes slowly; chosen",
        confidence="low", minimum=3,
    )  # fmt: skip
    library_max_shift: float = setting(
        0.15, unit="ln height",
        source="as REF_MISMATCH; a smaller one moves a quotient less than a call needs; chosen",
        confidence="low", minimum=0.0,
    )  # fmt: skip
    library_max_z: float = setting(
        4.0, unit="SD between runs",
        source="1 % of simulated sound runs are beyond in a probe; at 5 none, but half as many of"
        " the shifts of 0.4 with five runs are found", confidence="low", minimum=0.0,
    )  # fmt: skip
