"""Garbage in sound containers: every unit ends with rows, statuses and codes, never with a call."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from der22.formats.abif import TagKey
from der22.formats.records import MlpaSample, SangerRead
from der22.formats.tables import read_tsv
from der22.inputs.cohort_inputs import CohortInputs, load_inputs
from der22.jobs.mlpa import run_mlpa
from der22.jobs.mrd import run_plates
from der22.jobs.sanger import run_sanger
from der22.runs.manifest import UnitReport
from der22.simulate.abif_writer import AbifTag, chars_tag, numbers_tag
from der22.simulate.demo import write_demo
from faults.spoiling import SIGNALS, Signal, rewrite_abif, rewrite_channels

ABNORMAL = {"homozygous_deletion", "heterozygous_deletion", "gain"}
DYES, BASES = (1, 2, 3, 4), (9, 10, 11, 12)


@dataclasses.dataclass(frozen=True)
class Spoiled:
    """A unit that was run with one good and many spoiled files."""

    outdir: Path
    report: UnitReport

    def rows(self, table: str, **wanted: str) -> list[dict[str, str]]:
        """Return the rows of a table with the wanted cells."""
        found = read_tsv(self.outdir / table)
        return [row for row in found if all(row[key] == value for key, value in wanted.items())]

    def codes(self, subject: str) -> set[str]:
        """Return the codes that were noticed of a subject."""
        return {p.flag.code for p in self.report.problems if p.subject == subject}


@pytest.fixture(scope="module")
def cohort(tmp_path_factory: pytest.TempPathFactory) -> CohortInputs:
    """A demo cohort of four."""
    folder = tmp_path_factory.mktemp("spoiled") / "cohort"
    write_demo(folder, patients=4, seed=9)
    return load_inputs(folder / "config.yaml")


def only(indices: tuple[int, ...], kind: str) -> Callable[[Signal, np.random.Generator], Signal]:
    """Spoil some channels only."""

    def spoil(channels: Signal, random: np.random.Generator) -> Signal:
        spoiled = channels.copy()
        spoiled[list(indices)] = SIGNALS[kind](channels, random)[list(indices)]
        return spoiled

    return spoil


def _not_a_number(channels: Signal, _random: np.random.Generator) -> Signal:
    return np.full_like(channels, np.nan)


#: spoiled as a whole, or in the dye of the probes, or in that of the size standard
MLPA_SIGNALS = {
    **SIGNALS,
    **{f"probes-{kind}": only((0,), kind) for kind in ("zeros", "constant", "faint-noise",
       "strong-noise", "spikes", "saturated", "waves", "shuffled-scans", "below-zero")},
    **{f"standard-{kind}": only((3,), kind) for kind in ("zeros", "strong-noise", "saturated")},
}  # fmt: skip
MLPA_KINDS = [*MLPA_SIGNALS, "three-dyes", "not-a-number"]


@pytest.fixture(scope="module")
def mlpa(cohort: CohortInputs, tmp_path_factory: pytest.TempPathFactory) -> Spoiled:
    """One run: the good samples, and one spoiled sample of each kind."""
    folder = tmp_path_factory.mktemp("mlpa")
    good = next(sample for sample in cohort.mlpa if sample.role == "patient")
    samples = [sample for sample in cohort.mlpa if sample.run_id == good.run_id]
    for kind in MLPA_KINDS:
        path = folder / f"{kind}.fsa"
        _spoil_fsa(Path(good.path), path, kind)
        samples.append(dataclasses.replace(good, sample_id=kind, path=str(path)))
    return Spoiled(folder, _run_mlpa(cohort, samples, folder))


def _run_mlpa(cohort: CohortInputs, samples: list[MlpaSample], outdir: Path) -> UnitReport:
    assert cohort.config.mlpa is not None
    settings = cohort.config.mlpa.settings
    return run_mlpa(samples[0].run_id, samples, cohort.patients, settings, outdir)


def _spoil_fsa(source: Path, path: Path, kind: str) -> None:
    if kind == "three-dyes":
        missing: dict[TagKey, AbifTag | None] = {("DATA", 4): None, ("DATA", 105): None}
        rewrite_abif(source, path, {**missing, ("Dye#", 1): numbers_tag("Dye#", 1, [3])})
    elif kind == "not-a-number":
        rewrite_channels(source, path, DYES, _not_a_number, kind="f4")
    else:
        rewrite_channels(source, path, DYES, MLPA_SIGNALS[kind])


@pytest.mark.parametrize("kind", MLPA_KINDS)
def test_spoiled_fragment_runs(mlpa: Spoiled, cohort: CohortInputs, kind: str) -> None:
    """A fragment run without signal is refused with a code and gives no copy number."""
    run_id = cohort.mlpa[0].run_id
    (quality,) = mlpa.rows(f"mlpa/{run_id}/sample_qc.tsv", sample_id=kind)
    calls = {row["call"] for row in mlpa.rows(f"mlpa/{run_id}/gene_calls.tsv", sample_id=kind)}
    assert quality["status"] == "not_called"
    assert quality["flags"]
    assert quality["message"]
    assert mlpa.codes(f"{run_id}/{kind}")
    assert not calls & (ABNORMAL | {"normal"})


def test_spoiled_neighbours_change_nothing(
    mlpa: Spoiled, cohort: CohortInputs, tmp_path: Path
) -> None:
    """The good patients have the calls they have without spoiled neighbours, quotients to 0.01."""
    run_id = cohort.mlpa[0].run_id
    samples = [sample for sample in cohort.mlpa if sample.run_id == run_id]
    _run_mlpa(cohort, samples, tmp_path)
    expected = read_tsv(tmp_path / f"mlpa/{run_id}/gene_calls.tsv")
    found = mlpa.rows(f"mlpa/{run_id}/gene_calls.tsv")
    found = [row for row in found if row["sample_id"] not in MLPA_KINDS]
    told = [[row[key] for key in ("sample_id", "gene", "call")] for row in found]
    assert told == [[row[key] for key in ("sample_id", "gene", "call")] for row in expected]
    for mine, other in zip(found, expected, strict=True):
        quotients = [float(row["dosage_quotient"] or "nan") for row in (mine, other)]
        assert quotients[0] == pytest.approx(quotients[1], abs=0.01, nan_ok=True)
    assert any(row["call"] == "normal" for row in expected)


SANGER_KINDS = [*SIGNALS, "equal-channels", "random-calls", "not-a-number"]


@pytest.fixture(scope="module")
def sanger(cohort: CohortInputs, tmp_path_factory: pytest.TempPathFactory) -> Spoiled:
    """One sequencing run: the good sample, its controls, and one spoiled sample of each kind."""
    folder = tmp_path_factory.mktemp("sanger")
    good = [read for read in cohort.reads if read.role == "sample"]
    good = [read for read in good if read.sample_id == good[0].sample_id]
    reads: list[SangerRead] = list(cohort.reads)
    for kind in SANGER_KINDS:
        for number, read in enumerate(good):
            path = folder / f"{kind}-{number}.ab1"
            _spoil_ab1(Path(read.path), path, kind)
            reads.append(
                dataclasses.replace(
                    read, sample_id=kind, read_id=f"{kind}-{number}", path=str(path)
                )
            )
    assert cohort.config.sanger is not None
    settings = cohort.config.sanger.settings
    names = [good[0].sample_id, *SANGER_KINDS]
    return Spoiled(folder, run_sanger(names, reads, "", settings, folder))


def _spoil_ab1(source: Path, path: Path, kind: str) -> None:
    random = np.random.default_rng(5)
    if kind == "not-a-number":
        rewrite_channels(source, path, BASES, _not_a_number, kind="f4")
    elif kind == "equal-channels":
        rewrite_channels(source, path, BASES, lambda c, _random: np.tile(c.max(axis=0), (4, 1)))
    elif kind == "random-calls":
        letters = "".join(random.choice(list("ACGT"), 700))
        rewrite_abif(source, path, {("PBAS", n): chars_tag("PBAS", n, letters) for n in (1, 2)})
    else:
        rewrite_channels(source, path, BASES, SIGNALS[kind])


@pytest.mark.parametrize("kind", SANGER_KINDS)
def test_spoiled_traces(sanger: Spoiled, kind: str) -> None:
    """A trace without signal gives no variant, and a sample without reads is not wild type."""
    (status,) = sanger.rows(f"sanger/{kind}/status.tsv")
    reads = sanger.rows(f"sanger/{kind}/reads.tsv")
    assert status["abl1_status"] == "not_evaluable"
    assert status["flags"]
    assert {read["status"] for read in reads} == {"refused"}
    assert all(read["flags"] and read["message"] for read in reads)
    assert sanger.rows(f"sanger/{kind}/variants.tsv") == []


def test_the_good_sample_beside_spoiled_ones_is_called(
    sanger: Spoiled, cohort: CohortInputs
) -> None:
    """The good sample of the same job is evaluable."""
    name = next(read.sample_id for read in cohort.reads if read.role == "sample")
    (status,) = sanger.rows(f"sanger/{name}/status.tsv")
    assert status["abl1_status"] in ("mutated", "wild_type", "possible")


def _cells(value: str | Callable[[re.Match[str]], str]) -> Callable[[str], str]:
    """Exchange every threshold cycle of a QuantStudio export."""
    return lambda text: re.sub(r"(?<=\t)(?:\d\d\.\d{3}|Undetermined)(?=\t)", value, text)


def _noise() -> Callable[[re.Match[str]], str]:
    random = np.random.default_rng(3)
    return lambda _match: f"{random.uniform(15, 44):.3f}"


EXPORTS: dict[str, Callable[[str], str]] = {
    "zero": _cells("0.000"),
    "constant": _cells("27.000"),
    "noise": lambda text: _cells(_noise())(text),
    "nothing": _cells("Undetermined"),
    "blank": _cells(""),
    "not a number": _cells("nan"),
    "infinite": _cells("1e999"),
    "negative": _cells("-12.5"),
    "words": _cells("=HYPERLINK()"),
    "behind the last cycle": _cells("400.0"),
    "no wells": lambda text: text[: text.index("[Results]")] + "[Results]\nWell\tCT\n",
    "half a table": lambda text: text[: text.index("[Results]") + 700],
    "binary tail": lambda text: text[: text.index("[Results]") + 1500] + "\x00\x01\x7f" * 500,
}


@pytest.mark.parametrize("kind", EXPORTS)
def test_spoiled_plates(cohort: CohortInputs, tmp_path: Path, kind: str) -> None:
    """A plate without a curve gives no category: its samples are not evaluable, with codes."""
    assert cohort.config.mrd is not None
    plate = next(p for p in cohort.plates if p.path.endswith(".txt"))
    path = tmp_path / "plate.txt"
    text = Path(plate.path).read_bytes().decode().replace("\r\n", "\n")
    path.write_text(EXPORTS[kind](text), encoding="utf-8")
    samples = [s for s in cohort.mrd if s.plate_id == plate.plate_id]
    report = run_plates(
        [dataclasses.replace(plate, path=str(path))], samples, cohort.patients,
        cohort.config.mrd.settings, tmp_path,
    )  # fmt: skip
    levels = read_tsv(tmp_path / f"mrd/{plate.plate_id}/levels.tsv")
    assert {row["category"] for row in levels} == {"not_evaluable"}
    assert len(levels) >= len(samples) > 0
    assert all(row["flags"] for row in levels)
    assert any(str(problem.flag.level) == "error" for problem in report.problems)
