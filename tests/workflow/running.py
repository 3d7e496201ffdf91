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
    def jobs(self) -> set[str]:
        """Rules and units that were finished, such as ``analyse_mlpa_run MLPA-01``.

        The message of a rule that runs unit by unit begins "MLPA MLPA-01: ...".
        """
        messages = dict(re.findall(r"^Job (\d+): (.*)$", self.text, flags=re.MULTILINE))
        jobs = set()
        for job, rule in re.findall(
            r"^Finished jobid: (\d+) \(Rule: (\w+)\)", self.text, re.MULTILINE
        ):
            unit = re.match(r"\w+ (\S+):", messages.get(job, ""))
            jobs.add(f"{rule} {unit[1]}" if unit else rule)
        return jobs - {"all"}


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
