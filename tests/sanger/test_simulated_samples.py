"""Simulated ABL1 samples through the whole work unit: truth, faults, files."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from pathlib import Path

import pysam
import pytest

from der22.formats.records import SangerRead
from der22.formats.tables import read_tsv
from der22.jobs.sanger import collect_abl1, run_sanger
from der22.sanger.codes import CODES
from der22.sanger.settings import SangerSettings
from der22.simulate.molecules import Molecule, Substitution, mutation_changes
from simulate.faults.sanger import SANGER_FAULTS
from simulate.sanger_sample import simulate_sanger_sample

RUN = 11


def _molecule(mutation: str, fraction: float) -> Molecule:
    change = Substitution(*mutation_changes(mutation)[0])
    return Molecule(fraction, changes=(change,))


def _rows(written, sample_id, role="sample", run_id="run1") -> list[SangerRead]:
    return [
        SangerRead(
            read_id=read.read_id,
            sample_id=sample_id,
            path=str(read.path),
            role=role,
            patient_id="P1" if role == "sample" else None,
            day=100,
            run_id=run_id,
            primer=read.primer,
        )
        for read in written
    ]


@pytest.fixture(scope="module")
def controls(tmp_path_factory) -> list[SangerRead]:
    """Four wild-type control pairs of run1."""
    folder = tmp_path_factory.mktemp("controls")
    rows = []
    for k in range(4):
        written = simulate_sanger_sample(f"wt{k}", [], RUN, 900 + k, folder)
        rows += _rows(written, f"wt{k}", role="wild_type_control")
    return rows


def _run(samples, rows, outdir) -> dict[str, list[dict[str, str]]]:
    report = run_sanger(samples, rows, "abl1", SangerSettings(), outdir)
    collect_abl1(samples, rows, outdir)
    tables = {row["sample_id"]: row for row in read_tsv(outdir / "sanger/abl1.tsv")}
    assert set(tables) == set(samples)
    assert all((outdir / name).is_file() for name in report.files)
    return {
        "status": tables,
        "problems": [(p.subject, p.flag.code) for p in report.problems],
        "controls": read_tsv(outdir / "sanger/controls.tsv"),
    }


def _table(outdir, sample_id, name) -> list[dict[str, str]]:
    return read_tsv(outdir / "sanger" / sample_id / f"{name}.tsv")


@pytest.fixture(scope="module")
def cohort(tmp_path_factory, controls):
    """Mutated, wild-type and spliced samples of one run, called together."""
    folder, outdir = tmp_path_factory.mktemp("traces"), tmp_path_factory.mktemp("results")
    mixtures = {
        "t315i": [_molecule("T315I", 0.45)],
        "e255k": [_molecule("E255K", 0.40)],
        "t315m": [_molecule("T315M", 0.60)],
        "pure": [_molecule("T315L", 1.0)],
        "low": [_molecule("M244V", 0.30)],
        "ins35": [Molecule(0.5, event="35INS")],
        "exon7": [Molecule(0.5, event="exon7del")],
        "silent": [Molecule(0.5, changes=(Substitution(945, "T", "C"),))],
        "wild": [],
    }
    rows = list(controls)
    for seed, (sample_id, molecules) in enumerate(mixtures.items()):
        written = simulate_sanger_sample(sample_id, molecules, RUN, seed, folder)
        rows += _rows(written, sample_id)
    result = _run(list(mixtures), rows, outdir)
    return {"outdir": outdir, "rows": rows, "samples": list(mixtures), **result}


@pytest.mark.parametrize(
    ("sample_id", "mutation", "hgvs_c", "hgvs_p", "fraction"),
    [
        ("t315i", "T315I", "NM_005157.6:c.944C>T", "NP_005148.2:p.(Thr315Ile)", 0.45),
        ("e255k", "E255K", "NM_005157.6:c.763G>A", "NP_005148.2:p.(Glu255Lys)", 0.40),
        ("t315m", "T315M", "NM_005157.6:c.944_945delinsTG", "NP_005148.2:p.(Thr315Met)", 0.60),
        ("pure", "T315L", "NM_005157.6:c.943_944delinsCT", "NP_005148.2:p.(Thr315Leu)", 1.0),
        ("low", "M244V", "NM_005157.6:c.730A>G", "NP_005148.2:p.(Met244Val)", 0.30),
    ],
)
def test_mutation_is_named_and_measured(cohort, sample_id, mutation, hgvs_c, hgvs_p, fraction):
    """A mutation of 30 % or more is found with its exact names and a fraction within 15 points."""
    rows = _table(cohort["outdir"], sample_id, "variants")
    row = next(row for row in rows if row["mutation"] == mutation)
    assert (row["hgvs_c"], row["hgvs_p"]) == (hgvs_c, hgvs_p)
    assert row["codon"] == mutation[1:-1]
    assert abs(float(row["fraction"]) - fraction) <= 0.15
    status = cohort["status"][sample_id]
    assert status["abl1_status"] in ("mutated", "possible")
    # two mixed changes of a codon: nobody saw them on one molecule
    is_seen = row["tier"] != "unphased"
    assert is_seen is (sample_id != "t315m")
    assert (mutation in status["mutations"].split(";")) is is_seen


def test_pure_double_change_leaves_only_the_combination(cohort):
    """Two pure changes of one codon have a known phase: one row, no CODON_PHASE_UNKNOWN."""
    rows = [r for r in _table(cohort["outdir"], "pure", "variants") if r["codon"] == "315"]
    assert [row["mutation"] for row in rows] == ["T315L"]
    assert "CODON_PHASE_UNKNOWN" not in rows[0]["flags"]


def test_mixed_double_change_lists_both_and_the_combination(cohort):
    """Two mixed changes of one codon give both rows and the combination, phase unknown."""
    rows = [r for r in _table(cohort["outdir"], "t315m", "variants") if r["codon"] == "315"]
    assert {row["mutation"] for row in rows} == {"T315I", "T315T", "T315M"}
    both = next(r for r in rows if r["mutation"] == "T315M")
    assert "CODON_PHASE_UNKNOWN" in both["flags"]
    assert both["tier"] == "unphased"
    folder = cohort["outdir"] / "sanger" / "t315m"
    with pysam.VariantFile(str(folder / "t315m.vcf.gz")) as vcf:
        filters = {record.info["HGVSC"]: list(record.filter) for record in vcf}
    assert filters[both["hgvs_c"]] == ["unphased"]
    assert filters["NM_005157.6:c.944C>T"] == ["PASS"]


@pytest.mark.parametrize(("sample_id", "name"), [("ins35", "35INS"), ("exon7", "exon7del")])
def test_splice_variant_is_named_and_never_a_mutation(cohort, sample_id, name):
    """Half the molecules spliced otherwise: named, flagged, beside at most one substitution."""
    rows = _table(cohort["outdir"], sample_id, "variants")
    splice = [row for row in rows if row["mutation"] == name]
    assert len(splice) == 1
    assert splice[0]["ref"] == ""
    assert splice[0]["alt"] in ("<INS>", "<DEL>")
    assert splice[0]["hgvs_p"] == ""
    assert len(rows) <= 2
    status = cohort["status"][sample_id]
    assert name not in status["mutations"]
    assert "DOUBLE_SEQUENCE" in status["flags"]
    assert "not a resistance mutation" in status["message"]


def test_silent_change_stays_listed_and_decides_nothing(cohort):
    """A synonymous change is in variants.tsv with SILENT and is no mutation of the sample."""
    rows = _table(cohort["outdir"], "silent", "variants")
    row = next(row for row in rows if row["position_c"] == "945")
    assert row["mutation"] == "T315T"
    assert row["hgvs_p"].endswith("p.(Thr315=)")
    assert "SILENT" in row["flags"]
    assert "T315T" not in cohort["status"]["silent"]["mutations"]


def test_wild_type_says_what_it_excludes(cohort):
    """A wild-type sample is wild_type or, at worst, possible; wild_type states its limit."""
    status = cohort["status"]["wild"]
    assert status["abl1_status"] in ("wild_type", "possible")
    if status["abl1_status"] == "wild_type":
        assert "not excluded" in status["message"]


def test_codons_cover_the_reported_span(cohort):
    """Codons 234 to 500 have one row each; only a codon not assessed has no limit."""
    rows = _table(cohort["outdir"], "t315i", "codons")
    assert [int(row["codon"]) for row in rows] == list(range(234, 501))
    for row in rows:
        assert (row["limit_of_detection"] == "") == (row["status"] == "not_assessed")
    assert next(row for row in rows if row["codon"] == "315")["status"] == "detected"
    assert {row["residue"] for row in rows if row["codon"] in ("315", "255")} == {"T", "E"}


def test_control_reads_are_listed_once_and_serve(cohort):
    """controls.tsv holds every control read; no sample says it had none."""
    assert len(cohort["controls"]) == 8
    assert all("NO_WILD_TYPE_CONTROL" not in row["flags"] for row in cohort["status"].values())


def test_vcf_holds_exactly_the_rows(cohort):
    """Genome and transcript VCF open with pysam and hold the substitution and splice rows."""
    for sample_id in cohort["samples"]:
        rows = _table(cohort["outdir"], sample_id, "variants")
        folder = cohort["outdir"] / "sanger" / sample_id
        for name in (f"{sample_id}.vcf.gz", f"{sample_id}.transcript.vcf.gz"):
            with pysam.VariantFile(str(folder / name)) as vcf:
                records = list(vcf.fetch())
            assert len(records) == len(rows)
            assert {r.info["HGVSC"] for r in records} == {row["hgvs_c"] for row in rows}
        for row in rows:
            if row["mutation"] == "T315I":
                with pysam.VariantFile(str(folder / f"{sample_id}.vcf.gz")) as vcf:
                    record = next(r for r in vcf if r.info["HGVSC"] == row["hgvs_c"])
                assert (record.contig, record.pos, record.ref, record.alts) == (
                    "chr9", 130872896, "C", ("T",),
                )  # fmt: skip
                assert record.info["AF"][0] == pytest.approx(float(row["fraction"]), abs=1e-4)


def test_bam_blocks_lie_in_exons(cohort, abl1):
    """Every aligned block of every read lies in an exon; names and directions fit."""
    exons = [(exon.start, exon.end) for exon in abl1.exons]
    for sample_id in cohort["samples"]:
        reads = {row["read_id"]: row for row in _table(cohort["outdir"], sample_id, "reads")}
        path = cohort["outdir"] / "sanger" / sample_id / f"{sample_id}.bam"
        with pysam.AlignmentFile(str(path)) as bam:
            segments = list(bam.fetch("chr9"))
        used = {name for name, row in reads.items() if row["status"] != "refused"}
        assert {segment.query_name for segment in segments} == used
        for segment in segments:
            assert segment.is_reverse == (reads[segment.query_name]["direction"] == "reverse")
            assert len(segment.get_tag("af")) == segment.query_length
            for start, end in segment.get_blocks():
                assert any(low <= start + 1 and end <= high for low, high in exons)


def test_bam_passes_samtools(cohort):
    """Samtools finds nothing wrong with a BAM."""
    if shutil.which("samtools") is None:
        pytest.skip("samtools is not installed")
    for sample_id in cohort["samples"]:
        path = cohort["outdir"] / "sanger" / sample_id / f"{sample_id}.bam"
        subprocess.run(["samtools", "quickcheck", str(path)], check=True)


def test_vcf_passes_bcftools(cohort):
    """Bcftools reads every VCF without a word."""
    if shutil.which("bcftools") is None:
        pytest.skip("bcftools is not installed")
    for sample_id in cohort["samples"]:
        path = cohort["outdir"] / "sanger" / sample_id / f"{sample_id}.vcf.gz"
        done = subprocess.run(
            ["bcftools", "view", str(path)], check=True, capture_output=True, text=True
        )
        assert done.stderr == ""


def test_snippets_show_every_reported_base(cohort):
    """traces.json holds every substitution's site with both strands and a control of each."""
    path = cohort["outdir"] / "sanger" / "t315i" / "traces.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    site = next(site for site in content["sites"] if site["position_c"] == 944)
    assert site["reference"][944 - site["first_position_c"]] == "C"
    roles = [(read["role"], read["direction"]) for read in site["reads"]]
    assert roles == [
        ("sample", "forward"),
        ("sample", "reverse"),
        ("wild_type_control", "forward"),
        ("wild_type_control", "reverse"),
    ]
    for read in site["reads"]:
        assert len(read["calls"]) == len(read["peak_x"]) == len(site["reference"])
        lengths = {len(values) for values in read["channels"].values()}
        assert len(lengths) == 1
        assert max(read["peak_x"]) < lengths.pop()
        known = [x for x in read["peak_x"] if x >= 0]
        assert known == sorted(known)


