"""One file and one run of a plate: its wells and the curve of every target."""

from __future__ import annotations

import dataclasses
import math
from collections import Counter, defaultdict
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass

from der22.flags import Flag, Severity
from der22.formats.qpcr import PlateFile, PlateFormat, Task, Well
from der22.formats.qpcr.control_names import control_of
from der22.formats.records import Plate
from der22.mrd.codes import make_flag
from der22.mrd.curve import Curve, Role, judge_curve, judge_no_template
from der22.mrd.privacy import shown_fault, without_dates
from der22.mrd.settings import MrdSettings
from der22.mrd.standards import positive_controls_off
from der22.mrd.targets import RowTargets
from der22.mrd.wells import (
    JudgedWell,
    ct_limit,
    is_detected,
    is_flat,
    last_cycle_for_nothing,
    to_copies,
    well_order,
)

__all__ = ["JudgedSource", "judge_source"]

_LISTED = 8


@dataclass(frozen=True, slots=True)
class JudgedSource:
    """The wells and curves of one file and run.

    Attributes:
        file: the file.
        run: the run that serves samples; None when none was chosen.
        wells: every well judged.
        curves: one per run and target.
        has_curves: no for a copies table.
        refusals: why no sample can be read from here.
        flags: what was noticed.
    """

    file: PlateFile
    run: str | None
    wells: tuple[JudgedWell, ...]
    curves: tuple[Curve, ...]
    has_curves: bool
    refusals: tuple[Flag, ...]
    flags: tuple[Flag, ...]

    @property
    def targets(self) -> tuple[str, ...]:
        """Names of the targets, sorted."""
        return tuple(sorted({curve.target for curve in self.curves}))

    def find(self, target: str) -> str | None:
        """Return the name of a target as the file writes it; case counts only where it must."""
        if target in self.targets:
            return target
        alike = [name for name in self.targets if name.casefold() == target.casefold()]
        return alike[0] if len(alike) == 1 else None


def judge_source(
    file: PlateFile,
    rows: Sequence[Plate],
    targets: Sequence[RowTargets],
    settings: MrdSettings,
    where: str,
    claimed: Container[str] = (),
) -> JudgedSource:
    """Judge the wells and targets of one file and run.

    Args:
        file: the file.
        rows: the rows of the plates sheet that name this file and run, at least one.
        targets: their targets.
        settings: thresholds.
        where: plate and file, for sentences.
        claimed: names that rows of the mrd sheet ask for; they are samples, however they sound.
    """
    run, refusals = _choose_run(file, rows[0].run, where)
    unnamed = next((named.unnamed for named in targets if named.unnamed is not None), None)
    roles = {
        name.casefold(): role
        for named in targets
        for name, role in ((named.control, Role.CONTROL), (named.fusion, Role.FUSION))
        if name is not None
    }
    wells = [
        _with_task(
            _analysed(
                well if unnamed is None else dataclasses.replace(well, target=unnamed), settings
            ),
            roles,
            claimed,
            settings,
        )
        for well in file.wells
        if run is None or well.run == run
    ]
    groups: dict[tuple[str, str], list[Well]] = defaultdict(list)
    for well in sorted(wells, key=well_order):
        groups[well.run, well.target].append(well)
    limits, cycle_flags = _limits(file, rows, settings, where)
    judged: list[JudgedWell] = []
    curves: list[Curve] = []
    control_flags: list[Flag] = []
    for (run_name, target), group in sorted(groups.items()):
        here = where if len(file.runs) < 2 else f"{where[:-1]}, run {without_dates(run_name)})"
        role = roles.get(target.casefold(), Role.UNNAMED)
        limit = limits[run_name]
        if file.kind is PlateFormat.COPIES:
            curve = judge_no_template(group, role, settings, here)
        else:
            printed = file.curves.get((run_name, target if unnamed is None else ""))
            curve = judge_curve(group, limit, role, printed, settings, here)
        curves.append(curve)
        line = curve.in_force
        for well in group:
            detected = is_detected(well, limit)
            copies: float | None = None
            if detected is not None and not detected:
                copies = 0.0
            elif detected and well.state is not None:
                copies = well.copies
            elif detected and line is not None and well.ct is not None:
                copies = to_copies(well.ct, line.slope, line.intercept)
            judged.append(JudgedWell(well, detected, copies))
        if role is not Role.UNNAMED:
            own = [
                item for item in judged if (item.well.run, item.well.target) == (run_name, target)
            ]
            control_flags += positive_controls_off(
                own, settings, f"{here}: {target}", is_fusion=role is Role.FUSION
            )
    return JudgedSource(
        file=file,
        run=run,
        wells=tuple(judged),
        curves=tuple(curves),
        has_curves=file.kind is not PlateFormat.COPIES,
        refusals=tuple(refusals),
        flags=(*refusals, *cycle_flags, *control_flags, *_flags_of(curves, wells, where)),
    )


def _with_task(
    well: Well, roles: Mapping[str, Role], claimed: Container[str], settings: MrdSettings
) -> Well:
    """Return a control that the file knows by its name only as one by its task.

    The words of the file for a task come first. A negative control may be cDNA of a healthy person:
    it must hold no fusion, ABL1 it may.
    """
    task = well.task
    if task in (Task.UNKNOWN, Task.OTHER) and well.sample not in claimed:
        task = control_of(well.sample, settings.ntc_names) or task
    if task is Task.NEGATIVE_CONTROL and roles.get(well.target.casefold()) is Role.FUSION:
        task = Task.NTC
    return well if task is well.task else dataclasses.replace(well, task=task)


