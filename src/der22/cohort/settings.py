"""Settings of the survival statistics, each with unit, source and confidence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from der22.settings import setting

__all__ = ["ALL_SITES", "RESPONSE_PREFIX", "StatisticsSettings", "unknown_groups"]

ALL_SITES = "all"
#: a group variable of this form needs a landmark
RESPONSE_PREFIX = "molecular_response_"
_PLAIN_GROUPS = ("fusion", "ikzf1_class", "sex")


@dataclass(frozen=True, slots=True)
class StatisticsSettings:
    """What the survival tables are made with.

    Attributes:
        horizons_months: times at which estimates are printed; month = 365.25/12 days.
        dfs_start_day: day 0 of disease-free survival and relapse incidence.
        conf_level: level of every interval.
        relapse_sites: sites that count as relapse; ``("all",)`` for any.
        censor_at_transplant: yes or no.
        groups: variables of the group comparisons; ``molecular_response_{timepoint}`` needs a
            landmark and is never used for overall survival.
    """

    horizons_months: tuple[float, ...] = setting(
        (12.0,),
        unit="months",
        source="D-ALBA Methods: estimates at 1 year",
        confidence="verified",
        minimum=0.0,
    )
    dfs_start_day: int = setting(
        85,
        unit="day",
        source="D-ALBA: end of induction; patients in remission on that day",
        confidence="verified",
        minimum=0,
    )
    conf_level: float = setting(
        0.95, unit="-", source="convention", confidence="verified", minimum=0.5, maximum=0.999
    )
    relapse_sites: tuple[str, ...] = setting(
        (ALL_SITES,),
        unit="-",
        source="D-ALBA figures count every site, its Methods name haematologic relapse only",
        confidence="decide",
        allowed=(ALL_SITES, "hematologic", "cns", "nodal", "other"),
    )
    censor_at_transplant: str = setting(
        "no",
        unit="-",
        source="D-ALBA does not censor",
        confidence="decide",
        allowed=("yes", "no"),
    )
    groups: tuple[str, ...] = setting(
        ("fusion", "ikzf1_class", "molecular_response_d85"),
        unit="-",
        source="D-ALBA survival by fusion, IKZF1 class and day-85 response",
        confidence="verified",
    )

    def __post_init__(self) -> None:
        """Accept what YAML gives: a lone value or a list where a tuple is kept, yes/no as truth."""
        for name in ("horizons_months", "relapse_sites", "groups"):
            object.__setattr__(self, name, _as_tuple(getattr(self, name)))
        object.__setattr__(self, "horizons_months", tuple(map(float, self.horizons_months)))
        censored: object = self.censor_at_transplant
        if isinstance(censored, bool):
            object.__setattr__(self, "censor_at_transplant", "yes" if censored else "no")


def _as_tuple(value: object) -> tuple[object, ...]:
    if isinstance(value, (list, tuple)):
        return tuple(value)
    return (value,)


def unknown_groups(statistics: StatisticsSettings, timepoints: Iterable[str]) -> tuple[str, ...]:
    """Return the configured groups that are no variable of this cohort.

    Allowed are fusion, ikzf1_class, sex and ``molecular_response_{timepoint}``. Facts that arise
    during follow-up (ABL1 status, genomic risk) would compare patients by their future.
    """
    known = {*_PLAIN_GROUPS, *(RESPONSE_PREFIX + name for name in timepoints)}
    return tuple(group for group in statistics.groups if group not in known)
