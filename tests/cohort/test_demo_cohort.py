"""Every number that the paper's tables hold comes out of the demo cohort."""

from __future__ import annotations

import pytest

from der22.cohort.counts import percent
from der22.formats.tables import read_tsv


@pytest.fixture(scope="module")
def tables(demo_results):
    """Every table of the demo cohort, by name."""
    return {path.stem: read_tsv(path) for path in sorted((demo_results / "cohort").glob("*.tsv"))}


def _pick(rows, **keys):
    (row,) = (r for r in rows if all(r[key] == value for key, value in keys.items()))
    return row


@pytest.mark.parametrize(
    ("item", "level", "expected"),
    [
        ("patients", "all", "63/63 100"),
        ("sex", "M", "29/63 46"),
        ("sex", "F", "34/63 54"),
        ("fusion", "p190", "41/63 65"),
        ("fusion", "p210", "17/63 27"),
        ("fusion", "p190+p210", "5/63 8"),
        ("mlpa", "available", "46/63 73"),
        ("mlpa", "not_done", "17/63 27"),
        ("remission", "all", "62/63 98"),
        ("transplant", "all", "24/63 38"),
        ("relapse", "all", "6/63 10"),
        ("relapse", "hematologic", "3/6 50"),
        ("relapse", "cns", "2/6 33"),
        ("relapse", "nodal", "1/6 17"),
        ("death", "all", "4/63 6"),
    ],
)
def test_baseline(tables, item, level, expected):
    """Counts, denominators and whole percentages of Table 1 and of the course."""
    row = _pick(tables["baseline"], item=item, level=level)
    assert f"{row['n']}/{row['N']} {row['percent']}" == expected


@pytest.mark.parametrize(
    ("item", "expected"),
    [("age_years", ("54", "24", "82")), ("wbc_per_mm3", ("13000", "600", "88000"))],
)
def test_medians_and_ranges(tables, item, expected):
    """Median and range of age and white cells."""
    row = _pick(tables["baseline"], item=item)
    assert (row["median"], row["minimum"], row["maximum"]) == expected


def test_follow_up(tables):
    """Median 556 days by reverse Kaplan-Meier; range 1 to 25 months."""
    row = _pick(tables["survival"], endpoint="follow_up")
    assert float(row["time_months"]) * 365.25 / 12 == pytest.approx(556)
    assert (row["group"], row["estimate"]) == ("all", "0.5")
    observed = _pick(tables["baseline"], item="follow_up_months")
    assert (round(float(observed["minimum"])), round(float(observed["maximum"]))) == (1, 25)


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ("gene:IKZF1", "25/46 54"),
        ("genes:CDKN2A/CDKN2B", "13/46 28"),
        ("gene:PAX5", "10/46 22"),
        ("gene:RB1", "6/46 13"),
        ("gene:EBF1", "5/46 11"),
        ("class:IKZF1plus", "11/46 24"),
        ("class:IKZF1_deletion", "14/46 30"),
        ("class:no_IKZF1_deletion", "21/46 46"),
        ("abl1:screened", "16/63 25"),
        ("abl1:wild_type", "8/16 50"),
        ("abl1:mutated", "8/16 50"),
        ("abl1:T315I", "7/16 44"),
        ("abl1:E255K", "1/16 6"),
        ("abl1:T315I in IKZF1plus", "4/11 36"),
    ],
)
def test_genomics(tables, item, expected):
    """Lesions and mutations with their own denominators."""
    row = _pick(tables["genomics"], item=item)
    assert f"{row['n']}/{row['N']} {row['percent']}" == expected


@pytest.mark.parametrize(
    ("timepoint", "treated", "counts", "percents"),
    [
        ("d22", "63", "48/3/7 58 10", "83/5/12 17"),
        ("d45", "63", "43/9/8 60 17", "72/15/13 28"),
        ("d57", "62", "38/11/7 56 18", "68/20/12 32"),
        ("d85", "62", "42/6/11 59 17", "71/10/19 29"),
        ("blina_c1", "58", "20/19/16 55 35", "36/35/29 64"),
        ("blina_c2", "56", "22/23/10 55 33", "40/42/18 60"),
        ("blina_c3", "45", "12/20/8 40 28", "30/50/20 70"),
        ("blina_c4", "37", "7/17/12 36 29", "19/47/33 81"),
        ("blina_c5", "29", "8/16/5 29 21", "28/55/17 72"),
    ],
)
def test_response_by_timepoint(tables, timepoint, treated, counts, percents):
    """Table 2: POS/CMR/PNQ of N, response, and every printed percentage."""
    row = _pick(tables["response_by_timepoint"], timepoint=timepoint)
    assert row["treated"] == treated
    names = ("no_molecular_response", "cmr", "pnq")
    shown = "/".join(row[name] for name in names)
    assert f"{shown} {row['evaluable']} {row['molecular_response']}" == counts
    shares = "/".join(row[f"{name}_percent"] for name in names)
    assert f"{shares} {row['molecular_response_percent']}" == percents
    assert row["sampled"] == row["evaluable"]


def test_intention_to_treat_after_two_cycles(tables):
    """33 of all 63 patients are in response after the second cycle: 52 %."""
    row = _pick(tables["response_by_timepoint"], timepoint="blina_c2")
    assert row["molecular_response_itt_percent"] == "52"


