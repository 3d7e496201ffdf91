"""How good are categories and ratios, and how fast? Plates of known copies, every kind of export.

    python benchmarks/mrd/validate.py --out docs/validation/mrd.md

Writes the page and, beside it, the same numbers as ``mrd.tsv``. With DER22_REAL_DATA the refitted
curves of real exports stand beside those that their instruments printed.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from noisy_plates import (
    ABL1_SUMS,
    COPIES,
    CT_SD,
    Case,
    fit_first_replicates,
    make_cases,
    make_plate,
    writers,
)
from page_text import CALLS, HEAD, KINDS_TEXT, RATIO, REAL, SETTINGS, SPEED
from real_plates import compare_real_files
from validation_figure import draw_validation

from der22.formats.records import MrdSample, Patient, Plate
from der22.formats.tables import read_tsv, write_text, write_tsv
from der22.jobs.mrd import collect_series, run_plates
from der22.mrd.settings import MrdSettings

SEED = 20_200_517
KINDS = ("quantstudio", "design_analysis", "sds", "eds", "rdml", "cfx", "lightcycler", "copies")
ARMS = {
    "refit, 1 positive well": MrdSettings(),
    "instrument's curve, 1 positive well": MrdSettings(curve_source="instrument"),
    "refit, 2 positive wells": MrdSettings(min_positive_replicates=2),
    "instrument's curve, 2 positive wells": MrdSettings(
        curve_source="instrument", min_positive_replicates=2
    ),
}
PATIENT = {"P": Patient("P", fusion="p210")}
CATEGORIES = ("CMR", "PNQ", "POS", "POS_UNQUANTIFIED", "not_evaluable")
COLUMNS = ("table", "condition", "measure", "value", "n")


@dataclass(frozen=True)
class Found:
    """What was found for one case."""

    case: Case
    category: str
    ratio_percent: float | None


@dataclass(frozen=True)
class Measured:
    """Everything the page prints."""

    by_arm: dict[str, list[Found]]
    kinds: list[dict[str, object]]
    speed: list[dict[str, object]]
    real: list[dict[str, object]] | None


def main() -> None:
    """Measure and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--repeats", type=int, default=40, help="samples per combination")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measured = measure(Path(folder), options.repeats)
    write_text(options.out, page(measured, options.repeats))
    write_tsv(options.out.with_suffix(".tsv"), COLUMNS, machine_rows(measured))
    draw(options.out.with_suffix(".png"), measured)
    print(f"{options.out}: {sum(map(len, measured.by_arm.values()))} levels judged")


def draw(path: Path, measured: Measured) -> None:
    """Draw what was called with one and with two positive wells, and the error of the ratio."""
    arms = [name for name in measured.by_arm if name.startswith("refit")]
    calls = {
        name: {
            copies: dict(
                zip(CATEGORIES, map(float, _calls(measured.by_arm[name], copies)), strict=True)
            )
            for copies in COPIES
        }
        for name, found in measured.by_arm.items()
        if name in arms
    }
    first = measured.by_arm[arms[0]]
    errors = {
        copies: log_errors([f for f in first if f.case.copies == copies])
        for copies in COPIES
        if copies >= 10
    }
    draw_validation(path, calls, errors)


def measure(folder: Path, repeats: int) -> Measured:
    """Run every arm on the same plates."""
    rng = np.random.default_rng(SEED)
    plates = [(cases, make_plate(cases, rng)) for cases in make_cases(repeats)]
    by_arm = {
        name: [found for cases, wells in plates for found in judge(cases, wells, settings, folder)]
        for name, settings in ARMS.items()
    }
    real = os.environ.get("DER22_REAL_DATA")
    return Measured(
        by_arm=by_arm,
        kinds=compare_kinds(plates[:5], folder),
        speed=[*time_series(folder)],
        real=compare_real_files(Path(real)) if real else None,
    )


def judge(
    cases: Sequence[Case], wells: Sequence[object], settings: MrdSettings, folder: Path
) -> list[Found]:
    """One plate as QuantStudio text, through the plate unit."""
    curve = fit_first_replicates(wells, writers().FUSION)
    path = folder / "plate.txt"
    path.write_bytes(writers().quantstudio(wells, curve=curve))
    return run([Plate("A", str(path), transcript="p210")], cases, settings, folder)


def run(
    plates: Sequence[Plate], cases: Sequence[Case], settings: MrdSettings, folder: Path
) -> list[Found]:
    """Judge the cases of a plate."""
    samples = [MrdSample("P", case.name, "A", case.name, day=22) for case in cases]
    run_plates(plates, samples, PATIENT, settings, folder)
    levels = {row["sample_id"]: row for row in read_tsv(folder / "mrd/A/levels.tsv")}
    return [
        Found(case, levels[case.name]["category"], _number(levels[case.name]["ratio_percent"]))
        for case in cases
    ]


