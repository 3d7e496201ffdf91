"""The tables of the cohort, and the list of problems."""

from __future__ import annotations

from collections.abc import Mapping

from der22.flags import Severity
from der22.results.schema import block, column, flag_codes, result_table
from der22.words import (
    Abl1Status,
    Answer,
    Call,
    Category,
    Ikzf1Class,
    MlpaStatus,
    Response,
    RiskLabel,
)

__all__ = [
    "BaselineRow",
    "GenomicsRow",
    "HazardRow",
    "ProblemRow",
    "ResponseRow",
    "RiskRow",
    "SurvivalRow",
    "TestRow",
]

#: statistics are written unrounded
_STATISTIC = ".10g"


@result_table("cohort/genomic_risk.tsv", "one patient")
class RiskRow:
    """What is known of a patient, the risk label and the sentence behind it."""

    patient_id: str = column()
    sex: str | None = column("as in the sheet")
    age_years: float | None = column("as in the sheet", unit="years")
    wbc_per_mm3: float | None = column("as in the sheet", unit="per mm3")
    fusion: str | None = column("as in the sheet")
    mlpa_status: MlpaStatus = column("of the diagnostic sample")
    ikzf1_class: Ikzf1Class = column("under the definition in force")
    ikzf1_pattern: str = column("exons lost")
    genes: Mapping[str, Call] = block(
        "", "gene", "call of each gene of the probemix, under its symbol"
    )
    abl1_screening_indicated: Answer = column("by a rise of MRD or a relapse")
    abl1_screening_reasons: tuple[str, ...] = column(
        "mrd_increase, molecular_relapse, response_lost, relapse", name="abl1_screening_reason"
    )
    abl1_status: Abl1Status = column("over all samples")
    abl1_mutations: tuple[str, ...] = column("detected in any sample, in codon order")
    abl1_first_detected_day: int | None = column("of a mutation", unit="day")
    categories: Mapping[str, Category] = block("mrd_", "timepoint", "category at each time point")
    responses: Mapping[str, Response] = block(
        "molecular_response_", "timepoint", "molecular response at each time point"
    )
    best_depth: str = column("deepest of MR4, MR4.5, MR5")
    mrd_increase_day: int | None = column("first", unit="day")
    molecular_relapse_day: int | None = column("first", unit="day")
    genomic_risk: RiskLabel = column("a label for research and review, not a treatment rule")
    genomic_risk_reason: str = column("the sentence behind it")
    codes: tuple[str, ...] = flag_codes()
    extra: Mapping[str, str] = block("x_", "name", "the columns of your own")


@result_table("cohort/baseline.tsv", "one fact about the patients")
class BaselineRow:
    """Who the patients are."""

    item: str = column("what is counted or measured")
    level: str = column("all, or one of its values")
    n: int = column("count")
    known: int = column("patients of whom it is known", name="N")
    percent: int | None = column("n of N", unit="%")
    median: float | None = column("of a number, as the next two", default=None)
    minimum: float | None = column("smallest", default=None)
    maximum: float | None = column("largest", default=None)


@result_table("cohort/response_by_timepoint.tsv", "one time point")
class ResponseRow:
    """Molecular response over time."""

    timepoint: str = column("label")
    treated: int | None = column("patients on treatment")
    sampled: int = column("patients")
    evaluable: int = column("patients")
    no_molecular_response: int = column("patients")
    cmr: int = column("patients")
    pnq: int = column("patients")
    molecular_response: int = column("patients")
    no_molecular_response_percent: int | None = column("of the evaluable", unit="%")
    cmr_percent: int | None = column("of the evaluable", unit="%")
    pnq_percent: int | None = column("of the evaluable", unit="%")
    molecular_response_percent: int | None = column("of the evaluable", unit="%")
    molecular_response_itt_percent: int | None = column(
        "of the whole cohort, where no sample counts as no response", unit="%"
    )


@result_table("cohort/genomics.tsv", "one lesion")
class GenomicsRow:
    """How often a lesion was found, and among how many it was looked for."""

    item: str = column("what is counted")
    n: int = column("count")
    known: int = column("patients whose answer is known", name="N")
    percent: int | None = column("n of N", unit="%")


@result_table("cohort/survival.tsv", "one estimate")
class SurvivalRow:
    """Survival or cumulative incidence at one time."""

    endpoint: str = column("OS, DFS, CIR or follow_up")
    group: str = column("all or variable=level")
    n: int = column("patients")
    events: int | None = column("until then", default=None)
    time_months: float | None = column(
        "since the start", unit="months", form=_STATISTIC, default=None
    )
    estimate: float | None = column("at that time, 0 to 1", form=_STATISTIC, default=None)
    lower: float | None = column(form=_STATISTIC, default=None)
    upper: float | None = column(form=_STATISTIC, default=None)
    at_risk: int | None = column("patients at that time", default=None)
    median_months: float | None = column(
        "median time", unit="months", form=_STATISTIC, default=None
    )
    start_day: int = column("of the clock", unit="day")


@result_table("cohort/tests.tsv", "one test")
class TestRow:
    """A comparison of groups."""

    __test__ = False  # no test of pytest

    endpoint: str = column("OS, DFS, CIR or a response")
    test: str = column("log_rank, gray or fisher_exact")
    groups: str = column("compared")
    statistic: float | None = column("chi-squared", form=_STATISTIC, default=None)
    p_value: float | None = column(form=_STATISTIC, default=None)
    note: str = column()


@result_table("cohort/hazard_ratios.tsv", "one level of a variable")
class HazardRow:
    """A hazard ratio against the reference level."""

    endpoint: str = column("OS or DFS")
    variable: str = column("a configured group")
    level: str = column("one of its values")
    reference: str = column("the value it is compared with")
    n: int = column("patients")
    events: int = column("among them")
    hazard_ratio: float | None = column(
        "of a Cox model with this variable alone", form=_STATISTIC, default=None
    )
    lower: float | None = column(form=_STATISTIC, default=None)
    upper: float | None = column(form=_STATISTIC, default=None)
    p_value: float | None = column(form=_STATISTIC, default=None)
    note: str = column()


@result_table("problems.tsv", "one flag or refusal")
class ProblemRow:
    """What failed or needs a look, at which stage, why, and what to do."""

    stage: str = column("input, mlpa, sanger, mrd, cohort or report")
    subject: str = column("a sample, read, plate, patient, run or sheet")
    level: Severity = column("error, warning or note")
    code: str = column("see troubleshooting")
    message: str = column("what was seen where, and what to do")
