"""Small writers of qPCR exports: one truth, every kind. They share no code with der22."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass

from openpyxl import Workbook

FUSION, CONTROL = "BCR-ABL1", "ABL1"


@dataclass(frozen=True)
class TruthWell:
    """One reaction as it was pipetted."""

    well: str
    sample: str
    target: str
    task: str
    ct: float | None
    quantity: float | None = None


def ct_at(copies: float, slope: float = -3.4, intercept: float = 39.5) -> float:
    """Ct of a number of copies on an exact curve, three decimals as instruments print."""
    import math

    return round(intercept + slope * math.log10(copies), 3)


def make_plate(
    samples: dict[str, tuple[Sequence[float | None], Sequence[float | None]]],
    fusion_levels: Sequence[float] = (10, 100, 1000, 10_000, 100_000, 1_000_000),
    control_levels: Sequence[float] = (1000, 10_000, 100_000),
    slope: float = -3.4,
    intercept: float = 39.5,
) -> list[TruthWell]:
    """Plate with standards in duplicate, two no-template wells per target, and the samples.

    `samples` maps a name to the copies of its fusion wells and of its control wells; None or 0 is
    not detected. Well names fill a 384-well plate row by row.
    """
    wells: list[TruthWell] = []

    def add(sample: str, target: str, task: str, copies: float | None, given: float | None) -> None:
        row, column = divmod(len(wells), 24)
        ct = ct_at(copies, slope, intercept) if copies else None
        wells.append(TruthWell(f"{chr(65 + row)}{column + 1}", sample, target, task, ct, given))

    for target, levels in ((FUSION, fusion_levels), (CONTROL, control_levels)):
        for number, level in enumerate(levels, 1):
            for _ in range(2):
                add(f"Standard {number}", target, "standard", level, level)
        for _ in range(2):
            add("NTC", target, "ntc", None, None)
    for name, (fusion, control) in samples.items():
        for copies in fusion:
            add(name, FUSION, "unknown", copies, None)
        for copies in control:
            add(name, CONTROL, "unknown", copies, None)
    return wells


TASK_WORDS = {"standard": "STANDARD", "unknown": "UNKNOWN", "ntc": "NTC"}


def _text(value: float | None, blank: str = "") -> str:
    return blank if value is None else f"{value:g}" if value == int(value) else repr(value)


def quantstudio(
    wells: Sequence[TruthWell],
    cycles: int = 45,
    curve: tuple[float, float] | None = None,
    thousands: bool = True,
) -> bytes:
    """QuantStudio text, quantities with thousands commas as the instrument writes them."""
    lines = [
        "* Block Type = 384-Well Block",
        "* Experiment Type = Standard Curve",
        "",
        "[Amplification Data]",
        "Well\tCycle\tTarget Name\tRn\tDelta Rn",
        *(f"1\t{cycle}\t{FUSION}\t0.5\t0.01" for cycle in (1, cycles)),
        "",
        "[Results]",
        "Well\tWell Position\tOmit\tSample Name\tTarget Name\tTask\tCT\tQuantity\t"
        "Y-Intercept\tSlope",
    ]
    for number, well in enumerate(wells, 1):
        quantity = (
            ""
            if well.quantity is None
            else (f"{well.quantity:,.3f}" if thousands else f"{well.quantity:.3f}")
        )
        printed = "\t" if curve is None else f"{curve[1]}\t{curve[0]}"
        lines.append(
            f"{number}\t{well.well}\tfalse\t{well.sample}\t{well.target}\t"
            f"{TASK_WORDS[well.task]}\t{_text(well.ct, 'Undetermined')}\t{quantity}\t{printed}"
        )
    return ("\r\n".join(lines) + "\r\n").encode()


def design_analysis(wells: Sequence[TruthWell], cycles: int = 45) -> bytes:
    """Workbook with Results, Amplification Data and Standard Curve Result."""
    book = Workbook()
    results = book.active
    results.title = "Results"
    curve, amplification = (
        book.create_sheet("Standard Curve Result"),
        book.create_sheet("Amplification Data"),
    )
    for sheet in (results, curve, amplification):
        sheet.append(["File Name", "plate.eds"])
        sheet.append([])
    results.append(["Well", "Well Position", "Omit", "Sample", "Target", "Cq"])
    curve.append(["Well", "Well Position", "Sample", "Quantity", "Target", "Task"])
    amplification.append(["Well", "Well Position", "Cycle Number", "Target", "Rn"])
    for number, well in enumerate(wells, 1):
        results.append(
            [
                number,
                well.well,
                "FALSE",
                well.sample,
                well.target,
                well.ct if well.ct is not None else "UNDETERMINED",
            ]
        )
        curve.append(
            [number, well.well, well.sample, well.quantity, well.target, TASK_WORDS[well.task]]
        )
    amplification.append([1, "A1", cycles, FUSION, 0.5])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def sds(wells: Sequence[TruthWell], plate: str = "Plate 1") -> bytes:
    """SDS text with CR line ends."""
    lines = [
        "SDS 2.3\tAQ Results\t1.0",
        "Filename\tplate",
        "",
        "Plate\tWell\tSample Name\tDetector Name\tTask\tFlag\tCt\tQuantity\tOmit",
    ]
    words = {"standard": "Standard", "unknown": "Unknown", "ntc": "NTC"}
    lines += [
        f"{plate}\t{well.well}\t{well.sample}\t{well.target}\t{words[well.task]}\tFlagged\t"
        f"{_text(well.ct, 'Undetermined')}\t{_text(well.quantity)}\tFALSE"
        for well in wells
    ]
    return ("\r".join(lines) + "\r").encode()


def eds(
    wells: Sequence[TruthWell],
    cycles: int = 45,
    member: str = "apldbio/sds/analysis_result.txt",
) -> bytes:
    """.eds document: wells from 0, the last cycle for nothing."""
    lines = ["Session Name\t", "Well\tSample Name\tDetector\tTask\tCt\tAvg Ct\tQty"]
    words = {"standard": "Standard", "unknown": "Target", "ntc": "NTC"}
    for well in wells:
        number = (ord(well.well[0]) - 65) * 24 + int(well.well[1:]) - 1
        ct = float(cycles) if well.ct is None else well.ct
        lines.append(
            f"{number}\t{well.sample}\t{well.target}\t{words[well.task]}\t{ct}\t\t"
            f"{_text(well.quantity)}"
        )
        lines.append("Rn values\t" + "\t".join("0.5" for _ in range(cycles)))
        lines.append("Delta Rn values\t" + "\t".join("0.01" for _ in range(cycles)))
    # a well beyond A12 shows that the block has 384
    lines.append(f"383\tlast\tunused\tTarget\t{float(cycles)}\t\t")
    return zip_of({member: "\r\n".join(lines).encode()})


def rdml(
    wells: Sequence[TruthWell],
    cycles: int = 45,
    run: str = "Run 1",
    version: str = "1.2",
    member: str = "rdml_data.xml",
) -> bytes:
    """RDML with numbered reactions, quantities on the samples, -1.0 for nothing."""
    kinds = {"standard": "std", "unknown": "unkn", "ntc": "ntc"}
    ids = {}
    for well in wells:
        name = well.sample if well.task != "standard" else f"{well.sample} {well.target}"
        ids[well] = name
    samples = {ids[w]: w for w in wells}
    parts = [
        f'<?xml version="1.0" encoding="UTF-8"?><rdml version="{version}" '
        'xmlns="http://www.rdml.org">'
    ]
    for name, well in samples.items():
        quantity = (
            ""
            if well.quantity is None
            else (f"<quantity><value>{well.quantity!r}</value><unit>cop</unit></quantity>")
        )
        parts.append(f'<sample id="{name}"><type>{kinds[well.task]}</type>{quantity}</sample>')
    parts += [f'<target id="{t}"><type>toi</type></target>' for t in (FUSION, CONTROL)]
    parts.append(
        f'<experiment id="E"><run id="{run}"><pcrFormat><rows>16</rows>'
        "<columns>24</columns></pcrFormat>"
    )
    for well in wells:
        number = (ord(well.well[0]) - 65) * 24 + int(well.well[1:])
        ct = -1.0 if well.ct is None else well.ct
        points = "".join(f"<adp><cyc>{c}</cyc><fluor>0.5</fluor></adp>" for c in (1, 2, cycles))
        parts.append(
            f'<react id="{number}"><sample id="{ids[well]}"/><data><tar id="{well.target}"/>'
            f"<cq>{ct}</cq>{points}</data></react>"
        )
    parts.append("</run></experiment></rdml>")
    return zip_of({member: "".join(parts).encode()})


def lightcycler(wells: Sequence[TruthWell], target: str) -> bytes:
    """LightCycler 480 text of one target."""
    lines = [
        "Experiment: demo Selected Filter: FAM (465-510)\t\t",
        "Include\tColor\tPos\tName\tCp\tConcentration\tStandard\tStatus",
    ]
    for well in wells:
        if well.target == target:
            name = "no template control" if well.task == "ntc" else well.sample
            lines.append(
                f"True\t255\t{well.well}\t{name}\t{_text(well.ct)}\t\t{_text(well.quantity, '0')}\t"
            )
    return "\r".join(lines).encode()


def cfx(wells: Sequence[TruthWell], separator: str = ",", decimal: str = ".") -> bytes:
    """CFX table, first column empty, NaN for nothing."""
    content = {"standard": "Std-1", "unknown": "Unkn-3", "ntc": "NTC"}
    lines = [
        separator.join(
            ["", "Well", "Fluor", "Target", "Content", "Sample", "Cq", "Starting Quantity (SQ)"]
        )
    ]
    for well in wells:
        ct = _text(well.ct, "NaN").replace(".", decimal)
        quantity = ("NaN" if well.quantity is None else f"{well.quantity:.5f}").replace(
            ".", decimal
        )
        name = f"{well.well[0]}{int(well.well[1:]):02d}"
        lines.append(
            separator.join(
                [
                    "",
                    name,
                    "FAM" if well.target == FUSION else "VIC",
                    well.target,
                    content[well.task],
                    well.sample,
                    ct,
                    quantity,
                ]
            )
        )
    return ("\n".join(lines) + "\n").encode()


def copies_table(rows: Sequence[dict[str, object]], separator: str = "\t") -> bytes:
    """Copies table with the columns of the first row."""
    columns = list(rows[0])
    lines = [separator.join(columns)]
    lines += [
        separator.join("" if row[c] is None else str(row[c]) for c in columns) for row in rows
    ]
    return ("\n".join(lines) + "\n").encode()


def zip_of(members: dict[str, bytes]) -> bytes:
    """Zip archive of the given members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            info = zipfile.ZipInfo("placeholder", (2026, 1, 1, 0, 0, 0))
            info.filename = name
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return out.getvalue()
