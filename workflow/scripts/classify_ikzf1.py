"""Gives every patient with MLPA an IKZF1 class."""

from der22.jobs.joins import run_join

run_join("cohort/ikzf1", snakemake.params.inputs, snakemake.params.run, snakemake.log[0])
