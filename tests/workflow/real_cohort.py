"""A cohort made of instrument files that nobody here made, from the folder DER22_REAL_DATA.

Sheets and config are written by the test; the files stay where they are.
"""

from __future__ import annotations

import csv
from pathlib import Path

import yaml
from Bio import SeqIO

from der22.resources import resource_path

#: file -> size standard that its run used (origin page of the files)
FSA_STANDARDS = {
    "aflp_3130xl_ROX500_biopython_test.fsa": "GS500ROX",
    "cag_3730_GS500LIZ_20230413_A07.fsa": "GS500LIZ",
    "cag_3730_GS500LIZ_S-21-212_20220630.fsa": "GS500LIZ",
    "prt_3500_GS600LIZ_multiplex.fsa": "GS600LIZ",
    "prt_3500_GS600LIZ_no_peaks.fsa": "GS600LIZ",
    "rtmlpa_3130_GS400HD_A1270.fsa": "GS400HD",
    "str_3100_GS500LIZ_LADDER_run418.fsa": "GS500LIZ",
    "str_3100_GS500LIZ_Negative_Control.fsa": "GS500LIZ",
    "str_3100_GS500LIZ_art_blank_overloaded_ladder.fsa": "GS500LIZ",
    "str_3100_GS500LIZ_art_spike.fsa": "GS500LIZ",
    "str_3100_ILS600_PP16_negative_control.fsa": "ILS600",
    "str_3100_ROX500_COfiler_LADDER_StdFsaysLIZ.fsa": "GS500ROX",
    "str_3130xl_GS500LIZ_1_0000206138_C01_005.fsa": "GS500LIZ",
}
#: file -> run, fusion target, transcript
PLATES = {
    "qs7flex_standard_curve_example04.txt": ("", "RNase P"),
    "viia7_ddct_cyrillic_example01.txt": ("", ""),
    "minimal_missing_results.txt": ("", ""),
    "da_qs1_standard_curve_example01.xlsx": ("", "RNaseP"),
    "cfxmaestro_example01.csv": ("", "FAM"),
    "lc480_absquant_CR_lineends.txt": ("", "LC"),
    "sds23_rq_CR_undetermined.txt": ("", ""),
    "stepone_std.rdml": ("", ""),
    "lc96_bACTXY.rdml": ("", ""),
    "untergasser_large_DNA_dilutions_v14.rdml": ("", ""),
    "demo_covid_thermo.eds": ("", "RNAsaP"),
    "quantasoft_small.csv": ("", ""),
}


