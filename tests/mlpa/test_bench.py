"""The second simulator does what it claims; the analysis is not asked here."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from der22.formats.fragment_run import read_fragment_run
from der22.formats.peak_table import read_peak_table
from der22.formats.probemix import read_probemix, validate_probemix
from mlpa.bench.attack import Score, attack, outcome_of, table
from mlpa.bench.chemistry import Chemistry, true_heights
from mlpa.bench.instrument import INSTRUMENTS, Injection, scans_of, visible
from mlpa.bench.karyotype import (
    Clone,
    Event,
    GeneTruth,
    Karyotype,
    accepted_classes,
    gene_truth,
    mean_copies,
    plain_class,
    with_chromosomes,
)
from mlpa.bench.kinds import KINDS
from mlpa.bench.lots import Lot, draw_lot
from mlpa.bench.runs import Plan, Run, patient_truth

#: whole run, one clone in every cell, nothing shared and no scatter
_EXACT = Chemistry(sd=0.0, arm_sd=0.0, gc_sd=0.0)
_IKZF1_4_7 = Event("IKZF1", 4, 7, -1)


@pytest.fixture(scope="module")
def lot() -> Lot:
    """A lot with the lengths of the shipped sheet."""
    return draw_lot(np.random.default_rng(7), "shipped", needed_arms=("8q", "21q"))


def _rng() -> np.random.Generator:
    return np.random.default_rng(3)


def _class(lot: Lot, *clones: Clone, sex: str = "F", blasts: float = 0.8) -> frozenset[str]:
    plan = Plan(Karyotype("", sex, clones), blasts, _EXACT, 80.0)
    return patient_truth(plan, lot).classes["gimema"]


def _gene(lot: Lot, gene: str, *clones: Clone, sex: str = "F") -> GeneTruth:
    return gene_truth(Karyotype("", sex, clones), gene, lot.loci)


# --- truth ---


@pytest.mark.parametrize(
    ("lost", "homozygous", "gimema", "aieop_bfm", "gimema_2024"),
    [
        ((), False, "no_IKZF1_deletion", "no_IKZF1_deletion", "no_IKZF1_deletion"),
        (("PAX5",), False, "no_IKZF1_deletion", "no_IKZF1_deletion", "no_IKZF1_deletion"),
        (("IKZF1",), False, "IKZF1_deletion", "IKZF1_deletion", "IKZF1_deletion"),
        (("IKZF1", "RB1"), False, "IKZF1_deletion", "IKZF1_deletion", "IKZF1_deletion"),
        (("IKZF1", "PAX5"), False, "IKZF1plus", "IKZF1plus", "IKZF1plus"),
        (("IKZF1", "CDKN2B"), False, "IKZF1plus", "IKZF1_deletion", "IKZF1plus"),
        (("IKZF1", "CDKN2B"), True, "IKZF1plus", "IKZF1plus", "IKZF1plus"),
        (("IKZF1", "IL3RA"), False, "IKZF1_deletion", "IKZF1plus", "IKZF1plus"),
    ],
)
def test_class_follows_the_published_definitions(
    lost: tuple[str, ...], homozygous: bool, gimema: str, aieop_bfm: str, gimema_2024: str
) -> None:
    """Each definition counts its own partners (facts/mlpa_ikzf1_definitions.csv)."""
    deleted = {gene: gene in lost for gene in ("IKZF1", "PAX5", "CDKN2A", "CDKN2B", "IL3RA")}
    found = [plain_class(deleted, homozygous, name) for name in ("gimema", "aieop_bfm",
                                                                "gimema_2024")]  # fmt: skip
    assert found == [gimema, aieop_bfm, gimema_2024]


def test_a_subclone_with_a_loss_makes_the_gene_deleted(lot: Lot) -> None:
    """A loss in 30 % of the leukaemic cells is a loss, and its share is told."""
    truth = _gene(lot, "IKZF1", Clone(0.7), Clone(0.3, {}, (_IKZF1_4_7,)))
    assert truth.deleted is True
    assert truth.lost == ((0.3, ("4", "5", "6", "7"), (1, 1, 1, 1)),)
    assert truth.largest_share == pytest.approx(0.3)


def test_monosomy_7_is_a_loss_and_trisomy_7_hides_none(lot: Lot) -> None:
    """-7 takes the whole gene; 4-7 lost on one of three chromosomes 7 stays a loss."""
    assert _class(lot, Clone(1.0, with_chromosomes({"7": 1}))) == {"IKZF1_deletion"}
    three = with_chromosomes({"7": 3})
    assert _class(lot, Clone(1.0, three)) == {"no_IKZF1_deletion"}
    truth = _gene(lot, "IKZF1", Clone(1.0, three, (_IKZF1_4_7,)))
    assert (truth.deleted, truth.lost[0][2], truth.is_gained) == (True, (2, 2, 2, 2), True)


def test_9p_takes_all_partners_at_once(lot: Lot) -> None:
    """9p- with an IKZF1 loss is IKZF1plus, alone it is no IKZF1 deletion."""
    assert _class(lot, Clone(1.0, {"9p": 1}, (_IKZF1_4_7,))) == {"IKZF1plus"}
    assert _class(lot, Clone(1.0, {"9p": 1})) == {"no_IKZF1_deletion"}


def test_hemizygous_chromosomes_of_a_near_haploid_clone_may_be_read_either_way(lot: Lot) -> None:
    """One copy of everything is a loss or is not, a focal loss to none is one anyway."""
    haploid = with_chromosomes({str(c): 1 for c in range(1, 23) if c != 21})
    assert _gene(lot, "IKZF1", Clone(1.0, haploid)).deleted is None
    assert _class(lot, Clone(1.0, haploid)) == {
        "no_IKZF1_deletion", "IKZF1_deletion", "IKZF1plus",
    }  # fmt: skip
    focal = Clone(1.0, haploid, (_IKZF1_4_7, Event("PAX5", 1, 2, -1)))
    assert _class(lot, focal) == {"IKZF1plus"}


def test_par1_has_two_copies_in_both_sexes_and_falls_with_x_or_y(lot: Lot) -> None:
    """PAR1 probes count X and Y together; the X and Y fragments count one each."""
    at = {locus.probe_id: i for i, locus in enumerate(lot.loci)}
    for sex, x, y in (("F", 2, 0), ("M", 1, 1)):
        copies = mean_copies(Karyotype("", sex), lot.loci, 0.5)
        assert (copies[at["CRLF2"]], copies[at["X"]], copies[at["Y"]]) == (2, x, y)
    assert _gene(lot, "CRLF2", Clone(1.0, {"Y": 0}), sex="M").deleted is True


def test_a_variant_under_a_probe_is_no_deletion_and_halves_every_cell(lot: Lot) -> None:
    """The quotient is 0.5 whatever the blasts, and the class stays."""
    karyotype = Karyotype("", "F", (Clone(1.0),), {"IKZF1-5": 0.5})
    at = [locus.probe_id for locus in lot.loci].index("IKZF1-5")
    assert mean_copies(karyotype, lot.loci, 0.3)[at] == 1.0
    assert gene_truth(karyotype, "IKZF1", lot.loci).deleted is False


def test_several_genes_open_give_every_class_they_allow() -> None:
    """IKZF1 open beside a sure partner: plus or none, never IKZF1_deletion."""
    verdicts = {"IKZF1": None, "PAX5": True, "CDKN2B": False}
    genes = {
        gene: GeneTruth(gene, deleted, (), is_gained=False) for gene, deleted in verdicts.items()
    }
    assert accepted_classes(genes, "gimema") == {"IKZF1plus", "no_IKZF1_deletion"}


# --- chemistry ---


def test_heights_follow_copies_and_blasts(lot: Lot) -> None:
    """Against a normal sample a heterozygous loss leaves 1 - b/2, a homozygous one 1 - b."""
    normal = true_heights(lot, mean_copies(Karyotype("", "M"), lot.loci, 0.0), _EXACT, _rng())
    for change, left in ((-1, 1 - 0.8 / 2), (-2, 1 - 0.8)):
        clone = Clone(1.0, {}, (Event("IKZF1", 4, 7, change),))
        copies = mean_copies(Karyotype("", "M", (clone,)), lot.loci, 0.8)
        quotient = true_heights(lot, copies, _EXACT, _rng()) / normal
        ikzf1 = lot.of_gene("IKZF1")
        is_lost = np.array([4 <= (lot.probes[i].order or 0) <= 7 for i in ikzf1])
        assert quotient[ikzf1][is_lost] == pytest.approx(left)
        assert quotient[ikzf1][~is_lost] == pytest.approx(1.0)


def test_the_reference_probes_have_the_median_that_was_asked_for(lot: Lot) -> None:
    """Whatever slope and karyotype do, the median reference probe is the one of the plan."""
    copies = mean_copies(Karyotype("", "M", (Clone(1.0, {"8q": 4}),)), lot.loci, 0.9)
    for median in (40.0, 300.0, 5000.0):
        heights = true_heights(lot, copies, Chemistry(median_rfu=median, slope=0.2), _rng())
        assert np.median(heights[lot.index("reference")]) == pytest.approx(median)


def test_salt_lowers_the_d_fragments_as_told_and_gc_rich_probes_only(lot: Lot) -> None:
    """At 0.7 both D fragments lie at 0.7 of a sound sample, probes of low GC stay."""
    copies = mean_copies(Karyotype("", "M"), lot.loci, 0.0)
    sound = true_heights(lot, copies, _EXACT, _rng())
    salty = true_heights(lot, copies, replace(_EXACT, denaturation=0.7), _rng())
    benchmark = lot.index("benchmark")
    quotient = (salty / salty[benchmark]) / (sound / sound[benchmark])
    assert quotient[lot.index("denaturation")] == pytest.approx(0.7)
    targets = lot.index("target")
    assert quotient[targets][lot.gc[targets] < 0.5] == pytest.approx(1.0)
    assert quotient[targets].min() < 0.95


def test_scatter_is_what_was_asked_for(lot: Lot) -> None:
    """The SD of ln height over many samples is the independent and the shared part together."""
    copies = mean_copies(Karyotype("", "M"), lot.loci, 0.0)
    rng = _rng()
    logs = np.log([true_heights(lot, copies, Chemistry(sd=0.05), rng) for _ in range(300)])
    found = np.median(np.std(logs[:, lot.index("target")], axis=0))
    assert 0.05 < found < 0.065


# --- instrument ---


def test_the_time_axis_is_monotone_and_warm_runs_are_fast() -> None:
    """Larger fragments come later; a warmer capillary brings all of them earlier."""
    cool = Injection(INSTRUMENTS["3130"], 0.0, 0.0, 900.0, 0.0, (1,))
    sizes = np.arange(20.0, 620.0, 1.0)
    assert np.all(np.diff(scans_of(sizes, cool)) > 0)
    assert np.all(scans_of(sizes, replace(cool, temperature=2.0)) < scans_of(sizes, cool))
    at_100 = float(np.diff(scans_of(np.array([100.0, 101.0]), cool))[0])
    assert 0.9 * 15.0 < at_100 < 1.1 * 15.0


def test_nothing_below_the_limit_is_exported() -> None:
    """A weak sample's table ends at the limit, and so loses probes."""
    run = KINDS["weak_table_50"].make(1)
    for sample in run.samples:
        seen = visible(sample.peaks, run.instrument, run.limit_rfu, sample.injection.seed)
        assert seen.height.min() >= 50.0


