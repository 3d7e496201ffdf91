"""Joins the analyses: one row per patient, and the tables of the cohort."""

from der22.units.cohort import join_cohort
from der22.units.jobs import finish, inputs_of

inputs = inputs_of(snakemake.params.config, stages=("mlpa",))
config = inputs.config
report = join_cohort(
    list(inputs.patients.values()),
    inputs.mlpa if config.mlpa else None,
    inputs.genes,
    sanger_done=config.sanger is not None,
    mrd_done=config.mrd is not None,
    timepoints=inputs.timepoints,
    ikzf1plus_definition=config.ikzf1plus_definition,
    outdir=config.outdir,
    mlpa_settings=config.mlpa.settings if config.mlpa else None,
)
finish(report, config, snakemake.output.manifest, snakemake.log[0])
