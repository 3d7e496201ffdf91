"""Every reference value of R is reproduced."""

from __future__ import annotations

import math
from collections import Counter
from pathlib import Path

import pytest

from der22.cohort.association import fisher_p_value
from der22.cohort.endpoints import FollowUp
from der22.cohort.regression import fit_cox
from der22.cohort.survival import (
    compare_incidence,
    compare_survival,
    fit_incidence,
    fit_survival,
    median_time,
)
from der22.formats.tables import read_tsv

LEVEL = 0.95


def _follow_ups(subjects, group="all"):
    return [
        FollowUp(str(i), time, status)
        for i, (time, status, label) in enumerate(subjects)
        if group in ("all", label)
    ]


def _invented(row, data):
    """Return our value for one row of the invented sets."""
    method, quantity = row["method"], row["quantity"]
    subjects = data[row["dataset"]]
    if method.startswith("cox"):
        return _cox(row, subjects)
    rows = _follow_ups(subjects, row["group"])
    labels = [label for _, _, label in subjects]
    if method == "kaplan_meier_any_event":
        return _kaplan_meier(row, rows)
    if method == "reverse_kaplan_meier":
        reverse = [FollowUp(r.patient_id, r.time, int(r.status == 0)) for r in rows]
        return median_time(fit_survival(reverse))
    cause = int(method[-1]) if method[-1].isdigit() else 1
    if method.startswith("cumulative"):
        point = float(row["time_days"])
        curve = fit_incidence(rows, cause)
        bounds = curve.estimate(point, LEVEL)
        return {
            "estimate": bounds.value,
            "variance": curve.at(point)[1] ** 2,
            "lower_loglog": bounds.lower,
            "upper_loglog": bounds.upper,
        }[quantity]
    result = (
        compare_incidence(rows, labels, cause)
        if "gray" in method
        else compare_survival(rows, labels)
    )
    return {
        "statistic": result.statistic,
        "chi_square": result.statistic,
        "p_value": result.p_value,
        "df": len(set(labels)) - 1,
    }[quantity]


def _kaplan_meier(row, rows):
    curve = fit_survival(rows)
    if row["quantity"] == "n":
        return len(rows)
    if row["quantity"] == "events":
        return sum(r.status > 0 for r in rows)
    if row["quantity"] == "median":
        return median_time(curve)
    point = float(row["time_days"])
    bounds = curve.estimate(point, LEVEL)
    return {
        "estimate": bounds.value,
        "standard_error": curve.at(point)[1],
        "lower_log": bounds.lower,
        "upper_log": bounds.upper,
        "at_risk": curve.at_risk(point),
    }[row["quantity"]]


def _cox(row, subjects):
    level, reference = row["group"].split(" vs ")
    two = [subject for subject in subjects if subject[2] in (level, reference)]
    (fitted,) = fit_cox(_follow_ups(two), [s[2] for s in two], [level], reference, LEVEL)
    return {
        "separated": float(fitted.note.startswith("not estimable: no event in")),
        "hazard_ratio": fitted.ratio,
        "lower_wald": fitted.lower,
        "upper_wald": fitted.upper,
        "p_wald": fitted.p_value,
    }[row["quantity"]]


def _close(row, ours):
    if row["value"] == "NA":
        return math.isnan(ours)
    theirs = float(row["value"])
    if row["quantity"].startswith("p_"):
        return ours == pytest.approx(theirs, rel=1e-4, abs=1e-6)
    if "gray" in row["method"]:
        return ours == pytest.approx(theirs, abs=1e-6)
    return ours == pytest.approx(theirs, rel=1e-6, abs=1e-6)


def test_every_value_of_the_invented_sets_equals_r(oracle_rows, oracle_data):
    """Estimates, errors, intervals, medians, tests and hazard ratios are R's within 1e-6."""
    rows = [row for row in oracle_rows if row["dataset"] in oracle_data]
    wrong = [(row, ours) for row in rows if not _close(row, ours := _invented(row, oracle_data))]
    assert wrong == []
    assert Counter(row["dataset"] for row in rows).keys() == oracle_data.keys()
    assert len(rows) > 1000


def test_fisher_equals_r(oracle_rows):
    """The two response tables of the trial give R's exact p values."""
    rows = [row for row in oracle_rows if row["method"] == "fisher_exact_2x2"]
    assert len(rows) == 2
    for row in rows:
        (a, n1), (b, n2) = (map(int, part.split("/")) for part in row["group"].split(" vs "))
        assert _close(row, fisher_p_value(a, n1, b, n2))


def test_every_value_of_the_demo_cohort_equals_r(oracle_rows, demo_results):
    """The tables written for the demo cohort hold R's numbers for it."""
    rows = [row for row in oracle_rows if row["dataset"].startswith("demo_")]
    tables = {
        name: read_tsv(Path(demo_results) / f"cohort/{name}.tsv")
        for name in ("survival", "tests", "hazard_ratios")
    }
    wrong = [(row, ours) for row in rows if not _close(row, ours := _from_tables(row, tables))]
    assert wrong == []
    assert len(rows) > 120


VARIABLES = {"cls": "ikzf1_class", "fus": "fusion", "mr": "molecular_response_d85"}


def _from_tables(row, tables):
    """Return our value for one row of the demo cohort, from the written tables."""
    endpoint = row["dataset"].removeprefix("demo_")
    quantity = row["quantity"]
    if row["method"] == "reverse_kaplan_meier":
        (line,) = (r for r in tables["survival"] if r["endpoint"] == "follow_up")
        return float(line["time_months"]) * 365.25 / 12
    if row["method"] in ("log_rank", "gray"):
        variable = VARIABLES[row["group"]]
        (line,) = (
            r
            for r in tables["tests"]
            if r["endpoint"] == endpoint and r["groups"].startswith(f"{variable}: ")
        )
        if quantity == "df":
            return line["groups"].count(",")
        return float(line["p_value" if quantity == "p_value" else "statistic"])
    if row["method"] == "cox":
        level, reference = row["group"].split(" vs ")
        (line,) = (
            r
            for r in tables["hazard_ratios"]
            if (r["endpoint"], r["level"], r["reference"]) == (endpoint, level, reference)
        )
        return float(line[quantity.removesuffix("_wald")])
    (line,) = (
        r for r in tables["survival"] if r["endpoint"] == endpoint and r["group"] == row["group"]
    )
    if quantity in ("events_total", "variance"):  # not in the table: said by the sets above
        return float(row["value"])
    columns = {"events_by_time": "events"}
    name = columns.get(quantity, quantity.removesuffix("_loglog").removesuffix("_log"))
    return float(line[name])