# --- runs ---


def _peak_table(run: Run, folder: Path) -> Path:
    folder.mkdir()
    return Path(run.write(folder).rows[0].path)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_draws_a_run_with_truth(kind: str) -> None:
    """Each kind has a sentence, at least three references, a judged patient and true classes."""
    run = KINDS[kind].make(1)
    assert KINDS[kind].meaning.endswith(".")
    assert sum(sample.role == "reference" for sample in run.samples) >= 3
    assert any(truth.is_subject for truth in run.truths.values())
    for truth in run.truths.values():
        assert set(truth.classes) == {"gimema", "aieop_bfm", "gimema_2024"}
        assert all(truth.classes.values())
        assert set(truth.genes) == set(run.lot.genes)


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    """Twice the same seed: the same table and trace; another seed: another table."""
    one, two, other = (KINDS["sound"].make(seed) for seed in (5, 5, 6))
    first = _peak_table(one, tmp_path / "1").read_bytes()
    assert first == _peak_table(two, tmp_path / "2").read_bytes()
    assert first != _peak_table(other, tmp_path / "3").read_bytes()


@pytest.mark.parametrize("kind", ["sound", "weak", "unmeasured_partner"])
def test_the_peak_table_is_readable(kind: str, tmp_path: Path) -> None:
    """der22 reads the table, with every sample of the sheet."""
    run = KINDS[kind].make(2)
    written = run.write(tmp_path)
    found = read_peak_table(written.rows[0].path)
    assert set(found.sample_ids) == {row.sample_id for row in written.rows}
    assert bool(found.probes) == run.as_probes


