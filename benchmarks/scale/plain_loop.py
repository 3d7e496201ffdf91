"""Calls every unit of a cohort in one process and prints wall and CPU seconds: no Snakemake."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from der22.inputs.cohort_inputs import load_inputs
from der22.units.cohort import draw_figures, join_cohort, run_statistics
from der22.units.exports import write_exports
from der22.units.jobs import run_unit
from der22.units.manifest import UnitReport, write_manifest
from der22.units.mlpa import collect_ikzf1
from der22.units.mrd import collect_series
from der22.units.plan import plan_cohort
from der22.units.problems import collect_problems
from der22.units.provenance import settings_in_force, write_provenance
from der22.units.report import write_index, write_multiqc, write_pages
from der22.units.sanger import collect_abl1


def main(config_path: str) -> None:
    """Run everything that the workflow runs, in its order."""
    start, cpu = time.monotonic(), time.process_time()
    inputs = load_inputs(config_path)
    config, plan, outdir = inputs.config, plan_cohort(inputs), inputs.config.outdir
    patients = list(inputs.patients.values())
    manifests: list[Path] = []

    def keep(report: UnitReport, name: str) -> None:
        manifests.append(outdir / f"manifests/{name}.json")
        write_manifest(manifests[-1], report, outdir)

    for stage in ("mlpa", "sanger", "mrd"):
        for name, unit in getattr(plan, stage).items():
            keep(run_unit(stage, config, unit.content()), f"{stage}/{name}")
    keep(collect_ikzf1(inputs.mlpa, inputs.patients, config.mlpa.settings,
                       config.ikzf1plus_definition, outdir), "cohort/ikzf1")  # fmt: skip
    samples = list(dict.fromkeys(r.sample_id for r in inputs.reads if r.role == "sample"))
    keep(collect_abl1(samples, inputs.reads, outdir), "cohort/abl1")
    keep(collect_series(inputs.plates, inputs.mrd, inputs.patients, config.mrd.settings, outdir),
         "cohort/series")  # fmt: skip
    keep(
        join_cohort(
            patients, inputs.mlpa, inputs.genes, sanger_done=True, mrd_done=True,
            timepoints=inputs.timepoints, ikzf1plus_definition=config.ikzf1plus_definition,
            outdir=outdir,
        ), "cohort/tables",
    )  # fmt: skip
    keep(
        run_statistics(patients, config.statistics, inputs.timepoints, outdir), "cohort/statistics"
    )
    draw_figures(
        patients, config.statistics, inputs.timepoints, config.name, outdir,
        mlpa_runs=list(dict.fromkeys(sample.run_id for sample in inputs.mlpa)),
        sanger_done=True, mrd_done=True,
    )  # fmt: skip
    write_exports(
        patients, config.name, config.ikzf1plus_definition, config.statistics,
        settings_in_force(inputs), inputs.reference, outdir, sanger_done=True, mrd_done=True,
    )  # fmt: skip
    collect_problems(manifests, inputs.warnings, outdir)
    write_provenance(inputs, {})
    for names in plan.pages.values():
        batch = [inputs.patients[name] for name in names]
        write_pages(batch, inputs.labels, outdir, inputs.probemix_status,
                    probe_order=inputs.probe_order)  # fmt: skip
    write_index(patients, inputs.labels, outdir)
    write_multiqc(outdir, inputs.labels, inputs.probemix_status, probe_order=inputs.probe_order)
    print(time.monotonic() - start, time.process_time() - cpu)


if __name__ == "__main__":
    main(sys.argv[1])
