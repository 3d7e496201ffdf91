"""Lists the ABL1 status of every sample and the wild-type control reads."""

from der22.jobs.joins import run_join

run_join("cohort/abl1", snakemake.params.inputs, snakemake.params.run, snakemake.log[0])