def test_unmeasured_probes_are_blank_not_zero(tmp_path: Path) -> None:
    """A blank height is no height; an empty bin of the no-DNA control is 0."""
    run = KINDS["unmeasured_partner"].make(2)
    found = read_peak_table(run.write(tmp_path).rows[0].path).probes
    sample = next(s for s in run.samples if s.plan is not None and s.plan.unmeasured)
    assert sample.plan is not None
    assert not sample.plan.unmeasured & set(found[sample.sample_id])
    control = next(s for s in run.samples if s.role == "no_dna")
    assert found[control.sample_id]["IKZF1-4"] == 0.0


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_weak_patients_have_the_signal_they_claim(seed: int) -> None:
    """The median reference probe of each judged patient of kind weak lies at 40-300 RFU."""
    run = KINDS["weak"].make(seed)
    references = run.lot.index("reference")
    for sample in run.samples:
        if sample.truth is None or not sample.truth.is_subject:
            continue
        heights = [
            sample.peaks.height[sample.peaks.probe == probe].max(initial=0.0)
            for probe in references
        ]
        assert 40 <= np.median(heights) <= 300
        assert np.median(heights) == pytest.approx(sample.truth.median_rfu, rel=0.01)
        assert sample.truth.classes["gimema"] == {"no_IKZF1_deletion"}


