"""Every page in a real browser: no request, no complaint, no sideways scrolling, two sheets."""

from __future__ import annotations

import re
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WIDTHS = (1280, 390)
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def test_the_browser_notices_a_request_and_a_complaint(browser: Any, tmp_path: Path) -> None:
    """A page that loads a picture from elsewhere and logs an error is caught doing both."""
    page = tmp_path / "bad.html"
    page.write_text(
        "<body style='width:3000px'><img src='http://127.0.0.1:9/x.png'>"
        "<script>console.error('broken')</script>"
    )
    visit = browser.open(page, 390)
    assert visit.outside == ["http://127.0.0.1:9/x.png"]
    assert any("broken" in complaint for complaint in visit.complaints)
    assert browser.evaluate(OVERFLOW) > 2000


@pytest.mark.parametrize("width", WIDTHS)
def test_patient_pages_ask_for_nothing_and_fit(
    browser: Any, pages_folder: Path, invented: ModuleType, width: int
) -> None:
    """No patient page makes a request, logs a complaint or is wider than its window."""
    for patient in invented.PATIENTS:
        visit = browser.open(pages_folder / f"patients/{patient.patient_id}.html", width)
        assert visit.outside == []
        assert visit.complaints == []
        assert browser.evaluate(OVERFLOW) <= 0, patient.patient_id


def test_patient_pages_print_on_two_sheets(
    browser: Any, pages_folder: Path, invented: ModuleType
) -> None:
    """Each patient page prints on at most two sheets of A4."""
    for patient in invented.PATIENTS:
        browser.open(pages_folder / f"patients/{patient.patient_id}.html", 1280)
        sheets = len(re.findall(rb"/Type\s*/Page\b", browser.print_pdf()))
        assert 1 <= sheets <= 2, patient.patient_id


def test_hostile_text_stays_text(browser: Any, pages_folder: Path, invented: ModuleType) -> None:
    """Markup in a cell of a sheet is shown letter by letter and makes no element."""
    browser.open(pages_folder / "patients/P04.html", 1280)
    assert browser.evaluate("document.querySelectorAll('script, img').length") == 0
    assert invented.HOSTILE in browser.evaluate("document.body.textContent")


@pytest.mark.parametrize("width", WIDTHS)
def test_index_asks_for_nothing_and_fits(browser: Any, pages_folder: Path, width: int) -> None:
    """The index makes no request, logs no complaint, fits, and lists every patient."""
    visit = browser.open(pages_folder / "index.html", width)
    assert visit.outside == []
    assert visit.complaints == []
    assert browser.evaluate(OVERFLOW) <= 0
    assert browser.evaluate("document.querySelectorAll('#list tbody tr').length") == 8


def test_index_finds_and_filters_by_keyboard(browser: Any, pages_folder: Path) -> None:
    """Typing / and letters finds a patient, a select filters, Enter opens the only one left."""
    browser.open(pages_folder / "index.html", 1280)
    browser.press("/", "/")
    assert browser.evaluate("document.activeElement.id") == "find"
    for letter in "t315i":
        browser.press(letter, letter)
    rows = "Array.from(document.querySelectorAll('#list tbody th')).map(e => e.textContent)"
    assert browser.evaluate(rows) == ["P01", "P08"]
    browser.evaluate("document.getElementById('clear').click()")
    browser.evaluate(
        "(e => { e.value = 'error'; e.dispatchEvent(new Event('change')); })"
        "(document.getElementById('filter-problem'))"
    )
    assert browser.evaluate(rows) == ["P04", "P07-very.long_identifier-2026"]
    assert "problem=error" in browser.evaluate("location.hash")
    browser.evaluate("document.getElementById('find').focus()")
    for letter in "p04":
        browser.press(letter, letter)
    browser.press("Enter")
    browser.wait_for("location.pathname.endsWith('/patients/P04.html')")


def test_index_remembers_its_filters_in_the_address(browser: Any, pages_folder: Path) -> None:
    """An address with filters opens the list already filtered, so that it can be passed on."""
    browser.open(pages_folder / "index.html", 1280, fragment="#genomic_risk=high")
    assert browser.evaluate("document.querySelectorAll('#list tbody tr').length") == 2


def test_multiqc_report_asks_for_nothing(browser: Any, multiqc_report: Path) -> None:
    """The MultiQC report draws every plot without a request or a complaint."""
    visit = browser.open(multiqc_report, 1280)
    assert visit.outside == []
    assert visit.complaints == []
    plots = "document.querySelectorAll('.mqc-section-plot .js-plotly-plot .main-svg').length"
    browser.wait_for(f"{plots} >= 8")
    assert browser.evaluate("document.querySelectorAll('img[onerror]').length") == 0
    drawn = "document.getElementById('der22_mrd_lines_plot').data"
    assert "triangle-down" in browser.evaluate(f"{drawn}.map(line => line.marker?.symbol)")
