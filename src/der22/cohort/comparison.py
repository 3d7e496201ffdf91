"""Which patients enter which end point and which group: the ground of tables and figures alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from der22.cohort.endpoints import FollowUp, disease_free, overall
from der22.cohort.settings import RESPONSE_PREFIX, StatisticsSettings
from der22.formats.records import Patient
from der22.results.cohort import RiskRow
from der22.words import Timepoint

__all__ = ["LEVELS", "Comparison", "compare_groups", "end_points", "group_of", "levels_of"]

#: levels of each variable, the reference of the hazard ratios first
LEVELS: Mapping[str, tuple[str, ...]] = {
    "fusion": ("p190", "p210"),
    "ikzf1_class": ("no_IKZF1_deletion", "IKZF1_deletion", "IKZF1plus"),
    "sex": ("F", "M"),
}
_RESPONSE_LEVELS = ("no", "yes")
_FUSION_GROUPS = {"p190": "p190", "p210": "p210", "p190+p210": "p210"}


@dataclass(frozen=True, slots=True)
class Comparison:
    """One end point split by one variable.

    Attributes:
        endpoint: OS, DFS or CIR.
        variable: such as fusion; blank for the whole group.
        start_day: day that time 0 stands for.
        rows: patients whose group is known.
        labels: group of each row.
        left_out: patients of the end point whose group is not known.
        problem: why the comparison cannot be made, blank when it can.
    """

    endpoint: str
    variable: str
    start_day: int
    rows: tuple[FollowUp, ...]
    labels: tuple[str, ...]
    left_out: int = 0
    problem: str = ""

    @property
    def levels(self) -> tuple[str, ...]:
        """Levels that have patients, the reference first."""
        return tuple(level for level in levels_of(self.variable) if level in self.labels)

    def members(self, level: str) -> list[FollowUp]:
        """Return the rows of one level."""
        pairs = zip(self.rows, self.labels, strict=True)
        return [row for row, label in pairs if label == level]

    def events(self, level: str) -> int:
        """Return the events of a level; for CIR the relapses."""
        return sum(self.is_event(row) for row in self.members(level))

    def is_event(self, row: FollowUp) -> bool:
        """Whether a row is an event of this end point."""
        return row.status == 1 if self.endpoint == "CIR" else row.status > 0


def levels_of(variable: str) -> tuple[str, ...]:
    """Return every level of a variable, the reference first."""
    return LEVELS.get(variable, _RESPONSE_LEVELS)


def group_of(variable: str, row: RiskRow) -> str | None:
    """Return the group of a patient from its row of the genomic risk table, None when unknown."""
    if variable.startswith(RESPONSE_PREFIX):
        value: str | None = row.responses.get(variable.removeprefix(RESPONSE_PREFIX))
    else:
        plain = {"fusion": row.fusion, "ikzf1_class": row.ikzf1_class, "sex": row.sex}
        value = plain.get(variable)
    if variable == "fusion":
        return _FUSION_GROUPS.get(value or "")
    return str(value) if value in levels_of(variable) else None


def end_points(
    patients: Sequence[Patient], settings: StatisticsSettings
) -> dict[str, tuple[int, tuple[FollowUp, ...]]]:
    """Return start day and patients of OS, DFS and CIR."""
    free = tuple(disease_free(patients, settings))
    return {
        "OS": (0, tuple(overall(patients, settings))),
        "DFS": (settings.dfs_start_day, free),
        "CIR": (settings.dfs_start_day, free),
    }


def compare_groups(
    patients: Sequence[Patient],
    risk_rows: Mapping[str, RiskRow],
    settings: StatisticsSettings,
    timepoints: Sequence[Timepoint],
) -> Iterator[Comparison]:
    """Give every end point split by every configured variable.

    A later response never splits overall survival: patients would have to live to be grouped.

    Args:
        patients: rows of the sheet.
        risk_rows: patient_id -> row of ``genomic_risk.tsv``.
        settings: groups and end points.
        timepoints: for the landmark of a response.
    """
    points = {point.name: point for point in timepoints}
    for endpoint, (start, rows) in end_points(patients, settings).items():
        for variable in settings.groups:
            if not variable.startswith(RESPONSE_PREFIX):
                yield _split(endpoint, variable, start, rows, risk_rows)
            elif endpoint != "OS":
                name = variable.removeprefix(RESPONSE_PREFIX)
                yield _split_by_response(
                    endpoint, name, points.get(name), patients, risk_rows, settings
                )


def _split_by_response(
    endpoint: str,
    name: str,
    point: Timepoint | None,
    patients: Sequence[Patient],
    risk_rows: Mapping[str, RiskRow],
    settings: StatisticsSettings,
) -> Comparison:
    """Split at the landmark of a time point: day 85 for d85, else the last day of its window.

    METHOD: landmark analysis, Anderson, Cain & Gelber, J Clin Oncol 1983;1:710-9.
    """
    variable = RESPONSE_PREFIX + name
    landmark = None if point is None else point.last_day
    if point is not None and point.nominal_day == settings.dfs_start_day:
        landmark = settings.dfs_start_day
    if landmark is None:
        problem = f"not estimable: time point {name} has no window, so no landmark"
        return Comparison(endpoint, variable, 0, (), (), problem=problem)
    rows = tuple(disease_free(patients, settings, landmark))
    return _split(endpoint, variable, landmark, rows, risk_rows)


def _split(
    endpoint: str,
    variable: str,
    start: int,
    rows: Sequence[FollowUp],
    risk_rows: Mapping[str, RiskRow],
) -> Comparison:
    labelled = [(row, group_of(variable, risk_rows[row.patient_id])) for row in rows]
    known = [(row, label) for row, label in labelled if label is not None]
    return Comparison(
        endpoint,
        variable,
        start,
        tuple(row for row, _ in known),
        tuple(label for _, label in known),
        left_out=len(labelled) - len(known),
    )