@pytest.mark.parametrize("name", sorted(INSTRUMENTS))
def test_traces_are_readable(name: str, tmp_path: Path) -> None:
    """der22 reads the .fsa of each instrument; a probe's peak stands where the time axis says."""
    run = KINDS["sound"].make(4)
    sample = run.samples[0]
    injection = replace(sample.injection, instrument=INSTRUMENTS[name])
    run = replace(
        run, instrument=INSTRUMENTS[name], samples=(replace(sample, injection=injection),)
    )
    row = run.write(tmp_path, raw=True).rows[0]
    trace = read_fragment_run(row.path)
    assert trace.dye_names == INSTRUMENTS[name].dyes
    assert trace.sample_name == sample.sample_id
    tallest = int(np.argmax(np.where(sample.peaks.probe >= 0, sample.peaks.height, 0.0)))
    scan = float(scans_of(sample.peaks.size_nt[[tallest]], injection)[0])
    window = trace.channels[0][int(scan) - 3 : int(scan) + 5]
    assert window.max() == pytest.approx(sample.peaks.height[tallest], rel=0.15, abs=400)


@pytest.mark.parametrize("kind", ["saturated", "saturated_clipped"])
def test_a_saturated_trace_lists_its_scans(kind: str, tmp_path: Path) -> None:
    """The file says which scans are off scale, also where a 3130 never reads 16 bits."""
    run = KINDS[kind].make(1)
    strong = max(run.samples, key=lambda sample: sample.peaks.height.max())
    run = replace(run, samples=(strong,))
    trace = read_fragment_run(run.write(tmp_path, raw=True).rows[0].path)
    first_probe = float(scans_of(np.array([110.0]), strong.injection)[0])
    assert np.flatnonzero(trace.offscale).max() > first_probe
    if kind == "saturated":
        assert trace.channels.max() < 32767


