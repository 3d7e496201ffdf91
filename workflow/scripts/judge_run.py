"""Ends the run with exit status 1 when problems.tsv lists an error."""

import sys
from pathlib import Path

from der22.units.problems import judge

status = judge(Path(snakemake.input.problems), Path(snakemake.output[0]))
if status:
    sentence = "problems.tsv lists errors, and the config says report.fail_on: error"
    Path(snakemake.log[0]).write_text(sentence + "\n", encoding="utf-8")
    sys.exit(f"der22: {sentence}")
