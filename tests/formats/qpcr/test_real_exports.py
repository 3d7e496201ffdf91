"""Real exports of public origin read as what is known of them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from der22.errors import UnreadableFileError
from der22.formats.qpcr import PlateFile, PlateFormat, PrintedCurve, Task, read_plate_file
from der22.formats.qpcr.control_names import control_of


def read(real_data: Path, name: str) -> PlateFile:
    """Read a real export."""
    return read_plate_file(real_data / "qpcr" / name)


def tasks(file: PlateFile) -> dict[str, int]:
    """Number of wells by task."""
    return dict(Counter(well.task.value for well in file.wells))


@pytest.mark.parametrize(
    ("name", "kind", "n_wells", "n_with_ct", "by_task"),
    [
        ("qs7flex_standard_curve_example04.txt", PlateFormat.QUANTSTUDIO, 95, 91,
         {"unknown": 71, "standard": 20, "ntc": 4}),
        ("da_qs1_standard_curve_example01.xlsx", PlateFormat.DESIGN_ANALYSIS, 96, 92,
         {"unknown": 72, "standard": 20, "ntc": 4}),
        ("lc480_absquant_CR_lineends.txt", PlateFormat.LIGHTCYCLER, 384, 77,
         {"unknown": 349, "standard": 35}),
        ("stepone_std.rdml", PlateFormat.RDML, 24, 24, {"unknown": 6, "standard": 15, "ntc": 3}),
        ("lc96_bACTXY.rdml", PlateFormat.RDML, 384, 384,
         {"other": 320, "standard": 40, "unknown": 24}),
        ("untergasser_large_DNA_dilutions_v14.rdml", PlateFormat.RDML, 582, 294,
         {"standard": 396, "unknown": 174, "ntc": 12}),
        ("demo_covid_thermo.eds", PlateFormat.EDS, 24, 24, {"unknown": 24}),
        ("cfxmaestro_example01.csv", PlateFormat.CFX, 48, 48, {"unknown": 48}),
        ("sds23_rq_CR_undetermined.txt", PlateFormat.SDS, 384, 353, {"unknown": 384}),
        ("viia7_ddct_cyrillic_example01.txt", PlateFormat.QUANTSTUDIO, 16, 16, {"unknown": 16}),
    ],
)  # fmt: skip
def test_wells(
    real_data: Path,
    name: str,
    kind: PlateFormat,
    n_wells: int,
    n_with_ct: int,
    by_task: dict[str, int],
) -> None:
    """Kind, number of wells, of threshold cycles and of tasks."""
    file = read(real_data, name)
    assert file.kind is kind
    assert len(file.wells) == n_wells
    assert sum(well.ct is not None for well in file.wells) == n_with_ct
    assert tasks(file) == by_task
    assert not any(well.fault for well in file.wells)


def test_quantstudio(real_data: Path) -> None:
    """Well 95 is absent; thousands commas, cycles and the printed curve are read."""
    file = read(real_data, "qs7flex_standard_curve_example04.txt")
    names = {well.well for well in file.wells}
    assert "H11" not in names
    assert {"H10", "H12"} <= names
    assert file.cycles == {"": 40}
    assert file.curves == {("", "RNase P"): PrintedCurve(-3.383, 39.814)}
    assert {w.quantity for w in file.wells} == {None, 1250, 2500, 5000, 10_000, 20_000}
    assert file.wells[0].printed_copies == pytest.approx(5720.562)


def test_lightcycler_standards(real_data: Path) -> None:
    """Seven levels of five standard wells; P11 and P12 are named no-template wells with a Ct."""
    file = read(real_data, "lc480_absquant_CR_lineends.txt")
    levels = Counter(w.quantity for w in file.wells if w.quantity is not None)
    assert levels == dict.fromkeys((1, 10, 100, 1000, 1e4, 1e5, 1e6), 5)
    named = [w for w in file.wells if control_of(w.sample) is Task.NTC]
    assert len(named) == 8
    ntc = {w.well: w.ct for w in named if w.ct is not None}
    assert ntc == {"P11": 35.17, "P12": 35.13}


def test_eds(real_data: Path) -> None:
    """The first well is A1; the last cycle stands for nothing in 17 wells of 24."""
    file = read(real_data, "demo_covid_thermo.eds")
    assert file.wells[0].well == "A1"
    assert sum(well.ct == 40.0 for well in file.wells) == 17
    control = [w.ct for w in file.wells if w.sample == "ControlPos" and w.target == "RNAsaP"]
    assert pytest.approx(36.90654) in control
    assert file.cycles == {"": 40}


def test_rdml_runs_and_names(real_data: Path) -> None:
    """Two runs in one file; a uuid is known by its description; eight targets in four dyes."""
    large = read(real_data, "untergasser_large_DNA_dilutions_v14.rdml")
    assert large.runs == ("P10 - DNA Dilutions", "p11 - dPCR")
    roche = read(real_data, "lc96_bACTXY.rdml")
    assert len({well.target for well in roche.wells}) == 8
    assert "Sample 39" in {well.sample for well in roche.wells}
    assert {w.quantity for w in roche.wells} == {None}


def test_cfx_targets_are_the_fluors(real_data: Path) -> None:
    """Without names the fluorophores are the targets."""
    file = read(real_data, "cfxmaestro_example01.csv")
    assert Counter(well.target for well in file.wells) == {"FAM": 24, "VIC": 24}


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("minimal_missing_results.txt", "RESULTS_MISSING"),
        ("quantasoft_small.csv", "FORMAT_UNKNOWN"),
    ],
)
def test_refusals(real_data: Path, name: str, code: str) -> None:
    """What cannot be read is refused with one code."""
    with pytest.raises(UnreadableFileError) as caught:
        read(real_data, name)
    assert caught.value.code == code