def test_second_run_gives_the_same_bytes(cohort, tmp_path):
    """The same reads give the same bytes in every file, VCF, BAM and indexes included."""
    chosen = ["t315i", "exon7"]
    run_sanger(chosen, cohort["rows"], "abl1", SangerSettings(), tmp_path)
    for sample_id in chosen:
        for path in sorted((tmp_path / "sanger" / sample_id).iterdir()):
            first = cohort["outdir"] / "sanger" / sample_id / path.name
            assert hashlib.sha256(first.read_bytes()).digest() == (
                hashlib.sha256(path.read_bytes()).digest()
            ), path.name


@pytest.mark.parametrize("fault", sorted(SANGER_FAULTS))
def test_every_fault_gives_its_code(fault, tmp_path):
    """Each simulated fault raises its flag, leaves the other sample alone and ends cleanly."""
    control = fault == "CONTROL_NOT_WILD_TYPE"
    rows = []
    for sample_id, mixture, kind in (("bad", [], fault), ("good", [_molecule("T315I", 0.6)], None)):
        written = simulate_sanger_sample(sample_id, mixture, 5, 78, tmp_path, fault=kind)
        is_control = control and sample_id == "bad"
        rows += _rows(written, sample_id, "wild_type_control" if is_control else "sample")
    samples = ["good"] if control else ["bad", "good"]
    result = _run(samples, rows, tmp_path / "out")
    codes = {code for _, code in result["problems"]}
    assert SANGER_FAULTS[fault].code in codes
    assert codes <= {kind.code for kind in CODES}
    good = result["status"]["good"]
    assert good["abl1_status"] == "mutated"
    assert "T315I" in good["mutations"].split(";")


