"""Rules of case lists."""

from __future__ import annotations

from collections.abc import Iterator

from portal_rules.study import ERROR, WARNING, Study, check_sample, fields_fit, read_fields

CASE_LIST: tuple[str, ...] = (
    "cancer_study_identifier",
    "stable_id",
    "case_list_name",
    "case_list_description",
)
CASE_LIST += ("case_list_ids",)
CATEGORIES = {"all_cases_in_study", "other"} | {
    f"all_cases_with_{what}_data"
    for what in (
        *("mutation", "cna", "log2_cna", "methylation", "mrna_array", "mrna_rnaseq", "rppa"),
        *("microrna", "mutation_and_cna", "mutation_and_cna_and_mrna", "gsva", "sv"),
    )
}


def _case_lists(study: Study) -> Iterator[tuple[str, dict[str, str]]]:
    folder = study.folder / "case_lists"
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        name = f"case_lists/{path.name}"
        fields = read_fields(study, name)
        if fields and fields_fit(study, name, fields, CASE_LIST, {"case_list_category"}):
            yield name, fields


def check_case_lists(study: Study, kinds: set[str]) -> None:
    """Check that every kind of data has its list and every list its samples."""
    lists = _read_case_lists(study)
    for suffix, needed in (("all", {"sample"}), ("sequenced", {"maf"}), ("cna", {"cna"})):
        if needed <= kinds and suffix not in lists:
            study.add(ERROR, "case_lists", 0, f"no list _{suffix}")
    if {"maf", "cna"} <= kinds and "cnaseq" not in lists:
        study.add(WARNING, "case_lists", 0, "mutations and copy numbers, but no list _cnaseq")
    for sample_id in sorted(study.mutated - lists.get("sequenced", study.mutated)):
        study.add(ERROR, "case_lists", 0, f"mutated, but not in _sequenced: {sample_id}")


def _read_case_lists(study: Study) -> dict[str, set[str]]:
    lists: dict[str, set[str]] = {}
    categories: set[str] = set()
    for name, fields in _case_lists(study):
        if fields["cancer_study_identifier"] != study.identifier:
            study.add(ERROR, name, 0, "belongs to another study")
            continue
        suffix = fields["stable_id"].removeprefix(f"{study.identifier}_")
        if suffix == fields["stable_id"] or suffix in lists:
            study.add(ERROR, name, 0, f"stable_id taken or not of this study: {suffix}")
        members = [member.strip() for member in fields["case_list_ids"].split("\t")]
        lists[suffix] = set(members)
        if len(members) > len(set(members)):
            study.add(WARNING, name, 0, "a sample is listed twice")
        for member in dict.fromkeys(members):
            check_sample(study, name, 0, member)
        category = fields.get("case_list_category", "other")
        if category not in CATEGORIES:
            study.add(ERROR, name, 0, f"category not known: {category}")
        if category in categories - {"other"}:
            study.add(WARNING, name, 0, f"category taken twice: {category}")
        categories.add(category)
    return lists
