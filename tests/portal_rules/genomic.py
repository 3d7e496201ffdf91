"""Rules of copy numbers, structural variants and mutations."""

from __future__ import annotations

import re
from collections.abc import Mapping

from portal_rules.study import ERROR, WARNING, Study, Table, check_gene, check_sample, require

SV_UNIQUE = ["Sample_Id", "Event_Info"] + [
    f"Site{n}_{what}"
    for n in "12"
    for what in (
        *("Hugo_Symbol", "Entrez_Gene_Id", "Chromosome", "Position", "Region_Number"),
        "Ensembl_Transcript_Id",
    )
]
SV_ADVISED = [*SV_UNIQUE, "Site1_Region", "Site2_Region", "Site1_Contig", "Site2_Contig"]
SILENT = {"Silent", "Intron", "3'UTR", "3'Flank", "5'UTR", "5'Flank", "IGR", "RNA"}
CLASSES = SILENT | {"Splice_Region", "Fusion", "Unknown", "Frame_Shift_Del", "Frame_Shift_Ins"}
CLASSES |= {"In_Frame_Del", "In_Frame_Ins", "Missense_Mutation", "Nonsense_Mutation"}
CLASSES |= {"Splice_Site", "Translation_Start_Site", "Nonstop_Mutation", "Targeted_Region"}
CLASSES |= {"De_novo_Start_InFrame", "De_novo_Start_OutOfFrame"}
MAF_KEY: tuple[str, ...] = ("Entrez_Gene_Id", "Chromosome", "Start_Position", "End_Position")
MAF_KEY += ("Variant_Classification", "Tumor_Seq_Allele2", "HGVSp_Short", "Tumor_Sample_Barcode")
MUTATION_STATUS = {"", "none", "germline", "somatic", "loh", "unknown", "wildtype"}
MUTATION_STATUS |= {"post-transcriptional modification"}


def check_cna(study: Study, table: Table) -> None:
    """Check discrete copy numbers."""
    genes = {"Hugo_Symbol", "Entrez_Gene_Id", "Cytoband"}
    first = next((i for i, c in enumerate(table.columns) if c not in genes), len(table.columns))
    at, leading = table.header_line, table.columns[:first]
    samples = table.columns[first:]
    if not samples:
        study.add(ERROR, table.name, at, "no sample columns")
    if not {"Hugo_Symbol", "Entrez_Gene_Id"} & set(leading):
        study.add(ERROR, table.name, at, "no gene column before the samples")
    elif "Entrez_Gene_Id" not in leading:
        study.add(WARNING, table.name, at, "no Entrez_Gene_Id column; symbols alone are looked up")
    for sample_id in samples:
        check_sample(study, table.name, at, sample_id)
    seen: set[str] = set()
    for line, row in table.rows:
        symbol, entrez = row.get("Hugo_Symbol", "").strip(), row.get("Entrez_Gene_Id", "").strip()
        check_gene(study, table.name, line, symbol, entrez)
        gene = entrez or symbol.upper()
        if gene in seen:
            study.add(WARNING, table.name, line, f"gene given twice: {gene}")
        seen.add(gene)
        for value in {row[sample_id].strip() for sample_id in samples}:
            if value not in ("-2", "-1.5", "-1", "0", "1", "2", "NA"):
                study.add(ERROR, table.name, line, f"no copy number level: {value or '(blank)'}")


def check_sv(study: Study, table: Table) -> None:
    """Check structural variants."""
    if not require(study, table, "Sample_Id", "SV_Status"):
        return
    for site in ("Site1", "Site2"):
        if not {f"{site}_Hugo_Symbol", f"{site}_Entrez_Gene_Id"} & set(table.columns):
            study.add(ERROR, table.name, table.header_line, f"no gene column for {site}")
    missing = [column for column in SV_ADVISED if column not in table.columns]
    if len(missing) > 1:
        message = f"advised columns are missing: {', '.join(missing)}"
        study.add(WARNING, table.name, table.header_line, message)
    if "NCBI_Build" not in table.columns:
        study.add(WARNING, table.name, table.header_line, "no NCBI_Build; GRCh37 is assumed")
    builds = {row.get("NCBI_Build", "") for _, row in table.rows} - {""}
    if len(builds) > 1:
        study.add(ERROR, table.name, 0, f"more than one build: {sorted(builds)}")
    seen: set[tuple[str, ...]] = set()
    for line, row in table.rows:
        _check_sv_row(study, table, line, row)
        key = tuple(row.get(column, "") for column in SV_UNIQUE)
        if key in seen:
            study.add(ERROR, table.name, line, f"the same event twice: {row['Sample_Id']}")
        seen.add(key)