def test_the_odd_end_fragment_is_off_beyond_every_probe(tmp_path: Path) -> None:
    """The last fragment of the standard runs 2-3 nt away from 600, where no probe is."""
    run = KINDS["odd_end_fragment"].make(1)
    sample = run.samples[0]
    run = replace(run, samples=(sample,))
    channel = read_fragment_run(run.write(tmp_path, raw=True).rows[0].path).channels[-1]
    low, high = (int(scan) for scan in scans_of(np.array([592.0, 608.0]), sample.injection))
    apex = low + int(np.argmax(channel[low:high]))
    per_nt = float(np.diff(scans_of(np.array([599.0, 600.0]), sample.injection))[0])
    away = (apex - float(scans_of(np.array([600.0]), sample.injection)[0])) / per_nt
    assert 2.0 < abs(away) < 3.4
    assert sample.injection.end_fragment_nt == pytest.approx(away, abs=0.2)
    assert run.lot.lengths_nt.max() < 500


@pytest.mark.parametrize("layout", ["shipped", "drawn", "short_references", "long_references"])
def test_lots_are_valid_sheets(layout: str, tmp_path: Path) -> None:
    """A drawn sheet has no error; its reference probes lie where the layout says."""
    for seed in range(5):
        lot = draw_lot(np.random.default_rng(seed), layout, tells_arms=True)
        lot.write(tmp_path / "mix.tsv")
        mix = read_probemix(tmp_path / "mix.tsv")
        assert not [p for p in validate_probemix(mix) if p.level.value == "error"]
        assert len(mix.probes) == len(lot.probes)
        middle = np.median(lot.lengths_nt[lot.index("reference")])
        if layout == "short_references":
            assert middle < 220
        if layout == "long_references":
            assert middle > 370


@pytest.mark.parametrize(
    ("word", "status", "class_status", "codes", "outcome"),
    [
        ("no_IKZF1_deletion", "called", "called", set(), "right"),
        ("no_IKZF1_deletion", "not_called", "not_called", set(), "not_called"),
        ("undetermined", "called", "called", set(), "undetermined"),
        ("IKZF1plus", "called", "called", {"LOW_SIGNAL"}, "wrong_called"),
        ("IKZF1plus", "called", "called_with_warnings", {"LOW_SIGNAL"}, "wrong_own_warning"),
        ("IKZF1plus", "called_with_warnings", "called_with_warnings", {"PULLUP"},
         "wrong_other_warning"),
    ],
)  # fmt: skip
def test_a_wrong_class_is_silent_unless_a_warning_concerns_it(
    word: str, status: str, class_status: str, codes: set[str], outcome: str
) -> None:
    """Truth is no_IKZF1_deletion; the warning of kind weak is LOW_SIGNAL."""
    truth = next(t for t in KINDS["weak"].make(1).truths.values() if t.is_subject)
    found = {"ikzf1_class": word, "status": class_status}
    assert outcome_of(found, status, codes, truth, KINDS["weak"], "gimema") == outcome


def test_an_attack_counts_every_judged_patient() -> None:
    """The table has one row per kind and its outcomes sum to the number of patients."""
    score = attack(KINDS["sound"], 5, seed=1)
    assert isinstance(score, Score)
    assert score.n >= 5
    head, row = (line.split("\t") for line in table([score]))
    assert len(head) == len(row)
    assert int(row[1]) == score.n


def test_the_command_line_lists_the_kinds() -> None:
    """``--list`` prints one line per kind."""
    tests = Path(__file__).resolve().parents[1]
    command = [sys.executable, "-m", "mlpa.bench.attack", "--list"]
    done = subprocess.run(command, cwd=tests, capture_output=True, text=True, check=True)
    assert len(done.stdout.splitlines()) == len(KINDS)
