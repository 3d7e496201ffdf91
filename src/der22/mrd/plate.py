"""One plate: its files judged well by well and target by target.

A plate is one or more rows of the plates sheet: one file, or several exports that hold one target
each. Rows that name the same file and run share its wells.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass

from der22.flags import Flag, Severity
from der22.formats.qpcr import PlateFile
from der22.formats.records import Plate
from der22.mrd.codes import make_flag
from der22.mrd.curve import Curve
from der22.mrd.settings import MrdSettings
from der22.mrd.source import JudgedSource, judge_source
from der22.mrd.targets import FusionAssay, RowTargets, TargetKey, name_targets, transcript_of
from der22.mrd.wells import JudgedWell, well_order

__all__ = ["JudgedPlate", "PlatePart", "as_said", "judge_plate"]


@dataclass(frozen=True, slots=True)
class PlatePart:
    """One row of the plates sheet with its file.

    Attributes:
        plate: the row.
        file: the file, None when it could not be read.
        refusal: why not.
    """

    plate: Plate
    file: PlateFile | None
    refusal: Flag | None = None


@dataclass(frozen=True, slots=True)
class JudgedPlate:
    """A plate with its verdicts.

    Attributes:
        plate_id: of the plates sheet.
        where: plate and files, for sentences.
        sources: its files, each with its wells.
        wells: every well, in an order that does not depend on the file's.
        curves: by target, those of copies tables (which have no line) included.
        written_curves: the curves of the table.
        fusions: the fusion assays of the plate.
        controls: the control targets of the plate.
        by_sample: name of a sample in the file -> target -> its wells.
        spellings: name as a person says it -> its spellings in the files.
        refusals: why no sample of the plate can be read; empty when they can.
        flags: what was noticed about plate, files and curves.
    """

    plate_id: str
    where: str
    sources: tuple[JudgedSource, ...]
    wells: tuple[JudgedWell, ...]
    curves: Mapping[TargetKey, Curve]
    written_curves: tuple[Curve, ...]
    fusions: tuple[FusionAssay, ...]
    controls: tuple[TargetKey, ...]
    by_sample: Mapping[str, Mapping[TargetKey, Sequence[JudgedWell]]]
    spellings: Mapping[str, frozenset[str]]
    refusals: tuple[Flag, ...]
    flags: tuple[Flag, ...]


def as_said(name: str) -> str:
    """Return a name without what nobody says: capitals and blanks."""
    return "".join(name.casefold().split())


def judge_plate(
    parts: Sequence[PlatePart], settings: MrdSettings, claimed: Container[str] = ()
) -> JudgedPlate:
    """Judge every well and curve of a plate.

    Args:
        parts: the rows of the sheet with the same plate_id, at least one.
        settings: thresholds.
        claimed: names that rows of the mrd sheet ask for on this plate.
    """
    plate_id = parts[0].plate.plate_id
    flags: list[Flag] = []
    refusals: list[Flag] = []
    sources: list[JudgedSource] = []
    fusions: list[FusionAssay] = []
    controls: list[TargetKey] = []
    # the wells that may serve samples, by every name the file gives the sample
    by_sample: dict[str, dict[TargetKey, list[JudgedWell]]] = defaultdict(lambda: defaultdict(list))
    groups: dict[tuple[str, str | None], list[PlatePart]] = defaultdict(list)
    for part in parts:
        groups[part.plate.path, part.plate.run].append(part)
    for rows in groups.values():
        file, refusal = rows[0].file, rows[0].refusal
        if file is None:
            why = "its file was not read"
            if refusal is not None:
                why = refusal.message
                flags.append(Flag(refusal.code, refusal.level, f"plate {plate_id}: {why}"))
            message = f"plate {plate_id} is refused: {why}"
            refusals.append(make_flag("PLATE_REFUSED", message))
            continue
        where = f"plate {plate_id} ({file.name})"
        targets = [name_targets(row.plate, file, settings, where) for row in rows]
        source = judge_source(file, [row.plate for row in rows], targets, settings, where, claimed)
        refusals.extend(source.refusals)
        if source.run is None:
            message = f"plate {plate_id} gives no sample, because none of its runs was chosen"
            refusals.append(make_flag("PLATE_REFUSED", message))
        flags.extend(source.flags)
        number = len(sources)
        sources.append(source)
        for judged in sorted(source.wells, key=lambda judged: well_order(judged.well)):
            if judged.serves_samples and source.run is not None:
                well = judged.well
                for name in {well.sample, well.other_name or well.sample}:
                    by_sample[name][number, well.run, well.target].append(judged)
        for row, named in zip(rows, targets, strict=True):
            flags.extend(named.flags)
            if named.fusion is not None:
                key = next(iter(_keys(named.fusion, source, number)), None)
                spoken = transcript_of(row.plate, [part.plate for part in parts])
                fusions.append(FusionAssay(named.fusion, key, *spoken))
            controls.extend(_keys(named.control, source, number))
        flags.extend(_missing_targets(targets, source, where))
    same = _same_measurements(plate_id, sources)
    wells = [well for source in sources for well in source.wells]
    curves = {
        (number, curve.run, curve.target): curve
        for number, source in enumerate(sources)
        for curve in source.curves
    }
    written = [curve for key, curve in curves.items() if sources[key[0]].has_curves]
    flags.extend(_without_ntc(plate_id, fusions, curves, sources, settings))
    names = [part.plate.path.replace("\\", "/").rsplit("/", 1)[-1] for part in parts]
    spellings: dict[str, set[str]] = defaultdict(set)
    for name in by_sample:
        spellings[as_said(name)].add(name)
    return JudgedPlate(
        plate_id=plate_id,
        where=f"plate {plate_id} ({', '.join(dict.fromkeys(names))})",
        sources=tuple(sources),
        wells=tuple(sorted(wells, key=lambda judged: well_order(judged.well))),
        curves=curves,
        written_curves=tuple(sorted(written, key=lambda curve: (curve.run, curve.target))),
        fusions=tuple(fusions),
        controls=tuple(dict.fromkeys(controls)),
        by_sample={name: dict(targets) for name, targets in by_sample.items()},
        spellings={said: frozenset(names) for said, names in spellings.items()},
        refusals=(*refusals, *same),
        flags=(*flags, *same),
    )


def _same_measurements(plate_id: str, sources: Sequence[JudgedSource]) -> list[Flag]:
    """Two files of one content are one measurement that would stand for two targets."""
    found = []
    for number, source in enumerate(sources):
        wells = [(well.well, well.sample, well.ct_raw) for well in source.file.wells]
        for other in sources[:number]:
            same = [(well.well, well.sample, well.ct_raw) for well in other.file.wells] == wells
            if same and source.file is not other.file and any(w.ct for w in source.file.wells):
                message = (
                    f"plate {plate_id}: {other.file.name} and {source.file.name} hold the same "
                    "measurements; give the export of each target"
                )
                found.append(make_flag("PLATE_REFUSED", message))
    return found


def _without_ntc(
    plate_id: str,
    fusions: Sequence[FusionAssay],
    curves: Mapping[TargetKey, Curve],
    sources: Sequence[JudgedSource],
    settings: MrdSettings,
) -> list[Flag]:
    """Tell of fusions without a no-template control; of a copies table as a note."""
    keys = dict.fromkeys(assay.key for assay in fusions if assay.key is not None)
    flags = []
    for key in keys if settings.ntc_rule != "none" else ():
        if curves[key].n_ntc == 0:
            source = sources[key[0]]
            level = None if source.has_curves else Severity.NOTE
            message = (
                f"plate {plate_id} ({source.file.name}): no no-template control of {key[2]} is "
                "recognised; run one on every plate, or add its name to ntc_names"
            )
            flags.append(make_flag("NO_NTC", message, level))
    return flags


def _keys(target: str | None, source: JudgedSource, number: int) -> list[TargetKey]:
    found = source.find(target) if target is not None else None
    return [] if found is None or source.run is None else [(number, source.run, found)]


def _missing_targets(targets: Sequence[RowTargets], source: JudgedSource, where: str) -> list[Flag]:
    wanted = dict.fromkeys(t for named in targets for t in (named.fusion, named.control) if t)
    flags = []
    for target in wanted:
        if source.find(target) is None and source.run is not None:
            known = ", ".join(source.targets[:12]) or "none"
            message = (
                f"{where}: target {target!r} is not in the file (it has: {known}); write the name "
                "of the file into the plates sheet, or - when the target is not in this file"
            )
            flags.append(make_flag("TARGET_NOT_FOUND", message))
    return flags
