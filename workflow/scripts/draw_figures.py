"""Draws the figures of the cohort."""

from der22.units.cohort import draw_figures
from der22.units.jobs import finish, inputs_of

inputs = inputs_of(snakemake.params.config, stages=("mlpa",))
config = inputs.config
report = draw_figures(
    list(inputs.patients.values()),
    config.statistics,
    inputs.timepoints,
    config.name,
    config.outdir,
    mlpa_runs=list(dict.fromkeys(sample.run_id for sample in inputs.mlpa)),
    sanger_done=config.sanger is not None,
    mrd_done=config.mrd is not None,
)
finish(report, config, snakemake.output.manifest, snakemake.log[0])
