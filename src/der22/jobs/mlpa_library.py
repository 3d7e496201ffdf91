"""From the tables of all runs to control charts of their references, and who is unlike the others.

Nothing here changes a quotient or a call: a run is called with its own references.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import mean, median
from typing import TypeAlias

import numpy as np

from der22.arrays import Floats
from der22.flags import Flag, Problem, codes_of
from der22.formats.probemix import Probe, Probemix, ProbeRole
from der22.formats.records import MlpaSample
from der22.mlpa.codes import make_flag
from der22.mlpa.dosage.library import chart_limits, compare_with_library
from der22.mlpa.dosage.panel import Panel
from der22.mlpa.sentences import some
from der22.mlpa.settings import MlpaSettings
from der22.results.mlpa import ProbeRow, RunChartRow, RunQcRow, SampleQcRow
from der22.results.schema import read_table, write_table
from der22.runs.manifest import UnitReport

__all__ = ["CHARTED", "collect_run_qc"]

#: figures of ``run_qc.tsv`` that have a control chart
CHARTED = (
    "median_height_rfu", "slope_per_100_nt", "reference_probe_sd", "probe_sd",
    "denaturation_ratio", "quantity_ratio",
)  # fmt: skip
#: probes whose height says nothing
_NOT_EVALUABLE = {"NOT_MEASURED", "OFFSCALE", "SPIKE"}
#: what makes two sheets one: a file of the same content under another name is the same lot
_Content: TypeAlias = tuple[tuple[Probe, ...], tuple[tuple[str, str], ...]]


@dataclass(frozen=True, slots=True)
class _Run:
    """A run as its own tables show it.

    Attributes:
        row: without what other runs say of it.
        mix: its probemix sheet.
        profile: mean ln heights of its references, NaN where not known, shape (n_probes,).
    """

    row: RunQcRow
    mix: Probemix
    profile: Floats


def collect_run_qc(
    samples: Sequence[MlpaSample],
    probemixes: Mapping[str, Probemix],
    settings: MlpaSettings,
    outdir: Path,
    *,
    library: bool,
) -> UnitReport:
    """Write ``mlpa/run_qc.tsv`` and ``mlpa/run_charts.tsv``.

    Args:
        samples: every row of the mlpa sheet; earlier runs are those that stand before in it.
        probemixes: by path of the sheet.
        settings: thresholds.
        outdir: root of the results; the tables of the runs lie there.
        library: whether the references of each run are compared with those of earlier runs.
    """
    members: dict[tuple[str, str], list[MlpaSample]] = {}
    for sample in samples:
        members.setdefault((sample.run_id, sample.probemix), []).append(sample)
    earlier: dict[_Content, list[_Run]] = {}
    rows: list[RunQcRow] = []
    points: list[RunChartRow] = []
    problems: list[Problem] = []
    for (run_id, path), own in members.items():
        run = _measure(run_id, own, probemixes[path], outdir)
        before = earlier.setdefault((run.mix.probes, tuple(sorted(run.mix.head.items()))), [])
        row, flags = _compared(run, before, settings) if library else (run.row, [])
        rows.append(row)
        points += _chart(row, [one.row for one in before], settings)
        problems += (Problem("mlpa", run_id, flag) for flag in flags)
        before.append(run)
    files = (write_table(outdir, RunChartRow, points), write_table(outdir, RunQcRow, rows))
    unusual = f", {len(problems)} with unusual references" if library else ""
    return UnitReport("mlpa", "runs", files, tuple(problems), f"{len(rows)} runs{unusual}")


def _measure(run_id: str, own: Sequence[MlpaSample], mix: Probemix, outdir: Path) -> _Run:
    names = {sample.sample_id for sample in own if sample.role == "reference"}
    samples = read_table(outdir, SampleQcRow, ("sample_id", names), run_id=run_id)
    kept = {sample.sample_id: sample for sample in samples if sample.serves}
    probes: dict[str, dict[str, ProbeRow]] = {name: {} for name in kept}
    for probe in read_table(outdir, ProbeRow, ("sample_id", kept), run_id=run_id):
        probes[probe.sample_id][probe.probe_id] = probe
    any_of = next(iter(probes.values()), {})
    told = [any_of.get(probe.probe_id) for probe in mix.probes]
    profile = [np.nan if row is None else row.reference_profile for row in told]
    heights = {role: [_heights(mix, own, role) for own in probes.values()] for role in ProbeRole}
    benchmark = [_middle(found) for found in heights[ProbeRole.BENCHMARK]]

    def over_benchmark(role: ProbeRole) -> float | None:
        return _middle(
            mean(found) / below
            for found, below in zip(heights[role], benchmark, strict=True)
            if found and below
        )

    row = RunQcRow(
        run_id=run_id,
        probemix=mix.name,
        lot=mix.head.get("lot", ""),
        n_references=len(names),
        n_kept=len(kept),
        median_height_rfu=_middle(h for found in heights[ProbeRole.REFERENCE] for h in found),
        slope_per_100_nt=_middle(sample.own_slope_per_100_nt for sample in kept.values()),
        reference_probe_sd=_middle(sample.reference_probe_sd for sample in kept.values()),
        probe_sd=_middle(row.reference_sd for row in told if row is not None),
        denaturation_ratio=over_benchmark(ProbeRole.DENATURATION),
        quantity_ratio=over_benchmark(ProbeRole.QUANTITY),
        library_runs=None,
        library_distance=None,
        unusual_probes=(),
        codes=(),
        message="",
    )
    return _Run(row, mix, np.array(profile, dtype=np.float64))


def _heights(mix: Probemix, own: Mapping[str, ProbeRow], role: ProbeRole) -> list[float]:
    """Return the evaluable heights of a role in one sample."""
    rows = (own.get(probe.probe_id) for probe in mix.of_role(role))
    return [
        row.height_rfu
        for row in rows
        if row and row.height_rfu is not None and not _NOT_EVALUABLE & {*row.codes}
    ]


def _middle(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return median(known) if known else None


def _compared(
    run: _Run, before: Sequence[_Run], settings: MlpaSettings
) -> tuple[RunQcRow, list[Flag]]:
    """Return the row of a run with what the runs before it say of its references."""
    with_profile = [one.profile for one in before if np.isfinite(one.profile).any()]
    latest = with_profile[-settings.library_max_runs :]
    found = compare_with_library(
        run.profile,
        np.array(latest).reshape(len(latest), run.profile.size),
        Panel.of(run.mix),
        settings,
    )
    at = np.flatnonzero(found.is_unusual).tolist()
    names = [run.mix.probes[i].probe_id for i in at]
    flags = []
    if names:
        told = [f"{name} {found.shift[i]:+.2f}" for name, i in zip(names, at, strict=True)]
        text = (
            f"the references of run {run.row.run_id} are unlike those of {found.n_runs} earlier "
            f"runs with the same probemix sheet: ln height of {some(told)}; calls were made with "
            "the run's own references, so patients read too low where these are high and too high "
            "where they are low, unless the patients differ alike; another lot, extraction or "
            "tissue, or a change in a reference?"
        )
        flags.append(make_flag("REFERENCES_UNUSUAL", text))
    row = replace(
        run.row,
        library_runs=found.n_runs,
        library_distance=None if np.isnan(found.distance) else found.distance,
        unusual_probes=tuple(names),
        codes=codes_of(flags),
        message="; ".join(flag.message for flag in flags),
    )
    return row, flags


def _chart(
    row: RunQcRow, before: Sequence[RunQcRow], settings: MlpaSettings
) -> Iterator[RunChartRow]:
    for figure in CHARTED:
        value, *earlier = np.array(
            [getattr(one, figure) for one in (row, *before)], dtype=np.float64
        ).tolist()
        limits = chart_limits(np.array(earlier), settings)
        yield RunChartRow(
            run_id=row.run_id,
            probemix=row.probemix,
            figure=figure,
            value=value,
            n_earlier=limits.n_earlier,
            mean=limits.mean,
            sd=limits.sd,
            mark=limits.mark(value),
        )
