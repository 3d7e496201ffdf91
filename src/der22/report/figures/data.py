"""What the figures are drawn from: records of the tables of a run, read by the job."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from der22.cohort.settings import RESPONSE_PREFIX, StatisticsSettings
from der22.formats.records import Patient
from der22.results.cohort import GenomicsRow, HazardRow, ResponseRow, RiskRow
from der22.results.mlpa import ProbeRow
from der22.results.mrd import LevelRow, SeriesRow
from der22.results.sanger import Abl1Row
from der22.words import Phase, Timepoint

__all__ = ["FigureData"]


@dataclass(frozen=True, slots=True)
class FigureData:
    """Records by table; tables of an analysis that was left out are empty.

    Attributes:
        cohort_name: printed on every figure.
        patients: rows of the sheet.
        statistics: groups and horizons of the curves.
        timepoints: configured, in order.
        risk: one row per patient.
        genomics: by item.
        response: one row per time point.
        hazards: hazard ratios.
        series: of every patient, by time.
        levels: of every cDNA sample.
        abl1: of every sequenced sample.
        probes: target probes of the patients shown.
    """

    cohort_name: str
    patients: Sequence[Patient]
    statistics: StatisticsSettings
    timepoints: Sequence[Timepoint]
    risk: Sequence[RiskRow]
    genomics: Mapping[str, GenomicsRow] = field(default_factory=dict)
    response: Sequence[ResponseRow] = ()
    hazards: Sequence[HazardRow] = ()
    series: Sequence[SeriesRow] = ()
    levels: Sequence[LevelRow] = ()
    abl1: Sequence[Abl1Row] = ()
    probes: Sequence[ProbeRow] = ()

    @property
    def genes(self) -> tuple[str, ...]:
        """Genes of the probemix, in its order; a cohort without patients has none."""
        return tuple(self.risk[0].genes) if self.risk else ()

    @property
    def landmark_timepoint(self) -> str:
        """Time point whose response is compared, else the last of the induction."""
        for group in self.statistics.groups:
            if group.startswith(RESPONSE_PREFIX):
                return group.removeprefix(RESPONSE_PREFIX)
        induction = [point.name for point in self.timepoints if point.phase == Phase.INDUCTION]
        return induction[-1] if induction else ""
