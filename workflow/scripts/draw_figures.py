"""Draws the figures of the cohort."""

from der22.jobs.joins import run_join

run_join("cohort/figures", snakemake.params.inputs, snakemake.params.run, snakemake.log[0])