@pytest.mark.parametrize(
    ("groups", "note"),
    [
        ("fusion: p190, p210", "p190 12 of 38, p210 5 of 21"),
        ("ikzf1_class: IKZF1plus, rest", "IKZF1plus 1 of 11, rest 9 of 33"),
    ],
)
def test_response_at_day_85_by_group(tables, groups, note):
    """The splits behind the Fisher tests; 15 patients without a class are counted as left out."""
    row = _pick(tables["tests"], endpoint="molecular_response_d85", groups=groups)
    assert row["note"].startswith(note)
    assert (row["test"], row["statistic"]) == ("fisher_exact", "")
    assert 0 < float(row["p_value"]) <= 1


def test_screening_and_risk(tables):
    """16 indicated (15 by MRD, 1 by relapse alone); risk 15/13/20/15; no molecular relapse."""
    rows = tables["genomic_risk"]
    indicated = [row for row in rows if row["abl1_screening_indicated"] == "yes"]
    assert len(indicated) == 16
    assert sum("mrd_increase" in row["abl1_screening_reason"] for row in indicated) == 15
    assert sum(row["abl1_screening_reason"] == "relapse" for row in indicated) == 1
    labels = [row["genomic_risk"] for row in rows]
    expected = {"high": 15, "intermediate": 13, "standard": 20, "undetermined": 15}
    assert {label: labels.count(label) for label in expected} == expected
    assert {row["molecular_relapse_day"] for row in rows} == {""}
    assert sum(row["ikzf1_class"] == "not_done" for row in rows) == 17


@pytest.mark.parametrize(
    ("endpoint", "group", "expected"),
    [
        ("OS", "all", "95 (90-100)"),
        ("DFS", "all", "88 (80-97)"),
        ("DFS", "fusion=p190", "85 (74-97)"),
        ("DFS", "fusion=p210", "95 (86-100)"),
        ("DFS", "ikzf1_class=no_IKZF1_deletion", "100 (100-100)"),
        ("DFS", "ikzf1_class=IKZF1_deletion", "92 (79-100)"),
        ("DFS", "ikzf1_class=IKZF1plus", "64 (41-99)"),
        ("DFS", "molecular_response_d85=yes", "100 (100-100)"),
        ("DFS", "molecular_response_d85=no", "85 (75-97)"),
        ("OS", "ikzf1_class=no_IKZF1_deletion", "100 (100-100)"),
        ("OS", "ikzf1_class=IKZF1_deletion", "93 (80-100)"),
        ("OS", "ikzf1_class=IKZF1plus", "82 (62-100)"),
        ("CIR", "all", "8 (3-17)"),
        ("CIR", "ikzf1_class=IKZF1plus", "27 (6-55)"),
        ("CIR", "ikzf1_class=IKZF1_deletion", "8 (0-30)"),
        ("CIR", "ikzf1_class=no_IKZF1_deletion", "0 (0-0)"),
    ],
)
def test_survival_at_twelve_months(tables, endpoint, group, expected):
    """Estimates and proper intervals, as whole percentages."""
    row = _pick(tables["survival"], endpoint=endpoint, group=group, time_months="12")
    value, low, high = (round(100 * float(row[key])) for key in ("estimate", "lower", "upper"))
    assert f"{value} ({low}-{high})" == expected


def test_tests_and_hazard_ratios(tables):
    """Log-rank 9.832, Gray 6.387, Cox 13.68 (1.53-122.5); the class model is not estimable."""
    log_rank = next(
        row for row in tables["tests"] if row["endpoint"] == "DFS" and "ikzf1" in row["groups"]
    )
    assert (round(float(log_rank["statistic"]), 3), round(float(log_rank["p_value"]), 4)) == (
        9.832,
        0.0073,
    )
    assert log_rank["groups"] == "ikzf1_class: no_IKZF1_deletion, IKZF1_deletion, IKZF1plus"
    gray = next(
        row for row in tables["tests"] if row["test"] == "gray" and "ikzf1" in row["groups"]
    )
    assert (round(float(gray["statistic"]), 3), round(float(gray["p_value"]), 4)) == (6.387, 0.0410)
    cox = _pick(tables["hazard_ratios"], endpoint="DFS", reference="rest")
    numbers = [float(cox[name]) for name in ("hazard_ratio", "lower", "upper")]
    assert numbers == pytest.approx([13.68, 1.53, 122.5], rel=3e-3)
    model = [row for row in tables["hazard_ratios"] if row["reference"] == "no_IKZF1_deletion"]
    assert len(model) == 4
    assert {row["note"] for row in model} == {"not estimable: no event in no_IKZF1_deletion"}
    assert {row["hazard_ratio"] for row in model} == {""}


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [
        (7, 56, 12),
        (5, 40, 12),
        (1, 8, 12),
        (3, 8, 38),
        (1, 200, 0),
        (3, 200, 2),
        (2, 3, 67),
        (0, 0, None),
    ],
)
def test_percentages_are_whole_half_to_even(part, whole, expected):
    """12.5 becomes 12, 37.5 becomes 38; nobody evaluable gives no percentage."""
    assert percent(part, whole) == expected
