"""How MultiQC is started: quiet, strict, offline, deaf to the user's own configuration."""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from der22.formats.tables import write_text
from der22.report.assets import asset_text
from der22.report.html import escape

__all__ = [
    "CONTEXT_NAME",
    "REPORT_NAME",
    "ReportContext",
    "multiqc_config",
    "run_multiqc",
    "safe_title",
    "without_clock",
]

REPORT_NAME = "multiqc_report.html"
#: small file beside the report that holds a `ReportContext`
CONTEXT_NAME = "der22_context.json"
_LAST_LINES = 15
_OPTIONS = (
    "--strict", "--force", "--no-ansi", "--no-data-dir", "--no-version-check", "--no-ai",
)  # fmt: skip
_PLOTS = re.compile(r'(id="mqc_compressed_plotdata">)([A-Za-z0-9+/=]+)')
_UUID = re.compile(r'(reportUuid = ")[^"]*')
_DATE = re.compile(r'(configCreationDate = ")[^"]*')


@dataclass(frozen=True, slots=True)
class ReportContext:
    """What the report needs and no table holds; the defaults hold where the file is missing.

    Attributes:
        cohort_name: of the config.
        definition: of IKZF1plus in force.
        probemix_status: verified or synthetic, None without MLPA.
        probe_order: probe_id -> place along the chromosomes, from the probemix sheets.
    """

    cohort_name: str = ""
    definition: str = ""
    probemix_status: str | None = None
    probe_order: Mapping[str, int] = field(default_factory=dict)


def multiqc_config(cohort_name: str) -> dict[str, Any]:
    """Return the configuration of the report.

    Tables stay tables and lines stay lines at any number of patients; the rules that colour "yes",
    "no", "M" and "F" in every table are off, for here "no" is not a failure.
    """
    return {
        "title": safe_title(f"der22: {cohort_name}"),
        "intro_text": "MLPA, ABL1 sequencing and BCR::ABL1 MRD of one cohort.",
        "run_modules": ["der22"],
        "max_table_rows": 1_000_000,
        "plots_force_interactive": True,
        "plots_defer_loading_numseries": 10_000,
        "violin_min_threshold_no_points": 1_000_000,
        "lineplot_number_of_points_to_hide_markers": 1_000_000,
        "table_cond_formatting_rules": {
            "all_columns": {name: [] for name in ("pass", "warn", "fail", "male", "female")}
        },
        "fn_clean_sample_names": False,
        "make_data_dir": False,
        "data_dump_file": False,
        "show_analysis_paths": False,
        "show_analysis_time": False,
        "no_version_check": True,
        "no_ai": True,
        "ai_summary": False,
        "megaqc_url": None,
        "strict": True,
        "quiet": True,
    }


def safe_title(text: str) -> str:
    """Return a title as MultiQC may write it: it puts it into HTML and into a script as it is.

    Markup and quotes become character references, a backslash too, and any space, line ends
    included, becomes one blank; none of these can end a tag or a string of the script.

    >>> safe_title('Ph+ "GIMEMA" 2024')
    'Ph+ &quot;GIMEMA&quot; 2024'
    """
    return escape(" ".join(text.split())).replace("\\", "&#92;")


def run_multiqc(table: Path, folder: Path, cohort_name: str) -> None:
    """Run MultiQC on the results folder that holds `table`.

    Args:
        table: ``cohort/genomic_risk.tsv`` of the results folder.
        folder: where the report goes.
        cohort_name: title of the report.

    Raises:
        RuntimeError: MultiQC failed or wrote no report.
    """
    folder.mkdir(parents=True, exist_ok=True)
    report = folder / REPORT_NAME
    report.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory(prefix="der22-multiqc-") as name:
        scratch = Path(name)
        # JSON is YAML; a list of files, since MultiQC takes a path for a pattern with wildcards
        style = scratch / "der22.css"
        style.write_text(asset_text("multiqc.css"), "utf-8")
        settings = {**multiqc_config(cohort_name), "custom_css_files": [str(style)]}
        (scratch / "config.yaml").write_text(json.dumps(settings), "utf-8")
        (scratch / "files.txt").write_text(f"{table.absolute()}\n", "utf-8")
        command = [
            *(sys.executable, "-m", "multiqc", *_OPTIONS),
            *("--config", str(scratch / "config.yaml")),
            *("--outdir", str(folder.absolute()), "--filename", REPORT_NAME),
            *("--file-list", str(scratch / "files.txt")),
        ]
        # no settings of the user, and an empty home where some could lie
        kept = {key: value for key, value in os.environ.items() if not key.startswith("MULTIQC_")}
        environment = {**kept, "HOME": str(scratch), "XDG_CONFIG_HOME": str(scratch)}
        done = subprocess.run(
            command, cwd=scratch, env=environment, capture_output=True, text=True, check=False
        )
    if done.returncode != 0 or not report.is_file():
        said = (done.stdout + done.stderr).strip().splitlines()[-_LAST_LINES:]
        raise RuntimeError("MultiQC failed:\n" + "\n".join(said))
    write_text(report, without_clock(report.read_text(encoding="utf-8"), cohort_name))


def without_clock(report: str, cohort_name: str) -> str:
    """Return a report without the moment it was made, so that equal results give equal bytes.

    MultiQC writes the time into a hidden field and into the header of the packed plot data, and a
    random number as the name under which a browser keeps the reader's choices; that becomes one
    that follows from the cohort's name.
    """
    name = uuid.uuid5(uuid.NAMESPACE_URL, f"der22:{cohort_name}")
    if packed := _PLOTS.search(report):
        # bytes 4-7 of a gzip stream are its time (RFC 1952)
        stream = bytearray(base64.b64decode(packed[2]))
        if stream[:2] == b"\x1f\x8b":
            stream[4:8] = bytes(4)
        start, end = packed.span(2)
        report = report[:start] + base64.b64encode(stream).decode("ascii") + report[end:]
    report = _UUID.sub(lambda found: found[1] + str(name), report, count=1)
    return _DATE.sub(r"\1", report, count=1)
