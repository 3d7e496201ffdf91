"""A cBioPortal study folder: file name -> text, by the portal's documented file formats.

Every patient has one baseline sample, which carries the fusion and the MLPA calls, and one sample
per ABL1 sequencing, so that a mutation stays at the day it was found. Patients without MLPA are
absent from the copy number table, never 0. Times are days and months from the start of the TKI.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from der22.cohort.cbioportal_clinical import (
    Sample,
    patient_table,
    sample_table,
    timeline_lab_tests,
    timeline_status,
)
from der22.cohort.endpoints import FollowUp
from der22.cohort.mutation_table import mutated_samples, mutation_table
from der22.formats.records import Patient
from der22.formats.reference_folder import Reference
from der22.formats.tables import cell_text
from der22.results.cohort import RiskRow
from der22.results.mrd import LevelRow
from der22.results.sanger import Abl1Row, VariantRow
from der22.words import Abl1Status, Call

__all__ = ["StudyInput", "study_files", "study_identifier"]

_CNA = {
    Call.HOMOZYGOUS_DELETION: "-2",
    Call.HETEROZYGOUS_DELETION: "-1",
    Call.NORMAL: "0",
    Call.GAIN: "1",
}
#: BCR exon joined to ABL1 exon 2; p210 is e13a2 or e14a2, which the assay does not tell apart
_BCR_EXON = {"p190": "1", "p210": ""}
_FUSION = {
    "SV_Status": "SOMATIC",
    "Site1_Hugo_Symbol": "BCR",
    "Site1_Entrez_Gene_Id": "613",
    "Site1_Region": "Exon",
    "Site1_Chromosome": "22",
    "Site2_Hugo_Symbol": "ABL1",
    "Site2_Entrez_Gene_Id": "25",
    "Site2_Region": "Exon",
    "Site2_Region_Number": "2",
    "Site2_Chromosome": "9",
    "NCBI_Build": "GRCh38",
    "Class": "Translocation",
    "RNA_Support": "Yes",
}
_SITE_COLUMNS = (
    *("Hugo_Symbol", "Entrez_Gene_Id", "Ensembl_Transcript_Id", "Region", "Region_Number"),
    *("Chromosome", "Contig", "Position"),
)
_SV_COLUMNS = (
    *("Sample_Id", "SV_Status"),
    *(f"Site{site}_{column}" for site in (1, 2) for column in _SITE_COLUMNS),
    *("NCBI_Build", "Class", "RNA_Support", "Event_Info", "Annotation"),
)
_LONGEST_NAME, _LONGEST_IDENTIFIER = 255, 200
_CASE_LISTS = (
    ("all", "all_cases_in_study", "All samples"),
    ("cna", "all_cases_with_cna_data", "Samples with MLPA"),
    ("sequenced", "all_cases_with_mutation_data", "Samples with ABL1 sequencing"),
    ("sv", "all_cases_with_sv_data", "Samples with a known BCR::ABL1 transcript"),
)


@dataclass(frozen=True, slots=True)
class StudyInput:
    """What a study is made from.

    Attributes:
        name: name of the cohort.
        patients: rows of the sheet.
        risk_rows: rows of ``genomic_risk.tsv``, as many and in the same order.
        genes: gene columns of the risk table.
        overall: patient_id -> overall survival.
        disease_free: patient_id -> disease-free survival.
        abl1_rows: rows of ``sanger/abl1.tsv``.
        variants: rows of ``sanger/*/variants.tsv``.
        levels: rows of ``mrd/levels.tsv``.
        reference: the gene sequenced, None without sequencing.
    """

    name: str
    patients: Sequence[Patient]
    risk_rows: Sequence[RiskRow]
    genes: Sequence[str]
    overall: Mapping[str, FollowUp]
    disease_free: Mapping[str, FollowUp]
    abl1_rows: Sequence[Abl1Row]
    variants: Sequence[VariantRow]
    levels: Sequence[LevelRow]
    reference: Reference | None


def study_identifier(name: str) -> str:
    """Return an identifier of letters, digits and underscores made from the cohort's name."""
    words = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
    return f"der22_{words or 'cohort'}"[:_LONGEST_IDENTIFIER]  # case lists add to it


def study_files(study: StudyInput) -> dict[str, str]:
    """Return every file of the folder; parts without data have neither table nor meta file."""
    identifier = study_identifier(study.name)
    baseline = _baseline_names(study)
    samples = _samples(study, baseline)
    mutations = mutation_table(study.variants, study.reference)
    tables = {
        "clinical_patient": patient_table(
            study.patients, study.risk_rows, study.overall, study.disease_free
        ),
        "clinical_sample": sample_table(samples),
        "cna": _cna_table(study, baseline),
        "sv": _sv_table(study, baseline),
        "mutations": mutations,
        "timeline_lab_test": timeline_lab_tests(study.levels),
        "timeline_status": timeline_status(study.patients),
    }
    files = {"meta_study.txt": _meta_study(identifier, study)}
    for part, table in tables.items():
        if table:
            files[f"data_{part}.txt"] = _tsv(table)
            files[f"meta_{part}.txt"] = _meta(identifier, part)
    members = {
        "all": [sample.sample_id for sample in samples],
        "cna": [baseline[row.patient_id] for row in _with_mlpa(study)],
        "sequenced": _sequenced(study, mutated_samples(mutations)) if mutations else [],
        "sv": [baseline[p.patient_id] for p in study.patients if p.fusion],
    }
    for suffix, category, title in _CASE_LISTS:
        if members[suffix]:
            text = _case_list(identifier, suffix, category, title, members[suffix])
            files[f"case_lists/cases_{suffix}.txt"] = text
    return files


def _baseline_names(study: StudyInput) -> dict[str, str]:
    """Return patient_id -> name of the baseline sample, which no sequenced sample has.

    A full stop parts the two words: the portal takes ``MAR-baseline`` for a date.
    """
    taken = {row.sample_id for row in study.abl1_rows}
    names: dict[str, str] = {}
    for patient in study.patients:
        name = f"{patient.patient_id}.baseline"
        while name in taken:
            name += ".0"
        names[patient.patient_id] = name
        taken.add(name)
    return names


def _samples(study: StudyInput, baseline: Mapping[str, str]) -> list[Sample]:
    by_patient: dict[str, list[Sample]] = {
        patient: [Sample(patient, name, "baseline")] for patient, name in baseline.items()
    }
    for row in study.abl1_rows:
        patient_id = str(row.patient_id)
        sample = Sample(patient_id, row.sample_id, "ABL1 sequencing", cell_text(row.day))
        by_patient[patient_id].append(sample)
    return [sample for samples in by_patient.values() for sample in samples]


def _with_mlpa(study: StudyInput) -> list[RiskRow]:
    return [row for row in study.risk_rows if row.mlpa_status.is_called] if study.genes else []


def _sequenced(study: StudyInput, mutated: Collection[str]) -> list[str]:
    """Return the samples whose sequence told something; an inevaluable one is not wild type."""
    told = (Abl1Status.MUTATED, Abl1Status.POSSIBLE, Abl1Status.WILD_TYPE)
    return [
        row.sample_id
        for row in study.abl1_rows
        if row.abl1_status in told or row.sample_id in mutated
    ]


def _cna_table(study: StudyInput, baseline: Mapping[str, str]) -> list[list[str]]:
    """Return genes x patients with MLPA; an ambiguous or inevaluable gene is NA.

    The portal finds a gene by its symbol where the Entrez number is blank.
    """
    rows = _with_mlpa(study)
    if not rows:
        return []
    header = ["Hugo_Symbol", "Entrez_Gene_Id", *(baseline[row.patient_id] for row in rows)]
    return [
        header,
        *([gene, "", *(_CNA.get(row.genes[gene], "NA") for row in rows)] for gene in study.genes),
    ]


def _sv_table(study: StudyInput, baseline: Mapping[str, str]) -> list[list[str]]:
    """Return one row per BCR::ABL1 transcript of each patient.

    RT-PCR tells no genomic breakpoint, so positions stay blank.
    """
    rows = [
        [
            {
                "Sample_Id": baseline[patient.patient_id],
                "Site1_Region_Number": _BCR_EXON[transcript],
                "Event_Info": "Fusion",
                "Annotation": f"BCR::ABL1 {transcript}",
                **_FUSION,
            }.get(column, "")
            for column in _SV_COLUMNS
        ]
        for patient in study.patients
        for transcript in (patient.fusion or "").split("+")
        if transcript
    ]
    return [list(_SV_COLUMNS), *rows] if rows else []


def _meta_study(identifier: str, study: StudyInput) -> str:
    return _fields(
        type_of_cancer="bllbcrabl1",
        cancer_study_identifier=identifier,
        name=_one_line(study.name)[:_LONGEST_NAME],
        description=(
            f"{len(study.patients)} patients with Ph-positive acute lymphoblastic leukaemia: MLPA, "
            "ABL1 kinase domain, BCR::ABL1 MRD. Days and months count from the start of the TKI, "
            "disease-free months from the landmark day. Research use only."
        ),
        reference_genome="hg38",
    )


def _meta(identifier: str, part: str) -> str:
    about = {
        "clinical_patient": ("CLINICAL", "PATIENT_ATTRIBUTES"),
        "clinical_sample": ("CLINICAL", "SAMPLE_ATTRIBUTES"),
        "timeline_lab_test": ("CLINICAL", "TIMELINE"),
        "timeline_status": ("CLINICAL", "TIMELINE"),
        "cna": ("COPY_NUMBER_ALTERATION", "DISCRETE"),
        "sv": ("STRUCTURAL_VARIANT", "SV"),
        "mutations": ("MUTATION_EXTENDED", "MAF"),
    }
    kind, datatype = about[part]
    return _fields(
        cancer_study_identifier=identifier,
        genetic_alteration_type=kind,
        datatype=datatype,
        **_PROFILES.get(part, {}),
        data_filename=f"data_{part}.txt",
    )


_PROFILES: Mapping[str, Mapping[str, str]] = {
    "cna": {
        "stable_id": "cna",
        "show_profile_in_analysis_tab": "true",
        "profile_name": "Copy number by MLPA",
        "profile_description": (
            "Gene calls by MLPA. Values: -2 = homozygous deletion; -1 = heterozygous deletion; "
            "0 = normal; 1 = gain; NA = ambiguous or not evaluable."
        ),
    },
    "sv": {
        "stable_id": "structural_variants",
        "show_profile_in_analysis_tab": "true",
        "profile_name": "BCR::ABL1 transcript",
        "profile_description": "Transcript of the patients sheet, by RT-PCR.",
    },
    "mutations": {
        "stable_id": "mutations",
        "show_profile_in_analysis_tab": "true",
        "swissprot_identifier": "name",
        "profile_name": "ABL1 kinase domain",
        "profile_description": "Detected changes by Sanger sequencing of the BCR::ABL1 transcript.",
    },
}


def _case_list(
    identifier: str, suffix: str, category: str, title: str, members: Sequence[str]
) -> str:
    return _fields(
        cancer_study_identifier=identifier,
        stable_id=f"{identifier}_{suffix}",
        case_list_name=title,
        case_list_description=f"{title} ({len(members)} samples)",
        case_list_category=category,
        case_list_ids="\t".join(members),
    )


def _fields(**values: str) -> str:
    return "".join(f"{key}: {value}\n" for key, value in values.items())


def _tsv(table: Iterable[Sequence[str]]) -> str:
    return "".join("\t".join(row) + "\n" for row in table)


def _one_line(text: str) -> str:
    return " ".join(text.split())