def _check_sv_row(study: Study, table: Table, line: int, row: Mapping[str, str]) -> None:
    def cell(column: str) -> str:
        value = row.get(column, "").strip()
        return "" if value in ("NA", "Unknown", "0") else value

    check_sample(study, table.name, line, cell("Sample_Id"))
    status, build = cell("SV_Status").lower(), cell("NCBI_Build").lower()
    if status not in ("", "somatic", "germline"):
        study.add(ERROR, table.name, line, f"SV_Status: {row['SV_Status']}")
    elif status != "somatic":
        study.add(WARNING, table.name, line, f"SV_Status is {status or 'blank'}")
    if build not in ("", "grch37", "grch38"):
        study.add(ERROR, table.name, line, f"NCBI_Build: {row['NCBI_Build']}")
    elif "NCBI_Build" in row and build != study.build.lower():
        study.add(WARNING, table.name, line, f"NCBI_Build is {build or 'blank'}")
    genes = [(cell(f"Site{n}_Hugo_Symbol"), cell(f"Site{n}_Entrez_Gene_Id")) for n in "12"]
    for symbol, entrez in genes:
        check_gene(study, table.name, line, symbol, entrez, needed=False)
    if not any("".join(pair) for pair in genes):
        study.add(ERROR, table.name, line, "neither site has a gene")


def check_maf(study: Study, table: Table) -> None:
    """Check mutations."""
    if not require(study, table, "Tumor_Sample_Barcode", "Hugo_Symbol", "Variant_Classification"):
        return
    at = table.header_line
    if not {"HGVSp_Short", "Amino_Acid_Change"} & set(table.columns):
        study.add(ERROR, table.name, at, "no column for the change of the protein")
    if "SWISSPROT" not in table.columns:
        study.add(WARNING, table.name, at, "no SWISSPROT column; domains may be of another isoform")
    elif "swissprot_identifier" not in study.meta:
        study.add(WARNING, study.meta["_file"], 0, "SWISSPROT without swissprot_identifier")
    skipped = SILENT
    if "variant_classification_filter" in study.meta:
        skipped = {w.strip() for w in study.meta["variant_classification_filter"].split(",")}
    seen: set[tuple[str, ...]] = set()
    for line, row in table.rows:
        if row["Variant_Classification"] in skipped:
            continue
        _check_maf_row(study, table.name, line, row)
        _check_alleles(study, table.name, line, row)
        _check_protein(study, table.name, line, row)
        key = tuple(row.get(column, "").strip() for column in MAF_KEY)
        if set(MAF_KEY) <= set(table.columns) and key in seen:
            study.add(ERROR, table.name, line, f"the same mutation twice: {key}")
        seen.add(key)
        study.mutated.add(row["Tumor_Sample_Barcode"])


