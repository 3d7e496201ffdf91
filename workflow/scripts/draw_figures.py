"""Draws the figures of the cohort."""

from der22.units.cohort import draw_figures
from der22.units.jobs import finish, inputs_of

inputs = inputs_of(snakemake.params.config)
config = inputs.config
report = draw_figures(
    list(inputs.patients.values()),
    config.statistics,
    inputs.timepoints,
    config.name,
    config.outdir,
)
finish(report, config, snakemake.output.manifest, snakemake.log[0])
