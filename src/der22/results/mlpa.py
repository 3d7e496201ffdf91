"""The tables of MLPA."""

from __future__ import annotations

from der22.results.schema import beside, column, flag_codes, result_table
from der22.words import Call, ChartMark, Ikzf1Class, MlpaStatus

__all__ = [
    "GeneRow",
    "Ikzf1Row",
    "PeakRow",
    "ProbeRow",
    "RunChartRow",
    "RunQcRow",
    "SampleQcRow",
]

_RUN = "run of the mlpa sheet"


@result_table("mlpa/{run_id}/peaks.tsv", "one peak")
class PeakRow:
    """A peak of any channel, to check the sizing."""

    run_id: str = beside(_RUN, default="")
    sample_id: str = column()
    channel: int = column("1 = first dye")
    dye: str = column("name")
    scan: float = column("counted from 0 in the raw file", form=".2f")
    size_nt: float = column("by the size standard", unit="nt", decimals=3)
    height_rfu: float = column("above the baseline", unit="RFU", decimals=1)
    area: float = column("above the baseline", unit="RFU x scans", decimals=0)
    standard_nt: float | None = column(
        "fragment of the size standard this peak was taken for", unit="nt"
    )
    codes: tuple[str, ...] = flag_codes("OFFSCALE, PULLUP, SPIKE")


@result_table("mlpa/{run_id}/probe_ratios.tsv", "one probe of a sample")
class ProbeRow:
    """The dosage of one probe."""

    run_id: str = beside(_RUN, default="")
    sample_id: str = column()
    patient_id: str | None = column()
    probe_id: str = column("of the probemix")
    gene: str = column()
    exon: str = column("or another name of the place")
    role: str = column("target, reference or a control of the probemix")
    length_nt: float = column("expected", unit="nt")
    size_nt: float | None = column("found", unit="nt", decimals=3)
    height_rfu: float | None = column("of its peak", unit="RFU", decimals=1)
    area: float | None = column("of its peak", unit="RFU x scans", decimals=0)
    dosage_quotient: float | None = column("1 = two copies", decimals=4)
    reference_mean: float | None = column("of the reference samples", decimals=4)
    reference_sd: float | None = column("of the reference samples", decimals=4)
    call: Call | None = column()
    codes: tuple[str, ...] = flag_codes(
        "NOT_MEASURED, OFFSCALE, PULLUP, SPIKE, PROBE_NOISY, BELOW_DETECTION; UPPER_BOUND: the bin "
        "is empty, the quotient is the highest it can be"
    )
    sigma: float | None = column("standard deviation used for the call", decimals=4)
    reference_profile: float | None = column(
        "mean of the reference samples, without scale and slope", unit="ln RFU", decimals=4,
        default=None,
    )  # fmt: skip


@result_table("mlpa/{run_id}/gene_calls.tsv", "one gene of a sample")
class GeneRow:
    """The copy number call of one gene."""

    run_id: str = beside(_RUN, default="")
    sample_id: str = column()
    patient_id: str | None = column()
    gene: str = column()
    call: Call = column()
    dosage_quotient: float | None = column("of the changed stretch, else of the gene", decimals=4)
    n_probes: int = column("evaluable")
    first_exon: str = column("of the changed stretch")
    last_exon: str = column("of the changed stretch")
    clone_fraction: float | None = column("share of cells that carry the loss", decimals=3)
    clone_fraction_low: float | None = column("lower end of 95 %", decimals=3)
    clone_fraction_high: float | None = column("upper end of 95 %", decimals=3)
    codes: tuple[str, ...] = flag_codes()
    lost_exons: str = column("every loss, such as 4-7 or 1+4-7")


@result_table("mlpa/{run_id}/sample_qc.tsv", "one injection")
class SampleQcRow:
    """Whether a sample is good, and if not, why."""

    run_id: str = beside(_RUN, default="")
    sample_id: str = column()
    patient_id: str | None = column()
    role: str = column("patient, reference, no_dna or positive_control")
    status: MlpaStatus = column()
    size_standard_score: float | None = column("0 to 1", decimals=3)
    slope_per_100_nt: float | None = column(
        "fall of the signal with length against the references", decimals=4
    )
    reference_probe_sd: float | None = column("scatter of the reference probes", decimals=4)
    sex_observed: str = column("F, M, unclear or blank")
    codes: tuple[str, ...] = flag_codes()
    message: str = column()
    denaturation_quotient: float | None = column(
        "denaturation fragments over those of the references", decimals=3, default=None
    )
    own_slope_per_100_nt: float | None = column(
        "fall of the signal with length, not against the references", decimals=4, default=None
    )
    serves: bool | None = column("whether a reference sample defines 1 in this run", default=None)