def _check_maf_row(study: Study, name: str, line: int, row: Mapping[str, str]) -> None:
    check_sample(study, name, line, row["Tumor_Sample_Barcode"])
    symbol, entrez = row["Hugo_Symbol"].strip(), row.get("Entrez_Gene_Id", "").strip()
    symbol = "" if symbol in ("NA", "Unknown") else symbol
    check_gene(study, name, line, symbol, "" if entrez in ("NA", "0") else entrez)
    if row["Variant_Classification"] not in CLASSES:
        study.add(WARNING, name, line, f"no MAF class: {row['Variant_Classification']}")
    build = re.sub("^(?=37$|38$)", "GRCh", row.get("NCBI_Build", ""))
    if build not in ("", study.build):
        study.add(ERROR, name, line, f"NCBI_Build {build}, but the study is on {study.build}")
    for column in ("Start_Position", "End_Position"):
        value = row.get(column, "1").strip()
        if value in ("", "NA"):
            study.add(WARNING, name, line, f"{column} is blank")
        elif not value.isdigit():
            study.add(ERROR, name, line, f"{column} is no position: {value}")
    status = row.get("Mutation_Status", "").lower()
    if status not in MUTATION_STATUS or status == "germline":
        study.add(WARNING, name, line, f"Mutation_Status: {status}")
    if "SWISSPROT" in row:
        form = "[OPQ][0-9][A-Z0-9]{3}[0-9]|[A-NR-Z][0-9]([A-Z][A-Z0-9]{2}[0-9]){1,2}"
        if study.meta.get("swissprot_identifier", "name") == "name":
            form = "[A-Z0-9]{1,5}_[A-Z0-9]{1,5}"
        if not re.fullmatch(form, row["SWISSPROT"]):
            study.add(WARNING, name, line, f"SWISSPROT: no identifier: {row['SWISSPROT']}")


def _check_alleles(study: Study, name: str, line: int, row: Mapping[str, str]) -> None:
    columns = ("Reference_Allele", "Tumor_Seq_Allele1", "Tumor_Seq_Allele2")
    if not {*columns, "Start_Position", "End_Position", "Variant_Type"} <= set(row):
        return
    alleles = [row[column].strip() for column in columns]
    kind, sizes = row["Variant_Type"], [len(allele) for allele in alleles]
    places = [row["Start_Position"].strip(), row["End_Position"].strip()]
    span = int(places[1]) - int(places[0]) + 1 if all(p.isdigit() for p in places) else None
    wrong = [allele for allele in alleles if set(allele) - set("ACGT-")]
    fixed = {"SNP": 1, "DNP": 2, "TNP": 3}
    if wrong:
        study.add(WARNING, name, line, f"allele with other letters: {wrong[0]}")
    if span is not None and span < 1:
        study.add(WARNING, name, line, "ends before it starts")
    if kind in fixed and sizes != [fixed[kind]] * 3:
        study.add(WARNING, name, line, f"{kind}, but alleles of {sizes} bases")
    if kind == "ONP" and (len(set(sizes)) > 1 or sizes[0] <= 3):
        study.add(WARNING, name, line, f"ONP, but alleles of {sizes} bases")
    if kind in (*fixed, "ONP") and any("-" in allele for allele in alleles):
        study.add(WARNING, name, line, f"{kind} with a dash in an allele")
    if kind in ("INS", "DEL"):
        _check_indel(study, name, line, kind, alleles, span)


def _check_indel(
    study: Study, name: str, line: int, kind: str, alleles: list[str], span: int | None
) -> None:
    reference, *tumour = (len(allele) for allele in alleles)
    is_insertion = kind == "INS"
    if any(a in ("", "NA") or a.count("-") > 1 for a in alleles):
        study.add(WARNING, name, line, f"{kind} with a blank allele or several dashes")
    if span is not None and span != reference and not (is_insertion and span == 2):
        study.add(WARNING, name, line, f"{kind} over {span} bases, reference of {reference}")
    if (is_insertion and reference > max(tumour)) or (not is_insertion and reference < max(tumour)):
        study.add(WARNING, name, line, f"{kind}, but the lengths tell the opposite")


def _check_protein(study: Study, name: str, line: int, row: Mapping[str, str]) -> None:
    changes = [row[c] for c in ("HGVSp_Short", "Amino_Acid_Change") if c in row]
    given = [change for change in changes if change not in ("", "NULL", "NA")]
    if not given and row["Variant_Classification"] != "Splice_Site":
        study.add(WARNING, name, line, "no change of the protein; shown as MUTATED")
    for change in given:
        if "p." in change[1:] or set(change) & set(";,"):
            study.add(ERROR, name, line, f"more than one change: {change}")
        if len(change) > 255:
            study.add(ERROR, name, line, "change of the protein longer than 255 characters")
