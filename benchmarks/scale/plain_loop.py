"""Calls every job of a cohort in one process and prints wall and CPU seconds: no Snakemake."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from der22.formats.files import recorded_reads
from der22.inputs.config_file import read_config_file
from der22.jobs.dispatch import run_unit
from der22.jobs.joins import join_results
from der22.runs.frozen import freeze, write_frozen
from der22.runs.manifest import write_manifest
from der22.runs.plan import plan_cohort, unit_made_of
from der22.runs.staleness import manifest_path


def main(config_path: str) -> None:
    """Run everything that the workflow runs, in its order."""
    start, cpu = time.monotonic(), time.process_time()
    path = Path(config_path)
    frozen = freeze(read_config_file(path), path.name, path.absolute().parent)
    write_frozen(frozen)
    config, plan = frozen.inputs.config, plan_cohort(frozen.inputs)
    for unit in plan.units:
        with recorded_reads() as seen:
            report = run_unit(config, unit)
        reads = {name: seen.get(file, "") for file, name in unit.file_names.items()}
        made_of = unit_made_of(unit, config)
        write_manifest(
            manifest_path(config.outdir, unit.key), report, config.outdir, made_of, reads
        )
    for key in plan.joins:
        report, made_of = join_results(key, frozen)
        write_manifest(manifest_path(config.outdir, key), report, config.outdir, made_of)
    print(time.monotonic() - start, time.process_time() - cpu)


if __name__ == "__main__":
    main(sys.argv[1])
