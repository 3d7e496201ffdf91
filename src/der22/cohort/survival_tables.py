"""``survival.tsv``, ``tests.tsv`` and ``hazard_ratios.tsv`` from the comparisons of a cohort."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Mapping, Sequence

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
from der22.results.cohort import HazardRow, RiskRow, SurvivalRow, TestRow

__all__ = [
    "compare",
    "fit_curve",
    "group_flags",
    "group_test_rows",
    "hazard_rows",
    "response_test_rows",
    "survival_rows",
]

_SMALL_GROUP = 5


def fit_curve(endpoint: str, rows: Sequence[FollowUp]) -> SurvivalCurve:
    """Estimate survival (OS, DFS) or the incidence of relapse (CIR)."""
    return fit_incidence(rows) if endpoint == "CIR" else fit_survival(rows)


def survival_rows(
    endpoints: Mapping[str, tuple[int, Sequence[FollowUp]]],
    comparisons: Iterable[Comparison],
    settings: StatisticsSettings,
) -> list[SurvivalRow]:
    """Return estimates at every horizon, whole group first, and the median follow-up."""
    split = list(comparisons)
    rows: list[SurvivalRow] = []
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
) -> list[SurvivalRow]:
    if not members:
        return []
    curve = fit_curve(endpoint, members)
    median = math.nan if curve.incidence else median_time(curve)
    rows: list[SurvivalRow] = []
    for months in settings.horizons_months:
        days = months * DAYS_PER_MONTH
        if days > curve.follow_up[-1]:
            continue
        estimate = curve.estimate(days, settings.conf_level)
        events = (row for row in members if row.time <= days)
        wanted = (1,) if curve.incidence else (1, 2)
        rows.append(
            SurvivalRow(
                endpoint=endpoint,
                group=group,
                n=len(members),
                events=sum(row.status in wanted for row in events),
                time_months=float(months),
                estimate=estimate.value,
                lower=estimate.lower,
                upper=estimate.upper,
                at_risk=curve.at_risk(days),
                median_months=median / DAYS_PER_MONTH,
                start_day=start,
            )
        )
    return rows


def _follow_up_rows(everyone: Sequence[FollowUp]) -> list[SurvivalRow]:
    """Return the median follow-up by reverse Kaplan-Meier: an estimate of follow-up only.

    METHOD: Schemper & Smith, Control Clin Trials 1996;17:343-6.
    """
    if not everyone:
        return []
    reverse = follow_up(everyone)
    median = median_time(fit_survival(reverse))
    row = SurvivalRow(endpoint="follow_up", group="all", n=len(reverse), start_day=0)
    if math.isnan(median):
        return [row]
    return [
        dataclasses.replace(
            row,
            events=sum(item.status == 1 and item.time <= median for item in reverse),
            time_months=median / DAYS_PER_MONTH,
            estimate=0.5,
            at_risk=sum(item.time >= median for item in reverse),
            median_months=median / DAYS_PER_MONTH,
        )
    ]


def compare(comparison: Comparison) -> GroupTest:
    """Return the log-rank test (OS, DFS) or Gray's test (CIR) of a comparison."""
    if comparison.problem:
        return GroupTest(math.nan, math.nan, comparison.problem)
    test = compare_incidence if comparison.endpoint == "CIR" else compare_survival
    return test(comparison.rows, comparison.labels)


def group_test_rows(comparisons: Iterable[Comparison]) -> list[TestRow]:
    """Return one row per comparison; the note counts who was left out and names empty levels."""
    rows: list[TestRow] = []
    for comparison in comparisons:
        result = compare(comparison)
        notes = [result.reason] if result.reason else []
        if comparison.left_out:
            notes.append(f"{comparison.left_out} patients with unknown group left out")
        without = [level for level in comparison.levels if comparison.events(level) == 0]
        if without and not result.reason:
            notes.append(f"no event in {', '.join(without)}")
        rows.append(
            TestRow(
                endpoint=comparison.endpoint,
                test="gray" if comparison.endpoint == "CIR" else "log_rank",
                groups=": ".join(filter(None, [comparison.variable, ", ".join(comparison.levels)])),
                statistic=result.statistic,
                p_value=result.p_value,
                note="; ".join(notes),
            )
        )
    return rows


def response_test_rows(risk_rows: Sequence[RiskRow], settings: StatisticsSettings) -> list[TestRow]:
    """Return Fisher's tests of each configured response by fusion and by IKZF1plus or not."""
    rows = []
    for response in settings.groups:
        if response.startswith(RESPONSE_PREFIX):
            rows.append(_fisher_row(risk_rows, response, "fusion", ("p190", "p210")))
            rows.append(_fisher_row(risk_rows, response, "ikzf1_class", ("IKZF1plus", "rest")))
    return rows


def _fisher_row(
    risk_rows: Sequence[RiskRow], response: str, variable: str, groups: tuple[str, str]
) -> TestRow:
    answers: dict[str, list[bool]] = {group: [] for group in groups}
    left_out = 0
    for row in risk_rows:
        group = group_of(variable, row)
        answer = row.responses[response.removeprefix(RESPONSE_PREFIX)].answer
        if answer is None:
            continue
        if group is None:
            left_out += 1
            continue
        answers[group if group in answers else "rest"].append(answer)
    notes = [", ".join(f"{name} {sum(given)} of {len(given)}" for name, given in answers.items())]
    if left_out:
        notes.append(f"{left_out} patients with unknown group left out")
    p_value = math.nan
    if all(answers.values()):
        one, two = answers.values()
        p_value = fisher_p_value(sum(one), len(one), sum(two), len(two))
    else:
        notes.insert(0, "not estimable: one group only")
    return TestRow(
        endpoint=response,
        test="fisher_exact",
        groups=f"{variable}: {', '.join(groups)}",
        p_value=p_value,
        note="; ".join(notes),
    )


def hazard_rows(comparisons: Iterable[Comparison], settings: StatisticsSettings) -> list[HazardRow]:
    """Return Cox models of OS and DFS, one per variable, and IKZF1plus against all others."""
    rows: list[HazardRow] = []
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
) -> list[HazardRow]:
    return [
        HazardRow(
            endpoint=comparison.endpoint,
            variable=comparison.variable,
            level=item.level,
            reference=reference,
            n=item.n,
            events=item.events,
            hazard_ratio=item.ratio,
            lower=item.lower,
            upper=item.upper,
            p_value=item.p_value,
            note=item.note,
        )
        for item in fitted
    ]


def group_flags(
    comparisons: Iterable[Comparison],
    tests: Iterable[TestRow],
    hazards: Iterable[HazardRow],
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
    places = [(f"{row.endpoint}, {row.groups}, {row.test}", row.note) for row in tests]
    places += [
        (
            f"{row.endpoint}, {row.variable}, hazard ratio {row.level} against {row.reference}",
            row.note,
        )
        for row in hazards
    ]
    for place, note in places:
        if note.startswith("not estimable"):
            flags.append(make_flag("NOT_ESTIMABLE", f"{place}: {note}."))
    return flags
