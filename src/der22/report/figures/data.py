"""What the figures are drawn from: rows of the tables of a run, read by the unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from der22.cohort.assays import TextRow
from der22.cohort.settings import RESPONSE_PREFIX, StatisticsSettings
from der22.cohort.timepoints import Timepoint
from der22.formats.records import Patient

__all__ = ["FigureData"]


@dataclass(frozen=True, slots=True)
class FigureData:
    """Rows by table; tables of an analysis that was left out are empty.

    Attributes:
        cohort_name: printed on every figure.
        patients: rows of the sheet.
        statistics: groups and horizons of the curves.
        timepoints: configured, in order.
        risk: ``genomic_risk.tsv``.
        genes: gene columns of the risk table.
        genomics: item -> row of ``genomics.tsv``.
        response: ``response_by_timepoint.tsv``.
        hazards: ``hazard_ratios.tsv``.
        series: ``mrd/series.tsv``.
        levels: ``mrd/levels.tsv``.
        abl1: ``sanger/abl1.tsv``.
        probes: ``mlpa/*/probe_ratios.tsv`` of the patients, target probes.
    """

    cohort_name: str
    patients: Sequence[Patient]
    statistics: StatisticsSettings
    timepoints: Sequence[Timepoint]
    risk: Sequence[TextRow]
    genes: Sequence[str] = ()
    genomics: Mapping[str, TextRow] = field(default_factory=dict)
    response: Sequence[TextRow] = ()
    hazards: Sequence[TextRow] = ()
    series: Sequence[TextRow] = ()
    levels: Sequence[TextRow] = ()
    abl1: Sequence[TextRow] = ()
    probes: Sequence[TextRow] = ()

    @property
    def landmark_timepoint(self) -> str:
        """Return the time point whose response is compared, else the last of the induction."""
        for group in self.statistics.groups:
            if group.startswith(RESPONSE_PREFIX):
                return group.removeprefix(RESPONSE_PREFIX)
        induction = [point.name for point in self.timepoints if point.phase == "induction"]
        return induction[-1] if induction else ""
