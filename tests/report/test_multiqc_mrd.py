"""What MultiQC draws of plates: the standard wells on their curves, and plates over time."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from der22.report.multiqc_sections import mrd_curves, mrd_qc
from der22.results.mrd import CurveRow, QcRow, WellRow
from der22.results.schema import write_table
from der22.words import CurveStatus


class Sections(list[dict[str, Any]]):
    """Stands in for the module of MultiQC: keeps what is added."""

    def add_section(self, **fields: Any) -> None:
        """Keep a section."""
        self.append(fields)


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, dict[str, Any]]]:
    """Data and config of every line graph."""
    seen: list[tuple[Any, dict[str, Any]]] = []

    def plot(data: Any, config: dict[str, Any]) -> None:
        seen.append((data, config))

    for module in (mrd_curves, mrd_qc):
        monkeypatch.setattr(module.linegraph, "plot", plot)
        monkeypatch.setattr(module.table, "plot", lambda *_: None)
    return seen


def _well(
    task: str, ct: float | None, quantity: float | None, *, excluded: bool = False
) -> WellRow:
    return WellRow(
        well="A1", sample="x", target="F", task=task, ct_raw=str(ct), ct=ct,
        detected=ct is not None, copies=None, excluded=excluded, reason="", run="",
        quantity=quantity,
    )  # fmt: skip


def test_standard_wells_are_drawn_on_their_curve(
    tmp_path: Path, drawn: list[tuple[Any, dict[str, Any]]]
) -> None:
    """Every standard well with a Ct that is not left out, and no other well."""
    wells = [
        _well("standard", 36.1, 10.0), _well("standard", 32.7, 100.0), _well("standard", None, 1.0),
        _well("standard", 20.0, 1000.0, excluded=True), _well("unknown", 30.0, None),
        _well("ntc", 38.0, None),
    ]  # fmt: skip
    write_table(tmp_path, WellRow, wells, plate_id="A")
    curve = CurveRow(
        plate_id="A", run="", target="F", slope=-3.4, intercept=39.5, r_squared=1.0,
        efficiency=0.97, n_levels=2, lowest_copies=10.0, highest_copies=100.0,
        instrument_slope=None, instrument_intercept=None, status=CurveStatus.PASS, codes=(),
    )  # fmt: skip
    folder = SimpleNamespace(outdir=tmp_path, curves=(curve,))
    mrd_curves.add_mrd_curves(Sections(), folder)  # type: ignore[arg-type]
    ((_, config),) = drawn
    (marks,) = config["extra_series"]
    assert marks["pairs"] == [(10.0, 36.1), (100.0, 32.7)]


def _row(plate_id: str, z: float | None, *rules: str) -> QcRow:
    return QcRow(plate_id=plate_id, target="F", role="fusion", n_ntc=2, n_ntc_detected=0,
                 intercept=40.0, intercept_z=z, westgard=rules)  # fmt: skip


def test_plates_over_time_in_standard_deviations(drawn: list[tuple[Any, dict[str, Any]]]) -> None:
    """One chart per quantity that has distances, in the order of the sheet, with its limits."""
    folder = SimpleNamespace(qc=(_row("B", 0.5), _row("A", -3.2, "1-3s")))
    sections = Sections()
    mrd_qc.add_mrd_qc(sections, folder)  # type: ignore[arg-type]
    ((charts, config),) = drawn
    assert charts == [{"fusion F": {1.0: 0.5, 2.0: -3.2}}]
    assert config["data_labels"] == [{"name": "Intercept"}]
    (limits,) = config["extra_series"]
    assert [line["pairs"][0][1] for line in limits] == [-3.0, -2.0, 0.0, 2.0, 3.0]
    assert "1 of 2 targets" in sections[0]["description"]
    assert len(sections) == 2


def test_too_few_plates_have_no_chart(drawn: list[tuple[Any, dict[str, Any]]]) -> None:
    """Without distances there is a table only; without plates nothing."""
    sections = Sections()
    mrd_qc.add_mrd_qc(sections, SimpleNamespace(qc=(_row("A", None),)))  # type: ignore[arg-type]
    assert (len(sections), drawn) == (1, [])
    mrd_qc.add_mrd_qc(sections, SimpleNamespace(qc=()))  # type: ignore[arg-type]
    assert len(sections) == 1
