"""provenance.json names every input: raw files, sheets, probemix, size standard, reference."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

from der22.resources import resource_path
from der22.simulate.demo import write_demo
from runs.small_run import run


def test_every_input_is_hashed(tmp_path: Path) -> None:
    """Own size standard and reference tables count as inputs, and equal names are both kept."""
    demo = tmp_path / "demo"
    write_demo(demo, patients=4, seed=6)
    shutil.copy(resource_path("size_standards/GS500ROX.tsv"), demo / "sheets/own-standard.tsv")
    sheet = demo / "sheets/mlpa.tsv"
    sheet.write_text(sheet.read_text().replace("\tGS500ROX\t", "\town-standard.tsv\t"))
    shutil.copytree(resource_path("abl1"), demo / "gene")
    config = demo / "config.yaml"
    config.write_text(config.read_text().replace("sanger:\n", "sanger:\n  reference: gene\n"))
    far = [tmp_path / part / "same" / "x.ab1" for part in ("one", "two")]
    reads = demo / "sheets/sanger.tsv"
    for path, raw in zip(far, sorted((demo / "sanger").glob("*.ab1"))[:2], strict=True):
        path.parent.mkdir(parents=True)
        shutil.copy(raw, path)
        reads.write_text(reads.read_text().replace(f"../sanger/{raw.name}", str(path)))
    run(demo)
    text = (demo / "results/provenance.json").read_text()
    hashes = json.loads(text)["inputs"]
    files = [*sheet.parent.glob("*.tsv"), *(demo / "gene").glob("*.csv"), *far]
    files += [*(demo / "gene").glob("*.fa"), *(demo / "mlpa").iterdir(), *(demo / "mrd").iterdir()]
    for file in files:
        assert hashlib.sha256(file.read_bytes()).hexdigest() in hashes.values(), file.name
    assert {"same/x.ab1", "same/x.ab1 (2)"} <= hashes.keys()
    assert str(tmp_path) not in text