def render(kind: str, wells: Sequence[object], folder: Path) -> list[Plate]:
    """Write one plate in one kind; return its rows of the plates sheet."""
    write = writers()
    if kind == "lightcycler":
        rows = []
        for target, place in ((write.FUSION, "fusion_target"), (write.CONTROL, "control_target")):
            other = "control_target" if place == "fusion_target" else "fusion_target"
            path = folder / f"{target}.txt"
            path.write_bytes(write.lightcycler(wells, target))
            rows.append(Plate("A", str(path), transcript="p210", **{place: target, other: "-"}))
        return rows
    path = folder / "plate.any"
    if kind == "copies":
        # what a laboratory would hand over: the copies of the wells, quantified elsewhere
        run_plates(render("quantstudio", wells, folder), [], PATIENT, MrdSettings(), folder)
        table = [r for r in read_tsv(folder / "mrd/A/wells.tsv") if r["task"] == "unknown"]
        columns = ("sample", "target", "copies", "well", "ct")
        path.write_bytes(write.copies_table([{c: r[c] for c in columns} for r in table]))
    else:
        path.write_bytes(getattr(write, kind)(wells))
    return [Plate("A", str(path), transcript="p210")]


def compare_kinds(
    plates: Sequence[tuple[Sequence[Case], Sequence[object]]], folder: Path
) -> list[dict[str, object]]:
    """The same plates in every kind: equal categories and ratios, and the time a plate takes."""
    rows: list[dict[str, object]] = []
    reference: list[Found] = []
    for kind in KINDS:
        found: list[Found] = []
        seconds = []
        for cases, wells in plates:
            sheet = render(kind, wells, folder)
            begun = time.perf_counter()
            found += run(sheet, cases, MrdSettings(), folder)
            seconds.append(time.perf_counter() - begun)
        reference = reference or found
        rows.append(
            {
                "kind": kind,
                "samples": len(found),
                "same category": sum(
                    a.category == b.category for a, b in zip(found, reference, strict=True)
                ),
                "largest difference of ratio": max(
                    _relative(a.ratio_percent, b.ratio_percent)
                    for a, b in zip(found, reference, strict=True)
                ),
                "ms per plate": 1000 * statistics.median(seconds),
            }
        )
    return rows


def time_series(folder: Path) -> Iterator[dict[str, object]]:
    """Time 2,000 patients with five samples each."""
    patients = {f"P{n}": Patient(f"P{n}", fusion="p210") for n in range(2000)}
    lines, samples = ["sample\ttarget\tcopies"], []
    for number, name in enumerate(patients):
        for day in (0, 22, 45, 57, 85):
            sample_id = f"{name}-{day}"
            lines += [f"{sample_id}\tBCR-ABL1\t{number * day % 997}", f"{sample_id}\tABL1\t30000"]
            samples.append(MrdSample(name, sample_id, "S", sample_id, day=day))
    path = folder / "series.tsv"
    write_text(path, "\n".join(lines) + "\n")
    plates = [Plate("S", str(path), transcript="p210")]
    units = (("copies table to levels", run_plates), ("levels to series", collect_series))
    for name, unit in units:
        begun = time.perf_counter()
        unit(plates, samples, patients, MrdSettings(), folder)
        yield {
            "step": f"10,000 samples of 2,000 patients, {name}",
            "seconds": time.perf_counter() - begun,
        }


def log_errors(found: Sequence[Found]) -> list[float]:
    """log10 of found over true ratio, where both are numbers above 0."""
    return [
        float(np.log10(f.ratio_percent / f.case.ratio_percent))
        for f in found
        if f.ratio_percent and f.case.ratio_percent
    ]


def share(found: Sequence[Found]) -> float:
    """Share of samples with the true category, in per cent."""
    return 100 * sum(f.category == f.case.category for f in found) / len(found)


def by_condition(found: Sequence[Found]) -> dict[tuple[float, float], list[Found]]:
    """Group by true copies and control sum."""
    groups: dict[tuple[float, float], list[Found]] = defaultdict(list)
    for item in found:
        groups[item.case.copies, item.case.abl1_sum].append(item)
    return groups