@pytest.mark.parametrize("direction", ["forward", "reverse"])
@pytest.mark.parametrize("fraction", [0.3, 1.0])
def test_one_strand_never_detects(direction, fraction, tmp_path):
    """One strand alone gives at most single_strand, even of a pure mutant."""
    mixture = [_molecule("T315I", fraction)]
    written = simulate_sanger_sample("one", mixture, 3, 5, tmp_path, directions=(direction,))
    result = _run(["one"], _rows(written, "one"), tmp_path / "out")
    rows = _table(tmp_path / "out", "one", "variants")
    assert any(row["mutation"] == "T315I" for row in rows)
    assert {row["tier"] for row in rows} == {"single_strand"}
    assert result["status"]["one"]["abl1_status"] == "possible"
    assert "SINGLE_STRAND" in result["status"]["one"]["flags"]


@pytest.mark.parametrize("fmt", ["scf", "scf2"])
def test_scf_reads_as_well_as_ab1(fmt, tmp_path):
    """The same sample written as SCF is called as it is from ABIF."""
    mixture = [_molecule("T315I", 0.5)]
    fractions = []
    for kind in ("ab1", fmt):
        folder = tmp_path / kind
        written = simulate_sanger_sample("s", mixture, 3, 5, folder, fmt=kind)
        _run(["s"], _rows(written, "s"), folder / "out")
        rows = _table(folder / "out", "s", "variants")
        fractions.append(next(float(r["fraction"]) for r in rows if r["mutation"] == "T315I"))
    assert fractions[0] == pytest.approx(fractions[1], abs=0.02)


def test_missing_file_is_a_flag_not_a_crash(tmp_path):
    """A path that is not there refuses the read and the sample, and says so."""
    rows = [SangerRead("r1", "s", str(tmp_path / "gone.ab1"), patient_id="P1", run_id="x")]
    result = _run(["s"], rows, Path(tmp_path) / "out")
    assert result["status"]["s"]["abl1_status"] == "not_evaluable"
    assert ("r1", "UNREADABLE_FILE") in result["problems"]
    assert ("s", "NO_USABLE_READ") in result["problems"]
