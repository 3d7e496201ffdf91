"""Estimates survival, tests groups and fits hazard ratios."""

from der22.units.cohort import run_statistics
from der22.units.jobs import finish, inputs_of

inputs = inputs_of(snakemake.params.config, stages=())
config = inputs.config
report = run_statistics(
    list(inputs.patients.values()), config.statistics, inputs.timepoints, config.outdir
)
finish(report, config, snakemake.output.manifest, snakemake.log[0])