def _analysed(well: Well, settings: MrdSettings) -> Well:
    """Return a well that the file has no result for as what its own curve tells.

    A flat curve is no detection. A rising one was not analysed, and without a curve nobody knows.
    """
    if (
        well.readings is None
        or well.excluded
        or (well.readings and is_flat(well.readings, settings))
    ):
        return well
    return dataclasses.replace(well, excluded=True, reason="NOT_ANALYSED", fault="NOT_ANALYSED")


def _choose_run(file: PlateFile, wanted: str | None, where: str) -> tuple[str | None, list[Flag]]:
    """Return the run that serves samples, or None and why."""
    runs = file.runs
    if wanted is None and len(runs) == 1:
        return runs[0], []
    if wanted is not None and wanted in runs:
        return wanted, []
    if wanted is not None and runs == ("",):
        return "", []  # the file names no run, so it has this one only
    listed = ", ".join(repr(without_dates(run)) for run in runs[:_LISTED])
    asked = "the sheet names none" if wanted is None else f"{wanted!r} is not among them"
    message = (
        f"{where}: the file holds {len(runs)} runs ({listed}) and {asked}; no sample is read; "
        "write one of them, as wells.tsv has it, in column run of the plates sheet"
    )
    return None, [make_flag("RUN_NOT_CHOSEN", message)]


def _limits(
    file: PlateFile, rows: Sequence[Plate], settings: MrdSettings, where: str
) -> tuple[dict[str, float], list[Flag]]:
    """Return the limit of detection in Ct by run: cycles of the sheet, else file, else setting.

    A Ct beyond the cycles of the sheet proves them wrong: then the run had at least as many.
    """
    told = next((row.cycles for row in rows if row.cycles is not None), None)
    limits: dict[str, float] = {}
    flags: list[Flag] = []
    for run in file.runs:
        of_file = file.cycles.get(run)
        wells = [well for well in file.wells if well.run == run and well.ct is not None]
        last = last_cycle_for_nothing(wells, settings)
        is_inferred = last is not None and (of_file is None or last < of_file)
        of_file = last if is_inferred else of_file
        cycles = told if told is not None else of_file
        latest = math.ceil(max((well.ct or 0.0 for well in wells), default=0.0))
        if cycles is None:
            cycles = settings.cycles
            message = (
                f"{where}: neither sheet nor file tells the number of cycles, {cycles} are "
                "assumed; fill cycles in the plates sheet"
            )
            flags = [make_flag("CYCLES_ASSUMED", message)]
        elif told is None and is_inferred:
            n_wells = sum(well.ct == last for well in wells)
            message = (
                f"{where}: {n_wells} wells have the Ct {last}, the highest of the run: the file's "
                f"way to write nothing on {last} cycles; if they are real, fill cycles in the "
                "plates sheet"
            )
            flags = [make_flag("CYCLES_ASSUMED", message)]
        elif told is not None and (latest > told or of_file not in (None, told)):
            seen, used = f"{of_file} cycles", "those of the sheet are used"
            if latest > told:
                cycles = max(of_file or 0, latest)
                seen, used = f"a Ct in cycle {latest}", "that many are used"
            message = (
                f"{where}: the plates sheet says {told} cycles, the file shows {seen}; {used}, "
                "correct cycles in the plates sheet"
            )
            flags.append(make_flag("CYCLES_DISAGREE", message))
        limits[run] = ct_limit(cycles, settings)
    # once for all runs of a file
    return limits, [] if file.kind is PlateFormat.COPIES else flags[:1]


def _flags_of(curves: Sequence[Curve], wells: Sequence[Well], where: str) -> list[Flag]:
    """Return what is to be said of the curves, of values that cannot be read, of wells left out.

    Flags of targets that the sheet does not name are told once per code, unreadable values with
    their places, the first few of each code.
    """
    flags = [flag for curve in curves if curve.role is not Role.UNNAMED for flag in curve.flags]
    others: dict[str, list[str]] = defaultdict(list)
    for curve in curves:
        if curve.role is Role.UNNAMED:
            for flag in curve.flags:
                others[flag.code].append(curve.target)
    for code, names in sorted(others.items()):
        listed = ", ".join(names[:_LISTED]) + (", ..." if len(names) > _LISTED else "")
        message = (
            f"{where}: {len(names)} curves of targets that the plates sheet does not name "
            f"({listed}) have {code}; no sample is concerned"
        )
        flags.append(make_flag(code, message, Severity.NOTE))
    count = Counter(well.fault for well in wells if well.fault)
    told: Counter[str] = Counter()
    for well in sorted((w for w in wells if w.fault), key=well_order):
        told[well.fault] += 1
        if told[well.fault] > _LISTED:
            continue
        left = count[well.fault] - _LISTED
        more = f" ({left} more not listed)" if told[well.fault] == _LISTED and left > 0 else ""
        if well.fault == "NOT_ANALYSED":
            message = (
                f"{where}, {well.place}: the file has no result for well {well.well or '?'} "
                f"({well.target}){more} and its curve is not flat or not in the file; analyse the "
                "run in the instrument software and export again"
            )
            flags.append(make_flag(well.fault, message))
            continue
        message = (
            f"{where}, {well.place}: the {shown_fault(well)} of well {well.well or '?'} "
            f"({well.target}) cannot be read{more}; correct the cell or export again"
        )
        flags.append(make_flag(well.fault, message))
    omitted = sorted((w for w in wells if w.excluded and not w.fault), key=well_order)
    if omitted:
        listed = ", ".join(w.well or w.place for w in omitted[:_LISTED])
        more = ", ..." if len(omitted) > _LISTED else ""
        message = f"{where}: {len(omitted)} wells are left out ({listed}{more})"
        flags.append(make_flag("WELL_OMITTED", message))
    return flags
