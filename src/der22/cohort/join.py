"""One row per patient: the three analyses and the patients sheet joined in ``genomic_risk.tsv``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from der22.cohort.assays import Abl1Result, MlpaResult, MrdResult
from der22.cohort.codes import make_flag
from der22.cohort.endpoints import last_contact
from der22.cohort.risk import GenomicRisk, assign_risk
from der22.cohort.three_valued import Answer
from der22.cohort.timepoints import Timepoint
from der22.flags import Flag, join_codes
from der22.formats.records import Patient

__all__ = [
    "PatientFacts",
    "gene_call",
    "gene_columns",
    "join_patient",
    "response_of",
    "risk_columns",
    "risk_row",
]

_RESPONSE = {"CMR": "yes", "PNQ": "yes", "POS": "no"}


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
        return {"yes": True, "no": False}.get(response_of(self.mrd.categories[timepoint]))


def response_of(category: str) -> str:
    """Return the molecular response of a category; words that are no result stay themselves."""
    return _RESPONSE.get(category, category)


def join_patient(
    patient: Patient, mlpa: MlpaResult, abl1: Abl1Result, mrd: MrdResult
) -> PatientFacts:
    """Join what the sheet and the analyses say about one patient."""
    reasons = _screening_reasons(patient, mrd)
    risk = assign_risk(
        mlpa.ikzf1_class,
        abl1.status,
        indicated=bool(reasons),
        mutations=";".join(abl1.mutations),
        has_series=mrd.has_series,
    )
    flags = _flags(patient, mlpa, abl1, mrd, reasons)
    return PatientFacts(patient, mlpa, abl1, mrd, reasons, risk, flags)


def _screening_reasons(patient: Patient, mrd: MrdResult) -> tuple[str, ...]:
    seen = (
        ("mrd_increase", mrd.increased),
        ("molecular_relapse", mrd.relapsed),
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
    if reasons and abl1.status == "not_done":
        days = (mrd.increase_day, mrd.relapse_day, patient.relapse_day)
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


def risk_columns(
    genes: Sequence[str], timepoints: Sequence[Timepoint], patients: Sequence[Patient]
) -> tuple[str, ...]:
    """Return the header of ``genomic_risk.tsv``; ``x_`` columns of the sheet come last."""
    return (
        *("patient_id", "sex", "age_years", "wbc_per_mm3", "fusion"),
        *("mlpa_status", "ikzf1_class", "ikzf1_pattern"),
        *genes,
        *("abl1_screening_indicated", "abl1_screening_reason", "abl1_status"),
        *("abl1_mutations", "abl1_first_detected_day"),
        *(f"mrd_{point.name}" for point in timepoints),
        *(f"molecular_response_{point.name}" for point in timepoints),
        *("best_depth", "mrd_increase_day", "molecular_relapse_day"),
        *("genomic_risk", "genomic_risk_reason", "flags"),
        *dict.fromkeys(name for patient in patients for name in patient.extra),
    )


def risk_row(
    facts: PatientFacts,
    genes: Sequence[str],
    timepoints: Sequence[Timepoint],
    columns: Sequence[str],
) -> dict[str, object]:
    """Return one row of ``genomic_risk.tsv`` with exactly `columns`."""
    patient = facts.patient
    row: dict[str, object] = {
        "patient_id": patient.patient_id,
        "sex": patient.sex,
        "age_years": patient.age_years,
        "wbc_per_mm3": patient.wbc_per_mm3,
        "fusion": patient.fusion,
        "mlpa_status": facts.mlpa.status,
        "ikzf1_class": facts.mlpa.ikzf1_class,
        "ikzf1_pattern": facts.mlpa.pattern,
        "abl1_screening_indicated": facts.indicated,
        "abl1_screening_reason": ";".join(facts.screening_reasons),
        "abl1_status": facts.abl1.status,
        "abl1_mutations": ";".join(facts.abl1.mutations),
        "abl1_first_detected_day": facts.abl1.first_day,
        "best_depth": facts.mrd.best_depth,
        "mrd_increase_day": facts.mrd.increase_day,
        "molecular_relapse_day": facts.mrd.relapse_day,
        "genomic_risk": facts.risk.label.value,
        "genomic_risk_reason": facts.risk.reason,
        "flags": join_codes(facts.flags),
    }
    row |= {gene: gene_call(facts.mlpa, gene) for gene in genes}
    for point in timepoints:
        category = facts.mrd.categories[point.name]
        row[f"mrd_{point.name}"] = category
        row[f"molecular_response_{point.name}"] = response_of(category)
    return row | {name: patient.extra.get(name, "") for name in columns if name not in row}


def gene_call(mlpa: MlpaResult, gene: str) -> str:
    """Return the call of a gene; without a sample not_done, without a usable one not_evaluable."""
    if mlpa.status == "not_done":
        return "not_done"
    return mlpa.calls.get(gene, "not_evaluable") if mlpa.status != "not_called" else "not_evaluable"


def gene_columns(columns: Sequence[str]) -> list[str]:
    """Return the genes among the columns of ``genomic_risk.tsv``."""
    first = columns.index("ikzf1_pattern") + 1
    return list(columns[first : columns.index("abl1_screening_indicated")])