def page(measured: Measured, repeats: int) -> str:
    """Return the page."""
    first = next(iter(measured.by_arm.values()))
    groups = by_condition(first)
    parts = [
        HEAD.format(repeats=repeats, n=len(first), sd=CT_SD),
        table(
            ["true copies per well", *(f"ABL1 {total:g}" for total in ABL1_SUMS)],
            [
                [f"{copies:g}", *(f"{share(groups[copies, total]):.0f}" for total in ABL1_SUMS)]
                for copies in COPIES
            ],
        ),
        "![What was called by true copies, and the error of the ratio](mrd.png)\n",
        CALLS,
        table(
            ["true copies per well", *CATEGORIES],
            [[f"{copies:g}", *_calls(first, copies)] for copies in COPIES],
        ),
        RATIO,
        table(
            ["true copies per well", "n", "mean log10 error", "sd", "largest"],
            [_error_row(first, copies) for copies in COPIES if copies >= 10],
        ),
        SETTINGS,
        table(
            ["setting", "true category %", "sd of log10 error from 30 copies",
             "true negatives called positive %", "1 copy per well called negative %"],
            [[name, *_arm(found)] for name, found in measured.by_arm.items()],
        ),
        KINDS_TEXT,
        table(list(measured.kinds[0]), [_shown(row) for row in measured.kinds]),
        SPEED,
        table(list(measured.speed[0]), [_shown(row) for row in measured.speed]),
        REAL,
    ]  # fmt: skip
    if measured.real is None:
        parts.append("Not run: DER22_REAL_DATA was not set.\n")
    else:
        parts.append(table(list(measured.real[0]), [_shown(row) for row in measured.real]))
    return "\n".join(parts)


def machine_rows(measured: Measured) -> Iterator[dict[str, object]]:
    """Return every number of the page, one a row."""
    for arm, found in measured.by_arm.items():
        for (copies, total), group in sorted(by_condition(found).items()):
            condition = f"{arm}; copies={copies:g}; abl1_sum={total:g}"
            yield _row("category", condition, "true_category_percent", share(group), len(group))
            errors = log_errors(group)
            if len(errors) > 1:
                yield _row("ratio", condition, "mean_log10", statistics.fmean(errors), len(errors))
                yield _row("ratio", condition, "sd_log10", statistics.stdev(errors), len(errors))
    for name, rows in (
        ("kinds", measured.kinds), ("speed", measured.speed), ("real", measured.real or []),
    ):  # fmt: skip
        for row in rows:
            subject, *measures = row.items()
            for measure, value in measures:
                yield _row(name, str(subject[1]), measure, value, 1)


def _row(name: str, condition: str, measure: str, value: object, n: int) -> dict[str, object]:
    return {"table": name, "condition": condition, "measure": measure, "value": value, "n": n}


def _calls(found: Sequence[Found], copies: float) -> list[str]:
    """Shares of the categories among samples with 30,000 control copies or more."""
    group = [f for f in found if f.case.copies == copies and f.case.abl1_sum >= 30_000]
    count = Counter(f.category for f in group)
    return [f"{100 * count[c] / len(group):.0f}" for c in CATEGORIES]


def _error_row(found: Sequence[Found], copies: float) -> list[str]:
    errors = log_errors([f for f in found if f.case.copies == copies])
    return [
        f"{copies:g}", str(len(errors)), f"{statistics.fmean(errors):+.3f}",
        f"{statistics.stdev(errors):.3f}", f"{max(map(abs, errors)):.2f}",
    ]  # fmt: skip


def _arm(found: Sequence[Found]) -> list[str]:
    errors = log_errors([f for f in found if f.case.copies >= 30])
    negative = [f for f in found if f.case.copies == 0 and f.case.abl1_sum >= 30_000]
    faint = [f for f in found if f.case.copies == 1 and f.case.abl1_sum >= 30_000]
    wrong = sum(f.category in ("PNQ", "POS", "POS_UNQUANTIFIED") for f in negative)
    missed = sum(f.category == "CMR" for f in faint)
    return [
        f"{share(found):.1f}", f"{statistics.stdev(errors):.3f}",
        f"{100 * wrong / len(negative):.1f}", f"{100 * missed / len(faint):.1f}",
    ]  # fmt: skip


def _number(text: str) -> float | None:
    return float(text) if text else None


def _relative(a: float | None, b: float | None) -> float:
    if not a or not b:
        return 0.0 if a == b else 1.0
    return abs(a / b - 1)


def _shown(row: dict[str, object]) -> list[str]:
    return [f"{v:.4g}" if isinstance(v, float) else str(v) for v in row.values()]


def table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table."""
    lines = [" | ".join(columns), " | ".join("---" for _ in columns), *map(" | ".join, rows)]
    return "\n".join(f"| {line} |" for line in lines) + "\n"


if __name__ == "__main__":
    main()