@result_table("mlpa/run_qc.tsv", "one run and probemix, in the order of the sheet")
class RunQcRow:
    """The reference samples of a run, to be compared over runs; no date is known."""

    run_id: str = column()
    probemix: str = column("name of the sheet")
    lot: str = column("as the head of the sheet tells, or blank")
    n_references: int = column("reference samples of the sheet")
    n_kept: int = column("of them those that define 1 in this run")
    median_height_rfu: float | None = column(
        "reference probes of those kept, median over probes and samples", unit="RFU", decimals=1
    )
    slope_per_100_nt: float | None = column(
        "fall of the signal with length, median of those kept", decimals=4
    )
    reference_probe_sd: float | None = column(
        "scatter of the reference probes, median of those kept", decimals=4
    )
    probe_sd: float | None = column(
        "scatter of a probe between those kept, median over probes", decimals=4
    )
    denaturation_ratio: float | None = column(
        "denaturation fragments over the 92-nt fragment, median of those kept", decimals=4
    )
    quantity_ratio: float | None = column(
        "quantity fragments over the 92-nt fragment, median of those kept", decimals=4
    )
    library_runs: int | None = column(
        "earlier runs of the same probemix sheet; blank when no library is asked for"
    )
    library_distance: float | None = column(
        "root mean square over probes of the difference from them; blank with too few",
        unit="ln RFU", decimals=4,
    )  # fmt: skip
    unusual_probes: tuple[str, ...] = column("probes too far from the earlier runs")
    codes: tuple[str, ...] = flag_codes("REFERENCES_UNUSUAL")
    message: str = column()


@result_table("mlpa/run_charts.tsv", "one figure of a run and probemix")
class RunChartRow:
    """A point of a control chart with what earlier runs of the same probemix sheet tell of it."""

    run_id: str = column()
    probemix: str = column("name of the sheet")
    figure: str = column("a column of run_qc.tsv")
    value: float | None = column("of this run", decimals=4)
    n_earlier: int = column("earlier runs in which it is known")
    mean: float | None = column("of the earlier runs; blank with too few", decimals=6)
    sd: float | None = column("of the earlier runs; blank with too few", decimals=6)
    mark: ChartMark | None = column("where the value lies")

    def limit(self, sds: float) -> float | None:
        """Return the value so many SD above the mean, None when too few runs tell it."""
        return None if self.mean is None or self.sd is None else self.mean + sds * self.sd


@result_table("mlpa/ikzf1.tsv", "one patient with MLPA")
class Ikzf1Row:
    """The IKZF1 class of a patient."""

    patient_id: str = column()
    sample_id: str = column("the diagnostic sample")
    run_id: str = column()
    ikzf1_class: Ikzf1Class = column("under the definition in force")
    ikzf1_pattern: str = column("exons lost, none, or blank when unknown")
    ikzf1_effect: str = column("dominant_negative, loss_of_function or other")
    class_gimema: Ikzf1Class = column("under GIMEMA's definition")
    class_aieop_bfm: Ikzf1Class = column("under AIEOP-BFM's")
    class_gimema_2024: Ikzf1Class = column("under GIMEMA's of 2024")
    codes: tuple[str, ...] = flag_codes()
    message: str = column()
    status: MlpaStatus = column("of the sample")

    @property
    def classes(self) -> dict[str, Ikzf1Class]:
        """The class under each definition, by its name."""
        return {
            "gimema": self.class_gimema,
            "aieop_bfm": self.class_aieop_bfm,
            "gimema_2024": self.class_gimema_2024,
        }

    def class_by(self, definition: str) -> Ikzf1Class:
        """Return the class under a definition."""
        return self.classes[definition]
