"""Runs Snakemake as a user would, and tells what ran."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
#: below a result folder: files that hold times or identifiers of one run
UNREPEATED = {"logs", "benchmarks", "multiqc"}


@dataclass(frozen=True)
class Run:
    """How a run ended.

    Attributes:
        status: exit status.
        text: all that it printed.
    """

    status: int
    text: str

    @property
    def planned(self) -> list[str]:
        """Messages of the jobs that ran or would run, such as ``MLPA MLPA-01: traces to ...``."""
        return re.findall(r"^Job \d+: (.*)$", self.text, flags=re.MULTILINE)

    def planned_units(self) -> set[str]:
        """Units of the analyses that a dry run would run, such as ``MLPA MLPA-01``."""
        units = (re.match(r"(MLPA|Sanger|MRD) (\S+):", message) for message in self.planned)
        return {f"{unit[1]} {unit[2]}" for unit in units if unit}


def snakemake(config: Path, work: Path, *arguments: str, snakefile: str = "Snakefile") -> Run:
    """Run the workflow on `config` with `work` as working directory."""
    command = [sys.executable, "-m", "snakemake", "-s", str(ROOT / snakefile)]
    command += ["--cores", "2", "--configfile", str(config)]
    command += ["--directory", str(work), "--nocolor", *arguments]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("COV_")}
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env=environment, cwd=ROOT
    )
    return Run(done.returncode, done.stdout + done.stderr)


def hashes(results: Path) -> dict[str, str]:
    """Return the SHA-256 of every file that must repeat, by name below the result folder."""
    return {
        path.relative_to(results).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(results.rglob("*"))
        if path.is_file()
        and path.relative_to(results).parts[0] not in UNREPEATED
        and path.name != "multiqc.json"
    }
