"""What became of every well and row of a plate's files: no value is passed over in silence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from der22.flags import Flag, Severity
from der22.formats.qpcr import Task, Well
from der22.formats.qpcr.control_names import resembles_control
from der22.formats.records import MrdSample
from der22.mrd.codes import make_flag
from der22.mrd.plate import JudgedPlate
from der22.mrd.privacy import without_dates
from der22.mrd.source import JudgedSource
from der22.results.mrd import AccountRow
from der22.words import WellUse

__all__ = ["account_for", "unclaimed_flags"]

_LISTED = 8


def account_for(plate: JudgedPlate, samples: Sequence[MrdSample]) -> list[AccountRow]:
    """Tell what every well and row of the files of a plate serves.

    Args:
        plate: the judged plate.
        samples: rows of the mrd sheet with its plate_id.

    Returns:
        A row per file, run and use, in the order of the files; uses that nothing serves are left
        out. The numbers of a file and run add up to all that its table holds; remarks that an
        instrument writes below a blank line are no part of it.
    """
    return [
        AccountRow(
            plate_id=plate.plate_id,
            file=source.file.name,
            run=without_dates(run),
            use=use,
            n=len(places),
            places=_each_once(places),
        )
        for number, source in enumerate(plate.sources)
        for (run, use), places in _places(plate, number, source, samples)
    ]


def unclaimed_flags(
    plate: JudgedPlate, samples: Sequence[MrdSample], account: Iterable[AccountRow]
) -> list[Flag]:
    """Return what a person should know of values that serve no sample of the mrd sheet."""
    flags = [flag for source in plate.sources for flag in _nameless(plate, source)]
    flags += _unclaimed_signal(plate, samples)
    for row in account:
        where = f"plate {plate.plate_id} ({row.file})"
        if row.use is WellUse.OTHER:
            message = (
                f"{where}: {row.n} measurements ({_listed(row.places)}) serve no row of the mrd "
                "sheet; add a row when one is of a patient of this cohort"
            )
            flags.append(make_flag("WELL_NOT_CLAIMED", message))
        elif row.use is WellUse.NOT_UNDERSTOOD:
            message = (
                f"{where}: {row.n} rows are neither a well nor blank ({_listed(row.places)}); look "
                "whether a value stands there, and export again"
            )
            flags.append(make_flag("ROW_NOT_UNDERSTOOD", message))
    return flags


def _places(
    plate: JudgedPlate, number: int, source: JudgedSource, samples: Sequence[MrdSample]
) -> Iterator[tuple[tuple[str, WellUse], list[str]]]:
    served = {assay.key for assay in plate.fusions} | set(plate.controls)
    claimed = {sample.plate_sample for sample in samples}
    groups: dict[tuple[str, WellUse], list[str]] = defaultdict(list)
    for judged in source.wells:
        well = judged.well
        use = _use_of_task(well)
        names = {well.sample, well.other_name or well.sample}
        is_served = (number, well.run, well.target) in served
        if use is None and well.task is Task.POSITIVE_CONTROL and not names & claimed:
            use = WellUse.CONTROL
        if use is None:
            use = WellUse.SAMPLE if is_served and names & claimed else WellUse.OTHER
        groups[well.run, use].append(well.well or well.place)
    here = {judged.well.run for judged in source.wells}
    for well in source.file.wells:  # of the runs that were not chosen
        if well.run not in here:
            groups[well.run, WellUse.OTHER].append(well.well or well.place)
    run = source.run or ""
    for use, places in (
        (WellUse.EMPTY, source.file.empty),
        (WellUse.NOT_UNDERSTOOD, source.file.not_understood),
    ):
        if places:
            groups[run, use].extend(places)
    order = list(WellUse)
    yield from sorted(groups.items(), key=lambda item: (item[0][0], order.index(item[0][1])))


def _use_of_task(well: Well) -> WellUse | None:
    if well.excluded:
        return WellUse.EXCLUDED
    return _USES.get(well.task)


_USES = {
    Task.STANDARD: WellUse.STANDARD,
    Task.NTC: WellUse.CONTROL,
    Task.NEGATIVE_CONTROL: WellUse.CONTROL,
}


def _unclaimed_signal(plate: JudgedPlate, samples: Sequence[MrdSample]) -> Iterator[Flag]:
    """Tell of fusion in wells that nobody asks for.

    A routine plate carries other patients. Where no no-template control is known (which a copies
    table seldom lists), or the name looks like one, the well may be a contaminated control that
    nobody judged.
    """
    claimed = {sample.plate_sample for sample in samples}
    for key in dict.fromkeys(assay.key for assay in plate.fusions if assay.key is not None):
        source, curve = plate.sources[key[0]], plate.curves[key]
        found: dict[bool, list[str]] = {True: [], False: []}
        for judged in source.wells:
            well = judged.well
            names = {well.sample, well.other_name or well.sample}
            if (well.run, well.target) != key[1:] or not judged.detected or names & claimed:
                continue
            if well.task in (Task.UNKNOWN, Task.OTHER):
                seen = f"Ct {well.ct_raw}" if well.ct is not None else f"{well.copies:g} copies"
                is_alone = curve.n_ntc == 0 and source.has_curves
                is_doubtful = is_alone or any(map(resembles_control, names))
                found[is_doubtful].append(f"{well.well or well.place} {seen}")
        for is_doubtful, places in found.items():
            if places:
                why = "and may be a control" if is_doubtful else "perhaps of other patients"
                message = (
                    f"plate {plate.plate_id} ({source.file.name}): {len(places)} wells that no row "
                    f"of the mrd sheet asks for hold {key[2]}, {why} ({_listed(places)}); look "
                    "what they are; a control needs its task or a name of ntc_names"
                )
                level = Severity.WARNING if is_doubtful else Severity.NOTE
                yield make_flag("UNCLAIMED_SIGNAL", message, level)


def _nameless(plate: JudgedPlate, source: JudgedSource) -> Iterator[Flag]:
    """Tell of values whose sample or target the file does not name."""
    valued = [
        judged.well
        for judged in source.wells
        if not judged.well.excluded and (judged.well.ct is not None or judged.well.copies)
    ]
    nameless = {
        "sample": [w for w in valued if not w.sample and _use_of_task(w) is None],
        "target": [w for w in valued if not w.target and source.file.names_targets],
    }
    for what, wells in nameless.items():
        if wells:
            places = _each_once(well.well or well.place for well in wells)
            message = (
                f"plate {plate.plate_id} ({source.file.name}): {len(wells)} values have no {what} "
                f"({_listed(places)}); name it in the instrument software and export again"
            )
            yield make_flag("VALUE_WITHOUT_NAME", message)


def _each_once(places: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(without_dates, places)))


def _listed(places: Sequence[str]) -> str:
    return ", ".join(places[:_LISTED]) + (", ..." if len(places) > _LISTED else "")
