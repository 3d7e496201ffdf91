"""Estimates survival, tests groups and fits hazard ratios."""

from der22.jobs.joins import run_join

run_join("cohort/statistics", snakemake.params.inputs, snakemake.params.run, snakemake.log[0])
