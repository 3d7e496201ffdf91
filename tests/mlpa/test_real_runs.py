"""Real fragment runs: sizes and size standards against the instrument's own tables."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from der22.formats.fragment_run import read_fragment_run
from der22.formats.size_standard import SHIPPED_STANDARDS, SizeStandard, load_size_standard
from der22.mlpa.settings import MlpaSettings
from der22.mlpa.sizing.electropherogram import ANYWHERE, Electropherogram, measure_run
from der22.mlpa.sizing.southern import local_southern
from der22.mlpa.sizing.standard import Span


def measure(path: Path, standard: str, probes_nt: Span = ANYWHERE) -> Electropherogram:
    """Return a real run sized under `standard`, judged at `probes_nt`."""
    run, fragments = read_fragment_run(path), load_size_standard(standard)
    return measure_run(run, fragments, MlpaSettings(), list, probes_nt)


def codes(run: Electropherogram) -> set[str]:
    """Return the flag codes of a run."""
    return {flag.code for flag in run.flags}


def test_local_southern_repeats_the_vendor(vendor_tables) -> None:
    """From the vendor's own scans Local Southern gives every size of the vendor within 0.01 nt."""
    compared = 0
    for table in vendor_tables:
        order = np.argsort(table.fragment_scan)
        size = local_southern(table.scan, table.fragment_scan[order], table.fragment_nt[order])
        inside = np.isfinite(size)
        compared += int(inside.sum())
        worst = np.abs(size[inside] - table.size_nt[inside]).max()
        assert worst < 0.01, f"{table.name}: {worst:.4f} nt"
    assert compared >= 1000


def test_every_vendor_fragment_is_assigned_and_none_wrongly(vendor_tables) -> None:
    """All fragments the vendor assigned are found within 2.5 scans, and none elsewhere."""
    n_fragments = 0
    for table in vendor_tables:
        run = measure(table.path, table.standard)
        assert run.standard is not None
        found = dict(zip(run.standard.size_nt, run.standard.scan, strict=True))
        for nt, scan in zip(table.fragment_nt, table.fragment_scan, strict=True):
            n_fragments += 1
            assert abs(found[nt] - scan) <= 2.5, f"{table.name}: {nt:g} nt"
    assert n_fragments >= 119


def test_vendor_peaks_are_found_with_the_vendor_sizes(vendor_tables) -> None:
    """Of vendor peaks from 150 RFU, 93 % are found, 95 % of them within 0.12 nt, 99 % in 0.25."""
    found, total = 0, 0
    errors: list[float] = []
    for table in vendor_tables:
        # The vendor's own set of fragments: sizes at the ends depend on it.
        nt = np.sort(table.fragment_nt)
        standard = SizeStandard(table.standard, nt, np.ones(nt.size, dtype=np.bool_))
        run = measure_run(read_fragment_run(table.path), standard, MlpaSettings(), list)
        tall = (table.height >= 150) & (table.size_nt > nt[0]) & (table.size_nt < nt[-1])
        for channel, scan, size in zip(
            table.channel[tall], table.scan[tall], table.size_nt[tall], strict=True
        ):
            total += 1
            scans = run.channels[channel].peaks.scan
            nearest = int(np.abs(scans - scan).argmin())
            own_size = float(run.sizes_nt[channel][nearest])
            if abs(scans[nearest] - scan) <= 5 and np.isfinite(own_size):
                found += 1
                errors.append(abs(own_size - size))
    assert total > 500
    assert found / total >= 0.93
    assert np.quantile(errors, 0.95) <= 0.12
    assert np.quantile(errors, 0.99) <= 0.25


def test_every_real_run_is_sized_under_its_own_standard(real_standards) -> None:
    """The right standard is accepted in all thirteen real runs."""
    refused = [p.name for p, s in real_standards.items() if not measure(p, s).is_sized]
    assert refused == []


@pytest.mark.parametrize("probes_nt", [ANYWHERE, (60.8, 483.2)])
def test_no_real_run_is_sized_under_a_foreign_standard(real_standards, probes_nt) -> None:
    """Another standard's name is refused for every run, except the same backbone in another dye.

    Also where only the fragments around the probes of a mix are judged.
    """
    for path, own in real_standards.items():
        backbone = set(load_size_standard(own).used_sizes_nt.tolist())
        for name in SHIPPED_STANDARDS:
            if set(load_size_standard(name).used_sizes_nt.tolist()) != backbone:
                run = measure(path, name, probes_nt)
                assert not run.is_sized, f"{path.name} as {name}"
                assert codes(run) & {"SIZE_STANDARD_NOT_FOUND", "SIZE_STANDARD_POOR"}


def test_trace_wins_over_metadata(real_data: Path) -> None:
    """A run whose header says LIZ is sized as ROX, with a warning."""
    path = real_data / "fsa" / "str_3100_ROX500_COfiler_LADDER_StdFsaysLIZ.fsa"
    run = measure(path, "GS500ROX")
    assert run.is_sized
    assert "METADATA_MISMATCH" in codes(run)


def test_spike_is_marked_and_the_run_still_sized(real_data: Path) -> None:
    """The spike at scan 6591 is in no size standard, and the run is sized to 500 nt."""
    run = measure(real_data / "fsa" / "str_3100_GS500LIZ_art_spike.fsa", "GS500LIZ")
    assert "SPIKE" in codes(run)
    assert run.standard.size_nt[-1] == 500.0
    last = run.channels[-1]
    assert last.spike[int(np.abs(last.peaks.scan - 6590.8).argmin())]


def test_short_run_is_sized_to_its_last_fragment_and_no_further(real_data: Path) -> None:
    """The RT-MLPA run that stops near 165 nt has sizes up to 160 nt and none beyond."""
    run = measure(real_data / "fsa" / "rtmlpa_3130_GS400HD_A1270.fsa", "GS400HD")
    assert run.standard.size_nt.tolist() == [50.0, 60.0, 90.0, 100.0, 120.0, 150.0, 160.0]
    for channel, sizes in zip(run.channels, run.sizes_nt, strict=True):
        beyond = channel.peaks.scan > run.standard.scan[-1]
        assert np.isnan(sizes[beyond]).all()
        assert not np.isnan(sizes[~beyond & (channel.peaks.scan >= run.standard.scan[0])]).any()


def test_refusal_names_where_a_comb_fits(real_data: Path) -> None:
    """A run given under the wrong name is refused with the standard that would fit as a hint."""
    path = real_data / "fsa" / "prt_3500_GS600LIZ_multiplex.fsa"
    shipped = [load_size_standard(name) for name in SHIPPED_STANDARDS]
    run = measure_run(
        read_fragment_run(path), load_size_standard("GS400HD"), MlpaSettings(), lambda: shipped
    )
    assert not run.is_sized
    assert "GS600LIZ in dye LIZ" in run.flags[0].message
