"""``survival.tsv``, ``tests.tsv`` and ``hazard_ratios.tsv`` from the comparisons of a cohort."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from der22.cohort.assays import TextRow
from der22.cohort.association import fisher_p_value
from der22.cohort.codes import make_flag
from der22.cohort.comparison import Comparison, group_of, levels_of
from der22.cohort.endpoints import DAYS_PER_MONTH, FollowUp, follow_up
from der22.cohort.regression import HazardRatio, fit_cox
from der22.cohort.settings import RESPONSE_PREFIX, StatisticsSettings
from der22.cohort.survival import (
    GroupTest,
    SurvivalCurve,
    compare_incidence,
    compare_survival,
    fit_incidence,
    fit_survival,
    median_time,
)
from der22.flags import Flag

__all__ = [
    "HAZARD_COLUMNS",
    "SURVIVAL_COLUMNS",
    "TEST_COLUMNS",
    "compare",
    "fit_curve",
    "group_flags",
    "group_test_rows",
    "hazard_rows",
    "response_test_rows",
    "survival_rows",
]

SURVIVAL_COLUMNS = (
    *("endpoint", "group", "n", "events", "time_months", "estimate", "lower", "upper"),
    *("at_risk", "median_months", "start_day"),
)
TEST_COLUMNS = ("endpoint", "test", "groups", "statistic", "p_value", "note")
HAZARD_COLUMNS = (
    *("endpoint", "variable", "level", "reference", "n", "events"),
    *("hazard_ratio", "lower", "upper", "p_value", "note"),
)

_SMALL_GROUP = 5


def number_text(value: float) -> str:
    """Return a statistic unrounded (10 significant digits), blank when there is none."""
    return "" if math.isnan(value) else format(value, ".10g")


def fit_curve(endpoint: str, rows: Sequence[FollowUp]) -> SurvivalCurve:
    """Estimate survival (OS, DFS) or the incidence of relapse (CIR)."""
    return fit_incidence(rows) if endpoint == "CIR" else fit_survival(rows)


def survival_rows(
    endpoints: Mapping[str, tuple[int, Sequence[FollowUp]]],
    comparisons: Iterable[Comparison],
    settings: StatisticsSettings,
) -> list[dict[str, object]]:
    """Return estimates at every horizon, whole group first, and the median follow-up."""
    split = list(comparisons)
    rows: list[dict[str, object]] = []
    for endpoint, (start, everyone) in endpoints.items():
        rows += _group_rows(endpoint, "all", start, everyone, settings)
        for comparison in split:
            if comparison.endpoint == endpoint:
                for level in comparison.levels:
                    group = f"{comparison.variable}={level}"
                    members = comparison.members(level)
                    rows += _group_rows(endpoint, group, comparison.start_day, members, settings)
    return rows + _follow_up_rows(endpoints["OS"][1])


def _group_rows(
    endpoint: str, group: str, start: int, members: Sequence[FollowUp], settings: StatisticsSettings
) -> list[dict[str, object]]:
    if not members:
        return []
    curve = fit_curve(endpoint, members)
    median = math.nan if curve.incidence else median_time(curve)
    rows: list[dict[str, object]] = []
    for months in settings.horizons_months:
        days = months * DAYS_PER_MONTH
        if days > curve.follow_up[-1]:
            continue
        estimate = curve.estimate(days, settings.conf_level)
        events = (row for row in members if row.time <= days)
        wanted = (1,) if curve.incidence else (1, 2)
        rows.append(
            {
                "endpoint": endpoint,
                "group": group,
                "n": len(members),
                "events": sum(row.status in wanted for row in events),
                "time_months": float(months),
                "estimate": number_text(estimate.value),
                "lower": number_text(estimate.lower),
                "upper": number_text(estimate.upper),
                "at_risk": curve.at_risk(days),
                "median_months": number_text(median / DAYS_PER_MONTH),
                "start_day": start,
            }
        )
    return rows


def _follow_up_rows(everyone: Sequence[FollowUp]) -> list[dict[str, object]]:
    """Return the median follow-up by reverse Kaplan-Meier: an estimate of follow-up only.

    METHOD: Schemper & Smith, Control Clin Trials 1996;17:343-6.
    """
    if not everyone:
        return []
    reverse = follow_up(everyone)
    median = median_time(fit_survival(reverse))
    row: dict[str, object] = dict.fromkeys(SURVIVAL_COLUMNS)
    row |= {"endpoint": "follow_up", "group": "all", "n": len(reverse), "start_day": 0}
    if not math.isnan(median):
        row |= {
            "events": sum(item.status == 1 and item.time <= median for item in reverse),
            "time_months": number_text(median / DAYS_PER_MONTH),
            "estimate": number_text(0.5),
            "at_risk": sum(item.time >= median for item in reverse),
            "median_months": number_text(median / DAYS_PER_MONTH),
        }
    return [row]


def compare(comparison: Comparison) -> GroupTest:
    """Return the log-rank test (OS, DFS) or Gray's test (CIR) of a comparison."""
    if comparison.problem:
        return GroupTest(math.nan, math.nan, comparison.problem)
    test = compare_incidence if comparison.endpoint == "CIR" else compare_survival
    return test(comparison.rows, comparison.labels)


