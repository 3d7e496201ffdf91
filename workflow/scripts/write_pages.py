"""Writes the pages of one batch of patients."""

from der22.jobs.joins import run_join

key = f"pages/{snakemake.wildcards.unit}"
run_join(key, snakemake.params.inputs, snakemake.params.run, snakemake.log[0])
