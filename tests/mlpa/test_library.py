"""References over runs: figures of each run, control charts, and who is unlike earlier runs."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from der22.flags import Severity
from der22.formats.probemix import Probemix, read_probemix
from der22.formats.records import MlpaSample, Patient
from der22.jobs.mlpa import collect_ikzf1, run_mlpa
from der22.jobs.mlpa_library import CHARTED, collect_run_qc
from der22.mlpa.dosage.library import ChartLimits, chart_limits, compare_with_library
from der22.mlpa.dosage.panel import Panel
from der22.mlpa.settings import MlpaSettings
from der22.resources import resource_path
from der22.results.mlpa import Ikzf1Row, ProbeRow, RunChartRow, RunQcRow, SampleQcRow
from der22.results.schema import read_table, write_table
from der22.words import ChartMark

SHEET = resource_path("probemix/P335-synthetic.tsv")
MIX = read_probemix(SHEET)
PANEL = Panel.of(MIX)
SETTINGS = MlpaSettings()
TARGETS = np.flatnonzero(PANEL.is_target)
#: another lot against this one, ln height; control fragments are alike
OTHER = np.where(PANEL.is_dosed, np.random.default_rng(99).normal(0.0, 0.35, len(MIX.probes)), 0.0)


def profiles(n_runs: int, sd: float = 0.05, seed: int = 0) -> np.ndarray:
    """Return profiles of runs of one lot that differ by `sd`, each with a slope and a scale."""
    rng = np.random.default_rng(seed)
    made = np.random.default_rng(7).normal(7.0, 0.3, len(MIX.probes)) + rng.normal(
        0.0, sd, (n_runs, len(MIX.probes))
    )
    made += rng.normal(0.0, 0.1, (n_runs, 1)) * PANEL.length_nt / 100.0 + rng.normal(
        size=(n_runs, 1)
    )
    made[:, ~PANEL.is_dosed] = np.nan
    return np.asarray(made)


@pytest.fixture(scope="module")
def laboratory(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[MlpaSample]]:
    """Eight runs of four references and a patient: six sound ones, a shifted probe, another lot."""
    outdir = tmp_path_factory.mktemp("laboratory")
    lot = np.random.default_rng(7).normal(0.0, 0.25, len(MIX.probes))
    samples = []
    for index in range(8):
        rng = np.random.default_rng(100 + index)
        run_id, names = f"RUN{9 - index}", ["R0", "R1", "R2", "R3", "P"]
        common = lot + rng.normal(0.0, 0.04, lot.size) + (OTHER if index == 7 else 0.0)
        table = outdir / f"{run_id}.tsv"
        lines = ["sample_id\tsize_nt\theight"]
        for name in names:
            ln = 7.0 + common + rng.normal(0.0, 0.04, lot.size)
            ln -= (0.1 + 0.01 * index) * PANEL.length_nt / 100.0
            if index == 6 and name != "P":
                ln[TARGETS[3]] += np.log(0.5)
            for probe, length, height in zip(MIX.probes, PANEL.length_nt, np.exp(ln), strict=True):
                if probe.role == "quantity":
                    height = 20.0
                elif name == "P" and probe.gene == "IKZF1":
                    height *= 0.5
                lines.append(f"{name}\t{length + 1.3:.2f}\t{height:.3f}")
        table.write_text("\n".join(lines) + "\n")
        own = [
            MlpaSample(
                run_id, name, "patient" if name == "P" else "reference", str(table), str(SHEET),
                "GS500LIZ", patient_id=f"P{index}" if name == "P" else None, day=0,
                blast_percent=95.0 if name == "P" else None,
            )
            for name in names
        ]  # fmt: skip
        run_mlpa(run_id, own, {}, SETTINGS, outdir)
        samples += own
    return outdir, samples


def collected(
    laboratory: tuple[Path, list[MlpaSample]],
    samples: list[MlpaSample] | None = None,
    settings: MlpaSettings = SETTINGS,
    mixes: dict[str, Probemix] | None = None,
    *,
    library: bool = True,
) -> dict[str, RunQcRow]:
    """Return the rows of run_qc.tsv by run."""
    outdir, all_samples = laboratory
    collect_run_qc(
        samples or all_samples, mixes or {str(SHEET): MIX}, settings, outdir, library=library
    )
    return {row.run_id: row for row in read_table(outdir, RunQcRow)}


def test_sound_runs_name_nothing_and_strange_ones_are_named(
    laboratory: tuple[Path, list[MlpaSample]],
) -> None:
    """Six sound runs pass; a probe shifted in all references and another lot are named."""
    rows = collected(laboratory)
    assert list(rows) == [f"RUN{9 - i}" for i in range(8)]  # the order of the sheet
    sound, shifted, lot = [*rows.values()][:6], rows["RUN3"], rows["RUN2"]
    assert [row.codes for row in sound] == [()] * 6
    assert [row.unusual_probes for row in sound] == [()] * 6
    assert [row.library_runs for row in rows.values()] == list(range(8))
    name = MIX.probes[TARGETS[3]].probe_id
    assert shifted.unusual_probes == (name,)
    assert shifted.codes == lot.codes == ("REFERENCES_UNUSUAL",)
    assert f"{name} -0." in shifted.message
    assert "6 earlier runs" in shifted.message
    assert "with the run's own references" in shifted.message
    assert len(lot.unusual_probes) > 10
    assert lot.library_distance == pytest.approx(
        np.sqrt(np.mean(OTHER[PANEL.is_dosed] ** 2)), abs=0.06
    )
    assert sound[5].library_distance < 0.1 < shifted.library_distance < lot.library_distance


def test_no_call_and_no_class_changes(laboratory: tuple[Path, list[MlpaSample]]) -> None:
    """With and without the library all tables of the runs and all classes are the same."""
    outdir, samples = laboratory
    patients = {f"P{i}": Patient(f"P{i}") for i in range(8)}

    def calls() -> dict[str, bytes]:
        return {
            str(path.relative_to(outdir)): path.read_bytes() for path in outdir.glob("mlpa/*/*.tsv")
        }

    def classes(*, library: bool) -> list[Ikzf1Row]:
        report = collect_run_qc(samples, {str(SHEET): MIX}, SETTINGS, outdir, library=library)
        unusual = {problem.subject: problem.flag for problem in report.problems}
        assert all(flag.level is Severity.WARNING for flag in unusual.values())
        assert sorted(unusual) == (["RUN2", "RUN3"] if library else [])
        collect_ikzf1(samples, patients, SETTINGS, "gimema", outdir, unusual)
        return read_table(outdir, Ikzf1Row)

    without, before = classes(library=False), calls()
    assert not any("REFERENCES_UNUSUAL" in row.codes for row in without)
    with_library = classes(library=True)
    assert calls() == before
    assert {row.ikzf1_class for row in with_library} == {"IKZF1_deletion"}
    for old, new in zip(without, with_library, strict=True):
        assert dataclasses.replace(new, codes=old.codes, message=old.message) == old
        told = new.run_id in ("RUN2", "RUN3")
        assert ("REFERENCES_UNUSUAL" in new.codes) is told
        assert ("unlike those of" in new.message) is told


def test_without_a_library_the_table_is_there(laboratory: tuple[Path, list[MlpaSample]]) -> None:
    """`no` leaves the columns of the library blank and gives the figures all the same."""
    with_library, without = collected(laboratory), collected(laboratory, library=False)
    for run_id, row in without.items():
        assert (row.library_runs, row.library_distance, row.unusual_probes) == (None, None, ())
        assert (row.codes, row.message) == ((), "")
        same = ("n_references", "n_kept", *CHARTED)
        assert [getattr(row, n) for n in same] == [getattr(with_library[run_id], n) for n in same]


@pytest.mark.parametrize(("fewest", "said"), [(6, True), (7, False)])
def test_fewer_runs_than_the_minimum_say_nothing(
    laboratory: tuple[Path, list[MlpaSample]], fewest: int, said: bool
) -> None:
    """The run after six others is named when six are enough, and not when seven are asked for."""
    rows = collected(laboratory, settings=MlpaSettings(library_min_runs=fewest))
    assert bool(rows["RUN3"].codes) is said
    assert (rows["RUN3"].library_distance is not None) is said
    assert rows["RUN3"].library_runs == 6
    assert rows["RUN2"].codes == ("REFERENCES_UNUSUAL",)


def test_earlier_means_earlier_in_the_sheet(laboratory: tuple[Path, list[MlpaSample]]) -> None:
    """Runs turned round: the strange ones come first, where nothing precedes them."""
    _, samples = laboratory
    rows = collected(laboratory, samples[::-1])
    assert list(rows) == [f"RUN{2 + i}" for i in range(8)]
    assert rows["RUN2"].codes == rows["RUN3"].codes == ()
    assert rows["RUN2"].library_runs == 0
    # two strange ones among five earlier do not make the sound ones strange
    assert [row.codes for row in rows.values()] == [()] * 8


def test_only_the_same_sheet_counts(laboratory: tuple[Path, list[MlpaSample]]) -> None:
    """A sheet of another content is another lot; one of the same content elsewhere is the same."""
    _, samples = laboratory
    moved = [dataclasses.replace(s, probemix="/elsewhere.tsv") if s.run_id == "RUN2" else s
             for s in samples]  # fmt: skip
    same = Probemix(MIX.name, MIX.probes, dict(MIX.head))
    rows = collected(laboratory, moved, mixes={str(SHEET): MIX, "/elsewhere.tsv": same})
    assert rows["RUN2"].library_runs == 7
    lot = Probemix("mine", MIX.probes, {**MIX.head, "lot": "B2"})
    rows = collected(laboratory, moved, mixes={str(SHEET): MIX, "/elsewhere.tsv": lot})
    row = rows["RUN2"]
    assert (row.probemix, row.lot, row.library_runs, row.codes) == ("mine", "B2", 0, ())


def test_figures_of_a_run(laboratory: tuple[Path, list[MlpaSample]]) -> None:
    """Every figure is that of the references that serve, and of them alone."""
    rows = collected(laboratory)
    outdir, _ = laboratory
    row = rows["RUN9"]
    assert (row.probemix, row.n_references, row.n_kept) == (MIX.name, 4, 4)
    probes = [p for p in read_table(outdir, ProbeRow, run_id="RUN9") if p.sample_id != "P"]
    quality = [s for s in read_table(outdir, SampleQcRow, run_id="RUN9") if s.role == "reference"]

    def ratio(role: str) -> float:
        found = []
        for name in ("R0", "R1", "R2", "R3"):
            own = [p for p in probes if p.sample_id == name]
            below = np.median([p.height_rfu for p in own if p.role == "benchmark"])
            found.append(np.mean([p.height_rfu for p in own if p.role == role]) / below)
        return float(np.median(found))

    height = np.median([p.height_rfu for p in probes if p.role == "reference"])
    assert row.median_height_rfu == pytest.approx(height, abs=0.1)
    assert row.denaturation_ratio == pytest.approx(ratio("denaturation"), abs=1e-3)
    assert row.quantity_ratio == pytest.approx(ratio("quantity"), abs=1e-3)
    assert row.reference_probe_sd == pytest.approx(
        np.median([s.reference_probe_sd for s in quality]), abs=1e-4
    )
    assert row.probe_sd == pytest.approx(
        np.median([p.reference_sd for p in probes if p.reference_sd is not None]), abs=1e-4
    )
    assert row.slope_per_100_nt == pytest.approx(
        np.median([s.own_slope_per_100_nt for s in quality]), abs=1e-4
    )
    slopes = [one.slope_per_100_nt for one in rows.values()]
    assert slopes[6] - slopes[0] == pytest.approx(-0.06, abs=0.05)


def test_a_reference_left_out_does_not_serve(
    laboratory: tuple[Path, list[MlpaSample]], tmp_path: Path
) -> None:
    """n_kept counts those that serve; without any the figures are blank and the run no library."""
    outdir, samples = laboratory
    own = [s for s in samples if s.run_id == "RUN9"]
    quality = read_table(outdir, SampleQcRow, run_id="RUN9")
    probes = read_table(outdir, ProbeRow, run_id="RUN9")
    assert {s.sample_id: s.serves for s in quality} == {
        "P": None, "R0": True, "R1": True, "R2": True, "R3": True
    }  # fmt: skip
    for left, kept in ((("R1",), 3), (("R0", "R1", "R2", "R3"), 0)):
        changed = [
            dataclasses.replace(s, serves=False) if s.sample_id in left else s for s in quality
        ]
        write_table(tmp_path, SampleQcRow, changed, run_id="RUN9")
        write_table(tmp_path, ProbeRow, probes, run_id="RUN9")
        row = collected((tmp_path, own))["RUN9"]
        assert (row.n_references, row.n_kept) == (4, kept)
        values = [getattr(row, figure) for figure in CHARTED]
        assert (None in values) is (kept == 0)
        assert any(value is not None for value in values) is (kept > 0)


def test_saturated_heights_are_left_out(
    laboratory: tuple[Path, list[MlpaSample]], tmp_path: Path
) -> None:
    """A height whose probe is off scale enters no figure."""
    outdir, samples = laboratory
    own = [s for s in samples if s.run_id == "RUN9"]
    probes = read_table(outdir, ProbeRow, run_id="RUN9")
    write_table(
        tmp_path, SampleQcRow, read_table(outdir, SampleQcRow, run_id="RUN9"), run_id="RUN9"
    )
    before = collected(laboratory)["RUN9"].quantity_ratio
    for code, is_same in (("OFFSCALE", True), ("PROBE_NOISY", False)):
        first = next(p.probe_id for p in probes if p.role == "quantity")
        changed = [
            dataclasses.replace(p, height_rfu=9000.0, codes=(code,)) if p.probe_id == first else p
            for p in probes
        ]
        write_table(tmp_path, ProbeRow, changed, run_id="RUN9")
        after = collected((tmp_path, own))["RUN9"].quantity_ratio
        assert (after == pytest.approx(before, rel=0.05)) is is_same


def test_charts_know_the_runs_before_only(laboratory: tuple[Path, list[MlpaSample]]) -> None:
    """Each point has the mean and SD of the runs before it, from the fifth on."""
    rows = [*collected(laboratory).values()]
    points = read_table(laboratory[0], RunChartRow)
    assert len(points) == len(rows) * len(CHARTED)
    for figure in CHARTED:
        own = [point for point in points if point.figure == figure]
        assert [point.run_id for point in own] == [row.run_id for row in rows]
        assert [point.n_earlier for point in own] == list(range(8))
        assert [point.mean is None for point in own] == [True] * 5 + [False] * 3
        assert [point.mark is None for point in own] == [True] * 5 + [False] * 3
        before = [getattr(row, figure) for row in rows[:6]]
        assert own[6].value == pytest.approx(getattr(rows[6], figure), abs=1e-4, rel=2e-4)
        assert own[6].mean == pytest.approx(np.mean(before), abs=2e-4, rel=2e-4)
        assert own[6].sd == pytest.approx(np.std(before, ddof=1), abs=2e-4, rel=2e-3)
        assert own[6].limit(-2.0) == pytest.approx(own[6].mean - 2 * own[6].sd)


@pytest.mark.parametrize(
    ("value", "mark"),
    [
        (1.0, ChartMark.WITHIN), (1.2, ChartMark.WITHIN), (0.8, ChartMark.WITHIN),
        (1.21, ChartMark.BEYOND_2_SD), (0.79, ChartMark.BEYOND_2_SD),
        (1.299, ChartMark.BEYOND_2_SD), (1.301, ChartMark.BEYOND_3_SD),
        (0.699, ChartMark.BEYOND_3_SD), (np.nan, None),
    ],
)  # fmt: skip
def test_marks_of_a_chart(value: float, mark: ChartMark | None) -> None:
    """On both sides of 2 and of 3 SD, above and below the mean."""
    assert ChartLimits(5, 1.0, 0.1000001).mark(value) is mark


def test_limits_of_a_chart() -> None:
    """Four runs tell nothing; an unknown value is no run; SD with n - 1."""
    few = chart_limits(np.array([1.0, 2.0, np.nan, 3.0, 4.0]), SETTINGS)
    assert (few.n_earlier, few.mark(9.0)) == (4, None)
    five = chart_limits(np.array([1.0, 2.0, np.nan, 3.0, 4.0, 5.0]), SETTINGS)
    assert (five.n_earlier, five.mean) == (5, 3.0)
    assert five.sd == pytest.approx(np.sqrt(2.5))


@pytest.mark.parametrize(("sd", "limit"), [(0.005, "shift"), (0.1, "z")])
@pytest.mark.parametrize("sign", [-1.0, 1.0])
def test_a_probe_is_unusual_beyond_both_limits(sd: float, limit: str, sign: float) -> None:
    """Where runs agree the shift decides, where they do not the SD between runs does."""
    earlier = profiles(20, sd)
    aligned = np.median(
        earlier - np.median(earlier[:, PANEL.is_reference], axis=1)[:, None], axis=0
    )
    at = TARGETS[10]

    def named(shift: float, settings: MlpaSettings = SETTINGS) -> bool:
        today = aligned.copy()
        today[at] += sign * shift
        found = compare_with_library(today, earlier, PANEL, settings)
        assert not np.delete(found.is_unusual, at).any()
        return bool(found.is_unusual[at])

    edge = 0.15 if limit == "shift" else 4.0 * sd
    assert not named(0.75 * edge)
    assert named(1.35 * edge)
    if limit == "shift":
        assert named(0.75 * edge, MlpaSettings(library_max_shift=0.5 * edge))
        assert not named(1.35 * edge, MlpaSettings(library_max_shift=2.0 * edge))
    else:
        assert named(0.75 * edge, MlpaSettings(library_max_z=2.0))
        assert not named(1.35 * edge, MlpaSettings(library_max_z=8.0))


def test_scale_and_slope_are_no_difference() -> None:
    """A weaker run that falls more steeply is at no greater distance; the shift is the same."""
    earlier = profiles(10)
    today = profiles(1, seed=3)[0]
    plain = compare_with_library(today, earlier, PANEL, SETTINGS)
    tilted = today - 1.5 - 0.3 * PANEL.length_nt / 100.0
    other = compare_with_library(tilted, earlier, PANEL, SETTINGS)
    np.testing.assert_allclose(other.shift, plain.shift, atol=1e-9)
    assert np.nanmedian(plain.shift[PANEL.is_reference]) == pytest.approx(0.0, abs=1e-12)
    assert plain.n_runs == 10


def test_the_spread_between_runs_is_known_on_average() -> None:
    """With SD 0.1 and 40 runs a shift of 4 SD and the error of a median is the edge."""
    earlier, hits = profiles(40, 0.1), []
    aligned = np.median(
        earlier - np.median(earlier[:, PANEL.is_reference], axis=1)[:, None], axis=0
    )
    for shift in (0.34, 0.52):
        found = [
            compare_with_library(
                aligned + shift * (np.arange(aligned.size) == at), earlier, PANEL, SETTINGS
            ).is_unusual[at]
            for at in TARGETS
        ]
        hits.append(np.mean(found))
    assert hits[0] < 0.35
    assert hits[1] > 0.75


def test_a_run_without_profile_is_no_earlier_run() -> None:
    """Rows that know nothing do not count; a run that knows nothing is compared with nothing."""
    earlier = profiles(6)
    earlier[:2] = np.nan
    today = profiles(1, seed=3)[0]
    few = compare_with_library(today + OTHER, earlier, PANEL, SETTINGS)
    assert few.n_runs == 4
    assert not few.is_unusual.any()
    assert np.isnan(few.distance)
    blank = compare_with_library(np.full(today.size, np.nan), profiles(6), PANEL, SETTINGS)
    assert blank.n_runs == 6
    assert np.isnan(blank.distance)


def test_a_probe_that_few_runs_tell_is_not_judged() -> None:
    """A probe known in four earlier runs of six is left out, the others are compared."""
    earlier, today = profiles(6), profiles(1, seed=3)[0]
    at = TARGETS[5]
    today[at] += 2.0
    assert compare_with_library(today, earlier, PANEL, SETTINGS).is_unusual[at]
    earlier[0, at] = np.nan
    assert compare_with_library(today, earlier, PANEL, SETTINGS).is_unusual[at]
    earlier[1, at] = np.nan
    found = compare_with_library(today, earlier, PANEL, SETTINGS)
    assert not found.is_unusual[at]
    assert np.isnan(found.shift[at])
    assert np.isfinite(found.shift[TARGETS[6]])


@pytest.mark.parametrize(("most", "named"), [(6, True), (30, False)])
def test_the_latest_runs_are_the_library(
    laboratory: tuple[Path, list[MlpaSample]], tmp_path: Path, most: int, named: bool
) -> None:
    """After six runs of another lot the first lot is strange to the latest six, not to all."""
    outdir, samples = laboratory
    sources = [f"RUN{9 - i}" for i in range(6)] + ["RUN2"] * 6 + ["RUN9"]
    order = []
    for index, source in enumerate(sources):
        run_id = f"N{index}"
        order += [dataclasses.replace(s, run_id=run_id) for s in samples if s.run_id == source]
        for record in (SampleQcRow, ProbeRow):
            rows = read_table(outdir, record, run_id=source)
            write_table(tmp_path, record, rows, run_id=run_id)
    rows = collected((tmp_path, order), settings=MlpaSettings(library_max_runs=most))
    assert [bool(rows[f"N{i}"].codes) for i in range(7)] == [False] * 6 + [True]
    assert bool(rows["N12"].codes) is named
    assert rows["N12"].library_runs == min(most, 12)
