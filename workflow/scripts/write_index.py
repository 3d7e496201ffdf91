"""Writes the index page that finds a patient."""

from der22.jobs.joins import run_join

run_join("report/index", snakemake.params.inputs, snakemake.params.run, snakemake.log[0])