def write_table(path: Path, rows: list[dict[str, object]]) -> None:
    """Write rows as a sheet; the columns are those of the first row."""
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, list(rows[0]), delimiter="\t", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def write_whole_cohort(folder: Path, real: Path) -> Path:
    """All .fsa, all traces against ABL1, all qPCR exports and the P002 peak table: one config."""
    folder.mkdir(parents=True)
    write_table(folder / "patients.tsv", [{"patient_id": "REAL1", "fusion": "p190"}])
    write_table(folder / "mlpa.tsv", [*_fsa_rows(real), *_p002_rows(folder, real)])
    reads = [
        {
            "patient_id": "REAL1", "sample_id": path.stem, "day": 0, "read_id": path.stem,
            "path": path,
        }
        for path in sorted((real / "sanger").iterdir())
    ]  # fmt: skip
    write_table(folder / "sanger.tsv", reads)
    plates = [
        {"plate_id": Path(name).stem, "path": real / "qpcr" / name, "run": run,
         "fusion_target": target, "control_target": "-" if target else "", "transcript": "p190"}
        for name, (run, target) in PLATES.items()
    ]  # fmt: skip
    write_table(folder / "plates.tsv", plates)
    samples = [
        {"patient_id": "REAL1", "sample_id": f"S{i}", "day": 22, "plate_id": Path(name).stem}
        for i, name in enumerate(PLATES)
    ]
    write_table(folder / "mrd.tsv", samples)
    config = {
        "cohort": {"name": "public instrument files", "patients": "patients.tsv"},
        "mlpa": {
            "samples": "mlpa.tsv",
            "probemix": str(resource_path("probemix/P335-synthetic.tsv")),
            "size_standard": "GS500LIZ",
        },
        "sanger": {"reads": "sanger.tsv"},
        "mrd": {"samples": "mrd.tsv", "plates": "plates.tsv"},
    }
    (folder / "config.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    return folder / "config.yaml"


def _fsa_rows(real: Path) -> list[dict[str, object]]:
    return [
        {"run_id": f"F{i:02d}", "sample_id": Path(name).stem, "role": "patient",
         "patient_id": "REAL1", "blast_percent": 90, "path": real / "fsa" / name,
         "probemix": "", "size_standard": standard}
        for i, (name, standard) in enumerate(FSA_STANDARDS.items(), start=1)
    ]  # fmt: skip


def _p002_rows(folder: Path, real: Path) -> list[dict[str, object]]:
    """Turn the wide peak table of P002 into a probe-intensity table and a probemix sheet."""
    source = real / "mlpa_peak_tables"
    sizes = [int(v) for v in (source / "P002_BRCA1_sizes.txt").read_text().split()]
    text = (source / "P002_BRCA1_reference_probe_index_1based.txt").read_text()
    references = {int(v) for v in text.split()}
    heights: list[dict[str, object]] = []
    rows: list[dict[str, object]] = []
    probes: list[str] = []
    for kind, role in (("controls", "reference"), ("cases", "patient")):
        with (source / f"P002_BRCA1_{kind}.tsv").open(encoding="utf-8") as handle:
            for line in csv.DictReader(handle, delimiter="\t"):
                sample = line.pop("id")
                line.pop("replicate")
                probes = list(line)
                heights += [
                    {"sample_id": sample, "probe_id": p, "height": h} for p, h in line.items()
                ]
                rows.append(
                    {"run_id": "P002", "sample_id": sample, "role": role,
                     "patient_id": "REAL1" if role == "patient" else "",
                     "blast_percent": 100 if role == "patient" else "",
                     "path": folder / "p002.tsv", "probemix": folder / "p002-probemix.tsv",
                     "size_standard": "GS500ROX"}
                )  # fmt: skip
    write_table(folder / "p002.tsv", heights)
    mix: list[dict[str, object]] = []
    for index, (probe, size) in enumerate(zip(probes, sizes, strict=True), start=1):
        reference = index in references
        mix.append(
            {"probe_id": probe, "length_nt": size, "gene": "" if reference else "BRCA1",
             "exon": "" if reference else probe.removeprefix("BRCA1Ex"),
             "role": "reference" if reference else "target",
             "order": "" if reference else index}
        )  # fmt: skip
    write_table(folder / "p002-probemix.tsv", mix)
    return rows


def write_pair_cohort(folder: Path, real: Path, stem: str) -> Path:
    """One forward and one reverse read against the trimmed calls of the first as a bare FASTA."""
    folder.mkdir(parents=True)
    forward, reverse = (real / "sanger" / f"fr_Achl_{stem}_{d}.ab1" for d in "FR")
    trimmed = str(SeqIO.read(forward, "abi-trim").seq)
    letters = max(trimmed.split("N"), key=len)  # a reference holds no unknown base
    (folder / "reference.fa").write_text(f">{stem}\n{letters}\n", encoding="utf-8")
    write_table(folder / "patients.tsv", [{"patient_id": "REAL1"}])
    reads = [
        {"patient_id": "REAL1", "sample_id": stem, "day": 0, "read_id": path.stem, "path": path}
        for path in (forward, reverse)
    ]
    write_table(folder / "sanger.tsv", reads)
    config = {
        "cohort": {"name": "public traces", "patients": "patients.tsv"},
        "sanger": {"reads": "sanger.tsv", "reference": "reference.fa"},
    }
    (folder / "config.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    return folder / "config.yaml"