def group_test_rows(comparisons: Iterable[Comparison]) -> list[dict[str, object]]:
    """Return one row per comparison; the note counts who was left out and names empty levels."""
    rows: list[dict[str, object]] = []
    for comparison in comparisons:
        result = compare(comparison)
        notes = [result.reason] if result.reason else []
        if comparison.left_out:
            notes.append(f"{comparison.left_out} patients with unknown group left out")
        without = [level for level in comparison.levels if comparison.events(level) == 0]
        if without and not result.reason:
            notes.append(f"no event in {', '.join(without)}")
        rows.append(
            {
                "endpoint": comparison.endpoint,
                "test": "gray" if comparison.endpoint == "CIR" else "log_rank",
                "groups": ": ".join(
                    filter(None, [comparison.variable, ", ".join(comparison.levels)])
                ),
                "statistic": number_text(result.statistic),
                "p_value": number_text(result.p_value),
                "note": "; ".join(notes),
            }
        )
    return rows


def response_test_rows(
    risk_rows: Sequence[TextRow], settings: StatisticsSettings
) -> list[dict[str, object]]:
    """Return Fisher's tests of each configured response by fusion and by IKZF1plus or not."""
    rows = []
    for response in settings.groups:
        if response.startswith(RESPONSE_PREFIX):
            rows.append(_fisher_row(risk_rows, response, "fusion", ("p190", "p210")))
            rows.append(_fisher_row(risk_rows, response, "ikzf1_class", ("IKZF1plus", "rest")))
    return rows


def _fisher_row(
    risk_rows: Sequence[TextRow], response: str, variable: str, groups: tuple[str, str]
) -> dict[str, object]:
    answers: dict[str, list[bool]] = {group: [] for group in groups}
    left_out = 0
    for row in risk_rows:
        group = group_of(variable, row)
        if row.get(response) not in ("yes", "no"):
            continue
        if group is None:
            left_out += 1
            continue
        answers[group if group in answers else "rest"].append(row[response] == "yes")
    notes = [", ".join(f"{name} {sum(given)} of {len(given)}" for name, given in answers.items())]
    if left_out:
        notes.append(f"{left_out} patients with unknown group left out")
    p_value = math.nan
    if all(answers.values()):
        one, two = answers.values()
        p_value = fisher_p_value(sum(one), len(one), sum(two), len(two))
    else:
        notes.insert(0, "not estimable: one group only")
    return {
        "endpoint": response,
        "test": "fisher_exact",
        "groups": f"{variable}: {', '.join(groups)}",
        "statistic": "",
        "p_value": number_text(p_value),
        "note": "; ".join(notes),
    }


def hazard_rows(
    comparisons: Iterable[Comparison], settings: StatisticsSettings
) -> list[dict[str, object]]:
    """Return Cox models of OS and DFS, one per variable, and IKZF1plus against all others."""
    rows: list[dict[str, object]] = []
    for comparison in comparisons:
        if comparison.endpoint == "CIR":
            continue
        reference, *others = levels_of(comparison.variable)
        if reference not in comparison.levels or len(comparison.levels) < 2:
            note = comparison.problem or "not estimable: one group only"
            lone = [
                HazardRatio(
                    level, len(comparison.members(level)), comparison.events(level), note=note
                )
                for level in others
            ]
            rows += _hazard_rows(comparison, reference, lone)
            continue
        levels = [level for level in others if level in comparison.levels]
        fitted = fit_cox(comparison.rows, comparison.labels, levels, reference, settings.conf_level)
        rows += _hazard_rows(comparison, reference, fitted)
        if "IKZF1plus" in levels:
            merged = [
                "IKZF1plus" if label == "IKZF1plus" else "rest" for label in comparison.labels
            ]
            against = fit_cox(comparison.rows, merged, ["IKZF1plus"], "rest", settings.conf_level)
            rows += _hazard_rows(comparison, "rest", against)
    return rows


def _hazard_rows(
    comparison: Comparison, reference: str, fitted: Iterable[HazardRatio]
) -> list[dict[str, object]]:
    return [
        {
            "endpoint": comparison.endpoint,
            "variable": comparison.variable,
            "level": item.level,
            "reference": reference,
            "n": item.n,
            "events": item.events,
            "hazard_ratio": number_text(item.ratio),
            "lower": number_text(item.lower),
            "upper": number_text(item.upper),
            "p_value": number_text(item.p_value),
            "note": item.note,
        }
        for item in fitted
    ]


def group_flags(
    comparisons: Iterable[Comparison],
    tests: Iterable[Mapping[str, object]],
    hazards: Iterable[Mapping[str, object]],
) -> list[Flag]:
    """Return what a reader of the tables must know about small, empty and inestimable groups."""
    flags = []
    for comparison in comparisons:
        for level in comparison.levels:
            place = f"{comparison.endpoint}, {comparison.variable}={level}"
            size = len(comparison.members(level))
            if size < _SMALL_GROUP:
                many = "1 patient" if size == 1 else f"{size} patients"
                message = f"{place}: only {many}; read it as their description only."
                flags.append(make_flag("GROUP_TOO_SMALL", message))
            if comparison.events(level) == 0:
                message = f"{place}: no event among {size} patients; its interval has no width."
                flags.append(make_flag("GROUP_WITHOUT_EVENT", message))
    for row in (*tests, *hazards):
        note = str(row["note"])
        if note.startswith("not estimable"):
            what = (
                row.get("test") or f"hazard ratio {row.get('level')} against {row.get('reference')}"
            )
            where = row.get("groups") or row.get("variable")
            flags.append(make_flag("NOT_ESTIMABLE", f"{row['endpoint']}, {where}, {what}: {note}."))
    return flags
