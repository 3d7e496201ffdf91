"""One row per patient: the three analyses and the patients sheet joined in ``genomic_risk.tsv``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from der22.cohort.assays import Abl1Result, MlpaResult, MrdResult
from der22.cohort.codes import make_flag
from der22.cohort.endpoints import last_contact
from der22.cohort.risk import GenomicRisk, assign_risk
from der22.flags import Flag, codes_of
from der22.formats.records import Patient
from der22.results.cohort import RiskRow
from der22.words import Abl1Status, Answer, Timepoint

__all__ = ["PatientFacts", "join_patient", "risk_names", "risk_row"]


@dataclass(frozen=True, slots=True)
class PatientFacts:
    """All that is known of one patient, each fact yes, no or unknown.

    Attributes:
        patient: row of the sheet.
        mlpa: diagnostic MLPA.
        abl1: ABL1 over all samples.
        mrd: MRD over all time points.
        screening_reasons: why ABL1 screening is indicated; empty when it is not.
        risk: label and sentence.
        flags: what was noticed.
    """

    patient: Patient
    mlpa: MlpaResult
    abl1: Abl1Result
    mrd: MrdResult
    screening_reasons: tuple[str, ...]
    risk: GenomicRisk
    flags: tuple[Flag, ...]

    @property
    def indicated(self) -> bool:
        """Whether ABL1 screening is indicated."""
        return bool(self.screening_reasons)

    def response(self, timepoint: str) -> Answer:
        """Return whether the patient was in molecular response at a time point."""
        return self.mrd.responses[timepoint].answer


def join_patient(
    patient: Patient, mlpa: MlpaResult, abl1: Abl1Result, mrd: MrdResult
) -> PatientFacts:
    """Join what the sheet and the analyses say about one patient."""
    reasons = _screening_reasons(patient, mrd)
    risk = assign_risk(
        mlpa.ikzf1_class,
        abl1.status,
        indicated=bool(reasons),
        mutations=abl1.mutations,
        has_series=mrd.has_series,
    )
    flags = _flags(patient, mlpa, abl1, mrd, reasons)
    return PatientFacts(patient, mlpa, abl1, mrd, reasons, risk, flags)


def _screening_reasons(patient: Patient, mrd: MrdResult) -> tuple[str, ...]:
    seen = (
        ("mrd_increase", mrd.increased),
        ("molecular_relapse", mrd.relapsed),
        ("response_lost", mrd.response_lost),
        ("relapse", patient.relapse_day is not None),
    )
    return tuple(name for name, is_so in seen if is_so)


def _flags(
    patient: Patient,
    mlpa: MlpaResult,
    abl1: Abl1Result,
    mrd: MrdResult,
    reasons: tuple[str, ...],
) -> tuple[Flag, ...]:
    name = f"patient {patient.patient_id}"
    flags = []
    if mlpa.conflict:
        message = (
            f"{name}: two MLPA samples of the same day disagree ({mlpa.conflict}), so the class is "
            "undetermined; repeat the MLPA or drop the weaker sample from the mlpa sheet."
        )
        flags.append(make_flag("MLPA_CONFLICT", message))
    if not mrd.has_series:
        message = (
            f"{name} has no assessable MRD sample after diagnosis, so a rise of MRD cannot be "
            "excluded; add follow-up samples to the mrd sheet."
        )
        flags.append(make_flag("NO_MRD_SERIES", message))
    if reasons and abl1.status is Abl1Status.NOT_DONE:
        days = (mrd.increase_day, mrd.relapse_day, mrd.lost_day, patient.relapse_day)
        known = [day for day in days if day is not None]
        since = f"of day {min(known)} or later" if known else "taken since"
        words = ", ".join(reason.replace("_", " ") for reason in reasons)
        message = (
            f"{name}: ABL1 screening is indicated ({words}) and no ABL1 sample was analysed; "
            f"sequence a sample {since}."
        )
        flags.append(make_flag("ABL1_SCREENING_DUE", message))
    end = last_contact(patient)
    if end is None or end <= 0:
        lacks = "has neither last_contact_day nor death_day" if end is None else "ends on day 0"
        message = (
            f"{name} {lacks} and is in no survival table; fill one of them in the patients sheet."
        )
        flags.append(make_flag("NO_FOLLOW_UP", message))
    return tuple(flags)


def risk_names(
    genes: Sequence[str], timepoints: Sequence[Timepoint], patients: Sequence[Patient]
) -> dict[str, list[str]]:
    """Return the names of the blocks of columns of ``genomic_risk.tsv`` by field of `RiskRow`."""
    points = [point.name for point in timepoints]
    own = dict.fromkeys(name.removeprefix("x_") for patient in patients for name in patient.extra)
    return {"genes": [*genes], "categories": points, "responses": points, "extra": [*own]}


def risk_row(facts: PatientFacts, genes: Sequence[str]) -> RiskRow:
    """Return the row of ``genomic_risk.tsv`` of a patient."""
    patient, categories = facts.patient, facts.mrd.categories
    return RiskRow(
        patient_id=patient.patient_id,
        sex=patient.sex,
        age_years=patient.age_years,
        wbc_per_mm3=patient.wbc_per_mm3,
        fusion=patient.fusion,
        mlpa_status=facts.mlpa.status,
        ikzf1_class=facts.mlpa.ikzf1_class,
        ikzf1_pattern=facts.mlpa.pattern,
        genes={gene: facts.mlpa.call_of(gene) for gene in genes},
        abl1_screening_indicated=facts.indicated,
        abl1_screening_reasons=facts.screening_reasons,
        abl1_status=facts.abl1.status,
        abl1_mutations=facts.abl1.mutations,
        abl1_first_detected_day=facts.abl1.first_day,
        categories=categories,
        responses=facts.mrd.responses,
        best_depth=facts.mrd.best_depth,
        mrd_increase_day=facts.mrd.increase_day,
        molecular_relapse_day=facts.mrd.relapse_day,
        genomic_risk=facts.risk.label,
        genomic_risk_reason=facts.risk.reason,
        codes=codes_of(facts.flags),
        extra={name.removeprefix("x_"): value for name, value in patient.extra.items()},
    )
